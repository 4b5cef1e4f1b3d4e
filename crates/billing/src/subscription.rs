//! A subscription as Stripe describes it, in either API shape.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Currency, CustomerId, Discount, Fraction, InvoiceId, ItemId, Note, Period, Price, ProductId,
    SubscriptionId,
};

/// A subscription as it stood at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Who pays.
    pub customer: CustomerId,
    /// Where it stands in its life.
    pub status: Status,
    /// The one currency it is billed in.
    pub currency: Currency,
    /// What is sold.
    pub items: Vec<SubscriptionItem>,
    /// Discounts of the whole subscription, in Stripe's order.
    pub discounts: Vec<Discount>,
    /// The customer's own discount, which holds when the subscription has none: Stripe documents that a subscription
    /// without discounts inherits its customer's.
    pub customer_discount: Option<Discount>,
    /// When the object was made.
    pub created: Timestamp,
    /// When it began; may lie before `created` when it was backdated.
    pub start_date: Timestamp,
    /// The trial, if there is or was one.
    pub trial: Option<Period>,
    /// When it is going to end by itself.
    pub cancel_at: Option<Timestamp>,
    /// Whether it ends with the current period.
    pub cancel_at_period_end: bool,
    /// When somebody asked for the cancellation.
    pub canceled_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether invoices are held back for now.
    pub pause_collection: Option<PauseCollection>,
    /// What is known about its first payment.
    pub first_payment: FirstPayment,
    /// What decoding had to assume or leave out.
    pub notes: Vec<Note>,
}

/// What is known about a subscription's first payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstPayment {
    /// No invoice was read.
    #[default]
    Unknown,
    /// It was billed and nothing was paid yet.
    Open,
    /// It was made at this time.
    PaidAt(Timestamp),
}

impl Subscription {
    /// The period now billed: from the earliest begin to the latest end of the items' periods.
    #[must_use]
    pub fn current_period(&self) -> Option<Period> {
        let periods = || self.items.iter().filter_map(|item| item.current_period);
        Some(Period {
            start: periods().map(|period| period.start).min()?,
            end: periods().map(|period| period.end).max()?,
        })
    }

    /// When it is going to end, if that is scheduled and has not happened.
    #[must_use]
    pub fn scheduled_end(&self) -> Option<Timestamp> {
        if self.status.is_final() {
            return None;
        }
        let at_period_end = || self.current_period().map(|period| period.end);
        self.cancel_at
            .or_else(|| self.cancel_at_period_end.then(at_period_end)?)
    }
}

/// One thing sold by a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionItem {
    /// Its id.
    pub id: ItemId,
    /// At what price.
    pub price: Price,
    /// How many; `None` for metered prices.
    pub quantity: Option<u64>,
    /// Discounts of this item alone, in Stripe's order. They come off before the subscription's.
    pub discounts: Vec<Discount>,
    /// The period now billed.
    pub current_period: Option<Period>,
    /// Which share of the amount is tax, for prices that include tax.
    pub inclusive_tax: Option<InclusiveTax>,
    /// What measured usage cost in past periods, newest first.
    pub usage: Vec<UsageCharge>,
}

impl SubscriptionItem {
    /// What is sold.
    #[must_use]
    pub fn product(&self) -> Option<&ProductId> {
        self.price.product.as_ref()
    }
}

/// How much of a tax-inclusive amount is tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InclusiveTax {
    /// Rates in percent of the amount before tax, summed up.
    Percent(Fraction),
    /// As an invoice worked it out: so much of the amount was tax.
    Invoiced {
        /// Tax in minor units.
        tax: Fraction,
        /// Out of this amount in minor units.
        of: Fraction,
    },
}

impl InclusiveTax {
    /// The share of the amount that is tax, from 0 to 1.
    #[must_use]
    pub fn share(&self) -> Fraction {
        match self {
            Self::Percent(percent) => percent.checked_div(&(percent + &Fraction::from(100))),
            Self::Invoiced { tax, of } => tax.checked_div(of),
        }
        .unwrap_or_default()
        .clamp(Fraction::zero(), Fraction::one())
    }
}

/// What measured usage cost in one past period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageCharge {
    /// The period the usage fell into.
    pub period: Period,
    /// Minor units after discounts, without tax.
    pub amount: Fraction,
    /// The invoice that billed it.
    pub invoice: InvoiceId,
}

/// Invoices are held back for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseCollection {
    /// What happens to invoices meanwhile: `keep_as_draft`, `mark_uncollectible` or `void`.
    pub behavior: String,
    /// When collection begins again by itself.
    pub resumes_at: Option<Timestamp>,
}

/// Where a subscription stands in its life.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In its trial.
    Trialing,
    /// Paid up.
    Active,
    /// An invoice is overdue and collection goes on.
    PastDue,
    /// Collection was given up and invoices stay drafts, but it was not canceled.
    Unpaid,
    /// The first invoice is not paid yet.
    Incomplete,
    /// The first invoice was not paid in time: it never began.
    IncompleteExpired,
    /// The trial ended without a payment method.
    Paused,
    /// Over.
    Canceled,
    /// A word of Stripe's that ClearSync does not know.
    Unknown(String),
}

impl Status {
    /// Whether nothing can follow.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }
}

impl From<&str> for Status {
    fn from(word: &str) -> Self {
        match word {
            "trialing" => Self::Trialing,
            "active" => Self::Active,
            "past_due" => Self::PastDue,
            "unpaid" => Self::Unpaid,
            "incomplete" => Self::Incomplete,
            "incomplete_expired" => Self::IncompleteExpired,
            "paused" => Self::Paused,
            "canceled" => Self::Canceled,
            unknown => Self::Unknown(unknown.to_owned()),
        }
    }
}
