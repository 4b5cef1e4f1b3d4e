use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use clearsync_sandbox::{
    Clock as _, Faults, Sample, VirtualClock,
    business::{Business, Shape},
    hubspot::{HubSpotSandbox, Lags, PortalShape},
    stripe::{SandboxKey, StripeSandbox},
};
use clearsync_store::{CommitStep, Store, StoreError};
use clearsync_sync::{
    Clock, Engine, EngineConfig, Services,
    view::{RunOutcome, SetupStep},
};
use clearsync_transport::{InProcess, Request, Response, Secret, Transport, TransportError};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::watch;
use tower::Layer;
use url::Url;

use super::{
    state::State,
    trouble::{Act, Round, Trouble},
};
use crate::push_world::TOKEN;
use crate::world::{KEY, data_key, unlocked};

const START: &str = "2026-06-01T12:00:00Z";
/// When each round after setup begins, in hours from the start. Before the third the computer was off for longer than
/// events are relied on, and not so long that Stripe forgets some.
const ROUNDS_H: [i64; Trouble::ROUNDS - 1] = [48, 96, 31 * 24 + 12];
/// How long after its begin a round is calm again.
const CALM_AFTER_H: i64 = 30;
/// All that may fail before the calm.
const SETUP_TRIES: usize = 8;
const SYNC_TRIES: i64 = 2;

/// A business, its two services, and a computer on which ClearSync runs.
pub(super) struct Life {
    business: Business,
    pub(super) hubspot: HubSpotSandbox,
    pub(super) weather: Arc<Weather>,
    trouble: Trouble,
    case: String,
    folder: TempDir,
    engine: Option<Arc<Engine>>,
}

/// Everything between ClearSync and the world: two connections, a disk, a clock, two keys.
pub(super) struct Weather {
    clock: Arc<VirtualClock>,
    /// By how much the computer's own clock is wrong.
    wrong_by_min: AtomicI64,
    stripe: StripeSandbox,
    hubspot: HubSpotSandbox,
    round: Mutex<Round>,
    requests: AtomicUsize,
    commits: AtomicUsize,
    rough: AtomicBool,
    pub(super) power: Power,
}

/// Every effect that ClearSync has on the world or the world on it is numbered: each commit, before and after it is
/// kept, each request before it is sent and after it was answered. At a chosen number the power goes.
pub(super) struct Power {
    effects: AtomicUsize,
    lasts_for: AtomicUsize,
    gone: watch::Sender<bool>,
}

impl Power {
    fn lasting() -> Self {
        Self {
            effects: AtomicUsize::new(0),
            lasts_for: AtomicUsize::new(usize::MAX),
            gone: watch::Sender::new(false),
        }
    }

    /// From now on the power lasts for so many effects.
    pub(super) fn lasts_for(&self, effects: usize) {
        self.effects.store(0, Ordering::SeqCst);
        self.lasts_for.store(effects, Ordering::SeqCst);
        self.gone.send_replace(false);
    }

    /// How many effects there were.
    pub(super) fn effects(&self) -> usize {
        self.effects.load(Ordering::SeqCst)
    }

    /// Runs `work` to its end, or to the moment the power goes: `None` then.
    pub(super) async fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut gone = self.gone.subscribe();
        tokio::select! {
            biased;
            _ = gone.wait_for(|gone| *gone) => None,
            value = work => Some(value),
        }
    }

    /// Whether the next effect still comes about.
    fn holds(&self) -> bool {
        let number = self.effects.fetch_add(1, Ordering::SeqCst);
        let holds = number < self.lasts_for.load(Ordering::SeqCst);
        if !holds {
            self.gone.send_replace(true);
        }
        holds
    }

    async fn pass(&self) {
        if !self.holds() {
            std::future::pending::<()>().await;
        }
    }
}

impl Life {
    pub(super) fn new(seed: u64, trouble: Trouble, case: &str) -> Self {
        let start: Timestamp = START.parse().unwrap();
        let shape = Shape {
            customers: 4,
            // As long as Stripe keeps events: of what is older it is not known since when it has been so.
            months: 1,
            ..Shape::small()
        };
        let business = Business::play(seed, &shape, start);
        let clock = Arc::new(VirtualClock::starting_at(start));
        let stripe = StripeSandbox::new(business.data(), clock.clone());
        // What ages away while the key may not read it, nobody can bring back: no event of these businesses does.
        stripe.keep_events_for(SignedDuration::from_hours(40 * 24));
        stripe.set_account_id(business.account_id());
        let shape = PortalShape {
            lags: if seed.is_multiple_of(2) {
                Lags::NONE
            } else {
                Lags::OBSERVED
            },
            ..PortalShape::default()
        };
        let hubspot = HubSpotSandbox::new(shape, clock.clone(), 7);
        let weather = Arc::new(Weather {
            clock,
            wrong_by_min: AtomicI64::new(0),
            stripe,
            hubspot: hubspot.clone(),
            round: Mutex::new(Round::calm()),
            requests: AtomicUsize::new(0),
            commits: AtomicUsize::new(0),
            rough: AtomicBool::new(false),
            power: Power::lasting(),
        });
        weather
            .stripe
            .add_key(SandboxKey::new(KEY, Sample::PERMISSIONS));
        weather.act(Act::Rescope);
        let life = Self {
            business,
            hubspot,
            weather,
            trouble,
            case: case.to_owned(),
            folder: in_memory(),
            engine: None,
        };
        life.people_were_there_before();
        life
    }

    pub(super) async fn live(&mut self) {
        self.weather.begin(self.trouble.round(0));
        for _ in 0..SETUP_TRIES {
            if self.set_up().await {
                break;
            }
            self.after_a_try().await;
        }
        self.weather.calm();
        self.go_to(CALM_AFTER_H);
        assert!(self.set_up().await, "{}: setup in calm weather", self.case);
        for (number, at_h) in ROUNDS_H.into_iter().enumerate() {
            self.go_to(at_h);
            self.weather.begin(self.trouble.round(number + 1));
            for attempt in 0..SYNC_TRIES {
                self.sync().await;
                self.people_work(number);
                self.business.advance(at(at_h + 1 + attempt));
                self.after_a_try().await;
            }
            self.weather.calm();
            self.go_to(at_h + CALM_AFTER_H);
            // In the background a part of the records is looked at each hour; here all of them at once.
            assert!(self.connect().await, "{}", self.case);
            self.engine().check_drift().await.unwrap();
            let outcome = self.sync().await;
            let runs = self.engine().runs().await.unwrap();
            assert_eq!(
                outcome,
                Some(RunOutcome::Done),
                "{}\n{:#?}",
                self.case,
                runs[0]
            );
            if let Some(compared) = runs[0].compared {
                assert_eq!(compared.differing, 0, "{}: events were missed", self.case);
            }
        }
    }

    /// A shorter life, from wherever it stands: setup, and two syncs of a business that has gone on. Whether it came to
    /// its end.
    pub(super) async fn live_shortly(&mut self) -> bool {
        if !self.set_up().await {
            return false;
        }
        for hours in [ROUNDS_H[0], ROUNDS_H[0] + CALM_AFTER_H] {
            if self.weather.clock.now() < at(hours) {
                self.go_to(hours);
            }
            if self.sync().await != Some(RunOutcome::Done) {
                return false;
            }
        }
        true
    }

    pub(super) fn state(&self) -> State {
        State::of(&unlocked(&self.database()), &self.hubspot)
    }

    /// Checks every page and index of the file.
    pub(super) fn check_file(&self) {
        let opened = Store::open(&self.database(), data_key(), self.weather.now()).unwrap();
        assert_eq!(opened.set_aside, None, "{}", self.case);
        opened.store.check().unwrap();
    }

    /// Starts the program anew.
    pub(super) fn restart(&mut self) {
        self.engine = None;
    }

    /// The setup as far as it comes; whether it is finished.
    pub(super) async fn set_up(&mut self) -> bool {
        if !self.connect().await {
            return false;
        }
        let engine = self.engine();
        let Ok(setup) = engine.setup().await else {
            return false;
        };
        if setup.finished {
            return true;
        }
        if setup.reached < SetupStep::Preview
            && (engine.start_import().await.is_err() || !self.ended_well().await)
        {
            return false;
        }
        self.push().await && self.engine().finish_setup().await.is_ok()
    }

    /// One sync, and the plan it shows approved; `None` when it did not come about.
    pub(super) async fn sync(&mut self) -> Option<RunOutcome> {
        if !self.connect().await {
            return None;
        }
        let engine = self.engine();
        engine.sync_now().await.ok()?;
        engine.run_ended().await;
        let outcome = engine.runs().await.ok()?.first()?.outcome;
        if outcome == Some(RunOutcome::WaitsForApproval) {
            return self.push().await.then_some(RunOutcome::Done);
        }
        outcome
    }

    async fn push(&self) -> bool {
        let engine = self.engine();
        let Ok(plan) = engine.make_plan().await else {
            return false;
        };
        engine.push(plan.id).await.is_ok() && self.ended_well().await
    }

    async fn ended_well(&self) -> bool {
        let engine = self.engine();
        engine.run_ended().await;
        let runs = engine.runs().await.unwrap_or_default();
        runs.first()
            .is_some_and(|run| run.outcome == Some(RunOutcome::Done))
    }

    /// Starts the program if it does not run, with both keys.
    async fn connect(&mut self) -> bool {
        if self.engine.is_some() {
            return true;
        }
        let Some(engine) = self.open() else {
            return false;
        };
        let key = |text: &str| Secret::new(text.to_owned());
        let connected = engine.connect_stripe(key(KEY), true, false).await.is_ok()
            && engine
                .connect_hubspot(key(TOKEN), true, false)
                .await
                .is_ok();
        self.engine = connected.then_some(engine);
        connected
    }

    fn open(&self) -> Option<Arc<Engine>> {
        let opened = Store::open(&self.database(), data_key(), self.weather.now()).ok()?;
        assert_eq!(opened.set_aside, None, "{}", self.case);
        let weather = self.weather.clone();
        opened.store.guard_commits(move |step| weather.commit(step));
        let way = |to_stripe| Arc::new(Way::new(self.weather.clone(), to_stripe));
        let weather = self.weather.clone();
        let config = EngineConfig {
            data_folder: self.folder.path().to_owned(),
            profile: "lives".to_owned(),
            sample_data: false,
            services: Services {
                stripe: way(true),
                stripe_url: Url::parse("https://api.stripe.com").unwrap(),
                hubspot: way(false),
                hubspot_url: Url::parse("https://api.hubapi.com").unwrap(),
            },
            clock: Clock::new(move || weather.now()),
            random_name: || "life".to_owned(),
        };
        Some(Engine::on(opened, config))
    }

    fn engine(&self) -> Arc<Engine> {
        self.engine.clone().unwrap()
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.path().join("clearsync.sqlite")
    }

    async fn after_a_try(&mut self) {
        tokio::time::sleep(Duration::from_mins(7)).await;
        if self.weather.restarts() {
            self.restart();
        }
    }

    /// So many hours after the start, for the world and its businesses.
    fn go_to(&mut self, hours: i64) {
        let there = at(hours);
        let clock = &self.weather.clock;
        let left = there.duration_since(clock.now());
        assert!(left.is_positive(), "{}: {left} to {there}", self.case);
        clock.jump(left);
        self.business.advance(there);
    }

    /// A contact and a company of a customer were in the portal before, and some of nobody's.
    fn people_were_there_before(&self) {
        let data = self.business.data();
        let data = data.read().unwrap();
        let emails = data
            .all("customer")
            .filter_map(|customer| customer["email"].as_str());
        for (number, email) in emails.take(2).enumerate() {
            let title = format!("Head of number {number}");
            let values = [("email", email), ("jobtitle", &title)];
            self.hubspot.seed("contacts", &values).unwrap();
        }
        self.hubspot
            .seed(
                "contacts",
                &[
                    ("email", "nobody@elsewhere.example"),
                    ("firstname", "Nobody"),
                ],
            )
            .unwrap();
        self.hubspot
            .seed(
                "companies",
                &[("domain", "elsewhere.example"), ("name", "Elsewhere")],
            )
            .unwrap();
    }

    /// People change what is theirs, and what is not.
    fn people_work(&self, round: usize) {
        let phone = format!("+1 555 01{round:02}");
        for (id, values) in self.hubspot.records("contacts").unwrap() {
            if values
                .get("jobtitle")
                .is_some_and(|title| title.starts_with("Head of"))
            {
                self.hubspot
                    .edit("contacts", &id, &[("phone", &phone)])
                    .unwrap();
                // Only what ClearSync made can be changed.
                _ = self
                    .hubspot
                    .edit("contacts", &id, &[("clearsync_mrr", "1")]);
            }
        }
    }
}

fn at(hours: i64) -> Timestamp {
    let start: Timestamp = START.parse().unwrap();
    start
        .checked_add(SignedDuration::from_hours(hours))
        .unwrap()
}

/// A folder that no disk has to keep, where there is one: what a power failure leaves is looked at elsewhere.
fn in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

impl Weather {
    /// The time as the computer has it.
    fn now(&self) -> Timestamp {
        let wrong = SignedDuration::from_mins(self.wrong_by_min.load(Ordering::Relaxed));
        self.clock.now().checked_add(wrong).unwrap()
    }

    fn begin(&self, round: Round) {
        self.stripe
            .set_event_lag(SignedDuration::from_secs(round.event_lag_s));
        *self.round.lock().unwrap() = round;
        self.requests.store(0, Ordering::Relaxed);
        self.commits.store(0, Ordering::Relaxed);
        self.rough.store(true, Ordering::Relaxed);
    }

    fn calm(&self) {
        self.begin(Round::calm());
        self.rough.store(false, Ordering::Relaxed);
        for act in [Act::SetClock(0), Act::Allow, Act::Rescope] {
            self.act(act);
        }
    }

    fn restarts(&self) -> bool {
        self.round.lock().unwrap().restarts
    }

    /// What is due before the next request happens.
    fn next_request(&self) {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let acts = self.round.lock().unwrap().acts.clone();
        for (_, act) in acts.into_iter().filter(|(at, _)| *at == number) {
            self.act(act);
        }
    }

    fn act(&self, act: Act) {
        match act {
            Act::SetClock(minutes) => self.wrong_by_min.store(minutes, Ordering::Relaxed),
            Act::Sleep(minutes) => self.clock.jump(SignedDuration::from_mins(minutes)),
            Act::Deny(permission) => self.stripe.deny(KEY, permission),
            Act::Allow => {
                for permission in Sample::PERMISSIONS {
                    self.stripe.grant(KEY, permission);
                }
            }
            Act::Unscope(gone) => {
                let left = Sample::SCOPES.into_iter().filter(|scope| *scope != gone);
                self.hubspot.set_scopes(TOKEN, left);
            }
            Act::Rescope => self.hubspot.set_scopes(TOKEN, Sample::SCOPES),
        }
    }

    fn commit(&self, step: CommitStep) -> Result<(), StoreError> {
        if !self.power.holds() {
            return Err(StoreError::DiskFailed);
        }
        if step == CommitStep::After {
            return Ok(());
        }
        let number = self.commits.fetch_add(1, Ordering::Relaxed);
        if self.round.lock().unwrap().refused_commits.contains(&number) {
            let error = [StoreError::DiskFull, StoreError::Locked];
            return Err(error.into_iter().nth(number % 2).unwrap());
        }
        Ok(())
    }
}

/// The way to a service through the weather.
struct Way {
    weather: Arc<Weather>,
    to_stripe: bool,
    calm: Arc<dyn Transport>,
    rough: Mutex<Option<(u64, Arc<dyn Transport>)>>,
}

impl Way {
    fn new(weather: Arc<Weather>, to_stripe: bool) -> Self {
        let calm: Arc<dyn Transport> = if to_stripe {
            Arc::new(InProcess::new(weather.stripe.router()))
        } else {
            Arc::new(InProcess::new(weather.hubspot.router()))
        };
        Self {
            weather,
            to_stripe,
            calm,
            rough: Mutex::new(None),
        }
    }

    /// The way as it is now. Faults are counted from the beginning of a round.
    fn now(&self) -> Arc<dyn Transport> {
        if !self.weather.rough.load(Ordering::Relaxed) {
            return self.calm.clone();
        }
        let round = self.weather.round.lock().unwrap();
        let plan = if self.to_stripe {
            &round.stripe
        } else {
            &round.hubspot
        };
        let mut rough = self.rough.lock().unwrap();
        if let Some((seed, way)) = &*rough
            && *seed == plan.seed
        {
            return way.clone();
        }
        let faults = Faults::new(plan.clone());
        let way: Arc<dyn Transport> = if self.to_stripe {
            Arc::new(InProcess::new(faults.layer(self.weather.stripe.router())))
        } else {
            Arc::new(InProcess::new(faults.layer(self.weather.hubspot.router())))
        };
        *rough = Some((plan.seed, way.clone()));
        way
    }
}

#[async_trait]
impl Transport for Way {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.weather.power.pass().await;
        self.weather.next_request();
        let events = self.to_stripe && request.uri().path() == "/v1/events";
        let answer = self.now().send(request).await;
        self.weather.power.pass().await;
        let answer = answer?;
        let scrambled = events && self.weather.round.lock().unwrap().events_scrambled;
        Ok(if scrambled { scramble(answer) } else { answer })
    }
}

/// Events of one second in another order, and some of them twice. The last stays the last, since the next page begins
/// behind it.
fn scramble(answer: Response) -> Response {
    let (parts, body) = answer.into_parts();
    let Ok(mut page) = serde_json::from_slice::<Value>(&body) else {
        return Response::from_parts(parts, body);
    };
    if let Some(events) = page["data"].as_array_mut() {
        let last = events.len().saturating_sub(1);
        for place in 1..last {
            if events[place]["created"] == events[place - 1]["created"] {
                events.swap(place, place - 1);
            }
        }
        if let Some(first) = events.first().cloned() {
            events.insert(0, first);
        }
    }
    Response::from_parts(parts, page.to_string().into())
}
