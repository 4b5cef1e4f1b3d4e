use http::StatusCode;
use serde_json::{Value, json};

use super::{Stage, customer, subscription};

#[tokio::test]
async fn a_list_is_newest_first_and_ten_long() {
    let stage = Stage::with((0..12).map(|n| customer(&format!("cus_{n}"), n)));
    let answer = stage.get("/v1/customers").await;
    assert_eq!(answer.ids().len(), 10);
    assert_eq!(answer.ids()[..2], ["cus_11", "cus_10"]);
    assert_eq!(answer.body["has_more"], true);
    assert_eq!(answer.body["object"], "list");
    assert_eq!(answer.body["url"], "/v1/customers");
    let answer = stage.get("/v1/customers?starting_after=cus_2").await;
    assert_eq!(answer.ids(), ["cus_1", "cus_0"]);
    assert_eq!(answer.body["has_more"], false);
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let stage = Stage::with([customer("cus_1", 1), customer("cus_2", 2)]);
    let cases = [
        ("customers?limit=0", None, "limit"),
        ("customers?limit=101", None, "limit"),
        (
            "customers?limit=ten",
            Some("parameter_invalid_integer"),
            "limit",
        ),
        ("customers?foo=1", Some("parameter_unknown"), "foo"),
        (
            "customers?created[about]=1",
            Some("parameter_unknown"),
            "created[about]",
        ),
        (
            "customers?created[gte]=today",
            Some("parameter_invalid_integer"),
            "created",
        ),
        (
            "customers?starting_after=cus_2&ending_before=cus_1",
            None,
            "ending_before",
        ),
        (
            "customers?starting_after=cus_9",
            Some("resource_missing"),
            "starting_after",
        ),
        (
            "customers?ending_before=cus_9",
            Some("resource_missing"),
            "ending_before",
        ),
        (
            "customers?starting_after=cus_1&created[gte]=2",
            Some("resource_missing"),
            "starting_after",
        ),
        ("subscriptions?status=gone", None, "status"),
        ("prices?active=maybe", None, "active"),
        (
            "subscription_items",
            Some("parameter_missing"),
            "subscription",
        ),
        (
            "subscription_items?subscription=sub_9",
            Some("resource_missing"),
            "subscription",
        ),
    ];
    for (request, code, param) in cases {
        let answer = stage.get(&format!("/v1/{request}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{request}");
        assert_eq!(answer.code(), code, "{request}");
        assert_eq!(answer.body["error"]["param"], param, "{request}");
    }
    let answer = stage.get("/v1/customers?foo=1&bar=2").await;
    assert_eq!(answer.message(), "Received unknown parameters: bar, foo");
}

#[tokio::test]
async fn created_narrows_from_either_side() {
    let stage = Stage::with((1..=5).map(|n| customer(&format!("cus_{n}"), n)));
    let cases: &[(&str, &[&str])] = &[
        ("created=3", &["cus_3"]),
        ("created[gt]=3", &["cus_5", "cus_4"]),
        ("created[gte]=4", &["cus_5", "cus_4"]),
        ("created[lt]=3", &["cus_2", "cus_1"]),
        ("created[lte]=2", &["cus_2", "cus_1"]),
        ("created[gte]=2&created[lt]=4", &["cus_3", "cus_2"]),
        ("created[gt]=5", &[]),
        ("created[gte]=4&created[lte]=2", &[]),
    ];
    for (narrowing, expected) in cases {
        let answer = stage.get(&format!("/v1/customers?{narrowing}")).await;
        assert_eq!(answer.ids(), *expected, "{narrowing}");
    }
}

fn with_item(mut subscription: Value, price: &str, period_end: i64) -> Value {
    subscription["items"]["data"] = json!([{
        "id": format!("si_{price}"), "object": "subscription_item",
        "price": { "id": price, "object": "price" }, "current_period_end": period_end, "discounts": [],
    }]);
    subscription
}

#[tokio::test]
async fn subscriptions_leave_canceled_ones_out_unless_asked() {
    let stage = Stage::with([
        with_item(subscription("sub_1", "cus_1", "active", 1), "price_a", 100),
        subscription("sub_2", "cus_1", "canceled", 2),
        subscription("sub_3", "cus_2", "incomplete_expired", 3),
        with_item(
            subscription("sub_4", "cus_2", "past_due", 4),
            "price_b",
            200,
        ),
    ]);
    let cases: &[(&str, &[&str])] = &[
        ("", &["sub_4", "sub_3", "sub_1"]),
        ("status=all", &["sub_4", "sub_3", "sub_2", "sub_1"]),
        ("status=ended", &["sub_3", "sub_2"]),
        ("status=canceled", &["sub_2"]),
        ("status=past_due", &["sub_4"]),
        ("customer=cus_1&status=all", &["sub_2", "sub_1"]),
        ("price=price_b", &["sub_4"]),
        ("current_period_end[lte]=150", &["sub_1"]),
        ("collection_method=send_invoice", &[]),
    ];
    for (narrowing, expected) in cases {
        let answer = stage.get(&format!("/v1/subscriptions?{narrowing}")).await;
        assert_eq!(answer.ids(), *expected, "{narrowing}");
    }
    let answer = stage.get("/v1/subscriptions?starting_after=sub_2").await;
    assert_eq!(
        answer.message(),
        "No such subscription: 'sub_2'",
        "a cursor must be in the list it walks"
    );
    let answer = stage
        .get("/v1/subscriptions?starting_after=sub_2&status=all")
        .await;
    assert_eq!(answer.ids(), ["sub_1"]);
}

fn price(id: &str, active: bool, interval: &str, created: i64) -> Value {
    json!({
        "id": id, "object": "price", "active": active, "created": created, "livemode": false,
        "currency": "usd", "product": "prod_1", "type": "recurring", "lookup_key": format!("key_{id}"),
        "recurring": { "interval": interval, "interval_count": 1, "usage_type": "licensed" },
    })
}

#[tokio::test]
async fn each_list_keeps_to_its_own_filters() {
    let invoice = |id: &str, status: &str, subscription: Value, created: i64| {
        json!({
            "id": id, "object": "invoice", "created": created, "livemode": false, "status": status,
            "customer": "cus_1", "lines": { "object": "list", "data": [] },
            "parent": { "type": "subscription_details", "subscription_details": { "subscription": subscription } },
        })
    };
    let stage = Stage::with([
        price("price_1", true, "month", 1),
        price("price_2", false, "month", 2),
        price("price_3", true, "year", 3),
        invoice("in_1", "paid", "sub_1".into(), 1),
        invoice(
            "in_2",
            "open",
            json!({ "id": "sub_2", "object": "subscription" }),
            2,
        ),
        json!({ "id": "prod_1", "object": "product", "created": 1, "active": true, "livemode": false }),
        json!({ "id": "prod_2", "object": "product", "created": 2, "active": false, "livemode": false }),
        json!({ "id": "pm_1", "object": "payment_method", "created": 1, "customer": "cus_1", "type": "card", "livemode": false }),
        json!({ "id": "pm_2", "object": "payment_method", "created": 2, "customer": null, "type": "link", "livemode": false }),
        json!({ "id": "ip_1", "object": "invoice_payment", "created": 1, "invoice": "in_1", "status": "paid", "livemode": false,
            "payment": { "type": "payment_intent", "payment_intent": "pi_1" } }),
        customer("cus_1", 1),
    ]);
    let cases: &[(&str, &[&str])] = &[
        ("prices", &["price_3", "price_1"]),
        ("prices?active=false", &["price_2"]),
        ("prices?recurring[interval]=year", &["price_3"]),
        (
            "prices?lookup_keys[]=key_price_1&lookup_keys[]=other",
            &["price_1"],
        ),
        ("invoices", &["in_2", "in_1"]),
        ("invoices?status=open", &["in_2"]),
        ("invoices?subscription=sub_1", &["in_1"]),
        ("invoices?subscription=sub_2", &["in_2"]),
        ("invoices?customer=cus_2", &[]),
        ("products", &["prod_2", "prod_1"]),
        ("products?active=true", &["prod_1"]),
        ("products?ids[0]=prod_2", &["prod_2"]),
        ("payment_methods?customer=cus_1", &["pm_1"]),
        ("payment_methods?type=link", &["pm_2"]),
        ("customers/cus_1/payment_methods", &["pm_1"]),
        ("invoice_payments?invoice=in_1", &["ip_1"]),
        (
            "invoice_payments?payment[type]=payment_intent&payment[payment_intent]=pi_2",
            &[],
        ),
        ("customers?email=cus_1@example.com", &["cus_1"]),
    ];
    for (request, expected) in cases {
        let answer = stage.get(&format!("/v1/{request}")).await;
        assert_eq!(answer.ids(), *expected, "{request}");
    }
}

#[tokio::test]
async fn objects_of_test_clocks_hide_unless_asked_for() {
    let mut clocked = customer("cus_clock", 2);
    clocked["test_clock"] = "clock_1".into();
    let mut renewed = subscription("sub_clock", "cus_clock", "active", 2);
    renewed["test_clock"] = "clock_1".into();
    let stage = Stage::with([customer("cus_1", 1), clocked, renewed]);
    assert_eq!(stage.get("/v1/customers").await.ids(), ["cus_1"]);
    let cases = [
        "customers?test_clock=clock_1",
        "subscriptions?test_clock=clock_1",
        "subscriptions?customer=cus_clock",
    ];
    for request in cases {
        let answer = stage.get(&format!("/v1/{request}")).await;
        assert_eq!(answer.ids().len(), 1, "{request}");
    }
}

#[tokio::test]
async fn a_deleted_customer_leaves_a_tombstone() {
    let tombstone = json!({ "id": "cus_2", "object": "customer", "deleted": true });
    let stage = Stage::with([
        customer("cus_1", 1),
        customer("cus_2", 2),
        tombstone.clone(),
    ]);
    assert_eq!(stage.get("/v1/customers").await.ids(), ["cus_1"]);
    let answer = stage.get("/v1/customers/cus_2").await;
    assert_eq!((answer.status, answer.body), (StatusCode::OK, tombstone));
    let answer = stage.get("/v1/customers/cus_3").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.message(), "No such customer: 'cus_3'");
    assert_eq!(answer.body["error"]["param"], "id");
    assert_eq!(
        answer.body["error"]["doc_url"],
        "https://stripe.com/docs/error-codes/resource-missing"
    );
}

/// The parameters of every list as the API reference of 2026-05-27.dahlia names them, beside the paging ones.
const DOCUMENTED: &[(&str, &[&str])] = &[
    (
        "charges",
        &["created", "customer", "payment_intent", "transfer_group"],
    ),
    ("customers", &["created", "email", "test_clock"]),
    (
        "events",
        &["created", "delivery_success", "type", "types[]"],
    ),
    (
        "payment_intents",
        &["created", "customer", "customer_account"],
    ),
    (
        "payment_methods",
        &["allow_redisplay", "customer", "customer_account", "type"],
    ),
    (
        "products",
        &["active", "created", "ids[]", "shippable", "url"],
    ),
    ("coupons", &["created"]),
    (
        "invoices",
        &[
            "collection_method",
            "created",
            "customer",
            "customer_account",
            "due_date",
            "status",
            "subscription",
        ],
    ),
    (
        "prices",
        &[
            "active",
            "created",
            "currency",
            "lookup_keys[]",
            "product",
            "recurring[interval]",
            "type",
        ],
    ),
    (
        "subscriptions",
        &[
            "automatic_tax[enabled]",
            "collection_method",
            "created",
            "current_period_end",
            "current_period_start",
            "customer",
            "customer_account",
            "price",
            "status",
            "test_clock",
        ],
    ),
    ("accounts", &["created"]),
    ("application_fees", &["charge", "created"]),
    ("transfers", &["created", "destination", "transfer_group"]),
    ("topups", &["amount", "created", "status"]),
    ("webhook_endpoints", &[]),
    (
        "invoice_payments",
        &["created", "invoice", "payment[type]", "status"],
    ),
    (
        "credit_notes",
        &["created", "customer", "customer_account", "invoice"],
    ),
];

#[tokio::test]
async fn every_documented_parameter_is_known() {
    let stage = Stage::with([]);
    for (list, parameters) in DOCUMENTED {
        for parameter in parameters.iter().chain(&["limit"]) {
            let answer = stage.get(&format!("/v1/{list}?{parameter}=1")).await;
            assert_ne!(
                answer.code(),
                Some("parameter_unknown"),
                "{list} {parameter}"
            );
        }
        let answer = stage.get(&format!("/v1/{list}?nonsense=1")).await;
        assert_eq!(answer.code(), Some("parameter_unknown"), "{list}");
    }
}
