//! Made-up subscriptions with their invoices.

use std::{collections::BTreeMap, iter};

use clearsync_billing::{
    Catalog, Coupon, Currency, Discount, Duration, FirstPayment, Fraction, History, Interval,
    IntervalUnit, Invoice, InvoiceLine, InvoiceStatus, LineDiscount, Period, Policy, Price,
    Recurring, Reduction, Scheme, Status, Subscription, SubscriptionItem, TaxBehavior, Timeline,
    Usage,
};
use jiff::{SignedDuration, Timestamp};

const MONTH: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A subscription as it stands and everything known of its past.
pub(crate) struct Life {
    present: Subscription,
    pub(crate) invoices: Vec<Invoice>,
    catalog: Catalog,
    seen_at: Timestamp,
}

impl Life {
    /// One item whose quantity changes every five months.
    pub(crate) fn usual(number: usize, lines: usize) -> Self {
        let id = format!("sub_{number}");
        let sold = |count: usize| 1 + ((number + count / 5) % 9) as u64;
        let invoices: Vec<_> = (0..lines)
            .map(|count| {
                let period = span(begin() + month(count), MONTH);
                let line = line("si_1", "price_seat", sold(count), period);
                invoice(&id, count, period, vec![line])
            })
            .collect();
        let present = subscription(&id, &format!("cus_{}", number / 2), vec![item(sold(lines))]);
        Self {
            present,
            invoices,
            catalog: Catalog::default(),
            seen_at: begin() + month(lines),
        }
    }

    /// In every period four lines: the seats with a coupon, a change within the period, and usage.
    pub(crate) fn eventful(lines: usize) -> Self {
        // Of an hour each, so that many fit into the calendar.
        let length = SignedDuration::from_hours(1);
        let mut invoices = Vec::new();
        let mut catalog = Catalog::default();
        catalog.add_price(metered());
        for count in 0..lines / 4 {
            let start = begin() + length * i32::try_from(count).unwrap_or(i32::MAX);
            let period = span(start, length);
            let rest = Period {
                start: start + SignedDuration::from_mins(30),
                end: period.end,
            };
            let quantity = 1 + (count % 7) as u64;
            let mut seats = line("si_1", "price_seat", quantity, period);
            let coupon = format!("di_{count}");
            catalog.add_discount(tenth_off(&coupon));
            seats.discounts = vec![LineDiscount {
                discount: coupon.as_str().into(),
                amount: &seats.amount * &Fraction::from_decimal("0.1").unwrap_or_default(),
            }];
            let mut credit = line("si_1", "price_seat", quantity, rest);
            let mut charge = line("si_1", "price_seat", quantity + 1, rest);
            for line in [&mut credit, &mut charge] {
                line.proration = true;
            }
            credit.amount = -credit.amount;
            let usage = line("si_2", "price_usage", 40, period);
            let lines = vec![seats, credit, charge, usage];
            invoices.push(invoice("sub_1", count, period, lines));
        }
        let used = SubscriptionItem {
            id: "si_2".into(),
            price: metered(),
            quantity: None,
            ..item(1)
        };
        Self {
            present: subscription("sub_1", "cus_1", vec![item(1), used]),
            seen_at: begin() + length * i32::try_from(lines / 4).unwrap_or(i32::MAX),
            invoices,
            catalog,
        }
    }

    /// The n-th subscription of one customer, which lasts a month and begins when another ends.
    pub(crate) fn taking_over(number: usize) -> Self {
        let start = begin() + month(number % 100);
        let period = span(start, MONTH);
        let id = format!("sub_{number}");
        let mut present = subscription(&id, "cus_1", vec![item(1)]);
        present.start_date = start;
        present.status = Status::Canceled;
        present.canceled_at = Some(period.end);
        present.ended_at = Some(period.end);
        let lines = vec![line("si_1", "price_seat", 1, period)];
        Self {
            present,
            invoices: vec![invoice(&id, 0, period, lines)],
            catalog: Catalog::default(),
            seen_at: begin() + month(120),
        }
    }

    pub(crate) fn timeline(&self, policy: &Policy) -> Option<Timeline> {
        self.timeline_from(&self.invoices, policy)
    }

    pub(crate) fn timeline_from(&self, invoices: &[Invoice], policy: &Policy) -> Option<Timeline> {
        History::rebuild(&self.present, self.seen_at, invoices, &[], &self.catalog)
            .timeline(policy, self.seen_at)
    }
}

/// The ends of the first hundred months.
pub(crate) fn month_ends() -> Vec<Timestamp> {
    iter::successors(Some(begin() + MONTH), |end| Some(*end + MONTH))
        .take(100)
        .collect()
}

fn begin() -> Timestamp {
    // 2015-01-01.
    Timestamp::from_second(1_420_070_400).unwrap_or_default()
}

fn month(count: usize) -> SignedDuration {
    MONTH * i32::try_from(count).unwrap_or(i32::MAX)
}

fn span(start: Timestamp, length: SignedDuration) -> Period {
    Period {
        start,
        end: start + length,
    }
}

fn invoice(subscription: &str, number: usize, period: Period, lines: Vec<InvoiceLine>) -> Invoice {
    Invoice {
        id: format!("in_{subscription}_{number}").as_str().into(),
        customer: None,
        subscription: Some(subscription.into()),
        status: InvoiceStatus::Paid,
        is_first_charge: false,
        currency: Currency::USD,
        created: period.start,
        finalized_at: Some(period.start),
        paid_at: Some(period.start),
        lines,
        notes: Vec::new(),
    }
}

fn line(item: &str, price: &str, quantity: u64, period: Period) -> InvoiceLine {
    InvoiceLine {
        id: "il_1".into(),
        subscription: None,
        item: Some(item.into()),
        price: Some(price.into()),
        product: Some("prod_1".into()),
        quantity: Some(quantity),
        amount: &Fraction::from(quantity) * &Fraction::from(1000),
        unit_amount: None,
        discounts: Vec::new(),
        inclusive_tax: Fraction::zero(),
        period,
        proration: false,
    }
}

fn tenth_off(id: &str) -> Discount {
    Discount {
        coupon_id: Some("TENTH".into()),
        coupon: Some(Coupon {
            id: "TENTH".into(),
            name: None,
            reduction: Reduction::Percent(Fraction::from(10)),
            duration: Duration::Once,
            applies_to: Vec::new(),
        }),
        ..Discount::by_id(id.into())
    }
}

fn subscription(id: &str, customer: &str, items: Vec<SubscriptionItem>) -> Subscription {
    Subscription {
        id: id.into(),
        customer: customer.into(),
        status: Status::Active,
        currency: Currency::USD,
        items,
        discounts: Vec::new(),
        customer_discount: None,
        created: begin(),
        start_date: begin(),
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

fn item(quantity: u64) -> SubscriptionItem {
    SubscriptionItem {
        id: "si_1".into(),
        price: price("price_seat", Usage::Licensed),
        quantity: Some(quantity),
        discounts: Vec::new(),
        current_period: None,
        inclusive_tax: None,
        usage: Vec::new(),
    }
}

fn metered() -> Price {
    price("price_usage", Usage::Metered)
}

fn price(id: &str, usage: Usage) -> Price {
    Price {
        id: id.into(),
        product: Some("prod_1".into()),
        nickname: None,
        currency: Currency::USD,
        recurring: Some(Recurring {
            interval: Interval::each(IntervalUnit::Month),
            usage,
        }),
        scheme: Scheme::PerUnit(Fraction::from(1000)),
        currency_options: BTreeMap::new(),
        transform_quantity: None,
        tax_behavior: TaxBehavior::Exclusive,
    }
}
