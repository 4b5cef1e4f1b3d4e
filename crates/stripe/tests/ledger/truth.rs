//! Our figures against the ledger's.

use std::{
    collections::{BTreeMap, BTreeSet},
    slice,
};

use clearsync_billing::{Fraction, Movement, Policy, ReturningRule, Timeline, movements};
use clearsync_sandbox::business::{self, Business, ExactMinor, Reason, Shape, Traces};
use jiff::{SignedDuration, Timestamp};

use crate::account::Account;

const NOW: &str = "2026-06-01T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// The ledger tells each subscription's movements by itself, so a returning customer's is new.
fn policy() -> Policy {
    Policy {
        returning: ReturningRule::New,
        ..Policy::clearsync()
    }
}

/// How many businesses a test plays: `ordinary`, or as many as `LEDGER_SEEDS` says.
fn seeds(ordinary: u64) -> std::ops::Range<u64> {
    let asked = std::env::var("LEDGER_SEEDS").ok();
    0..asked.map_or(ordinary, |text| text.parse().unwrap())
}

fn exact(amount: ExactMinor) -> Fraction {
    format!("{}/{}", amount.numerator, amount.denominator)
        .parse()
        .unwrap()
}

fn ours(movement: &Movement) -> String {
    let Movement {
        at,
        kind,
        change_type,
        ..
    } = movement;
    let [before, after] = [&movement.before, &movement.after].map(|side| &side.mrr.minor);
    format!("{at} {kind:?} {change_type:?} {before} → {after}")
}

fn true_one(movement: &business::Movement) -> String {
    let business::Movement {
        at,
        kind,
        change_type,
        ..
    } = movement;
    let [before, after] = [movement.before, movement.after].map(exact);
    format!("{at} {kind:?} {change_type:?} {before} → {after}")
}

fn truth(business: &Business, id: &str) -> Vec<String> {
    business
        .ledger()
        .movements(id)
        .iter()
        .map(true_one)
        .collect()
}

/// The ends of the months the business has lived through, and now.
fn moments() -> impl Iterator<Item = Timestamp> {
    let firsts = (2023..=2026).flat_map(|year| (1..=12).map(move |month| (year, month)));
    let firsts = firsts.map(|(year, month)| -> Timestamp {
        format!("{year}-{month:02}-01T00:00:00Z").parse().unwrap()
    });
    let ends = firsts.filter(|first| *first <= now());
    ends.map(|first| first - SignedDuration::from_secs(1))
        .chain([now()])
}

#[test]
fn with_every_event_each_movement_and_figure_is_the_truth() {
    let mut lives = 0;
    for seed in seeds(120) {
        let business = Business::play(seed, &small().with_all_events(), now());
        let account = Account::read(&business);
        for (id, _) in business.ledger().lives() {
            let timeline = account.timeline(id, &policy(), now());
            let movements = told_of(&timeline);
            let told: Vec<_> = movements.iter().map(ours).collect();
            assert_eq!(told, truth(&business, id), "seed {seed}, {id}");
            let exact = movements.iter().all(|movement| movement.origin.is_exact());
            assert!(exact, "seed {seed}, {id}");
            for at in moments() {
                let expected = exact_at(&business, id, at);
                assert_eq!(timeline.mrr_at(at), expected, "seed {seed}, {id} at {at}");
            }
            lives += 1;
        }
    }
    println!("With every event: {lives} lives, all told as they were.");
}

/// What became of the lives of all businesses.
#[derive(Default)]
struct Score {
    lives: u32,
    told_whole: u32,
    sufficient: u32,
    by_reason: BTreeMap<Reason, u32>,
}

#[test]
fn with_recent_events_whatever_left_a_trace_is_the_truth() {
    let mut score = Score::default();
    for seed in seeds(500) {
        let business = Business::play(seed, &small(), now());
        let account = Account::read(&business);
        let data = business.data();
        let data = data.read().unwrap();
        for (id, life) in business.ledger().lives() {
            let missing = Traces::of(id, &data).unwrap().missing(life, log_begins());
            let whose = format!("seed {seed}, {id}");
            hold_against_truth(&business, &account, (id, &whose), &missing, &mut score);
        }
    }
    let Score {
        lives,
        told_whole,
        sufficient,
        by_reason,
    } = &score;
    println!(
        "{told_whole} of {lives} lives told as they were; for {sufficient} the data suffices."
    );
    println!("Without a trace, in lives: {by_reason:?}");
    assert!(sufficient * 100 >= lives * 80, "{sufficient} of {lives}");
}

/// Everything that can be known is the truth, and everything else is marked as rebuilt.
fn hold_against_truth(
    business: &Business,
    account: &Account,
    (id, whose): (&str, &str),
    missing: &[(Timestamp, Reason)],
    score: &mut Score,
) {
    let timeline = account.timeline(id, &policy(), now());
    let movements = told_of(&timeline);
    let told: Vec<_> = movements.iter().map(ours).collect();
    let truth = truth(business, id);
    if missing.is_empty() {
        assert_eq!(told, truth, "{whose}");
        score.sufficient += 1;
    }
    for (movement, told) in movements.iter().zip(&told) {
        let is_true = truth.contains(told) || !movement.origin.is_exact();
        assert!(is_true, "{whose}: {told} is called exact; {truth:#?}");
    }
    let first_missing = missing.iter().map(|(at, _)| *at).min();
    for at in moments() {
        let expected = exact_at(business, id, at);
        if timeline.mrr_at(at) != expected {
            let known = first_missing.is_none_or(|missing| at < missing) || at == now();
            assert!(!known, "{whose} at {at}: not {expected}");
            let segment = timeline.segment_at(at).unwrap();
            let is_rebuilt = !segment.origin.is_exact() || !segment.amount_origin.is_exact();
            assert!(is_rebuilt, "{whose} at {at} is called exact");
        }
    }
    score.lives += 1;
    score.told_whole += u32::from(told == truth);
    let reasons: BTreeSet<_> = missing.iter().map(|(_, reason)| *reason).collect();
    for reason in reasons {
        *score.by_reason.entry(reason).or_default() += 1;
    }
}

fn told_of(timeline: &Timeline) -> Vec<Movement> {
    movements(slice::from_ref(timeline), &policy(), |_| None)
}

fn exact_at(business: &Business, id: &str, at: Timestamp) -> Fraction {
    exact(business.ledger().mrr_at(id, at).unwrap())
}

/// A business of some eight customers in two years.
fn small() -> Shape {
    Shape {
        customers: 8,
        ..Shape::small()
    }
}

/// Since when events are kept.
fn log_begins() -> Timestamp {
    let days = small().event_days.unwrap();
    now() - SignedDuration::from_hours(24 * i64::from(days))
}
