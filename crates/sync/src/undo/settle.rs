use clearsync_hubspot::{Reason, RecordId};
use clearsync_store::{Link, Purpose, Settled, StoreError, Writer, Written};
use serde_json::json;

use super::{
    note::{Step, put_back},
    row::{Deed, OBJECT_TYPES, PIPELINES, PROPERTIES},
};
use crate::{
    plan::{Kind, LAST_SYNCED, Portal, Values, pair_values},
    push::{Order, refusal_code},
};

/// What became of a step.
#[derive(Debug, Clone)]
pub(super) enum End {
    /// It is done. The record, where there is one.
    Done(Option<RecordId>),
    /// Others changed the record since the plan was made.
    Changed,
    /// The record is no more.
    Gone,
    /// HubSpot does not do it.
    Refused(Reason),
}

/// What follows for the records: with `redo` a sync may write them again, else it waits for the user's word.
pub(super) fn settle(
    writer: &Writer,
    order: Order,
    redo: bool,
    (step, end): &(Step, End),
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let (settled, receipt) = match end {
        End::Done(Some(record)) => (Settled::Done, json!({ "record": record })),
        End::Done(None) => (Settled::Done, json!({})),
        End::Changed => (Settled::Failed, json!({ "changed": true })),
        End::Gone => (Settled::Failed, json!({ "gone": true })),
        End::Refused(reason) => {
            let (code, property) = refusal_code(reason);
            let receipt = json!({ "reason": code, "property": property });
            (Settled::Failed, receipt)
        }
    };
    writer.settle_write(step.entry, settled, &receipt, now)?;
    let End::Done(record) = end else {
        return Ok(());
    };
    let subjects = follow(writer, order, step, *record, now)?;
    for subject in subjects {
        let key = (step.row.object.as_str(), subject.as_str());
        if redo {
            writer.release(order.target, Purpose::Sync, key)?;
        } else {
            writer.hold(order.target, Purpose::Sync, key, now)?;
        }
    }
    Ok(())
}

/// Notes how the record stands now, and gives the subjects it is about.
fn follow(
    writer: &Writer,
    order: Order,
    step: &Step,
    record: Option<RecordId>,
    now: jiff::Timestamp,
) -> Result<Vec<String>, StoreError> {
    let (target, row) = (order.target, &step.row);
    let written = |subject: &str, properties: Values| Written {
        object: row.object.clone(),
        subject: subject.to_owned(),
        properties,
        written_at: now,
    };
    match &row.deed {
        Deed::PutBack { .. } => {
            let former = writer.written(target, &row.object, &row.subject)?;
            let mut values = former.map(|former| former.properties).unwrap_or_default();
            values.extend(put_back(&row.deed));
            values.remove(LAST_SYNCED);
            values.retain(|_, value| !value.is_empty());
            writer.put_written(target, &written(&row.subject, values))?;
            Ok(vec![row.subject.clone()])
        }
        Deed::Archive { .. } => {
            let mut subjects = step.linked.clone();
            if !subjects.contains(&row.subject) {
                subjects.push(row.subject.clone());
            }
            for subject in &subjects {
                writer.remove_link(target, &row.object, subject)?;
                writer.remove_written(target, &row.object, subject)?;
            }
            Ok(subjects)
        }
        Deed::MakeAgain { linked, values } => {
            let mut subjects = linked.clone();
            if !subjects.contains(&row.subject) {
                subjects.push(row.subject.clone());
            }
            for subject in record.iter().flat_map(|_| &subjects) {
                let link = Link {
                    object: row.object.clone(),
                    subject: subject.clone(),
                    record: record.map(|id| id.to_string()).unwrap_or_default(),
                    decided_by: "created".to_owned(),
                    decided_at: now,
                };
                writer.put_link(target, &link)?;
            }
            writer.put_written(
                target,
                &written(&row.subject, own(&row.object, values.clone())),
            )?;
            Ok(subjects)
        }
        Deed::Unlink { .. } => {
            writer.remove_written(target, &row.object, &row.subject)?;
            Ok(vec![row.subject.clone()])
        }
        Deed::LinkAgain => {
            if let Some(pair) = step.pair {
                writer.put_written(target, &written(&row.subject, pair_values(pair)))?;
            }
            Ok(vec![row.subject.clone()])
        }
        Deed::Remove { on, .. } | Deed::DefineAgain { on, .. } => {
            match (row.object.as_str(), Kind::named(on)) {
                (OBJECT_TYPES, Some(kind)) => Portal::forget_type(writer, target, kind)?,
                (PROPERTIES | PIPELINES, _) => Portal::forget(writer, target)?,
                _ => {}
            }
            Ok(Vec::new())
        }
        Deed::Leave { .. } => Ok(Vec::new()),
    }
}

/// What a sync remembers of values: what ClearSync writes on a kind of record, without the stamp.
fn own(kind: &str, mut values: Values) -> Values {
    let standard = Kind::named(kind).map_or(&[][..], Kind::standard);
    let writes = |name: &str| {
        name.starts_with("clearsync_") || standard.iter().any(|(standard, _)| *standard == name)
    };
    values.retain(|name, _| writes(name) && name != LAST_SYNCED);
    values
}
