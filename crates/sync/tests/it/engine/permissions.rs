//! Permissions, scopes and keys that go and come back while ClearSync runs: only what is affected stops.

use std::collections::BTreeSet;

use clearsync_sandbox::{hubspot::HubSpotSandbox, stripe::KeyState};
use clearsync_sync::view::{
    Action, AttentionKind, CheckState, Phase, SettingsChange, WholeReadReason,
};
use jiff::SignedDuration;
use tokio::task::JoinHandle;

use super::{
    schedule::{minutes, scheduled, syncs},
    *,
};

/// An engine after setup, with everything pushed.
async fn kept(world: &World) -> Arc<Engine> {
    let engine = world.imported().await;
    assert_eq!(push(&engine).await.outcome, Some(RunOutcome::Done));
    engine.finish_setup().await.unwrap();
    engine
}

async fn sync_after(world: &World, engine: &Arc<Engine>, wait: SignedDuration) -> RunRow {
    world.clock.jump(wait);
    world.sample.live_on();
    engine.sync_now().await.unwrap();
    ended(engine).await
}

const fn minutes_later(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

const DAYS: SignedDuration = SignedDuration::from_hours(6 * 24);

/// What is open, as kind and subject.
async fn open(engine: &Engine) -> Vec<(AttentionKind, String)> {
    let items = engine.attention().await.unwrap().into_iter();
    let pressing = items.filter(|item| item.kind != AttentionKind::FigureAssumed);
    pressing.map(|item| (item.kind, item.subject)).collect()
}

fn row(engine: &Engine, service: Service, id: &str) -> CheckState {
    let rows = engine.checklist(service).rows;
    rows.into_iter().find(|row| row.id == id).unwrap().state
}

/// How often the user was told that something needs them: runs that come and go meanwhile tell nothing.
fn count_needs(engine: &Engine) -> JoinHandle<usize> {
    let mut statuses = engine.watch_status();
    tokio::spawn(async move {
        let (mut needed, mut told) = (false, 0);
        while statuses.changed().await.is_ok() {
            match statuses.borrow_and_update().phase {
                Phase::Attention => {
                    told += usize::from(!needed);
                    needed = true;
                }
                Phase::Idle => needed = false,
                _ => {}
            }
        }
        told
    })
}

/// Whether the store holds just what Stripe holds of a kind.
fn holds_all(world: &World, kind: &str) -> bool {
    let account = world.accounts()[0].id;
    let data = world.data.read().unwrap();
    let store = world.store();
    data.all(kind).all(|object| {
        let id = object["id"].as_str().unwrap();
        let held = store.read(|view| view.object(account, kind, id)).unwrap();
        held.is_some_and(|held| {
            let held: serde_json::Value = serde_json::from_str(&held.json).unwrap();
            ["status", "name", "amount_paid", "email", "metadata"]
                .into_iter()
                .all(|field| held[field] == object[field])
        })
    })
}

#[tokio::test(start_paused = true)]
async fn without_a_list_everything_else_goes_on_and_what_was_missed_is_read_later() {
    let world = World::new();
    let engine = kept(&world).await;
    let told = count_needs(&engine);
    world.stripe.deny(KEY, "invoice_read");
    for _ in 0..3 {
        let run = sync_after(&world, &engine, DAYS).await;
        assert_ne!(run.outcome, Some(RunOutcome::Failed), "{:?}", run.problem);
    }
    let missing = [(AttentionKind::PermissionMissing, "Invoices".to_owned())];
    assert_eq!(open(&engine).await, missing);
    assert_eq!(engine.status().phase, Phase::Attention);
    assert_eq!(engine.status().problem, None);
    assert_eq!(
        row(&engine, Service::Stripe, "invoices"),
        CheckState::Missing
    );
    assert_eq!(
        row(&engine, Service::Stripe, "charges"),
        CheckState::NotChecked
    );
    assert!(holds_all(&world, "subscription"));
    assert!(!holds_all(&world, "invoice"), "some were missed");

    world.stripe.grant(KEY, "invoice_read");
    engine.check_all(Service::Stripe).await.unwrap();
    let run = sync_after(&world, &engine, minutes_later(5)).await;
    assert_eq!(run.whole_read, Some(WholeReadReason::PermissionBack));
    assert!(holds_all(&world, "invoice"));
    assert_eq!(open(&engine).await, []);
    let run = sync_after(&world, &engine, minutes_later(90)).await;
    assert_eq!(run.whole_read, None, "it is read once");
    drop(engine);
    assert_eq!(told.await.unwrap(), 1);
}

/// A permission that only opens what stands inside of others.
#[tokio::test(start_paused = true)]
async fn without_coupons_subscriptions_are_still_read() {
    let world = World::new();
    let engine = kept(&world).await;
    world.stripe.deny(KEY, "coupon_read");
    let run = sync_after(&world, &engine, DAYS).await;
    assert_ne!(run.outcome, Some(RunOutcome::Failed), "{:?}", run.problem);
    let missing = [(AttentionKind::PermissionMissing, "Coupons".to_owned())];
    assert_eq!(open(&engine).await, missing);
    assert!(holds_all(&world, "subscription"));
    for _ in 0..3 {
        let run = sync_after(&world, &engine, minutes_later(90)).await;
        assert_eq!(run.whole_read, None, "it is not back");
    }
    world.stripe.grant(KEY, "coupon_read");
    let run = sync_after(&world, &engine, minutes_later(90)).await;
    assert_eq!(run.whole_read, Some(WholeReadReason::PermissionBack));
    assert_eq!(open(&engine).await, []);
    assert_eq!(row(&engine, Service::Stripe, "coupons"), CheckState::Held);
}

#[tokio::test(start_paused = true)]
async fn without_events_lists_are_compared_hourly_and_all_is_read_daily() {
    let world = World::new();
    let engine = kept(&world).await;
    let told = count_needs(&engine);
    world.stripe.deny(KEY, "event_read");
    let run = sync_after(&world, &engine, minutes_later(5)).await;
    assert_ne!(run.outcome, Some(RunOutcome::Failed), "{:?}", run.problem);
    let missing = [(AttentionKind::PermissionMissing, "Events".to_owned())];
    assert_eq!(open(&engine).await, missing);
    assert_eq!(row(&engine, Service::Stripe, "events"), CheckState::Missing);

    world.stripe.forget_requests();
    sync_after(&world, &engine, minutes_later(5)).await;
    let asked: BTreeSet<String> = world
        .stripe
        .requests()
        .into_iter()
        .map(|one| one.path)
        .collect();
    assert_eq!(
        asked,
        BTreeSet::from(["/v1/account".to_owned()]),
        "an hour has not passed"
    );

    let id = first_active(&world);
    world.change("subscription", &id, |one| {
        one["metadata"]["seats"] = "9".into();
    });
    let run = sync_after(&world, &engine, minutes_later(61)).await;
    assert!(run.compared.unwrap().differing >= 1);
    assert!(holds_all(&world, "subscription"));

    let run = sync_after(&world, &engine, SignedDuration::from_hours(25)).await;
    assert_eq!(run.whole_read, Some(WholeReadReason::EventsRefused));
    for kind in ["customer", "invoice", "charge", "price"] {
        assert!(holds_all(&world, kind), "{kind}");
    }

    world.stripe.grant(KEY, "event_read");
    let run = sync_after(&world, &engine, minutes_later(61)).await;
    assert_eq!(run.whole_read, Some(WholeReadReason::PermissionBack));
    assert_eq!(open(&engine).await, []);
    let run = sync_after(&world, &engine, DAYS).await;
    assert_eq!(run.whole_read, None, "events are followed again");
    assert!(run.objects_read > 0);
    assert!(holds_all(&world, "subscription") && holds_all(&world, "invoice"));
    drop(engine);
    assert_eq!(told.await.unwrap(), 1);
}

fn first_active(world: &World) -> String {
    let data = world.data.read().unwrap();
    let mut all = data.all("subscription");
    let active = all.find(|one| one["status"] == "active").unwrap();
    active["id"].as_str().unwrap().to_owned()
}

/// All else hangs on subscriptions and customers: the sync waits, names the row, and goes on by itself.
#[tokio::test(start_paused = true)]
async fn without_a_core_list_syncing_waits_and_goes_on_by_itself() {
    for (permission, name, id) in [
        ("subscription_read", "Subscriptions", "subscriptions"),
        ("customer_read", "Customers", "customers"),
    ] {
        let world = World::new();
        let engine = kept(&world).await;
        let told = count_needs(&engine);
        world.stripe.deny(KEY, permission);
        world.clock.jump(DAYS);
        world.sample.live_on();
        let schedule = run_schedule(&engine);
        minutes(30).await;
        let status = engine.status();
        assert_eq!(status.phase, Phase::Attention);
        let problem = status.problem.unwrap();
        assert_eq!(problem.code, ProblemCode::StripeCoreMissing);
        assert_eq!(problem.params["row"], name);
        assert!(matches!(problem.action, Some(Action::Open { .. })));
        assert_eq!(row(&engine, Service::Stripe, id), CheckState::Missing);
        let tries = syncs(&world, &engine).await.len();
        minutes(20).await;
        assert_eq!(
            syncs(&world, &engine).await.len(),
            tries,
            "it is asked for hourly"
        );

        world.stripe.grant(KEY, permission);
        minutes(60).await;
        assert_eq!(engine.status().problem, None);
        assert!(holds_all(&world, "subscription") && holds_all(&world, "customer"));
        schedule.abort();
        let _ = schedule.await;
        drop(engine);
        assert_eq!(told.await.unwrap(), 1, "{name}");
    }
}

/// Whoever mends the key and has it checked need not wait for the hour.
#[tokio::test(start_paused = true)]
async fn a_core_list_that_is_back_in_the_checklist_is_gone_on_with() {
    let world = World::new();
    let engine = kept(&world).await;
    world.stripe.deny(KEY, "subscription_read");
    let run = sync_after(&world, &engine, DAYS).await;
    assert_eq!(run.problem.unwrap().code, ProblemCode::StripeCoreMissing);
    let row = "subscriptions".to_owned();
    engine
        .check_row(Service::Stripe, row.clone())
        .await
        .unwrap();
    assert!(engine.status().problem.is_some());
    world.stripe.grant(KEY, "subscription_read");
    engine.check_row(Service::Stripe, row).await.unwrap();
    assert_eq!(engine.status().problem, None);
}

fn run_schedule(engine: &Arc<Engine>) -> JoinHandle<()> {
    let engine = Arc::clone(engine);
    tokio::spawn(async move { engine.run_schedule().await })
}

/// A key that is refused from this address may work from the next.
#[tokio::test(start_paused = true)]
async fn a_key_refused_from_here_is_tried_again_hourly() {
    let world = World::new();
    let (engine, schedule) = scheduled(&world).await;
    let told = count_needs(&engine);
    world.stripe.set_key_state(KEY, KeyState::IpRestricted);
    minutes(65).await;
    assert_eq!(syncs(&world, &engine).await, [10]);
    let problem = engine.status().problem.unwrap();
    assert_eq!(problem.code, ProblemCode::StripeKeyIpNotAllowed);
    world.stripe.set_key_state(KEY, KeyState::Active);
    minutes(10).await;
    assert_eq!(syncs(&world, &engine).await.len(), 2);
    assert_eq!(engine.status().problem, None);
    schedule.abort();
    let _ = schedule.await;
    drop(engine);
    assert_eq!(told.await.unwrap(), 1);
}

/// A key that was rolled, or is over, does not come back; the next one goes on.
#[tokio::test(start_paused = true)]
async fn a_key_that_is_over_waits_for_the_next() {
    let world = World::new();
    let (engine, schedule) = scheduled(&world).await;
    let told = count_needs(&engine);
    world.stripe.set_key_state(KEY, KeyState::Expired);
    minutes(130).await;
    assert_eq!(syncs(&world, &engine).await, [10]);
    assert_eq!(
        engine.status().problem.unwrap().code,
        ProblemCode::StripeKeyExpired
    );
    world.stripe.add_key(full_key(NEW_KEY));
    connect_stripe(&engine, NEW_KEY).await.unwrap();
    minutes(1).await;
    assert_eq!(syncs(&world, &engine).await.len(), 2);
    assert_eq!(engine.status().problem, None);
    schedule.abort();
    let _ = schedule.await;
    drop(engine);
    assert_eq!(told.await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hubspot_key_that_is_refused_waits_for_the_next() {
    let world = World::new();
    let engine = kept(&world).await;
    let every_ten = SettingsChange::IntervalMinutes(Some(10));
    engine.change_setting(every_ten).await.unwrap();
    world.hubspot.revoke_token(TOKEN);
    world.clock.jump(DAYS);
    world.sample.live_on();
    let schedule = run_schedule(&engine);
    minutes(40).await;
    let problem = engine.status().problem.unwrap();
    assert_eq!(problem.code, ProblemCode::HubSpotTokenRefused);
    let tries = syncs(&world, &engine).await.len();
    let new = "pat-na1-11111111-1c2d-4e3f-8a9b-aabbccddeeff";
    world.hubspot.add_token(new, Sample::SCOPES);
    connect_hubspot(&engine, new).await.unwrap();
    minutes(1).await;
    assert_eq!(syncs(&world, &engine).await.len(), tries + 1);
    assert_eq!(engine.status().problem, None);
    schedule.abort();
}

fn set_scopes_without(hubspot: &HubSpotSandbox, gone: &str) {
    let left = Sample::SCOPES.into_iter().filter(|scope| *scope != gone);
    hubspot.set_scopes(TOKEN, left);
}

/// Where companies may not be read or written, contacts are written all the same, and companies follow.
#[tokio::test(start_paused = true)]
async fn without_a_scope_for_companies_only_companies_wait() {
    let whole = {
        let world = World::new();
        push(&world.imported().await).await;
        records(&world)
    };
    for gone in [
        "crm.objects.companies.read",
        "crm.objects.companies.write",
        "crm.schemas.companies.write",
    ] {
        only_companies_wait_without(gone, &whole).await;
    }
}

async fn only_companies_wait_without(gone: &str, whole: &(usize, usize)) {
    let world = World::new();
    let engine = world.imported().await;
    engine.check_all(Service::HubSpot).await.unwrap();
    let before = records(&world);
    set_scopes_without(&world.hubspot, gone);
    let run = push(&engine).await;
    assert_eq!(run.outcome, Some(RunOutcome::Done), "{:?}", run.problem);
    assert_eq!(records(&world), (whole.0, before.1), "{gone}");
    let missing = (AttentionKind::ScopeMissing, "companies".to_owned());
    assert!(open(&engine).await.contains(&missing));
    assert_eq!(row(&engine, Service::HubSpot, gone), CheckState::Missing);
    engine.finish_setup().await.unwrap();
    assert_eq!(engine.status().problem, None);
    let run = sync_after(&world, &engine, minutes_later(5)).await;
    assert_ne!(run.outcome, Some(RunOutcome::Failed), "{:?}", run.problem);

    world.hubspot.set_scopes(TOKEN, Sample::SCOPES);
    engine.check_all(Service::HubSpot).await.unwrap();
    push(&engine).await;
    assert_eq!(&records(&world), whole, "{gone}");
    assert!(!open(&engine).await.contains(&missing));
}
