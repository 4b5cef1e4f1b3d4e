//! What was found when a subscription was read, and nothing else told of.

use jiff::{SignedDuration, Timestamp};

use super::{History, Origin, State, is_same};
use crate::{Catalog, Change, ChangeKind, Subscription};

/// A subscription as it was found when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// When reading began: it was read then or a little later.
    pub at: Timestamp,
    /// How it was found.
    pub subscription: Subscription,
}

/// Stripe dates events by the second in which they happen.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// Adds a state for each of `earlier` that differs from what is known of its moment otherwise.
pub(super) fn add(
    states: &mut Vec<State>,
    earlier: &[Sighting],
    changes: &[&Change],
    catalog: &Catalog,
) {
    let mut earlier: Vec<_> = earlier.iter().collect();
    earlier.sort_by_key(|sighting| sighting.at);
    states.sort_by_key(|state| state.from);
    for Sighting { at, subscription } in earlier {
        let mut found = subscription.clone();
        catalog.complete(&mut found);
        let begun = states.partition_point(|state| state.from <= *at);
        let known = begun.checked_sub(1).and_then(|last| states.get(last));
        let is_known = known.is_some_and(|known| is_same(&known.subscription, &found));
        if is_known || is_told(*at, &found, changes, catalog) {
            continue;
        }
        let from = match known {
            Some(_) => *at,
            None => found.start_date.min(*at),
        };
        let place = states.partition_point(|state| state.from <= from);
        states.insert(
            place,
            State {
                from,
                subscription: found,
                origin: Origin::Present,
            },
        );
    }
}

/// Whether events tell what was found. Reading takes a while, so that what is found can be younger than its moment: it
/// is then what a later event left, and not what the next one found.
fn is_told(at: Timestamp, found: &Subscription, changes: &[&Change], catalog: &Catalog) -> bool {
    let soonest = at.saturating_sub(SECOND).unwrap_or(Timestamp::MIN);
    let begun = changes.partition_point(|change| change.at <= soonest);
    let Some(next) = changes.get(begun) else {
        return false;
    };
    let same = |told: &Subscription| {
        let mut told = told.clone();
        catalog.complete(&mut told);
        is_same(&told, found)
    };
    let mut later = changes.iter().skip(begun);
    next.at <= at
        || next.kind == ChangeKind::Created
        || (!next.before.as_ref().is_some_and(same) && later.any(|change| same(&change.after)))
}

impl History {
    /// Whether the present state, as it was read at `seen_at`, says something that nothing else tells, so that the moment
    /// it was first seen is worth keeping.
    #[must_use]
    pub fn rests_on_sight(&self, seen_at: Timestamp) -> bool {
        match self.states.as_slice() {
            [only] => only.origin == Origin::Present,
            [.., before, last] => {
                last.origin == Origin::Present
                    && last.from == seen_at
                    && !sells_same(&before.subscription, &last.subscription)
            }
            [] => false,
        }
    }
}

/// Equal in all that can move MRR. States that are rebuilt from invoices know less than this of prices and periods.
fn sells_same(one: &Subscription, other: &Subscription) -> bool {
    let items = |subscription: &Subscription| {
        let mut items: Vec<_> = subscription
            .items
            .iter()
            .map(|item| (item.id.clone(), item.price.id.clone(), item.quantity))
            .collect();
        items.sort();
        items
    };
    let discounts = super::invoiced::listed;
    one.status == other.status
        && items(one) == items(other)
        && discounts(one) == discounts(other)
        && one.scheduled_end() == other.scheduled_end()
        && one.trial == other.trial
        && one.pause_collection == other.pause_collection
}
