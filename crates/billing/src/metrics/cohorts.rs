//! Customers by the month of their first MRR.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Currency, CustomerId, Fraction, Timeline};

/// The customers whose first MRR fell into one month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// Which of the given months.
    pub month: usize,
    /// How many customers.
    pub customers: u64,
    /// Their MRR at the end of this month and of each one after it, in minor units.
    pub mrr: Vec<Fraction>,
}

/// Cohorts of `currency`. `month_ends` are the last moments of months in order; a customer belongs to the first of them
/// by whose end it had MRR.
#[must_use]
pub fn cohorts(
    timelines: &[Timeline],
    currency: Currency,
    month_ends: &[Timestamp],
) -> Vec<Cohort> {
    let mut customers: BTreeMap<&CustomerId, Vec<&Timeline>> = BTreeMap::new();
    for timeline in timelines
        .iter()
        .filter(|timeline| timeline.currency == currency)
    {
        customers
            .entry(&timeline.customer)
            .or_default()
            .push(timeline);
    }
    let mut cohorts: BTreeMap<usize, Cohort> = BTreeMap::new();
    for timelines in customers.into_values() {
        let firsts = timelines
            .iter()
            .filter_map(|timeline| timeline.first_mrr_at());
        let Some(begun) = firsts.min() else { continue };
        let month = month_ends.partition_point(|end| *end < begun);
        let ends = month_ends.get(month..).unwrap_or_default();
        if ends.is_empty() {
            continue;
        }
        let cohort = cohorts.entry(month).or_insert_with(|| Cohort {
            month,
            customers: 0,
            mrr: vec![Fraction::zero(); ends.len()],
        });
        cohort.customers += 1;
        for (sum, end) in cohort.mrr.iter_mut().zip(ends) {
            for timeline in &timelines {
                *sum += &timeline.mrr_at(*end);
            }
        }
    }
    cohorts.into_values().collect()
}
