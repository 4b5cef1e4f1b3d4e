//! What is taken back, and what is left as it is.

use std::collections::BTreeMap;

use clearsync_sandbox::hubspot::PortalShape;
use clearsync_store::{PlanId, Purpose, RunId};
use clearsync_sync::undo::{UndoScope, Undone};

use crate::{
    push_life::Life,
    push_world::{Bridge, paying},
};

/// The portal as one text, a line each, so that a difference can be read.
fn snapshot(bridge: &Bridge) -> String {
    serde_json::to_string_pretty(&bridge.portal.snapshot()).unwrap()
}

/// Shows the lines around the first difference.
pub(crate) fn same(left: &str, right: &str, case: &str) {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let differs = (0..left.len().max(right.len())).find(|line| left.get(*line) != right.get(*line));
    if let Some(line) = differs {
        let around = |lines: &[&str]| {
            let range = line.saturating_sub(12)..(line + 24).min(lines.len());
            lines[range].join("\n")
        };
        panic!(
            "{case}, line {line}:\n{}\nwanted:\n{}",
            around(&left),
            around(&right)
        );
    }
}

fn undone_rows(bridge: &Bridge, plan: PlanId) -> BTreeMap<String, String> {
    let rows = bridge.rows(plan).into_iter().map(|row| {
        let reason = row.details["reason"].as_str().unwrap_or_default();
        let done = format!("{} {reason}", row.action);
        (
            format!("{} {}", row.object, row.subject),
            done.trim().to_owned(),
        )
    });
    rows.collect()
}

fn three() -> Bridge {
    let bridge = Bridge::new(PortalShape::default());
    bridge
        .portal
        .seed(
            "contacts",
            &[("email", "ada@acme.com"), ("firstname", "Kept")],
        )
        .unwrap();
    bridge
        .portal
        .seed("companies", &[("domain", "acme.com"), ("name", "Kept")])
        .unwrap();
    bridge.customers(&[
        paying("cus_1", "ada@acme.com", "usd", 4_900),
        paying("cus_2", "bob@beta.io", "usd", 1_000),
        paying("cus_3", "cat@gmail.com", "usd", 500),
    ]);
    bridge
}

#[tokio::test(start_paused = true)]
async fn everything_is_taken_back_and_comes_again() {
    let bridge = three();
    let before = snapshot(&bridge);
    let (_, pushed) = bridge.sync_in_run().await;
    assert_eq!(
        (pushed.created, pushed.updated, pushed.associated),
        (3, 2, 2)
    );
    let after = (bridge.contacts().len(), bridge.companies().len());

    let (run, undone) = bridge.undo(UndoScope::Everything).await;
    assert_eq!(
        (
            undone.put_back,
            undone.archived,
            undone.links,
            undone.failed
        ),
        (2, 3, 2, 0)
    );
    same(&snapshot(&bridge), &before, "as it was");

    // Taking that back brings everything again, and a sync finds nothing to do.
    let (_, again) = bridge.undo(UndoScope::Run(run)).await;
    assert_eq!((again.put_back, again.made_again, again.links), (2, 3, 2));
    assert_eq!((bridge.contacts().len(), bridge.companies().len()), after);
    assert_eq!(bridge.portal.associations().as_array().unwrap().len(), 2);
    let plan = bridge.plan().await;
    let actions = bridge.actions(plan);
    assert!(
        actions
            .keys()
            .all(|action| action == "unchanged" || action == "skip"),
        "{actions:?} {:#?}",
        bridge.rows(plan)
    );

    // And a second time there and back.
    bridge.undo(UndoScope::Everything).await;
    same(&snapshot(&bridge), &before, "again");
    let plan = bridge.plan_undo(UndoScope::Everything).await;
    assert_eq!(undone_rows(&bridge, plan), BTreeMap::new());
}

#[tokio::test(start_paused = true)]
async fn a_run_is_taken_back_alone() {
    let bridge = three();
    bridge.sync_in_run().await;
    let first = snapshot(&bridge);
    bridge.clock.jump(jiff::SignedDuration::from_mins(1));
    bridge.customers(&[
        paying("cus_1", "ada@acme.com", "usd", 5_900),
        paying("cus_4", "dan@delta.de", "usd", 700),
    ]);
    let (second, _) = bridge.sync_in_run().await;
    assert_ne!(snapshot(&bridge), first);
    let (_, undone) = bridge.undo(UndoScope::Run(second)).await;
    assert_eq!((undone.put_back, undone.archived, undone.failed), (2, 2, 0));
    same(&snapshot(&bridge), &first, "the first run");

    // What was taken back waits for the user's word.
    let plan = bridge.plan().await;
    let held = bridge.read(|view| view.holds(bridge.target, Purpose::Sync));
    assert_eq!(held.len(), 5, "{held:?}");
    bridge.push(plan).await.unwrap();
    same(&snapshot(&bridge), &first, "the first run");
}

#[tokio::test(start_paused = true)]
async fn a_record_is_taken_back_alone() {
    let bridge = three();
    bridge.sync_in_run().await;
    let scope = UndoScope::Record {
        object: "contacts".to_owned(),
        subject: "cus_2".to_owned(),
    };
    let plan = bridge.plan_undo(scope.clone()).await;
    let expected = [
        ("contacts cus_2", "archive"),
        ("contacts_companies cus_2 beta.io", "unlink"),
    ];
    let expected = expected.map(|(name, done)| (name.to_owned(), done.to_owned()));
    assert_eq!(undone_rows(&bridge, plan), BTreeMap::from(expected));
    bridge.undo(scope).await;
    assert_eq!(bridge.contacts().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_others_changed_is_left_and_named() {
    let bridge = three();
    bridge.sync_in_run().await;
    let id = |email: &str| {
        let contacts = bridge.contacts();
        let found = contacts
            .into_iter()
            .find(|(_, values)| values["email"] == email);
        found.unwrap().0
    };
    let portal = &bridge.portal;
    portal
        .edit("contacts", &id("ada@acme.com"), &[("clearsync_mrr", "1")])
        .unwrap();
    portal
        .edit("contacts", &id("bob@beta.io"), &[("phone", "+1 555")])
        .unwrap();
    portal.delete("contacts", &id("cat@gmail.com")).unwrap();
    let plan = bridge.plan_undo(UndoScope::Everything).await;
    let rows = undone_rows(&bridge, plan);
    assert_eq!(rows["contacts cus_1"], "leave changedByOthers");
    assert_eq!(rows["contacts cus_2"], "leave changedByOthers");
    assert_eq!(rows["contacts cus_3"], "leave deleted");
    assert_eq!(rows["properties contacts.clearsync_mrr"], "leave stillUsed");
    assert_eq!(rows["properties companies.clearsync_mrr"], "remove");
    assert_eq!(rows["groups contacts.clearsync"], "leave stillUsed");
    let kept = bridge.contacts();
    bridge.undo(UndoScope::Everything).await;
    assert_eq!(bridge.contacts(), kept);
    assert_eq!(bridge.companies().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_others_change_meanwhile_is_left_too() {
    let bridge = three();
    bridge.sync_in_run().await;
    let plan = bridge.plan_undo(UndoScope::Everything).await;
    let contacts = bridge.contacts();
    for (id, values) in &contacts {
        if values["email"] != "cat@gmail.com" {
            let own = [("clearsync_mrr", "7")];
            bridge.portal.edit("contacts", id, &own).unwrap();
        }
    }
    let run = bridge.begin_run("undo");
    let undone = bridge.carry_out(&bridge.client(), plan, run).await.unwrap();
    assert_eq!((undone.left, undone.archived, undone.put_back), (2, 2, 1));
    assert_eq!(bridge.contacts().len(), 2);
    assert!(
        bridge
            .contacts()
            .values()
            .all(|values| values["clearsync_mrr"] == "7")
    );
}

/// Takes back in a process that may die, and is started again until it ends.
async fn everything(bridge: &Bridge) -> Undone {
    bridge.undo(UndoScope::Everything).await.1
}

#[tokio::test(start_paused = true)]
async fn any_portal_comes_back_byte_for_byte() {
    let worlds = std::env::var("CLEARSYNC_WORLDS").ok();
    let worlds: u64 = worlds.and_then(|text| text.parse().ok()).unwrap_or(60);
    let mut written = 0;
    for seed in 0..worlds {
        let mut life = Life::new(seed);
        // What HubSpot makes by itself is not ClearSync's to take back.
        let portal = &life.bridge.portal;
        portal.reshape(|shape| shape.auto_create_companies = false);
        life.people_work();
        life.business_goes_on();
        life.time_passes();
        let before = snapshot(&life.bridge);
        let mut runs: Vec<(RunId, String)> = Vec::new();
        for _ in 0..2 {
            let (run, pushed) = life.bridge.sync_in_run().await;
            written += pushed.created + pushed.updated;
            life.time_passes();
            runs.push((run, snapshot(&life.bridge)));
            life.business_goes_on();
        }
        let (last, _) = runs.pop().unwrap();
        if life.dice.one_in(2) {
            life.bridge.undo(UndoScope::Run(last)).await;
            let (_, first) = runs.pop().unwrap();
            same(
                &snapshot(&life.bridge),
                &first,
                &format!("seed {seed}: the run"),
            );
        }
        let undone = everything(&life.bridge).await;
        assert_eq!((undone.failed, undone.left), (0, 0), "seed {seed}");
        same(
            &snapshot(&life.bridge),
            &before,
            &format!("seed {seed}: everything"),
        );
    }
    assert!(written > 200, "{written}");
}
