use rusqlite::{Row, params};

use crate::{AccountId, FetchTime, Reader, StoreError, Writer, packed::Packed};

/// What an event told of a subscription, kept for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionEvent {
    /// Stripe's id of the event.
    pub id: String,
    /// The subscription it tells of.
    pub subscription: String,
    /// The subscription's customer.
    pub customer: String,
    /// When it happened, seconds since 1970.
    pub created_s: i64,
    /// The whole event.
    pub json: String,
}

const COLUMNS: &str = "id, subscription, customer, created_s, json";

impl Reader {
    /// What events told of a customer's subscriptions, oldest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn subscription_events(
        &self,
        account: AccountId,
        customer: &str,
    ) -> Result<Vec<SubscriptionEvent>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM subscription_event WHERE account = ?1 AND customer = ?2
             ORDER BY created_s, id"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![account.0, customer], event)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Customers of whose subscriptions an event told that came after `revision`.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn customers_with_events(
        &self,
        account: AccountId,
        revision: i64,
    ) -> Result<Vec<String>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT DISTINCT customer FROM subscription_event WHERE account = ?1 AND revision > ?2
             ORDER BY customer",
        )?;
        let rows = query.query_map(params![account.0, revision], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer {
    /// Keeps events, each once. Gives back how many are new.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn keep_subscription_events(
        &self,
        account: AccountId,
        fetched: FetchTime,
        events: &[SubscriptionEvent],
    ) -> Result<usize, StoreError> {
        if events.is_empty() {
            return Ok(0);
        }
        let revision = self.next_revision(account, fetched)?;
        let mut keep = self.sql().prepare_cached(
            "INSERT INTO subscription_event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        )?;
        let mut new = 0;
        for event in events {
            new += keep.execute(params![
                account.0,
                event.id,
                event.subscription,
                event.customer,
                event.created_s,
                revision,
                Packed(event.json.as_str()),
            ])?;
        }
        Ok(new)
    }
}

fn event(row: &Row<'_>) -> rusqlite::Result<SubscriptionEvent> {
    Ok(SubscriptionEvent {
        id: row.get(0)?,
        subscription: row.get(1)?,
        customer: row.get(2)?,
        created_s: row.get(3)?,
        json: row.get::<_, Packed<String>>(4)?.0,
    })
}
