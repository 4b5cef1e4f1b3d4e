//! One record and how it looks from outside.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::instant;

/// The values of a record, by name of property. A cleared property is not there.
pub(super) type Values = BTreeMap<String, String>;

/// Who wrote a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Integration,
    Person,
    HubSpot,
    /// HubSpot, where it repeats an association in a property. How it names that source was not observed.
    Association,
}

impl Source {
    fn name(self) -> &'static str {
        match self {
            Self::Integration => "INTEGRATION",
            Self::Person => "CRM_UI",
            Self::HubSpot => "INTERNAL_PROCESSING",
            Self::Association => "ASSOCIATIONS",
        }
    }
}

#[derive(Debug, Clone)]
struct Written {
    value: String,
    at: Timestamp,
    source: Source,
}

/// A record of any object type.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: u64,
    pub(super) values: Values,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) archived_at: Option<Timestamp>,
    /// What search saw before the newest writes; nothing for a record it has not seen yet.
    indexed: Option<Values>,
    index_due_at: Timestamp,
    history: BTreeMap<String, Vec<Written>>,
}

impl Record {
    pub(super) fn new(id: u64, now: Timestamp, index_lag: SignedDuration) -> Self {
        Self {
            id,
            values: Values::new(),
            created_at: now,
            updated_at: now,
            archived_at: None,
            indexed: None,
            index_due_at: now.saturating_add(index_lag).unwrap_or(now),
            history: BTreeMap::new(),
        }
    }

    pub(super) fn get(&self, property: &str) -> Option<&str> {
        self.values.get(property).map(String::as_str)
    }

    /// Sets values; an empty one clears.
    pub(super) fn write(
        &mut self,
        values: &Values,
        source: Source,
        now: Timestamp,
        index_lag: SignedDuration,
    ) {
        if self.index_due_at <= now && self.created_at < now {
            self.indexed = Some(self.values.clone());
        }
        self.index_due_at = now.saturating_add(index_lag).unwrap_or(now);
        self.updated_at = now;
        for (name, value) in values {
            if value.is_empty() {
                self.values.remove(name);
            } else {
                self.values.insert(name.clone(), value.clone());
            }
            self.history.entry(name.clone()).or_default().push(Written {
                value: value.clone(),
                at: now,
                source,
            });
        }
    }

    /// The values search knows.
    pub(super) fn searchable(&self, now: Timestamp) -> Option<&Values> {
        if self.archived_at.is_some() {
            None
        } else if self.index_due_at <= now {
            Some(&self.values)
        } else {
            self.indexed.as_ref()
        }
    }

    /// The record with the named properties.
    pub(super) fn to_json<'a>(
        &self,
        properties: impl IntoIterator<Item = &'a str>,
        absent_as_null: bool,
    ) -> Value {
        let mut shown = Map::new();
        for name in properties {
            match self.get(name) {
                Some(value) => shown.insert(name.to_owned(), json!(value)),
                None if absent_as_null => shown.insert(name.to_owned(), Value::Null),
                None => None,
            };
        }
        let mut body = json!({
            "id": self.id.to_string(),
            "properties": shown,
            "createdAt": instant(self.created_at),
            "updatedAt": instant(self.updated_at),
            "archived": self.archived_at.is_some(),
        });
        if let Some(archived_at) = self.archived_at {
            body["archivedAt"] = json!(instant(archived_at));
        }
        body
    }

    /// The values each named property had, newest first.
    pub(super) fn history_json(&self, properties: &[String]) -> Value {
        let mut shown = Map::new();
        for name in properties {
            let written = self.history.get(name).map_or(&[][..], Vec::as_slice);
            let versions: Vec<Value> = written
                .iter()
                .rev()
                .map(|version| {
                    json!({
                        "value": version.value,
                        "timestamp": instant(version.at),
                        "sourceType": version.source.name(),
                    })
                })
                .collect();
            shown.insert(name.clone(), json!(versions));
        }
        Value::Object(shown)
    }
}
