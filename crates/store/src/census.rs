//! How much the file holds, without anything of what it holds.

use std::collections::BTreeMap;

use crate::{Reader, StoreError};

impl Reader {
    /// The file's version (SQLite's `user_version`).
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn schema_version(&self) -> Result<i64, StoreError> {
        Ok(self
            .0
            .query_row("PRAGMA user_version", [], |row| row.get(0))?)
    }

    /// How many rows each table has, by the table's name.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn row_counts(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let mut tables = self.0.prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        )?;
        let names = tables.query_map([], |row| row.get::<_, String>(0))?;
        let names: Vec<String> = names.collect::<Result<_, _>>()?;
        let count = |name: String| {
            // A name of the file's own schema, which no value can be bound for.
            let sql = format!("SELECT count(*) FROM \"{name}\"");
            let rows: i64 = self.0.query_row(&sql, [], |row| row.get(0))?;
            Ok((name, rows.unsigned_abs()))
        };
        names.into_iter().map(count).collect()
    }
}
