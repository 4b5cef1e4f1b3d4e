//! Reads single objects again, by id.

use std::collections::BTreeSet;

use clearsync_store::{AccountId, FetchTime, Store, StoreError, Writer};
use clearsync_stripe::{
    catalog::Held, client::API_VERSION, error::StripeError, list::Found, object::Kind,
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    ImportError, Source,
    commit::put_items,
    lists::{KINDS, Lists},
};
use crate::{blocking::blocking, clock::Clock};

const AT_ONCE: usize = 8;
const SWEPT_TOGETHER: usize = 200;

/// What one object was found to be.
pub(super) struct Fetched {
    kind: Kind,
    id: String,
    at: FetchTime,
    found: Found,
}

/// How many objects were different from before, and how many were found deleted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kept {
    pub(super) changed: usize,
    pub(super) deleted: usize,
}

/// Reads every object of `wanted` as it is now. Kinds that the key may not read are left out.
pub(super) async fn fetch(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wanted: &BTreeSet<(Kind, String)>,
) -> Result<Vec<Fetched>, StripeError> {
    let one = |(kind, id): &(Kind, String)| {
        let (kind, id) = (*kind, id.clone());
        async move {
            let at = store.begin_fetch(clock.now());
            let found = retrieve(source, kind, &id).await?;
            Ok::<_, StripeError>(found.map(|found| Fetched {
                kind,
                id,
                at,
                found,
            }))
        }
    };
    let fetched: Vec<_> = stream::iter(wanted)
        .map(one)
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(fetched.into_iter().flatten().collect())
}

async fn retrieve(source: &Source, kind: Kind, id: &str) -> Result<Option<Found>, StripeError> {
    let client = source.client();
    let found = match client.retrieve(kind, id, source.held()).await {
        // What needs a further permission is left out before the object itself is.
        Err(StripeError::PermissionMissing { .. }) => {
            client.retrieve(kind, id, &Held::default()).await
        }
        outcome => outcome,
    };
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StripeError::PermissionMissing { .. } | StripeError::AccountNotOpen { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Keeps what was fetched.
pub(super) fn keep(
    writer: &Writer,
    account: AccountId,
    fetched: &[Fetched],
) -> Result<Kept, StoreError> {
    let mut kept = Kept::default();
    for one in fetched {
        match &one.found {
            Found::Present(item) => {
                let items = std::slice::from_ref(item);
                kept.changed += put_items(writer, account, one.kind, one.at, items)?;
            }
            Found::Deleted | Found::Absent => {
                let name = (one.kind.object(), one.id.as_str());
                writer.bury_objects(account, one.at, API_VERSION, [name])?;
                kept.deleted += 1;
            }
        }
    }
    Ok(kept)
}

/// Looks up what is in the store and was in none of the lists that were just read whole: mostly what was deleted since.
pub(super) async fn sweep(
    source: &Source,
    store: &Store,
    clock: &Clock,
    lists: &Lists,
) -> Result<Kept, ImportError> {
    let account = source.account();
    let left_out = lists.left_out();
    let mut kept = Kept::default();
    for (kind, _) in KINDS.iter().filter(|(_, name)| !left_out.contains(name)) {
        let (reader, kind, since) = (store.clone(), *kind, lists.started);
        let unseen = blocking(move || {
            reader.read(|view| view.objects_not_fetched_since(account, kind.object(), since))
        })
        .await?;
        for ids in unseen.chunks(SWEPT_TOGETHER) {
            let wanted = ids.iter().map(|id| (kind, id.clone())).collect();
            let fetched = fetch(source, store, clock, &wanted).await?;
            let store = store.clone();
            let some =
                blocking(move || store.write(|writer| keep(writer, account, &fetched))).await?;
            kept.changed += some.changed;
            kept.deleted += some.deleted;
        }
    }
    Ok(kept)
}
