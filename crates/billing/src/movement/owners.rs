//! Whose changes are told together.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use jiff::{SignedDuration, Timestamp};

use super::cause::Step;
use crate::{Currency, CustomerId, Fraction, Grain, Policy, Timeline};

/// Timelines told together, in one currency.
pub(super) struct Owner<'a> {
    pub(super) company: Option<String>,
    pub(super) timelines: Vec<&'a Timeline>,
    /// Everything the same customer pays, these timelines with it.
    pub(super) of_customer: Rc<Paid>,
    /// Every change of any of them, in order of time.
    pub(super) steps: Vec<Step<'a>>,
}

/// What some timelines come to together, over time.
pub(super) struct Paid {
    first_at: Option<Timestamp>,
    /// Exact minor units of MRR from each moment on, oldest first.
    totals: Vec<(Timestamp, Fraction)>,
}

impl Paid {
    fn of(steps: &[Step<'_>]) -> Self {
        let mut total = Fraction::zero();
        let totals: Vec<_> = steps
            .iter()
            .map(|step| {
                total += &step.change();
                (step.at, total.clone())
            })
            .collect();
        Self {
            first_at: totals.first().map(|(at, _)| *at),
            totals,
        }
    }

    /// Whether there was any MRR before `at`.
    pub(super) fn began_before(&self, at: Timestamp) -> bool {
        self.first_at.is_some_and(|first| first < at)
    }

    /// Exact minor units of MRR at `at`.
    pub(super) fn mrr_at(&self, at: Timestamp) -> Fraction {
        let begun = self.totals.partition_point(|(from, _)| *from <= at);
        let last = begun.checked_sub(1).and_then(|last| self.totals.get(last));
        last.map(|(_, total)| total.clone()).unwrap_or_default()
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
enum Key<'a> {
    Company(String),
    Customer(&'a CustomerId),
}

/// Groups `timelines` as `policy` says.
pub(super) fn of<'a>(
    timelines: &'a [Timeline],
    policy: &Policy,
    company_of: impl Fn(&CustomerId) -> Option<String>,
) -> Vec<Owner<'a>> {
    let mut groups: BTreeMap<(Key<'a>, Currency), Vec<&'a Timeline>> = BTreeMap::new();
    for timeline in timelines {
        let company = match policy.grain {
            Grain::Company => company_of(&timeline.customer),
            Grain::Subscription | Grain::Customer => None,
        };
        let key = company.map_or(Key::Customer(&timeline.customer), Key::Company);
        groups
            .entry((key, timeline.currency))
            .or_default()
            .push(timeline);
    }
    let mut owners = Vec::new();
    for ((key, _), mut group) in groups {
        group.sort_by_key(|timeline| &timeline.subscription);
        let of_customer = Rc::new(Paid::of(&steps(&group)));
        let chains = match policy.grain {
            Grain::Subscription => chains(group, policy),
            Grain::Customer | Grain::Company => vec![group],
        };
        for timelines in chains {
            owners.push(Owner {
                company: match &key {
                    Key::Company(name) => Some(name.clone()),
                    Key::Customer(_) => None,
                },
                steps: if policy.grain == Grain::Subscription {
                    joined_steps(&timelines)
                } else {
                    steps(&timelines)
                },
                timelines,
                of_customer: Rc::clone(&of_customer),
            });
        }
    }
    owners
}

/// Every change of `timelines`, in order of time.
fn steps<'a>(timelines: &[&'a Timeline]) -> Vec<Step<'a>> {
    let mut steps: Vec<_> = timelines
        .iter()
        .flat_map(|timeline| Step::all(timeline))
        .collect();
    steps.sort_by_key(|step| step.at);
    steps
}

/// A chain is one continuing subscription: each one's end is told together with the next one's begin.
fn joined_steps<'a>(chain: &[&'a Timeline]) -> Vec<Step<'a>> {
    let moved: BTreeMap<_, _> = chain
        .windows(2)
        .filter_map(|pair| Some(((&pair[0].subscription, end(pair[0])?), begin(pair[1])?)))
        .collect();
    let mut steps = steps(chain);
    for step in &mut steps {
        if let Some(begin) = moved.get(&(&step.timeline.subscription, step.at)) {
            step.at = *begin;
        }
    }
    steps.sort_by_key(|step| step.at);
    steps
}

/// Subscriptions one by one, or chained where one takes over from another.
fn chains<'a>(mut group: Vec<&'a Timeline>, policy: &Policy) -> Vec<Vec<&'a Timeline>> {
    let Some(days) = policy.migration_window_days else {
        return group.into_iter().map(|timeline| vec![timeline]).collect();
    };
    let window = SignedDuration::from_hours(24 * i64::from(days));
    group.sort_by_key(|timeline| (begin(timeline), &timeline.subscription));
    let mut chains: Vec<Vec<&'a Timeline>> = Vec::new();
    // Chains that have ended and none continues yet.
    let mut ended: BTreeSet<(Timestamp, usize)> = BTreeSet::new();
    for timeline in group {
        let predecessor = begin(timeline).and_then(|begin| {
            let [from, to] = [-window, window].map(|shift| begin.saturating_add(shift));
            let near = (from.ok()?, 0)..=(to.ok()?, usize::MAX);
            ended.range(near).next().copied()
        });
        let place = predecessor.map_or(chains.len(), |(_, place)| place);
        match predecessor {
            Some(found) => {
                ended.remove(&found);
                chains[place].push(timeline);
            }
            None => chains.push(vec![timeline]),
        }
        ended.extend(end(timeline).map(|end| (end, place)));
    }
    chains
}

fn begin(timeline: &Timeline) -> Option<Timestamp> {
    timeline.first_mrr_at()
}

fn end(timeline: &Timeline) -> Option<Timestamp> {
    let last = timeline.segments.last()?;
    let has_ended = last.figure.amount.minor.is_zero() && begin(timeline).is_some();
    has_ended.then_some(last.from)
}
