//! Unknown words, missing and contradictory fields.

use clearsync_billing::{Note, Status};
use serde_json::{Value, json};

use super::objects;
use crate::decode::{self, DecodeError};

/// The object without a field.
fn without(mut value: Value, field: &str) -> Value {
    value.as_object_mut().unwrap().remove(field);
    value
}

#[test]
fn what_has_no_identity_is_refused() {
    let missing = |object, field| Err(DecodeError::Missing { object, field });
    let subscription = objects::subscription;
    assert_eq!(
        decode::subscription(&without(subscription(), "id")),
        missing("subscription", "id")
    );
    assert_eq!(
        decode::subscription(&without(subscription(), "customer")),
        missing("subscription", "customer")
    );
    assert_eq!(
        decode::subscription(&json!(null)),
        Err(DecodeError::NotAnObject {
            expected: "subscription"
        })
    );
    assert_eq!(
        decode::subscription(&objects::invoice()),
        Err(DecodeError::OtherKind {
            expected: "subscription",
            found: "invoice".to_owned()
        })
    );
}

#[test]
fn every_other_field_may_be_missing_or_null() {
    for field in objects::subscription().as_object().unwrap().keys() {
        if ["id", "customer"].contains(&field.as_str()) {
            continue;
        }
        let gone = without(objects::subscription(), field);
        let mut null = objects::subscription();
        null[field] = Value::Null;
        assert!(decode::subscription(&gone).is_ok(), "{field} missing");
        assert!(decode::subscription(&null).is_ok(), "{field} null");
    }
}

#[test]
fn an_unknown_status_is_kept_by_its_word() {
    let mut value = objects::subscription();
    value["status"] = json!("hibernating");
    let subscription = decode::subscription(&value).unwrap();
    assert_eq!(
        subscription.status,
        Status::Unknown("hibernating".to_owned())
    );
}

#[test]
fn an_unknown_interval_is_noted_and_counts_nothing() {
    let mut value = objects::subscription();
    value["items"]["data"][0]["price"]["recurring"]["interval"] = json!("fortnight");
    let subscription = decode::subscription(&value).unwrap();
    assert_eq!(subscription.items[0].price.recurring, None);
    assert!(subscription.notes.contains(&Note::UnknownWord {
        field: "interval".to_owned(),
        word: "fortnight".to_owned()
    }));
}

#[test]
fn an_unreadable_number_is_noted() {
    let mut value = objects::subscription();
    value["items"]["data"][0]["quantity"] = json!("many");
    let subscription = decode::subscription(&value).unwrap();
    assert_eq!(subscription.items[0].quantity, None);
    assert_eq!(
        subscription.notes,
        [Note::Unreadable {
            field: "subscription_item.quantity".to_owned()
        }]
    );
}

#[test]
fn contradictions_are_noted() {
    let mut value = objects::subscription();
    value["ended_at"] = json!(objects::FEBRUARY);
    let ended = decode::subscription(&value).unwrap();
    assert!(matches!(&ended.notes[..], [Note::Contradiction { .. }]));
    let mut value = objects::subscription();
    value["status"] = json!("canceled");
    let endless = decode::subscription(&value).unwrap();
    assert!(matches!(&endless.notes[..], [Note::Contradiction { .. }]));
}
