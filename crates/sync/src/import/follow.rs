//! Keeps the store current from Stripe's events.

use std::collections::BTreeSet;

use clearsync_store::{AccountId, Feed, FetchTime, Store, StoreError};
use clearsync_stripe::{
    error::StripeError,
    events::{Event, EventPage},
    list::Cursor,
    object::Kind,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::watch;

use super::{
    ImportError, Source, Wish, events,
    fetch::{AllFetched, Kept, fetch, keep},
    lists::{KINDS, seconds},
    unread::{self, Looked},
};
use crate::{blocking::blocking, clock::Clock};

/// Events can appear in the list after newer ones. Those that were dealt with are told apart by their ids.
const OVERLAP_S: i64 = 120;
/// For how long behind the cursor the ids of events are remembered: well beyond the overlap.
const REMEMBERED_S: i64 = 86_400;
/// Stripe documents that events are kept for 30 days; well before that, a gap can no longer be closed by them.
const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(25 * 24);
/// A clock is corrected by less than this every now and then. Set back by more, it no longer tells how long a gap was.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_hours(1);
/// How often everything is read where events may not be. Stripe allots 500 reads to a transaction each month; reading what
/// belongs to one daily costs about one.
const READ_WITHOUT_EVENTS: SignedDuration = SignedDuration::from_hours(24);
const EVENTS_TOGETHER: usize = 200;

/// What following brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// The store is current.
    Current {
        /// Events that were new.
        events: usize,
        /// Objects that are new, or different from before.
        changed: usize,
        /// Objects that were found deleted.
        deleted: usize,
    },
    /// Events alone cannot make it current.
    ImportNeeded(ImportNeeded),
    /// The key may not read events. Lists have to be compared instead.
    EventsRefused,
}

/// Why everything has to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportNeeded {
    /// It never was.
    Never,
    /// It was begun and not finished.
    Unfinished,
    /// Stripe may no longer keep all events since the last time.
    GapTooLong,
    /// The computer's clock was set back, so that nobody knows how long the gap is.
    ClockSetBack,
    /// The key may read something that it might not before, and whose changes were missed.
    PermissionBack,
    /// The key may not read events, and everything was last read a day ago.
    EventsRefused,
}

/// Reads the events since the last time and then every object that they touched, as it is now.
///
/// Rows and how far the events were read are committed together, oldest first. With nothing new this is one request.
///
/// # Errors
/// [`ImportError`]; the next call goes on where this one ended.
pub async fn follow(
    source: &Source,
    store: &Store,
    clock: &Clock,
    wish: &watch::Receiver<Wish>,
) -> Result<Followed, ImportError> {
    let account = source.account();
    let reader = store.clone();
    let known = blocking(move || {
        reader.read(|view| Ok::<_, StoreError>((view.feed(account)?, view.account(account)?)))
    });
    let (feed, known) = known.await?;
    let feed = match usable(feed, clock.now()) {
        Ok(feed) => feed,
        // What was begun without a permission would end without what it lets be read.
        Err(ImportNeeded::Unfinished) => {
            let looked = unread::look(source, store, clock).await?;
            return Ok(Followed::ImportNeeded(match looked {
                Looked::Back => ImportNeeded::PermissionBack,
                Looked::EventsRefused | Looked::Readable => ImportNeeded::Unfinished,
            }));
        }
        Err(needed) => return Ok(Followed::ImportNeeded(needed)),
    };
    match unread::look(source, store, clock).await? {
        Looked::Back => return Ok(Followed::ImportNeeded(ImportNeeded::PermissionBack)),
        Looked::EventsRefused => return Ok(without_events(feed, clock.now())),
        Looked::Readable => {}
    }
    events::keep_past_once(source, store, clock, wish).await?;
    let events_begun = store.begin_fetch(clock.now());
    let events = match new_events(source, store, feed.cursor_s).await {
        Err(ImportError::Stripe(StripeError::PermissionMissing { .. })) => {
            let (writer, now) = (store.clone(), clock.now());
            let note = move || writer.write(|writer| unread::note_events(writer, account, now));
            blocking(note).await?;
            return Ok(without_events(feed, now));
        }
        events => events?,
    };
    let own_account = known.stripe_account.map(|id| (Kind::Account, id));
    // What is read from here on is at least as new as every event above.
    let mut read: BTreeSet<(Kind, String)> = own_account.into_iter().collect();
    let mut kept = Kept::default();
    let mut feed = feed;
    for some in events.chunks(EVENTS_TOGETHER) {
        if *wish.borrow() == Wish::Stop {
            return Err(ImportError::Stopped);
        }
        let mut wanted = touched_by(store, account, some).await?;
        wanted.retain(|one| !read.contains(one));
        let fetched = fetch(source, store, clock, &wanted).await?;
        read.extend(wanted);
        feed.cursor_s = some.iter().map(created_s).fold(feed.cursor_s, i64::max);
        let told = (some, events_begun);
        let some_kept = keep_told(store, account, fetched, told, feed, clock.now()).await?;
        kept.changed += some_kept.changed;
        kept.deleted += some_kept.deleted;
    }
    note_read(store, account, feed, clock.now()).await?;
    Ok(Followed::Current {
        events: events.len(),
        changed: kept.changed,
        deleted: kept.deleted,
    })
}

/// Commits what events touched, the events themselves and how far they were read, together.
async fn keep_told(
    store: &Store,
    account: AccountId,
    fetched: AllFetched,
    (events, begun): (&[Event], FetchTime),
    feed: Feed,
    now: Timestamp,
) -> Result<Kept, ImportError> {
    let seen: Vec<_> = events
        .iter()
        .map(|event| (event.item.id.clone(), created_s(event)))
        .collect();
    let told: Vec<_> = events.iter().filter_map(events::kept).collect();
    let writer = store.clone();
    let kept = blocking(move || {
        writer.write(|writer| {
            let kept = keep(writer, account, &fetched, now)?;
            writer.keep_subscription_events(account, begun, &told)?;
            for (id, created_s) in &seen {
                writer.see_event(account, id, *created_s)?;
            }
            writer.set_feed(account, &feed)?;
            Ok::<_, StoreError>(kept)
        })
    });
    Ok(kept.await?)
}

/// The second of the newest event: from there on an import that begins now is followed. It is Stripe's own time, so that
/// a wrong clock here loses nothing. `None` when the key may not read events: it can import, and follows once it may.
pub(super) async fn first_cursor(source: &Source) -> Result<Option<i64>, StripeError> {
    let Some(always) = seconds(None, None) else {
        return Ok(Some(0));
    };
    match source.client().events(always, None).await {
        Ok(page) => Ok(Some(page.events.iter().map(created_s).max().unwrap_or(0))),
        Err(StripeError::PermissionMissing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Without events everything is read once a day, and what matters most is compared meanwhile.
fn without_events(feed: Feed, now: Timestamp) -> Followed {
    let read = feed.import_done.unwrap_or(feed.import_started);
    if now.duration_since(read).abs() < READ_WITHOUT_EVENTS {
        return Followed::EventsRefused;
    }
    Followed::ImportNeeded(ImportNeeded::EventsRefused)
}

fn usable(feed: Option<Feed>, now: Timestamp) -> Result<Feed, ImportNeeded> {
    let feed = feed.ok_or(ImportNeeded::Never)?;
    feed.import_done.ok_or(ImportNeeded::Unfinished)?;
    let gap = now.duration_since(feed.read_at.unwrap_or(feed.import_started));
    if gap > LONGEST_GAP {
        return Err(ImportNeeded::GapTooLong);
    }
    if gap < -CLOCK_TOLERANCE {
        return Err(ImportNeeded::ClockSetBack);
    }
    Ok(feed)
}

/// Events that were not dealt with, oldest first.
async fn new_events(
    source: &Source,
    store: &Store,
    cursor_s: i64,
) -> Result<Vec<Event>, ImportError> {
    let Some(window) = seconds(Some(cursor_s.saturating_sub(OVERLAP_S)), None) else {
        return Ok(Vec::new());
    };
    let mut events = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = source.client().events(window, after.as_ref()).await;
        let EventPage { events: some, next } = match page {
            // The event that the page was to begin behind has aged away, and everything older with it.
            Err(StripeError::NotFound { .. }) if after.is_some() => break,
            page => page?,
        };
        events.extend(some);
        after = next;
        if after.is_none() {
            break;
        }
    }
    let (store, account) = (store.clone(), source.account());
    let mut new = blocking(move || {
        store.read(|view| {
            let mut new = Vec::new();
            for event in events {
                if !view.event_seen(account, &event.item.id)? {
                    new.push(event);
                }
            }
            Ok::<_, StoreError>(new)
        })
    })
    .await?;
    new.reverse();
    Ok(new)
}

/// Every object that the events may have changed and that is kept.
async fn touched_by(
    store: &Store,
    account: AccountId,
    events: &[Event],
) -> Result<BTreeSet<(Kind, String)>, StoreError> {
    let kept = |(kind, _): &(Kind, String)| KINDS.iter().any(|(kept, _)| kept == kind);
    let named = events
        .iter()
        .flat_map(|event| event.touched.iter().cloned());
    let mut touched: BTreeSet<_> = named.filter(kept).collect();
    touched.extend(events.iter().filter_map(credited_invoice));
    // Stripe ends a deleted customer's subscriptions with it.
    let gone = events
        .iter()
        .filter(|event| event.kind == "customer.deleted");
    let gone: Vec<String> = gone
        .flat_map(|event| &event.touched)
        .map(|(_, id)| id.clone())
        .collect();
    if !gone.is_empty() {
        let store = store.clone();
        let subscriptions = blocking(move || {
            store.read(|view| {
                let mut ids = Vec::new();
                for customer in &gone {
                    let objects = view.objects_of_customer(account, customer, "subscription")?;
                    ids.extend(
                        objects
                            .into_iter()
                            .map(|object| (Kind::Subscription, object.id)),
                    );
                }
                Ok::<_, StoreError>(ids)
            })
        });
        touched.extend(subscriptions.await?);
    }
    Ok(touched)
}

/// A credit note changes what is left to pay on its invoice.
fn credited_invoice(event: &Event) -> Option<(Kind, String)> {
    #[derive(Deserialize)]
    struct CreditNoteEvent {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        object: CreditNote,
    }
    #[derive(Deserialize)]
    struct CreditNote {
        invoice: String,
    }
    if !event.kind.starts_with("credit_note.") {
        return None;
    }
    let event: CreditNoteEvent = serde_json::from_str(event.item.json.get()).ok()?;
    Some((Kind::Invoice, event.data.object.invoice))
}

async fn note_read(
    store: &Store,
    account: AccountId,
    feed: Feed,
    now: Timestamp,
) -> Result<(), StoreError> {
    let store = store.clone();
    blocking(move || {
        store.write(|writer| {
            let read = Feed {
                read_at: Some(now),
                ..feed
            };
            writer.set_feed(account, &read)?;
            writer.forget_events_before(account, feed.cursor_s.saturating_sub(REMEMBERED_S))
        })
    })
    .await
}

pub(super) fn created_s(event: &Event) -> i64 {
    event.item.created_at.map_or(0, Timestamp::as_second)
}
