//! The app behind the window, against the simulated services and in virtual time.

mod attention;
mod backup;
mod checklist;
#[cfg(target_os = "linux")]
mod disk;
mod figures;
mod files;
mod forget;
mod grain;
mod installations;
mod keys;
mod mail_domains;
mod permissions;
mod realtime;
mod rotation;
mod runs;
mod safety;
mod schedule;
mod setup;
mod weather;
mod wire;

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use clearsync_sandbox::{
    Clock as _, Sample, StripeData, VirtualClock,
    business::{Business, Shape},
    hubspot::HubSpotSandbox,
    stripe::{SandboxKey, StripeSandbox},
};
use clearsync_store::{Account, AccountId, Store, StoreError};
use clearsync_sync::{
    Change, Clock, Engine, EngineConfig, Former, Services, random_name,
    view::{
        Choices, Problem, ProblemCode, RunKind, RunOutcome, RunRow, Service, Setup, SetupStep,
        Status,
    },
};
use clearsync_transport::{InProcess, Secret};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::sync::broadcast;
use url::Url;

use self::wire::Wire;
use crate::world::{data_key, unlocked};

const KEY: &str = "rk_test_51SimulatedKeyOfTheBusiness";
const NEW_KEY: &str = "rk_test_51AnotherKeyOfTheSameBusiness";
const TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";

/// The simulated services, a folder for data, and a clock. Engines come and go on it as processes do.
struct World {
    stripe: StripeSandbox,
    /// What Stripe holds.
    data: Arc<RwLock<StripeData>>,
    hubspot: HubSpotSandbox,
    to_stripe: Arc<Wire>,
    to_hubspot: Arc<Wire>,
    clock: Arc<VirtualClock>,
    folder: TempDir,
    sample: Sample,
}

impl Drop for World {
    fn drop(&mut self) {
        crate::push_world::keeps_to_published_shapes(&self.hubspot);
    }
}

impl World {
    fn new() -> Self {
        Self::of(&Shape::small())
    }

    fn of(shape: &Shape) -> Self {
        let now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let clock = Arc::new(VirtualClock::starting_at(now));
        let sample = Sample::of(Business::play(3, shape, now), clock.clone());
        let (stripe, hubspot) = (sample.stripe.clone(), sample.hubspot.clone());
        let data = sample.with_business(|business| business.data());
        stripe.add_key(full_key(KEY));
        hubspot.add_token(TOKEN, Sample::SCOPES);
        Self {
            to_stripe: Wire::to(Arc::new(InProcess::new(stripe.router()))),
            to_hubspot: Wire::to(Arc::new(InProcess::new(hubspot.router()))),
            stripe,
            data,
            hubspot,
            clock,
            folder: tempfile::tempdir().unwrap(),
            sample,
        }
    }

    fn config(&self) -> EngineConfig {
        let clock = self.clock.clone();
        EngineConfig {
            data_folder: self.folder.path().to_owned(),
            profile: "test".to_owned(),
            sample_data: false,
            services: Services {
                stripe: self.to_stripe.clone(),
                stripe_url: Url::parse("https://api.stripe.com").unwrap(),
                hubspot: self.to_hubspot.clone(),
                hubspot_url: Url::parse("https://api.hubapi.com").unwrap(),
            },
            clock: Clock::new(move || clock.now()),
            random_name,
        }
    }

    /// An engine, as a process that starts makes it. Keys kept for one run are gone.
    fn open(&self) -> Arc<Engine> {
        Engine::open(self.config(), data_key(), Former::Kept).unwrap()
    }

    /// The store itself, beside the engine.
    fn store(&self) -> Store {
        let opened = Store::open(&self.database(), data_key(), self.clock.now()).unwrap();
        assert_eq!(opened.set_aside, None);
        opened.store
    }

    fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("clearsync.sqlite")
    }

    /// How many objects the store holds of an account.
    fn objects(&self, account: AccountId) -> u64 {
        let counts = self
            .store()
            .read(|view| view.object_counts(account))
            .unwrap();
        counts.into_iter().map(|(_, count)| count).sum()
    }

    /// Changes an object in Stripe, without an event that tells of it.
    fn change(&self, kind: &str, id: &str, change: impl FnOnce(&mut serde_json::Value)) {
        let mut data = self.data.write().unwrap();
        let mut object = data.get(kind, id).unwrap().clone();
        change(&mut object);
        data.upsert(object);
    }

    fn accounts(&self) -> Vec<Account> {
        let read = |view: &clearsync_store::Reader| view.accounts();
        self.store().read::<_, StoreError>(read).unwrap()
    }

    /// Waits until an import has kept something.
    async fn some_read(&self) {
        let account = self.accounts()[0].id;
        while self.objects(account) == 0 {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// An engine with both keys connected and checked, and all of Stripe read.
    async fn imported(&self) -> Arc<Engine> {
        let engine = self.connected().await;
        engine.start_import().await.unwrap();
        assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
        engine
    }

    /// Reads all of Stripe again, a day later.
    async fn read_again(&self, engine: &Arc<Engine>) {
        self.clock.jump(jiff::SignedDuration::from_hours(24));
        engine.start_import().await.unwrap();
        assert_eq!(ended(engine).await.outcome, Some(RunOutcome::Done));
    }

    /// An engine with both keys connected.
    async fn connected(&self) -> Arc<Engine> {
        let engine = self.open();
        connect_stripe(&engine, KEY).await.unwrap();
        connect_hubspot(&engine, TOKEN).await.unwrap();
        engine
    }
}

fn full_key(text: &str) -> SandboxKey {
    SandboxKey::new(text, Sample::PERMISSIONS)
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

async fn connect_stripe(engine: &Engine, key: &str) -> Result<(), Problem> {
    engine.connect_stripe(secret(key), true, false).await?;
    Ok(())
}

async fn connect_hubspot(engine: &Engine, token: &str) -> Result<(), Problem> {
    engine.connect_hubspot(secret(token), true, false).await?;
    Ok(())
}

/// The run that was under way, after its end.
async fn ended(engine: &Engine) -> RunRow {
    engine.run_ended().await;
    engine.runs().await.unwrap().swap_remove(0)
}

/// Plans and pushes, to the end of it.
async fn push(engine: &Arc<Engine>) -> RunRow {
    let plan = engine.make_plan().await.unwrap();
    engine.push(plan.id).await.unwrap();
    ended(engine).await
}

/// How many contacts and companies the portal holds.
fn records(world: &World) -> (usize, usize) {
    let count = |object_type| world.hubspot.records(object_type).unwrap().len();
    (count("contacts"), count("companies"))
}

fn code<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> ProblemCode {
    outcome.unwrap_err().code
}
