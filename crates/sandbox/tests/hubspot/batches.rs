use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::portal::{Portal, inputs};

const CONTACTS: &str = "/crm/objects/2026-09/contacts";
const UPSERT: &str = "/crm/objects/2026-09/contacts/batch/upsert";

async fn keyed() -> Portal {
    let portal = Portal::new();
    portal
        .add_property("contacts", "cus", json!({"hasUniqueValue": true}))
        .await;
    portal
}

fn upsert(key: &str, trace: Option<&str>, properties: impl Into<Value>) -> Value {
    let mut input = json!({"id": key, "idProperty": "cus", "properties": properties.into()});
    if let Some(trace) = trace {
        input["objectWriteTraceId"] = json!(trace);
    }
    input
}

#[tokio::test(start_paused = true)]
async fn an_upsert_makes_then_changes_and_says_which() {
    let portal = keyed().await;
    let body = inputs([upsert(
        "cus_1",
        Some("t1"),
        json!({"email": "Jenny@Example.COM"}),
    )]);
    let made = portal.post(UPSERT, body.clone()).await;
    assert_eq!(made.status, 200);
    assert_eq!(made.body["status"], "COMPLETE");
    let first = &made.results()[0];
    assert_eq!(first["new"], true);
    assert_eq!(first["properties"]["email"], "jenny@example.com");
    assert_eq!(first["properties"]["cus"], "cus_1");
    assert_eq!(first["properties"]["hs_object_id"], first["id"]);
    assert_eq!(first["createdAt"], "2026-11-23T10:00:00.000Z");
    let changed = portal.post(UPSERT, body).await;
    assert_eq!(changed.results()[0]["new"], false);
    assert_eq!(changed.results()[0]["id"], first["id"]);
    assert_eq!(portal.sandbox.records("contacts").unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_bad_record_rejects_a_batch_without_trace_ids() {
    let portal = keyed().await;
    let before = portal.sandbox.snapshot();
    let traces: [[Option<&str>; 2]; 3] = [[None, None], [Some("a"), None], [Some("a"), Some("a")]];
    for [first, second] in traces {
        let body = inputs([
            upsert("cus_1", first, json!({"firstname": "Ada"})),
            upsert("cus_2", second, json!({"testproperty": "x"})),
        ]);
        let got = portal.post(UPSERT, body).await;
        assert_eq!(got.status, 400);
        assert_eq!(got.body["category"], "VALIDATION_ERROR");
        assert_eq!(
            got.message(),
            "Property values were not valid: [{\"isValid\":false,\"message\":\"Property \\\"testproperty\\\" does not \
             exist\",\"error\":\"PROPERTY_DOESNT_EXIST\",\"name\":\"testproperty\",\"localizedErrorMessage\":\"Property \
             \\\"testproperty\\\" does not exist\",\"portalId\":20211234}]"
        );
        assert_eq!(
            got.body["errors"],
            json!([{
                "message": "Property \"testproperty\" does not exist",
                "code": "PROPERTY_DOESNT_EXIST",
                "context": {"propertyName": ["testproperty"]},
            }])
        );
        assert_eq!(portal.sandbox.snapshot(), before);
    }
}

#[tokio::test(start_paused = true)]
async fn trace_ids_let_the_valid_records_through() {
    let portal = keyed().await;
    let held = portal
        .sandbox
        .seed("contacts", &[("email", "held@example.com")])
        .unwrap();
    let create = format!("{CONTACTS}/batch/create");
    let body = inputs([
        json!({"objectWriteTraceId": "good", "properties": {"email": "new@example.com"}}),
        json!({"objectWriteTraceId": "taken", "properties": {"email": "HELD@example.com"}}),
        json!({"objectWriteTraceId": "typo", "properties": {"email": "a@ggmail.com"}}),
    ]);
    let got = portal.post(&create, body).await;
    assert_eq!(got.status, 207);
    assert_eq!(got.results().len(), 1);
    assert_eq!(got.body["numErrors"], 2);
    assert_eq!(
        got.body["errors"][0],
        json!({
            "status": "error",
            "category": "CONFLICT",
            "message": format!("Contact already exists. Existing ID: {held}"),
            "context": {"objectWriteTraceId": ["taken"], "existingId": [held]},
        })
    );
    assert_eq!(
        got.body["errors"][1]["context"]["objectWriteTraceId"],
        json!(["typo"])
    );
    assert_eq!(got.body["errors"][1]["errors"][0]["code"], "INVALID_EMAIL");
}

#[tokio::test(start_paused = true)]
async fn an_upsert_by_email_is_never_partial() {
    let portal = keyed().await;
    let input = |email: &str, trace: &str, name: &str| {
        json!({
            "id": email, "idProperty": "email", "objectWriteTraceId": trace,
            "properties": {name: "x"},
        })
    };
    let body = inputs([
        input("a@x.io", "1", "firstname"),
        input("b@x.io", "2", "nothing"),
    ]);
    assert_eq!(portal.post(UPSERT, body).await.status, 400);
    assert!(portal.sandbox.records("contacts").unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn ill_formed_batches_are_refused_whole() {
    let portal = keyed().await;
    let deals = "/crm/objects/2026-09/deals/batch";
    let update = |id: &str, property: Option<&str>| {
        let mut input = json!({"id": id, "properties": {}, "objectWriteTraceId": id});
        if let Some(property) = property {
            input["idProperty"] = json!(property);
        }
        input
    };
    let hundred_and_one = (0..101).map(|n| upsert(&format!("c{n}"), None, json!({})));
    let cases: [(String, Value, &str); 9] = [
        (
            UPSERT.to_owned(),
            inputs(hundred_and_one),
            "The batch holds 101 inputs",
        ),
        (UPSERT.to_owned(), inputs([]), "inputs must hold"),
        (
            UPSERT.to_owned(),
            inputs([
                upsert("c", Some("1"), json!({})),
                upsert("c", Some("2"), json!({})),
            ]),
            "Duplicate IDs found in batch input: [c]. IDs must be unique",
        ),
        (
            format!("{deals}/upsert"),
            inputs([update("x", Some("dealname"))]),
            "Unable to perform upsert by non-unique 0-3 property dealname",
        ),
        (
            UPSERT.to_owned(),
            inputs([update("1", Some("hs_object_id"))]),
            "Unable to perform upsert by non-unique 0-1 property hs_object_id",
        ),
        (
            format!("{CONTACTS}/batch/update"),
            inputs([update("a@x.io", Some("email"))]),
            "Unable to perform update by non-unique 0-1 property email",
        ),
        (
            "/crm/objects/2026-09/butterflies/batch/read".to_owned(),
            inputs([]),
            "Unable to infer object type from: butterflies",
        ),
        (
            UPSERT.to_owned(),
            inputs([upsert("c", None, json!({"firstname": 4}))]),
            "Invalid input JSON",
        ),
        (
            UPSERT.to_owned(),
            inputs([upsert("c", None, json!({"firstname": null}))]),
            "Invalid input JSON",
        ),
    ];
    for (path, body, message) in cases {
        let got = portal.post(&path, body).await;
        assert_eq!(got.status, 400, "{path}");
        assert!(got.message().starts_with(message), "{}", got.message());
    }
    let twice = inputs([upsert("c", None, json!({})), upsert("c", None, json!({}))]);
    assert_eq!(
        portal.post(UPSERT, twice).await.body["context"]["ids"],
        json!(["c"])
    );
}

#[tokio::test(start_paused = true)]
async fn every_batch_takes_a_hundred_and_no_more() {
    let portal = keyed().await;
    let ids: Vec<String> = (0..101)
        .map(|n| {
            let key = n.to_string();
            portal.sandbox.seed("contacts", &[("cus", &key)]).unwrap()
        })
        .collect();
    for (action, full) in [
        ("create", 201),
        ("read", 200),
        ("update", 200),
        ("upsert", 200),
        ("archive", 204),
    ] {
        let sized = |size: usize| {
            let inputs = ids
                .iter()
                .take(size)
                .enumerate()
                .map(|(n, id)| match action {
                    "create" => json!({"properties": {}}),
                    "upsert" => upsert(&n.to_string(), None, json!({})),
                    _ => json!({"id": id, "properties": {}}),
                });
            let mut body = self::inputs(inputs);
            body["properties"] = json!([]);
            body
        };
        let path = format!("{CONTACTS}/batch/{action}");
        assert_eq!(portal.post(&path, sized(101)).await.status, 400, "{action}");
        assert_eq!(
            portal.post(&path, sized(100)).await.status,
            full,
            "{action}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn reads_and_updates_name_the_ids_that_are_missing() {
    let portal = keyed().await;
    let id = portal
        .sandbox
        .seed("contacts", &[("email", "a@x.io")])
        .unwrap();
    let missing = json!({
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
        "context": {"ids": ["999"]},
    });
    let read = json!({"properties": ["email"], "inputs": [{"id": id}, {"id": "999"}]});
    let got = portal.post(&format!("{CONTACTS}/batch/read"), read).await;
    assert_eq!(got.status, 207);
    assert_eq!(got.results()[0]["properties"]["email"], "a@x.io");
    assert_eq!(got.body["errors"], json!([missing]));
    let change = inputs([
        json!({"id": id, "properties": {"firstname": "Ada"}}),
        json!({"id": "999", "properties": {"firstname": "Bob"}}),
    ]);
    let got = portal
        .post(&format!("{CONTACTS}/batch/update"), change)
        .await;
    assert_eq!(got.status, 207);
    assert_eq!(got.body["errors"], json!([missing]));
    assert_eq!(got.results()[0]["properties"]["firstname"], "Ada");
}

#[tokio::test(start_paused = true)]
async fn reading_by_address_finds_primary_addresses_alone() {
    let portal = keyed().await;
    portal
        .sandbox
        .seed(
            "contacts",
            &[
                ("email", "a@x.io"),
                ("hs_additional_emails", "b@x.io;c@x.io"),
            ],
        )
        .unwrap();
    let path = format!("{CONTACTS}/batch/read");
    for (address, status) in [("A@x.io", 200), ("b@x.io", 207)] {
        let body = json!({"idProperty": "email", "properties": [], "inputs": [{"id": address}]});
        assert_eq!(portal.post(&path, body).await.status, status, "{address}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_unique_value_of_another_record_is_named_with_its_holder() {
    let portal = keyed().await;
    let holder = portal
        .sandbox
        .seed(
            "contacts",
            &[
                ("email", "a@x.io"),
                ("hs_additional_emails", "b@x.io"),
                ("cus", "cus_1"),
            ],
        )
        .unwrap();
    let other = portal
        .sandbox
        .seed("contacts", &[("email", "z@x.io")])
        .unwrap();
    let words = |property: &str, value: &str, on: &str| {
        format!(
            "Cannot set PropertyValueCoordinates{{portalId=20211234, \
             objectTypeId=ObjectTypeId{{legacyObjectType=CONTACT}}, propertyName={property}, value={value}}} on {on}. \
             {holder} already has that value."
        )
    };
    for (property, value) in [("email", "a@x.io"), ("email", "b@x.io"), ("cus", "cus_1")] {
        let got = portal
            .patch(
                &format!("{CONTACTS}/{other}"),
                json!({"properties": {property: value}}),
            )
            .await;
        assert_eq!(got.status, 400);
        assert_eq!(got.message(), words(property, value, &other));
    }
    // An upsert half makes a contact before it learns that somebody has the address.
    let got = portal
        .post(
            UPSERT,
            inputs([upsert("cus_2", Some("t"), json!({"email": "b@x.io"}))]),
        )
        .await;
    assert_eq!(got.status, 207);
    let message = got.body["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.ends_with(&format!("{holder} already has that value.")),
        "{message}"
    );
    assert_eq!(portal.sandbox.records("contacts").unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn results_do_not_keep_the_order_of_the_inputs() {
    let portal = keyed().await;
    let keys: Vec<String> = (0..50).map(|n| format!("cus_{n:02}")).collect();
    let body = inputs(keys.iter().map(|key| upsert(key, None, json!({}))));
    let got = portal.post(UPSERT, body).await;
    let answered: Vec<&str> = got
        .results()
        .iter()
        .map(|result| result["properties"]["cus"].as_str().unwrap())
        .collect();
    assert_ne!(answered, keys);
    let mut sorted = answered.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, keys);
}

#[tokio::test(start_paused = true)]
async fn archived_records_leave_the_portal_and_can_be_read_as_archived() {
    let portal = keyed().await;
    let id = portal
        .sandbox
        .seed("contacts", &[("email", "a@x.io")])
        .unwrap();
    let body = inputs([json!({"id": id}), json!({"id": "999"})]);
    assert_eq!(
        portal
            .post(&format!("{CONTACTS}/batch/archive"), body)
            .await
            .status,
        204
    );
    assert_eq!(portal.get(&format!("{CONTACTS}/{id}")).await.status, 404);
    let archived = portal.get(&format!("{CONTACTS}/{id}?archived=true")).await;
    assert_eq!(archived.body["archived"], true);
    assert!(archived.body["archivedAt"].is_string());
    portal
        .sandbox
        .seed("contacts", &[("email", "a@x.io")])
        .unwrap();
}

/// What a batch's inputs look like: whose key, whether the values are valid, and whether there is a trace id.
#[derive(Debug, Clone)]
struct Planned {
    key: u8,
    valid: bool,
    traced: bool,
}

#[test]
fn whatever_is_sent_is_written_whole_record_by_record_or_not_at_all() {
    let planned = (0..8_u8, any::<bool>(), prop::bool::weighted(0.9))
        .prop_map(|(key, valid, traced)| Planned { key, valid, traced });
    let batches = prop::collection::vec(prop::collection::vec(planned, 1..6), 1..5);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    TestRunner::new(ProptestConfig::with_cases(64))
        .run(&batches, |batches| {
            runtime.block_on(check_batches(&batches));
            Ok(())
        })
        .unwrap();
}

async fn check_batches(batches: &[Vec<Planned>]) {
    let portal = keyed().await;
    // The model: which keys exist and the name each holds.
    let mut held = std::collections::BTreeMap::<String, String>::new();
    for (round, batch) in batches.iter().enumerate() {
        let body = inputs(batch.iter().enumerate().map(|(at, plan)| {
            let trace = format!("t{at}");
            let property = if plan.valid { "firstname" } else { "nothing" };
            let trace = plan.traced.then_some(trace.as_str());
            upsert(
                &plan.key.to_string(),
                trace,
                json!({property: format!("{round}-{at}")}),
            )
        }));
        let got = portal.post(UPSERT, body).await;
        let mut keys: Vec<u8> = batch.iter().map(|plan| plan.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let doubled = keys.len() < batch.len();
        let all_valid = batch.iter().all(|plan| plan.valid);
        let traced = batch.iter().all(|plan| plan.traced);
        let expected = match (doubled, all_valid, traced) {
            (true, _, _) | (false, false, false) => 400,
            (false, true, _) => 200,
            (false, false, true) => 207,
        };
        assert_eq!(got.status, expected, "{batch:?}");
        if expected != 400 {
            for (at, plan) in batch.iter().enumerate().filter(|(_, plan)| plan.valid) {
                held.insert(plan.key.to_string(), format!("{round}-{at}"));
            }
        }
    }
    let kept: std::collections::BTreeMap<String, String> = portal
        .sandbox
        .records("contacts")
        .unwrap()
        .into_values()
        .map(|record| (record["cus"].clone(), record["firstname"].clone()))
        .collect();
    assert_eq!(kept, held);
}
