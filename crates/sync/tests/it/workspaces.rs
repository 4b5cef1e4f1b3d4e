//! Several accounts beside each other: nothing of one reaches another.

mod apart;
mod coming_and_going;
mod switchboard;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clearsync_sandbox::{
    Clock as _, Sample, VirtualClock,
    business::{Business, Shape},
    stripe::SandboxKey,
};
use clearsync_store::{Store, StoreError};
use clearsync_sync::{
    Clock, DataKeyPlace, Engine, EngineConfig, Services, Workspaces, WorkspacesConfig, random_name,
    view::{Problem, ProblemCode, RunOutcome, RunRow, WorkspaceId},
};
use clearsync_transport::{InProcess, Secret};
use jiff::Timestamp;
use tempfile::TempDir;
use url::Url;

use self::switchboard::Switchboard;
use crate::world::{data_key, unlocked};

/// A business with its Stripe account, and the portal it is brought to.
struct Party {
    stripe_key: &'static str,
    token: &'static str,
    sample: Sample,
}

const ACME: usize = 0;
const GLOBEX: usize = 1;
/// The same Stripe account as Acme's, in test mode.
const ACME_TEST: usize = 2;
/// One more, which no workspace begins with.
const INITECH: usize = 3;

const KEYS: [(&str, &str); 4] = [
    (
        "rk_live_51KeyOfAcmeInLiveModeAAAA",
        "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aaaaaaaaaaaa",
    ),
    (
        "rk_live_51KeyOfGlobexInLiveModeBBBB",
        "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-bbbbbbbbbbbb",
    ),
    (
        "rk_test_51KeyOfAcmeInTestModeCCCC",
        "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-cccccccccccc",
    ),
    (
        "rk_live_51KeyOfInitechInLiveModeDDDD",
        "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-dddddddddddd",
    ),
];

/// Several businesses and their portals behind one address of each service, and one computer.
struct World {
    parties: Vec<Party>,
    stripe: Arc<Switchboard>,
    hubspot: Arc<Switchboard>,
    clock: Arc<VirtualClock>,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        let now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let clock = Arc::new(VirtualClock::starting_at(now));
        let parties: Vec<Party> = KEYS
            .into_iter()
            .enumerate()
            .map(|(number, keys)| party(number, keys, &clock))
            .collect();
        let same = parties[ACME].sample.stripe.account_id();
        parties[ACME_TEST].sample.stripe.set_account_id(&same);
        let stripe = parties.iter().map(|party| {
            let router = party.sample.stripe.router();
            (party.stripe_key, Arc::new(InProcess::new(router)) as _)
        });
        let hubspot = parties.iter().map(|party| {
            let router = party.sample.hubspot.router();
            (party.token, Arc::new(InProcess::new(router)) as _)
        });
        Self {
            stripe: Switchboard::to(stripe),
            hubspot: Switchboard::to(hubspot),
            parties,
            clock,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The workspaces as a process that starts opens them. Keys kept for one run are gone.
    async fn open(&self) -> Arc<Workspaces> {
        let clock = self.clock.clone();
        let workspaces = Workspaces::find(WorkspacesConfig {
            first: EngineConfig {
                data_folder: self.folder.path().join("data"),
                profile: "test".to_owned(),
                sample_data: false,
                services: Services {
                    stripe: self.stripe.clone(),
                    stripe_url: Url::parse("https://api.stripe.com").unwrap(),
                    hubspot: self.hubspot.clone(),
                    hubspot_url: Url::parse("https://api.hubapi.com").unwrap(),
                },
                clock: Clock::new(move || clock.now()),
                random_name,
            },
            data_key: DataKeyPlace::File(self.folder.path().join("data.key")),
            random: || Ok([7; 32].into()),
        })
        .await;
        workspaces.open().await;
        workspaces
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Acme, Globex and Acme in test mode, each in a workspace of its own.
    async fn three(&self) -> (Arc<Workspaces>, [WorkspaceId; 3], [Arc<Engine>; 3]) {
        let workspaces = self.open().await;
        let mut ids = vec![workspaces.list().shown];
        self.connect(&workspaces.engine(&ids[0]).unwrap(), ACME)
            .await
            .unwrap();
        for party in [GLOBEX, ACME_TEST] {
            let id = workspaces.add().await.unwrap().shown;
            let engine = workspaces.engine(&id).unwrap();
            self.connect(&engine, party).await.unwrap();
            ids.push(id);
        }
        let ids: [WorkspaceId; 3] = ids.try_into().unwrap();
        let engines = ids.each_ref().map(|id| workspaces.engine(id).unwrap());
        (workspaces, ids, engines)
    }

    async fn connect(&self, engine: &Engine, party: usize) -> Result<(), Problem> {
        let Party {
            stripe_key, token, ..
        } = self.parties[party];
        engine
            .connect_stripe(secret(stripe_key), true, false)
            .await?;
        engine.connect_hubspot(secret(token), true, false).await?;
        Ok(())
    }

    /// Whose each id in Stripe is, as far as it is one party's alone.
    fn owners(&self) -> BTreeMap<String, usize> {
        let mut owners = BTreeMap::new();
        let mut shared = BTreeSet::new();
        for (number, party) in self.parties.iter().enumerate() {
            for id in ids(party, &["customer", "subscription", "invoice", "charge"]) {
                if owners.insert(id.clone(), number).is_some() {
                    shared.insert(id);
                }
            }
        }
        assert_eq!(shared, BTreeSet::new(), "no two have an id in common");
        owners
    }

    fn folder_of(&self, id: &WorkspaceId) -> PathBuf {
        if id.is_first() {
            self.data()
        } else {
            self.data().join("workspaces").join(id.as_str())
        }
    }

    /// The ids of all objects that a workspace's store holds.
    fn stored(&self, id: &WorkspaceId) -> BTreeSet<String> {
        let database = self.folder_of(id).join("clearsync.sqlite");
        let store = Store::open(&database, data_key(), self.clock.now())
            .unwrap()
            .store;
        let mut ids = BTreeSet::new();
        store
            .read::<_, StoreError>(|view| {
                for account in view.accounts()? {
                    for kind in ["customer", "subscription", "invoice", "charge"] {
                        view.each_object::<StoreError>(account.id, kind, |object| {
                            ids.insert(object.id.clone());
                            Ok(())
                        })?;
                    }
                }
                Ok(())
            })
            .unwrap();
        ids
    }
}

impl Party {
    /// Brings what the business wrote into the mode of its key. It writes everything as in test mode.
    fn keep_mode(&self) {
        let data = self.sample.with_business(|business| business.data());
        let live = self.stripe_key.starts_with("rk_live_");
        data.write().unwrap().set_livemode(live);
    }

    /// Lets the business live on to now.
    fn live_on(&self) {
        self.sample.live_on();
        self.keep_mode();
    }
}

fn party(
    number: usize,
    (stripe_key, token): (&'static str, &'static str),
    clock: &Arc<VirtualClock>,
) -> Party {
    let business = Business::play([3, 5, 7, 11][number], &Shape::small(), clock.now());
    let sample = Sample::of(business, clock.clone());
    sample
        .stripe
        .add_key(SandboxKey::new(stripe_key, Sample::PERMISSIONS));
    sample.hubspot.add_token(token, Sample::SCOPES);
    sample
        .hubspot
        .reshape(|shape| shape.portal_id += number as u64);
    let party = Party {
        stripe_key,
        token,
        sample,
    };
    party.keep_mode();
    party
}

fn ids(party: &Party, kinds: &[&str]) -> BTreeSet<String> {
    let data = party.sample.with_business(|business| business.data());
    let data = data.read().unwrap();
    let of_kind = |kind: &&str| {
        let all = data.all(kind);
        all.map(|object| object["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    kinds.iter().flat_map(of_kind).collect()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// The run that was under way, after its end.
async fn ended(engine: &Engine) -> RunRow {
    engine.run_ended().await;
    engine.runs().await.unwrap().swap_remove(0)
}

/// Imports, plans and pushes.
async fn bring_in(engine: &Arc<Engine>) {
    engine.start_import().await.unwrap();
    assert_eq!(ended(engine).await.outcome, Some(RunOutcome::Done));
    let plan = engine.make_plan().await.unwrap();
    engine.push(plan.id).await.unwrap();
    assert_eq!(ended(engine).await.outcome, Some(RunOutcome::Done));
    engine.finish_setup().await.unwrap();
}

async fn sync(engine: &Arc<Engine>) -> RunRow {
    engine.sync_now().await.unwrap();
    ended(engine).await
}

/// Every file below a folder with its bytes, but for what lies in `but`.
fn bytes(folder: &Path, but: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path == but {
            continue;
        }
        if path.is_dir() {
            found.extend(bytes(&path, but));
        } else {
            found.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    found
}

fn code<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> ProblemCode {
    outcome.unwrap_err().code
}

/// Long enough for every request to wait for others on the way.
const ROUND_TRIP: Duration = Duration::from_millis(40);
