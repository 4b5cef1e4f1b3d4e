use jiff::Timestamp;
use rusqlite::{Row, params};
use serde_json::Value;

use crate::{
    AccountId, Reader, StoreError, Writer,
    columns::{Json, Millis},
};

/// A dated change of MRR, or the announcement of one, as it was worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct Movement {
    /// Whose MRR moved: Stripe's id of the customer, or the company's domain where movements are told by company.
    pub owner: String,
    /// Its place among the owner's movements, from 0.
    pub number: u32,
    /// Stripe's id of the subscription that moved.
    pub subscription: String,
    /// Stripe's id of its customer.
    pub customer: String,
    /// When it took effect; for announcements, when they were made.
    pub at: Timestamp,
    /// What kind it is, in billing's word.
    pub kind: String,
    /// What caused it, in billing's word.
    pub change_type: String,
    /// Currency of the amounts, in lower case as Stripe writes it.
    pub currency: String,
    /// MRR before, as an exact fraction of minor units.
    pub before: String,
    /// MRR after.
    pub after: String,
    /// After less before.
    pub change: String,
    /// For a planned cancellation, when the end will come.
    pub effective: Option<Timestamp>,
    /// Where the knowledge comes from, in billing's word.
    pub origin: String,
    /// The event or the invoice.
    pub origin_id: Option<String>,
    /// Whether date and amount are told by Stripe and not rebuilt.
    pub exact: bool,
    /// Quantities, products and prices on both sides.
    pub sides: Value,
}

const COLUMNS: &str = "owner, number, subscription, customer, at_ms, kind, change_type, currency, before, after, change, effective_ms, origin, origin_id, exact, sides";

impl Reader {
    /// Every movement of an account, oldest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn movements(&self, account: AccountId) -> Result<Vec<Movement>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM movement WHERE account = ?1 ORDER BY at_ms, subscription, number"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map([account.0], movement)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A subscription's movements, oldest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn movements_of_subscription(
        &self,
        account: AccountId,
        subscription: &str,
    ) -> Result<Vec<Movement>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM movement WHERE account = ?1 AND subscription = ?2
             ORDER BY at_ms, number"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![account.0, subscription], movement)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Removes the movements that were told by company.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn remove_movements_of_companies(&self, account: AccountId) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "DELETE FROM movement WHERE account = ?1
                 AND owner IN (SELECT id FROM rollup WHERE account = ?1 AND grain = 'company')",
            )?
            .execute([account.0])?;
        Ok(())
    }

    /// Keeps an owner's movements in place of all it had.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn put_movements(
        &self,
        account: AccountId,
        owner: &str,
        movements: &[Movement],
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM movement WHERE account = ?1 AND owner = ?2")?
            .execute(params![account.0, owner])?;
        let mut put = self.sql().prepare_cached(
            "INSERT INTO movement VALUES
             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?;
        for movement in movements {
            put.execute(params![
                account.0,
                movement.owner,
                movement.number,
                movement.subscription,
                movement.customer,
                Millis(movement.at),
                movement.kind,
                movement.change_type,
                movement.currency,
                movement.before,
                movement.after,
                movement.change,
                movement.effective.map(Millis),
                movement.origin,
                movement.origin_id,
                movement.exact,
                Json(&movement.sides),
            ])?;
        }
        Ok(())
    }
}

fn movement(row: &Row<'_>) -> rusqlite::Result<Movement> {
    Ok(Movement {
        owner: row.get(0)?,
        number: row.get(1)?,
        subscription: row.get(2)?,
        customer: row.get(3)?,
        at: row.get::<_, Millis>(4)?.0,
        kind: row.get(5)?,
        change_type: row.get(6)?,
        currency: row.get(7)?,
        before: row.get(8)?,
        after: row.get(9)?,
        change: row.get(10)?,
        effective: row.get::<_, Option<Millis>>(11)?.map(|at| at.0),
        origin: row.get(12)?,
        origin_id: row.get(13)?,
        exact: row.get(14)?,
        sides: row.get::<_, Json<_>>(15)?.0,
    })
}
