use std::time::Duration;

use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable};
use http::{HeaderMap, header::RETRY_AFTER};

use crate::{Request, Response, Transport, TransportError};

/// What a layer of retries does with one outcome.
pub trait RetryRule: Send + Sync {
    /// The least time to wait before the same request is sent again; `None` when the outcome stands.
    fn again_after(
        &self,
        request: &Request,
        outcome: Result<&Response, TransportError>,
    ) -> Option<Duration>;
}

/// A transport that sends again what `rule` says may be sent again: exponential delays from 0.5 s to 60 s with jitter,
/// never less than the rule asks for, at most six tries in all.
pub struct Retried<T, R> {
    inner: T,
    rule: R,
}

impl<T, R> Retried<T, R> {
    /// Wraps `inner` in retries by `rule`.
    pub fn new(inner: T, rule: R) -> Self {
        Self { inner, rule }
    }
}

struct Again {
    after: Duration,
    outcome: Result<Response, TransportError>,
}

#[async_trait]
impl<T: Transport, R: RetryRule> Transport for Retried<T, R> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let delays = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_mins(1))
            .with_max_times(5)
            .with_jitter();
        let attempt = || async {
            let outcome = self.inner.send(request.clone()).await;
            match self
                .rule
                .again_after(&request, outcome.as_ref().map_err(|error| *error))
            {
                Some(after) => Err(Again { after, outcome }),
                None => Ok(outcome),
            }
        };
        attempt
            .retry(delays)
            .adjust(|again, delay| delay.map(|delay| delay.max(again.after)))
            .await
            .unwrap_or_else(|again| again.outcome)
    }
}

/// The `Retry-After` header in seconds, capped at a minute. HubSpot documents milliseconds in places, so that a value
/// above 1000 is read as milliseconds.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value: u64 = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    let wait = if value > 1000 {
        Duration::from_millis(value)
    } else {
        Duration::from_secs(value)
    };
    Some(wait.min(Duration::from_mins(1)))
}
