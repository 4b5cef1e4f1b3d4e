//! One seam for HTTP: a request goes in, a response comes out.
//!
//! In the app the other end is the network ([`Network`]); in tests and simulations it is a router in this
//! process ([`InProcess`]), reached without a socket so that tokio's paused clock can drive it. Retry and pacing are
//! layers over the same seam, so both ends see the same behaviour.

mod in_process;
mod network;
mod pace;
mod retry;
mod secret;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

pub use in_process::InProcess;
pub use network::{Network, NetworkError};
pub use pace::{Pace, Paced};
pub use reqwest::dns;
pub use retry::{Retried, RetryRule, retry_after};
pub use secret::Secret;

/// A request with its whole body.
pub type Request = http::Request<Bytes>;

/// A response with its whole body.
pub type Response = http::Response<Bytes>;

/// Something that answers HTTP requests.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request and waits for the whole answer. Any status is an answer, not an error.
    ///
    /// # Errors
    /// [`TransportError`] when no whole answer came.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        (**self).send(request).await
    }
}

/// Why no whole answer came. Carries no URL and no text of the other side, so it is safe to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The host name was not found: offline, or a wrong address.
    #[error("the host name was not found")]
    HostNotFound,
    /// No connection could be made.
    #[error("no connection could be made")]
    NotConnected,
    /// TLS could not be agreed, for example behind a captive portal.
    #[error("a secure connection could not be made")]
    NotSecure,
    /// The connection broke before the whole answer came. The request may have been carried out.
    #[error("the connection broke before the whole answer came")]
    Broken,
    /// The answer did not come in time. The request may have been carried out.
    #[error("no answer within {}", .after.as_secs())]
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// The answer was larger than ClearSync accepts.
    #[error("the answer was larger than {limit_bytes} bytes")]
    TooLarge {
        /// The largest body that is accepted.
        limit_bytes: usize,
    },
    /// The request itself could not be made.
    #[error("the request could not be made")]
    Unsendable,
}

impl TransportError {
    /// Whether the other side may have carried the request out although no answer came.
    #[must_use]
    pub fn may_have_been_applied(self) -> bool {
        matches!(
            self,
            Self::Broken | Self::TimedOut { .. } | Self::TooLarge { .. }
        )
    }
}
