//! What Stripe keeps of all this: the objects as they stand and the log of events.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{account::No, dice::Ids, objects};
use crate::StripeData;

/// A record that Stripe has an object for. `Charge` is an invoice and the number of the attempt to pay it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Customer(No),
    Card(No),
    CustomerDiscount(No),
    Subscription(No),
    Schedule(No),
    InvoiceItem(No),
    Invoice(No),
    Intent(No),
    InvoicePayment(No),
    Charge(No, usize),
    Refund(No),
    CreditNote(No),
}

/// Writes objects and events. Objects that changed before the log begins are written when they are next needed.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) data: StripeData,
    request: Option<String>,
    /// Events before this moment are not kept.
    begins: Timestamp,
    stale: BTreeSet<Subject>,
    ids: Ids,
    recorded: usize,
}

impl Journal {
    pub(super) fn new(seed: u64, begins: Timestamp) -> Self {
        Self {
            data: StripeData::default(),
            request: None,
            begins,
            stale: BTreeSet::new(),
            ids: Ids::new(!seed),
            recorded: 0,
        }
    }

    /// What follows is done by Stripe itself.
    pub(super) fn no_request(&mut self) {
        self.request = None;
    }

    /// What follows is done at someone's request.
    pub(super) fn new_request(&mut self) {
        self.request = Some(self.ids.short("req_"));
    }

    /// How many events were recorded so far.
    pub(super) fn recorded(&self) -> usize {
        self.recorded
    }

    /// Whether an event of this moment is kept.
    pub(super) fn keeps(&self, at: Timestamp) -> bool {
        at >= self.begins
    }

    /// Notes that a record has changed, to be written with [`Journal::take_stale`].
    pub(super) fn mark(&mut self, subject: Subject) {
        self.stale.insert(subject);
    }

    /// The records that changed since they were last written.
    pub(super) fn take_stale(&mut self) -> BTreeSet<Subject> {
        std::mem::take(&mut self.stale)
    }

    /// Puts an object down with no event.
    pub(super) fn put(&mut self, object: Value) {
        self.data.upsert(object);
    }

    /// Puts an object down and tells of it. An `.updated` event carries what was there before; where nothing differs
    /// there is no event.
    pub(super) fn tell(&mut self, at: Timestamp, kind: &str, object: Value) {
        let previous = kind
            .ends_with(".updated")
            .then(|| self.before(&object))
            .flatten();
        if previous.as_ref().is_some_and(Map::is_empty) {
            self.put(object);
            return;
        }
        if self.keeps(at) {
            let event = objects::event(
                &self.ids.long("evt_"),
                at,
                kind,
                &object,
                previous,
                self.request.as_deref(),
            );
            self.data.record(event);
            self.recorded += 1;
        }
        self.put(object);
    }

    fn before(&self, object: &Value) -> Option<Map<String, Value>> {
        let kind = object.get("object")?.as_str()?;
        let id = object.get("id")?.as_str()?;
        let old = self.data.get(kind, id)?.as_object()?;
        Some(differences(old, object.as_object()?))
    }
}

/// The old values of the fields that changed; inside nested objects only theirs.
fn differences(old: &Map<String, Value>, new: &Map<String, Value>) -> Map<String, Value> {
    let mut changed = Map::new();
    for (field, before) in old {
        match (before, new.get(field)) {
            (_, Some(after)) if before == after => {}
            (Value::Object(before), Some(Value::Object(after))) => {
                changed.insert(field.clone(), Value::Object(differences(before, after)));
            }
            _ => {
                changed.insert(field.clone(), before.clone());
            }
        }
    }
    for field in new.keys().filter(|field| !old.contains_key(*field)) {
        changed.insert(field.clone(), Value::Null);
    }
    changed
}
