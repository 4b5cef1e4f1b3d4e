use std::collections::BTreeMap;

use clearsync_store::{JournalEntry, Settled, StoreError, Writer};
use serde::Deserialize;
use serde_json::json;

use super::properties::{GROUPS, LABEL, OBJECT_TYPE, PIPELINES, PROPERTY};
use crate::{
    plan::{Deed, LAST_SYNCED, LinkKind, REMOVE, Row, Values},
    view::SkipReason,
};

/// Settles the writes of an earlier push whose end was not known, by what a new plan found to stand in HubSpot: the plan
/// was made by looking at just those records.
pub(crate) fn settle_former<'a>(
    writer: &Writer,
    open: impl Iterator<Item = &'a JournalEntry>,
    rows: &[Row],
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let rows: BTreeMap<(&str, &str), &Row> = rows
        .iter()
        .map(|row| ((row.object.as_str(), row.subject.as_str()), row))
        .collect();
    for entry in open {
        let row = rows.get(&(entry.entry.object.as_str(), entry.entry.subject.as_str()));
        if row.is_some_and(|row| is_blind(row)) {
            continue;
        }
        let applied = match entry.entry.object.as_str() {
            // What is not to be linked any more is linked.
            name if LinkKind::named(name).is_some() => row.is_none(),
            // They were not there when this was noted, and bear ClearSync's name. A push makes those that are missing.
            PROPERTY | GROUPS | OBJECT_TYPE | PIPELINES | LABEL => true,
            // What is to be removed no more is removed.
            _ if entry.entry.action == REMOVE => row.is_none(),
            _ => row.is_some_and(|row| stands(row, entry)),
        };
        let (settled, receipt) = match (applied, row.and_then(|row| row.deed.record())) {
            (true, Some(record)) => (Settled::Done, json!({ "record": record, "seen": true })),
            (true, None) => (Settled::Done, json!({ "seen": true })),
            (false, _) => (Settled::Failed, json!({ "superseded": true })),
        };
        writer.settle_write(entry.id, settled, &receipt, now)?;
    }
    Ok(())
}

/// Whether the key may not read the record, so that nobody knows how it stands.
pub(crate) fn is_blind(row: &Row) -> bool {
    matches!(
        row.deed,
        Deed::Skip {
            reason: SkipReason::ScopeMissing,
            ..
        }
    )
}

/// Whether what was to be written stands there.
fn stands(row: &Row, entry: &JournalEntry) -> bool {
    let Ok(body) = Values::deserialize(&entry.entry.after) else {
        return false;
    };
    row.deed.record().is_some()
        && body
            .iter()
            .filter(|(name, _)| name.starts_with("clearsync_") && *name != LAST_SYNCED)
            .all(|(name, value)| row.deed.held(name) == value.as_str())
}
