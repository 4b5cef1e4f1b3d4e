//! When a subscription begins that waits for its first payment.

use clearsync_billing::{Invoice, InvoiceStatus, Policy, Status};
use jiff::SignedDuration;

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";

/// One signup of 1000 a month on 1 January, whose first invoice of `amount` was paid so many hours later.
fn paid_after(hours: i64, amount: i64, is_first_charge: bool) -> Life {
    let first = Invoice {
        is_first_charge,
        paid_at: Some(day(JAN) + SignedDuration::from_hours(hours)),
        ..invoice("in_1", JAN, vec![line("si_1", 1, amount, JAN, FEB)])
    };
    Life::of(plain("1000", MONTHLY, 1), vec![first])
}

#[test]
fn a_first_charge_that_succeeds_late_begins_the_subscription() {
    // Charged by itself and paid within the 23 hours that Stripe leaves a subscription incomplete: begun when paid.
    let late = paid_after(23, 1000, true).timeline(&Policy::clearsync());
    let begun = day(JAN) + SignedDuration::from_hours(23);
    assert!(late.mrr_at(begun - SignedDuration::from_secs(1)).is_zero());
    assert_eq!(late.mrr_at(begun), fraction("1000"));
    assert_eq!(
        clearsync(&paid_after(23, 1000, true)),
        ["2026-01-01 New Plan 0 → 1000 by in_1"]
    );
    let told = late.segments.iter().map(|segment| segment.from);
    assert_eq!(told.collect::<Vec<_>>(), [day(JAN), begun]);
    // At once; a bank debit on its way for days; sent and not charged: each begun on the day itself. So is one that had
    // nothing to pay.
    for at_once in [
        paid_after(0, 1000, true),
        paid_after(24, 1000, true),
        paid_after(23, 1000, false),
    ] {
        let timeline = at_once.timeline(&Policy::clearsync());
        assert_eq!(timeline.mrr_at(day(JAN)), fraction("1000"));
        assert_eq!(timeline.segments.len(), 1);
    }
    let free = paid_after(23, 0, true).history();
    assert!(
        free.states
            .iter()
            .all(|state| state.subscription.status == Status::Active)
    );
    // Not paid at all, whatever date it says.
    let mut open = paid_after(23, 1000, true);
    open.invoices[0].status = InvoiceStatus::Open;
    assert_eq!(
        open.timeline(&Policy::clearsync()).mrr_at(day(JAN)),
        fraction("1000")
    );
}

#[test]
fn a_change_at_the_hour_of_the_first_payment_is_told_once() {
    // Two seats from noon on, when the first invoice was paid: 2000 from then, nothing before.
    let noon = day(JAN) + SignedDuration::from_hours(12);
    let mut life = paid_after(12, 1000, true);
    let mut more = line("si_1", 2, 1968, JAN, FEB).prorated();
    more.period.start = noon;
    life.invoices.push(invoice("in_2", FEB, vec![more]));
    life.present.items[0].quantity = Some(2);
    let history = life.history();
    let told: Vec<_> = history
        .states
        .iter()
        .map(|state| (state.from, state.subscription.status.clone()))
        .collect();
    assert_eq!(told[0], (day(JAN), Status::Incomplete));
    assert_eq!(told[1], (noon, Status::Active));
    let story = clearsync(&life);
    assert_eq!(story, ["2026-01-01 New Plan 0 → 2000 by in_2"]);
}

#[test]
fn a_first_payment_counts_before_a_later_change_does() {
    // Paid after 12 hours; three seats from February on. January is 1000 from the payment on, not only from February.
    let mut life = paid_after(12, 1000, true);
    let more = line("si_1", 3, 3000, FEB, "2026-03-01");
    life.invoices.push(invoice("in_2", FEB, vec![more]));
    life.present.items[0].quantity = Some(3);
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 1000 by in_1",
            "2026-02-01 Upgrade Quantity 1000 → 3000 by in_2",
        ]
    );
}
