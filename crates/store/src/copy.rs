//! Whole copies of a file from one encryption into another, or into none.

use std::{fs::File, path::Path};

use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use crate::{
    DataKey, StoreError,
    open::{doubt, version},
};

/// Copies all that `from` sees in one view into the empty file at `to`, encrypted with `key`, or not at all without one. On
/// disk before it returns.
pub(crate) fn copy_into(
    from: &Connection,
    to: &Path,
    key: Option<&DataKey>,
) -> Result<(), StoreError> {
    let name = to
        .to_str()
        .ok_or_else(|| StoreError::at(to)(std::io::ErrorKind::InvalidFilename.into()))?;
    let key = key.map_or_else(Zeroizing::default, DataKey::sql);
    from.execute("ATTACH ?1 AS copy KEY ?2", [name, key.as_str()])?;
    let copied = fill(from);
    from.execute_batch("DETACH copy")?;
    copied?;
    let file = File::options()
        .write(true)
        .open(to)
        .map_err(StoreError::at(to))?;
    file.sync_all().map_err(StoreError::at(to))
}

/// Fills the file attached as `copy`.
fn fill(from: &Connection) -> Result<(), StoreError> {
    // The whole copy is one transaction, so that it is of one moment. What is half a copy is thrown away.
    from.execute_batch("PRAGMA copy.journal_mode = memory; PRAGMA copy.synchronous = off; BEGIN")?;
    let filled = (|| {
        let version = version(from)?;
        from.query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(()))?;
        from.pragma_update(Some("copy"), "user_version", version)?;
        same_rows(from)
    })();
    let end = if filled.is_ok() { "COMMIT" } else { "ROLLBACK" };
    from.execute_batch(end)?;
    filled
}

/// Holds every table of the copy against the one it was made from.
fn same_rows(from: &Connection) -> Result<(), StoreError> {
    let tables = |of: &str| -> Result<Vec<String>, rusqlite::Error> {
        let sql = format!("SELECT name FROM {of}.sqlite_schema WHERE type = 'table' ORDER BY name");
        from.prepare(&sql)?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    let names = tables("main")?;
    let mut same = names == tables("copy")?;
    for name in names {
        let rows = |of: &str| -> Result<i64, rusqlite::Error> {
            let name = name.replace('"', "\"\"");
            let sql = format!("SELECT count(*) FROM {of}.\"{name}\"");
            from.query_row(&sql, [], |row| row.get(0))
        };
        same &= rows("main")? == rows("copy")?;
    }
    if same {
        Ok(())
    } else {
        Err(StoreError::Corrupt)
    }
}

/// A connection to a file that nobody writes, which it leaves as it is, whatever it is: without a log of its own, and without
/// making one.
pub(crate) fn connect_untouched(
    path: &Path,
    key: Option<&DataKey>,
) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        uri(path)?,
        // Whatever is attached may be written.
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI,
    )?;
    if let Some(key) = key {
        key.unlock(&connection)?;
    }
    doubt(&connection)?;
    Ok(connection)
}

/// The path as SQLite reads it where it takes options.
fn uri(path: &Path) -> Result<String, StoreError> {
    let text = path
        .to_str()
        .ok_or_else(|| StoreError::at(path)(std::io::ErrorKind::InvalidFilename.into()))?;
    // Windows puts a drive in front.
    let mut uri = String::from(if cfg!(windows) { "file:///" } else { "file:" });
    for character in text.chars() {
        match character {
            '\\' if cfg!(windows) => uri.push('/'),
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            other => uri.push(other),
        }
    }
    uri.push_str("?immutable=1");
    Ok(uri)
}
