use serde::{Deserialize, Serialize};
use specta::Type;

use super::Problem;

/// What was removed from this computer and from Stripe, and what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Forgotten {
    /// What is gone.
    pub removed: Vec<Trace>,
    /// What is still there.
    pub left: Vec<LeftTrace>,
}

/// Something ClearSync kept or made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// What it is; the words are under `trace.<kind>`.
    pub kind: TraceKind,
    /// Its path or its id, where it has one.
    pub name: Option<String>,
}

/// Something that could not be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LeftTrace {
    /// What it is.
    pub trace: Trace,
    /// What stood in the way.
    pub problem: Problem,
    /// Where the user can remove it.
    pub url: Option<String>,
}

/// Kinds of traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum TraceKind {
    /// ClearSync's own webhook endpoint in Stripe.
    Endpoint,
    /// The Stripe key in the keychain.
    StripeKey,
    /// The HubSpot key in the keychain.
    HubSpotKey,
    /// What Stripe signs its deliveries with, in the keychain.
    WebhookSecret,
    /// What the data was encrypted with, in the keychain.
    DataKey,
    /// The database with its log.
    Database,
    /// A damaged database that was set aside.
    SetAside,
    /// A backup.
    Backup,
    /// A log.
    Log,
    /// The window's size and place.
    WindowState,
    /// The entry that starts ClearSync with the computer.
    Autostart,
}

impl Forgotten {
    /// Notes something that is gone.
    pub fn removed(&mut self, kind: TraceKind, name: Option<String>) {
        self.removed.push(Trace { kind, name });
    }

    /// Notes something that is still there.
    pub fn left(&mut self, kind: TraceKind, name: Option<String>, problem: Problem) {
        let trace = Trace { kind, name };
        self.left.push(LeftTrace {
            trace,
            problem,
            url: None,
        });
    }

    /// Notes something that is still there, and the page where the user can remove it.
    pub fn left_at(&mut self, kind: TraceKind, name: Option<String>, problem: Problem, url: &str) {
        let trace = Trace { kind, name };
        self.left.push(LeftTrace {
            trace,
            problem,
            url: Some(url.to_owned()),
        });
    }
}
