//! Everything is taken back in each way of writing: records, links, properties, pipeline, object types and labels.

use std::collections::BTreeMap;

use clearsync_sandbox::{
    Clock as _,
    hubspot::{PortalShape, Tier},
};
use clearsync_store::{PlanId, Purpose};
use clearsync_sync::{undo::UndoScope, view::WriteMode};
use jiff::SignedDuration;

use crate::{
    modes::{bridge, is_in_sync},
    push_world::{Bridge, promised_part},
    undo::same,
};

const MODES: [(WriteMode, Tier); 3] = [
    (WriteMode::Summary, Tier::Pro),
    (WriteMode::Deals, Tier::Pro),
    (WriteMode::CustomObjects, Tier::Enterprise),
];

/// A portal in which people work too.
async fn lived_in(mode: WriteMode, tier: Tier) -> Bridge {
    let shape = PortalShape {
        tier,
        ..PortalShape::default()
    };
    let bridge = bridge(6, mode, shape).await;
    let deal = [
        ("dealname", "Not ours"),
        ("pipeline", "default"),
        ("dealstage", "closedwon"),
    ];
    bridge.portal.seed("deals", &deal).unwrap();
    bridge
        .portal
        .seed("contacts", &[("email", "not@ours.example")])
        .unwrap();
    bridge
}

fn text(bridge: &Bridge) -> String {
    serde_json::to_string_pretty(&bridge.portal.snapshot()).unwrap()
}

/// How many rows of each kind are taken back in which way.
fn rows(bridge: &Bridge, plan: PlanId) -> BTreeMap<String, usize> {
    let mut rows = BTreeMap::new();
    for row in bridge.rows(plan) {
        let done = format!("{} {}", row.object, row.action);
        *rows.entry(done).or_default() += 1;
    }
    rows
}

#[tokio::test(start_paused = true)]
async fn everything_is_taken_back_in_each_mode_and_comes_again() {
    for (mode, tier) in MODES {
        let bridge = lived_in(mode, tier).await;
        let before = text(&bridge);
        for turn in 0..2 {
            let case = format!("{mode:?}, turn {turn}");
            let pushed = bridge.sync().await;
            assert_eq!(pushed.failed, 0, "{case}: {:?}", bridge.open_items());
            assert!(pushed.created > 5, "{case}: {pushed:?}");
            is_in_sync(&bridge, &case).await;
            let plan = bridge.plan_undo(UndoScope::Everything).await;
            let planned = rows(&bridge, plan);
            match mode {
                WriteMode::Summary => {}
                WriteMode::Deals => assert_eq!(planned["pipelines remove"], 1, "{planned:?}"),
                WriteMode::CustomObjects => {
                    assert_eq!(planned["object_types remove"], 2, "{planned:?}");
                }
            }
            let run = bridge.begin_run("undo");
            let undone = bridge.carry_out(&bridge.client(), plan, run).await.unwrap();
            assert_eq!((undone.left, undone.failed), (0, 0), "{case}: {planned:?}");
            same(&text(&bridge), &before, &case);
            bridge.clock.jump(SignedDuration::from_mins(5));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_others_put_into_deals_and_own_objects_stays_with_all_it_needs() {
    for (mode, tier, object) in [
        (WriteMode::Deals, Tier::Pro, "deals"),
        (
            WriteMode::CustomObjects,
            Tier::Enterprise,
            "clearsync_subscription",
        ),
    ] {
        let bridge = lived_in(mode, tier).await;
        bridge.sync().await;
        let records = bridge.portal.records(object).unwrap();
        let own =
            |values: &BTreeMap<String, String>| values.contains_key("clearsync_subscription_id");
        let (id, _) = records.iter().find(|(_, values)| own(values)).unwrap();
        let changed = [("clearsync_plans", "Somebody's word")];
        bridge.portal.edit(object, id, &changed).unwrap();
        let plan = bridge.plan_undo(UndoScope::Everything).await;
        let planned = rows(&bridge, plan);
        let definition = match mode {
            WriteMode::Deals => "pipelines leave",
            _ => "object_types leave",
        };
        assert_eq!(planned[definition], 1, "{planned:?}");
        let run = bridge.begin_run("undo");
        let undone = bridge.carry_out(&bridge.client(), plan, run).await.unwrap();
        assert_eq!(undone.failed, 0, "{planned:?}");
        let left = bridge.portal.records(object).unwrap();
        assert_eq!(left.values().filter(|values| own(values)).count(), 1);
        assert_eq!(left[id]["clearsync_plans"], "Somebody's word");
    }
}

/// Records that a change of the mode removed come back when that run is taken back.
#[tokio::test(start_paused = true)]
async fn a_removal_is_taken_back() {
    for (mode, tier, object) in [
        (WriteMode::Deals, Tier::Pro, "deals"),
        (
            WriteMode::CustomObjects,
            Tier::Enterprise,
            "clearsync_subscription",
        ),
    ] {
        let mut bridge = lived_in(mode, tier).await;
        bridge.sync().await;
        let keys = |bridge: &Bridge| -> BTreeMap<String, String> {
            let records = bridge.portal.records(object).unwrap().into_values();
            let own = records.filter_map(|values| {
                let key = values.get("clearsync_subscription_id")?.clone();
                Some((key, values.get("clearsync_mrr").cloned()?))
            });
            own.collect()
        };
        let stood = keys(&bridge);
        assert!(stood.len() > 3);
        bridge.writing.mode = WriteMode::Summary;
        bridge.writing.remove_former = true;
        let (run, pushed) = bridge.sync_in_run().await;
        assert!(pushed.removed > 3, "{pushed:?}");
        assert_eq!(keys(&bridge), BTreeMap::new());
        let (_, undone) = bridge.undo(UndoScope::Run(run)).await;
        assert_eq!((undone.made_again, undone.failed), (pushed.removed, 0));
        assert_eq!(keys(&bridge), stood, "{mode:?}");
    }
}

/// An object type that was removed is made again by a sync, with its records; taking the removal back says so.
#[tokio::test(start_paused = true)]
async fn taking_an_undo_with_object_types_back_leaves_them_to_a_sync_and_says_so() {
    let bridge = lived_in(WriteMode::CustomObjects, Tier::Enterprise).await;
    bridge.sync().await;
    let stood = |bridge: &Bridge| -> BTreeMap<&str, Vec<String>> {
        let objects = [
            "contacts",
            "companies",
            "clearsync_subscription",
            "clearsync_event",
        ];
        let held = objects.map(|object| {
            let records = promised_part(bridge.portal.records(object).unwrap());
            let mut held: Vec<String> = records.values().map(|one| format!("{one:?}")).collect();
            held.sort();
            (object, held)
        });
        held.into()
    };
    let whole = stood(&bridge);
    let (run, _) = bridge.undo(UndoScope::Everything).await;
    let plan = bridge.plan_undo(UndoScope::Run(run)).await;
    let mut left: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in bridge.rows(plan) {
        if row.action == "leave" {
            let reason = row.details["reason"].as_str().unwrap().to_owned();
            *left.entry((row.object, reason)).or_default() += 1;
        }
    }
    let gone = |object: &str, hubspots: &str| {
        let key = (object.to_owned(), "objectTypeRemoved".to_owned());
        (key, whole[hubspots].len())
    };
    let expected = BTreeMap::from([
        gone("subscriptions", "clearsync_subscription"),
        gone("events", "clearsync_event"),
    ]);
    assert_eq!(left, expected);
    let again = bridge.begin_run("undo");
    let undone = bridge.carry_out(&bridge.client(), plan, again).await;
    assert_eq!(undone.unwrap().failed, 0);
    let pushed = bridge.sync().await;
    assert_eq!(pushed.failed, 0, "{:?}", bridge.open_items());
    assert_eq!(stood(&bridge), whole);
    is_in_sync(&bridge, "an undo that was taken back").await;
}

/// With a held record its properties, pipeline, object type and links stay; released, it goes with all of them.
#[tokio::test(start_paused = true)]
async fn what_is_held_keeps_all_it_needs() {
    for (mode, tier, object) in [
        (WriteMode::Summary, Tier::Pro, "contacts"),
        (WriteMode::Deals, Tier::Pro, "deals"),
        (WriteMode::CustomObjects, Tier::Enterprise, "subscriptions"),
    ] {
        let bridge = lived_in(mode, tier).await;
        let before = text(&bridge);
        bridge.sync().await;
        let plan = bridge.plan_undo(UndoScope::Everything).await;
        let rows = bridge.rows(plan);
        let held = rows
            .iter()
            .find(|row| row.object == object && row.action == "archive");
        let held = held.unwrap_or_else(|| panic!("{mode:?}: {:?}", self::rows(&bridge, plan)));
        let (target, now) = (bridge.target, bridge.clock.now());
        let key = (object, held.subject.as_str());
        bridge
            .store()
            .write(|writer| writer.hold(target, Purpose::Undo, key, now))
            .unwrap();
        let id = held.details["record"].as_str().unwrap();
        let hubspots = match mode {
            WriteMode::CustomObjects => "clearsync_subscription",
            _ => object,
        };
        let stood = bridge.portal.records(hubspots).unwrap()[id].clone();
        let run = bridge.begin_run("undo");
        let undone = bridge.carry_out(&bridge.client(), plan, run).await.unwrap();
        assert_eq!((undone.left, undone.failed), (0, 0), "{mode:?}");
        assert_eq!(bridge.portal.records(hubspots).unwrap()[id], stood);
        is_in_sync_but_for_holds(&bridge, &format!("{mode:?}")).await;

        let (_, undone) = bridge.undo(UndoScope::Everything).await;
        assert_eq!((undone.left, undone.failed), (0, 0), "{mode:?}");
        same(&text(&bridge), &before, &format!("{mode:?}"));
    }
}

/// What was taken back waits for the user's word; what was held is in sync.
async fn is_in_sync_but_for_holds(bridge: &Bridge, case: &str) {
    let plan = bridge.plan().await;
    let pushed = bridge.push(plan).await.unwrap();
    assert_eq!(
        (pushed.created, pushed.updated, pushed.failed),
        (0, 0, 0),
        "{case}"
    );
}
