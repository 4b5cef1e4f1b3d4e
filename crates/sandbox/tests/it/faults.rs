use std::{convert::Infallible, time::Duration};

use axum::{Router, body::Body, response::IntoResponse};
use clearsync_sandbox::{
    Fault, FaultPlan, Faults, Until,
    stripe::{Failure, StripeSandbox},
};
use clearsync_transport::{InProcess, Response, Transport, TransportError};
use futures::StreamExt;
use proptest::prelude::*;
use tokio::time::Instant;
use tower::{Layer, ServiceExt};

use crate::stripe::{SECRET, Stage, customer};

const MAKE_CUSTOMER: &str = "/v1/customers";

fn plan(fault: Fault) -> FaultPlan {
    FaultPlan {
        seed: 7,
        per_mille: 1000,
        faults: vec![fault],
        until: Until::Request(1),
    }
}

async fn send(
    sandbox: &StripeSandbox,
    faults: &Faults,
    method: &str,
) -> Result<Response, TransportError> {
    let router: Router = sandbox.router();
    let transport = InProcess::new(faults.layer(router));
    let request = http::Request::builder()
        .method(method)
        .uri(MAKE_CUSTOMER)
        .header("authorization", format!("Bearer {SECRET}"))
        .body(bytes::Bytes::new())
        .unwrap();
    transport.send(request).await
}

/// Whether the service saw the request, and what a client makes of the answer.
async fn once(fault: Fault) -> (bool, Result<Response, TransportError>) {
    let stage = Stage::with([]);
    let outcome = send(&stage.sandbox, &Faults::new(plan(fault)), "POST").await;
    let applied = stage.data.read().unwrap().all("customer").count() == 1;
    (applied, outcome)
}

#[tokio::test]
async fn a_reset_before_never_reaches_the_service() {
    let (applied, outcome) = once(Fault::ResetBefore).await;
    assert!(!applied);
    assert_eq!(outcome.unwrap_err(), TransportError::NotConnected);
}

#[tokio::test]
async fn a_reset_after_leaves_the_request_carried_out() {
    for fault in [Fault::ResetAfter, Fault::CutBody] {
        let (applied, outcome) = once(fault).await;
        assert!(applied, "{fault:?}");
        let error = outcome.unwrap_err();
        assert_eq!(error, TransportError::Broken, "{fault:?}");
        assert!(error.may_have_been_applied(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_cut_body_shows_its_first_half() {
    let service = tower::service_fn(|_: http::Request<Body>| async {
        Ok::<_, Infallible>("abcdefgh".into_response())
    });
    let service = Faults::new(plan(Fault::CutBody)).layer(service);
    let response = service.oneshot(http::Request::default()).await.unwrap();
    let mut chunks = response.into_body().into_data_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), "abcd");
    assert!(chunks.next().await.unwrap().is_err());
}

#[tokio::test]
async fn mangled_json_and_captive_portals_look_like_answers() {
    let (applied, outcome) = once(Fault::WrongJson).await;
    let response = outcome.unwrap();
    assert!(applied);
    assert_eq!(response.status(), 200);
    assert!(serde_json::from_slice::<serde_json::Value>(response.body()).is_err());
    let (applied, outcome) = once(Fault::CaptivePortal).await;
    let response = outcome.unwrap();
    assert!(!applied);
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
}

#[tokio::test]
async fn a_service_chooses_the_words_of_its_own_failures() {
    let (applied, outcome) = once(Fault::Answer(|| Failure::EndpointRate.answer())).await;
    let response = outcome.unwrap();
    assert!(!applied);
    assert_eq!(response.status(), 429);
    assert_eq!(
        response.headers()["stripe-rate-limited-reason"],
        "endpoint-rate"
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_takes_its_time() {
    let start = Instant::now();
    let (applied, outcome) = once(Fault::Slow(Duration::from_secs(40))).await;
    assert!(applied && outcome.is_ok());
    assert_eq!(start.elapsed().as_secs(), 40);
}

#[tokio::test(start_paused = true)]
async fn faults_end_when_the_plan_says() {
    let stage = Stage::with([customer("cus_1", 1)]);
    let faults = Faults::new(FaultPlan {
        until: Until::Request(2),
        ..plan(Fault::ResetBefore)
    });
    for expected in [false, false, true, true] {
        let outcome = send(&stage.sandbox, &faults, "GET").await;
        assert_eq!(outcome.is_ok(), expected);
    }
    let numbers: Vec<u64> = faults.met().iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [0, 1]);
    let end = Instant::now() + Duration::from_secs(10);
    let faults = Faults::new(FaultPlan {
        until: Until::Instant(end),
        ..plan(Fault::ResetBefore)
    });
    assert!(send(&stage.sandbox, &faults, "GET").await.is_err());
    tokio::time::sleep_until(end).await;
    assert!(send(&stage.sandbox, &faults, "GET").await.is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_seed_replays_and_keeps_its_rate(seed in any::<u64>()) {
        let plan = FaultPlan {
            seed,
            per_mille: 250,
            faults: vec![Fault::ResetBefore, Fault::ResetAfter, Fault::CutBody],
            until: Until::Forever,
        };
        let now = Instant::now();
        let faults = |plan: &FaultPlan| -> Vec<String> {
            (0..2000).map(|number| format!("{:?}", plan.fault(number, now))).collect()
        };
        let first = faults(&plan);
        prop_assert_eq!(&first, &faults(&plan));
        let met = first.iter().filter(|fault| *fault != "None").count();
        // 2000 × 0.25 = 500; 150 is more than seven standard deviations (√(2000 × 0.25 × 0.75) ≈ 19.4).
        prop_assert!((350..650).contains(&met), "{} of 2000", met);
        for kind in ["ResetBefore", "ResetAfter", "CutBody"] {
            let named = format!("Some({kind})");
            prop_assert!(first.contains(&named), "{} happens", kind);
        }
    }
}
