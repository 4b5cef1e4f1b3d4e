//! The user's word: what waits for it, what it decides, and what may be written without it.

use std::collections::BTreeMap;

use clearsync_sandbox::hubspot::PortalShape;
use clearsync_store::{Decision, Purpose, StoreError, Verdict};
use clearsync_sync::{
    plan::Guard,
    view::{NeedsApproval, Ownership},
};
use jiff::SignedDuration;
use serde_json::json;

use crate::push_world::{Bridge, customer, paying};

fn actions(pairs: &[(&str, usize)]) -> BTreeMap<String, usize> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

impl Bridge {
    fn hold(&self, object: &str, subject: &str) {
        let (target, now) = (self.target, jiff::Timestamp::UNIX_EPOCH);
        self.store()
            .write(|writer| writer.hold(target, Purpose::Sync, (object, subject), now))
            .unwrap();
    }

    fn release(&self) {
        let target = self.target;
        self.store()
            .write(|writer| writer.release_all(target, Purpose::Sync))
            .unwrap();
    }

    fn guard(&self, change: impl FnOnce(&mut Guard)) {
        let account = self.target.account;
        self.store()
            .write::<_, StoreError>(|writer| {
                let mut guard = Guard::load(writer, account)?;
                change(&mut guard);
                guard.keep(writer, account)
            })
            .unwrap();
    }

    fn decide(&self, object: &str, subject: &str, verdict: Verdict) {
        let decision = Decision {
            object: object.to_owned(),
            subject: subject.to_owned(),
            verdict,
            record: None,
            label: subject.to_owned(),
            decided_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let target = self.target;
        self.store()
            .write(|writer| writer.put_decision(target, &decision))
            .unwrap();
    }

    fn needs_approval(&self, plan: clearsync_store::PlanId) -> Option<NeedsApproval> {
        let plan = self.read(|view| view.plan(plan)).unwrap();
        serde_json::from_value(plan.counts["needs_approval"].clone()).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn rows_without_the_users_word_stay_and_so_do_their_links() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[
        customer("cus_1", "ada@acme.com"),
        customer("cus_2", "bob@beta.io"),
        customer("cus_3", "cat@beta.io"),
    ]);
    let plan = bridge.plan().await;
    bridge.hold("contacts", "cus_2");
    bridge.hold("companies", "acme.com");
    let pushed = bridge.push(plan).await.unwrap();
    // Two contacts and a company; of three links the one between those that are there.
    assert_eq!((pushed.created, pushed.associated), (3, 1));
    let mails: Vec<String> = bridge
        .contacts()
        .into_values()
        .map(|one| one["email"].clone())
        .collect();
    assert_eq!(mails, ["ada@acme.com", "cat@beta.io"]);

    // The next plans say the same, and nothing else is pushed however often.
    for _ in 0..2 {
        let plan = bridge.plan().await;
        assert_eq!(
            bridge.actions(plan),
            actions(&[("create", 2), ("associate", 2), ("unchanged", 3)])
        );
        let pushed = bridge.push(plan).await.unwrap();
        assert_eq!((pushed.created, pushed.associated), (0, 0));
    }
    bridge.release();
    let pushed = bridge.sync().await;
    assert_eq!((pushed.created, pushed.associated), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn the_first_push_and_a_broad_one_wait() {
    let bridge = Bridge::new(PortalShape::default());
    let all = |mrr_minor| -> Vec<_> {
        (0..60)
            .map(|n| {
                paying(
                    &format!("cus_{n:02}"),
                    &format!("c{n}@gmail.com"),
                    "usd",
                    mrr_minor,
                )
            })
            .collect()
    };
    bridge.customers(&all(100));
    let plan = bridge.plan().await;
    let first = Some(NeedsApproval::FirstPush);
    assert_eq!(bridge.needs_approval(plan), first);
    bridge.push(plan).await.unwrap();
    let mut some = all(100);
    some.truncate(12);
    for customer in &mut some {
        customer["sums"][0]["mrr_minor"] = json!(200);
    }
    bridge.customers(&some);
    let needs = async || bridge.needs_approval(bridge.plan().await);
    assert_eq!(needs().await, None, "12 of 60 are a fifth");
    bridge.customers(&all(300));
    let many = Some(NeedsApproval::ManyRecords);
    assert_eq!(needs().await, many, "all 60");
    for n in 0..10 {
        bridge.hold("contacts", &format!("cus_{n:02}"));
    }
    bridge.customers(&all(301));
    assert_eq!(needs().await, None, "50 of 60 would be pushed");
    bridge.guard(|guard| guard.unasked_records = 10);
    bridge.customers(&all(302));
    assert_eq!(needs().await, many, "asked for more than 10");
}

#[tokio::test(start_paused = true)]
async fn the_guard_keeps_what_is_not_clearsyncs() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[paying("cus_1", "ada@gmail.com", "usd", 4_900)]);
    bridge.guard(|guard| {
        guard.set("contacts", "clearsync_arr", Ownership::Never);
        guard.set("contacts", "clearsync_status", Ownership::FillIfEmpty);
        guard.set("contacts", "firstname", Ownership::Never);
    });
    bridge.sync().await;
    let contact = |bridge: &Bridge| bridge.contacts().into_iter().next().unwrap();
    let (id, values) = contact(&bridge);
    assert_eq!(values["clearsync_mrr"], "49.00");
    assert_eq!(values["clearsync_status"], "active");
    assert!(!values.contains_key("clearsync_arr") && !values.contains_key("firstname"));

    let own = [("clearsync_status", "other"), ("clearsync_arr", "7")];
    bridge.portal.edit("contacts", &id, &own).unwrap();
    let mut later = paying("cus_1", "ada@gmail.com", "usd", 5_900);
    later["status"] = json!("past_due");
    bridge.customers(&[later]);
    bridge.sync().await;
    let (_, values) = contact(&bridge);
    assert_eq!(values["clearsync_mrr"], "59.00");
    assert_eq!(
        (&*values["clearsync_status"], &*values["clearsync_arr"]),
        ("other", "7")
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_is_tried_again_on_change_and_once_a_day() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[paying("cus_1", "ada@gmail.com", "usd", 4_900)]);
    bridge.portal.require("contacts", "phone", None).unwrap();
    assert_eq!(bridge.sync().await.failed, 1);
    let skipped = actions(&[("skip", 2)]);
    let tried = actions(&[("create", 1), ("skip", 1)]);
    let plan = async || bridge.actions(bridge.plan().await);
    bridge.clock.jump(SignedDuration::from_mins(1));
    assert_eq!(plan().await, skipped, "not again at once");

    bridge.customers(&[paying("cus_1", "ada@gmail.com", "usd", 5_900)]);
    assert_eq!(plan().await, tried, "other values");
    bridge.customers(&[paying("cus_1", "ada@gmail.com", "usd", 4_900)]);
    assert_eq!(plan().await, skipped);

    bridge.clock.jump(SignedDuration::from_hours(24));
    assert_eq!(plan().await, tried, "a day later");
    assert_eq!(bridge.sync().await.failed, 1);
    assert_eq!(plan().await, skipped);
    bridge.portal.require_nothing();
    bridge.clock.jump(SignedDuration::from_hours(25));
    assert_eq!(bridge.sync().await.created, 1);
    assert_eq!(bridge.open_items(), [].into());
}

#[tokio::test(start_paused = true)]
async fn decisions_are_followed_until_they_are_taken_back() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[
        customer("cus_1", "dan@several.com"),
        json!({ "id": "cus_2", "name": "No Mail" }),
        customer("cus_3", "eve@gmail.com"),
    ]);
    for _ in 0..2 {
        bridge
            .portal
            .seed("companies", &[("domain", "several.com")])
            .unwrap();
    }
    let row = |plan, object: &str, subject: &str| {
        let rows = bridge.rows(plan).into_iter();
        let found = rows.filter(|row| row.object == object && row.subject == subject);
        found.map(|row| row.action).next().unwrap()
    };
    let plan = bridge.plan().await;
    assert_eq!(row(plan, "companies", "several.com"), "skip");
    assert_eq!(row(plan, "contacts", "cus_2"), "skip");
    bridge.decide("companies", "several.com", Verdict::Create);
    bridge.decide("contacts", "cus_2", Verdict::Create);
    bridge.decide("contacts", "cus_3", Verdict::LeaveOut);
    let plan = bridge.plan().await;
    assert_eq!(row(plan, "companies", "several.com"), "create");
    assert_eq!(row(plan, "contacts", "cus_2"), "create");
    assert_eq!(row(plan, "contacts", "cus_3"), "skip");
    let pushed = bridge.push(plan).await.unwrap();
    assert_eq!((pushed.created, pushed.failed), (3, 0));
    assert_eq!(bridge.companies().len(), 3, "beside the two");
    let plan = bridge.plan().await;
    assert_eq!(
        bridge.actions(plan),
        actions(&[("skip", 2), ("unchanged", 3)])
    );

    let target = bridge.target;
    bridge
        .store()
        .write(|writer| writer.remove_decision(target, "contacts", "cus_3"))
        .unwrap();
    assert_eq!(row(bridge.plan().await, "contacts", "cus_3"), "create");
}
