//! Properties, pipeline, labels and object types that people remove or name otherwise.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use clearsync_hubspot::ObjectType;
use clearsync_sandbox::{
    Clock as _,
    hubspot::{PortalShape, Tier},
};
use clearsync_store::DriftFinding;
use clearsync_sync::{
    drift::{self, Share},
    plan::{self, Looking, PlanError, Rules},
    view::WriteMode,
};
use clearsync_transport::{InProcess, Transport};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    modes::{bridge, is_in_sync, scopes},
    push_world::{ALL, Bridge, TOKEN, promised_part},
};

async fn pushed(mode: WriteMode) -> Bridge {
    let shape = PortalShape {
        tier: Tier::Enterprise,
        ..PortalShape::default()
    };
    let bridge = bridge(2, mode, shape).await;
    // People may do what the key may not.
    let custom = scopes(WriteMode::CustomObjects);
    let all = scopes(WriteMode::Deals).chain(custom);
    bridge.portal.set_scopes(TOKEN, all);
    bridge.sync().await;
    bridge
}

/// What somebody does in HubSpot.
async fn somebody(bridge: &Bridge, method: &str, path: &str, body: Value) {
    let request = http::Request::builder()
        .method(method)
        .uri(format!("https://api.hubapi.com{path}"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let transport: Arc<dyn Transport> = Arc::new(InProcess::new(bridge.portal.router()));
    let answer = transport.send(request).await.unwrap();
    assert!(
        answer.status().is_success(),
        "{path}: {}",
        String::from_utf8_lossy(answer.body())
    );
}

async fn look(bridge: &Bridge) -> usize {
    let (store, client) = (bridge.store(), bridge.client());
    let now = bridge.clock.now();
    drift::look(&store, &client, bridge.target, Share::All, now)
        .await
        .unwrap()
}

/// Definitions that differ: what became of each, what it was made as, and what it is called.
fn listed(bridge: &Bridge) -> BTreeMap<(String, String), (DriftFinding, String)> {
    let drift = bridge.read(|view| view.drift(bridge.target));
    let one = |one: clearsync_store::Drift| {
        let label = one.differences.get("label")?.1.clone();
        Some(((one.object, one.subject), (one.finding, label)))
    };
    drift.into_iter().filter_map(one).collect()
}

fn found(
    object: &str,
    subject: &str,
    label: Option<&str>,
) -> ((String, String), (DriftFinding, String)) {
    let finding = match label {
        Some(_) => DriftFinding::Changed,
        None => DriftFinding::Gone,
    };
    let label = label.unwrap_or_default().to_owned();
    ((object.to_owned(), subject.to_owned()), (finding, label))
}

#[tokio::test(start_paused = true)]
async fn a_property_that_was_removed_is_listed_and_comes_again_with_its_values() {
    let bridge = pushed(WriteMode::Summary).await;
    assert_eq!(look(&bridge).await, 0, "{:?}", listed(&bridge));
    let whole = promised_part(bridge.contacts());
    let path = "/crm/properties/2026-09/contacts/clearsync_mrr";
    somebody(&bridge, "DELETE", path, json!({})).await;
    look(&bridge).await;
    let gone = found("properties", "contacts.clearsync_mrr", None);
    assert_eq!(listed(&bridge), [gone].into());
    let pushed = bridge.sync().await;
    assert_eq!((pushed.properties_created, pushed.failed), (1, 0));
    assert_eq!(promised_part(bridge.contacts()), whole);
    assert_eq!(look(&bridge).await, 0, "{:?}", listed(&bridge));
    assert_eq!(listed(&bridge), BTreeMap::new());
    is_in_sync(&bridge, "a property that came again").await;
}

#[tokio::test(start_paused = true)]
async fn what_people_call_it_is_listed_and_theirs() {
    let bridge = pushed(WriteMode::Deals).await;
    assert_eq!(look(&bridge).await, 0, "{:?}", listed(&bridge));
    let pipeline = "/crm/pipelines/2026-09/deals/clearsync_subscriptions";
    let stage = format!("{pipeline}/stages/clearsync_trial");
    somebody(&bridge, "PATCH", pipeline, json!({ "label": "Recurring" })).await;
    somebody(&bridge, "PATCH", &stage, json!({ "label": "Trying" })).await;
    let property = "/crm/properties/2026-09/deals/clearsync_mrr";
    somebody(&bridge, "PATCH", property, json!({ "label": "Monthly" })).await;
    look(&bridge).await;
    let expected = [
        found("pipelines", "clearsync_subscriptions", Some("Recurring")),
        found(
            "pipelines",
            "clearsync_subscriptions.clearsync_trial",
            Some("Trying"),
        ),
        found("properties", "deals.clearsync_mrr", Some("Monthly")),
    ];
    assert_eq!(listed(&bridge), expected.clone().into());
    is_in_sync(&bridge, "only names").await;
    look(&bridge).await;
    assert_eq!(
        listed(&bridge),
        expected.into(),
        "it stays as people called it"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_was_removed_comes_again_before_a_deal_needs_it() {
    let bridge = pushed(WriteMode::Deals).await;
    let deals = bridge.portal.records("deals").unwrap();
    let is_free = |stage: &str| deals.values().all(|deal| deal["dealstage"] != stage);
    let free = ["clearsync_paused", "clearsync_incomplete"];
    let free = free.into_iter().find(|stage| is_free(stage)).unwrap();
    let path = format!("/crm/pipelines/2026-09/deals/clearsync_subscriptions/stages/{free}");
    somebody(&bridge, "DELETE", &path, json!({})).await;
    look(&bridge).await;
    let subject = format!("clearsync_subscriptions.{free}");
    assert_eq!(listed(&bridge), [found("pipelines", &subject, None)].into());
    // A push with anything to write makes it.
    let (id, _) = deals.first_key_value().unwrap();
    let changed = [("clearsync_plans", "Somebody's word")];
    bridge.portal.edit("deals", id, &changed).unwrap();
    look(&bridge).await;
    bridge.sync().await;
    assert_eq!(look(&bridge).await, 0, "{:?}", listed(&bridge));
}

#[tokio::test(start_paused = true)]
async fn a_label_that_was_removed_is_made_again_and_put_on_the_links() {
    let bridge = pushed(WriteMode::CustomObjects).await;
    assert_eq!(look(&bridge).await, 0, "{:?}", listed(&bridge));
    let whole = bridge.portal.associations().to_string();
    let labelled = |bridge: &Bridge| {
        let links = bridge.portal.associations();
        let links = links.as_array().unwrap();
        let several = |link: &&Value| link["types"].as_array().unwrap().len() > 1;
        links.iter().filter(several).count()
    };
    let before = labelled(&bridge);
    let client = bridge.client();
    let types = client.custom_objects(false).await.unwrap();
    let own = types
        .iter()
        .find(|own| own.name == "clearsync_subscription");
    let own = ObjectType::Custom(own.unwrap().object_type_id.clone());
    let labels = client.labels(&own, &ObjectType::Contacts).await.unwrap();
    let billing = labels
        .iter()
        .find(|(_, text)| text.as_deref() == Some("Billing contact"));
    let number = billing.unwrap().0.association_type_id;
    let path = format!(
        "/crm/associations/2026-09/{}/contacts/labels/{number}",
        own.type_id()
    );
    somebody(&bridge, "DELETE", &path, json!({})).await;
    assert!(labelled(&bridge) < before, "{whole}");
    look(&bridge).await;
    let gone = found("labels", "subscriptions_contacts", None);
    assert_eq!(listed(&bridge), [gone].into());
    let pushed = bridge.sync().await;
    assert!(pushed.associated > 0, "{pushed:?}");
    assert_eq!(labelled(&bridge), before);
    assert_eq!(look(&bridge).await, 0, "{:?}", listed(&bridge));
    is_in_sync(&bridge, "a label that came again").await;
}

/// Making an object type again would delete its records for good, so that ClearSync says what is the matter and waits.
#[tokio::test(start_paused = true)]
async fn an_object_type_that_was_removed_is_listed_and_not_made_again() {
    let bridge = pushed(WriteMode::CustomObjects).await;
    for id in bridge.portal.records("clearsync_event").unwrap().keys() {
        bridge.portal.delete("clearsync_event", id).unwrap();
    }
    let types = bridge.client().custom_objects(false).await.unwrap();
    let own = types
        .iter()
        .find(|own| own.name == "clearsync_event")
        .unwrap();
    let path = format!("/crm-object-schemas/2026-09/schemas/{}", own.object_type_id);
    somebody(&bridge, "DELETE", &path, json!({})).await;
    bridge.clock.jump(SignedDuration::from_mins(1));
    look(&bridge).await;
    let gone = found("object_types", "events", None);
    assert_eq!(listed(&bridge), [gone].into());
    let rules = Rules {
        choices: ALL,
        writing: bridge.writing.clone(),
    };
    let (store, client) = (bridge.store(), bridge.client());
    let now = bridge.clock.now();
    let refused = plan::make(
        &store,
        &client,
        bridge.target,
        &rules,
        Looking::AsNeeded,
        now,
    )
    .await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(refused, PlanError::ObjectRemoved { .. }),
        "{refused:?}"
    );
}
