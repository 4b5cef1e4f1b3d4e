use serde::{Deserialize, Serialize};
use specta::Type;

use super::Moment;

/// A copy of ClearSync's data in its folder of backups. It holds no key of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BackupRow {
    /// The file's name.
    pub name: String,
    /// When it was made.
    pub made_at: Moment,
    /// Its size in kibibytes, rounded up.
    pub size_kib: u32,
    /// Whether it is encrypted, so that only this computer can restore it.
    pub encrypted: bool,
}
