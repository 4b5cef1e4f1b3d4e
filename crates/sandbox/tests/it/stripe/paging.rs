use std::cmp::Reverse;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Stage, customer};

/// Walks a list from its newest end to its oldest, or back from the oldest one to the newest.
async fn walk(stage: &Stage, path: &str, limit: usize, back_from: Option<String>) -> Vec<String> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let back = back_from.is_some();
    let mut cursor = back_from;
    let mut walked = Vec::new();
    loop {
        let place = match (&cursor, back) {
            (Some(id), true) => format!("&ending_before={id}"),
            (Some(id), false) => format!("&starting_after={id}"),
            (None, _) => String::new(),
        };
        let answer = stage
            .get(&format!("{path}{joint}limit={limit}{place}"))
            .await;
        let mut ids: Vec<String> = answer.ids().into_iter().map(str::to_owned).collect();
        assert!(ids.len() <= limit, "a page is no longer than asked for");
        assert!(
            walked.is_empty() || !ids.is_empty(),
            "a page that is announced holds something"
        );
        if back {
            ids.reverse();
        }
        cursor = ids.last().cloned();
        walked.extend(ids);
        if answer.body["has_more"] == false {
            return walked;
        }
    }
}

async fn holds_every_object_once(stage: &Stage, path: &str, limit: usize, expected: &[String]) {
    let forward = walk(stage, path, limit, None).await;
    assert_eq!(forward, expected, "{path} forward by {limit}");
    let Some((oldest, newer)) = expected.split_last() else {
        return;
    };
    let mut back = walk(stage, path, limit, Some(oldest.clone())).await;
    back.reverse();
    assert_eq!(back, newer, "{path} back by {limit}");
}

fn run(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Seconds repeat often, so that ties are broken too. Among those of one second the later arrival is newer.
    #[test]
    fn any_list_walked_by_any_limit_holds_every_object_once(
        created in prop::collection::vec(0_i64..12, 0..60),
        limit in 1_usize..=100,
        from in 0_i64..12,
    ) {
        let objects = created.iter().enumerate();
        let objects = objects.map(|(n, created)| customer(&format!("cus_{n}"), *created));
        let mut order: Vec<usize> = (0..created.len()).collect();
        order.sort_by_key(|n| Reverse((created[*n], *n)));
        let all: Vec<String> = order.iter().map(|n| format!("cus_{n}")).collect();
        let late = order.iter().filter(|n| created[**n] >= from);
        let late: Vec<String> = late.map(|n| format!("cus_{n}")).collect();
        run(async {
            let stage = Stage::with(objects);
            holds_every_object_once(&stage, "/v1/customers", limit, &all).await;
            let path = format!("/v1/customers?created[gte]={from}");
            holds_every_object_once(&stage, &path, limit, &late).await;
        });
    }

    #[test]
    fn lines_and_items_keep_their_own_order(count in 0_usize..60, limit in 1_usize..=100) {
        let names = |prefix: &str| -> Vec<String> {
            (0..count).map(|n| format!("{prefix}_{n}")).collect()
        };
        let list = |kind: &str, prefix: &str| -> Value {
            let data: Vec<Value> = names(prefix)
                .into_iter()
                .map(|id| json!({ "id": id, "object": kind, "discounts": [] }))
                .collect();
            json!({ "object": "list", "data": data })
        };
        run(async {
            let stage = Stage::with([
                json!({ "id": "in_1", "object": "invoice", "created": 1, "livemode": false, "lines": list("line_item", "il") }),
                json!({ "id": "sub_1", "object": "subscription", "created": 1, "livemode": false, "items": list("subscription_item", "si") }),
            ]);
            holds_every_object_once(&stage, "/v1/invoices/in_1/lines", limit, &names("il")).await;
            let path = "/v1/subscription_items?subscription=sub_1";
            holds_every_object_once(&stage, path, limit, &names("si")).await;
        });
    }
}

/// What arrives while a client pages neither repeats nor hides what was there.
#[tokio::test]
async fn a_walk_is_not_disturbed_by_newer_objects() {
    let stage = Stage::with((0..30).map(|n| customer(&format!("cus_{n:02}"), n)));
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for late in 100..103 {
        let answer = stage.get(&format!("/v1/customers?limit=10{cursor}")).await;
        seen.extend(answer.ids().into_iter().map(str::to_owned));
        cursor = format!("&starting_after={}", seen.last().unwrap());
        stage
            .data
            .write()
            .unwrap()
            .upsert(customer(&format!("cus_{late}"), late));
    }
    let expected: Vec<String> = (0..30).rev().map(|n| format!("cus_{n:02}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_change_keeps_the_place_in_the_list() {
    let stage = Stage::with(["cus_a", "cus_b", "cus_c"].map(|id| customer(id, 1)));
    let mut changed = customer("cus_a", 1);
    changed["name"] = "New name".into();
    stage.data.write().unwrap().upsert(changed);
    let answer = stage.get("/v1/customers").await;
    assert_eq!(answer.ids(), ["cus_c", "cus_b", "cus_a"]);
    assert_eq!(answer.body["data"][2]["name"], "New name");
}
