//! A record for each movement of MRR.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::{Amount, Currency};
use clearsync_hubspot::{ObjectType, RecordId};
use clearsync_sandbox::hubspot::{PortalShape, Tier};
use clearsync_store::{Movement, StoreError};
use clearsync_sync::view::WriteMode;

use crate::{
    modes::{bridge, is_in_sync},
    push_faults::Mortal,
    push_world::{Bridge, Records, client_over},
};

async fn enterprise(seed: u64) -> Bridge {
    let shape = PortalShape {
        tier: Tier::Enterprise,
        ..PortalShape::default()
    };
    bridge(seed, WriteMode::CustomObjects, shape).await
}

fn movements(bridge: &Bridge) -> Vec<Movement> {
    bridge.read(|view| view.movements(bridge.target.account))
}

fn events(bridge: &Bridge) -> Records {
    bridge.portal.records("clearsync_event").unwrap()
}

/// What tells movements and their records apart: subscription, kind, day, and the sums before and after.
type Told = (String, String, String, String, String);

fn told_by_movement(movement: &Movement) -> Told {
    let currency: Currency = movement.currency.parse().unwrap();
    let rounded = |exact: &str| {
        let amount = Amount::new(exact.parse().unwrap(), currency);
        amount.round().to_decimal()
    };
    let day = movement.at.to_string()[..10].to_owned();
    (
        movement.subscription.clone(),
        movement.kind.clone(),
        day,
        rounded(&movement.before),
        rounded(&movement.after),
    )
}

fn told_by_record(record: &BTreeMap<String, String>) -> Told {
    let value = |name: &str| record[&format!("clearsync_{name}")].clone();
    (
        value("related_subscription_id"),
        value("event_type"),
        value("event_date"),
        value("previous_mrr"),
        value("updated_mrr"),
    )
}

#[tokio::test(start_paused = true)]
async fn a_record_stands_for_every_movement() {
    for seed in 0..2 {
        let bridge = enterprise(seed).await;
        let pushed = bridge.sync().await;
        assert_eq!(pushed.failed, 0, "seed {seed}: {:?}", bridge.open_items());
        let movements = movements(&bridge);
        assert!(movements.len() > 10, "seed {seed}: {}", movements.len());
        let mut wanted: Vec<Told> = movements.iter().map(told_by_movement).collect();
        let mut held: Vec<Told> = events(&bridge).values().map(told_by_record).collect();
        wanted.sort();
        held.sort();
        assert_eq!(held, wanted, "seed {seed}");
        for record in events(&bridge).values() {
            for name in ["name", "confidence", "source", "currency", "mrr_policy"] {
                let name = format!("clearsync_{name}");
                assert!(record.contains_key(&name), "{name} in {record:?}");
            }
        }
        for record in bridge
            .portal
            .records("clearsync_subscription")
            .unwrap()
            .values()
        {
            let id = &record["clearsync_subscription_id"];
            let last = movements.iter().rfind(|one| one.subscription == *id);
            let kind = record.get("clearsync_last_movement_type");
            assert_eq!(kind, last.map(|last| &last.kind), "{id}");
        }
        is_in_sync(&bridge, &format!("events, seed {seed}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn events_are_linked_to_contact_company_and_subscription() {
    let bridge = enterprise(1).await;
    bridge.sync().await;
    let client = bridge.client();
    let types = client.custom_objects(false).await.unwrap();
    let named = |name: &str| {
        let named = types.iter().find(|object| object.name == name).unwrap();
        ObjectType::Custom(named.object_type_id.clone())
    };
    let (event, subscription) = (named("clearsync_event"), named("clearsync_subscription"));
    let of_subscription: BTreeMap<String, RecordId> = bridge
        .portal
        .records("clearsync_subscription")
        .unwrap()
        .into_iter()
        .map(|(id, values)| {
            (
                values["clearsync_subscription_id"].clone(),
                id.parse().unwrap(),
            )
        })
        .collect();
    let subscriptions = of_subscription.values().copied().collect();
    let events: BTreeMap<RecordId, RecordId> = events(&bridge)
        .into_iter()
        .map(|(id, values)| {
            let moved = &values["clearsync_related_subscription_id"];
            (id.parse().unwrap(), of_subscription[moved])
        })
        .collect();
    let ids = events.keys().copied().collect();
    let to_subscription = client
        .associated(&event, &subscription, &ids)
        .await
        .unwrap();
    for (event, moved) in &events {
        assert_eq!(to_subscription[event], BTreeSet::from([*moved]));
    }
    // Contact and company are those of the subscription.
    for object in [ObjectType::Contacts, ObjectType::Companies] {
        let to = client.associated(&event, &object, &ids).await.unwrap();
        let paying = client.associated(&subscription, &object, &subscriptions);
        let paying = paying.await.unwrap();
        for (event, moved) in &events {
            assert_eq!(to.get(event), paying.get(moved), "{object:?}");
        }
        assert!(to.values().any(|to| !to.is_empty()), "{object:?}");
    }
}

/// Takes the first movement of the owner with the most away, as another way of counting would.
fn one_vanishes(bridge: &Bridge) -> Movement {
    let mut by_owner: BTreeMap<String, Vec<Movement>> = BTreeMap::new();
    for movement in movements(bridge) {
        let own = by_owner.entry(movement.owner.clone()).or_default();
        own.push(movement);
    }
    let (owner, mut own) = by_owner
        .into_iter()
        .max_by_key(|(_, own)| own.len())
        .unwrap();
    let gone = own.remove(0);
    let account = bridge.target.account;
    bridge
        .store()
        .write::<_, StoreError>(|writer| writer.put_movements(account, &owner, &own))
        .unwrap();
    gone
}

#[tokio::test(start_paused = true)]
async fn the_record_of_a_movement_that_vanished_goes_and_no_other() {
    let bridge = enterprise(0).await;
    bridge.sync().await;
    let mut wanted = events(&bridge);
    let gone = told_by_movement(&one_vanishes(&bridge));
    let plan = bridge.plan().await;
    assert_eq!(bridge.actions(plan)["remove"], 1);
    let pushed = bridge.push(plan).await.unwrap();
    assert_eq!((pushed.removed, pushed.failed), (1, 0));
    let before = wanted.len();
    wanted.retain(|_, record| told_by_record(record) != gone);
    assert_eq!(wanted.len(), before - 1);
    let keys = |records: &Records| records.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&events(&bridge)), keys(&wanted));
    is_in_sync(&bridge, "one vanished").await;
}

/// A push dies after HubSpot made the records and before it said so; then a movement turns out to be none.
#[tokio::test(start_paused = true)]
async fn a_record_nobody_heard_of_goes_with_its_movement() {
    let undisturbed = enterprise(0).await;
    let plan = undisturbed.plan().await;
    undisturbed.portal.forget_requests();
    undisturbed.push(plan).await.unwrap();
    let requests = undisturbed.portal.requests();
    let of_events = |path: &str| path.contains("/2-") && path.ends_with("/batch/upsert");
    let dies_at = requests
        .iter()
        .rposition(|request| of_events(&request.path))
        .unwrap();

    let bridge = enterprise(0).await;
    let plan = bridge.plan().await;
    let mortal = Mortal::new(&bridge, dies_at, true);
    let client = client_over(mortal.clone());
    assert!(mortal.run(bridge.push_over(&client, plan)).await.is_none());
    assert!(!events(&bridge).is_empty(), "HubSpot made them");
    one_vanishes(&bridge);
    bridge.sync().await;
    assert_eq!(events(&bridge).len(), movements(&bridge).len());
    is_in_sync(&bridge, "nobody heard").await;
}
