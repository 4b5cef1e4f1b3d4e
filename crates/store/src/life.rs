use rusqlite::{OptionalExtension, Row, params};

use crate::{AccountId, Reader, StoreError, Writer};

/// One subscription's MRR over time, under the policy by which everything was worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Stripe's id of the subscription.
    pub subscription: String,
    /// Stripe's id of its customer.
    pub customer: String,
    /// Currency of the amounts, in lower case as Stripe writes it.
    pub currency: String,
    /// The steps from one amount to the next, as JSON.
    pub steps: String,
    /// How the subscription stands after the last step, as JSON.
    pub present: String,
}

const COLUMNS: &str = "subscription, customer, currency, steps, present";

impl Reader {
    /// Shows every life of an account, in order of subscription, one at a time.
    ///
    /// # Errors
    /// Whatever `see` reports, or what keeps the file from being read.
    pub fn each_life<E: From<StoreError>>(
        &self,
        account: AccountId,
        mut see: impl FnMut(Life) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("SELECT {COLUMNS} FROM life WHERE account = ?1 ORDER BY subscription");
        let mut query = self.0.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut rows = query.query([account.0]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            see(life(row).map_err(StoreError::from)?)?;
        }
        Ok(())
    }

    /// One subscription's life.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn life(&self, account: AccountId, subscription: &str) -> Result<Option<Life>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM life WHERE account = ?1 AND subscription = ?2");
        Ok(self
            .0
            .prepare_cached(&sql)?
            .query_row(params![account.0, subscription], life)
            .optional()?)
    }
}

impl Writer {
    /// Keeps the lives of a customer's subscriptions in place of all it had.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn put_lives(
        &self,
        account: AccountId,
        customer: &str,
        lives: &[Life],
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM life WHERE account = ?1 AND customer = ?2")?
            .execute(params![account.0, customer])?;
        let mut put = self
            .sql()
            .prepare_cached("INSERT OR REPLACE INTO life VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for life in lives {
            put.execute(params![
                account.0,
                life.subscription,
                life.customer,
                life.currency,
                life.steps,
                life.present,
            ])?;
        }
        Ok(())
    }
}

fn life(row: &Row<'_>) -> rusqlite::Result<Life> {
    Ok(Life {
        subscription: row.get(0)?,
        customer: row.get(1)?,
        currency: row.get(2)?,
        steps: row.get(3)?,
        present: row.get(4)?,
    })
}
