//! No connection, the wrong other side, and services in trouble: each is named, nothing is lost, and the next try works.

use clearsync_sandbox::{Fault, hubspot::faults, stripe::Failure};
use clearsync_sync::view::Phase;
use clearsync_transport::{Transport, TransportError};

use super::{
    wire::{Dead, faulty},
    *,
};

/// Every weather on the way to Stripe, and what the user is told.
fn stripe_weathers(world: &World) -> Vec<(ProblemCode, Arc<dyn Transport>)> {
    let faulty = |fault| faulty(fault, world.stripe.router());
    let mut weathers = dead();
    weathers.extend([
        (ProblemCode::NotConnected, faulty(Fault::ResetBefore)),
        (ProblemCode::NotConnected, faulty(Fault::ResetAfter)),
        (ProblemCode::NotConnected, faulty(Fault::CutBody)),
        (ProblemCode::NotTheService, faulty(Fault::CaptivePortal)),
        (ProblemCode::NotTheService, faulty(Fault::WrongJson)),
        (
            ProblemCode::ServiceBusy,
            faulty(Fault::Answer(|| Failure::GlobalRate.answer())),
        ),
        (
            ProblemCode::ServiceBusy,
            faulty(Fault::Answer(|| Failure::LockTimeout.answer())),
        ),
        (
            ProblemCode::ServiceDown,
            faulty(Fault::Answer(|| Failure::ServerError.answer())),
        ),
        (
            ProblemCode::ServiceDown,
            faulty(Fault::Answer(|| Failure::Unavailable.answer())),
        ),
    ]);
    weathers
}

fn hubspot_weathers(world: &World) -> Vec<(ProblemCode, Arc<dyn Transport>)> {
    let faulty = |fault| faulty(fault, world.hubspot.router());
    let mut weathers = dead();
    weathers.extend([
        (ProblemCode::NotConnected, faulty(Fault::ResetBefore)),
        (ProblemCode::NotConnected, faulty(Fault::CutBody)),
        (ProblemCode::NotTheService, faulty(Fault::CaptivePortal)),
        (ProblemCode::NotConnected, faulty(Fault::WrongJson)),
        (
            ProblemCode::ServiceBusy,
            faulty(Fault::Answer(faults::rate_limited)),
        ),
        (
            ProblemCode::ServiceBusy,
            faulty(Fault::Answer(faults::moving)),
        ),
        (
            ProblemCode::HubSpotDailyLimit,
            faulty(Fault::Answer(faults::daily_limited)),
        ),
        (
            ProblemCode::ServiceDown,
            faulty(Fault::Answer(faults::internal_error)),
        ),
        (
            ProblemCode::ServiceDown,
            faulty(Fault::Answer(faults::unavailable)),
        ),
    ]);
    weathers
}

fn dead() -> Vec<(ProblemCode, Arc<dyn Transport>)> {
    let after = Duration::from_secs(80);
    [
        (ProblemCode::HostNotFound, TransportError::HostNotFound),
        (ProblemCode::NotConnected, TransportError::NotConnected),
        (ProblemCode::NotSecure, TransportError::NotSecure),
        (ProblemCode::TimedOut, TransportError::TimedOut { after }),
    ]
    .into_iter()
    .map(|(code, error)| (code, Arc::new(Dead(error)) as Arc<dyn Transport>))
    .collect()
}

#[tokio::test(start_paused = true)]
async fn connecting_stripe_says_what_stands_in_the_way() {
    let world = World::new();
    for (expected, weather) in stripe_weathers(&world) {
        let engine = world.open();
        let before = engine.setup().await.unwrap();
        world.to_stripe.turn(weather);
        let refused = connect_stripe(&engine, KEY).await.unwrap_err();
        assert_eq!(refused.code, expected);
        assert!(refused.code.passes_by_itself());
        assert_eq!(refused.params["service"], "Stripe");
        assert_eq!(engine.setup().await.unwrap(), before, "nothing is kept");
        assert!(world.accounts().is_empty());
        world.to_stripe.calm();
    }
    connect_stripe(&world.open(), KEY).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn connecting_hubspot_says_what_stands_in_the_way() {
    let world = World::new();
    let engine = world.open();
    let before = engine.setup().await.unwrap();
    for (expected, weather) in hubspot_weathers(&world) {
        world.to_hubspot.turn(weather);
        let refused = connect_hubspot(&engine, TOKEN).await.unwrap_err();
        assert_eq!(refused.code, expected);
        assert!(refused.code.passes_by_itself());
        assert_eq!(engine.setup().await.unwrap(), before, "nothing is kept");
        world.to_hubspot.calm();
    }
    connect_hubspot(&engine, TOKEN).await.unwrap();
}

/// The weather turns in the middle of an import. What was read stays, the run and the status say what happened, and the
/// next run reads the rest.
#[tokio::test(start_paused = true)]
async fn an_import_ends_with_the_weather_and_goes_on_after_it() {
    let whole = {
        let world = World::new();
        world.imported().await;
        world.objects(world.accounts()[0].id)
    };
    let count = stripe_weathers(&World::new()).len();
    for number in 0..count {
        let world = World::new();
        let (expected, weather) = stripe_weathers(&world).swap_remove(number);
        let engine = world.connected().await;
        let account = world.accounts()[0].id;
        world.to_stripe.turn_after(12, weather);
        engine.start_import().await.unwrap();
        let run = ended(&engine).await;
        assert_eq!(run.outcome, Some(RunOutcome::Failed));
        assert_eq!(run.problem.unwrap().code, expected);
        let status = engine.status();
        assert_eq!(status.problem.unwrap().code, expected);
        assert_eq!((status.phase, status.progress), (Phase::NotSetUp, None));
        let kept = world.objects(account);
        assert!(kept > 0 && kept < whole, "{kept} of {whole}");

        world.to_stripe.calm();
        engine.start_import().await.unwrap();
        let run = ended(&engine).await;
        assert_eq!(run.outcome, Some(RunOutcome::Done));
        assert_eq!(world.objects(account), whole);
        assert_eq!(engine.status().problem, None);
    }
}

/// The weather turns in the middle of a push. The run and the status say what happened, and the next push writes the
/// rest: HubSpot ends up as if nothing had been.
#[tokio::test(start_paused = true)]
async fn a_push_ends_with_the_weather_and_goes_on_after_it() {
    let whole = {
        let world = World::new();
        push(&world.imported().await).await;
        records(&world)
    };
    let count = hubspot_weathers(&World::new()).len();
    for number in 0..count {
        let world = World::new();
        let (expected, weather) = hubspot_weathers(&world).swap_remove(number);
        let engine = world.imported().await;
        let plan = engine.make_plan().await.unwrap();
        engine.push(plan.id).await.unwrap();
        world.to_hubspot.turn_after(10, weather);
        let run = ended(&engine).await;
        assert_eq!(run.outcome, Some(RunOutcome::Failed), "{expected:?}");
        assert_eq!(run.problem.unwrap().code, expected);
        assert_eq!(engine.status().problem.unwrap().code, expected);
        assert!(records(&world) < whole, "{expected:?}");

        world.to_hubspot.calm();
        assert_eq!(push(&engine).await.outcome, Some(RunOutcome::Done));
        assert_eq!(records(&world), whole, "{expected:?}");
        assert_eq!(engine.status().problem, None);
    }
}

/// While the checklist is checked nothing counts as missing that only could not be asked.
#[tokio::test(start_paused = true)]
async fn a_checklist_in_bad_weather_has_nothing_missing() {
    use clearsync_sync::view::CheckState;

    let world = World::new();
    let engine = world.connected().await;
    for (expected, weather) in stripe_weathers(&world) {
        world.to_stripe.turn(weather);
        engine.check_all(Service::Stripe).await.unwrap();
        let checklist = engine.checklist(Service::Stripe);
        let unverified = |state: &CheckState| matches!(state, CheckState::Unverified { .. });
        assert!(
            checklist.rows.iter().all(|row| unverified(&row.state)),
            "{expected:?}"
        );
        assert!(!checklist.complete && !checklist.checking);
        world.to_stripe.calm();
        engine.check_all(Service::Stripe).await.unwrap();
        assert!(engine.checklist(Service::Stripe).complete);
    }
}
