//! Stripe-shaped objects, as small as the lists allow.

use serde_json::{Value, json};

use crate::world::NOW_S;

pub(crate) fn seconds(number: usize) -> i64 {
    i64::try_from(number).unwrap()
}

pub(crate) fn customer(number: usize, created_s: i64) -> Value {
    json!({
        "id": format!("cus_{number}"), "object": "customer", "created": created_s,
        "livemode": false, "discount": null, "metadata": {},
    })
}

pub(crate) fn subscription(id: &str, status: &str, items: usize) -> Value {
    let data: Vec<Value> = (0..items)
        .map(|n| {
            json!({
                "id": format!("si_{id}_{n}"), "object": "subscription_item", "created": NOW_S - seconds(n),
                "discounts": [], "subscription": id, "quantity": 1, "price": price("price_1"),
            })
        })
        .collect();
    json!({
        "id": id, "object": "subscription", "created": NOW_S, "livemode": false, "status": status,
        "customer": "cus_1", "discounts": ["di_1"], "test_clock": null,
        "items": {"object": "list", "data": data, "has_more": false, "url": "/v1/subscription_items"},
    })
}

pub(crate) fn price(id: &str) -> Value {
    json!({
        "id": id, "object": "price", "created": NOW_S, "livemode": false, "active": id == "price_1",
        "tiers": [{"up_to": null, "unit_amount": 100}], "tiers_mode": "volume", "currency": "usd",
        "currency_options": {"usd": {"unit_amount": 100}}, "product": "prod_1", "type": "recurring",
        "recurring": {"interval": "month"},
    })
}

pub(crate) fn invoice(number: usize, lines: usize) -> Value {
    let id = format!("in_{number}");
    let data: Vec<Value> = (0..lines)
        .map(|n| json!({"id": format!("il_{number}_{n}"), "object": "line_item", "discounts": [], "amount": n}))
        .collect();
    json!({
        "id": id, "object": "invoice", "created": NOW_S - seconds(number), "livemode": false, "discounts": [],
        "status": "paid", "customer": "cus_1",
        "lines": {"object": "list", "data": data, "has_more": false, "url": format!("/v1/invoices/{id}/lines")},
    })
}
