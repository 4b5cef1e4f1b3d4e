//! Calls on up to a hundred records at once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    association::NewAssociation,
    portal::{Portal, Sent},
    record::{Record, Values},
    reply::{Answer, Refusal, Reply},
    write::{HeldAddress, Writer},
};

/// The most records one call may name.
const MAX_INPUTS: usize = 100;
/// The most records one call may read with the history of their values.
const MAX_INPUTS_WITH_HISTORY: usize = 50;

#[derive(Deserialize)]
struct Inputs<T> {
    inputs: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateInput {
    properties: Values,
    #[serde(default)]
    associations: Vec<NewAssociation>,
    object_write_trace_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyedInput {
    id: String,
    id_property: Option<String>,
    properties: Values,
    object_write_trace_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Id {
    pub(super) id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadBody {
    inputs: Vec<Id>,
    #[serde(default)]
    properties: Vec<String>,
    #[serde(default)]
    properties_with_history: Vec<String>,
    id_property: Option<String>,
}

/// What a batch does with each of its records.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Create,
    Update,
    Upsert,
}

struct Item {
    /// The value and the property the record is known by; nothing for a new one.
    key: Option<(String, Option<String>)>,
    properties: Values,
    associations: Vec<NewAssociation>,
    trace_id: Option<String>,
}

impl From<CreateInput> for Item {
    fn from(input: CreateInput) -> Self {
        Self {
            key: None,
            properties: input.properties,
            associations: input.associations,
            trace_id: input.object_write_trace_id,
        }
    }
}

impl From<KeyedInput> for Item {
    fn from(input: KeyedInput) -> Self {
        Self {
            key: Some((input.id, input.id_property)),
            properties: input.properties,
            associations: Vec::new(),
            trace_id: input.object_write_trace_id,
        }
    }
}

/// What one item of a batch did.
struct Done {
    id: u64,
    is_new: bool,
    before: Option<Record>,
    shown: BTreeSet<String>,
}

enum Outcome {
    Done(Done),
    /// The record to change is not there.
    Missing,
}

impl Portal {
    pub(super) fn batch_create(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let body: Inputs<CreateInput> = sent.read()?;
        let items: Vec<Item> = body.inputs.into_iter().map(Item::from).collect();
        let writer = sent.writer(HeldAddress::Conflict);
        self.write_batch(type_id, Action::Create, &items, writer)
    }

    pub(super) fn batch_update(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let body: Inputs<KeyedInput> = sent.read()?;
        let items: Vec<Item> = body.inputs.into_iter().map(Item::from).collect();
        let writer = sent.writer(HeldAddress::HalfMade);
        self.write_batch(type_id, Action::Update, &items, writer)
    }

    pub(super) fn batch_upsert(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let body: Inputs<KeyedInput> = sent.read()?;
        let items: Vec<Item> = body.inputs.into_iter().map(Item::from).collect();
        let writer = sent.writer(HeldAddress::HalfMade);
        self.write_batch(type_id, Action::Upsert, &items, writer)
    }

    pub(super) fn batch_archive(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let body: Inputs<Id> = sent.read()?;
        check_size(body.inputs.len(), MAX_INPUTS)?;
        for input in body.inputs {
            if let Ok(id) = input.id.parse() {
                // Archiving what is not there is no error.
                self.archive_record(type_id, id).ok();
            }
        }
        Ok(Reply::no_content())
    }

    pub(super) fn batch_read(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let body: ReadBody = sent.read()?;
        let with_history = !body.properties_with_history.is_empty();
        let max = if with_history {
            MAX_INPUTS_WITH_HISTORY
        } else {
            MAX_INPUTS
        };
        check_size(body.inputs.len(), max)?;
        let object_type = self.object_type(type_id)?;
        self.check_key(type_id, body.id_property.as_deref(), "read")?;
        let asked: BTreeSet<&String> = body.inputs.iter().map(|input| &input.id).collect();
        let archived = sent.flag("archived");
        let mut results = Vec::new();
        let mut missing = Vec::new();
        for id in asked {
            let found = self.find(type_id, id, body.id_property.as_deref());
            let record = match found {
                Some(found) => object_type.record(found).filter(|_| !archived),
                None if archived => id
                    .parse()
                    .ok()
                    .and_then(|id| object_type.record_or_binned(id)),
                None => None,
            };
            match record {
                Some(record) => {
                    let mut shown = self.show(
                        type_id,
                        record,
                        &body.properties,
                        &body.properties_with_history,
                    );
                    if with_history {
                        shown["propertiesWithHistory"] =
                            record.history_json(&body.properties_with_history);
                    }
                    results.push(shown);
                }
                None => missing.push(id.clone()),
            }
        }
        let errors = if missing.is_empty() {
            Vec::new()
        } else {
            vec![could_not_get(&object_type.message_name, &missing)]
        };
        self.shuffle(&mut results);
        Ok(self.batch_reply(200, results, errors))
    }

    /// The answer to a batch: `status` when all went well, 207 otherwise.
    pub(super) fn batch_reply(
        &self,
        status: u16,
        results: Vec<Value>,
        errors: Vec<Value>,
    ) -> Reply {
        let at = self.now_text();
        let mut body = json!({
            "status": "COMPLETE",
            "startedAt": at,
            "completedAt": at,
        });
        body["results"] = Value::Array(results);
        let mut status = status;
        if !errors.is_empty() {
            status = 207;
            body["numErrors"] = json!(errors.len());
            body["errors"] = Value::Array(errors);
        }
        Reply {
            status,
            body: Some(body),
        }
    }

    fn write_batch(
        &mut self,
        type_id: &str,
        action: Action,
        items: &[Item],
        writer: Writer,
    ) -> Answer {
        check_size(items.len(), MAX_INPUTS)?;
        self.check_keys(type_id, action, items)?;
        let is_partial = is_partial(action, items);
        let pending = self.pending_companies.len();
        let mut done: Vec<Done> = Vec::new();
        let mut errors = Vec::new();
        let mut missing = Vec::new();
        for item in items {
            match self.write_item(type_id, action, item, writer) {
                Ok(Outcome::Done(one)) => done.push(one),
                Ok(Outcome::Missing) => missing.extend(item.key.iter().map(|key| key.0.clone())),
                Err(refusal) if is_partial => errors.push(refusal.entry(item.trace_id.as_deref())),
                Err(refusal) => {
                    self.pending_companies.truncate(pending);
                    self.take_back(type_id, done)?;
                    return Err(refusal);
                }
            }
        }
        let object_type = self.object_type(type_id)?;
        if !missing.is_empty() {
            errors.push(could_not_get(&object_type.message_name, &missing));
        }
        let mut results: Vec<Value> = done
            .iter()
            .filter_map(|one| {
                let record = object_type.record(one.id)?;
                let mut shown = record.to_json(one.shown.iter().map(String::as_str), false);
                if action == Action::Upsert {
                    shown["new"] = json!(one.is_new);
                }
                Some(shown)
            })
            .collect();
        self.shuffle(&mut results);
        let status = if action == Action::Create { 201 } else { 200 };
        Ok(self.batch_reply(status, results, errors))
    }

    fn check_keys(&self, type_id: &str, action: Action, items: &[Item]) -> Result<(), Refusal> {
        let verb = if action == Action::Update {
            "update"
        } else {
            "upsert"
        };
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (id, property) in items.iter().filter_map(|item| item.key.as_ref()) {
            *seen.entry(id).or_default() += 1;
            let is_update_by_address =
                action == Action::Update && property.as_deref() == Some("email");
            if is_update_by_address {
                return Err(self.non_unique(type_id, "email", verb)?);
            }
            self.check_key(type_id, property.as_deref(), verb)?;
        }
        let twice: Vec<&str> = seen
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(id, _)| id)
            .collect();
        if twice.is_empty() {
            return Ok(());
        }
        Err(Refusal::validation(format!(
            "Duplicate IDs found in batch input: [{}]. IDs must be unique",
            twice.join(", ")
        ))
        .with_context("ids", json!(twice)))
    }

    /// A record can only be named by its id or by a property whose values are unique.
    fn check_key(&self, type_id: &str, property: Option<&str>, verb: &str) -> Result<(), Refusal> {
        let Some(property) = property else {
            return Ok(());
        };
        if self.object_type(type_id)?.is_unique(property, self.now()) {
            return Ok(());
        }
        Err(self.non_unique(type_id, property, verb)?)
    }

    fn non_unique(&self, type_id: &str, property: &str, verb: &str) -> Result<Refusal, Refusal> {
        let object_type = self.object_type(type_id)?;
        Ok(Refusal::validation(format!(
            "Unable to perform {verb} by non-unique {} property {property}",
            object_type.id
        )))
    }

    /// The record a key names. An e-mail address finds a contact by its primary address alone.
    pub(super) fn find(&self, type_id: &str, id: &str, property: Option<&str>) -> Option<u64> {
        let object_type = self.object_type(type_id).ok()?;
        let Some(property) = property else {
            let id = id.parse().ok()?;
            return object_type.record(id).map(|record| record.id);
        };
        if object_type.is_contacts() && property == "email" {
            let address = id.to_lowercase();
            let holder = object_type.holder("email", &address)?;
            let record = object_type.record(holder)?;
            return (record.get("email") == Some(&address)).then_some(holder);
        }
        let holder = object_type.holder(property, id)?;
        object_type.record(holder).map(|record| record.id)
    }

    fn write_item(
        &mut self,
        type_id: &str,
        action: Action,
        item: &Item,
        writer: Writer,
    ) -> Result<Outcome, Refusal> {
        let found = item
            .key
            .as_ref()
            .and_then(|(id, property)| self.find(type_id, id, property.as_deref()));
        let mut properties = item.properties.clone();
        if let (Action::Upsert, Some((id, property))) = (action, &item.key) {
            match property {
                Some(property) if found.is_none() => {
                    properties.entry(property.clone()).or_insert(id.clone());
                }
                None if found.is_none() => return Ok(Outcome::Missing),
                _ => {}
            }
        }
        let mut shown: BTreeSet<String> = properties.keys().cloned().collect();
        shown.extend(item.key.iter().filter_map(|(_, property)| property.clone()));
        let (id, before) = match (found, action) {
            (None, Action::Update) => return Ok(Outcome::Missing),
            (Some(id), _) => (id, self.update_record(type_id, id, &properties, writer)?),
            (None, _) => {
                let id =
                    self.create_associated(type_id, &properties, &item.associations, writer)?;
                (id, None)
            }
        };
        let object_type = self.object_type(type_id)?;
        shown.insert("hs_object_id".to_owned());
        shown.insert(object_type.created_property().to_owned());
        shown.insert(object_type.modified_property().to_owned());
        Ok(Outcome::Done(Done {
            id,
            is_new: before.is_none(),
            before,
            shown,
        }))
    }

    /// Undoes the part of a batch that was done before a record was refused.
    fn take_back(&mut self, type_id: &str, done: Vec<Done>) -> Result<(), Refusal> {
        for one in done.into_iter().rev() {
            if one.is_new {
                self.associations.remove_record(type_id, one.id);
            }
            self.object_type_mut(type_id)?.put(one.id, one.before);
        }
        Ok(())
    }
}

/// Whether valid records are written although others are refused: only when each has a trace id of its own, and never
/// for an upsert by e-mail address.
fn is_partial(action: Action, items: &[Item]) -> bool {
    let traces: BTreeSet<&str> = items
        .iter()
        .filter_map(|item| item.trace_id.as_deref())
        .collect();
    let by_address = items
        .iter()
        .filter_map(|item| item.key.as_ref())
        .any(|(_, property)| property.as_deref() == Some("email"));
    traces.len() == items.len() && !(action == Action::Upsert && by_address)
}

pub(super) fn check_size(count: usize, max: usize) -> Result<(), Refusal> {
    if count == 0 {
        return Err(Refusal::validation("inputs must hold at least one entry"));
    }
    if count > max {
        return Err(Refusal::validation(format!(
            "The batch holds {count} inputs. The maximum is {max}."
        )));
    }
    Ok(())
}

fn could_not_get(message_name: &str, ids: &[String]) -> Value {
    json!({
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": format!(
            "Could not get some {message_name} objects, they may be deleted or not exist. Check that ids are valid."
        ),
        "context": {"ids": ids},
    })
}
