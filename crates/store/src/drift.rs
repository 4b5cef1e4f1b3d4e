use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use crate::{
    Reader, StoreError, Target, Writer,
    columns::{Json, Millis, words},
};

/// A record that `HubSpot` holds otherwise than it was last written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The kind of record, such as `contacts`.
    pub object: String,
    /// What it stands for.
    pub subject: String,
    /// HubSpot's id of it, as it was written.
    pub record: String,
    /// What became of it.
    pub finding: DriftFinding,
    /// By property: what was written, and what is held. Empty text is no value.
    pub differences: BTreeMap<String, (String, String)>,
    /// When it was seen.
    pub seen_at: Timestamp,
}

/// What became of a record that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftFinding {
    /// It holds other values.
    Changed,
    /// It was merged into another record.
    Merged,
    /// It was deleted.
    Gone,
}

words!(DriftFinding {
    Changed = "changed",
    Merged = "merged",
    Gone = "gone",
});

impl Reader {
    /// Everything that was seen to differ and was not seen right since, newest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn drift(&self, target: Target) -> Result<Vec<Drift>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT object, subject, record, finding, differences, seen_at_ms FROM drift
             WHERE account = ?1 AND portal = ?2 ORDER BY seen_at_ms DESC, object, subject",
        )?;
        let rows = query.query_map(params![target.account.0, target.portal], drift)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Keeps what was seen in place of what was seen before.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn put_drift(&self, target: Target, drift: &Drift) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("INSERT OR REPLACE INTO drift VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute(params![
                target.account.0,
                target.portal,
                drift.object,
                drift.subject,
                drift.record,
                drift.finding,
                Json(&drift.differences),
                Millis(drift.seen_at),
            ])?;
        Ok(())
    }

    /// Forgets that a record was seen to differ.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn remove_drift(
        &self,
        target: Target,
        object: &str,
        subject: &str,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "DELETE FROM drift WHERE account = ?1 AND portal = ?2 AND object = ?3 AND subject = ?4",
            )?
            .execute(params![target.account.0, target.portal, object, subject])?;
        Ok(())
    }
}

fn drift(row: &Row<'_>) -> rusqlite::Result<Drift> {
    Ok(Drift {
        object: row.get(0)?,
        subject: row.get(1)?,
        record: row.get(2)?,
        finding: row.get(3)?,
        differences: row.get::<_, Json<_>>(4)?.0,
        seen_at: row.get::<_, Millis>(5)?.0,
    })
}
