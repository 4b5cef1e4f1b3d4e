use std::{fs, path::Path};

use clearsync_store::{AccountId, Grain, LATEST_VERSION, Scope, Store, StoreError, Target};
use rusqlite::Connection;

use crate::stores::{at, customer, open, unlocked};

/// Files of every version that was ever released, as SQL that makes them. They are never edited.
#[test]
fn a_file_of_every_released_version_opens_with_all_it_held() {
    for version in 1..=LATEST_VERSION {
        let sql =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/released/{version}.sql"));
        let sql = fs::read_to_string(sql).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clearsync.db");
        Connection::open(&path)
            .unwrap()
            .execute_batch(&sql)
            .unwrap();

        let store = open(&path);
        store.check().unwrap();
        holds_everything(&store, version);
        let account = AccountId::from_number(1);
        // The next read of the same finds it the same.
        let fetched = store.begin_fetch(at(1_800_000_000));
        let again = [customer("cus_1", "{\"id\":\"cus_1\"}")];
        let counts = store.write(|writer| writer.put_objects(account, fetched, "v", again));
        assert_eq!(counts.unwrap().unchanged, 1, "version {version}");
    }
}

/// What a file of a version holds once it is open.
fn holds_everything(store: &Store, version: i64) {
    let account = AccountId::from_number(1);
    let target = Target {
        account,
        portal: 77,
    };
    store
        .read(|view| {
            assert_eq!(
                view.account(account)?.stripe_account.as_deref(),
                Some("acct_1")
            );
            assert_eq!(view.setting::<u64>(Scope::App, "interval_s")?, Some(300));
            assert_eq!(view.object_counts(account)?, [("customer".to_owned(), 1)]);
            assert!(
                view.object(account, "subscription", "sub_1")?
                    .unwrap()
                    .deleted_at
                    .is_some()
            );
            assert_eq!(
                view.object(account, "customer", "cus_1")?.unwrap().json,
                "{\"id\":\"cus_1\"}"
            );
            assert!(view.import_cursors(account)?[0].done);
            assert_eq!(view.feed(account)?.unwrap().cursor_s, 1_700_000_000);
            assert!(view.event_seen(account, "evt_1")?);
            assert_eq!(view.figures(account)?[0].rounded_minor, 3_333);
            assert_eq!(view.rollups(account, Grain::Company)?[0].id, "acme.com");
            assert_eq!(view.links(target, "contacts")?[0].record, "501");
            assert_eq!(view.all_written(target, "contacts")?.len(), 1);
            assert_eq!(view.runs(account, 9)?.len(), 1);
            assert_eq!(view.journal_of_run(view.runs(account, 9)?[0].id)?.len(), 1);
            assert_eq!(view.attention(account)?.len(), 1);
            if version >= 3 {
                let events = view.subscription_events(account, "cus_1")?;
                assert_eq!(events[0].id, "evt_1");
                assert_eq!(events[0].json, "{\"id\":\"evt_1\"}");
                assert_eq!(view.life(account, "sub_1")?.unwrap().currency, "usd");
                assert_eq!(view.movements(account)?[0].change, "10000/3");
            }
            if version >= 4 {
                let sightings = view.sightings(account, "cus_1")?;
                assert_eq!(sightings[0].subscription, "sub_1");
                assert_eq!(sightings[0].json, "{\"id\":\"sub_1\"}");
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// What Stripe answered takes less room since it is packed, and the room goes back to the disk.
#[test]
fn a_file_that_was_not_packed_becomes_smaller() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let sql = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released/4.sql");
    let former = Connection::open(&path).unwrap();
    former
        .execute_batch(&fs::read_to_string(sql).unwrap())
        .unwrap();
    let more =
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 500)
      INSERT INTO object (account, kind, id, api_version, fetched_at_ms, revision, json)
      SELECT 1, 'invoice', 'in_' || n, 'v', 1, 1,
        json_object('id', 'in_' || n, 'text', replace(hex(zeroblob(2000)), '0', '{\"object\"}'))
      FROM number";
    former.execute_batch(more).unwrap();
    drop(former);
    let before = fs::metadata(&path).unwrap().len();
    drop(open(&path));
    let after = fs::metadata(&path).unwrap().len();
    assert!(after * 4 < before, "{after} of {before}");
}

/// A file of this version as it lies on the disk, encrypted with the key of these tests: it is read all the same with another
/// `SQLCipher`, OpenSSL or zstd built in.
#[test]
fn a_file_that_was_encrypted_by_an_earlier_build_opens() {
    let sealed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released/5.sealed");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    fs::copy(sealed, &path).unwrap();
    let store = open(&path);
    store.check().unwrap();
    holds_everything(&store, 5);
}

/// The newest released file has exactly the schema that this program makes.
#[test]
fn the_newest_released_schema_is_the_one_in_use() {
    let schema = |connection: &Connection| -> Vec<(String, Option<String>)> {
        connection
            .prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let sql =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/released/{LATEST_VERSION}.sql"));
    let released = Connection::open_in_memory().unwrap();
    released
        .execute_batch(&fs::read_to_string(sql).unwrap())
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    drop(open(&path));
    assert_eq!(schema(&unlocked(&path)), schema(&released));
}
