//! How the lines of an invoice are read: which terms they come to, and what they take away.

use clearsync_billing::{
    Duration, InclusiveTax, Interval, IntervalUnit, InvoiceLine, Policy, Status, Subscription,
    TaxBehavior, Timeline,
};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";
const MAR: &str = "2026-03-01";
const APR: &str = "2026-04-01";

fn told(life: &Life) -> Timeline {
    life.timeline(&Policy::clearsync())
}

fn one_month(present: Subscription, lines: Vec<InvoiceLine>) -> Life {
    Life::of(present, vec![invoice("in_1", JAN, lines)])
}

fn seats() -> clearsync_billing::Price {
    price("300", MONTHLY).named("price_seat", "prod_seat")
}

fn two_seats(amount: i64, start: &str, end: &str) -> InvoiceLine {
    line("si_2", 2, amount, start, end).at("price_seat", "prod_seat")
}

#[test]
fn the_last_of_several_changes_of_one_moment_holds() {
    // On 15 January first 3, then 5; 17 of 31 days are left: 3 × 1000 × 17 / 31 = 1645 and 5 × 1000 × 17 / 31 = 2742.
    let at = |quantity, amount| line("si_1", quantity, amount, "2026-01-15", FEB).prorated();
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]),
        invoice(
            "in_2",
            "2026-01-15",
            vec![at(1, -548), at(3, 1645), at(3, -1645), at(5, 2742)],
        ),
    ];
    let life = Life::of(plain("1000", MONTHLY, 5), invoices);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-01-15 Upgrade Quantity 1000 → 5000 by in_2"]
    );
}

#[test]
fn terms_are_taken_only_within_the_rounding_of_their_lines() {
    // One line is rounded once, by less than a cent: 1001 is not 1000.
    let life = one_month(
        plain("1000", MONTHLY, 1),
        vec![line("si_1", 1, 1001, JAN, FEB)],
    );
    assert_eq!(told(&life).mrr_at(day(JAN)), fraction("1001"));
    // A line and a discount are rounded by less than two together: half off 1000 is 500 where 501 were taken off, and
    // 498 where it was 502.
    for (off, left) in [(501, "500"), (502, "498")] {
        let billed = line("si_1", 1, 1000, JAN, FEB).less("di_HALF", off);
        let mut life = one_month(plain("1000", MONTHLY, 1), vec![billed]);
        life.catalog
            .add_discount(percent("HALF", "50", Duration::Once));
        assert_eq!(told(&life).mrr_at(day(JAN)), fraction(left));
    }
}

#[test]
fn a_quantity_that_only_the_subscription_tells() {
    // A line of one at 3500, of which the subscription says 7 at 500.
    let life = one_month(
        plain("500", MONTHLY, 7),
        vec![line("si_1", 1, 3500, JAN, FEB)],
    );
    let step = &told(&life).segments[0].figure.derivation.items[0];
    assert_eq!(step.quantity, Some(7));
    assert_eq!(step.mrr, fraction("3500"));
}

#[test]
fn nothing_billed_outside_a_trial_is_nothing() {
    let free = vec![line("si_1", 1, 0, JAN, FEB)];
    let life = one_month(plain("1000", MONTHLY, 1), free);
    assert!(told(&life).mrr_at(day(JAN)).is_zero());
}

#[test]
fn a_billed_year_is_a_year() {
    let gone = line("si_1", 1, 1200, JAN, "2027-01-01").at("price_gone", "prod_gone");
    let life = one_month(plain("1000", MONTHLY, 1), vec![gone]);
    let step = &told(&life).segments[0].figure.derivation.items[0];
    assert_eq!(step.interval, Some(Interval::each(IntervalUnit::Year)));
}

#[test]
fn a_discount_over_several_lines_is_one_and_each_keeps_its_own() {
    // Two lines of 1000 at a price nobody knows: A takes 100 and 200, B takes 50. 2000 − 300 − 50.
    let part = |id: &str| {
        let mut part = line("si_1", 1, 1000, JAN, FEB).at("price_gone", "prod_gone");
        part.id = id.into();
        part
    };
    let lines = vec![
        part("il_a").less("di_A", 100).less("di_B", 50),
        part("il_b").less("di_A", 200),
    ];
    let life = one_month(plain("1000", MONTHLY, 1), lines);
    let timeline = told(&life);
    let step = &timeline.segments[0].figure.derivation.items[0];
    let off: Vec<_> = step
        .discounts
        .iter()
        .map(|discount| (discount.discount.as_str(), discount.amount.clone()))
        .collect();
    assert_eq!(off, [("di_A", fraction("300")), ("di_B", fraction("50"))]);
    assert_eq!(step.mrr, fraction("1650"));
    // Where its coupon is not known either, it goes by the discount's own id.
    let state = &life.history().states[0];
    let coupons = state.subscription.items[0].discounts.iter();
    let coupons: Vec<_> = coupons.map(|discount| discount.coupon_id.clone()).collect();
    assert_eq!(coupons, [Some("di_A".into()), Some("di_B".into())]);
}

#[test]
fn each_item_has_its_own_tax() {
    // 11900 / 1.19 = 10000 and 10700 / 1.07 = 10000.
    let taxed = |id: &str, unit: &str, rate: i64| {
        let mut taxed = item(id, price(unit, MONTHLY).named(id, "prod_app"), 1);
        taxed.price.tax_behavior = TaxBehavior::Inclusive;
        taxed.inclusive_tax = Some(InclusiveTax::Percent(rate.into()));
        taxed
    };
    let present = selling(vec![taxed("si_1", "11900", 19), taxed("si_2", "10700", 7)]);
    let lines = vec![
        line("si_1", 1, 11_900, JAN, FEB).at("si_1", "prod_app"),
        line("si_2", 1, 10_700, JAN, FEB).at("si_2", "prod_app"),
    ];
    let life = one_month(present.clone(), lines);
    let past = life.history().states[0].subscription.clone();
    assert_eq!(
        past.items[0].inclusive_tax,
        Some(InclusiveTax::Percent(19.into()))
    );
    assert_eq!(
        past.items[1].inclusive_tax,
        Some(InclusiveTax::Percent(7.into()))
    );
    assert_eq!(told(&life).mrr_at(day(JAN)), fraction("20000"));
    // A rate that the subscription says needs no invoice.
    let alone = Life::of(present, Vec::new());
    assert_eq!(told(&alone).mrr_at(day(JAN)), fraction("20000"));
}

#[test]
fn what_was_billed_at_a_moment_overrides_what_ended_at_it() {
    // The base's invoice of February leaves the seats out, a second one of the day after bills them.
    let invoices = vec![
        invoice(
            "in_1",
            JAN,
            vec![line("si_1", 1, 1000, JAN, FEB), two_seats(600, JAN, FEB)],
        ),
        invoice("in_9", FEB, vec![line("si_1", 1, 1000, FEB, MAR)]),
        invoice("in_2", "2026-02-02", vec![two_seats(600, FEB, MAR)]),
    ];
    let present = ended(MAR, MAR, plain("1000", MONTHLY, 1));
    let life = Life::of(present, invoices).knowing(&[seats()]);
    assert_eq!(told(&life).mrr_at(day("2026-02-10")), fraction("1600"));
}

#[test]
fn a_credit_takes_away_what_is_neither_listed_nor_billed_anew() {
    let begin = || {
        invoice(
            "in_1",
            JAN,
            vec![line("si_1", 1, 1000, JAN, FEB), two_seats(600, JAN, FEB)],
        )
    };
    // On 15 January the billing day moves and the seats go: the base is billed anew, the seats only credited.
    let moved = vec![
        line("si_1", 1, -548, "2026-01-15", FEB).prorated(),
        two_seats(-329, "2026-01-15", FEB).prorated(),
        line("si_1", 1, 1000, "2026-01-15", "2026-02-15"),
    ];
    let life = Life::of(
        plain("1000", MONTHLY, 1),
        vec![begin(), invoice("in_2", "2026-01-15", moved)],
    )
    .knowing(&[seats()]);
    assert_eq!(
        clearsync(&life)[1..],
        ["2026-01-15 Downgrade Plan 1600 → 1000 by in_2"]
    );
    // A credit alone for what is still sold takes nothing away.
    let mut invoices = quarterly_story([1, 1, 1]);
    let credit = line("si_1", 1, -548, "2026-01-15", FEB).prorated();
    invoices[1].lines.push(credit);
    let life = Life::of(plain("1000", MONTHLY, 1), invoices);
    assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by in_1"]);
    // Nor does one beside a bill for the same time, in a life that is over.
    let invoices = vec![
        invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]),
        invoice(
            "in_2",
            "2026-02-10",
            vec![
                line("si_1", 1, -300, "2026-02-10", MAR).prorated(),
                line("si_1", 1, 1000, FEB, MAR),
            ],
        ),
    ];
    let over = ended(MAR, MAR, plain("1000", MONTHLY, 1));
    let life = Life::of(over, invoices);
    assert_eq!(told(&life).mrr_at(day("2026-02-20")), fraction("1000"));
}

#[test]
fn a_month_without_invoice_takes_no_item_away() {
    // Nothing stands for February; in March everything is billed again.
    let both = |id: &str, start: &str, end: &str| {
        let lines = vec![
            line("si_1", 1, 1000, start, end),
            two_seats(600, start, end),
        ];
        invoice(id, start, lines)
    };
    let both_sold = vec![
        item("si_1", price("1000", MONTHLY), 1),
        item("si_2", seats(), 2),
    ];
    let present = ended(APR, APR, selling(both_sold));
    let invoices = vec![both("in_1", JAN, FEB), both("in_3", MAR, APR)];
    let life = Life::of(present, invoices).knowing(&[seats()]);
    assert_eq!(
        clearsync(&life),
        [
            "2026-01-01 New Plan 0 → 1600 by in_1",
            "2026-04-01 Churn Cancellation 1600 → 0 by in_1",
        ]
    );
}

#[test]
fn invoices_of_others_are_left_out_whatever_their_lines_say() {
    let unsigned = || {
        let mut unsigned = line("si_1", 9, 9000, FEB, MAR);
        unsigned.subscription = None;
        unsigned
    };
    for owner in [Some("sub_2"), None] {
        let mut foreign = invoice("in_2", FEB, vec![unsigned()]);
        foreign.subscription = owner.map(Into::into);
        let own = invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, FEB)]);
        let life = Life::of(plain("1000", MONTHLY, 1), vec![own, foreign]);
        assert_eq!(clearsync(&life), ["2026-01-01 New Plan 0 → 1000 by in_1"]);
    }
}

#[test]
fn what_was_paused_after_its_trial_counts_nothing() {
    let present = changed(plain("1000", MONTHLY, 1), |one| {
        one.status = Status::Paused;
        one.trial = Some(span(JAN, "2026-01-15"));
    });
    let life = one_month(present, vec![line("si_1", 1, 0, JAN, "2026-01-15")]);
    assert_eq!(clearsync(&life), [] as [String; 0]);
}

#[test]
fn a_pause_of_today_says_nothing_of_the_past() {
    let present = changed(plain("1000", MONTHLY, 1), |one| {
        one.pause_collection = Some(clearsync_billing::PauseCollection {
            behavior: "void".to_owned(),
            resumes_at: None,
        });
    });
    let timeline = Life::of(present, quarterly_story([1, 1, 1])).timeline(&Policy::conservative());
    assert_eq!(timeline.mrr_at(day(FEB)), fraction("1000"));
    assert!(timeline.mrr_at(day(SEEN)).is_zero());
}
