use serde::{Deserialize, Serialize};
use specta::Type;

/// Something to build in HubSpot on ClearSync's properties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Playbook {
    /// The words are under `playbook.<id>.title` and `playbook.<id>.text`.
    pub id: String,
    /// What to do, in order.
    pub steps: Vec<PlaybookStep>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlaybookStep {
    /// The words are under `playbook.<playbook>.<id>`.
    pub id: String,
    /// What the words name, as `first`, `second` and `third`.
    pub properties: Vec<PlaybookProperty>,
}

/// A property, as HubSpot shows it on contacts and companies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlaybookProperty {
    /// Internal name.
    pub name: String,
    /// As HubSpot shows it.
    pub label: String,
}
