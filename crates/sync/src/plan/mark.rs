//! Who writes a record. Each carries a mark that names the Stripe account and the installation of ClearSync.
//!
//! What carries the mark of another account is left alone. Of two installations for one account, the one that has written
//! with the highest term is the one that writes: taking over is writing with a higher term than any that stands. Whoever
//! wrote before meets that and says so; what is left of a lower term is taken over without a word.

use std::fmt;

use clearsync_hubspot::MARK;
use clearsync_store::{Mode, Reader, Scope, StoreError, Writer};
use serde::{Deserialize, Serialize};

use super::{
    known::Known,
    portal::Portal,
    row::{Record, Standing},
};
use crate::view::OtherAccount;

const SETTING: &str = "installation";
/// What stands for an account whose key does not tell its id.
const UNTOLD: &str = "-";

/// A data folder, as the records it writes name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// A name that no other installation has.
    name: String,
    /// Grows when it takes over what another installation wrote.
    term: u32,
}

impl Installation {
    /// The one this store belongs to; `None` before it was named.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn load(view: &Reader) -> Result<Option<Self>, StoreError> {
        view.setting(Scope::App, SETTING)
    }

    /// Names the one this store belongs to, unless it has a name. `name` is one that no other has.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn ensure(writer: &Writer, name: &str) -> Result<(), StoreError> {
        if Self::load(writer)?.is_some() {
            return Ok(());
        }
        let named = Self {
            name: name.to_owned(),
            term: 1,
        };
        writer.set_setting(Scope::App, SETTING, &named)
    }

    /// Puts this one in the place of the one a copy of the data came from. Where that is another, what it wrote is taken
    /// over, since the copy stands for all it knew.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub(crate) fn keep(mut self, writer: &Writer) -> Result<(), StoreError> {
        if let Some(copied) = Self::load(writer)? {
            let taken_over = u32::from(copied.name != self.name);
            self.term = self.term.max(copied.term.saturating_add(taken_over));
        }
        writer.set_setting(Scope::App, SETTING, &self)
    }

    /// One that has not written yet.
    pub(crate) fn new(name: String) -> Self {
        Self { name, term: 1 }
    }
}

/// Notes the term that a push is about to write with.
pub(super) fn begin_term(writer: &Writer, term: u32) -> Result<(), StoreError> {
    let Some(mut own) = Installation::load(writer)?.filter(|own| own.term < term) else {
        return Ok(());
    };
    own.term = term;
    writer.set_setting(Scope::App, SETTING, &own)
}

/// Who writes a record: its text stands in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Stripe's id of the account; `None` when its key does not tell.
    account: Option<String>,
    mode: Mode,
    installation: Installation,
}

/// Whose a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This installation's, nobody's, or that of one that was taken over.
    Ours,
    /// Another Stripe account's.
    OtherAccount(OtherAccount),
    /// Another installation's, which writes it for the same account.
    OtherInstallation(Installation),
}

impl Mark {
    /// The mark an installation writes with for an account.
    pub(super) fn new(account: &clearsync_store::Account, installation: Installation) -> Self {
        Self {
            account: account.stripe_account.clone(),
            mode: account.mode,
            installation,
        }
    }

    /// Whose a record is that carries a text where the mark stands. What is no mark is nobody's.
    pub(crate) fn whose(&self, carried: Option<&str>) -> Whose {
        let Some(other) = carried.and_then(Self::read) else {
            return Whose::Ours;
        };
        let same_name = other.installation.name == self.installation.name;
        let same_account = match (&other.account, &self.account) {
            (Some(other), Some(own)) => other == own,
            // Which account it is cannot be told; its own figures an installation knows.
            _ => same_name,
        };
        if !same_account || other.mode != self.mode {
            Whose::OtherAccount(OtherAccount {
                id: other.account,
                mode: match other.mode {
                    Mode::Live => crate::view::Mode::Live,
                    Mode::Test => crate::view::Mode::Test,
                },
            })
        } else if same_name || other.installation.term < self.installation.term {
            Whose::Ours
        } else {
            Whose::OtherInstallation(other.installation)
        }
    }

    /// From what a record carries; `None` when it is no mark.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('/');
        let (account, mode) = (parts.next()?, parts.next()?);
        let (name, term) = (parts.next()?, parts.next()?);
        if parts.next().is_some() || name.is_empty() {
            return None;
        }
        Some(Self {
            account: Some(account.to_owned()).filter(|account| account != UNTOLD),
            mode: match mode {
                "live" => Mode::Live,
                "test" => Mode::Test,
                _ => return None,
            },
            installation: Installation {
                name: name.to_owned(),
                term: term.parse().ok()?,
            },
        })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = self.account.as_deref().unwrap_or(UNTOLD);
        let mode = match self.mode {
            Mode::Live => "live",
            Mode::Test => "test",
        };
        let Installation { name, term } = &self.installation;
        write!(f, "{account}/{mode}/{name}/{term}")
    }
}

/// Another installation that writes for the same account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rival {
    /// Its name.
    pub(crate) installation: String,
    /// How many of the records that were looked at it writes.
    pub(crate) records: u32,
    /// The term with which its records are taken over.
    pub(crate) term: u32,
}

/// Records that carry their mark, and who else writes them.
pub(super) struct Marked {
    pub(super) records: Vec<(Record, Standing)>,
    pub(super) rival: Option<Rival>,
}

/// Leaves out what another account writes, and marks everything else. Where another installation writes, the mark is the one
/// that takes it over.
pub(super) fn mark(
    records: impl Iterator<Item = (Record, Standing)>,
    known: &Known,
    portal: &Portal,
) -> Marked {
    let mut rival: Option<Rival> = None;
    let mut records: Vec<(Record, Standing)> = records
        .map(|(record, standing)| {
            let Standing::Stands {
                record: id, values, ..
            } = &standing
            else {
                return (record, standing);
            };
            match known.mark.whose(values.get(MARK).map(String::as_str)) {
                Whose::OtherAccount(account) if !known.is_chosen(record.kind, *id) => {
                    let record_id = *id;
                    (record, Standing::OtherAccount(record_id, account))
                }
                Whose::OtherInstallation(other) => {
                    note(&mut rival, other);
                    (record, standing)
                }
                Whose::Ours | Whose::OtherAccount(_) => (record, standing),
            }
        })
        .collect();
    let mut mark = known.mark.clone();
    if let Some(rival) = &rival {
        mark.installation.term = rival.term;
    }
    for (record, _) in &mut records {
        if record.values.is_empty() || !portal.has_mark(record.kind) {
            continue;
        }
        // What is emptied is nobody's any more.
        let emptied = record.values.values().all(String::is_empty);
        let text = if emptied {
            String::new()
        } else {
            mark.to_string()
        };
        record.values.insert(MARK.to_owned(), text);
    }
    Marked { records, rival }
}

fn note(rival: &mut Option<Rival>, other: Installation) {
    let after = other.term.saturating_add(1);
    let known = rival.get_or_insert_with(|| Rival {
        installation: other.name.clone(),
        records: 0,
        term: after,
    });
    known.records = known.records.saturating_add(1);
    if after > known.term {
        known.term = after;
        known.installation = other.name;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Mark {
        Mark::read(text).unwrap()
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        for text in ["acct_1/live/here/1", "acct_1/test/0f3a/27", "-/live/here/1"] {
            assert_eq!(of(text).to_string(), text);
        }
        for text in [
            "",
            "somebody",
            "acct_1/live/here",
            "acct_1/live//1",
            "acct_1/dead/here/1",
            "acct_1/live/here/x",
            "acct_1/live/here/1/2",
        ] {
            assert_eq!(Mark::read(text), None, "{text}");
        }
    }

    #[test]
    fn the_highest_term_of_an_account_writes() {
        let own = of("acct_1/live/here/2");
        let whose = |text| own.whose(Some(text));
        let account = |id: Option<&str>, mode| {
            Whose::OtherAccount(OtherAccount {
                id: id.map(str::to_owned),
                mode,
            })
        };
        let (live, test) = (crate::view::Mode::Live, crate::view::Mode::Test);
        for ours in [
            "acct_1/live/here/1",
            "acct_1/live/here/2",
            // A copy of the data that is older than what stands.
            "acct_1/live/here/3",
            "acct_1/live/there/1",
            "-/live/here/1",
            "somebody's own words",
        ] {
            assert_eq!(whose(ours), Whose::Ours, "{ours}");
        }
        for (other, term) in [("acct_1/live/there/2", 2), ("acct_1/live/there/3", 3)] {
            let there = Installation {
                name: "there".to_owned(),
                term,
            };
            assert_eq!(whose(other), Whose::OtherInstallation(there), "{other}");
        }
        assert_eq!(whose("acct_2/live/there/1"), account(Some("acct_2"), live));
        assert_eq!(whose("acct_2/live/here/1"), account(Some("acct_2"), live));
        assert_eq!(whose("acct_1/test/here/1"), account(Some("acct_1"), test));
        assert_eq!(whose("-/live/there/1"), account(None, live));
        assert_eq!(own.whose(None), Whose::Ours);
    }
}
