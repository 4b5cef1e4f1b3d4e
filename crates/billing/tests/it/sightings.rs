//! What was found when a subscription was read, and nothing else dates.

use clearsync_billing::{Change, ChangeKind, History, Policy, Sighting, Subscription};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";

fn seats(quantity: u64) -> Subscription {
    plain("1000", MONTHLY, quantity)
}

fn seen(at: &str, subscription: &Subscription) -> Sighting {
    Sighting {
        at: day(at),
        subscription: subscription.clone(),
    }
}

/// An update that says what it found.
fn update(id: &str, at: &str, before: &Subscription, after: &Subscription) -> Change {
    Change {
        before: Some(before.clone()),
        ..event(id, at, ChangeKind::Updated, after)
    }
}

/// The movements of a subscription that was found `earlier` and is `live` since `seen_at`, each in one line.
fn told(earlier: &[Sighting], live: &Subscription, seen_at: &str, known: &Life) -> Vec<String> {
    let policy = Policy::clearsync();
    let history = History::rebuild_with(
        live,
        day(seen_at),
        earlier,
        &known.invoices,
        &known.changes,
        &known.catalog,
    );
    let timeline = history.timeline(&policy, day(SEEN)).unwrap();
    story(&[timeline], &policy)
}

fn billed_once() -> Life {
    let first = invoice("in_1", JAN, vec![line("si_1", 1, 1000, JAN, "2026-02-01")]);
    Life::of(seats(3), vec![first])
}

#[test]
fn a_change_without_a_date_keeps_the_one_it_was_first_seen_on() {
    let expected = [
        "2026-01-01 New Plan 0 → 1000 by in_1",
        "2026-01-10 Upgrade Quantity 1000 → 3000 by present",
    ];
    let first = told(&[], &seats(3), "2026-01-10", &billed_once());
    assert_eq!(first, expected);
    // Read again later, with something else about it changed.
    let kept = [seen("2026-01-10", &seats(3))];
    let again = told(&kept, &seats(3), "2026-01-20", &billed_once());
    assert_eq!(again, expected);
    // Not kept, it would move.
    let moved = told(&[], &seats(3), "2026-01-20", &billed_once());
    assert_ne!(moved, expected);
    // A further change without a date is dated by itself.
    let further = told(&kept, &seats(4), "2026-01-25", &billed_once());
    assert_eq!(further[..2], expected);
    assert_eq!(
        further[2..],
        ["2026-01-25 Upgrade Quantity 3000 → 4000 by present"]
    );
}

#[test]
fn nor_does_it_move_to_the_next_event() {
    let known = Life {
        changes: vec![update("evt_1", "2026-01-22", &seats(3), &seats(5))],
        ..billed_once()
    };
    let kept = [seen("2026-01-10", &seats(3))];
    assert_eq!(
        told(&kept, &seats(5), "2026-01-22", &known),
        [
            "2026-01-01 New Plan 0 → 1000 by in_1",
            "2026-01-10 Upgrade Quantity 1000 → 3000 by present",
            "2026-01-22 Upgrade Quantity 3000 → 5000 by evt_1",
        ]
    );
}

#[test]
fn what_nothing_bills_begins_as_it_was_first_found() {
    let nothing = Life::of(seats(3), Vec::new());
    let kept = [seen("2026-01-10", &seats(1))];
    assert_eq!(
        told(&kept, &seats(3), "2026-01-20", &nothing),
        [
            "2026-01-01 New Plan 0 → 1000 by present",
            "2026-01-20 Upgrade Quantity 1000 → 3000 by present",
        ]
    );
}

#[test]
fn events_know_better_than_a_reading_that_overlapped_them() {
    // Reading began on the 10th and took so long that it found what happened on the 11th.
    let known = Life {
        changes: vec![update("evt_1", "2026-01-11", &seats(1), &seats(3))],
        ..billed_once()
    };
    let kept = [seen("2026-01-10", &seats(3))];
    assert_eq!(
        told(&kept, &seats(3), "2026-01-20", &known),
        [
            "2026-01-01 New Plan 0 → 1000 by in_1",
            "2026-01-11 Upgrade Quantity 1000 → 3000 by evt_1",
        ]
    );
    // It even began before the subscription was made.
    let made = Life::told_by(
        seats(3),
        vec![event("evt_1", JAN, ChangeKind::Created, &seats(3))],
    );
    let kept = [seen("2025-12-31", &seats(3))];
    assert_eq!(
        told(&kept, &seats(3), "2026-01-20", &made),
        ["2026-01-01 New Plan 0 → 3000 by evt_1"]
    );
}

#[test]
fn the_order_of_sightings_and_further_ones_of_the_same_do_not_matter() {
    let all = [
        seen("2026-01-25", &seats(4)),
        seen("2026-01-10", &seats(3)),
        seen("2026-01-12", &seats(3)),
        seen("2026-01-10", &seats(3)),
    ];
    let few = [seen("2026-01-10", &seats(3)), seen("2026-01-25", &seats(4))];
    let live = seats(4);
    assert_eq!(
        told(&all, &live, "2026-01-28", &billed_once()),
        told(&few, &live, "2026-01-28", &billed_once())
    );
}

#[test]
fn only_what_nothing_else_tells_is_worth_keeping() {
    let rests = |known: &Life, live: &Subscription| {
        History::rebuild(
            live,
            day("2026-01-20"),
            &known.invoices,
            &known.changes,
            &known.catalog,
        )
        .rests_on_sight(day("2026-01-20"))
    };
    assert!(rests(&billed_once(), &seats(3)));
    assert!(!rests(&billed_once(), &seats(1)), "as billed");
    assert!(
        rests(&Life::of(seats(1), Vec::new()), &seats(1)),
        "nothing bills it"
    );
    let told = vec![event("evt_1", JAN, ChangeKind::Created, &seats(3))];
    assert!(
        !rests(&Life::told_by(seats(3), told), &seats(3)),
        "an event tells it"
    );
}
