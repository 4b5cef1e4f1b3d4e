//! What is taken back, and what is left as it is.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_sandbox::{
    Clock as _,
    hubspot::{OwnWork, PortalShape},
};
use clearsync_store::{PlanFilter, PlanId, Purpose, RunId, Scope};
use clearsync_sync::{
    undo::{RUN_KIND, UndoScope, Undone},
    view::Choices,
};
use serde_json::Value;

use crate::{
    push_life::Life,
    push_world::{ALL, Bridge, Records, paying},
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
    let kept = without_companies(bridge.contacts());
    bridge.undo(UndoScope::Everything).await;
    assert_eq!(without_companies(bridge.contacts()), kept);
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

/// How many worlds are looked at.
fn worlds(usual: u64) -> u64 {
    let asked = std::env::var("CLEARSYNC_WORLDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A portal at a moment.
pub(crate) struct Then {
    pub(crate) snapshot: Value,
    own: OwnWork,
}

impl Then {
    pub(crate) fn of(bridge: &Bridge) -> Self {
        Self {
            snapshot: bridge.portal.snapshot(),
            own: bridge.portal.own_work(),
        }
    }

    /// What HubSpot made by itself since.
    pub(crate) fn made_since(&self, bridge: &Bridge) -> OwnWork {
        let now = bridge.portal.own_work();
        OwnWork {
            companies: &now.companies - &self.own.companies,
            links: &now.links - &self.own.links,
        }
    }

    /// The portal is byte for byte as it was then, but for what HubSpot made by itself, which is as HubSpot made it.
    pub(crate) fn stands_again(&self, bridge: &Bridge, case: &str) {
        let own = self.made_since(bridge);
        let mut now = bridge.portal.snapshot();
        let companies = now["objects"]["0-2"]["records"].as_object_mut().unwrap();
        for id in &own.companies {
            let company = companies.remove(id);
            let company =
                company.unwrap_or_else(|| panic!("{case}: HubSpot's company {id} is gone"));
            let values: Vec<&String> = company.as_object().unwrap().keys().collect();
            assert_eq!(values, ["domain", "name"], "{case}: HubSpot's company {id}");
        }
        let links = now["associations"].as_array_mut().unwrap();
        links.retain(|link| !own.links.contains(&pair(link)));
        let text = |snapshot| serde_json::to_string_pretty(snapshot).unwrap();
        same(&text(&now), &text(&self.snapshot), case);
    }
}

/// Ids of contacts and of the companies they are linked to.
pub(crate) fn pairs(associations: &Value) -> BTreeSet<(String, String)> {
    associations.as_array().unwrap().iter().map(pair).collect()
}

fn pair(link: &Value) -> (String, String) {
    let id = |end: &str| link[end]["id"].as_str().unwrap().to_owned();
    (id("from"), id("to"))
}

#[tokio::test(start_paused = true)]
async fn any_portal_comes_back_byte_for_byte() {
    let (mut written, mut hubspots) = (0, 0);
    for seed in 0..worlds(80) {
        let mut life = Life::new(seed);
        life.people_work();
        life.business_goes_on();
        life.time_passes();
        let before = Then::of(&life.bridge);
        // Where ClearSync makes none, HubSpot makes companies of the contacts, and ClearSync finds them later.
        let mut choices = Choices {
            create_companies: life.dice.one_in(2),
            ..ALL
        };
        let mut runs: Vec<(RunId, Then)> = Vec::new();
        for _ in 0..2 {
            let (run, pushed) = life.bridge.sync_in_run_with(choices).await;
            written += pushed.created + pushed.updated;
            choices = ALL;
            life.time_passes();
            runs.push((run, Then::of(&life.bridge)));
            life.business_goes_on();
        }
        hubspots += before.made_since(&life.bridge).companies.len();
        let (last, _) = runs.pop().unwrap();
        if life.dice.one_in(2) {
            life.bridge.undo(UndoScope::Run(last)).await;
            let (_, first) = runs.pop().unwrap();
            first.stands_again(&life.bridge, &format!("seed {seed}: the run"));
        }
        let undone = everything(&life.bridge).await;
        assert_eq!((undone.failed, undone.left), (0, 0), "seed {seed}");
        before.stands_again(&life.bridge, &format!("seed {seed}: everything"));
    }
    let worlds = worlds(80);
    assert!(u64::from(written) > 3 * worlds, "{written}");
    assert!(hubspots > 0, "HubSpot made no company");
}

impl Life {
    /// Lets a random part of what is to be taken back stay.
    fn hold_some(&mut self, plan: PlanId) {
        let rows = self.bridge.rows(plan);
        let held: Vec<i64> = rows
            .iter()
            .filter(|row| !["leave", "define_again"].contains(&row.action.as_str()))
            .filter(|_| self.dice.one_in(5))
            .map(|row| row.number)
            .collect();
        let filter = PlanFilter {
            numbers: Some(held),
            ..PlanFilter::default()
        };
        let now = self.bridge.clock.now();
        let store = self.bridge.store();
        store
            .write(|writer| writer.hold_rows(plan, &filter, now))
            .unwrap();
    }
}

/// The records that rows of a plan are about and that the user holds, as they stand.
fn held_records(bridge: &Bridge, plan: PlanId, holds: &BTreeSet<(String, String)>) -> Records {
    let (contacts, companies) = (bridge.contacts(), bridge.companies());
    let rows = bridge.rows(plan).into_iter();
    let held = rows.filter(|row| holds.contains(&(row.object.clone(), row.subject.clone())));
    let held = held.filter_map(|row| {
        let id = row.details["record"].as_str()?.to_owned();
        let all = match row.object.as_str() {
            "contacts" => &contacts,
            _ => &companies,
        };
        Some((format!("{} {id}", row.object), all.get(&id)?.clone()))
    });
    without_companies(held.collect())
}

/// Without what HubSpot says of the company that a contact is linked with.
fn without_companies(mut records: Records) -> Records {
    for values in records.values_mut() {
        values.remove("associatedcompanyid");
    }
    records
}

/// Whatever is held stays to the last value, with all that its values stand in, and a sync goes on with it; once it is
/// released, nothing of ClearSync's is left.
#[tokio::test(start_paused = true)]
async fn what_is_held_stays_whole_until_it_is_released() {
    let (mut held, mut kept_back) = (0, 0);
    for seed in 0..worlds(80) {
        let case = format!("seed {seed}");
        let mut life = Life::new(seed);
        life.people_work();
        life.business_goes_on();
        life.time_passes();
        let before = Then::of(&life.bridge);
        for _ in 0..2 {
            life.bridge.sync_in_run().await;
            life.time_passes();
            life.business_goes_on();
        }
        let plan = life.bridge.plan_undo(UndoScope::Everything).await;
        life.hold_some(plan);
        let holds = life
            .bridge
            .read(|view| view.holds(life.bridge.target, Purpose::Undo));
        let stood = held_records(&life.bridge, plan, &holds);
        let run = life.bridge.begin_run(RUN_KIND);
        let undone = life
            .bridge
            .carry_out(&life.bridge.client(), plan, run)
            .await;
        let undone = undone.unwrap();
        assert_eq!((undone.failed, undone.left), (0, 0), "{case}");
        let now = held_records(&life.bridge, plan, &holds);
        assert_eq!(now, stood, "{case}: what was held");
        held += stood.len() as u64;
        if !stood.is_empty() {
            let account = Scope::Account(life.bridge.target.account);
            let pushed: Option<Vec<i64>> = life
                .bridge
                .read(|view| view.setting(account, "pushed_portals"));
            assert_eq!(pushed.unwrap().len(), 1, "{case}: not given back yet");
            kept_back += 1;
        }
        if life.dice.one_in(2) {
            life.bridge.sync_in_run().await;
            life.time_passes();
        }
        let undone = everything(&life.bridge).await;
        assert_eq!((undone.failed, undone.left), (0, 0), "{case}");
        before.stands_again(&life.bridge, &format!("{case}: everything"));
    }
    println!("{held} records were held, in {kept_back} portals");
    let worlds = worlds(80);
    assert!(held > worlds / 2 && kept_back > worlds / 4, "{held}");
}

#[tokio::test(start_paused = true)]
async fn a_held_link_goes_with_a_record_that_goes() {
    let bridge = three();
    bridge.sync_in_run().await;
    let plan = bridge.plan_undo(UndoScope::Everything).await;
    let hold = |object: &str, subject: &str| {
        let (target, now) = (bridge.target, bridge.clock.now());
        bridge
            .store()
            .write(|writer| writer.hold(target, Purpose::Undo, (object, subject), now))
            .unwrap();
    };
    hold("contacts_companies", "cus_1 acme.com");
    hold("contacts_companies", "cus_2 beta.io");
    let run = bridge.begin_run(RUN_KIND);
    bridge.carry_out(&bridge.client(), plan, run).await.unwrap();
    // Ada and Acme were there before and stay, with their link; Bob and Beta were ClearSync's.
    assert_eq!(bridge.portal.associations().as_array().unwrap().len(), 1);
    assert_eq!((bridge.contacts().len(), bridge.companies().len()), (1, 1));
}
