//! Keeps below Stripe's published limits: 25 requests a second for each endpoint, and 100 (live) or 25 (test) for the
//! account. Lists with `expand` are what Stripe's limit on requests at once meets first, so fewer of them run together.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use clearsync_transport::{Pace, Request, Response, Transport, TransportError};
use http::StatusCode;
use tokio::{sync::Semaphore, time::Instant};

use crate::key::Mode;

/// Which limit a request counts against. Travels with the request as an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The path with `{id}` for an id.
    pub(crate) template: &'static str,
    /// Whether the request expands objects.
    pub(crate) expands: bool,
}

/// A transport that lets no more through than Stripe takes.
pub(crate) struct Limited<T> {
    inner: T,
    account: Pace,
    in_flight: Semaphore,
    lanes: Mutex<HashMap<&'static str, Arc<Lane>>>,
    brake: Brake,
}

const IN_FLIGHT: usize = 8;
const EXPANDING_IN_FLIGHT: usize = 3;
const PER_ENDPOINT: NonZeroU32 = NonZeroU32::new(24).unwrap();
const PER_LIVE_ACCOUNT: NonZeroU32 = NonZeroU32::new(97).unwrap();
const PER_TEST_ACCOUNT: NonZeroU32 = NonZeroU32::new(24).unwrap();
/// Timers go off up to a millisecond late. A second request that may go at once makes up for it; with it no second holds
/// more than 99.
const LIVE_BURST: NonZeroU32 = NonZeroU32::new(2).unwrap();

impl<T: Transport> Limited<T> {
    pub(crate) fn new(inner: T, mode: Mode) -> Self {
        let account = match mode {
            Mode::Live => Pace::per_second(PER_LIVE_ACCOUNT, LIVE_BURST),
            Mode::Test => Pace::per_second(PER_TEST_ACCOUNT, NonZeroU32::MIN),
        };
        Self {
            inner,
            account,
            in_flight: Semaphore::new(IN_FLIGHT),
            lanes: Mutex::default(),
            brake: Brake::default(),
        }
    }

    fn lane(&self, template: &'static str) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry(template).or_insert_with(|| {
            Arc::new(Lane {
                pace: Pace::per_second(PER_ENDPOINT, NonZeroU32::MIN),
                expanding: Semaphore::new(EXPANDING_IN_FLIGHT),
            })
        }))
    }
}

#[async_trait]
impl<T: Transport> Transport for Limited<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let endpoint = request.extensions().get::<Endpoint>().copied();
        let lane = endpoint.map(|endpoint| self.lane(endpoint.template));
        // Neither semaphore is ever closed, so that a missing permit cannot happen.
        let _expanding = match (&lane, endpoint) {
            (Some(lane), Some(Endpoint { expands: true, .. })) => {
                lane.expanding.acquire().await.ok()
            }
            _ => None,
        };
        if let Some(lane) = &lane {
            lane.pace.turn().await;
        }
        let _in_flight = self.in_flight.acquire().await.ok();
        self.brake.turn().await;
        self.account.turn().await;
        let outcome = self.inner.send(request).await;
        match &outcome {
            Ok(response) if response.status() == StatusCode::TOO_MANY_REQUESTS => {
                self.brake.press();
            }
            Ok(_) => self.brake.ease(),
            Err(_) => {}
        }
        outcome
    }
}

struct Lane {
    pace: Pace,
    expanding: Semaphore,
}

/// Slows everything down while Stripe answers 429: each one doubles the distance between two requests, each other answer
/// takes a sixteenth of it back.
#[derive(Default)]
struct Brake(Mutex<Distance>);

#[derive(Default)]
struct Distance {
    between: Duration,
    next: Option<Instant>,
}

const LEAST_DISTANCE: Duration = Duration::from_millis(20);
const MOST_DISTANCE: Duration = Duration::from_secs(1);
const NO_DISTANCE_BELOW: Duration = Duration::from_millis(2);

impl Brake {
    async fn turn(&self) {
        let turn_at = {
            let mut distance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if distance.between.is_zero() {
                return;
            }
            let now = Instant::now();
            let turn_at = distance.next.map_or(now, |next| next.max(now));
            distance.next = Some(turn_at + distance.between);
            turn_at
        };
        tokio::time::sleep_until(turn_at).await;
    }

    fn press(&self) {
        let mut distance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        distance.between = (distance.between * 2).clamp(LEAST_DISTANCE, MOST_DISTANCE);
    }

    fn ease(&self) {
        let mut distance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        distance.between = distance.between * 15 / 16;
        if distance.between < NO_DISTANCE_BELOW {
            distance.between = Duration::ZERO;
            distance.next = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Default)]
    struct Crowd {
        now: AtomicUsize,
        most: AtomicUsize,
        sent: Mutex<Vec<Instant>>,
        refuse_first: usize,
    }

    #[async_trait]
    impl Transport for Crowd {
        async fn send(&self, _: Request) -> Result<Response, TransportError> {
            let index = {
                let mut sent = self.sent.lock().unwrap();
                sent.push(Instant::now());
                sent.len()
            };
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(800)).await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            let mut response = Response::default();
            if index <= self.refuse_first {
                *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            }
            Ok(response)
        }
    }

    fn request(template: &'static str, expands: bool) -> Request {
        let mut request = Request::default();
        request
            .extensions_mut()
            .insert(Endpoint { template, expands });
        request
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_run_together_than_stripe_takes() {
        for (expands, most) in [(true, EXPANDING_IN_FLIGHT), (false, IN_FLIGHT)] {
            let crowd = Arc::new(Crowd::default());
            let limited = Limited::new(Arc::clone(&crowd), Mode::Live);
            let all = (0..40).map(|_| limited.send(request("/v1/invoices", expands)));
            futures::future::join_all(all).await;
            assert_eq!(crowd.most.load(Ordering::SeqCst), most);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_than_the_limit() {
        let templates = ["/v1/a", "/v1/b", "/v1/c", "/v1/d", "/v1/e", "/v1/f"];
        for (mode, limit) in [(Mode::Live, 100), (Mode::Test, 25)] {
            let limited = Limited::new(Instantly::default(), mode);
            let all = (0..600).map(|n| limited.send(request(templates[n % 6], false)));
            futures::future::join_all(all).await;
            let sent = limited.inner.0.lock().unwrap();
            for start in sent.iter() {
                let within = sent
                    .iter()
                    .filter(|at| *at >= start && **at < *start + Duration::from_secs(1))
                    .count();
                assert!(within <= limit, "{within} requests in a second of {mode:?}");
            }
        }
    }

    #[derive(Default)]
    struct Instantly(Mutex<Vec<Instant>>);

    #[async_trait]
    impl Transport for Instantly {
        async fn send(&self, _: Request) -> Result<Response, TransportError> {
            self.0.lock().unwrap().push(Instant::now());
            Ok(Response::default())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn slows_down_on_refusals_and_recovers() {
        let crowd = Crowd {
            refuse_first: 6,
            ..Crowd::default()
        };
        let limited = Limited::new(crowd, Mode::Live);
        for _ in 0..6 {
            limited.send(request("/v1/a", false)).await.unwrap();
        }
        assert_eq!(
            limited.brake.0.lock().unwrap().between,
            Duration::from_millis(640),
            "20 ms doubled five times"
        );
        for _ in 0..100 {
            limited.send(request("/v1/a", false)).await.unwrap();
        }
        assert!(limited.brake.0.lock().unwrap().between.is_zero());
    }
}
