//! An object type: its properties, groups, pipelines and records.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::{
    pipeline::Pipeline,
    property::{Group, Property},
    record::Record,
    schema::Schema,
};

/// One object type with everything of it.
#[derive(Debug)]
pub(super) struct ObjectType {
    /// Such as `0-1` or `2-7282133`.
    pub(super) id: String,
    /// Other names a path may use.
    pub(super) names: Vec<String>,
    /// The name in messages, such as `CONTACT`.
    pub(super) message_name: String,
    /// The name in scopes, such as `contacts`.
    pub(super) scope_name: String,
    pub(super) singular_label: String,
    pub(super) plural_label: String,
    pub(super) properties: BTreeMap<String, Property>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) pipelines: BTreeMap<String, Pipeline>,
    /// Properties shown when none are asked for.
    pub(super) shown_by_default: Vec<String>,
    /// Properties a new record must have: one of each entry.
    pub(super) required: Vec<Vec<String>>,
    /// Properties full-text search looks at.
    pub(super) searched: Vec<String>,
    pub(super) schema: Option<Schema>,
    pub(super) binned_records_hold_unique_values: bool,
    records: BTreeMap<u64, Record>,
    /// Old ids of merged records and the id that stands for them now.
    forwarded: BTreeMap<u64, u64>,
    holders: HashMap<(String, String), u64>,
}

impl ObjectType {
    pub(super) fn new(id: &str, names: &[&str], labels: (&str, &str)) -> Self {
        Self {
            id: id.to_owned(),
            names: names.iter().map(|&name| name.to_owned()).collect(),
            message_name: names.first().map_or(id, |name| name).to_uppercase(),
            scope_name: names.get(1).map_or("custom", |name| name).to_owned(),
            singular_label: labels.0.to_owned(),
            plural_label: labels.1.to_owned(),
            properties: BTreeMap::new(),
            groups: BTreeMap::new(),
            pipelines: BTreeMap::new(),
            shown_by_default: Vec::new(),
            required: Vec::new(),
            searched: Vec::new(),
            schema: None,
            binned_records_hold_unique_values: false,
            records: BTreeMap::new(),
            forwarded: BTreeMap::new(),
            holders: HashMap::new(),
        }
    }

    pub(super) fn goes_by(&self, name: &str) -> bool {
        self.id == name || self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    pub(super) fn is_contacts(&self) -> bool {
        self.id == "0-1"
    }

    /// The name of the property that tells when a record last changed.
    pub(super) fn modified_property(&self) -> &'static str {
        if self.is_contacts() {
            "lastmodifieddate"
        } else {
            "hs_lastmodifieddate"
        }
    }

    /// The name of the property that tells when a record was made.
    pub(super) fn created_property(&self) -> &'static str {
        if self.schema.is_some() {
            "hs_createdate"
        } else {
            "createdate"
        }
    }

    pub(super) fn live_property(&self, name: &str, now: Timestamp) -> Option<&Property> {
        self.properties
            .get(name)
            .filter(|property| property.is_live(now))
    }

    /// Custom properties that count against the plan's limit.
    pub(super) fn custom_properties(&self) -> usize {
        self.properties
            .values()
            .filter(|property| !property.hubspot_defined && property.archived_at.is_none())
            .count()
    }

    /// A record that is not in the recycle bin.
    pub(super) fn record(&self, id: u64) -> Option<&Record> {
        self.records
            .get(&id)
            .filter(|record| record.archived_at.is_none())
    }

    /// A record, in the recycle bin or not.
    pub(super) fn record_or_binned(&self, id: u64) -> Option<&Record> {
        self.records.get(&id)
    }

    /// All records that are not in the recycle bin, by id.
    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.records
            .values()
            .filter(|record| record.archived_at.is_none())
    }

    /// All records in the recycle bin, by id.
    pub(super) fn binned(&self) -> impl Iterator<Item = &Record> {
        self.records
            .values()
            .filter(|record| record.archived_at.is_some())
    }

    /// The id that stands for `id` now, following merges.
    pub(super) fn forwarded(&self, id: u64) -> u64 {
        let mut current = id;
        while let Some(next) = self.forwarded.get(&current) {
            current = *next;
        }
        current
    }

    pub(super) fn forward(&mut self, from: u64, to: u64) {
        self.forwarded.insert(from, to);
    }

    /// The record that holds a unique value or an e-mail address, primary or additional.
    pub(super) fn holder(&self, property: &str, value: &str) -> Option<u64> {
        self.holders
            .get(&(property.to_owned(), value.to_owned()))
            .copied()
    }

    /// Whether a record can be looked up by a property.
    pub(super) fn is_unique(&self, property: &str, now: Timestamp) -> bool {
        (self.is_contacts() && property == "email")
            || self.live_property(property, now).is_some_and(|p| p.unique)
    }

    /// Puts a record in place of its older self, or takes it away for good, and gives back the older self.
    pub(super) fn put(&mut self, id: u64, record: Option<Record>) -> Option<Record> {
        let before = self.records.remove(&id);
        if let Some(before) = &before {
            for key in self.keys(before) {
                if self.holders.get(&key) == Some(&id) {
                    self.holders.remove(&key);
                }
            }
        }
        if let Some(record) = record {
            if record.archived_at.is_none() || self.binned_records_hold_unique_values {
                for key in self.keys(&record) {
                    self.holders.insert(key, id);
                }
            }
            self.records.insert(id, record);
        }
        before
    }

    /// Finds all holders again, after a definition changed.
    pub(super) fn index(&mut self) {
        self.holders.clear();
        let records = std::mem::take(&mut self.records);
        for (id, record) in records {
            self.put(id, Some(record));
        }
    }

    fn keys(&self, record: &Record) -> Vec<(String, String)> {
        let mut keys: Vec<(String, String)> = record
            .values
            .iter()
            .filter(|(name, _)| self.properties.get(*name).is_some_and(|p| p.unique))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if self.is_contacts() {
            keys.extend(addresses(record).map(|address| ("email".to_owned(), address.to_owned())));
        }
        keys
    }
}

/// All e-mail addresses of a contact, the primary one first.
pub(super) fn addresses(record: &Record) -> impl Iterator<Item = &str> {
    let additional = record.get("hs_additional_emails").unwrap_or_default();
    record
        .get("email")
        .into_iter()
        .chain(additional.split(';').filter(|part| !part.is_empty()))
}
