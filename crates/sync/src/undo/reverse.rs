//! The pure core: what was written, against what HubSpot holds, gives what is to be done.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{MARK, RecordId};

use super::{
    held::{Definitions, Found, Held},
    history::{History, Key, Lived, Stood, Touched},
    row::{Deed, GROUPS, OBJECT_TYPES, PIPELINES, PROPERTIES, Row},
};
use crate::{
    plan::{Change, Kind, LAST_SYNCED, Values, link_ends},
    view::LeaveReason,
};

/// Says something of a property.
type Says<'a> = &'a dyn Fn(&str) -> bool;

/// What people recognise subjects by, by kind and subject.
pub(super) type Labels = BTreeMap<(String, String), String>;

/// The rows, in the order they are carried out: what was removed is made again first, and definitions go last.
pub(super) fn rows(history: &History, held: &Held, labels: &Labels) -> Vec<Row> {
    let records = records(history, held, labels);
    let definitions = definitions(history, held, &records);
    let links = links(history, held, labels, &records);
    let (again, gone) = split(definitions, |deed| matches!(deed, Deed::DefineAgain { .. }));
    let (made, changed) = split(records, |deed| matches!(deed, Deed::MakeAgain { .. }));
    let (linked, unlinked) = split(links, |deed| matches!(deed, Deed::LinkAgain));
    let parts = [again, unlinked, made, changed, linked, gone];
    parts.into_iter().flatten().collect()
}

fn split(rows: Vec<Row>, first: impl Fn(&Deed) -> bool) -> (Vec<Row>, Vec<Row>) {
    rows.into_iter().partition(|row| first(&row.deed))
}

fn records(history: &History, held: &Held, labels: &Labels) -> Vec<Row> {
    let row = |((object, id), lived): (&(String, RecordId), &Lived)| {
        let found = held.records.get(&(object.clone(), *id));
        let none = Definitions::default();
        let definitions = held.kinds.get(object).unwrap_or(&none);
        let known = |property: &str| {
            let again = (PROPERTIES.to_owned(), format!("{object}.{property}"));
            let comes = history
                .definitions
                .get(&again)
                .is_some_and(Stood::comes_again);
            comes || definitions.properties.contains_key(property)
        };
        let automatic = |property: &str| {
            let key = (object.clone(), *id, property.to_owned());
            held.automatic.contains(&key)
        };
        let deed = if !lived.is_there && held.types.of(object).is_none() {
            // It cannot be made again without its object type, which a sync makes.
            lived.was_there.filter(|was_there| *was_there)?;
            Deed::Leave {
                reason: LeaveReason::ObjectTypeRemoved,
                record: None,
                properties: Vec::new(),
            }
        } else {
            record(*id, lived, found, definitions, (&known, &automatic))?
        };
        let key = (object.clone(), lived.subject.clone());
        let label = labels.get(&key).unwrap_or(&lived.subject);
        Some(Row {
            object: object.clone(),
            subject: lived.subject.clone(),
            label: label.clone(),
            deed,
        })
    };
    history.records.iter().filter_map(row).collect()
}

fn record(
    id: RecordId,
    lived: &Lived,
    found: Option<&Found>,
    definitions: &Definitions,
    (known, automatic): (Says<'_>, Says<'_>),
) -> Option<Deed> {
    let leave = |reason, properties| {
        Some(Deed::Leave {
            reason,
            record: Some(id),
            properties,
        })
    };
    let was_there = lived.was_there?;
    if !lived.is_there {
        let (mut values, linked) = lived.last.clone();
        // The company has gone too, or the link is made again by itself.
        values.retain(|property, _| !repeats_link(property));
        return was_there.then_some(Deed::MakeAgain { linked, values });
    }
    let values = match found {
        Some(Found::Stands(values)) => values,
        Some(Found::Merged) => return leave(LeaveReason::Merged, Vec::new()),
        Some(Found::Gone) => return leave(LeaveReason::Deleted, Vec::new()),
        None => return leave(LeaveReason::KindUnknown, Vec::new()),
    };
    let mut foreign = changed_by_others(lived, values, definitions, known);
    if !was_there {
        let mut added = added_by_others(lived, values, definitions);
        added.retain(|property| !automatic(property));
        foreign.extend(added);
        if !foreign.is_empty() {
            return leave(LeaveReason::ChangedByOthers, foreign);
        }
        return Some(Deed::Archive {
            record: id,
            values: values.clone(),
        });
    }
    if !foreign.is_empty() {
        return leave(LeaveReason::ChangedByOthers, foreign);
    }
    let changes = changes(lived, values, definitions, known);
    let superseded = |touched: &Touched| touched.before.is_some() && !touched.to_the_end;
    match changes.is_empty() {
        false => Some(Deed::PutBack {
            record: id,
            changes,
        }),
        true if lived.values.values().any(superseded) => {
            leave(LeaveReason::WrittenSince, Vec::new())
        }
        true => None,
    }
}

/// The properties that ClearSync wrote and that hold something else now.
fn changed_by_others(
    lived: &Lived,
    held: &Values,
    definitions: &Definitions,
    known: Says<'_>,
) -> Vec<String> {
    let differs = |(property, touched): &(&String, &Touched)| {
        known(property) && !definitions.same(property, &touched.after, text(held, property))
    };
    let differing = lived.values.iter().filter(differs);
    differing.map(|(property, _)| property.clone()).collect()
}

/// The properties of a record that ClearSync made in which others put something. What HubSpot fills by itself does not
/// count.
fn added_by_others(lived: &Lived, held: &Values, definitions: &Definitions) -> Vec<String> {
    let added = |name: &&String| {
        let property = definitions.properties.get(*name);
        property.is_some_and(clearsync_hubspot::Property::is_writable)
            && !lived.values.contains_key(*name)
            && !by_hubspot(name)
    };
    held.keys().filter(added).cloned().collect()
}

/// Whether HubSpot fills a property by itself.
pub(super) fn by_hubspot(property: &str) -> bool {
    property.starts_with("hs_") || property == "lifecyclestage" || repeats_link(property)
}

/// Whether HubSpot says in a property, which anyone may write, what a link says: a contact's primary company.
fn repeats_link(property: &str) -> bool {
    matches!(
        property,
        "associatedcompanyid" | "associatedcompanylastupdated"
    )
}

/// What is put back: all that the taken-back writes touched and nothing later did.
fn changes(
    lived: &Lived,
    held: &Values,
    definitions: &Definitions,
    known: Says<'_>,
) -> Vec<Change> {
    let change = |(property, touched): (&String, &Touched)| {
        let before = touched.before.as_ref().filter(|_| touched.to_the_end)?;
        let stands = text(held, property);
        (known(property) && !definitions.same(property, before, stands)).then(|| Change {
            property: property.clone(),
            before: Some(stands.to_owned()).filter(|stands| !stands.is_empty()),
            after: before.clone(),
        })
    };
    let changes: Vec<Change> = lived.values.iter().filter_map(change).collect();
    // When a record was last written says nothing by itself.
    let only_stamp = changes.iter().all(|change| change.property == LAST_SYNCED);
    let others = lived.values.keys().any(|property| property != LAST_SYNCED);
    if only_stamp && others {
        Vec::new()
    } else {
        changes
    }
}

fn text<'a>(held: &'a Values, property: &str) -> &'a str {
    held.get(property).map_or("", String::as_str)
}

fn links(history: &History, held: &Held, labels: &Labels, records: &[Row]) -> Vec<Row> {
    let taken_over = taken_over(records);
    let row = |((kind, pair), stood): (&(String, clearsync_hubspot::Pair), &Stood)| {
        let (from, to) = link_ends(kind)?;
        held.types.of(from).and(held.types.of(to))?;
        let ends = [(from, pair.from), (to, pair.to)];
        if ends.iter().any(|end| taken_over.contains(end)) {
            return None;
        }
        let stands = held.links.contains(&(kind.clone(), *pair));
        let deed = match (stood.before?, stood.now) {
            (false, true) if stands => Deed::Unlink {
                from: pair.from,
                to: pair.to,
            },
            (true, false) => Deed::LinkAgain,
            _ => return None,
        };
        let label = labels.get(&(kind.clone(), stood.subject.clone()));
        Some(Row {
            object: kind.clone(),
            subject: stood.subject.clone(),
            label: label.unwrap_or(&stood.subject).clone(),
            deed,
        })
    };
    history.links.iter().filter_map(row).collect()
}

/// The records that another installation writes by now, which keeps their links.
fn taken_over(records: &[Row]) -> BTreeSet<(&str, RecordId)> {
    let taken_over = records.iter().filter_map(|row| match &row.deed {
        Deed::Leave {
            record: Some(record),
            properties,
            ..
        } if properties.iter().any(|name| name == MARK) => Some((row.object.as_str(), *record)),
        _ => None,
    });
    taken_over.collect()
}

/// Object types first, since their properties go with them; groups last, after the properties that stand in them.
fn definitions(history: &History, held: &Held, records: &[Row]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut removed: BTreeSet<(String, String)> = BTreeSet::new();
    let mut types: BTreeSet<&str> = BTreeSet::new();
    for kind in [OBJECT_TYPES, PIPELINES, PROPERTIES, GROUPS] {
        let of_kind = history
            .definitions
            .iter()
            .filter(|((one, _), _)| one == kind);
        for ((_, subject), stood) in of_kind {
            let Some((on, name)) = place(kind, subject) else {
                continue;
            };
            let needed = match kind {
                OBJECT_TYPES | PIPELINES => records_stay(history, held, records, on),
                PROPERTIES => property_is_needed(history, held, records, on, name),
                _ => group_is_needed(held, &removed, on, name),
            };
            let goes_along = kind != OBJECT_TYPES && types.contains(on);
            let stands = held.defines(kind, on, name) && !goes_along;
            let shared = held.of_others.contains(on);
            let deed = definition(stood, stands, needed, shared, (on, name));
            // A sync makes an own object type again, and everything in it.
            let again = |deed: &Deed| matches!(deed, Deed::DefineAgain { .. });
            let Some(deed) = deed
                .filter(|deed| !(again(deed) && is_own(on) && !held.defines(OBJECT_TYPES, on, "")))
            else {
                continue;
            };
            if matches!(deed, Deed::Remove { .. }) {
                removed.insert((on.to_owned(), name.to_owned()));
                types.extend((kind == OBJECT_TYPES).then_some(on));
            }
            rows.push(Row {
                object: kind.to_owned(),
                subject: subject.clone(),
                label: name.to_owned(),
                deed,
            });
        }
    }
    rows
}

/// The kind of record a definition is on, and its name.
fn place<'a>(kind: &str, subject: &'a str) -> Option<(&'a str, &'a str)> {
    match kind {
        OBJECT_TYPES => {
            let own = |kind: &Kind| kind.own_object().is_some_and(|own| own.name == subject);
            let kind = Kind::ALL.into_iter().find(own)?;
            Some((kind.name(), subject))
        }
        PIPELINES => Some((Kind::Deals.name(), subject)),
        _ => subject.split_once('.'),
    }
}

fn is_own(kind: &str) -> bool {
    Kind::named(kind).is_some_and(|kind| kind.own_object().is_some())
}

/// Whether any record of a kind that ClearSync wrote stays.
fn records_stay(history: &History, held: &Held, records: &[Row], on: &str) -> bool {
    let stays = |((object, _), lived): (&Key, &Lived)| {
        object == on && lived.is_there && lived.was_there != Some(false)
    };
    let left = |row: &Row| {
        let id = row.deed.record().filter(|_| row.object == on);
        let found = id.and_then(|id| held.records.get(&(on.to_owned(), id)));
        matches!(row.deed, Deed::Leave { .. }) && matches!(found, Some(Found::Stands(_)))
    };
    history.records.iter().any(stays) || records.iter().any(left)
}

fn definition(
    stood: &Stood,
    stands: bool,
    needed: bool,
    shared: bool,
    (on, name): (&str, &str),
) -> Option<Deed> {
    let (on, name) = (on.to_owned(), name.to_owned());
    let leave = |reason| Deed::Leave {
        reason,
        record: None,
        properties: Vec::new(),
    };
    match (stood.before?, stood.now) {
        (true, false) => Some(Deed::DefineAgain { on, name }),
        (false, true) if !stands => None,
        (false, true) if stood.is_left_behind && (shared || needed) => None,
        (false, true) if shared => Some(leave(LeaveReason::SharedPortal)),
        (false, true) if needed => Some(leave(LeaveReason::StillUsed)),
        (false, true) => Some(Deed::Remove { on, name }),
        _ => None,
    }
}

/// Whether a property holds something that stays: what a record that is left holds, what a write put there that is not taken
/// back, or what is put back.
fn property_is_needed(
    history: &History,
    held: &Held,
    records: &[Row],
    on: &str,
    name: &str,
) -> bool {
    let left = records
        .iter()
        .any(|row| match (&row.deed, row.deed.record()) {
            (Deed::Leave { .. }, Some(id)) if row.object == on => {
                match held.records.get(&(on.to_owned(), id)) {
                    Some(Found::Stands(values)) => values.contains_key(name),
                    Some(Found::Merged) => true,
                    Some(Found::Gone) | None => false,
                }
            }
            _ => false,
        });
    let written = |((object, _), lived): (&(String, RecordId), &Lived)| {
        let touched = lived.values.get(name);
        object == on && lived.is_there && touched.is_some_and(|touched| touched.also_by_others)
    };
    let put_back = |(key, lived): (&Key, &Lived)| {
        let stays = lived.was_there == Some(true) && key.0 == on;
        let Some(Found::Stands(values)) = held.records.get(key).filter(|_| stays) else {
            return false;
        };
        let before = lived.values.get(name).map(|touched| &touched.before);
        match before {
            Some(before) => before.as_ref().is_some_and(|before| !before.is_empty()),
            None => values.contains_key(name),
        }
    };
    left || history.records.iter().any(written) || history.records.iter().any(put_back)
}

/// Whether anything is left in a group.
fn group_is_needed(
    held: &Held,
    removed: &BTreeSet<(String, String)>,
    on: &str,
    group: &str,
) -> bool {
    let Some(kinds) = held.kinds.get(on) else {
        return true;
    };
    kinds.properties.values().any(|property| {
        property.group_name == group && !removed.contains(&(on.to_owned(), property.name.clone()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A contact that ClearSync made, in which somebody filled in a phone number.
    fn rows_with(automatic: bool) -> Vec<Row> {
        let key = ("contacts".to_owned(), RecordId(501));
        let lived = Lived {
            subject: "cus_1".to_owned(),
            was_there: Some(false),
            is_there: true,
            ..Lived::default()
        };
        let mut history = History::default();
        history.records.insert(key.clone(), lived);
        let phone = json!({ "name": "phone", "type": "string" });
        let mut definitions = Definitions::default();
        let phone = serde_json::from_value(phone).unwrap();
        definitions.properties.insert("phone".to_owned(), phone);
        let values = Values::from([("phone".to_owned(), "+1".to_owned())]);
        let mut held = Held::default();
        held.records.insert(key.clone(), Found::Stands(values));
        held.kinds.insert(key.0.clone(), definitions);
        if automatic {
            held.automatic.insert((key.0, key.1, "phone".to_owned()));
        }
        rows(&history, &held, &Labels::new())
    }

    #[test]
    fn what_people_filled_in_keeps_a_record_and_what_hubspot_did_does_not() {
        let deed = |automatic| rows_with(automatic).remove(0).deed;
        assert!(matches!(deed(true), Deed::Archive { .. }));
        let Deed::Leave {
            reason, properties, ..
        } = deed(false)
        else {
            panic!("left");
        };
        assert_eq!(
            (reason, properties),
            (LeaveReason::ChangedByOthers, vec!["phone".to_owned()])
        );
    }
}
