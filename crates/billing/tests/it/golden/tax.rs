//! Tax in prices is not revenue.

use clearsync_billing::{Duration, InclusiveTax, Note, Policy, Subscription, TaxBehavior};

use crate::build::*;

fn taxed(behavior: TaxBehavior, tax: Option<InclusiveTax>) -> Subscription {
    changed(plain("11900", MONTHLY, 1), |subscription| {
        subscription.items[0].price.tax_behavior = behavior;
        subscription.items[0].inclusive_tax = tax;
    })
}

#[test]
fn tax_within_the_price_is_taken_out() {
    let percent_of = |text: &str| Some(InclusiveTax::Percent(fraction(text)));
    let invoiced = Some(InclusiveTax::Invoiced {
        tax: fraction("1900"),
        of: fraction("11900"),
    });
    let half = changed(
        taxed(TaxBehavior::Inclusive, percent_of("19")),
        |subscription| {
            subscription.discounts = vec![percent("P", "50", Duration::Forever)];
        },
    );
    check(
        "tax_within_the_price_is_taken_out",
        vec![
            case(
                "on top",
                "11900",
                taxed(TaxBehavior::Exclusive, None),
                "11900",
            ),
            case(
                "on top, whatever the rates say",
                "11900",
                taxed(TaxBehavior::Exclusive, percent_of("19")),
                "11900",
            ),
            case(
                "19 % within",
                "11900 / 1.19 = 10000",
                taxed(TaxBehavior::Inclusive, percent_of("19")),
                "10000",
            ),
            case(
                "7.7 % within",
                "11900 / 1.077",
                taxed(TaxBehavior::Inclusive, percent_of("77/10")),
                "11900000/1077",
            ),
            case(
                "as invoiced",
                "11900 − 1900",
                taxed(TaxBehavior::Inclusive, invoiced),
                "10000",
            ),
            case(
                "rates decide when the price does not say",
                "11900 / 1.19",
                taxed(TaxBehavior::Unspecified, percent_of("19")),
                "10000",
            ),
            case("after the discount", "11900 × 0.5 / 1.19", half, "5000"),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn the_list_price_is_without_tax_too() {
    let half = changed(
        taxed(
            TaxBehavior::Inclusive,
            Some(InclusiveTax::Percent(fraction("19"))),
        ),
        |subscription| {
            subscription.discounts = vec![percent("P", "50", Duration::Forever)];
        },
    );
    let figure = figure(&half, &Policy::clearsync());
    // 11900 / 1.19 = 10000; half of it 5000.
    assert_eq!(figure.list.minor, fraction("10000"));
    assert_eq!(figure.amount.minor, fraction("5000"));
}

#[test]
fn usage_is_known_without_tax_and_nothing_has_none() {
    let mut used = item("si_1", price("2", MONTHLY).metered(), 0);
    used.price.tax_behavior = TaxBehavior::Inclusive;
    used.inclusive_tax = Some(InclusiveTax::Percent(fraction("19")));
    used.usage = vec![clearsync_billing::UsageCharge {
        period: span("2025-12-01", "2026-01-01"),
        amount: fraction("600"),
        invoice: "in_1".into(),
    }];
    let policy = Policy {
        metered: clearsync_billing::MeteredRule::LastPeriod,
        ..Policy::clearsync()
    };
    let sold = clearsync_billing::mrr(
        &crate::build::selling(vec![used]),
        day("2026-01-15"),
        &policy,
    );
    assert_eq!(sold.amount.minor, fraction("600"));
    let free = changed(taxed(TaxBehavior::Inclusive, None), |one| {
        one.items[0].quantity = Some(0);
    });
    assert_eq!(figure(&free, &Policy::clearsync()).notes, []);
}

#[test]
fn an_unknown_rate_is_said() {
    let figure = figure(&taxed(TaxBehavior::Inclusive, None), &Policy::clearsync());
    assert_eq!(figure.amount.minor, fraction("11900"));
    assert_eq!(
        figure.notes,
        [Note::TaxUnknown {
            item: "si_1".into()
        }]
    );
}
