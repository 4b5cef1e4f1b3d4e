//! What events tell of subscriptions.

use clearsync_billing::{Change, ChangeKind};
use serde_json::{Map, Value};

use super::{DecodeError, reader::Reader, subscription};

/// What an `event` tells of a subscription: `None` when it is about something else.
///
/// # Errors
/// [`DecodeError`] when the event or the subscription in it cannot be used.
pub fn change(event: &Value) -> Result<Option<Change>, DecodeError> {
    let fields = Reader::new(event, "event")?;
    let Some(word) = fields
        .text("type")
        .and_then(|word| word.strip_prefix("customer.subscription."))
    else {
        return Ok(None);
    };
    let kind = match word {
        "created" => ChangeKind::Created,
        "deleted" => ChangeKind::Deleted,
        _ => ChangeKind::Updated,
    };
    let id = fields.required("id", fields.text("id"))?;
    let at = fields.required("created", fields.time("created", &mut Vec::new()))?;
    let data = fields.required("data", fields.child("data"))?;
    let object = fields.required("data", data.get("object"))?;
    let before = data
        .get("previous_attributes")
        .and_then(Value::as_object)
        .map(|previous| subscription(&overlaid(object, previous)))
        .transpose()
        .unwrap_or_default();
    Ok(Some(Change {
        event: id.into(),
        at,
        kind,
        after: subscription(object)?,
        before,
    }))
}

/// `object` with the fields that had other values before put back.
fn overlaid(object: &Value, previous: &Map<String, Value>) -> Value {
    let mut before = object.clone();
    if let Some(fields) = before.as_object_mut() {
        for (field, value) in previous {
            let nested = value.as_object().filter(|_| {
                fields
                    .get(field)
                    .is_some_and(|now| now.is_object() && now.get("object").is_none())
            });
            let value = match (nested, fields.get(field)) {
                (Some(nested), Some(now)) => overlaid(now, nested),
                _ => value.clone(),
            };
            fields.insert(field.clone(), value);
        }
    }
    before
}
