//! Stripe's words, what they are read as, and what is said about what could not be read.

use clearsync_billing::{
    Currency, Discount, Duration, IntervalUnit, InvoiceStatus, MonthlyMrr, NotATable, Note, Policy,
    Reduction, Status,
};

use crate::{build::*, lives::*};

#[test]
fn every_word_for_where_a_subscription_stands() {
    for (word, status) in [
        ("trialing", Status::Trialing),
        ("active", Status::Active),
        ("past_due", Status::PastDue),
        ("unpaid", Status::Unpaid),
        ("incomplete", Status::Incomplete),
        ("incomplete_expired", Status::IncompleteExpired),
        ("paused", Status::Paused),
        ("canceled", Status::Canceled),
        ("dormant", Status::Unknown("dormant".to_owned())),
    ] {
        assert_eq!(Status::from(word), status, "{word}");
    }
}

#[test]
fn every_word_for_whether_an_invoice_stands() {
    for (word, status) in [
        ("draft", InvoiceStatus::Draft),
        ("open", InvoiceStatus::Open),
        ("paid", InvoiceStatus::Paid),
        ("uncollectible", InvoiceStatus::Uncollectible),
        ("void", InvoiceStatus::Void),
        ("lost", InvoiceStatus::Unknown("lost".to_owned())),
    ] {
        assert_eq!(InvoiceStatus::from(word), status, "{word}");
    }
}

#[test]
fn ids_are_shown_as_they_are() {
    let subscription = plain("1000", MONTHLY, 1);
    assert_eq!(format!("{:?}", subscription.id), "sub_1");
    assert_eq!(subscription.id.to_string(), "sub_1");
}

#[test]
fn the_rules_unless_others_are_chosen_are_clearsyncs() {
    assert_eq!(Policy::default(), Policy::clearsync());
}

#[test]
fn what_could_not_be_known_is_said_in_words() {
    let (item, discount) = ("si_1".into(), "di_1".into());
    for (note, said) in [
        (
            Note::UsageUnknown { item },
            "Item si_1 is billed by usage and no closed period is known, so it counts 0.",
        ),
        (
            Note::MixedIntervals { discount },
            "Discount di_1 was taken off the items billed most often, because the items have different intervals.",
        ),
    ] {
        assert_eq!(note.to_string(), said);
    }
}

#[test]
fn a_coupon_that_says_nothing_takes_nothing_and_is_said() {
    let mut empty = percent("E", "10", Duration::Forever);
    empty.coupon.as_mut().unwrap().reduction = Reduction::Unknown;
    let present = changed(plain("1000", MONTHLY, 1), |one| one.discounts = vec![empty]);
    let figure = figure(&present, &Policy::clearsync());
    assert_eq!(figure.amount.minor, fraction("1000"));
    let discount = "di_E".into();
    assert_eq!(figure.notes, [Note::CouponUnknown { discount }]);
}

#[test]
fn a_customers_discount_is_explained_as_such() {
    let half = Discount {
        start: Some(day("2025-12-01")),
        ..percent("HALF", "50", Duration::Forever)
    };
    let present = changed(plain("1000", MONTHLY, 1), |one| {
        one.customer_discount = Some(half);
    });
    let rows = figure(&present, &Policy::clearsync()).table();
    let is_said = |text: &str| text.contains("on the customer");
    assert!(
        rows.iter()
            .any(|row| is_said(&row.about) || is_said(&row.what)),
        "{rows:?}"
    );
}

#[test]
fn a_fixed_amount_comes_off_what_is_billed_by_the_day() {
    // 100 a day less 40, and 1000 a month: 60 × 365 / 12 + 1000 = 2825.
    let daily = price("100", every(1, IntervalUnit::Day)).named("price_day", "prod_b");
    let present = changed(
        selling(vec![
            item("si_1", price("1000", MONTHLY), 1),
            item("si_2", daily, 1),
        ]),
        |one| one.discounts = vec![amount_off("FIX", &[("usd", 40)], Duration::Forever)],
    );
    let figure = figure(&present, &Policy::clearsync());
    assert_eq!(figure.amount.minor, fraction("2825"));
    let discount = "di_FIX".into();
    assert_eq!(figure.notes, [Note::MixedIntervals { discount }]);
}

#[test]
fn packages_are_billed_by_their_number() {
    // 25 seats in packages of 10, rounded up, are billed as 3 × 500.
    let packed = changed(plain("500", MONTHLY, 25), |one| {
        one.items[0].price.transform_quantity = Some(clearsync_billing::TransformQuantity {
            divide_by: std::num::NonZeroU64::new(10).unwrap(),
            round: clearsync_billing::PackageRounding::Up,
        });
    });
    let billed = line("si_1", 3, 1500, "2026-01-01", "2026-02-01");
    let gone = changed(packed.clone(), |one| one.items[0].quantity = Some(1));
    let life = Life::of(gone, vec![invoice("in_1", "2026-01-01", vec![billed])]);
    let timeline = life.timeline(&Policy::clearsync());
    // The line does not say how many seats; 30 are the most that are billed so.
    let step = &timeline.segments[0].figure.derivation.items[0];
    assert_eq!(step.quantity, Some(30));
    assert_eq!(step.mrr, fraction("1500"));
}

#[test]
fn lines_of_a_table_that_cannot_be_read_are_named() {
    let read = |text: &str| MonthlyMrr::read_csv(text, Currency::USD).unwrap().1;
    let named = read("customer,currency,2026-01\ncus_1,???,10\n,usd,10\ncus_2,usd,10\n");
    let text = "???".to_owned();
    assert_eq!(
        named,
        [
            NotATable::NotACurrency { line: 2, text },
            NotATable::NoCustomer { line: 3 }
        ]
    );
}
