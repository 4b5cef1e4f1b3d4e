//! Accounts as Stripe sent them before 2025-03-31.basil.

use serde_json::{Map, Value, json};

/// The same account in the older shape.
pub(crate) fn account(account: &Value) -> Value {
    let mut old = account.clone();
    let each = |kind: &str, turn: fn(&mut Value), old: &mut Value| {
        let rows = old.get_mut(kind).and_then(Value::as_array_mut);
        rows.into_iter().flatten().for_each(turn);
    };
    each("subscription", subscription, &mut old);
    each("invoice", invoice, &mut old);
    each("discount", discount, &mut old);
    each("event", event, &mut old);
    old
}

/// The billed period stood on the subscription, and items had a plan too.
fn subscription(value: &mut Value) {
    let mut period = Map::new();
    for item in list(value, "items") {
        for field in ["current_period_start", "current_period_end"] {
            let moved = item
                .as_object_mut()
                .and_then(|item| item.shift_remove(field));
            period.extend(moved.map(|moved| (field.to_owned(), moved)));
        }
    }
    if let Some(fields) = value.as_object_mut() {
        fields.extend(period);
    }
}

/// The subscription stood on the invoice, and a line said itself what it was about.
fn invoice(value: &mut Value) {
    let parent = take(value, "parent");
    value["subscription"] = parent["subscription_details"]["subscription"].clone();
    list(value, "lines").for_each(line);
}

fn line(value: &mut Value) {
    let parent = take(value, "parent");
    let pricing = take(value, "pricing");
    let taxes = take(value, "taxes");
    let [of_item, of_invoice_item] =
        ["subscription_item_details", "invoice_item_details"].map(|kind| &parent[kind]);
    let details = if of_item.is_null() {
        of_invoice_item
    } else {
        of_item
    };
    value["proration"] = details["proration"].clone();
    value["subscription_item"] = of_item["subscription_item"].clone();
    value["invoice_item"] = details["invoice_item"].clone();
    value["price"] = json!({
        "id": pricing["price_details"]["price"],
        "object": "price",
        "product": pricing["price_details"]["product"],
        "unit_amount_decimal": pricing["unit_amount_decimal"],
    });
    let taxes = taxes.as_array().cloned().unwrap_or_default();
    let taxes = taxes.into_iter().map(|tax| {
        json!({
            "amount": tax["amount"],
            "inclusive": tax["tax_behavior"] == "inclusive",
            "tax_rate": tax["tax_rate_details"]["tax_rate"],
        })
    });
    value["tax_amounts"] = taxes.collect();
}

/// The coupon stood on the discount.
fn discount(value: &mut Value) {
    let source = take(value, "source");
    value["coupon"] = source["coupon"].clone();
}

fn event(value: &mut Value) {
    let data = &mut value["data"];
    subscription(&mut data["object"]);
    if data["previous_attributes"].get("items").is_some() {
        subscription(&mut data["previous_attributes"]);
    }
}

fn list<'a>(value: &'a mut Value, field: &str) -> impl Iterator<Item = &'a mut Value> {
    let rows = value.get_mut(field).and_then(|list| list.get_mut("data"));
    rows.and_then(Value::as_array_mut).into_iter().flatten()
}

fn take(value: &mut Value, field: &str) -> Value {
    let fields = value.as_object_mut();
    fields
        .and_then(|fields| fields.shift_remove(field))
        .unwrap_or_default()
}
