//! Backups: one command makes one, one puts it back, and nothing of one account reaches another.

use std::fs;

use clearsync_store::DataKey;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_backup_brings_back_what_was_there_and_the_next_sync_catches_up() {
    let world = World::new();
    let engine = world.imported().await;
    assert_eq!(push(&engine).await.outcome, Some(RunOutcome::Done));
    let backup = engine.back_up().await.unwrap();
    assert!(
        backup.name.starts_with("clearsync-20260601T12"),
        "{backup:?}"
    );
    let account = world.accounts()[0].id;
    let before = (world.objects(account), records(&world));

    world.clock.jump(jiff::SignedDuration::from_hours(1));
    engine.disconnect(Service::HubSpot).await.unwrap();
    assert_eq!(engine.setup().await.unwrap().hubspot, None);
    engine.restore(&backup.name).await.unwrap();

    let setup = engine.setup().await.unwrap();
    assert!(
        setup.stripe.is_some(),
        "the key of the same account is kept"
    );
    assert_eq!(
        setup.hubspot, None,
        "its key was deleted, so it is asked for"
    );
    let backups = engine.backups().await.unwrap();
    let former = backups
        .iter()
        .find(|row| row.name.starts_with("before-restore-20260601T13"));
    assert!(former.is_some_and(|row| row.size_kib > 100), "{backups:?}");
    connect_hubspot(&engine, TOKEN).await.unwrap();
    engine.sync_now().await.unwrap();
    ended(&engine).await;
    assert_eq!((world.objects(account), records(&world)), before);
    let plan = engine.make_plan().await.unwrap();
    assert_eq!(plan.creates + plan.updates, 0, "{plan:?}");
}

/// A copy for another computer is not encrypted, and is there restored like any other.
#[tokio::test(start_paused = true)]
async fn a_readable_copy_brings_the_data_to_another_computer() {
    let world = World::new();
    let engine = world.imported().await;
    let account = world.accounts()[0].id;
    let before = world.objects(account);
    let copy = world.folder.path().join("copy.sqlite");
    engine.back_up_readable_to(copy.clone()).await.unwrap();
    engine.back_up().await.unwrap();
    drop(engine);
    let there = tempfile::tempdir().unwrap();
    let folder = there.path().join("backups");
    fs::create_dir(&folder).unwrap();
    fs::copy(&copy, folder.join("from-home.sqlite")).unwrap();
    for entry in fs::read_dir(world.folder.path().join("backups")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    let mut config = world.config();
    config.data_folder = there.path().to_owned();
    let other = DataKey::from_random([8; 32].into());
    let engine = Engine::open(config, other, Former::Kept).unwrap();
    let rows = engine.backups().await.unwrap();
    let name = |encrypted| {
        let mut rows = rows.iter().filter(|row| row.encrypted == encrypted);
        rows.next().unwrap().name.clone()
    };
    assert_eq!(name(false), "from-home.sqlite");
    assert_eq!(
        code(engine.restore(&name(true)).await),
        ProblemCode::BackupUnusable,
        "encrypted with a key that is not here"
    );
    engine.restore("from-home.sqlite").await.unwrap();
    connect_stripe(&engine, KEY).await.unwrap();
    engine.start_import().await.unwrap();
    let run = ended(&engine).await;
    assert_eq!(run.outcome, Some(RunOutcome::Done));
    assert_eq!(world.objects(account), before);
    assert!(engine.setup().await.unwrap().stripe.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_key_of_another_portal_does_not_write_what_the_backup_is_about() {
    let world = World::new();
    let engine = world.imported().await;
    let backup = engine.back_up().await.unwrap();
    world.hubspot.reshape(|shape| shape.portal_id += 1);
    engine
        .connect_hubspot(secret(TOKEN), true, true)
        .await
        .unwrap();
    engine.restore(&backup.name).await.unwrap();
    assert_eq!(engine.setup().await.unwrap().hubspot, None);
    assert_eq!(
        code(engine.make_plan().await),
        ProblemCode::HubSpotNotConnected
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_restored_is_named_and_changes_nothing() {
    let world = World::new();
    let engine = world.imported().await;
    let account = world.accounts()[0].id;
    let before = world.objects(account);
    let text = world.folder.path().join("notes.sqlite");
    fs::write(&text, "no database").unwrap();
    for unknown in ["../clearsync.sqlite", "none.sqlite", ""] {
        assert_eq!(
            code(engine.restore(unknown).await),
            ProblemCode::BackupUnusable
        );
    }
    let problem = engine.restore_from(text).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::BackupUnusable);
    assert_eq!(problem.params["name"], "notes.sqlite");

    let backup = engine.back_up().await.unwrap();
    engine.start_import().await.unwrap();
    assert_eq!(
        code(engine.restore(&backup.name).await),
        ProblemCode::AlreadyRunning
    );
    ended(&engine).await;
    assert_eq!(world.objects(account), before);
}
