use std::time::Duration;

use clearsync_sandbox::stripe::{Failure, Limits, SandboxKey};
use http::StatusCode;

use super::{RESTRICTED, SECRET, Stage};

const LIVE: &str = "sk_live_Sample51everything";
const LISTS: [&str; 5] = ["customers", "invoices", "prices", "products", "charges"];

fn limited() -> Stage {
    let stage = Stage::with([]);
    stage.sandbox.add_key(SandboxKey::new(LIVE, []));
    stage.sandbox.set_limits(Limits {
        rates: true,
        ..Limits::default()
    });
    stage
}

/// How many of `count` requests at one instant are let in, spread over `lists`.
async fn let_in(stage: &Stage, key: &str, lists: &[&str], count: usize) -> usize {
    let mut passed = 0;
    for n in 0..count {
        let path = format!("/v1/{}", lists[n % lists.len()]);
        let answer = stage.get_with(key, &path).await;
        passed += usize::from(answer.status == StatusCode::OK);
    }
    passed
}

#[tokio::test(start_paused = true)]
async fn one_endpoint_takes_25_a_second() {
    let stage = limited();
    assert_eq!(let_in(&stage, LIVE, &["customers"], 40).await, 25);
    let refused = stage.get_with(LIVE, "/v1/customers").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.code(), Some("rate_limit"));
    assert_eq!(
        refused.headers["stripe-rate-limited-reason"],
        "endpoint-rate"
    );
    assert_eq!(refused.headers["stripe-should-retry"], "true");
    assert_eq!(let_in(&stage, LIVE, &["invoices"], 1).await, 1);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(
        let_in(&stage, LIVE, &["customers"], 40).await,
        5,
        "0.2 s × 25/s"
    );
}

#[tokio::test(start_paused = true)]
async fn the_account_takes_100_a_second_live_and_25_in_test_mode() {
    let stage = limited();
    assert_eq!(let_in(&stage, LIVE, &LISTS, 125).await, 100);
    let stage = limited();
    assert_eq!(let_in(&stage, SECRET, &LISTS, 125).await, 25);
    let refused = stage.get("/v1/coupons").await;
    assert_eq!(refused.headers["stripe-rate-limited-reason"], "global-rate");
}

#[tokio::test(start_paused = true)]
async fn only_so_many_requests_are_worked_on_at_once() {
    let stage = Stage::with([]);
    stage.sandbox.set_limits(Limits {
        rates: false,
        at_once: Some(2),
        work: Duration::from_millis(100),
    });
    let three = tokio::join!(
        stage.get("/v1/customers"),
        stage.get("/v1/customers"),
        stage.get("/v1/customers"),
    );
    assert_eq!(
        [three.0.status, three.1.status, three.2.status].map(|status| status.as_u16()),
        [200, 200, 429]
    );
    assert_eq!(
        three.2.headers["stripe-rate-limited-reason"],
        "global-concurrency"
    );
    assert_eq!(stage.get("/v1/customers").await.status, StatusCode::OK);
}

#[tokio::test]
async fn failures_can_be_ordered() {
    let stage = Stage::with([]);
    let cases = [
        (
            Failure::LockTimeout,
            429,
            Some("lock_timeout"),
            "invalid_request_error",
        ),
        (
            Failure::GlobalRate,
            429,
            Some("rate_limit"),
            "invalid_request_error",
        ),
        (
            Failure::Conflict,
            409,
            Some("idempotency_key_in_use"),
            "idempotency_error",
        ),
        (Failure::ServerError, 500, None, "api_error"),
    ];
    stage.sandbox.fail_next(cases.map(|(failure, ..)| failure));
    for (failure, status, code, kind) in cases {
        let answer = stage.get_with(RESTRICTED, "/v1/customers").await;
        assert_eq!(answer.status.as_u16(), status, "{failure:?}");
        assert_eq!(answer.code(), code, "{failure:?}");
        assert_eq!(answer.body["error"]["type"], kind, "{failure:?}");
    }
    let locked = Failure::LockTimeout.answer();
    assert_eq!(locked.headers().get("stripe-rate-limited-reason"), None);
    assert_eq!(stage.get("/v1/customers").await.status, StatusCode::OK);
    assert_eq!(Failure::Unavailable.answer().status(), 503);
}
