use clearsync_sandbox::hubspot::Tier;
use serde_json::{Value, json};

use crate::portal::{Portal, inputs};

const BASE: &str = "/crm/associations/2026-09/contacts/companies";

struct Pair {
    portal: Portal,
    contact: String,
    company: String,
}

fn pair(tier: Tier) -> Pair {
    let portal = Portal::on(tier);
    let contact = portal
        .sandbox
        .seed("contacts", &[("firstname", "Ada")])
        .unwrap();
    let company = portal
        .sandbox
        .seed("companies", &[("name", "Acme")])
        .unwrap();
    Pair {
        portal,
        contact,
        company,
    }
}

async fn types(portal: &Portal, from: &str, id: &str, to: &str) -> Vec<(u64, Value)> {
    let path = format!("/crm/associations/2026-09/{from}/{to}/batch/read");
    let got = portal.post(&path, inputs([json!({"id": id})])).await;
    let mut types: Vec<(u64, Value)> = got.results()[0]["to"][0]["associationTypes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| (kind["typeId"].as_u64().unwrap(), kind["label"].clone()))
        .collect();
    types.sort_by_key(|(id, _)| *id);
    types
}

#[tokio::test(start_paused = true)]
async fn the_default_association_is_plain_idempotent_and_seen_from_both_sides() {
    let Pair {
        portal,
        contact,
        company,
    } = pair(Tier::Free);
    let body = inputs([json!({"from": {"id": contact}, "to": {"id": company}})]);
    let path = format!("{BASE}/batch/associate/default");
    for _ in 0..2 {
        let got = portal.post(&path, body.clone()).await;
        assert_eq!(got.status, 200);
        assert_eq!(
            got.results()[0],
            json!({
                "from": {"id": contact}, "to": {"id": company},
                "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279},
            })
        );
    }
    let primary = json!("Primary");
    let there = types(&portal, "contacts", &contact, "companies").await;
    assert_eq!(there, [(1, primary.clone()), (279, Value::Null)]);
    let back = types(&portal, "companies", &company, "contacts").await;
    assert_eq!(back, [(2, primary), (280, Value::Null)]);
}

#[tokio::test(start_paused = true)]
async fn labels_replace_labels_and_the_plain_one_stays() {
    let Pair {
        portal,
        contact,
        company,
    } = pair(Tier::Pro);
    let label = json!({"label": "Payer", "name": "payer", "inverseLabel": "Paid by"});
    let made = portal.post(&format!("{BASE}/labels"), label).await;
    assert_eq!(made.status, 200);
    let type_id = made.results()[0]["typeId"].as_u64().unwrap();
    let spec =
        |category: &str, id: u64| json!({"associationCategory": category, "associationTypeId": id});
    let path = format!("{BASE}/batch/create");
    let send = |types: Value| {
        inputs([json!({"from": {"id": contact}, "to": {"id": company}, "types": types})])
    };
    let got = portal
        .post(&path, send(json!([spec("USER_DEFINED", type_id)])))
        .await;
    assert_eq!(got.status, 201);
    assert_eq!(got.results()[0]["labels"], json!(["Payer"]));
    let held = types(&portal, "contacts", &contact, "companies").await;
    assert_eq!(held, [(type_id, json!("Payer")), (279, Value::Null)]);
    portal
        .post(&path, send(json!([spec("HUBSPOT_DEFINED", 1)])))
        .await;
    let held = types(&portal, "contacts", &contact, "companies").await;
    assert_eq!(held, [(1, json!("Primary")), (279, Value::Null)]);
    let unknown = portal
        .post(&path, send(json!([spec("USER_DEFINED", 279)])))
        .await;
    assert_eq!(unknown.status, 207);
    let labels = portal.get(&format!("{BASE}/labels")).await;
    assert_eq!(labels.results().len(), 3);
    let free = pair(Tier::Starter).portal;
    let refused = free
        .post(
            &format!("{BASE}/labels"),
            json!({"label": "A", "name": "a"}),
        )
        .await;
    assert_eq!(refused.body["category"], "MISSING_SCOPES");
}

#[tokio::test(start_paused = true)]
async fn a_contact_has_one_primary_company() {
    let Pair {
        portal,
        contact,
        company,
    } = pair(Tier::Pro);
    let second = portal
        .sandbox
        .seed("companies", &[("name", "Beta")])
        .unwrap();
    for id in [&company, &second] {
        let path =
            format!("/crm/objects/2026-09/contacts/{contact}/associations/default/companies/{id}");
        assert_eq!(portal.send("PUT", &path, None).await.status, 200);
    }
    let path = format!("/crm/objects/2026-09/contacts/{contact}/associations/companies/{second}");
    let primary = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]);
    assert_eq!(portal.send("PUT", &path, Some(primary)).await.status, 201);
    let first = types(&portal, "companies", &company, "contacts").await;
    assert_eq!(first, [(280, Value::Null)]);
    let second = types(&portal, "companies", &second, "contacts").await;
    assert_eq!(second.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn removing_takes_several_at_once_and_deleting_a_record_takes_all() {
    let Pair {
        portal,
        contact,
        company,
    } = pair(Tier::Pro);
    portal
        .sandbox
        .associate(("contacts", &contact), ("companies", &company))
        .unwrap();
    let body = inputs([json!({"from": {"id": contact}, "to": [{"id": company}]})]);
    assert_eq!(
        portal
            .post(&format!("{BASE}/batch/archive"), body)
            .await
            .status,
        204
    );
    assert_eq!(portal.sandbox.associations(), json!([]));
    let nothing = portal
        .post(
            &format!("{BASE}/batch/read"),
            inputs([json!({"id": contact})]),
        )
        .await;
    assert_eq!(nothing.status, 207);
    assert_eq!(
        nothing.body["errors"][0]["subCategory"],
        "crm.associations.NO_ASSOCIATIONS_FOUND"
    );
    portal
        .sandbox
        .associate(("contacts", &contact), ("companies", &company))
        .unwrap();
    portal.sandbox.delete("companies", &company).unwrap();
    assert_eq!(portal.sandbox.associations(), json!([]));
}

#[tokio::test(start_paused = true)]
async fn wrong_ends_and_too_many_are_refused() {
    let Pair {
        portal,
        contact,
        company,
    } = pair(Tier::Pro);
    let path = format!("{BASE}/batch/associate/default");
    let body = inputs([
        json!({"from": {"id": contact}, "to": {"id": company}}),
        json!({"from": {"id": "999999"}, "to": {"id": company}}),
    ]);
    let got = portal.post(&path, body).await;
    assert_eq!(got.status, 207);
    assert_eq!(got.results().len(), 1);
    assert_eq!(
        got.body["errors"][0]["subCategory"],
        "crm.associations.INVALID_IDENTIFIER"
    );
    let one = json!({"from": {"id": contact}, "to": {"id": company}});
    let got = portal.post(&path, inputs(vec![one; 2_001])).await;
    assert_eq!(got.status, 400);
    let itself = json!({"from": {"id": contact}, "to": {"id": contact}});
    let path = "/crm/associations/2026-09/contacts/contacts/batch/associate/default";
    let got = portal.post(path, inputs([itself])).await;
    let message = got.body["errors"][0]["message"].as_str().unwrap();
    assert_eq!(
        message,
        format!("Object {contact} cannot be associated to itself")
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_record_can_come_with_its_associations() {
    let Pair {
        portal, company, ..
    } = pair(Tier::Pro);
    let spec = json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279});
    let contact = |id: &str| json!({"properties": {"firstname": "Eve"}, "associations": [{"to": {"id": id}, "types": [spec]}]});
    let path = "/crm/objects/2026-09/contacts/batch/create";
    assert_eq!(
        portal.post(path, inputs([contact(&company)])).await.status,
        201
    );
    let before = portal.sandbox.snapshot();
    let mut half = contact(&company);
    half["associations"]
        .as_array_mut()
        .unwrap()
        .push(json!({"to": {"id": "1"}, "types": [spec]}));
    assert_eq!(portal.post(path, inputs([half])).await.status, 400);
    assert_eq!(portal.sandbox.snapshot(), before);
    assert_eq!(
        portal
            .post(path, inputs([contact(&company), contact("1")]))
            .await
            .status,
        400
    );
    assert_eq!(portal.sandbox.snapshot(), before);
}
