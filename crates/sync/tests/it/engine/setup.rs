//! The guided setup can be left at any step and is found there again.

use clearsync_sync::view::Phase;

use super::*;

/// A new process on the same folder shows what the last one showed.
async fn found_again(world: &World, left: &Setup) -> Arc<Engine> {
    let engine = world.open();
    assert_eq!(engine.setup().await.unwrap(), *left);
    engine
}

#[tokio::test(start_paused = true)]
async fn setup_is_found_again_at_every_step() {
    let world = World::new();
    let engine = world.open();
    let setup = engine.setup().await.unwrap();
    assert_eq!(
        (setup.step, setup.reached),
        (SetupStep::Welcome, SetupStep::Welcome)
    );

    let setup = engine.go_to_step(SetupStep::StripeKey).await.unwrap();
    assert_eq!(setup.step, SetupStep::StripeKey);
    let engine = found_again(&world, &setup).await;

    connect_stripe(&engine, KEY).await.unwrap();
    let setup = engine.setup().await.unwrap();
    assert_eq!(setup.step, SetupStep::Permissions);
    let engine = found_again(&world, &setup).await;

    // A key kept for one run is gone with it, and is asked for again.
    let gone = engine.check_all(Service::Stripe).await;
    assert_eq!(code(gone), ProblemCode::StripeNotConnected);
    connect_stripe(&engine, KEY).await.unwrap();
    assert_eq!(engine.setup().await.unwrap().step, SetupStep::Permissions);
    engine.check_all(Service::Stripe).await.unwrap();
    let setup = engine.go_to_step(SetupStep::HubSpot).await.unwrap();
    assert_eq!(setup.step, SetupStep::HubSpot);
    let engine = found_again(&world, &setup).await;

    connect_hubspot(&engine, TOKEN).await.unwrap();
    engine.check_all(Service::HubSpot).await.unwrap();
    let setup = engine.go_to_step(SetupStep::WhatToCreate).await.unwrap();
    assert_eq!(setup.step, SetupStep::WhatToCreate);
    let engine = found_again(&world, &setup).await;

    let choices = Choices {
        create_contacts: true,
        create_companies: false,
    };
    let setup = engine.save_choices(choices).await.unwrap();
    assert_eq!((setup.step, setup.choices), (SetupStep::Import, choices));
    let engine = found_again(&world, &setup).await;

    connect_stripe(&engine, KEY).await.unwrap();
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
    let setup = engine.go_to_step(SetupStep::Review).await.unwrap();
    assert_eq!(setup.step, SetupStep::Review);
    let engine = found_again(&world, &setup).await;
    assert!(!engine.overview().await.unwrap().totals.is_empty());

    let setup = engine.go_to_step(SetupStep::Preview).await.unwrap();
    assert_eq!(setup.step, SetupStep::Preview);
    let engine = found_again(&world, &setup).await;

    connect_hubspot(&engine, TOKEN).await.unwrap();
    let plan = engine.make_plan().await.unwrap();
    assert!(plan.creates > 0 && plan.needs_approval.is_some());
    let setup = engine.go_to_step(SetupStep::FirstSync).await.unwrap();
    assert_eq!(setup.step, SetupStep::Preview, "nothing is pushed yet");
    let engine = found_again(&world, &setup).await;
    assert_eq!(engine.plan_summary().await.unwrap(), Some(plan.clone()));

    connect_hubspot(&engine, TOKEN).await.unwrap();
    engine.push(plan.id).await.unwrap();
    let setup = engine.go_to_step(SetupStep::FirstSync).await.unwrap();
    assert_eq!(setup.step, SetupStep::FirstSync);
    let run = ended(&engine).await;
    assert_eq!(
        (run.kind, run.outcome),
        (RunKind::Push, Some(RunOutcome::Done))
    );
    assert_eq!(run.created, plan.creates);
    let setup = engine.go_to_step(SetupStep::KeepInSync).await.unwrap();
    assert_eq!(setup.step, SetupStep::KeepInSync);
    let engine = found_again(&world, &setup).await;

    let status = engine.finish_setup().await.unwrap();
    assert_eq!(status.phase, Phase::Idle);
    let setup = engine.setup().await.unwrap();
    assert!(setup.finished);
    found_again(&world, &setup).await;
}

/// A step that is not open yet is not entered; a step before can be looked at again, and nothing is lost by it.
#[tokio::test(start_paused = true)]
async fn no_step_is_skipped() {
    let world = World::new();
    let engine = world.open();
    let setup = engine.go_to_step(SetupStep::KeepInSync).await.unwrap();
    assert_eq!(setup.step, SetupStep::Welcome);
    engine.go_to_step(SetupStep::StripeKey).await.unwrap();
    let setup = engine.go_to_step(SetupStep::Permissions).await.unwrap();
    assert_eq!(setup.step, SetupStep::StripeKey);
    connect_stripe(&engine, KEY).await.unwrap();
    let setup = engine.go_to_step(SetupStep::HubSpot).await.unwrap();
    assert_eq!(setup.step, SetupStep::Permissions, "no row is checked yet");

    engine.check_all(Service::Stripe).await.unwrap();
    let setup = engine.go_to_step(SetupStep::Welcome).await.unwrap();
    assert_eq!(
        (setup.step, setup.reached),
        (SetupStep::Welcome, SetupStep::HubSpot)
    );
    let setup = engine.go_to_step(SetupStep::HubSpot).await.unwrap();
    assert_eq!(setup.step, SetupStep::HubSpot);
}

/// The window is closed in mid import: the next process shows the import's step and goes on where it stopped.
#[tokio::test(start_paused = true)]
async fn an_import_is_gone_on_with_by_the_next_process() {
    let world = World::new();
    let engine = world.connected().await;
    let round_trip = std::time::Duration::from_secs(1);
    world.to_stripe.set_round_trip(round_trip);
    engine.start_import().await.unwrap();
    world.some_read().await;
    engine.stop().await.unwrap();
    let left = engine.setup().await.unwrap();
    drop(engine);
    let engine = found_again(&world, &left).await;
    let refused = engine.start_import().await;
    if refused.is_ok() {
        let run = ended(&engine).await;
        assert_eq!(run.problem.unwrap().code, ProblemCode::StripeNotConnected);
    }
    connect_stripe(&engine, KEY).await.unwrap();
    engine.start_import().await.unwrap();
    assert_eq!(ended(&engine).await.outcome, Some(RunOutcome::Done));
}
