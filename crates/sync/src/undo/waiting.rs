//! What stays as it is because the user said so: the rows that are held, and what the records among them need.

use std::collections::BTreeSet;

use clearsync_hubspot::{Pair, RecordId};
use clearsync_store::{Plan, PlanRow, Purpose, Reader, StoreError};

use super::{
    note::Numbered,
    row::{Deed, GROUPS, PROPERTIES, Row},
};
use crate::plan::{Change, Kind, link_ends};

/// Objects and subjects that the user holds.
type Holds = BTreeSet<(String, String)>;

/// The numbers of the rows of a plan that are not carried out.
pub(crate) fn waiting_in(view: &Reader, plan: &Plan) -> Result<BTreeSet<i64>, StoreError> {
    let holds = view.holds(plan.target, Purpose::Undo)?;
    if holds.is_empty() {
        return Ok(BTreeSet::new());
    }
    let stored = view.plan_rows(plan.id, None, 0, u32::MAX)?;
    let read = |row: &PlanRow| Some((row.number, Row::read(row)?));
    let rows: Vec<Numbered> = stored.iter().filter_map(read).collect();
    Ok(waiting(&rows, &holds))
}

/// The numbers of the rows that are not carried out.
///
/// With a held record stay its links, but for those to a record that goes, its properties with their group, its pipeline and
/// its object type; and a record that would get the key it keeps waits with it. Definitions that are made again are not held:
/// the values that are put back need them.
pub(super) fn waiting(rows: &[Numbered], holds: &Holds) -> BTreeSet<i64> {
    let held = |row: &Row| holds.contains(&(row.object.clone(), row.subject.clone()));
    let standing = Standing::of(rows, held);
    let waits = |row: &Row| match &row.deed {
        Deed::PutBack { .. } | Deed::Archive { .. } | Deed::MakeAgain { .. } => {
            held(row) || standing.keeps_key_of(row)
        }
        Deed::Unlink { from, to } => {
            let pair = Pair {
                from: *from,
                to: *to,
            };
            standing.keep_link(&row.object, pair, held(row))
        }
        Deed::Remove { on, name } => held(row) || standing.need(&row.object, on, name),
        Deed::LinkAgain => held(row),
        Deed::DefineAgain { .. } | Deed::Leave { .. } => false,
    };
    let waiting = rows.iter().filter(|(_, row)| waits(row));
    let mut waiting: BTreeSet<i64> = waiting.map(|(number, _)| *number).collect();
    waiting.extend(groups_of_kept(rows, &waiting));
    waiting
}

/// The groups in which a property stays.
fn groups_of_kept(rows: &[Numbered], waiting: &BTreeSet<i64>) -> BTreeSet<i64> {
    let removed = |kind: &'static str| {
        rows.iter()
            .filter_map(move |(number, row)| match &row.deed {
                Deed::Remove { on, .. } if row.object == kind => Some((*number, on)),
                _ => None,
            })
    };
    let kept = removed(PROPERTIES).filter(|(number, _)| waiting.contains(number));
    let kept: BTreeSet<&String> = kept.map(|(_, on)| on).collect();
    let groups = removed(GROUPS).filter(|(_, on)| kept.contains(on));
    groups.map(|(number, _)| number).collect()
}

/// The records that are held, and those that go.
struct Standing<'a> {
    held: Vec<&'a Row>,
    /// By kind, as the records that stay.
    gone: BTreeSet<(&'a str, RecordId)>,
    stays: BTreeSet<(&'a str, RecordId)>,
    /// The kind and the key of each that stays.
    keys: BTreeSet<(&'a str, String)>,
}

impl<'a> Standing<'a> {
    fn of(rows: &'a [Numbered], is_held: impl Fn(&Row) -> bool) -> Self {
        let mut standing = Self {
            held: Vec::new(),
            gone: BTreeSet::new(),
            stays: BTreeSet::new(),
            keys: BTreeSet::new(),
        };
        for (_, row) in rows {
            let (Deed::PutBack { record, .. } | Deed::Archive { record, .. }) = &row.deed else {
                continue;
            };
            let place = (row.object.as_str(), *record);
            if is_held(row) {
                standing.held.push(row);
                standing.stays.insert(place);
                let key = held_key(row).map(|key| (place.0, key));
                standing.keys.extend(key);
            } else if matches!(row.deed, Deed::Archive { .. }) {
                standing.gone.insert(place);
            }
        }
        standing
    }

    /// Whether a record would get the key of one that keeps it.
    fn keeps_key_of(&self, row: &Row) -> bool {
        let key = changed_key(row).map(|change| change.after);
        key.is_some_and(|key| self.keys.contains(&(row.object.as_str(), key)))
    }

    fn keep_link(&self, kind: &str, pair: Pair, is_held: bool) -> bool {
        let Some((from, to)) = link_ends(kind) else {
            return is_held;
        };
        let ends = [(from, pair.from), (to, pair.to)];
        let goes_along = ends.iter().any(|end| self.gone.contains(end));
        !goes_along && (is_held || ends.iter().any(|end| self.stays.contains(end)))
    }

    /// Whether a definition is needed: of a kind of definition, on a kind of record, with a name.
    fn need(&self, kind: &str, on: &str, name: &str) -> bool {
        let fills = |row: &&Row| {
            let mut changes = row.deed.changes().into_iter();
            changes.any(|change| change.property == name && change.before.is_some())
        };
        let mut held = self.held.iter().copied().filter(|row| row.object == on);
        match kind {
            PROPERTIES => held.any(|row| fills(&row)),
            GROUPS => false,
            _ => held.next().is_some(),
        }
    }
}

fn changed_key(row: &Row) -> Option<Change> {
    let key = Kind::named(&row.object)?.key();
    let mut changes = row.deed.changes().into_iter();
    changes.find(|change| change.property == key)
}

/// The key a record holds now and would lose.
fn held_key(row: &Row) -> Option<String> {
    changed_key(row)?.before
}
