//! From our MRR to another policy's, cause by cause.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Amount, Currency, Fraction, Policy, Status, Subscription, SubscriptionId, mrr};

/// Why two policies count differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Discounts that one subtracts and the other does not.
    Discounts,
    /// When a canceled subscription stops counting.
    CancellationTiming,
    /// Overdue and unpaid subscriptions.
    PastDue,
    /// Other statuses, such as trials.
    Statuses,
    /// Held-back invoices.
    Pauses,
    /// Measured usage.
    Metered,
    /// Waiting for the first payment.
    FirstPayment,
    /// Days and weeks of a month.
    Factors,
    /// Rounding each subscription instead of the sum.
    Rounding,
}

impl Cause {
    /// Every cause, in the order in which one policy is turned into the other.
    pub const ALL: [Self; 9] = [
        Self::Discounts,
        Self::CancellationTiming,
        Self::PastDue,
        Self::Statuses,
        Self::Pauses,
        Self::Metered,
        Self::FirstPayment,
        Self::Factors,
        Self::Rounding,
    ];

    /// `policy` with this one switch set as in `other`.
    fn switched(self, policy: &Policy, other: &Policy) -> Policy {
        let mut policy = policy.clone();
        match self {
            Self::Discounts => policy.discounts = other.discounts,
            Self::CancellationTiming => policy.cancellation = other.cancellation,
            Self::PastDue => {
                for status in [Status::PastDue, Status::Unpaid] {
                    policy.counted.remove(&status);
                    policy.counted.extend(other.counted.get(&status).cloned());
                }
            }
            Self::Statuses => policy.counted.clone_from(&other.counted),
            Self::Pauses => policy.pause = other.pause,
            Self::Metered => policy.metered = other.metered,
            Self::FirstPayment => policy.first_invoice = other.first_invoice,
            Self::Factors => policy.factors.clone_from(&other.factors),
            Self::Rounding => {}
        }
        policy
    }
}

/// The way from one policy's MRR to another's, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bridge {
    /// MRR under the first policy.
    pub ours: Amount,
    /// What each cause adds or takes, with the subscriptions it concerns. Causes without effect are left out.
    pub spans: Vec<BridgeSpan>,
    /// MRR under the other policy, each subscription rounded to whole minor units.
    pub theirs: Amount,
}

/// What one cause adds or takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeSpan {
    /// Which cause.
    pub cause: Cause,
    /// What it adds, or takes when below zero.
    pub change: Amount,
    /// By subscription.
    pub subscriptions: Vec<(SubscriptionId, Amount)>,
}

/// The way from `ours` to `theirs` over `subscriptions` at `at`, one bridge for each currency.
///
/// The switches are set one after the other, so the spans add up to the difference exactly.
#[must_use]
pub fn bridges(
    subscriptions: &[Subscription],
    at: Timestamp,
    ours: &Policy,
    theirs: &Policy,
) -> Vec<Bridge> {
    let mut by_currency: BTreeMap<Currency, Vec<&Subscription>> = BTreeMap::new();
    for subscription in subscriptions {
        by_currency
            .entry(subscription.currency)
            .or_default()
            .push(subscription);
    }
    by_currency
        .into_iter()
        .map(|(currency, subscriptions)| bridge(&subscriptions, currency, at, ours, theirs))
        .collect()
}

fn bridge(
    subscriptions: &[&Subscription],
    currency: Currency,
    at: Timestamp,
    ours: &Policy,
    theirs: &Policy,
) -> Bridge {
    let amount = |minor: Fraction| Amount::new(minor, currency);
    let figures = |policy: &Policy| -> Vec<Fraction> {
        let figure = |subscription: &&Subscription| mrr(subscription, at, policy).amount.minor;
        subscriptions.iter().map(figure).collect()
    };
    let mut policy = ours.clone();
    let mut now = figures(&policy);
    let opening: Fraction = now.iter().sum();
    let mut spans = Vec::new();
    for cause in Cause::ALL {
        policy = cause.switched(&policy, theirs);
        let next = match cause {
            Cause::Rounding => now.iter().map(|minor| rounded(minor, currency)).collect(),
            _ => figures(&policy),
        };
        let moved = subscriptions.iter().zip(next.iter().zip(&now));
        let subscriptions: Vec<_> = moved
            .map(|(subscription, (next, now))| (subscription.id.clone(), amount(next - now)))
            .filter(|(_, change)| !change.minor.is_zero())
            .collect();
        if !subscriptions.is_empty() {
            spans.push(BridgeSpan {
                cause,
                change: amount(subscriptions.iter().map(|(_, change)| &change.minor).sum()),
                subscriptions,
            });
        }
        now = next;
    }
    Bridge {
        ours: amount(opening),
        spans,
        theirs: amount(now.iter().sum()),
    }
}

fn rounded(minor: &Fraction, currency: Currency) -> Fraction {
    Amount::new(minor.clone(), currency)
        .round()
        .amount_minor
        .into()
}
