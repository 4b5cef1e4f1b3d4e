//! The rules by which MRR is counted, as data.

use std::{collections::BTreeSet, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use crate::{Fraction, Interval, IntervalUnit, Status};

/// A named, versioned set of rules. Every question on which billing tools differ is one switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The name shown with every figure.
    pub name: String,
    /// Rises when the meaning of a named policy changes.
    pub version: u32,
    /// Statuses that count.
    pub counted: BTreeSet<Status>,
    /// Which discounts are subtracted.
    pub discounts: DiscountRule,
    /// When a canceled subscription stops counting.
    pub cancellation: CancellationRule,
    /// Whether a subscription with held-back invoices counts.
    pub pause: PauseRule,
    /// Whether measured usage counts.
    pub metered: MeteredRule,
    /// From when the first invoice of a subscription counts.
    pub first_invoice: FirstInvoiceRule,
    /// Whose changes are told as movements.
    pub grain: Grain,
    /// Changes of one owner within this many minutes are one movement; 0 keeps each apart.
    pub grouping_window_min: u32,
    /// What a paid subscription that goes to zero without ending is.
    pub to_zero: ToZeroRule,
    /// What a new subscription of a customer who left is.
    pub returning: ReturningRule,
    /// A new subscription of the same customer that begins within this many days of another's end continues it;
    /// `None` never joins.
    pub migration_window_days: Option<u32>,
    /// Which exchange rate counts.
    pub exchange: ExchangeRule,
    /// How many days and weeks a month has.
    pub factors: Factors,
}

/// Which discounts are subtracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountRule {
    /// None: list prices.
    None,
    /// Those without end.
    Forever,
    /// Those for several invoices or without end.
    Recurring,
    /// All, also those for one invoice, for the period of that invoice.
    All,
}

/// When a canceled subscription stops counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancellationRule {
    /// When the cancellation is asked for.
    AtRequest,
    /// When the period paid for is over, also if the subscription ended sooner.
    AtPeriodEnd,
    /// When its status becomes canceled.
    AtStatusChange,
}

/// Whether a subscription with held-back invoices (`pause_collection`) counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseRule {
    /// It counts.
    Counts,
    /// It counts 0 while paused.
    Zero,
}

/// Whether measured usage counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeteredRule {
    /// Not at all.
    Off,
    /// As the last closed period.
    LastPeriod,
    /// As the mean of the last three closed periods.
    MeanOfLastThree,
}

/// From when the first invoice of a subscription counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstInvoiceRule {
    /// From when it is sent: the customer means to pay.
    WhenOpened,
    /// From when it is paid.
    WhenPaid,
}

/// Whose changes are told as movements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// Each subscription's own.
    Subscription,
    /// A customer's subscriptions together.
    Customer,
    /// All customers of a company together.
    Company,
}

/// What a paid subscription that goes to zero without ending is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToZeroRule {
    /// A downgrade.
    Downgrade,
    /// Churn.
    Churn,
}

/// What a new subscription of a customer who paid before and left is, when subscriptions are told one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturningRule {
    /// A reactivation: Stripe never revives a canceled subscription, so customers return with a new one.
    Reactivation,
    /// New, like any other.
    New,
}

/// Which exchange rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeRule {
    /// The rate of the day of each movement.
    AtMovement,
    /// The rate of the month's last day.
    MonthEnd,
    /// One fixed table for all time.
    Fixed,
}

/// How many days and weeks a month has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    /// Days of a month.
    pub days_per_month: Fraction,
    /// Weeks of a month.
    pub weeks_per_month: Fraction,
}

impl Factors {
    /// A twelfth of a year: 365/12 days, 52/12 weeks.
    #[must_use]
    pub fn calendar() -> Self {
        Self {
            days_per_month: Fraction::ratio(365, TWELVE),
            weeks_per_month: Fraction::ratio(52, TWELVE),
        }
    }

    /// 30 days and 4 weeks, as some tools count.
    #[must_use]
    pub fn commercial() -> Self {
        Self {
            days_per_month: Fraction::from(30),
            weeks_per_month: Fraction::from(4),
        }
    }

    /// What an amount per `interval` is multiplied by to get an amount per month.
    #[must_use]
    pub fn per_month(&self, interval: Interval) -> Fraction {
        let once = Fraction::ratio(1, interval.count);
        match interval.unit {
            IntervalUnit::Day => &self.days_per_month * &once,
            IntervalUnit::Week => &self.weeks_per_month * &once,
            IntervalUnit::Month => once,
            IntervalUnit::Year => once * Fraction::ratio(1, TWELVE),
        }
    }
}

const TWELVE: NonZeroU32 = NonZeroU32::MIN.saturating_add(11);

impl Policy {
    /// ClearSync's own rules: what is billed under subscriptions that are alive, net of every discount.
    #[must_use]
    pub fn clearsync() -> Self {
        Self {
            name: "ClearSync".to_owned(),
            version: 1,
            counted: BTreeSet::from([Status::Active, Status::PastDue, Status::Unpaid]),
            discounts: DiscountRule::All,
            cancellation: CancellationRule::AtStatusChange,
            pause: PauseRule::Counts,
            metered: MeteredRule::Off,
            first_invoice: FirstInvoiceRule::WhenOpened,
            grain: Grain::Subscription,
            grouping_window_min: 0,
            to_zero: ToZeroRule::Downgrade,
            returning: ReturningRule::Reactivation,
            migration_window_days: None,
            exchange: ExchangeRule::AtMovement,
            factors: Factors::calendar(),
        }
    }

    /// Stripe's dashboard as it comes: permanent discounts only, a scheduled cancellation leaves at once.
    #[must_use]
    pub fn stripe() -> Self {
        Self {
            name: "Stripe default".to_owned(),
            counted: BTreeSet::from([Status::Active, Status::PastDue]),
            discounts: DiscountRule::Forever,
            cancellation: CancellationRule::AtRequest,
            grain: Grain::Customer,
            to_zero: ToZeroRule::Churn,
            ..Self::clearsync()
        }
    }

    /// Stripe's dashboard with every discount subtracted.
    #[must_use]
    pub fn stripe_all_discounts() -> Self {
        Self {
            name: "Stripe, all discounts".to_owned(),
            discounts: DiscountRule::All,
            ..Self::stripe()
        }
    }

    /// Close to ChartMogul's defaults: by customer, counted from the first payment, an hour's activity grouped.
    #[must_use]
    pub fn chartmogul_like() -> Self {
        Self {
            name: "ChartMogul-like".to_owned(),
            counted: BTreeSet::from([Status::Active, Status::PastDue]),
            first_invoice: FirstInvoiceRule::WhenPaid,
            grain: Grain::Customer,
            grouping_window_min: 60,
            ..Self::clearsync()
        }
    }

    /// Only what is paid and going to stay.
    #[must_use]
    pub fn conservative() -> Self {
        Self {
            name: "Conservative".to_owned(),
            counted: BTreeSet::from([Status::Active]),
            cancellation: CancellationRule::AtRequest,
            pause: PauseRule::Zero,
            first_invoice: FirstInvoiceRule::WhenPaid,
            to_zero: ToZeroRule::Churn,
            ..Self::clearsync()
        }
    }

    /// The policies that come with ClearSync, the default first.
    #[must_use]
    pub fn presets() -> [Self; 5] {
        [
            Self::clearsync(),
            Self::stripe(),
            Self::stripe_all_discounts(),
            Self::chartmogul_like(),
            Self::conservative(),
        ]
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::clearsync()
    }
}
