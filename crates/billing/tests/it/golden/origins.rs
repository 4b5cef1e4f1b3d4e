//! Where knowledge comes from, and which standing and cause a figure and a movement have.

use clearsync_billing::{
    Change, ChangeKind, Discount, FirstPayment, Grain, MeteredRule, PauseCollection, PauseRule,
    Policy, ReturningRule, Standing, Status, TaxBehavior, ToZeroRule, mrr,
};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";
const MAR: &str = "2026-03-01";

#[test]
fn what_was_before_the_first_event_is_told_beside_a_bill_of_the_same_moment() {
    let present = plain("1000", MONTHLY, 3);
    let update = Change {
        before: Some(plain("1000", MONTHLY, 2)),
        ..event("evt_1", FEB, ChangeKind::Updated, &present)
    };
    let life = Life {
        changes: vec![update],
        ..Life::of(present, quarterly_story([1, 3, 3]))
    };
    assert_eq!(
        clearsync(&life)[1..],
        [
            "2026-01-31 Upgrade Quantity 1000 → 2000 by present",
            "2026-02-01 Upgrade Quantity 2000 → 3000 by evt_1",
        ]
    );
}

#[test]
fn an_end_asked_for_between_two_events_is_told_when_it_was_asked_for() {
    let present = ended("2026-04-01", "2026-03-10", plain("1000", MONTHLY, 2));
    let changes = vec![
        event(
            "evt_1",
            JAN,
            ChangeKind::Created,
            &plain("1000", MONTHLY, 1),
        ),
        event(
            "evt_2",
            MAR,
            ChangeKind::Updated,
            &plain("1000", MONTHLY, 2),
        ),
        event("evt_3", "2026-04-01", ChangeKind::Deleted, &present),
    ];
    assert_eq!(
        clearsync(&Life::told_by(present, changes))[2..],
        [
            "2026-03-10 PlannedCancellation Cancellation 2000 → 2000 by evt_2",
            "2026-04-01 Churn Cancellation 2000 → 0 by evt_3",
        ]
    );
}

#[test]
fn what_rests_on_a_coupon_nobody_knows_is_told_by_nobody() {
    let unknown = |quantity| {
        changed(plain("1000", MONTHLY, quantity), |one| {
            one.discounts = vec![Discount::by_id("di_gone".into())];
        })
    };
    let leaving = changed(unknown(2), |one| {
        one.cancel_at = Some(day("2027-01-01"));
        one.canceled_at = Some(day(MAR));
    });
    let changes = vec![
        event("evt_1", JAN, ChangeKind::Created, &unknown(1)),
        event("evt_2", FEB, ChangeKind::Updated, &unknown(2)),
        event("evt_3", MAR, ChangeKind::Updated, &leaving),
    ];
    assert_eq!(
        clearsync(&Life::told_by(leaving, changes)),
        [
            "2026-01-01 New Plan 0 → 1000 by present",
            "2026-02-01 Upgrade Quantity 1000 → 2000 by present",
            "2026-03-01 PlannedCancellation Cancellation 2000 → 2000 by present",
        ]
    );
}

#[test]
fn an_invoice_tells_of_usage_even_where_a_coupon_is_unknown() {
    let metered = price("2", MONTHLY).metered();
    let present = changed(selling(vec![item("si_1", metered, 0)]), |one| {
        one.discounts = vec![Discount::by_id("di_gone".into())];
    });
    let invoices = vec![
        invoice("in_1", FEB, vec![line("si_1", 300, 600, JAN, FEB)]),
        invoice("in_2", MAR, vec![line("si_1", 450, 900, FEB, MAR)]),
    ];
    let life = Life {
        changes: vec![event("evt_1", JAN, ChangeKind::Created, &present)],
        ..Life::of(present, invoices)
    };
    let policy = Policy {
        metered: MeteredRule::LastPeriod,
        ..Policy::clearsync()
    };
    assert_eq!(
        life.story(&policy),
        [
            "2026-02-01 New Plan 0 → 600 by in_1",
            "2026-03-01 Upgrade Price 600 → 900 by in_2",
        ]
    );
}

#[test]
fn an_event_that_tells_an_end_says_nothing_of_the_amount_an_invoice_told() {
    let over = ended("2026-03-10", "2026-03-10", plain("1000", MONTHLY, 1));
    let life = Life {
        changes: vec![event("evt_1", "2026-03-10", ChangeKind::Deleted, &over)],
        ..Life::of(over, quarterly_story([1, 1, 1]))
    };
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-03-10 Churn Cancellation 1000 → 0 by in_1"]
    );
}

#[test]
fn each_standing_is_told_although_the_amount_stays_nothing() {
    let present = ended("2026-03-01", "2026-02-10", plain("1000", MONTHLY, 1));
    let before = changed(plain("1000", MONTHLY, 1), |one| {
        one.cancel_at = Some(day(MAR));
        one.canceled_at = Some(day("2026-02-10"));
    });
    let changes = vec![
        event(
            "evt_1",
            JAN,
            ChangeKind::Created,
            &plain("1000", MONTHLY, 1),
        ),
        event("evt_2", "2026-02-10", ChangeKind::Updated, &before),
        event("evt_3", MAR, ChangeKind::Deleted, &present),
    ];
    let timeline = Life::told_by(present, changes).timeline(&Policy::stripe());
    let standings: Vec<_> = timeline
        .segments
        .iter()
        .map(|segment| &segment.figure.derivation.standing)
        .collect();
    assert!(matches!(
        standings[..],
        [
            Standing::Counts { .. },
            Standing::CancellationAsked { .. },
            Standing::Ended { .. }
        ]
    ));
}

/// A subscription `id` of one customer, since January, held back in February and resumed in March.
fn resumed(id: &str) -> Life {
    let sold = changed(plain("1000", MONTHLY, 1), |one| one.id = id.into());
    let held = changed(sold.clone(), |one| {
        one.pause_collection = Some(PauseCollection {
            behavior: "void".to_owned(),
            resumes_at: None,
        });
    });
    let changes = vec![
        event(&format!("evt_{id}_1"), JAN, ChangeKind::Created, &sold),
        event(&format!("evt_{id}_2"), FEB, ChangeKind::Updated, &held),
        event(&format!("evt_{id}_3"), MAR, ChangeKind::Updated, &sold),
    ];
    Life::told_by(sold, changes)
}

#[test]
fn what_counted_before_comes_back_also_where_returning_customers_are_new() {
    let policy = Policy {
        pause: PauseRule::Zero,
        returning: ReturningRule::New,
        ..Policy::clearsync()
    };
    assert_eq!(
        resumed("sub_1").story(&policy)[2..],
        ["2026-03-01 Reactivation Plan 0 → 1000 by evt_sub_1_3"]
    );
}

#[test]
fn a_subscription_resumed_beside_another_is_a_sale() {
    let policy = Policy {
        pause: PauseRule::Zero,
        grain: Grain::Customer,
        ..Policy::clearsync()
    };
    let other = changed(plain("400", MONTHLY, 1), |one| one.id = "sub_2".into());
    let created = event("evt_sub_2", JAN, ChangeKind::Created, &other);
    let timelines = [
        resumed("sub_1").timeline(&policy),
        Life::told_by(other, vec![created]).timeline(&policy),
    ];
    assert_eq!(
        story(&timelines, &policy)[1..],
        [
            "2026-02-01 Downgrade Price 1400 → 400 by evt_sub_1_2",
            "2026-03-01 Upgrade Plan 400 → 1400 by evt_sub_1_3",
        ]
    );
}

#[test]
fn given_up_as_unpaid_is_an_end_also_where_zero_is_a_downgrade() {
    let sold = plain("1000", MONTHLY, 1);
    let unpaid = changed(sold.clone(), |one| one.status = Status::Unpaid);
    let changes = vec![
        event("evt_1", JAN, ChangeKind::Created, &sold),
        event("evt_2", FEB, ChangeKind::Updated, &unpaid),
    ];
    let policy = Policy {
        to_zero: ToZeroRule::Downgrade,
        ..Policy::stripe()
    };
    assert_eq!(
        Life::told_by(unpaid, changes).story(&policy)[1..],
        ["2026-02-01 Churn Cancellation 1000 → 0 by evt_2"]
    );
}

#[test]
fn nothing_takes_over_from_a_subscription_that_lives() {
    let policy = Policy {
        migration_window_days: Some(30),
        ..Policy::clearsync()
    };
    let begun = |id: &str, start: &str| {
        let sold = changed(plain("1000", MONTHLY, 1), |one| {
            one.id = id.into();
            one.start_date = day(start);
        });
        let created = event(&format!("evt_{id}"), start, ChangeKind::Created, &sold);
        Life::told_by(sold, vec![created]).timeline(&policy)
    };
    let timelines = [begun("sub_1", JAN), begun("sub_2", "2026-01-10")];
    assert_eq!(
        story(&timelines, &policy),
        [
            "2026-01-01 New Plan 0 → 1000 by evt_sub_1",
            "2026-01-10 New Plan 0 → 1000 by evt_sub_2",
        ]
    );
}

#[test]
fn ends_and_first_payments_hold_from_their_own_moment() {
    // Paid until 1 February: then, and not a moment later, it has ended.
    let over = ended("2026-01-10", "2026-01-10", plain("1000", MONTHLY, 1));
    let policy = Policy {
        cancellation: clearsync_billing::CancellationRule::AtPeriodEnd,
        ..Policy::clearsync()
    };
    let at_end = mrr(&over, day(FEB), &policy);
    assert!(matches!(at_end.derivation.standing, Standing::Ended { .. }));
    // Paid on 15 January: it counts from then.
    let paid = changed(plain("1000", MONTHLY, 1), |one| {
        one.first_payment = FirstPayment::PaidAt(day("2026-01-15"));
    });
    assert_eq!(
        figure(&paid, &Policy::conservative()).amount.minor,
        fraction("1000")
    );
}

#[test]
fn each_months_bill_tells_its_own_tax() {
    // 19 % in January and 7 % in February: 11900 − 1900 and 10700 − 700.
    let sold = |unit: &str, quantity| {
        changed(plain(unit, MONTHLY, quantity), |one| {
            one.items[0].price.tax_behavior = TaxBehavior::Inclusive;
        })
    };
    let billed = |amount: i64, tax: i64, start, end| {
        let mut billed = line("si_1", 1, amount, start, end);
        billed.inclusive_tax = tax.into();
        billed
    };
    let invoices = vec![
        invoice("in_1", JAN, vec![billed(11_900, 1900, JAN, FEB)]),
        invoice("in_2", FEB, vec![billed(10_700, 700, FEB, MAR)]),
    ];
    let (first, second) = (sold("11900", 1), sold("10700", 1));
    let life = Life {
        changes: vec![
            event("evt_1", JAN, ChangeKind::Created, &first),
            event("evt_2", FEB, ChangeKind::Updated, &second),
        ],
        ..Life::of(second, invoices)
    };
    let timeline = life.timeline(&Policy::clearsync());
    assert_eq!(timeline.mrr_at(day("2026-01-15")), fraction("10000"));
    assert_eq!(timeline.mrr_at(day("2026-02-15")), fraction("10000"));
}
