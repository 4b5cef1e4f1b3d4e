use clearsync_hubspot::Client;
use clearsync_store::{Scope, Store, StoreError};
use serde::{Deserialize, Serialize};

use super::{Engine, preview, profile::Profile};
use crate::{
    plan::Guard,
    view::{Problem, QuotaView},
};

const SETTING: &str = "quota";

/// What HubSpot last said of a portal's requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    portal: i64,
    limit: u64,
    left: u64,
    at: jiff::Timestamp,
    resets_at: Option<jiff::Timestamp>,
}

impl Engine {
    /// What is left of the portal's requests of this day, and what ClearSync leaves to others.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn quota(&self) -> Result<QuotaView, Problem> {
        let now = self.now();
        self.with_store(move |store| {
            store.read(|reader| {
                let profile = Profile::read(reader)?;
                let (mut seen, mut guard) = (None, Guard::default());
                if let Some(target) = preview::target(&profile) {
                    let kept: Option<Seen> =
                        reader.setting(Scope::Account(target.account), SETTING)?;
                    seen = kept.filter(|kept| kept.portal == target.portal);
                    guard = Guard::load(reader, target.account)?;
                }
                // What was seen yesterday says nothing of today.
                let today = |seen: &Seen| seen.resets_at.is_none_or(|resets| resets > now);
                let left = seen.as_ref().filter(|seen| today(seen));
                let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
                Ok(QuotaView {
                    daily_limit: seen.as_ref().map(|seen| number(seen.limit)),
                    daily_left: left.map(|seen| number(seen.left)),
                    seen_at: left.map(|seen| seen.at.to_string()),
                    resets_at: left
                        .and_then(|seen| seen.resets_at)
                        .map(|at| at.to_string()),
                    free_percent: guard.free_requests_percent,
                })
            })
        })
        .await
    }

    /// Remembers what HubSpot told a client.
    pub(super) async fn note_quota(&self, client: &Client) -> Result<(), Problem> {
        let quota = client.quota();
        let Some((limit, left)) = quota.daily_limit.zip(quota.daily_remaining) else {
            return Ok(());
        };
        let (now, resets_at) = (self.now(), client.day_ends());
        self.with_store(move |store| {
            store.write(|writer| {
                let profile = Profile::read(writer)?;
                let Some(target) = preview::target(&profile) else {
                    return Ok(());
                };
                let seen = Seen {
                    portal: target.portal,
                    limit,
                    left,
                    at: now,
                    resets_at,
                };
                writer.set_setting(Scope::Account(target.account), SETTING, &seen)
            })
        })
        .await
    }
}

/// The share of requests that is left to others, and the portal's time zone.
pub(super) fn rules(store: &Store) -> Result<(u32, Option<String>), StoreError> {
    store.read(|reader| {
        let profile = Profile::read(reader)?;
        let guard = match profile.account {
            Some(account) => Guard::load(reader, account)?,
            None => Guard::default(),
        };
        let zone = profile.hubspot.map(|hubspot| hubspot.time_zone);
        Ok((guard.free_requests_percent, zone))
    })
}
