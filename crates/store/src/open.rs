use std::{
    fs::{self, DirBuilder, OpenOptions},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::Error as MigrationError;

use crate::{
    DataKey, Lease, Store, StoreError,
    lease::beside,
    packed,
    schema::{LATEST_VERSION, MIGRATIONS},
    seal::{self, Form},
};

const BUSY_TIMEOUT_MS: u32 = 5_000;

/// An open store, and what opening it found.
#[derive(Debug)]
pub struct Opened {
    /// The store, in the newest version.
    pub store: Store,
    /// Where the damaged file was put, when there was one. The store is then a fresh one.
    pub set_aside: Option<PathBuf>,
}

impl Store {
    /// Opens the store at `path`, which is encrypted with `key`, making the folder and the file when they are missing and
    /// bringing an older file to the newest version. A file that was made before files were encrypted is encrypted now; until
    /// that is done and checked it stays as it is. On Unix a folder made here, and always the file, can be read by its owner
    /// alone.
    ///
    /// A damaged file is renamed, never overwritten, with `now` in its new name.
    ///
    /// # Errors
    /// [`StoreError::OtherKey`] for a file that this key does not open, [`StoreError::Newer`] for a file of a newer program,
    /// [`StoreError::InUse`] when the file must be encrypted, migrated or set aside while another process works on it, and
    /// whatever keeps the file from being opened.
    pub fn open(path: &Path, key: DataKey, now: Timestamp) -> Result<Opened, StoreError> {
        make_private(path)?;
        seal::clear(path);
        match checked(path, &key) {
            Ok(writer) => Ok(Opened {
                store: Self::new(path, key, writer)?,
                set_aside: None,
            }),
            Err(StoreError::Corrupt) => Self::set_aside_and_open(path, key, Why::Damaged, now),
            Err(error) => Err(error),
        }
    }

    /// Puts a file that `key` does not open aside, with `now` in its new name, and opens an empty one in its place. On the
    /// user's word alone: what the file holds is not lost, but nobody reads it without its own key.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_without_former(
        path: &Path,
        key: DataKey,
        now: Timestamp,
    ) -> Result<Opened, StoreError> {
        match Form::of(path, Some(&key))? {
            Form::Foreign => Self::set_aside_and_open(path, key, Why::OtherKey, now),
            _ => Self::open(path, key, now),
        }
    }

    /// Whether a file is at `path` that nothing but its own key opens.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn is_encrypted(path: &Path) -> Result<bool, StoreError> {
        Ok(Form::of(path, None)? == Form::Foreign)
    }

    /// Takes the right to sync a store that may not be there yet, as [`Store::lease`] does. The folder is made for its owner
    /// alone.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while it is held, and what keeps the folder from being used.
    pub fn lease_at(path: &Path) -> Result<Lease, StoreError> {
        make_private_folder(path)?;
        Lease::take(path)
    }

    fn set_aside_and_open(
        path: &Path,
        key: DataKey,
        why: Why,
        now: Timestamp,
    ) -> Result<Opened, StoreError> {
        let _alone = Lease::take(path)?;
        let set_aside = set_aside(path, why, now)?;
        make_private(path)?;
        let writer = checked_alone(path, &key)?;
        Ok(Opened {
            store: Self::new(path, key, writer)?,
            set_aside: Some(set_aside),
        })
    }
}

/// Why a file is set aside.
#[derive(Debug, Clone, Copy)]
enum Why {
    Damaged,
    OtherKey,
}

/// What the names of files that were set aside go on with.
pub(crate) const SET_ASIDE: [&str; 2] = [Why::Damaged.suffix(), Why::OtherKey.suffix()];

impl Why {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Damaged => ".damaged",
            Self::OtherKey => ".other-key",
        }
    }
}

/// A connection to a sound file of the newest version.
fn checked(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    match Form::of(path, Some(key))? {
        Form::Plain => seal::seal(path, key, |_| {})?,
        Form::Foreign => return Err(StoreError::OtherKey),
        Form::Damaged => return Err(StoreError::Corrupt),
        Form::Empty | Form::Sealed => {}
    }
    let connection = connect(path, key)?;
    sound(&connection)?;
    if version(&connection)? < LATEST_VERSION {
        drop(connection);
        let _alone = Lease::take(path)?;
        return checked_alone(path, key);
    }
    known(&connection)?;
    Ok(connection)
}

pub(crate) fn checked_alone(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    let mut connection = connect(path, key)?;
    known(&connection)?;
    let found = version(&connection)?;
    MIGRATIONS
        .to_latest(&mut connection)
        .map_err(|error| match error {
            MigrationError::RusqliteError { err, .. } => err.into(),
            _ => StoreError::Corrupt,
        })?;
    if (1..LATEST_VERSION).contains(&found) {
        give_room_back(&connection);
    }
    Ok(connection)
}

/// Gives what a migration left empty back to the disk.
fn give_room_back(connection: &Connection) {
    if let Err(error) = connection.execute_batch("VACUUM") {
        // The file stays as large as it was, and is filled again before it grows.
        tracing::warn!(%error, "the database could not be made smaller");
    }
}

/// A connection that writes, with every commit on disk before it returns.
pub(crate) fn connect(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    let connection = open(path)?;
    key.unlock(&connection)?;
    settle(&connection)?;
    Ok(connection)
}

/// A connection to a file that is not encrypted yet, which changes nothing of it by itself.
pub(crate) fn connect_plain(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path)?;
    doubt(&connection)?;
    Ok(connection)
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

/// Believes nothing of what the file says.
pub(crate) fn doubt(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "busy_timeout", BUSY_TIMEOUT_MS)?;
    // Whatever SQLite puts aside while it works stays in memory, and leaves no copy in a folder of the system.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

fn settle(connection: &Connection) -> Result<(), StoreError> {
    doubt(connection)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    packed::teach(connection)?;
    Ok(())
}

/// A connection that can only read.
pub(crate) fn connect_reader(path: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    let connection = connect(path, key)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Reads every page.
pub(crate) fn sound(connection: &Connection) -> Result<(), StoreError> {
    let verdict = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match verdict {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(_) => Err(StoreError::Corrupt),
        Err(error) => Err(while_reading_pages(error)),
    }
}

/// A page that does not decrypt is reported by `SQLCipher` as a statement that is wrong, and this one is not.
pub(crate) fn while_reading_pages(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error() {
        Some(cause) if cause.extended_code == rusqlite::ffi::SQLITE_ERROR => StoreError::Corrupt,
        _ => error.into(),
    }
}

/// Whether the file was made by ClearSync, in whatever version.
pub(crate) fn is_a_store(connection: &Connection) -> Result<bool, StoreError> {
    let has_accounts = connection.table_exists(None, "account")?;
    Ok(has_accounts && version(connection)? > 0)
}

fn known(connection: &Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    if found > LATEST_VERSION {
        return Err(StoreError::Newer {
            found,
            known: LATEST_VERSION,
        });
    }
    Ok(())
}

pub(crate) fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn make_private_folder(path: &Path) -> Result<(), StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(StoreError::at(folder))?;
    }
    Ok(())
}

/// Makes the folder and the file when they are missing, for their owner alone.
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    make_private_folder(path)?;
    // SQLite gives its WAL and its index the permissions of the file itself.
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(StoreError::at(path))?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(StoreError::at(path))?;
    drop(file);
    Ok(())
}

/// Renames the file and what belongs to it; gives back the file's new name.
fn set_aside(path: &Path, why: Why, now: Timestamp) -> Result<PathBuf, StoreError> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let free = (1..u32::MAX)
        .map(|number| beside(path, &format!("{}-{stamp}-{number}", why.suffix())))
        .find(|candidate| !candidate.exists())
        .unwrap_or_else(|| beside(path, why.suffix()));
    for suffix in ["-wal", "-shm", ""] {
        let from = beside(path, suffix);
        if from.exists() {
            fs::rename(&from, beside(&free, suffix)).map_err(StoreError::at(&from))?;
        }
    }
    Ok(free)
}
