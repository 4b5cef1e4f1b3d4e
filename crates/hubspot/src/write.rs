use std::collections::{BTreeMap, HashMap};

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Batch, Client, HubSpotError, Keyed, ObjectType, Outcome, RecordId,
    client::{Call, Lane},
    outcome::BatchResult,
    path::Api,
    refusal,
};

/// A record to be made or changed, found by a unique property of ClearSync's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upsert {
    /// The value of the unique property.
    pub key: String,
    /// What to write. An empty value clears the property.
    pub properties: BTreeMap<String, String>,
}

/// A record to be changed, found by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The record.
    pub id: RecordId,
    /// What to write. An empty value clears the property.
    pub properties: BTreeMap<String, String>,
}

/// A record to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The value of a property that tells the records of the batch apart, so that each answer finds its record.
    pub key: String,
    /// What to write.
    pub properties: BTreeMap<String, String>,
}

impl Keyed for Upsert {
    type Key = String;

    fn key(&self) -> String {
        self.key.clone()
    }
}

impl Keyed for Update {
    type Key = RecordId;

    fn key(&self) -> RecordId {
        self.id
    }
}

impl Keyed for Create {
    type Key = String;

    fn key(&self) -> String {
        self.key.clone()
    }
}

impl Client {
    /// Makes or changes records by `key_property`, which must be unique and ClearSync's own: HubSpot documents that
    /// upserts by e-mail write all or nothing.
    pub async fn upsert(
        &self,
        object: &ObjectType,
        key_property: &str,
        batch: &Batch<Upsert>,
    ) -> BatchResult<String> {
        let rows = batch
            .inputs()
            .iter()
            .map(|input| {
                let mut properties = input.properties.clone();
                properties.insert(key_property.to_owned(), input.key.clone());
                Row {
                    key: input.key.clone(),
                    key_text: input.key.clone(),
                    body: json!({ "id": input.key, "idProperty": key_property, "properties": properties }),
                }
            })
            .collect();
        self.write(object, Verb::Upsert, Some(key_property), rows)
            .await
    }

    /// Changes records by id. HubSpot documents that the ids of merged records are not found here; see [`Client::patch`].
    pub async fn update(
        &self,
        object: &ObjectType,
        batch: &Batch<Update>,
    ) -> BatchResult<RecordId> {
        let rows = batch
            .inputs()
            .iter()
            .map(|input| Row {
                key: input.id,
                key_text: input.id.to_string(),
                body: json!({ "id": input.id, "properties": input.properties }),
            })
            .collect();
        self.write(object, Verb::Update, None, rows).await
    }

    /// Makes records. It is never sent again when an answer is lost, as that would make them twice.
    pub async fn create(
        &self,
        object: &ObjectType,
        key_property: &str,
        batch: &Batch<Create>,
    ) -> BatchResult<String> {
        let rows = batch
            .inputs()
            .iter()
            .map(|input| Row {
                key: input.key.clone(),
                key_text: input.key.clone(),
                body: json!({ "associations": [], "properties": input.properties }),
            })
            .collect();
        self.write(object, Verb::Create, Some(key_property), rows)
            .await
    }

    /// Sends rows. A batch that is refused for the sake of one record is halved until that record stands alone.
    async fn write<K: Ord + Clone>(
        &self,
        object: &ObjectType,
        verb: Verb,
        key_property: Option<&str>,
        rows: Vec<Row<K>>,
    ) -> BatchResult<K> {
        let mut outcomes = BTreeMap::new();
        let mut waiting: Vec<&[Row<K>]> = vec![&rows];
        while let Some(part) = waiting.pop() {
            match (self.write_once(object, verb, part).await, part) {
                (Ok(answer), _) => outcomes.extend(settle(&answer, verb, key_property, part)),
                (Err(error), [row]) if error.reason.concerns_one_record() => {
                    outcomes.insert(row.key.clone(), error.reason.into());
                }
                (Err(error), _) if error.reason.concerns_one_record() => {
                    let (first, second) = part.split_at(part.len() / 2);
                    waiting.extend([second, first]);
                }
                (Err(error), _) => {
                    return BatchResult {
                        outcomes,
                        stopped_by: Some(error),
                    };
                }
            }
        }
        BatchResult {
            outcomes,
            stopped_by: None,
        }
    }

    async fn write_once<K>(
        &self,
        object: &ObjectType,
        verb: Verb,
        rows: &[Row<K>],
    ) -> Result<Answer, HubSpotError> {
        let inputs: Vec<Value> = rows
            .iter()
            .enumerate()
            .map(|(place, row)| {
                let mut input = row.body.clone();
                input["objectWriteTraceId"] = json!(place.to_string());
                input
            })
            .collect();
        let call = Call::write(
            Method::POST,
            Api::Objects(object),
            ["batch", verb.path_name()],
            &json!({ "inputs": inputs }),
            Lane::Records(object.clone()),
        );
        self.call(match verb {
            Verb::Create => call.once(),
            Verb::Update | Verb::Upsert => call,
        })
        .await
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Create,
    Update,
    Upsert,
}

impl Verb {
    fn path_name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Upsert => "upsert",
        }
    }
}

struct Row<K> {
    key: K,
    /// The key as it may stand in the answer.
    key_text: String,
    body: Value,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    results: Vec<Written>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    id: RecordId,
    #[serde(default)]
    new: bool,
    #[serde(default)]
    properties: HashMap<String, Option<String>>,
    #[serde(default)]
    object_write_trace_id: Option<String>,
}

/// Finds the record of each result by what it carries, never by its place: HubSpot keeps no order.
fn settle<K: Ord + Clone>(
    answer: &Answer,
    verb: Verb,
    key_property: Option<&str>,
    rows: &[Row<K>],
) -> BTreeMap<K, Outcome> {
    let places: HashMap<String, usize> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| (as_stored(key_property, &row.key_text), place))
        .collect();
    let by_trace = |trace: &str| trace.parse().ok().filter(|place| *place < rows.len());
    let by_key = |key: &str| places.get(&as_stored(key_property, key)).copied();

    let mut outcomes: Vec<Option<Outcome>> = vec![None; rows.len()];
    for written in &answer.results {
        let own_key = match key_property {
            Some(name) => written.properties.get(name).cloned().flatten(),
            None => Some(written.id.to_string()),
        };
        let place = written.object_write_trace_id.as_deref().and_then(by_trace);
        if let Some(place) = place.or_else(|| by_key(&own_key?)) {
            outcomes[place] = Some(Outcome::Written {
                id: written.id,
                created: verb == Verb::Create || (verb == Verb::Upsert && written.new),
            });
        }
    }
    for error in &answer.errors {
        let reason = refusal::read_entry(error);
        let traced = context(error, "objectWriteTraceId").filter_map(by_trace);
        let named = context(error, "ids")
            .chain(context(error, "id"))
            .filter_map(by_key);
        for place in traced.chain(named) {
            outcomes[place] = Some(reason.clone().into());
        }
    }
    rows.iter()
        .zip(outcomes)
        .map(|(row, outcome)| (row.key.clone(), outcome.unwrap_or(Outcome::Unconfirmed)))
        .collect()
}

/// HubSpot stores e-mail addresses and domains in lower case.
fn as_stored(property: Option<&str>, value: &str) -> String {
    match property {
        Some("email" | "domain") => value.to_lowercase(),
        _ => value.to_owned(),
    }
}

fn context<'a>(error: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    error
        .get("context")
        .and_then(|context| context.get(key))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}
