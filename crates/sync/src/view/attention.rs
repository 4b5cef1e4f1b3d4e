use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Action, Moment};

/// One thing that needs the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AttentionItem {
    /// Names the item.
    pub id: u32,
    /// What it is; the words are under `attention.<kind>`.
    pub kind: AttentionKind,
    /// What the words name.
    pub params: BTreeMap<String, String>,
    /// The record or object it is about, such as an e-mail or `sub_…`.
    pub subject: String,
    /// What is wrong and what was assumed instead, each a sentence.
    pub details: Vec<String>,
    /// Since when.
    pub since: Moment,
    /// What helps.
    pub action: Option<Action>,
}

/// Kinds of open items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum AttentionKind {
    /// A permission of the Stripe key is missing.
    PermissionMissing,
    /// A scope of the HubSpot key is missing.
    ScopeMissing,
    /// A customer has no usable match.
    CustomerUnmatched,
    /// Several records fit one customer.
    MatchAmbiguous,
    /// The records of a customer or company carry the figures of another Stripe account.
    OtherAccount,
    /// Another installation of ClearSync writes to the portal.
    OtherInstallation,
    /// HubSpot refused a record.
    RecordRefused,
    /// A subscription's figure rests on an assumption.
    FigureAssumed,
    /// An object of Stripe could not be understood.
    ObjectNotUnderstood,
    /// The database was set aside and rebuilt.
    DatabaseSetAside,
}
