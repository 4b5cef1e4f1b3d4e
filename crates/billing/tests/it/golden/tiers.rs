//! Graduated and volume tiers.

use clearsync_billing::{Base, Note, Policy, Scheme, Subscription};

use crate::build::*;

/// 1–5 at 700, 6–20 at 500, above at 300; flat 1000 / 200 / 0.
fn graduated(quantity: u64) -> Subscription {
    let steps = [
        (Some(5), "700", "1000"),
        (Some(20), "500", "200"),
        (None, "300", "0"),
    ];
    selling(vec![item(
        "si_1",
        price("0", MONTHLY).with(Scheme::Graduated(tiers(&steps))),
        quantity,
    )])
}

fn volume(quantity: u64) -> Subscription {
    let steps = [
        (Some(5), "700", "1000"),
        (Some(20), "500", "200"),
        (None, "300", "0"),
    ];
    selling(vec![item(
        "si_1",
        price("0", MONTHLY).with(Scheme::Volume(tiers(&steps))),
        quantity,
    )])
}

#[test]
fn graduated_tiers() {
    check(
        "graduated_tiers",
        vec![
            case(
                "none: the first tier's flat amount",
                "1000",
                graduated(0),
                "1000",
            ),
            case("within the first", "1 × 700 + 1000", graduated(1), "1700"),
            case("the first filled", "5 × 700 + 1000", graduated(5), "4500"),
            case(
                "one into the second",
                "3500 + 1000 + 500 + 200",
                graduated(6),
                "5200",
            ),
            case(
                "the second filled",
                "4500 + 15 × 500 + 200",
                graduated(20),
                "12200",
            ),
            case("into the last", "12200 + 10 × 300", graduated(30), "15200"),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn volume_tiers() {
    check(
        "volume_tiers",
        vec![
            case("none", "0 × 700 + 1000", volume(0), "1000"),
            case("the first", "5 × 700 + 1000", volume(5), "4500"),
            case("all at the second", "6 × 500 + 200", volume(6), "3200"),
            case("the second filled", "20 × 500 + 200", volume(20), "10200"),
            case("all at the last", "21 × 300", volume(21), "6300"),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn tiers_of_other_shapes() {
    let flat_only = [(Some(10), "0", "5000"), (None, "0", "9000")];
    let sell = |scheme, quantity| {
        selling(vec![item(
            "si_1",
            price("0", YEARLY).with(scheme),
            quantity,
        )])
    };
    let decimals = [(Some(1000), "0.5", "0"), (None, "0.25", "0")];
    check(
        "tiers_of_other_shapes",
        vec![
            case(
                "flat only, volume",
                "9000 / 12",
                sell(Scheme::Volume(tiers(&flat_only)), 11),
                "750",
            ),
            case(
                "flat only, graduated",
                "(5000 + 9000) / 12",
                sell(Scheme::Graduated(tiers(&flat_only)), 11),
                "3500/3",
            ),
            case(
                "decimals",
                "(1000 × 0.5 + 1 × 0.25) / 12",
                sell(Scheme::Graduated(tiers(&decimals)), 1001),
                "2001/48",
            ),
            case(
                "a quantity beyond the last tier that ends",
                "volume: the last tier, 30 × 400 / 12",
                sell(
                    Scheme::Volume(tiers(&[(Some(5), "700", "0"), (Some(20), "400", "0")])),
                    30,
                ),
                "1000",
            ),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn the_steps_are_told() {
    let figure = figure(&graduated(6), &Policy::clearsync());
    let Base::Graduated { steps } = &figure.derivation.items[0].base else {
        panic!("graduated")
    };
    let told: Vec<_> = steps
        .iter()
        .map(|step| (step.from, step.up_to, step.units))
        .collect();
    assert_eq!(told, [(1, Some(5), 5), (6, Some(20), 1)]);
}

#[test]
fn a_volume_price_without_tiers_is_unknown() {
    let empty = selling(vec![item(
        "si_1",
        price("0", MONTHLY).with(Scheme::Volume(Vec::new())),
        1,
    )]);
    let figure = figure(&empty, &Policy::clearsync());
    let price = "price_app".into();
    assert_eq!(figure.notes, [Note::AmountUnknown { price }]);
}
