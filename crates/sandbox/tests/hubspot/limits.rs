use clearsync_sandbox::hubspot::{PortalShape, Tier};
use serde_json::json;

use crate::portal::{Portal, SCOPES, inputs, pass};

const CONTACTS: &str = "/crm/objects/2026-09/contacts";

#[tokio::test(start_paused = true)]
async fn the_burst_rolls_over_ten_seconds_for_each_token() {
    for (tier, max) in [
        (Tier::Free, 100),
        (Tier::Starter, 100),
        (Tier::Pro, 190),
        (Tier::Enterprise, 190),
    ] {
        let portal = Portal::on(tier);
        let first = portal.get(CONTACTS).await;
        assert_eq!(
            first.header("x-hubspot-ratelimit-max"),
            Some(max.to_string().as_str())
        );
        assert_eq!(
            first.header("x-hubspot-ratelimit-interval-milliseconds"),
            Some("10000")
        );
        let left = (max - 1).to_string();
        assert_eq!(
            first.header("x-hubspot-ratelimit-remaining"),
            Some(left.as_str())
        );
        pass(4).await;
        for _ in 1..max {
            assert_eq!(portal.get(CONTACTS).await.status, 200);
        }
        let over = portal.get(CONTACTS).await;
        assert_eq!(over.status, 429);
        assert_eq!(
            over.message(),
            "You have reached your ten_secondly_rolling limit."
        );
        assert_eq!(over.body["errorType"], "RATE_LIMIT");
        assert_eq!(over.body["policyName"], "TEN_SECONDLY_ROLLING");
        assert_eq!(over.header("x-hubspot-ratelimit-remaining"), Some("0"));
        portal.sandbox.add_token("other", SCOPES);
        let other = portal
            .send_as(Some("other"), "GET", CONTACTS, None)
            .await
            .unwrap();
        assert_eq!(other.status, 200);
        // Only the first call is ten seconds old.
        pass(6).await;
        assert_eq!(portal.get(CONTACTS).await.status, 200);
        assert_eq!(portal.get(CONTACTS).await.status, 429);
    }
}

#[tokio::test(start_paused = true)]
async fn the_day_ends_at_midnight_of_the_portal() {
    // 10:00 UTC is 05:00 in New York: the day has 19 hours left.
    let portal = Portal::shaped(PortalShape {
        time_zone: "America/New_York".to_owned(),
        ..PortalShape::default()
    });
    portal.sandbox.use_up(624_999);
    let last = portal.get(CONTACTS).await;
    assert_eq!(last.status, 200);
    assert_eq!(last.header("x-hubspot-ratelimit-daily"), Some("625000"));
    assert_eq!(
        last.header("x-hubspot-ratelimit-daily-remaining"),
        Some("0")
    );
    let over = portal.get(CONTACTS).await;
    assert_eq!(over.status, 429);
    assert_eq!(over.body["policyName"], "DAILY");
    pass(19 * 3600 - 1).await;
    assert_eq!(portal.get(CONTACTS).await.status, 429);
    pass(1).await;
    assert_eq!(portal.get(CONTACTS).await.status, 200);
    assert_eq!(portal.sandbox.used_today(), 1);
}

#[tokio::test(start_paused = true)]
async fn associations_have_a_burst_of_their_own() {
    let portal = Portal::on(Tier::Pro);
    let path = "/crm/associations/2026-09/contacts/companies/labels";
    for _ in 0..150 {
        assert_eq!(portal.get(path).await.status, 200);
    }
    assert_eq!(portal.get(path).await.status, 429);
    assert_eq!(portal.get(CONTACTS).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn requests_are_remembered_with_their_inputs() {
    let portal = Portal::new();
    let body = inputs((0..3).map(|n| json!({"properties": {"firstname": n.to_string()}})));
    portal.post(&format!("{CONTACTS}/batch/create"), body).await;
    portal.get(&format!("{CONTACTS}?limit=5")).await;
    let seen: Vec<_> = portal
        .sandbox
        .requests()
        .into_iter()
        .map(|request| (request.method, request.path, request.inputs, request.status))
        .collect();
    assert_eq!(
        seen,
        [
            (
                "POST".to_owned(),
                format!("{CONTACTS}/batch/create"),
                Some(3),
                Some(201)
            ),
            ("GET".to_owned(), CONTACTS.to_owned(), None, Some(200)),
        ]
    );
}
