use std::{error::Error, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;

use crate::{Request, Response, Transport, TransportError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(80);
const LARGEST_BODY_BYTES: usize = 64 * 1024 * 1024;

/// The real network: TLS by rustls, no redirects (an API that redirects is not the API that was asked for).
#[derive(Clone)]
pub struct Network(reqwest::Client);

/// The network client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the network client could not be set up")]
pub struct NetworkError(#[source] reqwest::Error);

impl Network {
    /// Sets the client up with ClearSync's time limits and the system's proxy.
    ///
    /// # Errors
    /// [`NetworkError`] when the TLS back end or the proxy settings are unusable.
    pub fn new() -> Result<Self, NetworkError> {
        // Fails only when a provider is installed already, which is then the one in use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .user_agent(concat!("ClearSync/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map(Self)
            .map_err(NetworkError)
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let request =
            reqwest::Request::try_from(request).map_err(|_| TransportError::Unsendable)?;
        let answer = self
            .0
            .execute(request)
            .await
            .map_err(|error| classify(&error))?;
        let (status, version, headers) =
            (answer.status(), answer.version(), answer.headers().clone());
        let mut response = Response::new(whole_body(answer).await?);
        *response.status_mut() = status;
        *response.version_mut() = version;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

async fn whole_body(answer: reqwest::Response) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    let mut chunks = answer.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| classify(&error))?;
        if body.len() + chunk.len() > LARGEST_BODY_BYTES {
            return Err(TransportError::TooLarge {
                limit_bytes: LARGEST_BODY_BYTES,
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn classify(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() {
        return TransportError::TimedOut {
            after: ANSWER_TIMEOUT,
        };
    }
    if !error.is_connect() {
        return if error.is_builder() {
            TransportError::Unsendable
        } else {
            TransportError::Broken
        };
    }
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<rustls::Error>() {
            return TransportError::NotSecure;
        }
        // hyper's resolver error type is private; its text is the only sign it leaves.
        if cause.to_string().contains("dns error") {
            return TransportError::HostNotFound;
        }
        source = cause.source();
    }
    TransportError::NotConnected
}
