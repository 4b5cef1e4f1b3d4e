use std::{io, path::PathBuf};

use rusqlite::ErrorCode;

/// Why the store did not do what was asked. Nothing is half done: a failed write leaves the file as it was.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another ClearSync process is already at work on this file.
    #[error("another ClearSync process is at work on this file")]
    InUse,
    /// Another process kept the file locked for longer than the store waits.
    #[error("the file stayed locked by another process")]
    Locked,
    /// The disk or the quota is full.
    #[error("the disk is full")]
    DiskFull,
    /// The disk failed to read or write, or a limit keeps the file from growing.
    #[error("the disk failed")]
    DiskFailed,
    /// The file or its folder may not be written.
    #[error("the file may not be written")]
    ReadOnly,
    /// The file was found damaged while it was open. Opening it again sets it aside.
    #[error("the file is damaged")]
    Corrupt,
    /// The key does not open the file: it is encrypted with another one, or its beginning is damaged. It is left as it is.
    #[error("the key does not open the file")]
    OtherKey,
    /// A newer ClearSync wrote the file. It is left as it is.
    #[error("the file has version {found}, this ClearSync knows versions up to {known}")]
    Newer {
        /// Version of the file.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The file that was to be restored holds no sound store.
    #[error("{} is no whole copy of a store", .path.display())]
    NotACopy {
        /// The file.
        path: PathBuf,
    },
    /// A file or folder could not be reached.
    #[error("{} could not be used", .path.display())]
    Unreachable {
        /// What was being used.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A stored value does not read back as what it should be.
    #[error("a stored value does not read back")]
    Unreadable(#[source] rusqlite::Error),
    /// A row that was named does not exist.
    #[error("no such row in {table}")]
    Missing {
        /// The table it should stand in.
        table: &'static str,
    },
    /// Anything else SQLite reports: a fault of this program.
    #[error("the store failed")]
    Failed(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..)
        ) {
            return Self::Unreadable(error);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::SystemIoFailure) => Self::DiskFailed,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::ReadOnly
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt,
            _ => Self::Failed(error),
        }
    }
}

impl StoreError {
    pub(crate) fn at(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Unreachable { path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_without_space_is_told_apart() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection
            .execute_batch("PRAGMA max_page_count = 8; CREATE TABLE t (x)")
            .unwrap();
        let refused = connection
            .execute("INSERT INTO t VALUES (zeroblob(100000))", [])
            .unwrap_err();
        assert!(matches!(StoreError::from(refused), StoreError::DiskFull));
    }
}
