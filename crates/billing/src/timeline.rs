//! MRR over time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Currency, CustomerId, Discount, Figure, FirstPayment, Fraction, History, Origin, Policy, State,
    Subscription, SubscriptionId, mrr,
};

/// The MRR of one subscription over time under one policy: constant from each segment's begin to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Whose it is.
    pub subscription: SubscriptionId,
    /// Who pays.
    pub customer: CustomerId,
    /// In which currency.
    pub currency: Currency,
    /// The segments, oldest first. Before the first one MRR is 0.
    pub segments: Vec<Segment>,
    /// Cancellations announced and taken back, oldest first.
    pub announcements: Vec<Announcement>,
}

/// A stretch of time in which one figure holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Since when.
    pub from: Timestamp,
    /// The figure and its derivation.
    pub figure: Figure,
    /// Where the knowledge of its begin comes from.
    pub origin: Origin,
    /// Where the knowledge of its amount comes from.
    pub amount_origin: Origin,
}

/// A cancellation was scheduled, or the schedule taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// When it was recorded.
    pub at: Timestamp,
    /// When the subscription is to end; `None` when the cancellation was taken back.
    pub effective: Option<Timestamp>,
    /// Where the knowledge comes from.
    pub origin: Origin,
}

impl Timeline {
    /// The segment that holds at `at`.
    #[must_use]
    pub fn segment_at(&self, at: Timestamp) -> Option<&Segment> {
        let begun = self.segments.partition_point(|segment| segment.from <= at);
        self.segments.get(begun.checked_sub(1)?)
    }

    /// Exact minor units of MRR at `at`.
    #[must_use]
    pub fn mrr_at(&self, at: Timestamp) -> Fraction {
        self.segment_at(at)
            .map(|segment| segment.figure.amount.minor.clone())
            .unwrap_or_default()
    }

    /// Whether it had any MRR before `at`.
    #[must_use]
    pub fn counted_before(&self, at: Timestamp) -> bool {
        self.first_mrr_at().is_some_and(|first| first < at)
    }

    /// When its first MRR began, if it ever had any.
    #[must_use]
    pub fn first_mrr_at(&self) -> Option<Timestamp> {
        let mut segments = self.segments.iter();
        Some(
            segments
                .find(|segment| segment.figure.amount.minor.is_positive())?
                .from,
        )
    }
}

impl History {
    /// The MRR over time under `policy`, up to and with `until`.
    #[must_use]
    pub fn timeline(&self, policy: &Policy, until: Timestamp) -> Option<Timeline> {
        let present = &self.states.last()?.subscription;
        let mut segments: Vec<Segment> = Vec::new();
        for (index, state) in self.states.iter().enumerate() {
            let next = self.states.get(index + 1).map(|next| next.from);
            for at in moments(state, next).into_iter().filter(|at| *at <= until) {
                let figure = mrr(&state.subscription, at, policy);
                if segments
                    .last()
                    .is_some_and(|last| says_same(&last.figure, &figure))
                {
                    continue;
                }
                segments.push(Segment {
                    from: at,
                    figure,
                    origin: origin_of(state, at),
                    amount_origin: state.origin.clone(),
                });
            }
        }
        Some(Timeline {
            subscription: self.subscription.clone(),
            customer: present.customer.clone(),
            currency: present.currency,
            segments,
            announcements: announcements(&self.states, until),
        })
    }
}

/// The moments at which the figure of a state may change although nothing happens to the subscription.
fn moments(state: &State, next: Option<Timestamp>) -> Vec<Timestamp> {
    let subscription = &state.subscription;
    let mut moments: Vec<_> = dates(subscription).collect();
    for item in &subscription.items {
        moments.extend(item.current_period.map(|period| period.end));
        moments.extend(item.discounts.iter().flat_map(bounds));
    }
    let whole = subscription.discounts.iter();
    moments.extend(
        whole
            .chain(&subscription.customer_discount)
            .flat_map(bounds),
    );
    moments.retain(|at| *at > state.from && next.is_none_or(|next| *at < next));
    moments.push(state.from);
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Dates that stand on the subscription itself.
fn dates(subscription: &Subscription) -> impl Iterator<Item = Timestamp> {
    let paid = match subscription.first_payment {
        FirstPayment::PaidAt(at) => Some(at),
        FirstPayment::Unknown | FirstPayment::Open => None,
    };
    let resumes = subscription.pause_collection.as_ref();
    [
        Some(subscription.start_date),
        subscription.trial.map(|trial| trial.start),
        subscription.trial.map(|trial| trial.end),
        subscription.cancel_at,
        subscription.canceled_at,
        subscription.ended_at,
        resumes.and_then(|pause| pause.resumes_at),
        paid,
    ]
    .into_iter()
    .flatten()
}

fn bounds(discount: &Discount) -> impl Iterator<Item = Timestamp> {
    let only_in = discount.only_in;
    [
        discount.start,
        discount.end,
        only_in.map(|period| period.start),
        only_in.map(|period| period.end),
    ]
    .into_iter()
    .flatten()
}

fn origin_of(state: &State, at: Timestamp) -> Origin {
    if at != state.from && dates(&state.subscription).any(|date| date == at) {
        Origin::Dates
    } else {
        state.origin.clone()
    }
}

fn says_same(one: &Figure, other: &Figure) -> bool {
    one.amount == other.amount
        && one.derivation.standing == other.derivation.standing
        && one.derivation.items == other.derivation.items
        && one.notes == other.notes
}

fn announcements(states: &[State], until: Timestamp) -> Vec<Announcement> {
    let mut announcements = Vec::new();
    let mut announced = false;
    let told = states
        .iter()
        .filter(|state| !matches!(state.origin, Origin::Invoice { .. }));
    for state in told {
        let effective = announced_end(&state.subscription);
        // What is rebuilt from the present holds for a time in which it may have been asked for.
        let asked = state
            .subscription
            .canceled_at
            .filter(|at| *at <= state.from || state.origin == Origin::Present);
        let over = state.subscription.status.is_final();
        if effective.is_some() && !announced {
            let (at, origin) = match (&state.origin, asked) {
                (Origin::Event { .. }, Some(_)) if !over => (state.from, state.origin.clone()),
                (_, Some(asked)) => (asked, Origin::Dates),
                (_, None) => (state.from, state.origin.clone()),
            };
            announcements.push(Announcement {
                at,
                effective,
                origin,
            });
        } else if effective.is_none() && announced && !over {
            announcements.push(Announcement {
                at: state.from,
                effective: None,
                origin: state.origin.clone(),
            });
        }
        announced = effective.is_some();
    }
    announcements.retain(|announcement| announcement.at <= until);
    announcements
}

/// When the subscription is going to end, or, when it did, was going to end since before that day.
fn announced_end(subscription: &Subscription) -> Option<Timestamp> {
    subscription.scheduled_end().or_else(|| {
        let (asked, ended) = (subscription.canceled_at?, subscription.ended_at?);
        (asked < ended).then_some(ended)
    })
}
