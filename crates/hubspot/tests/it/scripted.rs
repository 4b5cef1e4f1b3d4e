//! A transport that answers from a script and remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use clearsync_hubspot::{API_VERSION, BaseUrl, Client, HubSpotToken};
use clearsync_transport::{Request, Response, Secret, Transport, TransportError};
use serde_json::Value;

pub(crate) const TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";

pub(crate) fn client(transport: Arc<dyn Transport>) -> Client {
    let token = HubSpotToken::new(&Secret::new(TOKEN.to_owned())).unwrap();
    let base_url = BaseUrl::parse(BaseUrl::DEFAULT).unwrap();
    Client::new(transport, base_url, API_VERSION, token)
}

#[derive(Default)]
pub(crate) struct Scripted {
    answers: Mutex<VecDeque<Result<Response, TransportError>>>,
    asked: Mutex<Vec<Asked>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) body: Value,
    pub(crate) at: tokio::time::Instant,
}

impl Scripted {
    pub(crate) fn new(
        answers: impl IntoIterator<Item = Result<Response, TransportError>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
        })
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

pub(crate) fn answer(status: u16, body: &str) -> Result<Response, TransportError> {
    http::Response::builder()
        .status(status)
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .map_err(|_| TransportError::Unsendable)
}

pub(crate) fn answer_with(
    status: u16,
    headers: &[(&'static str, &'static str)],
    body: &str,
) -> Result<Response, TransportError> {
    let mut response = answer(status, body)?;
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    Ok(response)
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        assert_eq!(
            request.headers()["authorization"],
            format!("Bearer {TOKEN}"),
            "every request carries the token"
        );
        assert!(request.headers()["authorization"].is_sensitive());
        let path = request.uri().path_and_query().unwrap();
        self.asked.lock().unwrap().push(Asked {
            line: format!("{} {path}", request.method()),
            body: serde_json::from_slice(request.body()).unwrap_or_default(),
            at: tokio::time::Instant::now(),
        });
        self.answers
            .lock()
            .unwrap()
            .pop_front()
            .expect("the script has an answer left")
    }
}
