//! What the key might not read, in whole or in part, and whether it may by now.
//!
//! An event is told once. When what it is about may not be read at that moment, only reading everything again brings it
//! in; so it is noted together with the event, and looked at until the permission is back.

use std::collections::BTreeSet;

use clearsync_store::{AccountId, Reader, Scope, Store, StoreError, Writer};
use clearsync_stripe::{error::StripeError, list::List, object::Kind};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ImportError, Source};
use crate::{blocking::blocking, clock::Clock};

const SETTING: &str = "unread";
/// Each look costs a request for each kind, for as long as a permission is missing.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Unread {
    /// Stripe's names of the objects, such as `invoice`.
    kinds: BTreeSet<String>,
    looked_at: Option<Timestamp>,
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

/// Everything is about to be read.
pub(super) fn forget(writer: &Writer, account: AccountId) -> Result<(), StoreError> {
    Unread::default().keep(writer, account)
}

/// Whether something may be read now that was not before. Asks at most once an hour.
pub(super) async fn may_be_read(
    source: &Source,
    store: &Store,
    clock: &Clock,
) -> Result<bool, ImportError> {
    let (account, now) = (source.account(), clock.now());
    let reader = store.clone();
    let unread = blocking(move || reader.read(|view| Unread::load(view, account))).await?;
    let lately = |at: Timestamp| now.duration_since(at).abs() < BETWEEN_LOOKS;
    if unread.kinds.is_empty() || unread.looked_at.is_some_and(lately) {
        return Ok(false);
    }
    let kinds = unread
        .kinds
        .iter()
        .filter_map(|name| Kind::from_object(name));
    let lists = kinds.flat_map(List::whole);
    for list in lists {
        let list = list.expanding_only(source.held());
        match source.client().page_as_sent(&list, None).await {
            Ok(_) => return Ok(true),
            Err(StripeError::PermissionMissing { .. } | StripeError::AccountNotOpen { .. }) => {}
            Err(error) => return Err(error.into()),
        }
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
    Ok(false)
}
