//! Reads single objects again, by id.

use std::collections::BTreeSet;

use clearsync_store::{AccountId, FetchTime, Store, StoreError, Writer};
use clearsync_stripe::{
    catalog::Held, client::API_VERSION, error::StripeError, list::Found, object::Kind,
};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use super::{
    ImportError, Source,
    commit::put_items,
    core_refused,
    lists::{KINDS, Lists},
    unread,
};
use crate::{blocking::blocking, clock::Clock};

/// The only kind that is read inside of others.
pub(super) const EXPANDED: Kind = Kind::Coupon;

const AT_ONCE: usize = 8;
const SWEPT_TOGETHER: usize = 200;

/// What one object was found to be.
struct Fetched {
    kind: Kind,
    id: String,
    at: FetchTime,
    found: Found,
}

/// What some objects were found to be.
#[derive(Default)]
pub(super) struct AllFetched {
    found: Vec<Fetched>,
    /// Kinds of which something could not be read, or not whole.
    unread: BTreeSet<Kind>,
    /// Kinds whose row of the checklist is missing.
    refused: BTreeSet<Kind>,
}

/// How one object could be read.
enum Retrieved {
    Whole(Found),
    /// Without what needs a further permission.
    Bare(Found),
    Refused(StripeError),
    /// Nobody may read it in an account of this kind.
    NotOpen,
}

/// How many objects were different from before, and how many were found deleted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kept {
    pub(super) changed: usize,
    pub(super) deleted: usize,
}

/// Reads every object of `wanted` as it is now. What the key may not read is left out and said so, unless all else hangs
/// on it.
pub(super) async fn fetch(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wanted: &BTreeSet<(Kind, String)>,
) -> Result<AllFetched, ImportError> {
    let one = |(kind, id): &(Kind, String)| {
        let (kind, id) = (*kind, id.clone());
        async move {
            let at = store.begin_fetch(clock.now());
            let retrieved = retrieve(source, kind, &id).await?;
            Ok::<_, ImportError>((kind, id, at, retrieved))
        }
    };
    let mut all = AllFetched::default();
    let mut retrieved = stream::iter(wanted).map(one).buffered(AT_ONCE);
    while let Some((kind, id, at, retrieved)) = retrieved.try_next().await? {
        let found = match retrieved {
            Retrieved::Whole(found) => found,
            Retrieved::Bare(found) => {
                all.unread.insert(kind);
                all.refused.insert(EXPANDED);
                found
            }
            Retrieved::Refused(refusal) => {
                core_refused(kind, refusal)?;
                all.unread.insert(kind);
                all.refused.insert(kind);
                continue;
            }
            Retrieved::NotOpen => continue,
        };
        all.found.push(Fetched {
            kind,
            id,
            at,
            found,
        });
    }
    Ok(all)
}

async fn retrieve(source: &Source, kind: Kind, id: &str) -> Result<Retrieved, StripeError> {
    let client = source.client();
    match client.retrieve(kind, id, source.held()).await {
        Ok(found) if kind.is_whole_with(source.held()) => return Ok(Retrieved::Whole(found)),
        Ok(found) => return Ok(Retrieved::Bare(found)),
        Err(StripeError::PermissionMissing { .. }) => {}
        Err(StripeError::AccountNotOpen { .. }) => return Ok(Retrieved::NotOpen),
        Err(error) => return Err(error),
    }
    // What needs a further permission is left out before the object itself is.
    match client.retrieve(kind, id, &Held::default()).await {
        Ok(found) => Ok(Retrieved::Bare(found)),
        Err(refusal @ StripeError::PermissionMissing { .. }) => Ok(Retrieved::Refused(refusal)),
        Err(StripeError::AccountNotOpen { .. }) => Ok(Retrieved::NotOpen),
        Err(error) => Err(error),
    }
}

/// Keeps what was fetched, and notes what could not be.
pub(super) fn keep(
    writer: &Writer,
    account: AccountId,
    fetched: &AllFetched,
    now: Timestamp,
) -> Result<Kept, StoreError> {
    unread::note(writer, account, &fetched.unread)?;
    for kind in &fetched.refused {
        unread::set_refused(writer, account, *kind, true, now)?;
    }
    let mut kept = Kept::default();
    for one in &fetched.found {
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
            let (store, now) = (store.clone(), clock.now());
            let keep = move || store.write(|writer| keep(writer, account, &fetched, now));
            let some = blocking(keep).await?;
            kept.changed += some.changed;
            kept.deleted += some.deleted;
        }
    }
    Ok(kept)
}
