//! Everything forgotten, on real files.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use clearsync_store::DataKey;
use clearsync_sync::{
    leave_nothing,
    view::{Forgotten, Phase, RealtimeState, TraceKind},
};

use super::*;

fn next_key() -> DataKey {
    DataKey::from_random([9; 32].into())
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path);
        }
    }
    found
}

fn kinds(forgotten: &Forgotten) -> BTreeSet<TraceKind> {
    forgotten.removed.iter().map(|trace| trace.kind).collect()
}

/// What ClearSync leaves in its folder over time, and files of others beside it.
async fn furnished(world: &World, engine: &Arc<Engine>) -> [PathBuf; 3] {
    let folder = world.folder.path();
    engine.back_up().await.unwrap();
    let backups = engine.backups().await.unwrap();
    engine.restore(&backups[0].name).await.unwrap();
    fs::create_dir_all(folder.join("logs")).unwrap();
    for name in [
        "logs/clearsync.2026-05-31.log",
        "clearsync.sqlite.damaged-20260501T000000Z-1",
        "clearsync.sqlite.damaged-20260501T000000Z-1-wal",
        "clearsync.sqlite.other-key-20260501T000000Z-1",
        "clearsync.sqlite.sealing",
    ] {
        fs::write(folder.join(name), "acme").unwrap();
    }
    let foreign = [
        "notes.txt",
        "backups/clearsync-mine.sqlite",
        "logs/other.log",
    ];
    foreign.map(|name| {
        let path = folder.join(name);
        fs::write(&path, "mine").unwrap();
        path
    })
}

#[tokio::test(start_paused = true)]
async fn every_file_and_the_endpoint_go_and_setup_begins_anew() {
    let world = World::new();
    let engine = world.imported().await;
    assert_eq!(push(&engine).await.outcome, Some(RunOutcome::Done));
    engine.finish_setup().await.unwrap();
    engine
        .start_realtime("https://hooks.acme.com/s", 0, true)
        .await
        .unwrap();
    let foreign = furnished(&world, &engine).await;
    let written = records(&world);
    let email = some_email(&world);
    // Encrypted, so that the search for it finds nothing before either; a copy for another computer holds it.
    assert!(!holds(&world, &email));
    let readable = world
        .folder
        .path()
        .join("backups/clearsync-20260601T000000000Z.sqlite");
    engine.back_up_readable_to(readable).await.unwrap();
    assert!(holds(&world, &email), "the data is there");

    let forgotten = engine.forget(next_key()).await.unwrap();
    assert_eq!(forgotten.left, []);
    let (kinds, own) = (
        kinds(&forgotten),
        [
            TraceKind::Endpoint,
            TraceKind::Database,
            TraceKind::SetAside,
            TraceKind::Backup,
            TraceKind::Log,
        ],
    );
    assert!(own.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    let deleted = world.stripe.requests();
    assert!(deleted.iter().any(|one| one.method == "DELETE"));
    assert_eq!(records(&world), written, "HubSpot keeps what was written");
    for path in &foreign {
        assert_eq!(fs::read_to_string(path).unwrap(), "mine");
    }
    assert!(!holds(&world, &email), "no byte of it is left");

    let setup = engine.setup().await.unwrap();
    assert_eq!((setup.step, setup.finished), (SetupStep::Welcome, false));
    assert_eq!((setup.stripe, setup.hubspot), (None, None));
    let status = engine.status();
    assert_eq!((status.phase, status.attention), (Phase::NotSetUp, 0));
    assert_eq!(engine.realtime().await.unwrap().state, RealtimeState::Off);
    assert_eq!(engine.runs().await.unwrap(), []);
    assert!(
        engine.check_all(Service::Stripe).await.is_err(),
        "no key is left"
    );

    // And it works again, to the same end.
    connect_stripe(&engine, KEY).await.unwrap();
    connect_hubspot(&engine, TOKEN).await.unwrap();
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(push(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(records(&world), written);

    let folder = world.folder.path();
    engine.forget(next_key()).await.unwrap();
    drop(engine);
    leave_nothing(folder);
    assert_eq!(files(folder), BTreeSet::from(foreign));
}

fn some_email(world: &World) -> String {
    let data = world.data.read().unwrap();
    let mut emails = data.all("customer").filter_map(|one| one["email"].as_str());
    emails.next().unwrap().to_owned()
}

/// Whether any file of the folder holds the text.
fn holds(world: &World, text: &str) -> bool {
    let bytes = files(world.folder.path())
        .into_iter()
        .map(|path| fs::read(path).unwrap());
    let found = |bytes: Vec<u8>| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    bytes.into_iter().any(found)
}

/// What runs is stopped first, and a folder of ClearSync's alone is gone at the end.
#[tokio::test(start_paused = true)]
async fn a_run_under_way_is_stopped_first() {
    let world = World::new();
    let engine = world.connected().await;
    world.to_stripe.set_round_trip(Duration::from_millis(400));
    engine.start_import().await.unwrap();
    world.some_read().await;
    let forgotten = engine.forget(next_key()).await.unwrap();
    assert_eq!(forgotten.left, []);
    assert_eq!(engine.status().progress, None);
    assert_eq!(engine.runs().await.unwrap(), []);
    let folder = world.folder.path().to_owned();
    drop(engine);
    leave_nothing(&folder);
    assert!(!folder.exists());
}

/// An endpoint that the key may not delete any more is named, with the page where it can be; all else is forgotten.
#[tokio::test(start_paused = true)]
async fn an_endpoint_that_cannot_be_deleted_is_named() {
    let world = World::new();
    let engine = world.imported().await;
    engine
        .start_realtime("https://hooks.acme.com/s", 0, true)
        .await
        .unwrap();
    let endpoint = engine.realtime().await.unwrap().endpoint;
    world.stripe.deny(KEY, "webhook_write");
    let forgotten = engine.forget(next_key()).await.unwrap();
    let [left] = &forgotten.left[..] else {
        panic!("one thing: {:?}", forgotten.left)
    };
    assert_eq!(
        (left.trace.kind, &left.trace.name),
        (TraceKind::Endpoint, &endpoint)
    );
    assert_eq!(left.problem.code, ProblemCode::StripePermissionMissing);
    assert_eq!(
        left.url.as_deref(),
        Some("https://dashboard.stripe.com/test/webhooks")
    );
    assert!(kinds(&forgotten).contains(&TraceKind::Database));
    assert_eq!(engine.setup().await.unwrap().stripe, None);
}

/// While another process works on the same data, nothing is forgotten.
#[tokio::test(start_paused = true)]
async fn nothing_is_forgotten_under_another_process() {
    let world = World::new();
    let engine = world.imported().await;
    let lease = world.store().lease().unwrap();
    assert_eq!(
        code(engine.forget(next_key()).await),
        ProblemCode::AnotherSyncRunning
    );
    drop(lease);
    assert!(!engine.overview().await.unwrap().totals.is_empty());
}
