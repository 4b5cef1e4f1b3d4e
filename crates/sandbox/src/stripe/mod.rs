//! The simulated Stripe: the part of its API that ClearSync meets, with its permissions, refusals, limits and events.

mod account;
mod answer;
mod delivery;
mod expand;
mod failure;
mod filter;
mod key;
mod limits;
mod list;
mod operation;
mod params;
mod permission;
mod refusal;
mod resource;
mod route;
mod schema;
mod webhook;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::Router;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub use delivery::Deliver;
pub use failure::Failure;
pub use key::{KeyState, SandboxKey};
pub use limits::Limits;
pub use refusal::RefusalShape;
pub use webhook::sign;

use self::{delivery::Deliveries, limits::Meter};
use crate::{Clock, StripeData};

/// The API version whose shapes the simulated Stripe answers in.
pub const API_VERSION: &str = "2026-05-27.dahlia";

/// Stripe documents that its list of events goes back 30 days.
const EVENT_RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A simulated Stripe account behind an HTTP router. Clones share the account.
#[derive(Clone)]
pub struct StripeSandbox(Arc<Shared>);

struct Shared {
    data: Arc<RwLock<StripeData>>,
    clock: Arc<dyn Clock>,
    control: Mutex<Control>,
    deliveries: Mutex<Deliveries>,
    meter: Meter,
    requests: Mutex<Vec<ReceivedRequest>>,
    made: AtomicU64,
}

/// What the tests and the sample mode turn.
struct Control {
    account: Value,
    keys: Vec<SandboxKey>,
    refusal_shape: RefusalShape,
    limits: Limits,
    event_lag: SignedDuration,
    events_kept: SignedDuration,
    failures: VecDeque<Failure>,
    endpoint_secrets: BTreeMap<String, String>,
    /// Answers by idempotency key.
    endpoints_made: BTreeMap<String, Value>,
    delivery: Option<Arc<dyn Deliver>>,
}

/// A request the simulated Stripe has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedRequest {
    /// When it was answered.
    pub at: Timestamp,
    /// The method, such as `GET`.
    pub method: String,
    /// The path, such as `/v1/customers`.
    pub path: String,
    /// The query as it was sent, empty without one.
    pub query: String,
    /// The last four characters of the key; `None` without a key.
    pub key_last_four: Option<String>,
    /// The status it was answered with.
    pub status: StatusCode,
}

impl StripeSandbox {
    /// An account that holds `data`, living at the time of `clock`, without keys and without limits.
    #[must_use]
    pub fn new(data: Arc<RwLock<StripeData>>, clock: Arc<dyn Clock>) -> Self {
        let past_events = read(&data).events().len();
        Self(Arc::new(Shared {
            data,
            clock,
            control: Mutex::new(Control {
                account: account::sample(),
                keys: Vec::new(),
                refusal_shape: RefusalShape::default(),
                limits: Limits::default(),
                event_lag: SignedDuration::ZERO,
                events_kept: EVENT_RETENTION,
                failures: VecDeque::new(),
                endpoint_secrets: BTreeMap::new(),
                endpoints_made: BTreeMap::new(),
                delivery: None,
            }),
            deliveries: Mutex::new(Deliveries::after(past_events)),
            meter: Meter::default(),
            requests: Mutex::default(),
            made: AtomicU64::new(0),
        }))
    }

    /// The API. It answers in-process as a tower service, or on a port.
    pub fn router(&self) -> Router {
        Router::new()
            .fallback(answer::answer)
            .with_state(self.clone())
    }

    /// Makes the account accept a key, in place of one with the same text.
    pub fn add_key(&self, key: SandboxKey) {
        let mut control = self.control();
        control.keys.retain(|other| other.text() != key.text());
        control.keys.push(key);
    }

    /// Takes a key away: 401 from now on.
    pub fn revoke(&self, key: &str) {
        self.control().keys.retain(|other| other.text() != key);
    }

    /// Sets the state of a key.
    pub fn set_key_state(&self, key: &str, state: KeyState) {
        self.change_key(key, |key| key.set_state(state));
    }

    /// Gives a key a permission such as `customer_read`, as ticking its row in the dashboard would.
    pub fn grant(&self, key: &str, permission: &str) {
        self.change_key(key, |key| key.grant(permission));
    }

    /// Takes a permission away that was granted by this name. What other permissions imply stays.
    pub fn deny(&self, key: &str, permission: &str) {
        self.change_key(key, |key| key.deny(permission));
    }

    /// Chooses how missing permissions are told.
    pub fn set_refusal_shape(&self, shape: RefusalShape) {
        self.control().refusal_shape = shape;
    }

    /// Sets the limits; `Limits::default()` lifts them.
    pub fn set_limits(&self, limits: Limits) {
        self.control().limits = limits;
    }

    /// Keeps events for so long in place of Stripe's 30 days.
    pub fn keep_events_for(&self, kept: SignedDuration) {
        self.control().events_kept = kept;
    }

    /// Lets the event list show nothing younger than `lag`, as an eventually consistent list does.
    pub fn set_event_lag(&self, lag: SignedDuration) {
        self.control().event_lag = lag;
    }

    /// Answers the next authenticated requests with these failures, in turn.
    pub fn fail_next(&self, failures: impl IntoIterator<Item = Failure>) {
        self.control().failures.extend(failures);
    }

    /// Replaces the account's own object, which `GET /v1/account` shows.
    pub fn set_account(&self, account: Value) {
        self.control().account = account;
    }

    /// Gives the account another id, such as that of the business whose data it holds.
    pub fn set_account_id(&self, id: &str) {
        self.control().account["id"] = id.into();
    }

    /// Lets the account call itself by another name.
    pub fn set_account_name(&self, name: &str) {
        let mut control = self.control();
        control.account["business_profile"]["name"] = name.into();
        control.account["settings"]["dashboard"]["display_name"] = name.into();
    }

    /// The id of the account, such as `acct_1SampleStripeAcct`.
    #[must_use]
    pub fn account_id(&self) -> String {
        account::id(&self.control().account)
    }

    /// The way by which events reach webhook endpoints; see [`StripeSandbox::deliver_due`].
    pub fn set_delivery(&self, delivery: Arc<dyn Deliver>) {
        self.control().delivery = Some(delivery);
    }

    /// Every request so far, in the order of the answers.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        lock(&self.0.requests).clone()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        lock(&self.0.requests).clear();
    }

    fn change_key(&self, text: &str, change: impl FnOnce(&mut SandboxKey)) {
        let mut control = self.control();
        if let Some(key) = control.keys.iter_mut().find(|key| key.text() == text) {
            change(key);
        }
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        lock(&self.0.control)
    }

    fn data(&self) -> RwLockReadGuard<'_, StripeData> {
        read(&self.0.data)
    }

    fn data_mut(&self) -> RwLockWriteGuard<'_, StripeData> {
        self.0.data.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// A number that no other id of this account has.
    fn next_number(&self) -> u64 {
        self.0.made.fetch_add(1, Ordering::Relaxed) + 1
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read(data: &RwLock<StripeData>) -> RwLockReadGuard<'_, StripeData> {
    data.read().unwrap_or_else(PoisonError::into_inner)
}
