use axum::body::Body;
use clearsync_sandbox::{
    Fault, FaultPlan, Faults, Until,
    hubspot::{Disturbance, RatePolicy, faults},
};
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::Instant;
use tower::{Layer, ServiceExt};

use crate::portal::{Got, Portal, TOKEN, pass};

const CONTACTS: &str = "/crm/objects/2026-09/contacts";

async fn create(portal: &Portal) -> Option<Got> {
    let ada = json!({"properties": {"firstname": "Ada"}});
    portal
        .send_as(Some(TOKEN), "POST", CONTACTS, Some(ada))
        .await
}

#[tokio::test(start_paused = true)]
async fn planned_refusals_come_once_and_change_nothing() {
    let cases = [
        (
            Disturbance::RateLimited(RatePolicy::TenSecondly),
            429,
            "TEN_SECONDLY_ROLLING",
        ),
        (
            Disturbance::RateLimited(RatePolicy::Secondly),
            429,
            "SECONDLY",
        ),
        (Disturbance::RateLimited(RatePolicy::Daily), 429, "DAILY"),
        (Disturbance::Locked, 423, ""),
        (
            Disturbance::Moving {
                retry_after_s: 86_400,
            },
            477,
            "",
        ),
        (Disturbance::Status(502), 502, ""),
    ];
    for (disturbance, status, policy) in cases {
        let portal = Portal::new();
        portal.sandbox.disturb(disturbance, "/contacts", 1);
        let companies = portal.get("/crm/objects/2026-09/companies").await;
        assert_eq!(companies.status, 200);
        let got = create(&portal).await.unwrap();
        assert_eq!(got.status, status);
        if !policy.is_empty() {
            assert_eq!(got.body["policyName"], policy);
        }
        let expected = (status == 477).then_some("86400");
        assert_eq!(got.header("retry-after"), expected);
        assert!(portal.sandbox.records("contacts").unwrap().is_empty());
        assert_eq!(create(&portal).await.unwrap().status, 201);
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_connection_may_hide_a_write() {
    let cases = [
        (Disturbance::BrokenBefore, 0),
        (Disturbance::BrokenAfter, 1),
        (Disturbance::CutShort, 1),
    ];
    for (disturbance, written) in cases {
        let portal = Portal::new();
        portal.sandbox.disturb(disturbance, "", 1);
        assert!(create(&portal).await.is_none(), "{disturbance:?}");
        assert_eq!(portal.sandbox.records("contacts").unwrap().len(), written);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_late_and_a_page_is_no_json() {
    let portal = Portal::new();
    portal
        .sandbox
        .disturb(Disturbance::Slow { delay_ms: 30_000 }, "", 1);
    let start = Instant::now();
    assert_eq!(create(&portal).await.unwrap().status, 201);
    assert_eq!(start.elapsed().as_secs(), 30);
    portal.sandbox.disturb(Disturbance::Page, "", 9);
    let got = create(&portal).await.unwrap();
    assert_eq!((got.status, &got.body), (200, &Value::Null));
    portal.sandbox.calm();
    assert_eq!(create(&portal).await.unwrap().status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_lock_holds_writes_for_two_seconds() {
    let portal = Portal::new();
    portal.sandbox.lock("contacts").unwrap();
    assert_eq!(create(&portal).await.unwrap().status, 423);
    assert_eq!(portal.get(CONTACTS).await.status, 200);
    pass(2).await;
    assert_eq!(create(&portal).await.unwrap().status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_faults_can_stand_before_the_portal() {
    type Refuse = fn() -> axum::response::Response;
    let cases: [(Refuse, u16, Value); 8] = [
        (faults::rate_limited, 429, json!("TEN_SECONDLY_ROLLING")),
        (faults::search_rate_limited, 429, json!("SECONDLY")),
        (faults::daily_limited, 429, json!("DAILY")),
        (faults::locked, 423, Value::Null),
        (faults::moving, 477, Value::Null),
        (faults::internal_error, 500, Value::Null),
        (faults::bad_gateway, 502, Value::Null),
        (faults::unavailable, 503, Value::Null),
    ];
    for (answer, status, policy) in cases {
        let portal = Portal::new();
        let plan = FaultPlan {
            seed: 1,
            per_mille: 1000,
            faults: vec![Fault::Answer(answer)],
            until: Until::Forever,
        };
        let service = Faults::new(plan).layer(portal.sandbox.router());
        let request = Request::get(CONTACTS).body(Body::empty()).unwrap();
        let got = service.oneshot(request).await.unwrap();
        assert_eq!(got.status().as_u16(), status);
        let body = got.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["policyName"], policy);
        assert_eq!(body["status"], "error");
        assert!(portal.sandbox.requests().is_empty());
    }
}
