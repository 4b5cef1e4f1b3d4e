//! Which lines and items belong to a subscription, and what of it was paid first.

use clearsync_billing::{ChangeKind, InvoiceStatus};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";
const MAR: &str = "2026-03-01";
const APR: &str = "2026-04-01";
const MAY: &str = "2026-05-01";

#[test]
fn lines_say_whose_they_are_where_invoices_do_not() {
    let mut invoices = quarterly_story([1, 3, 9]);
    for invoice in &mut invoices {
        invoice.subscription = None;
    }
    invoices[2].lines[0].subscription = Some("sub_2".into());
    let mut foreign = line("si_1", 7, 7000, "2026-02-01", "2026-03-01");
    foreign.subscription = Some("sub_2".into());
    invoices[1].lines.push(foreign);
    let life = Life::of(plain("1000", MONTHLY, 3), invoices);
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 1000 by in_1",
            "2026-02-01 Upgrade Quantity 1000 → 3000 by in_2",
        ]
    );
}

#[test]
fn a_listed_item_is_not_gone_when_an_invoice_leaves_it_out() {
    // The seat is billed by the quarter, so February's invoice has the base alone; what is not listed any more is gone.
    let seat = price("900", every(3, clearsync_billing::IntervalUnit::Month))
        .named("price_seat", "prod_seat");
    let second = line("si_2", 1, 900, JAN, APR).at("price_seat", "prod_seat");
    let invoices = vec![
        invoice(
            "in_1",
            JAN,
            vec![line("si_1", 1, 1000, JAN, FEB), second.clone()],
        ),
        invoice("in_2", FEB, vec![line("si_1", 1, 1000, FEB, MAR)]),
        invoice("in_3", APR, vec![line("si_1", 1, 1000, APR, MAY)]),
    ];
    let listed = selling(vec![
        item("si_1", price("1000", MONTHLY), 1),
        item("si_2", seat.clone(), 1),
    ]);
    let life = Life::of(listed, invoices.clone()).knowing(std::slice::from_ref(&seat));
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1300 by in_1"]);
    let gone = Life::of(plain("1000", MONTHLY, 1), invoices).knowing(&[seat]);
    assert_eq!(
        clearsync(&gone)[1..],
        ["2026-04-01 Downgrade Plan 1300 → 1000 by in_3"]
    );
}

#[test]
fn a_first_payment_is_known_only_from_what_asked_for_one() {
    use clearsync_billing::FirstPayment;
    let first_payment = |amount: i64, status: InvoiceStatus| {
        let mut first = invoice("in_1", JAN, vec![line("si_1", 1, amount, JAN, FEB)]);
        first.status = status;
        first.paid_at = None;
        let life = Life::of(plain("1000", MONTHLY, 1), vec![first]);
        life.history().states[0].subscription.first_payment
    };
    assert_eq!(first_payment(1000, InvoiceStatus::Open), FirstPayment::Open);
    let paid = FirstPayment::PaidAt(day(JAN));
    assert_eq!(first_payment(1000, InvoiceStatus::Paid), paid);
    assert_eq!(first_payment(0, InvoiceStatus::Paid), FirstPayment::Unknown);
}

#[test]
fn what_belongs_to_another_subscription_is_left_out() {
    let mut invoices = quarterly_story([1, 1, 1]);
    invoices[1].subscription = Some("sub_2".into());
    invoices[1].lines[0].quantity = Some(9);
    let foreign = changed(plain("1000", MONTHLY, 9), |subscription| {
        subscription.id = "sub_2".into();
    });
    let life = Life {
        changes: vec![event("evt_9", FEB, ChangeKind::Updated, &foreign)],
        ..Life::of(plain("1000", MONTHLY, 1), invoices)
    };
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by in_1"]);
}
