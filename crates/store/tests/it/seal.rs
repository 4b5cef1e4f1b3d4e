//! What lies on the disk, as somebody finds it who has the files and not the key.

use std::{fs, path::Path};

use clearsync_store::{Scope, StoreError};

use crate::stores::{add_account, at, customer, key, open};

const EMAIL: &str = "ada.lovelace@analytical.example";

/// The files of the folder that hold the text, by their names.
fn holding(folder: &Path, text: &[u8]) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let holds = |bytes: Vec<u8>| bytes.windows(text.len()).any(|part| part == text);
    files
        .filter(|file| holds(fs::read(file.path()).unwrap()))
        .map(|file| file.file_name().into_string().unwrap())
        .collect()
}

#[test]
fn no_file_holds_anything_that_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let store = open(&path);
    let account = add_account(&store);
    let json = format!("{{\"email\":\"{EMAIL}\"}}");
    for number in 0..200 {
        let fetched = store.begin_fetch(at(number));
        let id = format!("cus_of_ada_{number}");
        store
            .write(|writer| {
                writer.set_setting(Scope::App, "email", &EMAIL)?;
                writer.put_objects(account, fetched, "v", [customer(&id, &json)])
            })
            .unwrap();
    }
    store.back_up(&folder.path().join("copy.db")).unwrap();
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert!(names.len() >= 4, "database, log, index, copy: {names:?}");
    let hex = key().expose();
    for text in [
        EMAIL.as_bytes(),
        b"cus_of_ada",
        b"acct_1",
        b"CREATE TABLE",
        b"SQLite format 3",
        hex.as_bytes(),
        &[7; 8],
    ] {
        let found = holding(folder.path(), text);
        assert_eq!(found, [""; 0], "{}", text.escape_ascii());
    }
    // The search finds what is there.
    store
        .back_up_readable(&folder.path().join("readable.db"))
        .unwrap();
    assert_eq!(holding(folder.path(), EMAIL.as_bytes()), ["readable.db"]);
}

/// A released file, which was never encrypted, is when it was opened once; and nothing of the plain one is left.
#[test]
fn a_plain_file_is_encrypted_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let (path, plain) = (folder.path().join("clearsync.db"), folder.path().join("p"));
    let account = {
        let store = open(&path);
        let account = add_account(&store);
        let fetched = store.begin_fetch(at(1));
        let json = format!("{{\"email\":\"{EMAIL}\"}}");
        store
            .write(|writer| writer.put_objects(account, fetched, "v", [customer("cus_1", &json)]))
            .unwrap();
        store.back_up_readable(&plain).unwrap();
        account
    };
    fs::remove_file(&path).unwrap();
    fs::rename(&plain, &path).unwrap();
    // With a part of it in its log, as a process leaves it that was killed.
    let other = rusqlite::Connection::open(&path).unwrap();
    let mode: String = other
        .query_row("PRAGMA journal_mode = wal", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
    other
        .execute("INSERT INTO setting VALUES (0, 'in_log', '1')", [])
        .unwrap();
    let killed = folder.path().join("killed.db");
    for suffix in ["", "-wal"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        fs::copy(name(&path), name(&killed)).unwrap();
    }
    // While another program has it open nothing is done to it.
    let in_use = clearsync_store::Store::open(&path, key(), at(0)).unwrap_err();
    assert!(matches!(in_use, StoreError::InUse), "{in_use:?}");
    assert_eq!(holding(folder.path(), b"SQLite format 3").len(), 2);
    drop(other);

    for path in [&path, &killed] {
        let store = open(path);
        store.check().unwrap();
        store
            .read(|view| {
                assert_eq!(view.setting::<u64>(Scope::App, "in_log")?, Some(1));
                let object = view.object(account, "customer", "cus_1")?.unwrap();
                assert!(object.json.contains(EMAIL));
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }
    for text in [EMAIL.as_bytes(), b"in_log", b"SQLite format 3"] {
        assert_eq!(holding(folder.path(), text), [""; 0]);
    }
}
