//! The real program, killed at any moment. Whatever it leaves opens soundly, and the next run goes on: in the end HubSpot
//! holds what it would hold had nothing happened.
//!
//! `cargo xtask soak` does it ten times as often.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use clearsync_sandbox::{
    Sample, ServedSample, SystemClock,
    business::{Business, Shape},
    stripe::SandboxKey,
};
use clearsync_store::{DataKey, Store};
use clearsync_sync::plan::LAST_SYNCED;
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

const KEY: &str = "rk_test_51SimulatedKeyOfTheBusiness";
const TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";
const KILLS: u64 = 200;
/// So many worlds at once.
const LANES: u64 = 4;
/// How long a killed process lives at most. A run takes longer, so that most are killed in its middle.
const LONGEST_LIFE_MS: u64 = 900;

struct World {
    sample: Sample,
    served: ServedSample,
    home: TempDir,
}

/// Chance from a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

impl World {
    async fn new(now: Timestamp) -> Self {
        let sample = Sample::of(
            Business::play(3, &Shape::small(), now),
            Arc::new(SystemClock),
        );
        sample
            .stripe
            .add_key(SandboxKey::new(KEY, Sample::PERMISSIONS));
        sample.hubspot.add_token(TOKEN, Sample::SCOPES);
        let served = sample.serve(Duration::from_millis(2)).await.unwrap();
        Self {
            sample,
            served,
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// The program on its way to sync once.
    async fn sync(&self) -> Child {
        let url = |served: &clearsync_sandbox::Served| format!("http://{}/", served.address());
        let mut command = Command::new(env!("CARGO_BIN_EXE_clearsync"));
        let mut child = command
            .args(["sync", "--once", "--approve", "--keys-from-stdin", "--json"])
            .env_clear()
            .env("HOME", self.home.path())
            .env("CLEARSYNC_DATA_FOLDER", self.home.path().join("data"))
            .env("CLEARSYNC_DATA_KEY_FILE", self.home.path().join("data.key"))
            .env("CLEARSYNC_STRIPE_URL", url(&self.served.stripe))
            .env("CLEARSYNC_HUBSPOT_URL", url(&self.served.hubspot))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let keys = format!("{KEY}\n{TOKEN}\n");
        // One that was killed reads nothing.
        _ = stdin.write_all(keys.as_bytes()).await;
        child
    }

    fn database(&self) -> PathBuf {
        self.home.path().join("data/clearsync.sqlite")
    }

    /// What the portal holds, without ids and times.
    fn held(&self) -> BTreeSet<String> {
        let mut held = BTreeSet::new();
        let mut names = BTreeMap::new();
        for object in ["contacts", "companies"] {
            for (id, mut values) in self.sample.hubspot.records(object).unwrap() {
                let system = |name: &str| {
                    [LAST_SYNCED, "clearsync_written_by"].contains(&name)
                        || name.starts_with("hs_")
                        || ["createdate", "lastmodifieddate", "associatedcompanyid"].contains(&name)
                };
                values.retain(|name, _| !system(name));
                let text = format!("{object} {}", serde_json::to_string(&values).unwrap());
                assert!(held.insert(text.clone()), "twice: {text}");
                names.insert(id, text);
            }
        }
        let links = self.sample.hubspot.associations();
        let name = |end: &Value| &names[end["id"].as_str().unwrap()];
        let links = links.as_array().unwrap().iter();
        held.extend(links.map(|link| format!("{} – {}", name(&link["from"]), name(&link["to"]))));
        held
    }
}

/// Opens a copy of what a process left, with its log cut to so many bytes as a power failure may; every page is sound.
fn check_copy(database: &Path, log_bytes: Option<usize>) {
    if !database.exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.sqlite");
    fs::copy(database, &copy).unwrap();
    if let Ok(mut log) = fs::read(database.with_extension("sqlite-wal")) {
        log.truncate(log_bytes.unwrap_or(log.len()));
        fs::write(copy.with_extension("sqlite-wal"), log).unwrap();
    }
    let key = fs::read_to_string(database.with_file_name("../data.key")).unwrap();
    let key = DataKey::parse(key.trim()).unwrap();
    let opened = Store::open(&copy, key, Timestamp::now()).unwrap();
    assert_eq!(opened.set_aside, None);
    opened.store.check().unwrap();
}

/// How long the log is.
fn log_bytes(database: &Path) -> u64 {
    let log = fs::metadata(database.with_extension("sqlite-wal"));
    log.map_or(0, |log| log.len())
}

/// Lets a process live for so long; whether it came to its end before.
async fn lived(mut child: Child, life_ms: u64) -> bool {
    tokio::select! {
        status = child.wait() => {
            assert_eq!(status.unwrap().code(), Some(0));
            true
        }
        () = tokio::time::sleep(Duration::from_millis(life_ms)) => {
            child.kill().await.unwrap();
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_the_next_run_goes_on() {
    let wanted = env::var("CLEARSYNC_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let seed = env::var("CLEARSYNC_SEED").map_or(1, |seed| seed.parse().unwrap());
    let now = Timestamp::now();
    let whole = World::new(now).await;
    assert!(lived(whole.sync().await, 60_000).await);
    let expected = whole.held();
    assert!(expected.len() > 20, "{}", expected.len());

    let lanes = (0..LANES).map(|lane| {
        let expected = expected.clone();
        let seed = seed * LANES + lane;
        tokio::spawn(async move { lane_of(seed, wanted / LANES, now, &expected).await })
    });
    let mut kills = 0;
    for lane in lanes.collect::<Vec<_>>() {
        kills += lane.await.unwrap();
    }
    println!("killed {kills} times");
}

/// Kills so many times or some more, in one world after another; gives how often.
async fn lane_of(seed: u64, wanted: u64, now: Timestamp, expected: &BTreeSet<String>) -> u64 {
    let (mut dice, mut kills) = (Dice(seed), 0);
    while kills < wanted {
        let world = World::new(now).await;
        // A run that is killed too early each time comes nowhere.
        let mut grown_ms = 0;
        while !lived(world.sync().await, dice.up_to(LONGEST_LIFE_MS) + grown_ms).await {
            kills += 1;
            grown_ms += 25;
            let database = world.database();
            check_copy(&database, None);
            let cut = dice.up_to(log_bytes(&database) + 1);
            check_copy(&database, Some(usize::try_from(cut).unwrap()));
        }
        let held = world.held();
        let lost: Vec<_> = expected.difference(&held).take(2).collect();
        let wrong: Vec<_> = held.difference(expected).take(2).collect();
        assert!(
            lost.is_empty() && wrong.is_empty(),
            "lane {seed}: lost {lost:#?}\nwrong {wrong:#?}"
        );
    }
    kills
}
