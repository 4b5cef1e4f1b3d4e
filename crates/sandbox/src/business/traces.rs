//! Which of the business's facts left a trace in what Stripe still tells.
//!
//! Read from the facts and from Stripe's raw objects, with nothing of the code under test. A life all of whose facts left
//! one can be told whole; any other one cannot, whoever tells it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    ledger::{Entry, Fact, Life},
    terms::Off,
};
use crate::StripeData;

/// Why a life cannot be told whole: what happened without a trace, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A change whose proration, if there is one, still waits for an invoice when the next cycle or the end comes.
    ChangeNotInvoiced,
    /// A discount that neither an invoice had nor the subscription still lists.
    DiscountNeverInvoiced,
    /// A cycle that begins without a discount, and whose invoice was never sent.
    DiscountEndNotInvoiced,
    /// An announced cancellation that was taken back, or announced again later.
    CancellationWithdrawn,
    /// The first payment came late, and no invoice says when; until then the subscription was incomplete.
    LateStart,
    /// A fixed amount off several items, of which another discount takes its part of one: invoices round the shares.
    SharesRounded,
}

/// What Stripe tells of one subscription.
pub struct Traces<'a> {
    subscription: &'a Value,
    /// When each line of an invoice that stands begins.
    lines: BTreeSet<i64>,
    /// The discounts taken off any of them.
    discounts: BTreeSet<&'a str>,
    /// When a first invoice was paid that was charged automatically.
    first_paid: BTreeSet<i64>,
}

impl<'a> Traces<'a> {
    /// What `data` tells of the subscription `id`; `None` when it has no such subscription.
    #[must_use]
    pub fn of(id: &str, data: &'a StripeData) -> Option<Self> {
        let standing = ["open", "paid", "uncollectible"];
        let invoices = || {
            data.all("invoice")
                .filter(|invoice| invoice["parent"]["subscription_details"]["subscription"] == id)
                .filter(|invoice| standing.iter().any(|status| invoice["status"] == *status))
        };
        let lines: Vec<&Value> = invoices()
            .flat_map(|invoice| invoice["lines"]["data"].as_array().into_iter().flatten())
            .collect();
        let off = |line: &&'a Value| line["discount_amounts"].as_array().into_iter().flatten();
        Some(Self {
            subscription: data.get("subscription", id)?,
            discounts: lines
                .iter()
                .flat_map(off)
                .filter_map(|off| off["discount"].as_str())
                .collect(),
            lines: lines
                .iter()
                .filter_map(|line| line["period"]["start"].as_i64())
                .collect(),
            first_paid: invoices()
                .filter(|invoice| invoice["billing_reason"] == "subscription_create")
                .filter(|invoice| invoice["collection_method"] == "charge_automatically")
                .filter_map(|invoice| invoice["status_transitions"]["paid_at"].as_i64())
                .collect(),
        })
    }

    /// What happened before `log_begins` without a trace, oldest first.
    #[must_use]
    pub fn missing(&self, life: &Life, log_begins: Timestamp) -> Vec<(Timestamp, Reason)> {
        let before = life.entries.iter().filter(|entry| entry.at < log_begins);
        let mut missing: Vec<_> = before
            .filter_map(|entry| Some((entry.at, self.reason(entry, life)?)))
            .collect();
        missing.dedup();
        missing
    }

    fn reason(&self, entry: &Entry, life: &Life) -> Option<Reason> {
        match &entry.fact {
            Fact::QuantityChanged { .. }
            | Fact::PlanChanged { .. }
            | Fact::PriceChanged { .. }
            | Fact::ItemAdded { .. } => {
                (!self.has_line(entry.at)).then_some(Reason::ChangeNotInvoiced)
            }
            Fact::DiscountStarted { coupon, .. } => {
                let mut listed = entry.terms.discounts.iter();
                let discount = listed.rfind(|one| one.coupon.id == coupon.id)?;
                let told = self.discounts.contains(discount.id.as_str())
                    || self.lists(&discount.id)
                    || !touches(&discount.id, life);
                (!told).then_some(Reason::DiscountNeverInvoiced)
            }
            Fact::DiscountEnded { .. } => {
                (!self.has_line(entry.at)).then_some(Reason::DiscountEndNotInvoiced)
            }
            Fact::CancellationScheduled { .. } => {
                let told = self.subscription["canceled_at"] == entry.at.as_second();
                (!told).then_some(Reason::CancellationWithdrawn)
            }
            Fact::CancellationUnscheduled { .. } => Some(Reason::CancellationWithdrawn),
            Fact::Activated => (!self.paid_first_at(entry.at)).then_some(Reason::LateStart),
            Fact::Started { .. }
            | Fact::TrialEnded
            | Fact::Canceled
            | Fact::PastDue
            | Fact::Recovered
            | Fact::Unpaid
            | Fact::Expired
            | Fact::Paused { .. }
            | Fact::Resumed => None,
        }
        .or_else(|| are_shares_rounded(entry).then_some(Reason::SharesRounded))
    }

    fn has_line(&self, at: Timestamp) -> bool {
        self.lines.contains(&at.as_second())
    }

    fn paid_first_at(&self, at: Timestamp) -> bool {
        self.first_paid.contains(&at.as_second())
    }

    fn lists(&self, discount: &str) -> bool {
        let items = self.subscription["items"]["data"].as_array();
        let of_items = items.into_iter().flatten().map(|item| &item["discounts"]);
        let all = of_items.chain([&self.subscription["discounts"]]);
        all.filter_map(Value::as_array)
            .flatten()
            .any(|listed| *listed == discount)
    }
}

/// Whether the discount is ever for anything the subscription sells.
fn touches(discount: &str, life: &Life) -> bool {
    life.entries.iter().any(|entry| {
        let mut discounts = entry.terms.discounts.iter();
        discounts.any(|one| {
            let product = one.coupon.product_id.as_ref();
            let mut items = entry.terms.items.iter();
            one.id == discount
                && items.any(|item| product.is_none_or(|id| *id == item.price.product.id))
        })
    })
}

fn are_shares_rounded(entry: &Entry) -> bool {
    let coupons = || {
        entry
            .terms
            .discounts
            .iter()
            .map(|discount| &discount.coupon)
    };
    entry.terms.items.len() > 1
        && coupons().any(|coupon| matches!(coupon.off, Off::Amount(..)))
        && coupons().any(|coupon| coupon.product_id.is_some())
}
