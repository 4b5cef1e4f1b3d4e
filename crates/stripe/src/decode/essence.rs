//! Parses an object as far as anything here looks at it: Stripe's objects are many times larger.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Every field that is read of invoices, subscriptions and events, in order.
const FIELDS: [&str; 87] = [
    "amount",
    "amount_decimal",
    "amount_off",
    "amount_paid",
    "amount_remaining",
    "applies_to",
    "behavior",
    "billing_reason",
    "billing_scheme",
    "cancel_at",
    "cancel_at_period_end",
    "canceled_at",
    "collection_method",
    "coupon",
    "created",
    "currency",
    "currency_options",
    "current_period_end",
    "current_period_start",
    "customer",
    "data",
    "default_tax_rates",
    "discount",
    "discount_amounts",
    "discounts",
    "divide_by",
    "duration",
    "duration_in_months",
    "effective_percentage",
    "end",
    "ended_at",
    "finalized_at",
    "flat_amount",
    "flat_amount_decimal",
    "has_more",
    "id",
    "inclusive",
    "interval",
    "interval_count",
    "invoice_item_details",
    "items",
    "lines",
    "name",
    "nickname",
    "object",
    "paid_at",
    "parent",
    "pause_collection",
    "percent_off",
    "percentage",
    "period",
    "plan",
    "previous_attributes",
    "price",
    "price_details",
    "pricing",
    "product",
    "products",
    "proration",
    "quantity",
    "recurring",
    "resumes_at",
    "round",
    "source",
    "start",
    "start_date",
    "status",
    "status_transitions",
    "subscription",
    "subscription_details",
    "subscription_item",
    "subscription_item_details",
    "tax_amounts",
    "tax_behavior",
    "tax_rates",
    "taxes",
    "tiers",
    "tiers_mode",
    "transform_quantity",
    "transform_usage",
    "trial_end",
    "trial_start",
    "type",
    "unit_amount",
    "unit_amount_decimal",
    "up_to",
    "usage_type",
];

/// The object in `json` with the fields that are read here, and no others; `None` when it is no JSON.
#[must_use]
pub fn essence(json: &str) -> Option<Value> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let value = Essence.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(value)
}

/// Whether a field is among those that are kept.
pub(super) fn keeps(field: &str) -> bool {
    kept(field).is_some()
}

fn kept(field: &str) -> Option<&'static str> {
    let place = FIELDS.binary_search(&field).ok()?;
    Some(FIELDS[place])
}

struct Essence;

impl<'de> DeserializeSeed<'de> for Essence {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Essence {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element_seed(Self)? {
            list.push(entry);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key_seed(Name)? {
            match name {
                // Its fields are named after currencies.
                Some(name @ "currency_options") => {
                    object.insert(name.to_owned(), fields.next_value()?);
                }
                Some(name) => {
                    object.insert(name.to_owned(), fields.next_value_seed(Self)?);
                }
                None => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        Ok(Value::Object(object))
    }
}

/// A field's name, where the field is kept.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<&'static str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(kept(name))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_read_is_kept() {
        assert!(FIELDS.is_sorted());
        let whole = json!({
            "id": "in_1", "metadata": { "id": "kept by nobody" }, "lines": { "data": [
                { "amount": 1200, "description": "Seats", "quantity": -3, "unit_amount_decimal": "0.5" },
                null, true, 1.5, "text",
            ], "url": "/v1" },
            "price": { "currency_options": { "eur": { "unit_amount": 5 } } },
        });
        let mut expected = whole.clone();
        expected.as_object_mut().unwrap().remove("metadata");
        let lines = expected["lines"].as_object_mut().unwrap();
        lines.remove("url");
        lines["data"][0]
            .as_object_mut()
            .unwrap()
            .remove("description");
        assert_eq!(essence(&whole.to_string()), Some(expected));
        assert_eq!(essence("{\"id\": "), None);
        assert_eq!(essence("{} {}"), None);
    }
}
