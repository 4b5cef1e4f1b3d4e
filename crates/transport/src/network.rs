use std::{collections::BTreeSet, error::Error, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use reqwest::dns::Resolve;

use crate::{Request, Response, Transport, TransportError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(80);
const LARGEST_BODY_BYTES: usize = 64 * 1024 * 1024;

/// The real network: TLS by rustls, to the hosts it was made for and no other, no redirects (an API that redirects is not
/// the API that was asked for).
#[derive(Clone)]
pub struct Network {
    client: reqwest::Client,
    hosts: BTreeSet<String>,
}

/// The network client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the network client could not be set up")]
pub struct NetworkError(#[source] reqwest::Error);

impl Network {
    /// Sets the client up with ClearSync's time limits and the system's proxy, to reach `hosts` alone.
    ///
    /// # Errors
    /// [`NetworkError`] when the TLS back end or the proxy settings are unusable.
    pub fn to<H: Into<String>>(hosts: impl IntoIterator<Item = H>) -> Result<Self, NetworkError> {
        Self::built(hosts, reqwest::Client::builder())
    }

    /// As [`Network::to`], with `resolver` in place of the system's. It is asked for every name that anything is sent to.
    ///
    /// # Errors
    /// As [`Network::to`].
    pub fn resolving<H: Into<String>>(
        hosts: impl IntoIterator<Item = H>,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, NetworkError> {
        Self::built(hosts, reqwest::Client::builder().dns_resolver(resolver))
    }

    fn built<H: Into<String>>(
        hosts: impl IntoIterator<Item = H>,
        client: reqwest::ClientBuilder,
    ) -> Result<Self, NetworkError> {
        // Fails only when a provider is installed already, which is then the one in use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = client
            .user_agent(concat!("ClearSync/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(NetworkError)?;
        Ok(Self {
            client,
            hosts: hosts.into_iter().map(Into::into).collect(),
        })
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        if !request
            .uri()
            .host()
            .is_some_and(|host| self.hosts.contains(host))
        {
            return Err(TransportError::Unsendable);
        }
        let request =
            reqwest::Request::try_from(request).map_err(|_| TransportError::Unsendable)?;
        let answer = self
            .client
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
