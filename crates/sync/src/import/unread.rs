//! What the key might not read, in whole or in part, and whether it may by now.
//!
//! An event is told once. When what it is about may not be read at that moment, only reading everything again brings it
//! in; so it is noted together with the event, and looked at until the permission is back. The same goes for the events
//! themselves.

use std::collections::BTreeSet;

use clearsync_store::{AccountId, Reader, Scope, Store, StoreError, Writer};
use clearsync_stripe::{error::StripeError, list::List, object::Kind};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{AREA, ImportError, PERMISSION_MISSING, Source, lists::seconds};
use crate::{blocking::blocking, clock::Clock};

const SETTING: &str = "unread";
/// Each look costs a request for each kind, for as long as a permission is missing.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_hours(1);
/// What an open item about events is about, and the row of the checklist that lets them be read.
const EVENT: &str = "event";
const EVENTS_ROW: &str = "events";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Unread {
    /// Stripe's names of the objects, such as `invoice`.
    kinds: BTreeSet<String>,
    /// Whether events could not be read.
    events: bool,
    looked_at: Option<Timestamp>,
}

/// What a look found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    /// Something may be read that might not be before.
    Back,
    /// Events may not be read.
    EventsRefused,
    /// All that is needed to follow may be read.
    Readable,
}

impl Unread {
    fn load(reader: &Reader, account: AccountId) -> Result<Self, StoreError> {
        let kept = reader.setting(Scope::Account(account), SETTING)?;
        Ok(kept.unwrap_or_default())
    }

    fn keep(&self, writer: &Writer, account: AccountId) -> Result<(), StoreError> {
        writer.set_setting(Scope::Account(account), SETTING, self)
    }
}

/// Notes that objects of these kinds were not read, or not whole.
pub(super) fn note(
    writer: &Writer,
    account: AccountId,
    kinds: &BTreeSet<Kind>,
) -> Result<(), StoreError> {
    if kinds.is_empty() {
        return Ok(());
    }
    let mut unread = Unread::load(writer, account)?;
    let named = kinds.iter().map(|kind| kind.object().to_owned());
    unread.kinds.extend(named);
    unread.keep(writer, account)
}

/// Notes that events may not be read, which needs the user.
pub(super) fn note_events(
    writer: &Writer,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let unread = Unread {
        events: true,
        looked_at: Some(now),
        ..Unread::load(writer, account)?
    };
    unread.keep(writer, account)?;
    set_open(writer, account, (EVENT, EVENTS_ROW), true, now)
}

/// Opens or closes the item about a kind that may not be read.
pub(super) fn set_refused(
    writer: &Writer,
    account: AccountId,
    kind: Kind,
    refused: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    set_open(
        writer,
        account,
        (kind.object(), kind.row_id()),
        refused,
        now,
    )
}

/// Closes the item about events once they may be read.
pub(super) fn settle_events(
    writer: &Writer,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let refused = Unread::load(writer, account)?.events;
    set_open(writer, account, (EVENT, EVENTS_ROW), refused, now)
}

fn set_open(
    writer: &Writer,
    account: AccountId,
    (subject, row): (&str, &str),
    refused: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let missing = [(PERMISSION_MISSING, json!({ "row": row }))];
    let open = if refused { &missing[..] } else { &[] };
    writer.set_attention(account, AREA, subject, open, now)
}

/// Everything is about to be read.
pub(super) fn forget(writer: &Writer, account: AccountId) -> Result<(), StoreError> {
    Unread::default().keep(writer, account)
}

/// The rows of the checklist that were found missing while Stripe was read.
///
/// # Errors
/// What keeps the store from being read.
pub(crate) fn refused_rows(
    reader: &Reader,
    account: AccountId,
) -> Result<BTreeSet<String>, StoreError> {
    let open = reader.attention(account)?.into_iter();
    let refused = open.filter(|item| item.area == AREA && item.code == PERMISSION_MISSING);
    Ok(refused
        .filter_map(|item| item.params["row"].as_str().map(str::to_owned))
        .collect())
}

/// Lets the next sync look at once whether what was refused may be read by now.
///
/// # Errors
/// What keeps the store from being written.
pub(crate) fn look_again(writer: &Writer, account: AccountId) -> Result<(), StoreError> {
    let unread = Unread {
        looked_at: None,
        ..Unread::load(writer, account)?
    };
    unread.keep(writer, account)
}

/// Looks whether something may be read now that was not before. Asks at most once an hour.
pub(super) async fn look(
    source: &Source,
    store: &Store,
    clock: &Clock,
) -> Result<Looked, ImportError> {
    let (account, now) = (source.account(), clock.now());
    let reader = store.clone();
    let unread = blocking(move || reader.read(|view| Unread::load(view, account))).await?;
    let as_before = if unread.events {
        Looked::EventsRefused
    } else {
        Looked::Readable
    };
    let lately = |at: Timestamp| now.duration_since(at).abs() < BETWEEN_LOOKS;
    let nothing = unread.kinds.is_empty() && !unread.events;
    if nothing || unread.looked_at.is_some_and(lately) {
        return Ok(as_before);
    }
    if is_back(source, &unread).await? {
        return Ok(Looked::Back);
    }
    let store = store.clone();
    blocking(move || {
        store.write(|writer| {
            let looked = Unread {
                looked_at: Some(now),
                ..Unread::load(writer, account)?
            };
            looked.keep(writer, account)
        })
    })
    .await?;
    Ok(as_before)
}

async fn is_back(source: &Source, unread: &Unread) -> Result<bool, StripeError> {
    let client = source.client();
    if let Some(always) = seconds(None, None).filter(|_| unread.events)
        && answered(client.events(always, None).await)?
    {
        return Ok(true);
    }
    let kinds = unread
        .kinds
        .iter()
        .filter_map(|name| Kind::from_object(name));
    // With all that is asked of them, whatever the key was last known to hold.
    for list in kinds.flat_map(List::whole) {
        if answered(client.page_as_sent(&list, None).await)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn answered<T>(answer: Result<T, StripeError>) -> Result<bool, StripeError> {
    match answer {
        Ok(_) => Ok(true),
        Err(StripeError::PermissionMissing { .. } | StripeError::AccountNotOpen { .. }) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
