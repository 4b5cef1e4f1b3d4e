//! The simulated business as a client reads it through the simulated Stripe.

use std::collections::BTreeSet;

use clearsync_sandbox::{
    business::{Business, Shape},
    stripe::SandboxKey,
};
use serde_json::Value;

use crate::stripe::{SECRET, Stage, now};

const LISTS: &[(&str, &str)] = &[
    ("customers?", "customer"),
    ("subscriptions?status=all&", "subscription"),
    ("invoices?", "invoice"),
    ("products?", "product"),
    ("coupons?", "coupon"),
    ("charges?", "charge"),
    ("payment_intents?", "payment_intent"),
    ("payment_methods?", "payment_method"),
    ("invoice_payments?", "invoice_payment"),
    ("credit_notes?", "credit_note"),
    ("refunds?", "refund"),
    ("subscription_schedules?", "subscription_schedule"),
];

async fn read_all(stage: &Stage, key: &str, list: &str) -> Vec<Value> {
    let mut objects: Vec<Value> = Vec::new();
    loop {
        let after = objects.last().map_or_else(String::new, |last| {
            format!("&starting_after={}", last["id"].as_str().unwrap())
        });
        let answer = stage
            .get_with(key, &format!("/v1/{list}limit=100{after}"))
            .await;
        let page = answer.body["data"].as_array().expect(list);
        objects.extend(page.iter().cloned());
        if answer.body["has_more"] == false {
            return objects;
        }
    }
}

fn ids<'v>(objects: impl IntoIterator<Item = &'v Value>) -> BTreeSet<String> {
    let ids = objects.into_iter().map(|object| object["id"].as_str());
    ids.map(|id| id.unwrap().to_owned()).collect()
}

fn stage() -> Stage {
    let business = Business::play(11, &Shape::small(), now());
    Stage::holding(business.data())
}

#[tokio::test]
async fn every_object_is_read_once_and_no_other() {
    let stage = stage();
    for (list, kind) in LISTS {
        let read = read_all(&stage, SECRET, list).await;
        let data = stage.data.read().unwrap();
        let standing = data.all(kind).filter(|object| object["deleted"] != true);
        let standing = ids(standing);
        assert_eq!(read.len(), standing.len(), "{list}");
        assert_eq!(ids(&read), standing, "{list}");
        let created = read.iter().map(|object| object["created"].as_i64());
        assert!(created.rev().is_sorted(), "{list} is newest first");
    }
    let mut prices = read_all(&stage, SECRET, "prices?active=true&").await;
    prices.extend(read_all(&stage, SECRET, "prices?active=false&expand[]=data.tiers&").await);
    assert_eq!(ids(&prices), ids(stage.data.read().unwrap().all("price")));
}

/// Repeats the first entry of an embedded list of one object until the list is long.
fn lengthen(stage: &Stage, kind: &str, embedded: &str, length: usize) {
    let mut data = stage.data.write().unwrap();
    let mut object = data.all(kind).next().unwrap().clone();
    let first = object[embedded]["data"][0].clone();
    let entries = (0..length).map(|number| {
        let mut entry = first.clone();
        entry["id"] = format!("{}_{number}", first["id"].as_str().unwrap()).into();
        entry
    });
    object[embedded]["data"] = entries.collect();
    data.upsert(object);
}

#[tokio::test]
async fn cut_lists_are_completed_at_their_addresses() {
    let stage = stage();
    lengthen(&stage, "subscription", "items", 40);
    lengthen(&stage, "invoice", "lines", 300);
    for (list, kind, embedded) in [
        ("subscriptions?status=all&", "subscription", "items"),
        ("invoices?", "invoice", "lines"),
    ] {
        let mut completed = 0;
        for shown in read_all(&stage, SECRET, list).await {
            let part = &shown[embedded];
            let first = part["data"].as_array().unwrap();
            assert!(first.len() <= 10);
            if part["has_more"] == false {
                continue;
            }
            let address = part["url"].as_str().unwrap().trim_start_matches("/v1/");
            let joint = if address.contains('?') { '&' } else { '?' };
            let rest = read_all(&stage, SECRET, &format!("{address}{joint}")).await;
            assert_eq!(rest[..10], first[..], "the embedded part is the first part");
            let data = stage.data.read().unwrap();
            let whole = data.get(kind, shown["id"].as_str().unwrap()).unwrap();
            assert_eq!(ids(&rest), ids(whole[embedded]["data"].as_array().unwrap()));
            completed += 1;
        }
        assert!(completed > 0, "{list} holds one that is cut");
    }
}

#[tokio::test]
async fn every_discount_expands_to_its_coupon() {
    let stage = stage();
    let list = "subscriptions?status=all&expand[]=data.discounts.source.coupon&";
    let subscriptions = read_all(&stage, SECRET, list).await;
    let discounts = subscriptions
        .iter()
        .flat_map(|subscription| subscription["discounts"].as_array().unwrap());
    let coupons: Vec<&Value> = discounts
        .map(|discount| &discount["source"]["coupon"])
        .collect();
    assert!(!coupons.is_empty());
    assert!(coupons.iter().all(|coupon| coupon["object"] == "coupon"));
    for subscription in read_all(&stage, SECRET, "subscriptions?status=all&").await {
        let discounts = subscription["discounts"].as_array().unwrap();
        assert!(discounts.iter().all(Value::is_string));
    }
}

#[tokio::test]
async fn a_business_can_move_to_live_mode() {
    let stage = stage();
    let live = "sk_live_Sample51everything";
    stage.sandbox.add_key(SandboxKey::new(live, []));
    let in_test = ids(&read_all(&stage, SECRET, "customers?").await);
    assert!(read_all(&stage, live, "customers?").await.is_empty());
    stage.data.write().unwrap().set_livemode(true);
    assert!(read_all(&stage, SECRET, "customers?").await.is_empty());
    assert_eq!(ids(&read_all(&stage, live, "customers?").await), in_test);
    let events = read_all(&stage, live, "events?").await;
    assert!(!events.is_empty());
    assert!(
        events
            .iter()
            .all(|event| event["data"]["object"]["livemode"] != false)
    );
}
