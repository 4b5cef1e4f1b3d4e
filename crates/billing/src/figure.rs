//! A figure with its derivation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Amount, CouponId, DiscountId, Fraction, Interval, InvoiceId, ItemId, Money, Note, PriceId,
    ProductId, Reduction, SubscriptionId,
};

/// The MRR of one subscription at one moment, with everything needed to check it by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The exact amount.
    pub amount: Amount,
    /// The amount as it is shown and written.
    pub rounded: Money,
    /// What the same items would be without any discount.
    pub list: Amount,
    /// How it was worked out.
    pub derivation: Derivation,
    /// What was missing or assumed.
    pub notes: Vec<Note>,
}

/// How a figure was worked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// Whose figure it is.
    pub subscription: SubscriptionId,
    /// For which moment.
    pub at: Timestamp,
    /// The policy's name and version.
    pub policy: (String, u32),
    /// Why the subscription counts, or counts 0.
    pub standing: Standing,
    /// One step for each item.
    pub items: Vec<ItemStep>,
}

/// Why a subscription counts, or counts 0, at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Standing {
    /// Its status counts.
    Counts {
        /// In Stripe's words.
        status: String,
    },
    /// It ended, but the period paid for is not over.
    PaidUntil {
        /// When that period is over.
        until: Timestamp,
    },
    /// It has not begun.
    NotStarted {
        /// When it begins.
        starts: Timestamp,
    },
    /// It is in its trial.
    InTrial {
        /// When the trial ends.
        until: Option<Timestamp>,
    },
    /// It is over.
    Ended {
        /// Since when.
        since: Option<Timestamp>,
    },
    /// Its cancellation was asked for, and the policy counts that as the end.
    CancellationAsked {
        /// When it was asked for.
        at: Option<Timestamp>,
    },
    /// Its invoices are held back, and the policy counts that as 0.
    CollectionPaused,
    /// Nothing was paid yet, and the policy waits for the first payment.
    NotPaidYet,
    /// Its status does not count under the policy.
    StatusLeftOut {
        /// In Stripe's words.
        status: String,
    },
}

impl Standing {
    /// Whether the subscription's amount counts.
    #[must_use]
    pub fn counts(&self) -> bool {
        matches!(self, Self::Counts { .. } | Self::PaidUntil { .. })
    }
}

/// One item's way from its price to its MRR. Amounts are exact minor units per billing period, until `mrr`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemStep {
    /// Which item.
    pub item: ItemId,
    /// At which price.
    pub price: PriceId,
    /// Of which product.
    pub product: Option<ProductId>,
    /// How many; `None` for metered prices.
    pub quantity: Option<u64>,
    /// The amount before discounts, and how it came about.
    pub base: Base,
    /// What came off, in order.
    pub discounts: Vec<DiscountStep>,
    /// Tax that was in the amount.
    pub tax: Fraction,
    /// What is left for one billing period.
    pub per_period: Fraction,
    /// The billing interval; `None` for one-time prices.
    pub interval: Option<Interval>,
    /// What the amount per period is multiplied by to be an amount per month.
    pub factor: Fraction,
    /// The item's MRR, if the subscription counts.
    pub mrr: Fraction,
    /// The same without discounts.
    pub list_mrr: Fraction,
}

/// The amount of one billing period before discounts, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Base {
    /// Unit amount times units.
    PerUnit {
        /// Minor units for each.
        unit: Fraction,
        /// How many are billed, after packaging.
        units: u64,
    },
    /// Each tier's part of the quantity at the tier's price.
    Graduated {
        /// The tiers that were used.
        steps: Vec<TierStep>,
    },
    /// The whole quantity at one tier's price.
    Volume {
        /// The tier that was used.
        step: TierStep,
    },
    /// Measured usage of past periods.
    Usage {
        /// Which invoices billed it, newest first, with their amounts.
        periods: Vec<(InvoiceId, Fraction)>,
    },
    /// It counts nothing; a note says why.
    Nothing,
}

impl Base {
    /// Minor units for one billing period.
    #[must_use]
    pub fn amount(&self) -> Fraction {
        match self {
            Self::PerUnit { unit, units } => unit * &Fraction::from(*units),
            Self::Graduated { steps } => steps.iter().map(TierStep::amount).sum(),
            Self::Volume { step } => step.amount(),
            Self::Usage { periods } => {
                let sum: Fraction = periods.iter().map(|(_, amount)| amount).sum();
                let count = Fraction::from(periods.len() as u64);
                sum.checked_div(&count).unwrap_or_default()
            }
            Self::Nothing => Fraction::zero(),
        }
    }
}

/// What one tier adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierStep {
    /// The first unit of the tier.
    pub from: u64,
    /// The last; `None` when it has no end.
    pub up_to: Option<u64>,
    /// How many units are billed at it.
    pub units: u64,
    /// Minor units for each.
    pub unit: Fraction,
    /// Minor units once.
    pub flat: Fraction,
}

impl TierStep {
    /// Minor units of the tier.
    #[must_use]
    pub fn amount(&self) -> Fraction {
        &(&self.unit * &Fraction::from(self.units)) + &self.flat
    }
}

/// What one discount took off one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountStep {
    /// Which discount.
    pub discount: DiscountId,
    /// Of which coupon.
    pub coupon: CouponId,
    /// The coupon's name.
    pub name: Option<String>,
    /// Where it was applied.
    pub level: DiscountLevel,
    /// What it takes off in general.
    pub reduction: Reduction,
    /// What it took off here, in minor units per billing period.
    pub amount: Fraction,
}

/// Where a discount was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountLevel {
    /// On the item.
    Item,
    /// On the subscription.
    Subscription,
    /// On the customer.
    Customer,
    /// Read from an invoice, for that invoice's period.
    Invoice,
}
