//! Pasts rebuilt from invoices and told by events.

use clearsync_billing::{Duration, InvoiceStatus, MeteredRule, Note, Origin, Policy, Scheme};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";
const MAR: &str = "2026-03-01";
const APR: &str = "2026-04-01";
const MAY: &str = "2026-05-01";

#[test]
fn renewals_are_no_movements() {
    let life = Life::of(plain("1000", MONTHLY, 1), quarterly_story([1, 1, 1]));
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by in_1"]);
    let timeline = life.timeline(&Policy::clearsync());
    for date in ["2026-01-31", "2026-02-28", "2026-03-31", "2026-12-30"] {
        assert_eq!(timeline.mrr_at(day(date)), fraction("1000"), "{date}");
    }
    assert!(timeline.mrr_at(day("2025-12-31")).is_zero());
}

#[test]
fn a_quantity_changed_without_proration_counts_from_its_invoice() {
    let life = Life::of(plain("1000", MONTHLY, 2), quarterly_story([1, 3, 2]));
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 1000 by in_1",
            "2026-02-01 Upgrade Quantity 1000 → 3000 by in_2",
            "2026-03-01 Downgrade Quantity 3000 → 2000 by in_3",
        ]
    );
}

#[test]
fn a_proration_pair_dates_the_change_within_the_period() {
    // From 15 January on 4 instead of 1: 17/31 of the month is credited at 1000 and charged at 4000.
    let mut invoices = quarterly_story([1, 4, 4]);
    invoices[1].lines.extend([
        line("si_1", 1, -548, "2026-01-15", FEB).prorated(),
        line("si_1", 4, 2194, "2026-01-15", FEB).prorated(),
    ]);
    let life = Life::of(plain("1000", MONTHLY, 4), invoices);
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 1000 by in_1",
            "2026-01-15 Upgrade Quantity 1000 → 4000 by in_2",
        ]
    );
}

#[test]
fn several_changes_within_one_period() {
    // 1 → 5 on the 10th, 5 → 2 on the 20th.
    let mut invoices = quarterly_story([1, 2, 2]);
    invoices[1].lines.extend([
        line("si_1", 1, -710, "2026-01-10", FEB).prorated(),
        line("si_1", 5, 3548, "2026-01-10", FEB).prorated(),
        line("si_1", 5, -1935, "2026-01-20", FEB).prorated(),
        line("si_1", 2, 774, "2026-01-20", FEB).prorated(),
    ]);
    let life = Life::of(plain("1000", MONTHLY, 2), invoices);
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 1000 by in_1",
            "2026-01-10 Upgrade Quantity 1000 → 5000 by in_2",
            "2026-01-20 Downgrade Quantity 5000 → 2000 by in_2",
        ]
    );
}

#[test]
fn another_price_of_the_same_product_is_a_price_change() {
    let dearer = price("1500", MONTHLY).named("price_dear", "prod_app");
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]),
        invoice(
            "in_2",
            FEB,
            vec![line("si_1", 1, 1500, FEB, MAR).at("price_dear", "prod_app")],
        ),
    ];
    let life = Life::of(selling(vec![item("si_1", dearer, 1)]), invoices)
        .knowing(&[price("1000", MONTHLY)]);
    assert_eq!(
        clearsync(&life)[1],
        "2026-02-01 Upgrade Price 1000 → 1500 by in_2"
    );
}

#[test]
fn another_product_or_interval_is_a_plan_change() {
    let pro = price("800", MONTHLY).named("price_pro", "prod_pro");
    let yearly = price("9000", YEARLY).named("price_year", "prod_pro");
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]),
        invoice(
            "in_2",
            FEB,
            vec![line("si_1", 1, 800, FEB, MAR).at("price_pro", "prod_pro")],
        ),
        // Switched to yearly on 10 February: what is left of the month is credited, the year is billed at once.
        invoice(
            "in_3",
            "2026-02-10",
            vec![
                line("si_1", 1, -543, "2026-02-10", MAR)
                    .at("price_pro", "prod_pro")
                    .prorated(),
                line("si_1", 1, 9000, "2026-02-10", "2027-02-10").at("price_year", "prod_pro"),
            ],
        ),
    ];
    let present = selling(vec![item("si_1", yearly, 1)]);
    let life = Life::of(present, invoices).knowing(&[price("1000", MONTHLY), pro]);
    assert_eq!(
        clearsync(&life)[1..],
        [
            "2026-02-01 Downgrade Plan 1000 → 800 by in_2",
            "2026-02-10 Downgrade Plan 800 → 750 by in_3",
        ]
    );
}

#[test]
fn a_missing_invoice_is_a_gap_and_no_churn() {
    let mut invoices = quarterly_story([1, 1, 1]);
    invoices[1].status = InvoiceStatus::Void;
    let life = Life::of(plain("1000", MONTHLY, 1), invoices);
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by in_1"]);
    assert_eq!(
        life.timeline(&Policy::clearsync())
            .mrr_at(day("2026-02-15")),
        fraction("1000")
    );
}

#[test]
fn drafts_are_not_read_and_open_and_uncollectible_invoices_are() {
    for (status, counts) in [
        (InvoiceStatus::Draft, false),
        (InvoiceStatus::Void, false),
        (InvoiceStatus::Open, true),
        (InvoiceStatus::Uncollectible, true),
    ] {
        let mut invoices = quarterly_story([1, 3, 3]);
        invoices.truncate(2);
        invoices[1].status = status.clone();
        let life = Life::of(plain("1000", MONTHLY, 3), invoices);
        let by = if counts {
            "2026-02-01 Upgrade Quantity 1000 → 3000 by in_2"
        } else {
            "2026-12-31 Upgrade Quantity 1000 → 3000 by present"
        };
        assert_eq!(clearsync(&life)[1], by, "{status:?}");
    }
}

#[test]
fn the_end_is_dated_by_the_subscription() {
    let at_once = ended("2026-03-10", "2026-03-10", plain("1000", MONTHLY, 1));
    let life = Life::of(at_once, quarterly_story([1, 1, 1]));
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-03-10 Churn Cancellation 1000 → 0 by in_1"]
    );
    let planned = ended(APR, "2026-03-10", plain("1000", MONTHLY, 1));
    let life = Life::of(planned, quarterly_story([1, 1, 1]));
    assert_eq!(
        clearsync(&life)[1..],
        [
            "2026-03-10 PlannedCancellation Cancellation 1000 → 1000 by in_1",
            "2026-04-01 Churn Cancellation 1000 → 0 by in_1",
        ]
    );
}

#[test]
fn by_request_the_end_comes_with_the_request() {
    let planned = ended(APR, "2026-03-10", plain("1000", MONTHLY, 1));
    let life = Life::of(planned, quarterly_story([1, 1, 1]));
    assert_eq!(
        life.story(&Policy::stripe())[1..],
        ["2026-03-10 Churn Cancellation 1000 → 0 by in_1"]
    );
}

#[test]
fn a_trial_counts_from_its_end() {
    let present = changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.trial = Some(span(JAN, "2026-01-15"));
    });
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 0, JAN, "2026-01-15")]),
        invoice(
            "in_2",
            "2026-01-15",
            vec![line("si_1", 1, 1000, "2026-01-15", "2026-02-15")],
        ),
    ];
    let life = Life::of(present, invoices);
    assert_eq!(clearsync(&life), ["2026-01-15 New Plan 0 → 1000 by dates"]);
}

#[test]
fn a_coupon_for_one_invoice_counts_for_its_period() {
    // 120000 a year less 20 % once: (120000 − 24000) / 12 = 8000, then 120000 / 12 = 10000.
    let present = changed(plain("120000", YEARLY, 1), |subscription| {
        subscription.created = day("2025-06-01");
        subscription.start_date = day("2025-06-01");
        subscription.items[0].current_period = Some(span("2026-06-01", "2027-06-01"));
    });
    let invoices = vec![
        invoice(
            "in_1",
            "2025-06-01",
            vec![line("si_1", 1, 120_000, "2025-06-01", "2026-06-01").less("di_1", 24_000)],
        ),
        invoice(
            "in_2",
            "2026-06-01",
            vec![line("si_1", 1, 120_000, "2026-06-01", "2027-06-01")],
        ),
    ];
    let life = Life::of(present, invoices);
    assert_eq!(
        clearsync(&life),
        [
            "2025-06-01 New Plan 0 → 8000 by in_1",
            "2026-06-01 Upgrade Price 8000 → 10000 by in_2",
        ]
    );
    let forever_only = life.story(&Policy::stripe());
    assert_eq!(forever_only, ["2025-06-01 New Plan 0 → 10000 by in_1"]);
}

#[test]
fn a_percentage_known_from_the_catalog_is_exact_beyond_the_invoices_rounding() {
    // 999 less 33.33 %: the invoice takes off 333, exactly it is 332.9667.
    let mut life = Life::of(
        plain("999", MONTHLY, 1),
        vec![invoice(
            "in_1",
            JAN,
            vec![line("si_1", 1, 999, JAN, FEB).less("di_P", 333)],
        )],
    );
    let billed = life.timeline(&Policy::clearsync()).mrr_at(day(JAN));
    assert_eq!(billed, fraction("666"));
    life.catalog
        .add_discount(percent("P", "33.33", Duration::Once));
    let exact = life.timeline(&Policy::clearsync()).mrr_at(day(JAN));
    assert_eq!(exact, fraction("6660333/10000"));
}

#[test]
fn items_come_and_go() {
    let seat = price("300", MONTHLY).named("price_seat", "prod_seat");
    let present = selling(vec![item("si_1", price("1000", MONTHLY), 1)]);
    let second =
        |amount, start, end| line("si_2", 2, amount, start, end).at("price_seat", "prod_seat");
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]),
        // Added on 15 January.
        invoice(
            "in_2",
            FEB,
            vec![
                second(329, "2026-01-15", FEB).prorated(),
                line("si_1", 1, 1000, FEB, MAR),
                second(600, FEB, MAR),
            ],
        ),
        // Taken away on 15 February with a credit.
        invoice(
            "in_3",
            MAR,
            vec![
                second(-300, "2026-02-15", MAR).prorated(),
                line("si_1", 1, 1000, MAR, APR),
            ],
        ),
    ];
    let life = Life::of(present, invoices).knowing(&[seat]);
    assert_eq!(
        clearsync(&life)[1..],
        [
            "2026-01-15 Upgrade Plan 1000 → 1600 by in_2",
            "2026-02-15 Downgrade Plan 1600 → 1000 by in_3",
        ]
    );
}

#[test]
fn an_item_no_longer_billed_with_the_others_was_taken_away() {
    let seat = price("300", MONTHLY).named("price_seat", "prod_seat");
    let second = line("si_2", 2, 600, JAN, FEB).at("price_seat", "prod_seat");
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB), second]),
        invoice("in_2", FEB, vec![line("si_1", 1, 1000, FEB, MAR)]),
    ];
    let life = Life::of(plain("1000", MONTHLY, 1), invoices).knowing(&[seat]);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-02-01 Downgrade Plan 1600 → 1000 by in_2"]
    );
}

#[test]
fn a_price_that_is_not_known_is_taken_as_billed() {
    // 3000 for three months of something deleted: 3000 / 3 = 1000.
    let gone = line("si_1", 5, 3000, JAN, APR).at("price_gone", "prod_gone");
    let present = plain("2000", MONTHLY, 1);
    let invoices = vec![
        invoice("in_1", JAN, vec![gone]),
        invoice("in_2", APR, vec![line("si_1", 1, 2000, APR, MAY)]),
    ];
    let life = Life::of(present, invoices);
    let timeline = life.timeline(&Policy::clearsync());
    let segment = timeline.segment_at(day(FEB)).unwrap();
    assert_eq!(segment.figure.amount.minor, fraction("1000"));
    assert_eq!(
        segment.figure.notes,
        [Note::IntervalAssumed {
            item: "si_1".into()
        }]
    );
    assert_eq!(
        clearsync(&life)[1],
        "2026-04-01 Upgrade Plan 1000 → 2000 by in_2"
    );
}

#[test]
fn lengths_of_periods_are_read_as_intervals() {
    let cases = [
        (JAN, "2026-01-02", "1 × 365 / 12", "365/12"),
        (JAN, "2026-01-08", "1 × 52 / 12", "13/3"),
        (JAN, "2026-01-15", "1 × 52 / 24", "13/6"),
        (JAN, "2026-01-11", "1 × 365 / 120", "73/24"),
        (FEB, MAR, "28 days are a month", "1"),
        (JAN, FEB, "31 days are a month", "1"),
        (JAN, MAR, "2 months", "1/2"),
        (JAN, "2026-07-01", "6 months", "1/6"),
        (JAN, "2027-01-01", "a year", "1/12"),
        (JAN, "2028-01-01", "2 years", "1/24"),
    ];
    for (start, end, reckoned, expected) in cases {
        let present = changed(plain("9", MONTHLY, 1), |subscription| {
            subscription.items.clear();
        });
        let billed = line("si_1", 1, 1, start, end).at("price_gone", "prod_gone");
        let life = Life::of(present, vec![invoice("in_1", start, vec![billed])]);
        let found = life.timeline(&Policy::clearsync()).mrr_at(day(start));
        assert_eq!(found, fraction(expected), "{reckoned}");
    }
}

#[test]
fn tiers_are_billed_line_by_line() {
    // 7 units: 5 × 700, flat 1000, 2 × 500, flat 200.
    let steps = [(Some(5), "700", "1000"), (None, "500", "200")];
    let tiered = price("0", MONTHLY).with(Scheme::Graduated(tiers(&steps)));
    let lines = [(5, 3500), (1, 1000), (2, 1000), (1, 200)];
    let lines = lines.map(|(quantity, amount)| line("si_1", quantity, amount, JAN, FEB));
    let present = selling(vec![item("si_1", tiered.clone(), 9)]);
    let life = Life::of(present, vec![invoice("in_1", JAN, lines.to_vec())]);
    let timeline = life.timeline(&Policy::clearsync());
    let step = &timeline.segments[0].figure.derivation.items[0];
    assert_eq!(step.quantity, Some(7));
    assert_eq!(step.mrr, fraction("5700"));
}

#[test]
fn usage_counts_as_its_last_closed_period_when_the_policy_says_so() {
    let metered = price("2", MONTHLY).metered();
    let present = selling(vec![item("si_1", metered, 0)]);
    let invoices = vec![
        invoice("in_1", FEB, vec![line("si_1", 300, 600, JAN, FEB)]),
        invoice("in_2", MAR, vec![line("si_1", 450, 900, FEB, MAR)]),
    ];
    let life = Life::of(present, invoices);
    let policy = Policy {
        metered: MeteredRule::LastPeriod,
        ..Policy::clearsync()
    };
    assert_eq!(life.timeline(&policy).mrr_at(day(SEEN)), fraction("900"));
    let policy = Policy {
        metered: MeteredRule::MeanOfLastThree,
        ..policy
    };
    // (900 + 600) / 2.
    assert_eq!(life.timeline(&policy).mrr_at(day(SEEN)), fraction("750"));
}

#[test]
fn tax_within_prices_is_learned_from_invoices() {
    let present = changed(plain("11900", MONTHLY, 1), |subscription| {
        subscription.items[0].price.tax_behavior = clearsync_billing::TaxBehavior::Inclusive;
    });
    let mut billed = line("si_1", 1, 11_900, JAN, FEB);
    billed.inclusive_tax = fraction("1900");
    let life = Life::of(present, vec![invoice("in_1", JAN, vec![billed])]);
    let timeline = life.timeline(&Policy::clearsync());
    assert_eq!(timeline.mrr_at(day("2026-01-15")), fraction("10000"));
    assert_eq!(timeline.mrr_at(day(SEEN)), fraction("10000"));
}

#[test]
fn a_signup_never_paid() {
    let present = ended("2026-02-10", "2026-02-10", plain("1000", MONTHLY, 1));
    let mut invoices = quarterly_story([1, 1, 1]);
    invoices.truncate(1);
    invoices[0].status = InvoiceStatus::Open;
    invoices[0].paid_at = None;
    let life = Life::of(present, invoices);
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 1000 by in_1",
            "2026-02-10 Churn Cancellation 1000 → 0 by in_1",
        ]
    );
    assert_eq!(life.story(&Policy::chartmogul_like()), [] as [String; 0]);
}

#[test]
fn every_movement_says_whether_it_is_exact() {
    let present = ended("2026-03-10", "2026-03-10", plain("1000", MONTHLY, 1));
    let life = Life::of(present, quarterly_story([1, 1, 1]));
    let timeline = life.timeline(&Policy::clearsync());
    let exact: Vec<_> = timeline
        .segments
        .iter()
        .map(|segment| segment.origin.is_exact())
        .collect();
    assert_eq!(exact, [false, true]);
    assert_eq!(timeline.segments[1].origin, Origin::Dates);
}
