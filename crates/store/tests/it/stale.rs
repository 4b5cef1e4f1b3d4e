use std::collections::BTreeMap;

use clearsync_store::Object;
use proptest::prelude::*;

use crate::stores::{add_account, at, customer, ids, open};

/// What one fetch brought of one object: its text, or that it is gone.
#[derive(Debug, Clone)]
struct Fetched {
    object: usize,
    found: Option<u8>,
}

fn fetches() -> impl Strategy<Value = (Vec<Fetched>, Vec<usize>, Vec<i64>)> {
    let fetch = (0..4_usize, proptest::option::weighted(0.8, 0..5_u8))
        .prop_map(|(object, found)| Fetched { object, found });
    proptest::collection::vec(fetch, 1..24).prop_flat_map(|fetches| {
        let arrival: Vec<usize> = (0..fetches.len()).collect();
        let clock = proptest::collection::vec(0..2_000_i64, fetches.len());
        (Just(fetches), Just(arrival).prop_shuffle(), clock)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Answers arrive in any order, some of them twice, while the computer's clock jumps about: what the last-begun
    /// fetch of an object saw is what is kept.
    #[test]
    fn the_latest_fetch_wins_in_any_order_of_arrival((fetches, arrival, clock) in fetches()) {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("clearsync.db"));
        let account = add_account(&store);
        let times: Vec<_> = clock.iter().map(|second| store.begin_fetch(at(*second))).collect();
        prop_assert!(times.is_sorted_by(|one, next| one < next));

        for &number in arrival.iter().chain(arrival.iter().take(3)) {
            let id = format!("cus_{}", fetches[number].object);
            store.write(|writer| match fetches[number].found {
                Some(text) => writer
                    .put_objects(account, times[number], "v", [customer(&id, &text.to_string())])
                    .map(drop),
                None => writer.bury_objects(account, times[number], "v", [("customer", id.as_str())]),
            }).unwrap();
        }

        let mut expected = BTreeMap::new();
        for fetched in &fetches {
            expected.insert(format!("cus_{}", fetched.object), fetched.found);
        }
        let alive: Vec<String> = expected.iter().filter(|(_, found)| found.is_some()).map(|(id, _)| id.clone()).collect();
        prop_assert_eq!(ids(&store, account), alive);
        for (id, found) in expected {
            let kept = store.read(|view| view.object(account, "customer", &id)).unwrap().unwrap();
            prop_assert_eq!(kept.deleted_at.is_some(), found.is_none());
            if let Some(text) = found {
                prop_assert_eq!(kept.json, text.to_string());
            }
        }
    }
}

#[test]
fn only_what_differs_counts_as_changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("clearsync.db"));
    let account = add_account(&store);
    let put = |objects: &[Object<'_>]| {
        let fetched = store.begin_fetch(at(5));
        store
            .write(|writer| writer.put_objects(account, fetched, "v", objects.iter().copied()))
            .unwrap()
    };
    put(&[customer("cus_1", "1"), customer("cus_2", "1")]);
    let before = store.read(|view| view.account(account)).unwrap().revision;
    let counts = put(&[customer("cus_1", "1"), customer("cus_2", "2")]);
    assert_eq!((counts.changed, counts.unchanged), (1, 1));
    let changed = store
        .read(|view| view.changed_objects(account, before))
        .unwrap();
    assert_eq!(changed, [("customer".to_owned(), "cus_2".to_owned(), None)]);
}

#[test]
fn the_order_of_fetches_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clearsync.db");
    let store = open(&path);
    let account = add_account(&store);
    let late = store.begin_fetch(at(1_000_000));
    store
        .write(|writer| writer.put_objects(account, late, "v", [customer("cus_1", "1")]))
        .unwrap();
    drop(store);
    let store = open(&path);
    let clock_set_back = store.begin_fetch(at(10));
    assert!(clock_set_back > late);
    store
        .write(|writer| writer.put_objects(account, clock_set_back, "v", [customer("cus_1", "2")]))
        .unwrap();
    let kept = store
        .read(|view| view.object(account, "customer", "cus_1"))
        .unwrap();
    assert_eq!(kept.unwrap().json, "2");
}
