use clearsync_sandbox::hubspot::Tier;
use serde_json::{Value, json};

use crate::portal::{Portal, TOKEN, inputs, pass};

const SCHEMAS: &str = "/crm-object-schemas/2026-09/schemas";

fn schema(name: &str) -> Value {
    json!({
        "name": name,
        "labels": {"singular": "Stripe subscription", "plural": "Stripe subscriptions"},
        "primaryDisplayProperty": "cs_name", "secondaryDisplayProperties": ["cs_status"],
        "searchableProperties": ["cs_id", "cs_name"], "requiredProperties": ["cs_id"],
        "allowsSensitiveProperties": false,
        "properties": [
            {"name": "cs_id", "label": "ID", "type": "string", "fieldType": "text", "hasUniqueValue": true},
            {"name": "cs_name", "label": "Name", "type": "string", "fieldType": "text"},
            {"name": "cs_status", "label": "Status", "type": "string", "fieldType": "text"},
        ],
        "associatedObjects": ["0-1", "COMPANY"],
    })
}

#[tokio::test(start_paused = true)]
async fn only_enterprise_has_custom_objects() {
    for tier in [Tier::Free, Tier::Starter, Tier::Pro] {
        let got = Portal::on(tier).post(SCHEMAS, schema("sub")).await;
        assert_eq!(got.status, 403);
        assert_eq!(got.body["category"], "MISSING_SCOPES");
    }
    let portal = Portal::on(Tier::Enterprise);
    portal
        .sandbox
        .set_scopes(TOKEN, ["crm.schemas.custom.read"]);
    assert_eq!(portal.get(SCHEMAS).await.status, 200);
    assert_eq!(portal.post(SCHEMAS, schema("sub")).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn records_of_a_custom_object_are_written_and_associated() {
    let portal = Portal::on(Tier::Enterprise);
    let made = portal.post(SCHEMAS, schema("sub")).await;
    assert_eq!(made.status, 201);
    let type_id = made.body["objectTypeId"].as_str().unwrap();
    assert_eq!(made.body["fullyQualifiedName"], "p20211234_sub");
    assert_eq!(made.body["associations"].as_array().unwrap().len(), 2);
    for name in [type_id, "p20211234_sub"] {
        let input = json!({"id": "sub_1", "idProperty": "cs_id", "properties": {"cs_name": "Ada"}});
        let path = format!("/crm/objects/2026-09/{name}/batch/upsert");
        let got = portal.post(&path, inputs([input])).await;
        assert_eq!(got.status, 200, "{}", got.text);
    }
    let records = portal.sandbox.records(type_id).unwrap();
    assert_eq!(records.len(), 1);
    let contact = portal.sandbox.seed("contacts", &[]).unwrap();
    let id = records.keys().next().unwrap();
    let path = format!("/crm/associations/2026-09/{type_id}/contacts/batch/associate/default");
    let pair = inputs([json!({"from": {"id": id}, "to": {"id": contact}})]);
    let got = portal.post(&path, pair).await;
    assert_eq!(
        got.results()[0]["associationSpec"]["associationCategory"],
        "USER_DEFINED"
    );
    let path = format!("/crm/associations/2026-09/{type_id}/deals/labels");
    assert!(portal.get(&path).await.results().is_empty());
    let missing = json!({"properties": {"cs_name": "Eve"}});
    let got = portal
        .post(&format!("/crm/objects/2026-09/{type_id}"), missing)
        .await;
    assert_eq!(got.status, 400);
}

#[tokio::test(start_paused = true)]
async fn the_list_settles_before_the_single_read() {
    let portal = Portal::lagging(Tier::Enterprise);
    let made = portal.post(SCHEMAS, schema("sub")).await;
    let single = format!("{SCHEMAS}/{}", made.body["objectTypeId"].as_str().unwrap());
    assert!(portal.get(SCHEMAS).await.results().is_empty());
    pass(5).await;
    assert_eq!(portal.get(SCHEMAS).await.results().len(), 1);
    assert_eq!(portal.get(&single).await.status, 404);
    pass(65).await;
    assert_eq!(portal.get(&single).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn schemas_against_the_rules_are_refused() {
    let portal = Portal::on(Tier::Enterprise);
    let with = |key: &str, value: Value| {
        let mut body = schema("other");
        body[key] = value;
        body
    };
    let cases = [
        (with("name", json!("1st")), json!("INVALID_SCHEMA_NAME")),
        (
            with("name", json!("x".repeat(51))),
            json!("INVALID_SCHEMA_NAME"),
        ),
        (
            with("primaryDisplayProperty", Value::Null),
            json!("PRIMARY_DISPLAY_PROPERTY_REQUIRED"),
        ),
        (
            with(
                "secondaryDisplayProperties",
                json!(["cs_id", "cs_name", "cs_status"]),
            ),
            Value::Null,
        ),
        (with("requiredProperties", json!(["nothing"])), Value::Null),
        (
            with("associatedObjects", json!(["butterflies"])),
            Value::Null,
        ),
    ];
    for (body, code) in cases {
        let got = portal.post(SCHEMAS, body).await;
        assert_eq!(got.status, 400);
        assert_eq!(got.body["errors"][0]["code"], code);
    }
    assert!(portal.get(SCHEMAS).await.results().is_empty());
    portal.post(SCHEMAS, schema("sub")).await;
    assert_eq!(portal.post(SCHEMAS, schema("sub")).await.status, 409);
}

#[tokio::test(start_paused = true)]
async fn a_schema_with_records_stays_and_its_name_can_be_used_again() {
    let portal = Portal::on(Tier::Enterprise);
    let made = portal.post(SCHEMAS, schema("sub")).await;
    let type_id = made.body["objectTypeId"].as_str().unwrap();
    let path = format!("{SCHEMAS}/{type_id}");
    let id = portal.sandbox.seed(type_id, &[("cs_id", "sub_1")]).unwrap();
    let refused = portal.delete(&path).await;
    assert_eq!(refused.body["errors"][0]["code"], "EXISTING_OBJECT_RECORDS");
    portal.sandbox.delete(type_id, &id).unwrap();
    let in_use = portal
        .delete(&format!("/crm/properties/2026-09/{type_id}/cs_id"))
        .await;
    assert_eq!(
        in_use.body["subCategory"],
        "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
    );
    assert_eq!(portal.delete(&path).await.status, 204);
    let again = portal.post(SCHEMAS, schema("sub")).await;
    assert_eq!(again.status, 201);
    assert_ne!(again.body["objectTypeId"], made.body["objectTypeId"]);
}
