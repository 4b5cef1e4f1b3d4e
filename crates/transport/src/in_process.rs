use std::error::Error;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use tower::ServiceExt;

use crate::{Request, Response, Transport, TransportError};

/// Answers from a service in this process, such as an axum router, without a socket.
#[derive(Clone)]
pub struct InProcess<S>(S);

impl<S> InProcess<S> {
    /// Makes `service` answer. It is cloned for every request.
    pub fn new(service: S) -> Self {
        Self(service)
    }
}

#[async_trait]
impl<S, B> Transport for InProcess<S>
where
    S: tower::Service<http::Request<Full<Bytes>>, Response = http::Response<B>>
        + Clone
        + Send
        + Sync,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: http_body::Body<Data = Bytes> + Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let response = self
            .0
            .clone()
            .oneshot(request.map(Full::new))
            .await
            .map_err(|_| TransportError::NotConnected)?;
        let (parts, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|_| TransportError::Broken)?
            .to_bytes();
        Ok(Response::from_parts(parts, body))
    }
}
