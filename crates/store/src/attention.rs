use jiff::Timestamp;
use rusqlite::params;
use serde_json::Value;

use crate::{
    AccountId, Reader, StoreError, Writer,
    columns::{Json, Millis},
};

/// Something a person should look at, for as long as it is so.
#[derive(Debug, Clone, PartialEq)]
pub struct Attention {
    /// Which part of the work found it, such as `derive`. Each part renews only its own.
    pub area: String,
    /// What it is about, such as Stripe's id of a subscription.
    pub subject: String,
    /// What it is; the words are the window's.
    pub code: String,
    /// What the words need.
    pub params: Value,
    /// Since when it has been so.
    pub since: Timestamp,
}

impl Reader {
    /// Everything open, oldest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn attention(&self, account: AccountId) -> Result<Vec<Attention>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT area, subject, code, params, since_ms FROM attention WHERE account = ?1
             ORDER BY since_ms, area, subject, code",
        )?;
        let rows = query.query_map([account.0], |row| {
            Ok(Attention {
                area: row.get(0)?,
                subject: row.get(1)?,
                code: row.get(2)?,
                params: row.get::<_, Json<_>>(3)?.0,
                since: row.get::<_, Millis>(4)?.0,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Sets what is open about a subject in an area: codes that are not named any more are closed, those that are still
    /// named keep the time since when they have been open.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn set_attention(
        &self,
        account: AccountId,
        area: &str,
        subject: &str,
        open: &[(&str, Value)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let codes: Vec<&str> = open.iter().map(|(code, _)| *code).collect();
        self.sql()
            .prepare_cached(
                "DELETE FROM attention WHERE account = ?1 AND area = ?2 AND subject = ?3
                 AND code NOT IN (SELECT value FROM json_each(?4))",
            )?
            .execute(params![account.0, area, subject, Json(codes)])?;
        let mut put = self.sql().prepare_cached(
            "INSERT INTO attention VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET params = excluded.params",
        )?;
        for (code, params) in open {
            put.execute(params![
                account.0,
                area,
                subject,
                code,
                Json(params),
                Millis(now)
            ])?;
        }
        Ok(())
    }
}
