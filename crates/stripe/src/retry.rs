//! What is sent again: Stripe's own word (`Stripe-Should-Retry`) first, then limits, locks and trouble.

use std::time::Duration;

use clearsync_transport::{Request, Response, RetryRule, TransportError, retry_after};
use http::{HeaderMap, Method, StatusCode};

/// The rule for everything but the permission checks, which report each answer before they ask again.
pub(crate) struct StripeRetry;

impl RetryRule for StripeRetry {
    fn again_after(
        &self,
        request: &Request,
        outcome: Result<&Response, TransportError>,
    ) -> Option<Duration> {
        let again = match outcome {
            Err(error) => is_repeatable(request) && is_worth_repeating(error),
            Ok(response) => is_worth_asking_again(request, response),
        };
        again.then(|| {
            outcome
                .ok()
                .and_then(|response| retry_after(response.headers()))
                .unwrap_or_default()
        })
    }
}

fn is_worth_asking_again(request: &Request, response: &Response) -> bool {
    let status = response.status();
    match should_retry(response.headers()) {
        Some(true) => true,
        // Stripe's advice on 429 is to slow down and try again; its own clients leave that to their callers, and a long
        // import has no one else to leave it to.
        Some(false) => status == StatusCode::TOO_MANY_REQUESTS,
        None => {
            matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT)
                || (is_repeatable(request)
                    && (status.is_server_error() || is_cut_short(status, response)))
        }
    }
}

fn should_retry(headers: &HeaderMap) -> Option<bool> {
    match headers.get("stripe-should-retry")?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

/// Sending such a request twice is the same as sending it once: Stripe documents this for GET and DELETE, and for a POST
/// with an idempotency key.
fn is_repeatable(request: &Request) -> bool {
    request.method() != Method::POST || request.headers().contains_key("idempotency-key")
}

fn is_worth_repeating(error: TransportError) -> bool {
    !matches!(
        error,
        TransportError::TooLarge { .. } | TransportError::Unsendable
    )
}

// A proxy may cut a body and still call it whole. A web page ends otherwise too, but stays one however often it is asked for.
fn is_cut_short(status: StatusCode, response: &Response) -> bool {
    let body = response.body().trim_ascii();
    status.is_success() && body.first() == Some(&b'{') && body.last() != Some(&b'}')
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn get() -> Request {
        Request::default()
    }

    fn post() -> Request {
        http::Request::post("/").body(Bytes::new()).unwrap()
    }

    fn post_with_idempotency_key() -> Request {
        http::Request::post("/")
            .header("idempotency-key", "1")
            .body(Bytes::new())
            .unwrap()
    }

    fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response {
        let mut builder = http::Response::builder().status(status);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(Bytes::from_static(body.as_bytes())).unwrap()
    }

    fn again(request: &Request, response: &Response) -> bool {
        StripeRetry.again_after(request, Ok(response)).is_some()
    }

    #[test]
    fn obeys_stripe_first() {
        let yes = [("stripe-should-retry", "true")];
        let no = [("stripe-should-retry", "false")];
        assert!(again(&get(), &answer(400, &yes, "{}")));
        assert!(again(&post(), &answer(500, &yes, "{}")));
        assert!(!again(&get(), &answer(500, &no, "{}")));
        assert!(!again(&get(), &answer(409, &no, "{}")));
        assert!(again(&get(), &answer(429, &no, "{}")));
    }

    #[test]
    fn repeats_what_can_pass_and_nothing_else() {
        for status in [429, 409, 500, 502, 503, 504] {
            assert!(again(&get(), &answer(status, &[], "")), "{status}");
        }
        for status in [200, 301, 400, 401, 403, 404] {
            assert!(!again(&get(), &answer(status, &[], "{}")), "{status}");
        }
        assert!(!again(&post(), &answer(500, &[], "{}")));
        assert!(again(&post_with_idempotency_key(), &answer(500, &[], "{}")));
    }

    #[test]
    fn repeats_a_body_that_breaks_off_but_no_web_page() {
        assert!(again(&get(), &answer(200, &[], "{\"data\":[")));
        assert!(!again(&get(), &answer(200, &[], "{\"data\":[]}\n")));
        assert!(!again(&get(), &answer(200, &[], "<html>")));
    }

    #[test]
    fn repeats_after_a_broken_connection_only_what_is_the_same_twice() {
        let broken = Err(TransportError::Broken);
        assert!(StripeRetry.again_after(&get(), broken).is_some());
        assert!(StripeRetry.again_after(&post(), broken).is_none());
        assert!(
            StripeRetry
                .again_after(&get(), Err(TransportError::Unsendable))
                .is_none()
        );
    }

    #[test]
    fn waits_as_long_as_it_is_told() {
        let told = answer(429, &[("retry-after", "7")], "{}");
        assert_eq!(
            StripeRetry.again_after(&get(), Ok(&told)),
            Some(Duration::from_secs(7))
        );
    }
}
