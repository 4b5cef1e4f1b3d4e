//! One seed, one life.

use jiff::{SignedDuration, Timestamp};

use super::{noon, objects, played};
use crate::business::{Business, Shape};

fn written(business: &Business) -> String {
    let data = business.data();
    let events = serde_json::to_string(data.read().unwrap().events()).unwrap();
    let objects = serde_json::to_string(&objects(business)).unwrap();
    format!("{objects}\n{events}\n{:?}", business.ledger())
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for seed in 0..3 {
        assert_eq!(
            written(&played(seed)),
            written(&played(seed)),
            "seed {seed}"
        );
    }
    assert_ne!(written(&played(0)), written(&played(1)));
}

#[test]
fn a_life_does_not_depend_on_how_it_is_cut() {
    let later = |hours| -> Timestamp { noon() + SignedDuration::from_hours(hours) };
    for seed in 0..3 {
        let mut whole = played(seed);
        let whole_events = whole.advance(later(24 * 60));
        let mut cut = played(seed);
        let cut_events: usize = (1..=24 * 6).map(|step| cut.advance(later(step * 10))).sum();
        assert_eq!(whole_events, cut_events, "seed {seed}");
        assert_eq!(written(&whole), written(&cut), "seed {seed}");
    }
}

#[test]
fn the_sample_has_its_awkward_customers() {
    let business = Business::play(1, &Shape::sample(), noon());
    let objects = objects(&business);
    let emails: Vec<&str> = objects["customer"]
        .iter()
        .filter_map(|customer| customer["email"].as_str())
        .collect();
    let count = |wanted: &str| emails.iter().filter(|email| **email == wanted).count();
    assert_eq!(count("egon.blum@windrush-media.io"), 2);
    assert_eq!(count("bob@ggmail"), 1);
    let colleagues = emails
        .iter()
        .filter(|email| email.ends_with("@juniper-labs.com"));
    assert!(colleagues.count() >= 3);
    assert!(emails.iter().any(|email| email.ends_with("@gmail.com")));

    let longest = |kind: &str, list: &str| {
        let lengths = objects[kind]
            .iter()
            .map(|one| super::rows(&one[list]).len());
        lengths.max().unwrap_or(0)
    };
    assert_eq!(longest("subscription", "items"), 40);
    assert!(longest("invoice", "lines") >= 300);
    let customers = objects["customer"].len();
    assert!((330..=470).contains(&customers), "{customers} customers");
}

#[test]
fn every_feature_is_lived_by_someone() {
    let business = Business::play(3, &Shape::sample(), noon());
    let facts: std::collections::BTreeSet<String> = business
        .ledger()
        .lives()
        .flat_map(|(_, life)| &life.entries)
        .map(|entry| {
            let fact = format!("{:?}", entry.fact);
            fact.split([' ', '{']).next().unwrap_or_default().to_owned()
        })
        .collect();
    for wanted in [
        "Started",
        "Activated",
        "TrialEnded",
        "QuantityChanged",
        "PlanChanged",
        "PriceChanged",
        "DiscountStarted",
        "DiscountEnded",
        "CancellationScheduled",
        "CancellationUnscheduled",
        "Canceled",
        "PastDue",
        "Recovered",
        "Unpaid",
        "Expired",
        "Paused",
        "Resumed",
    ] {
        assert!(facts.contains(wanted), "nobody lived through {wanted}");
    }
    let objects = objects(&business);
    let deleted = objects["customer"]
        .iter()
        .filter(|one| one["deleted"] == true);
    assert!(deleted.count() > 0);
    for (kind, all) in &objects {
        assert!(*kind == "account" || !all.is_empty(), "no {kind}");
    }
}
