//! Events agree with objects, and the ledger with itself and with what Stripe shows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{integer, noon, objects, played, rows};
use crate::business::{Business, Exact, Fact, MovementKind, Shape, objects::as_in_events};

fn full_log(seed: u64) -> Business {
    Business::play(seed, &Shape::small().with_all_events(), noon())
}

#[test]
fn events_are_in_order_of_time() {
    for seed in 0..3 {
        let business = full_log(seed);
        let data = business.data();
        let data = data.read().unwrap();
        let times: Vec<i64> = data
            .events()
            .iter()
            .map(|event| integer(event, "created"))
            .collect();
        assert!(times.is_sorted(), "seed {seed}");
        assert!(times.len() > 200, "seed {seed}");
    }
}

/// What changes without an event: Stripe tells nobody of it.
const UNTOLD: [(&str, &str); 2] = [
    ("customer", "next_invoice_sequence"),
    ("invoiceitem", "invoice"),
];

#[test]
fn the_last_event_of_an_object_shows_it_as_it_is() {
    for seed in 0..3 {
        let business = full_log(seed);
        let data = business.data();
        let data = data.read().unwrap();
        let mut last: BTreeMap<(&str, &str), &Value> = BTreeMap::new();
        for event in data.events() {
            let object = &event["data"]["object"];
            let (Some(kind), Some(id)) = (object["object"].as_str(), object["id"].as_str()) else {
                panic!("an event of nothing: {event}");
            };
            last.insert((kind, id), event);
        }
        for ((kind, id), event) in last {
            let then = &event["data"]["object"];
            if event["type"] == "customer.deleted" {
                assert_eq!(data.get(kind, id).unwrap()["deleted"], true, "{id}");
                continue;
            }
            let mut then = then.clone();
            let mut now = as_in_events(data.get(kind, id).unwrap());
            for (_, field) in UNTOLD.iter().filter(|(of, _)| *of == kind) {
                now[*field] = Value::Null;
                then[*field] = Value::Null;
            }
            assert_eq!(then, now, "seed {seed}: {kind} {id}");
        }
    }
}

#[test]
fn updates_say_what_was_before() {
    let business = full_log(2);
    let data = business.data();
    let data = data.read().unwrap();
    for event in data.events() {
        let kind = event["type"].as_str().unwrap();
        let previous = event["data"].get("previous_attributes");
        assert_eq!(previous.is_some(), kind.ends_with(".updated"), "{kind}");
        for (field, before) in previous.and_then(Value::as_object).into_iter().flatten() {
            let now = &event["data"]["object"][field];
            // Lists within are cut in events, so a change beyond the cut cannot be seen.
            assert!(before != now || field == "items", "{kind} {field}");
        }
    }
}

#[test]
fn movements_add_up_to_the_mrr() {
    for seed in 0..20 {
        let business = played(seed);
        let ledger = business.ledger();
        for (id, life) in ledger.lives() {
            let movements = ledger.movements(id);
            let mut sum = ledger.mrr_at(id, Timestamp::MIN).unwrap().exact();
            for movement in &movements {
                assert_eq!(movement.before.exact(), sum, "{id}");
                sum += movement.change.exact();
                assert_eq!(movement.after.exact(), sum, "{id}");
                assert_eq!(ledger.mrr_at(id, movement.at).unwrap().exact(), sum, "{id}");
            }
            assert_eq!(
                ledger.mrr_at(id, Timestamp::MAX).unwrap().exact(),
                sum,
                "{id}"
            );
            let times: Vec<Timestamp> = life.entries.iter().map(|entry| entry.at).collect();
            assert!(times.is_sorted(), "{id}");
            assert!(matches!(life.entries[0].fact, Fact::Started { .. }), "{id}");
            let news = movements.iter().filter(|one| one.kind == MovementKind::New);
            assert!(news.count() <= 1, "{id}");
        }
    }
}

/// Reads the present MRR of a plain subscription from its Stripe object with nothing but its own arithmetic: unit amount
/// times quantity, by month.
#[test]
fn the_ledger_agrees_with_plain_objects() {
    let mut compared = 0;
    for seed in 0..20 {
        let business = played(seed);
        let ledger = business.ledger();
        for subscription in &objects(&business)["subscription"] {
            let id = subscription["id"].as_str().unwrap();
            if !ledger.is_plain(id) {
                continue;
            }
            let item = &subscription["items"]["data"][0];
            let recurring = &item["price"]["recurring"];
            let amount = integer(&item["price"], "unit_amount") * integer(item, "quantity");
            let (upper, lower) = match recurring["interval"].as_str().unwrap() {
                "day" => (365, 12),
                "week" => (52, 12),
                "month" => (1, 1),
                _ => (1, 12),
            };
            let status = subscription["status"].as_str().unwrap();
            let counts = matches!(status, "active" | "past_due" | "unpaid");
            let amount = if counts { i128::from(amount) } else { 0 };
            let cycles = i128::from(integer(recurring, "interval_count"));
            let mrr = ledger.mrr_at(id, noon()).unwrap();
            // amount × upper / (lower × cycles) = numerator / denominator
            assert_eq!(
                amount * upper * mrr.denominator,
                mrr.numerator * lower * cycles,
                "{id}"
            );
            compared += 1;
        }
    }
    assert!(compared > 100, "only {compared} plain subscriptions");
}

/// Invoices are rounded line by line in whole minor units, the ledger is exact: what a cycle was invoiced at must be what
/// the ledger says the cycle is worth, but for the rounding.
#[test]
fn the_ledger_agrees_with_what_cycles_are_invoiced_at() {
    let mut compared = 0;
    let mut discounted = 0;
    for seed in 0..20 {
        let business = played(seed);
        let objects = objects(&business);
        let metered: Vec<&str> = objects["price"]
            .iter()
            .filter(|price| price["recurring"]["usage_type"] == "metered")
            .filter_map(|price| price["id"].as_str())
            .collect();
        for invoice in &objects["invoice"] {
            let details = &invoice["parent"]["subscription_details"];
            let life = business
                .ledger()
                .life(details["subscription"].as_str().unwrap())
                .unwrap();
            let made = Timestamp::from_second(integer(invoice, "created")).unwrap();
            let entry = life.entries.iter().rfind(|entry| entry.at <= made).unwrap();
            let cycle: Vec<&Value> = rows(&invoice["lines"])
                .iter()
                .filter(|line| {
                    let of_item = &line["parent"]["subscription_item_details"];
                    let price = line["pricing"]["price_details"]["price"].as_str();
                    of_item["proration"] == false && !metered.contains(&price.unwrap())
                })
                .collect();
            let is_trial = cycle.iter().all(|line| integer(line, "amount") == 0);
            if is_trial {
                continue;
            }
            let net: i64 = cycle.iter().map(|line| net_without_tax(line)).sum();
            let step = if invoice["currency"] == "kwd" { 10 } else { 1 };
            let roundings = cycle.len() * (2 + entry.terms.discounts.len());
            let tolerance = i128::try_from(roundings).unwrap() * step;
            let exact = entry.terms.recurring();
            let difference = Exact::from_integer(i128::from(net)) - exact;
            assert!(
                *difference.numer() <= tolerance * difference.denom()
                    && -*difference.numer() <= tolerance * difference.denom(),
                "{}: invoiced {net}, ledger {exact}",
                invoice["id"]
            );
            compared += 1;
            discounted += usize::from(!entry.terms.discounts.is_empty());
        }
    }
    assert!(
        compared > 1000 && discounted > 100,
        "{compared} {discounted}"
    );
}

fn net_without_tax(line: &Value) -> i64 {
    let sum = |rows: &Value, only: fn(&Value) -> bool| -> i64 {
        let rows = rows.as_array().unwrap().iter();
        rows.filter(|row| only(row))
            .map(|row| integer(row, "amount"))
            .sum()
    };
    integer(line, "amount")
        - sum(&line["discount_amounts"], |_| true)
        - sum(&line["taxes"], |row| row["tax_behavior"] == "inclusive")
}

#[test]
fn the_ledger_and_stripe_know_the_same_subscriptions() {
    for seed in 0..5 {
        let business = played(seed);
        let stripe: Vec<String> = objects(&business)["subscription"]
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        let known: Vec<&str> = business.ledger().lives().map(|(id, _)| id).collect();
        assert_eq!(stripe, known, "seed {seed}");
    }
}
