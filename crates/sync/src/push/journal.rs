use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{CUSTOMER_ID, MARK, Reason, Record, RecordId};
use clearsync_store::{
    Attention, Grain, JournalEntry, JournalId, NewJournalEntry, Reader, Settled, Store, StoreError,
    Target, WriteState, Writer,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Numbered, Order};
use crate::{
    blocking::blocking,
    clock::Clock,
    plan::{self, CREATE, Confirmed, Deed, Kind, LAST_SYNCED, Mark, Row, UPDATE, Values, Whose},
};

/// The code of an open item about a record HubSpot refused; `params` hold `object`, `key`, `reason` and, where HubSpot
/// names it, `property`.
pub const RECORD_REFUSED: &str = "record_refused";
pub(super) const AREA: &str = "push";
/// Why a write failed that waits for a scope, as HubSpot calls it.
pub(super) const MISSING_SCOPES: &str = "MISSING_SCOPES";

/// What stood in a record before a write, as the journal keeps it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Before {
    /// The record; `None` when the write makes it.
    pub(super) record: Option<RecordId>,
    /// The properties that the write touches and that were not empty.
    #[serde(default)]
    pub(super) properties: Values,
}

/// One write, noted and about to be sent.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) entry: JournalId,
    pub(super) number: i64,
    pub(super) row: Row,
    pub(super) record: Option<RecordId>,
    pub(super) body: Values,
}

/// What became of a step.
#[derive(Debug, Clone)]
pub(super) enum End {
    Written {
        record: RecordId,
        created: bool,
    },
    /// Another record holds the key or the e-mail; `shared` when that is the contact of another customer.
    Conflict {
        existing: RecordId,
    },
    Refused(Reason),
    /// The key may not write records of this kind. Nothing was written, and the record waits.
    Barred,
    /// The record is no more.
    Gone,
}

/// Notes writes before they are sent, and their ends.
pub(super) struct Journal<'a> {
    store: &'a Store,
    order: Order,
    clock: &'a Clock,
    /// Transactions come in the order they are asked for, so that a push runs the same way each time.
    turn: tokio::sync::Mutex<()>,
}

impl<'a> Journal<'a> {
    pub(super) fn new(store: &'a Store, order: Order, clock: &'a Clock) -> Self {
        Self {
            store,
            order,
            clock,
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The present.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Runs one transaction with the present.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Writer, Order, jiff::Timestamp) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _turn = self.turn.lock().await;
        let (store, order, now) = (self.store.clone(), self.order, self.clock.now());
        blocking(move || store.write(|writer| change(writer, order, now))).await
    }

    /// Notes the writes of rows, or finds them noted. `adopted` are records found in place of those that were to be made;
    /// `stamp` says which objects say when they were last written.
    pub(super) async fn note(
        &self,
        rows: Vec<Numbered>,
        adopted: BTreeMap<i64, Adopted>,
        stamp: bool,
    ) -> Result<Vec<Step>, StoreError> {
        self.write(move |writer, order, now| {
            let mut steps = Vec::with_capacity(rows.len());
            for (number, row) in rows {
                let (key, record, before) = match adopted.get(&number) {
                    Some(adopted) => (
                        adopted.write_key(order, number),
                        Some(adopted.record),
                        adopted.held.clone(),
                    ),
                    None => (write_key(order, number), row.deed.record(), before(&row)),
                };
                let mut after = body(&row, record.is_some());
                let properties = before
                    .into_iter()
                    .filter(|(name, _)| after.contains_key(name));
                let before = Before {
                    record,
                    properties: properties.collect(),
                };
                if stamp {
                    after.insert(LAST_SYNCED.to_owned(), now.to_string());
                }
                let write = NewJournalEntry {
                    run: order.run,
                    plan_row: Some((order.plan, number)),
                    action: if record.is_some() { UPDATE } else { CREATE }.to_owned(),
                    object: row.object.clone(),
                    subject: row.subject.clone(),
                    before: json!(before),
                    after: json!(after),
                    write_key: key.clone(),
                };
                let entry = writer.note_write(order.target, &write, now)?;
                // A write noted earlier is sent again as it was.
                let noted = writer.journal_by_key(&key)?;
                if noted.as_ref().is_some_and(|noted| !is_open(noted)) {
                    continue;
                }
                writer.mark_sent(entry)?;
                let (record, body) = match noted {
                    Some(noted) => sent(&noted)?,
                    None => (record, after),
                };
                steps.push(Step {
                    entry,
                    number,
                    row,
                    record,
                    body,
                });
            }
            Ok(steps)
        })
        .await
    }

    /// Notes how writes ended, and what that says about the records.
    pub(super) async fn settle(&self, ends: Vec<(Step, End)>) -> Result<(), StoreError> {
        self.write(move |writer, order, now| {
            for (step, end) in ends {
                match end {
                    End::Written { record, created } => {
                        let receipt = json!({ "record": record, "created": created });
                        writer.settle_write(step.entry, Settled::Done, &receipt, now)?;
                        confirm(writer, order, &step, record, created, now)?;
                    }
                    End::Conflict { existing } => {
                        let receipt = json!({ "conflict": existing });
                        writer.settle_write(step.entry, Settled::Failed, &receipt, now)?;
                    }
                    End::Refused(reason) => {
                        let params = refusal(&step.row, &reason);
                        writer.settle_write(step.entry, Settled::Failed, &params, now)?;
                        open_item(writer, order, &step.row, RECORD_REFUSED, params, now)?;
                    }
                    End::Barred => {
                        let receipt = json!({ "reason": MISSING_SCOPES });
                        writer.settle_write(step.entry, Settled::Failed, &receipt, now)?;
                    }
                    End::Gone => {
                        let receipt = json!({ "gone": true });
                        writer.settle_write(step.entry, Settled::Failed, &receipt, now)?;
                        forget(writer, order, &step.row)?;
                    }
                }
            }
            Ok(())
        })
        .await
    }

    /// Which of the found records may be written in place of those that were to be made. The others are open items, or the
    /// contact of another customer, who from now on shares it.
    pub(super) async fn adopt(
        &self,
        found: Vec<(Numbered, Record)>,
        by: &'static str,
        retried: bool,
    ) -> Result<Adoptions, StoreError> {
        self.write(move |writer, order, now| {
            let mut adoptions = Adoptions::default();
            for ((number, row), record) in found {
                match claim(writer, order, &row, &record)? {
                    Claim::Free => {
                        let held = held(&record);
                        let adopted = Adopted { record: record.id, held, retried };
                        adoptions.adopted.insert(number, adopted);
                        adoptions.rows.push((number, row));
                    }
                    Claim::OfAnotherCustomer => {
                        let link = clearsync_store::Link {
                            object: row.object.clone(),
                            subject: row.subject.clone(),
                            record: record.id.to_string(),
                            decided_by: by.to_owned(),
                            decided_at: now,
                        };
                        writer.put_link(order.target, &link)?;
                        adoptions.shared += 1;
                    }
                    Claim::Taken => {
                        let params = json!({
                            "object": row.object, "key": row.subject, "candidates": record.id.to_string(),
                        });
                        open_item(writer, order, &row, plan::MATCH_AMBIGUOUS, params, now)?;
                        adoptions.taken += 1;
                    }
                }
            }
            Ok(adoptions)
        })
        .await
    }

    /// Makes rows open items whose record others have taken since the plan looked. Gives the other rows, and how many were
    /// taken.
    pub(super) async fn leave_taken(
        &self,
        rows: Vec<(Numbered, Option<Record>)>,
    ) -> Result<(Vec<Numbered>, usize), StoreError> {
        self.write(move |writer, order, now| {
            let (mut free, mut taken) = (Vec::new(), 0);
            for ((number, row), record) in rows {
                let changed = record.filter(|record| {
                    let same = |name| row.deed.held(name) == record.value(name).unwrap_or_default();
                    !(same(MARK) && same(CUSTOMER_ID))
                });
                match changed {
                    Some(record) if is_others(writer, order, &row, &record)? => {
                        let params = json!({
                            "object": row.object, "key": row.subject, "candidates": record.id.to_string(),
                        });
                        open_item(writer, order, &row, plan::MATCH_AMBIGUOUS, params, now)?;
                        taken += 1;
                    }
                    _ => free.push((number, row)),
                }
            }
            Ok((free, taken))
        })
        .await
    }

    /// Makes rows open items that cannot be written for a reason known before sending.
    pub(super) async fn leave_open(
        &self,
        rows: Vec<Numbered>,
        code: &'static str,
        params: Value,
    ) -> Result<(), StoreError> {
        self.write(move |writer, order, now| {
            for (_, row) in rows {
                open_item(writer, order, &row, code, params.clone(), now)?;
            }
            Ok(())
        })
        .await
    }
}

/// A record that takes the place of one that was to be made.
#[derive(Debug, Clone)]
pub(super) struct Adopted {
    record: RecordId,
    held: Values,
    /// Whether making it was tried first.
    retried: bool,
}

impl Adopted {
    fn write_key(&self, order: Order, number: i64) -> String {
        if self.retried {
            adoption_key(order, number)
        } else {
            write_key(order, number)
        }
    }
}

/// What may be done with records that were found.
#[derive(Debug, Default)]
pub(super) struct Adoptions {
    pub(super) rows: Vec<Numbered>,
    pub(super) adopted: BTreeMap<i64, Adopted>,
    pub(super) shared: usize,
    pub(super) taken: usize,
}

enum Claim {
    Free,
    OfAnotherCustomer,
    Taken,
}

fn claim(view: &Reader, order: Order, row: &Row, record: &Record) -> Result<Claim, StoreError> {
    let Deed::Create { linked, .. } = &row.deed else {
        return Ok(Claim::Free);
    };
    let links = view.links_to_record(order.target, &row.object, &record.id.to_string())?;
    if links.iter().any(|link| !linked.contains(&link.subject)) {
        let contact = row.object == Kind::Contacts.name();
        return Ok(if contact {
            Claim::OfAnotherCustomer
        } else {
            Claim::Taken
        });
    }
    Ok(if is_others(view, order, row, record)? {
        Claim::Taken
    } else {
        Claim::Free
    })
}

/// Whether another account or installation writes a record: it carries their mark, or a customer that is not known here.
fn is_others(view: &Reader, order: Order, row: &Row, record: &Record) -> Result<bool, StoreError> {
    let mark = row.deed.after(MARK).and_then(Mark::read);
    if mark.is_some_and(|mark| mark.whose(record.value(MARK)) != Whose::Ours) {
        return Ok(true);
    }
    let shared = Kind::named(&row.object).is_some_and(Kind::is_shared);
    match record.value(CUSTOMER_ID).filter(|_| shared) {
        Some(customer) => {
            let known = view.rollup(order.target.account, Grain::Customer, customer)?;
            Ok(known.is_none())
        }
        None => Ok(false),
    }
}

/// Whether a row needs nothing more.
pub(super) fn is_settled(view: &Reader, order: Order, number: i64) -> Result<bool, StoreError> {
    let Some(first) = view.journal_by_key(&write_key(order, number))? else {
        return Ok(false);
    };
    if is_open(&first) {
        return Ok(false);
    }
    let conflict = first
        .receipt
        .as_ref()
        .is_some_and(|receipt| receipt.get("conflict").is_some());
    if !conflict {
        return Ok(true);
    }
    let adoption = view.journal_by_key(&adoption_key(order, number))?;
    Ok(adoption.is_some_and(|adoption| !is_open(&adoption)))
}

/// The record that stood in the way of a row, when that is as far as it came.
pub(super) fn conflict(
    view: &Reader,
    order: Order,
    number: i64,
) -> Result<Option<RecordId>, StoreError> {
    let first = view.journal_by_key(&write_key(order, number))?;
    let receipt = first
        .filter(|first| !is_open(first))
        .and_then(|first| first.receipt);
    Ok(receipt.and_then(|receipt| RecordId::deserialize(receipt.get("conflict")?).ok()))
}

pub(super) fn write_key(order: Order, number: i64) -> String {
    format!("{}:{number}", order.plan.0)
}

fn adoption_key(order: Order, number: i64) -> String {
    format!("{}:{number}:adopt", order.plan.0)
}

pub(super) fn is_open(entry: &JournalEntry) -> bool {
    matches!(entry.state, WriteState::Pending | WriteState::Sent)
}

fn sent(entry: &JournalEntry) -> Result<(Option<RecordId>, Values), StoreError> {
    let missing = |_| StoreError::Missing { table: "journal" };
    let before = Before::deserialize(&entry.entry.before).map_err(missing)?;
    let body = Values::deserialize(&entry.entry.after).map_err(missing)?;
    Ok((before.record, body))
}

fn before(row: &Row) -> Values {
    row.deed
        .changes()
        .into_iter()
        .filter_map(|change| Some((change.property, change.before?)))
        .collect()
}

/// What is sent. A record that turns out to exist keeps its e-mail, name and domain.
fn body(row: &Row, exists: bool) -> Values {
    match &row.deed {
        Deed::Create { values, .. } if exists => values.clone(),
        deed => deed.body(),
    }
}

fn held(record: &Record) -> Values {
    record
        .properties
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.clone()?)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn confirm(
    writer: &Writer,
    order: Order,
    step: &Step,
    record: RecordId,
    created: bool,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let row = &step.row;
    let (linked, values, found_by) = match &row.deed {
        Deed::Create { linked, values, .. } => {
            let found_by = if created { "created" } else { "conflict" };
            (linked, values, Some(found_by))
        }
        Deed::Update {
            linked,
            values,
            found_by,
            ..
        } => (linked, values, found_by.as_deref()),
        Deed::Keep { .. } | Deed::Skip { .. } | Deed::Associate { .. } | Deed::Remove { .. } => {
            return Ok(());
        }
    };
    let confirmed = Confirmed {
        object: &row.object,
        subject: &row.subject,
        record,
        linked,
        found_by,
        values,
    };
    plan::confirm(writer, order.target, &confirmed, now)?;
    writer.set_attention(order.target.account, AREA, &row.label, &[], now)
}

fn forget(writer: &Writer, order: Order, row: &Row) -> Result<(), StoreError> {
    if let Deed::Update { linked, .. } = &row.deed {
        for subject in linked {
            writer.remove_link(order.target, &row.object, subject)?;
            writer.remove_written(order.target, &row.object, subject)?;
        }
    }
    Ok(())
}

fn open_item(
    writer: &Writer,
    order: Order,
    row: &Row,
    code: &str,
    params: Value,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    writer.set_attention(
        order.target.account,
        AREA,
        &row.label,
        &[(code, params)],
        now,
    )
}

/// Closes the open items of pushes about records that need no write any more. `waiting` names those that still do.
pub(crate) fn close_items_but_of(
    writer: &Writer,
    target: Target,
    open: &[Attention],
    waiting: &BTreeSet<&str>,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let over = |item: &&Attention| item.area == AREA && !waiting.contains(item.subject.as_str());
    open.iter()
        .filter(over)
        .try_for_each(|item| writer.set_attention(target.account, AREA, &item.subject, &[], now))
}

/// What is kept of a refusal: names and codes, never HubSpot's words.
fn refusal(row: &Row, reason: &Reason) -> Value {
    let (code, property) = refusal_code(reason);
    json!({ "object": row.object, "key": row.subject, "reason": code, "property": property })
}

/// The code of a refusal, and the property it names.
pub(crate) fn refusal_code(reason: &Reason) -> (String, Option<String>) {
    match reason {
        Reason::ValueRefused { property, code } => (code.to_string(), property.clone()),
        Reason::UniqueValueHeld { property, .. } => {
            ("UNIQUE_VALUE_HELD".to_owned(), property.clone())
        }
        Reason::Rejected { category, .. } => (category.clone().unwrap_or_default(), None),
        Reason::Conflict { .. } => ("CONFLICT".to_owned(), None),
        Reason::PropertyInUse => ("PROPERTY_IN_USE".to_owned(), None),
        _ => ("REFUSED".to_owned(), None),
    }
}
