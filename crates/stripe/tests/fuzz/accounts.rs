//! What Stripe holds of one subscription, from simulated businesses.

use std::sync::LazyLock;

use clearsync_sandbox::{
    StripeData,
    business::{Business, Shape},
};
use serde_json::{Map, Value};

/// One account for every subscription: its objects by kind, with the prices and coupons of the business.
pub(crate) fn all() -> &'static [Value] {
    static ALL: LazyLock<Vec<Value>> = LazyLock::new(|| (0..4).flat_map(played).collect());
    &ALL
}

/// The objects of a kind.
pub(crate) fn rows<'a>(account: &'a Value, kind: &str) -> impl Iterator<Item = &'a Value> {
    let rows = account.get(kind).and_then(Value::as_array);
    rows.into_iter().flatten()
}

fn played(seed: u64) -> Vec<Value> {
    let shape = Shape {
        customers: 8,
        months: 10,
        ..Shape::small().with_all_events()
    };
    let until = "2026-06-01T12:00:00Z".parse().unwrap();
    let business = Business::play(seed, &shape, until);
    let data = business.data();
    let data = data.read().unwrap();
    data.all("subscription")
        .map(|subscription| account(&data, subscription))
        .collect()
}

fn account(data: &StripeData, subscription: &Value) -> Value {
    let id = &subscription["id"];
    let of = |kind: &str, owns: &dyn Fn(&Value) -> bool| -> Value {
        let rows = data.all(kind).filter(|value| owns(value));
        rows.cloned().collect()
    };
    let invoices = of("invoice", &|invoice| {
        invoice["parent"]["subscription_details"]["subscription"] == *id
    });
    let sold = |value: &Value| {
        let text = value["id"].to_string();
        subscription.to_string().contains(&text) || invoices.to_string().contains(&text)
    };
    let discounts = of("discount", &sold);
    let coupons = of("coupon", &|coupon| {
        discounts.to_string().contains(&coupon["id"].to_string())
    });
    let events = data.events().iter();
    let events = events.filter(|event| event["data"]["object"]["id"] == *id);
    let mut account = Map::new();
    account.insert("subscription".to_owned(), vec![subscription.clone()].into());
    account.insert("event".to_owned(), events.cloned().collect());
    account.insert(
        "customer".to_owned(),
        of("customer", &|customer| {
            customer["id"] == subscription["customer"]
        }),
    );
    account.insert("price".to_owned(), of("price", &sold));
    account.insert("coupon".to_owned(), coupons);
    account.insert("discount".to_owned(), discounts);
    account.insert("invoice".to_owned(), invoices);
    Value::Object(account)
}
