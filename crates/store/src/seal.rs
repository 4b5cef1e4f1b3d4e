//! How a file lies on the disk, and how one that was made before files were encrypted becomes one that is.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use crate::{
    DataKey, Lease, StoreError,
    copy::copy_into,
    lease::beside,
    open::{connect, connect_plain, make_private, sound},
};

const PLAIN: &[u8; 16] = b"SQLite format 3\0";

/// How a file lies on the disk, told from what it begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Nothing is in it yet.
    Empty,
    /// Not encrypted.
    Plain,
    /// Encrypted with the key at hand.
    Sealed,
    /// Encrypted with another key, or no database at all: nobody can tell these apart.
    Foreign,
    /// Begins as no file of either kind does.
    Damaged,
}

impl Form {
    /// The form of the file at `path`; a missing one is empty. Without a key none is [`Form::Sealed`].
    pub(crate) fn of(path: &Path, key: Option<&DataKey>) -> Result<Self, StoreError> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Empty),
            file => file.map_err(StoreError::at(path))?,
        };
        let mut head = Vec::with_capacity(PLAIN.len());
        file.take(PLAIN.len() as u64)
            .read_to_end(&mut head)
            .map_err(StoreError::at(path))?;
        Ok(match &head[..] {
            [] => Self::Empty,
            head if head == PLAIN => Self::Plain,
            head if key.is_some_and(|key| head == key.salt()) => Self::Sealed,
            // What a disk leaves that had made room and written nothing.
            head if head.iter().all(|byte| *byte == 0) => Self::Damaged,
            head if head.len() < PLAIN.len() => Self::Damaged,
            _ => Self::Foreign,
        })
    }
}

/// Where sealing a file has come to: between any two of these the process may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The plain file stands alone, without a log.
    Alone,
    /// All of it is in an encrypted file beside it, which may not have reached the disk.
    Copied,
    /// The encrypted file was checked and is on the disk.
    Checked,
    /// The encrypted file stands in the place of the plain one, which is gone.
    Replaced,
}

/// Puts an encrypted file into the place of the plain one at `path`. Until it is whole, checked and on the disk, the plain one
/// stays; nothing of it is left then.
pub(crate) fn seal(
    path: &Path,
    key: &DataKey,
    mut reached: impl FnMut(Step),
) -> Result<(), StoreError> {
    let _alone = Lease::take(path)?;
    if Form::of(path, Some(key))? != Form::Plain {
        // Another process was faster.
        return Ok(());
    }
    let working = working(path);
    remove(&working);
    let plain = connect_alone(path)?;
    reached(Step::Alone);
    make_private(&working)?;
    let outcome = copy_into(&plain, &working, Some(key)).and_then(|()| {
        reached(Step::Copied);
        check(&working, key)
    });
    if let Err(error) = outcome {
        remove(&working);
        return Err(error);
    }
    reached(Step::Checked);
    // An open file can be replaced, but not on every system.
    drop(plain);
    fs::rename(&working, path).map_err(StoreError::at(path))?;
    keep_names(path)?;
    reached(Step::Replaced);
    Ok(())
}

/// Removes what a process left that ended while it was sealing.
pub(crate) fn clear(path: &Path) {
    if working(path).exists() && Lease::take(path).is_ok() {
        remove(&working(path));
    }
}

pub(crate) fn working(path: &Path) -> PathBuf {
    beside(path, ".sealing")
}

/// A connection to a sound plain file that nobody else has open, with everything of its log in it and no log any more.
fn connect_alone(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect_plain(path)?;
    sound(&connection)?;
    // Not while anybody else has it open.
    let mode: String = connection
        .query_row("PRAGMA journal_mode = delete", [], |row| row.get(0))
        .map_err(|error| match StoreError::from(error) {
            StoreError::Locked => StoreError::InUse,
            other => other,
        })?;
    if mode != "delete" {
        return Err(StoreError::InUse);
    }
    connection.pragma_update(None, "locking_mode", "exclusive")?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    Ok(connection)
}

fn check(working: &Path, key: &DataKey) -> Result<(), StoreError> {
    let sealed = connect(working, key)?;
    let verdict: String = sealed.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    // Its log, and the index of the log, would not be renamed with it.
    let mode: String = sealed.query_row("PRAGMA journal_mode = delete", [], |row| row.get(0))?;
    drop(sealed);
    if verdict != "ok" || mode != "delete" {
        return Err(StoreError::Corrupt);
    }
    let file = File::options().write(true).open(working);
    file.and_then(|file| file.sync_all())
        .map_err(StoreError::at(working))
}

/// Brings to the disk that a file has another name.
fn keep_names(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(StoreError::at(folder))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn remove(working: &Path) {
    for suffix in ["-wal", "-shm", "-journal", ""] {
        // Where it cannot be removed it cannot be made either, which is said then.
        let _ = fs::remove_file(beside(working, suffix));
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{AccountProfile, Mode, Store};

    fn key() -> DataKey {
        DataKey::from_random([7; 32].into())
    }

    /// Ended between any two steps, the next start finds one whole file, and nothing of the other is left.
    #[test]
    fn ended_at_any_step_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clearsync.db");
        let account = plain_store(&path);
        let mut ends = Vec::new();
        seal(&path, &key(), |step| {
            let end = folder.path().join(format!("{step:?}"));
            fs::create_dir(&end).unwrap();
            // The index in shared memory is lost with the process.
            for suffix in ["", "-wal", ".sealing", ".sealing-wal", ".sealing-journal"] {
                let from = beside(&path, suffix);
                if from.exists() {
                    fs::copy(&from, beside(&end.join("clearsync.db"), suffix)).unwrap();
                }
            }
            ends.push((step, end.join("clearsync.db")));
        })
        .unwrap();
        let steps: Vec<Step> = ends.iter().map(|(step, _)| *step).collect();
        assert_eq!(
            steps,
            [Step::Alone, Step::Copied, Step::Checked, Step::Replaced]
        );
        for (step, end) in ends {
            let plain = Form::of(&end, Some(&key())).unwrap() == Form::Plain;
            assert_eq!(plain, step != Step::Replaced, "{step:?}");
            // Power that fails may keep any part of what was not brought to the disk yet.
            if step == Step::Copied {
                let file = File::options().write(true).open(working(&end)).unwrap();
                file.set_len(file.metadata().unwrap().len() / 2).unwrap();
            }
            let opened = Store::open(&end, key(), Timestamp::UNIX_EPOCH).unwrap();
            assert_eq!(opened.set_aside, None, "{step:?}");
            opened.store.check().unwrap();
            opened.store.read(|view| view.account(account)).unwrap();
            assert_eq!(Form::of(&end, Some(&key())).unwrap(), Form::Sealed);
            assert!(!working(&end).exists(), "{step:?}");
        }
    }

    /// A copy that cannot be made leaves the plain file as it was.
    #[test]
    fn what_cannot_be_copied_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clearsync.db");
        let account = plain_store(&path);
        fs::create_dir(working(&path)).unwrap();
        let refused = Store::open(&path, key(), Timestamp::UNIX_EPOCH);
        assert!(refused.is_err());
        assert_eq!(Form::of(&path, Some(&key())).unwrap(), Form::Plain);
        fs::remove_dir(working(&path)).unwrap();
        let opened = Store::open(&path, key(), Timestamp::UNIX_EPOCH).unwrap();
        opened.store.read(|view| view.account(account)).unwrap();
    }

    fn plain_store(path: &Path) -> crate::AccountId {
        let folder = tempfile::tempdir().unwrap();
        let sealed = folder.path().join("sealed.db");
        let store = Store::open(&sealed, key(), Timestamp::UNIX_EPOCH).unwrap();
        let account = store.store.write(|writer| {
            let profile = AccountProfile::default();
            writer.add_account(Some("acct_1"), Mode::Test, &profile, Timestamp::UNIX_EPOCH)
        });
        store.store.back_up_readable(path).unwrap();
        account.unwrap()
    }
}
