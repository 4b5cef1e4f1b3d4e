//! Events in the one order that does not depend on how they arrived.

use std::collections::BTreeMap;

use crate::{Change, EventId, SubscriptionId};

/// The changes of `subscription`, each once, in order of time. Stripe dates events by the second and promises no order,
/// so changes of one second are chained by what each says was before it.
pub(super) fn in_time<'a>(subscription: &SubscriptionId, changes: &'a [Change]) -> Vec<&'a Change> {
    let mine: BTreeMap<&EventId, &Change> = changes
        .iter()
        .filter(|change| change.after.id == *subscription)
        .map(|change| (&change.event, change))
        .collect();
    let mut sorted: Vec<_> = mine.into_values().collect();
    sorted.sort_by_key(|change| (change.at, change.kind, &change.event));
    let mut ordered = Vec::with_capacity(sorted.len());
    for second in sorted.chunk_by(|one, next| (one.at, one.kind) == (next.at, next.kind)) {
        ordered.extend(chained(second));
    }
    ordered
}

/// Puts each change behind the one that left what it found.
fn chained<'a>(second: &[&'a Change]) -> Vec<&'a Change> {
    let mut waiting = second.to_vec();
    let mut chain = Vec::with_capacity(waiting.len());
    while waiting.len() > 1 {
        let is_first = |one: &&Change| {
            let mut others = waiting.iter().filter(|other| other.event != one.event);
            !others.any(|other| one.before.as_ref() == Some(&other.after))
        };
        let first = waiting.iter().position(is_first).unwrap_or(0);
        chain.push(waiting.remove(first));
    }
    chain.extend(waiting);
    chain
}
