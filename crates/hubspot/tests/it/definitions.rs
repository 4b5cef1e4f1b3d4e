use std::collections::BTreeSet;

use clearsync_hubspot::{
    CUSTOMER_ID, Misfit, ObjectType, OwnProperty, PropertyType, Room, SUMMARY, SchemaError,
    propose, summary_by_rank,
};
use clearsync_sandbox::hubspot::{Disturbance, Lags, PortalShape, Tier};

use crate::simulated::{connect, on, portal};

fn all() -> Vec<&'static OwnProperty> {
    SUMMARY.iter().collect()
}

const CONTACTS: ObjectType = ObjectType::Contacts;

#[tokio::test(start_paused = true)]
async fn missing_properties_are_made_once() {
    let portal = portal(PortalShape {
        lags: Lags::OBSERVED,
        ..PortalShape::default()
    });
    let (client, _) = connect(&portal);
    let first = client.ensure_properties(&CONTACTS, &all()).await.unwrap();
    assert!(first.group_created);
    assert_eq!(first.created.len(), SUMMARY.len());
    let made = portal.properties("contacts").unwrap();
    for own in SUMMARY {
        assert_eq!(made[&*own.name]["groupName"], "clearsync");
        assert_eq!(made[&*own.name]["hasUniqueValue"], own.is_unique());
    }
    portal.forget_requests();
    let second = client.ensure_properties(&CONTACTS, &all()).await.unwrap();
    assert_eq!(second.existed.len(), SUMMARY.len());
    assert!(second.created.is_empty() && second.widened.is_empty());
    assert_eq!(portal.requests().len(), 1, "one look is enough");
}

/// What a look just told is not looked at again, and what was told wrongly comes right.
#[tokio::test(start_paused = true)]
async fn properties_known_to_be_missing_are_made_in_three_requests() {
    let portal = portal(PortalShape::default());
    let (client, _) = connect(&portal);
    let all = all();
    let made = client.make_properties(&CONTACTS, &all, &all, true);
    let made = made.await.unwrap();
    assert!(made.group_created && made.existed.is_empty());
    assert_eq!(made.created.len(), SUMMARY.len());
    assert_eq!(
        portal.requests().len(),
        3,
        "the group, the properties, a look"
    );

    client
        .archive_property(&CONTACTS, "clearsync_mrr")
        .await
        .unwrap();
    let again = client.make_properties(&CONTACTS, &all, &all, true);
    again.await.unwrap();
    let standing = portal.properties("contacts").unwrap();
    assert!(SUMMARY.iter().all(|own| standing.contains_key(&*own.name)));
}

#[tokio::test(start_paused = true)]
async fn a_removed_property_comes_back() {
    let portal = portal(PortalShape::default());
    let (client, _) = connect(&portal);
    client.ensure_properties(&CONTACTS, &all()).await.unwrap();
    client
        .archive_property(&CONTACTS, "clearsync_mrr")
        .await
        .unwrap();
    client
        .archive_property(&CONTACTS, "clearsync_mrr")
        .await
        .unwrap();
    let again = client.ensure_properties(&CONTACTS, &all()).await.unwrap();
    assert_eq!(again.created, ["clearsync_mrr"]);
}

#[tokio::test(start_paused = true)]
async fn another_shape_is_refused_before_anything_is_made() {
    let portal = portal(PortalShape::default());
    let (client, _) = connect(&portal);
    client
        .create_property_group(&CONTACTS, "clearsync", "ClearSync")
        .await
        .unwrap();
    for (name, property_type, field_type) in [
        (CUSTOMER_ID, PropertyType::String, "text"),
        ("clearsync_mrr", PropertyType::String, "text"),
    ] {
        let property = clearsync_hubspot::NewProperty {
            group_name: "clearsync".to_owned(),
            name: name.to_owned(),
            label: name.to_owned(),
            description: String::new(),
            property_type,
            field_type,
            has_unique_value: false,
            form_field: false,
            options: Vec::new(),
        };
        client.create_property(&CONTACTS, &property).await.unwrap();
    }
    let before = portal.snapshot();
    let error = client
        .ensure_properties(&CONTACTS, &all())
        .await
        .unwrap_err();
    let expected = [
        Misfit::NotUnique {
            name: CUSTOMER_ID.to_owned(),
        },
        Misfit::Type {
            name: "clearsync_mrr".to_owned(),
            wanted: PropertyType::Number,
            found: PropertyType::String,
        },
    ];
    assert_eq!(error, SchemaError::Misfits(expected.to_vec()));
    assert_eq!(portal.snapshot(), before);
}

#[tokio::test(start_paused = true)]
async fn labels_people_took_and_choices_people_added_stay() {
    let portal = portal(PortalShape::default());
    let (client, _) = connect(&portal);
    client
        .create_property_group(&CONTACTS, "clearsync", "ClearSync")
        .await
        .unwrap();
    let mut theirs = clearsync_hubspot::NewProperty {
        group_name: "clearsync".to_owned(),
        name: "our_mrr".to_owned(),
        label: "MRR (ClearSync)".to_owned(),
        description: String::new(),
        property_type: PropertyType::Number,
        field_type: "number",
        has_unique_value: false,
        form_field: false,
        options: Vec::new(),
    };
    client.create_property(&CONTACTS, &theirs).await.unwrap();
    theirs = clearsync_hubspot::NewProperty {
        name: "clearsync_status".to_owned(),
        label: "Subscription status (ClearSync)".to_owned(),
        property_type: PropertyType::Enumeration,
        field_type: "select",
        options: vec![clearsync_hubspot::PropertyOption {
            label: "Legacy".to_owned(),
            value: "legacy".to_owned(),
            display_order: 0,
            hidden: false,
        }],
        ..theirs
    };
    client.create_property(&CONTACTS, &theirs).await.unwrap();
    let ensured = client.ensure_properties(&CONTACTS, &all()).await.unwrap();
    assert_eq!(ensured.widened, ["clearsync_status"]);
    let made = portal.properties("contacts").unwrap();
    assert_eq!(made["clearsync_mrr"]["label"], "MRR (ClearSync) 2");
    let choices: Vec<&str> = made["clearsync_status"]["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|option| option["value"].as_str().unwrap())
        .collect();
    assert_eq!(choices.len(), 10);
    assert!(choices.contains(&"legacy") && choices.contains(&"past_due"));
}

#[tokio::test(start_paused = true)]
async fn a_free_account_takes_the_proposal_whole() {
    let portal = portal(on(Tier::Free));
    let (client, _) = connect(&portal);
    let limits = client.custom_property_limits().await.unwrap();
    assert_eq!(limits.free(), 10);
    let objects = [ObjectType::Companies, ObjectType::Contacts];
    let room = Room {
        in_all: limits.free(),
        here: objects
            .clone()
            .map(|object| (object.clone(), limits.free_for(&object)))
            .into(),
    };
    let proposal = propose(summary_by_rank(), &BTreeSet::new(), room);
    for object in objects {
        let wanted: Vec<&OwnProperty> = proposal
            .chosen
            .iter()
            .filter(|(on, _)| *on == object)
            .map(|(_, own)| own)
            .collect();
        client.ensure_properties(&object, &wanted).await.unwrap();
    }
    assert_eq!(client.custom_property_limits().await.unwrap().free(), 0);
    let one_more = client
        .ensure_properties(&CONTACTS, &all())
        .await
        .unwrap_err();
    assert!(
        matches!(one_more, SchemaError::NotCreated { .. }),
        "{one_more:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn lost_answers_do_no_harm() {
    for disturbance in [
        Disturbance::BrokenAfter,
        Disturbance::CutShort,
        Disturbance::BrokenBefore,
        Disturbance::Status(502),
        Disturbance::Locked,
    ] {
        let portal = portal(PortalShape {
            lags: Lags::OBSERVED,
            ..PortalShape::default()
        });
        portal.disturb(disturbance, "/crm/properties", 1);
        portal.disturb(disturbance, "/groups", 2);
        portal.disturb(disturbance, "/properties/2026-09/contacts/batch/create", 1);
        let (client, _) = connect(&portal);
        let ensured = client.ensure_properties(&CONTACTS, &all()).await;
        ensured.unwrap_or_else(|error| panic!("{disturbance:?}: {error:?}"));
        let made = portal.properties("contacts").unwrap();
        assert!(SUMMARY.iter().all(|own| made.contains_key(&*own.name)));
    }
}
