use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, Reference},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};

use crate::{Request, Response, Transport, TransportError};

/// A steady pace of requests, kept on tokio's clock so that virtual time drives it in tests.
pub struct Pace(RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<TokioInstant>>);

impl Pace {
    /// At most `per_second` requests a second, `burst` of them at once.
    #[must_use]
    pub fn per_second(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Self(RateLimiter::direct_with_clock(quota, TokioClock))
    }

    /// Waits until one more request fits the pace.
    pub async fn turn(&self) {
        while let Err(early) = self.0.check() {
            tokio::time::sleep(early.wait_time_from(TokioClock.now())).await;
        }
    }
}

/// A transport that keeps a [`Pace`].
pub struct Paced<T> {
    inner: T,
    pace: Pace,
}

impl<T> Paced<T> {
    /// Lets no request reach `inner` before its turn.
    pub fn new(inner: T, pace: Pace) -> Self {
        Self { inner, pace }
    }
}

#[async_trait]
impl<T: Transport> Transport for Paced<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.pace.turn().await;
        self.inner.send(request).await
    }
}

#[derive(Clone, Copy, Debug)]
struct TokioClock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TokioInstant(Instant);

impl Clock for TokioClock {
    type Instant = TokioInstant;

    fn now(&self) -> TokioInstant {
        TokioInstant(tokio::time::Instant::now().into_std())
    }
}

impl Reference for TokioInstant {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_duration_since(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.checked_sub(duration.into()).unwrap_or(self.0))
    }
}

impl std::ops::Add<Nanos> for TokioInstant {
    type Output = Self;

    fn add(self, duration: Nanos) -> Self {
        let duration: Duration = duration.into();
        Self(self.0 + duration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn keeps_the_pace_in_virtual_time() {
        let pace = Pace::per_second(NonZeroU32::new(20).unwrap(), NonZeroU32::MIN);
        let start = tokio::time::Instant::now();
        for _ in 0..101 {
            pace.turn().await;
        }
        let elapsed_ms = start.elapsed().as_millis();
        assert!(
            (5_000..5_200).contains(&elapsed_ms),
            "100 waits of 50 ms each, not {elapsed_ms} ms"
        );
    }
}
