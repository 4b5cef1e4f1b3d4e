//! A subscription's past: its states since the beginning, from invoices, events and the present.
//!
//! Stripe keeps events for thirty days. What lies further back is rebuilt from invoices: each recurring line says what
//! was sold in its service period, and proration lines say what changed within one. From the first event on, events
//! tell each state exactly.

mod ended;
mod invoiced;
mod lines;
mod order;
mod seen;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Catalog, EventId, Invoice, InvoiceId, Status, Subscription, SubscriptionId};

use invoiced::Invoiced;

pub use seen::Sighting;

/// A subscription as an event left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: ChangeKind,
    /// The subscription after it.
    pub after: Subscription,
    /// The subscription before it, when the event says what changed.
    pub before: Option<Subscription>,
}

/// What happened to a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It ended.
    Deleted,
}

/// Where the knowledge of a state or a movement comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    /// Exact: an event told it.
    Event {
        /// Which.
        event: EventId,
    },
    /// Exact: a date on the subscription itself told it, such as its start, the end of its trial, or its end.
    Dates,
    /// Rebuilt: an invoice told what was billed, and the change is dated by the billed period.
    Invoice {
        /// Which.
        invoice: InvoiceId,
    },
    /// Rebuilt: the present state shows it, and nothing tells when it came about, or an amount rests on what nothing tells
    /// any more.
    Present,
}

impl Origin {
    /// Whether date and amount are told by Stripe and not rebuilt.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self, Self::Event { .. } | Self::Dates)
    }
}

/// A subscription as it stood from one moment until the next state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Since when.
    pub from: Timestamp,
    /// The subscription as it stood then.
    pub subscription: Subscription,
    /// Where the knowledge comes from.
    pub origin: Origin,
}

/// All that is known of one subscription, as states in order of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Whose it is.
    pub subscription: SubscriptionId,
    /// Its states, oldest first, no two from the same moment.
    pub states: Vec<State>,
}

impl History {
    /// Rebuilds the past of the subscription `live`, as it was read at `seen_at`, from its `invoices` and `changes`.
    ///
    /// Both may hold duplicates and come in any order; what belongs to another subscription is left out. `catalog`
    /// completes prices and coupons.
    #[must_use]
    pub fn rebuild(
        live: &Subscription,
        seen_at: Timestamp,
        invoices: &[Invoice],
        changes: &[Change],
        catalog: &Catalog,
    ) -> Self {
        Self::rebuild_with(live, seen_at, &[], invoices, changes, catalog)
    }

    /// The same, knowing also how the subscription was found `earlier`: what nothing dates is dated by when it was first
    /// seen, and stays there.
    #[must_use]
    pub fn rebuild_with(
        live: &Subscription,
        seen_at: Timestamp,
        earlier: &[Sighting],
        invoices: &[Invoice],
        changes: &[Change],
        catalog: &Catalog,
    ) -> Self {
        let mut present = live.clone();
        catalog.complete(&mut present);
        let changes = order::in_time(&present.id, changes);
        let before = changes.first().and_then(|first| before(first, catalog));
        let past = Invoiced::new(&present, before.as_ref(), invoices, catalog);

        let mut states = match changes.first() {
            Some(first) if first.kind == ChangeKind::Created => Vec::new(),
            Some(first) => before_events(&past, first, before.as_ref(), catalog),
            None => past.states(),
        };
        states.extend(changes.iter().map(|change| told(change, catalog)));
        seen::add(&mut states, earlier, &changes, catalog);
        add_present(&mut states, &present, seen_at);
        states.sort_by_key(|state| state.from);
        keep_last_of_each_moment(&mut states);
        ended::carry_discounts(&mut states);
        past.split_at_usage(&mut states);
        past.teach(&mut states);
        Self {
            subscription: present.id,
            states,
        }
    }
}

/// The subscription right before `first`, completed, as far as the event says.
fn before(first: &Change, catalog: &Catalog) -> Option<Subscription> {
    let mut before = first.before.clone()?;
    catalog.complete(&mut before);
    Some(before)
}

/// What invoices tell of the time before the first event, and what was right before it.
fn before_events(
    past: &Invoiced<'_>,
    first: &Change,
    before: Option<&Subscription>,
    catalog: &Catalog,
) -> Vec<State> {
    let mut states = past.states();
    states.retain(|state| state.from < first.at);
    let before = match first.kind {
        ChangeKind::Deleted if before.is_none() => Some(not_ended(&first.after, states.last())),
        _ => before.cloned(),
    };
    if let Some(mut before) = before {
        catalog.complete(&mut before);
        add_right_before(&mut states, before, first.at);
    }
    states
}

/// What is known of the last moment before `at`. Where it differs from what was known until then, something changed
/// without a trace, and that is the latest moment it can have.
fn add_right_before(states: &mut Vec<State>, before: Subscription, at: Timestamp) {
    let from = match states.last() {
        None => before.start_date.min(at),
        Some(_) => at
            .checked_sub(SignedDuration::from_secs(1))
            .unwrap_or(Timestamp::MIN),
    };
    if states.last().is_none_or(|last| last.from < from) {
        states.push(State {
            from,
            subscription: before,
            origin: Origin::Present,
        });
    }
}

/// An ended subscription as it was before its end.
fn not_ended(ended: &Subscription, last: Option<&State>) -> Subscription {
    let status = last.map_or(Status::Active, |last| last.subscription.status.clone());
    Subscription {
        status,
        cancel_at: ended
            .ended_at
            .filter(|end| ended.canceled_at.is_some_and(|asked| asked < *end)),
        ..ended.clone()
    }
}

fn told(change: &Change, catalog: &Catalog) -> State {
    let mut subscription = change.after.clone();
    catalog.complete(&mut subscription);
    let backdated = subscription.start_date.min(change.at);
    State {
        from: match change.kind {
            ChangeKind::Created => backdated,
            ChangeKind::Updated | ChangeKind::Deleted => change.at,
        },
        subscription,
        origin: Origin::Event {
            event: change.event.clone(),
        },
    }
}

/// The present state says what no event told. An end has its date; for the rest the moment it was seen must do.
fn add_present(states: &mut Vec<State>, present: &Subscription, seen_at: Timestamp) {
    let last = states.last();
    if last.is_some_and(|last| is_same(&last.subscription, present)) {
        return;
    }
    let ended = present.ended_at.filter(|_| present.status.is_final());
    let (from, origin) = match (last, ended) {
        (None, _) => (present.start_date.min(seen_at), Origin::Present),
        (Some(last), Some(ended)) => {
            let before = not_ended(present, Some(last));
            if matches!(last.origin, Origin::Invoice { .. }) {
                add_right_before(states, before, ended);
            }
            (ended, Origin::Dates)
        }
        (Some(_), None) => (seen_at, Origin::Present),
    };
    states.push(State {
        from,
        subscription: present.clone(),
        origin,
    });
}

/// Equal but for what decoding noted.
fn is_same(one: &Subscription, other: &Subscription) -> bool {
    one.status == other.status
        && one.items == other.items
        && one.discounts == other.discounts
        && one.cancel_at == other.cancel_at
        && one.cancel_at_period_end == other.cancel_at_period_end
        && one.ended_at == other.ended_at
        && one.trial == other.trial
        && one.pause_collection == other.pause_collection
}

fn keep_last_of_each_moment(states: &mut Vec<State>) {
    states.reverse();
    states.dedup_by_key(|state| state.from);
    states.reverse();
}
