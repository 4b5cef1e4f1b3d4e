//! Runs that are paused, stopped, cut off or short of a permission: what was read stays, and the next one goes on.

use clearsync_sync::view::{Action, AttentionKind, ListState, Phase};

use super::*;

/// A business whose import takes some seconds.
fn distant() -> World {
    let world = World::new();
    world.to_stripe.set_round_trip(Duration::from_secs(1));
    world
}

async fn seconds(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// All objects of the business, and the requests that reading them takes.
async fn whole() -> (u64, usize) {
    let world = World::new();
    let engine = world.connected().await;
    world.stripe.forget_requests();
    engine.start_import().await.unwrap();
    ended(&engine).await;
    let requests = world.stripe.requests().len();
    (world.objects(world.accounts()[0].id), requests)
}

#[tokio::test(start_paused = true)]
async fn a_key_revoked_in_mid_import_keeps_what_was_read() {
    let (objects, requests) = whole().await;
    let world = distant();
    let engine = world.connected().await;
    let account = world.accounts()[0].id;
    engine.start_import().await.unwrap();
    world.some_read().await;
    world.stripe.revoke(KEY);
    let run = ended(&engine).await;
    assert_eq!(run.outcome, Some(RunOutcome::Failed));
    let problem = run.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::StripeKeyRefused);
    assert_eq!(problem.action, Some(Action::ReplaceStripeKey));
    assert!(problem.request_id.is_some());
    assert_eq!(engine.status().problem, Some(problem));
    let kept = world.objects(account);
    assert!(kept > 0 && kept < objects, "{kept} of {objects}");

    world.stripe.add_key(full_key(NEW_KEY));
    connect_stripe(&engine, NEW_KEY).await.unwrap();
    assert_eq!(engine.status().problem, None);
    world.stripe.forget_requests();
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(world.objects(account), objects);
    assert!(world.stripe.requests().len() < requests, "it went on");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_may_not_be_read_is_left_out_and_named() {
    let world = World::new();
    world.stripe.deny(KEY, "charge_read");
    let engine = world.connected().await;
    let mut statuses = engine.watch_status();
    let skipped = tokio::spawn(async move {
        let skips = |status: &Status| {
            let lists = status.progress.iter().flat_map(|run| &run.lists);
            lists
                .into_iter()
                .any(|list| list.state == ListState::Skipped)
        };
        statuses.wait_for(skips).await.is_ok()
    });
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert!(skipped.await.unwrap());
    let [item] = &engine.attention().await.unwrap()[..] else {
        panic!("one item")
    };
    assert_eq!(item.kind, AttentionKind::PermissionMissing);
    assert_eq!(item.params["row"], "charges");
    assert_eq!(item.action, Some(Action::ReplaceStripeKey));
    assert_eq!(engine.status().attention, 1);
    assert!(!engine.overview().await.unwrap().totals.is_empty());

    world.stripe.grant(KEY, "charge_read");
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(engine.attention().await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn a_run_is_held_and_goes_on() {
    let (objects, _) = whole().await;
    let world = distant();
    let engine = world.connected().await;
    engine.start_import().await.unwrap();
    world.some_read().await;
    let paused = engine.pause(None).await.unwrap();
    assert_eq!(paused.phase, Phase::Syncing);
    assert!(paused.progress.unwrap().held);
    seconds(2).await;
    let sent = world.to_stripe.sent();
    seconds(3_600).await;
    assert_eq!(world.to_stripe.sent(), sent, "nothing is asked while held");
    assert!(engine.status().progress.unwrap().held);

    let resumed = engine.resume().await.unwrap();
    assert!(!resumed.progress.unwrap().held);
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(world.objects(world.accounts()[0].id), objects);
}

/// A pause of some minutes ends by itself, for a run that was held too.
#[tokio::test(start_paused = true)]
async fn a_timed_pause_lets_the_run_go_on() {
    let world = distant();
    let engine = world.connected().await;
    let schedule = tokio::spawn({
        let engine = Arc::clone(&engine);
        async move { engine.run_schedule().await }
    });
    engine.start_import().await.unwrap();
    world.some_read().await;
    let paused = engine.pause(Some(5)).await.unwrap();
    assert_eq!(
        paused.paused_until.unwrap().parse::<Timestamp>().unwrap(),
        world.clock.now() + jiff::SignedDuration::from_mins(5)
    );
    seconds(290).await;
    assert!(engine.status().progress.unwrap().held);
    seconds(60).await;
    assert_eq!(engine.status().paused_until, None);
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    schedule.abort();
}

/// With the clock set back, a pause lasts no longer than it was asked for.
#[tokio::test(start_paused = true)]
async fn a_clock_set_back_does_not_lengthen_a_pause() {
    let world = World::new();
    let engine = world.connected().await;
    let schedule = tokio::spawn({
        let engine = Arc::clone(&engine);
        async move { engine.run_schedule().await }
    });
    engine.pause(Some(5)).await.unwrap();
    world.clock.jump(jiff::SignedDuration::from_hours(-24));
    seconds(400).await;
    assert_eq!(engine.status().paused_until, None);
    schedule.abort();
}

#[tokio::test(start_paused = true)]
async fn a_stopped_run_is_noted_and_the_next_goes_on() {
    let (objects, requests) = whole().await;
    for held in [false, true] {
        let world = distant();
        let engine = world.connected().await;
        engine.start_import().await.unwrap();
        world.some_read().await;
        if held {
            engine.pause(None).await.unwrap();
            seconds(60).await;
        }
        let status = engine.stop().await.unwrap();
        assert_eq!((status.progress, status.problem), (None, None));
        let run = engine.runs().await.unwrap().swap_remove(0);
        assert_eq!(run.outcome, Some(RunOutcome::Stopped));
        assert_eq!(run.kind, RunKind::Import);

        world.stripe.forget_requests();
        engine.start_import().await.unwrap();
        assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
        assert_eq!(world.objects(world.accounts()[0].id), objects);
        assert!(world.stripe.requests().len() < requests, "it went on");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_run_is_refused_while_one_is_under_way() {
    let world = distant();
    let engine = world.connected().await;
    engine.start_import().await.unwrap();
    seconds(1).await;
    let second = engine.start_import().await;
    assert_eq!(code(second), ProblemCode::AlreadyRunning);
    assert_eq!(code(engine.sync_now().await), ProblemCode::AlreadyRunning);
    assert_eq!(code(engine.make_plan().await), ProblemCode::AlreadyRunning);
    assert!(engine.status().progress.is_some(), "the first goes on");
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(engine.runs().await.unwrap().len(), 1);
}

/// Whoever waits for the end of a run waits until it has ended, however many wait.
#[tokio::test(start_paused = true)]
async fn everyone_who_waits_sees_the_end() {
    let world = distant();
    let engine = world.connected().await;
    engine.start_import().await.unwrap();
    let waiting = (0..3).map(|_| async {
        engine.run_ended().await;
        engine.runs().await.unwrap().swap_remove(0).outcome
    });
    let outcomes = futures::future::join_all(waiting).await;
    assert_eq!(outcomes, [Some(RunOutcome::Done); 3]);
    engine.run_ended().await;
}

/// An account takes the place of another while that is being read: the run ends, and nothing of it lands in the other.
#[tokio::test(start_paused = true)]
async fn replacing_the_account_ends_the_run_under_way() {
    let world = distant();
    let engine = world.connected().await;
    engine.start_import().await.unwrap();
    world.some_read().await;
    let other = World::new();
    other.stripe.set_account_id("acct_1TheOtherAccount00");
    other.stripe.add_key(full_key(NEW_KEY));
    world.to_stripe.lead_to(other.to_stripe.clone());
    engine
        .connect_stripe(secret(NEW_KEY), true, true)
        .await
        .unwrap();
    assert_eq!(engine.status().progress, None);
    let accounts = world.accounts();
    assert_eq!(world.objects(accounts[1].id), 0);
    assert!(world.objects(accounts[0].id) > 0);
}

/// The list is left out and named, and everything else goes on.
#[tokio::test(start_paused = true)]
async fn syncs_go_on_without_a_list_that_may_not_be_read() {
    let world = World::new();
    world.stripe.deny(KEY, "charge_read");
    let engine = world.imported().await;
    let plan = engine.make_plan().await.unwrap();
    engine.push(plan.id).await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    engine.finish_setup().await.unwrap();
    engine.sync_now().await.unwrap();
    let run = ended(&engine).await;
    assert_eq!(
        (run.kind, run.outcome),
        (RunKind::Sync, Some(RunOutcome::Done))
    );
    let status = engine.status();
    assert_eq!((status.phase, status.attention), (Phase::Attention, 1));
    assert!(status.last_sync_at.is_some());
}

/// HubSpot takes a scope away in mid push. What was written is noted, and the push goes on once it is back.
#[tokio::test(start_paused = true)]
async fn a_scope_lost_in_mid_push_stops_it_and_it_goes_on() {
    let whole = {
        let world = World::new();
        push(&world.imported().await).await;
        records(&world)
    };
    let world = World::new();
    let engine = world.imported().await;
    let plan = engine.make_plan().await.unwrap();
    let scopes = Sample::SCOPES.into_iter();
    let fewer = scopes.filter(|scope| *scope != "crm.objects.contacts.write");
    world.hubspot.set_scopes(TOKEN, fewer);
    engine.push(plan.id).await.unwrap();
    let run = ended(&engine).await;
    assert_eq!(run.outcome, Some(RunOutcome::Failed));
    let problem = run.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::HubSpotScopeMissing);
    assert!(problem.params["scopes"].contains("contacts.write"));
    assert!(records(&world) < whole);

    world.hubspot.set_scopes(TOKEN, Sample::SCOPES);
    assert_eq!(push(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(records(&world), whole);
    assert_eq!(engine.status().problem, None);
}

/// The key is taken back in mid push. What was written stays, and a new key of the same portal goes on with the rest.
#[tokio::test(start_paused = true)]
async fn a_hubspot_key_revoked_in_mid_push_stops_it_and_a_new_one_goes_on() {
    let whole = {
        let world = World::new();
        push(&world.imported().await).await;
        records(&world)
    };
    let world = World::new();
    let engine = world.imported().await;
    let plan = engine.make_plan().await.unwrap();
    world.to_hubspot.set_round_trip(Duration::from_secs(1));
    engine.push(plan.id).await.unwrap();
    while records(&world) == (0, 0) {
        seconds(1).await;
    }
    world.hubspot.revoke_token(TOKEN);
    let run = ended(&engine).await;
    assert_eq!(run.outcome, Some(RunOutcome::Failed));
    let problem = run.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::HubSpotTokenRefused);
    assert_eq!(problem.action, Some(Action::ReplaceHubSpotKey));
    assert_eq!(engine.status().problem, Some(problem));
    let kept = records(&world);
    assert!(kept < whole, "{kept:?} of {whole:?}");

    let new = "pat-na1-11111111-1c2d-4e3f-8a9b-aabbccddeeff";
    world.hubspot.add_token(new, Sample::SCOPES);
    connect_hubspot(&engine, new).await.unwrap();
    assert_eq!(engine.status().problem, None);
    assert_eq!(push(&engine).await.outcome, Some(RunOutcome::Done));
    assert_eq!(records(&world), whole);
}

/// A sync that is held stays before its next step, and can be stopped there.
#[tokio::test(start_paused = true)]
async fn a_sync_is_held_between_its_steps() {
    for stopped in [false, true] {
        let world = World::new();
        let engine = world.imported().await;
        world.to_stripe.set_round_trip(Duration::from_secs(10));
        engine.sync_now().await.unwrap();
        seconds(1).await;
        engine.pause(None).await.unwrap();
        world.hubspot.forget_requests();
        seconds(3_600).await;
        assert!(engine.status().progress.unwrap().held);
        assert_eq!(world.hubspot.requests(), []);
        if stopped {
            engine.stop().await.unwrap();
        } else {
            engine.resume().await.unwrap();
        }
        let expected = if stopped {
            RunOutcome::Stopped
        } else {
            RunOutcome::WaitsForApproval
        };
        assert_eq!(ended(&engine).await.outcome, Some(expected));
    }
}
