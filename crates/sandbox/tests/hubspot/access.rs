use clearsync_sandbox::hubspot::{PortalShape, Tier};
use serde_json::json;

use crate::portal::{Portal, TOKEN, inputs};

#[tokio::test(start_paused = true)]
async fn a_missing_or_unknown_token_is_refused() {
    let portal = Portal::new();
    for token in [None, Some("pat-na1-unknown")] {
        let got = portal
            .send_as(token, "GET", "/crm/objects/2026-09/contacts", None)
            .await
            .unwrap();
        assert_eq!(got.status, 401);
        assert_eq!(got.body["category"], "INVALID_AUTHENTICATION");
        assert!(
            got.message()
                .starts_with("Authentication credentials not found.")
        );
        assert!(got.body["correlationId"].is_string());
    }
    portal.sandbox.revoke_token(TOKEN);
    assert_eq!(
        portal.get("/crm/objects/2026-09/contacts").await.status,
        401
    );
}

#[tokio::test(start_paused = true)]
async fn every_version_is_known_and_no_other() {
    let portal = Portal::new();
    let cases = [
        ("/crm/objects/2026-09/contacts", 200),
        ("/crm/objects/2026-03/contacts", 200),
        ("/crm/v3/objects/contacts", 200),
        ("/crm/v3/properties/contacts", 200),
        ("/crm/v3/pipelines/deals", 200),
        ("/crm/v4/associations/contacts/companies/labels", 200),
        ("/account-info/v3/details", 200),
        ("/account-info/2026-09/details", 200),
        ("/crm/objects/2025-01/contacts", 404),
        ("/crm/v9/objects/contacts", 404),
        ("/crm/unknown/2026-09/contacts", 404),
        ("/", 404),
    ];
    for (path, status) in cases {
        let got = portal.get(path).await;
        assert_eq!(got.status, status, "{path}");
        if status == 404 {
            assert!(got.text.starts_with("<html"), "{path}: {}", got.text);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_without_its_scope_names_the_scopes() {
    let portal = Portal::new();
    let objects = "/crm/objects/2026-09/contacts";
    let cases = [
        ("GET", objects.to_owned(), "crm.objects.contacts.read"),
        ("POST", objects.to_owned(), "crm.objects.contacts.write"),
        (
            "POST",
            format!("{objects}/search"),
            "crm.objects.contacts.read",
        ),
        (
            "POST",
            format!("{objects}/batch/upsert"),
            "crm.objects.contacts.write",
        ),
        (
            "POST",
            "/crm/properties/2026-09/contacts".to_owned(),
            "crm.schemas.contacts.write",
        ),
        (
            "GET",
            "/crm/properties/2026-09/contacts".to_owned(),
            "crm.schemas.contacts.read",
        ),
        (
            "GET",
            "/crm/pipelines/2026-09/deals".to_owned(),
            "crm.schemas.deals.read",
        ),
        (
            "GET",
            "/crm/limits/2026-09/records".to_owned(),
            "crm.objects.contacts.read",
        ),
        (
            "GET",
            "/crm/owners/2026-09".to_owned(),
            "crm.objects.owners.read",
        ),
        (
            "GET",
            "/crm/objects/2026-09/line_items".to_owned(),
            "crm.objects.line_items.read",
        ),
        (
            "POST",
            "/crm/associations/2026-09/contacts/companies/batch/read".to_owned(),
            "crm.objects.contacts.read",
        ),
    ];
    for (method, path, scope) in cases {
        portal.sandbox.set_scopes(TOKEN, ["crm.lists.read"]);
        let refused = portal.send(method, &path, Some(inputs([]))).await;
        assert_eq!(refused.status, 403, "{path}");
        assert_eq!(refused.body["category"], "MISSING_SCOPES");
        let named = &refused.body["errors"][0]["context"]["requiredGranularScopes"];
        let named = named.as_array().unwrap();
        assert!(named.contains(&json!(scope)), "{path}: {named:?}");
        portal
            .sandbox
            .set_scopes(TOKEN, [scope, "crm.objects.companies.read"]);
        let met = portal.send(method, &path, Some(inputs([]))).await;
        assert_ne!(met.status, 403, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_may_only_write_is_refused_to_read_without_a_name() {
    let portal = Portal::new();
    portal
        .sandbox
        .set_scopes(TOKEN, ["crm.objects.contacts.write"]);
    let created = portal
        .post(
            "/crm/objects/2026-09/contacts",
            json!({"properties": {"firstname": "Ada"}}),
        )
        .await;
    assert_eq!(created.status, 201);
    let id = created.body["id"].as_str().unwrap();
    let read = portal
        .get(&format!("/crm/objects/2026-09/contacts/{id}"))
        .await;
    assert_eq!(read.status, 403);
    assert!(read.body.get("errors").is_none());
}

#[tokio::test(start_paused = true)]
async fn limits_need_a_scope_on_records_and_account_info_needs_none() {
    let portal = Portal::new();
    portal.sandbox.set_scopes(
        TOKEN,
        ["crm.schemas.contacts.read", "crm.schemas.contacts.write"],
    );
    assert_eq!(
        portal
            .get("/crm/limits/2026-09/custom-properties")
            .await
            .status,
        403
    );
    assert_eq!(
        portal.get("/account-info/2026-09/details").await.status,
        200
    );
}

#[tokio::test(start_paused = true)]
async fn introspection_lists_the_scopes_and_oauth() {
    let portal = Portal::new();
    portal
        .sandbox
        .set_scopes(TOKEN, ["crm.objects.contacts.read"]);
    let path = "/oauth/v2/private-apps/get/access-token-info";
    for sent_as in [None, Some(TOKEN)] {
        let got = portal
            .send_as(sent_as, "POST", path, Some(json!({"tokenKey": TOKEN})))
            .await
            .unwrap();
        assert_eq!(got.status, 200);
        assert_eq!(got.body["hubId"], 20_211_234);
        assert_eq!(
            got.body["scopes"],
            json!(["crm.objects.contacts.read", "oauth"])
        );
    }
    let foreign = json!({"tokenKey": "pat-na1-foreign"});
    assert_eq!(portal.post(path, foreign).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn account_details_tell_currency_and_time_zone() {
    let portal = Portal::shaped(PortalShape {
        currency: "EUR".to_owned(),
        additional_currencies: vec!["USD".to_owned()],
        time_zone: "Asia/Kolkata".to_owned(),
        ..PortalShape::default()
    });
    let got = portal.get("/account-info/2026-09/details").await;
    assert_eq!(got.body["companyCurrency"], "EUR");
    assert_eq!(got.body["additionalCurrencies"], json!(["USD"]));
    assert_eq!(got.body["timeZone"], "Asia/Kolkata");
    // Five and a half hours: 19,800 s.
    assert_eq!(got.body["utcOffset"], "+05:30");
    assert_eq!(got.body["utcOffsetMilliseconds"], 19_800_000);
    let usage = portal
        .get("/account-info/2026-09/api-usage/daily/private-apps")
        .await;
    let usage = &usage.results()[0];
    assert_eq!(usage["usageLimit"], 625_000);
    assert_eq!(usage["currentUsage"], 0);
    // Midnight of Kolkata after 15:30 there: 18:30 UTC.
    assert_eq!(usage["resetsAt"], "2026-11-23T18:30:00.000Z");
}

#[tokio::test(start_paused = true)]
async fn limits_follow_the_tier() {
    let cases = [
        (Tier::Free, 10, 10, 1, 0),
        (Tier::Starter, 10_000, 1_000, 2, 0),
        (Tier::Pro, 10_000, 1_000, 15, 0),
        (Tier::Enterprise, 10_000, 1_000, 100, 10),
    ];
    for (tier, overall, per_object, pipelines, custom_objects) in cases {
        let portal = Portal::on(tier);
        portal.add_property("contacts", "one", json!({})).await;
        let properties = portal
            .get("/crm/limits/2026-09/custom-properties")
            .await
            .body;
        assert_eq!(properties["overallLimit"], overall);
        assert_eq!(properties["overallUsage"], 1);
        let contacts = &properties["byObjectType"][0];
        assert_eq!(contacts["objectTypeId"], "0-1");
        assert_eq!(contacts["limit"], per_object);
        assert_eq!(contacts["usage"], 1);
        let held = portal.get("/crm/limits/2026-09/pipelines").await.body;
        assert_eq!(held["hubspotDefinedObjectTypes"][0]["limit"], pipelines);
        let types = portal
            .get("/crm/limits/2026-09/custom-object-types")
            .await
            .body;
        assert_eq!(types["limit"], custom_objects);
    }
}
