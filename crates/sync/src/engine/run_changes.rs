use std::collections::BTreeMap;

use clearsync_hubspot::RecordId;
use clearsync_store::{
    JournalEntry, JournalFilter, Reader, RunId, StoreError, Target, WriteState as Stored,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Engine,
    preview::{self, MOST_ROWS},
    profile::Profile,
    undo::record_url,
};
use crate::{
    plan::{ASSOCIATE, CREATE, Change, Kind, UPDATE, Values},
    undo::{self, ARCHIVE, REMOVE, UNLINK},
    view::{Problem, RunChange, RunChangesPage, RunChangesQuery, WriteAction, WriteState},
};

impl Engine {
    /// What a run wrote, each write with what stood there before and after.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn run_changes(&self, query: RunChangesQuery) -> Result<RunChangesPage, Problem> {
        self.with_store(move |store| {
            store.read(|reader| {
                let profile = Profile::read(reader)?;
                match preview::target(&profile) {
                    Some(target) => page(reader, &profile, target, &query),
                    None => Ok(RunChangesPage {
                        rows: Vec::new(),
                        total: 0,
                    }),
                }
            })
        })
        .await
    }
}

fn page(
    reader: &Reader,
    profile: &Profile,
    target: Target,
    query: &RunChangesQuery,
) -> Result<RunChangesPage, StoreError> {
    let filter = JournalFilter {
        object: query.object.clone(),
        action: query.action.map(|action| word(action).to_owned()),
        state: query.state.map(|state| match state {
            WriteState::Open => Stored::Sent,
            WriteState::Done => Stored::Done,
            WriteState::Refused => Stored::Failed,
        }),
        text: query.search.trim().to_owned(),
    };
    let run = RunId(i64::from(query.run));
    let limit = query.limit.min(MOST_ROWS);
    let (entries, total) = reader.find_writes(run, &filter, query.offset, limit)?;
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let label = undo::label(reader, target, &entry.entry.subject)?;
        rows.extend(row(profile, &entry, label));
    }
    Ok(RunChangesPage { rows, total })
}

fn row(profile: &Profile, write: &JournalEntry, label: Option<String>) -> Option<RunChange> {
    let entry = &write.entry;
    let action = action(&entry.action)?;
    let receipt = write.receipt.as_ref();
    let told = |name: &str| receipt.and_then(|receipt| receipt.get(name));
    let record = told("record").or_else(|| entry.before.get("record"));
    let record = record.and_then(|id| RecordId::deserialize(id).ok());
    let flag = |name: &'static str| (told(name) == Some(&Value::Bool(true))).then_some(name);
    let refusal = told("reason").and_then(Value::as_str).map(str::to_owned);
    let refusal = refusal.or_else(|| flag("gone").or(flag("changed")).map(str::to_owned));
    let state = match write.state {
        Stored::Pending | Stored::Sent => WriteState::Open,
        Stored::Done => WriteState::Done,
        Stored::Failed => WriteState::Refused,
    };
    let of_record = Kind::named(&entry.object).is_some();
    Some(RunChange {
        id: u32::try_from(write.id.0).ok()?,
        name: label.unwrap_or_else(|| entry.subject.clone()),
        hubspot_id: record.map(|record| record.to_string()),
        url: record.and_then(|record| record_url(profile, &entry.object, record)),
        object: entry.object.clone(),
        key: entry.subject.clone(),
        action,
        can_be_undone: of_record && state == WriteState::Done,
        state,
        refusal: refusal.filter(|_| state == WriteState::Refused),
        at: write.noted_at.to_string(),
        changes: if of_record {
            preview::field_changes(changes(entry))
        } else {
            Vec::new()
        },
    })
}

/// What stood there before and after, property by property.
fn changes(entry: &clearsync_store::NewJournalEntry) -> Vec<Change> {
    let before = entry.before.get("properties");
    let before = before.and_then(|values| Values::deserialize(values).ok());
    let mut before = before.unwrap_or_default();
    let after = Values::deserialize(&entry.after).unwrap_or_default();
    let mut all: BTreeMap<String, Change> = BTreeMap::new();
    for (property, after) in after {
        let before = before.remove(&property);
        let change = Change {
            property: property.clone(),
            before,
            after,
        };
        all.insert(property, change);
    }
    let gone = before.into_iter().map(|(property, before)| Change {
        property,
        before: Some(before),
        after: String::new(),
    });
    all.into_values().chain(gone).collect()
}

fn action(word: &str) -> Option<WriteAction> {
    Some(match word {
        CREATE => WriteAction::Create,
        UPDATE => WriteAction::Update,
        ARCHIVE => WriteAction::Archive,
        ASSOCIATE => WriteAction::Associate,
        UNLINK => WriteAction::Unlink,
        REMOVE => WriteAction::Remove,
        _ => return None,
    })
}

fn word(action: WriteAction) -> &'static str {
    match action {
        WriteAction::Create => CREATE,
        WriteAction::Update => UPDATE,
        WriteAction::Archive => ARCHIVE,
        WriteAction::Associate => ASSOCIATE,
        WriteAction::Unlink => UNLINK,
        WriteAction::Remove => REMOVE,
    }
}
