use axum::body::Body;
use clearsync_sandbox::stripe::{KeyState, SandboxKey};
use http::{Method, Request, StatusCode};

use super::{RESTRICTED, SECRET, Stage, customer};

fn asking(authorization: Option<&str>) -> Request<Body> {
    let mut request = Request::get("/v1/customers");
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn wrong_keys_are_told_as_stripe_tells_them() {
    let stage = Stage::with([]);
    let expired = "rk_test_Sample51expired0001";
    let elsewhere = "rk_test_Sample51otherplace2";
    stage
        .sandbox
        .add_key(SandboxKey::new(expired, []).in_state(KeyState::Expired));
    stage
        .sandbox
        .add_key(SandboxKey::new(elsewhere, []).in_state(KeyState::IpRestricted));
    let cases = [
        (None, 401, None, "You did not provide an API key."),
        (
            Some("Bearer rk_test_NobodyKnowsThis8abcd"),
            401,
            None,
            "Invalid API Key provided: rk_test_****************abcd",
        ),
        (
            Some("Bearer hunter2"),
            401,
            None,
            "Invalid API Key provided: hunter2",
        ),
        (
            Some("Bearer rk_test_Sample51expired0001"),
            401,
            Some("api_key_expired"),
            "Expired API Key provided: rk_test_***************0001",
        ),
        (
            Some("Bearer rk_test_Sample51otherplace2"),
            401,
            None,
            "The API key provided does not allow requests from your IP address.",
        ),
        (
            Some("Bearer pk_test_AnyPublishable"),
            403,
            Some("secret_key_required"),
            "This API call cannot be made with a publishable API key.",
        ),
    ];
    for (authorization, status, code, message) in cases {
        let answer = stage.raw(asking(authorization)).await;
        assert_eq!(answer.status.as_u16(), status, "{authorization:?}");
        assert_eq!(answer.code(), code, "{authorization:?}");
        assert!(
            answer.message().starts_with(message),
            "{authorization:?}: {}",
            answer.message()
        );
        assert_eq!(answer.body["error"]["type"], "invalid_request_error");
    }
}

#[tokio::test]
async fn basic_authentication_carries_the_key_as_user_name() {
    // printf 'sk_test_Sample51everything:' | base64
    let basic = "Basic c2tfdGVzdF9TYW1wbGU1MWV2ZXJ5dGhpbmc6";
    let stage = Stage::with([]);
    assert_eq!(
        stage.raw(asking(Some(basic))).await.status,
        StatusCode::OK,
        "{SECRET}"
    );
}

#[tokio::test]
async fn a_key_can_be_revoked_and_expire_while_it_is_in_use() {
    let stage = Stage::with([]);
    assert_eq!(stage.get("/v1/customers").await.status, StatusCode::OK);
    stage.sandbox.set_key_state(SECRET, KeyState::Expired);
    assert_eq!(
        stage.get("/v1/customers").await.code(),
        Some("api_key_expired")
    );
    stage.sandbox.revoke(SECRET);
    let answer = stage.get("/v1/customers").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer
            .message()
            .starts_with("Invalid API Key provided: sk_test_")
    );
    assert!(
        !answer.message().contains("everything"),
        "the key is masked"
    );
}

#[tokio::test]
async fn the_mode_of_the_key_decides_what_exists() {
    let mut live = customer("cus_live", 10);
    live["livemode"] = true.into();
    let stage = Stage::with([customer("cus_test", 20), live]);
    stage
        .sandbox
        .add_key(SandboxKey::new("sk_live_Sample51everything", []));
    assert_eq!(stage.get("/v1/customers").await.ids(), ["cus_test"]);
    let answer = stage
        .get_with("sk_live_Sample51everything", "/v1/customers")
        .await;
    assert_eq!(answer.ids(), ["cus_live"]);
    let answer = stage.get("/v1/customers/cus_live").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(
        answer.message(),
        "No such customer: 'cus_live'; a similar object exists in live mode, but a test mode key was used to make this request."
    );
}

#[tokio::test]
async fn acting_for_a_connected_account_is_refused() {
    let stage = Stage::with([]);
    stage.sandbox.grant(RESTRICTED, "customer_read");
    let acting = |key: &str, account: &str| {
        Request::get("/v1/customers")
            .header("authorization", format!("Bearer {key}"))
            .header("stripe-account", account)
            .body(Body::empty())
            .unwrap()
    };
    let answer = stage.raw(acting(RESTRICTED, "acct_other")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(
        answer
            .message()
            .contains("does not have any Connect permissions")
    );
    let answer = stage.raw(acting(SECRET, "acct_other")).await;
    assert_eq!(answer.code(), Some("account_invalid"));
    let own = stage.sandbox.account_id();
    let answer = stage.raw(acting(SECRET, &own)).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn answers_carry_a_request_id_and_the_version() {
    let stage = Stage::with([]);
    let first = stage.get("/v1/customers").await;
    let second = stage.get("/v1/nothing").await;
    assert_ne!(first.headers["request-id"], second.headers["request-id"]);
    assert_eq!(first.headers["stripe-version"], "2026-05-27.dahlia");
    assert_eq!(second.status, StatusCode::NOT_FOUND);
    assert!(
        second
            .message()
            .starts_with("Unrecognized request URL (GET: /v1/nothing).")
    );
    let versioned = |version: &str| {
        Request::get("/v1/customers")
            .header("authorization", format!("Bearer {SECRET}"))
            .header("stripe-version", version)
            .body(Body::empty())
            .unwrap()
    };
    let answer = stage.raw(versioned("2024-06-20")).await;
    assert_eq!(answer.headers["stripe-version"], "2024-06-20");
    let answer = stage.raw(versioned("yesterday")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn requests_are_remembered_without_their_keys() {
    let stage = Stage::with([]);
    stage.get("/v1/customers?limit=3").await;
    stage
        .send(RESTRICTED, Method::POST, "/v1/webhook_endpoints", "")
        .await;
    let requests = stage.sandbox.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].path, "/v1/customers");
    assert_eq!(requests[0].query, "limit=3");
    assert_eq!(requests[1].method, "POST");
    assert_eq!(requests[1].status, StatusCode::FORBIDDEN);
    assert_eq!(requests[1].key_last_four.as_deref(), Some("8f2K"));
    assert!(!format!("{requests:?}").contains("Sample51"));
    stage.sandbox.forget_requests();
    assert!(stage.sandbox.requests().is_empty());
}
