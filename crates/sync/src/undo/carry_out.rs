use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{
    BatchResult, CUSTOMER_ID, Client, Create, LARGEST_BATCH, ObjectType, Outcome, Reason, RecordId,
    Update, Upsert, pack,
};
use clearsync_store::{PlanState, Purpose, Store, StoreError, Writer};
use tokio::sync::watch;

use super::{
    Counts, Types, UndoScope,
    held::{Definitions, Found, find},
    note::{self, Numbered, Step},
    reverse::by_hubspot,
    row::{Deed, Row},
    settle::{End, settle},
    waiting::waiting,
};
use crate::{
    blocking::blocking,
    clock::Clock,
    import::Wish,
    plan::{Kind, Portal, Values},
    push::{self, Order, PushError, PushProgress, Telling},
};

/// What taking something back came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Undone {
    /// Records whose values were put back.
    pub put_back: u32,
    /// Records that went to the recycle bin.
    pub archived: u32,
    /// Records that were made again.
    pub made_again: u32,
    /// Links that were taken away or made again.
    pub links: u32,
    /// Definitions that were removed or made again.
    pub definitions: u32,
    /// Records that others changed after the plan was made; they are left as they are.
    pub left: u32,
    /// What HubSpot did not do.
    pub failed: u32,
}

/// Carries out exactly the plan that was shown, or what is left of it, without the rows that wait for the user's word.
///
/// # Errors
/// [`PushError`]; the next call goes on where this one ended.
pub async fn carry_out(
    store: &Store,
    hubspot: &Client,
    order: Order,
    clock: &Clock,
    wish: watch::Receiver<Wish>,
    progress: &watch::Sender<PushProgress>,
) -> Result<Undone, PushError> {
    let begun = {
        let store = store.clone();
        blocking(move || store.write(|writer| Begun::begin(writer, order))).await?
    };
    let mut work = Work {
        store,
        hubspot,
        order,
        clock,
        telling: Telling::new(progress, wish, begun.rows.len()),
        redo: begun.redo,
        types: begun.types,
        portal: begun.portal,
        undone: Undone::default(),
        kinds: BTreeMap::new(),
    };
    work.all(begun.rows).await?;
    let undone = work.undone;
    let store = store.clone();
    blocking(move || store.write(|writer| finish(writer, order, begun.gives_back_all))).await?;
    Ok(undone)
}

/// What carrying out starts with.
struct Begun {
    /// Whether nothing of ClearSync's stays in the portal, but for what others changed.
    gives_back_all: bool,
    redo: bool,
    types: Types,
    portal: Option<Portal>,
    rows: Vec<Numbered>,
}

impl Begun {
    fn begin(writer: &Writer, order: Order) -> Result<Self, PushError> {
        let current = writer.current_plan(order.target, Purpose::Undo)?;
        let plan = current.filter(|current| current.id == order.plan);
        let plan = plan.ok_or(PushError::Outdated)?;
        let counts = Counts::read(&plan.counts).ok_or(PushError::Outdated)?;
        if writer.others_wrote_since(order.target, plan.id, plan.revision)? {
            return Err(PushError::Outdated);
        }
        writer.set_plan_state(order.plan, PlanState::Approved)?;
        let holds = writer.holds(order.target, Purpose::Undo)?;
        let mut rows = Vec::new();
        for stored in writer.plan_rows(order.plan, None, 0, u32::MAX)? {
            let row = Row::read(&stored).ok_or(PushError::Outdated)?;
            rows.push((stored.number, row));
        }
        let waiting = waiting(&rows, &holds);
        rows.retain(|(number, row)| {
            !waiting.contains(number) && !matches!(row.deed, Deed::Leave { .. })
        });
        Ok(Self {
            gives_back_all: counts.scope == UndoScope::Everything && waiting.is_empty(),
            redo: counts.redo,
            types: Types::load(writer, order.target)?,
            portal: Portal::kept(writer, order.target)?,
            rows,
        })
    }
}

/// What was shown of a sync is out of date now. A portal that was given back whole is as if nothing had ever been pushed.
fn finish(writer: &Writer, order: Order, gives_back_all: bool) -> Result<(), StoreError> {
    writer.set_plan_state(order.plan, PlanState::Done)?;
    writer.drop_plans(order.target, Purpose::Sync)?;
    writer.release_all(order.target, Purpose::Undo)?;
    if gives_back_all {
        push::forget_pushed(writer, order.target)?;
        writer.release_all(order.target, Purpose::Sync)?;
        Portal::forget(writer, order.target)?;
    }
    Ok(())
}

pub(super) struct Work<'a> {
    store: &'a Store,
    pub(super) hubspot: &'a Client,
    order: Order,
    clock: &'a Clock,
    pub(super) telling: Telling<'a>,
    redo: bool,
    pub(super) types: Types,
    /// As it was last looked at.
    pub(super) portal: Option<Portal>,
    undone: Undone,
    kinds: BTreeMap<String, Definitions>,
}

type Rows<'a> = &'a mut Vec<Numbered>;

impl Work<'_> {
    /// Unique values are given up before others get them, and definitions are there as long as they are used.
    async fn all(&mut self, mut rows: Vec<Numbered>) -> Result<(), PushError> {
        let rows = &mut rows;
        self.definitions(take(rows, |deed| matches!(deed, Deed::DefineAgain { .. })))
            .await?;
        self.links(take(rows, |deed| matches!(deed, Deed::Unlink { .. })))
            .await?;
        self.records(take(rows, |deed| matches!(deed, Deed::Archive { .. })))
            .await?;
        self.records(take(rows, gives_key_up)).await?;
        self.records(take(rows, |deed| matches!(deed, Deed::PutBack { .. })))
            .await?;
        self.records(take(rows, |deed| matches!(deed, Deed::MakeAgain { .. })))
            .await?;
        self.links(take(rows, |deed| matches!(deed, Deed::LinkAgain)))
            .await?;
        self.definitions(std::mem::take(rows)).await
    }

    async fn records(&mut self, rows: Vec<Numbered>) -> Result<(), PushError> {
        for (kind, rows) in by_kind(rows) {
            let object = self.types.of(&kind).ok_or(PushError::Outdated)?;
            for part in rows.chunks(LARGEST_BATCH) {
                self.telling.may_go_on().await?;
                let (part, changed) = self.look_once_more(&object, part.to_vec()).await?;
                let changed = self.note(changed).await?;
                self.end(changed.into_iter().collect()).await?;
                let steps = self.note_rows(part).await?;
                let (archived, written): (Vec<Step>, Vec<Step>) = steps
                    .into_iter()
                    .partition(|step| matches!(step.row.deed, Deed::Archive { .. }));
                self.archive(&object, archived).await?;
                let unsure = self.write(&object, written).await?;
                // HubSpot took the batch and said nothing of these. Every write may be sent again.
                let lost = self.write(&object, unsure).await?;
                self.undone.failed += count(lost.len());
            }
            self.telling.settled(rows.len());
        }
        Ok(())
    }

    /// Others may have changed records since the plan was made. Those are left, and what became of them is told.
    async fn look_once_more(
        &mut self,
        object: &ObjectType,
        rows: Vec<Numbered>,
    ) -> Result<(Vec<Numbered>, Vec<(Numbered, End)>), PushError> {
        let (store, order) = (self.store.clone(), self.order);
        let marked = blocking(move || {
            store.read(|view| {
                let mark = |(number, row): Numbered| {
                    Ok::<_, StoreError>((note::was_sent(view, order, number)?, (number, row)))
                };
                rows.into_iter().map(mark).collect::<Result<Vec<_>, _>>()
            })
        });
        // What was sent already may look as if it were changed, and may be sent again.
        let (mut good, mut fresh) = (Vec::new(), Vec::new());
        for (sent, row) in marked.await? {
            let standing = !sent && row.1.deed.record().is_some();
            if standing { &mut fresh } else { &mut good }.push(row);
        }
        if fresh.is_empty() {
            return Ok((good, Vec::new()));
        }
        let properties: BTreeSet<String> = fresh
            .iter()
            .flat_map(|(_, row)| row.deed.changes())
            .map(|change| change.property)
            .collect();
        let kind = object.path_name();
        if !self.kinds.contains_key(kind) {
            let found = Definitions::look(self.hubspot, object).await?;
            self.kinds.insert(kind.to_owned(), found);
        }
        let none = Definitions::default();
        let definitions = self.kinds.get(kind).unwrap_or(&none);
        let wide = fresh
            .iter()
            .any(|(_, row)| matches!(row.deed, Deed::Archive { .. }));
        let names: Vec<&str> = if wide {
            definitions.readable()
        } else {
            properties.iter().map(String::as_str).collect()
        };
        let ids: BTreeSet<RecordId> = fresh
            .iter()
            .filter_map(|(_, row)| row.deed.record())
            .collect();
        let found = find(self.hubspot, object, &ids, &names).await?;
        let mut changed = Vec::new();
        for (number, row) in fresh {
            let end = match row.deed.record().and_then(|id| found.get(&id)) {
                Some(Found::Stands(values)) if as_planned(&row.deed, values, definitions) => None,
                Some(Found::Stands(_) | Found::Merged) => Some(End::Changed),
                Some(Found::Gone) | None => Some(End::Gone),
            };
            match end {
                Some(end) => changed.push(((number, row), end)),
                None => good.push((number, row)),
            }
        }
        Ok((good, changed))
    }

    async fn archive(&mut self, object: &ObjectType, steps: Vec<Step>) -> Result<(), PushError> {
        let ids: BTreeSet<RecordId> = steps
            .iter()
            .filter_map(|step| step.row.deed.record())
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.hubspot.archive(object, &ids).await?;
        let done = |step: Step| {
            let record = step.row.deed.record();
            (step, End::Done(record))
        };
        self.end(steps.into_iter().map(done).collect()).await
    }

    /// Sends values, and gives those back of which HubSpot said nothing.
    async fn write(
        &mut self,
        object: &ObjectType,
        steps: Vec<Step>,
    ) -> Result<Vec<Step>, PushError> {
        let (changed, made): (Vec<Step>, Vec<Step>) = steps
            .into_iter()
            .partition(|step| step.row.deed.record().is_some());
        let mut unsure = Vec::new();
        let updates = changed.iter().filter_map(|step| {
            let properties = note::put_back(&step.row.deed);
            let id = step.row.deed.record()?;
            Some(Update { id, properties })
        });
        if let Some(batch) = pack(updates).batches.into_iter().next() {
            let result = self.hubspot.update(object, &batch).await;
            let of = |step: &Step| step.row.deed.record();
            unsure.extend(self.sort_out(changed, result, of).await?);
        }
        let property = made.first().map_or(CUSTOMER_ID, |step| key_of(&step.row));
        let (keyed, unkeyed): (Vec<Step>, Vec<Step>) =
            made.into_iter().partition(|step| key(&step.row).is_some());
        let upserts = keyed.iter().filter_map(|step| {
            let properties = values(&step.row.deed)?.clone();
            let key = key(&step.row)?;
            Some(Upsert { key, properties })
        });
        if let Some(batch) = pack(upserts).batches.into_iter().next() {
            let result = self.hubspot.upsert(object, property, &batch).await;
            let of = |step: &Step| key(&step.row);
            unsure.extend(self.sort_out(keyed, result, of).await?);
        }
        for step in unkeyed {
            let Some(properties) = values(&step.row.deed).cloned() else {
                continue;
            };
            let key = step.row.subject.clone();
            let Some(batch) = pack([Create { key, properties }]).batches.pop() else {
                continue;
            };
            let result = self.hubspot.create(object, property, &batch).await;
            let of = |step: &Step| Some(step.row.subject.clone());
            self.sort_out(vec![step], result, of).await?;
        }
        Ok(unsure)
    }

    /// Settles what is known, then reports what stopped the rest.
    async fn sort_out<K: Ord>(
        &mut self,
        steps: Vec<Step>,
        mut result: BatchResult<K>,
        key_of: impl Fn(&Step) -> Option<K>,
    ) -> Result<Vec<Step>, PushError> {
        let (mut ends, mut unsure) = (Vec::new(), Vec::new());
        for step in steps {
            let outcome = key_of(&step).and_then(|key| result.outcomes.remove(&key));
            match outcome {
                Some(Outcome::Written { id, .. }) => ends.push((step, End::Done(Some(id)))),
                Some(Outcome::Conflict { existing_id }) => {
                    let existing_id = Some(existing_id);
                    ends.push((step, End::Refused(Reason::Conflict { existing_id })));
                }
                Some(Outcome::Refused {
                    reason: Reason::NotFound,
                }) => {
                    ends.push((step, End::Gone));
                }
                Some(Outcome::Refused { reason }) => ends.push((step, End::Refused(reason))),
                Some(Outcome::Unconfirmed) => unsure.push(step),
                None => {}
            }
        }
        self.end(ends).await?;
        match result.stopped_by {
            Some(error) => Err(error.into()),
            None => Ok(unsure),
        }
    }

    /// Notes rows before they are sent.
    pub(super) async fn note_rows(&self, rows: Vec<Numbered>) -> Result<Vec<Step>, StoreError> {
        let noted = self.note(rows.into_iter().map(|row| (row, ())).collect());
        Ok(noted.await?.into_iter().map(|(step, ())| step).collect())
    }

    async fn note<T: Send + 'static>(
        &self,
        rows: Vec<(Numbered, T)>,
    ) -> Result<Vec<(Step, T)>, StoreError> {
        let (store, order, now) = (self.store.clone(), self.order, self.clock.now());
        blocking(move || {
            store.write(|writer| {
                let mut steps = Vec::with_capacity(rows.len());
                for (row, with) in rows {
                    if let Some(step) = note::note(writer, order, row, now)? {
                        steps.push((step, with));
                    }
                }
                Ok(steps)
            })
        })
        .await
    }

    pub(super) async fn end(&mut self, ends: Vec<(Step, End)>) -> Result<(), PushError> {
        for (step, end) in &ends {
            let counter = match (end, &step.row.deed) {
                (End::Changed | End::Gone, _) => &mut self.undone.left,
                (End::Refused(_), _) => &mut self.undone.failed,
                (End::Done(_), Deed::PutBack { .. }) => &mut self.undone.put_back,
                (End::Done(_), Deed::Archive { .. }) => &mut self.undone.archived,
                (End::Done(_), Deed::MakeAgain { .. }) => &mut self.undone.made_again,
                (End::Done(_), Deed::Unlink { .. } | Deed::LinkAgain) => &mut self.undone.links,
                (End::Done(_), _) => &mut self.undone.definitions,
            };
            *counter += 1;
        }
        if ends.is_empty() {
            return Ok(());
        }
        let (store, order, redo, now) =
            (self.store.clone(), self.order, self.redo, self.clock.now());
        blocking(move || {
            store.write(|writer| {
                ends.iter()
                    .try_for_each(|end| settle(writer, order, redo, end, now))
            })
        })
        .await?;
        Ok(())
    }
}

/// Takes the rows out that match, in their order.
fn take(rows: Rows<'_>, matching: impl Fn(&Deed) -> bool) -> Vec<Numbered> {
    let (taken, rest) = std::mem::take(rows)
        .into_iter()
        .partition(|(_, row)| matching(&row.deed));
    *rows = rest;
    taken
}

pub(super) fn by_kind(rows: Vec<Numbered>) -> BTreeMap<String, Vec<Numbered>> {
    let mut kinds: BTreeMap<String, Vec<Numbered>> = BTreeMap::new();
    for (number, row) in rows {
        kinds
            .entry(row.object.clone())
            .or_default()
            .push((number, row));
    }
    kinds
}

/// Whether it takes the id of a Stripe customer away from a record, so that another may get it.
fn gives_key_up(deed: &Deed) -> bool {
    matches!(deed, Deed::PutBack { changes, .. }
        if changes.iter().any(|change| change.property == CUSTOMER_ID && change.after.is_empty()))
}

/// Whether a record holds what the plan found in it.
fn as_planned(deed: &Deed, held: &Values, definitions: &Definitions) -> bool {
    let text = |property: &str| held.get(property).map_or("", String::as_str);
    match deed {
        Deed::Archive { values, .. } => {
            let others = |values: &Values| -> Values {
                let mut values = values.clone();
                values.retain(|name, _| !by_hubspot(name));
                values
            };
            others(values) == others(held)
        }
        _ => deed.changes().iter().all(|change| {
            let before = change.before.as_deref().unwrap_or_default();
            definitions.same(&change.property, before, text(&change.property))
        }),
    }
}

fn values(deed: &Deed) -> Option<&Values> {
    match deed {
        Deed::MakeAgain { values, .. } => Some(values),
        _ => None,
    }
}

/// The property a record of this kind is found again by.
fn key_of(row: &Row) -> &'static str {
    Kind::named(&row.object).map_or(CUSTOMER_ID, Kind::key)
}

fn key(row: &Row) -> Option<String> {
    values(&row.deed)?.get(key_of(row)).cloned()
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
