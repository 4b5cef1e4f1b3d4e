use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bytes::Bytes;
use clearsync_sandbox::{
    Fault, FaultPlan, Faults, Until,
    stripe::{Failure, Limits},
};
use clearsync_stripe::{
    catalog::{Held, Preset},
    client::Client,
    error::{NotStripe, StripeError},
    list::{Found, List, Page},
    object::{Item, Kind},
    span::Span,
};
use clearsync_transport::{InProcess, TransportError};
use jiff::Timestamp;
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use tower::Layer;

use crate::{
    objects::{customer, invoice, price, seconds, subscription},
    world::{Always, KEY, NOW_S, World, client_of},
};

async fn whole(client: &Client, list: &List) -> Vec<Item> {
    let mut items = Vec::new();
    let mut after = None;
    loop {
        let page = client.page(list, after.as_ref()).await.unwrap();
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

fn only(kind: Kind) -> List {
    List::whole(kind).remove(0)
}

fn json(item: &Item) -> Value {
    serde_json::from_str(item.json.get()).unwrap()
}

#[test]
fn every_object_of_any_shards_is_read_once() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let strategy = (prop::collection::vec(0_i64..400, 0..350), 1_u32..12);
    TestRunner::new(ProptestConfig::with_cases(24))
        .run(&strategy, |(ages_s, shards)| {
            runtime.block_on(async {
                let world = World::new();
                for (number, age_s) in ages_s.iter().enumerate() {
                    world.put(customer(number, NOW_S - age_s));
                }
                let client = world.client();
                let all = Span::of_seconds(NOW_S - 1000, NOW_S + 1).unwrap();
                let mut read = Vec::new();
                for span in all.split(shards) {
                    let list = only(Kind::Customer).within(span);
                    read.extend(whole(&client, &list).await.into_iter().map(|item| item.id));
                }
                let once: BTreeSet<_> = read.iter().collect();
                prop_assert_eq!(once.len(), read.len(), "none twice");
                prop_assert_eq!(read.len(), ages_s.len(), "none left out");
                Ok(())
            })
        })
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dense_shard_is_cut_and_still_whole() {
    let world = World::new();
    for number in 0..1000 {
        world.put(customer(number, NOW_S - seconds(number) / 4));
    }
    let client = world.client();
    let span = Span::of_seconds(NOW_S - 1000, NOW_S + 1).unwrap();
    let first = client
        .page(&only(Kind::Customer).within(span), None)
        .await
        .unwrap();
    let rest = span.rest_after_page(first.oldest().unwrap(), 2, 6);
    assert!(rest.len() > 1);
    let mut ids: BTreeSet<_> = first.items.into_iter().map(|item| item.id).collect();
    for span in rest {
        let items = whole(&client, &only(Kind::Customer).within(span)).await;
        ids.extend(items.into_iter().map(|item| item.id));
    }
    assert_eq!(ids.len(), 1000);
}

#[tokio::test(start_paused = true)]
async fn every_kind_has_a_list_and_an_object_that_stripe_knows() {
    let world = World::new();
    let client = world.client();
    let held = Held::all_of(Preset::Standard);
    for kind in Kind::ALL {
        for list in List::whole(kind) {
            let span = Span::of_seconds(NOW_S - 10, NOW_S).unwrap();
            let page = client.page(&list.within(span), None).await;
            assert!(page.is_ok(), "{kind:?}: {page:?}");
        }
        let found = client.retrieve(kind, "none_1", &held).await;
        assert!(matches!(found, Ok(Found::Absent)), "{kind:?}: {found:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn canceled_subscriptions_and_archived_prices_are_read_too() {
    let world = World::new();
    world.put(subscription("sub_1", "active", 1));
    world.put(subscription("sub_2", "canceled", 1));
    world.put(price("price_1"));
    world.put(price("price_2"));
    let client = world.client();
    assert_eq!(whole(&client, &only(Kind::Subscription)).await.len(), 2);
    let mut prices = Vec::new();
    for list in List::whole(Kind::Price) {
        prices.extend(whole(&client, &list).await);
    }
    assert_eq!(prices.len(), 2);
    assert!(prices.iter().all(|item| json(item)["tiers"].is_array()));
    assert!(
        prices
            .iter()
            .all(|item| json(item)["currency_options"].is_object())
    );
}

#[tokio::test(start_paused = true)]
async fn embedded_lists_are_whole() {
    let world = World::new();
    world.put(subscription("sub_1", "active", 40));
    for (number, lines) in [10, 11, 100, 300].into_iter().enumerate() {
        world.put(invoice(number, lines));
    }
    let client = world.client();
    let page = client.page(&only(Kind::Subscription), None).await.unwrap();
    let items = json(&page.items[0])["items"].clone();
    assert_eq!(items["data"].as_array().unwrap().len(), 40);
    assert_eq!(items["has_more"], false);
    let page: Page = client.page(&only(Kind::Invoice), None).await.unwrap();
    for (item, lines) in page.items.iter().zip([10, 11, 100, 300]) {
        let data = json(item)["lines"]["data"].clone();
        let ids: BTreeSet<_> = data
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["id"].to_string())
            .collect();
        assert_eq!(ids.len(), lines);
    }
    let held = Held::all_of(Preset::Standard);
    let Found::Present(item) = client.retrieve(Kind::Invoice, "in_3", &held).await.unwrap() else {
        panic!("in_3 is there");
    };
    assert_eq!(json(&item)["lines"]["data"].as_array().unwrap().len(), 300);
}

#[tokio::test(start_paused = true)]
async fn expansions_keep_to_the_permissions_that_are_held() {
    let world = World::new();
    world.put(subscription("sub_1", "active", 12));
    world.put(json!({
        "id": "di_1", "object": "discount", "start": NOW_S, "end": null, "customer": "cus_1",
        "subscription": "sub_1", "source": {"type": "coupon", "coupon": "HALF"},
    }));
    world.put(json!({
        "id": "HALF", "object": "coupon", "created": NOW_S, "livemode": false, "percent_off": 33.33, "valid": true,
        "duration": "forever", "applies_to": {"products": ["prod_1"]},
    }));
    let client = world.client();
    let whole_list = only(Kind::Subscription);
    let page = client.page(&whole_list, None).await.unwrap();
    let coupon = json(&page.items[0])["discounts"][0]["source"]["coupon"].clone();
    assert_eq!(coupon["percent_off"].to_string(), "33.33");
    let coupons = client.page(&only(Kind::Coupon), None).await.unwrap();
    assert!(json(&coupons.items[0])["applies_to"].is_object());

    world.deny("coupons");
    assert!(matches!(
        client.page(&whole_list, None).await,
        Err(StripeError::PermissionMissing { .. })
    ));
    let modest = whole_list.expanding_only(&Held::default());
    let page = client.page(&modest, None).await.unwrap();
    assert_eq!(json(&page.items[0])["discounts"][0], "di_1");
    let items = json(&page.items[0])["items"]["data"].clone();
    assert_eq!(items.as_array().unwrap().len(), 12);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_object_is_told_apart_from_none() {
    let world = World::new();
    world.put(json!({"id": "cus_1", "object": "customer", "deleted": true, "created": NOW_S}));
    let client = world.client();
    let held = Held::all_of(Preset::Standard);
    let found = client.retrieve(Kind::Customer, "cus_1", &held).await;
    assert!(matches!(found, Ok(Found::Deleted)), "{found:?}");
    for id in ["cus_2", "..", ".", "", "a/b", "a?b#c"] {
        let found = client.retrieve(Kind::Customer, id, &held).await;
        assert!(matches!(found, Ok(Found::Absent)), "{id}: {found:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn events_are_read_from_window_to_window() {
    let world = World::new();
    for number in 0..250 {
        world.data.write().unwrap().record(json!({
            "id": format!("evt_{number}"), "object": "event", "created": NOW_S - 900 + number,
            "type": "customer.updated", "livemode": false,
            "data": {"object": {"id": format!("cus_{number}"), "object": "customer"}},
        }));
    }
    let client = world.client();
    let now = Timestamp::from_second(NOW_S).unwrap();
    let last = Timestamp::from_second(NOW_S - 1000).unwrap();
    let clearsync_stripe::events::Poll::Window(window) =
        clearsync_stripe::events::Poll::since(last, now)
    else {
        panic!("no gap");
    };
    let (mut touched, mut after) = (BTreeSet::new(), None);
    loop {
        let page = client.events(window, after.as_ref()).await.unwrap();
        touched.extend(page.events.into_iter().flat_map(|event| event.touched));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(touched.len(), 250);
}

#[tokio::test(start_paused = true)]
async fn an_import_meets_no_limit_and_takes_hardly_longer_than_the_limits_allow() {
    let world = World::new();
    world.stripe.set_limits(Limits {
        rates: true,
        ..Limits::default()
    });
    for number in 0..6_000 {
        world.put(invoice(number, 1));
    }
    let client = world.distant_client(Duration::from_millis(80));
    let all = Span::of_seconds(NOW_S - 6_000, NOW_S + 1).unwrap();
    let started = tokio::time::Instant::now();
    let shards = all.split(6).into_iter().map(|span| {
        let list = only(Kind::Invoice).within(span);
        let client = client.clone();
        async move { whole(&client, &list).await.len() }
    });
    let read: usize = futures::future::join_all(shards).await.into_iter().sum();
    assert_eq!(read, 6_000);
    let requests = world.stripe.requests();
    assert!(requests.iter().all(|request| request.status.is_success()));
    // 25 requests a second to one endpoint.
    let floor_ms = requests.len() as u128 * 1000 / 25;
    let took_ms = started.elapsed().as_millis();
    assert!(
        took_ms * 10 <= floor_ms * 13,
        "{took_ms} ms, at best {floor_ms} ms"
    );
}

#[tokio::test(start_paused = true)]
async fn trouble_on_the_way_changes_nothing_of_what_is_read() {
    let mut met = 0;
    for seed in 0..12 {
        let world = World::new();
        for number in 0..500 {
            world.put(invoice(number, if number % 20 == 0 { 120 } else { 2 }));
        }
        let faults = Faults::new(FaultPlan {
            seed,
            per_mille: 60,
            faults: vec![
                Fault::Answer(|| Failure::EndpointRate.answer()),
                Fault::Answer(|| Failure::ServerError.answer()),
                Fault::Answer(|| Failure::LockTimeout.answer()),
                Fault::ResetBefore,
                Fault::ResetAfter,
                Fault::CutBody,
                Fault::Slow(Duration::from_secs(20)),
            ],
            until: Until::Forever,
        });
        let service = faults.layer(world.stripe.router());
        let client = client_of(KEY, InProcess::new(service));
        let items = whole(&client, &only(Kind::Invoice)).await;
        let ids: BTreeSet<_> = items.iter().map(|item| &item.id).collect();
        assert_eq!(ids.len(), 500, "seed {seed}");
        assert!(
            items
                .iter()
                .all(|item| json(item)["lines"]["has_more"] == false)
        );
        met += faults.met().len();
    }
    assert!(met > 12, "only {met} faults were met");
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_not_stripes_are_named() {
    for (body, what) in [
        ("<!doctype html><p>Log in", NotStripe::WebPage),
        ("{\"object\":\"list\",\"data\":[", NotStripe::CutShort),
        ("nothing", NotStripe::NotJson),
        ("{\"hello\":1}", NotStripe::OtherShape),
        (
            "{\"data\":[{\"object\":\"customer\"}],\"has_more\":false}",
            NotStripe::OtherShape,
        ),
        ("{\"data\":[],\"has_more\":true}", NotStripe::OtherShape),
    ] {
        let response = http::Response::new(Bytes::from_static(body.as_bytes()));
        let client = client_of(KEY, Always(Ok(response)));
        let error = client.page(&only(Kind::Customer), None).await.unwrap_err();
        assert_eq!(error, StripeError::NotStripe(what), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_never_ends_is_noticed() {
    let body = "{\"data\":[{\"id\":\"cus_1\"}],\"has_more\":true}";
    let client = client_of(
        KEY,
        Always(Ok(http::Response::new(Bytes::from_static(body.as_bytes())))),
    );
    let list = only(Kind::Customer);
    let first = client.page(&list, None).await.unwrap();
    let again = client.page(&list, first.next.as_ref()).await;
    assert_eq!(
        again.unwrap_err(),
        StripeError::NotStripe(NotStripe::OtherShape)
    );
}

#[tokio::test(start_paused = true)]
async fn being_offline_is_said_after_six_tries() {
    let client = client_of(KEY, Always(Err(TransportError::HostNotFound)));
    let client = Arc::new(client);
    let error = client.page(&only(Kind::Customer), None).await.unwrap_err();
    assert_eq!(
        error,
        StripeError::Unreachable(TransportError::HostNotFound)
    );
}

#[test]
fn lists_have_names_to_store_progress_by() {
    let names: BTreeSet<_> = Kind::ALL
        .into_iter()
        .flat_map(List::whole)
        .map(|list| list.name())
        .collect();
    assert_eq!(names.len(), Kind::ALL.len() + 1);
    assert!(names.contains("prices?active=false"));
}
