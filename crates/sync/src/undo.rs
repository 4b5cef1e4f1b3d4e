//! Takes back what was written: one record, one run, or everything ClearSync ever did in a portal.
//!
//! [`make`] reads what HubSpot holds of it, the pure core in `reverse` decides, and the store keeps the plan to be shown, as
//! a sync's. [`carry_out`] does exactly that plan through the same journal, so that taking back can itself be taken back.
//! What others changed since is left as it is and listed. What was taken back waits for the user's word before a sync
//! writes it again.

mod carry_out;
mod counts;
mod define;
mod held;
mod history;
mod note;
mod relink;
mod reverse;
mod row;
mod settle;
mod types;
mod waiting;

use std::collections::BTreeMap;

use clearsync_hubspot::{Client, HubSpotError, ObjectType};
use clearsync_store::{
    Grain, JournalEntry, JournalId, PlanId, Purpose, Reader, Store, StoreError, Target,
};
use jiff::Timestamp;

pub use carry_out::{Undone, carry_out};
pub(crate) use counts::Counts;
pub(crate) use held::{Found, find};
pub use history::UndoScope;
pub(crate) use row::{
    ARCHIVE, DEFINE_AGAIN, Deed, LEAVE, LINK_AGAIN, MAKE_AGAIN, PUT_BACK, REMOVE, Row, UNLINK,
};

pub(crate) use waiting::waiting_in;

pub(crate) use self::types::Types;
use self::{held::Held, history::History, reverse::rows};
use crate::{blocking::blocking, derive::Summary, plan::Kind};

/// The kind of run that carries out what takes something back.
pub const RUN_KIND: &str = "undo";

/// Why no plan could be made.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// HubSpot could not be asked.
    #[error(transparent)]
    HubSpot(#[from] HubSpotError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ends of some writes are not known yet; making a plan for a sync finds them out.
    #[error("some writes are not settled")]
    Unsettled,
}

/// Makes the plan that takes something back, and keeps it to be shown.
///
/// # Errors
/// [`UndoError`].
pub async fn make(
    store: &Store,
    hubspot: &Client,
    target: Target,
    scope: UndoScope,
    now: Timestamp,
) -> Result<PlanId, UndoError> {
    let known = {
        let (store, scope) = (store.clone(), scope.clone());
        blocking(move || store.read(|view| Known::load(view, target, &scope))).await?
    };
    if known.unsettled {
        return Err(UndoError::Unsettled);
    }
    let mut history = History::of(&known.writes, &scope);
    let mut held = Held::look(hubspot, &history, known.types).await?;
    let everything = scope == UndoScope::Everything;
    if everything || history.removes_definitions() {
        held.look_for_others(hubspot, &history).await?;
    }
    if everything {
        // Whoever takes everything back last removes what others had made first.
        for (kind, subject) in held.own_definitions() {
            history.add_left_behind(kind, subject);
        }
    }
    let rows = rows(&history, &held, &known.labels);
    let counts = Counts::of(&rows, scope, known.redo, hubspot.quota());
    let store = store.clone();
    blocking(move || {
        store.write(|writer| {
            writer.release_all(target, Purpose::Undo)?;
            let rows: Vec<_> = rows.iter().map(Row::stored).collect();
            let of = (target, Purpose::Undo);
            let id = writer.add_plan(of, known.last.0, now, &counts.to_json(), &rows)?;
            writer.forget_dropped_plans(target.account)?;
            Ok(id)
        })
    })
    .await
}

/// What the store knows of what was written.
struct Known {
    writes: Vec<JournalEntry>,
    last: JournalId,
    unsettled: bool,
    /// Whether what is taken back took something back itself.
    redo: bool,
    labels: BTreeMap<(String, String), String>,
    types: Types,
}

impl Known {
    fn load(view: &Reader, target: Target, scope: &UndoScope) -> Result<Self, StoreError> {
        let writes = view.confirmed_writes(target)?;
        let redo = match scope {
            UndoScope::Run(run) => view.run(*run)?.is_some_and(|run| run.kind == RUN_KIND),
            UndoScope::Record { .. } | UndoScope::Everything => false,
        };
        let mut labels = BTreeMap::new();
        for write in &writes {
            let key = (write.entry.object.clone(), write.entry.subject.clone());
            if let std::collections::btree_map::Entry::Vacant(place) = labels.entry(key)
                && let Some(label) = label(view, target, &write.entry.subject)?
            {
                place.insert(label);
            }
        }
        Ok(Self {
            writes,
            last: view.last_write(target)?,
            unsettled: !view.open_journal(target)?.is_empty(),
            redo,
            labels,
            types: Types::load(view, target)?,
        })
    }
}

/// What people recognise a customer by.
pub(crate) fn label(
    view: &Reader,
    target: Target,
    subject: &str,
) -> Result<Option<String>, StoreError> {
    let rollup = view.rollup(target.account, Grain::Customer, subject)?;
    let summary = rollup.and_then(|rollup| Summary::of(&rollup));
    Ok(summary.and_then(|summary| summary.email.or(summary.name)))
}

/// The type of a kind of record as the journal names it, where it is HubSpot's.
pub(crate) fn object_type(kind: &str) -> Option<ObjectType> {
    Kind::named(kind)?.hubspots()
}
