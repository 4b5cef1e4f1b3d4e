use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use clearsync_sandbox::{
    Clock,
    stripe::{Deliver, SandboxKey, sign},
};
use futures::future::{BoxFuture, FutureExt, ready};
use http::{Method, Request, StatusCode};
use jiff::SignedDuration;
use serde_json::Value;

use super::{RESTRICTED, SECRET, Stage, event, seconds_ago};

const FORM: &str = "url=https%3A%2F%2Fhook.example%2Fstripe&enabled_events[]=customer.*&description=ClearSync&metadata[install]=1&api_version=2026-05-27.dahlia";

/// Keeps every delivery and answers it with the next status of a list, then with 200.
#[derive(Default)]
struct Mailbox {
    received: Mutex<Vec<Request<Bytes>>>,
    answers: Mutex<VecDeque<Option<StatusCode>>>,
}

impl Deliver for Mailbox {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Option<StatusCode>> {
        self.received.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front();
        ready(answer.unwrap_or(Some(StatusCode::OK))).boxed()
    }
}

#[tokio::test]
async fn an_endpoint_lives_and_shows_its_secret_once() {
    let stage = Stage::with([]);
    let made = stage.post("/v1/webhook_endpoints", FORM).await.body;
    let id = made["id"].as_str().unwrap();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(made["status"], "enabled");
    assert_eq!(made["metadata"]["install"], "1");
    let path = format!("/v1/webhook_endpoints/{id}");
    let read = stage.get(&path).await.body;
    assert_eq!(read.get("secret"), None);
    assert_eq!(read["url"], "https://hook.example/stripe");
    let changed = stage.post(&path, "disabled=true").await.body;
    assert_eq!(changed["status"], "disabled");
    let gone = stage.send(SECRET, Method::DELETE, &path, "").await.body;
    assert_eq!(gone["deleted"], true);
    let again = stage.send(SECRET, Method::DELETE, &path, "").await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert_eq!(again.message(), format!("No such webhook endpoint: '{id}'"));
}

#[tokio::test]
async fn what_is_wrong_with_an_endpoint_is_named() {
    let stage = Stage::with([]);
    let live = "sk_live_Sample51everything";
    stage.sandbox.add_key(SandboxKey::new(live, []));
    let cases = [
        (SECRET, "", "parameter_missing", "url"),
        (
            SECRET,
            "url=https://hook.example",
            "parameter_missing",
            "enabled_events",
        ),
        (
            SECRET,
            "url=hook.example&enabled_events[]=*",
            "url_invalid",
            "url",
        ),
        (
            SECRET,
            "url=https://127.0.0.1/x&enabled_events[]=*",
            "url_invalid",
            "url",
        ),
        (
            live,
            "url=http://hook.example&enabled_events[]=*",
            "url_invalid",
            "url",
        ),
        (
            SECRET,
            "url=https://hook.example&enabled_events[]=*&colour=red",
            "parameter_unknown",
            "colour",
        ),
    ];
    for (key, form, code, param) in cases {
        let answer = stage
            .send(key, Method::POST, "/v1/webhook_endpoints", form)
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form}");
        assert_eq!(answer.code(), Some(code), "{form}");
        assert_eq!(answer.body["error"]["param"], param, "{form}");
    }
    let answer = stage
        .send(
            SECRET,
            Method::POST,
            "/v1/webhook_endpoints",
            "url=http://hook.example&enabled_events[]=*",
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK, "test mode takes http");
}

#[tokio::test]
async fn an_account_holds_sixteen_endpoints() {
    let stage = Stage::with([]);
    stage.sandbox.grant(RESTRICTED, "webhook_write");
    for n in 0..17 {
        let answer = stage
            .send(RESTRICTED, Method::POST, "/v1/webhook_endpoints", FORM)
            .await;
        let expected = if n < 16 { 200 } else { 400 };
        assert_eq!(answer.status, expected, "number {n}");
    }
    let answer = stage.get("/v1/webhook_endpoints?limit=100").await;
    assert_eq!(answer.ids().len(), 16);
}

fn verified(request: &Request<Bytes>, secret: &str, stage: &Stage) -> bool {
    request.headers()["stripe-signature"]
        == sign(request.body(), secret, stage.clock.now()).as_str()
}

#[tokio::test(start_paused = true)]
async fn new_events_reach_the_endpoints_that_want_them_signed() {
    let stage = Stage::with([]);
    let record = |id, kind| {
        let event = event(id, kind, seconds_ago(1));
        stage.data.write().unwrap().record(event);
    };
    record("evt_before", "customer.created");
    let mailbox = Arc::new(Mailbox::default());
    stage.sandbox.set_delivery(Arc::clone(&mailbox) as _);
    stage.sandbox.deliver_due().await;
    let made = stage.post("/v1/webhook_endpoints", FORM).await.body;
    record("evt_wanted", "customer.created");
    record("evt_other", "invoice.paid");

    let waiting = stage.get("/v1/events?delivery_success=false").await;
    assert_eq!(waiting.ids(), ["evt_wanted"]);
    assert_eq!(waiting.body["data"][0]["pending_webhooks"], 1);
    assert_eq!(stage.sandbox.deliver_due().await, 1);
    assert_eq!(
        stage.sandbox.deliver_due().await,
        0,
        "nothing is sent twice"
    );

    let received = std::mem::take(&mut *mailbox.received.lock().unwrap());
    let [request] = received.as_slice() else {
        panic!("one delivery, not {}", received.len())
    };
    assert_eq!(request.uri(), "https://hook.example/stripe");
    assert!(verified(request, made["secret"].as_str().unwrap(), &stage));
    assert!(!verified(request, "whsec_other", &stage));
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body["id"], "evt_wanted");
    let waiting = stage.get("/v1/events?delivery_success=false").await;
    assert_eq!(waiting.ids(), [""; 0]);
}

#[tokio::test]
async fn a_failed_delivery_is_tried_three_times_in_test_mode() {
    let stage = Stage::with([]);
    let mailbox = Arc::new(Mailbox::default());
    stage.sandbox.set_delivery(Arc::clone(&mailbox) as _);
    stage.post("/v1/webhook_endpoints", FORM).await;
    mailbox
        .answers
        .lock()
        .unwrap()
        .extend([None, Some(StatusCode::BAD_GATEWAY), None]);
    let event = event("evt_1", "customer.created", seconds_ago(1));
    stage.data.write().unwrap().record(event);
    let tries = || mailbox.received.lock().unwrap().len();

    stage.sandbox.deliver_due().await;
    stage.sandbox.deliver_due().await;
    assert_eq!(tries(), 1, "the second try waits an hour");
    stage.clock.jump(SignedDuration::from_hours(1));
    stage.sandbox.deliver_due().await;
    assert_eq!(tries(), 2);
    for _ in 0..5 {
        stage.clock.jump(SignedDuration::from_hours(24));
        stage.sandbox.deliver_due().await;
    }
    assert_eq!(tries(), 3, "then Stripe gives up");
    let failed = stage.get("/v1/events?delivery_success=false").await;
    assert_eq!(failed.ids(), ["evt_1"]);
}
