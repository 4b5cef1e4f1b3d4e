//! Movements by customer and by company, and MRR that a card puts at risk.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::Fraction;
use clearsync_store::{Grain, Movement};
use clearsync_sync::{
    derive::Summary,
    view::{CompanyQuery, Money, MovementGrain, PolicyId, SubscriptionRow},
};
use jiff::{ToSpan, tz::TimeZone};
use serde_json::json;

use super::*;

fn number(text: &str) -> Fraction {
    text.parse().unwrap()
}

fn decimal(money: &Money) -> Fraction {
    Fraction::from_decimal(&money.decimal).unwrap()
}

/// Counts movements by `grain` from now on.
async fn told_by(engine: &Arc<Engine>, grain: MovementGrain) {
    let mut switches = engine.policies().await.unwrap().active.switches;
    switches.grain = grain;
    engine.choose_policy(PolicyId::Own, switches).await.unwrap();
}

/// The movements by owner and currency, oldest first.
fn by_owner(world: &World) -> BTreeMap<(String, String), Vec<Movement>> {
    let account = world.accounts()[0].id;
    let all = world.store().read(|view| view.movements(account)).unwrap();
    let mut by_owner: BTreeMap<_, Vec<Movement>> = BTreeMap::new();
    for movement in all {
        let owner = (movement.owner.clone(), movement.currency.clone());
        by_owner.entry(owner).or_default().push(movement);
    }
    by_owner
}

/// What the owners' subscriptions come to now, as customers or companies sum it up.
fn sums(world: &World, grain: Grain) -> BTreeMap<(String, String), Fraction> {
    let account = world.accounts()[0].id;
    let store = world.store();
    let rollups = store.read(|view| view.rollups(account, grain)).unwrap();
    let sums = rollups.iter().flat_map(|rollup| {
        let summary = Summary::of(rollup).unwrap();
        let of_one = summary.sums.into_iter().map(|sum| {
            let currency = sum.currency.code().to_lowercase();
            ((rollup.id.clone(), currency), sum.mrr)
        });
        of_one.collect::<Vec<_>>()
    });
    sums.collect()
}

/// For each owner: MRR begins once, ends only when all of it is gone, and the movements add up to what there is.
fn assert_whole(
    movements: &BTreeMap<(String, String), Vec<Movement>>,
    sums: &BTreeMap<(String, String), Fraction>,
) -> usize {
    let mut further = 0;
    for (owner, movements) in movements {
        let mut total = Fraction::zero();
        for (place, movement) in movements.iter().enumerate() {
            assert_eq!(
                number(&movement.before),
                total,
                "{owner:?} at {}",
                movement.at
            );
            total = &total + &number(&movement.change);
            assert_eq!(
                number(&movement.after),
                total,
                "{owner:?} at {}",
                movement.at
            );
            match movement.kind.as_str() {
                "new" => assert_eq!(place, 0, "{owner:?} is new once"),
                "churn" => assert!(total.is_zero(), "{owner:?} has some left"),
                "reactivation" => assert_eq!(number(&movement.before), Fraction::zero()),
                "upgrade" if movement.change_type == "plan" => further += 1,
                _ => {}
            }
        }
        let sum = sums.get(owner).cloned().unwrap_or_default();
        assert_eq!(total, sum, "{owner:?}");
    }
    further
}

const ONE_ROOF: &str = "acme-holding.com";

/// Gives four paying customers addresses of the same company.
fn bring_under_one_roof(world: &World) {
    let paying: BTreeSet<String> = {
        let data = world.data.read().unwrap();
        let paying = data
            .all("subscription")
            .filter(|one| one["status"] == "active" && one["currency"] == "usd");
        paying
            .map(|one| one["customer"].as_str().unwrap().to_owned())
            .collect()
    };
    for (number, customer) in paying.iter().take(4).enumerate() {
        world.change("customer", customer, |customer| {
            customer["email"] = json!(format!("billing{number}@{ONE_ROOF}"));
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_customers_and_a_companys_movements_are_told_together() {
    let world = World::of(&Shape::large(80));
    bring_under_one_roof(&world);
    let engine = world.imported().await;
    let by_subscription = by_owner(&world);
    let is_new_again =
        |movements: &&Vec<Movement>| movements.iter().filter(|one| one.kind == "new").count() > 1;
    assert!(
        by_subscription.values().any(|all| is_new_again(&all)),
        "some customers bought twice"
    );

    told_by(&engine, MovementGrain::Customer).await;
    let customers = by_owner(&world);
    let sums_of_customers = sums(&world, Grain::Customer);
    let further = assert_whole(&customers, &sums_of_customers);
    assert!(further > 0, "what is bought beside is an upgrade");
    assert_eq!(customers.len(), by_subscription.len());

    told_by(&engine, MovementGrain::Company).await;
    let owners = by_owner(&world);
    let companies = sums(&world, Grain::Company);
    let has_movements = |owner: &&(String, String)| owners.contains_key(owner);
    assert!(companies.keys().filter(has_movements).count() > 5);
    // A customer without a company stands alone; nobody is told twice.
    let mut all = sums_of_customers;
    all.extend(companies);
    assert_whole(&owners, &all);
    let total = |owners: &BTreeMap<_, Vec<Movement>>| -> Fraction {
        let changes = owners.values().flatten();
        changes.map(|movement| number(&movement.change)).sum()
    };
    assert_eq!(total(&owners), total(&customers));
    let together = &owners[&(ONE_ROOF.to_owned(), "usd".to_owned())];
    let of_whom: BTreeSet<_> = together.iter().map(|one| &one.customer).collect();
    assert_eq!(of_whom.len(), 4, "all four are told as one company");
}

/// The subscriptions in USD that renew after the running month, with the day.
async fn renewing_later(engine: &Engine) -> Vec<(SubscriptionRow, Timestamp)> {
    let overview = engine.overview().await.unwrap();
    let later: Timestamp = "2026-07-02T00:00:00Z".parse().unwrap();
    let rows = overview.largest.into_iter().filter(|row| {
        row.status == "active" && row.mrr.currency == "USD" && row.cancels_at.is_none()
    });
    rows.filter_map(|row| {
        let at: Timestamp = row.renews_at.as_ref()?.parse().ok()?;
        (at > later).then_some((row, at))
    })
    .collect()
}

#[tokio::test(start_paused = true)]
async fn a_card_that_expires_before_the_renewal_puts_mrr_at_risk() {
    let world = World::of(&Shape::large(80));
    let engine = world.imported().await;
    let at_risk = async || {
        let query = CompanyQuery {
            currency: Some("USD".to_owned()),
            months: 1,
        };
        decimal(&engine.company_figures(query).await.unwrap().at_risk)
    };
    let (row, renews) = renewing_later(&engine).await.into_iter().next().unwrap();
    let customer = engine
        .subscription(row.id.clone())
        .await
        .unwrap()
        .customer_id;
    let renews = renews.to_zoned_datetime(TimeZone::UTC).date();
    // The month printed on the card is the last in which it is good.
    let print = |month: jiff::civil::Date| {
        let mine: Vec<String> = {
            let data = world.data.read().unwrap();
            let methods = data.all("payment_method");
            let mine = methods.filter(|method| method["customer"] == json!(customer));
            mine.map(|method| method["id"].as_str().unwrap().to_owned())
                .collect()
        };
        assert!(!mine.is_empty());
        for id in mine {
            world.change("payment_method", &id, |method| {
                method["card"]["exp_year"] = month.year().into();
                method["card"]["exp_month"] = month.month().into();
            });
        }
    };
    print(renews);
    world.read_again(&engine).await;
    let safe = at_risk().await;
    print(renews.first_of_month().checked_sub(1.day()).unwrap());
    world.read_again(&engine).await;
    assert_eq!(at_risk().await, &safe + &decimal(&row.mrr));
    print(renews);
    world.read_again(&engine).await;
    assert_eq!(at_risk().await, safe);
}
