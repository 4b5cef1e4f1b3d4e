//! A simulated Stripe account and a client of it.

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use clearsync_sandbox::{
    StripeData, VirtualClock,
    stripe::{SandboxKey, StripeSandbox},
};
use clearsync_stripe::{
    catalog::{Preset, wanted},
    client::{Client, STRIPE_URL},
    guide::prefilled_link,
    key::{Mode, StripeKey},
};
use clearsync_transport::{InProcess, Request, Response, Secret, Transport, TransportError};
use url::Url;

pub(crate) const KEY: &str = "rk_test_51SandboxKeyOfTheTests8f2K";
/// 2026-06-01, at midnight UTC.
pub(crate) const NOW_S: i64 = 1_780_272_000;

pub(crate) struct World {
    pub(crate) stripe: StripeSandbox,
    pub(crate) data: Arc<RwLock<StripeData>>,
}

impl World {
    /// An account whose key holds what the prefilled link of the standard checklist ticks.
    pub(crate) fn new() -> Self {
        let data = Arc::new(RwLock::new(StripeData::default()));
        let now = jiff::Timestamp::from_second(NOW_S).unwrap();
        let clock = Arc::new(VirtualClock::starting_at(now));
        let stripe = StripeSandbox::new(Arc::clone(&data), clock);
        stripe.add_key(SandboxKey::new(
            KEY,
            ticked_by_link(Preset::Standard).iter().map(String::as_str),
        ));
        Self { stripe, data }
    }

    pub(crate) fn client(&self) -> Client {
        client_of(KEY, InProcess::new(self.stripe.router()))
    }

    /// A client at the end of a line with this round trip.
    pub(crate) fn distant_client(&self, round_trip: Duration) -> Client {
        client_of(
            KEY,
            Distant {
                inner: InProcess::new(self.stripe.router()),
                round_trip,
            },
        )
    }

    pub(crate) fn put(&self, object: serde_json::Value) {
        self.data.write().unwrap().upsert(object);
    }

    /// Takes the permission of a row away, and with Connect's bucket what it implies.
    pub(crate) fn deny(&self, row_id: &str) {
        self.stripe.deny(KEY, "bucket_connect_read");
        let row = wanted(Preset::Standard)
            .find(|row| row.id == row_id)
            .unwrap();
        self.stripe.deny(KEY, row.link_token.unwrap());
    }
}

pub(crate) fn client_of(key: &str, transport: impl Transport + 'static) -> Client {
    Client::new(
        Arc::new(transport),
        Url::parse(STRIPE_URL).unwrap(),
        StripeKey::new(Secret::new(key.to_owned())).unwrap(),
    )
    .unwrap()
}

/// The tokens that the dashboard would tick, taken from the link itself.
pub(crate) fn ticked_by_link(preset: Preset) -> Vec<String> {
    Url::parse(&prefilled_link(preset, Mode::Test))
        .unwrap()
        .query_pairs()
        .filter(|(name, _)| name.starts_with("permissions"))
        .map(|(_, token)| token.into_owned())
        .collect()
}

struct Distant<T> {
    inner: T,
    round_trip: Duration,
}

#[async_trait]
impl<T: Transport> Transport for Distant<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        tokio::time::sleep(self.round_trip).await;
        self.inner.send(request).await
    }
}

/// Answers every request with the same.
pub(crate) struct Always(pub(crate) Result<Response, TransportError>);

#[async_trait]
impl Transport for Always {
    async fn send(&self, _: Request) -> Result<Response, TransportError> {
        self.0.clone()
    }
}
