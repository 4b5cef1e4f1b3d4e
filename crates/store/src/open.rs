use std::{
    fs::{self, DirBuilder, OpenOptions},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::Error as MigrationError;

use crate::{
    Lease, Store, StoreError,
    lease::beside,
    schema::{LATEST_VERSION, MIGRATIONS},
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
    /// Opens the store at `path`, making the folder and the file when they are missing and bringing an older file to
    /// the newest version. On Unix a folder made here, and always the file, can be read by its owner alone.
    ///
    /// A damaged file is renamed, never overwritten, with `now` in its new name.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a file of a newer program, [`StoreError::InUse`] when the file must be migrated or set
    /// aside while another process works on it, and whatever keeps the file from being opened.
    pub fn open(path: &Path, now: Timestamp) -> Result<Opened, StoreError> {
        make_private(path)?;
        match checked(path) {
            Ok(writer) => Ok(Opened {
                store: Self::new(path, writer)?,
                set_aside: None,
            }),
            Err(StoreError::Corrupt) => {
                let _alone = Lease::take(path)?;
                let set_aside = set_aside(path, now)?;
                make_private(path)?;
                Ok(Opened {
                    store: Self::new(path, checked_alone(path)?)?,
                    set_aside: Some(set_aside),
                })
            }
            Err(error) => Err(error),
        }
    }
}

/// A connection to a sound file of the newest version.
fn checked(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path)?;
    sound(&connection)?;
    if version(&connection)? < LATEST_VERSION {
        drop(connection);
        let _alone = Lease::take(path)?;
        return checked_alone(path);
    }
    known(&connection)?;
    Ok(connection)
}

pub(crate) fn checked_alone(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = connect(path)?;
    known(&connection)?;
    MIGRATIONS
        .to_latest(&mut connection)
        .map_err(|error| match error {
            MigrationError::RusqliteError { err, .. } => err.into(),
            _ => StoreError::Corrupt,
        })?;
    Ok(connection)
}

/// A connection that writes, with every commit on disk before it returns.
pub(crate) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.pragma_update(None, "busy_timeout", BUSY_TIMEOUT_MS)?;
    // Whatever SQLite puts aside while it works stays in memory, and leaves no copy in a folder of the system.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A connection that can only read.
pub(crate) fn connect_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

pub(crate) fn sound(connection: &Connection) -> Result<(), StoreError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Corrupt),
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

fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Makes the folder and the file when they are missing, for their owner alone.
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(StoreError::at(folder))?;
    }
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
fn set_aside(path: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let free = (1..u32::MAX)
        .map(|number| beside(path, &format!(".damaged-{stamp}-{number}")))
        .find(|candidate| !candidate.exists())
        .unwrap_or_else(|| beside(path, ".damaged"));
    for suffix in ["-wal", "-shm", ""] {
        let from = beside(path, suffix);
        if from.exists() {
            fs::rename(&from, beside(&free, suffix)).map_err(StoreError::at(&from))?;
        }
    }
    Ok(free)
}
