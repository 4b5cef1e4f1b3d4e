use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::{AccountId, Reader, StoreError, Writer, columns::Millis};

/// How far an account's events have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// Every event made before this second has been seen, seconds since 1970.
    pub cursor_s: i64,
    /// When the import that the feed continues was begun.
    pub import_started: Timestamp,
    /// When that import was complete; `None` while it is not.
    pub import_done: Option<Timestamp>,
    /// When events were last read to the end.
    pub read_at: Option<Timestamp>,
}

impl Reader {
    /// The account's feed; `None` before its first import.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn feed(&self, account: AccountId) -> Result<Option<Feed>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT cursor_s, import_started_ms, import_done_ms, read_at_ms FROM feed WHERE account = ?1",
        )?;
        let feed = query.query_row([account.0], |row| {
            Ok(Feed {
                cursor_s: row.get(0)?,
                import_started: row.get::<_, Millis>(1)?.0,
                import_done: row.get::<_, Option<Millis>>(2)?.map(|at| at.0),
                read_at: row.get::<_, Option<Millis>>(3)?.map(|at| at.0),
            })
        });
        Ok(feed.optional()?)
    }

    /// Whether an event has been dealt with.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn event_seen(&self, account: AccountId, id: &str) -> Result<bool, StoreError> {
        Ok(self
            .0
            .prepare_cached("SELECT 1 FROM event_seen WHERE account = ?1 AND id = ?2")?
            .exists(params![account.0, id])?)
    }
}

impl Writer {
    /// Sets how far events have been read.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn set_feed(&self, account: AccountId, feed: &Feed) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("INSERT OR REPLACE INTO feed VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                account.0,
                feed.cursor_s,
                Millis(feed.import_started),
                feed.import_done.map(Millis),
                feed.read_at.map(Millis),
            ])?;
        Ok(())
    }

    /// Notes that an event has been dealt with. Noting it again changes nothing.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn see_event(
        &self,
        account: AccountId,
        id: &str,
        created_s: i64,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("INSERT OR IGNORE INTO event_seen VALUES (?1, ?2, ?3)")?
            .execute(params![account.0, id, created_s])?;
        Ok(())
    }

    /// Forgets events made before a second that will not be asked for again.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn forget_events_before(
        &self,
        account: AccountId,
        created_s: i64,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM event_seen WHERE account = ?1 AND created_s < ?2")?
            .execute(params![account.0, created_s])?;
        Ok(())
    }
}
