use clearsync_sandbox::hubspot::Tier;
use serde_json::{Value, json};

use crate::portal::{Portal, inputs, pass};

const CONTACTS: &str = "/crm/properties/2026-09/contacts";

fn text(name: &str) -> Value {
    json!({
        "groupName": "contactinformation", "name": name, "label": format!("Label of {name}"),
        "type": "string", "fieldType": "text",
    })
}

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

#[tokio::test(start_paused = true)]
async fn a_property_is_created_as_sent_and_read_back() {
    let portal = Portal::new();
    let sent = json!({
        "groupName": "contactinformation", "name": "clearsync_mrr", "label": "MRR (ClearSync)",
        "type": "number", "fieldType": "number", "showCurrencySymbol": true,
    });
    let created = portal.post(CONTACTS, sent.clone()).await;
    assert_eq!(created.status, 201);
    let read = portal.get(&format!("{CONTACTS}/clearsync_mrr")).await.body;
    for (key, value) in sent.as_object().unwrap() {
        assert_eq!(read[key], *value, "{key}");
    }
    assert_eq!(read["hubspotDefined"], false);
    assert_eq!(read["hasUniqueValue"], false);
    assert_eq!(read["modificationMetadata"]["archivable"], true);
    let listed = portal.get(CONTACTS).await;
    assert!(listed.results().contains(&read));
}

#[tokio::test(start_paused = true)]
async fn properties_against_the_rules_are_refused() {
    let portal = Portal::new();
    portal.add_property("contacts", "held", json!({})).await;
    let codes = [
        (
            with(text("a"), "groupName", json!("nowhere")),
            400,
            Value::Null,
        ),
        (
            with(text("Upper"), "label", json!("x")),
            400,
            json!("INVALID_PROPERTY_NAME"),
        ),
        (
            with(text("a"), "fieldType", json!("number")),
            400,
            json!("INVALID_FIELD_TYPE"),
        ),
        (
            with(text("a"), "label", json!("label OF held")),
            400,
            json!("NON_UNIQUE_PROPERTY_LABEL"),
        ),
        (
            with(
                with(text("a"), "type", json!("bool")),
                "fieldType",
                json!("booleancheckbox"),
            ),
            400,
            json!("INVALID_BOOLEAN_OPTION"),
        ),
        (
            with(text("a"), "currencyPropertyName", json!("c")),
            400,
            json!("ONLY_CURRENCY_PROPERTIES_CAN_SPECIFY_CURRENCY"),
        ),
    ];
    for (body, status, code) in codes {
        let got = portal.post(CONTACTS, body.clone()).await;
        assert_eq!(got.status, status, "{body}");
        assert_eq!(got.body["errors"][0]["code"], code, "{body}");
    }
    let taken = portal.post(CONTACTS, text("held")).await;
    assert_eq!(taken.status, 409);
    assert_eq!(taken.body["category"], "OBJECT_ALREADY_EXISTS");
    assert_eq!(
        taken.body["subCategory"],
        "Properties.PROPERTY_WITH_NAME_EXISTS"
    );
    assert_eq!(taken.message(), "A property named 'held' already exists.");
}

#[tokio::test(start_paused = true)]
async fn uniqueness_cannot_be_changed_and_is_limited_to_ten() {
    let portal = Portal::new();
    portal.add_property("contacts", "plain", json!({})).await;
    let path = format!("{CONTACTS}/plain");
    let change = json!({"hasUniqueValue": true, "label": "Renamed"});
    let patched = portal.patch(&path, change).await;
    assert_eq!(patched.status, 200);
    let read = portal.get(&path).await.body;
    assert_eq!(read["hasUniqueValue"], false);
    assert_eq!(read["label"], "Renamed");
    for n in 0..10 {
        portal
            .add_property(
                "contacts",
                &format!("unique_{n}"),
                json!({"hasUniqueValue": true}),
            )
            .await;
    }
    let eleventh = with(text("unique_10"), "hasUniqueValue", json!(true));
    assert_eq!(portal.post(CONTACTS, eleventh).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn an_archived_name_comes_back_with_its_values() {
    let portal = Portal::new();
    portal.add_property("contacts", "kept", json!({})).await;
    let id = portal
        .sandbox
        .seed("contacts", &[("kept", "before")])
        .unwrap();
    let record = format!("/crm/objects/2026-09/contacts/{id}?properties=kept");
    assert_eq!(portal.delete(&format!("{CONTACTS}/kept")).await.status, 204);
    assert_eq!(portal.get(&format!("{CONTACTS}/kept")).await.status, 404);
    assert!(
        portal.get(&record).await.body["properties"]
            .get("kept")
            .is_none()
    );
    let refused = portal
        .patch(&record, json!({"properties": {"kept": "x"}}))
        .await;
    assert_eq!(refused.body["errors"][0]["code"], "PROPERTY_DOESNT_EXIST");
    portal.add_property("contacts", "kept", json!({})).await;
    assert_eq!(
        portal.get(&record).await.body["properties"]["kept"],
        "before"
    );
}

#[tokio::test(start_paused = true)]
async fn a_free_portal_has_room_for_ten_in_all() {
    let portal = Portal::on(Tier::Free);
    for n in 0..5 {
        portal
            .add_property("contacts", &format!("c_{n}"), json!({}))
            .await;
        portal
            .add_property("companies", &format!("c_{n}"), json!({}))
            .await;
    }
    let got = portal.post(CONTACTS, text("eleventh")).await;
    assert_eq!(got.status, 400);
    portal.delete(&format!("{CONTACTS}/c_0")).await;
    assert_eq!(portal.post(CONTACTS, text("eleventh")).await.status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_properties_tells_which_failed() {
    let portal = Portal::new();
    portal.add_property("contacts", "held", json!({})).await;
    let path = format!("{CONTACTS}/batch/create");
    let got = portal
        .post(&path, inputs([text("held"), text("fresh")]))
        .await;
    assert_eq!(got.status, 207);
    assert_eq!(got.body["numErrors"], 1);
    assert_eq!(got.body["errors"][0]["context"]["name"], json!(["held"]));
    assert_eq!(got.results()[0]["name"], "fresh");
    let all_new = portal.post(&path, inputs([text("other")])).await;
    assert_eq!(all_new.status, 201);
}

#[tokio::test(start_paused = true)]
async fn a_new_property_shows_after_its_lag() {
    let portal = Portal::lagging(Tier::Pro);
    portal.add_property("contacts", "late", json!({})).await;
    assert_eq!(portal.get(&format!("{CONTACTS}/late")).await.status, 404);
    pass(1).await;
    assert_eq!(portal.get(&format!("{CONTACTS}/late")).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn groups_are_made_once_and_kept_while_used() {
    let portal = Portal::new();
    let path = format!("{CONTACTS}/groups");
    let group = json!({"name": "clearsync", "label": "ClearSync", "displayOrder": -1});
    assert_eq!(portal.post(&path, group.clone()).await.status, 201);
    assert_eq!(portal.post(&path, group).await.status, 409);
    portal
        .add_property("contacts", "own", json!({"groupName": "clearsync"}))
        .await;
    let own = format!("{path}/clearsync");
    assert_eq!(portal.get(&own).await.body["label"], "ClearSync");
    assert_eq!(portal.delete(&own).await.status, 400);
    portal.delete(&format!("{CONTACTS}/own")).await;
    assert_eq!(portal.delete(&own).await.status, 204);
    assert_eq!(portal.get(&own).await.status, 404);
}

const PIPELINES: &str = "/crm/pipelines/2026-09/deals";

fn pipeline(id: &str) -> Value {
    json!({
        "label": "Stripe subscriptions", "displayOrder": 10, "pipelineId": id,
        "stages": [
            {"stageId": "cs_active", "label": "Active", "displayOrder": 0, "metadata": {"probability": "0.9"}},
            {"stageId": "cs_churned", "label": "Churned", "displayOrder": 1, "metadata": {"probability": "0.0"}},
        ],
    })
}

#[tokio::test(start_paused = true)]
async fn pipeline_ids_are_kept_and_closed_stages_derived() {
    let portal = Portal::new();
    let created = portal
        .post(PIPELINES, pipeline("clearsync_subscriptions"))
        .await;
    assert_eq!(created.status, 201);
    // The answer to the write repeats what was sent; only a read tells what is derived.
    assert!(
        created.body["stages"][1]["metadata"]
            .get("isClosed")
            .is_none()
    );
    let read = portal
        .get(&format!("{PIPELINES}/clearsync_subscriptions"))
        .await
        .body;
    assert_eq!(read["stages"][0]["id"], "cs_active");
    assert_eq!(read["stages"][0]["metadata"]["isClosed"], "false");
    assert_eq!(read["stages"][1]["metadata"]["isClosed"], "true");
    let again = portal
        .post(PIPELINES, pipeline("clearsync_subscriptions"))
        .await;
    assert_eq!(again.status, 409);
    let long = portal.post(PIPELINES, pipeline(&"x".repeat(37))).await;
    assert_eq!(long.status, 500);
    let mut unlikely = pipeline("other");
    unlikely["stages"][0]["metadata"] = json!({});
    assert_eq!(portal.post(PIPELINES, unlikely).await.status, 400);
    let free = Portal::on(Tier::Free);
    assert_eq!(free.post(PIPELINES, pipeline("second")).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn a_stage_with_deals_stays_unless_replaced() {
    let portal = Portal::new();
    portal.post(PIPELINES, pipeline("cs")).await;
    portal
        .sandbox
        .seed(
            "deals",
            &[
                ("dealname", "A"),
                ("pipeline", "cs"),
                ("dealstage", "cs_active"),
            ],
        )
        .unwrap();
    let used = portal
        .delete(&format!("{PIPELINES}/cs/stages/cs_active"))
        .await;
    assert_eq!(used.status, 400);
    assert_eq!(used.body["errors"][0]["code"], "STAGE_ID_IN_USE");
    let path = format!("{PIPELINES}/cs");
    let kept = portal
        .delete(&format!("{path}?validateReferencesBeforeDelete=true"))
        .await;
    assert_eq!(kept.status, 400);
    let mut shorter = pipeline("cs");
    shorter["stages"].as_array_mut().unwrap().remove(0);
    assert_eq!(portal.send("PUT", &path, Some(shorter)).await.status, 200);
    let stages = portal.get(&format!("{path}/stages")).await;
    assert_eq!(stages.results().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn closing_a_deal_stamps_its_close_date() {
    let portal = Portal::new();
    portal.post(PIPELINES, pipeline("cs")).await;
    let deals = "/crm/objects/2026-09/deals";
    let open = json!({"properties": {"dealname": "A", "pipeline": "cs", "dealstage": "cs_active"}});
    let id = portal.post(deals, open).await.body["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("{deals}/{id}?properties=closedate,hs_is_closed");
    assert_eq!(
        portal.get(&path).await.body["properties"]["closedate"],
        Value::Null
    );
    pass(60).await;
    portal
        .patch(&path, json!({"properties": {"dealstage": "cs_churned"}}))
        .await;
    let closed = portal.get(&path).await.body;
    assert_eq!(
        closed["properties"]["closedate"],
        "2026-11-23T10:01:00.000Z"
    );
    assert_eq!(closed["properties"]["hs_is_closed"], "true");
    portal
        .patch(&path, json!({"properties": {"dealstage": "cs_active"}}))
        .await;
    let own =
        json!({"properties": {"dealstage": "cs_churned", "closedate": "2026-01-31T00:00:00Z"}});
    portal.patch(&path, own).await;
    let closed = portal.get(&path).await.body;
    assert_eq!(
        closed["properties"]["closedate"],
        "2026-01-31T00:00:00.000Z"
    );
}
