//! How the time to rebuild histories grows with the number of invoice lines.
//!
//! `cargo run --release -p clearsync-billing --example scale`

use std::{collections::BTreeMap, error::Error, time::Instant};

use clearsync_billing::{
    Catalog, FirstPayment, Fraction, History, Interval, IntervalUnit, Invoice, InvoiceLine,
    InvoiceStatus, Period, Policy, Price, Recurring, Scheme, Status, Subscription,
    SubscriptionItem, TaxBehavior, Usage,
};
use jiff::{SignedDuration, Timestamp};

/// Lines of one subscription, one for each month.
const LINES: usize = 100;

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "times are no money"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let begin: Timestamp = "2020-01-01T00:00:00Z".parse()?;
    let mut last: Option<(f64, f64)> = None;
    for lines in [10_000, 100_000, 1_000_000] {
        let lives: Vec<_> = (0..lines / LINES)
            .map(|number| life(number, begin))
            .collect();
        let start = Instant::now();
        let mut segments = 0;
        for (live, invoices) in &lives {
            let seen_at = begin + SignedDuration::from_hours(24 * 30 * 120);
            let history = History::rebuild(live, seen_at, invoices, &[], &Catalog::default());
            let timeline = history.timeline(&Policy::clearsync(), seen_at);
            segments += timeline.map_or(0, |timeline| timeline.segments.len());
        }
        let took = start.elapsed().as_secs_f64();
        let exponent = last.map(|(fewer, less)| (took / less).ln() / (lines as f64 / fewer).ln());
        println!("{lines} lines: {took:.3} s, {segments} segments, exponent {exponent:.2?}");
        last = Some((lines as f64, took));
    }
    Ok(())
}

/// A subscription whose quantity changes every few months, and its invoices.
fn life(number: usize, begin: Timestamp) -> (Subscription, Vec<Invoice>) {
    let month = |count: usize| {
        begin + SignedDuration::from_hours(24 * 30) * i32::try_from(count).unwrap_or(0)
    };
    let id = format!("sub_{number}");
    let invoices: Vec<_> = (0..LINES)
        .map(|count| {
            let quantity = 1 + (number + count / 5) as u64 % 9;
            let period = Period {
                start: month(count),
                end: month(count + 1),
            };
            Invoice {
                id: format!("in_{number}_{count}").as_str().into(),
                customer: None,
                subscription: Some(id.as_str().into()),
                status: InvoiceStatus::Paid,
                currency: price().currency,
                created: period.start,
                finalized_at: Some(period.start),
                paid_at: Some(period.start),
                lines: vec![line(&id, quantity, period)],
                notes: Vec::new(),
            }
        })
        .collect();
    (subscription(&id, begin), invoices)
}

fn line(subscription: &str, quantity: u64, period: Period) -> InvoiceLine {
    InvoiceLine {
        id: "il_1".into(),
        subscription: Some(subscription.into()),
        item: Some("si_1".into()),
        price: Some("price_1".into()),
        product: None,
        quantity: Some(quantity),
        amount: &Fraction::from(quantity) * &Fraction::from(1000),
        unit_amount: None,
        discounts: Vec::new(),
        inclusive_tax: Fraction::zero(),
        period,
        proration: false,
    }
}

fn subscription(id: &str, begin: Timestamp) -> Subscription {
    Subscription {
        id: id.into(),
        customer: "cus_1".into(),
        status: Status::Active,
        currency: price().currency,
        items: vec![SubscriptionItem {
            id: "si_1".into(),
            price: price(),
            quantity: Some(1),
            discounts: Vec::new(),
            current_period: None,
            inclusive_tax: None,
            usage: Vec::new(),
        }],
        discounts: Vec::new(),
        customer_discount: None,
        created: begin,
        start_date: begin,
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

fn price() -> Price {
    Price {
        id: "price_1".into(),
        product: Some("prod_1".into()),
        nickname: None,
        currency: clearsync_billing::Currency::USD,
        recurring: Some(Recurring {
            interval: Interval::each(IntervalUnit::Month),
            usage: Usage::Licensed,
        }),
        scheme: Scheme::PerUnit(Fraction::from(1000)),
        currency_options: BTreeMap::new(),
        transform_quantity: None,
        tax_behavior: TaxBehavior::Exclusive,
    }
}
