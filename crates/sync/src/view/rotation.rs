use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CheckState, Level, Mode, Moment, Service};

/// A new key, held against the one in use. Nothing has changed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewKey {
    /// Whose it is.
    pub service: Service,
    /// What kind of key it is.
    pub kind: KeyKind,
    /// Its last four characters.
    pub last_four: String,
    /// Row by row what both can do.
    pub rows: Vec<KeyDifference>,
    /// Whether the key in use still works. Where it does not, nothing can be lost by the new one.
    pub old_works: bool,
    /// Whether the new key can do all that the old one can, so that it may take its place.
    pub fits: bool,
}

/// One permission or scope, on both keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyDifference {
    /// As in [`super::CheckRow::id`].
    pub id: String,
    /// Exactly as in the provider's dashboard.
    pub name: String,
    /// What it is to be set to.
    pub level: Level,
    /// The key in use.
    pub old: CheckState,
    /// The new key.
    pub new: CheckState,
}

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyKind {
    /// A restricted key of Stripe.
    Restricted,
    /// A secret key of Stripe, which can do everything.
    Secret,
    /// A key of HubSpot.
    HubSpot,
}

/// A key that another has taken the place of, to be deleted by the user where it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FormerKey {
    /// Whose it is.
    pub service: Service,
    /// What kind of key it is.
    pub kind: KeyKind,
    /// Test or live, with Stripe.
    pub mode: Option<Mode>,
    /// Its last four characters.
    pub last_four: String,
    /// When the other took its place.
    pub replaced_at: Moment,
    /// The page on which it is deleted.
    pub url: String,
    /// Whether it can still be asked if it works: only until ClearSync quits, since it is kept in memory alone.
    pub can_be_asked: bool,
}
