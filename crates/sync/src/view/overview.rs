use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Money, SubscriptionRow};

/// The figures of the first screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// One entry a currency, the largest MRR first. Currencies are never added up without a rate.
    pub totals: Vec<Totals>,
    /// The subscriptions with the highest MRR.
    pub largest: Vec<SubscriptionRow>,
    /// Customers without a match in HubSpot.
    pub unmatched_customers: u32,
}

/// Totals in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Monthly recurring revenue now.
    pub mrr: Money,
    /// Twelve times MRR.
    pub arr: Money,
    /// MRR of subscriptions that are past due or set to end.
    pub at_risk: Money,
    /// Subscriptions with MRR above nought.
    pub subscriptions: u32,
    /// Customers with MRR above nought.
    pub customers: u32,
}
