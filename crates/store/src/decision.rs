use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use crate::{
    Reader, StoreError, Target, Writer,
    columns::{Millis, words},
};

/// The user's word on which record stands for a customer or company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The kind of record, such as `contacts`.
    pub object: String,
    /// What it stands for: Stripe's id of a customer, or a company's domain.
    pub subject: String,
    /// What is to be done.
    pub verdict: Verdict,
    /// HubSpot's id of the record, with [`Verdict::Link`] and only then.
    pub record: Option<String>,
    /// What a person recognises the subject by.
    pub label: String,
    /// When it was said.
    pub decided_at: Timestamp,
}

/// What the user wants done about a customer or company without a certain match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// This record stands for it.
    Link,
    /// A new one is made.
    Create,
    /// It is left out for good.
    LeaveOut,
}

words!(Verdict {
    Link = "link",
    Create = "create",
    LeaveOut = "leave_out",
});

const COLUMNS: &str = "object, subject, verdict, record, label, decided_at_ms";

impl Reader {
    /// Everything decided for a portal, newest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn decisions(&self, target: Target) -> Result<Vec<Decision>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM decision WHERE account = ?1 AND portal = ?2
             ORDER BY decided_at_ms DESC, object, subject"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![target.account.0, target.portal], decision)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What was decided about one subject.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn decision(
        &self,
        target: Target,
        object: &str,
        subject: &str,
    ) -> Result<Option<Decision>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM decision
             WHERE account = ?1 AND portal = ?2 AND object = ?3 AND subject = ?4"
        );
        Ok(self
            .0
            .prepare_cached(&sql)?
            .query_row(
                params![target.account.0, target.portal, object, subject],
                decision,
            )
            .optional()?)
    }
}

impl Writer {
    /// Keeps a decision in place of an older one about the same subject.
    ///
    /// # Errors
    /// What keeps the file from being written; a link without a record cannot be kept.
    pub fn put_decision(&self, target: Target, decision: &Decision) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR REPLACE INTO decision VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                target.account.0,
                target.portal,
                decision.object,
                decision.subject,
                decision.verdict,
                decision.record,
                decision.label,
                Millis(decision.decided_at),
            ])?;
        Ok(())
    }

    /// Takes a decision back.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn remove_decision(
        &self,
        target: Target,
        object: &str,
        subject: &str,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "DELETE FROM decision WHERE account = ?1 AND portal = ?2 AND object = ?3 AND subject = ?4",
            )?
            .execute(params![target.account.0, target.portal, object, subject])?;
        Ok(())
    }
}

fn decision(row: &Row<'_>) -> rusqlite::Result<Decision> {
    Ok(Decision {
        object: row.get(0)?,
        subject: row.get(1)?,
        verdict: row.get(2)?,
        record: row.get(3)?,
        label: row.get(4)?,
        decided_at: row.get::<_, Millis>(5)?.0,
    })
}
