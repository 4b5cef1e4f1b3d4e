//! Reads Stripe into the store.
//!
//! [`import`] reads every list that the key may read, in parts at once, and can stop after any page: a page's rows and how
//! far its part has come are committed together, so that the next call goes on behind it. [`follow`] then keeps the store
//! current from Stripe's events, and [`compare_if_due`] looks daily whether it is.

mod commit;
mod compare;
mod events;
mod fetch;
mod follow;
mod lists;
mod parts;
mod pending;
mod progress;
mod read;
mod source;
mod unread;

use clearsync_store::{Store, StoreError};
use clearsync_stripe::{error::StripeError, object::Kind};
use tokio::sync::{mpsc, watch};

use crate::{blocking::blocking, clock::Clock, view::ListName};

pub use compare::{Compared, Often, compare_if_due};
pub use follow::{Followed, ImportNeeded, follow};
pub use progress::ImportProgress;
pub(crate) use progress::{Meter, minutes};
pub(crate) use source::TIME_ZONE;
pub use source::{ConnectError, Source, connect};
pub(crate) use unread::{look_again, refused_rows};

use commit::commit_all;
use lists::Lists;

const AREA: &str = "import";

/// The code of an open item about a list that the key may not read; `params` hold `row`, the row of the checklist.
pub const PERMISSION_MISSING: &str = "permission_missing";

/// What the user wants of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    #[default]
    Go,
    /// Wait where it is.
    Hold,
    /// End where it is.
    Stop,
}

/// What an import brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Objects that are new, or different from before.
    pub changed: usize,
    /// Objects that were found deleted.
    pub deleted: usize,
    /// Lists that the key may not read.
    pub left_out: Vec<ListName>,
}

/// Why reading Stripe stopped. What was read until then is kept, and the next run goes on behind it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
    /// The key may not read what all else hangs on.
    #[error("the key may not read {row}")]
    CoreRefused {
        /// The row of the checklist.
        row: &'static str,
        /// What Stripe said.
        refusal: StripeError,
    },
    /// Stripe could not be read.
    #[error(transparent)]
    Stripe(#[from] StripeError),
    /// The store could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends reading when what was refused is a list that all else hangs on. Without another list everything else goes on.
fn core_refused(kind: Kind, refusal: StripeError) -> Result<(), ImportError> {
    match kind {
        Kind::Customer | Kind::Subscription => Err(ImportError::CoreRefused {
            row: kind.row_id(),
            refusal,
        }),
        _ => Ok(()),
    }
}

/// Reads every list that the key may read, or what is left of an import that was stopped.
///
/// # Errors
/// [`ImportError`]; the next call goes on where this one ended.
pub async fn import(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wish: watch::Receiver<Wish>,
    progress: &watch::Sender<ImportProgress>,
) -> Result<Imported, ImportError> {
    let account = source.account();
    let mut lists = Lists::begin_or_resume(source, store, clock).await?;
    let (sender, receiver) = mpsc::channel(commit::WAITING_PAGES);
    let (read, committed) = futures::join!(
        read::read_all(
            source,
            store,
            clock,
            wish.clone(),
            &mut lists,
            progress,
            sender
        ),
        commit_all(store, account, receiver),
    );
    // When the store refuses, reading only ends because of it.
    let committed = committed?;
    read?;
    let mut imported = Imported {
        changed: committed,
        deleted: 0,
        left_out: lists.left_out(),
    };
    let swept = fetch::sweep(source, store, clock, &lists).await?;
    imported.changed += swept.changed;
    imported.deleted += swept.deleted;
    events::keep_past(source, store, clock, &wish).await?;
    lists.finish(source, store, clock).await?;
    progress.send_replace(lists.progress(false));
    Ok(imported)
}

/// Forgets how far the last import and the events came, so that the next [`import`] reads everything again. Nothing that
/// was read is lost.
///
/// # Errors
/// What keeps the store from being written.
pub async fn start_over(source: &Source, store: &Store) -> Result<(), StoreError> {
    let (store, account) = (store.clone(), source.account());
    blocking(move || store.write(|writer| writer.forget_import(account))).await
}
