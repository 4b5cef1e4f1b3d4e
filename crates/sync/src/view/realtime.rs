use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Moment, Problem};

/// Whether Stripe tells this computer at once that something happened. Events are asked for at their times all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RealtimeView {
    /// How it stands.
    pub state: RealtimeState,
    /// The public address that Stripe delivers to.
    pub url: Option<String>,
    /// The port of this computer that the address has to reach; before it is wanted, one that no other account here has.
    pub port: u16,
    /// Stripe's id of ClearSync's own endpoint.
    pub endpoint: Option<String>,
    /// Deliveries since ClearSync was started.
    pub deliveries: u32,
    /// When the last of them came.
    pub last_delivery_at: Option<Moment>,
    /// What keeps it from working.
    pub problem: Option<Problem>,
}

/// How real time stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RealtimeState {
    /// Not wanted.
    Off,
    /// Set up; nobody listens on this computer just now.
    NotListening,
    /// Listening; nothing has come yet, and nothing had to.
    Waiting,
    /// Deliveries come.
    Arriving,
    /// Something happened in Stripe and no delivery came: the address does not reach this computer.
    NotArriving,
}
