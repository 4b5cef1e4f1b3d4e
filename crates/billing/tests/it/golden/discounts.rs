//! Discounts at every level, stacked, ended, larger than the price.

use clearsync_billing::{
    Discount, DiscountLevel, Duration, Interval, IntervalUnit, Note, Policy, Subscription,
};

use crate::build::*;

const FOREVER: Duration = Duration::Forever;
const ONCE: Duration = Duration::Once;
const THREE_MONTHS: Duration = Duration::Repeating { months: Some(3) };

fn less(unit: &str, interval: Interval, discounts: Vec<Discount>) -> Subscription {
    changed(plain(unit, interval, 1), |subscription| {
        subscription.discounts = discounts;
        let year = span("2026-01-01", "2027-01-01");
        if interval == YEARLY {
            subscription.items[0].current_period = Some(year);
        }
    })
}

fn item_less(unit: &str, of_item: Vec<Discount>, of_whole: Vec<Discount>) -> Subscription {
    changed(less(unit, MONTHLY, of_whole), |subscription| {
        subscription.items[0].discounts = of_item;
    })
}

fn between(discount: Discount, start: &str, end: Option<&str>) -> Discount {
    Discount {
        start: Some(day(start)),
        end: end.map(day),
        ..discount
    }
}

#[test]
fn percentages_and_amounts() {
    let usd = |minor| vec![amount_off("A", &[("usd", minor)], FOREVER)];
    check(
        "percentages_and_amounts",
        vec![
            case(
                "20 %",
                "1000 × 0.8",
                less("1000", MONTHLY, vec![percent("P", "20", FOREVER)]),
                "800",
            ),
            case(
                "12.5 %",
                "1000 × 0.875",
                less("1000", MONTHLY, vec![percent("P", "12.5", FOREVER)]),
                "875",
            ),
            case(
                "a third",
                "1000 × 0.6667",
                less("1000", MONTHLY, vec![percent("P", "33.33", FOREVER)]),
                "6667/10",
            ),
            case(
                "100 %",
                "nothing left",
                less("1000", MONTHLY, vec![percent("P", "100", FOREVER)]),
                "0",
            ),
            case(
                "an amount",
                "1000 − 300",
                less("1000", MONTHLY, usd(300)),
                "700",
            ),
            case(
                "an amount a year",
                "(12000 − 1200) / 12",
                less("12000", YEARLY, usd(1200)),
                "900",
            ),
            case(
                "more than the price",
                "not below 0",
                less("1000", MONTHLY, usd(1500)),
                "0",
            ),
            case(
                "an amount a week",
                "(1000 − 100) × 52 / 12",
                less("1000", every(1, IntervalUnit::Week), usd(100)),
                "3900",
            ),
            case(
                "once, on a year's invoice",
                "(120000 − 24000) / 12 = 8000",
                less("120000", YEARLY, vec![percent("O", "20", ONCE)]),
                "8000",
            ),
            case(
                "repeating",
                "1000 × 0.5",
                less("1000", MONTHLY, vec![percent("R", "50", THREE_MONTHS)]),
                "500",
            ),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn stacked_discounts_come_off_one_after_the_other() {
    let half = || percent("P", "50", FOREVER);
    let fifty = || amount_off("A", &[("usd", 5000)], FOREVER);
    check(
        "stacked_discounts_come_off_one_after_the_other",
        vec![
            case(
                "two percentages",
                "1000 × 0.9 × 0.9",
                less(
                    "1000",
                    MONTHLY,
                    vec![percent("P", "10", FOREVER), percent("Q", "10", FOREVER)],
                ),
                "810",
            ),
            case(
                "percent, then amount",
                "20000 × 0.5 − 5000",
                less("20000", MONTHLY, vec![half(), fifty()]),
                "5000",
            ),
            case(
                "amount, then percent",
                "(20000 − 5000) × 0.5",
                less("20000", MONTHLY, vec![fifty(), half()]),
                "7500",
            ),
            case(
                "item before subscription",
                "(20000 − 5000) × 0.5",
                item_less("20000", vec![fifty()], vec![half()]),
                "7500",
            ),
            case(
                "subscription after item",
                "20000 × 0.5 − 5000",
                item_less("20000", vec![half()], vec![fifty()]),
                "5000",
            ),
            case(
                "nothing is left for the second",
                "1000 − 1000, then 50 % of 0",
                less(
                    "1000",
                    MONTHLY,
                    vec![amount_off("A", &[("usd", 9999)], FOREVER), half()],
                ),
                "0",
            ),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn an_amount_off_the_whole_is_shared_by_what_items_cost() {
    let two = changed(
        selling(vec![
            item("si_1", price("1000", MONTHLY), 3),
            item("si_2", price("1000", MONTHLY), 1),
        ]),
        |subscription| subscription.discounts = vec![amount_off("A", &[("usd", 1000)], FOREVER)],
    );
    let figure = figure(&two, &Policy::clearsync());
    // 3000 and 1000 share 1000 off as 750 and 250.
    let off: Vec<_> = figure
        .derivation
        .items
        .iter()
        .map(|step| step.discounts[0].amount.clone())
        .collect();
    assert_eq!(off, [fraction("750"), fraction("250")]);
    assert_eq!(figure.amount.minor, fraction("3000"));
}

#[test]
fn an_amount_off_mixed_intervals_comes_off_the_items_billed_most_often() {
    let mixed = changed(
        selling(vec![
            item("si_1", price("1000", MONTHLY), 1),
            item("si_2", price("12000", YEARLY), 1),
        ]),
        |subscription| subscription.discounts = vec![amount_off("A", &[("usd", 300)], FOREVER)],
    );
    let figure = figure(&mixed, &Policy::clearsync());
    // (1000 − 300) + 12000 / 12 = 1700.
    assert_eq!(figure.amount.minor, fraction("1700"));
    assert_eq!(
        figure.notes,
        [Note::MixedIntervals {
            discount: "di_A".into()
        }]
    );
}

#[test]
fn five_weeks_are_longer_than_a_month() {
    let five_weeks = every(5, clearsync_billing::IntervalUnit::Week);
    let mixed = changed(
        selling(vec![
            item("si_1", price("1000", MONTHLY), 1),
            item("si_2", price("1500", five_weeks), 1),
        ]),
        |subscription| subscription.discounts = vec![amount_off("A", &[("usd", 300)], FOREVER)],
    );
    let figure = figure(&mixed, &Policy::clearsync());
    let off = figure.derivation.items.iter();
    let off: Vec<_> = off.map(|step| step.discounts.len()).collect();
    assert_eq!(off, [1, 0]);
}

#[test]
fn products_and_currencies_of_a_coupon() {
    let only = |product: &str| {
        let mut discount = percent("P", "50", FOREVER);
        discount.coupon.as_mut().unwrap().applies_to = vec![product.into()];
        changed(
            selling(vec![
                item("si_1", price("1000", MONTHLY), 1),
                item("si_2", price("600", MONTHLY).named("price_b", "prod_b"), 1),
            ]),
            |subscription| subscription.discounts = vec![discount],
        )
    };
    let yen = changed(
        less(
            "1000",
            MONTHLY,
            vec![amount_off("A", &[("usd", 1), ("jpy", 300)], FOREVER)],
        ),
        |subscription| {
            subscription.currency = currency("jpy");
            subscription.items[0].price.currency = currency("jpy");
        },
    );
    check(
        "products_and_currencies_of_a_coupon",
        vec![
            case("one product", "1000 × 0.5 + 600", only("prod_app"), "1100"),
            case(
                "the other product",
                "1000 + 600 × 0.5",
                only("prod_b"),
                "1300",
            ),
            case("a product not sold here", "1600", only("prod_c"), "1600"),
            case("the amount in yen", "1000 − 300", yen, "700"),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn a_coupon_that_cannot_be_used_takes_nothing_off_and_says_so() {
    let euro = figure(
        &less(
            "1000",
            MONTHLY,
            vec![amount_off("A", &[("eur", 300)], FOREVER)],
        ),
        &Policy::clearsync(),
    );
    assert_eq!(euro.amount.minor, fraction("1000"));
    assert_eq!(
        euro.notes,
        [Note::CouponNotIn {
            discount: "di_A".into(),
            currency: currency("usd")
        }]
    );
    let unknown = figure(
        &less("1000", MONTHLY, vec![Discount::by_id("di_X".into())]),
        &Policy::clearsync(),
    );
    assert_eq!(unknown.amount.minor, fraction("1000"));
    assert_eq!(
        unknown.notes,
        [Note::CouponUnknown {
            discount: "di_X".into()
        }]
    );
}

#[test]
fn begin_and_end() {
    let half = || percent("R", "50", THREE_MONTHS);
    check(
        "discounts_begin_and_end",
        vec![
            case(
                "not begun",
                "from 20 January on",
                less("1000", MONTHLY, vec![between(half(), "2026-01-20", None)]),
                "1000",
            ),
            case(
                "begun",
                "since 10 January",
                less("1000", MONTHLY, vec![between(half(), "2026-01-10", None)]),
                "500",
            ),
            case(
                "ended before this period",
                "until 31 December",
                less(
                    "1000",
                    MONTHLY,
                    vec![between(half(), "2025-10-01", Some("2025-12-31"))],
                ),
                "1000",
            ),
            case(
                "ends as this period begins",
                "no longer billed",
                less(
                    "1000",
                    MONTHLY,
                    vec![between(half(), "2025-10-01", Some("2026-01-01"))],
                ),
                "1000",
            ),
            case(
                "ended within this period",
                "billed with it, so it holds for the period",
                less(
                    "1000",
                    MONTHLY,
                    vec![between(half(), "2025-10-05", Some("2026-01-05"))],
                ),
                "500",
            ),
            case(
                "three months on a yearly price",
                "the year's invoice had it: 12000 × 0.5 / 12",
                less(
                    "12000",
                    YEARLY,
                    vec![between(half(), "2026-01-01", Some("2026-01-10"))],
                ),
                "500",
            ),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn a_customers_discount_is_inherited_by_subscriptions_without_their_own() {
    let inherits = |own: Vec<Discount>| {
        changed(less("1000", MONTHLY, own), |subscription| {
            subscription.customer_discount = Some(percent("C", "10", FOREVER));
        })
    };
    let ended = between(
        percent("P", "50", FOREVER),
        "2025-01-01",
        Some("2025-06-01"),
    );
    check(
        "a_customers_discount_is_inherited_by_subscriptions_without_their_own",
        vec![
            case("none of its own", "1000 × 0.9", inherits(Vec::new()), "900"),
            case(
                "its own",
                "1000 × 0.5",
                inherits(vec![percent("P", "50", FOREVER)]),
                "500",
            ),
            case("its own ended", "1000 × 0.9", inherits(vec![ended]), "900"),
        ],
        &Policy::clearsync(),
    );
    let figure = figure(&inherits(Vec::new()), &Policy::clearsync());
    assert_eq!(
        figure.derivation.items[0].discounts[0].level,
        DiscountLevel::Customer
    );
    assert_eq!(figure.list.minor, fraction("1000"));
}

#[test]
fn each_discount_rule() {
    use clearsync_billing::DiscountRule;
    let all = || {
        less(
            "1000",
            MONTHLY,
            vec![
                percent("F", "10", FOREVER),
                percent("R", "20", THREE_MONTHS),
                percent("O", "50", ONCE),
            ],
        )
    };
    let cases = [
        (DiscountRule::None, "list price", "1000"),
        (DiscountRule::Forever, "1000 × 0.9", "900"),
        (DiscountRule::Recurring, "1000 × 0.9 × 0.8", "720"),
        (DiscountRule::All, "1000 × 0.9 × 0.8 × 0.5", "360"),
    ];
    for (discounts, reckoned, expected) in cases {
        let policy = Policy {
            discounts,
            ..Policy::clearsync()
        };
        check(
            &format!("discounts_{discounts:?}"),
            vec![case("three coupons", reckoned, all(), expected)],
            &policy,
        );
    }
}
