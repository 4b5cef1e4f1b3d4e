//! How much of the MRR of a moment is still there later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Currency, CustomerId, Fraction, Period, Timeline};

/// The MRR of those who paid at the begin, then and at the end, in minor units of one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Their MRR at the begin.
    pub opening: Fraction,
    /// Their MRR at the end.
    pub closing: Fraction,
    /// Their MRR at the end, each no more than at the begin.
    pub kept: Fraction,
    /// How many customers paid at the begin.
    pub customers: u64,
    /// How many of them pay nothing at the end.
    pub customers_lost: u64,
}

impl Retention {
    /// Net revenue retention: closing / opening, with upgrades.
    #[must_use]
    pub fn net(&self) -> Option<Fraction> {
        self.closing.checked_div(&self.opening)
    }

    /// Gross revenue retention: without upgrades, so at most 1.
    #[must_use]
    pub fn gross(&self) -> Option<Fraction> {
        self.kept.checked_div(&self.opening)
    }

    /// The share of customers lost.
    #[must_use]
    pub fn customer_churn(&self) -> Option<Fraction> {
        Fraction::from(self.customers_lost).checked_div(&Fraction::from(self.customers))
    }
}

/// Retention of `currency` between the two ends of `period`, customer by customer. For whole months its begin is the last
/// moment of the month before, and its end that of the last month.
#[must_use]
pub fn retention(timelines: &[Timeline], currency: Currency, period: Period) -> Retention {
    let mut customers: BTreeMap<&CustomerId, (Fraction, Fraction)> = BTreeMap::new();
    for timeline in timelines
        .iter()
        .filter(|timeline| timeline.currency == currency)
    {
        let (opening, closing) = customers.entry(&timeline.customer).or_default();
        *opening += &timeline.mrr_at(period.start);
        *closing += &timeline.mrr_at(period.end);
    }
    let mut retention = Retention::default();
    for (opening, closing) in customers
        .into_values()
        .filter(|(opening, _)| opening.is_positive())
    {
        retention.customers += 1;
        retention.customers_lost += u64::from(closing.is_zero());
        retention.kept += (&opening).min(&closing);
        retention.opening += &opening;
        retention.closing += &closing;
    }
    retention
}
