use serde::{Deserialize, Serialize};
use specta::Type;

use super::{FieldChange, Moment};

/// What is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum UndoTarget {
    /// Everything written to one record.
    Record {
        /// The kind of record as HubSpot's paths name it, such as `contacts`.
        object: String,
        /// Stripe's id of the customer, or the company's domain.
        key: String,
    },
    /// Everything one run wrote.
    Run {
        /// [`RunRow::id`](super::RunRow::id).
        run: u32,
    },
    /// Everything ClearSync ever wrote to this portal, properties included.
    Everything,
}

/// What would be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UndoSummary {
    /// Names the plan; carrying out does exactly this one.
    pub id: u32,
    /// When it was made.
    pub made_at: Moment,
    /// What it takes back.
    pub target: UndoTarget,
    /// Whether it takes back an earlier undo.
    pub redo: bool,
    /// Records whose values are put back.
    pub put_back: u32,
    /// Records that go to the recycle bin.
    pub archived: u32,
    /// Records that are made again.
    pub made_again: u32,
    /// Links that are taken away or made again.
    pub links: u32,
    /// Properties and groups that are removed or made again.
    pub definitions: u32,
    /// What is left as it is, with the reason.
    pub left: u32,
    /// Rows that the user holds back, and what those need; they are not carried out.
    pub waiting: u32,
    /// Requests it needs.
    pub requests: u32,
    /// Requests a day the portal allows, where known.
    pub daily_limit: Option<u32>,
    /// Requests the portal has left today, where known.
    pub daily_left: Option<u32>,
}

/// What is done to take something back; the words are under `undo.action.<action>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum UndoAction {
    /// Values are put back.
    PutBack,
    /// The record goes to the recycle bin.
    Archive,
    /// The record is made again.
    MakeAgain,
    /// The link is taken away.
    Unlink,
    /// The link is made again.
    LinkAgain,
    /// The property or group is removed.
    Remove,
    /// The property or group is made again.
    DefineAgain,
    /// It is left as it is.
    Leave,
}

/// Why something is left as it is; the words are under `undo.leave.<reason>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum LeaveReason {
    /// Others changed it since.
    ChangedByOthers,
    /// A later run wrote the same values.
    WrittenSince,
    /// It was merged into another record.
    Merged,
    /// It was deleted in HubSpot.
    Deleted,
    /// Its object type was removed. A sync makes both again.
    ObjectTypeRemoved,
    /// A record that is left, or a write that stays, needs the property or group.
    StillUsed,
    /// Another Stripe account is brought to the same portal and needs it.
    SharedPortal,
    /// This version does not know the kind of record.
    KindUnknown,
}

/// Which rows to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UndoQuery {
    /// Only what is done so.
    pub action: Option<UndoAction>,
    /// Only this kind of record, as HubSpot's paths name it.
    pub object: Option<String>,
    /// Part of a name, e-mail, domain or id.
    pub search: String,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to give, at most 500.
    pub limit: u32,
}

/// Some rows of all that match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UndoPage {
    /// The rows asked for.
    pub rows: Vec<UndoRow>,
    /// How many match.
    pub total: u32,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UndoRow {
    /// Names the row within the plan.
    pub id: u32,
    /// Kind of record, such as `contacts`, of link, such as `contacts_companies`, `properties` or `groups`.
    pub object: String,
    /// What a person recognises it by.
    pub name: String,
    /// The record in HubSpot, where there is one.
    pub hubspot_id: Option<String>,
    /// The record's page in HubSpot.
    pub url: Option<String>,
    /// What is done.
    pub action: UndoAction,
    /// Why it is left.
    pub reason: Option<LeaveReason>,
    /// The properties for the sake of which it is left.
    pub because_of: Vec<String>,
    /// Whether it stays as it is.
    pub waits: bool,
    /// Whether the user said so of this very row; else something that stays needs it.
    pub held: bool,
    /// Field by field.
    pub changes: Vec<FieldChange>,
}
