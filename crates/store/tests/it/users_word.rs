//! What the user said, and what was seen in the portal, kept across plans and processes.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_store::{
    Decision, Drift, DriftFinding, JournalFilter, NewJournalEntry, PlanFilter, PlanRow, Purpose,
    Store, StoreError, Target, Verdict, WriteState,
};
use serde_json::json;

use crate::stores::{add_account, at, open};

fn target(store: &Store) -> Target {
    Target {
        account: add_account(store),
        portal: 1,
    }
}

fn row(subject: &str, action: &str) -> PlanRow {
    PlanRow {
        number: -1,
        object: "contacts".to_owned(),
        subject: subject.to_owned(),
        action: action.to_owned(),
        label: format!("{subject}@acme.com"),
        details: json!({ "changes": [{ "property": "mrr", "before": null, "after": "1" }] }),
    }
}

#[test]
fn held_rows_stay_held_across_plans_of_their_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let target = target(&store);
    let rows = [
        row("a", "update"),
        row("b", "create"),
        row("c", "unchanged"),
    ];
    let plan = |purpose| {
        store
            .write(|writer| writer.add_plan((target, purpose), 1, at(1), &json!({}), &rows))
            .unwrap()
    };
    let first = plan(Purpose::Sync);
    let writing = PlanFilter {
        without: vec!["unchanged".to_owned()],
        ..PlanFilter::default()
    };
    let count = |plan, held| {
        let filter = PlanFilter {
            held: Some(held),
            ..writing.clone()
        };
        store
            .read(|view| view.count_plan_rows(plan, &filter))
            .unwrap()
    };
    store
        .write(|writer| writer.hold_rows(first, &writing, at(2)))
        .unwrap();
    assert_eq!((count(first, true), count(first, false)), (2, 0));
    let only_a = PlanFilter {
        numbers: Some(vec![0]),
        ..writing.clone()
    };
    store
        .write(|writer| writer.release_rows(first, &only_a))
        .unwrap();
    assert_eq!((count(first, true), count(first, false)), (1, 1));

    // The next plan says the same; one that takes writes back knows nothing of it.
    assert_eq!(count(plan(Purpose::Sync), true), 1);
    assert_eq!(count(plan(Purpose::Undo), true), 0);
    let held = store
        .read(|view| view.holds(target, Purpose::Sync))
        .unwrap();
    assert_eq!(held.len(), 1);
    assert!(held.contains(&("contacts".to_owned(), "b".to_owned())));
    store
        .write(|writer| {
            writer.hold(target, Purpose::Undo, ("contacts", "a"), at(3))?;
            writer.release_all(target, Purpose::Undo)?;
            writer.release(target, Purpose::Sync, ("contacts", "b"))
        })
        .unwrap();
    assert_eq!(
        store
            .read(|view| view.holds(target, Purpose::Sync))
            .unwrap(),
        BTreeSet::default()
    );
}

#[test]
fn a_plan_of_one_purpose_leaves_the_others_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let target = target(&store);
    let (sync, undo) = store
        .write(|writer| {
            let rows = [row("a", "update")];
            let sync = writer.add_plan((target, Purpose::Sync), 1, at(1), &json!({}), &rows)?;
            let undo = writer.add_plan((target, Purpose::Undo), 1, at(1), &json!({}), &rows)?;
            Ok::<_, StoreError>((sync, undo))
        })
        .unwrap();
    let current = |purpose| {
        let current = store.read(|view| view.current_plan(target, purpose));
        current.unwrap().map(|plan| (plan.id, plan.purpose))
    };
    assert_eq!(current(Purpose::Sync), Some((sync, Purpose::Sync)));
    assert_eq!(current(Purpose::Undo), Some((undo, Purpose::Undo)));
    store
        .write(|writer| writer.drop_plans(target, Purpose::Sync))
        .unwrap();
    assert_eq!(current(Purpose::Sync), None);
    assert_eq!(current(Purpose::Undo), Some((undo, Purpose::Undo)));
}

#[test]
fn a_decision_stands_until_it_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let target = target(&store);
    let decision = |verdict, record: Option<&str>| Decision {
        object: "companies".to_owned(),
        subject: "acme.com".to_owned(),
        verdict,
        record: record.map(str::to_owned),
        label: "acme.com".to_owned(),
        decided_at: at(5),
    };
    let put = |decision| store.write(|writer| writer.put_decision(target, &decision));
    put(decision(Verdict::LeaveOut, None)).unwrap();
    put(decision(Verdict::Link, Some("601"))).unwrap();
    assert!(put(decision(Verdict::Link, None)).is_err());
    let kept = store
        .read(|view| view.decision(target, "companies", "acme.com"))
        .unwrap();
    assert_eq!(kept, Some(decision(Verdict::Link, Some("601"))));
    store
        .write(|writer| writer.remove_decision(target, "companies", "acme.com"))
        .unwrap();
    assert_eq!(store.read(|view| view.decisions(target)).unwrap(), []);
}

#[test]
fn drift_is_known_until_it_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let target = target(&store);
    let drift = Drift {
        object: "contacts".to_owned(),
        subject: "cus_1".to_owned(),
        record: "501".to_owned(),
        finding: DriftFinding::Changed,
        differences: BTreeMap::from([(
            "clearsync_mrr".to_owned(),
            ("49.00".to_owned(), String::new()),
        )]),
        seen_at: at(5),
    };
    store
        .write(|writer| writer.put_drift(target, &drift))
        .unwrap();
    assert_eq!(store.read(|view| view.drift(target)).unwrap(), [drift]);
    store
        .write(|writer| writer.remove_drift(target, "contacts", "cus_1"))
        .unwrap();
    assert_eq!(store.read(|view| view.drift(target)).unwrap(), []);
}

#[test]
fn the_writes_of_a_run_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let target = target(&store);
    let run = store
        .write(|writer| {
            let run = writer.begin_run(target.account, "push", at(1))?;
            for (key, subject, action) in [("1", "cus_1", "create"), ("2", "cus_2", "update")] {
                let write = NewJournalEntry {
                    run: Some(run),
                    plan_row: None,
                    action: action.to_owned(),
                    object: "contacts".to_owned(),
                    subject: subject.to_owned(),
                    before: json!({}),
                    after: json!({ "email": format!("{subject}@Acme.com") }),
                    write_key: key.to_owned(),
                };
                writer.note_write(target, &write, at(1))?;
            }
            Ok::<_, StoreError>(run)
        })
        .unwrap();
    let found = |filter: JournalFilter, offset| {
        let found = store.read(|view| view.find_writes(run, &filter, offset, 10));
        let (rows, total) = found.unwrap();
        let subjects: Vec<String> = rows.into_iter().map(|row| row.entry.subject).collect();
        (subjects, total)
    };
    let all = JournalFilter::default();
    assert_eq!(found(all.clone(), 1), (vec!["cus_2".to_owned()], 2));
    let created = JournalFilter {
        action: Some("create".to_owned()),
        ..all.clone()
    };
    assert_eq!(found(created, 0).0, ["cus_1"]);
    let named = JournalFilter {
        text: "CUS_2@acme".to_owned(),
        ..all.clone()
    };
    assert_eq!(found(named, 0).0, ["cus_2"]);
    let done = JournalFilter {
        state: Some(WriteState::Done),
        ..all
    };
    assert_eq!(found(done, 0).1, 0);
    assert_eq!(store.read(|view| view.last_write(target)).unwrap().0, 2);
    assert_eq!(
        store.read(|view| view.confirmed_writes(target)).unwrap(),
        []
    );
}
