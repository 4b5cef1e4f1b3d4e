use serde::{Deserialize, Serialize};
use specta::Type;

use super::Moment;

/// Who has the say about a property's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Ownership {
    /// ClearSync writes what it works out, whatever stands there.
    Owned,
    /// ClearSync fills it where it is empty, and never touches it again.
    FillIfEmpty,
    /// ClearSync never writes it.
    Never,
}

/// What ClearSync may do without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GuardSettings {
    /// A push that touches more than this share of the records, in percent, and more than
    /// [`unasked_records`](Self::unasked_records), waits for the user's word. The first push always does.
    pub unasked_share_percent: u32,
    /// See [`unasked_share_percent`](Self::unasked_share_percent).
    pub unasked_records: u32,
    /// The share of the portal's requests a day that is left to others, in percent.
    pub free_requests_percent: u32,
    /// Every property ClearSync may write.
    pub properties: Vec<PropertyGuard>,
}

/// Who has the say about one property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PropertyGuard {
    /// The kind of record as HubSpot's paths name it, such as `contacts`.
    pub object: String,
    /// Internal name.
    pub property: String,
    /// As HubSpot shows it.
    pub label: String,
    /// Who has the say.
    pub ownership: Ownership,
    /// Whether that can be changed. Records are found again by their key, so that it is always ClearSync's.
    pub fixed: bool,
}

/// One change of [`GuardSettings`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", content = "value")]
pub enum GuardChange {
    /// From 0 to 100.
    UnaskedSharePercent(u32),
    /// From 0.
    UnaskedRecords(u32),
    /// From 0 to 90.
    FreeRequestsPercent(u32),
    /// One property's ownership.
    Property {
        /// [`PropertyGuard::object`].
        object: String,
        /// [`PropertyGuard::property`].
        property: String,
        /// The new one.
        ownership: Ownership,
    },
}

/// What is left of a portal's requests of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QuotaView {
    /// Requests a day the portal allows, where known.
    pub daily_limit: Option<u32>,
    /// Requests the portal has left today, where known.
    pub daily_left: Option<u32>,
    /// When HubSpot said so.
    pub seen_at: Option<Moment>,
    /// When the day ends in the portal's time zone.
    pub resets_at: Option<Moment>,
    /// The share ClearSync leaves to others, in percent.
    pub free_percent: u32,
}
