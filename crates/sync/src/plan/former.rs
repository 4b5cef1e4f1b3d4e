//! Records that are to go: what another mode made, and records of movements that are none any more.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::Movement;
use clearsync_hubspot::RecordId;
use clearsync_store::{Link, Reader, StoreError, Target};
use serde::Deserialize;

use super::{
    kind::Kind,
    row::{CREATE, Deed, Row, Values},
};
use crate::view::{WriteMode, Writing};

/// How many records stand in the portal that another mode than this one made.
pub(crate) fn former_records(
    view: &Reader,
    target: Target,
    mode: WriteMode,
) -> Result<u32, StoreError> {
    let rows = rows_removing(view, target, of_other_modes(view, target, mode)?)?;
    Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
}

/// The rows that remove what is to go. What another mode made stays unless the user wants it removed.
pub(super) fn removals(
    view: &Reader,
    target: Target,
    writing: &Writing,
    events: &BTreeMap<String, Movement>,
) -> Result<Vec<Row>, StoreError> {
    let mut former = Vec::new();
    if writing.remove_former {
        former = of_other_modes(view, target, writing.mode)?;
    }
    if Kind::of_mode(writing.mode).contains(&Kind::Events) {
        let links = view.links(target, Kind::Events.name())?.into_iter();
        let vanished = links.filter(|link| !events.contains_key(&link.subject));
        former.extend(vanished.map(|link| (Kind::Events, link)));
    }
    rows_removing(view, target, former)
}

fn of_other_modes(
    view: &Reader,
    target: Target,
    mode: WriteMode,
) -> Result<Vec<(Kind, Link)>, StoreError> {
    let kept = Kind::of_mode(mode);
    let mut former = Vec::new();
    for kind in Kind::ALL {
        if !kind.is_shared() && !kept.contains(&kind) {
            let links = view.links(target, kind.name())?.into_iter();
            former.extend(links.map(|link| (kind, link)));
        }
    }
    Ok(former)
}

/// Removes records the journal shows ClearSync made, and no others.
fn rows_removing(
    view: &Reader,
    target: Target,
    former: Vec<(Kind, Link)>,
) -> Result<Vec<Row>, StoreError> {
    if former.is_empty() {
        return Ok(Vec::new());
    }
    let ours = made(view, target)?;
    let mut removals = Vec::new();
    for (kind, link) in former {
        let Ok(record) = link.record.parse::<RecordId>() else {
            continue;
        };
        if !ours.contains(&(kind.name().to_owned(), record)) {
            continue;
        }
        let written = view.written(target, kind.name(), &link.subject)?;
        let values: Values = written
            .map(|written| written.properties)
            .unwrap_or_default();
        let name = ["clearsync_name", "dealname", "name"]
            .into_iter()
            .find_map(|name| values.get(name));
        removals.push(Row {
            object: kind.name().to_owned(),
            label: name.unwrap_or(&link.subject).clone(),
            subject: link.subject,
            deed: Deed::Remove { record, values },
        });
    }
    Ok(removals)
}

/// The records the journal shows ClearSync made, by kind.
fn made(view: &Reader, target: Target) -> Result<BTreeSet<(String, RecordId)>, StoreError> {
    let record = |entry: clearsync_store::JournalEntry| {
        let receipt = entry.receipt.filter(|_| entry.entry.action == CREATE)?;
        let record = RecordId::deserialize(receipt.get("record")?).ok()?;
        Some((entry.entry.object, record))
    };
    let writes = view.confirmed_writes(target)?;
    Ok(writes.into_iter().filter_map(record).collect())
}
