use rusqlite::params;

use crate::{AccountId, Reader, StoreError, Writer};

/// How far one part of one list has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCursor {
    /// The list, by its path.
    pub list: String,
    /// Number of the part within its list.
    pub shard: u32,
    /// The part: objects made in this range; the whole list when `None`.
    pub range: Option<CreatedRange>,
    /// The last id that was read; reading goes on after it.
    pub after_id: Option<String>,
    /// Objects read so far.
    pub read_count: u64,
    /// Whether the part has been read to its end.
    pub done: bool,
}

/// A range of creation times, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreatedRange {
    /// First second that belongs to it; unbounded when `None`.
    pub from_s: Option<i64>,
    /// First second after it; unbounded when `None`.
    pub before_s: Option<i64>,
}

impl Reader {
    /// All parts of an account's import, in order of list and number.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn import_cursors(&self, account: AccountId) -> Result<Vec<ImportCursor>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT list, shard, created_from_s, created_before_s, after_id, read_count, done
             FROM import_cursor WHERE account = ?1 ORDER BY list, shard",
        )?;
        let rows = query.query_map([account.0], |row| {
            let (from_s, before_s) = (row.get(2)?, row.get(3)?);
            Ok(ImportCursor {
                list: row.get(0)?,
                shard: row.get(1)?,
                range: (from_s, before_s)
                    .ne(&(None, None))
                    .then_some(CreatedRange { from_s, before_s }),
                after_id: row.get(4)?,
                read_count: row.get::<_, i64>(5)?.unsigned_abs(),
                done: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Sets how far a part has been read.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn set_import_cursor(
        &self,
        account: AccountId,
        cursor: &ImportCursor,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR REPLACE INTO import_cursor VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                account.0,
                cursor.list,
                cursor.shard,
                cursor.range.and_then(|range| range.from_s),
                cursor.range.and_then(|range| range.before_s),
                cursor.after_id,
                i64::try_from(cursor.read_count).unwrap_or(i64::MAX),
                cursor.done,
            ])?;
        Ok(())
    }

    /// Forgets how far the account's import and its events have come, so that the next import starts over. Objects stay.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn forget_import(&self, account: AccountId) -> Result<(), StoreError> {
        self.sql()
            .execute("DELETE FROM import_cursor WHERE account = ?1", [account.0])?;
        self.sql()
            .execute("DELETE FROM feed WHERE account = ?1", [account.0])?;
        Ok(())
    }
}
