//! What is going to come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Amount, CancellationRule, Currency, Fraction, Period, Policy, Status, Subscription,
    SubscriptionId, mrr,
};

/// MRR now, and what of it is sure to stay, in minor units of one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// MRR now.
    pub mrr: Fraction,
    /// MRR at the horizon, after scheduled cancellations, trials and discounts that end before it.
    pub committed: Fraction,
    /// MRR now of subscriptions with overdue or unpaid invoices, and of those that `is_at_risk` names.
    pub at_risk: Fraction,
}

/// MRR of `currency` at `now` and, as far as it is agreed, at `horizon`.
#[must_use]
pub fn ahead(
    subscriptions: &[Subscription],
    currency: Currency,
    now: Timestamp,
    horizon: Timestamp,
    policy: &Policy,
    is_at_risk: impl Fn(&Subscription) -> bool,
) -> Ahead {
    let agreed = Policy {
        cancellation: CancellationRule::AtPeriodEnd,
        ..policy.clone()
    };
    let mut ahead = Ahead::default();
    for subscription in subscriptions
        .iter()
        .filter(|subscription| subscription.currency == currency)
    {
        let present = mrr(subscription, now, policy).amount.minor;
        let is_overdue = matches!(subscription.status, Status::PastDue | Status::Unpaid);
        if is_overdue || is_at_risk(subscription) {
            ahead.at_risk += &present;
        }
        ahead.mrr += &present;
        ahead.committed += &mrr(subscription, horizon, &agreed).amount.minor;
    }
    ahead
}

/// A subscription's next bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// When it is due.
    pub at: Timestamp,
    /// Whose.
    pub subscription: SubscriptionId,
    /// Its MRR from then on, as far as it is agreed.
    pub mrr: Amount,
}

/// The next renewals that fall into `within`, soonest first. Subscriptions that end by then do not renew.
#[must_use]
pub fn renewals(subscriptions: &[Subscription], within: Period, policy: &Policy) -> Vec<Renewal> {
    let agreed = Policy {
        cancellation: CancellationRule::AtPeriodEnd,
        ..policy.clone()
    };
    let mut renewals: Vec<_> = subscriptions
        .iter()
        .filter_map(|subscription| {
            let periods = subscription
                .items
                .iter()
                .filter_map(|item| item.current_period);
            let at = periods
                .map(|period| period.end)
                .filter(|at| within.contains(*at))
                .min()?;
            let figure = mrr(subscription, at, &agreed);
            figure.derivation.standing.counts().then(|| Renewal {
                at,
                subscription: subscription.id.clone(),
                mrr: figure.amount,
            })
        })
        .collect();
    renewals
        .sort_by(|one, other| (one.at, &one.subscription).cmp(&(other.at, &other.subscription)));
    renewals
}
