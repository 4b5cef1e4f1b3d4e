//! Everything ClearSync remembers, in one SQLite file.
//!
//! [`Store::open`] opens the file; [`Store::read`] gives a consistent view of it and [`Store::write`] one transaction.
//! Each table has one module here, which adds its reads to [`Reader`] and its writes to [`Writer`], so that any of them
//! can be committed together. All calls block; async callers run them where blocking is allowed.
//!
//! The file is encrypted with a [`DataKey`], page by page, its log too. Keys and tokens of services are never kept here: they
//! live in the operating system's keychain, as the data key itself does.

mod account;
mod anew;
mod attention;
mod census;
mod columns;
mod copy;
mod data_key;
mod decision;
mod drift;
mod error;
mod feed;
mod figure;
mod hold;
mod import_cursor;
mod journal;
mod lease;
mod life;
mod link;
mod movement;
mod object;
mod open;
mod packed;
mod plan;
mod restore;
mod rollup;
mod run;
mod schema;
mod seal;
mod setting;
mod sighting;
mod store;
mod subscription_event;
mod written;

pub use account::{Account, AccountId, AccountProfile, Mode, Target};
pub use anew::Emptied;
pub use attention::Attention;
pub use data_key::DataKey;
pub use decision::{Decision, Verdict};
pub use drift::{Drift, DriftFinding};
pub use error::StoreError;
pub use feed::Feed;
pub use figure::Figure;
pub use import_cursor::{CreatedRange, ImportCursor};
pub use journal::{JournalEntry, JournalFilter, JournalId, NewJournalEntry, Settled, WriteState};
pub use lease::Lease;
pub use life::Life;
pub use link::Link;
pub use movement::Movement;
pub use object::{Object, PutCounts, StoredObject};
pub use open::Opened;
pub use plan::{Plan, PlanFilter, PlanId, PlanRow, PlanState, Purpose};
pub use rollup::{Grain, Rollup};
pub use run::{Run, RunId};
pub use schema::LATEST_VERSION;
pub use setting::Scope;
pub use sighting::Sighting;
pub use store::{CommitStep, FetchTime, Reader, Store, Writer};
pub use subscription_event::SubscriptionEvent;
pub use written::Written;
