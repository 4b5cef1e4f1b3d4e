//! Invoices, events and whole lives in a few words.

use clearsync_billing::{
    Catalog, Change, ChangeKind, EventId, Fraction, History, Invoice, InvoiceLine, InvoiceStatus,
    LineDiscount, LineId, Movement, Origin, Policy, Price, Status, Subscription, Timeline,
    movements,
};
use jiff::Timestamp;

use crate::build::*;

/// When everything in these tests was last read.
pub(crate) const SEEN: &str = "2026-12-31";

/// An invoice of `sub_1`, paid on the day it was made.
pub(crate) fn invoice(id: &str, created: &str, lines: Vec<InvoiceLine>) -> Invoice {
    Invoice {
        id: id.into(),
        customer: Some("cus_1".into()),
        subscription: Some("sub_1".into()),
        status: InvoiceStatus::Paid,
        is_first_charge: false,
        currency: currency("usd"),
        created: day(created),
        finalized_at: Some(day(created)),
        paid_at: Some(day(created)),
        lines,
        notes: Vec::new(),
    }
}

/// A recurring line of an item at `price_app`.
pub(crate) fn line(item: &str, quantity: u64, amount: i64, start: &str, end: &str) -> InvoiceLine {
    InvoiceLine {
        id: LineId::from(format!("il_{item}_{start}").as_str()),
        subscription: Some("sub_1".into()),
        item: Some(item.into()),
        price: Some("price_app".into()),
        product: Some("prod_app".into()),
        quantity: Some(quantity),
        amount: amount.into(),
        unit_amount: None,
        discounts: Vec::new(),
        inclusive_tax: Fraction::zero(),
        period: span(start, end),
        proration: false,
    }
}

pub(crate) trait LineWords {
    fn at(self, price: &str, product: &str) -> Self;
    fn prorated(self) -> Self;
    fn less(self, discount: &str, amount: i64) -> Self;
}

impl LineWords for InvoiceLine {
    fn at(mut self, price: &str, product: &str) -> Self {
        self.price = Some(price.into());
        self.product = Some(product.into());
        self
    }

    fn prorated(mut self) -> Self {
        self.proration = true;
        self
    }

    fn less(mut self, discount: &str, amount: i64) -> Self {
        self.discounts.push(LineDiscount {
            discount: discount.into(),
            amount: amount.into(),
        });
        self
    }
}

pub(crate) fn event(id: &str, at: &str, kind: ChangeKind, after: &Subscription) -> Change {
    Change {
        event: EventId::from(id),
        at: day(at),
        kind,
        after: after.clone(),
        before: None,
    }
}

pub(crate) fn catalog(prices: &[Price]) -> Catalog {
    let mut catalog = Catalog::default();
    for price in prices {
        catalog.add_price(price.clone());
    }
    catalog
}

/// All that is known of one subscription.
pub(crate) struct Life {
    pub(crate) present: Subscription,
    pub(crate) invoices: Vec<Invoice>,
    pub(crate) changes: Vec<Change>,
    pub(crate) catalog: Catalog,
}

impl Life {
    pub(crate) fn of(present: Subscription, invoices: Vec<Invoice>) -> Self {
        Self {
            present,
            invoices,
            changes: Vec::new(),
            catalog: Catalog::default(),
        }
    }

    pub(crate) fn told_by(present: Subscription, changes: Vec<Change>) -> Self {
        Self {
            changes,
            ..Self::of(present, Vec::new())
        }
    }

    pub(crate) fn knowing(self, prices: &[Price]) -> Self {
        Self {
            catalog: catalog(prices),
            ..self
        }
    }

    pub(crate) fn history(&self) -> History {
        History::rebuild(
            &self.present,
            day(SEEN),
            &self.invoices,
            &self.changes,
            &self.catalog,
        )
    }

    pub(crate) fn timeline(&self, policy: &Policy) -> Timeline {
        self.history().timeline(policy, day(SEEN)).unwrap()
    }

    /// Its movements, each in one line.
    pub(crate) fn story(&self, policy: &Policy) -> Vec<String> {
        story(&[self.timeline(policy)], policy)
    }
}

/// The movements of some timelines, each in one line.
pub(crate) fn story(timelines: &[Timeline], policy: &Policy) -> Vec<String> {
    movements(timelines, policy, |_| None)
        .iter()
        .map(told)
        .collect()
}

fn told(movement: &Movement) -> String {
    let origin = match &movement.origin {
        Origin::Event { event } => event.to_string(),
        Origin::Invoice { invoice } => invoice.to_string(),
        Origin::Dates => "dates".to_owned(),
        Origin::Present => "present".to_owned(),
    };
    format!(
        "{} {:?} {:?} {} → {} by {origin}",
        date(movement.at),
        movement.kind,
        movement.change_type,
        movement.before.mrr.minor,
        movement.after.mrr.minor,
    )
}

fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// January to April at 1000 each for `quantities`.
pub(crate) fn quarterly_story(quantities: [u64; 3]) -> Vec<Invoice> {
    let months = [
        ("2026-01-01", "2026-02-01"),
        ("2026-02-01", "2026-03-01"),
        ("2026-03-01", "2026-04-01"),
    ];
    months
        .into_iter()
        .zip(quantities)
        .enumerate()
        .map(|(number, ((start, end), quantity))| {
            let amount = i64::try_from(quantity).unwrap() * 1000;
            invoice(
                &format!("in_{}", number + 1),
                start,
                vec![line("si_1", quantity, amount, start, end)],
            )
        })
        .collect()
}

/// `present`, asked to end on one day and ended on another.
pub(crate) fn ended(at: &str, asked: &str, present: Subscription) -> Subscription {
    changed(present, |subscription| {
        subscription.status = Status::Canceled;
        subscription.canceled_at = Some(day(asked));
        subscription.ended_at = Some(day(at));
    })
}

/// The movements of a life under ClearSync's own rules.
pub(crate) fn clearsync(life: &Life) -> Vec<String> {
    life.story(&Policy::clearsync())
}
