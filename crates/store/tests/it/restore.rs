use std::{fs, path::Path};

use clearsync_store::{
    AccountId, DataKey, LATEST_VERSION, PlanRow, PlanState, Purpose, Scope, Store, StoreError,
    Target,
};
use rusqlite::Connection;
use serde_json::json;

use crate::stores::{add_account, at, customer, ids, open, unlocked};

fn put(store: &Store, account: AccountId, id: &str) {
    let fetched = store.begin_fetch(at(1));
    store
        .write(|writer| writer.put_objects(account, fetched, "v", [customer(id, "{}")]))
        .unwrap();
}

#[test]
fn everything_is_as_it_was_when_the_copy_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let store = open(&path);
    let account = add_account(&store);
    put(&store, account, "cus_1");
    let copy = folder.path().join("copy.db");
    store.back_up(&copy).unwrap();
    let bytes = fs::read(&copy).unwrap();
    put(&store, account, "cus_2");
    let other_process = open(&path);
    assert_eq!(ids(&other_process, account), ["cus_1", "cus_2"]);

    let former = folder.path().join("former.db");
    store
        .read(|view| {
            // A reader beside the restore keeps its view, and stands in nobody's way.
            let before = view.object_counts(account)?;
            store.restore(&copy, &former)?;
            assert_eq!(view.object_counts(account)?, before);
            Ok::<_, StoreError>(())
        })
        .unwrap();

    for handle in [&store, &other_process, &open(&path)] {
        assert_eq!(ids(handle, account), ["cus_1"]);
        handle.check().unwrap();
    }
    assert_eq!(ids(&open(&former), account), ["cus_1", "cus_2"]);
    assert_eq!(fs::read(&copy).unwrap(), bytes, "the copy is left as it is");
    put(&store, account, "cus_3");
    assert_eq!(ids(&store, account), ["cus_1", "cus_3"]);
    assert!(!leftovers(folder.path()));
}

/// A copy that another computer can read, whatever its key.
#[test]
fn a_readable_copy_can_be_restored_with_any_key() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    put(&store, account, "cus_1");
    let (readable, sealed) = (folder.path().join("r#1?.db"), folder.path().join("s.db"));
    store.back_up_readable(&readable).unwrap();
    store.back_up(&sealed).unwrap();
    assert!(!Store::is_encrypted(&readable).unwrap());
    assert!(Store::is_encrypted(&sealed).unwrap());
    let bytes = fs::read(&readable).unwrap();

    let key = DataKey::from_random([8; 32].into());
    let path = folder.path().join("elsewhere.db");
    let elsewhere = Store::open(&path, key, at(0)).unwrap().store;
    elsewhere
        .restore(&readable, &folder.path().join("former.db"))
        .unwrap();
    assert_eq!(ids(&elsewhere, account), ["cus_1"]);
    elsewhere.check().unwrap();
    assert!(
        Store::is_encrypted(&path).unwrap(),
        "what is restored is encrypted"
    );
    assert_eq!(fs::read(&readable).unwrap(), bytes);
    assert!(!leftovers(folder.path()));
}

#[test]
fn a_copy_of_every_released_version_can_be_restored() {
    for version in 1..=LATEST_VERSION {
        let sql =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/released/{version}.sql"));
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        let made = Connection::open(&copy).unwrap();
        made.execute_batch(&fs::read_to_string(sql).unwrap())
            .unwrap();
        drop(made);
        let store = open(&folder.path().join("clearsync.db"));
        store
            .restore(&copy, &folder.path().join("former.db"))
            .unwrap();
        let interval: Option<u64> = store
            .read::<_, StoreError>(|view| view.setting(Scope::App, "interval_s"))
            .unwrap();
        assert_eq!(interval, Some(300), "version {version}");
        store.check().unwrap();
    }
}

#[test]
fn what_is_no_sound_copy_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    put(&store, account, "cus_1");
    let sound = folder.path().join("sound.db");
    store.back_up(&sound).unwrap();
    let bytes = fs::read(&sound).unwrap();

    let mut torn = bytes.clone();
    torn[4096 * 2..4096 * 5].fill(0xA5);
    let newer = folder.path().join("newer.db");
    fs::write(&newer, &bytes).unwrap();
    let made = unlocked(&newer);
    made.pragma_update(None, "user_version", 9_999).unwrap();
    drop(made);
    let other = folder.path().join("other.db");
    let other_key = DataKey::from_random([8; 32].into());
    drop(Store::open(&other, other_key, at(0)).unwrap());
    let foreign = folder.path().join("foreign");
    let made = Connection::open(&foreign).unwrap();
    made.execute_batch("CREATE TABLE account (x); PRAGMA user_version = 0")
        .unwrap();
    drop(made);

    for (name, bytes) in [
        ("empty", Vec::new()),
        ("text", b"not a database".to_vec()),
        ("torn", torn),
        ("newer", fs::read(&newer).unwrap()),
        ("of another key", fs::read(&other).unwrap()),
        ("foreign", fs::read(&foreign).unwrap()),
    ] {
        let copy = folder.path().join(name);
        fs::write(&copy, bytes).unwrap();
        let former = folder.path().join("former.db");
        let error = store.restore(&copy, &former).unwrap_err();
        match name {
            "newer" => assert!(matches!(error, StoreError::Newer { found: 9_999, .. })),
            _ => assert!(
                matches!(error, StoreError::NotACopy { .. }),
                "{name}: {error}"
            ),
        }
        assert!(!former.exists(), "{name}");
    }
    let missing = store.restore(Path::new("/nowhere"), &folder.path().join("former.db"));
    assert!(matches!(missing, Err(StoreError::Unreachable { .. })));
    assert_eq!(ids(&store, account), ["cus_1"]);
    assert!(!leftovers(folder.path()));
}

#[test]
fn a_plan_of_then_is_not_carried_out_now() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let target = Target {
        account,
        portal: 77,
    };
    let plan = store
        .write(|writer| {
            let row = PlanRow {
                number: -1,
                object: "contacts".to_owned(),
                subject: "cus_1".to_owned(),
                action: "update".to_owned(),
                label: "Ada".to_owned(),
                details: json!({}),
            };
            writer.add_plan((target, Purpose::Sync), 1, at(1), &json!({}), &[row])
        })
        .unwrap();
    let copy = folder.path().join("copy.db");
    store.back_up(&copy).unwrap();
    store
        .restore(&copy, &folder.path().join("former.db"))
        .unwrap();
    let state = store
        .read::<_, StoreError>(|view| Ok(view.plan(plan)?.unwrap().state))
        .unwrap();
    assert_eq!(state, PlanState::Dropped);
}

fn leftovers(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).unwrap().flatten();
    entries.any(|entry| entry.file_name().to_string_lossy().contains(".restoring"))
}
