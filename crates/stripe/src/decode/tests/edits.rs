//! Arbitrary edits of realistic objects never panic, neither in decoding nor in what is worked out from the result.

use clearsync_billing::{Policy, mrr};
use jiff::Timestamp;
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

use super::objects;
use crate::decode;

fn junk() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "-?[0-9]{0,40}(\\.[0-9]{0,30})?(e-?[0-9]{1,3})?".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[], {}, null, 7])),
        Just(objects::seat_price()),
        Just(objects::coupon()),
    ]
}

/// Puts `junk` in the place of the value that a walk over the whole tree meets at `at`.
fn edit(value: &mut Value, at: &mut usize, junk: &Value) -> bool {
    if *at == 0 {
        *value = junk.clone();
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(values) => values.iter_mut().any(|value| edit(value, at, junk)),
        Value::Object(fields) => fields.values_mut().any(|value| edit(value, at, junk)),
        _ => false,
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(values) => values.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum(),
        _ => 0,
    }
}

fn edited(object: fn() -> Value) -> impl Strategy<Value = Value> {
    prop::collection::vec((any::<Index>(), junk()), 1..4).prop_map(move |edits| {
        let mut value = object();
        for (index, junk) in edits {
            let mut at = index.index(size(&value));
            edit(&mut value, &mut at, &junk);
        }
        value
    })
}

fn figure_is_whole(value: &Value, second: i64) {
    if let Ok(subscription) = decode::subscription(value) {
        let at = Timestamp::from_second(second).unwrap();
        for policy in Policy::presets() {
            let figure = mrr(&subscription, at, &policy);
            assert_eq!(figure.rounded, figure.amount.round());
            let text = serde_json::to_string(&figure).unwrap();
            assert_eq!(
                serde_json::from_str::<clearsync_billing::Figure>(&text).unwrap(),
                figure
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn subscriptions(value in edited(objects::subscription), second in 0_i64..4_000_000_000) {
        figure_is_whole(&value, second);
    }

    #[test]
    fn old_subscriptions(value in edited(objects::old_subscription), second in 0_i64..4_000_000_000) {
        figure_is_whole(&value, second);
    }

    #[test]
    fn prices(value in edited(objects::tiered_price)) {
        let _ = decode::price(&value);
    }

    #[test]
    fn invoices(value in edited(objects::invoice), old in edited(objects::old_invoice)) {
        for value in [value, old] {
            if let Ok(invoice) = decode::invoice(&value) {
                for line in &invoice.lines {
                    let _ = line.net();
                }
            }
        }
    }

    #[test]
    fn events(value in edited(objects::updated_event)) {
        let _ = decode::change(&value);
    }
}
