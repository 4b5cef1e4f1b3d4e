//! Objects of Stripe's with missing or contradictory fields: told with what is wrong and what was assumed, and never
//! counted in silence.

use clearsync_billing::Fraction;
use clearsync_sync::view::{AttentionItem, AttentionKind, SubscriptionRow};
use serde_json::{Value, json};

use super::*;

/// Active subscriptions with MRR, most of it first.
async fn paying(engine: &Engine) -> Vec<SubscriptionRow> {
    let overview = engine.overview().await.unwrap();
    let active = |row: &SubscriptionRow| row.status == "active" && row.mrr.currency == "USD";
    overview.largest.into_iter().filter(active).collect()
}

async fn usd(engine: &Engine) -> Fraction {
    let totals = engine.overview().await.unwrap().totals;
    let usd = totals.iter().find(|totals| totals.mrr.currency == "USD");
    Fraction::from_decimal(&usd.unwrap().mrr.decimal).unwrap()
}

fn mrr(row: &SubscriptionRow) -> Fraction {
    Fraction::from_decimal(&row.mrr.decimal).unwrap()
}

/// What is open about `subject`.
async fn open(engine: &Engine, subject: &str) -> Option<AttentionItem> {
    let items = engine.attention().await.unwrap();
    items.into_iter().find(|item| item.subject == subject)
}

fn first_item(subscription: &mut Value) -> &mut Value {
    &mut subscription["items"]["data"][0]
}

#[tokio::test(start_paused = true)]
async fn broken_subscriptions_say_what_is_wrong_and_what_was_assumed() {
    let world = World::of(&Shape::large(60));
    let engine = world.imported().await;
    let whole = usd(&engine).await;
    let mut rows = paying(&engine).await.into_iter();
    let [without_amount, ended_yet_active, no_customer, odd_status] =
        std::array::from_fn(|_| rows.next().unwrap());
    let before = [
        &without_amount,
        &ended_yet_active,
        &no_customer,
        &odd_status,
    ]
    .map(|row| {
        let data = world.data.read().unwrap();
        data.get("subscription", &row.id).unwrap().clone()
    });

    world.change("subscription", &without_amount.id, |subscription| {
        let price = &mut first_item(subscription)["price"];
        price["id"] = json!("price_unheard_of");
        price["unit_amount"] = Value::Null;
        price["unit_amount_decimal"] = Value::Null;
        subscription["items"]["data"]
            .as_array_mut()
            .unwrap()
            .truncate(1);
    });
    world.change("subscription", &ended_yet_active.id, |subscription| {
        subscription["ended_at"] = json!(1_780_000_000);
    });
    world.change("subscription", &no_customer.id, |subscription| {
        subscription["customer"] = Value::Null;
    });
    world.change("subscription", &odd_status.id, |subscription| {
        subscription["status"] = json!("hibernating");
    });
    world.read_again(&engine).await;

    let cases = [
        (
            &without_amount,
            AttentionKind::FigureAssumed,
            "The amount of price price_unheard_of is not known, so it counts 0.",
        ),
        (
            &ended_yet_active,
            AttentionKind::FigureAssumed,
            "It has an end date but its status says it goes on; the end date was believed.",
        ),
        (
            &no_customer,
            AttentionKind::ObjectNotUnderstood,
            "The subscription says no “customer”, so it is left out of all figures.",
        ),
        (
            &odd_status,
            AttentionKind::FigureAssumed,
            "Stripe says “hibernating” in status, which ClearSync does not know.",
        ),
    ];
    let mut left = whole.clone();
    for (row, kind, detail) in cases {
        let item = open(&engine, &row.id).await.unwrap();
        assert_eq!(item.kind, kind, "{}", row.id);
        assert!(item.details.iter().any(|told| told == detail), "{item:?}");
        left = &left - &mrr(row);
        if kind == AttentionKind::FigureAssumed {
            let detail = engine.subscription(row.id.clone()).await.unwrap();
            assert_eq!(mrr(&detail.row), Fraction::zero());
            assert!(detail.row.noted);
            for told in &item.details {
                assert!(detail.explanation.notes.contains(told), "{told}");
            }
        }
    }
    // None of the four counts any more, and nothing else has changed.
    assert_eq!(usd(&engine).await, left);

    // Mended in Stripe, nothing is open any more and all of them count again.
    for object in before {
        world.data.write().unwrap().upsert(object);
    }
    world.read_again(&engine).await;
    for row in [without_amount, ended_yet_active, no_customer, odd_status] {
        let open = open(&engine, &row.id).await;
        assert_eq!(open, None, "{}", row.id);
    }
    assert_eq!(usd(&engine).await, whole);
}
