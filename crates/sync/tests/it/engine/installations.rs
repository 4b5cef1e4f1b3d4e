//! A portal that two installations of one account write to: it is said, and whoever is told to goes on.

use clearsync_sync::view::{AttentionKind, NeedsApproval};
use tempfile::TempDir;

use super::*;

impl World {
    /// An engine with both keys connected, as on another computer.
    async fn elsewhere(&self, folder: &TempDir) -> Arc<Engine> {
        let config = EngineConfig {
            data_folder: folder.path().to_owned(),
            profile: "elsewhere".to_owned(),
            ..self.config()
        };
        let engine = Engine::open(config, data_key(), Former::Kept).unwrap();
        connect_stripe(&engine, KEY).await.unwrap();
        connect_hubspot(&engine, TOKEN).await.unwrap();
        engine
    }
}

async fn sync(engine: &Arc<Engine>) -> Option<RunOutcome> {
    engine.sync_now().await.unwrap();
    ended(engine).await.outcome
}

/// Whether it is said that another installation writes.
async fn says_so(engine: &Engine) -> bool {
    let items = engine.attention().await.unwrap();
    items
        .iter()
        .any(|item| item.kind == AttentionKind::OtherInstallation)
}

#[tokio::test(start_paused = true)]
async fn a_sync_stops_before_it_writes_what_another_installation_writes() {
    let world = World::new();
    let first = world.imported().await;
    assert_eq!(push(&first).await.outcome, Some(RunOutcome::Done));
    let folder = tempfile::tempdir().unwrap();
    let second = world.elsewhere(&folder).await;
    second.start_import().await.unwrap();
    ended(&second).await;
    let before = world.hubspot.snapshot();
    assert_eq!(sync(&second).await, Some(RunOutcome::WaitsForApproval));
    assert_eq!(world.hubspot.snapshot(), before, "nothing is written");
    assert!(says_so(&second).await && !says_so(&first).await);

    let counts = records(&world);
    let plan = second.plan_summary().await.unwrap().unwrap();
    assert_eq!(plan.needs_approval, Some(NeedsApproval::OtherInstallation));
    assert_eq!(plan.creates, 0, "{plan:?}");
    second.push(plan.id).await.unwrap();
    assert_eq!(ended(&second).await.outcome, Some(RunOutcome::Done));
    assert_eq!(records(&world), counts, "nothing is there twice");
    assert!(!says_so(&second).await);
    assert_eq!(sync(&second).await, Some(RunOutcome::Done));

    // The first finds out within two looks, which are an hour apart, and stops.
    assert_eq!(sync(&first).await, Some(RunOutcome::Done));
    world.clock.jump(jiff::SignedDuration::from_mins(61));
    let taken = world.hubspot.snapshot();
    assert_eq!(sync(&first).await, Some(RunOutcome::WaitsForApproval));
    assert_eq!(world.hubspot.snapshot(), taken);
    assert!(says_so(&first).await && !says_so(&second).await);
}

/// A copy of the data goes on under the name of the folder it is put in.
#[tokio::test(start_paused = true)]
async fn a_copy_that_goes_on_elsewhere_is_another_installation() {
    let world = World::new();
    let first = world.imported().await;
    assert_eq!(push(&first).await.outcome, Some(RunOutcome::Done));
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.sqlite");
    first.back_up_to(copy.clone()).await.unwrap();
    let second = world.elsewhere(&folder).await;
    second.restore_from(copy).await.unwrap();
    connect_stripe(&second, KEY).await.unwrap();
    connect_hubspot(&second, TOKEN).await.unwrap();
    let counts = records(&world);
    let plan = second.make_plan().await.unwrap();
    assert_eq!(plan.creates, 0);
    assert!(plan.updates > 10, "it marks what it goes on with: {plan:?}");
    assert!(!says_so(&second).await, "it knows what it goes on with");
    second.push(plan.id).await.unwrap();
    assert_eq!(ended(&second).await.outcome, Some(RunOutcome::Done));
    assert_eq!(records(&world), counts);

    sync(&first).await;
    world.clock.jump(jiff::SignedDuration::from_mins(61));
    assert_eq!(sync(&first).await, Some(RunOutcome::WaitsForApproval));
    assert!(says_so(&first).await);
}
