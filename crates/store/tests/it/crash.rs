use std::{fs, path::Path};

use clearsync_store::{AccountId, ImportCursor, Store, StoreError, Writer};

use crate::stores::{add_account, at, customer, ids, open};

fn cursor(read_count: u64) -> ImportCursor {
    ImportCursor {
        list: "customers".to_owned(),
        shard: 0,
        range: None,
        after_id: Some(format!("cus_{read_count}")),
        read_count,
        done: false,
    }
}

/// Two rows and how far it has come: what must be committed together.
fn page(store: &Store, writer: &Writer, account: AccountId, number: u64) -> [StepResult; 3] {
    let one = |half: u64| {
        let id = format!("cus_{number:03}_{half}");
        let fetched = store.begin_fetch(at(5));
        writer
            .put_objects(account, fetched, "v", [customer(&id, "{}")])
            .map(drop)
    };
    [
        one(0),
        one(1),
        writer.set_import_cursor(account, &cursor((number + 1) * 2)),
    ]
}

type StepResult = Result<(), StoreError>;

fn put_page(store: &Store, account: AccountId, number: u64) {
    store
        .write(|writer| {
            page(store, writer, account, number)
                .into_iter()
                .collect::<StepResult>()
        })
        .unwrap();
}

/// The files as a crash would leave them at this moment: the index in shared memory is lost.
fn copy_files(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
    for (wal, copy) in [(from.with_extension("db-wal"), to.with_extension("db-wal"))] {
        if wal.exists() {
            fs::copy(wal, copy).unwrap();
        }
    }
}

/// Rows and cursor after a crash agree with each other; gives back how many whole pages are there.
fn whole_pages(path: &Path, account: AccountId) -> u64 {
    let store = open(path);
    store.check().unwrap();
    let rows = match store.read(|view| view.account(account)) {
        Ok(_) => ids(&store, account).len() as u64,
        Err(StoreError::Missing { .. }) => 0,
        Err(error) => panic!("{error:?}"),
    };
    let cursors = store.read(|view| view.import_cursors(account)).unwrap();
    let read = cursors.first().map_or(0, |cursor| cursor.read_count);
    assert_eq!(rows, read, "rows and cursor are committed together");
    read / 2
}

#[test]
fn a_crash_between_any_two_statements_keeps_whole_transactions_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let store = open(&path);
    let account = add_account(&store);
    put_page(&store, account, 0);
    let copies: Vec<_> = store
        .write(|writer| {
            let mut copies = Vec::new();
            for (step, outcome) in page(&store, writer, account, 1).into_iter().enumerate() {
                outcome?;
                let copy = folder.path().join(format!("step-{step}.db"));
                copy_files(&path, &copy);
                copies.push(copy);
            }
            Ok::<_, StoreError>(copies)
        })
        .unwrap();
    for copy in &copies {
        assert_eq!(whole_pages(copy, account), 1, "{}", copy.display());
    }
    let committed = folder.path().join("committed.db");
    copy_files(&path, &committed);
    assert_eq!(whole_pages(&committed, account), 2);
}

#[test]
fn a_refused_step_rolls_everything_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let outcome: Result<(), StoreError> = store.write(|writer| {
        page(&store, writer, account, 0)
            .into_iter()
            .collect::<StepResult>()?;
        writer.mark_sent(clearsync_store::JournalId(99))
    });
    assert!(matches!(
        outcome,
        Err(StoreError::Missing { table: "journal" })
    ));
    assert!(ids(&store, account).is_empty());
}

/// Power loss can leave any shorter log behind. Whatever is left opens soundly, and a longer log never knows less.
#[test]
fn a_log_cut_anywhere_keeps_a_prefix_of_the_commits() {
    const PAGES: u64 = 12;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let account = add_account(&open(&path));
    let store = open(&path);
    for number in 0..PAGES {
        put_page(&store, account, number);
    }
    let (database, log) = (
        fs::read(&path).unwrap(),
        fs::read(path.with_extension("db-wal")).unwrap(),
    );
    let mut last = 0;
    for length in (0..=log.len()).step_by(1_373).chain([log.len()]) {
        let copy = folder.path().join(format!("cut-{length}.db"));
        fs::write(&copy, &database).unwrap();
        fs::write(copy.with_extension("db-wal"), &log[..length]).unwrap();
        let pages = whole_pages(&copy, account);
        assert!(
            pages >= last,
            "{pages} pages after {last} at {length} bytes"
        );
        last = pages;
        for suffix in ["db", "db-wal", "db-shm"] {
            let _ = fs::remove_file(copy.with_extension(suffix));
        }
    }
    assert_eq!(last, PAGES);
}
