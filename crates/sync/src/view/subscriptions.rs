use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Moment, Money, MovementRow, TimelinePoint};

/// Which subscriptions to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionQuery {
    /// Part of a customer's name, e-mail, a plan or an id.
    pub search: String,
    /// Only this status, as Stripe writes it.
    pub status: Option<String>,
    /// The order.
    pub order: SubscriptionOrder,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to give, at most 500.
    pub limit: u32,
}

/// The order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SubscriptionOrder {
    /// Highest MRR first.
    MrrDown,
    /// Lowest MRR first.
    MrrUp,
    /// By customer, A to Z.
    Customer,
    /// Newest first.
    StartedDown,
}

/// Some rows of all that match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionPage {
    /// The rows asked for.
    pub rows: Vec<SubscriptionRow>,
    /// How many match.
    pub total: u32,
}

/// One subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionRow {
    /// `sub_…`.
    pub id: String,
    /// Customer's name, or e-mail, or id.
    pub customer: String,
    /// Billing e-mail.
    pub email: Option<String>,
    /// Names of its products.
    pub plans: String,
    /// As Stripe writes it, such as `past_due`.
    pub status: String,
    /// Quantity over all items.
    pub quantity: String,
    /// Current MRR.
    pub mrr: Money,
    /// When it began.
    pub started_at: Option<Moment>,
    /// When the running period ends.
    pub renews_at: Option<Moment>,
    /// When it ends or ended.
    pub cancels_at: Option<Moment>,
    /// Whether an assumption was made or something was missing.
    pub noted: bool,
}

/// One subscription with the derivation of its MRR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionDetail {
    /// The row.
    pub row: SubscriptionRow,
    /// `cus_…`.
    pub customer_id: String,
    /// How the MRR was worked out.
    pub explanation: Explanation,
    /// The subscription in Stripe's dashboard.
    pub stripe_url: String,
    /// Its MRR over time, oldest first.
    pub timeline: Vec<TimelinePoint>,
    /// Its movements, newest first.
    pub movements: Vec<MovementRow>,
}

/// Why a figure is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// In one sentence.
    pub sentence: String,
    /// Step by step.
    pub lines: Vec<ExplanationLine>,
    /// Assumptions made and things missing, each a sentence.
    pub notes: Vec<String>,
}

/// One step of a derivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExplanationLine {
    /// What it is about, as people call it; `None` where nobody named it.
    pub name: Option<String>,
    /// Stripe's id of that: a price, a coupon, an item or the subscription.
    pub id: String,
    /// What is done, with its numbers.
    pub detail: String,
    /// What comes out, as money text.
    pub result: String,
}
