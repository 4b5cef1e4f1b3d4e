//! Our MRR per subscriber and month against another table, such as Stripe's own export.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Cause, Currency, CustomerId, Money, Month, MonthlyMrr};

/// How one subscriber's month compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Who.
    pub customer: CustomerId,
    /// In which currency.
    pub currency: Currency,
    /// Which month.
    pub month: Month,
    /// What differs, if anything.
    pub difference: Difference,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "difference", rename_all = "snake_case")]
pub enum Difference {
    /// Nothing.
    Matched {
        /// The amount both say.
        mrr: Money,
    },
    /// Both know the subscriber and say different amounts.
    Off {
        /// Ours.
        ours: Money,
        /// Theirs.
        theirs: Money,
        /// Why, as far as it is known, the largest part first.
        why: Vec<Cause>,
    },
    /// Only we know the subscriber.
    MissingThere {
        /// Ours.
        ours: Money,
    },
    /// Only they know the subscriber.
    MissingHere {
        /// Theirs.
        theirs: Money,
    },
}

/// Compares `ours` with `theirs` in the months both have. Where neither has an amount nothing is told.
///
/// `why` names causes for a customer and month, for example from [`bridges`](crate::bridges) at that month's end.
#[must_use]
pub fn reconcile(
    ours: &MonthlyMrr,
    theirs: &MonthlyMrr,
    why: impl Fn(&CustomerId, Month) -> Vec<Cause>,
) -> Vec<Finding> {
    let (ours_by, theirs_by) = (by_subscriber(ours), by_subscriber(theirs));
    let months = ours
        .months
        .iter()
        .filter(|month| theirs.months.contains(month));
    let months: Vec<_> = months.collect();
    let mut subscribers: Vec<_> = ours_by.keys().chain(theirs_by.keys()).copied().collect();
    subscribers.sort_unstable();
    subscribers.dedup();
    let mut findings = Vec::new();
    for (customer, currency) in subscribers {
        let row = (customer, currency);
        for month in &months {
            let ours = ours_by
                .get(&row)
                .map(|months| amount(months, **month, currency));
            let theirs = theirs_by
                .get(&row)
                .map(|months| amount(months, **month, currency));
            let difference = match (ours, theirs) {
                (Some(ours), Some(theirs)) if ours == theirs => Difference::Matched { mrr: ours },
                (Some(ours), Some(theirs)) => Difference::Off {
                    ours,
                    theirs,
                    why: why(customer, **month),
                },
                (Some(ours), None) => Difference::MissingThere { ours },
                (None, Some(theirs)) => Difference::MissingHere { theirs },
                (None, None) => continue,
            };
            if !is_nothing(&difference) {
                findings.push(Finding {
                    customer: customer.clone(),
                    currency,
                    month: **month,
                    difference,
                });
            }
        }
    }
    findings
}

type Months = BTreeMap<Month, i64>;

/// Rows of one subscriber and currency are added up, since exports may have several.
fn by_subscriber(table: &MonthlyMrr) -> BTreeMap<(&CustomerId, Currency), Months> {
    let mut all: BTreeMap<_, Months> = BTreeMap::new();
    for row in &table.rows {
        let months = all.entry((&row.customer, row.currency)).or_default();
        for (month, mrr) in table.months.iter().zip(&row.mrr) {
            let sum = months.entry(*month).or_default();
            *sum = sum.saturating_add(mrr.amount_minor);
        }
    }
    all
}

fn amount(months: &Months, month: Month, currency: Currency) -> Money {
    Money {
        amount_minor: months.get(&month).copied().unwrap_or_default(),
        currency,
    }
}

fn is_nothing(difference: &Difference) -> bool {
    match difference {
        Difference::Matched { mrr: amount }
        | Difference::MissingThere { ours: amount }
        | Difference::MissingHere { theirs: amount } => amount.amount_minor == 0,
        Difference::Off { .. } => false,
    }
}
