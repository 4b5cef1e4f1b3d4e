use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, StatusCode};

use super::refusal::Refusal;

const SHOULD_RETRY: HeaderName = HeaderName::from_static("stripe-should-retry");
const RATE_LIMITED_REASON: HeaderName = HeaderName::from_static("stripe-rate-limited-reason");

/// A failure that Stripe answers with whatever was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// 429, more requests to the account than its rate.
    GlobalRate,
    /// 429, more requests to one endpoint than its rate.
    EndpointRate,
    /// 429, too many requests at once.
    GlobalConcurrency,
    /// 429 `lock_timeout`, another request holds the object; told to be repeated.
    LockTimeout,
    /// 409, two requests with one idempotency key at once.
    Conflict,
    /// 500 with Stripe's own body.
    ServerError,
    /// 503 from a proxy before Stripe, without JSON.
    Unavailable,
}

impl Failure {
    /// The whole answer of Stripe.
    #[must_use]
    pub fn answer(self) -> Response {
        if self == Self::Unavailable {
            let page = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>";
            return (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response();
        }
        Refusal::from(self).into_response()
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        const RATE: &str = "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.";
        const LOCK: &str = "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are making multiple concurrent requests to a single object, make your requests serially or at a lower rate.";
        let limited = |reason| {
            Refusal::new(StatusCode::TOO_MANY_REQUESTS, RATE)
                .code("rate_limit")
                .header(RATE_LIMITED_REASON, reason)
                .header(SHOULD_RETRY, "true")
        };
        match failure {
            Failure::GlobalRate => limited("global-rate"),
            Failure::EndpointRate => limited("endpoint-rate"),
            Failure::GlobalConcurrency => limited("global-concurrency"),
            Failure::LockTimeout => Refusal::new(StatusCode::TOO_MANY_REQUESTS, LOCK)
                .code("lock_timeout")
                .header(SHOULD_RETRY, "true"),
            Failure::Conflict => Refusal::new(
                StatusCode::CONFLICT,
                "There is currently another in-progress request using this Stripe Key.",
            )
            .kind("idempotency_error")
            .code("idempotency_key_in_use"),
            Failure::ServerError | Failure::Unavailable => Refusal::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "An unknown error occurred",
            )
            .kind("api_error"),
        }
    }
}
