//! What happens between two invoices, and is told by the next one or by nothing.

use clearsync_billing::{
    ChangeKind, Discount, Duration, InvoiceStatus, Note, PauseCollection, Policy, Price, Scheme,
    Status,
};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";
const MAR: &str = "2026-03-01";

fn since(discount: Discount, start: &str) -> Discount {
    Discount {
        start: Some(day(start)),
        ..discount
    }
}

#[test]
fn a_coupon_larger_than_the_price_covers_a_dearer_one_too() {
    // 5000 off 2 × 1000 leaves 0, off 4 × 1000 still 0; without it 4000.
    let coupon = amount_off(
        "BIG",
        &[("usd", 5000)],
        Duration::Repeating { months: Some(1) },
    );
    let invoices = vec![
        invoice(
            "in_1",
            JAN,
            vec![line("si_1", 2, 2000, JAN, FEB).less("di_BIG", 2000)],
        ),
        invoice(
            "in_2",
            FEB,
            vec![
                line("si_1", 2, 0, "2026-01-15", FEB).prorated(),
                line("si_1", 4, 0, "2026-01-15", FEB).prorated(),
                line("si_1", 4, 4000, FEB, MAR),
            ],
        ),
    ];
    let mut life = Life::of(plain("1000", MONTHLY, 4), invoices);
    life.catalog.add_discount(coupon);
    assert_eq!(clearsync(&life), ["2026-02-01 New Plan 0 → 4000 by in_2"]);
}

#[test]
fn a_share_of_a_fixed_amount_is_taken_as_billed() {
    // 1000 off 3000 + 1000 is billed as 750 and 250.
    let seat = price("1000", MONTHLY).named("price_seat", "prod_seat");
    let lines = vec![
        line("si_1", 3, 3000, JAN, FEB).less("di_A", 750),
        line("si_2", 1, 1000, JAN, FEB)
            .at("price_seat", "prod_seat")
            .less("di_A", 250),
    ];
    let present = selling(vec![
        item("si_1", price("1000", MONTHLY), 3),
        item("si_2", seat.clone(), 1),
    ]);
    let mut life = Life::of(present, vec![invoice("in_1", JAN, lines)]).knowing(&[seat]);
    life.catalog
        .add_discount(amount_off("A", &[("usd", 1000)], Duration::Once));
    let timeline = life.timeline(&Policy::clearsync());
    assert_eq!(timeline.mrr_at(day("2026-01-20")), fraction("3000"));
}

#[test]
fn a_discount_attached_between_invoices_counts_from_its_own_date() {
    let half = since(percent("HALF", "50", Duration::Forever), "2026-01-20");
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]),
        invoice(
            "in_2",
            FEB,
            vec![line("si_1", 1, 1000, FEB, MAR).less("di_HALF", 500)],
        ),
    ];
    let present = changed(plain("1000", MONTHLY, 1), |one| {
        one.discounts = vec![half.clone()];
    });
    let mut life = Life::of(present, invoices);
    life.catalog.add_discount(half);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-01-20 Downgrade Price 1000 → 500 by in_2"]
    );
}

#[test]
fn a_discount_attached_since_the_last_invoice_counts_from_its_own_date() {
    // A year was billed in January; the coupon came in May and no invoice has it yet: 12000 / 12 = 1000, less a half.
    let half = since(percent("HALF", "50", Duration::Forever), "2026-05-05");
    let yearly = price("12000", YEARLY);
    let billed = line("si_1", 1, 12_000, JAN, "2027-01-01");
    let of_whole = changed(selling(vec![item("si_1", yearly.clone(), 1)]), |one| {
        one.discounts = vec![half.clone()];
    });
    let of_item = changed(selling(vec![item("si_1", yearly.clone(), 1)]), |one| {
        one.items[0].discounts = vec![half.clone()];
    });
    let of_customer = changed(selling(vec![item("si_1", yearly, 1)]), |one| {
        one.customer_discount = Some(half.clone());
    });
    for present in [of_whole, of_item, of_customer] {
        let life = Life::of(present, vec![invoice("in_1", JAN, vec![billed.clone()])]);
        assert_eq!(
            clearsync(&life)[1..],
            ["2026-05-05 Downgrade Price 1000 → 500 by in_1"]
        );
    }
}

#[test]
fn a_discount_gone_by_the_first_event_is_known_from_what_was_before_it() {
    let half = since(percent("HALF", "50", Duration::Forever), "2026-01-20");
    let present = plain("1000", MONTHLY, 1);
    let before = changed(present.clone(), |one| one.discounts = vec![half]);
    let removed = clearsync_billing::Change {
        before: Some(before),
        ..event("evt_1", "2026-01-25", ChangeKind::Updated, &present)
    };
    let life = Life {
        changes: vec![removed],
        ..Life::of(
            present,
            vec![invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)])],
        )
    };
    assert_eq!(
        clearsync(&life)[1..],
        [
            "2026-01-20 Downgrade Price 1000 → 500 by in_1",
            "2026-01-25 Upgrade Price 500 → 1000 by evt_1",
        ]
    );
}

#[test]
fn an_added_item_has_its_products_coupon_from_the_first_day() {
    // 20 % off seats alone: 1000, then 1000 + 600 × 0.8.
    let seat = price("300", MONTHLY).named("price_seat", "prod_seat");
    let mut coupon = since(percent("SEATS", "20", Duration::Forever), JAN);
    coupon.coupon.as_mut().unwrap().applies_to = vec!["prod_seat".into()];
    let second =
        |amount, start, end| line("si_2", 2, amount, start, end).at("price_seat", "prod_seat");
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]),
        invoice(
            "in_2",
            FEB,
            vec![
                second(263, "2026-01-15", FEB).prorated(),
                line("si_1", 1, 1000, FEB, MAR),
                second(600, FEB, MAR).less("di_SEATS", 120),
            ],
        ),
    ];
    let present = changed(
        selling(vec![
            item("si_1", price("1000", MONTHLY), 1),
            item("si_2", seat.clone(), 2),
        ]),
        |one| one.discounts = vec![coupon.clone()],
    );
    let mut life = Life::of(present, invoices).knowing(&[seat]);
    life.catalog.add_discount(coupon);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-01-15 Upgrade Plan 1000 → 1480 by in_2"]
    );
}

#[test]
fn a_discount_goes_on_through_months_without_invoices() {
    for level in 0..3 {
        let half = percent("HALF", "50", Duration::Forever);
        let present = changed(plain("1000", MONTHLY, 1), |one| match level {
            0 => one.discounts = vec![half.clone()],
            1 => one.items[0].discounts = vec![half.clone()],
            _ => one.customer_discount = Some(half.clone()),
        });
        let billed = line("si_1", 1, 1000, JAN, FEB).less("di_HALF", 500);
        let mut life = Life::of(present, vec![invoice("in_1", JAN, vec![billed])]);
        life.catalog.add_discount(half);
        assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 500 by in_1"]);
    }
}

/// Half off `price_gone`, which nobody knows any more; from 16 January on three times as much.
fn altered_at_unknown_price(itemized: bool) -> Vec<String> {
    // 16 of 31 days are left: 3000 × 16 / 31 = 1548, half of it 774.
    let gone = |amount, start| line("si_1", 1, amount, start, FEB).at("price_gone", "prod_app");
    let charge = if itemized {
        gone(1548, "2026-01-16").less("di_HALF", 774)
    } else {
        gone(774, "2026-01-16")
    };
    let lines = vec![gone(-258, "2026-01-16").prorated(), charge.prorated()];
    let invoices = vec![
        invoice("in_1", JAN, vec![gone(1000, JAN).less("di_HALF", 500)]),
        invoice("in_2", "2026-01-16", lines),
    ];
    let mut life = Life::of(plain("3000", MONTHLY, 1), invoices);
    life.catalog
        .add_discount(percent("HALF", "50", Duration::Once));
    life.history()
        .timeline(&Policy::clearsync(), day("2026-01-31"))
        .unwrap()
        .segments
        .iter()
        .map(|segment| segment.figure.rounded.to_string())
        .collect()
}

#[test]
fn prorations_hold_their_discounts_unless_those_are_itemized() {
    // Classic: 774 × 31 / 16 = 1499.6. Flexible: 1548 × 31 / 16 = 2999.25, half of it 1499.6.
    assert_eq!(altered_at_unknown_price(false), ["5.00 USD", "15.00 USD"]);
    assert_eq!(altered_at_unknown_price(true), ["5.00 USD", "15.00 USD"]);
}

#[test]
fn tiers_are_prorated_line_by_line() {
    // From 16 January on 7 seats: 5 × 700 + 2 × 500 = 4500, of which 16 / 31 are charged: 1806 and 516.
    let steps = tiers(&[(Some(5), "700", "0"), (None, "500", "0")]);
    let tiered = price("0", MONTHLY).with(Scheme::Graduated(steps));
    let lines = vec![
        line("si_1", 2, -723, "2026-01-16", FEB).prorated(),
        line("si_1", 5, 1806, "2026-01-16", FEB).prorated(),
        line("si_1", 2, 516, "2026-01-16", FEB).prorated(),
    ];
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 2, 1400, JAN, FEB)]),
        invoice("in_2", "2026-01-16", lines),
    ];
    let life = Life::of(selling(vec![item("si_1", tiered, 7)]), invoices);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-01-16 Upgrade Quantity 1400 → 4500 by in_2"]
    );
}

#[test]
fn a_first_part_period_is_charged_as_a_proration() {
    // Bought on 20 January, billed on the first of each month: 12 of 31 days, then whole months.
    let present = changed(plain("1000", MONTHLY, 3), |one| {
        one.created = day("2026-01-20");
        one.start_date = day("2026-01-20");
    });
    let stub = line("si_1", 3, 1161, "2026-01-20", FEB).prorated();
    let invoices = vec![
        invoice("in_1", "2026-01-20", vec![stub]),
        invoice("in_2", FEB, vec![line("si_1", 3, 3000, FEB, MAR)]),
    ];
    let life = Life::of(present, invoices);
    assert_eq!(clearsync(&life), ["2026-01-20 New Plan 0 → 3000 by in_1"]);
}

#[test]
fn a_backdated_start_is_charged_for_its_past() {
    // Made on 1 February, begun on 1 January: the past month comes as a proration beside the new one.
    let present = changed(plain("1000", MONTHLY, 1), |one| one.created = day(FEB));
    let lines = vec![
        line("si_1", 1, 1000, JAN, FEB).prorated(),
        line("si_1", 1, 1000, FEB, MAR),
    ];
    let life = Life::of(present, vec![invoice("in_1", FEB, lines)]);
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by in_1"]);
}

#[test]
fn another_billing_day_is_no_movement() {
    // On 15 January the billing day moved: the rest is credited and a new month is billed at once.
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]),
        invoice(
            "in_2",
            "2026-01-15",
            vec![
                line("si_1", 1, -548, "2026-01-15", FEB).prorated(),
                line("si_1", 1, 1000, "2026-01-15", "2026-02-15"),
            ],
        ),
    ];
    let life = Life::of(plain("1000", MONTHLY, 1), invoices);
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by in_1"]);
}

#[test]
fn credits_and_single_charges_are_no_movements() {
    let mut invoices = quarterly_story([1, 1, 1]);
    let single = |id: &str, amount| {
        let mut single = line("si_1", 1, amount, "2026-02-05", "2026-02-05");
        single.id = id.into();
        single.item = None;
        single
    };
    invoices[1]
        .lines
        .extend([single("il_fee", 25_000), single("il_credit", -400)]);
    let life = Life::of(plain("1000", MONTHLY, 1), invoices);
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by in_1"]);
}

#[test]
fn a_schedules_next_phase_is_told_by_its_first_invoice() {
    let second: Price = price("1500", MONTHLY).named("price_phase_2", "prod_app");
    let phase = line("si_1", 1, 1500, FEB, MAR).at("price_phase_2", "prod_app");
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]),
        invoice("in_2", FEB, vec![phase]),
    ];
    let life = Life::of(selling(vec![item("si_1", second, 1)]), invoices)
        .knowing(&[price("1000", MONTHLY)]);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-02-01 Upgrade Price 1000 → 1500 by in_2"]
    );
}

#[test]
fn held_back_invoices_are_read_where_they_stand() {
    // Three seats since February, while collection rests: void and draft invoices do not tell so, uncollectible ones do.
    for (behavior, status, told) in [
        ("void", InvoiceStatus::Void, "2026-03-01"),
        ("keep_as_draft", InvoiceStatus::Draft, "2026-03-01"),
        (
            "mark_uncollectible",
            InvoiceStatus::Uncollectible,
            "2026-02-01",
        ),
    ] {
        let mut invoices = quarterly_story([1, 3, 3]);
        invoices[1].status = status;
        let present = changed(plain("1000", MONTHLY, 3), |one| {
            one.pause_collection = Some(PauseCollection {
                behavior: behavior.to_owned(),
                resumes_at: None,
            });
        });
        let story = clearsync(&Life::of(present, invoices));
        assert!(story[1].starts_with(told), "{behavior}: {story:?}");
        assert_eq!(story.len(), 2, "{behavior}: {story:?}");
    }
}

#[test]
fn a_signup_that_is_not_paid_yet_has_not_begun() {
    for status in [Status::Incomplete, Status::IncompleteExpired] {
        let present = changed(plain("1000", MONTHLY, 1), |one| one.status = status);
        let mut first = invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]);
        first.status = InvoiceStatus::Open;
        assert_eq!(
            clearsync(&Life::of(present, vec![first])),
            [] as [String; 0]
        );
    }
}

#[test]
fn what_was_missing_in_an_invoice_is_said_by_the_figures_made_of_it() {
    let cut = Note::Missing {
        field: "lines beyond the first page".to_owned(),
    };
    let mut invoices = quarterly_story([1, 1, 1]);
    invoices[1].notes = vec![cut.clone()];
    let timeline = Life::of(plain("1000", MONTHLY, 1), invoices).timeline(&Policy::clearsync());
    assert_eq!(timeline.segments[0].figure.notes, [cut]);
}

#[test]
fn bills_are_rounded_in_the_steps_of_their_currency() {
    let billed_as = |code: &str, unit: &str, amount| {
        let sold = changed(plain(unit, MONTHLY, 1), |one| {
            one.currency = currency(code);
            one.items[0].price.currency = currency(code);
        });
        let mut first = invoice("in_1", JAN, vec![line("si_1", 1, amount, JAN, FEB)]);
        first.currency = currency(code);
        let timeline = Life::of(sold, vec![first]).timeline(&Policy::clearsync());
        timeline.mrr_at(day("2026-01-15")).to_string()
    };
    // Stripe bills dinars in tens of fils: 1234 come as 1230.
    assert_eq!(billed_as("kwd", "1234", 1230), "1234");
    assert_eq!(billed_as("kwd", "1234", 1220), "1220");
    // Cents are billed to the cent: half a cent comes as one, five cents more are another price.
    assert_eq!(billed_as("usd", "1000.5", 1001), "2001/2");
    assert_eq!(billed_as("usd", "1000", 1005), "1005");
    // Krónur come in hundreds.
    assert_eq!(billed_as("isk", "12345", 12_300), "12345");
}

#[test]
fn an_invoice_in_another_currency_is_left_out_and_said() {
    let mut invoices = quarterly_story([1, 9, 1]);
    invoices[1].currency = currency("eur");
    let life = Life::of(plain("1000", MONTHLY, 1), invoices);
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by in_1"]);
    let timeline = life.timeline(&Policy::clearsync());
    let what = "Invoice in_2 is in EUR and its subscription in USD; the invoice was left out.";
    let what = what.to_owned();
    assert_eq!(
        timeline.segments[0].figure.notes,
        [Note::Contradiction { what }]
    );
}

#[test]
fn a_recurring_line_below_nothing_counts_nothing_and_says_so() {
    let gone = line("si_1", 1, -700, JAN, FEB).at("price_gone", "prod_gone");
    let life = Life::of(
        plain("1000", MONTHLY, 1),
        vec![invoice("in_1", JAN, vec![gone])],
    );
    let timeline = life.timeline(&Policy::clearsync());
    let first = &timeline.segments[0].figure;
    assert!(first.amount.minor.is_zero());
    let price = "price_gone".into();
    assert!(first.notes.contains(&Note::AmountUnknown { price }));
}

#[test]
fn usage_of_several_items_closes_together() {
    let metered = |id: &str| price("2", MONTHLY).metered().named(id, "prod_use");
    let used = |item: &str, id: &str, amount| line(item, 1, amount, JAN, FEB).at(id, "prod_use");
    let present = selling(vec![
        item("si_1", metered("price_a"), 0),
        item("si_2", metered("price_b"), 0),
    ]);
    let invoices = vec![
        invoice("in_1", FEB, vec![used("si_1", "price_a", 600)]),
        invoice(
            "in_2",
            FEB,
            vec![used("si_2", "price_b", 50), used("si_2", "price_b", 25)],
        ),
    ];
    let policy = Policy {
        metered: clearsync_billing::MeteredRule::LastPeriod,
        ..Policy::clearsync()
    };
    let story = Life::of(present, invoices).story(&policy);
    assert_eq!(story, ["2026-02-01 New Plan 0 → 675 by in_2"]);
}

#[test]
fn an_item_sold_by_usage_ends_with_its_last_billed_period() {
    let metered = price("2", MONTHLY).metered().named("price_use", "prod_use");
    let used = line("si_2", 1, 600, JAN, FEB).at("price_use", "prod_use");
    let mut invoices = quarterly_story([1, 1, 1]);
    invoices[1].lines.push(used);
    let policy = Policy {
        metered: clearsync_billing::MeteredRule::LastPeriod,
        ..Policy::clearsync()
    };
    let life = Life::of(plain("1000", MONTHLY, 1), invoices).knowing(&[metered]);
    let timeline = life.timeline(&policy);
    // It is no longer listed, and nothing was used after January.
    assert_eq!(timeline.mrr_at(day("2026-02-15")), fraction("1000"));
    let sold = |at: &str| {
        timeline
            .segment_at(day(at))
            .unwrap()
            .figure
            .derivation
            .items
            .len()
    };
    assert_eq!([sold("2026-01-15"), sold("2026-02-15")], [2, 1]);
}
