use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::{AccountId, Reader, StoreError, Writer, columns::Millis, packed::Packed};

/// A subscription as it was found at some moment, kept because nothing else tells what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Stripe's id of the subscription.
    pub subscription: String,
    /// Stripe's id of its customer.
    pub customer: String,
    /// When the fetch was begun that found it so.
    pub seen_at: Timestamp,
    /// The whole subscription.
    pub json: String,
}

impl Reader {
    /// How a customer's subscriptions were found, oldest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn sightings(
        &self,
        account: AccountId,
        customer: &str,
    ) -> Result<Vec<Sighting>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT subscription, customer, seen_at_ms, json FROM sighting
             WHERE account = ?1 AND customer = ?2 ORDER BY seen_at_ms, subscription",
        )?;
        let rows = query.query_map(params![account.0, customer], sighting)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Keeps a sighting for good; one of the same subscription and moment is kept already.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn keep_sighting(&self, account: AccountId, sighting: &Sighting) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO sighting VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                account.0,
                sighting.subscription,
                sighting.customer,
                Millis(sighting.seen_at),
                Packed(sighting.json.as_str()),
            ])?;
        Ok(())
    }
}

fn sighting(row: &Row<'_>) -> rusqlite::Result<Sighting> {
    Ok(Sighting {
        subscription: row.get(0)?,
        customer: row.get(1)?,
        seen_at: row.get::<_, Millis>(2)?.0,
        json: row.get::<_, Packed<String>>(3)?.0,
    })
}
