//! A software company at play: its customers subscribe, change, pay late and leave, all from one seed.
//!
//! It writes two books that know nothing of each other. [`Business::data`] holds what Stripe would hold: objects and
//! events in Stripe's shape. [`Business::ledger`] holds what truly happened, so that maths which reads Stripe can be held
//! against the truth and not against itself.
//!
//! ```
//! use clearsync_sandbox::business::{Business, Shape};
//!
//! let noon: jiff::Timestamp = "2026-06-01T12:00:00Z".parse()?;
//! let mut business = Business::play(7, &Shape::small(), noon);
//! let subscriptions = business.ledger().lives().count();
//! assert!(subscriptions > 0);
//!
//! let tomorrow: jiff::Timestamp = "2026-06-02T12:00:00Z".parse()?;
//! business.advance(tomorrow);
//! # Ok::<(), jiff::Error>(())
//! ```

mod account;
mod arriving;
mod calendar;
mod catalog;
mod changing;
mod company;
mod dice;
mod invoicing;
mod journal;
mod leaving;
mod ledger;
mod money;
mod movements;
mod names;
mod objects;
mod paying;
mod promotions;
mod renewing;
mod shape;
mod subscribing;
mod terms;
#[cfg(test)]
mod tests;
mod traces;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use crate::StripeData;
use calendar::{days_after, months_after};
use company::Company;

pub use calendar::{Cadence, Interval, Period};
pub use ledger::{Entry, ExactMinor, Fact, Ledger, Life, RecurringAmount};
pub use money::{Currency, Exact};
pub use movements::{ChangeType, Movement, MovementKind};
pub use shape::{Mix, Shape};
pub use terms::{
    Coupon, DiscountTerms, Duration, ItemTerms, Level, Off, Price, Pricing, Product, Tax, Terms,
    Tier,
};
pub use traces::{Reason, Traces};

/// A company, its Stripe account and its ledger.
#[derive(Debug)]
pub struct Business {
    company: Company,
    data: Arc<RwLock<StripeData>>,
}

impl Business {
    /// Plays a business that opened `shape.months` before `until`, up to and including that moment. The same seed,
    /// shape and moment give the same business to the byte.
    #[must_use]
    pub fn play(seed: u64, shape: &Shape, until: Timestamp) -> Self {
        let months = i32::try_from(shape.months).unwrap_or(i32::MAX);
        let opened = whole_second(months_after(until, -months));
        let log_begins = shape
            .event_days
            .map_or(opened, |days| whole_second(days_after(until, -days)));
        let mut company = Company::found(seed, shape, opened, log_begins);
        let catalog = std::mem::take(&mut company.journal.data);
        let mut business = Self {
            company,
            data: Arc::new(RwLock::new(catalog)),
        };
        business.advance(until);
        business
    }

    /// Lets the business live on to a later moment and says how many events that made. However the time is cut, the
    /// life is the same.
    pub fn advance(&mut self, until: Timestamp) -> usize {
        let mut shared = self.data.write().unwrap_or_else(PoisonError::into_inner);
        let before = self.company.journal.recorded();
        std::mem::swap(&mut *shared, &mut self.company.journal.data);
        self.company.live_until(until);
        std::mem::swap(&mut *shared, &mut self.company.journal.data);
        self.company.journal.recorded() - before
    }

    /// The Stripe account, shared with whoever serves it.
    #[must_use]
    pub fn data(&self) -> Arc<RwLock<StripeData>> {
        Arc::clone(&self.data)
    }

    /// What truly happened.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.company.ledger
    }

    /// The id of the Stripe account.
    #[must_use]
    pub fn account_id(&self) -> &str {
        &self.company.account_id
    }
}

fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
