use std::{collections::BTreeMap, time::Duration};

use clearsync_hubspot::{Batch, Create, ObjectType, Outcome, Policy, Reason, RecordId, Upsert};
use clearsync_transport::TransportError;

use crate::scripted::{Scripted, TOKEN, answer, answer_with, client};

const DETAILS: &str = r#"{"portalId":123456,"accountType":"STANDARD","timeZone":"America/New_York","companyCurrency":"USD","additionalCurrencies":["EUR"],"utcOffset":"-05:00","utcOffsetMilliseconds":-18000000,"uiDomain":"app.hubspot.com","dataHostingLocation":"na1"}"#;
const TEN_SECONDS: &str = r#"{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT","correlationId":"c-1","policyName":"TEN_SECONDLY_ROLLING","requestId":"r"}"#;
const DAILY: &str =
    r#"{"status":"error","message":"You have reached your daily limit.","policyName":"DAILY"}"#;
const TIMED_OUT: TransportError = TransportError::TimedOut {
    after: Duration::from_secs(80),
};

fn upsert() -> Batch<Upsert> {
    Batch::new(vec![Upsert {
        key: "cus_1".to_owned(),
        properties: BTreeMap::from([("email".to_owned(), "jenny@example.com".to_owned())]),
    }])
    .unwrap()
}

fn create() -> Batch<Create> {
    Batch::new(vec![Create {
        key: "acme.com".to_owned(),
        properties: BTreeMap::from([("domain".to_owned(), "acme.com".to_owned())]),
    }])
    .unwrap()
}

/// Requests answered by `first`, then by the account's details: the waits between them, in milliseconds.
async fn waits(
    first: Vec<Result<clearsync_transport::Response, TransportError>>,
) -> (Vec<u128>, Option<Reason>) {
    let tries = first.len();
    let script = Scripted::new(first.into_iter().chain([answer(200, DETAILS)]));
    let outcome = client(script.clone()).account().await;
    let asked = script.asked();
    assert!(asked.len() <= tries + 1);
    let waits = asked
        .windows(2)
        .map(|pair| (pair[1].at - pair[0].at).as_millis())
        .collect();
    (waits, outcome.err().map(|error| error.reason))
}

#[tokio::test(start_paused = true)]
async fn each_refusal_has_its_wait() {
    let (locked, error) = waits(vec![answer(423, "")]).await;
    assert!(locked[0] >= 2_000 && error.is_none(), "{locked:?}");

    let (limited, error) = waits(vec![answer(429, TEN_SECONDS)]).await;
    assert!(limited[0] >= 1_000 && error.is_none(), "{limited:?}");

    let header = [("retry-after", "7000")];
    let (in_ms, _) = waits(vec![answer_with(429, &header, TEN_SECONDS)]).await;
    assert!(
        (7_000..8_000).contains(&in_ms[0]),
        "more than 1000 is milliseconds: {in_ms:?}"
    );

    let (failed, error) = waits((0..5).map(|_| answer(502, "")).collect()).await;
    assert!(failed.len() == 5 && error.is_none());
    assert!(failed.iter().all(|wait| *wait >= 1_000), "{failed:?}");
    assert!(failed[4] >= 8_000, "the waits grow: {failed:?}");

    let (_, gave_up) = waits((0..6).map(|_| answer(502, "")).collect()).await;
    assert_eq!(gave_up, Some(Reason::Unavailable { status: 502 }));

    let (short_move, error) = waits(vec![answer_with(477, &[("retry-after", "30")], "")]).await;
    assert!(short_move[0] >= 30_000 && error.is_none());
}

#[tokio::test(start_paused = true)]
async fn what_waiting_does_not_mend_stands_at_once() {
    let cases = [
        (
            answer_with(477, &[("retry-after", "86400")], ""),
            Reason::PortalMoving {
                retry_after: Some(Duration::from_hours(24)),
            },
        ),
        (answer(429, DAILY), Reason::DailyLimit { resets_at: None }),
        (answer(404, "<html>"), Reason::NotFound),
        (
            answer(200, "<html>Welcome to the hotel</html>"),
            Reason::NotHubSpot { status: 200 },
        ),
        (
            Err(TransportError::HostNotFound),
            Reason::Unreachable(TransportError::HostNotFound),
        ),
    ];
    for (first, expected) in cases {
        let (waits, reason) = waits(vec![first]).await;
        assert_eq!(waits.len(), 0, "{expected:?}");
        assert_eq!(reason, Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn a_used_up_day_ends_at_the_accounts_midnight() {
    let date = [("date", "Mon, 23 Nov 2026 10:00:00 GMT")];
    let script = Scripted::new([answer(200, DETAILS), answer_with(429, &date, DAILY)]);
    let client = client(script);
    client.account().await.unwrap();
    let error = client.account().await.unwrap_err();
    let midnight = "2026-11-24T05:00:00Z".parse().unwrap();
    assert_eq!(
        error.reason,
        Reason::DailyLimit {
            resets_at: Some(midnight)
        }
    );
}

#[tokio::test(start_paused = true)]
async fn limits_that_last_are_named() {
    let script = Scripted::new((0..6).map(|_| answer(429, TEN_SECONDS)));
    let error = client(script).account().await.unwrap_err();
    let policy = Policy::TenSeconds;
    assert_eq!(error.reason, Reason::RateLimited { policy });
    assert_eq!(error.correlation_id.unwrap().as_str(), "c-1");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_again_only_where_that_is_harmless() {
    let written = r#"{"status":"COMPLETE","results":[{"id":"512","new":false,"properties":{"clearsync_stripe_customer_id":"cus_1"}}]}"#;
    for lost in [Err(TIMED_OUT), Err(TransportError::Broken), answer(500, "")] {
        let script = Scripted::new([lost, answer(200, written)]);
        let result = client(script.clone())
            .upsert(
                &ObjectType::Contacts,
                "clearsync_stripe_customer_id",
                &upsert(),
            )
            .await;
        assert_eq!(script.asked().len(), 2);
        let id = RecordId(512);
        let created = false;
        assert_eq!(result.outcomes["cus_1"], Outcome::Written { id, created });
    }
    for lost in [
        Err(TIMED_OUT),
        Err(TransportError::Broken),
        answer(500, ""),
        answer(200, r#"{"status":"COMP"#),
    ] {
        let script = Scripted::new([lost]);
        let result = client(script.clone())
            .create(&ObjectType::Companies, "domain", &create())
            .await;
        assert_eq!(script.asked().len(), 1, "a create is never sent twice");
        assert!(result.outcomes.is_empty());
        assert!(result.stopped_by.unwrap().reason.may_have_been_applied());
    }
    let script = Scripted::new([
        Err(TransportError::NotConnected),
        answer(423, ""),
        answer(503, ""),
        answer(
            201,
            r#"{"results":[{"id":"7","properties":{"domain":"acme.com"}}]}"#,
        ),
    ]);
    let result = client(script.clone())
        .create(&ObjectType::Companies, "domain", &create())
        .await;
    assert_eq!(
        script.asked().len(),
        4,
        "nothing was done by the first three"
    );
    let (id, created) = (RecordId(7), true);
    assert_eq!(
        result.outcomes["acme.com"],
        Outcome::Written { id, created }
    );
}

#[tokio::test(start_paused = true)]
async fn a_scope_that_is_held_and_called_missing_means_the_plan() {
    let missing = r#"{"category":"MISSING_SCOPES","errors":[{"context":{"requiredGranularScopes":["crm.schemas.custom.write"]}}]}"#;
    let held = r#"{"hubId":1,"scopes":["oauth","crm.schemas.custom.write.v2"]}"#;
    let any_of = vec!["crm.schemas.custom.write".to_owned()];

    let script = Scripted::new([answer(403, missing)]);
    let reason = client(script).account().await.unwrap_err().reason;
    assert_eq!(
        reason,
        Reason::MissingScopes {
            any_of: any_of.clone()
        }
    );

    let script = Scripted::new([answer(200, held), answer(403, missing)]);
    let client = client(script);
    client.introspect().await.unwrap();
    let reason = client.account().await.unwrap_err().reason;
    assert_eq!(reason, Reason::PlanLacksFeature { any_of });
}

#[tokio::test(start_paused = true)]
async fn the_token_shows_nowhere() {
    let echo = format!(
        r#"{{"message":"token {TOKEN}","category":"{TOKEN} x","correlationId":"{TOKEN}"}}"#
    );
    for status in [400, 401, 403, 404, 409, 429, 500] {
        let script = Scripted::new((0..6).map(|_| answer(status, &echo)));
        let client = client(script);
        let error = client.account().await.unwrap_err();
        let shown = format!("{client:?} {:?} {}", error.reason, error);
        assert!(!shown.contains("0b5e8f6a"), "{shown}");
    }
}

/// A page of a captive portal says 200 too: nothing was removed.
#[tokio::test(start_paused = true)]
async fn a_page_of_somebody_else_is_no_success() {
    let page = answer(200, "<html>Welcome to the hotel</html>");
    let transport = Scripted::new([page, answer(204, "")]);
    let client = client(transport);
    let ids = std::collections::BTreeSet::from([clearsync_hubspot::RecordId(501)]);
    let refused = client.archive(&ObjectType::Contacts, &ids).await;
    let reason = refused.unwrap_err().reason;
    assert_eq!(reason, Reason::NotHubSpot { status: 200 });
    client.archive(&ObjectType::Contacts, &ids).await.unwrap();
}
