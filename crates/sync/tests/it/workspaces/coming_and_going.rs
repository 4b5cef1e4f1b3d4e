//! Workspaces are added, chosen, refused and forgotten.

use clearsync_sync::{
    Former, leave_nothing,
    view::{
        Mode::{Live, Test},
        Phase,
    },
};

use super::*;

/// The account of one workspace is refused to another, which stays as it is. The same account in the other mode is not.
#[tokio::test(start_paused = true)]
async fn an_account_is_brought_by_one_workspace_alone() {
    let world = World::new();
    let (workspaces, _, engines) = world.three().await;
    let [acme, globex, _] = &engines;
    let before = globex.setup().await.unwrap();
    for replace in [false, true] {
        let refused = globex
            .connect_stripe(secret(KEYS[ACME].0), true, replace)
            .await
            .unwrap_err();
        assert_eq!(refused.code, ProblemCode::StripeAccountElsewhere);
        assert_eq!(refused.params["account"], "Sample Software");
        assert_eq!(refused.params["mode"], "live");
    }
    assert_eq!(globex.setup().await.unwrap(), before, "nothing has changed");
    bring_in(globex).await;

    // A key that was taken away leaves its data, and the account with it.
    acme.disconnect(clearsync_sync::view::Service::Stripe)
        .await
        .unwrap();
    let refused = globex.connect_stripe(secret(KEYS[ACME].0), true, true);
    assert_eq!(code(refused.await), ProblemCode::StripeAccountElsewhere);
    // Nor does a backup bring it.
    let file = world.folder.path().join("acme.copy");
    acme.back_up_to(file.clone()).await.unwrap();
    let totals = globex.overview().await.unwrap().totals;
    assert_eq!(
        code(globex.restore_from(file).await),
        ProblemCode::StripeAccountElsewhere
    );
    assert_eq!(globex.overview().await.unwrap().totals, totals);
    assert_eq!(globex.backups().await.unwrap(), [], "nothing was put aside");

    // Once it is forgotten it is free.
    let first = workspaces.list().rows[0].id.clone();
    workspaces.remove(&first).await.unwrap();
    let added = workspaces.add().await.unwrap().shown;
    let engine = workspaces.engine(&added).unwrap();
    world.connect(&engine, ACME).await.unwrap();
}

/// What the terminal adds while the window is there is found, opened, and no more than once.
#[tokio::test(start_paused = true)]
async fn what_another_process_adds_is_opened() {
    let world = World::new();
    let window = world.open().await;
    world.connect(&window.engines()[0].1, ACME).await.unwrap();
    window.open_added().await;
    assert_eq!(window.list().rows.len(), 1);

    let terminal = world.open().await;
    let added = terminal.add().await.unwrap().shown;
    // A folder without data is one that another process is about to fill.
    let half = world.data().join("workspaces/zzzzzzz");
    fs::create_dir(&half).unwrap();
    for _ in 0..2 {
        window.open_added().await;
        let list = window.list();
        let ids: Vec<_> = list.rows.iter().map(|row| (&row.id, row.open)).collect();
        assert_eq!(ids, [(&list.shown, true), (&added, true)]);
    }
    world
        .connect(&window.engine(&added).unwrap(), GLOBEX)
        .await
        .unwrap();
}

/// Two workspaces ask for one account in the same moment.
#[tokio::test(start_paused = true)]
async fn of_two_that_ask_at_once_one_gets_the_account() {
    let world = World::new();
    let (workspaces, _, engines) = world.three().await;
    let added = workspaces.add().await.unwrap().shown;
    let blank = workspaces.engine(&added).unwrap();
    let key = || secret(KEYS[INITECH].0);
    let (one, other) = tokio::join!(
        blank.connect_stripe(key(), true, false),
        engines[0].connect_stripe(key(), true, true)
    );
    let outcomes = [one.map(drop), other.map(drop)];
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(won, 1, "{outcomes:?}");
    let lost = outcomes.into_iter().find_map(Result::err).unwrap();
    assert_eq!(lost.code, ProblemCode::StripeAccountElsewhere);
}

#[tokio::test(start_paused = true)]
async fn workspaces_come_back_in_their_order_and_with_the_one_that_was_shown() {
    let world = World::new();
    let alone = world.open().await;
    assert_eq!(alone.list().rows.len(), 1);
    assert!(
        !world.data().join("workspaces").exists(),
        "one account is as it ever was"
    );
    drop(alone);

    let (workspaces, ids, _) = world.three().await;
    assert_eq!(workspaces.list().shown, ids[2], "a new one is shown");
    let blank = workspaces.add().await.unwrap().shown;
    assert_eq!(
        workspaces.add().await.unwrap().shown,
        blank,
        "a second empty one is not made"
    );
    workspaces.show(&ids[1]).await.unwrap();
    let list = workspaces.list();
    let names: Vec<_> = list.rows.iter().map(|row| (&row.id, row.mode)).collect();
    assert_eq!(
        names,
        [
            (&ids[0], Some(Live)),
            (&ids[1], Some(Live)),
            (&ids[2], Some(Test)),
            (&blank, None)
        ]
    );
    drop(workspaces);
    // What else lies there is nobody's workspace.
    let folder = world.data().join("workspaces");
    fs::create_dir(folder.join("notes")).unwrap();
    fs::write(folder.join("0000000"), "a file").unwrap();
    assert_eq!(world.open().await.list(), list);
    fs::write(folder.join("shown"), "nobody").unwrap();
    assert_eq!(world.open().await.list().shown, ids[0]);
    let nobody: WorkspaceId = serde_json::from_str("\"../..\"").unwrap();
    let workspaces = world.open().await;
    assert_eq!(
        code(workspaces.show(&nobody).await),
        ProblemCode::WorkspaceGone
    );
    assert_eq!(
        code(workspaces.remove(&nobody).await),
        ProblemCode::WorkspaceGone
    );
}

/// A file of a newer program keeps no other from being opened. It is tried again on the user's word, and can be removed.
#[tokio::test(start_paused = true)]
async fn one_that_cannot_be_opened_is_shown_with_its_problem() {
    let world = World::new();
    let (workspaces, ids, engines) = world.three().await;
    bring_in(&engines[1]).await;
    drop((workspaces, engines));
    let database = world.folder_of(&ids[1]).join("clearsync.sqlite");
    let written_by = |version: i64| {
        let file = unlocked(&database);
        let before = file.pragma_query_value(None, "user_version", |row| row.get(0));
        file.pragma_update(None, "user_version", version).unwrap();
        before.unwrap()
    };
    let known: i64 = written_by(9_999);

    let workspaces = world.open().await;
    let row = workspaces.list().rows.swap_remove(1);
    assert_eq!(row.phase, Phase::Attention);
    assert_eq!(row.problem.unwrap().code, ProblemCode::DatabaseNewer);
    assert_eq!(workspaces.engines().len(), 2);
    assert_eq!(
        code(workspaces.engine(&ids[1]).map(drop)),
        ProblemCode::DatabaseNewer
    );
    assert!(workspaces.engine(&ids[0]).is_ok());

    written_by(known);
    workspaces.open_one(&ids[1], Former::Kept).await.unwrap();
    let engine = workspaces.engine(&ids[1]).unwrap();
    assert!(!engine.overview().await.unwrap().totals.is_empty());
    drop((engine, workspaces));

    written_by(9_999);
    let workspaces = world.open().await;
    workspaces.remove(&ids[1]).await.unwrap();
    assert!(!world.folder_of(&ids[1]).exists());
    assert_eq!(workspaces.list().rows.len(), 2);
}

/// Everything of the computer is forgotten; one empty workspace is there then.
#[tokio::test(start_paused = true)]
async fn everything_forgotten_is_every_workspace() {
    let world = World::new();
    let (workspaces, ids, engines) = world.three().await;
    bring_in(&engines[1]).await;
    drop(engines);
    let folder = &world.data();
    fs::create_dir(folder.join("logs")).unwrap();
    fs::write(folder.join("logs/clearsync.2026-06-01.log"), "all").unwrap();
    let forgotten = workspaces.forget().await.unwrap();
    assert_eq!(forgotten.left, []);
    assert!(!folder.join("logs").exists());
    assert!(!folder.join("workspaces").exists());
    let list = workspaces.list();
    assert_eq!(list.rows.len(), 1);
    assert_eq!(
        (&list.shown, list.rows[0].phase),
        (&ids[0], Phase::NotSetUp)
    );
    assert_eq!(list.rows[0].account, None);
    drop(workspaces);
    leave_nothing(folder);
    assert!(!folder.exists());
}

/// The last one that is removed makes room for an empty one, whichever it is.
#[tokio::test(start_paused = true)]
async fn after_the_last_one_an_empty_one_is_there() {
    let world = World::new();
    let (workspaces, ids, engines) = world.three().await;
    drop(engines);
    for id in &ids {
        workspaces.remove(id).await.unwrap();
    }
    let list = workspaces.list();
    assert_eq!(list.rows.len(), 1);
    assert!(list.shown.is_first());
    let engine = workspaces.engine(&list.shown).unwrap();
    world.connect(&engine, GLOBEX).await.unwrap();
    bring_in(&engine).await;
}

/// While another process is at work on it, a workspace is not removed.
#[tokio::test(start_paused = true)]
async fn nothing_is_removed_under_another_process() {
    let world = World::new();
    let (workspaces, ids, engines) = world.three().await;
    bring_in(&engines[1]).await;
    let database = world.folder_of(&ids[1]).join("clearsync.sqlite");
    let other = Store::open(&database, data_key(), world.clock.now())
        .unwrap()
        .store;
    let lease = other.lease().unwrap();
    assert_eq!(
        code(workspaces.remove(&ids[1]).await),
        ProblemCode::AnotherSyncRunning
    );
    drop(lease);
    assert!(!engines[1].overview().await.unwrap().totals.is_empty());
    assert_eq!(workspaces.list().rows.len(), 3);
}
