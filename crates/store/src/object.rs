use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use crate::{AccountId, FetchTime, Reader, StoreError, Writer, columns::Millis, packed::Packed};

/// A Stripe object as it was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    /// Stripe's own `object` field, such as `subscription`.
    pub kind: &'a str,
    /// Stripe's id.
    pub id: &'a str,
    /// The customer it belongs to.
    pub customer: Option<&'a str>,
    /// The subscription it belongs to.
    pub subscription: Option<&'a str>,
    /// When Stripe made it, seconds since 1970.
    pub created_s: Option<i64>,
    /// The whole object. It is kept without indentation, which is not part of what it says.
    pub json: &'a str,
}

/// A Stripe object as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Stripe's own `object` field.
    pub kind: String,
    /// Stripe's id.
    pub id: String,
    /// The customer it belongs to.
    pub customer: Option<String>,
    /// The subscription it belongs to.
    pub subscription: Option<String>,
    /// When Stripe made it, seconds since 1970.
    pub created_s: Option<i64>,
    /// The API version it was rendered in.
    pub api_version: String,
    /// When the fetch that brought it was begun.
    pub fetched_at: Timestamp,
    /// When the fetch was begun that brought it as it is: how long it is known to have been so.
    pub changed_at: Timestamp,
    /// When it was found deleted. What it was before is kept.
    pub deleted_at: Option<Timestamp>,
    /// The account's revision in which it last changed.
    pub revision: i64,
    /// The whole object, without indentation.
    pub json: String,
}

/// What became of the objects that were put.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutCounts {
    /// Objects that are new, or different from what was kept.
    pub changed: usize,
    /// Objects that were the same, or older than what was kept.
    pub unchanged: usize,
}

const COLUMNS: &str = "kind, id, customer, subscription, created_s, api_version, fetched_at_ms, coalesce(changed_at_ms, fetched_at_ms), deleted_at_ms, revision, json";

impl Reader {
    /// One object, deleted or not.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn object(
        &self,
        account: AccountId,
        kind: &str,
        id: &str,
    ) -> Result<Option<StoredObject>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM object WHERE account = ?1 AND kind = ?2 AND id = ?3");
        Ok(self
            .0
            .prepare_cached(&sql)?
            .query_row(params![account.0, kind, id], stored)
            .optional()?)
    }

    /// Shows every object of a kind that is not deleted, in order of id, one at a time.
    ///
    /// # Errors
    /// Whatever `see` reports, or what keeps the file from being read.
    pub fn each_object<E: From<StoreError>>(
        &self,
        account: AccountId,
        kind: &str,
        mut see: impl FnMut(StoredObject) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT {COLUMNS} FROM object
             WHERE account = ?1 AND kind = ?2 AND deleted_at_ms IS NULL ORDER BY id"
        );
        let mut query = self.0.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut rows = query
            .query(params![account.0, kind])
            .map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            see(stored(row).map_err(StoreError::from)?)?;
        }
        Ok(())
    }

    /// A customer's objects of a kind that are not deleted, oldest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn objects_of_customer(
        &self,
        account: AccountId,
        customer: &str,
        kind: &str,
    ) -> Result<Vec<StoredObject>, StoreError> {
        self.objects_by("customer", account, customer, kind)
    }

    /// A customer's objects of a kind that were found deleted, as they were last read, oldest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn deleted_objects_of_customer(
        &self,
        account: AccountId,
        customer: &str,
        kind: &str,
    ) -> Result<Vec<StoredObject>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM object
             WHERE account = ?1 AND customer = ?2 AND kind = ?3 AND deleted_at_ms IS NOT NULL
             ORDER BY created_s, id"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![account.0, customer, kind], stored)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A subscription's objects of a kind that are not deleted, oldest first.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn objects_of_subscription(
        &self,
        account: AccountId,
        subscription: &str,
        kind: &str,
    ) -> Result<Vec<StoredObject>, StoreError> {
        self.objects_by("subscription", account, subscription, kind)
    }

    fn objects_by(
        &self,
        owner_column: &str,
        account: AccountId,
        owner: &str,
        kind: &str,
    ) -> Result<Vec<StoredObject>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM object
             WHERE account = ?1 AND {owner_column} = ?2 AND kind = ?3 AND deleted_at_ms IS NULL
             ORDER BY created_s, id"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![account.0, owner, kind], stored)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Kind, id and customer of every object that changed after `revision`, deleted ones too.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn changed_objects(
        &self,
        account: AccountId,
        revision: i64,
    ) -> Result<Vec<(String, String, Option<String>)>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT kind, id, customer FROM object WHERE account = ?1 AND revision > ?2
             ORDER BY revision, kind, id",
        )?;
        let rows = query.query_map(params![account.0, revision], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Ids of a kind's objects that are not deleted and that no fetch begun at `since` or later has brought.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn objects_not_fetched_since(
        &self,
        account: AccountId,
        kind: &str,
        since: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT id FROM object
             WHERE account = ?1 AND kind = ?2 AND deleted_at_ms IS NULL AND fetched_at_ms < ?3
             ORDER BY id",
        )?;
        let rows = query.query_map(params![account.0, kind, Millis(since)], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many objects of each kind there are that are not deleted.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn object_counts(&self, account: AccountId) -> Result<Vec<(String, u64)>, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT kind, count(*) FROM object WHERE account = ?1 AND deleted_at_ms IS NULL
             GROUP BY kind ORDER BY kind",
        )?;
        let rows = query.query_map([account.0], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Reader {
    /// How many objects of a kind Stripe made since a moment.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn count_created_since(
        &self,
        account: AccountId,
        kind: &str,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut query = self.0.prepare_cached(
            "SELECT count(*) FROM object WHERE account = ?1 AND kind = ?2 AND created_s >= ?3",
        )?;
        let count: i64 = query.query_row(params![account.0, kind, since.as_second()], |row| {
            row.get(0)
        })?;
        Ok(count.unsigned_abs())
    }
}

impl Writer {
    /// Keeps objects that one fetch brought. An object that a later fetch brought already stays as it is, and one that
    /// is the same as before does not count as changed.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn put_objects<'a>(
        &self,
        account: AccountId,
        fetched: FetchTime,
        api_version: &str,
        objects: impl IntoIterator<Item = Object<'a>>,
    ) -> Result<PutCounts, StoreError> {
        let revision = self.next_revision(account, fetched)?;
        let mut put = self.sql().prepare_cached(
            "INSERT INTO object (account, kind, id, customer, subscription, created_s, api_version,
               fetched_at_ms, changed_at_ms, deleted_at_ms, revision, json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, NULL, ?9, ?10)
             ON CONFLICT (account, kind, id) DO UPDATE SET
               customer = excluded.customer, subscription = excluded.subscription,
               created_s = excluded.created_s, api_version = excluded.api_version,
               fetched_at_ms = excluded.fetched_at_ms,
               changed_at_ms = iif(same_text(json, excluded.json) AND deleted_at_ms IS NULL,
                 coalesce(changed_at_ms, fetched_at_ms), excluded.fetched_at_ms),
               deleted_at_ms = NULL,
               revision = iif(same_text(json, excluded.json) AND deleted_at_ms IS NULL, revision, excluded.revision),
               json = excluded.json
             WHERE excluded.fetched_at_ms >= fetched_at_ms
             RETURNING revision",
        )?;
        let mut counts = PutCounts::default();
        for object in objects {
            let kept: Option<i64> = put
                .query_row(
                    params![
                        account.0,
                        object.kind,
                        object.id,
                        object.customer,
                        object.subscription,
                        object.created_s,
                        api_version,
                        fetched.column(),
                        revision,
                        Packed(object.json),
                    ],
                    |row| row.get(0),
                )
                .optional()?;
            if kept == Some(revision) {
                counts.changed += 1;
            } else {
                counts.unchanged += 1;
            }
        }
        Ok(counts)
    }

    /// Marks objects as deleted, unless a later fetch has found them alive. What they were is kept.
    ///
    /// # Errors
    /// What keeps the file from being written.
    pub fn bury_objects<'a>(
        &self,
        account: AccountId,
        fetched: FetchTime,
        api_version: &str,
        objects: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), StoreError> {
        let revision = self.next_revision(account, fetched)?;
        let mut bury = self.sql().prepare_cached(
            "INSERT INTO object (account, kind, id, api_version, fetched_at_ms, deleted_at_ms, revision, json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, packed('{}'))
             ON CONFLICT (account, kind, id) DO UPDATE SET
               fetched_at_ms = excluded.fetched_at_ms,
               revision = iif(deleted_at_ms IS NULL, excluded.revision, revision),
               deleted_at_ms = coalesce(deleted_at_ms, excluded.deleted_at_ms)
             WHERE excluded.fetched_at_ms >= fetched_at_ms",
        )?;
        for (kind, id) in objects {
            bury.execute(params![
                account.0,
                kind,
                id,
                api_version,
                fetched.column(),
                revision
            ])?;
        }
        Ok(())
    }

    pub(crate) fn next_revision(
        &self,
        account: AccountId,
        fetched: FetchTime,
    ) -> Result<i64, StoreError> {
        self.sql()
            .prepare_cached(
                "UPDATE account SET revision = revision + 1, fetch_clock_ms = max(fetch_clock_ms, ?2)
                 WHERE id = ?1 RETURNING revision",
            )?
            .query_row(params![account.0, fetched.column()], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing { table: "account" })
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredObject> {
    Ok(StoredObject {
        kind: row.get(0)?,
        id: row.get(1)?,
        customer: row.get(2)?,
        subscription: row.get(3)?,
        created_s: row.get(4)?,
        api_version: row.get(5)?,
        fetched_at: row.get::<_, Millis>(6)?.0,
        changed_at: row.get::<_, Millis>(7)?.0,
        deleted_at: row.get::<_, Option<Millis>>(8)?.map(|at| at.0),
        revision: row.get(9)?,
        json: row.get::<_, Packed<String>>(10)?.0,
    })
}
