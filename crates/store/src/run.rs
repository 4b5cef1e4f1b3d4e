use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AccountId, Reader, StoreError, Writer,
    columns::{Json, Millis},
};

/// Number of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub i64);

/// One import, sync or push.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its number; later runs have greater ones.
    pub id: RunId,
    /// What was run, such as `import`.
    pub kind: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it goes on, or when the process ended first.
    pub ended_at: Option<Timestamp>,
    /// How it ended, in one word of the caller's choice.
    pub outcome: Option<String>,
    /// What it did, in numbers.
    pub counts: Value,
}

const COLUMNS: &str = "id, kind, started_at_ms, ended_at_ms, outcome, counts";

impl Reader {
    /// The latest runs, newest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn runs(&self, account: AccountId, limit: u32) -> Result<Vec<Run>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM run WHERE account = ?1 ORDER BY id DESC LIMIT ?2");
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![account.0, limit], run)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One run.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM run WHERE id = ?1");
        let mut query = self.0.prepare_cached(&sql)?;
        Ok(query.query_row([id.0], run).optional()?)
    }

    /// The latest run of a kind that ended with an outcome.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn last_run(
        &self,
        account: AccountId,
        kind: &str,
        outcome: &str,
    ) -> Result<Option<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM run WHERE account = ?1 AND kind = ?2 AND outcome = ?3 ORDER BY id DESC LIMIT 1"
        );
        Ok(self
            .0
            .prepare_cached(&sql)?
            .query_row(params![account.0, kind, outcome], run)
            .optional()?)
    }
}

impl Writer {
    /// Notes that a run begins.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn begin_run(
        &self,
        account: AccountId,
        kind: &str,
        now: Timestamp,
    ) -> Result<RunId, StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO run (account, kind, started_at_ms, counts) VALUES (?1, ?2, ?3, '{}')",
            )?
            .execute(params![account.0, kind, Millis(now)])?;
        Ok(RunId(self.sql().last_insert_rowid()))
    }

    /// Notes how a run ended.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn end_run(
        &self,
        run: RunId,
        outcome: &str,
        counts: &Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "UPDATE run SET outcome = ?2, counts = ?3, ended_at_ms = ?4 WHERE id = ?1",
            )?
            .execute(params![run.0, outcome, Json(counts), Millis(now)])?;
        Ok(())
    }

    /// Notes of runs that a former process left open that they were cut off. Call it when a process begins its work.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn close_cut_off_runs(&self, outcome: &str) -> Result<usize, StoreError> {
        Ok(self.sql().execute(
            "UPDATE run SET outcome = ?1 WHERE outcome IS NULL",
            [outcome],
        )?)
    }
}

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: RunId(row.get(0)?),
        kind: row.get(1)?,
        started_at: row.get::<_, Millis>(2)?.0,
        ended_at: row.get::<_, Option<Millis>>(3)?.map(|at| at.0),
        outcome: row.get(4)?,
        counts: row.get::<_, Json<_>>(5)?.0,
    })
}
