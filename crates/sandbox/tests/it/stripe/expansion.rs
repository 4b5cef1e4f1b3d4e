use http::StatusCode;
use serde_json::{Value, json};

use super::{RESTRICTED, Stage, customer, subscription};

/// A subscription of 40 items with stacked discounts, its price with tiers, an invoice of 25 lines.
fn shop() -> Stage {
    let price = json!({
        "id": "price_1", "object": "price", "created": 1, "livemode": false, "active": true,
        "product": "prod_1", "tiers_mode": "graduated", "currency_options": {},
        "tiers": [{ "up_to": null, "unit_amount": 500 }],
    });
    let items: Vec<Value> = (0..40)
        .map(|n| {
            json!({ "id": format!("si_{n}"), "object": "subscription_item", "discounts": ["di_item"], "price": price })
        })
        .collect();
    let mut sub = subscription("sub_1", "cus_1", "active", 1);
    sub["items"]["data"] = items.into();
    sub["discounts"] = json!(["di_1", "di_2"]);
    let lines: Vec<Value> = (0..25)
        .map(|n| json!({ "id": format!("il_{n}"), "object": "line_item", "discounts": [] }))
        .collect();
    let discount = |id: &str| {
        json!({ "id": id, "object": "discount", "customer": "cus_1", "promotion_code": null,
            "source": { "type": "coupon", "coupon": "SAVE" } })
    };
    let mut buyer = customer("cus_1", 1);
    buyer["discount"] = "di_1".into();
    Stage::with([
        buyer,
        sub,
        price,
        discount("di_1"),
        discount("di_2"),
        discount("di_item"),
        json!({ "id": "SAVE", "object": "coupon", "created": 1, "livemode": false, "percent_off": 10, "applies_to": { "products": ["prod_1"] } }),
        json!({ "id": "prod_1", "object": "product", "created": 1, "livemode": false, "active": true }),
        json!({ "id": "in_1", "object": "invoice", "created": 1, "livemode": false, "status": "paid", "customer": "cus_1",
            "discounts": [], "lines": { "object": "list", "data": lines } }),
        json!({ "id": "ip_1", "object": "invoice_payment", "created": 1, "livemode": false, "invoice": "in_1",
            "payment": { "type": "charge", "charge": "ch_1" } }),
        json!({ "id": "ch_1", "object": "charge", "created": 1, "livemode": false, "customer": "cus_1" }),
        json!({ "id": "re_1", "object": "refund", "created": 1, "charge": "ch_1" }),
    ])
}

#[tokio::test]
async fn references_are_ids_until_they_are_expanded() {
    let stage = shop();
    let plain = stage.get("/v1/subscriptions").await.body["data"][0].clone();
    assert_eq!(plain["customer"], "cus_1");
    assert_eq!(plain["discounts"], json!(["di_1", "di_2"]));
    let request = "/v1/subscriptions?expand[]=data.customer&expand[]=data.discounts.source.coupon";
    let expanded = stage.get(request).await.body["data"][0].clone();
    assert_eq!(expanded["customer"]["email"], "cus_1@example.com");
    let coupon = &expanded["discounts"][1]["source"]["coupon"];
    assert_eq!(coupon["percent_off"], 10);
    assert_eq!(
        coupon.get("applies_to"),
        None,
        "shows only when it is itself expanded"
    );
    let discounts = stage
        .get("/v1/subscriptions/sub_1?expand[0]=discounts")
        .await;
    assert_eq!(discounts.body["discounts"][0]["source"]["coupon"], "SAVE");
    let request = "/v1/subscriptions?expand[]=data.items.data.discounts";
    let answer = stage.get(request).await;
    let item = &answer.body["data"][0]["items"]["data"][0];
    assert_eq!(item["discounts"][0]["id"], "di_item");
}

#[tokio::test]
async fn a_customers_discount_is_always_whole() {
    let answer = shop().get("/v1/customers/cus_1").await;
    assert_eq!(answer.body["discount"]["source"]["coupon"], "SAVE");
    assert_eq!(answer.body.get("tax_ids"), None);
    let answer = shop().get("/v1/customers/cus_1?expand[]=tax_ids").await;
    assert_eq!(answer.body["tax_ids"]["object"], "list");
}

#[tokio::test]
async fn tiers_show_only_when_expanded() {
    let stage = shop();
    let plain = stage.get("/v1/prices").await.body["data"][0].clone();
    assert_eq!(plain.get("tiers"), None);
    let answer = stage.get("/v1/prices?expand[]=data.tiers").await;
    assert_eq!(answer.body["data"][0]["tiers"][0]["unit_amount"], 500);
    let answer = stage.get("/v1/subscriptions/sub_1").await;
    let price = &answer.body["items"]["data"][0]["price"];
    assert_eq!(
        (&price["id"], price.get("tiers")),
        (&json!("price_1"), None)
    );
    let request = "/v1/subscriptions/sub_1?expand[]=items.data.price.tiers";
    let price = stage.get(request).await.body["items"]["data"][0]["price"].clone();
    assert_eq!(price["tiers"][0]["unit_amount"], 500);
}

#[tokio::test]
async fn embedded_lists_end_at_ten_and_say_where_the_rest_is() {
    let stage = shop();
    let sub = stage.get("/v1/subscriptions/sub_1").await.body;
    assert_eq!(sub["items"]["data"].as_array().unwrap().len(), 10);
    assert_eq!(sub["items"]["has_more"], true);
    let rest = sub["items"]["url"].as_str().unwrap();
    assert_eq!(rest, "/v1/subscription_items?subscription=sub_1");
    let items = stage.get(&format!("{rest}&limit=100")).await;
    assert_eq!(items.ids().len(), 40);
    assert_eq!(items.body["data"][0]["price"].get("tiers"), None);
    let invoice = stage.get("/v1/invoices/in_1").await.body;
    assert_eq!(invoice["lines"]["url"], "/v1/invoices/in_1/lines");
    let lines = stage
        .get("/v1/invoices/in_1/lines?limit=20&starting_after=il_9")
        .await;
    assert_eq!((lines.ids()[0], lines.ids().len()), ("il_10", 15));
}

#[tokio::test]
async fn lists_on_demand_are_gathered_from_their_objects() {
    let stage = shop();
    assert_eq!(
        stage.get("/v1/charges/ch_1").await.body.get("refunds"),
        None
    );
    let charge = stage.get("/v1/charges/ch_1?expand[]=refunds").await.body;
    assert_eq!(charge["refunds"]["data"][0]["id"], "re_1");
    assert_eq!(stage.get("/v1/charges/ch_1/refunds").await.ids(), ["re_1"]);
    let request = "/v1/invoices/in_1?expand[]=payments.data.payment.charge";
    let invoice = stage.get(request).await.body;
    assert_eq!(
        invoice["payments"]["data"][0]["payment"]["charge"]["id"],
        "ch_1"
    );
    let request = "/v1/customers/cus_1?expand[]=subscriptions";
    let buyer = stage.get(request).await.body;
    assert_eq!(buyer["subscriptions"]["data"][0]["id"], "sub_1");
}

#[tokio::test]
async fn a_deleted_customer_expands_to_its_tombstone() {
    let stage = shop();
    let tombstone = json!({ "id": "cus_1", "object": "customer", "deleted": true });
    stage.data.write().unwrap().upsert(tombstone.clone());
    let answer = stage.get("/v1/subscriptions?expand[]=data.customer").await;
    assert_eq!(answer.body["data"][0]["customer"], tombstone);
}

#[tokio::test]
async fn what_cannot_be_expanded_is_refused() {
    let stage = shop();
    let cases = [
        (
            "subscriptions/sub_1?expand[]=metadata",
            None,
            "This property cannot be expanded (metadata).",
        ),
        (
            "subscriptions?expand[]=customer",
            None,
            "This property cannot be expanded (customer). You may want to try expanding 'data.customer' instead.",
        ),
        (
            "subscriptions?expand[]=data.customer.name",
            None,
            "This property cannot be expanded (name).",
        ),
        (
            "subscriptions/sub_1?expand[]=items.price",
            None,
            "This property cannot be expanded (items).",
        ),
        (
            "subscriptions?expand[]=data.items.data.price.tiers",
            Some("property_expansion_max_depth"),
            "You cannot expand more than 4 levels of a property. Property: data.items.data.price.tiers",
        ),
    ];
    for (request, code, message) in cases {
        let answer = stage.get(&format!("/v1/{request}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{request}");
        assert_eq!(answer.code(), code, "{request}");
        if request.contains("items.price") {
            assert!(
                answer
                    .message()
                    .starts_with("This property cannot be expanded")
            );
        } else {
            assert_eq!(answer.message(), message, "{request}");
        }
    }
}

#[tokio::test]
async fn expanding_needs_the_permission_of_what_is_expanded() {
    let stage = shop();
    stage.sandbox.grant(RESTRICTED, "subscription_read");
    let cases = [
        ("data.customer", "customer_read"),
        ("data.discounts.source.coupon", "coupon_read"),
        ("data.latest_invoice", "invoice_read"),
        ("data.discounts.promotion_code", "promotion_code_read"),
        ("data.items.data.price.product", ""),
    ];
    for (path, permission) in cases {
        let request = format!("/v1/subscriptions?expand[]={path}");
        let refused = stage.get_with(RESTRICTED, &request).await;
        if permission.is_empty() {
            assert_eq!(
                refused.status,
                StatusCode::BAD_REQUEST,
                "{path} is too deep"
            );
            continue;
        }
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.message().contains(permission), "{path}");
        stage.sandbox.grant(RESTRICTED, permission);
        let answer = stage.get_with(RESTRICTED, &request).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    let answer = stage
        .get_with(RESTRICTED, "/v1/subscriptions?expand[]=data.discounts")
        .await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "discounts come with their owner"
    );
}
