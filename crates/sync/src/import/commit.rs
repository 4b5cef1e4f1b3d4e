//! Commits pages as they come, in the order they came; those that come during a commit share the next one.

use std::collections::BTreeSet;

use clearsync_store::{AccountId, FetchTime, ImportCursor, Object, Store, StoreError, Writer};
use clearsync_stripe::{
    client::API_VERSION,
    object::{Item, Kind},
};
use tokio::sync::mpsc;

use super::unread;
use crate::blocking::blocking;

/// How many pages may wait for the disk before reading waits too.
pub(super) const WAITING_PAGES: usize = 16;

/// What is committed together.
pub(super) enum Commit {
    /// A page and how far its part has come with it.
    Page {
        kind: Kind,
        fetched: FetchTime,
        items: Vec<Item>,
        /// Whether something of them needs a further permission and was left out.
        bare: bool,
        cursor: ImportCursor,
    },
    /// A part was cut in two.
    Cut([ImportCursor; 2]),
}

/// Commits until the other end is dropped; gives back how many objects were new or different.
pub(super) async fn commit_all(
    store: &Store,
    account: AccountId,
    mut commits: mpsc::Receiver<Commit>,
) -> Result<usize, StoreError> {
    let mut changed = 0;
    loop {
        let mut some = Vec::new();
        if commits.recv_many(&mut some, WAITING_PAGES).await == 0 {
            return Ok(changed);
        }
        let store = store.clone();
        let committed = blocking(move || {
            store.write(|writer| {
                let counts = some.iter().map(|one| one.keep(writer, account));
                counts.sum::<Result<usize, StoreError>>()
            })
        });
        changed += committed.await?;
    }
}

impl Commit {
    fn keep(&self, writer: &Writer, account: AccountId) -> Result<usize, StoreError> {
        match self {
            Self::Page {
                kind,
                fetched,
                items,
                bare,
                cursor,
            } => {
                if *bare {
                    unread::note(writer, account, &BTreeSet::from([*kind]))?;
                }
                writer.set_import_cursor(account, cursor)?;
                put_items(writer, account, *kind, *fetched, items)
            }
            Self::Cut(cursors) => {
                for cursor in cursors {
                    writer.set_import_cursor(account, cursor)?;
                }
                Ok(0)
            }
        }
    }
}

/// Keeps objects of one kind; gives back how many were new or different.
pub(super) fn put_items(
    writer: &Writer,
    account: AccountId,
    kind: Kind,
    fetched: FetchTime,
    items: &[Item],
) -> Result<usize, StoreError> {
    let rows = items.iter().map(|item| Object {
        kind: kind.object(),
        id: &item.id,
        customer: item.customer.as_deref(),
        subscription: item.subscription.as_deref(),
        created_s: item.created_at.map(jiff::Timestamp::as_second),
        json: item.json.get(),
    });
    let counts = writer.put_objects(account, fetched, API_VERSION, rows)?;
    Ok(counts.changed)
}
