//! Once a day, whether the store holds what Stripe holds: every subscription and every open invoice, since they are what
//! the figures are made of. Right after the events were followed nothing should differ; what does was missed.

use std::collections::BTreeSet;

use clearsync_store::{AccountId, Scope, Store, StoreError};
use clearsync_stripe::{catalog::Held, error::StripeError, list::List, object::Kind};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    ImportError, Source, Wish,
    commit::put_items,
    core_refused,
    fetch::{EXPANDED, fetch, keep},
    unread,
};
use crate::{blocking::blocking, clock::Clock};

const SETTING: &str = "compared";

/// How often the store is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Often {
    /// Where events tell what has changed.
    Daily,
    /// Where the key may not read events.
    Hourly,
}

impl Often {
    fn between(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Daily => 24,
            Self::Hourly => 1,
        })
    }
}

/// What a comparison came to. What differed is right now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Objects that were compared.
    pub objects: usize,
    /// Objects that the store held otherwise, or not at all, or still held.
    pub differing: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct Last {
    at: Timestamp,
}

/// Compares, if that was not done lately; `None` when it was. A key that may not read open invoices goes without them.
///
/// # Errors
/// [`ImportError`]; it is due again then.
pub async fn compare_if_due(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wish: &watch::Receiver<Wish>,
    often: Often,
) -> Result<Option<Compared>, ImportError> {
    let (account, now) = (source.account(), clock.now());
    let reader = store.clone();
    let last: Option<Last> =
        blocking(move || reader.read(|view| view.setting(Scope::Account(account), SETTING)))
            .await?;
    if last.is_some_and(|last| now.duration_since(last.at).abs() < often.between()) {
        return Ok(None);
    }
    look_at_customers(source).await?;
    let mut compared = Compared::default();
    for list in [List::whole(Kind::Subscription), vec![List::open_invoices()]].concat() {
        let some = compare(source, store, clock, wish, list).await?;
        compared.objects += some.objects;
        compared.differing += some.differing;
    }
    let store = store.clone();
    blocking(move || {
        store
            .write(|writer| writer.set_setting(Scope::Account(account), SETTING, &Last { at: now }))
    })
    .await?;
    Ok(Some(compared))
}

/// Whether customers may still be read: nothing else would tell before one of them changes.
async fn look_at_customers(source: &Source) -> Result<(), ImportError> {
    for list in List::whole(Kind::Customer) {
        let bare = list.expanding_only(&Held::default());
        match source.client().page_as_sent(&bare, None).await {
            Err(refusal @ StripeError::PermissionMissing { .. }) => {
                core_refused(Kind::Customer, refusal)?;
            }
            page => drop(page?),
        }
    }
    Ok(())
}

async fn compare(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wish: &watch::Receiver<Wish>,
    list: List,
) -> Result<Compared, ImportError> {
    let (account, kind) = (source.account(), list.kind());
    let list = list.expanding_only(source.held());
    let mut compared = Compared::default();
    let mut unseen = expected(store, account, &list).await?;
    let mut after = None;
    loop {
        if *wish.borrow() == Wish::Stop {
            return Err(ImportError::Stopped);
        }
        let fetched = store.begin_fetch(clock.now());
        let page = match source.client().page(&list, after.as_ref()).await {
            // Without an expansion everything would look different.
            Err(StripeError::PermissionMissing { .. }) => {
                note_refused(source, store, clock, list).await?;
                return Ok(Compared::default());
            }
            page => page?,
        };
        compared.objects += page.items.len();
        for item in &page.items {
            unseen.remove(&(kind, item.id.clone()));
        }
        let store = store.clone();
        let put =
            move || store.write(|writer| put_items(writer, account, kind, fetched, &page.items));
        compared.differing += blocking(put).await?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let fetched = fetch(source, store, clock, &unseen).await?;
    compared.objects += unseen.len();
    let store = store.clone();
    let now = clock.now();
    let keep = move || store.write(|writer| keep(writer, account, &fetched, now));
    let kept = blocking(keep).await?;
    compared.differing += kept.changed + kept.deleted;
    Ok(compared)
}

/// Finds out whether the list itself is refused or only what it is asked to hold, and notes it.
async fn note_refused(
    source: &Source,
    store: &Store,
    clock: &Clock,
    list: List,
) -> Result<(), ImportError> {
    let (account, kind) = (source.account(), list.kind());
    let bare = list.expanding_only(&Held::default());
    let refused = match source.client().page_as_sent(&bare, None).await {
        Ok(_) => EXPANDED,
        Err(refusal @ StripeError::PermissionMissing { .. }) => {
            core_refused(kind, refusal)?;
            kind
        }
        Err(error) => return Err(error.into()),
    };
    let (store, now) = (store.clone(), clock.now());
    let note = move || {
        store.write(|writer| {
            unread::note(writer, account, &BTreeSet::from([kind]))?;
            unread::set_refused(writer, account, refused, true, now)
        })
    };
    Ok(blocking(note).await?)
}

/// What the list should hold by what the store holds.
async fn expected(
    store: &Store,
    account: AccountId,
    list: &List,
) -> Result<BTreeSet<(Kind, String)>, StoreError> {
    let (store, kind, open_only) = (store.clone(), list.kind(), list.is_of_open_invoices());
    blocking(move || {
        store.read(|view| {
            let mut ids = BTreeSet::new();
            view.each_object(account, kind.object(), |object| {
                if !open_only || is_open(&object.json) {
                    ids.insert((kind, object.id));
                }
                Ok::<_, StoreError>(())
            })?;
            Ok(ids)
        })
    })
    .await
}

fn is_open(invoice: &str) -> bool {
    #[derive(Deserialize)]
    struct Status {
        status: Option<String>,
    }
    serde_json::from_str::<Status>(invoice)
        .is_ok_and(|invoice| invoice.status.as_deref() == Some("open"))
}
