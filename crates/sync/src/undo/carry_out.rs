use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{
    BatchResult, CUSTOMER_ID, Client, Create, GROUP, GROUP_LABEL, HubSpotError, LARGEST_BATCH,
    ObjectType, Outcome, Pair, Reason, RecordId, SchemaError, Update, Upsert, pack,
};
use clearsync_store::{PlanState, Purpose, Store, StoreError, Writer};
use tokio::sync::watch;

use super::{
    Counts, Types, UndoScope,
    counts::LARGEST_LINK_BATCH,
    held::{Definitions, Found, find},
    note::{self, Numbered, Step},
    reverse::by_hubspot,
    row::{Deed, GROUPS, OBJECT_TYPES, PIPELINES, PROPERTIES, Row},
    settle::{End, settle},
};
use crate::{
    blocking::blocking,
    clock::Clock,
    import::Wish,
    plan::{Kind, LinkKind, PIPELINE, Portal, Values, link_ends},
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
    blocking(move || store.write(|writer| finish(writer, order, &begun.scope))).await?;
    Ok(undone)
}

/// What carrying out starts with.
struct Begun {
    scope: UndoScope,
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
            let held = holds.contains(&(row.object.clone(), row.subject.clone()));
            if !held && !matches!(row.deed, Deed::Leave { .. }) {
                rows.push((stored.number, row));
            }
        }
        Ok(Self {
            scope: counts.scope,
            redo: counts.redo,
            types: Types::load(writer, order.target)?,
            portal: Portal::kept(writer, order.target)?,
            rows,
        })
    }
}

/// What was shown of a sync is out of date now. A portal that was given back whole is as if nothing had ever been pushed.
fn finish(writer: &Writer, order: Order, scope: &UndoScope) -> Result<(), StoreError> {
    writer.set_plan_state(order.plan, PlanState::Done)?;
    writer.drop_plans(order.target, Purpose::Sync)?;
    writer.release_all(order.target, Purpose::Undo)?;
    if *scope == UndoScope::Everything {
        push::forget_pushed(writer, order.target)?;
        writer.release_all(order.target, Purpose::Sync)?;
        Portal::forget(writer, order.target)?;
    }
    Ok(())
}

struct Work<'a> {
    store: &'a Store,
    hubspot: &'a Client,
    order: Order,
    clock: &'a Clock,
    telling: Telling<'a>,
    redo: bool,
    types: Types,
    /// As it was last looked at.
    portal: Option<Portal>,
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
                let steps = self.note(part.into_iter().map(|row| (row, ())).collect());
                let steps: Vec<Step> = steps.await?.into_iter().map(|(step, ())| step).collect();
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

    async fn links(&mut self, rows: Vec<Numbered>) -> Result<(), PushError> {
        for (kind, rows) in by_kind(rows) {
            let ends = link_ends(&kind);
            let types = ends.and_then(|(from, to)| self.types.of(from).zip(self.types.of(to)));
            let (from, to) = types.ok_or(PushError::Outdated)?;
            for part in rows.chunks(LARGEST_LINK_BATCH) {
                self.telling.may_go_on().await?;
                let part = part.iter().cloned().map(|row| (row, ())).collect();
                let steps: Vec<Step> = self
                    .note(part)
                    .await?
                    .into_iter()
                    .map(|(step, ())| step)
                    .collect();
                let pairs: BTreeSet<Pair> = steps.iter().filter_map(|step| step.pair).collect();
                if pairs.is_empty() {
                    continue;
                }
                let taken = steps
                    .iter()
                    .any(|step| matches!(step.row.deed, Deed::Unlink { .. }));
                let failed = if taken {
                    self.hubspot.dissociate(&from, &to, &pairs).await?;
                    BTreeMap::new()
                } else {
                    self.link_again(&kind, (&from, &to), &pairs).await?
                };
                let end = |step: Step| {
                    let refused = step.pair.and_then(|pair| failed.get(&pair).cloned());
                    (step, refused.map_or(End::Done(None), End::Refused))
                };
                self.end(steps.into_iter().map(end).collect()).await?;
            }
            self.telling.settled(rows.len());
        }
        Ok(())
    }

    async fn link_again(
        &self,
        kind: &str,
        (from, to): (&ObjectType, &ObjectType),
        pairs: &BTreeSet<Pair>,
    ) -> Result<BTreeMap<Pair, Reason>, PushError> {
        let label = || self.portal.as_ref()?.label(LinkKind::named(kind)?);
        let result = match label() {
            Some(label) => {
                let labelled = self.hubspot.associate_labelled(from, to, pairs, label);
                labelled.await
            }
            None => self.hubspot.associate(from, to, pairs).await,
        };
        if let Some(error) = result.stopped_by {
            return Err(error.into());
        }
        let refused = result
            .outcomes
            .into_iter()
            .filter_map(|(pair, outcome)| match outcome {
                clearsync_hubspot::AssociationOutcome::Refused { reason } => Some((pair, reason)),
                _ => None,
            });
        Ok(refused.collect())
    }

    /// What stands in another goes before it, and comes after it.
    async fn definitions(&mut self, rows: Vec<Numbered>) -> Result<(), PushError> {
        let again = |row: &Row| matches!(row.deed, Deed::DefineAgain { .. });
        let mut parts: BTreeMap<(bool, usize, String), Vec<Numbered>> = BTreeMap::new();
        for (number, row) in rows {
            let (Deed::Remove { on, .. } | Deed::DefineAgain { on, .. }) = &row.deed else {
                continue;
            };
            let order = [PROPERTIES, PIPELINES, GROUPS, OBJECT_TYPES];
            let place = order.iter().position(|kind| *kind == row.object);
            let place = place.unwrap_or(order.len());
            let place = if again(&row) {
                order.len() - place
            } else {
                place
            };
            let key = (!again(&row), place, on.clone());
            parts.entry(key).or_default().push((number, row));
        }
        for ((_, _, on), part) in parts {
            self.telling.may_go_on().await?;
            let object = self.types.of(&on).ok_or(PushError::Outdated)?;
            let total = part.len();
            let part = part.into_iter().map(|row| (row, ())).collect();
            let steps: Vec<Step> = self
                .note(part)
                .await?
                .into_iter()
                .map(|(step, ())| step)
                .collect();
            if self.define_together(&object, &steps).await? {
                let done = |step: Step| (step, End::Done(None));
                self.end(steps.into_iter().map(done).collect()).await?;
            } else {
                self.define_one_by_one(&object, steps).await?;
            }
            self.telling.settled(total);
        }
        Ok(())
    }

    /// Removes or makes properties in one request; says whether that was so.
    async fn define_together(
        &self,
        object: &ObjectType,
        steps: &[Step],
    ) -> Result<bool, PushError> {
        if steps
            .first()
            .is_none_or(|step| step.row.object != PROPERTIES)
        {
            return Ok(false);
        }
        let names: Vec<&str> = steps.iter().map(|step| step.row.label.as_str()).collect();
        let removes = steps
            .iter()
            .any(|step| matches!(step.row.deed, Deed::Remove { .. }));
        let outcome = if removes {
            self.hubspot.archive_properties(object, &names).await
        } else {
            self.make_properties(object, &names).await
        };
        match outcome {
            Ok(()) => Ok(true),
            Err(error) if is_about_it(&error.reason) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn define_one_by_one(
        &mut self,
        object: &ObjectType,
        steps: Vec<Step>,
    ) -> Result<(), PushError> {
        let mut ends = Vec::with_capacity(steps.len());
        for step in steps {
            let end = match self.define(object, &step.row).await {
                Ok(()) => End::Done(None),
                Err(error) if is_about_it(&error.reason) => End::Refused(error.reason),
                Err(error) => {
                    self.end(ends).await?;
                    return Err(error.into());
                }
            };
            ends.push((step, end));
        }
        self.end(ends).await
    }

    async fn define(&self, object: &ObjectType, row: &Row) -> Result<(), HubSpotError> {
        let name = row.label.as_str();
        let again = matches!(row.deed, Deed::DefineAgain { .. });
        match (row.object.as_str(), again) {
            (PROPERTIES, false) => self.hubspot.archive_property(object, name).await,
            (PROPERTIES, true) => self.make_properties(object, &[name]).await,
            (PIPELINES, false) => self.hubspot.archive_pipeline(object, name).await,
            (PIPELINES, true) => self
                .hubspot
                .ensure_pipeline(object, &PIPELINE)
                .await
                .map(drop),
            (OBJECT_TYPES, false) => self.hubspot.archive_custom_object(object.type_id()).await,
            (_, false) => self.hubspot.archive_property_group(object, name).await,
            (_, true) => {
                self.hubspot
                    .create_property_group(object, GROUP, GROUP_LABEL)
                    .await
            }
        }
    }

    async fn make_properties(
        &self,
        object: &ObjectType,
        names: &[&str],
    ) -> Result<(), HubSpotError> {
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| self.types.of(kind.name()).as_ref() == Some(object));
        let own: Vec<_> = kind
            .map_or(&[][..], Kind::catalogue)
            .iter()
            .filter(|own| names.contains(&&*own.name))
            .collect();
        match self.hubspot.ensure_properties(object, &own).await {
            Ok(_) => Ok(()),
            Err(SchemaError::HubSpot(error) | SchemaError::NotCreated { source: error, .. }) => {
                Err(error)
            }
            Err(SchemaError::Misfits(_) | SchemaError::NotSeen(_)) => {
                Err(Reason::AlreadyExists.into())
            }
        }
    }

    /// Notes rows before they are sent.
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

    async fn end(&mut self, ends: Vec<(Step, End)>) -> Result<(), PushError> {
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

fn by_kind(rows: Vec<Numbered>) -> BTreeMap<String, Vec<Numbered>> {
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

/// Whether a refusal is about the one definition.
fn is_about_it(reason: &Reason) -> bool {
    reason.concerns_one_record()
        || matches!(
            reason,
            Reason::PropertyInUse | Reason::AlreadyExists | Reason::LabelTaken
        )
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
