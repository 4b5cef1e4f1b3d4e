use clearsync_sandbox::stripe::RefusalShape;
use http::{Method, StatusCode};

use super::{RESTRICTED, Stage, customer};

/// Lists and the permission that opens them, as trufflehog's probes and Stripe's reference name them.
const LISTS: &[(&str, &str)] = &[
    ("charges", "charge"),
    ("customers", "customer"),
    ("events", "event"),
    ("payment_intents", "payment_intent"),
    ("payment_methods", "payment_method"),
    ("products", "product"),
    ("coupons", "coupon"),
    ("invoices", "invoice"),
    ("prices", "plan"),
    ("plans", "plan"),
    ("subscriptions", "subscription"),
    ("subscription_schedules", "subscription"),
    ("accounts", "connected_account"),
    ("application_fees", "application_fee"),
    ("transfers", "transfer"),
    ("topups", "top_up"),
    ("webhook_endpoints", "webhook"),
    ("invoice_payments", "invoice"),
    ("credit_notes", "credit_note"),
    ("refunds", "charge"),
    ("invoiceitems", "invoice_item"),
    ("balance_transactions", "balance_transaction_source"),
    ("checkout/sessions", "checkout_session"),
    ("climate/orders", "climate_order"),
    ("disputes", "dispute"),
    ("files", "file"),
    (
        "financial_connections/accounts",
        "financial_connections_account",
    ),
    ("identity/verification_sessions", "identity_product"),
    ("issuing/cards", "issuing_card"),
    ("payment_links", "payment_links"),
    ("payouts", "payout"),
    ("promotion_codes", "promotion_code"),
    ("quotes", "quote"),
    ("reporting/report_runs", "financial_statement"),
    ("reviews", "review"),
    ("setup_intents", "setup_intent"),
    ("shipping_rates", "shipping_rate"),
    ("sigma/scheduled_query_runs", "sigma_scheduled_query_run"),
    ("sources", "source"),
    ("tax_rates", "tax_rate"),
    ("terminal/locations", "terminal_location"),
    ("test_helpers/test_clocks", "billing_clock"),
];

/// Kinds that real Stripe creates from an empty form.
const MADE_OF_NOTHING: &[&str] = &["customers", "setup_intents"];

#[tokio::test]
async fn every_endpoint_opens_to_its_own_permission() {
    for (path, permission) in LISTS {
        let stage = Stage::with([]);
        let (read, write) = (format!("{permission}_read"), format!("{permission}_write"));
        let list = format!("/v1/{path}?limit=1");
        let item = format!("/v1/{path}/none_{permission}");
        let ask = |method, path| stage.send(RESTRICTED, method, path, "");

        let refused = ask(Method::GET, &list).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.message().contains(&format!("('{read}')")), "{path}");
        assert_eq!(ask(Method::GET, &item).await.status, 403, "{path}");
        assert_eq!(ask(Method::POST, &item).await.status, 403, "{path}");

        stage.sandbox.grant(RESTRICTED, &read);
        assert_eq!(ask(Method::GET, &list).await.status, 200, "{path}");
        assert_eq!(ask(Method::GET, &item).await.status, 404, "{path}");
        let refused = ask(Method::POST, &item).await;
        assert_eq!(refused.status, 403, "reading {path} is not writing");
        assert!(refused.message().contains(&write), "{path}");

        stage.sandbox.deny(RESTRICTED, &read);
        stage.sandbox.grant(RESTRICTED, &format!("rak_{write}"));
        assert_eq!(
            ask(Method::GET, &list).await.status,
            200,
            "writing implies reading {path}"
        );
        let missing = ask(Method::POST, &item).await;
        assert_eq!(
            (missing.status.as_u16(), missing.code()),
            (404, Some("resource_missing"))
        );
        let empty = ask(Method::POST, &format!("/v1/{path}")).await;
        if MADE_OF_NOTHING.contains(path) {
            assert_eq!(empty.status, 200, "{path}");
        } else {
            assert_eq!(empty.code(), Some("parameter_missing"), "{path}");
        }
    }
}

#[tokio::test]
async fn permissions_bring_others_along() {
    let cases = [
        ("invoice_read", "credit_notes"),
        ("credit_note_read", "invoices"),
        ("payment_intent_read", "products"),
        ("plan_read", "products"),
        ("plan_read", "prices"),
        ("customer_read", "test_helpers/test_clocks"),
        ("payment_method_read", "sources"),
        ("transfer_read", "payouts"),
        ("balance_transaction_source_read", "application_fees"),
        ("balance_transaction_source_read", "transfers"),
        ("checkout_session_read", "payment_intents"),
        ("checkout_session_read", "payment_links"),
        ("checkout_session_read", "products"),
        ("checkout_session_read", "setup_intents"),
        ("quote_read", "products"),
        ("charge_read", "refunds"),
        ("bucket_connect_read", "accounts"),
        ("bucket_connect_read", "topups"),
        ("topup_read", "topups"),
    ];
    for (granted, path) in cases {
        let stage = Stage::with([]);
        stage.sandbox.grant(RESTRICTED, granted);
        let answer = stage.get_with(RESTRICTED, &format!("/v1/{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{granted} opens {path}");
    }
    let stage = Stage::with([]);
    stage.sandbox.grant(RESTRICTED, "transfer_read");
    let answer = stage
        .send(RESTRICTED, Method::POST, "/v1/payouts/po_none", "")
        .await;
    assert_eq!(
        answer.status, 404,
        "Stripe's reference implies writing payouts"
    );
}

#[tokio::test]
async fn permission_comes_before_parameters_and_objects() {
    let stage = Stage::with([customer("cus_1", 1)]);
    let paths = [
        "/v1/customers?limit=0&nonsense=1",
        "/v1/customers/cus_1",
        "/v1/customers/cus_none",
        "/v1/subscription_items",
        "/v1/invoices/in_none/lines",
        "/v1/account",
        "/v1/balance",
        "/v1/tax/settings",
    ];
    for path in paths {
        let answer = stage.get_with(RESTRICTED, path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(answer.code(), Some("more_permissions_required"), "{path}");
    }
}

#[tokio::test]
async fn a_missing_permission_is_told_in_every_shape_that_is_in_use() {
    let stage = Stage::with([]);
    let stars = "rk_test_******************8f2K";
    let old = format!(
        "The provided key '{stars}' does not have the required permissions for this endpoint on account 'acct_1SampleStripeAcct'."
    );
    let new = |row: &str| {
        format!(
            "Permission denied. The provided key 'rk_test_...8f2K' does not have the required permissions for this endpoint on account 'acct_1SampleStripeAcct'. Enabling {row} ('plan_read') permissions on this key would allow this request to continue. You can edit permissions at https://dashboard.stripe.com/b/acct_1SampleStripeAcct?destination=%2Ftest%2Fapikeys%2Fmk_18f2K%2Fedit"
        )
    };
    let cases = [
        (
            RefusalShape::Old,
            None,
            format!("{old} Having the 'rak_plan_read' permission would allow this request to continue."),
        ),
        (
            RefusalShape::OldAnyOf,
            None,
            format!(
                "{old} Having the 'rak_billing_cadence_read', 'rak_plan_read' permissions would allow this request to continue."
            ),
        ),
        (RefusalShape::New, Some("more_permissions_required"), new("\"Prices Read\"")),
        (RefusalShape::NewUnquoted, Some("more_permissions_required"), new("Prices Read")),
        (
            RefusalShape::Unnamed,
            None,
            format!("{old} Having more permissions would allow this request to continue."),
        ),
        (
            RefusalShape::NotForRestrictedKeys,
            None,
            "This is a restricted API key, but the required permissions are not available for use by restricted keys."
                .to_owned(),
        ),
    ];
    for (shape, code, message) in cases {
        stage.sandbox.set_refusal_shape(shape);
        let answer = stage.get_with(RESTRICTED, "/v1/prices").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{shape:?}");
        assert_eq!(answer.code(), code, "{shape:?}");
        assert_eq!(answer.message(), message, "{shape:?}");
        assert_eq!(answer.body["error"].get("doc_url"), None, "{shape:?}");
    }
}

#[tokio::test]
async fn the_account_is_named_even_to_a_key_that_may_not_read_it() {
    let stage = Stage::with([]);
    stage.sandbox.set_refusal_shape(RefusalShape::Old);
    let answer = stage.get_with(RESTRICTED, "/v1/account").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.message().contains("'acct_1SampleStripeAcct'"));
    assert!(answer.message().contains("'rak_accounts_kyc_basic_read'"));
    stage.sandbox.grant(RESTRICTED, "connected_account_read");
    let answer = stage.get_with(RESTRICTED, "/v1/account").await;
    assert_eq!(answer.body["id"], "acct_1SampleStripeAcct");
    let answer = stage.get_with(RESTRICTED, "/v1/accounts").await;
    assert_eq!(answer.ids(), [""; 0], "no connected accounts");
    let answer = stage
        .get_with(RESTRICTED, "/v1/accounts/acct_1SampleStripeAcct")
        .await;
    assert_eq!(answer.body["object"], "account");
}

#[tokio::test]
async fn a_probe_that_would_create_something_does_create_it() {
    let stage = Stage::with([]);
    stage.sandbox.grant(RESTRICTED, "customer_write");
    stage
        .send(RESTRICTED, Method::POST, "/v1/customers", "")
        .await;
    assert_eq!(stage.data.read().unwrap().all("customer").count(), 1);
}
