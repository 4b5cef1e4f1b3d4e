use std::{cell::RefCell, sync::Arc, time::Duration};

use bytes::Bytes;
use clearsync_sandbox::stripe::{Failure, KeyState, RefusalShape, SandboxKey};
use clearsync_stripe::{
    audit::{Audit, Check, Reach, Verdict, audit, excess},
    catalog::{Level, Preset, Row, wanted},
    client::Client,
    error::{NotStripe, StripeError, Unauthorized},
};
use clearsync_transport::{InProcess, TransportError};

use crate::world::{Always, KEY, World, client_of, ticked_by_link};

const SHAPES: [RefusalShape; 6] = [
    RefusalShape::Old,
    RefusalShape::OldAnyOf,
    RefusalShape::New,
    RefusalShape::NewUnquoted,
    RefusalShape::Unnamed,
    RefusalShape::NotForRestrictedKeys,
];

fn rows(preset: Preset) -> Vec<&'static Row> {
    wanted(preset).collect()
}

async fn whole_audit(client: &Client) -> Audit {
    audit(client, Preset::Standard, &rows(Preset::Standard), |_| {}).await
}

#[tokio::test(start_paused = true)]
async fn a_key_made_by_the_link_holds_everything_and_nothing_more() {
    for preset in [Preset::Standard, Preset::StrictlyReadOnly] {
        let world = World::new();
        let tokens = ticked_by_link(preset);
        let tokens = tokens.iter().map(String::as_str);
        world.stripe.add_key(SandboxKey::new(KEY, tokens));
        let found = audit(&world.client(), preset, &rows(preset), |_| {}).await;
        assert!(found.is_complete(), "{found:?}");
        let findings = excess(&world.client(), preset, |_| {}).await.unwrap();
        for finding in findings {
            assert_eq!(finding.reach, Reach::WithinNeed, "{}", finding.row.id);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_whole_audit_takes_at_most_three_seconds() {
    let client = World::new().distant_client(Duration::from_millis(150));
    let started = tokio::time::Instant::now();
    assert!(whole_audit(&client).await.is_complete());
    let took = started.elapsed();
    assert!(took <= Duration::from_secs(3), "took {took:?}");
}

#[tokio::test(start_paused = true)]
async fn each_missing_row_is_named_alone_in_every_shape() {
    for shape in SHAPES {
        for row in wanted(Preset::Standard).filter(|row| row.id != "products") {
            let world = World::new();
            world.stripe.set_refusal_shape(shape);
            world.deny(row.id);
            let found = whole_audit(&world.client()).await;
            for check in &found.checks {
                let missing = matches!(check.verdict, Verdict::Missing { .. });
                assert_eq!(missing, check.row.id == row.id, "{shape:?}: {check:?}");
            }
            let linked = matches!(shape, RefusalShape::New | RefusalShape::NewUnquoted);
            let link = found.checks.iter().find_map(|check| match &check.verdict {
                Verdict::Missing { refusal, .. } => refusal.edit_link.as_ref(),
                _ => None,
            });
            assert_eq!(link.is_some(), linked, "{shape:?}");
            if shape != RefusalShape::NotForRestrictedKeys {
                assert_eq!(found.account().unwrap().as_str(), world.stripe.account_id());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn products_come_with_prices_whatever_the_row_says() {
    let world = World::new();
    world.deny("products");
    assert!(whole_audit(&world.client()).await.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_webhook_row_at_read_is_told_apart_from_one_at_none() {
    for (permission, expected) in [(None, false), (Some("webhook_read"), true)] {
        let world = World::new();
        world.deny("webhook");
        if let Some(permission) = permission {
            world.stripe.grant(KEY, permission);
        }
        let found = whole_audit(&world.client()).await;
        let webhook = found.checks.last().unwrap();
        assert!(
            matches!(webhook.verdict, Verdict::Missing { has_read, .. } if has_read == expected),
            "{webhook:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn checks_make_nothing_and_write_nothing() {
    let world = World::new();
    let client = world.client();
    whole_audit(&client).await;
    excess(&client, Preset::Standard, |_| {}).await.unwrap();
    for request in world.stripe.requests() {
        assert!(
            request.method == "GET" || request.path.ends_with("ClearSyncPermissionCheck"),
            "{request:?}"
        );
        assert!(request.method == "GET" || !request.status.is_success());
    }
    let data = world.data.read().unwrap();
    assert_eq!(data.all("webhook_endpoint").count(), 0);
    assert_eq!(data.all("coupon").count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_not_accepted_stops_everything() {
    for (state, reason) in [
        (KeyState::Expired, Unauthorized::Expired),
        (KeyState::IpRestricted, Unauthorized::IpNotAllowed),
    ] {
        let world = World::new();
        world.stripe.set_key_state(KEY, state);
        let found = whole_audit(&world.client()).await;
        assert!(
            matches!(found.stopped, Some(StripeError::Unauthorized { reason: r, .. }) if r == reason)
        );
        assert!(
            found
                .checks
                .iter()
                .all(|check| check.verdict == Verdict::NotChecked)
        );
        assert!(
            world.stripe.requests().len() <= 4,
            "no more than were on their way"
        );
    }
    let world = World::new();
    world.stripe.revoke(KEY);
    let found = whole_audit(&world.client()).await;
    assert!(matches!(
        found.stopped,
        Some(StripeError::Unauthorized {
            reason: Unauthorized::UnknownKey,
            ..
        })
    ));
}

#[tokio::test(start_paused = true)]
async fn trouble_is_reported_then_asked_again_and_never_called_missing() {
    for failure in [
        Failure::GlobalRate,
        Failure::EndpointRate,
        Failure::GlobalConcurrency,
        Failure::LockTimeout,
        Failure::Conflict,
        Failure::ServerError,
        Failure::Unavailable,
    ] {
        let world = World::new();
        world.stripe.fail_next([failure; 5]);
        let heard = RefCell::new(Vec::<Check>::new());
        let found = audit(
            &world.client(),
            Preset::Standard,
            &rows(Preset::Standard),
            |check| heard.borrow_mut().push(check.clone()),
        )
        .await;
        assert!(found.is_complete(), "{failure:?}: {found:?}");
        let heard = heard.into_inner();
        let retrying = heard
            .iter()
            .filter(|check| matches!(check.verdict, Verdict::Unverified { retrying: true, .. }))
            .count();
        assert_eq!(retrying, 5, "{failure:?}");
        assert_eq!(heard.len(), 15 + 5);
    }
}

#[tokio::test(start_paused = true)]
async fn trouble_that_stays_leaves_rows_unverified() {
    let page = http::Response::builder()
        .status(200)
        .body(Bytes::from_static(
            b"<html>Log in to the hotel network</html>",
        ))
        .unwrap();
    for (answer, cause) in [
        (
            Err(TransportError::HostNotFound),
            StripeError::Unreachable(TransportError::HostNotFound),
        ),
        (Ok(page), StripeError::NotStripe(NotStripe::WebPage)),
    ] {
        let found = whole_audit(&client_of(KEY, Always(answer))).await;
        for check in &found.checks {
            assert_eq!(
                check.verdict,
                Verdict::Unverified {
                    cause: cause.clone(),
                    retrying: false
                }
            );
        }
        assert!(found.stopped.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn what_lies_beyond_the_permission_shows_that_it_is_held() {
    for (status, code) in [
        (400, "parameter_missing"),
        (400, "resource_missing"),
        (404, "resource_missing"),
        (403, "platform_account_required"),
    ] {
        let body = format!(
            r#"{{"error":{{"code":"{code}","message":"x","type":"invalid_request_error"}}}}"#
        );
        let response = http::Response::builder()
            .status(status)
            .body(Bytes::from(body))
            .unwrap();
        let found = whole_audit(&client_of(KEY, Always(Ok(response)))).await;
        assert!(found.is_complete(), "{status} {code}: {found:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_says_nothing_of_the_permission_leaves_it_open() {
    for (status, code) in [(402, ""), (403, "account_invalid")] {
        let body = format!(
            r#"{{"error":{{"code":"{code}","message":"x","type":"invalid_request_error"}}}}"#
        );
        let response = http::Response::builder()
            .status(status)
            .body(Bytes::from(body))
            .unwrap();
        let found = whole_audit(&client_of(KEY, Always(Ok(response)))).await;
        let open = |check: &Check| {
            matches!(
                check.verdict,
                Verdict::Unverified {
                    retrying: false,
                    ..
                }
            )
        };
        assert!(found.checks.iter().all(open), "{status} {code}: {found:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_key_can_do_beyond_its_need_is_found() {
    let world = World::new();
    for permission in [
        "customer_write",
        "balance_read",
        "dispute_read",
        "quote_read",
    ] {
        world.stripe.grant(KEY, permission);
    }
    let findings = excess(&world.client(), Preset::Standard, |_| {})
        .await
        .unwrap();
    let exceeding: Vec<_> = findings
        .iter()
        .filter(|finding| finding.reach == Reach::Exceeds)
        .map(|finding| (finding.row.id, finding.level))
        .collect();
    assert_eq!(
        exceeding,
        [
            ("customers", Level::Write),
            ("balance", Level::Read),
            ("disputes", Level::Read),
            ("quotes", Level::Read),
        ]
    );
    let strict = excess(&world.client(), Preset::StrictlyReadOnly, |_| {})
        .await
        .unwrap();
    assert!(
        strict
            .iter()
            .any(|finding| finding.row.id == "webhook" && finding.reach == Reach::Exceeds)
    );
}

#[tokio::test(start_paused = true)]
async fn a_secret_key_holds_everything_and_is_not_probed() {
    const SECRET_KEY: &str = "sk_test_51SandboxKeyOfTheTests8f2K";
    let world = World::new();
    world.stripe.add_key(SandboxKey::new(SECRET_KEY, []));
    let client = client_of(SECRET_KEY, InProcess::new(world.stripe.router()));
    let found = whole_audit(&client).await;
    assert!(found.is_complete());
    let findings = excess(&client, Preset::Standard, |_| {}).await.unwrap();
    assert!(findings.iter().all(|f| f.reach == Reach::Exceeds));
    assert_eq!(world.stripe.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_account_is_known_with_and_without_its_permission() {
    let world = World::new();
    let account = world.client().account().await.unwrap();
    assert_eq!(account.id.unwrap().as_str(), world.stripe.account_id());
    assert!(account.name.is_some());
    world.deny("accounts");
    let account = world.client().account().await.unwrap();
    assert_eq!(account.id.unwrap().as_str(), world.stripe.account_id());
    assert!(account.name.is_none());
}

#[tokio::test(start_paused = true)]
async fn nothing_shows_the_key() {
    let world = World::new();
    world.deny("prices");
    let client = world.client();
    let found = whole_audit(&client).await;
    let shown = format!("{client:?} {:?} {found:?}", Arc::new(client.clone()).key());
    assert!(!shown.contains(&KEY[..20]) && !shown.contains("SandboxKey"));
}
