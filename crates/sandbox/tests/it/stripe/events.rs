use http::StatusCode;
use jiff::SignedDuration;

use super::{Stage, event, seconds_ago};

const DAY: i64 = 24 * 60 * 60;

fn stage() -> Stage {
    let stage = Stage::with([]);
    let mut data = stage.data.write().unwrap();
    data.record(event(
        "evt_old",
        "customer.created",
        seconds_ago(30 * DAY + 1),
    ));
    data.record(event("evt_edge", "customer.created", seconds_ago(30 * DAY)));
    data.record(event("evt_1", "customer.updated", seconds_ago(50)));
    data.record(event("evt_2", "invoice.paid", seconds_ago(50)));
    data.record(event(
        "evt_3",
        "customer.subscription.updated",
        seconds_ago(5),
    ));
    drop(data);
    stage
}

#[tokio::test]
async fn events_are_kept_thirty_days() {
    let stage = stage();
    let answer = stage.get("/v1/events").await;
    assert_eq!(answer.ids(), ["evt_3", "evt_2", "evt_1", "evt_edge"]);
    let answer = stage.get("/v1/events/evt_edge").await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = stage.get("/v1/events/evt_old").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = stage.get("/v1/events?starting_after=evt_old").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(
        answer
            .message()
            .contains("aged out of our retention policy")
    );
    stage.clock.jump(SignedDuration::from_secs(1));
    assert_eq!(stage.get("/v1/events").await.ids().len(), 3);
}

#[tokio::test]
async fn events_narrow_by_type_and_time() {
    let stage = stage();
    let since = seconds_ago(50);
    let cases: &[(String, &[&str])] = &[
        ("type=invoice.paid".to_owned(), &["evt_2"]),
        (
            "type=customer.*".to_owned(),
            &["evt_3", "evt_1", "evt_edge"],
        ),
        (
            "types[]=invoice.paid&types[]=customer.updated".to_owned(),
            &["evt_2", "evt_1"],
        ),
        (
            format!("created[gte]={since}"),
            &["evt_3", "evt_2", "evt_1"],
        ),
        (format!("created[gt]={since}"), &["evt_3"]),
        (
            format!("created[gte]={since}&ending_before=evt_1"),
            &["evt_3", "evt_2"],
        ),
    ];
    for (narrowing, expected) in cases {
        let answer = stage.get(&format!("/v1/events?{narrowing}")).await;
        assert_eq!(answer.ids(), *expected, "{narrowing}");
    }
    let many: Vec<String> = (0..21).map(|n| format!("types[]=type.{n}")).collect();
    let answer = stage.get(&format!("/v1/events?{}", many.join("&"))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_newest_events_may_show_late() {
    let stage = stage();
    stage.sandbox.set_event_lag(SignedDuration::from_secs(10));
    assert_eq!(stage.get("/v1/events?limit=1").await.ids(), ["evt_2"]);
    stage.clock.jump(SignedDuration::from_secs(5));
    assert_eq!(stage.get("/v1/events?limit=1").await.ids(), ["evt_3"]);
}
