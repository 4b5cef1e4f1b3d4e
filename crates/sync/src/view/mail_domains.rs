use serde::{Deserialize, Serialize};
use specta::Type;

/// The mail domains that are nobody's company, such as free and disposable mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MailDomains {
    /// What comes with ClearSync, in order.
    pub built_in: Vec<String>,
    /// The user's changes to that.
    pub changes: MailDomainChanges,
}

/// What the user changed about the list that comes with ClearSync.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MailDomainChanges {
    /// Domains that are nobody's company either.
    pub added: Vec<String>,
    /// Domains of the list that are a company's all the same.
    pub removed: Vec<String>,
}
