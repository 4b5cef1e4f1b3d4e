use std::collections::BTreeMap;

use clearsync_billing::{Fraction, Policy};
use clearsync_sandbox::business::Shape;
use clearsync_store::{AccountId, Figure, Grain, Rollup, Store};
use clearsync_sync::{
    derive::{Derived, Summary, derive},
    import::follow,
    matching::SharedDomains,
};
use jiff::SignedDuration;
use serde_json::Value;

use crate::world::{Home, World, go};

/// Everything after the `@`, free mail apart.
/// A list on which `gmail.com` alone is shared of the free mail the sandbox's people use, so that the others are companies with
/// several customers.
fn shared() -> SharedDomains {
    let companies = ["outlook.com", "yahoo.com", "icloud.com", "proton.me"].map(str::to_owned);
    SharedDomains::new(&[], &companies).unwrap()
}

fn domain(email: &str) -> Option<String> {
    let (_, domain) = email.rsplit_once('@')?;
    (domain != "gmail.com").then(|| domain.to_owned())
}

fn work_out(world: &World, store: &Store, account: AccountId) -> Derived {
    derive(
        store,
        account,
        &Policy::clearsync(),
        &shared(),
        world.clock().now(),
    )
    .unwrap()
}

fn figures(store: &Store, account: AccountId) -> Vec<Figure> {
    store.read(|view| view.figures(account)).unwrap()
}

async fn imported(world: &World, store: &Store) -> AccountId {
    let source = world.plain_source(store).await;
    world.import(&source, store).await.unwrap();
    source.account()
}

#[tokio::test(start_paused = true)]
async fn mrr_is_what_the_business_knows_it_to_be() {
    let (mut plain, mut right, mut all) = (0, 0, 0);
    for seed in 0..6 {
        let world = World::new(seed, &Shape::small());
        let home = Home::new();
        let store = home.open();
        let account = imported(&world, &store).await;
        let derived = work_out(&world, &store, account);
        assert_eq!(derived.not_understood, 0);
        let ledger = world.business.ledger();
        let figures = figures(&store, account);
        assert_eq!(figures.len(), ledger.lives().count());
        for figure in figures {
            let truth = ledger
                .mrr_at(&figure.subscription, world.clock().now())
                .unwrap();
            let truth: Fraction = format!("{}/{}", truth.numerator, truth.denominator)
                .parse()
                .unwrap();
            let exact: Fraction = figure.exact.parse().unwrap();
            all += 1;
            right += u32::from(exact == truth);
            if ledger.is_plain(&figure.subscription) {
                plain += 1;
                assert_eq!(exact, truth, "seed {seed}: {}", figure.subscription);
            } else if exact != truth {
                println!(
                    "seed {seed}: {} is {exact}, was {truth}",
                    figure.subscription
                );
            }
        }
    }
    println!("{right} of {all} right, {plain} plain");
    assert!(plain > 20, "there were plain ones to compare: {plain}");
}

/// What stands in the store, apart from the moment and revision it was worked out at.
fn outcome(store: &Store, account: AccountId) -> (Vec<Figure>, Vec<Rollup>) {
    let plain = |mut figure: Figure| {
        figure.revision = 0;
        if let Some(at) = figure.explanation.pointer_mut("/derivation/at") {
            *at = Value::Null;
        }
        figure
    };
    let figures = figures(store, account).into_iter().map(plain).collect();
    let rollups = [Grain::Customer, Grain::Company]
        .map(|grain| store.read(|view| view.rollups(account, grain)).unwrap());
    let mut rollups: Vec<Rollup> = rollups.into_iter().flatten().collect();
    for rollup in &mut rollups {
        rollup.revision = 0;
    }
    (figures, rollups)
}

#[tokio::test(start_paused = true)]
async fn only_what_changed_is_worked_out_and_the_rest_still_holds() {
    for seed in 0..3 {
        let mut world = World::new(seed, &Shape::small());
        let home = Home::new();
        let store = home.open();
        let source = world.plain_source(&store).await;
        world.import(&source, &store).await.unwrap();
        let account = source.account();
        let first = work_out(&world, &store, account);
        assert_eq!(work_out(&world, &store, account), Derived::default());
        for days in [1, 3, 10] {
            world.live_on(SignedDuration::from_hours(24 * days));
            follow(&source, &store, &world.clock(), &go())
                .await
                .unwrap();
            let some = work_out(&world, &store, account);
            assert!(
                days > 1 || some.customers < first.customers,
                "{some:?} of {first:?}"
            );
            let step_by_step = outcome(&store, account);
            // Another policy and back: everything from the beginning.
            let now = world.clock().now();
            derive(&store, account, &Policy::conservative(), &shared(), now).unwrap();
            let again = work_out(&world, &store, account);
            assert_eq!(again.customers, first.customers.max(again.customers));
            let at_once = outcome(&store, account);
            for (one, other) in step_by_step.0.iter().zip(&at_once.0) {
                assert_eq!(one, other, "seed {seed}, after {days} days");
            }
            assert_eq!(step_by_step, at_once, "seed {seed}, after {days} days");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn customers_and_companies_sum_up_their_subscriptions() {
    let world = World::new(2, &Shape::large(60));
    let home = Home::new();
    let store = home.open();
    let account = imported(&world, &store).await;
    work_out(&world, &store, account);
    let rollups = |grain| store.read(|view| view.rollups(account, grain)).unwrap();
    let mut by_customer: BTreeMap<(String, String), Fraction> = BTreeMap::new();
    for figure in figures(&store, account) {
        let sum = by_customer
            .entry((figure.customer, figure.currency))
            .or_default();
        *sum += &figure.exact.parse().unwrap();
    }
    let mut by_company: BTreeMap<(String, String), Fraction> = BTreeMap::new();
    let mut members: BTreeMap<String, usize> = BTreeMap::new();
    for customer in rollups(Grain::Customer) {
        let summary = Summary::of(&customer).unwrap();
        let company = summary.email.as_deref().and_then(domain);
        assert_eq!(customer.company, company);
        for sum in &summary.sums {
            let currency = sum.currency.code().to_lowercase();
            let truth = by_customer.get(&(customer.id.clone(), currency.clone()));
            assert_eq!(
                sum.mrr,
                truth.cloned().unwrap_or_default(),
                "{}",
                customer.id
            );
            if let Some(company) = &company {
                *by_company.entry((company.clone(), currency)).or_default() += &sum.mrr;
            }
        }
        if let Some(company) = company {
            *members.entry(company).or_default() += 1;
        }
    }
    let companies = rollups(Grain::Company);
    assert_eq!(companies.len(), members.len());
    assert!(
        members.values().any(|count| *count > 1),
        "some companies have several customers"
    );
    for company in companies {
        let summary = Summary::of(&company).unwrap();
        assert_eq!(summary.customers.len(), members[&company.id]);
        for sum in &summary.sums {
            let currency = sum.currency.code().to_lowercase();
            assert_eq!(sum.mrr, by_company[&(company.id.clone(), currency)]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_understood_is_named_and_the_rest_is_worked_out() {
    for fields in [&["customer"][..], &["created", "start_date"]] {
        one_is_not_understood(fields).await;
    }
}

async fn one_is_not_understood(fields: &[&str]) {
    let world = World::new(3, &Shape::small());
    let (broken, whole) = {
        let data = world.data();
        let mut data = data.write().unwrap();
        let whole = data.all("subscription").next().unwrap().clone();
        let mut broken = whole.clone();
        for field in fields {
            broken[*field] = Value::Null;
        }
        data.upsert(broken.clone());
        (broken["id"].as_str().unwrap().to_owned(), whole)
    };
    let home = Home::new();
    let store = home.open();
    let account = imported(&world, &store).await;
    let derived = work_out(&world, &store, account);
    assert_eq!(derived.not_understood, 1);
    let open = store.read(|view| view.attention(account)).unwrap();
    let named = open.iter().find(|item| item.subject == broken).unwrap();
    assert_eq!(named.code, "object_not_understood");
    assert_eq!(named.params["field"], fields[0]);
    let lives = world.business.ledger().lives().count();
    assert_eq!(figures(&store, account).len(), lives - 1);

    let json = whole.to_string();
    store
        .write(|writer| {
            let object = clearsync_store::Object {
                kind: "subscription",
                id: &broken,
                customer: whole["customer"].as_str(),
                subscription: None,
                created_s: None,
                json: &json,
            };
            let fetched = store.begin_fetch(world.clock().now());
            writer.put_objects(account, fetched, "2026-05-27.dahlia", [object])
        })
        .unwrap();
    let mended = work_out(&world, &store, account);
    assert_eq!((mended.customers, mended.not_understood), (1, 0));
    assert_eq!(figures(&store, account).len(), lives);
    let open = store.read(|view| view.attention(account)).unwrap();
    assert!(open.iter().all(|item| item.code != "object_not_understood"));
}

#[tokio::test(start_paused = true)]
async fn a_date_that_comes_is_heeded_although_nothing_changes() {
    let world = World::new(4, &Shape::small());
    let home = Home::new();
    let store = home.open();
    let account = imported(&world, &store).await;
    work_out(&world, &store, account);
    let due: Vec<_> = figures(&store, account)
        .iter()
        .filter_map(|figure| figure.due_at)
        .collect();
    let first = due.iter().min().copied().unwrap();
    let policy = Policy::clearsync();
    let before = first.checked_sub(SignedDuration::from_secs(1)).unwrap();
    assert_eq!(
        derive(&store, account, &policy, &shared(), before).unwrap(),
        Derived::default()
    );
    assert!(
        derive(&store, account, &policy, &shared(), first)
            .unwrap()
            .customers
            >= 1
    );
    assert_eq!(
        derive(&store, account, &policy, &shared(), first).unwrap(),
        Derived::default()
    );
}

#[tokio::test(start_paused = true)]
async fn dates_that_came_under_a_wrong_clock_have_not_come_once_it_is_right() {
    let world = World::new(4, &Shape::small());
    let home = Home::new();
    let store = home.open();
    let account = imported(&world, &store).await;
    work_out(&world, &store, account);
    let right = figures(&store, account);
    let policy = Policy::clearsync();
    let wrong = world.clock().now() + SignedDuration::from_hours(24 * 40);
    derive(&store, account, &policy, &shared(), wrong).unwrap();
    assert_ne!(figures(&store, account), right, "some date came");
    work_out(&world, &store, account);
    assert_eq!(figures(&store, account), right);
}
