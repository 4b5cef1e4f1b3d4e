use std::collections::BTreeMap;

use clearsync_store::{
    AccountProfile, CreatedRange, Feed, Figure, Grain, ImportCursor, Life, Link, Mode, Movement,
    NewJournalEntry, PlanRow, PlanState, Purpose, Rollup, Scope, Settled, StoreError,
    SubscriptionEvent, Target, WriteState, Written,
};
use serde_json::json;

use crate::stores::{add_account, at, customer, open, unlocked};

#[test]
fn accounts_are_told_apart_and_forgotten_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let test = add_account(&store);
    let profile = AccountProfile {
        name: Some("Acme".to_owned()),
        ..AccountProfile::default()
    };
    let live = store
        .write(|writer| writer.add_account(Some("acct_1"), Mode::Live, &profile, at(1)))
        .unwrap();
    let twice =
        store.write(|writer| writer.add_account(Some("acct_1"), Mode::Live, &profile, at(1)));
    assert!(matches!(twice, Err(StoreError::Failed(_))));

    let target = Target {
        account: test,
        portal: 7,
    };
    store
        .write(|writer| {
            for account in [test, live] {
                let fetched = store.begin_fetch(at(5));
                writer.put_objects(account, fetched, "v", [customer("cus_1", "{}")])?;
                writer.set_setting(Scope::Account(account), "policy", &"clearsync")?;
                writer.see_event(account, "evt_1", 5)?;
            }
            let run = writer.begin_run(test, "push", at(1))?;
            let plan = writer.add_plan(
                (target, Purpose::Sync),
                1,
                at(1),
                &json!({}),
                &[plan_row("update")],
            )?;
            writer.note_write(target, &entry(Some(run), Some((plan, 0)), "key"), at(1))?;
            writer.forget_account(test)
        })
        .unwrap();
    store.check().unwrap();
    store
        .read(|view| {
            assert!(matches!(
                view.account(test),
                Err(StoreError::Missing { .. })
            ));
            assert!(view.object_counts(test)?.is_empty());
            assert_eq!(
                view.setting::<String>(Scope::Account(test), "policy")?,
                None
            );
            assert!(!view.event_seen(test, "evt_1")?);
            assert!(view.open_journal(target)?.is_empty());
            assert_eq!(view.object_counts(live)?, [("customer".to_owned(), 1)]);
            assert!(view.event_seen(live, "evt_1")?);
            assert_eq!(view.accounts()?.len(), 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert!(add_account(&store) > live, "numbers are not used again");
}

#[test]
fn what_is_learnt_later_never_renames_an_account() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let profile = AccountProfile::default();
    let account = store
        .write(|writer| {
            let account = writer.add_account(None, Mode::Test, &profile, at(0))?;
            writer.update_account(account, Some("acct_1"), &profile)?;
            writer.update_account(account, Some("acct_2"), &profile)?;
            Ok::<_, StoreError>(account)
        })
        .unwrap();
    let kept = store.read(|view| view.account(account)).unwrap();
    assert_eq!(kept.stripe_account.as_deref(), Some("acct_1"));
}

#[test]
fn cursors_feed_and_settings_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let cursors = [
        ImportCursor {
            list: "customers".to_owned(),
            shard: 0,
            range: Some(CreatedRange {
                from_s: None,
                before_s: Some(100),
            }),
            after_id: None,
            read_count: 0,
            done: false,
        },
        ImportCursor {
            list: "payment_methods".to_owned(),
            shard: 0,
            range: None,
            after_id: Some("pm_1".to_owned()),
            read_count: 100,
            done: true,
        },
    ];
    let feed = Feed {
        cursor_s: 50,
        import_started: at(60),
        import_done: None,
        read_at: Some(at(70)),
    };
    store
        .write(|writer| {
            for cursor in &cursors {
                writer.set_import_cursor(account, cursor)?;
            }
            writer.set_feed(account, &feed)?;
            writer.see_event(account, "evt_old", 10)?;
            writer.see_event(account, "evt_new", 20)?;
            writer.see_event(account, "evt_new", 20)?;
            writer.forget_events_before(account, 20)?;
            writer.set_setting(Scope::App, "interval_s", &300)
        })
        .unwrap();
    store
        .read(|view| {
            assert_eq!(view.import_cursors(account)?, cursors);
            assert_eq!(view.feed(account)?, Some(feed));
            assert!(!view.event_seen(account, "evt_old")?);
            assert!(view.event_seen(account, "evt_new")?);
            assert_eq!(view.setting::<u64>(Scope::App, "interval_s")?, Some(300));
            assert!(matches!(
                view.setting::<String>(Scope::App, "interval_s"),
                Err(StoreError::Unreadable(_))
            ));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn figures_and_roll_ups_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let figure = Figure {
        subscription: "sub_1".to_owned(),
        customer: "cus_1".to_owned(),
        currency: "usd".to_owned(),
        exact: "10000/3".to_owned(),
        rounded_minor: 3_333,
        status: "active".to_owned(),
        explanation: json!({"factor": "1/3"}),
        notes: json!([]),
        facts: json!({"quantity": 3}),
        revision: 1,
        due_at: Some(at(100)),
    };
    let rollup = Rollup {
        grain: Grain::Customer,
        id: "cus_1".to_owned(),
        company: Some("acme.com".to_owned()),
        facts: json!({"mrr": {"usd": 3333}}),
        revision: 1,
    };
    store
        .write(|writer| {
            writer.put_figure(account, &figure)?;
            writer.put_rollup(account, &rollup)
        })
        .unwrap();
    store
        .read(|view| {
            assert_eq!(
                view.figures_of_customer(account, "cus_1")?,
                std::slice::from_ref(&figure)
            );
            assert_eq!(view.figure(account, "sub_1")?, Some(figure));
            assert!(view.customers_due(account, at(99))?.is_empty());
            assert_eq!(view.customers_due(account, at(100))?, ["cus_1"]);
            assert_eq!(view.customers_of_company(account, "acme.com")?, [rollup]);
            assert!(view.rollups(account, Grain::Company)?.is_empty());
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn portals_do_not_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let (one, other) = (Target { account, portal: 1 }, Target { account, portal: 2 });
    let link = Link {
        object: "contacts".to_owned(),
        subject: "cus_1".to_owned(),
        record: "501".to_owned(),
        decided_by: "email".to_owned(),
        decided_at: at(1),
    };
    let written = Written {
        object: "contacts".to_owned(),
        subject: "cus_1".to_owned(),
        properties: BTreeMap::from([("clearsync_mrr".to_owned(), "33.33".to_owned())]),
        written_at: at(2),
    };
    store
        .write(|writer| {
            writer.put_link(one, &link)?;
            writer.put_written(one, &written)
        })
        .unwrap();
    store
        .read(|view| {
            assert_eq!(view.links_to_record(one, "contacts", "501")?, [link]);
            assert_eq!(view.all_written(one, "contacts")?, [written]);
            assert_eq!(view.link(other, "contacts", "cus_1")?, None);
            assert_eq!(view.written(other, "contacts", "cus_1")?, None);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_new_plan_takes_the_place_of_the_shown_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let target = Target {
        account: add_account(&store),
        portal: 1,
    };
    let (old, new) = store
        .write(|writer| {
            let old = writer.add_plan(
                (target, Purpose::Sync),
                1,
                at(1),
                &json!({}),
                &[plan_row("create")],
            )?;
            let rows = [plan_row("create"), plan_row("update"), plan_row("create")];
            Ok::<_, StoreError>((
                old,
                writer.add_plan(
                    (target, Purpose::Sync),
                    2,
                    at(2),
                    &json!({"create": 2}),
                    &rows,
                )?,
            ))
        })
        .unwrap();
    store
        .read(|view| {
            assert_eq!(view.plan(old)?.unwrap().state, PlanState::Dropped);
            assert_eq!(view.current_plan(target, Purpose::Sync)?.unwrap().id, new);
            let numbers = |action, from| {
                let rows = view.plan_rows(new, action, from, 10)?;
                Ok::<_, StoreError>(rows.iter().map(|row| row.number).collect::<Vec<_>>())
            };
            assert_eq!(numbers(None, 0)?, [0, 1, 2]);
            assert_eq!(numbers(Some("create"), 1)?, [2]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    store
        .write(|writer| {
            writer.set_plan_state(new, PlanState::Done)?;
            writer.forget_dropped_plans(target.account)
        })
        .unwrap();
    store
        .read(|view| {
            assert_eq!(view.plan(old)?, None);
            assert!(view.plan_rows(old, None, 0, 10)?.is_empty());
            assert_eq!(view.current_plan(target, Purpose::Sync)?, None);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_write_is_noted_once_and_settled_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let target = Target {
        account: add_account(&store),
        portal: 1,
    };
    let id = store
        .write(|writer| {
            let run = writer.begin_run(target.account, "push", at(1))?;
            let id = writer.note_write(target, &entry(Some(run), None, "key-1"), at(1))?;
            assert_eq!(
                writer.note_write(target, &entry(Some(run), None, "key-1"), at(9))?,
                id
            );
            writer.mark_sent(id)?;
            Ok::<_, StoreError>(id)
        })
        .unwrap();
    let open_now = store.read(|view| view.open_journal(target)).unwrap();
    assert_eq!(open_now.len(), 1);
    assert_eq!(
        (open_now[0].state, open_now[0].noted_at),
        (WriteState::Sent, at(1))
    );
    store
        .write(|writer| {
            writer.settle_write(id, Settled::Done, &json!({"record": "501"}), at(2))?;
            writer.settle_write(id, Settled::Failed, &json!({}), at(3))?;
            assert!(
                writer.mark_sent(id).is_err(),
                "a settled write is never sent again"
            );
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let kept = store
        .read(|view| view.journal_of_subject(target, "contacts", "cus_1"))
        .unwrap();
    assert_eq!(kept[0].state, WriteState::Done);
    assert_eq!(kept[0].receipt, Some(json!({"record": "501"})));
    assert!(
        store
            .read(|view| view.open_journal(target))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn runs_that_were_cut_off_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    store
        .write(|writer| {
            let done = writer.begin_run(account, "import", at(1))?;
            writer.end_run(done, "done", &json!({"read": 3}), at(2))?;
            writer.begin_run(account, "sync", at(3))?;
            assert_eq!(writer.close_cut_off_runs("cut_off")?, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let runs = store.read(|view| view.runs(account, 10)).unwrap();
    let told: Vec<_> = runs
        .iter()
        .map(|run| (run.kind.as_str(), run.outcome.as_deref()))
        .collect();
    assert_eq!(told, [("sync", Some("cut_off")), ("import", Some("done"))]);
    let last = store
        .read(|view| view.last_run(account, "import", "done"))
        .unwrap();
    assert_eq!(last.unwrap().counts, json!({"read": 3}));
}

#[test]
fn attention_closes_what_is_no_longer_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let set = |area: &str, open: &[(&str, serde_json::Value)], now| {
        store
            .write(|writer| writer.set_attention(account, area, "sub_1", open, at(now)))
            .unwrap();
    };
    set(
        "derive",
        &[
            ("tiers_missing", json!({"price": "a"})),
            ("unknown_status", json!({})),
        ],
        1,
    );
    set("match", &[("no_email", json!({}))], 1);
    set("derive", &[("tiers_missing", json!({"price": "b"}))], 2);
    let open_now = store.read(|view| view.attention(account)).unwrap();
    let told: Vec<_> = open_now
        .iter()
        .map(|item| (item.code.as_str(), &item.params, item.since))
        .collect();
    assert_eq!(
        told,
        [
            ("tiers_missing", &json!({"price": "b"}), at(1)),
            ("no_email", &json!({}), at(1))
        ]
    );
    set("derive", &[], 3);
    set("match", &[], 3);
    assert!(
        store
            .read(|view| view.attention(account))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn an_event_of_a_subscription_is_kept_once_and_names_its_customer() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let event = |id: &str, created_s| SubscriptionEvent {
        id: id.to_owned(),
        subscription: "sub_1".to_owned(),
        customer: "cus_1".to_owned(),
        created_s,
        json: format!("{{\"id\":\"{id}\"}}"),
    };
    let keep = |events: &[SubscriptionEvent], second| {
        let fetched = store.begin_fetch(at(second));
        store
            .write(|writer| writer.keep_subscription_events(account, fetched, events))
            .unwrap()
    };
    assert_eq!(keep(&[event("evt_2", 20), event("evt_1", 10)], 30), 2);
    let revision = store.read(|view| view.account(account)).unwrap().revision;
    assert_eq!(keep(&[event("evt_2", 20)], 40), 0);
    store
        .read(|view| {
            let ids: Vec<_> = view
                .subscription_events(account, "cus_1")?
                .into_iter()
                .map(|event| event.id)
                .collect();
            assert_eq!(ids, ["evt_1", "evt_2"]);
            assert_eq!(view.customers_with_events(account, 0)?, ["cus_1"]);
            assert!(view.customers_with_events(account, revision)?.is_empty());
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn lives_and_movements_take_the_place_of_those_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let life = |subscription: &str| Life {
        subscription: subscription.to_owned(),
        customer: "cus_1".to_owned(),
        currency: "usd".to_owned(),
        steps: "[]".to_owned(),
        present: "{}".to_owned(),
    };
    let movement = |number: u32, second| Movement {
        owner: "cus_1".to_owned(),
        number,
        subscription: "sub_1".to_owned(),
        customer: "cus_1".to_owned(),
        at: at(second),
        kind: "new".to_owned(),
        change_type: "plan".to_owned(),
        currency: "usd".to_owned(),
        before: "0".to_owned(),
        after: "10000/3".to_owned(),
        change: "10000/3".to_owned(),
        effective: Some(at(99)),
        origin: "invoice".to_owned(),
        origin_id: Some("in_1".to_owned()),
        exact: false,
        sides: json!({ "before": null }),
    };
    let (first, second) = (movement(0, 10), movement(1, 20));
    store
        .write(|writer| {
            writer.put_lives(account, "cus_1", &[life("sub_1"), life("sub_2")])?;
            writer.put_movements(account, "cus_1", &[first.clone(), second])?;
            writer.put_lives(account, "cus_1", &[life("sub_2")])?;
            writer.put_movements(account, "cus_1", std::slice::from_ref(&first))
        })
        .unwrap();
    store
        .read(|view| {
            assert_eq!(view.life(account, "sub_1")?, None);
            let mut lives = Vec::new();
            view.each_life(account, |life| {
                lives.push(life.subscription);
                Ok::<_, StoreError>(())
            })?;
            assert_eq!(lives, ["sub_2"]);
            assert_eq!(view.movements(account)?, std::slice::from_ref(&first));
            assert_eq!(view.movements_of_subscription(account, "sub_1")?, [first]);
            assert!(view.movements_of_subscription(account, "sub_2")?.is_empty());
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn an_object_says_since_when_it_is_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let changed_at = |json: &str, second| {
        let fetched = store.begin_fetch(at(second));
        store
            .write(|writer| writer.put_objects(account, fetched, "v", [customer("cus_1", json)]))
            .unwrap();
        let object = store.read(|view| view.object(account, "customer", "cus_1"));
        object.unwrap().unwrap().changed_at
    };
    let first = changed_at("{}", 10);
    assert!(first >= at(10));
    assert_eq!(changed_at("{}", 2_000_000_000), first);
    let alone = changed_at("{\n  \"name\": 1\n}", 2_000_000_010);
    assert!(alone >= at(2_000_000_010));
    let in_a_list = "{\n      \"name\": 1\n    }";
    assert_eq!(changed_at(in_a_list, 2_000_000_020), alone);
    let otherwise = "{\n      \"name\": 2\n    }";
    assert!(changed_at(otherwise, 2_000_000_030) >= at(2_000_000_030));
}

/// Another version of zstd may pack the same text into other bytes, which does not make it another.
#[test]
fn how_an_object_was_packed_is_not_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let store = open(&path);
    let account = add_account(&store);
    let put = |second| {
        let fetched = store.begin_fetch(at(second));
        let object = [customer("cus_1", "{\"name\":\"Ada\"}")];
        store
            .write(|writer| writer.put_objects(account, fetched, "v", object))
            .unwrap()
    };
    let kept = || {
        let object = store.read(|view| view.object(account, "customer", "cus_1"));
        let object = object.unwrap().unwrap();
        (object.changed_at, object.revision, object.json)
    };
    put(10);
    let before = kept();
    let otherwise = zstd::bulk::compress(before.2.as_bytes(), 19).unwrap();
    let changed = unlocked(&path).execute("UPDATE object SET json = ?1", [otherwise]);
    assert_eq!(changed.unwrap(), 1);
    assert_eq!(put(20).unchanged, 1);
    assert_eq!(kept(), before);
}

fn plan_row(action: &str) -> PlanRow {
    PlanRow {
        number: -1,
        object: "contacts".to_owned(),
        subject: "cus_1".to_owned(),
        action: action.to_owned(),
        label: "jane@acme.com".to_owned(),
        details: json!({"mrr": [null, "33.33"]}),
    }
}

fn entry(
    run: Option<clearsync_store::RunId>,
    plan_row: Option<(clearsync_store::PlanId, i64)>,
    write_key: &str,
) -> NewJournalEntry {
    NewJournalEntry {
        run,
        plan_row,
        action: "update".to_owned(),
        object: "contacts".to_owned(),
        subject: "cus_1".to_owned(),
        before: json!({"clearsync_mrr": null}),
        after: json!({"clearsync_mrr": "33.33"}),
        write_key: write_key.to_owned(),
    }
}
