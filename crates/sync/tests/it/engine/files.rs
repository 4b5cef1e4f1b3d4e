//! What can be wrong with the data folder: each is named, and nothing is overwritten.

use std::fs;

use clearsync_store::DataKey;
use clearsync_sync::view::AttentionKind;
use jiff::SignedDuration;

use super::*;

fn refused(world: &World) -> ProblemCode {
    match Engine::open(world.config(), data_key(), Former::Kept) {
        Ok(_) => panic!("the store cannot be used"),
        Err(problem) => problem.code,
    }
}

#[tokio::test(start_paused = true)]
async fn a_damaged_database_is_set_aside_and_said_so() {
    let world = World::new();
    drop(world.imported().await);
    let mut damaged = fs::read(world.database()).unwrap();
    let middle = damaged.len() / 2;
    damaged[100..200].fill(0x5a);
    damaged[middle..middle + 4_096].fill(0xa5);
    fs::remove_file(world.folder.path().join("clearsync.sqlite-wal")).ok();
    fs::write(world.database(), &damaged).unwrap();

    let engine = world.open();
    let [item] = &engine.attention().await.unwrap()[..] else {
        panic!("one item")
    };
    assert_eq!(item.kind, AttentionKind::DatabaseSetAside);
    assert_eq!(engine.status().attention, 1);
    assert_eq!(fs::read(&item.subject).unwrap(), damaged, "kept as it was");
    assert_eq!(engine.setup().await.unwrap().step, SetupStep::Welcome);

    connect_stripe(&engine, KEY).await.unwrap();
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(engine.status().attention, 1, "still said");
}

/// With another key nothing is touched until the user gives the data up; then everything is read anew, and said so.
#[tokio::test(start_paused = true)]
async fn data_that_the_key_does_not_open_is_left_until_the_user_says_otherwise() {
    let world = World::new();
    drop(world.imported().await);
    let before = fs::read(world.database()).unwrap();
    let other = || DataKey::from_random([8; 32].into());
    let refused = Engine::open(world.config(), other(), Former::Kept);
    let problem = refused.map(|_| ()).unwrap_err();
    assert_eq!(problem.code, ProblemCode::DataKeyOther);
    assert_eq!(fs::read(world.database()).unwrap(), before);

    let engine = Engine::open(world.config(), other(), Former::SetAside).unwrap();
    let [item] = &engine.attention().await.unwrap()[..] else {
        panic!("one item")
    };
    assert_eq!(item.kind, AttentionKind::DatabaseSetAside);
    assert_eq!(fs::read(&item.subject).unwrap(), before, "kept as it was");
    connect_stripe(&engine, KEY).await.unwrap();
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
}

#[tokio::test(start_paused = true)]
async fn a_newer_database_is_refused_and_left_as_it_is() {
    let world = World::new();
    drop(world.imported().await);
    let newer = unlocked(&world.database());
    newer.pragma_update(None, "user_version", 9_999).unwrap();
    drop(newer);
    let before = fs::read(world.database()).unwrap();
    assert_eq!(refused(&world), ProblemCode::DatabaseNewer);
    assert_eq!(fs::read(world.database()).unwrap(), before);
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_cannot_be_is_refused() {
    let world = World::new();
    fs::write(world.folder.path().join("file"), "not a folder").unwrap();
    let mut config = world.config();
    config.data_folder = world.folder.path().join("file/data");
    let opened = Engine::open(config, data_key(), Former::Kept);
    let problem = opened.map(|_| ()).unwrap_err();
    assert_eq!(problem.code, ProblemCode::DatabaseReadOnly);
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_read_only_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new();
    let folder = world.folder.path();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        // Whoever may do everything is refused nothing.
        return;
    }
    assert_eq!(refused(&world), ProblemCode::DatabaseReadOnly);
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

/// The folder that is made can be read by its owner alone.
#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_new_folder_is_private() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new();
    let mut config = world.config();
    config.data_folder = world.folder.path().join("made/for/it");
    let folder = config.data_folder.clone();
    Engine::open(config, data_key(), Former::Kept).unwrap();
    let mode = fs::metadata(folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// While another process is at work no run begins, and nothing is noted as failed.
#[tokio::test(start_paused = true)]
async fn another_process_at_work_is_waited_for() {
    let world = World::new();
    let engine = world.connected().await;
    let other = world.store();
    let lease = other.lease().unwrap();
    let refused = engine.start_import().await;
    assert_eq!(code(refused), ProblemCode::AnotherSyncRunning);
    assert!(engine.runs().await.unwrap().is_empty());
    assert_eq!(engine.status().progress, None);
    drop(lease);
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
}

/// With the clock a day back nothing is lost and nothing is refused.
#[tokio::test(start_paused = true)]
async fn a_clock_set_back_loses_nothing() {
    let world = World::new();
    let engine = world.imported().await;
    let account = world.accounts()[0].id;
    let read = world.objects(account);
    world.clock.jump(SignedDuration::from_hours(-24));
    let engine_after = world.open();
    assert_eq!(engine_after.status().stripe, engine.status().stripe);
    connect_stripe(&engine_after, KEY).await.unwrap();
    engine_after.start_import().await.unwrap();
    assert_eq!(ended(&engine_after).await.outcome, Some(RunOutcome::Done));
    assert_eq!(world.objects(account), read);
}

/// A process that was killed leaves its run open. The next process to run says that it was stopped.
#[tokio::test(start_paused = true)]
async fn a_run_that_was_cut_off_is_noted_as_stopped() {
    let world = World::new();
    let engine = world.connected().await;
    let (account, now) = (world.accounts()[0].id, world.clock.now());
    let begin = |writer: &clearsync_store::Writer| writer.begin_run(account, "import", now);
    world.store().write::<_, StoreError>(begin).unwrap();
    assert_eq!(engine.runs().await.unwrap()[0].outcome, None);
    engine.start_import().await.unwrap();
    engine.run_ended().await;
    let runs = engine.runs().await.unwrap();
    let outcomes: Vec<_> = runs.iter().map(|run| run.outcome).collect();
    assert_eq!(
        outcomes,
        [Some(RunOutcome::Done), Some(RunOutcome::Stopped)]
    );
}

/// A database that another program keeps locked is waited for, then named; nothing of it is lost.
#[tokio::test(start_paused = true)]
async fn a_locked_database_is_named_and_gone_on_with() {
    let world = World::new();
    let engine = world.connected().await;
    let other = unlocked(&world.database());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = engine.start_import().await;
    assert_eq!(code(refused), ProblemCode::DatabaseBusy);
    assert!(engine.runs().await.unwrap().is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
}
