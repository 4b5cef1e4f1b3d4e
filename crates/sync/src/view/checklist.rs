use serde::{Deserialize, Serialize};
use specta::Type;

use super::{GuidePreset, Moment, Problem};

/// The two services that are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Service {
    /// Stripe, whose restricted key has permissions.
    Stripe,
    /// HubSpot, whose service key has scopes.
    HubSpot,
}

/// A live checklist: Stripe's permissions or HubSpot's scopes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Checklist {
    /// Whose it is.
    pub service: Service,
    /// Which permissions the Stripe key is to have.
    pub preset: Option<GuidePreset>,
    /// In the order of the provider's own page.
    pub rows: Vec<CheckRow>,
    /// How many needed rows are held.
    pub held: u32,
    /// How many rows are needed.
    pub needed: u32,
    /// Whether all needed rows are held, so that setup may go on.
    pub complete: bool,
    /// Whether a check is under way.
    pub checking: bool,
    /// When the last check ended.
    pub checked_at: Option<Moment>,
    /// What stopped the whole check, such as a refused key.
    pub problem: Option<Problem>,
    /// Whether the check for more than ClearSync needs has run.
    pub excess_checked: bool,
}

/// One permission or scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CheckRow {
    /// Stable name, such as `customers` or `crm.objects.contacts.read`. `why.<id>` holds its reason.
    pub id: String,
    /// Heading it stands under, such as `core`; the words are under `section.<section>`.
    pub section: String,
    /// Exactly as in the provider's dashboard. Never translated.
    pub name: String,
    /// What it is to be set to.
    pub level: Level,
    /// What is known of it.
    pub state: CheckState,
    /// A checked link that edits this very key.
    pub fix_url: Option<String>,
}

/// What a permission is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// No access.
    None,
    /// May read.
    Read,
    /// May read and write.
    Write,
}

/// What is known of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum CheckState {
    /// Nothing yet.
    NotChecked,
    /// A request is under way.
    Checking,
    /// The key may do it.
    Held,
    /// The key may not do it.
    Missing,
    /// The provider gave no clear answer; never taken as missing.
    #[serde(rename_all = "camelCase")]
    Unverified {
        /// Why not.
        cause: UnverifiedCause,
        /// Seconds until it is tried again by itself.
        retry_in_seconds: Option<u32>,
    },
    /// The key can do more here than ClearSync needs.
    Excess,
    /// Waits for something before it, such as a key that is refused.
    Waiting,
}

/// Why a row could not be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum UnverifiedCause {
    /// The provider asked to slow down.
    Busy,
    /// The provider had a fault.
    Fault,
    /// No answer came.
    Unreachable,
    /// The answer was not the provider's.
    NotTheService,
}
