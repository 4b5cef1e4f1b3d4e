//! A simulated Stripe at the end of a line.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use clearsync_sandbox::{
    StripeData, VirtualClock,
    business::{Business, Shape},
    stripe::{Limits, SandboxKey, StripeSandbox},
};
use clearsync_store::{DataKey, Store};
use clearsync_stripe::{
    catalog::{Held, Preset},
    client::{Client, STRIPE_URL},
    guide::prefilled_link,
    key::{Mode, StripeKey},
};
use clearsync_sync::{
    Clock,
    import::{ImportProgress, Imported, Source, Wish, connect, import},
};
use clearsync_transport::{InProcess, Request, Response, Secret, Transport, TransportError};
use jiff::Timestamp;
use tokio::sync::watch;
use url::Url;

use crate::Outcome;

/// What the files are encrypted with.
pub(crate) fn data_key() -> DataKey {
    DataKey::from_random([7; 32].into())
}

pub(crate) struct World {
    pub(crate) mode: Mode,
    pub(crate) data: Arc<RwLock<StripeData>>,
    pub(crate) sandbox: StripeSandbox,
    pub(crate) now: Timestamp,
}

impl World {
    /// A business that has lived until 2026-06-01, behind a Stripe that keeps its published limits, with a key as the
    /// prefilled link makes it.
    pub(crate) fn new(seed: u64, shape: &Shape, mode: Mode) -> Outcome<Self> {
        let now: Timestamp = "2026-06-01T12:00:00Z".parse()?;
        let data = Business::play(seed, shape, now).data();
        let mut objects = data.write().unwrap_or_else(PoisonError::into_inner);
        objects.set_livemode(mode == Mode::Live);
        drop(objects);
        let sandbox =
            StripeSandbox::new(Arc::clone(&data), Arc::new(VirtualClock::starting_at(now)));
        sandbox.set_limits(Limits {
            rates: true,
            ..Limits::default()
        });
        let world = Self {
            mode,
            data,
            sandbox,
            now,
        };
        let link = Url::parse(&prefilled_link(Preset::Standard, mode))?;
        let ticked = link
            .query_pairs()
            .filter(|(name, _)| name.starts_with("permissions"));
        let tokens: Vec<_> = ticked.map(|(_, token)| token).collect();
        world.add_key(tokens.iter().map(AsRef::as_ref));
        Ok(world)
    }

    /// Gives the key these permissions in place of those it had.
    pub(crate) fn add_key<'a>(&self, permissions: impl IntoIterator<Item = &'a str>) {
        self.sandbox
            .add_key(SandboxKey::new(self.key(), permissions));
    }

    /// A client at the end of a line with this round trip.
    pub(crate) fn distant_client(&self, round_trip: Duration) -> Outcome<Client> {
        self.client(Distant {
            inner: InProcess::new(self.sandbox.router()),
            round_trip,
        })
    }

    pub(crate) fn client(&self, transport: impl Transport + 'static) -> Outcome<Client> {
        let key = StripeKey::new(Secret::new(self.key().to_owned()))?;
        Ok(Client::new(
            Arc::new(transport),
            Url::parse(STRIPE_URL)?,
            key,
        )?)
    }

    /// A fresh store in `folder` that is connected to the account.
    pub(crate) async fn connect(&self, client: Client, folder: &Path) -> Outcome<(Store, Source)> {
        let store = Store::open(&folder.join("clearsync.db"), data_key(), self.now)?.store;
        let held = Held::all_of(Preset::Standard);
        let source = connect(client, held, None, &store, &self.clock()).await?;
        Ok((store, source))
    }

    pub(crate) async fn import(&self, source: &Source, store: &Store) -> Outcome<Imported> {
        let wish = watch::Sender::new(Wish::Go);
        let progress = watch::Sender::new(ImportProgress::default());
        Ok(import(source, store, &self.clock(), wish.subscribe(), &progress).await?)
    }

    /// A clock that stands still.
    fn clock(&self) -> Clock {
        let now = self.now;
        Clock::new(move || now)
    }

    fn key(&self) -> &'static str {
        match self.mode {
            Mode::Live => "rk_live_51SimulatedKeyOfTheBenchmarks",
            Mode::Test => "rk_test_51SimulatedKeyOfTheBenchmarks",
        }
    }
}

/// A transport on which every answer takes a while.
struct Distant<T> {
    inner: T,
    round_trip: Duration,
}

#[async_trait]
impl<T: Transport> Transport for Distant<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        tokio::time::sleep(self.round_trip / 2).await;
        let response = self.inner.send(request).await;
        tokio::time::sleep(self.round_trip / 2).await;
        response
    }
}
