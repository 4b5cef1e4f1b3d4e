use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use crate::{
    Reader, StoreError, Target, Writer,
    columns::{Json, Millis},
};

/// What was last written to a `HubSpot` record, property by property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The kind of record, such as `contacts`, or of association.
    pub object: String,
    /// What the record stands for: Stripe's id of a customer, or a company's domain.
    pub subject: String,
    /// Values by the property's internal name, as text the way `HubSpot` takes them.
    pub properties: BTreeMap<String, String>,
    /// When `HubSpot` confirmed it.
    pub written_at: Timestamp,
}

const COLUMNS: &str = "object, subject, properties, written_at_ms";

impl Reader {
    /// Everything written to a kind of record.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn all_written(&self, target: Target, object: &str) -> Result<Vec<Written>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM written WHERE account = ?1 AND portal = ?2 AND object = ?3 ORDER BY subject"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![target.account.0, target.portal, object], written)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The kinds of record and of association that anything was written to.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn written_kinds(&self, target: Target) -> Result<Vec<String>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT DISTINCT object FROM written WHERE account = ?1 AND portal = ?2 ORDER BY object",
        )?;
        let rows = query.query_map(params![target.account.0, target.portal], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What was written for one subject.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn written(
        &self,
        target: Target,
        object: &str,
        subject: &str,
    ) -> Result<Option<Written>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM written WHERE account = ?1 AND portal = ?2 AND object = ?3 AND subject = ?4"
        );
        Ok(self
            .0
            .prepare_cached(&sql)?
            .query_row(
                params![target.account.0, target.portal, object, subject],
                written,
            )
            .optional()?)
    }
}

impl Writer {
    /// Keeps what was written in place of what was written before.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn put_written(&self, target: Target, written: &Written) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("INSERT OR REPLACE INTO written VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                target.account.0,
                target.portal,
                written.object,
                written.subject,
                Json(&written.properties),
                Millis(written.written_at),
            ])?;
        Ok(())
    }

    /// Forgets what was written to a record that is gone or was put back.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn remove_written(
        &self,
        target: Target,
        object: &str,
        subject: &str,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "DELETE FROM written WHERE account = ?1 AND portal = ?2 AND object = ?3 AND subject = ?4",
            )?
            .execute(params![target.account.0, target.portal, object, subject])?;
        Ok(())
    }
}

fn written(row: &Row<'_>) -> rusqlite::Result<Written> {
    Ok(Written {
        object: row.get(0)?,
        subject: row.get(1)?,
        properties: row.get::<_, Json<_>>(2)?.0,
        written_at: row.get::<_, Millis>(3)?.0,
    })
}
