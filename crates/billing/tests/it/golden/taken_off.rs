//! How long discounts hold that invoices tell of, from what, and in which order.

use clearsync_billing::{
    Change, ChangeKind, Discount, Duration, Policy, Price, Subscription, SubscriptionItem,
};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";
const MAR: &str = "2026-03-01";
const APR: &str = "2026-04-01";

fn half(duration: Duration) -> Discount {
    percent("HALF", "50", duration)
}

fn seat() -> Price {
    price("600", MONTHLY).named("price_seat", "prod_seat")
}

fn base_and_seat() -> Vec<SubscriptionItem> {
    vec![
        item("si_1", price("1000", MONTHLY), 1),
        item("si_2", seat(), 1),
    ]
}

fn mrr_on(life: &Life, date: &str) -> String {
    let timeline = life.timeline(&Policy::clearsync());
    timeline.mrr_at(day(date)).to_string()
}

#[test]
fn a_discount_goes_on_through_a_gap_only_when_the_next_bill_has_it() {
    let billed = |start, end| line("si_1", 1, 1000, start, end);
    let first = || invoice("in_1", JAN, vec![billed(JAN, FEB).less("di_HALF", 500)]);
    let present = || plain("1000", MONTHLY, 1);
    // Nothing stands for February, and March has it again: nothing moved.
    let again = invoice("in_3", MAR, vec![billed(MAR, APR).less("di_HALF", 500)]);
    let mut life = Life::of(present(), vec![first(), again]);
    life.catalog.add_discount(half(Duration::Forever));
    assert_eq!(mrr_on(&life, "2026-02-15"), "500");
    // March has it no more: it was gone with January.
    let without = invoice("in_3", MAR, vec![billed(MAR, APR)]);
    let mut life = Life::of(present(), vec![first(), without]);
    life.catalog.add_discount(half(Duration::Forever));
    assert_eq!(mrr_on(&life, "2026-01-31"), "500");
    assert_eq!(mrr_on(&life, "2026-02-15"), "1000");
    // And nobody lists it any more: it was gone with the last bill that had it.
    let life = Life::of(present(), vec![first()]);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-02-01 Upgrade Price 500 → 1000 by in_1"]
    );
}

#[test]
fn what_a_bill_had_holds_for_its_whole_period_whatever_the_coupons_dates() {
    // It was attached a moment after the period began, and ran out within it.
    let dated = Discount {
        start: Some(day("2026-01-02")),
        end: Some(day("2026-01-20")),
        ..half(Duration::Once)
    };
    let billed = line("si_1", 1, 1000, JAN, FEB).less("di_HALF", 500);
    let invoices = vec![
        invoice("in_1", JAN, vec![billed]),
        invoice("in_2", FEB, vec![line("si_1", 1, 1000, FEB, MAR)]),
    ];
    let present = plain("1000", MONTHLY, 1);
    let created = event("evt_1", JAN, ChangeKind::Created, &present);
    for changes in [Vec::new(), vec![created]] {
        let mut life = Life {
            changes,
            ..Life::of(present.clone(), invoices.clone())
        };
        life.catalog.add_discount(dated.clone());
        let told = [JAN, "2026-01-10", "2026-01-31", FEB].map(|date| mrr_on(&life, date));
        assert_eq!(told, ["500", "500", "500", "1000"]);
    }
}

fn since_may(discount: Discount) -> Discount {
    Discount {
        start: Some(day("2026-05-05")),
        ..discount
    }
}

/// A year of base and seat billed in January; what the subscription lists now came in May.
fn listed_since_may(list: impl FnOnce(&mut Subscription)) -> Vec<String> {
    let yearly = |id: &str, unit: &str, price_id: &str| {
        item(id, price(unit, YEARLY).named(price_id, "prod_app"), 1)
    };
    let present = selling(vec![
        yearly("si_1", "12000", "price_a"),
        yearly("si_2", "6000", "price_b"),
    ]);
    let billed = |id: &str, amount, price_id: &str| {
        line(id, 1, amount, JAN, "2027-01-01").at(price_id, "prod_app")
    };
    let lines = vec![
        billed("si_1", 12_000, "price_a"),
        billed("si_2", 6000, "price_b"),
    ];
    let life = Life::of(changed(present, list), vec![invoice("in_1", JAN, lines)]);
    clearsync(&life)[1..].to_vec()
}

#[test]
fn a_discount_attached_since_comes_off_what_it_is_for() {
    // Base 12000 / 12 = 1000, seat 6000 / 12 = 500. Half off the seat alone: 1250.
    let own = listed_since_may(|one| {
        one.items[1].discounts = vec![since_may(half(Duration::Forever))];
    });
    assert_eq!(own, ["2026-05-05 Downgrade Price 1500 → 1250 by in_1"]);
    // Half off the whole: 750.
    let whole = listed_since_may(|one| one.discounts = vec![since_may(half(Duration::Forever))]);
    assert_eq!(whole, ["2026-05-05 Downgrade Price 1500 → 750 by in_1"]);
    // 1800 a year off the whole cannot be told for one of two items; the present shows it: 1500 − 1800 / 12.
    let fixed = amount_off("FIX", &[("usd", 1800)], Duration::Forever);
    let shared = listed_since_may(|one| one.discounts = vec![since_may(fixed)]);
    assert_eq!(
        shared,
        ["2026-12-31 Downgrade Price 1500 → 1350 by present"]
    );
}

#[test]
fn a_fixed_amount_attached_since_comes_off_a_single_item() {
    // 12000 a year, from May on less 3000: 9000 / 12.
    let fixed = since_may(amount_off("FIX", &[("usd", 3000)], Duration::Forever));
    let present = changed(plain("12000", YEARLY, 1), |one| one.discounts = vec![fixed]);
    let billed = line("si_1", 1, 12_000, JAN, "2027-01-01");
    let life = Life::of(present, vec![invoice("in_1", JAN, vec![billed])]);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-05-05 Downgrade Price 1000 → 750 by in_1"]
    );
}

#[test]
fn a_second_discount_joins_the_first() {
    // 1000 less a half is 500; from 20 January on less a tenth of that: 450.
    let tenth = Discount {
        start: Some(day("2026-01-20")),
        ..percent("TENTH", "10", Duration::Forever)
    };
    let invoices = vec![
        invoice(
            "in_1",
            JAN,
            vec![line("si_1", 1, 1000, JAN, FEB).less("di_HALF", 500)],
        ),
        invoice(
            "in_2",
            FEB,
            vec![
                line("si_1", 1, 1000, FEB, MAR)
                    .less("di_HALF", 500)
                    .less("di_TENTH", 50),
            ],
        ),
    ];
    let present = changed(plain("1000", MONTHLY, 1), |one| {
        one.discounts = vec![half(Duration::Forever), tenth.clone()];
    });
    let mut life = Life::of(present, invoices);
    life.catalog.add_discount(half(Duration::Forever));
    life.catalog.add_discount(tenth);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-01-20 Downgrade Price 500 → 450 by in_2"]
    );
}

/// The base with `first` taken off in January, a seat added on the 15th: what both come to then.
fn added_beside(first: Discount, off: i64) -> String {
    let id = first.id.to_string();
    let added = line("si_2", 1, 329, "2026-01-15", FEB).at("price_seat", "prod_seat");
    let invoices = vec![
        invoice(
            "in_1",
            JAN,
            vec![line("si_1", 1, 1000, JAN, FEB).less(&id, off)],
        ),
        invoice("in_2", "2026-01-15", vec![added.prorated()]),
    ];
    let mut life = Life::of(selling(base_and_seat()), invoices).knowing(&[seat()]);
    life.catalog.add_discount(first);
    mrr_on(&life, "2026-01-16")
}

#[test]
fn an_added_item_shares_percentages_off_the_whole_and_nothing_else() {
    // Half off the whole: (1000 + 600) / 2. Half off the base alone: 500 + 600. A fixed 300 off: 700 + 600.
    assert_eq!(added_beside(half(Duration::Forever), 500), "800");
    let own = Discount {
        on_item: Some("si_1".into()),
        ..half(Duration::Forever)
    };
    assert_eq!(added_beside(own, 500), "1100");
    let fixed = amount_off("FIX", &[("usd", 300)], Duration::Forever);
    assert_eq!(added_beside(fixed, 300), "1300");
}

/// What is left in January of base and seat, when the events list `listed` and the invoice had `lines`.
fn taught(
    items: Vec<SubscriptionItem>,
    listed: Vec<Discount>,
    known: &[Discount],
    lines: Vec<clearsync_billing::InvoiceLine>,
) -> String {
    let present = changed(selling(items), |one| one.discounts = listed);
    let created = event("evt_1", JAN, ChangeKind::Created, &present);
    let mut life = Life {
        changes: vec![created],
        ..Life::of(present, vec![invoice("in_1", JAN, lines)])
    }
    .knowing(&[seat()]);
    for discount in known {
        life.catalog.add_discount(discount.clone());
    }
    mrr_on(&life, "2026-01-16")
}

#[test]
fn a_used_up_discount_of_the_whole_is_taken_off_once() {
    // 800 off the whole, billed as 500 off the base and 300 off the seat: 1000 + 600 − 800.
    let fixed = amount_off("FIX", &[("usd", 800)], Duration::Once);
    let lines = vec![
        line("si_1", 1, 1000, JAN, FEB).less("di_FIX", 500),
        line("si_2", 1, 600, JAN, FEB)
            .at("price_seat", "prod_seat")
            .less("di_FIX", 300),
    ];
    assert_eq!(taught(base_and_seat(), Vec::new(), &[fixed], lines), "800");
}

#[test]
fn a_used_up_discount_of_one_item_stays_with_it() {
    // Half off the base alone: 500 + 600.
    let own = Discount {
        on_item: Some("si_1".into()),
        ..half(Duration::Once)
    };
    let lines = vec![
        line("si_1", 1, 1000, JAN, FEB).less("di_HALF", 500),
        line("si_2", 1, 600, JAN, FEB).at("price_seat", "prod_seat"),
    ];
    assert_eq!(taught(base_and_seat(), Vec::new(), &[own], lines), "1100");
}

#[test]
fn a_used_up_discount_has_its_place_among_those_still_listed() {
    let fixed = amount_off("FIX", &[("usd", 100)], Duration::Forever);
    let tenth = percent("TENTH", "10", Duration::Forever);
    let used_up = half(Duration::Once);
    let known = [fixed.clone(), tenth.clone(), used_up];
    let one = || vec![item("si_1", price("1000", MONTHLY), 1)];
    let billed = || line("si_1", 1, 1000, JAN, FEB);
    // After 100 off, before a tenth off: (1000 − 100) / 2 × 0.9.
    let between = billed()
        .less("di_FIX", 100)
        .less("di_HALF", 450)
        .less("di_TENTH", 45);
    let listed = vec![fixed.clone(), tenth];
    assert_eq!(taught(one(), listed, &known, vec![between]), "405");
    // In front: 1000 / 2 − 100.
    let front = billed().less("di_HALF", 500).less("di_FIX", 100);
    assert_eq!(
        taught(one(), vec![fixed.clone()], &known, vec![front]),
        "400"
    );
    // Behind: (1000 − 100) / 2.
    let behind = billed().less("di_FIX", 100).less("di_HALF", 450);
    assert_eq!(taught(one(), vec![fixed], &known, vec![behind]), "450");
}

#[test]
fn several_discounts_that_end_within_a_period_keep_their_order() {
    // 1000 less a half, less 100: 400. Both leave the list on 20 January; the bill had them.
    let until = |discount: Discount| Discount {
        start: Some(day("2025-12-20")),
        end: Some(day("2026-01-20")),
        ..discount
    };
    let months = || Duration::Repeating { months: Some(1) };
    let first = until(half(months()));
    let second = until(amount_off("FIX", &[("usd", 100)], months()));
    let listing = |discounts: Vec<Discount>| {
        changed(plain("1000", MONTHLY, 1), |one| one.discounts = discounts)
    };
    let begun = listing(vec![first, second]);
    let now = listing(Vec::new());
    let changes: Vec<Change> = vec![
        event("evt_1", JAN, ChangeKind::Created, &begun),
        event("evt_2", "2026-01-20", ChangeKind::Updated, &now),
    ];
    let life = Life::told_by(now, changes);
    assert_eq!(mrr_on(&life, "2026-01-25"), "400");
    // Only the second leaves: it stays behind the first. 1000 / 2 − 100, and not (1000 − 100) / 2.
    let forever = half(Duration::Forever);
    let second = until(amount_off("FIX", &[("usd", 100)], months()));
    let begun = listing(vec![forever.clone(), second]);
    let now = listing(vec![forever]);
    let changes = vec![
        event("evt_1", JAN, ChangeKind::Created, &begun),
        event("evt_2", "2026-01-20", ChangeKind::Updated, &now),
    ];
    assert_eq!(mrr_on(&Life::told_by(now, changes), "2026-01-25"), "400");
}
