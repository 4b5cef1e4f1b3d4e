//! Coupons and their application.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CouponId, Currency, DiscountId, Fraction, ItemId, Period, ProductId};

/// A coupon: what is taken off, for how long, and from which products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// Its id.
    pub id: CouponId,
    /// The name customers see.
    pub name: Option<String>,
    /// What is taken off.
    pub reduction: Reduction,
    /// For how long.
    pub duration: Duration,
    /// From which products; empty for all.
    pub applies_to: Vec<ProductId>,
}

/// What a coupon takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// A share of the amount, in percent: 0 to 100.
    Percent(Fraction),
    /// So many minor units of each invoice, by currency.
    Amount(BTreeMap<Currency, Fraction>),
    /// The data says neither.
    Unknown,
}

/// How long a coupon lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duration {
    /// For one invoice.
    Once,
    /// For every invoice within some months.
    Repeating {
        /// How many months, if said.
        months: Option<u32>,
    },
    /// Without end.
    Forever,
    /// A word of Stripe's that ClearSync does not know.
    Unknown(String),
}

/// A coupon applied to a customer, a subscription, an item or an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// Its id.
    pub id: DiscountId,
    /// The coupon's id, when the data says it.
    pub coupon_id: Option<CouponId>,
    /// The coupon, when the data holds it. Without it the discount takes nothing off, and a note says so.
    pub coupon: Option<Coupon>,
    /// From when it counts.
    pub start: Option<Timestamp>,
    /// From when on new invoices no longer get it. `None` for discounts without end.
    pub end: Option<Timestamp>,
    /// The one item it was applied to; `None` for a discount of the whole.
    pub on_item: Option<ItemId>,
    /// The only period it counts in: set for what was read from an invoice.
    pub only_in: Option<Period>,
}

impl Discount {
    /// A discount of which only the id is known.
    #[must_use]
    pub fn by_id(id: DiscountId) -> Self {
        Self {
            id,
            coupon_id: None,
            coupon: None,
            start: None,
            end: None,
            on_item: None,
            only_in: None,
        }
    }

    /// Whether it reduces the bill that is current at `at`, when `period` is the last one billed.
    ///
    /// A discount that ends within a period still holds for the whole of it, because Stripe takes it off the whole
    /// invoice: a coupon of three months on a yearly price reduces the first year's invoice. One attached after the period
    /// began was not on its invoice, and ends on its own date.
    #[must_use]
    pub fn holds(&self, at: Timestamp, period: Option<Period>) -> bool {
        let begun = self.start.is_none_or(|start| start <= at);
        let was_billed = |period: &Period| {
            period.contains(at) && self.start.is_none_or(|start| start <= period.start)
        };
        let billed_at = period.filter(was_billed).map_or(at, |period| period.start);
        let ended = self.end.is_some_and(|end| end <= billed_at);
        let in_its_period = self.only_in.is_none_or(|period| period.contains(at));
        begun && !ended && in_its_period
    }
}
