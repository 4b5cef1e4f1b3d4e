//! What truly happened: the business's own book of facts.
//!
//! The business writes a fact here at the moment it decides it, beside, and not from, the Stripe objects. Maths that
//! reads Stripe can so be held against the truth. The rules of [`Ledger::mrr_at`]:
//!
//! - A subscription counts while it is active, past due or unpaid, and stops on the day it ends, however early the end
//!   was announced. Trials, incomplete and paused subscriptions count nothing.
//! - Collection that is paused keeps the MRR: the agreement stands, only its invoices are not collected.
//! - Quantities, tiers and packages count; usage and tax do not, and tax is taken out of prices that contain it.
//! - Every discount is subtracted. It counts from the moment it is attached to the end of the last cycle invoiced with
//!   it, so a coupon for one invoice counts for the whole cycle of that invoice.
//! - A month is 1/12 of a year, 52/12 weeks, 365/12 days.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{
    calendar::Cadence,
    money::{Currency, Exact, whole},
    movements::Movement,
    terms::{Coupon, Level, Price, Terms},
};

/// One thing that happened to a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// It began, perhaps with a trial or with a first invoice still unpaid.
    Started {
        /// The customer had paid for an earlier subscription that ended.
        returning: bool,
        /// The subscription it takes over from in a product migration.
        continues: Option<String>,
        /// When its trial ends, if it begins with one.
        trial_end: Option<Timestamp>,
    },
    /// The invoice it began with was paid late.
    Activated,
    /// The trial is over.
    TrialEnded,
    /// More or fewer of the same.
    QuantityChanged {
        /// Units before.
        from: u64,
        /// Units since.
        to: u64,
    },
    /// Another product or another cycle.
    PlanChanged {
        /// The price before.
        from: Arc<Price>,
        /// The price since.
        to: Arc<Price>,
    },
    /// A further product was added.
    ItemAdded {
        /// What it costs.
        price: Arc<Price>,
        /// How many.
        quantity: u64,
    },
    /// The same product at another price.
    PriceChanged {
        /// The price before.
        from: Arc<Price>,
        /// The price since.
        to: Arc<Price>,
    },
    /// A discount counts from here on.
    DiscountStarted {
        /// What it takes off.
        coupon: Arc<Coupon>,
        /// Where it applies.
        level: Level,
    },
    /// A discount no longer counts.
    DiscountEnded {
        /// What it took off.
        coupon: Arc<Coupon>,
    },
    /// The customer announced the end.
    CancellationScheduled {
        /// When it will end.
        effective: Timestamp,
    },
    /// The announcement was taken back.
    CancellationUnscheduled {
        /// When it would have ended.
        effective: Timestamp,
    },
    /// It ended.
    Canceled,
    /// A renewal could not be collected.
    PastDue,
    /// The overdue invoice was paid.
    Recovered,
    /// Collection was given up; the subscription goes on unpaid.
    Unpaid,
    /// Its first invoice was never paid.
    Expired,
    /// Collection was paused, or the subscription itself where `counts` is false.
    Paused {
        /// Whether its MRR goes on.
        counts: bool,
    },
    /// The pause is over.
    Resumed,
}

/// A recurring amount: so much for each cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecurringAmount {
    /// Exact minor units per cycle.
    pub amount: Exact,
    /// The cycle.
    pub cadence: Cadence,
}

impl RecurringAmount {
    /// The part of it that falls on one month.
    #[must_use]
    pub fn monthly(self) -> Exact {
        self.amount * self.cadence.monthly_share()
    }
}

/// A fact, when it happened, and what held from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub fact: Fact,
    /// The agreement from then on.
    pub terms: Terms,
    /// What the agreement brings in, where it counts.
    pub recurring: Option<RecurringAmount>,
}

/// The life of one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Whose it is.
    pub customer_id: String,
    /// What it is invoiced in.
    pub currency: Currency,
    /// Its facts, oldest first.
    pub entries: Vec<Entry>,
}

/// An exact amount of one currency, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExactMinor {
    /// Upper part of the reduced fraction; it carries the sign.
    pub numerator: i128,
    /// Lower part, above zero.
    pub denominator: i128,
    /// What it is an amount of.
    pub currency: Currency,
}

impl ExactMinor {
    pub(super) fn new(amount: Exact, currency: Currency) -> Self {
        Self {
            numerator: *amount.numer(),
            denominator: *amount.denom(),
            currency,
        }
    }

    /// The amount as a fraction to reckon with.
    #[must_use]
    pub fn exact(self) -> Exact {
        Exact::new(self.numerator, self.denominator)
    }
}

/// The facts of every subscription, by Stripe id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    lives: BTreeMap<String, Life>,
}

impl Ledger {
    /// Every subscription's life, in order of id.
    pub fn lives(&self) -> impl Iterator<Item = (&str, &Life)> {
        self.lives.iter().map(|(id, life)| (id.as_str(), life))
    }

    /// One subscription's life.
    #[must_use]
    pub fn life(&self, subscription_id: &str) -> Option<&Life> {
        self.lives.get(subscription_id)
    }

    /// The MRR of a subscription at a moment; facts of that moment count. `None` for one the business never had.
    #[must_use]
    pub fn mrr_at(&self, subscription_id: &str, at: Timestamp) -> Option<ExactMinor> {
        let life = self.lives.get(subscription_id)?;
        let known = life.entries.partition_point(|entry| entry.at <= at);
        let now = known.checked_sub(1).and_then(|last| life.entries.get(last));
        Some(ExactMinor::new(monthly(now), life.currency))
    }

    /// Whether a subscription is as simple as they come, all its life: one item at a whole unit amount in its own
    /// currency, no trial, discount, pause, usage or tax within the price.
    #[must_use]
    pub fn is_plain(&self, subscription_id: &str) -> bool {
        self.lives.get(subscription_id).is_some_and(|life| {
            life.entries.iter().all(|entry| {
                let eventful = match &entry.fact {
                    Fact::Started { trial_end, .. } => trial_end.is_some(),
                    Fact::Paused { .. } | Fact::Resumed | Fact::Expired => true,
                    _ => false,
                };
                entry.terms.is_plain() && !eventful
            })
        })
    }

    /// Every movement of a subscription, oldest first. Facts of one moment are one movement. Facts that change no MRR
    /// are none, announced cancellations apart.
    #[must_use]
    pub fn movements(&self, subscription_id: &str) -> Vec<Movement> {
        self.lives
            .get(subscription_id)
            .map(Life::movements)
            .unwrap_or_default()
    }

    pub(super) fn open(&mut self, subscription_id: &str, customer_id: &str, currency: Currency) {
        self.lives.insert(
            subscription_id.to_owned(),
            Life {
                customer_id: customer_id.to_owned(),
                currency,
                entries: Vec::new(),
            },
        );
    }

    pub(super) fn write(&mut self, subscription_id: &str, entry: Entry) {
        if let Some(life) = self.lives.get_mut(subscription_id) {
            life.entries.push(entry);
        }
    }
}

pub(super) fn monthly(entry: Option<&Entry>) -> Exact {
    entry
        .and_then(|entry| entry.recurring)
        .map_or_else(|| whole(0), RecurringAmount::monthly)
}
