//! Keeps what events tell of subscriptions, which Stripe itself forgets after thirty days.

use clearsync_store::{Scope, Store, SubscriptionEvent};
use clearsync_stripe::{
    error::StripeError,
    events::{Event, EventPage},
    list::Cursor,
};
use serde::Deserialize;
use tokio::sync::watch;

use super::{ImportError, Source, Wish, lists::seconds};
use crate::{blocking::blocking, clock::Clock};

/// Set once everything that Stripe still had was read; from then on events are kept as they are followed.
const KEPT: &str = "subscription_events_kept";

/// Reads every event of a subscription that Stripe still has. A key that may not read events goes without.
pub(super) async fn keep_past(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wish: &watch::Receiver<Wish>,
) -> Result<(), ImportError> {
    let account = source.account();
    let Some(always) = seconds(None, None) else {
        return Ok(());
    };
    let mut after: Option<Cursor> = None;
    loop {
        if *wish.borrow() == Wish::Stop {
            return Err(ImportError::Stopped);
        }
        let fetched = store.begin_fetch(clock.now());
        let page = source
            .client()
            .subscription_events(always, after.as_ref())
            .await;
        let EventPage { events, next } = match page {
            Err(StripeError::PermissionMissing { .. }) => return Ok(()),
            // The event that the page was to begin behind has aged away, and everything older with it.
            Err(StripeError::NotFound { .. }) if after.is_some() => break,
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
            break;
        }
    }
    let store = store.clone();
    blocking(move || {
        store.write(|writer| writer.set_setting(Scope::Account(account), KEPT, &true))
    })
    .await?;
    Ok(())
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
    #[derive(Deserialize)]
    struct Told {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        object: Subscription,
    }
    #[derive(Deserialize)]
    struct Subscription {
        id: String,
        customer: Reference,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Reference {
        Id(String),
        Object { id: String },
    }

    if !event.kind.starts_with("customer.subscription.") {
        return None;
    }
    let json = event.item.json.get();
    let told: Told = serde_json::from_str(json).ok()?;
    let (Reference::Id(customer) | Reference::Object { id: customer }) = told.data.object.customer;
    Some(SubscriptionEvent {
        id: event.item.id.clone(),
        subscription: told.data.object.id,
        customer,
        created_s: super::follow::created_s(event),
        json: json.to_owned(),
    })
}
