use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use crate::{
    Reader, StoreError, Writer,
    columns::{Millis, words},
};

/// Number of a Stripe account in one mode. Numbers are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub(crate) i64);

impl AccountId {
    /// The number itself, as it goes to the window.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }

    /// The account with this number, if it exists.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        Self(number)
    }
}

/// Whether an account's live or test data is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real customers and money.
    Live,
    /// Stripe's test mode or a sandbox.
    Test,
}

words!(Mode { Live = "live", Test = "test" });

/// Where an account's figures go: one `HubSpot` portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// The Stripe account.
    pub account: AccountId,
    /// HubSpot's number of the portal.
    pub portal: i64,
}

/// What is known of a Stripe account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// ClearSync's number of it.
    pub id: AccountId,
    /// `acct_…`; unknown while the key may not read it.
    pub stripe_account: Option<String>,
    /// Live or test.
    pub mode: Mode,
    /// What may change about it.
    pub profile: AccountProfile,
    /// The portal it is brought to, once one is connected.
    pub portal: Option<i64>,
    /// When it was added.
    pub added_at: Timestamp,
    /// Grows with every change of the account's objects.
    pub revision: i64,
    /// The revision up to which figures have been worked out.
    pub derived_revision: i64,
}

/// What Stripe says about an account and may change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountProfile {
    /// The business's name.
    pub name: Option<String>,
    /// Two-letter country.
    pub country: Option<String>,
    /// Default currency, in lower case as Stripe writes it.
    pub currency: Option<String>,
}

const COLUMNS: &str = "id, stripe_account, mode, name, country, currency, portal, added_at_ms, revision, derived_revision";

impl Reader {
    /// All accounts, in the order they were added.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM account ORDER BY id");
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map([], account)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One account.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it was forgotten.
    pub fn account(&self, id: AccountId) -> Result<Account, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM account WHERE id = ?1");
        self.0
            .prepare_cached(&sql)?
            .query_row([id.0], account)
            .optional()?
            .ok_or(StoreError::Missing { table: "account" })
    }
}

impl Writer {
    /// Adds an account without data.
    ///
    /// # Errors
    /// What keeps the file from being written; the same Stripe account in the same mode cannot be added twice.
    pub fn add_account(
        &self,
        stripe_account: Option<&str>,
        mode: Mode,
        profile: &AccountProfile,
        now: Timestamp,
    ) -> Result<AccountId, StoreError> {
        self.sql().execute(
            "INSERT INTO account (stripe_account, mode, name, country, currency, added_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                stripe_account,
                mode,
                profile.name,
                profile.country,
                profile.currency,
                Millis(now)
            ],
        )?;
        Ok(AccountId(self.sql().last_insert_rowid()))
    }

    /// Notes what Stripe now says about the account, and which account it is if that was unknown before.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn update_account(
        &self,
        id: AccountId,
        stripe_account: Option<&str>,
        profile: &AccountProfile,
    ) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE account SET stripe_account = coalesce(stripe_account, ?2),
               name = coalesce(?3, name), country = coalesce(?4, country), currency = coalesce(?5, currency)
             WHERE id = ?1",
            params![id.0, stripe_account, profile.name, profile.country, profile.currency],
        )?;
        Ok(())
    }

    /// Sets the portal the account is brought to.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn set_portal(&self, id: AccountId, portal: Option<i64>) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE account SET portal = ?2 WHERE id = ?1",
            params![id.0, portal],
        )?;
        Ok(())
    }

    /// Notes that figures stand for every change up to `revision`.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn set_derived(&self, id: AccountId, revision: i64) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE account SET derived_revision = ?2 WHERE id = ?1",
            params![id.0, revision],
        )?;
        Ok(())
    }

    /// Forgets an account and everything that belongs to it.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn forget_account(&self, id: AccountId) -> Result<(), StoreError> {
        self.sql()
            .execute("DELETE FROM account WHERE id = ?1", [id.0])?;
        Ok(())
    }
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: AccountId(row.get(0)?),
        stripe_account: row.get(1)?,
        mode: row.get(2)?,
        profile: AccountProfile {
            name: row.get(3)?,
            country: row.get(4)?,
            currency: row.get(5)?,
        },
        portal: row.get(6)?,
        added_at: row.get::<_, Millis>(7)?.0,
        revision: row.get(8)?,
        derived_revision: row.get(9)?,
    })
}
