use rusqlite::{OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::{AccountId, Reader, StoreError, Writer, columns::Json};

/// What a setting is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The app as a whole.
    App,
    /// One account.
    Account(AccountId),
}

impl Scope {
    fn number(self) -> i64 {
        match self {
            Self::App => 0,
            Self::Account(account) => account.0,
        }
    }
}

impl Reader {
    /// A setting, if it was ever set.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] when it was stored in another form.
    pub fn setting<T: DeserializeOwned>(
        &self,
        scope: Scope,
        name: &str,
    ) -> Result<Option<T>, StoreError> {
        let value = self
            .0
            .prepare_cached("SELECT json FROM setting WHERE scope = ?1 AND name = ?2")?
            .query_row(params![scope.number(), name], |row| {
                row.get::<_, Json<T>>(0)
            })
            .optional()?;
        Ok(value.map(|value| value.0))
    }
}

impl Writer {
    /// Sets a setting.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn set_setting<T: Serialize>(
        &self,
        scope: Scope,
        name: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR REPLACE INTO setting (scope, name, json) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![scope.number(), name, Json(value)])?;
        Ok(())
    }
}
