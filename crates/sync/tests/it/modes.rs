//! Whole pushes in each way of writing, for whole businesses, on portals of each plan.

use std::collections::BTreeMap;

use clearsync_hubspot::{Mode as Scopes, scopes_for};
use clearsync_sandbox::{
    Clock as _,
    business::Shape,
    hubspot::{Lags, PortalShape, Tier},
};
use clearsync_sync::{
    derive::SubscriptionFacts,
    plan::{self, Looking, PlanError, Rules},
    push::Pushed,
    view::{Filters, WriteMode},
};
use jiff::SignedDuration;
use serde_json::Value;

use crate::{
    push_world::{ALL, Bridge, Records, TOKEN},
    world::World,
};

const LINE_ITEMS: [&str; 4] = [
    "crm.objects.line_items.read",
    "crm.objects.line_items.write",
    "crm.schemas.line_items.read",
    "crm.schemas.line_items.write",
];

fn on(tier: Tier) -> PortalShape {
    PortalShape {
        tier,
        lags: Lags::OBSERVED,
        ..PortalShape::default()
    }
}

/// A business and a portal, written to in one way.
pub(crate) async fn bridge(seed: u64, mode: WriteMode, shape: PortalShape) -> Bridge {
    let world = World::new(seed, &Shape::small());
    let mut bridge = Bridge::of_business(&world, shape).await;
    bridge.writing.mode = mode;
    bridge.portal.set_scopes(TOKEN, scopes(mode));
    bridge
}

/// Every scope that a way of writing can use.
pub(crate) fn scopes(mode: WriteMode) -> impl Iterator<Item = &'static str> {
    let scopes = match mode {
        WriteMode::Summary => Scopes::Summary,
        WriteMode::Deals => Scopes::Deals,
        WriteMode::CustomObjects => Scopes::CustomObjects,
    };
    let names = scopes_for(scopes).map(|scope| scope.name);
    names.chain(LINE_ITEMS)
}

/// The figures the records stand for, by subscription.
fn figures(bridge: &Bridge) -> BTreeMap<String, clearsync_store::Figure> {
    let figures = bridge.read(|view| view.figures(bridge.target.account));
    let named = figures
        .into_iter()
        .map(|one| (one.subscription.clone(), one));
    named.collect()
}

pub(crate) async fn is_in_sync(bridge: &Bridge, case: &str) {
    let requests = bridge.portal.requests().len();
    let plan = bridge.plan().await;
    let actions = bridge.actions(plan);
    let done = actions
        .keys()
        .all(|action| action == "unchanged" || action == "skip");
    let open: Vec<_> = bridge
        .rows(plan)
        .into_iter()
        .filter(|row| row.action != "unchanged" && row.action != "skip")
        .collect();
    assert!(done, "{case}: {actions:?} {open:#?}");
    assert_eq!(
        bridge.push(plan).await.unwrap(),
        Pushed::default(),
        "{case}"
    );
    assert_eq!(
        bridge.portal.requests().len(),
        requests,
        "{case}: a request was sent"
    );
    let open = bridge.read(|view| view.open_journal(bridge.target));
    assert_eq!(open, [], "{case}: every write is settled");
}

/// Everything that was there before and is not ClearSync's: foreign values of the records that stood, foreign properties,
/// groups and pipelines.
pub(crate) fn foreign(snapshot: &Value, before: &Value) -> Value {
    let own = |name: &str| name.starts_with("clearsync");
    let mut objects = snapshot["objects"].clone();
    let objects = objects.as_object_mut().unwrap();
    objects.retain(|id, _| !id.starts_with("2-"));
    for (id, object) in objects.iter_mut() {
        let stood = &before["objects"][id]["records"];
        let records = object["records"].as_object_mut().unwrap();
        records.retain(|id, _| stood.get(id).is_some());
        for record in records.values_mut() {
            record.as_object_mut().unwrap().retain(|name, _| !own(name));
        }
        for part in ["properties", "groups"] {
            object[part]
                .as_object_mut()
                .unwrap()
                .retain(|name, _| !own(name));
        }
        let pipelines = object["pipelines"].as_array_mut().unwrap();
        pipelines.retain(|pipeline| !pipeline.to_string().contains("clearsync"));
    }
    Value::Object(objects.clone())
}

fn nothing_foreign(before: &Value, after: &Value) {
    assert_eq!(foreign(before, before), foreign(after, before));
}

#[tokio::test(start_paused = true)]
async fn deals_stand_for_every_subscription() {
    for (seed, tier) in [(0, Tier::Starter), (1, Tier::Pro), (2, Tier::Enterprise)] {
        let bridge = bridge(seed, WriteMode::Deals, on(tier)).await;
        let foreign = bridge
            .portal
            .seed(
                "deals",
                &[
                    ("dealname", "Not ours"),
                    ("pipeline", "default"),
                    ("dealstage", "closedwon"),
                ],
            )
            .unwrap();
        let before = bridge.portal.records("deals").unwrap()[&foreign].clone();
        let snapshot = bridge.portal.snapshot();
        let plan = bridge.plan().await;
        let pushed = bridge.push(plan).await.unwrap();
        assert_eq!(pushed.failed, 0, "seed {seed}: {:?}", bridge.open_items());
        nothing_foreign(&snapshot, &bridge.portal.snapshot());

        let mut deals = bridge.portal.records("deals").unwrap();
        assert_eq!(deals.remove(&foreign), Some(before), "seed {seed}");
        let figures = figures(&bridge);
        let mut items = 0;
        let mut written = 0;
        for deal in deals.values() {
            let id = &deal["clearsync_subscription_id"];
            let figure = &figures[id];
            let facts = SubscriptionFacts::of(figure).unwrap();
            assert_eq!(deal["pipeline"], "clearsync_subscriptions");
            let stage = stage(&figure.status, facts.cancels_at.is_some());
            assert_eq!(deal["dealstage"], stage, "{id}");
            let list = facts.list_mrr;
            let mrr = clearsync_billing::Money {
                amount_minor: figure.rounded_minor,
                ..list
            };
            assert_eq!(deal["clearsync_mrr"], mrr.to_decimal(), "{id}");
            match figure.currency.as_str() {
                "usd" => assert_eq!(deal["amount"], mrr.to_decimal(), "{id}"),
                _ => assert!(!deal.contains_key("amount"), "{id}: another currency"),
            }
            if let Some(end) = facts.cancels_at {
                let closes = deal["closedate"].parse::<jiff::Timestamp>().unwrap();
                assert_eq!(closes, end, "{id}: not when it was written");
            }
            items += facts.prices.len();
            written += 1;
        }
        assert!(written > 5, "seed {seed}: {written}");
        let line_items = bridge.portal.records("line_items").unwrap();
        assert!(line_items.len() >= items, "seed {seed}");
        is_in_sync(&bridge, &format!("deals, seed {seed}")).await;
        bridge.clock.jump(SignedDuration::from_mins(2));
    }
}

fn stage(status: &str, ends: bool) -> &'static str {
    match (status, ends) {
        ("canceled" | "incomplete_expired", _) => "clearsync_canceled",
        (_, true) => "clearsync_scheduled_to_cancel",
        ("trialing", _) => "clearsync_trial",
        ("past_due" | "unpaid", _) => "clearsync_past_due",
        ("paused", _) => "clearsync_paused",
        ("incomplete", _) => "clearsync_incomplete",
        _ => "clearsync_active",
    }
}

#[tokio::test(start_paused = true)]
async fn deals_are_linked_to_their_contact_company_and_items() {
    let bridge = bridge(3, WriteMode::Deals, on(Tier::Pro)).await;
    bridge.sync().await;
    let associations = bridge.portal.associations();
    let from = |object: &str, id: &str, to: &str| {
        let all = associations.as_array().unwrap().iter();
        all.filter(|one| {
            let ends = [&one["from"], &one["to"]].map(ToString::to_string);
            let here = |end: &String| end.contains(object) && end.contains(id);
            ends.iter().any(here) && ends.iter().any(|end| end.contains(to))
        })
        .count()
    };
    let mut linked = 0;
    for id in bridge.portal.records("deals").unwrap().keys() {
        linked += from("0-3", id, "0-1");
        assert!(
            from("0-3", id, "0-8") > 0,
            "{id} has no line item: {associations}"
        );
    }
    assert!(linked > 3, "{linked}");
}

#[tokio::test(start_paused = true)]
async fn deals_without_the_scope_have_no_line_items() {
    let bridge = bridge(0, WriteMode::Deals, on(Tier::Pro)).await;
    let names = scopes_for(Scopes::Deals).map(|scope| scope.name);
    bridge.portal.set_scopes(TOKEN, names);
    let pushed = bridge.sync().await;
    assert_eq!(pushed.failed, 0);
    assert_eq!(bridge.portal.records("line_items").unwrap(), Records::new());
    is_in_sync(&bridge, "no line items").await;
}

#[tokio::test(start_paused = true)]
async fn a_portal_without_room_says_so_and_stays_as_it_is() {
    for (mode, tier) in [
        (WriteMode::Deals, Tier::Free),
        (WriteMode::CustomObjects, Tier::Free),
        (WriteMode::CustomObjects, Tier::Pro),
    ] {
        let bridge = bridge(0, mode, on(tier)).await;
        let before = bridge.portal.snapshot();
        let rules = Rules {
            choices: ALL,
            writing: bridge.writing.clone(),
        };
        let refused = plan::make(
            &bridge.store(),
            &bridge.client(),
            bridge.target,
            &rules,
            Looking::AsNeeded,
            bridge.clock.now(),
        )
        .await
        .unwrap_err();
        assert!(
            matches!(
                refused,
                PlanError::NoRoomForPipeline { .. }
                    | PlanError::NoRoomForObjects { .. }
                    | PlanError::HubSpot(_)
            ),
            "{mode:?} on {tier:?}: {refused:?}"
        );
        assert_eq!(bridge.portal.snapshot(), before);
    }
}

/// HubSpot deletes a removed type of the same name for good, with its records.
#[tokio::test(start_paused = true)]
async fn a_removed_object_is_not_made_again() {
    let bridge = bridge(0, WriteMode::CustomObjects, on(Tier::Enterprise)).await;
    let client = bridge.client();
    bridge.sync().await;
    let mut removed = None;
    for object in client.custom_objects(false).await.unwrap() {
        // HubSpot itself keeps one with records.
        let archived = client.archive_custom_object(&object.object_type_id);
        archived.await.unwrap_err();
        if object.name == "clearsync_event" {
            for id in bridge.portal.records(&object.name).unwrap().keys() {
                bridge.portal.delete(&object.name, id).unwrap();
            }
            let archived = client.archive_custom_object(&object.object_type_id);
            archived.await.unwrap();
            removed = Some(object.name);
        }
    }
    bridge.clock.jump(SignedDuration::from_mins(2));
    let before = bridge.portal.snapshot();
    let rules = Rules {
        choices: ALL,
        writing: bridge.writing.clone(),
    };
    let refused = plan::make(
        &bridge.store(),
        &client,
        bridge.target,
        &rules,
        Looking::Anew,
        bridge.clock.now(),
    )
    .await
    .unwrap_err();
    let PlanError::ObjectRemoved { name } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(Some(name), removed);
    assert_eq!(bridge.portal.snapshot(), before);
}

#[tokio::test(start_paused = true)]
async fn own_objects_stand_for_every_subscription() {
    for seed in 0..2 {
        let bridge = bridge(seed, WriteMode::CustomObjects, on(Tier::Enterprise)).await;
        let pushed = bridge.sync().await;
        assert_eq!(pushed.failed, 0, "seed {seed}: {:?}", bridge.open_items());
        let records = bridge.portal.records("clearsync_subscription").unwrap();
        let figures = figures(&bridge);
        assert!(records.len() > 5);
        for record in records.values() {
            let figure = &figures[&record["clearsync_subscription_id"]];
            assert_eq!(record["clearsync_status"], figure.status);
            assert_eq!(record["clearsync_customer_id"], figure.customer);
            for name in [
                "clearsync_name",
                "clearsync_start_date",
                "clearsync_interval",
                "clearsync_mrr_explanation",
                "clearsync_record_hash",
            ] {
                assert!(record.contains_key(name), "{name} in {record:?}");
            }
        }
        is_in_sync(&bridge, &format!("own objects, seed {seed}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn filters_leave_out_and_say_why() {
    let mut bridge = bridge(1, WriteMode::Deals, on(Tier::Pro)).await;
    bridge.writing.filters = Filters {
        exclude_trials: true,
        exclude_free: true,
        statuses: vec!["active".to_owned(), "past_due".to_owned()],
        ..Filters::default()
    };
    bridge.sync().await;
    let figures = figures(&bridge);
    let deals = bridge.portal.records("deals").unwrap();
    let wanted = figures.values().filter(|figure| {
        matches!(figure.status.as_str(), "active" | "past_due") && figure.rounded_minor > 0
    });
    assert_eq!(deals.len(), wanted.count());
    assert!(deals.len() < figures.len());
    is_in_sync(&bridge, "filters").await;

    // What was written stays up to date when it is filtered out later.
    bridge.writing.filters.statuses = vec!["trialing".to_owned()];
    is_in_sync(&bridge, "filters of later").await;
    let plan = bridge.plan().await;
    let reasons = bridge.rows(plan);
    let skipped = reasons
        .iter()
        .filter(|row| row.details["reason"] == "filteredStatus");
    assert!(skipped.count() > 0);
    assert_eq!(bridge.portal.records("deals").unwrap().len(), deals.len());
}

/// What the plan saw is not looked at again: a look at each kind's properties before and after they are made, and at the
/// pipelines, is all.
#[tokio::test(start_paused = true)]
async fn a_first_load_looks_at_definitions_once_before_and_once_after_they_are_made() {
    let shape = PortalShape {
        tier: Tier::Pro,
        ..PortalShape::default()
    };
    let bridge = bridge(0, WriteMode::Deals, shape).await;
    bridge.sync().await;
    let mut looks: BTreeMap<String, usize> = BTreeMap::new();
    for request in bridge.portal.requests() {
        let definition = ["/crm/properties/", "/crm/pipelines/"];
        let is_definition = definition.iter().any(|api| request.path.starts_with(api));
        if request.method == "GET" && is_definition {
            *looks.entry(request.path).or_default() += 1;
        }
    }
    assert_eq!(looks.len(), 5, "four kinds and the pipelines: {looks:?}");
    assert!(looks.values().all(|count| *count == 2), "{looks:?}");
}
