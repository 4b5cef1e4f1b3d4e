//! Movements by subscription, customer and company, and each switch that decides their kind.

use clearsync_billing::{
    ChangeKind, Duration, Grain, PauseCollection, PauseRule, Policy, ReturningRule, Status,
    Subscription, Timeline, ToZeroRule, movements,
};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";

/// A subscription with a life from `start` to `end`, told by events.
fn lived(
    id: &str,
    customer: &str,
    unit: &str,
    start: &str,
    end: Option<&str>,
    policy: &Policy,
) -> Timeline {
    let begun = changed(plain(unit, MONTHLY, 1), |subscription| {
        subscription.id = id.into();
        subscription.customer = customer.into();
        subscription.created = day(start);
        subscription.start_date = day(start);
    });
    let mut changes = vec![event(
        &format!("evt_{id}_1"),
        start,
        ChangeKind::Created,
        &begun,
    )];
    let mut present = begun.clone();
    if let Some(end) = end {
        present.status = Status::Canceled;
        present.canceled_at = Some(day(end));
        present.ended_at = Some(day(end));
        changes.push(event(
            &format!("evt_{id}_2"),
            end,
            ChangeKind::Deleted,
            &present,
        ));
    }
    Life::told_by(present, changes).timeline(policy)
}

fn with(grain: Grain) -> Policy {
    Policy {
        grain,
        ..Policy::clearsync()
    }
}

fn two_subscriptions(policy: &Policy) -> [Timeline; 2] {
    [
        lived("sub_a", "cus_1", "1000", JAN, Some("2026-05-01"), policy),
        lived(
            "sub_b",
            "cus_1",
            "400",
            "2026-02-01",
            Some("2026-03-01"),
            policy,
        ),
    ]
}

#[test]
fn each_subscription_by_itself() {
    let policy = with(Grain::Subscription);
    assert_eq!(
        story(&two_subscriptions(&policy), &policy),
        [
            "2026-01-01 New Plan 0 → 1000 by evt_sub_a_1",
            "2026-02-01 New Plan 0 → 400 by evt_sub_b_1",
            "2026-03-01 Churn Cancellation 400 → 0 by evt_sub_b_2",
            "2026-05-01 Churn Cancellation 1000 → 0 by evt_sub_a_2",
        ]
    );
}

#[test]
fn a_customers_subscriptions_together() {
    let policy = with(Grain::Customer);
    assert_eq!(
        story(&two_subscriptions(&policy), &policy),
        [
            "2026-01-01 New Plan 0 → 1000 by evt_sub_a_1",
            "2026-02-01 Upgrade Plan 1000 → 1400 by evt_sub_b_1",
            "2026-03-01 Downgrade Cancellation 1400 → 1000 by evt_sub_b_2",
            "2026-05-01 Churn Cancellation 1000 → 0 by evt_sub_a_2",
        ]
    );
}

#[test]
fn a_companys_customers_together() {
    let policy = with(Grain::Company);
    let timelines = [
        lived("sub_a", "cus_1", "1000", JAN, None, &policy),
        lived("sub_b", "cus_2", "400", "2026-02-01", None, &policy),
        lived("sub_c", "cus_3", "70", "2026-03-01", None, &policy),
    ];
    let company = |customer: &clearsync_billing::CustomerId| {
        (customer.as_str() != "cus_3").then(|| "acme.test".to_owned())
    };
    let told: Vec<_> = movements(&timelines, &policy, company)
        .iter()
        .map(|movement| {
            (
                movement.company.clone(),
                format!("{:?}", movement.kind),
                movement.after.mrr.minor.clone(),
            )
        })
        .collect();
    let acme = Some("acme.test".to_owned());
    assert_eq!(
        told,
        [
            (acme.clone(), "New".to_owned(), fraction("1000")),
            (acme, "Upgrade".to_owned(), fraction("1400")),
            (None, "New".to_owned(), fraction("70")),
        ]
    );
}

#[test]
fn currencies_are_never_added_up() {
    let policy = with(Grain::Customer);
    let mut timelines = two_subscriptions(&policy);
    timelines[1].currency = currency("eur");
    let told = story(&timelines, &policy);
    assert_eq!(told[1], "2026-02-01 New Plan 0 → 400 by evt_sub_b_1");
}

#[test]
fn a_customer_who_returns() {
    let policy = Policy::clearsync();
    let lives = |policy: &Policy| {
        [
            lived("sub_a", "cus_1", "1000", JAN, Some("2026-03-01"), policy),
            lived("sub_b", "cus_1", "400", "2026-06-01", None, policy),
        ]
    };
    assert_eq!(
        story(&lives(&policy), &policy)[2],
        "2026-06-01 Reactivation Plan 0 → 400 by evt_sub_b_1"
    );
    let policy = Policy {
        returning: ReturningRule::New,
        ..policy
    };
    assert_eq!(
        story(&lives(&policy), &policy)[2],
        "2026-06-01 New Plan 0 → 400 by evt_sub_b_1"
    );
    let policy = with(Grain::Customer);
    assert_eq!(
        story(&lives(&policy), &policy)[2],
        "2026-06-01 Reactivation Plan 0 → 400 by evt_sub_b_1"
    );
}

#[test]
fn a_subscription_that_counts_again_is_a_reactivation_under_every_rule() {
    let again = |policy: &Policy| {
        let free = changed(plain("1000", MONTHLY, 1), |one| {
            one.discounts = vec![percent("P", "100", Duration::Forever)];
        });
        let paid = plain("1000", MONTHLY, 1);
        let changes = vec![
            event("evt_1", JAN, ChangeKind::Created, &paid),
            event("evt_2", "2026-02-01", ChangeKind::Updated, &free),
            event("evt_3", "2026-03-01", ChangeKind::Updated, &paid),
            event("evt_4", "2026-04-01", ChangeKind::Updated, &free),
            event("evt_5", "2026-05-01", ChangeKind::Updated, &paid),
        ];
        Life::told_by(paid, changes).story(policy)
    };
    for policy in [Policy::clearsync(), with(Grain::Customer)] {
        let story = again(&policy);
        assert!(story[2].contains("Reactivation"), "{story:?}");
        assert!(story[4].contains("Reactivation"), "{story:?}");
    }
}

#[test]
fn a_migration_within_the_window_goes_on() {
    let joined = Policy {
        migration_window_days: Some(7),
        ..Policy::clearsync()
    };
    let lives = |begin: &str, policy: &Policy| {
        [
            lived("sub_a", "cus_1", "1000", JAN, Some("2026-03-01"), policy),
            lived("sub_b", "cus_1", "1200", begin, None, policy),
        ]
    };
    let near = story(&lives("2026-03-05", &joined), &joined);
    assert_eq!(
        near[1..],
        ["2026-03-05 Upgrade Cancellation 1000 → 1200 by evt_sub_b_1"]
    );
    let overlapping = story(&lives("2026-02-26", &joined), &joined);
    assert_eq!(
        overlapping[1..],
        ["2026-02-26 Upgrade Cancellation 1000 → 1200 by evt_sub_b_1"]
    );
    let far = story(&lives("2026-03-20", &joined), &joined);
    assert_eq!(far.len(), 3);
    let apart = Policy::clearsync();
    assert_eq!(story(&lives("2026-03-05", &apart), &apart).len(), 3);
}

#[test]
fn changes_within_the_window_are_one_movement() {
    let mut policy = with(Grain::Customer);
    let lives = |policy: &Policy| {
        [
            lived("sub_a", "cus_1", "1000", JAN, None, policy),
            lived("sub_b", "cus_1", "400", "2026-01-02", None, policy),
        ]
    };
    assert_eq!(story(&lives(&policy), &policy).len(), 2);
    policy.grouping_window_min = 24 * 60;
    assert_eq!(
        story(&lives(&policy), &policy),
        ["2026-01-01 New Plan 0 → 1400 by evt_sub_a_1"]
    );
}

/// Active since January, then as `change` leaves it on 10 February.
fn turned(change: impl FnOnce(&mut Subscription)) -> Life {
    let begun = plain("1000", MONTHLY, 1);
    let turned = changed(begun.clone(), change);
    Life::told_by(
        turned.clone(),
        vec![
            event("evt_1", JAN, ChangeKind::Created, &begun),
            event("evt_2", "2026-02-10", ChangeKind::Updated, &turned),
        ],
    )
}

#[test]
fn to_zero_without_an_end() {
    let free = turned(|subscription| {
        subscription.discounts = vec![percent("P", "100", Duration::Forever)];
    });
    assert_eq!(
        free.story(&Policy::clearsync())[1],
        "2026-02-10 Downgrade Price 1000 → 0 by evt_2"
    );
    let churn = Policy {
        to_zero: ToZeroRule::Churn,
        ..Policy::clearsync()
    };
    assert_eq!(
        free.story(&churn)[1],
        "2026-02-10 Churn Cancellation 1000 → 0 by evt_2"
    );
}

#[test]
fn another_coupon_is_a_price_change_even_with_another_quantity() {
    let cheaper = turned(|subscription| {
        subscription.items[0].quantity = Some(3);
        subscription.discounts = vec![percent("P", "50", Duration::Forever)];
    });
    assert_eq!(
        cheaper.story(&Policy::clearsync())[1],
        "2026-02-10 Upgrade Price 1000 → 1500 by evt_2"
    );
}

#[test]
fn unpaid_under_both_rules() {
    let unpaid = turned(|subscription| subscription.status = Status::Unpaid);
    assert_eq!(unpaid.story(&Policy::clearsync()).len(), 1);
    assert_eq!(
        unpaid.story(&Policy::stripe())[1],
        "2026-02-10 Churn Cancellation 1000 → 0 by evt_2"
    );
}

#[test]
fn a_pause_and_its_end() {
    let paused = turned(|subscription| {
        subscription.pause_collection = Some(PauseCollection {
            behavior: "void".to_owned(),
            resumes_at: Some(day("2026-04-01")),
        });
    });
    assert_eq!(paused.story(&Policy::clearsync()).len(), 1);
    let zero = Policy {
        pause: PauseRule::Zero,
        ..Policy::clearsync()
    };
    assert_eq!(
        paused.story(&zero)[1..],
        [
            "2026-02-10 Downgrade Price 1000 → 0 by evt_2",
            "2026-04-01 Reactivation Plan 0 → 1000 by dates",
        ]
    );
}

#[test]
fn both_sides_are_described() {
    let life = turned(|subscription| {
        subscription.items = vec![item(
            "si_1",
            price("900", MONTHLY).named("price_pro", "prod_pro"),
            4,
        )];
    });
    let timelines = [life.timeline(&Policy::clearsync())];
    let told = movements(&timelines, &Policy::clearsync(), |_| None);
    let [before, after] = [&told[1].before, &told[1].after];
    assert_eq!((before.quantity, after.quantity), (1, 4));
    assert_eq!(before.products, ["prod_app".into()]);
    assert_eq!(after.products, ["prod_pro".into()]);
    assert_eq!(after.prices, ["price_pro".into()]);
    assert_eq!(told[1].change.minor, fraction("2600"));
}
