//! Real time, where the user wants it: ClearSync's own webhook endpoint in Stripe, and a door on this computer.
//!
//! What is wanted is noted before Stripe is asked, so that a process that ends in between finds the endpoint again by
//! the same idempotency key. No other endpoint is ever named in a request.

mod address;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use clearsync_store::{AccountId, Reader, Scope, StoreError, Writer};
use clearsync_stripe::{
    client::Client,
    error::StripeError,
    webhook_endpoint::{EndpointId, WebhookEndpoint},
};
use clearsync_transport::Secret;
use clearsync_vault::KeyName;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use url::Url;

use self::address::public;
use super::{Engine, profile::Profile};
use crate::{
    realtime::{Door, Heard, Listener},
    view::{DataKind, Problem, ProblemCode, RealtimeState, RealtimeView},
};

const SETTING: &str = "realtime";
/// The port that is listened at unless another account or the user has another.
const FIRST_PORT: u16 = 4843;
/// Deliveries come in bursts, and the list of events a moment after them.
const GATHERING: Duration = Duration::from_secs(3);
/// How soon the port is tried again that somebody else has.
const PORT_AGAIN: Duration = Duration::from_mins(1);
/// A delivery that did not come within this time does not come.
const OVERDUE: SignedDuration = SignedDuration::from_mins(5);
/// Stripe documents that a repeated request with the same key has the same answer for 24 hours.
const KEY_GOOD_FOR: SignedDuration = SignedDuration::from_hours(23);

/// What is delivered: everything after which something that is kept may differ.
const EVENTS: &[&str] = &[
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer.discount.created",
    "customer.discount.updated",
    "customer.discount.deleted",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "invoice.created",
    "invoice.updated",
    "invoice.deleted",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.marked_uncollectible",
    "invoice.voided",
    "charge.succeeded",
    "charge.failed",
    "charge.refunded",
    "charge.updated",
    "price.created",
    "price.updated",
    "price.deleted",
    "product.created",
    "product.updated",
    "product.deleted",
    "coupon.created",
    "coupon.updated",
    "coupon.deleted",
    "credit_note.created",
    "credit_note.updated",
    "credit_note.voided",
];

/// What is wanted, and the endpoint once Stripe has made it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wanted {
    url: String,
    port: u16,
    install: String,
    idempotency_key: String,
    since: Timestamp,
    endpoint: Option<EndpointId>,
}

impl Wanted {
    /// Whether the same request still has the same answer.
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.since).abs() < KEY_GOOD_FOR
    }
}

/// What is going on right now.
pub(super) struct Hearing {
    heard: watch::Receiver<Heard>,
    since: Timestamp,
}

impl Engine {
    /// How real time stands.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn realtime(&self) -> Result<RealtimeView, Problem> {
        let (wanted, newest_event_s) = self
            .with_store(|store| {
                store.read(|reader| {
                    let Some(account) = Profile::read(reader)?.account else {
                        return Ok((None, None));
                    };
                    let feed = reader.feed(account)?;
                    Ok((load(reader, account)?, feed.map(|feed| feed.cursor_s)))
                })
            })
            .await?;
        let Some(wanted) = wanted else {
            return Ok(RealtimeView {
                state: RealtimeState::Off,
                url: None,
                port: self.port_to_begin_with().await,
                endpoint: None,
                deliveries: 0,
                last_delivery_at: None,
                problem: None,
            });
        };
        let live = self.live();
        let hearing = live.hearing.as_ref();
        let heard = hearing.map(|hearing| *hearing.heard.borrow());
        let since = hearing.map(|hearing| hearing.since);
        let problem = live.realtime_problem.clone();
        Ok(RealtimeView {
            state: state(heard, since, newest_event_s),
            url: Some(wanted.url),
            port: wanted.port,
            endpoint: wanted.endpoint.map(String::from),
            deliveries: heard.map_or(0, |heard| heard.deliveries),
            last_delivery_at: heard.and_then(|heard| Some(heard.last_at?.to_string())),
            problem,
        })
    }

    /// The first port that no other account of this computer listens at.
    async fn port_to_begin_with(&self) -> u16 {
        let mut taken = BTreeSet::new();
        for other in self.others() {
            // What cannot be read of another account is no trouble of this one.
            let wanted = other.with_store(|store| store.read(wanted)).await;
            taken.extend(wanted.ok().flatten().map(|wanted| wanted.port));
        }
        let mut ports = FIRST_PORT..;
        ports
            .find(|port| !taken.contains(port))
            .unwrap_or(FIRST_PORT)
    }

    /// Lets Stripe deliver to `url`, a public https address that reaches `port` of this computer. An endpoint that
    /// ClearSync made before is taken away.
    ///
    /// # Errors
    /// A [`Problem`]; nothing is left in Stripe then that was not there before.
    pub async fn start_realtime(
        &self,
        url: &str,
        port: u16,
        keep_for_this_run: bool,
    ) -> Result<RealtimeView, Problem> {
        let url = public(url)?;
        let account = self.account().await?;
        let before = self
            .with_store(move |store| store.read(|reader| load(reader, account)))
            .await?;
        let same = |wanted: &Wanted| {
            wanted.endpoint.is_none()
                && (wanted.url.as_str(), wanted.port) == (url.as_str(), port)
                && wanted.is_fresh(self.now())
        };
        let wanted = match before {
            Some(wanted) if same(&wanted) => wanted,
            before => {
                if before.is_some() {
                    self.stop_realtime().await?;
                }
                Wanted {
                    url: url.to_string(),
                    port,
                    install: (self.random_name)(),
                    idempotency_key: (self.random_name)(),
                    since: self.now(),
                    endpoint: None,
                }
            }
        };
        self.make_endpoint(account, &url, wanted, keep_for_this_run)
            .await?;
        self.realtime_changed.notify_one();
        self.data_changed(&[DataKind::Settings]);
        self.realtime().await
    }

    /// Takes ClearSync's own endpoint away and listens no more. One that Stripe no longer lets this key delete is named
    /// in the problem, and forgotten all the same.
    ///
    /// # Errors
    /// A [`Problem`] when Stripe cannot be reached; it is still wanted then.
    pub async fn stop_realtime(&self) -> Result<RealtimeView, Problem> {
        let account = self.account().await?;
        let wanted = self
            .with_store(move |store| store.read(|reader| load(reader, account)))
            .await?;
        let left_behind = match wanted {
            Some(wanted) => self.delete_endpoint(&wanted).await?,
            None => None,
        };
        self.vault
            .delete(KeyName::StripeWebhook)
            .await
            .or_else(|error| match error {
                // Without a keychain nothing was kept in it.
                clearsync_vault::VaultError::Missing => Ok(()),
                error => Err(error),
            })?;
        self.with_store(move |store| store.write(|writer| keep(writer, account, None)))
            .await?;
        self.live().realtime_problem = None;
        self.realtime_changed.notify_one();
        self.data_changed(&[DataKind::Settings]);
        match left_behind {
            Some(problem) => Err(problem),
            None => self.realtime().await,
        }
    }

    /// Deletes what was made for a wish; gives the problem when the key may not.
    async fn delete_endpoint(&self, wanted: &Wanted) -> Result<Option<Problem>, Problem> {
        let client = match self.connected_stripe().await {
            Err(problem) if problem.code == ProblemCode::StripeNotConnected => {
                let endpoint = wanted.endpoint.as_ref();
                return Ok(endpoint.map(|id| problem.with("endpoint", id.as_str())));
            }
            client => client?,
        };
        let endpoint = match &wanted.endpoint {
            Some(endpoint) => endpoint.clone(),
            // Whether Stripe made one is not known: the same request again tells which.
            None if wanted.is_fresh(self.now()) => {
                let url = Url::parse(&wanted.url)
                    .map_err(|_| Problem::new(ProblemCode::RealtimeAddressNotPublic))?;
                match create(&client, &url, wanted).await {
                    Ok(made) => made.id,
                    Err(error @ StripeError::Unreachable(_)) => return Err(error.into()),
                    Err(_) => return Ok(None),
                }
            }
            None => return Ok(None),
        };
        match client.delete_webhook_endpoint(&endpoint).await {
            Ok(()) => Ok(None),
            Err(
                error @ (StripeError::PermissionMissing { .. } | StripeError::Unauthorized { .. }),
            ) => Ok(Some(
                Problem::from(error).with("endpoint", endpoint.as_str()),
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the endpoint away before the key goes that can. What Stripe does not let the key delete is left to the user.
    pub(super) async fn leave_no_endpoint(&self) -> Result<(), Problem> {
        if self.realtime().await?.state == RealtimeState::Off {
            return Ok(());
        }
        match self.stop_realtime().await {
            Err(problem) if problem.params.contains_key("endpoint") => {
                tracing::warn!(endpoint = problem.params["endpoint"], "an endpoint is left");
                Ok(())
            }
            outcome => outcome.map(drop),
        }
    }

    async fn make_endpoint(
        &self,
        account: AccountId,
        url: &Url,
        wanted: Wanted,
        keep_for_this_run: bool,
    ) -> Result<(), Problem> {
        let client = self.connected_stripe().await?;
        let noted = wanted.clone();
        self.with_store(move |store| store.write(|writer| keep(writer, account, Some(&noted))))
            .await?;
        let made = create(&client, url, &wanted).await;
        let made = match made {
            Ok(made) => made,
            // The answer may only have been lost: the intention stays, and the next try finds the same endpoint.
            Err(error @ StripeError::Unreachable(_)) => return Err(error.into()),
            Err(error) => {
                self.with_store(move |store| store.write(|writer| keep(writer, account, None)))
                    .await?;
                return Err(error.into());
            }
        };
        let kept = self
            .keep_key(
                KeyName::StripeWebhook,
                &made.signing_secret,
                keep_for_this_run,
            )
            .await;
        if let Err(problem) = kept {
            client.delete_webhook_endpoint(&made.id).await?;
            self.with_store(move |store| store.write(|writer| keep(writer, account, None)))
                .await?;
            return Err(problem);
        }
        let wanted = Wanted {
            endpoint: Some(made.id),
            ..wanted
        };
        self.with_store(move |store| store.write(|writer| keep(writer, account, Some(&wanted))))
            .await
    }

    /// Listens while real time is wanted, and looks at Stripe's events whenever a delivery comes.
    pub(super) async fn listen(self: &Arc<Self>) {
        loop {
            let listener = self.open_door().await;
            match listener {
                Ok(Some(listener)) => self.hear(&listener).await,
                Ok(None) => self.realtime_changed.notified().await,
                Err(problem) => {
                    self.live().realtime_problem = Some(problem);
                    tokio::select! {
                        () = self.realtime_changed.notified() => {}
                        () = tokio::time::sleep(PORT_AGAIN) => {}
                    }
                }
            }
        }
    }

    async fn open_door(&self) -> Result<Option<Listener>, Problem> {
        let wanted = self.with_store(|store| store.read(wanted)).await?;
        let Some(wanted) = wanted.filter(|wanted| wanted.endpoint.is_some()) else {
            return Ok(None);
        };
        let secret: Option<Secret> = self.vault.get(KeyName::StripeWebhook).await?;
        let Some(secret) = secret else {
            return Err(Problem::new(ProblemCode::RealtimeSecretMissing));
        };
        let door = Door::new(secret, self.clock.clone());
        let listener = Listener::open(wanted.port, door).await.map_err(|_| {
            Problem::new(ProblemCode::RealtimePortTaken).with("port", wanted.port.to_string())
        })?;
        Ok(Some(listener))
    }

    /// Until what is wanted changes.
    async fn hear(self: &Arc<Self>, listener: &Listener) {
        let mut heard = listener.heard();
        {
            let mut live = self.live();
            live.realtime_problem = None;
            live.hearing = Some(Hearing {
                heard: heard.clone(),
                since: self.now(),
            });
        }
        self.data_changed(&[DataKind::Settings]);
        loop {
            tokio::select! {
                () = self.realtime_changed.notified() => break,
                changed = heard.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    tokio::time::sleep(GATHERING).await;
                    heard.mark_unchanged();
                    self.data_changed(&[DataKind::Settings]);
                    self.look_now().await;
                }
            }
        }
        self.live().hearing = None;
    }
}

async fn create(
    client: &Client,
    url: &Url,
    wanted: &Wanted,
) -> Result<WebhookEndpoint, StripeError> {
    client
        .create_webhook_endpoint(url, EVENTS, &wanted.install, &wanted.idempotency_key)
        .await
}

fn state(
    heard: Option<Heard>,
    since: Option<Timestamp>,
    newest_event_s: Option<i64>,
) -> RealtimeState {
    let (Some(heard), Some(since)) = (heard, since) else {
        return RealtimeState::NotListening;
    };
    let last = heard.last_at.unwrap_or(since);
    let newest = newest_event_s.and_then(|second| Timestamp::from_second(second).ok());
    let missed = newest.is_some_and(|newest| newest.duration_since(last) > OVERDUE);
    match heard.last_at {
        _ if missed => RealtimeState::NotArriving,
        Some(_) => RealtimeState::Arriving,
        None => RealtimeState::Waiting,
    }
}

/// What is wanted for the account whose data stands in a store.
fn wanted(reader: &Reader) -> Result<Option<Wanted>, StoreError> {
    match Profile::read(reader)?.account {
        Some(account) => load(reader, account),
        None => Ok(None),
    }
}

fn load(reader: &Reader, account: AccountId) -> Result<Option<Wanted>, StoreError> {
    let kept: Option<Option<Wanted>> = reader.setting(Scope::Account(account), SETTING)?;
    Ok(kept.flatten())
}

fn keep(writer: &Writer, account: AccountId, wanted: Option<&Wanted>) -> Result<(), StoreError> {
    writer.set_setting(Scope::Account(account), SETTING, &wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_without_its_delivery_is_noticed() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let heard = |last: Option<i64>| {
            Some(Heard {
                deliveries: 1,
                last_at: last.map(at),
            })
        };
        let since = Some(at(10_000));
        for (heard, newest, expected) in [
            (None, Some(99_999), RealtimeState::NotListening),
            (heard(None), None, RealtimeState::Waiting),
            (heard(None), Some(9_000), RealtimeState::Waiting),
            (heard(None), Some(10_299), RealtimeState::Waiting),
            (heard(None), Some(10_301), RealtimeState::NotArriving),
            (heard(Some(10_300)), Some(10_301), RealtimeState::Arriving),
            (
                heard(Some(10_300)),
                Some(10_700),
                RealtimeState::NotArriving,
            ),
        ] {
            assert_eq!(state(heard, since, newest), expected, "{newest:?}");
        }
    }
}
