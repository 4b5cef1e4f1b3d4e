use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

use crate::{
    AccountId, Reader, StoreError, Writer,
    columns::{Json, Millis},
};

/// What was worked out for one subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Stripe's id of the subscription.
    pub subscription: String,
    /// Stripe's id of its customer.
    pub customer: String,
    /// Currency of the amounts, in lower case as Stripe writes it.
    pub currency: String,
    /// MRR as an exact fraction of minor units, `n/d`.
    pub exact: String,
    /// MRR rounded once to minor units.
    pub rounded_minor: i64,
    /// Stripe's status of the subscription.
    pub status: String,
    /// How the figure came about.
    pub explanation: Value,
    /// What was missing or assumed; an array.
    pub notes: Value,
    /// What else is shown of the subscription and written to `HubSpot`.
    pub facts: Value,
    /// The account's revision for which it stands.
    pub revision: i64,
    /// When it has to be worked out again although nothing changed, since a date in it has come.
    pub due_at: Option<Timestamp>,
}

const COLUMNS: &str = "subscription, customer, currency, exact, rounded_minor, status, explanation, notes, facts, revision, due_at_ms";

impl Reader {
    /// Every figure of an account, in order of subscription.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn figures(&self, account: AccountId) -> Result<Vec<Figure>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM figure WHERE account = ?1 ORDER BY subscription");
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map([account.0], figure)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One subscription's figure.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn figure(
        &self,
        account: AccountId,
        subscription: &str,
    ) -> Result<Option<Figure>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM figure WHERE account = ?1 AND subscription = ?2");
        Ok(self
            .0
            .prepare_cached(&sql)?
            .query_row(params![account.0, subscription], figure)
            .optional()?)
    }

    /// The figures of one customer's subscriptions.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn figures_of_customer(
        &self,
        account: AccountId,
        customer: &str,
    ) -> Result<Vec<Figure>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM figure WHERE account = ?1 AND customer = ?2 ORDER BY subscription"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![account.0, customer], figure)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Customers with a figure that is due at `now` although nothing changed.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn customers_due(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT DISTINCT customer FROM figure WHERE account = ?1 AND due_at_ms <= ?2 ORDER BY customer",
        )?;
        let rows = query.query_map(params![account.0, Millis(now)], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Keeps a figure in place of its older self.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn put_figure(&self, account: AccountId, figure: &Figure) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR REPLACE INTO figure VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                account.0,
                figure.subscription,
                figure.customer,
                figure.currency,
                figure.exact,
                figure.rounded_minor,
                figure.status,
                Json(&figure.explanation),
                Json(&figure.notes),
                Json(&figure.facts),
                figure.revision,
                figure.due_at.map(Millis),
            ])?;
        Ok(())
    }

    /// Removes a figure whose subscription is gone.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn remove_figure(&self, account: AccountId, subscription: &str) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM figure WHERE account = ?1 AND subscription = ?2")?
            .execute(params![account.0, subscription])?;
        Ok(())
    }
}

fn figure(row: &Row<'_>) -> rusqlite::Result<Figure> {
    Ok(Figure {
        subscription: row.get(0)?,
        customer: row.get(1)?,
        currency: row.get(2)?,
        exact: row.get(3)?,
        rounded_minor: row.get(4)?,
        status: row.get(5)?,
        explanation: row.get::<_, Json<_>>(6)?.0,
        notes: row.get::<_, Json<_>>(7)?.0,
        facts: row.get::<_, Json<_>>(8)?.0,
        revision: row.get(9)?,
        due_at: row.get::<_, Option<Millis>>(10)?.map(|at| at.0),
    })
}
