use std::path::Path;

use clearsync_store::{AccountId, AccountProfile, DataKey, Mode, Object, Store, StoreError};
use jiff::Timestamp;
use rusqlite::Connection;

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The key of every store here.
pub(crate) fn key() -> DataKey {
    DataKey::from_random([7; 32].into())
}

/// A connection of another program that has the key.
pub(crate) fn unlocked(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    let key = format!("PRAGMA key = \"x'{}'\"", *key().expose());
    connection.execute_batch(&key).unwrap();
    connection
}

pub(crate) fn open(path: &Path) -> Store {
    let opened = Store::open(path, key(), at(1_700_000_000)).unwrap();
    assert_eq!(opened.set_aside, None);
    opened.store
}

pub(crate) fn add_account(store: &Store) -> AccountId {
    let profile = AccountProfile::default();
    store
        .write(|writer| writer.add_account(Some("acct_1"), Mode::Test, &profile, at(0)))
        .unwrap()
}

pub(crate) fn customer<'a>(id: &'a str, json: &'a str) -> Object<'a> {
    Object {
        kind: "customer",
        id,
        customer: None,
        subscription: None,
        created_s: Some(1),
        json,
    }
}

pub(crate) fn ids(store: &Store, account: AccountId) -> Vec<String> {
    let mut ids = Vec::new();
    store
        .read(|view| {
            view.each_object(account, "customer", |object| {
                ids.push(object.id);
                Ok::<_, StoreError>(())
            })
        })
        .unwrap();
    ids
}
