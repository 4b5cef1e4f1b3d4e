use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AccountId, Reader, StoreError, Writer,
    columns::{Json, words},
};

/// What a roll-up sums over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// One Stripe customer; the id is Stripe's.
    Customer,
    /// All customers of one company; the id is its domain.
    Company,
}

words!(Grain { Customer = "customer", Company = "company" });

/// What was worked out for one customer or company.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollup {
    /// What it sums over.
    pub grain: Grain,
    /// Which one.
    pub id: String,
    /// The company a customer belongs to, when it has one.
    pub company: Option<String>,
    /// The sums and what else is shown and written.
    pub facts: Value,
    /// The account's revision in which it last changed.
    pub revision: i64,
}

const COLUMNS: &str = "grain, id, company, facts, revision";

impl Reader {
    /// All roll-ups of a grain, in order of id.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn rollups(&self, account: AccountId, grain: Grain) -> Result<Vec<Rollup>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM rollup WHERE account = ?1 AND grain = ?2 ORDER BY id");
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![account.0, grain], rollup)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One roll-up.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn rollup(
        &self,
        account: AccountId,
        grain: Grain,
        id: &str,
    ) -> Result<Option<Rollup>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM rollup WHERE account = ?1 AND grain = ?2 AND id = ?3");
        Ok(self
            .0
            .prepare_cached(&sql)?
            .query_row(params![account.0, grain, id], rollup)
            .optional()?)
    }

    /// The roll-ups of a company's customers.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn customers_of_company(
        &self,
        account: AccountId,
        company: &str,
    ) -> Result<Vec<Rollup>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM rollup WHERE account = ?1 AND company = ?2 ORDER BY id");
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![account.0, company], rollup)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Keeps a roll-up in place of its older self.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn put_rollup(&self, account: AccountId, rollup: &Rollup) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("INSERT OR REPLACE INTO rollup VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                account.0,
                rollup.grain,
                rollup.id,
                rollup.company,
                Json(&rollup.facts),
                rollup.revision,
            ])?;
        Ok(())
    }

    /// Removes a roll-up with nothing left to sum over.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn remove_rollup(
        &self,
        account: AccountId,
        grain: Grain,
        id: &str,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM rollup WHERE account = ?1 AND grain = ?2 AND id = ?3")?
            .execute(params![account.0, grain, id])?;
        Ok(())
    }
}

fn rollup(row: &Row<'_>) -> rusqlite::Result<Rollup> {
    Ok(Rollup {
        grain: row.get(0)?,
        id: row.get(1)?,
        company: row.get(2)?,
        facts: row.get::<_, Json<_>>(3)?.0,
        revision: row.get(4)?,
    })
}
