//! Whose changes are told together.

use std::{collections::BTreeMap, rc::Rc};

use jiff::{SignedDuration, Timestamp};

use super::cause::Step;
use crate::{Currency, CustomerId, Grain, Policy, Timeline};

/// Timelines told together, in one currency.
pub(super) struct Owner<'a> {
    pub(super) company: Option<String>,
    pub(super) timelines: Vec<&'a Timeline>,
    /// All timelines of the same customer, these with them.
    pub(super) of_customer: Rc<[&'a Timeline]>,
    /// Every change of any of them, in order of time.
    pub(super) steps: Vec<Step<'a>>,
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
    groups
        .into_iter()
        .flat_map(|((key, _), group)| {
            let company = match key {
                Key::Company(name) => Some(name),
                Key::Customer(_) => None,
            };
            let of_customer: Rc<[_]> = group.as_slice().into();
            match policy.grain {
                Grain::Subscription => chains(&group, policy)
                    .into_iter()
                    .map(|chain| joined(chain, Rc::clone(&of_customer)))
                    .collect(),
                Grain::Customer | Grain::Company => vec![owner(company, group, of_customer)],
            }
        })
        .collect()
}

fn owner<'a>(
    company: Option<String>,
    timelines: Vec<&'a Timeline>,
    of_customer: Rc<[&'a Timeline]>,
) -> Owner<'a> {
    let mut steps: Vec<_> = timelines
        .iter()
        .flat_map(|timeline| Step::all(timeline))
        .collect();
    steps.sort_by_key(|step| step.at);
    Owner {
        company,
        timelines,
        of_customer,
        steps,
    }
}

/// A chain is one continuing subscription: each one's end is told together with the next one's begin.
fn joined<'a>(chain: Vec<&'a Timeline>, of_customer: Rc<[&'a Timeline]>) -> Owner<'a> {
    let successors: Vec<_> = chain
        .windows(2)
        .map(|pair| (pair[0], end(pair[0]), begin(pair[1])))
        .collect();
    let mut owner = owner(None, chain, of_customer);
    for (timeline, end, begin) in successors {
        let Some(begin) = begin else { continue };
        for step in &mut owner.steps {
            if step.timeline.subscription == timeline.subscription && Some(step.at) == end {
                step.at = begin;
            }
        }
    }
    owner.steps.sort_by_key(|step| step.at);
    owner
}

/// Subscriptions one by one, or chained where one takes over from another.
fn chains<'a>(group: &[&'a Timeline], policy: &Policy) -> Vec<Vec<&'a Timeline>> {
    let Some(days) = policy.migration_window_days else {
        return group.iter().map(|timeline| vec![*timeline]).collect();
    };
    let window = SignedDuration::from_hours(24 * i64::from(days));
    let mut sorted = group.to_vec();
    sorted.sort_by_key(|timeline| (begin(timeline), &timeline.subscription));
    let mut chains: Vec<Vec<&'a Timeline>> = Vec::new();
    for timeline in sorted {
        let predecessor = chains.iter_mut().find(|chain| {
            let end = chain.last().and_then(|last| end(last));
            let near = |end: Timestamp| {
                begin(timeline).is_some_and(|begin| begin.duration_since(end).abs() <= window)
            };
            end.is_some_and(near)
        });
        match predecessor {
            Some(chain) => chain.push(timeline),
            None => chains.push(vec![timeline]),
        }
    }
    chains
}

fn begin(timeline: &Timeline) -> Option<Timestamp> {
    let mut segments = timeline.segments.iter();
    Some(
        segments
            .find(|segment| segment.figure.amount.minor.is_positive())?
            .from,
    )
}

fn end(timeline: &Timeline) -> Option<Timestamp> {
    let last = timeline.segments.last()?;
    (last.figure.amount.minor.is_zero() && begin(timeline).is_some()).then_some(last.from)
}
