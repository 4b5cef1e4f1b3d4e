//! Whether the store holds what the simulated account holds.

use std::collections::BTreeMap;

use clearsync_sandbox::StripeData;
use clearsync_store::{AccountId, Store, StoreError};
use serde_json::Value;

pub(crate) const KINDS: [&str; 10] = [
    "product",
    "price",
    "coupon",
    "customer",
    "subscription",
    "invoice",
    "charge",
    "payment_intent",
    "payment_method",
    "account",
];

pub(crate) type Objects = BTreeMap<(String, String), Value>;

/// Every object in the store that is not deleted.
pub(crate) fn stored(store: &Store, account: AccountId) -> Objects {
    let mut objects = Objects::new();
    store
        .read(|view| {
            for kind in KINDS {
                view.each_object(account, kind, |object| {
                    let json = serde_json::from_str(&object.json).unwrap();
                    objects.insert((object.kind, object.id), json);
                    Ok::<_, StoreError>(())
                })?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    objects
}

/// Asserts that the store holds exactly the account's objects of the kinds that are kept, each one whole.
pub(crate) fn assert_same(store: &Store, account: AccountId, data: &StripeData) {
    let stored = stored(store, account);
    let mut expected = 0;
    for kind in KINDS {
        for object in data.all(kind) {
            if object.get("deleted").and_then(Value::as_bool) == Some(true) {
                continue;
            }
            expected += 1;
            let id = object["id"].as_str().unwrap();
            let Some(kept) = stored.get(&(kind.to_owned(), id.to_owned())) else {
                panic!("{kind} {id} is not in the store");
            };
            if let Err(place) = same(kept, object) {
                panic!("{kind} {id} differs at {place}\nkept: {kept}\nstripe: {object}");
            }
        }
    }
    assert_eq!(
        stored.len(),
        expected,
        "nothing is in the store that is not in Stripe"
    );
}

/// Compares what came with what is there. What came may hold a whole object where Stripe's own data holds its id, and
/// leaves out what Stripe only shows of an object that is asked for by itself.
fn same(kept: &Value, truth: &Value) -> Result<(), String> {
    match (kept, truth) {
        (Value::Object(kept), Value::String(id)) => match kept.get("id") {
            Some(Value::String(kept)) if kept == id => Ok(()),
            _ => Err(String::new()),
        },
        (Value::Object(kept), Value::Object(truth)) => {
            let hidden = ["tiers", "currency_options", "applies_to"];
            for (field, truth) in truth {
                match kept.get(field) {
                    Some(kept) => same(kept, truth).map_err(|place| format!("/{field}{place}"))?,
                    None if hidden.contains(&field.as_str()) => {}
                    None => return Err(format!("/{field} is missing")),
                }
            }
            match kept.keys().find(|field| !truth.contains_key(*field)) {
                Some(field) => Err(format!("/{field} is too much")),
                None => Ok(()),
            }
        }
        (Value::Array(kept), Value::Array(truth)) if kept.len() == truth.len() => {
            for (place, (kept, truth)) in kept.iter().zip(truth).enumerate() {
                same(kept, truth).map_err(|inner| format!("/{place}{inner}"))?;
            }
            Ok(())
        }
        (kept, truth) if kept == truth => Ok(()),
        _ => Err(String::new()),
    }
}
