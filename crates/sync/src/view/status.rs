use serde::{Deserialize, Serialize};
use specta::Type;

use super::{HubSpotConnection, Moment, Problem, RunKind, RunRow, StripeConnection};

/// The one sentence of state, and all that the rail, the tray and the progress view need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The state; each has its own tray icon.
    pub phase: Phase,
    /// The run under way.
    pub progress: Option<RunProgress>,
    /// The last run that ended.
    pub last_run: Option<RunRow>,
    /// When everything was last in sync.
    pub last_sync_at: Option<Moment>,
    /// When the next run starts by itself.
    pub next_sync_at: Option<Moment>,
    /// Until when syncing is paused; `None` while paused means until resumed.
    pub paused_until: Option<Moment>,
    /// How many open items need the user.
    pub attention: u32,
    /// How many changes wait in the plan.
    pub waiting_changes: u32,
    /// What stands in the way right now.
    pub problem: Option<Problem>,
    /// Whether sample accounts stand in for the real ones.
    pub sample_data: bool,
    /// Whether the tray icon can be seen.
    pub tray: TrayPresence,
    /// The Stripe side.
    pub stripe: Option<StripeConnection>,
    /// The HubSpot side.
    pub hubspot: Option<HubSpotConnection>,
}

/// The six states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Setup is not finished.
    NotSetUp,
    /// All done until the next run.
    Idle,
    /// A run is under way.
    Syncing,
    /// The user paused syncing.
    Paused,
    /// A service cannot be reached; tried again by itself.
    Offline,
    /// Something needs the user.
    Attention,
}

/// Whether a tray host shows the icon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum TrayPresence {
    /// Not known yet.
    #[default]
    Unknown,
    /// Shown.
    Shown,
    /// The desktop has no place for it.
    NoHost,
}

/// How far a run is. Counts never go back within a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunProgress {
    /// Which run.
    pub run: RunKind,
    /// What it does now.
    pub step: RunStep,
    /// Done in this step.
    pub done: u32,
    /// All of this step, where known.
    pub total: Option<u32>,
    /// Records a second over the last two minutes.
    pub per_second: u32,
    /// Minutes left, rounded up to 1, 2, 3, 5, 10, 15, 20, 30, 60 …; `None` while it cannot be told.
    pub minutes_left: Option<u32>,
    /// Stripe's lists one by one, while reading.
    pub lists: Vec<ListProgress>,
    /// Whether it is held for the user to resume.
    pub held: bool,
}

/// What a run does, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RunStep {
    /// Reading Stripe.
    Reading,
    /// Working out MRR.
    Computing,
    /// Matching with HubSpot and planning.
    Planning,
    /// Writing HubSpot.
    Writing,
}

/// One list of Stripe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ListProgress {
    /// Which.
    pub list: ListName,
    /// How it stands.
    pub state: ListState,
    /// Objects read.
    pub done: u32,
    /// All of them, where known.
    pub total: Option<u32>,
    /// Objects a second.
    pub per_second: u32,
}

/// Stripe's lists that are read; the words are under `list.<name>`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each is named as Stripe names the list")]
pub enum ListName {
    Products,
    Prices,
    Coupons,
    Customers,
    Subscriptions,
    Invoices,
    Charges,
    PaymentIntents,
    PaymentMethods,
    Accounts,
}

/// How reading one list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ListState {
    /// Not begun.
    Waiting,
    /// Pages are coming.
    Reading,
    /// All read.
    Done,
    /// Left out, since the key may not read it.
    Skipped,
}
