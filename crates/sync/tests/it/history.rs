//! MRR over time, as it stands in the store after whole syncs, against the business's own ledger.

use std::collections::BTreeMap;

use clearsync_billing::{Fraction, Policy, ReturningRule};
use clearsync_sandbox::business::{self, Business, ExactMinor, Fact, Shape};
use clearsync_store::{AccountId, Movement, Store, StoreError, SubscriptionEvent};
use clearsync_sync::{
    derive::{Derived, Summary, derive},
    import::follow,
    matching::SharedDomains,
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::date, tz::TimeZone};

use crate::world::{Home, World, go};

/// The ledger tells each subscription's movements by itself, so that a returning customer's is new.
fn policy() -> Policy {
    Policy {
        returning: ReturningRule::New,
        ..Policy::clearsync()
    }
}

fn work_out(world: &World, store: &Store, account: AccountId) -> Derived {
    derive(
        store,
        account,
        &policy(),
        &SharedDomains::default(),
        world.clock().now(),
    )
    .unwrap()
}

fn exact(amount: ExactMinor) -> Fraction {
    format!("{}/{}", amount.numerator, amount.denominator)
        .parse()
        .unwrap()
}

/// A movement in words, to compare and to print: a stored one, and a true one.
fn told(movement: &Movement) -> String {
    let Movement {
        at,
        kind,
        change_type,
        before,
        after,
        ..
    } = movement;
    let kind: String = kind.split('_').collect();
    format!("{at} {kind} {change_type} {before} → {after}")
}

fn true_one(movement: &business::Movement) -> String {
    let [before, after] = [movement.before, movement.after].map(exact);
    let words = format!("{:?} {:?}", movement.kind, movement.change_type).to_lowercase();
    format!("{} {words} {before} → {after}", movement.at)
}

/// The movements in the store, by subscription.
fn movements(store: &Store, account: AccountId) -> BTreeMap<String, Vec<Movement>> {
    let mut by_subscription: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let all = store.read(|view| view.movements(account)).unwrap();
    for movement in all {
        let of_one = by_subscription.entry(movement.subscription.clone());
        of_one.or_default().push(movement);
    }
    by_subscription
}

/// What the movements up to `at` add up to.
fn sum(movements: &[Movement], at: Timestamp) -> Fraction {
    let before = movements.iter().filter(|movement| movement.at <= at);
    before
        .map(|movement| movement.change.parse::<Fraction>().unwrap())
        .sum()
}

/// The last moment of every month from 2023 to May 2026.
fn month_ends() -> impl Iterator<Item = Timestamp> {
    (1..=41).map(|months: i32| {
        let next = date(2023, 1, 1) + months.months();
        let begin = next.to_zoned_datetime(TimeZone::UTC).unwrap().timestamp();
        begin - 1.second()
    })
}

/// A trial whose first invoice was paid late: the sandbox's subscription turns active although its trial goes on, which
/// Stripe's never does.
fn is_impossible(business: &Business, id: &str) -> bool {
    let entries = &business.ledger().life(id).unwrap().entries;
    let in_trial = |fact: &Fact| {
        matches!(
            fact,
            Fact::Started {
                trial_end: Some(_),
                ..
            }
        )
    };
    entries.iter().any(|entry| in_trial(&entry.fact))
        && entries.iter().any(|entry| entry.fact == Fact::Activated)
}

/// Of discounts, events of subscriptions say only the id. What one took off is known while the subscription has it, and
/// from invoices for those of whole subscriptions; one that began and ended between two invoices is lost.
fn had_discount(business: &Business, id: &str) -> bool {
    let entries = &business.ledger().life(id).unwrap().entries;
    entries
        .iter()
        .any(|entry| matches!(entry.fact, Fact::DiscountStarted { .. }))
}

async fn imported(world: &World, store: &Store) -> AccountId {
    let source = world.plain_source(store).await;
    world.import(&source, store).await.unwrap();
    source.account()
}

/// Keeps every event there ever was, the newest first and each twice, as one who followed all the time has them.
fn follow_from_the_first_day(world: &World, store: &Store, account: AccountId) {
    let data = world.data();
    let data = data.read().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let told = data.events().iter().rev().filter_map(|event| {
        let object = &event["data"]["object"];
        let subscription = match text(&event["type"]) {
            kind if kind.starts_with("customer.subscription.") => &object["id"],
            kind if kind.starts_with("customer.discount.") => &object["subscription"],
            _ => return None,
        };
        Some(SubscriptionEvent {
            id: text(&event["id"]),
            subscription: text(subscription),
            customer: text(&object["customer"]),
            created_s: event["created"].as_i64().unwrap(),
            json: event.to_string(),
        })
    });
    let told: Vec<_> = told.flat_map(|event| [event.clone(), event]).collect();
    let fetched = store.begin_fetch(world.clock().now());
    store
        .write(|writer| writer.keep_subscription_events(account, fetched, &told))
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn with_every_event_the_store_holds_the_truth() {
    let mut lives = 0;
    for seed in 0..3 {
        let world = World::new(seed, &Shape::small().with_all_events());
        let home = Home::new();
        let store = home.open();
        let account = imported(&world, &store).await;
        follow_from_the_first_day(&world, &store, account);
        work_out(&world, &store, account);
        let mut stored = movements(&store, account);
        for (id, _) in world
            .business
            .ledger()
            .lives()
            .filter(|(id, _)| !is_impossible(&world.business, id))
        {
            let ledger = world.business.ledger();
            let of_one = stored.remove(id).unwrap_or_default();
            let ours: Vec<_> = of_one.iter().map(told).collect();
            let truth: Vec<_> = ledger.movements(id).iter().map(true_one).collect();
            if had_discount(&world.business, id) {
                let exact = of_one.iter().zip(&ours).filter(|(one, _)| one.exact);
                for (_, told) in exact {
                    assert!(
                        truth.contains(told),
                        "seed {seed}, {id}: {told}, {truth:#?}"
                    );
                }
                continue;
            }
            assert_eq!(ours, truth, "seed {seed}, {id}");
            assert!(of_one.iter().all(|one| one.exact), "seed {seed}, {id}");
            for end in month_ends() {
                let truth = exact(ledger.mrr_at(id, end).unwrap());
                assert_eq!(sum(&of_one, end), truth, "seed {seed}, {id} at {end}");
            }
            lives += 1;
        }
    }
    assert!(lives > 30, "there were lives to compare: {lives}");
}

#[tokio::test(start_paused = true)]
async fn with_recent_events_what_is_called_exact_is_true_and_the_present_is_right() {
    let (mut lives, mut faultless, mut rebuilt) = (0_u32, 0_u32, 0_u32);
    for seed in 0..5 {
        let world = World::new(seed, &Shape::small());
        let home = Home::new();
        let store = home.open();
        let account = imported(&world, &store).await;
        work_out(&world, &store, account);
        let mut stored = movements(&store, account);
        let now = world.clock().now();
        for (id, _) in world
            .business
            .ledger()
            .lives()
            .filter(|(id, _)| !is_impossible(&world.business, id))
        {
            let ledger = world.business.ledger();
            let of_one = stored.remove(id).unwrap_or_default();
            let truth: Vec<_> = ledger.movements(id).iter().map(true_one).collect();
            let ours: Vec<_> = of_one.iter().map(told).collect();
            lives += 1;
            faultless += u32::from(ours == truth);
            for (movement, told) in of_one.iter().zip(&ours) {
                rebuilt += u32::from(!movement.exact);
                let reason = movement.origin_id.is_some() || movement.origin == "present";
                assert!(movement.exact || reason, "a rebuilt one says from what");
                assert!(
                    !movement.exact || truth.contains(told),
                    "seed {seed}, {id}: {told} is called exact; {truth:#?}"
                );
            }
            let present = exact(ledger.mrr_at(id, now).unwrap());
            assert_eq!(sum(&of_one, now), present, "seed {seed}, {id} now");
            let figure = store.read(|view| view.figure(account, id)).unwrap();
            let figure: Fraction = figure.unwrap().exact.parse().unwrap();
            assert_eq!(figure, present, "seed {seed}, the figure of {id}");
        }
    }
    println!("{faultless} of {lives} lives without fault, {rebuilt} movements rebuilt");
    assert!(faultless * 100 >= lives * 75, "{faultless} of {lives}");
    assert!(rebuilt > 0, "there was a past to rebuild");
}

#[tokio::test(start_paused = true)]
async fn what_is_followed_stays_exact_however_often_it_is_read() {
    let mut world = World::new(2, &Shape::small());
    let home = Home::new();
    let store = home.open();
    let source = world.plain_source(&store).await;
    world.import(&source, &store).await.unwrap();
    let account = source.account();
    work_out(&world, &store, account);
    let begun = world.clock().now();
    // Longer than Stripe keeps events: what was followed is known for good.
    for _ in 0..5 {
        world.live_on(SignedDuration::from_hours(24 * 10));
        follow(&source, &store, &world.clock(), &go())
            .await
            .unwrap();
        work_out(&world, &store, account);
    }
    let step_by_step = movements(&store, account);
    let since: Vec<_> = step_by_step
        .values()
        .flatten()
        .filter(|movement| movement.at > begun)
        .collect();
    assert!(since.len() > 3, "the business lived on: {}", since.len());
    for movement in since {
        let ledger = world.business.ledger();
        let truth: Vec<_> = ledger
            .movements(&movement.subscription)
            .iter()
            .map(true_one)
            .collect();
        let told = told(movement);
        assert!(
            is_impossible(&world.business, &movement.subscription) || truth.contains(&told),
            "{told} is not among {truth:#?}"
        );
    }

    // Everything once more, events with it.
    world.import(&source, &store).await.unwrap();
    work_out(&world, &store, account);
    assert_eq!(movements(&store, account), step_by_step);
}

#[tokio::test(start_paused = true)]
async fn a_summary_knows_the_last_movement() {
    let world = World::new(1, &Shape::small());
    let home = Home::new();
    let store = home.open();
    let account = imported(&world, &store).await;
    work_out(&world, &store, account);
    let all = store.read(|view| view.movements(account)).unwrap();
    let rollups = store
        .read(|view| view.rollups(account, clearsync_store::Grain::Customer))
        .unwrap();
    let mut compared = 0;
    for rollup in rollups {
        let summary = Summary::of(&rollup).unwrap();
        let of_one = || all.iter().filter(|movement| movement.customer == rollup.id);
        let changes = of_one().filter(|movement| movement.change != "0").count();
        assert_eq!(summary.mrr_changes as usize, changes, "{}", rollup.id);
        let last = of_one().max_by_key(|movement| (movement.at, movement.number));
        let told = summary.last_movement.map(|last| last.at);
        assert_eq!(told, last.map(|movement| movement.at), "{}", rollup.id);
        compared += usize::from(last.is_some());
    }
    assert!(compared > 5, "{compared}");
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_stripe_no_longer_has_ends_and_says_so() {
    let world = World::new(3, &Shape::small());
    let home = Home::new();
    let store = home.open();
    let account = imported(&world, &store).await;
    work_out(&world, &store, account);
    let figures = store.read(|view| view.figures(account)).unwrap();
    let paying = figures.iter().find(|figure| figure.rounded_minor > 0);
    let id = paying.unwrap().subscription.clone();
    store
        .write(|writer| {
            let fetched = store.begin_fetch(world.clock().now());
            writer.bury_objects(account, fetched, "v", [("subscription", id.as_str())])
        })
        .unwrap();
    work_out(&world, &store, account);
    store
        .read(|view| {
            assert_eq!(view.figure(account, &id)?, None);
            let last = view.movements_of_subscription(account, &id)?.pop().unwrap();
            assert_eq!((last.kind.as_str(), last.after.as_str()), ("churn", "0"));
            let open = view.attention(account)?;
            let open = open.iter().find(|open| open.subject == id).unwrap();
            assert_eq!(open.code, "figure_assumed");
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// Changes a subscription in Stripe without any trace of when, and reads everything again `days` later.
async fn changed_unseen(
    world: &World,
    store: &Store,
    id: &str,
    days: i64,
    change: impl FnOnce(&mut serde_json::Value),
) {
    let data = world.data();
    let mut object = data
        .read()
        .unwrap()
        .get("subscription", id)
        .unwrap()
        .clone();
    change(&mut object);
    data.write().unwrap().upsert(object);
    world.clock.jump(SignedDuration::from_hours(24 * days));
    let source = world.plain_source(store).await;
    world.import(&source, store).await.unwrap();
    work_out(world, store, source.account());
}

fn add_seats(count: i64) -> impl FnOnce(&mut serde_json::Value) {
    move |subscription| {
        let quantity = &mut subscription["items"]["data"][0]["quantity"];
        *quantity = (quantity.as_i64().unwrap() + count).into();
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_no_date_stays_on_the_day_it_was_first_seen() {
    let world = World::new(3, &Shape::small());
    let home = Home::new();
    let store = home.open();
    let account = imported(&world, &store).await;
    work_out(&world, &store, account);
    let figures = store.read(|view| view.figures(account)).unwrap();
    let plain = |figure: &&clearsync_store::Figure| {
        figure.rounded_minor > 0
            && figure.status == "active"
            && world.business.ledger().is_plain(&figure.subscription)
    };
    let id = &figures.iter().find(plain).unwrap().subscription;
    let of_it = || movements(&store, account).remove(id).unwrap();
    let before = of_it();

    changed_unseen(&world, &store, id, 1, add_seats(5)).await;
    let first_seen = of_it();
    let [known @ .., last] = first_seen.as_slice() else {
        panic!("there are movements")
    };
    assert_eq!(known, before);
    assert_eq!(
        (last.kind.as_str(), last.origin.as_str()),
        ("upgrade", "present")
    );
    assert!(
        last.at.to_string().starts_with("2026-06-02T"),
        "{}",
        last.at
    );

    // Read again when something else about it has changed, and when nothing has.
    changed_unseen(&world, &store, id, 3, |subscription| {
        subscription["metadata"]["seat_owner"] = "Ada".into();
    })
    .await;
    assert_eq!(of_it(), first_seen);
    changed_unseen(&world, &store, id, 2, |_| ()).await;
    assert_eq!(of_it(), first_seen);

    // A further change has its own day, and working everything out anew moves nothing.
    changed_unseen(&world, &store, id, 2, add_seats(1)).await;
    let both = of_it();
    assert_eq!(both[..first_seen.len()], first_seen);
    assert_eq!(both.len(), first_seen.len() + 1);
    let now = world.clock().now();
    let shared = SharedDomains::default();
    derive(&store, account, &Policy::conservative(), &shared, now).unwrap();
    work_out(&world, &store, account);
    assert_eq!(of_it(), both);
}
