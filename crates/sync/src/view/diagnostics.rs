use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    AttentionKind, CheckState, Choices, KeyStorage, Level, Mode, Moment, Phase, PolicyId,
    ProblemCode, RealtimeState, RunKind, RunOutcome, Service, WholeReadReason, WriteMode,
};

/// What ClearSync can say about itself to whoever helps: how it is set, how much it holds, how its runs ended. It names
/// no customer and no amount, and no key or part of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostics {
    /// When it was put together.
    pub made_at: Moment,
    /// ClearSync's version.
    pub version: String,
    /// Stripe's API version in use.
    pub stripe_api_version: String,
    /// HubSpot's API version in use.
    pub hubspot_api_version: String,
    /// Whether sample accounts stand in for the real ones.
    pub sample_data: bool,
    /// The state.
    pub phase: Phase,
    /// When everything was last in sync.
    pub last_sync_at: Option<Moment>,
    /// When the next run starts by itself.
    pub next_sync_at: Option<Moment>,
    /// What is set.
    pub settings: DiagnosedSettings,
    /// What is connected.
    pub connections: Vec<DiagnosedConnection>,
    /// Both checklists, as far as they are known in this process.
    pub checklists: Vec<DiagnosedChecklist>,
    /// The latest runs, newest first.
    pub runs: Vec<DiagnosedRun>,
    /// How many open items there are of each kind.
    pub attention: BTreeMap<AttentionKind, u32>,
    /// The store.
    pub store: DiagnosedStore,
}

/// What is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosedSettings {
    /// Minutes between runs; `None` follows the account's activity.
    pub interval_minutes: Option<u32>,
    /// Minutes in force now.
    pub interval_now_minutes: u32,
    /// Whether the user is told when something needs them.
    pub notify: bool,
    /// What may be created.
    pub choices: Choices,
    /// How HubSpot is written.
    pub write_mode: WriteMode,
    /// Whether filters narrow about whom.
    pub filtered: bool,
    /// By which rules MRR is counted, once there is an account.
    pub policy: Option<PolicyId>,
    /// How real time stands.
    pub realtime: RealtimeState,
}

/// A key that is connected, without anything of the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosedConnection {
    /// With what.
    pub service: Service,
    /// The user's own account or portal, where it is known.
    pub id: Option<String>,
    /// Test or live; Stripe's alone.
    pub mode: Option<Mode>,
    /// `false` for a plain secret key of Stripe.
    pub restricted: Option<bool>,
    /// Since when.
    pub connected_at: Moment,
    /// Where the key is kept.
    pub storage: KeyStorage,
}

/// What is known of a key's permissions or scopes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosedChecklist {
    /// Whose.
    pub service: Service,
    /// When the last check ended.
    pub checked_at: Option<Moment>,
    /// What stopped the whole check.
    pub problem: Option<DiagnosedProblem>,
    /// Row by row.
    pub rows: Vec<DiagnosedCheck>,
}

/// One permission or scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosedCheck {
    /// As [`super::CheckRow::id`].
    pub id: String,
    /// What it is to be set to.
    pub level: Level,
    /// What is known of it.
    pub state: CheckState,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosedRun {
    /// Names the run.
    pub id: u32,
    /// Which.
    pub kind: RunKind,
    /// When it began.
    pub started_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// How it ended.
    pub outcome: Option<RunOutcome>,
    /// Stripe objects that were new or changed.
    pub objects_read: u32,
    /// Why everything was read.
    pub whole_read: Option<WholeReadReason>,
    /// Records made in HubSpot.
    pub created: u32,
    /// Records changed in HubSpot.
    pub updated: u32,
    /// Records removed from HubSpot.
    pub removed: u32,
    /// Records that HubSpot refused.
    pub failed: u32,
    /// What ended it early.
    pub problem: Option<DiagnosedProblem>,
}

/// A problem without what its words name, which may be the user's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosedProblem {
    /// What happened.
    pub code: ProblemCode,
    /// The provider's id of the request, for its support.
    pub request_id: Option<String>,
}

/// The store, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosedStore {
    /// The file's version.
    pub schema_version: i64,
    /// The newest version this program knows.
    pub known_version: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
}
