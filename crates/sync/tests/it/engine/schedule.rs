//! The background schedule, in virtual time.

use clearsync_sync::view::{Phase, SettingsChange};
use clearsync_transport::TransportError;
use tokio::task::JoinHandle;

use super::{wire::Dead, *};

pub(super) async fn minutes(minutes: u64) {
    tokio::time::sleep(Duration::from_secs(minutes * 60)).await;
}

/// An engine after setup, with its schedule running every ten minutes.
pub(super) async fn scheduled(world: &World) -> (Arc<Engine>, JoinHandle<()>) {
    let engine = world.imported().await;
    let interval = SettingsChange::IntervalMinutes(Some(10));
    engine.change_setting(interval).await.unwrap();
    engine.finish_setup().await.unwrap();
    let schedule = tokio::spawn({
        let engine = Arc::clone(&engine);
        async move { engine.run_schedule().await }
    });
    (engine, schedule)
}

/// The minutes, since the world began, at which syncs began.
pub(super) async fn syncs(world: &World, engine: &Engine) -> Vec<i64> {
    let began: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
    let runs = engine.runs().await.unwrap().into_iter().rev();
    runs.filter(|run| run.kind == RunKind::Sync)
        .map(|run| {
            let started: Timestamp = run.started_at.parse().unwrap();
            assert!(started <= world.clock.now());
            started.duration_since(began).as_mins()
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_sync_starts_whenever_one_is_due() {
    let world = World::new();
    let (engine, schedule) = scheduled(&world).await;
    minutes(1).await;
    let next: Timestamp = engine.status().next_sync_at.unwrap().parse().unwrap();
    assert_eq!(next.duration_since(world.clock.now()).as_mins(), 9);
    assert_eq!(syncs(&world, &engine).await, [0; 0]);
    minutes(34).await;
    assert_eq!(syncs(&world, &engine).await, [10, 20, 30]);
    schedule.abort();
}

/// The pace of the account gives way to an hour; once the connection costs nothing again, what is due comes at once.
#[tokio::test(start_paused = true)]
async fn a_metered_connection_is_used_hourly() {
    let world = World::new();
    let (engine, schedule) = scheduled(&world).await;
    let by_activity = SettingsChange::IntervalMinutes(None);
    engine.change_setting(by_activity).await.unwrap();
    engine.set_metered(true);
    minutes(50).await;
    assert_eq!(syncs(&world, &engine).await, [0; 0]);
    minutes(12).await;
    assert_eq!(syncs(&world, &engine).await, [60]);
    minutes(30).await;
    engine.set_metered(false);
    minutes(1).await;
    assert_eq!(syncs(&world, &engine).await, [60, 92]);
    schedule.abort();
}

#[tokio::test(start_paused = true)]
async fn nothing_starts_while_paused_and_what_is_due_starts_after_it() {
    let world = World::new();
    let (engine, schedule) = scheduled(&world).await;
    engine.pause(None).await.unwrap();
    minutes(60).await;
    assert_eq!(syncs(&world, &engine).await, [0; 0]);
    let status = engine.status();
    assert_eq!((status.phase, status.next_sync_at), (Phase::Paused, None));
    engine.resume().await.unwrap();
    minutes(1).await;
    assert_eq!(syncs(&world, &engine).await, [60]);

    engine.pause(Some(30)).await.unwrap();
    minutes(28).await;
    assert_eq!(syncs(&world, &engine).await, [60]);
    minutes(4).await;
    assert_eq!(syncs(&world, &engine).await, [60, 91]);
    schedule.abort();
}

/// Offline, the next try comes sooner, then later and later; back online everything is as before.
#[tokio::test(start_paused = true)]
async fn offline_is_tried_again_sooner() {
    let world = World::new();
    let (engine, schedule) = scheduled(&world).await;
    let offline = Arc::new(Dead(TransportError::HostNotFound));
    world.to_stripe.turn(offline);
    minutes(34).await;
    let tries = syncs(&world, &engine).await;
    let gaps: Vec<i64> = tries.windows(2).map(|two| two[1] - two[0]).collect();
    assert_eq!(tries[0], 10);
    // Each try itself takes half a minute of retries, and the time is looked at every 20 seconds.
    for (gap, least) in gaps.iter().zip([1, 2, 5, 10]) {
        assert!((least..=least + 2).contains(gap), "{gaps:?}");
    }
    assert!(gaps.len() >= 3);
    let status = engine.status();
    assert_eq!(status.phase, Phase::Offline);
    assert_eq!(status.problem.unwrap().code, ProblemCode::HostNotFound);

    world.to_stripe.calm();
    minutes(12).await;
    let status = engine.status();
    assert_eq!(status.problem, None);
    assert_ne!(status.last_run.unwrap().outcome, Some(RunOutcome::Failed));
    schedule.abort();
}

/// What does not pass by itself waits for the user, and is not tried again and again.
#[tokio::test(start_paused = true)]
async fn a_refused_key_waits_for_the_user() {
    let world = World::new();
    let (engine, schedule) = scheduled(&world).await;
    world.stripe.revoke(KEY);
    minutes(60).await;
    assert_eq!(syncs(&world, &engine).await, [10]);
    assert_eq!(engine.status().phase, Phase::Attention);
    world.stripe.add_key(full_key(NEW_KEY));
    connect_stripe(&engine, NEW_KEY).await.unwrap();
    minutes(1).await;
    assert_eq!(syncs(&world, &engine).await, [10, 60]);
    schedule.abort();
}

/// While another process syncs, this one tries again later and does not spin.
#[tokio::test(start_paused = true)]
async fn another_process_at_work_is_tried_again_later() {
    let world = World::new();
    let (engine, schedule) = scheduled(&world).await;
    let lease = world.store().lease().unwrap();
    minutes(12).await;
    assert_eq!(syncs(&world, &engine).await, [0; 0]);
    let problem = engine.status().problem.unwrap();
    assert_eq!(problem.code, ProblemCode::AnotherSyncRunning);
    drop(lease);
    minutes(10).await;
    assert_eq!(syncs(&world, &engine).await.len(), 1);
    assert_eq!(engine.status().problem, None);
    schedule.abort();
}

/// A clock set back does not put the next sync off.
#[tokio::test(start_paused = true)]
async fn a_clock_set_back_does_not_put_the_next_sync_off() {
    let world = World::new();
    let (engine, schedule) = scheduled(&world).await;
    world.clock.jump(jiff::SignedDuration::from_hours(-48));
    minutes(12).await;
    let runs = engine.runs().await.unwrap();
    assert_eq!(runs[0].kind, RunKind::Sync);
    schedule.abort();
}
