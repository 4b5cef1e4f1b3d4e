//! The file's schema, one SQL file per released version. A released file is never edited: a change is a new version.

use rusqlite_migration::{M, Migrations};

const VERSIONS: &[M<'static>] = &[
    M::up(include_str!("schema/1.sql")),
    M::up(include_str!("schema/2.sql")),
    M::up(include_str!("schema/3.sql")),
    M::up(include_str!("schema/4.sql")),
    M::up(include_str!("schema/5.sql")),
];

/// The migrations from an empty file to the newest version.
pub(crate) const MIGRATIONS: Migrations<'static> = Migrations::from_slice(VERSIONS);

/// The newest version of the file that this program knows (SQLite's `user_version`).
#[expect(clippy::cast_possible_wrap, reason = "a handful of versions")]
pub const LATEST_VERSION: i64 = VERSIONS.len() as i64;
