use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Client, HubSpotError, LARGEST_BATCH, ObjectType, Reason, RecordId,
    client::{Call, Lane},
    path::Api,
    refusal,
};

/// A record as HubSpot holds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// Those of the properties asked for. HubSpot gives an empty property as `None` or leaves it out.
    #[serde(default)]
    pub properties: BTreeMap<String, Option<String>>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When it last changed, also by system properties.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// Whether it lies in the recycle bin.
    #[serde(default)]
    pub archived: bool,
}

impl Record {
    /// The value of a property; `None` when it is empty.
    #[must_use]
    pub fn value(&self, property: &str) -> Option<&str> {
        self.properties
            .get(property)?
            .as_deref()
            .filter(|value| !value.is_empty())
    }
}

/// What the keys of a read are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBy<'a> {
    /// Record ids.
    Id,
    /// E-mail addresses of contacts, the first or a further one. Upper and lower case count as equal.
    Email,
    /// Values of a unique property.
    Property(&'a str),
}

impl<'a> ReadBy<'a> {
    fn property(self) -> Option<&'a str> {
        match self {
            Self::Id => None,
            Self::Email => Some(EMAIL),
            Self::Property(name) => Some(name),
        }
    }

    fn sent(self, key: &str) -> String {
        match self {
            Self::Email => key.to_lowercase(),
            Self::Id | Self::Property(_) => key.to_owned(),
        }
    }
}

const EMAIL: &str = "email";
pub(crate) const FURTHER_EMAILS: &str = "hs_additional_emails";
const READS_IN_FLIGHT: usize = 4;
/// HubSpot documents this as the most records whose values' history is read at once.
const LARGEST_HISTORY: usize = 50;

/// What a read found, by the keys that were asked for. Two keys may have found one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The records.
    pub records: BTreeMap<String, Record>,
    /// Keys HubSpot does not accept as such. All others not among the records do not exist.
    pub refused: BTreeMap<String, Reason>,
}

impl Client {
    /// Reads any number of records by key, [`LARGEST_BATCH`] a request.
    ///
    /// # Errors
    /// Any [`HubSpotError`] that is not about a single key.
    pub async fn read(
        &self,
        object: &ObjectType,
        by: ReadBy<'_>,
        keys: &[String],
        properties: &[&str],
    ) -> Result<Found, HubSpotError> {
        let sent: BTreeSet<String> = keys.iter().map(|key| by.sent(key)).collect();
        let sent: Vec<String> = sent.into_iter().collect();
        let reads: Vec<_> = sent
            .chunks(LARGEST_BATCH)
            .map(|keys| self.read_part(object, by, keys, properties))
            .collect();
        let parts: Vec<Found> = stream::iter(reads)
            .buffer_unordered(READS_IN_FLIGHT)
            .try_collect()
            .await?;
        let mut found = Found::default();
        for key in keys {
            let sent = by.sent(key);
            for part in &parts {
                if let Some(record) = part.records.get(&sent) {
                    found.records.insert(key.clone(), record.clone());
                }
                if let Some(reason) = part.refused.get(&sent) {
                    found.refused.insert(key.clone(), reason.clone());
                }
            }
        }
        Ok(found)
    }

    /// Reads one record, also by the id of a record that was merged into it; `None` when it does not exist.
    ///
    /// # Errors
    /// Any other [`HubSpotError`].
    pub async fn get(
        &self,
        object: &ObjectType,
        id: RecordId,
        properties: &[&str],
    ) -> Result<Option<Record>, HubSpotError> {
        let (id, properties) = (id.to_string(), properties.join(","));
        let call = Call::get(Api::Objects(object), [id.as_str()]).query("properties", &properties);
        match self.call(call).await {
            Ok(record) => Ok(Some(record)),
            Err(error) if error.reason == Reason::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Changes one record, also by the id of a record that was merged into it, and gives it as it stands then.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn patch(
        &self,
        object: &ObjectType,
        id: RecordId,
        properties: &BTreeMap<String, String>,
    ) -> Result<Record, HubSpotError> {
        let id = id.to_string();
        self.call(Call::write(
            Method::PATCH,
            Api::Objects(object),
            [id.as_str()],
            &json!({ "properties": properties }),
            Lane::Records(object.clone()),
        ))
        .await
    }

    /// Who last wrote each of these properties, in HubSpot's words, such as `CRM_UI` or `INTEGRATION`. Records that are gone
    /// are left out.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn value_sources(
        &self,
        object: &ObjectType,
        ids: &BTreeSet<RecordId>,
        properties: &BTreeSet<String>,
    ) -> Result<BTreeMap<RecordId, BTreeMap<String, String>>, HubSpotError> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default)]
            results: Vec<Told>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Told {
            id: RecordId,
            #[serde(default)]
            properties_with_history: BTreeMap<String, Vec<Version>>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Version {
            #[serde(default)]
            source_type: String,
        }
        let ids: Vec<RecordId> = ids.iter().copied().collect();
        let mut sources = BTreeMap::new();
        for part in ids.chunks(LARGEST_HISTORY) {
            let inputs: Vec<Value> = part.iter().map(|id| json!({ "id": id })).collect();
            let body = json!({
                "properties": [], "propertiesWithHistory": properties, "inputs": inputs,
            });
            let call = Call::ask(Api::Objects(object), ["batch", "read"], &body);
            let answer: Answer = self.call(call).await?;
            for told in answer.results {
                let newest = told.properties_with_history.into_iter();
                let newest = newest.filter_map(|(name, versions)| {
                    let source = versions.into_iter().next()?.source_type;
                    Some((name, source))
                });
                sources.insert(told.id, newest.collect());
            }
        }
        Ok(sources)
    }

    /// Moves records to the recycle bin, where HubSpot keeps them 90 days. Those already there stay.
    ///
    /// # Errors
    /// Any [`HubSpotError`]; the records before the failing batch are archived then.
    pub async fn archive(
        &self,
        object: &ObjectType,
        ids: &BTreeSet<RecordId>,
    ) -> Result<(), HubSpotError> {
        let ids: Vec<RecordId> = ids.iter().copied().collect();
        for part in ids.chunks(LARGEST_BATCH) {
            let inputs: Vec<Value> = part.iter().map(|id| json!({ "id": id })).collect();
            self.call_silent(Call::write(
                Method::POST,
                Api::Objects(object),
                ["batch", "archive"],
                &json!({ "inputs": inputs }),
                Lane::Records(object.clone()),
            ))
            .await?;
        }
        Ok(())
    }

    /// Reads one request's worth of keys. A batch refused for the sake of one key is halved until that key stands alone.
    async fn read_part(
        &self,
        object: &ObjectType,
        by: ReadBy<'_>,
        keys: &[String],
        properties: &[&str],
    ) -> Result<Found, HubSpotError> {
        let mut found = Found::default();
        let mut waiting = vec![keys];
        while let Some(part) = waiting.pop() {
            match (self.read_once(object, by, part, properties).await, part) {
                (Ok(records), _) => {
                    for record in records {
                        for key in keys_of(&record, by) {
                            found.records.insert(key, record.clone());
                        }
                    }
                }
                (Err(error), [_]) if error.reason == Reason::NotFound => {}
                (Err(error), [key]) if error.reason.concerns_one_record() => {
                    found.refused.insert(key.clone(), error.reason);
                }
                (Err(error), _) if error.reason.concerns_one_record() => {
                    let (first, second) = part.split_at(part.len() / 2);
                    waiting.extend([second, first]);
                }
                (Err(error), _) => return Err(error),
            }
        }
        Ok(found)
    }

    async fn read_once(
        &self,
        object: &ObjectType,
        by: ReadBy<'_>,
        keys: &[String],
        properties: &[&str],
    ) -> Result<Vec<Record>, HubSpotError> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default)]
            results: Vec<Record>,
            #[serde(default)]
            errors: Vec<Value>,
        }
        let mut names: BTreeSet<&str> = properties.iter().copied().collect();
        names.extend(by.property());
        if by == ReadBy::Email {
            names.insert(FURTHER_EMAILS);
        }
        let inputs: Vec<Value> = keys.iter().map(|key| json!({ "id": key })).collect();
        let mut body =
            json!({ "properties": names, "propertiesWithHistory": [], "inputs": inputs });
        if let Some(property) = by.property() {
            body["idProperty"] = json!(property);
        }
        let call = Call::ask(Api::Objects(object), ["batch", "read"], &body);
        let answer: Answer = self.call(call).await?;
        let refused = answer
            .errors
            .iter()
            .map(refusal::read_entry)
            .find(|reason| *reason != Reason::NotFound);
        match refused {
            Some(reason) => Err(reason.into()),
            None => Ok(answer.results),
        }
    }
}

/// Every key under which the record may have been asked for.
fn keys_of(record: &Record, by: ReadBy<'_>) -> Vec<String> {
    match by {
        ReadBy::Id => vec![record.id.to_string()],
        ReadBy::Property(name) => record.value(name).map(str::to_owned).into_iter().collect(),
        ReadBy::Email => {
            let further = record.value(FURTHER_EMAILS).unwrap_or_default().split(';');
            record
                .value(EMAIL)
                .into_iter()
                .chain(further)
                .map(|email| email.trim().to_lowercase())
                .filter(|email| !email.is_empty())
                .collect()
        }
    }
}
