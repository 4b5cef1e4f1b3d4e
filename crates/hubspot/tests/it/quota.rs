//! A share of the day's requests is left to others.

use std::time::Duration;

use clearsync_hubspot::{HubSpotError, ObjectType, Reason};
use clearsync_transport::{Response, TransportError};

use crate::scripted::{Scripted, answer_with, client};

fn left(left: &'static str) -> Result<Response, TransportError> {
    let headers = [
        ("date", "Mon, 23 Nov 2026 10:00:00 GMT"),
        ("x-hubspot-ratelimit-daily", "1000"),
        ("x-hubspot-ratelimit-daily-remaining", left),
    ];
    answer_with(200, &headers, r#"{"results":[]}"#)
}

fn resets_at(outcome: Result<Vec<clearsync_hubspot::Property>, HubSpotError>) -> String {
    match outcome.unwrap_err().reason {
        Reason::ShareKept { resets_at } => resets_at.unwrap().to_string(),
        other => panic!("{other:?}"),
    }
}

/// A tenth of 1,000 are 100: with 101 left one more request may go, and then none before midnight in New York, which is
/// 05:00 UTC in November, 19 hours later.
#[tokio::test(start_paused = true)]
async fn nothing_is_sent_from_the_share_of_others() {
    let transport = Scripted::new([left("101"), left("100"), left("999")]);
    let client = client(transport.clone());
    client.keep_free(10);
    client.assume_time_zone("America/New_York");
    let ask = async || client.properties(&ObjectType::Contacts).await;
    ask().await.unwrap();
    ask().await.unwrap();
    assert_eq!(resets_at(ask().await), "2026-11-24T05:00:00Z");
    tokio::time::advance(Duration::from_mins(19 * 60 - 1)).await;
    assert_eq!(resets_at(ask().await), "2026-11-24T05:00:00Z");
    assert_eq!(transport.asked().len(), 2);
    tokio::time::advance(Duration::from_secs(61)).await;
    ask().await.unwrap();
    assert_eq!(transport.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn without_a_share_everything_may_be_used() {
    let transport = Scripted::new([left("1"), left("0")]);
    let client = client(transport.clone());
    for _ in 0..2 {
        client.properties(&ObjectType::Contacts).await.unwrap();
    }
    assert_eq!(transport.asked().len(), 2);
}
