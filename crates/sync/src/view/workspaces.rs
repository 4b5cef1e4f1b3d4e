use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Mode, Phase, Problem};

/// The workspaces of this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceList {
    /// The one that the window shows.
    pub shown: WorkspaceId,
    /// All of them, in the order they were added.
    pub rows: Vec<WorkspaceRow>,
}

/// One Stripe account on its way into one HubSpot portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceRow {
    /// Which.
    pub id: WorkspaceId,
    /// Whether its data is open; nothing else is known of it otherwise.
    pub open: bool,
    /// What the Stripe account calls itself, or else its id; `None` before one is connected.
    pub account: Option<String>,
    /// Whether live or test data is meant.
    pub mode: Option<Mode>,
    /// HubSpot's number of the portal.
    pub portal: Option<String>,
    /// The state.
    pub phase: Phase,
    /// How many open items need the user.
    pub attention: u32,
    /// Why it cannot be opened.
    pub problem: Option<Problem>,
}

/// Names a workspace for as long as it exists; no other ever has the same. It is the name of its folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct WorkspaceId(String);

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// Enough for every second until the year 4453, so that the order of the names is that of the moments.
const LENGTH: usize = 7;

impl WorkspaceId {
    const FIRST: &str = "first";

    /// The workspace that is the data folder itself.
    #[must_use]
    pub fn first() -> Self {
        Self(Self::FIRST.to_owned())
    }

    /// Whether it is the one that is the data folder itself.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.0 == Self::FIRST
    }

    /// The id of a workspace that is added at `moment`.
    pub(crate) fn of_moment(moment: Timestamp) -> Self {
        let mut seconds = u64::try_from(moment.as_second()).unwrap_or_default();
        let mut digits = [b'0'; LENGTH];
        for digit in digits.iter_mut().rev() {
            *digit = usize::try_from(seconds % 36).map_or(b'0', |value| DIGITS[value]);
            seconds /= 36;
        }
        Self(digits.map(char::from).iter().collect())
    }

    /// The id that a folder's name is.
    pub(crate) fn of_folder(name: &str) -> Option<Self> {
        let own = name.len() == LENGTH && name.bytes().all(|byte| DIGITS.contains(&byte));
        own.then(|| Self(name.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_their_moments() {
        let at = |text: &str| WorkspaceId::of_moment(text.parse().unwrap());
        let ids = [
            "1999-01-01T00:00:00Z",
            "2026-11-26T03:00:00Z",
            "2026-11-26T03:00:01Z",
            "2038-12-24T05:45:35Z",
            "2038-12-24T05:45:36Z",
            "2500-01-01T00:00:00Z",
        ]
        .map(at);
        assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
        assert!(
            ids.iter()
                .all(|id| WorkspaceId::of_folder(id.as_str()).as_ref() == Some(id))
        );
    }

    #[test]
    fn what_else_lies_in_the_folder_is_no_workspace() {
        for name in [
            "", "first", "shown", "0TKF9A1", "0tkf9a", "0tkf9a12", "..", "0tk/9a1", "0tkf9ä1",
        ] {
            assert_eq!(WorkspaceId::of_folder(name), None, "{name}");
        }
    }
}
