use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Moment, Money};

/// Which figures of the company to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CompanyQuery {
    /// In which currency, by its ISO 4217 code; `None` for the reporting currency, or else the one used most.
    pub currency: Option<String>,
    /// How many months back, the running one with them: 1 to 120.
    pub months: u32,
}

/// MRR of the whole company and what moved it, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CompanyFigures {
    /// The currency shown.
    pub currency: String,
    /// Every currency that ever had MRR, the most used first.
    pub currencies: Vec<String>,
    /// The currency everything is reported in, if one was chosen.
    pub reporting: Option<String>,
    /// Whether amounts of other currencies are converted in.
    pub converted: bool,
    /// Currencies left out because no rate is known.
    pub without_rate: Vec<String>,
    /// MRR now.
    pub mrr: Money,
    /// Twelve times MRR.
    pub arr: Money,
    /// What the running month changed so far.
    pub change_this_month: Money,
    /// MRR a year from now as far as it is agreed: without scheduled cancellations, and at full price where a promotion ends.
    pub committed: Money,
    /// MRR of subscriptions that are past due or unpaid, or whose card expires before the next renewal.
    pub at_risk: Money,
    /// Net revenue retention over the last twelve months, or as many as are shown if those are fewer; 1 is 100 %.
    pub net_retention: Option<String>,
    /// Gross revenue retention over the same time.
    pub gross_retention: Option<String>,
    /// Churned MRR of the last whole month as a share of its opening.
    pub churn_rate: Option<String>,
    /// Gained MRR over lost MRR, over the same time as retention; `None` when nothing was lost.
    pub quick_ratio: Option<String>,
    /// Oldest first; the last one is the running month.
    pub months: Vec<MonthFigures>,
    /// The share of movements that are told exactly and not rebuilt.
    pub exact_share: Option<String>,
    /// Renewals of the next thirty days, soonest first, at most 200.
    pub renewals: Vec<Renewal>,
    /// Customers by the month of their first MRR, oldest first, at most the 24 newest months.
    pub cohorts: Vec<CohortRow>,
}

/// What moved MRR in one month. The opening and all that follows add up to the closing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MonthFigures {
    /// Such as `2026-11`.
    pub month: String,
    /// MRR when it began.
    pub opening: Money,
    /// First MRR of new customers or subscriptions.
    pub new: Money,
    /// MRR that came back.
    pub reactivation: Money,
    /// Upgrades.
    pub expansion: Money,
    /// Downgrades, below zero.
    pub contraction: Money,
    /// Churn, below zero.
    pub churn: Money,
    /// What exchange rates changed.
    pub exchange: Money,
    /// MRR when it ended, or now.
    pub closing: Money,
}

/// A subscription's next bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Renewal {
    /// When it is due.
    pub at: Moment,
    /// `sub_…`.
    pub subscription: String,
    /// Customer's name, or e-mail, or id.
    pub customer: String,
    /// Its MRR from then on, in its own currency.
    pub mrr: Money,
}

/// The customers whose first MRR fell into one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CohortRow {
    /// Such as `2026-11`.
    pub month: String,
    /// How many customers.
    pub customers: u32,
    /// Their MRR at the end of this month and of each one after it.
    pub mrr: Vec<Money>,
    /// The same as shares of the first; empty when the first is zero.
    pub kept: Vec<String>,
}
