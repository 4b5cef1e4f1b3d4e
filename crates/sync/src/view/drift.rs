use serde::{Deserialize, Serialize};
use specta::Type;

use super::Moment;

/// What HubSpot holds otherwise than it was last written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DriftView {
    /// Records that differ.
    pub differing: u32,
    /// Records looked at in this round.
    pub looked_at: u32,
    /// Records there are to look at.
    pub total: u32,
    /// When it was last looked.
    pub at: Option<Moment>,
    /// The records, newest first.
    pub rows: Vec<DriftRow>,
}

/// One record, or one property, pipeline, label or object type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DriftRow {
    /// What it is, as the journal names it, such as `contacts` or `properties`.
    pub object: String,
    /// Stripe's id of the customer, or the company's domain.
    pub key: String,
    /// What a person recognises it by.
    pub name: String,
    /// HubSpot's id; empty where it has none.
    pub hubspot_id: String,
    /// Its page in HubSpot.
    pub url: Option<String>,
    /// What became of it; the words are under `drift.<finding>`.
    pub finding: DriftFinding,
    /// Property by property.
    pub differences: Vec<DriftDifference>,
    /// When it was seen.
    pub seen_at: Moment,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum DriftFinding {
    /// It holds other values.
    Changed,
    /// It was merged into another record.
    Merged,
    /// It was deleted.
    Gone,
}

/// One property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DriftDifference {
    /// Internal name.
    pub property: String,
    /// As HubSpot shows it.
    pub label: String,
    /// What was last written; empty text is no value.
    pub written: String,
    /// What HubSpot holds.
    pub held: String,
    /// Whether the next sync puts it right, since the property is ClearSync's.
    pub repaired: bool,
}
