//! What ClearSync may write, and how much of it without asking.

use std::collections::BTreeMap;

use clearsync_hubspot::{CUSTOMER_ID, MARK};
use clearsync_store::{AccountId, Reader, Scope, StoreError, Writer};
use serde::{Deserialize, Serialize};

use super::row::{Record, Standing};
use crate::view::Ownership;

const SETTING: &str = "guard";

/// The user's rules for one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guard {
    /// A push that touches more than this share of the records, and more than `unasked_records`, waits for the user's word.
    pub unasked_share_percent: u32,
    /// See `unasked_share_percent`.
    pub unasked_records: u32,
    /// The share of the portal's daily requests that is left to others.
    pub free_requests_percent: u32,
    /// What differs from the usual, as kind and property.
    properties: BTreeMap<String, BTreeMap<String, Ownership>>,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            unasked_share_percent: 20,
            unasked_records: 50,
            free_requests_percent: 10,
            properties: BTreeMap::new(),
        }
    }
}

impl Guard {
    /// The rules of an account, or the usual ones.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn load(view: &Reader, account: AccountId) -> Result<Self, StoreError> {
        Ok(view
            .setting(Scope::Account(account), SETTING)?
            .unwrap_or_default())
    }

    /// Keeps the rules.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn keep(&self, writer: &Writer, account: AccountId) -> Result<(), StoreError> {
        writer.set_setting(Scope::Account(account), SETTING, self)
    }

    /// Who has the say about a property: about ClearSync's own, ClearSync; about others, whoever was there first.
    #[must_use]
    pub fn ownership(&self, object: &str, property: &str) -> Ownership {
        if Self::is_fixed(property) {
            return Ownership::Owned;
        }
        let chosen = self.properties.get(object).and_then(|of| of.get(property));
        chosen
            .copied()
            .unwrap_or(if property.starts_with("clearsync_") {
                Ownership::Owned
            } else {
                Ownership::FillIfEmpty
            })
    }

    /// Whether the user has no say: records are found again by these, or say by them who writes them.
    #[must_use]
    pub fn is_fixed(property: &str) -> bool {
        matches!(property, CUSTOMER_ID | MARK | "email" | "domain")
    }

    /// Sets who has the say about a property.
    pub fn set(&mut self, object: &str, property: &str, ownership: Ownership) {
        let of = self.properties.entry(object.to_owned()).or_default();
        of.insert(property.to_owned(), ownership);
    }

    /// Takes out of a record what may not be written where it stands.
    pub(super) fn narrow(&self, record: &mut Record, standing: &Standing) {
        // Records of other kinds are ClearSync's own from the first property to the last.
        if !record.kind.is_shared() {
            return;
        }
        let object = record.kind.name();
        let held = |property: &str| match standing {
            Standing::Stands { values, .. } => {
                values.get(property).is_some_and(|held| !held.is_empty())
            }
            _ => false,
        };
        let may = |property: &str| match self.ownership(object, property) {
            Ownership::Owned => true,
            Ownership::FillIfEmpty => !held(property),
            Ownership::Never => false,
        };
        record.values.retain(|property, _| may(property));
        record.at_birth.retain(|property, _| may(property));
    }

    /// Whether a push that writes so many of so many records may go ahead without the user's word.
    pub(super) fn needs_word(&self, written: usize, records: usize) -> bool {
        let share = usize::try_from(self.unasked_share_percent).unwrap_or(usize::MAX);
        let few = usize::try_from(self.unasked_records).unwrap_or(usize::MAX);
        written > few && written.saturating_mul(100) > share.saturating_mul(records)
    }
}

#[cfg(test)]
mod tests {
    use clearsync_hubspot::RecordId;
    use proptest::prelude::*;

    use super::*;
    use crate::plan::{Kind, Values};

    fn record(values: &Values) -> Record {
        Record {
            kind: Kind::Contacts,
            subject: "cus_1".to_owned(),
            label: String::new(),
            linked: Vec::new(),
            values: values.clone(),
            at_birth: Values::new(),
        }
    }

    fn ownership() -> impl Strategy<Value = Ownership> {
        prop::sample::select(vec![
            Ownership::Owned,
            Ownership::FillIfEmpty,
            Ownership::Never,
        ])
    }

    proptest! {
        /// Whatever is wanted and held: what is not ClearSync's is never overwritten, what is never written never appears,
        /// and what is owned is not lost.
        #[test]
        fn only_what_may_be_written_is_left(
            wanted in prop::collection::btree_map("[a-d]", "[xy]?", 0..5),
            held in prop::collection::btree_map("[a-d]", "[xy]", 0..5),
            rules in prop::collection::btree_map("[a-d]", ownership(), 0..5),
        ) {
            let mut guard = Guard::default();
            for (property, ownership) in &rules {
                guard.set("contacts", property, *ownership);
            }
            let mut record = record(&wanted);
            let standing = Standing::Stands { record: RecordId(1), values: held.clone(), found_by: None };
            guard.narrow(&mut record, &standing);
            for (property, value) in &wanted {
                let left = record.values.get(property);
                match guard.ownership("contacts", property) {
                    Ownership::Owned => prop_assert_eq!(left, Some(value)),
                    Ownership::Never => prop_assert_eq!(left, None),
                    Ownership::FillIfEmpty => prop_assert_eq!(left.is_some(), !held.contains_key(property)),
                }
            }
        }
    }

    #[test]
    fn a_push_asks_only_when_it_is_both_large_and_broad() {
        let guard = Guard::default();
        // 51 of 255 are exactly a fifth; of 254 they are more.
        assert!(!guard.needs_word(51, 255));
        assert!(guard.needs_word(51, 254));
        assert!(!guard.needs_word(50, 50));
        let strict = Guard {
            unasked_share_percent: 0,
            unasked_records: 0,
            ..Guard::default()
        };
        assert!(strict.needs_word(1, 10_000));
        assert!(!strict.needs_word(0, 10_000));
    }

    #[test]
    fn keys_are_always_clearsyncs() {
        let mut guard = Guard::default();
        guard.set("contacts", CUSTOMER_ID, Ownership::Never);
        assert_eq!(guard.ownership("contacts", CUSTOMER_ID), Ownership::Owned);
        assert_eq!(
            guard.ownership("contacts", "clearsync_mrr"),
            Ownership::Owned
        );
        assert_eq!(
            guard.ownership("contacts", "jobtitle"),
            Ownership::FillIfEmpty
        );
    }
}
