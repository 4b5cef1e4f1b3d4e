//! Subscriptions and invoices in a few words.

use std::{collections::BTreeMap, fmt::Write, num::NonZeroU32};

use clearsync_billing::{
    Coupon, Currency, Discount, DiscountId, Duration, Figure, FirstPayment, Fraction, Interval,
    IntervalUnit, ItemId, Period, Policy, Price, PriceId, Recurring, Reduction, Scheme, Status,
    Subscription, SubscriptionItem, TaxBehavior, Tier, Usage, mrr,
};
use jiff::Timestamp;

/// Midnight UTC of a day such as `2026-01-31`.
pub(crate) fn day(date: &str) -> Timestamp {
    format!("{date}T00:00:00Z").parse().unwrap()
}

pub(crate) fn span(start: &str, end: &str) -> Period {
    Period {
        start: day(start),
        end: day(end),
    }
}

pub(crate) fn fraction(text: &str) -> Fraction {
    text.parse().unwrap()
}

pub(crate) fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

pub(crate) fn every(count: u32, unit: IntervalUnit) -> Interval {
    Interval::every(NonZeroU32::new(count).unwrap(), unit)
}

pub(crate) const MONTHLY: Interval = Interval {
    unit: IntervalUnit::Month,
    count: NonZeroU32::MIN,
};
pub(crate) const YEARLY: Interval = Interval {
    unit: IntervalUnit::Year,
    count: NonZeroU32::MIN,
};

/// So many minor units of USD for each unit, of product `prod_app`.
pub(crate) fn price(unit: &str, interval: Interval) -> Price {
    Price {
        id: PriceId::from("price_app"),
        product: Some("prod_app".into()),
        nickname: None,
        currency: currency("usd"),
        recurring: Some(Recurring {
            interval,
            usage: Usage::Licensed,
        }),
        scheme: Scheme::PerUnit(Fraction::from_decimal(unit).unwrap()),
        currency_options: BTreeMap::new(),
        transform_quantity: None,
        tax_behavior: TaxBehavior::Exclusive,
    }
}

/// Tiers as (up to, unit, flat).
pub(crate) fn tiers(steps: &[(Option<u64>, &str, &str)]) -> Vec<Tier> {
    steps
        .iter()
        .map(|(up_to, unit, flat)| Tier {
            up_to: *up_to,
            unit: Fraction::from_decimal(unit).unwrap(),
            flat: Fraction::from_decimal(flat).unwrap(),
        })
        .collect()
}

pub(crate) trait PriceWords {
    fn named(self, id: &str, product: &str) -> Self;
    fn with(self, scheme: Scheme) -> Self;
    fn metered(self) -> Self;
}

impl PriceWords for Price {
    fn named(mut self, id: &str, product: &str) -> Self {
        self.id = id.into();
        self.product = Some(product.into());
        self
    }

    fn with(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    fn metered(mut self) -> Self {
        if let Some(recurring) = &mut self.recurring {
            recurring.usage = Usage::Metered;
        }
        self
    }
}

pub(crate) fn item(id: &str, price: Price, quantity: u64) -> SubscriptionItem {
    SubscriptionItem {
        id: ItemId::from(id),
        quantity: (!price.is_metered()).then_some(quantity),
        price,
        discounts: Vec::new(),
        current_period: Some(span("2026-01-01", "2026-02-01")),
        inclusive_tax: None,
        usage: Vec::new(),
    }
}

/// An active subscription since 2026-01-01, in USD.
pub(crate) fn selling(items: Vec<SubscriptionItem>) -> Subscription {
    Subscription {
        id: "sub_1".into(),
        customer: "cus_1".into(),
        status: Status::Active,
        currency: currency("usd"),
        items,
        discounts: Vec::new(),
        customer_discount: None,
        created: day("2026-01-01"),
        start_date: day("2026-01-01"),
        trial: None,
        cancel_at: None,
        cancel_at_period_end: false,
        canceled_at: None,
        ended_at: None,
        pause_collection: None,
        first_payment: FirstPayment::Unknown,
        notes: Vec::new(),
    }
}

/// One item at `unit` minor units.
pub(crate) fn plain(unit: &str, interval: Interval, quantity: u64) -> Subscription {
    selling(vec![item("si_1", price(unit, interval), quantity)])
}

pub(crate) fn changed(
    mut subscription: Subscription,
    change: impl FnOnce(&mut Subscription),
) -> Subscription {
    change(&mut subscription);
    subscription
}

pub(crate) fn percent(id: &str, percent: &str, duration: Duration) -> Discount {
    discount(
        id,
        Reduction::Percent(Fraction::from_decimal(percent).unwrap()),
        duration,
    )
}

pub(crate) fn amount_off(id: &str, amounts: &[(&str, i64)], duration: Duration) -> Discount {
    let amounts = amounts
        .iter()
        .map(|(code, amount)| (currency(code), Fraction::from(*amount)))
        .collect();
    discount(id, Reduction::Amount(amounts), duration)
}

fn discount(id: &str, reduction: Reduction, duration: Duration) -> Discount {
    Discount {
        coupon_id: Some(id.into()),
        coupon: Some(Coupon {
            id: id.into(),
            name: None,
            reduction,
            duration,
            applies_to: Vec::new(),
        }),
        ..Discount::by_id(DiscountId::from(format!("di_{id}").as_str()))
    }
}

/// The figure on 2026-01-15.
pub(crate) fn figure(subscription: &Subscription, policy: &Policy) -> Figure {
    mrr(subscription, day("2026-01-15"), policy)
}

/// A case worked out by hand: what it is, how it is reckoned, whose figure, and the exact minor units.
pub(crate) struct Case {
    pub(crate) what: &'static str,
    pub(crate) reckoned: &'static str,
    pub(crate) subscription: Subscription,
    pub(crate) expected: &'static str,
}

pub(crate) fn case(
    what: &'static str,
    reckoned: &'static str,
    subscription: Subscription,
    expected: &'static str,
) -> Case {
    Case {
        what,
        reckoned,
        subscription,
        expected,
    }
}

/// Holds each case against its figure under `policy`, and what it says of itself against the snapshot `name`.
pub(crate) fn check(name: &str, cases: Vec<Case>, policy: &Policy) {
    let mut told = String::new();
    for case in cases {
        let figure = figure(&case.subscription, policy);
        assert_eq!(
            figure.amount.minor,
            fraction(case.expected),
            "{}: {} under {}",
            case.what,
            case.reckoned,
            policy.name
        );
        let Case { what, reckoned, .. } = case;
        writeln!(told, "{what}: {reckoned}\n    {}", figure.sentence()).unwrap();
    }
    insta::with_settings!({
        snapshot_path => "golden/snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, told) });
}
