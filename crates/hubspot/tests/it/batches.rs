use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{
    AssociationOutcome, Batch, ObjectType, Outcome, Pair, ReadBy, Reason, RecordId, Update, Upsert,
    ValueCode,
};

use crate::scripted::{Scripted, answer, client};

const KEY: &str = "clearsync_stripe_customer_id";

fn upserts(keys: &[&str]) -> Batch<Upsert> {
    let inputs = keys.iter().map(|key| Upsert {
        key: (*key).to_owned(),
        properties: BTreeMap::from([("clearsync_mrr".to_owned(), "49.00".to_owned())]),
    });
    Batch::new(inputs.collect()).unwrap()
}

fn written(id: u64, created: bool) -> Outcome {
    let id = RecordId(id);
    Outcome::Written { id, created }
}

#[tokio::test(start_paused = true)]
async fn a_207_is_read_record_by_record() {
    let body = r#"{"status":"COMPLETE","results":[
        {"id":"30","new":true,"properties":{"clearsync_stripe_customer_id":"cus_c"},"archived":false},
        {"id":"10","new":false,"properties":{},"objectWriteTraceId":"0"}],
      "numErrors":3,"errors":[
        {"status":"error","category":"CONFLICT","message":"Contact already exists. Existing ID: 171591000198","context":{"objectWriteTraceId":["1"],"existingId":["171591000198"]}},
        {"status":"error","category":"VALIDATION_ERROR","message":"Property values were not valid: [{\"isValid\":false,\"message\":\"Email address abc is invalid\",\"error\":\"INVALID_EMAIL\",\"name\":\"email\"}]","context":{"objectWriteTraceId":["3"]}},
        {"status":"error","category":"OBJECT_NOT_FOUND","message":"gone","context":{"ids":["cus_e"]}}]}"#;
    let script = Scripted::new([answer(207, body)]);
    let result = client(script.clone())
        .upsert(
            &ObjectType::Contacts,
            KEY,
            &upserts(&["cus_a", "cus_b", "cus_c", "cus_d", "cus_e", "cus_f"]),
        )
        .await;
    assert_eq!(result.stopped_by, None);
    let outcomes = result.outcomes;
    assert_eq!(outcomes["cus_a"], written(10, false), "by its trace id");
    assert_eq!(
        outcomes["cus_b"],
        Outcome::Conflict {
            existing_id: RecordId(171_591_000_198)
        }
    );
    assert_eq!(outcomes["cus_c"], written(30, true), "by its key");
    assert_eq!(
        outcomes["cus_d"],
        Outcome::Refused {
            reason: Reason::ValueRefused {
                property: Some("email".to_owned()),
                code: ValueCode::Email
            }
        }
    );
    assert_eq!(
        outcomes["cus_e"],
        Outcome::Refused {
            reason: Reason::NotFound
        }
    );
    assert_eq!(outcomes["cus_f"], Outcome::Unconfirmed);

    let sent = &script.asked()[0];
    assert_eq!(sent.line, "POST /crm/objects/2026-09/contacts/batch/upsert");
    assert_eq!(
        sent.body["inputs"][2],
        serde_json::json!({
            "id": "cus_c",
            "idProperty": KEY,
            "objectWriteTraceId": "2",
            "properties": { "clearsync_mrr": "49.00", KEY: "cus_c" },
        })
    );
}

#[tokio::test(start_paused = true)]
async fn a_poisoned_batch_is_halved_until_the_bad_record_stands_alone() {
    let poison = r#"{"status":"error","message":"Cannot set PropertyValueCoordinates{portalId=1, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, propertyName=email, value=a@b.co} on 9. 77 already has that value.","category":"VALIDATION_ERROR"}"#;
    let good = |ids: &[u64]| {
        let results: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
        answer(200, &format!(r#"{{"results":[{}]}}"#, results.join(",")))
    };
    // Of 1 2 3 4 the third is bad: all, 1 2, 3 4, 3, 4.
    let script = Scripted::new([
        answer(400, poison),
        good(&[2, 1]),
        answer(400, poison),
        answer(400, poison),
        good(&[4]),
    ]);
    let inputs = (1..=4).map(|id| Update {
        id: RecordId(id),
        properties: BTreeMap::new(),
    });
    let batch = Batch::new(inputs.collect()).unwrap();
    let result = client(script.clone())
        .update(&ObjectType::Contacts, &batch)
        .await;
    let expected = [
        (RecordId(1), written(1, false)),
        (RecordId(2), written(2, false)),
        (
            RecordId(3),
            Outcome::Conflict {
                existing_id: RecordId(77),
            },
        ),
        (RecordId(4), written(4, false)),
    ];
    assert_eq!(result.outcomes, BTreeMap::from(expected));
    assert_eq!(script.asked().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn what_was_written_before_a_stop_is_kept() {
    let poison = r#"{"message":"no","category":"VALIDATION_ERROR"}"#;
    let script = Scripted::new([
        answer(400, poison),
        answer(200, r#"{"results":[{"id":"1"}]}"#),
        answer(401, r#"{"category":"INVALID_AUTHENTICATION"}"#),
    ]);
    let inputs = (1..=2).map(|id| Update {
        id: RecordId(id),
        properties: BTreeMap::new(),
    });
    let batch = Batch::new(inputs.collect()).unwrap();
    let result = client(script).update(&ObjectType::Contacts, &batch).await;
    assert_eq!(
        result.outcomes,
        BTreeMap::from([(RecordId(1), written(1, false))])
    );
    let expired = false;
    assert_eq!(
        result.stopped_by.unwrap().reason,
        Reason::TokenRefused { expired }
    );
}

#[tokio::test(start_paused = true)]
async fn contacts_are_found_by_any_of_their_addresses() {
    let body = r#"{"status":"COMPLETE","results":[
        {"id":"1","properties":{"email":"jenny@example.com","hs_additional_emails":"Old@Example.com; j@x.io"},"createdAt":"2026-11-23T10:00:00.000Z","updatedAt":"2026-11-23T10:00:00.000Z","archived":false}],
        "errors":[{"status":"error","category":"OBJECT_NOT_FOUND","message":"m","context":{"ids":["no@example.com"]}}]}"#;
    let script = Scripted::new([answer(207, body)]);
    let keys = [
        "Jenny@Example.com",
        "old@example.com",
        "no@example.com",
        "jenny@example.com",
    ]
    .map(str::to_owned);
    let found = client(script.clone())
        .read(
            &ObjectType::Contacts,
            ReadBy::Email,
            &keys,
            &["clearsync_mrr"],
        )
        .await
        .unwrap();
    let ids: BTreeMap<&str, u64> = found
        .records
        .iter()
        .map(|(key, record)| (key.as_str(), record.id.0))
        .collect();
    let expected = [
        ("Jenny@Example.com", 1),
        ("jenny@example.com", 1),
        ("old@example.com", 1),
    ];
    assert_eq!(ids, BTreeMap::from(expected));
    assert!(found.refused.is_empty());
    let body = &script.asked()[0].body;
    assert_eq!(body["idProperty"], "email");
    assert_eq!(
        body["inputs"].as_array().unwrap().len(),
        3,
        "each address once, in lower case"
    );
}

#[tokio::test(start_paused = true)]
async fn associations_take_ids_as_text_and_as_numbers() {
    let made = r#"{"status":"COMPLETE","results":[{"from":{"id":"1"},"to":{"id":"2"},"associationSpec":{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}}],
        "numErrors":1,"errors":[{"status":"error","category":"VALIDATION_ERROR","subCategory":"crm.associations.INVALID_IDENTIFIER","message":"m","context":{"fromObjectId":["3"],"toObjectId":["4"]}}]}"#;
    let read = r#"{"results":[{"from":{"id":"1"},"to":[{"toObjectId":2,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":279,"label":null}]}],"paging":{"next":{"after":"x"}}}]}"#;
    let more = r#"{"results":[{"from":{"id":"1"},"to":[{"toObjectId":"5"}]}]}"#;
    let script = Scripted::new([
        answer(207, made),
        answer(200, read),
        answer(200, more),
        answer(204, ""),
    ]);
    let client = client(script.clone());
    let pair = |from, to| Pair {
        from: RecordId(from),
        to: RecordId(to),
    };
    let pairs = BTreeSet::from([pair(1, 2), pair(3, 4), pair(5, 6)]);
    let (contacts, companies) = (ObjectType::Contacts, ObjectType::Companies);
    let result = client.associate(&contacts, &companies, &pairs).await;
    assert_eq!(result.outcomes[&pair(1, 2)], AssociationOutcome::Stands);
    assert!(matches!(
        result.outcomes[&pair(3, 4)],
        AssociationOutcome::Refused { .. }
    ));
    assert_eq!(
        result.outcomes[&pair(5, 6)],
        AssociationOutcome::Unconfirmed
    );
    let found = client
        .associated(&contacts, &companies, &BTreeSet::from([RecordId(1)]))
        .await
        .unwrap();
    assert_eq!(
        found,
        BTreeMap::from([(RecordId(1), BTreeSet::from([RecordId(2), RecordId(5)]))])
    );
    client
        .dissociate(&contacts, &companies, &BTreeSet::from([pair(1, 2)]))
        .await
        .unwrap();
    assert_eq!(
        script.lines(),
        [
            "POST /crm/associations/2026-09/contacts/companies/batch/associate/default",
            "POST /crm/associations/2026-09/contacts/companies/batch/read",
            "POST /crm/associations/2026-09/contacts/companies/batch/read",
            "POST /crm/associations/2026-09/contacts/companies/batch/archive",
        ]
    );
    assert_eq!(
        script.asked()[3].body,
        serde_json::json!({ "inputs": [{ "from": { "id": "1" }, "to": [{ "id": "2" }] }] })
    );
}
