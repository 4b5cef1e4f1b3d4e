//! The app behind the window, the tray and the terminal: what they ask for, and what they are told.
//!
//! An [`Engine`] owns the store, the keys and the connections. All state that outlives the process is in the store; what
//! is held here is only what is going on right now.

mod attention;
mod backup;
mod book;
mod calendar;
mod checks;
mod company;
mod connect;
mod diagnostics;
mod drift;
mod exchange;
mod figures;
mod forget;
mod guard;
mod hubspot_checks;
mod installation;
mod live;
mod mail_domains;
mod modes;
mod movements;
mod neighbours;
mod permissions;
mod plan_csv;
mod policies;
mod preview;
mod profile;
mod quota;
mod reading;
mod realtime;
mod reconciliation;
mod review;
mod rotation;
mod run_changes;
mod run_slot;
mod runs;
mod schedule;
mod settings;
mod setup;
mod undo;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use clearsync_store::{DataKey, Opened, Store, StoreError};
use clearsync_transport::Transport;
use clearsync_vault::Vault;
use jiff::Timestamp;
use tokio::sync::{Notify, broadcast, watch};
use url::Url;

use self::{
    checks::Checks, live::Live, neighbours::Neighbours, rotation::Rotations, run_slot::RunSlot,
};
use crate::{
    clock::Clock,
    data_key::Former,
    view::{Checklist, DataKind, Problem, Status, TrayPresence},
};

pub use forget::{LOG_FOLDER, LOG_PREFIX, LOG_SUFFIX, leave_nothing};
pub(crate) use forget::{forget_logs, forget_unopened};
pub use installation::random_name;
pub(crate) use neighbours::Neighbours as EngineNeighbours;

/// The file of the store in the data folder.
pub(crate) const DATABASE: &str = "clearsync.sqlite";

/// The two services as they are reached.
#[derive(Clone)]
pub struct Services {
    /// Reaches Stripe.
    pub stripe: Arc<dyn Transport>,
    /// Base of Stripe's API.
    pub stripe_url: Url,
    /// Reaches HubSpot.
    pub hubspot: Arc<dyn Transport>,
    /// Base of HubSpot's API.
    pub hubspot_url: Url,
}

/// What an engine is made with.
#[derive(Clone)]
pub struct EngineConfig {
    /// Where the store's file lies.
    pub data_folder: PathBuf,
    /// Tells the keys of this data folder apart from those of another in one keychain.
    pub profile: String,
    /// Whether sample accounts stand in for the real ones.
    pub sample_data: bool,
    /// The services.
    pub services: Services,
    /// The clock.
    pub clock: Clock,
    /// Makes a name that no other installation and no other intention has. It is no secret.
    pub random_name: fn() -> String,
}

/// Something a reader of the engine is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A checklist, as it is now.
    Checklist(Checklist),
    /// What is to be asked for again.
    Data(Vec<DataKind>),
}

/// The app behind the window.
pub struct Engine {
    store: Store,
    vault: Vault,
    services: Services,
    data_folder: PathBuf,
    sample_data: bool,
    clock: Clock,
    random_name: fn() -> String,
    live: Mutex<Live>,
    checks: Mutex<Checks>,
    rotations: Mutex<Rotations>,
    run: RunSlot,
    neighbours: OnceLock<Arc<Neighbours>>,
    status: watch::Sender<Status>,
    changes: broadcast::Sender<Change>,
    schedule_changed: Notify,
    realtime_changed: Notify,
}

impl Engine {
    /// Everything that can be asked for.
    pub const ALL_DATA: [DataKind; 6] = [
        DataKind::Setup,
        DataKind::Figures,
        DataKind::Plan,
        DataKind::History,
        DataKind::Attention,
        DataKind::Settings,
    ];

    /// Opens the store in the data folder, which is encrypted with `key`. A damaged file is set aside, and said so; one that
    /// the key does not open only if `former` says so.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be used.
    pub fn open(config: EngineConfig, key: DataKey, former: Former) -> Result<Arc<Self>, Problem> {
        let now = config.clock.now();
        let path = config.data_folder.join(DATABASE);
        let opened = match former {
            Former::Kept => Store::open(&path, key, now),
            Former::SetAside => Store::open_without_former(&path, key, now),
        };
        Ok(Self::on(opened?, config))
    }

    /// An engine on a store that is open.
    #[must_use]
    pub fn on(opened: Opened, config: EngineConfig) -> Arc<Self> {
        let Opened { store, set_aside } = opened;
        let engine = Arc::new(Self {
            store,
            vault: Vault::new(&config.profile),
            services: config.services,
            data_folder: config.data_folder,
            sample_data: config.sample_data,
            clock: config.clock,
            random_name: config.random_name,
            live: Mutex::default(),
            checks: Mutex::default(),
            rotations: Mutex::default(),
            run: RunSlot::default(),
            neighbours: OnceLock::new(),
            status: watch::Sender::new(Status::not_set_up(config.sample_data)),
            changes: broadcast::Sender::new(256),
            schedule_changed: Notify::new(),
            realtime_changed: Notify::new(),
        });
        if let Some(copy) = set_aside {
            engine.live().database_set_aside = Some(copy);
        }
        engine.refresh_status();
        engine
    }

    /// The state, as last worked out.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// The state, each time it changes.
    #[must_use]
    pub fn watch_status(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// Every other change.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Notes whether the tray icon can be seen.
    pub fn set_tray(&self, tray: TrayPresence) {
        self.live().tray = tray;
        self.refresh_status();
    }

    /// Notes whether the connection is paid for by volume. Then ClearSync looks for changes once an hour, unless the user
    /// set an interval.
    pub fn set_metered(&self, metered: bool) {
        self.live().metered = metered;
        self.schedule_changed.notify_one();
        self.data_changed(&[DataKind::Settings]);
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn checks(&self) -> MutexGuard<'_, Checks> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, change: Change) {
        // Nobody listening is fine: the terminal may not, and the window asks when it opens.
        let _ = self.changes.send(change);
    }

    fn data_changed(&self, kinds: &[DataKind]) {
        self.tell(Change::Data(kinds.to_vec()));
        self.refresh_status();
    }

    /// Runs a piece of work with the store where blocking is allowed.
    async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(outcome) => outcome.map_err(Problem::from),
            Err(_) => Err(Problem::new(crate::view::ProblemCode::Unexpected)),
        }
    }
}
