use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Where a simulated service takes the present from.
pub trait Clock: Send + Sync {
    /// The present.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that starts where it is told and runs on tokio's time, so that a paused tokio clock drives it.
#[derive(Debug)]
pub struct VirtualClock {
    start: Timestamp,
    started: Instant,
    jumped_ms: AtomicI64,
}

impl VirtualClock {
    /// A clock that shows `start` now.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self {
            start,
            started: Instant::now(),
            jumped_ms: AtomicI64::new(0),
        }
    }

    /// Sets the clock forward, or back when `by` is negative, as a person or a time server would. Kept to whole
    /// milliseconds.
    pub fn jump(&self, by: SignedDuration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(0);
        self.jumped_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let jumped = SignedDuration::from_millis(self.jumped_ms.load(Ordering::Relaxed));
        self.start
            .saturating_add(self.started.elapsed())
            .and_then(|now| now.saturating_add(jumped))
            .unwrap_or(self.start)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn runs_on_paused_time_and_jumps() {
        let start: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let clock = VirtualClock::starting_at(start);
        tokio::time::sleep(Duration::from_secs(90)).await;
        assert_eq!(clock.now(), "2026-11-01T00:01:30Z".parse().unwrap());
        clock.jump(SignedDuration::from_hours(-1));
        assert_eq!(clock.now(), "2026-10-31T23:01:30Z".parse().unwrap());
    }
}
