//! The live checklist: ticks one by one, rows checked again, and what a key can do beyond it.

use clearsync_sandbox::{Fault, stripe::Failure};
use clearsync_sync::view::{CheckState, Checklist, GuidePreset, Level};

use super::{wire::faulty, *};

fn state<'a>(checklist: &'a Checklist, id: &str) -> &'a CheckState {
    let row = checklist.rows.iter().find(|row| row.id == id);
    &row.unwrap().state
}

/// Every checklist that was told so far.
fn told(changes: &mut broadcast::Receiver<Change>) -> Vec<Checklist> {
    let mut checklists = Vec::new();
    while let Ok(change) = changes.try_recv() {
        if let Change::Checklist(checklist) = change {
            checklists.push(checklist);
        }
    }
    checklists
}

#[tokio::test(start_paused = true)]
async fn ticks_arrive_one_by_one() {
    let world = World::new();
    let engine = world.connected().await;
    let mut changes = engine.changes();
    for service in [Service::Stripe, Service::HubSpot] {
        engine.check_all(service).await.unwrap();
        let told = told(&mut changes);
        let counts: Vec<u32> = told.iter().map(|checklist| checklist.held).collect();
        let needed = told[0].needed;
        assert!(counts.windows(2).all(|two| two[1] - two[0] <= 1));
        assert_eq!((counts[0], counts.last()), (0, Some(&needed)));
        assert!(told[0].checking && !told.last().unwrap().checking);
        assert!(told.last().unwrap().complete);
        assert_eq!(engine.checklist(service), *told.last().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_row_names_its_link_and_one_row_is_checked_again() {
    let world = World::new();
    world.stripe.deny(KEY, "customer_read");
    let engine = world.connected().await;
    engine.check_all(Service::Stripe).await.unwrap();
    let checklist = engine.checklist(Service::Stripe);
    assert_eq!(*state(&checklist, "customers"), CheckState::Missing);
    assert_eq!(checklist.held, checklist.needed - 1);
    assert!(!checklist.complete);
    let row = checklist.rows.iter().find(|row| row.id == "customers");
    let link = row.unwrap().fix_url.clone().unwrap();
    assert!(link.starts_with("https://dashboard.stripe.com/"), "{link}");
    assert_eq!(
        engine.setup().await.unwrap().reached,
        SetupStep::Permissions
    );

    world.stripe.grant(KEY, "customer_read");
    world.stripe.forget_requests();
    let again = engine.check_row(Service::Stripe, "customers".to_owned());
    again.await.unwrap();
    assert_eq!(world.stripe.requests().len(), 1, "only this row is asked");
    let checklist = engine.checklist(Service::Stripe);
    assert_eq!(*state(&checklist, "customers"), CheckState::Held);
    assert!(checklist.complete);
    assert_eq!(engine.setup().await.unwrap().reached, SetupStep::HubSpot);
    assert!(
        engine
            .check_row(Service::Stripe, "nothing".to_owned())
            .await
            .is_err()
    );
}

#[tokio::test(start_paused = true)]
async fn a_missing_scope_is_found_and_found_again() {
    let world = World::new();
    let some = &Sample::SCOPES[1..];
    world.hubspot.set_scopes(TOKEN, some.iter().copied());
    let engine = world.connected().await;
    engine.check_all(Service::HubSpot).await.unwrap();
    let checklist = engine.checklist(Service::HubSpot);
    assert_eq!(*state(&checklist, Sample::SCOPES[0]), CheckState::Missing);
    assert!(!checklist.complete);

    let more = Sample::SCOPES.into_iter().chain(["crm.objects.deals.read"]);
    world.hubspot.set_scopes(TOKEN, more);
    let row = Sample::SCOPES[0].to_owned();
    engine.check_row(Service::HubSpot, row).await.unwrap();
    let checklist = engine.checklist(Service::HubSpot);
    assert!(checklist.complete);
    assert_eq!(
        *state(&checklist, "crm.objects.deals.read"),
        CheckState::Excess
    );

    world.hubspot.set_scopes(TOKEN, Sample::SCOPES);
    engine.check_all(Service::HubSpot).await.unwrap();
    let checklist = engine.checklist(Service::HubSpot);
    assert_eq!(checklist.rows.len(), Sample::SCOPES.len());
    assert!(checklist.excess_checked);
}

/// Stripe asks to slow down for one row. It is tried again by itself and never counts as missing.
#[tokio::test(start_paused = true)]
async fn a_busy_answer_is_tried_again() {
    let world = World::new();
    let engine = world.connected().await;
    let mut changes = engine.changes();
    world.stripe.fail_next([Failure::GlobalRate]);
    engine.check_all(Service::Stripe).await.unwrap();
    let told = told(&mut changes);
    let unverified = |checklist: &Checklist| {
        let mut states = checklist.rows.iter().map(|row| &row.state);
        states.any(|state| matches!(state, CheckState::Unverified { .. }))
    };
    let missing = |checklist: &Checklist| {
        let mut states = checklist.rows.iter().map(|row| &row.state);
        states.any(|state| *state == CheckState::Missing)
    };
    assert!(told.iter().any(unverified));
    assert!(!told.iter().any(missing));
    assert!(engine.checklist(Service::Stripe).complete);
}

/// A key that was revoked stops the check: what was not asked waits for the key.
#[tokio::test(start_paused = true)]
async fn a_revoked_key_stops_the_check_and_says_so() {
    let world = World::new();
    let engine = world.connected().await;
    world.stripe.revoke(KEY);
    world.hubspot.revoke_token(TOKEN);
    for (service, expected) in [
        (Service::Stripe, ProblemCode::StripeKeyRefused),
        (Service::HubSpot, ProblemCode::HubSpotTokenRefused),
    ] {
        engine.check_all(service).await.unwrap();
        let checklist = engine.checklist(service);
        assert_eq!(checklist.problem.as_ref().unwrap().code, expected);
        let waits = |state: &CheckState| *state == CheckState::Waiting;
        assert!(checklist.rows.iter().all(|row| waits(&row.state)));
        assert!(!checklist.checking);
    }
    world.stripe.add_key(full_key(KEY));
    engine.check_all(Service::Stripe).await.unwrap();
    let checklist = engine.checklist(Service::Stripe);
    assert_eq!((checklist.complete, checklist.problem), (true, None));
}

/// While the key is edited in the browser, open rows are checked again by themselves until all are held.
#[tokio::test(start_paused = true)]
async fn open_rows_are_watched_until_all_are_held() {
    let world = World::new();
    world.stripe.deny(KEY, "customer_read");
    world.stripe.deny(KEY, "coupon_read");
    let engine = world.connected().await;
    engine.check_all(Service::Stripe).await.unwrap();
    engine.watch_checklist(Service::Stripe, true).await.unwrap();
    world.stripe.forget_requests();
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(world.stripe.requests().len(), 4, "two rows, twice");

    world.stripe.grant(KEY, "customer_read");
    tokio::time::sleep(Duration::from_secs(6)).await;
    let checklist = engine.checklist(Service::Stripe);
    assert_eq!(*state(&checklist, "customers"), CheckState::Held);
    assert_eq!(*state(&checklist, "coupons"), CheckState::Missing);
    world.stripe.grant(KEY, "coupon_read");
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(engine.checklist(Service::Stripe).complete);
    assert_eq!(engine.setup().await.unwrap().reached, SetupStep::HubSpot);
    world.stripe.forget_requests();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(world.stripe.requests().len(), 0, "complete, so at rest");
}

#[tokio::test(start_paused = true)]
async fn watching_ends_when_told_and_after_a_while() {
    let world = World::new();
    world.stripe.deny(KEY, "customer_read");
    let engine = world.connected().await;
    engine.check_all(Service::Stripe).await.unwrap();
    for told in [true, false] {
        engine.watch_checklist(Service::Stripe, true).await.unwrap();
        tokio::time::sleep(Duration::from_secs(11)).await;
        if told {
            let end = engine.watch_checklist(Service::Stripe, false);
            end.await.unwrap();
        } else {
            tokio::time::sleep(Duration::from_mins(3)).await;
        }
        world.stripe.forget_requests();
        tokio::time::sleep(Duration::from_mins(3)).await;
        assert_eq!(world.stripe.requests().len(), 0);
    }
}

/// A check of the key before does not speak for the key that took its place.
#[tokio::test(start_paused = true)]
async fn verdicts_of_a_replaced_key_are_not_heard() {
    let world = World::new();
    world.stripe.add_key(full_key(NEW_KEY));
    for permission in Sample::PERMISSIONS {
        world.stripe.deny(KEY, permission);
    }
    let engine = world.connected().await;
    world.to_stripe.set_round_trip(Duration::from_secs(5));
    engine.check_in_background(Service::Stripe);
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.to_stripe.set_round_trip(Duration::ZERO);
    connect_stripe(&engine, NEW_KEY).await.unwrap();
    engine.check_all(Service::Stripe).await.unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    let checklist = engine.checklist(Service::Stripe);
    assert!(checklist.complete && !checklist.checking);
}

/// Of two checks at once the list is being checked until the last of them ends.
#[tokio::test(start_paused = true)]
async fn checks_at_once_end_with_the_last() {
    let world = World::new();
    let engine = world.connected().await;
    world.to_stripe.set_round_trip(Duration::from_secs(1));
    engine.check_in_background(Service::Stripe);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let one = engine.check_row(Service::Stripe, "customers".to_owned());
    one.await.unwrap();
    let checklist = engine.checklist(Service::Stripe);
    assert!(checklist.checking && !checklist.complete);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert!(!engine.checklist(Service::Stripe).checking);
}

#[tokio::test(start_paused = true)]
async fn what_a_key_can_do_beyond_the_checklist_is_found_on_demand() {
    let world = World::new();
    world.stripe.grant(KEY, "customer_write");
    world.stripe.grant(KEY, "setup_intent_read");
    let engine = world.connected().await;
    engine.check_all(Service::Stripe).await.unwrap();
    let plain = engine.checklist(Service::Stripe);
    assert!(plain.complete && !plain.excess_checked);

    engine.check_excess().await.unwrap();
    let checklist = engine.checklist(Service::Stripe);
    assert!(checklist.complete && checklist.excess_checked);
    assert_eq!(*state(&checklist, "customers"), CheckState::Excess);
    assert_eq!(checklist.held, checklist.needed);
    let further: Vec<_> = checklist.rows[plain.rows.len()..].iter().collect();
    assert!(further.iter().all(|row| row.level == Level::None));
    assert!(further.iter().any(|row| row.id == "setup_intents"));

    world.stripe.deny(KEY, "customer_write");
    world.stripe.deny(KEY, "setup_intent_read");
    engine.check_excess().await.unwrap();
    let checklist = engine.checklist(Service::Stripe);
    assert_eq!(checklist.rows, plain.rows, "nothing is left of it");
    assert!(checklist.excess_checked);
    let wrote = |method: &str| method != "GET" && method != "POST";
    assert!(!world.stripe.requests().iter().any(|one| wrote(&one.method)));
}

/// When Stripe cannot be asked, nobody may believe that the key can do no more.
#[tokio::test(start_paused = true)]
async fn excess_that_could_not_be_asked_is_not_said_to_be_checked() {
    let world = World::new();
    let engine = world.connected().await;
    engine.check_all(Service::Stripe).await.unwrap();
    let router = world.stripe.router();
    world.to_stripe.turn(faulty(Fault::CaptivePortal, router));
    let outcome = engine.check_excess().await;
    assert_eq!(code(outcome), ProblemCode::NotTheService);
    let checklist = engine.checklist(Service::Stripe);
    assert!(checklist.complete && !checklist.excess_checked);
    world.to_stripe.calm();
    engine.check_excess().await.unwrap();
    assert!(engine.checklist(Service::Stripe).excess_checked);
}

#[tokio::test(start_paused = true)]
async fn the_strictly_read_only_preset_asks_for_no_write() {
    let world = World::new();
    world.stripe.deny(KEY, "webhook_write");
    let engine = world.connected().await;
    engine.check_all(Service::Stripe).await.unwrap();
    assert!(!engine.checklist(Service::Stripe).complete);

    let preset = engine.choose_preset(GuidePreset::StrictlyReadOnly);
    let checklist = preset.await.unwrap();
    assert_eq!(checklist.preset, Some(GuidePreset::StrictlyReadOnly));
    assert!(checklist.rows.iter().all(|row| row.level == Level::Read));
    assert!(!checklist.complete, "checked anew");
    engine.check_all(Service::Stripe).await.unwrap();
    assert!(engine.checklist(Service::Stripe).complete);
    let again = world.open();
    assert_eq!(
        again.checklist(Service::Stripe).preset,
        Some(GuidePreset::StrictlyReadOnly)
    );
}

/// A plain secret key holds everything, which one question settles, and can do more than is needed.
#[tokio::test(start_paused = true)]
async fn a_secret_key_holds_everything_and_more() {
    let world = World::new();
    let key = "sk_test_51PlainSecretKeyOfTheBusiness";
    world.stripe.add_key(full_key(key));
    let engine = world.open();
    connect_stripe(&engine, key).await.unwrap();
    let connection = engine.setup().await.unwrap().stripe.unwrap();
    assert!(!connection.restricted);
    world.stripe.forget_requests();
    engine.check_all(Service::Stripe).await.unwrap();
    assert_eq!(world.stripe.requests().len(), 1);
    assert!(engine.checklist(Service::Stripe).complete);
    engine.check_excess().await.unwrap();
    let checklist = engine.checklist(Service::Stripe);
    let excess = |state: &CheckState| *state == CheckState::Excess;
    let more = checklist.rows.iter().filter(|row| excess(&row.state));
    assert!(more.count() > 10);
    assert!(checklist.complete);
}
