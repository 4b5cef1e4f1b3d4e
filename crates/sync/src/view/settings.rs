use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Choices, FormerKey, HubSpotConnection, StripeConnection};

/// What can be set, and what is good to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Minutes between runs; `None` follows the account's activity.
    pub interval_minutes: Option<u32>,
    /// Minutes in force now.
    pub interval_now_minutes: u32,
    /// Whether the connection is paid for by volume, as far as the system tells.
    pub metered: bool,
    /// Start hidden in the tray when the computer starts.
    pub autostart: bool,
    /// Tell when something needs the user.
    pub notify: bool,
    /// What may be created.
    pub choices: Choices,
    /// The Stripe side.
    pub stripe: Option<StripeConnection>,
    /// The HubSpot side.
    pub hubspot: Option<HubSpotConnection>,
    /// Keys that others took the place of, until the user has deleted them.
    pub former_keys: Vec<FormerKey>,
    /// Where ClearSync keeps its data.
    pub data_folder: String,
    /// ClearSync's version.
    pub version: String,
    /// Stripe's API version in use.
    pub stripe_api_version: String,
    /// HubSpot's API version in use.
    pub hubspot_api_version: String,
}

/// One change of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", content = "value")]
pub enum SettingsChange {
    /// [`Settings::interval_minutes`], from 1 to 1440.
    IntervalMinutes(Option<u32>),
    /// [`Settings::autostart`].
    Autostart(bool),
    /// [`Settings::notify`].
    Notify(bool),
    /// [`Settings::choices`].
    Choices(Choices),
}
