use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::Body,
    response::{Html, IntoResponse, Response},
};
use bytes::Bytes;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::time::Instant;
use tower::{Layer, Service};

/// One thing that goes wrong between a client and a service.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// The service turns the request down without looking at it, such as with a 429 or a 500.
    Answer(fn() -> Response),
    /// The connection breaks before the service sees the request.
    ResetBefore,
    /// The service carries the request out, but the connection breaks before the answer.
    ResetAfter,
    /// The service carries the request out, and the answer takes this long.
    Slow(Duration),
    /// The service carries the request out, and the connection breaks in the middle of the answer.
    CutBody,
    /// The service carries the request out, and something on the way mangles the JSON of the answer.
    WrongJson,
    /// A captive portal answers in place of the service: 200 with a page of HTML.
    CaptivePortal,
}

/// Until when faults happen.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// As long as requests come.
    Forever,
    /// Before the request of this number; the first is number 0.
    Request(u64),
    /// Before this instant of tokio's time.
    Instant(Instant),
}

/// Which faults happen how often. The same seed gives the same fault to the request of the same number.
#[derive(Debug, Clone)]
pub struct FaultPlan {
    /// The seed of all choices.
    pub seed: u64,
    /// How many requests of a thousand meet a fault.
    pub per_mille: u32,
    /// What may happen, each as likely as the others; name one twice to make it more likely.
    pub faults: Vec<Fault>,
    /// When it ends.
    pub until: Until,
}

impl FaultPlan {
    /// The fault that request `number` meets, if any.
    #[must_use]
    pub fn fault(&self, number: u64, now: Instant) -> Option<Fault> {
        let over = match self.until {
            Until::Forever => false,
            Until::Request(end) => number >= end,
            Until::Instant(end) => now >= end,
        };
        if over {
            return None;
        }
        let mut rng = StdRng::seed_from_u64(self.seed.wrapping_add(number.rotate_left(32)));
        if rng.random_range(0..1000) >= self.per_mille {
            return None;
        }
        self.faults.choose(&mut rng).copied()
    }
}

/// A layer that lets the requests to a service meet the faults of a plan. Clones count requests together.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    plan: FaultPlan,
    requests: AtomicU64,
    met: Mutex<Vec<(u64, Fault)>>,
}

impl Faults {
    /// Carries out `plan`.
    #[must_use]
    pub fn new(plan: FaultPlan) -> Self {
        Self(Arc::new(Shared {
            plan,
            requests: AtomicU64::new(0),
            met: Mutex::default(),
        }))
    }

    /// What has gone wrong so far: the number of the request and its fault, in the order of the requests' arrival.
    #[must_use]
    pub fn met(&self) -> Vec<(u64, Fault)> {
        let met = self.0.met.lock();
        met.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn next(&self) -> Option<Fault> {
        let number = self.0.requests.fetch_add(1, Ordering::Relaxed);
        let fault = self.0.plan.fault(number, Instant::now())?;
        let met = self.0.met.lock();
        met.unwrap_or_else(PoisonError::into_inner)
            .push((number, fault));
        Some(fault)
    }
}

impl<S> Layer<S> for Faults {
    type Service = Faulty<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Faulty {
            inner,
            faults: self.clone(),
        }
    }
}

/// A service behind [`Faults`].
#[derive(Debug, Clone)]
pub struct Faulty<S> {
    inner: S,
    faults: Faults,
}

/// The simulated connection broke. As the error of the service, the request was never seen; as the error of a body, it
/// was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the simulated connection broke")]
pub struct Reset;

impl<S, B> Service<Request<B>> for Faulty<S>
where
    S: Service<Request<B>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response;
    type Error = Reset;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Reset>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Reset>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let fault = self.faults.next();
        let mut inner = self.inner.clone();
        Box::pin(async move {
            match fault {
                Some(Fault::Answer(answer)) => return Ok(answer()),
                Some(Fault::CaptivePortal) => return Ok(captive_portal()),
                Some(Fault::ResetBefore) => return Err(Reset),
                None
                | Some(Fault::ResetAfter | Fault::Slow(_) | Fault::CutBody | Fault::WrongJson) => {}
            }
            let Ok(response) = inner.call(request).await;
            Ok(match fault {
                Some(Fault::ResetAfter) => cut(response, 0).await,
                Some(Fault::CutBody) => cut(response, 2).await,
                Some(Fault::WrongJson) => wrong_json(response).await,
                Some(Fault::Slow(delay)) => {
                    tokio::time::sleep(delay).await;
                    response
                }
                _ => response,
            })
        })
    }
}

fn captive_portal() -> Response {
    let page = "<!doctype html><html><head><title>Welcome to HotelNet</title></head>\
        <body><form action=\"/login\"><button>Accept the terms</button></form></body></html>";
    (StatusCode::OK, Html(page)).into_response()
}

/// The answer up to its `1 / parts`-th byte, then a broken connection; nothing of it for 0.
async fn cut(response: Response, parts: usize) -> Response {
    let (parts_of_head, body) = response.into_parts();
    let body = whole(body).await;
    let kept = body.len().checked_div(parts).unwrap_or(0);
    let chunks = [Ok(body.slice(..kept)), Err(Reset)];
    let body = Body::from_stream(futures::stream::iter(chunks));
    let mut response = Response::from_parts(parts_of_head, body);
    response.headers_mut().remove(http::header::CONTENT_LENGTH);
    response
}

/// A complete answer whose text stops in the middle.
async fn wrong_json(response: Response) -> Response {
    let body = whole(response.into_body()).await;
    let text = String::from_utf8_lossy(&body);
    let half: String = text.chars().take(text.chars().count() / 2).collect();
    (
        StatusCode::OK,
        [(CONTENT_TYPE, "application/json")],
        half + "\u{fffd}",
    )
        .into_response()
}

async fn whole(body: Body) -> Bytes {
    let collected = body.collect().await;
    collected
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default()
}
