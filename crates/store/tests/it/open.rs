use std::fs;

use clearsync_store::{DataKey, LATEST_VERSION, Object, Reader, Scope, Store, StoreError};

use crate::stores::{add_account, at, customer, ids, key, open, unlocked};

#[test]
fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/clearsync.db");
    let account = add_account(&open(&path));
    assert_eq!(
        open(&path).read(|view| view.account(account)).unwrap().id,
        account
    );
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/clearsync.db");
    let store = open(&path);
    add_account(&store);
    let _lease = store.lease().unwrap();
    store.back_up(&folder.path().join("data/copy.db")).unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let files: Vec<_> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(
        files.len(),
        5,
        "database, WAL, index, lock, copy: {files:?}"
    );
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_damaged_file_is_set_aside_byte_for_byte() {
    // What a disk leaves that had made room and written nothing.
    let nothing = vec![0_u8; 20_000];
    let mut plain = plain_file();
    plain[4096..4096 * 3].fill(0xA5);
    let mut torn = sound_file();
    for byte in torn.iter_mut().skip(4096 * 2).take(4096 * 3) {
        *byte = 0xA5;
    }
    let mut short = sound_file();
    short.truncate(4096 * 3 + 100);
    for bytes in [nothing, torn, short, plain] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clearsync.db");
        fs::write(&path, &bytes).unwrap();
        let opened = Store::open(&path, key(), at(1_700_000_000)).unwrap();
        let copy = opened.set_aside.unwrap();
        assert!(fs::read(&copy).unwrap() == bytes);
        assert!(
            copy.ends_with("clearsync.db.damaged-20231114T221320Z-1"),
            "{}",
            copy.display()
        );
        assert!(opened.store.read(Reader::accounts).unwrap().is_empty());

        drop(opened.store);
        fs::write(&path, &bytes).unwrap();
        let again = Store::open(&path, key(), at(1_700_000_000)).unwrap();
        assert_ne!(again.set_aside.unwrap(), copy, "the first copy stays");
        assert!(fs::read(&copy).unwrap() == bytes);
    }
}

fn sound_file() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let store = open(&path);
    let account = add_account(&store);
    let json = format!("{{\"text\":\"{}\"}}", "x".repeat(3_000));
    let ids: Vec<String> = (0..40).map(|number| format!("cus_{number}")).collect();
    store
        .write(|writer| {
            let fetched = store.begin_fetch(at(5));
            let objects = ids.iter().map(|id| customer(id, &json));
            writer.put_objects(account, fetched, "v", objects)
        })
        .unwrap();
    drop(store);
    fs::read(&path).unwrap()
}

/// As it was before files were encrypted.
fn plain_file() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.db");
    let store = open(&folder.path().join("clearsync.db"));
    add_account(&store);
    store.back_up_readable(&path).unwrap();
    fs::read(&path).unwrap()
}

/// A key that does not fit is told apart from damage: the file is left until the user says otherwise, and not lost then.
#[test]
fn a_file_of_another_key_is_left_and_set_aside_only_on_the_users_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let account = add_account(&open(&path));
    let before = fs::read(&path).unwrap();
    let other = || DataKey::from_random([8; 32].into());
    let refused = Store::open(&path, other(), at(0)).unwrap_err();
    assert!(matches!(refused, StoreError::OtherKey), "{refused:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(Store::is_encrypted(&path).unwrap());
    open(&path)
        .read(|view| view.account(account))
        .expect("its own key opens it");

    let opened = Store::open_without_former(&path, other(), at(1_700_000_000)).unwrap();
    let aside = opened.set_aside.unwrap();
    assert!(
        aside.ends_with("clearsync.db.other-key-20231114T221320Z-1"),
        "{}",
        aside.display()
    );
    assert_eq!(fs::read(&aside).unwrap(), before);
    assert!(opened.store.read(Reader::accounts).unwrap().is_empty());
    drop(opened.store);
    // What its key opens is not set aside.
    let again = Store::open_without_former(&path, other(), at(1_700_000_000)).unwrap();
    assert_eq!(again.set_aside, None);
    open(&aside).read(|view| view.account(account)).unwrap();
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    drop(open(&path));
    let raw = unlocked(&path);
    raw.pragma_update(None, "user_version", LATEST_VERSION + 1)
        .unwrap();
    drop(raw);
    let refused = Store::open(&path, key(), at(0)).unwrap_err();
    assert!(
        matches!(refused, StoreError::Newer { found, known } if found == known + 1),
        "{refused:?}"
    );
    let raw = unlocked(&path);
    let version: i64 = raw
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(version, LATEST_VERSION + 1);
}

#[test]
fn one_lease_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let (one, other) = (open(&path), open(&path));
    let lease = one.lease().unwrap();
    assert!(matches!(other.lease(), Err(StoreError::InUse)));
    drop(lease);
    other.lease().unwrap();
}

#[test]
fn a_damaged_file_that_another_process_works_on_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let store = open(&path);
    let _lease = store.lease().unwrap();
    drop(store);
    fs::write(&path, vec![0_u8; 20_000]).unwrap();
    let refused = Store::open(&path, key(), at(0));
    assert!(matches!(refused, Err(StoreError::InUse)));
    assert_eq!(fs::read(&path).unwrap(), vec![0_u8; 20_000]);
}

#[test]
fn a_file_locked_for_long_is_reported_as_locked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let store = open(&path);
    let mut raw = unlocked(&path);
    let _held = raw
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .unwrap();
    let refused = store
        .write(|writer| writer.set_setting(Scope::App, "theme", &"dark"))
        .unwrap_err();
    assert!(matches!(refused, StoreError::Locked), "{refused:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_grow_is_reported_and_loses_nothing() {
    // A file-size limit stands in for the full disk; it must not touch other tests, so it gets its own process. SQLite
    // reports a file that may not grow as a failed write, and only a disk without space as full.
    if std::env::var_os("CLEARSYNC_TEST_FULL_DISK").is_none() {
        let me = std::env::current_exe().unwrap();
        let status = std::process::Command::new("sh")
            .arg("-c")
            .arg("trap '' XFSZ; ulimit -f 2048; exec \"$0\" --exact open::a_file_that_cannot_grow_is_reported_and_loses_nothing")
            .arg(me)
            .env("CLEARSYNC_TEST_FULL_DISK", "1")
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let json = format!("\"{}\"", "x".repeat(50_000));
    let mut kept = Vec::new();
    let refused = loop {
        let id = format!("cus_{:04}", kept.len());
        let fetched = store.begin_fetch(at(5));
        let object: Object<'_> = customer(&id, &json);
        match store.write(|writer| writer.put_objects(account, fetched, "v", [object])) {
            Ok(_) => kept.push(id),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(refused, StoreError::DiskFailed | StoreError::DiskFull),
        "{refused:?}"
    );
    assert!(kept.len() > 3);
    assert_eq!(ids(&store, account), kept);
}

#[test]
fn a_back_up_opens_as_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let copy = folder.path().join("copy.db");
    store.back_up(&copy).unwrap();
    assert!(matches!(
        store.back_up(&copy),
        Err(StoreError::Unreachable { .. })
    ));
    assert_eq!(
        open(&copy).read(|view| view.account(account)).unwrap(),
        store.read(|view| view.account(account)).unwrap()
    );
}
