use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Reader, RunId, StoreError, Target, Writer,
    columns::{Json, Millis, words},
    plan::PlanId,
};

/// Number of a journal entry; later entries have greater ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JournalId(pub i64);

/// How far one write has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteState {
    /// Noted, not yet sent.
    Pending,
    /// Sent; `HubSpot` may or may not have applied it.
    Sent,
    /// `HubSpot` confirmed it.
    Done,
    /// `HubSpot` refused it.
    Failed,
}

words!(WriteState {
    Pending = "pending",
    Sent = "sent",
    Done = "done",
    Failed = "failed",
});

/// How a write ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// `HubSpot` confirmed it.
    Done,
    /// `HubSpot` refused it.
    Failed,
}

/// A write to `HubSpot` that is about to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJournalEntry {
    /// The run it belongs to.
    pub run: Option<RunId>,
    /// The plan and the row of it that asked for it.
    pub plan_row: Option<(PlanId, i64)>,
    /// What is done, such as `create`.
    pub action: String,
    /// The kind of record, such as `contacts`.
    pub object: String,
    /// What the record stands for.
    pub subject: String,
    /// What stood there before, so that it can be put back.
    pub before: Value,
    /// What is to stand there.
    pub after: Value,
    /// Names this one write for good; also sent along, so that answers find their entry.
    pub write_key: String,
}

/// One write to `HubSpot` and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalEntry {
    /// Its number.
    pub id: JournalId,
    /// What was to be written.
    pub entry: NewJournalEntry,
    /// How far it has come.
    pub state: WriteState,
    /// What `HubSpot` answered, as far as it is kept: record id, or the reason of a refusal.
    pub receipt: Option<Value>,
    /// When it was noted.
    pub noted_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

/// Which writes of a run are looked for. What is `None` or empty does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Only to this kind of record.
    pub object: Option<String>,
    /// Only with this action.
    pub action: Option<String>,
    /// Only those that came so far.
    pub state: Option<WriteState>,
    /// Only those whose subject holds this text, or the values before or after do, in any case.
    pub text: String,
}

const COLUMNS: &str = "id, run, plan, plan_row, action, object, subject, before, after, write_key, state, receipt, noted_at_ms, settled_at_ms";

impl Reader {
    /// Writes that are neither confirmed nor refused, in order.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn open_journal(&self, target: Target) -> Result<Vec<JournalEntry>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM journal
             WHERE account = ?1 AND portal = ?2 AND state IN ('pending', 'sent') ORDER BY id"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![target.account.0, target.portal], entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The write with this key.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn journal_by_key(&self, write_key: &str) -> Result<Option<JournalEntry>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM journal WHERE write_key = ?1");
        let mut query = self.0.prepare_cached(&sql)?;
        Ok(query.query_row([write_key], entry).optional()?)
    }

    /// All writes of a run, in order.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn journal_of_run(&self, run: RunId) -> Result<Vec<JournalEntry>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM journal WHERE run = ?1 ORDER BY id");
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map([run.0], entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All writes a plan asked for, in order.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn journal_of_plan(&self, plan: PlanId) -> Result<Vec<JournalEntry>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM journal WHERE plan = ?1 ORDER BY id");
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map([plan.0], entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every write to a portal that `HubSpot` confirmed, in order.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn confirmed_writes(&self, target: Target) -> Result<Vec<JournalEntry>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM journal
             WHERE account = ?1 AND portal = ?2 AND state = 'done' ORDER BY id"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![target.account.0, target.portal], entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether anything but a plan wrote to a portal after the write of this number.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn others_wrote_since(
        &self,
        target: Target,
        plan: PlanId,
        last: i64,
    ) -> Result<bool, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT 1 FROM journal WHERE account = ?1 AND portal = ?2 AND id > ?3 AND plan IS NOT ?4 LIMIT 1",
        )?;
        Ok(query.exists(params![target.account.0, target.portal, last, plan.0])?)
    }

    /// The number of the last write to a portal; 0 before there is one.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn last_write(&self, target: Target) -> Result<JournalId, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT coalesce(max(id), 0) FROM journal WHERE account = ?1 AND portal = ?2",
        )?;
        let id = query.query_row(params![target.account.0, target.portal], |row| row.get(0))?;
        Ok(JournalId(id))
    }

    /// Up to `limit` of a run's writes that match, after the first `offset` of them, and how many match in all.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn find_writes(
        &self,
        run: RunId,
        filter: &JournalFilter,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<JournalEntry>, u32), StoreError> {
        const MATCHING: &str = "FROM journal WHERE run = ?1
             AND (?2 IS NULL OR object = ?2) AND (?3 IS NULL OR action = ?3) AND (?4 IS NULL OR state = ?4)
             AND (?5 = '' OR instr(lower(subject || before || after), lower(?5)) > 0)";
        let matching = params![
            run.0,
            filter.object,
            filter.action,
            filter.state,
            filter.text
        ];
        let total = self
            .0
            .prepare_cached(&format!("SELECT count(*) {MATCHING}"))?
            .query_row(matching, |row| row.get(0))?;
        let sql = format!("SELECT {COLUMNS} {MATCHING} ORDER BY id LIMIT ?6 OFFSET ?7");
        let mut query = self.0.prepare_cached(&sql)?;
        let page = params![
            run.0,
            filter.object,
            filter.action,
            filter.state,
            filter.text,
            limit,
            offset
        ];
        let rows = query.query_map(page, entry)?;
        Ok((rows.collect::<Result<_, _>>()?, total))
    }

    /// All writes to one record, in order.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn journal_of_subject(
        &self,
        target: Target,
        object: &str,
        subject: &str,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM journal
             WHERE account = ?1 AND portal = ?2 AND object = ?3 AND subject = ?4 ORDER BY id"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(
            params![target.account.0, target.portal, object, subject],
            entry,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Notes a write before it is sent. Noting the same `write_key` again gives the entry that stands there.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn note_write(
        &self,
        target: Target,
        write: &NewJournalEntry,
        now: Timestamp,
    ) -> Result<JournalId, StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO journal (account, portal, run, plan, plan_row, action, object, subject,
                   before, after, write_key, state, noted_at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'pending', ?12)
                 ON CONFLICT (write_key) DO NOTHING",
            )?
            .execute(params![
                target.account.0,
                target.portal,
                write.run.map(|run| run.0),
                write.plan_row.map(|(plan, _)| plan.0),
                write.plan_row.map(|(_, number)| number),
                write.action,
                write.object,
                write.subject,
                Json(&write.before),
                Json(&write.after),
                write.write_key,
                Millis(now),
            ])?;
        let id = self
            .sql()
            .prepare_cached("SELECT id FROM journal WHERE write_key = ?1")?
            .query_row([&write.write_key], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing { table: "journal" })?;
        Ok(JournalId(id))
    }

    /// Notes that a write is being sent. Only an unsettled one can be.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such unsettled write.
    pub fn mark_sent(&self, id: JournalId) -> Result<(), StoreError> {
        let changed = self
            .sql()
            .prepare_cached(
                "UPDATE journal SET state = 'sent' WHERE id = ?1 AND state IN ('pending', 'sent')",
            )?
            .execute([id.0])?;
        one(changed)
    }

    /// Notes how a write ended. The first receipt stands: settling again changes nothing.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn settle_write(
        &self,
        id: JournalId,
        settled: Settled,
        receipt: &Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let state = match settled {
            Settled::Done => WriteState::Done,
            Settled::Failed => WriteState::Failed,
        };
        self.sql()
            .prepare_cached(
                "UPDATE journal SET state = ?2, receipt = ?3, settled_at_ms = ?4
                 WHERE id = ?1 AND state IN ('pending', 'sent')",
            )?
            .execute(params![id.0, state, Json(receipt), Millis(now)])?;
        Ok(())
    }
}

fn one(changed: usize) -> Result<(), StoreError> {
    match changed {
        0 => Err(StoreError::Missing { table: "journal" }),
        _ => Ok(()),
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<JournalEntry> {
    let plan: Option<i64> = row.get(2)?;
    let plan_row: Option<i64> = row.get(3)?;
    Ok(JournalEntry {
        id: JournalId(row.get(0)?),
        entry: NewJournalEntry {
            run: row.get::<_, Option<i64>>(1)?.map(RunId),
            plan_row: plan.map(PlanId).zip(plan_row),
            action: row.get(4)?,
            object: row.get(5)?,
            subject: row.get(6)?,
            before: row.get::<_, Json<_>>(7)?.0,
            after: row.get::<_, Json<_>>(8)?.0,
            write_key: row.get(9)?,
        },
        state: row.get(10)?,
        receipt: row.get::<_, Option<Json<_>>>(11)?.map(|receipt| receipt.0),
        noted_at: row.get::<_, Millis>(12)?.0,
        settled_at: row.get::<_, Option<Millis>>(13)?.map(|at| at.0),
    })
}
