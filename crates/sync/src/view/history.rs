use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Moment, Problem};

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
    /// Records made in HubSpot.
    pub created: u32,
    /// Records changed in HubSpot.
    pub updated: u32,
    /// Records HubSpot refused.
    pub failed: u32,
    /// What ended it early.
    pub problem: Option<Problem>,
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
