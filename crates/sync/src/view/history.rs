use serde::{Deserialize, Serialize};
use specta::Type;

use super::{FieldChange, Moment, Problem};

/// One run that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunRow {
    /// Names the run.
    pub id: u32,
    /// Which.
    pub kind: RunKind,
    /// When it began.
    pub started_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// How it ended; `None` while it is under way.
    pub outcome: Option<RunOutcome>,
    /// Stripe objects that were new or changed.
    pub objects_read: u32,
    /// Why everything was read, when events were not enough.
    #[specta(optional)]
    pub whole_read: Option<WholeReadReason>,
    /// The day's comparison of the store with Stripe, when it was made in this run.
    #[specta(optional)]
    pub compared: Option<Compared>,
    /// Records made in HubSpot.
    pub created: u32,
    /// Records changed in HubSpot.
    pub updated: u32,
    /// Records of ClearSync's own that went to HubSpot's recycle bin.
    pub removed: u32,
    /// Records HubSpot refused.
    pub failed: u32,
    /// What ended it early.
    pub problem: Option<Problem>,
}

/// Why events were not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum WholeReadReason {
    /// Nothing was read before.
    Never,
    /// Reading was begun and not finished.
    Unfinished,
    /// Stripe may no longer keep all events since the last time.
    GapTooLong,
    /// The computer's clock was set back, so that nobody knows how long the gap is.
    ClockSetBack,
    /// The key may read again what it might not for a while.
    PermissionBack,
    /// The key may not read events, and everything was last read a day ago.
    EventsRefused,
}

/// How what is kept of Stripe compared with Stripe. What differed is right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    /// Subscriptions and open invoices that were compared.
    pub objects: u32,
    /// Those of them that differed.
    pub differing: u32,
}

/// Kinds of run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RunKind {
    /// Reading all of Stripe.
    Import,
    /// Following Stripe, planning and writing.
    Sync,
    /// Writing a plan the user approved.
    Push,
    /// Taking back what was written.
    Undo,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RunOutcome {
    /// All done.
    Done,
    /// Done, and some records were refused.
    DoneWithRefusals,
    /// Stands and goes on where it stopped.
    Stopped,
    /// Ended by a problem.
    Failed,
    /// Waits for the user's word on the plan.
    WaitsForApproval,
}

/// Which writes of a run to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunChangesQuery {
    /// [`RunRow::id`].
    pub run: u32,
    /// Only this kind of record, as HubSpot's paths name it.
    pub object: Option<String>,
    /// Only what was done so.
    pub action: Option<WriteAction>,
    /// Only those that came to this.
    pub state: Option<WriteState>,
    /// Part of a key or of a value.
    pub search: String,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to give, at most 500.
    pub limit: u32,
}

/// Some writes of all that match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunChangesPage {
    /// The rows asked for.
    pub rows: Vec<RunChange>,
    /// How many match.
    pub total: u32,
}

/// One write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunChange {
    /// Names the write.
    pub id: u32,
    /// Kind of record, such as `contacts`, of link, such as `contacts_companies`, `properties` or `groups`.
    pub object: String,
    /// Stripe's id of the customer, the company's domain, or what else it is about. Undoing the record takes these two.
    pub key: String,
    /// What a person recognises it by.
    pub name: String,
    /// HubSpot's id of the record, where there is one.
    pub hubspot_id: Option<String>,
    /// The record's page in HubSpot.
    pub url: Option<String>,
    /// What was done.
    pub action: WriteAction,
    /// What came of it.
    pub state: WriteState,
    /// HubSpot's code of a refusal, such as `INVALID_EMAIL`; or `gone`, `changed`.
    pub refusal: Option<String>,
    /// When it was noted.
    pub at: Moment,
    /// Field by field.
    pub changes: Vec<FieldChange>,
    /// Whether it is something that can be taken back by itself.
    pub can_be_undone: bool,
}

/// What a write did; the words are under `write.<action>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum WriteAction {
    /// Made something.
    Create,
    /// Changed something.
    Update,
    /// Put a record in the recycle bin.
    Archive,
    /// Linked two records.
    Associate,
    /// Took a link away.
    Unlink,
    /// Removed a property or a group.
    Remove,
}

/// What came of a write; the words are under `writeState.<state>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum WriteState {
    /// Not yet known.
    Open,
    /// HubSpot confirmed it.
    Done,
    /// HubSpot did not do it.
    Refused,
}
