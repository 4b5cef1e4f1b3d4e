use clearsync_billing::{Factors, Grain, Status};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Money;

/// Names a set of rules by which MRR is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PolicyId {
    /// ClearSync's own rules.
    Clearsync,
    /// Stripe's dashboard as it comes.
    Stripe,
    /// Stripe's dashboard with every discount subtracted.
    StripeAllDiscounts,
    /// Close to ChartMogul's defaults.
    ChartMogul,
    /// Only what is paid and going to stay.
    Conservative,
    /// The user's own.
    Own,
}

/// The policies there are, and the one that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolicyChoices {
    /// The one by which everything is counted.
    pub active: PolicyView,
    /// Those that come with ClearSync, the default first.
    pub presets: Vec<PolicyView>,
    /// The user's own, once there is one.
    pub own: Option<PolicyView>,
}

/// A named set of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolicyView {
    /// Which.
    pub id: PolicyId,
    /// The name shown with every figure.
    pub name: String,
    /// Rises when the meaning changes.
    pub version: u32,
    /// Its rules.
    pub switches: PolicySwitches,
}

/// Every question on which billing tools differ, answered. The words are under `policy.<switch>.<value>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolicySwitches {
    /// Statuses that count.
    pub counted: Vec<CountedStatus>,
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
    pub grain: MovementGrain,
    /// Changes of one owner within this many minutes are one movement; 0 keeps each apart. At most 1440.
    pub grouping_window_min: u32,
    /// What a paid subscription that goes to zero without ending is.
    pub to_zero: ToZeroRule,
    /// What a new subscription of a customer who left is.
    pub returning: ReturningRule,
    /// A new subscription that begins within this many days of another's end continues it; `None` never joins. At most 366.
    pub migration_window_days: Option<u32>,
    /// Which exchange rate counts.
    pub exchange: ExchangeRule,
    /// How many days and weeks a month has.
    pub factors: FactorRule,
}

/// Statuses of Stripe's that can be counted, in Stripe's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is named as Stripe names the status")]
pub enum CountedStatus {
    Trialing,
    Active,
    PastDue,
    Unpaid,
    Incomplete,
    Paused,
}

/// An enum of billing's under the window's own spelling.
macro_rules! switch {
    ($(#[$doc:meta])+ $name:ident { $($(#[$variant_doc:meta])+ $variant:ident),+ $(,)? }) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
        #[serde(rename_all = "camelCase")]
        pub enum $name { $($(#[$variant_doc])+ $variant),+ }

        impl From<clearsync_billing::$name> for $name {
            fn from(rule: clearsync_billing::$name) -> Self {
                match rule { $(clearsync_billing::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for clearsync_billing::$name {
            fn from(rule: $name) -> Self {
                match rule { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

switch! {
    /// Which discounts are subtracted.
    DiscountRule {
        /// None: list prices.
        None,
        /// Those without end.
        Forever,
        /// Those for several invoices or without end.
        Recurring,
        /// All.
        All,
    }
}
switch! {
    /// When a canceled subscription stops counting.
    CancellationRule {
        /// When the cancellation is asked for.
        AtRequest,
        /// When the period paid for is over.
        AtPeriodEnd,
        /// When its status becomes canceled.
        AtStatusChange,
    }
}
switch! {
    /// Whether a subscription with held-back invoices counts.
    PauseRule {
        /// It counts.
        Counts,
        /// It counts 0 while paused.
        Zero,
    }
}
switch! {
    /// Whether measured usage counts.
    MeteredRule {
        /// Not at all.
        Off,
        /// As the last closed period.
        LastPeriod,
        /// As the mean of the last three closed periods.
        MeanOfLastThree,
    }
}
switch! {
    /// From when the first invoice of a subscription counts.
    FirstInvoiceRule {
        /// From when it is sent.
        WhenOpened,
        /// From when it is paid.
        WhenPaid,
    }
}
switch! {
    /// What a paid subscription that goes to zero without ending is.
    ToZeroRule {
        /// A downgrade.
        Downgrade,
        /// Churn.
        Churn,
    }
}
switch! {
    /// What a new subscription of a customer who left is.
    ReturningRule {
        /// A reactivation.
        Reactivation,
        /// New, like any other.
        New,
    }
}
switch! {
    /// Which exchange rate counts.
    ExchangeRule {
        /// The rate of the day of each movement.
        AtMovement,
        /// The rate of the month's last day.
        MonthEnd,
        /// One fixed table for all time.
        Fixed,
    }
}

/// Whose changes are told as movements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum MovementGrain {
    /// Each subscription's own.
    Subscription,
    /// A customer's subscriptions together.
    Customer,
    /// All customers of a company together.
    Company,
}

/// How many days and weeks a month has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FactorRule {
    /// A twelfth of a year: 365/12 days, 52/12 weeks.
    Calendar,
    /// 30 days and 4 weeks.
    Commercial,
}

/// What another set of rules would change, now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolicyPreview {
    /// By currency, the most used first.
    pub totals: Vec<PolicyTotals>,
    /// The subscriptions whose MRR would change, the largest change first, at most 500.
    pub rows: Vec<PolicyPreviewRow>,
    /// How many would change.
    pub total: u32,
}

/// MRR of one currency under both sets of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolicyTotals {
    /// ISO 4217 code, upper case.
    pub currency: String,
    /// MRR under the active rules.
    pub before: Money,
    /// MRR under the others.
    pub after: Money,
    /// Subscriptions whose MRR would change.
    pub subscriptions: u32,
}

/// One subscription under both sets of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolicyPreviewRow {
    /// `sub_…`.
    pub subscription: String,
    /// Customer's name, or e-mail, or id.
    pub customer: String,
    /// MRR under the active rules.
    pub before: Money,
    /// MRR under the others.
    pub after: Money,
    /// Why, in the order in which one set of rules is turned into the other.
    pub causes: Vec<CauseCode>,
}

/// Why two sets of rules count differently; the words are under `cause.<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum CauseCode {
    /// Discounts that one subtracts and the other does not.
    Discounts,
    /// When a canceled subscription stops counting.
    CancellationTiming,
    /// Overdue and unpaid subscriptions.
    PastDue,
    /// Other statuses, such as trials.
    Statuses,
    /// Held-back invoices.
    Pauses,
    /// Measured usage.
    Metered,
    /// Waiting for the first payment.
    FirstPayment,
    /// Days and weeks of a month.
    Factors,
    /// Rounding each subscription instead of the sum.
    Rounding,
}

/// The way from our MRR to another set of rules' in one currency, now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BridgeView {
    /// MRR under the active rules.
    pub ours: Money,
    /// MRR under the others.
    pub theirs: Money,
    /// What lies between, cause by cause; the amounts add up to the difference but for the rounding of each.
    pub causes: Vec<BridgeCause>,
}

/// What one cause adds, or takes when below zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BridgeCause {
    /// Which.
    pub cause: CauseCode,
    /// How much.
    pub amount: Money,
    /// How many subscriptions it concerns.
    pub subscriptions: u32,
}

/// Beyond a day, a group would hold movements that have nothing to do with each other.
const LONGEST_GROUPING_MIN: u32 = 24 * 60;
const LONGEST_MIGRATION_DAYS: u32 = 366;

impl PolicySwitches {
    /// The rules as billing takes them, under a name and version.
    pub(crate) fn policy(&self, name: &str, version: u32) -> clearsync_billing::Policy {
        clearsync_billing::Policy {
            name: name.to_owned(),
            version,
            counted: self.counted.iter().map(|status| status.status()).collect(),
            discounts: self.discounts.into(),
            cancellation: self.cancellation.into(),
            pause: self.pause.into(),
            metered: self.metered.into(),
            first_invoice: self.first_invoice.into(),
            grain: match self.grain {
                MovementGrain::Subscription => Grain::Subscription,
                MovementGrain::Customer => Grain::Customer,
                MovementGrain::Company => Grain::Company,
            },
            grouping_window_min: self.grouping_window_min.min(LONGEST_GROUPING_MIN),
            to_zero: self.to_zero.into(),
            returning: self.returning.into(),
            migration_window_days: self
                .migration_window_days
                .map(|days| days.min(LONGEST_MIGRATION_DAYS)),
            exchange: self.exchange.into(),
            factors: match self.factors {
                FactorRule::Calendar => Factors::calendar(),
                FactorRule::Commercial => Factors::commercial(),
            },
        }
    }
}

impl From<&clearsync_billing::Policy> for PolicySwitches {
    fn from(policy: &clearsync_billing::Policy) -> Self {
        let counts = |status: &CountedStatus| policy.counted.contains(&status.status());
        Self {
            counted: CountedStatus::ALL.into_iter().filter(counts).collect(),
            discounts: policy.discounts.into(),
            cancellation: policy.cancellation.into(),
            pause: policy.pause.into(),
            metered: policy.metered.into(),
            first_invoice: policy.first_invoice.into(),
            grain: match policy.grain {
                Grain::Subscription => MovementGrain::Subscription,
                Grain::Customer => MovementGrain::Customer,
                Grain::Company => MovementGrain::Company,
            },
            grouping_window_min: policy.grouping_window_min,
            to_zero: policy.to_zero.into(),
            returning: policy.returning.into(),
            migration_window_days: policy.migration_window_days,
            exchange: policy.exchange.into(),
            factors: if policy.factors == Factors::commercial() {
                FactorRule::Commercial
            } else {
                FactorRule::Calendar
            },
        }
    }
}

impl CountedStatus {
    const ALL: [Self; 6] = [
        Self::Trialing,
        Self::Active,
        Self::PastDue,
        Self::Unpaid,
        Self::Incomplete,
        Self::Paused,
    ];

    fn status(self) -> Status {
        match self {
            Self::Trialing => Status::Trialing,
            Self::Active => Status::Active,
            Self::PastDue => Status::PastDue,
            Self::Unpaid => Status::Unpaid,
            Self::Incomplete => Status::Incomplete,
            Self::Paused => Status::Paused,
        }
    }
}

impl From<clearsync_billing::Cause> for CauseCode {
    fn from(cause: clearsync_billing::Cause) -> Self {
        use clearsync_billing::Cause;
        match cause {
            Cause::Discounts => Self::Discounts,
            Cause::CancellationTiming => Self::CancellationTiming,
            Cause::PastDue => Self::PastDue,
            Cause::Statuses => Self::Statuses,
            Cause::Pauses => Self::Pauses,
            Cause::Metered => Self::Metered,
            Cause::FirstPayment => Self::FirstPayment,
            Cause::Factors => Self::Factors,
            Cause::Rounding => Self::Rounding,
        }
    }
}
