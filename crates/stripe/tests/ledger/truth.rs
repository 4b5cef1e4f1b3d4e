//! Our figures against the ledger's.

use clearsync_billing::{Fraction, Movement, Policy, ReturningRule};
use clearsync_sandbox::business::{self, Business, ExactMinor, Shape};
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

/// Noon of every 30th day, back to the first.
fn moments() -> impl Iterator<Item = Timestamp> {
    (0..31).map(|count| now() - SignedDuration::from_hours(24 * 30 * count))
}

/// A trial whose first invoice was paid late: the sandbox's subscription turns active although its trial goes on, which
/// Stripe's never does.
fn is_impossible(business: &Business, id: &str) -> bool {
    let entries = &business.ledger().life(id).unwrap().entries;
    let in_trial = entries.iter().any(|entry| {
        matches!(
            entry.fact,
            business::Fact::Started {
                trial_end: Some(_),
                ..
            }
        )
    });
    in_trial
        && entries
            .iter()
            .any(|entry| matches!(entry.fact, business::Fact::Activated))
}

#[test]
fn with_every_event_each_movement_and_figure_is_the_truth() {
    for seed in seeds(6) {
        let business = Business::play(seed, &Shape::small().with_all_events(), now());
        let account = Account::read(&business);
        for (id, _) in business
            .ledger()
            .lives()
            .filter(|(id, _)| !is_impossible(&business, id))
        {
            let movements = account.movements(id, &policy(), now());
            let told: Vec<_> = movements.iter().map(ours).collect();
            assert_eq!(told, truth(&business, id), "seed {seed}, {id}");
            assert!(
                movements.iter().all(|movement| movement.origin.is_exact()),
                "seed {seed}, {id}"
            );
            let timeline = account.timeline(id, &policy(), now());
            for at in moments() {
                let expected = exact(business.ledger().mrr_at(id, at).unwrap());
                assert_eq!(timeline.mrr_at(at), expected, "seed {seed}, {id} at {at}");
            }
        }
    }
}

#[test]
fn with_recent_events_only_what_is_called_exact_is_the_truth() {
    let (mut lives, mut faultless, mut faulty_plain) = (0_u32, 0_u32, 0_u32);
    for seed in seeds(20) {
        let business = Business::play(seed, &Shape::small(), now());
        let account = Account::read(&business);
        for (id, _) in business
            .ledger()
            .lives()
            .filter(|(id, _)| !is_impossible(&business, id))
        {
            let movements = account.movements(id, &policy(), now());
            let told: Vec<_> = movements.iter().map(ours).collect();
            let truth = truth(&business, id);
            lives += 1;
            if told == truth {
                faultless += 1;
            }
            for (movement, told) in movements.iter().zip(&told) {
                let is_true = truth.contains(told) || !movement.origin.is_exact();
                assert!(
                    is_true,
                    "seed {seed}, {id}: {told} is called exact; {truth:#?}"
                );
            }
            let present = exact(business.ledger().mrr_at(id, now()).unwrap());
            let timeline = account.timeline(id, &policy(), now());
            assert_eq!(timeline.mrr_at(now()), present, "seed {seed}, {id} now");
            if told != truth && business.ledger().is_plain(id) {
                faulty_plain += 1;
            }
        }
    }
    println!("{faultless} of {lives} lives without fault; {faulty_plain} plain ones with");
    assert!(faultless * 100 >= lives * 75, "{faultless} of {lives}");
}
