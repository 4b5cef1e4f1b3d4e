//! A simulated account, a store, and the way between them.

use std::{
    path::Path,
    sync::{
        Arc, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use clearsync_sandbox::{
    Clock as _, FaultPlan, Faults, StripeData, VirtualClock,
    business::{Business, Shape},
    stripe::{SandboxKey, StripeSandbox},
};
use clearsync_store::{AccountId, DataKey, Store};
use clearsync_stripe::{
    catalog::{Held, Preset},
    client::Client,
    key::StripeKey,
};
use clearsync_sync::{
    Clock,
    import::{ImportError, ImportProgress, Imported, Source, Wish, connect, import},
};
use clearsync_transport::{InProcess, Request, Response, Secret, Transport, TransportError};
use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::watch;
use tower::Layer;
use url::Url;

pub(crate) const KEY: &str = "rk_test_51SimulatedKeyOfTheBusiness";

const PERMISSIONS: [&str; 13] = [
    "charge_read",
    "customer_read",
    "event_read",
    "payment_intent_read",
    "payment_method_read",
    "product_read",
    "coupon_read",
    "invoice_read",
    "plan_read",
    "subscription_read",
    "connected_account_read",
    "transfer_read",
    "webhook_write",
];

/// One simulated account.
pub(crate) struct World {
    pub(crate) business: Business,
    pub(crate) sandbox: StripeSandbox,
    pub(crate) clock: Arc<VirtualClock>,
}

impl World {
    /// A business that has lived until 2026-06-01.
    pub(crate) fn new(seed: u64, shape: &Shape) -> Self {
        let now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let business = Business::play(seed, shape, now);
        let clock = Arc::new(VirtualClock::starting_at(now));
        let sandbox = StripeSandbox::new(business.data(), clock.clone());
        sandbox.add_key(SandboxKey::new(KEY, PERMISSIONS));
        Self {
            business,
            sandbox,
            clock,
        }
    }

    pub(crate) fn data(&self) -> Arc<RwLock<StripeData>> {
        self.business.data()
    }

    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clock.clone();
        Clock::new(move || clock.now())
    }

    /// Time passes, and the business lives on with it.
    pub(crate) fn live_on(&mut self, span: jiff::SignedDuration) {
        self.clock.jump(span);
        self.business.advance(self.clock.now());
    }

    /// The account's transport, without anything in between.
    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(InProcess::new(self.sandbox.router()))
    }

    /// A transport on which things go wrong.
    pub(crate) fn faulty(&self, plan: FaultPlan) -> Arc<dyn Transport> {
        Arc::new(InProcess::new(
            Faults::new(plan).layer(self.sandbox.router()),
        ))
    }

    pub(crate) async fn source(
        &self,
        transport: Arc<dyn Transport>,
        store: &Store,
        expected: Option<AccountId>,
    ) -> Source {
        let held = Held::all_of(Preset::Standard);
        connect(client(transport), held, expected, store, &self.clock())
            .await
            .unwrap()
    }

    /// A source without anything in between.
    pub(crate) async fn plain_source(&self, store: &Store) -> Source {
        self.source(self.transport(), store, None).await
    }

    /// Imports to the end, undisturbed.
    pub(crate) async fn import(
        &self,
        source: &Source,
        store: &Store,
    ) -> Result<Imported, ImportError> {
        let progress = watch::Sender::new(ImportProgress::default());
        import(source, store, &self.clock(), go(), &progress).await
    }
}

pub(crate) fn client(transport: Arc<dyn Transport>) -> Client {
    let key = StripeKey::new(Secret::new(KEY.to_owned())).unwrap();
    let base = Url::parse("https://api.stripe.com").unwrap();
    Client::new(transport, base, key).unwrap()
}

/// The wish to go on, for good.
pub(crate) fn go() -> watch::Receiver<Wish> {
    watch::Sender::new(Wish::Go).subscribe()
}

/// The key of every store here.
pub(crate) fn data_key() -> DataKey {
    DataKey::from_random([7; 32].into())
}

/// A connection of another program that has the key.
pub(crate) fn unlocked(database: &Path) -> Connection {
    let connection = Connection::open(database).unwrap();
    let key = format!("PRAGMA key = \"x'{}'\"", *data_key().expose());
    connection.execute_batch(&key).unwrap();
    connection
}

/// A store in a folder of its own.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Opens the store, as a new process would.
    pub(crate) fn open(&self) -> Store {
        let opened = Store::open(
            &self.folder.path().join("clearsync.db"),
            data_key(),
            Timestamp::UNIX_EPOCH,
        );
        let opened = opened.unwrap();
        assert_eq!(opened.set_aside, None);
        opened.store
    }
}

/// A transport that dies: from request `left` on nothing is ever answered.
pub(crate) struct Dying {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) left: AtomicUsize,
    pub(crate) dead: watch::Sender<bool>,
}

impl Dying {
    pub(crate) fn after(requests: usize, inner: Arc<dyn Transport>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            left: AtomicUsize::new(requests),
            dead: watch::Sender::new(false),
        })
    }

    /// Runs `work` until it ends or the transport dies; `None` when it died first, as if the process had been killed.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut dead = self.dead.subscribe();
        tokio::select! {
            biased;
            _ = dead.wait_for(|dead| *dead) => None,
            value = work => Some(value),
        }
    }
}

#[async_trait]
impl Transport for Dying {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let alive = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if alive.is_err() {
            self.dead.send_replace(true);
            std::future::pending::<()>().await;
        }
        self.inner.send(request).await
    }
}

/// A transport on which every answer takes a while.
pub(crate) struct Distant {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) round_trip: Duration,
}

#[async_trait]
impl Transport for Distant {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        tokio::time::sleep(self.round_trip / 2).await;
        let response = self.inner.send(request).await;
        tokio::time::sleep(self.round_trip / 2).await;
        response
    }
}
