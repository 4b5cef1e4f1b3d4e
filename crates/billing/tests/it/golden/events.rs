//! Pasts told by events.

use clearsync_billing::{ChangeKind, Discount, Duration, Policy, Subscription};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";
const MAR: &str = "2026-03-01";

#[test]
fn events_are_exact() {
    let one = plain("1000", MONTHLY, 1);
    let three = plain("1000", MONTHLY, 3);
    let over = ended("2026-03-10", "2026-03-10", three.clone());
    let life = Life::told_by(
        over.clone(),
        vec![
            event("evt_1", JAN, ChangeKind::Created, &one),
            event("evt_2", "2026-01-20", ChangeKind::Updated, &three),
            event("evt_3", "2026-03-10", ChangeKind::Deleted, &over),
        ],
    );
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 1000 by evt_1",
            "2026-01-20 Upgrade Quantity 1000 → 3000 by evt_2",
            "2026-03-10 Churn Cancellation 3000 → 0 by evt_3",
        ]
    );
}

#[test]
fn events_take_over_from_invoices() {
    let present = plain("1000", MONTHLY, 5);
    let life = Life {
        changes: vec![event("evt_1", "2026-03-15", ChangeKind::Updated, &present)],
        ..Life::of(present.clone(), quarterly_story([1, 3, 3]))
    };
    assert_eq!(
        clearsync(&life)[1..],
        [
            "2026-02-01 Upgrade Quantity 1000 → 3000 by in_2",
            "2026-03-15 Upgrade Quantity 3000 → 5000 by evt_1",
        ]
    );
}

#[test]
fn a_coupon_used_up_in_an_event_still_counts_for_its_invoices_period() {
    let with_coupon = changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.discounts = vec![percent("O", "50", Duration::Once)];
    });
    let without = plain("1000", MONTHLY, 1);
    let renewed = changed(without.clone(), |subscription| {
        subscription.items[0].current_period = Some(span(FEB, MAR));
    });
    let mut life = Life {
        changes: vec![
            event("evt_1", JAN, ChangeKind::Created, &with_coupon),
            event("evt_2", JAN, ChangeKind::Updated, &without),
            event("evt_3", FEB, ChangeKind::Updated, &renewed),
        ],
        ..Life::of(
            renewed.clone(),
            vec![
                invoice(
                    "in_1",
                    JAN,
                    vec![line("si_1", 1, 1000, JAN, FEB).less("di_O", 500)],
                ),
                invoice("in_2", FEB, vec![line("si_1", 1, 1000, FEB, MAR)]),
            ],
        )
    };
    life.catalog
        .add_discount(percent("O", "50", Duration::Once));
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 500 by evt_2",
            "2026-02-01 Upgrade Price 500 → 1000 by evt_3",
        ]
    );
}

#[test]
fn discounts_that_end_within_a_period_hold_to_its_end_in_their_place() {
    // 20000 less 5000, then less a half: 7500. Stripe takes the first one off the list on 20 January; the bill had it.
    let [first, second] = [
        amount_off(
            "A",
            &[("usd", 5000)],
            Duration::Repeating { months: Some(1) },
        ),
        percent("P", "50", Duration::Forever),
    ];
    let first = Discount {
        start: Some(day("2025-12-20")),
        end: Some(day("2026-01-20")),
        ..first
    };
    let third = Discount {
        end: Some(day("2026-01-20")),
        ..percent("Q", "10", Duration::Repeating { months: Some(1) })
    };
    let sold = |discounts: Vec<Discount>, start, end| {
        changed(plain("20000", MONTHLY, 1), |one| {
            one.discounts = discounts;
            one.items[0].current_period = Some(span(start, end));
        })
    };
    let begun = sold(vec![first, second.clone(), third], JAN, FEB);
    let shorter = sold(vec![second.clone()], JAN, FEB);
    let renewed = sold(vec![second], FEB, MAR);
    let life = Life::told_by(
        renewed.clone(),
        vec![
            event("evt_1", JAN, ChangeKind::Created, &begun),
            event("evt_2", "2026-01-20", ChangeKind::Updated, &shorter),
            event("evt_3", FEB, ChangeKind::Updated, &renewed),
        ],
    );
    assert_eq!(
        clearsync(&life),
        [
            // 7500 × 0.9.
            "2026-01-01 New Plan 0 → 6750 by evt_1",
            "2026-02-01 Upgrade Price 6750 → 10000 by evt_3",
        ]
    );
    // One that was taken away and had not ended is gone at once.
    let removed = sold(Vec::new(), JAN, FEB);
    let kept = sold(vec![percent("P", "50", Duration::Forever)], JAN, FEB);
    let life = Life::told_by(
        removed.clone(),
        vec![
            event("evt_1", JAN, ChangeKind::Created, &kept),
            event("evt_2", "2026-01-20", ChangeKind::Updated, &removed),
        ],
    );
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-01-20 Upgrade Price 10000 → 20000 by evt_2"]
    );
}

#[test]
fn whether_it_counted_before_a_moment() {
    let present = plain("1000", MONTHLY, 1);
    let created = event("evt_1", JAN, ChangeKind::Created, &present);
    let timeline = Life::told_by(present, vec![created]).timeline(&Policy::clearsync());
    assert!(!timeline.counted_before(day(JAN)));
    assert!(timeline.counted_before(day("2026-01-02")));
    let free = plain("0", MONTHLY, 1);
    let created = event("evt_1", JAN, ChangeKind::Created, &free);
    let never = Life::told_by(free, vec![created]).timeline(&Policy::clearsync());
    assert!(!never.counted_before(day(SEEN)));
}

#[test]
fn a_planned_cancellation_may_be_taken_back() {
    let present = plain("1000", MONTHLY, 1);
    let planned = changed(present.clone(), |subscription| {
        subscription.cancel_at_period_end = true;
        subscription.canceled_at = Some(day("2026-01-10"));
    });
    let life = Life::told_by(
        present.clone(),
        vec![
            event("evt_1", JAN, ChangeKind::Created, &present),
            event("evt_2", "2026-01-10", ChangeKind::Updated, &planned),
            event("evt_3", "2026-01-12", ChangeKind::Updated, &present),
        ],
    );
    assert_eq!(
        clearsync(&life)[1..],
        [
            "2026-01-10 PlannedCancellation Cancellation 1000 → 1000 by evt_2",
            "2026-01-12 PlannedCancellationWithdrawn Cancellation 1000 → 1000 by evt_3",
        ]
    );
    assert_eq!(
        life.story(&Policy::stripe())[1..],
        [
            "2026-01-10 Churn Cancellation 1000 → 0 by evt_2",
            "2026-01-12 Reactivation Plan 0 → 1000 by evt_3",
        ]
    );
}

#[test]
fn changes_of_one_second_are_chained_by_what_was_before() {
    let [one, two, three] = [1, 2, 3].map(|quantity| plain("1000", MONTHLY, quantity));
    let chained =
        |id: &str, before: &Subscription, after: &Subscription| clearsync_billing::Change {
            before: Some(before.clone()),
            ..event(id, "2026-01-20", ChangeKind::Updated, after)
        };
    // By id evt_2 would come last.
    let changes = vec![
        event("evt_0", JAN, ChangeKind::Created, &one),
        chained("evt_2", &one, &two),
        chained("evt_1", &two, &three),
    ];
    let life = Life::told_by(three.clone(), changes);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-01-20 Upgrade Quantity 1000 → 3000 by evt_1"]
    );
}

#[test]
fn a_first_event_without_invoices_tells_what_was_before_it() {
    let present = plain("1000", MONTHLY, 2);
    let update = clearsync_billing::Change {
        before: Some(plain("1000", MONTHLY, 1)),
        ..event("evt_1", "2026-03-15", ChangeKind::Updated, &present)
    };
    let life = Life::told_by(present, vec![update]);
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 1000 by present",
            "2026-03-15 Upgrade Quantity 1000 → 2000 by evt_1",
        ]
    );
}

#[test]
fn an_end_told_alone_tells_what_ended() {
    let over = ended("2026-03-15", "2026-03-10", plain("1000", MONTHLY, 3));
    let gone = event("evt_1", "2026-03-15", ChangeKind::Deleted, &over);
    let alone = Life::told_by(over.clone(), vec![gone.clone()]);
    assert_eq!(
        clearsync(&alone),
        [
            "2026-01-01 New Plan 0 → 3000 by present",
            "2026-03-10 PlannedCancellation Cancellation 3000 → 3000 by present",
            "2026-03-15 Churn Cancellation 3000 → 0 by present",
        ]
    );
    let told_before = clearsync_billing::Change {
        before: Some(plain("1000", MONTHLY, 2)),
        ..gone
    };
    let told = Life::told_by(over, vec![told_before]);
    assert_eq!(
        clearsync(&told)[0],
        "2026-01-01 New Plan 0 → 2000 by present"
    );
}

#[test]
fn what_an_event_found_changed_without_a_trace_after_the_last_invoice() {
    let present = plain("1000", MONTHLY, 5);
    let update = clearsync_billing::Change {
        before: Some(plain("1000", MONTHLY, 2)),
        ..event("evt_1", "2026-03-15", ChangeKind::Updated, &present)
    };
    let life = Life {
        changes: vec![update],
        ..Life::of(present, quarterly_story([1, 1, 1]))
    };
    assert_eq!(
        clearsync(&life)[1..],
        [
            "2026-03-14 Upgrade Quantity 1000 → 2000 by present",
            "2026-03-15 Upgrade Quantity 2000 → 5000 by evt_1",
        ]
    );
}

#[test]
fn what_the_first_event_tells_of_a_backdated_begin_holds_against_invoices() {
    let present = changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.created = day("2026-01-20");
    });
    let charged = line("si_1", 4, 4000, "2026-01-10", FEB).prorated();
    let life = Life {
        changes: vec![event("evt_1", "2026-01-20", ChangeKind::Created, &present)],
        ..Life::of(present, vec![invoice("in_1", "2026-01-20", vec![charged])])
    };
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by evt_1"]);
}

#[test]
fn without_invoices_and_events_the_present_is_all_there_is() {
    let life = Life::of(plain("1000", MONTHLY, 2), Vec::new());
    assert_eq!(
        clearsync(&life),
        ["2026-01-01 New Plan 0 → 2000 by present"]
    );
}

#[test]
fn a_backdated_start_counts_from_its_date() {
    let present = changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.created = day("2026-01-20");
    });
    let life = Life::told_by(
        present.clone(),
        vec![event("evt_1", "2026-01-20", ChangeKind::Created, &present)],
    );
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by evt_1"]);
}

#[test]
fn discounts_begin_and_end_by_their_dates() {
    let discount = Discount {
        start: Some(day(JAN)),
        end: Some(day(MAR)),
        ..percent("R", "50", Duration::Repeating { months: Some(2) })
    };
    let present = changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.discounts = vec![discount];
    });
    let life = Life::told_by(
        present.clone(),
        vec![event("evt_1", JAN, ChangeKind::Created, &present)],
    );
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 500 by evt_1",
            "2026-03-01 Upgrade Price 500 → 1000 by evt_1",
        ]
    );
}
