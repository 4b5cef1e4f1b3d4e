//! What the records say, held against the business's own book.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::{Amount, Currency};
use clearsync_hubspot::{EVENT, LINE_ITEM, OwnProperty, SUBSCRIPTION, SUMMARY};
use clearsync_sandbox::{
    business::{Entry, Exact, Life, RecurringAmount, Shape, Terms},
    hubspot::{PortalShape, Tier},
};
use clearsync_sync::view::WriteMode;
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    modes::scopes,
    push_world::{Bridge, Records, TOKEN},
    world::World,
};

async fn pushed(world: &World, mode: WriteMode) -> Bridge {
    let shape = PortalShape {
        tier: Tier::Enterprise,
        ..PortalShape::default()
    };
    let mut bridge = Bridge::of_business(world, shape).await;
    bridge.writing.mode = mode;
    bridge.portal.set_scopes(TOKEN, scopes(mode));
    bridge.sync().await;
    bridge
}

/// What a subscription would bring in a month without discounts, in its currency's decimal form.
fn list_mrr(entry: Option<&Entry>, currency: Currency) -> String {
    let monthly = entry.and_then(|entry| {
        let terms = Terms {
            discounts: Vec::new(),
            ..entry.terms.clone()
        };
        let amount = RecurringAmount {
            amount: terms.recurring(),
            cadence: entry.recurring?.cadence,
        };
        Some(amount.monthly())
    });
    decimal(monthly.unwrap_or_default(), currency)
}

fn decimal(exact: Exact, currency: Currency) -> String {
    let minor = exact.to_string().parse().unwrap();
    Amount::new(minor, currency).round().to_decimal()
}

/// The names of the coupons that count, in the order of their ids.
fn coupons(entry: Option<&Entry>) -> String {
    let counting = entry.filter(|entry| entry.recurring.is_some());
    let discounts = counting.map_or(&[][..], |entry| &entry.terms.discounts);
    let coupons = discounts
        .iter()
        .map(|one| (&*one.coupon.id, one.coupon.name));
    let names: BTreeMap<&str, &str> = coupons.collect();
    names.into_values().collect::<Vec<_>>().join(", ")
}

fn day(at: Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::UTC).date().to_string()
}

/// The moments of a life at which its MRR became, in decimals, from one sum another on that day.
fn moments(life: &Life, record: &BTreeMap<String, String>, currency: Currency) -> Vec<Timestamp> {
    let mrr = |entry: Option<&Entry>| {
        let recurring = entry.and_then(|entry| entry.recurring);
        let monthly = recurring.map(RecurringAmount::monthly);
        decimal(monthly.unwrap_or_default(), currency)
    };
    let mut at: Vec<Timestamp> = life.entries.iter().map(|entry| entry.at).collect();
    at.dedup();
    at.retain(|at| {
        let before = life.entries.iter().rfind(|entry| entry.at < *at);
        let after = life.entries.iter().rfind(|entry| entry.at <= *at);
        day(*at) == record["clearsync_event_date"]
            && mrr(before) == record["clearsync_previous_mrr"]
            && mrr(after) == record["clearsync_updated_mrr"]
            && mrr(before) != mrr(after)
    });
    at
}

#[tokio::test(start_paused = true)]
async fn list_sums_and_coupons_of_movements_are_as_the_business_had_them() {
    let (mut compared, mut discounted) = (0, 0);
    for seed in 0..12 {
        let world = World::new(seed, &Shape::small());
        let bridge = pushed(&world, WriteMode::CustomObjects).await;
        for record in bridge.portal.records("clearsync_event").unwrap().values() {
            let subscription = &record["clearsync_related_subscription_id"];
            let life = world.business.ledger().life(subscription).unwrap();
            let currency: Currency = record["clearsync_currency"].parse().unwrap();
            let moments = moments(life, record, currency);
            // Rebuilt sums, and a day on which the same happened twice, tell no moment.
            let [at] = moments[..] else { continue };
            if record["clearsync_confidence"] != "exact" {
                continue;
            }
            let before = life.entries.iter().rfind(|entry| entry.at < at);
            let after = life.entries.iter().rfind(|entry| entry.at <= at);
            let said = |name: &str| record.get(name).map(String::as_str).unwrap_or_default();
            let case = format!("seed {seed}, {subscription} at {at}");
            for (side, entry) in [("previous", before), ("updated", after)] {
                let list = said(&format!("clearsync_{side}_list_mrr"));
                assert_eq!(list, list_mrr(entry, currency), "{case}: {side}");
                let names = said(&format!("clearsync_{side}_coupon"));
                assert_eq!(names, coupons(entry), "{case}: {side}");
                discounted += usize::from(!names.is_empty());
            }
            let sum = |name: &str| said(name).parse::<f64>().unwrap();
            let list = sum("clearsync_updated_list_mrr") - sum("clearsync_previous_list_mrr");
            let rest = sum("clearsync_mrr_change") - list - sum("clearsync_discount_change");
            assert!(rest.abs() < 0.021, "{case}: the parts add up but for cents");
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared}");
    assert!(discounted > 3, "{discounted}");
}

/// Properties that no record of the sample businesses fills, and why.
const EMPTY: [(&str, &str, &str); 11] = [
    (
        "companies",
        "clearsync_payment_method",
        "each customer of a company may pay otherwise",
    ),
    (
        "companies",
        "clearsync_trial_end",
        "nobody is on trial that day",
    ),
    (
        "contacts",
        "clearsync_trial_end",
        "nobody is on trial that day",
    ),
    (
        "contacts",
        "clearsync_other_mrr",
        "each simulated customer has one currency",
    ),
    (
        "contacts",
        "clearsync_stripe_customer_ids",
        "each simulated customer has an address of its own",
    ),
    (
        "deals",
        "clearsync_cancellation_comment",
        "the simulated customers say nothing",
    ),
    (
        "deals",
        "clearsync_cancellation_feedback",
        "the simulated customers say nothing",
    ),
    (
        "deals",
        "clearsync_exchange_rate_date",
        "nothing is converted in a record",
    ),
    (
        "subscriptions",
        "clearsync_cancellation_comment",
        "the simulated customers say nothing",
    ),
    (
        "subscriptions",
        "clearsync_cancellation_feedback",
        "the simulated customers say nothing",
    ),
    (
        "subscriptions",
        "clearsync_exchange_rate_date",
        "nothing is converted in a record",
    ),
];

fn on_trial(world: &World) -> usize {
    let data = world.data();
    let data = data.read().unwrap();
    let all = data.all("subscription");
    all.filter(|one| one["status"] == "trialing").count()
}

#[tokio::test(start_paused = true)]
async fn every_property_is_filled_somewhere() {
    let mut filled: BTreeSet<(&str, String)> = BTreeSet::new();
    for shape in [Shape::small(), Shape::sample()] {
        let world = World::new(7, &shape);
        assert_eq!(on_trial(&world), 0, "else trials are to be seen");
        for (mode, objects) in [
            (
                WriteMode::Deals,
                &[("deals", "deals"), ("line_items", "line_items")][..],
            ),
            (
                WriteMode::CustomObjects,
                &[
                    ("contacts", "contacts"),
                    ("companies", "companies"),
                    ("subscriptions", "clearsync_subscription"),
                    ("events", "clearsync_event"),
                ],
            ),
        ] {
            let bridge = pushed(&world, mode).await;
            for (kind, object) in objects {
                let records: Records = bridge.portal.records(object).unwrap();
                let values = records.values().flatten();
                let names = values.filter(|(_, value)| !value.is_empty());
                filled.extend(names.map(|(name, _)| (*kind, name.clone())));
            }
        }
    }
    let empty: BTreeSet<(&str, &str)> = [
        ("contacts", SUMMARY),
        ("companies", SUMMARY),
        ("deals", SUBSCRIPTION),
        ("subscriptions", SUBSCRIPTION),
        ("line_items", LINE_ITEM),
        ("events", EVENT),
    ]
    .into_iter()
    .flat_map(|(kind, own): (&'static str, &'static [OwnProperty])| {
        own.iter().map(move |own| (kind, &*own.name))
    })
    .filter(|(kind, name)| !filled.contains(&(*kind, (*name).to_owned())))
    .collect();
    let named: BTreeSet<(&str, &str)> = EMPTY.map(|(kind, name, _)| (kind, name)).into();
    assert_eq!(empty, named);
}
