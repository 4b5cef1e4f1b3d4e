use clearsync_hubspot::{Pair, RecordId};
use clearsync_store::{
    JournalEntry, JournalId, NewJournalEntry, Reader, StoreError, WriteState, Writer,
};
use serde_json::{Value, json};

use super::row::{ARCHIVE, Deed, REMOVE, Row, UNLINK};
use crate::{
    plan::{ASSOCIATE, CREATE, UPDATE, Values, link_ends, pair_values},
    push::Order,
};

/// A row to be carried out, with its number in the plan.
pub(super) type Numbered = (i64, Row);

/// A write that is noted and about to be sent.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) entry: JournalId,
    pub(super) row: Row,
    /// The pair, for a link.
    pub(super) pair: Option<Pair>,
    /// Whom the record stood for, where it goes.
    pub(super) linked: Vec<String>,
}

/// Notes a row, or finds it noted; `None` when there is nothing to write, or no more.
pub(super) fn note(
    writer: &Writer,
    order: Order,
    (number, row): Numbered,
    now: jiff::Timestamp,
) -> Result<Option<Step>, StoreError> {
    let write_key = write_key(order, number);
    let noted = writer.journal_by_key(&write_key)?;
    if noted.is_some_and(|noted| !is_open(&noted)) {
        return Ok(None);
    }
    let pair = match row.deed {
        Deed::LinkAgain => ends(writer, order, &row)?,
        _ => row.deed.pair(),
    };
    let linked = match row.deed.record() {
        Some(record) => linked(writer, order, &row, record)?,
        None => Vec::new(),
    };
    let Some((action, before, after)) = body(&row.deed, pair, &linked) else {
        return Ok(None);
    };
    let write = NewJournalEntry {
        run: order.run,
        plan_row: Some((order.plan, number)),
        action: action.to_owned(),
        object: row.object.clone(),
        subject: row.subject.clone(),
        before,
        after,
        write_key,
    };
    let entry = writer.note_write(order.target, &write, now)?;
    writer.mark_sent(entry)?;
    Ok(Some(Step {
        entry,
        row,
        pair,
        linked,
    }))
}

/// What is done, and what stands there before and after.
fn body(
    deed: &Deed,
    pair: Option<Pair>,
    linked: &[String],
) -> Option<(&'static str, Value, Value)> {
    Some(match deed {
        Deed::PutBack { record, changes } => {
            let before: Values = changes
                .iter()
                .filter_map(|change| Some((change.property.clone(), change.before.clone()?)))
                .collect();
            let before = json!({ "record": record, "properties": before });
            (UPDATE, before, json!(put_back(deed)))
        }
        Deed::Archive { record, values } => {
            let before = json!({ "record": record, "properties": values, "linked": linked });
            (ARCHIVE, before, json!({}))
        }
        Deed::MakeAgain { values, .. } => (CREATE, json!({}), json!(values)),
        Deed::Unlink { .. } => (UNLINK, json!(pair_values(pair?)), json!({})),
        Deed::LinkAgain => (ASSOCIATE, json!({}), json!(pair_values(pair?))),
        Deed::Remove { name, .. } => (REMOVE, json!({ "name": name }), json!({})),
        Deed::DefineAgain { name, .. } => (CREATE, json!({}), json!({ "name": name })),
        Deed::Leave { .. } => return None,
    })
}

/// What is written to put values back.
pub(super) fn put_back(deed: &Deed) -> Values {
    let changes = deed.changes().into_iter();
    changes
        .map(|change| (change.property, change.after))
        .collect()
}

/// The records that a link's subject names: the one kind's subject, a space, and the other's.
fn ends(view: &Reader, order: Order, row: &Row) -> Result<Option<Pair>, StoreError> {
    let ends = link_ends(&row.object).zip(row.subject.split_once(' '));
    let Some(((from_kind, to_kind), (from, to))) = ends else {
        return Ok(None);
    };
    let id = |kind: &str, subject: &str| -> Result<Option<RecordId>, StoreError> {
        let link = view.link(order.target, kind, subject)?;
        Ok(link.and_then(|link| link.record.parse().ok()))
    };
    let pair = id(from_kind, from)?.zip(id(to_kind, to)?);
    Ok(pair.map(|(from, to)| Pair { from, to }))
}

fn linked(
    view: &Reader,
    order: Order,
    row: &Row,
    record: RecordId,
) -> Result<Vec<String>, StoreError> {
    let links = view.links_to_record(order.target, &row.object, &record.to_string())?;
    Ok(links.into_iter().map(|link| link.subject).collect())
}

pub(super) fn write_key(order: Order, number: i64) -> String {
    format!("{}:{number}", order.plan.0)
}

pub(super) fn is_open(entry: &JournalEntry) -> bool {
    matches!(entry.state, WriteState::Pending | WriteState::Sent)
}

/// Whether a row was sent and its end is not known.
pub(super) fn was_sent(view: &Reader, order: Order, number: i64) -> Result<bool, StoreError> {
    Ok(view.journal_by_key(&write_key(order, number))?.is_some())
}
