use clearsync_sandbox::hubspot::PortalShape;
use serde_json::{Value, json};

use crate::portal::{Portal, pass};

const CONTACTS: &str = "/crm/objects/2026-09/contacts";

#[tokio::test(start_paused = true)]
async fn values_are_held_to_their_types() {
    let portal = Portal::new();
    let typed = |kind: &str, field: &str| json!({"type": kind, "fieldType": field});
    portal
        .add_property("contacts", "number", typed("number", "number"))
        .await;
    portal
        .add_property("contacts", "day", typed("date", "date"))
        .await;
    portal
        .add_property("contacts", "moment", typed("datetime", "date"))
        .await;
    let option =
        |value: &str| json!({"label": value, "value": value, "displayOrder": 0, "hidden": false});
    let mut one = typed("enumeration", "select");
    one["options"] = json!([option("a"), option("b")]);
    let mut many = one.clone();
    many["fieldType"] = json!("checkbox");
    let mut flag = typed("bool", "booleancheckbox");
    flag["options"] = json!([option("true"), option("false")]);
    portal.add_property("contacts", "one", one).await;
    portal.add_property("contacts", "many", many).await;
    portal.add_property("contacts", "flag", flag).await;
    let id = portal.sandbox.seed("contacts", &[("many", "a")]).unwrap();
    let path = format!("{CONTACTS}/{id}");
    let long = "x".repeat(65_537);
    let cases: [(&str, &str, Result<&str, &str>); 25] = [
        ("number", "49.00", Ok("49.00")),
        ("number", "-3", Ok("-3")),
        ("number", "4,9", Err("INVALID_INTEGER")),
        ("number", "free", Err("INVALID_INTEGER")),
        ("day", "2026-11-23", Ok("2026-11-23")),
        // 20,780 days of 86,400,000 ms after 1970-01-01.
        ("day", "1795392000000", Ok("2026-11-23")),
        ("day", "1635535865", Err("INVALID_DATE")),
        ("day", "23.11.2026", Err("INVALID_DATE")),
        (
            "moment",
            "2026-11-23T10:00:00Z",
            Ok("2026-11-23T10:00:00.000Z"),
        ),
        ("moment", "1795392000000", Ok("2026-11-23T00:00:00.000Z")),
        ("moment", "2026-11-23", Err("INVALID_DATE")),
        ("one", "a", Ok("a")),
        ("one", "a;b", Err("INVALID_OPTION")),
        ("one", "c", Err("INVALID_OPTION")),
        ("many", ";b", Ok("a;b")),
        ("many", "b", Ok("b")),
        ("many", "b;c", Err("INVALID_OPTION")),
        ("flag", "true", Ok("true")),
        ("flag", "yes", Err("INVALID_OPTION")),
        ("email", "Ada@Example.com", Ok("ada@example.com")),
        ("email", "abc", Err("INVALID_EMAIL")),
        ("email", "ada@ggmail.com", Err("INVALID_EMAIL")),
        ("email", "a..b@example.com", Err("INVALID_EMAIL")),
        ("firstname", &long, Err("PROPERTY_VALUE_TOO_LONG")),
        ("hs_object_id", "1", Err("READ_ONLY_VALUE")),
    ];
    for (name, value, expected) in cases {
        let got = portal
            .patch(&path, json!({"properties": {name: value}}))
            .await;
        match expected {
            Ok(kept) => {
                assert_eq!(got.status, 200, "{name}={value}: {}", got.text);
                assert_eq!(got.body["properties"][name], kept);
            }
            Err(code) => {
                assert_eq!(got.status, 400, "{name}={value}");
                assert_eq!(got.body["errors"][0]["code"], code, "{name}={value}");
            }
        }
    }
    let got = portal
        .patch(&path, json!({"properties": {"day": "1635535865"}}))
        .await;
    assert!(
        got.message()
            .contains("1635535865 is at 22:18:55.865 UTC, not midnight!")
    );
}

#[tokio::test(start_paused = true)]
async fn an_empty_value_clears() {
    let portal = Portal::new();
    let id = portal
        .sandbox
        .seed("contacts", &[("firstname", "Ada")])
        .unwrap();
    let path = format!("{CONTACTS}/{id}?properties=firstname");
    portal
        .patch(&path, json!({"properties": {"firstname": ""}}))
        .await;
    assert_eq!(
        portal.get(&path).await.body["properties"]["firstname"],
        Value::Null
    );
    portal.sandbox.reshape(|shape| shape.absent_as_null = false);
    assert!(
        portal.get(&path).await.body["properties"]
            .get("firstname")
            .is_none()
    );
}

#[tokio::test(start_paused = true)]
async fn system_properties_follow_the_clock() {
    let portal = Portal::new();
    let id = portal
        .sandbox
        .seed("contacts", &[("firstname", "Ada")])
        .unwrap();
    let path = format!("{CONTACTS}/{id}");
    pass(90).await;
    portal
        .patch(&path, json!({"properties": {"firstname": "Eve"}}))
        .await;
    let read = portal.get(&path).await.body;
    assert_eq!(read["properties"]["hs_object_id"], id);
    assert_eq!(read["properties"]["createdate"], "2026-11-23T10:00:00.000Z");
    assert_eq!(
        read["properties"]["lastmodifieddate"],
        "2026-11-23T10:01:30.000Z"
    );
    assert_eq!(read["createdAt"], "2026-11-23T10:00:00.000Z");
    assert_eq!(read["updatedAt"], "2026-11-23T10:01:30.000Z");
    let history = portal
        .get(&format!("{path}?propertiesWithHistory=firstname"))
        .await
        .body;
    let sources: Vec<(&str, &str)> = history["propertiesWithHistory"]["firstname"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| {
            (
                v["value"].as_str().unwrap(),
                v["sourceType"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(sources, [("Eve", "INTEGRATION"), ("Ada", "CRM_UI")]);
}

#[tokio::test(start_paused = true)]
async fn required_properties_must_come_with_a_new_record() {
    let portal = Portal::new();
    let cases = [
        ("contacts", json!({}), 201),
        ("companies", json!({"city": "Oslo"}), 400),
        ("companies", json!({"domain": "acme.com"}), 201),
        (
            "deals",
            json!({"dealname": "A", "pipeline": "default"}),
            400,
        ),
        (
            "deals",
            json!({"dealname": "A", "pipeline": "default", "dealstage": "closedwon"}),
            201,
        ),
        (
            "deals",
            json!({"dealname": "A", "pipeline": "default", "dealstage": "nowhere"}),
            400,
        ),
        (
            "deals",
            json!({"dealname": "A", "pipeline": "nowhere", "dealstage": "closedwon"}),
            400,
        ),
    ];
    for (object, properties, status) in cases {
        let path = format!("/crm/objects/2026-09/{object}");
        let got = portal.post(&path, json!({"properties": properties})).await;
        assert_eq!(got.status, status, "{object} {}", got.text);
    }
}

#[tokio::test(start_paused = true)]
async fn deals_have_a_currency_only_where_the_portal_has_several() {
    let deal = |code: &str| {
        json!({"properties": {
            "dealname": "A", "pipeline": "default", "dealstage": "closedwon", "deal_currency_code": code,
        }})
    };
    let path = "/crm/objects/2026-09/deals";
    let one = Portal::new();
    let got = one.post(path, deal("USD")).await;
    assert_eq!(got.body["errors"][0]["code"], "PROPERTY_DOESNT_EXIST");
    let several = Portal::shaped(PortalShape {
        additional_currencies: vec!["EUR".to_owned()],
        ..PortalShape::default()
    });
    assert_eq!(several.post(path, deal("EUR")).await.status, 201);
    let got = several.post(path, deal("JPY")).await;
    assert_eq!(got.body["errors"][0]["code"], "INVALID_OPTION");
}

#[tokio::test(start_paused = true)]
async fn a_lifecycle_stage_only_moves_forward() {
    let portal = Portal::new();
    let id = portal
        .sandbox
        .seed("contacts", &[("lifecyclestage", "customer")])
        .unwrap();
    let path = format!("{CONTACTS}/{id}?properties=lifecyclestage");
    for (sent, held) in [("lead", "customer"), ("evangelist", "evangelist")] {
        portal
            .patch(&path, json!({"properties": {"lifecyclestage": sent}}))
            .await;
        assert_eq!(
            portal.get(&path).await.body["properties"]["lifecyclestage"],
            held
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_rules_of_the_administrator_hold_from_september_2026_on() {
    let portal = Portal::new();
    portal
        .sandbox
        .require("contacts", "lastname", None)
        .unwrap();
    portal
        .sandbox
        .require("contacts", "phone", Some(("city", "Oslo")))
        .unwrap();
    let ada = |extra: Value| {
        let mut properties = json!({"firstname": "Ada"});
        for (key, value) in extra.as_object().unwrap() {
            properties[key] = value.clone();
        }
        json!({"properties": properties})
    };
    let old = "/crm/objects/2026-03/contacts";
    assert_eq!(portal.post(old, ada(json!({}))).await.status, 201);
    let got = portal.post(CONTACTS, ada(json!({}))).await;
    assert_eq!(got.body["errors"][0]["code"], "MISSING_REQUIRED_PROPERTY");
    let got = portal
        .post(CONTACTS, ada(json!({"lastname": "L", "city": "Oslo"})))
        .await;
    assert_eq!(
        got.body["errors"][0]["code"],
        "MISSING_CONDITIONAL_REQUIRED_PROPERTY"
    );
    let whole = ada(json!({"lastname": "L", "city": "Oslo", "phone": "1"}));
    assert_eq!(portal.post(CONTACTS, whole).await.status, 201);
    // A record from before the rule can be changed as long as the change does not touch it.
    let id = portal
        .sandbox
        .seed("contacts", &[("city", "Oslo")])
        .unwrap();
    let path = format!("{CONTACTS}/{id}");
    let other = json!({"properties": {"firstname": "Eve"}});
    assert_eq!(portal.patch(&path, other).await.status, 200);
    let same = json!({"properties": {"city": "Oslo"}});
    assert_eq!(portal.patch(&path, same).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn a_merged_id_works_in_single_calls_and_not_in_batches() {
    for merge_makes_new_id in [false, true] {
        let portal = Portal::shaped(PortalShape {
            merge_makes_new_id,
            ..PortalShape::default()
        });
        let a = portal
            .sandbox
            .seed("contacts", &[("email", "a@x.io")])
            .unwrap();
        let b = portal
            .sandbox
            .seed("contacts", &[("email", "b@x.io"), ("city", "Oslo")])
            .unwrap();
        let company = portal
            .sandbox
            .seed("companies", &[("name", "Acme")])
            .unwrap();
        portal
            .sandbox
            .associate(("contacts", &b), ("companies", &company))
            .unwrap();
        let merge = json!({"primaryObjectId": a, "objectIdToMerge": b});
        let merged = portal.post(&format!("{CONTACTS}/merge"), merge).await;
        assert_eq!(merged.status, 200);
        let survivor = merged.body["id"].as_str().unwrap();
        assert_eq!(survivor == a, !merge_makes_new_id);
        let record = &portal.sandbox.records("contacts").unwrap()[survivor];
        assert_eq!(record["email"], "a@x.io");
        assert_eq!(record["hs_additional_emails"], "b@x.io");
        assert_eq!(record["city"], "Oslo");
        assert_eq!(record["hs_merged_object_ids"], b);
        assert_eq!(portal.sandbox.associations()[0]["from"]["id"], survivor);
        let change = json!({"properties": {"firstname": "Ada"}});
        let single = portal
            .patch(&format!("{CONTACTS}/{b}"), change.clone())
            .await;
        assert_eq!(single.body["id"], survivor);
        let batch = json!({"inputs": [{"id": b, "properties": {"firstname": "Eve"}}]});
        let batch = portal
            .post(&format!("{CONTACTS}/batch/update"), batch)
            .await;
        assert_eq!(batch.body["errors"][0]["category"], "OBJECT_NOT_FOUND");
        let conflict = portal
            .post(CONTACTS, json!({"properties": {"email": "b@x.io"}}))
            .await;
        assert_eq!(conflict.status, 409);
        assert_eq!(
            conflict.message(),
            format!("Contact already exists. Existing ID: {survivor}")
        );
        assert!(conflict.body.get("context").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn lists_are_walked_page_by_page() {
    let portal = Portal::new();
    let mut seeded: Vec<String> = (0..25)
        .map(|n| {
            portal
                .sandbox
                .seed("contacts", &[("firstname", &n.to_string())])
                .unwrap()
        })
        .collect();
    let mut walked = Vec::new();
    let mut after = String::new();
    loop {
        let page = portal.get(&format!("{CONTACTS}?limit=10{after}")).await;
        walked.extend(
            page.results()
                .iter()
                .map(|r| r["id"].as_str().unwrap().to_owned()),
        );
        match page.body["paging"]["next"]["after"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    seeded.sort_by_key(|id| id.parse::<u64>().unwrap());
    assert_eq!(walked, seeded);
    assert_eq!(
        portal.get(&format!("{CONTACTS}?limit=101")).await.status,
        400
    );
}

#[tokio::test(start_paused = true)]
async fn an_undone_change_leaves_an_equal_snapshot() {
    let portal = Portal::new();
    let id = portal
        .sandbox
        .seed("contacts", &[("firstname", "Ada")])
        .unwrap();
    let before = portal.sandbox.snapshot();
    pass(60).await;
    let path = format!("{CONTACTS}/{id}");
    portal
        .patch(
            &path,
            json!({"properties": {"firstname": "Eve", "city": "Oslo"}}),
        )
        .await;
    let group = json!({"name": "clearsync", "label": "ClearSync"});
    portal
        .post("/crm/properties/2026-09/contacts/groups", group)
        .await;
    portal
        .add_property("contacts", "own", json!({"groupName": "clearsync"}))
        .await;
    portal
        .patch(&path, json!({"properties": {"own": "x"}}))
        .await;
    assert_ne!(portal.sandbox.snapshot(), before);
    portal
        .patch(
            &path,
            json!({"properties": {"firstname": "Ada", "city": ""}}),
        )
        .await;
    portal.delete("/crm/properties/2026-09/contacts/own").await;
    portal
        .delete("/crm/properties/2026-09/contacts/groups/clearsync")
        .await;
    assert_eq!(portal.sandbox.snapshot(), before);
}
