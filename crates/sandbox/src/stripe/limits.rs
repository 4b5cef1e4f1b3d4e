use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::failure::Failure;

/// The limits the simulated Stripe keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Whether requests are counted: 25 a second to one endpoint, and to the account 100 a second in live mode, 25 in
    /// test mode. Stripe documents these.
    pub rates: bool,
    /// How many requests may be worked on at once; as many as come when `None`.
    pub at_once: Option<usize>,
    /// How long Stripe works on a request.
    pub work: Duration,
}

const ENDPOINT_PER_SECOND: u32 = 25;
const LIVE_PER_SECOND: u32 = 100;
const TEST_PER_SECOND: u32 = 25;

/// Counts requests on tokio's time, which a jump of the wall clock does not touch.
#[derive(Debug, Default)]
pub(super) struct Meter {
    buckets: Mutex<HashMap<String, Bucket>>,
    working: Arc<()>,
}

/// A token bucket, kept as the instant at which it will be full again.
#[derive(Debug)]
struct Bucket {
    full_at: Instant,
}

/// Held while a request is worked on.
pub(super) struct Work {
    _working: Arc<()>,
}

impl Meter {
    /// Lets a request to `endpoint` in, or says which limit it breaks.
    pub(super) fn enter(
        &self,
        limits: Limits,
        endpoint: &str,
        livemode: bool,
    ) -> Result<Work, Failure> {
        let working = Arc::clone(&self.working);
        // The meter's own count is one, and so is that of the request itself.
        let others = Arc::strong_count(&working) - 2;
        if limits.at_once.is_some_and(|most| others >= most) {
            return Err(Failure::GlobalConcurrency);
        }
        if limits.rates {
            let account = if livemode {
                LIVE_PER_SECOND
            } else {
                TEST_PER_SECOND
            };
            self.take(endpoint, ENDPOINT_PER_SECOND, Failure::EndpointRate)?;
            self.take("", account, Failure::GlobalRate)?;
        }
        Ok(Work { _working: working })
    }

    fn take(&self, name: &str, per_second: u32, failure: Failure) -> Result<(), Failure> {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets
            .entry(name.to_owned())
            .or_insert(Bucket { full_at: now });
        let full_at = bucket.full_at.max(now) + Duration::from_secs(1) / per_second;
        if full_at > now + Duration::from_secs(1) {
            return Err(failure);
        }
        bucket.full_at = full_at;
        Ok(())
    }
}
