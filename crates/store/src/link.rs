use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use crate::{Reader, StoreError, Target, Writer, columns::Millis};

/// Which `HubSpot` record stands for a customer or a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The kind of record, such as `contacts`.
    pub object: String,
    /// What it stands for: Stripe's id of a customer, or a company's domain.
    pub subject: String,
    /// HubSpot's id of the record.
    pub record: String,
    /// How it was found, such as by e-mail, or by the person's own word.
    pub decided_by: String,
    /// When that was.
    pub decided_at: Timestamp,
}

const COLUMNS: &str = "object, subject, record, decided_by, decided_at_ms";

impl Reader {
    /// All links of a kind of record.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn links(&self, target: Target, object: &str) -> Result<Vec<Link>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM link WHERE account = ?1 AND portal = ?2 AND object = ?3 ORDER BY subject"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![target.account.0, target.portal, object], link)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The record that stands for one subject.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn link(
        &self,
        target: Target,
        object: &str,
        subject: &str,
    ) -> Result<Option<Link>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM link WHERE account = ?1 AND portal = ?2 AND object = ?3 AND subject = ?4"
        );
        Ok(self
            .0
            .prepare_cached(&sql)?
            .query_row(
                params![target.account.0, target.portal, object, subject],
                link,
            )
            .optional()?)
    }

    /// Everything one record stands for.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn links_to_record(
        &self,
        target: Target,
        object: &str,
        record: &str,
    ) -> Result<Vec<Link>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM link
             WHERE account = ?1 AND portal = ?2 AND object = ?3 AND record = ?4 ORDER BY subject"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(
            params![target.account.0, target.portal, object, record],
            link,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Keeps a link in place of an older one of the same subject.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn put_link(&self, target: Target, link: &Link) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("INSERT OR REPLACE INTO link VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![
                target.account.0,
                target.portal,
                link.object,
                link.subject,
                link.record,
                link.decided_by,
                Millis(link.decided_at),
            ])?;
        Ok(())
    }

    /// Removes a link whose record is gone.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn remove_link(
        &self,
        target: Target,
        object: &str,
        subject: &str,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "DELETE FROM link WHERE account = ?1 AND portal = ?2 AND object = ?3 AND subject = ?4",
            )?
            .execute(params![target.account.0, target.portal, object, subject])?;
        Ok(())
    }
}

fn link(row: &Row<'_>) -> rusqlite::Result<Link> {
    Ok(Link {
        object: row.get(0)?,
        subject: row.get(1)?,
        record: row.get(2)?,
        decided_by: row.get(3)?,
        decided_at: row.get::<_, Millis>(4)?.0,
    })
}
