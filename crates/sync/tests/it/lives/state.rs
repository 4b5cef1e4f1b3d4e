use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use clearsync_sandbox::hubspot::HubSpotSandbox;
use clearsync_sync::plan::LAST_SYNCED;
use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    types::ValueRef,
};
use serde_json::Value;
use zstd::bulk::Decompressor;

/// What a life comes to: everything that does not say when or in which order it came about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct State {
    rows: BTreeMap<&'static str, BTreeSet<String>>,
    portal: BTreeMap<String, BTreeSet<String>>,
}

/// Of each table what must be the same whatever happened on the way.
const TABLES: [(&str, &str); 10] = [
    (
        "object",
        // Stripe changes the number of a customer's next invoice without an event.
        "kind, id, customer, subscription, created_s, deleted_at_ms IS NOT NULL,
         json_remove(unpacked(json), '$.next_invoice_sequence')",
    ),
    (
        "subscription_event",
        "id, subscription, customer, created_s",
    ),
    (
        "figure",
        "subscription, customer, currency, exact, rounded_minor, status, json_remove(explanation, '$.derivation.at'), notes, facts",
    ),
    ("rollup", "grain, id, company, facts"),
    // Since when something has been so is known from when it was first read.
    (
        "life",
        "subscription, customer, currency, json_array_length(steps)",
    ),
    (
        "movement",
        // An event and an invoice tell of the same change; which of them was read first is known only on the way.
        "owner, number, subscription, customer, kind, change_type, currency, before, after",
    ),
    ("link", "object, subject"),
    ("attention", "area, subject, code, params"),
    ("hold", "purpose, object, subject"),
    ("drift", "object, subject, finding, differences"),
];

/// What HubSpot keeps by itself, and what says when a record was written.
const WITHOUT: [&str; 9] = [
    "hs_object_id",
    "createdate",
    "hs_createdate",
    "lastmodifieddate",
    "hs_lastmodifieddate",
    "hs_object_source",
    "hs_marketable_status",
    "associatedcompanyid",
    LAST_SYNCED,
];

impl State {
    pub(super) fn of(store: &Connection, portal: &HubSpotSandbox) -> Self {
        teach_unpacked(store);
        let open = "SELECT count(*) FROM journal WHERE state IN ('pending', 'sent')";
        let open: i64 = store.query_row(open, [], |row| row.get(0)).unwrap();
        assert_eq!(open, 0, "every write is settled");
        let tables = TABLES.iter();
        Self {
            rows: tables
                .map(|(table, columns)| (*table, rows(store, table, columns)))
                .collect(),
            portal: in_portal(portal),
        }
    }

    /// How many records the portal holds.
    pub(super) fn records(&self) -> usize {
        self.portal.values().map(BTreeSet::len).sum()
    }

    #[track_caller]
    pub(super) fn assert_is(&self, expected: &Self, case: &str) {
        for (table, rows) in &expected.rows {
            same(&self.rows[table], rows, table, case);
        }
        for (object, records) in &expected.portal {
            same(&self.portal[object], records, object, case);
        }
    }
}

/// Stripe's objects stand packed in the file: zstd with the dictionary of the store.
fn teach_unpacked(store: &Connection) {
    const DICTIONARY: &[u8] = include_bytes!("../../../../store/src/packed/1.zdict");
    const LARGEST_BYTES: usize = 1 << 20;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let decompressor = Mutex::new(Decompressor::with_dictionary(DICTIONARY).unwrap());
    let unpacked = move |arguments: &Context<'_>| {
        let packed = arguments.get_raw(0).as_blob()?;
        let mut decompressor = decompressor.lock().unwrap();
        let text = decompressor.decompress(packed, LARGEST_BYTES).unwrap();
        Ok(String::from_utf8(text).unwrap())
    };
    store
        .create_scalar_function("unpacked", 1, flags, unpacked)
        .unwrap();
}

#[track_caller]
fn same(met: &BTreeSet<String>, expected: &BTreeSet<String>, what: &str, case: &str) {
    let lost: Vec<_> = expected.difference(met).collect();
    let wrong: Vec<_> = met.difference(expected).collect();
    if let (Some(lost), Some(wrong)) = (lost.first(), wrong.first()) {
        let apart = lost
            .bytes()
            .zip(wrong.bytes())
            .take_while(|(one, other)| one == other);
        let from = apart.count().saturating_sub(60);
        let part = |text: &str| text.chars().skip(from).take(200).collect::<String>();
        panic!(
            "{case}\n{what}, {:.40}:\nmissing {}\ninstead {}",
            lost,
            part(lost),
            part(wrong)
        );
    }
    assert!(
        lost.is_empty() && wrong.is_empty(),
        "{case}\n{what}: missing {lost:.500?}, too much {wrong:.500?}"
    );
}

fn rows(store: &Connection, table: &str, columns: &str) -> BTreeSet<String> {
    let mut query = store
        .prepare(&format!("SELECT {columns} FROM {table}"))
        .unwrap();
    let count = query.column_count();
    let mut rows = query.query([]).unwrap();
    let mut all = BTreeSet::new();
    while let Some(row) = rows.next().unwrap() {
        let values: Vec<String> = (0..count)
            .map(|column| match row.get_ref(column).unwrap() {
                ValueRef::Null => String::new(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Text(text) | ValueRef::Blob(text) => {
                    String::from_utf8_lossy(text).into_owned()
                }
            })
            .collect();
        let new = all.insert(values.join(" | "));
        assert!(new, "{table} holds a row twice: {values:?}");
    }
    all
}

/// Records without their ids, and associations by what they connect.
fn in_portal(portal: &HubSpotSandbox) -> BTreeMap<String, BTreeSet<String>> {
    let mut names = BTreeMap::new();
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for object in ["contacts", "companies"] {
        all.entry(object.to_owned()).or_default();
        for (id, mut values) in portal.records(object).unwrap() {
            values.retain(|name, _| !WITHOUT.contains(&name.as_str()));
            let text = serde_json::to_string(&values).unwrap();
            names.insert(id, text.clone());
            let new = all.entry(object.to_owned()).or_default().insert(text);
            assert!(new, "two {object} are alike: {values:?}");
        }
        let properties = portal.properties(object).unwrap();
        let own = properties
            .into_keys()
            .filter(|name| name.starts_with("clearsync_"));
        all.insert(format!("properties of {object}"), own.collect());
    }
    let associations = portal.associations();
    let label = |end: &Value| names[end["id"].as_str().unwrap()].clone();
    let links = associations.as_array().unwrap().iter();
    let links = links.map(|link| {
        format!(
            "{} -> {}: {}",
            label(&link["from"]),
            label(&link["to"]),
            link["types"]
        )
    });
    all.insert("associations".to_owned(), links.collect());
    all
}
