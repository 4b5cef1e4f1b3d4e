use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{MARK, Pair, RecordId};
use clearsync_store::{JournalEntry, RunId};
use serde::{Deserialize, Serialize};

use super::row::{ARCHIVE, GROUPS, OBJECT_TYPES, PIPELINES, PROPERTIES, REMOVE};
use crate::plan::{ASSOCIATE, CREATE, LAST_SYNCED, Values, link_ends};

/// What is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndoScope {
    /// Everything written to the record of one customer or company.
    Record {
        /// The kind of record, such as `contacts`.
        object: String,
        /// Stripe's id of the customer, or the company's domain.
        subject: String,
    },
    /// Everything one run wrote.
    Run(RunId),
    /// Everything ClearSync ever wrote to the portal.
    Everything,
}

/// What ClearSync wrote and HubSpot confirmed, by what it was written to.
#[derive(Debug, Default)]
pub(super) struct History {
    /// By kind and id.
    pub(super) records: BTreeMap<Key, Lived>,
    /// By kind of link.
    pub(super) links: BTreeMap<(String, Pair), Stood>,
    /// By [`PROPERTIES`] or [`GROUPS`] and `kind.name`, or [`PIPELINES`] or [`OBJECT_TYPES`] and the name.
    pub(super) definitions: BTreeMap<(String, String), Stood>,
}

/// What was done to one record.
#[derive(Debug, Default)]
pub(super) struct Lived {
    /// What it stands for, by the last write.
    pub(super) subject: String,
    /// Whether it was there before the first write that is taken back; `None` when none is.
    pub(super) was_there: Option<bool>,
    /// Whether it is there after the last write.
    pub(super) is_there: bool,
    pub(super) values: BTreeMap<String, Touched>,
    /// What was in it when it was put in the recycle bin, and whom it stood for.
    pub(super) last: (Values, Vec<String>),
}

/// One property of a record that was written.
#[derive(Debug)]
pub(super) struct Touched {
    /// What stood there before the first write that is taken back; empty text when nothing did.
    pub(super) before: Option<String>,
    /// What was written last.
    pub(super) after: String,
    /// Whether the last write is among those taken back.
    pub(super) to_the_end: bool,
    /// Whether any write is not among those taken back.
    pub(super) also_by_others: bool,
}

/// A link or a definition that was made or removed.
#[derive(Debug, Default)]
pub(super) struct Stood {
    pub(super) subject: String,
    /// Whether it stood before the first write that is taken back; `None` when none is.
    pub(super) before: Option<bool>,
    /// Whether it stands after the last write.
    pub(super) now: bool,
    /// Whether it is a definition that another account or installation made, which nobody uses any more.
    pub(super) is_left_behind: bool,
}

/// What the journal keeps of a record as it stood before a write.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Before {
    record: Option<RecordId>,
    properties: Values,
    linked: Vec<String>,
}

impl History {
    /// Puts confirmed writes together, in the order they were made.
    pub(super) fn of(writes: &[JournalEntry], scope: &UndoScope) -> Self {
        let chosen = chosen_records(writes, scope);
        let mut history = Self::default();
        for write in writes {
            let entry = &write.entry;
            let by_run = matches!(scope, UndoScope::Run(run) if entry.run == Some(*run));
            let all = *scope == UndoScope::Everything || by_run;
            if DEFINITIONS.contains(&entry.object.as_str()) {
                if stood_already(write) {
                    continue;
                }
                let key = (entry.object.clone(), entry.subject.clone());
                let stood = history.definitions.entry(key).or_default();
                // What was removed and never made was left behind by others: it does not come again.
                if *scope == UndoScope::Everything && stood.before.is_none() {
                    stood.before = Some(false);
                }
                stood.add(write, CREATE, all);
            } else if let Some((ends, pair)) = pair_of(write) {
                let chosen = ends.iter().any(|end| chosen.contains(end));
                let key = (entry.object.clone(), pair);
                let stood = history.links.entry(key).or_default();
                stood.add(write, ASSOCIATE, all || chosen);
            } else if let Some(record) = record_of(write) {
                let key = (entry.object.clone(), record);
                let in_scope = all || chosen.contains(&key);
                history.records.entry(key).or_default().add(write, in_scope);
            }
        }
        history
    }

    /// Adds a definition that others left behind.
    pub(super) fn add_left_behind(&mut self, kind: &str, subject: String) {
        let stood = Stood {
            subject: subject.clone(),
            before: Some(false),
            now: true,
            is_left_behind: true,
        };
        let key = (kind.to_owned(), subject);
        self.definitions.entry(key).or_insert(stood);
    }

    /// Whether a definition may have to go.
    pub(super) fn removes_definitions(&self) -> bool {
        let goes = |stood: &Stood| stood.before == Some(false) && stood.now;
        self.definitions.values().any(goes)
    }

    /// The marks that were written last.
    pub(super) fn marks(&self) -> BTreeSet<String> {
        let marks = self.records.values().filter_map(|lived| {
            let mark = lived.values.get(MARK)?;
            Some(mark.after.clone()).filter(|mark| !mark.is_empty())
        });
        marks.collect()
    }

    /// The records of which something is taken back, by kind.
    pub(super) fn sought(&self) -> BTreeMap<&str, BTreeSet<RecordId>> {
        let mut sought: BTreeMap<&str, BTreeSet<RecordId>> = BTreeMap::new();
        for ((object, record), lived) in &self.records {
            if lived.was_there.is_some() && lived.is_there {
                sought.entry(object).or_default().insert(*record);
            }
        }
        sought
    }
}

const DEFINITIONS: [&str; 4] = [PROPERTIES, GROUPS, PIPELINES, OBJECT_TYPES];

/// Whether a push only saw to it that a pipeline or a group stands, and it did.
fn stood_already(write: &JournalEntry) -> bool {
    let created = write
        .receipt
        .as_ref()
        .and_then(|receipt| receipt.get("created"));
    [PIPELINES, GROUPS].contains(&write.entry.object.as_str())
        && created == Some(&serde_json::Value::Bool(false))
}

pub(super) type Key = (String, RecordId);

/// The records a scope names.
fn chosen_records(writes: &[JournalEntry], scope: &UndoScope) -> BTreeSet<Key> {
    let UndoScope::Record { object, subject } = scope else {
        return BTreeSet::new();
    };
    writes
        .iter()
        .filter(|write| write.entry.object == *object && write.entry.subject == *subject)
        .filter_map(|write| Some((object.clone(), record_of(write)?)))
        .collect()
}

impl Stood {
    /// Whether it was there before, and is to be made again.
    pub(super) fn comes_again(&self) -> bool {
        self.before == Some(true) && !self.now
    }

    fn add(&mut self, write: &JournalEntry, making: &str, in_scope: bool) {
        let makes = write.entry.action == making;
        self.subject.clone_from(&write.entry.subject);
        if in_scope && self.before.is_none() {
            self.before = Some(!makes);
        }
        self.now = makes;
    }
}

impl Lived {
    fn add(&mut self, write: &JournalEntry, in_scope: bool) {
        let entry = &write.entry;
        let before = Before::deserialize(&entry.before).unwrap_or_default();
        let after = Values::deserialize(&entry.after).unwrap_or_default();
        let makes = entry.action == CREATE;
        if in_scope && self.was_there.is_none() {
            self.was_there = Some(!makes);
        }
        // The one when something was taken back, the other when a push removed what another mode had made.
        self.is_there = ![ARCHIVE, REMOVE].contains(&entry.action.as_str());
        self.subject.clone_from(&entry.subject);
        if !self.is_there {
            self.last = (before.properties, before.linked);
            return;
        }
        for (property, value) in after {
            // The stamp of the last write is not looked at before a write; the journal knows it.
            let stamped = (property == LAST_SYNCED).then(|| self.values.get(&property));
            let stamped = stamped.flatten().map(|touched| touched.after.clone());
            let stood = before.properties.get(&property).cloned().or(stamped);
            let touched = self.values.entry(property).or_insert_with(|| Touched {
                before: None,
                after: String::new(),
                to_the_end: false,
                also_by_others: false,
            });
            if in_scope && touched.before.is_none() {
                touched.before = Some(stood.unwrap_or_default());
            }
            touched.after = value;
            touched.to_the_end = in_scope;
            touched.also_by_others |= !in_scope;
        }
    }
}

/// The record a confirmed write was made to.
fn record_of(write: &JournalEntry) -> Option<RecordId> {
    let told = write
        .receipt
        .as_ref()
        .and_then(|receipt| RecordId::deserialize(receipt.get("record")?).ok());
    told.or_else(|| Before::deserialize(&write.entry.before).ok()?.record)
}

/// The two records a confirmed write linked, or whose link it took away.
fn pair_of(write: &JournalEntry) -> Option<([Key; 2], Pair)> {
    let (from_kind, to_kind) = link_ends(&write.entry.object)?;
    let id = |names: [&str; 2]| {
        let place = |ends: &serde_json::Value| {
            let named = |name: &&str| RecordId::deserialize(ends.get(*name)?).ok();
            names.iter().find_map(named)
        };
        place(&write.entry.after).or_else(|| place(&write.entry.before))
    };
    let (from, to) = (id(["from", "contact"])?, id(["to", "company"])?);
    let ends = [(from_kind.to_owned(), from), (to_kind.to_owned(), to)];
    Some((ends, Pair { from, to }))
}
