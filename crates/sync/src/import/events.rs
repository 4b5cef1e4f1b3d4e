//! Keeps what events tell of subscriptions, which Stripe itself forgets after thirty days.

use clearsync_store::{Scope, Store, SubscriptionEvent};
use clearsync_stripe::{
    error::StripeError,
    events::{Event, EventGroup, EventPage},
    list::Cursor,
};
use serde::Deserialize;
use tokio::sync::watch;

use super::{ImportError, Source, Wish, lists::seconds};
use crate::{blocking::blocking, clock::Clock};

/// Set once everything that Stripe still had was read; from then on events are kept as they are followed.
const KEPT: &str = "subscription_events_kept";

/// Reads every event of a subscription and of a discount that Stripe still has. A key that may not read events goes without.
pub(super) async fn keep_past(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wish: &watch::Receiver<Wish>,
) -> Result<(), ImportError> {
    let mut all = true;
    for group in [EventGroup::Subscriptions, EventGroup::Discounts] {
        all &= keep_group(source, store, clock, wish, group).await?;
    }
    let (store, account) = (store.clone(), source.account());
    blocking(move || store.write(|writer| writer.set_setting(Scope::Account(account), KEPT, &all)))
        .await?;
    Ok(())
}

/// Whether the key may read them.
async fn keep_group(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wish: &watch::Receiver<Wish>,
    group: EventGroup,
) -> Result<bool, ImportError> {
    let account = source.account();
    let Some(always) = seconds(None, None) else {
        return Ok(true);
    };
    let mut after: Option<Cursor> = None;
    loop {
        if *wish.borrow() == Wish::Stop {
            return Err(ImportError::Stopped);
        }
        let fetched = store.begin_fetch(clock.now());
        let page = source
            .client()
            .events_of(group, always, after.as_ref())
            .await;
        let EventPage { events, next } = match page {
            Err(StripeError::PermissionMissing { .. }) => return Ok(false),
            // The event that the page was to begin behind has aged away, and everything older with it.
            Err(StripeError::NotFound { .. }) if after.is_some() => return Ok(true),
            page => page?,
        };
        let events: Vec<_> = events.iter().filter_map(kept).collect();
        let store = store.clone();
        blocking(move || {
            store.write(|writer| writer.keep_subscription_events(account, fetched, &events))
        })
        .await?;
        after = next;
        if after.is_none() {
            return Ok(true);
        }
    }
}

/// Reads what Stripe still has, if that was never done: the file may come from a version that kept no events.
pub(super) async fn keep_past_once(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wish: &watch::Receiver<Wish>,
) -> Result<(), ImportError> {
    let (reader, account) = (store.clone(), source.account());
    let kept =
        blocking(move || reader.read(|view| view.setting::<bool>(Scope::Account(account), KEPT)));
    if kept.await?.unwrap_or_default() {
        return Ok(());
    }
    keep_past(source, store, clock, wish).await
}

/// What an event tells of a subscription, as it is kept; `None` when it is about something else.
pub(super) fn kept(event: &Event) -> Option<SubscriptionEvent> {
    let json = event.item.json.get();
    let read = || serde_json::from_str::<Told>(json).ok();
    let (told, subscription) = match event.kind.as_str() {
        kind if kind.starts_with("customer.subscription.") => {
            let mut told = read()?;
            let id = std::mem::take(&mut told.data.object.id);
            (told, id)
        }
        // What a discount takes off is said nowhere else once it has ended.
        kind if kind.starts_with("customer.discount.") => {
            let mut told = read()?;
            let subscription = told.data.object.subscription.take();
            (told, subscription.map(Reference::id).unwrap_or_default())
        }
        _ => return None,
    };
    Some(SubscriptionEvent {
        id: event.item.id.clone(),
        subscription,
        customer: told.data.object.customer.id(),
        created_s: super::follow::created_s(event),
        json: json.to_owned(),
    })
}

#[derive(Deserialize)]
struct Told {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

/// A subscription or a discount.
#[derive(Deserialize)]
struct Object {
    id: String,
    customer: Reference,
    subscription: Option<Reference>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Object { id: String },
}

impl Reference {
    fn id(self) -> String {
        match self {
            Self::Id(id) | Self::Object { id } => id,
        }
    }
}
