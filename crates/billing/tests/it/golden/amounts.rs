//! Amounts, currencies and their options.

use clearsync_billing::{
    Amount, Note, PackageRounding, Policy, Scheme, Subscription, TransformQuantity,
};

use crate::build::*;

fn in_currency(code: &str, unit: &str, interval: clearsync_billing::Interval) -> Subscription {
    changed(plain(unit, interval, 1), |subscription| {
        subscription.currency = currency(code);
        subscription.items[0].price.currency = currency(code);
    })
}

fn packaged(quantity: u64, divide_by: u64, round: PackageRounding) -> Subscription {
    changed(plain("500", MONTHLY, quantity), |subscription| {
        subscription.items[0].price.transform_quantity = Some(TransformQuantity {
            divide_by: divide_by.try_into().unwrap(),
            round,
        });
    })
}

fn with_option(code: &str, scheme: Scheme) -> Subscription {
    changed(plain("1000", MONTHLY, 3), |subscription| {
        subscription.currency = currency(code);
        let options = &mut subscription.items[0].price.currency_options;
        options.insert(currency(code), scheme);
    })
}

#[test]
fn units_and_decimals() {
    check(
        "units_and_decimals",
        vec![
            case("one unit", "1250 × 1", plain("1250", MONTHLY, 1), "1250"),
            case(
                "several units",
                "1250 × 7 = 8750",
                plain("1250", MONTHLY, 7),
                "8750",
            ),
            case("no unit", "1250 × 0", plain("1250", MONTHLY, 0), "0"),
            case("free", "0 × 9", plain("0", MONTHLY, 9), "0"),
            case(
                "a tenth of a cent",
                "0.1 × 45 = 4.5",
                plain("0.1", MONTHLY, 45),
                "9/2",
            ),
            case(
                "twelve decimals",
                "0.000000000001 × 3 = 3 / 10¹²",
                plain("0.000000000001", MONTHLY, 3),
                "3/1000000000000",
            ),
            case(
                "a large account",
                "99999999 × 1000000",
                plain("99999999", MONTHLY, 1_000_000),
                "99999999000000",
            ),
            case(
                "two items",
                "1000 × 2 + 300 × 5 = 3500",
                two_items(),
                "3500",
            ),
        ],
        &Policy::clearsync(),
    );
}

fn two_items() -> Subscription {
    selling(vec![
        item("si_1", price("1000", MONTHLY), 2),
        item("si_2", price("300", MONTHLY), 5),
    ])
}

#[test]
fn packages() {
    check(
        "packages",
        vec![
            case(
                "begun packages are billed",
                "⌈23 / 10⌉ = 3, × 500",
                packaged(23, 10, PackageRounding::Up),
                "1500",
            ),
            case(
                "begun packages are not billed",
                "⌊23 / 10⌋ = 2, × 500",
                packaged(23, 10, PackageRounding::Down),
                "1000",
            ),
            case(
                "whole packages, up",
                "20 / 10 = 2, × 500",
                packaged(20, 10, PackageRounding::Up),
                "1000",
            ),
            case(
                "whole packages, down",
                "20 / 10 = 2, × 500",
                packaged(20, 10, PackageRounding::Down),
                "1000",
            ),
            case(
                "less than one, down",
                "⌊9 / 10⌋ = 0",
                packaged(9, 10, PackageRounding::Down),
                "0",
            ),
            case(
                "less than one, up",
                "⌈1 / 10⌉ = 1, × 500",
                packaged(1, 10, PackageRounding::Up),
                "500",
            ),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn other_currencies_of_a_price() {
    check(
        "other_currencies_of_a_price",
        vec![
            case(
                "yen option",
                "the yen amount counts: 1500 × 3 = 4500",
                with_option("jpy", Scheme::PerUnit(fraction("1500"))),
                "4500",
            ),
            case(
                "tiers in the option",
                "3 units in euro tiers: 2 × 900 + 1 × 700 = 2500",
                with_option(
                    "eur",
                    Scheme::Graduated(tiers(&[(Some(2), "900", "0"), (None, "700", "0")])),
                ),
                "2500",
            ),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn a_price_not_sold_in_the_currency_counts_nothing_and_says_so() {
    let subscription = changed(plain("1000", MONTHLY, 3), |subscription| {
        subscription.currency = currency("gbp");
    });
    let figure = figure(&subscription, &Policy::clearsync());
    assert!(figure.amount.minor.is_zero());
    assert_eq!(
        figure.notes,
        [Note::NotSoldIn {
            price: "price_app".into(),
            currency: currency("gbp")
        }]
    );
}

#[test]
fn every_exponent_is_rounded_once_at_the_edge() {
    let cases = [
        // 1000 cents a year: 1000 / 12 = 83.33… cents.
        ("usd", "1000", "250/3", "0.83 USD"),
        // 10000 yen a year: 10000 / 12 = 833.33… yen.
        ("jpy", "10000", "2500/3", "833 JPY"),
        // 10000 fils a year: 833.33… fils.
        ("kwd", "10000", "2500/3", "0.833 KWD"),
        // 1000000 hundredths of a króna a year: 83333.33…, nearest whole króna 833.
        ("isk", "1000000", "250000/3", "833 ISK"),
        // The same for the Ugandan shilling; 60600 hundredths a year are 50.5 shillings a month, half to even 50.
        ("ugx", "1000000", "250000/3", "833 UGX"),
        ("ugx", "60600", "5050", "50 UGX"),
        // Stripe writes forint and Taiwan dollars with two decimals, although it pays them out without.
        ("huf", "125000", "31250/3", "104.17 HUF"),
        ("twd", "125000", "31250/3", "104.17 TWD"),
        // 12345 fils a year: 1028.75 fils.
        ("jod", "12345", "4115/4", "1.029 JOD"),
        // 30 cents a year: 2.5 cents, half to even 2.
        ("eur", "30", "5/2", "0.02 EUR"),
        // 42 cents a year: 3.5 cents, half to even 4.
        ("eur", "42", "7/2", "0.04 EUR"),
    ];
    for (code, unit, exact, shown) in cases {
        let figure = figure(&in_currency(code, unit, YEARLY), &Policy::clearsync());
        assert_eq!(figure.amount, Amount::new(fraction(exact), currency(code)));
        assert_eq!(figure.rounded.to_string(), shown);
    }
}

#[test]
fn what_is_unknown_counts_nothing_and_says_so() {
    let unknown = changed(plain("1000", MONTHLY, 3), |subscription| {
        subscription.items[0].price.scheme = Scheme::Unknown;
    });
    let one_time = changed(plain("1000", MONTHLY, 3), |subscription| {
        subscription.items[0].price.recurring = None;
    });
    let price = "price_app".into();
    let figure_of = |subscription| figure(&subscription, &Policy::clearsync());
    assert_eq!(figure_of(unknown).notes, [Note::AmountUnknown { price }]);
    let price = "price_app".into();
    let figure = figure_of(one_time);
    assert_eq!(figure.notes, [Note::OneTime { price }]);
    assert!(figure.amount.minor.is_zero());
}

#[test]
fn a_missing_quantity_is_one_and_says_so() {
    let subscription = changed(plain("1000", MONTHLY, 3), |subscription| {
        subscription.items[0].quantity = None;
    });
    let figure = figure(&subscription, &Policy::clearsync());
    assert_eq!(figure.amount.minor, fraction("1000"));
    assert_eq!(
        figure.notes,
        [Note::QuantityAssumed {
            item: "si_1".into()
        }]
    );
}
