//! How large a business is and what it is made of.

use super::money::Currency;

/// What kind of business to play.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Customers that come in the first `months`; later ones keep coming at the same pace.
    pub customers: u32,
    /// How long the business has existed at the moment it is played to.
    pub months: u32,
    /// The currencies sold in and how many customers of 100 or so pay in each; never empty of weight.
    pub currencies: Vec<(Currency, u32)>,
    /// How common each feature is.
    pub mix: Mix,
    /// Whether the customers that make a demonstration interesting are among them.
    pub specials: bool,
    /// Connected accounts of a platform.
    pub connected_accounts: u32,
    /// How far back the event log reaches from the moment played to; `None` for all of it. Stripe shows 30 days.
    pub event_days: Option<i32>,
}

/// How common each feature is, in percent: of subscriptions, of changes, or of invoices, as named.
#[derive(Debug, Clone)]
pub struct Mix {
    /// Subscriptions on the simplest prices, which get no other feature.
    pub plain: u8,
    /// Other subscriptions that begin with a trial.
    pub trial: u8,
    /// Trials nobody pays for.
    pub trial_lost: u8,
    /// Other subscriptions that begin with a coupon.
    pub discount: u8,
    /// Customers with a coupon of their own.
    pub customer_discount: u8,
    /// Other subscriptions on tiers, packages, fractions of a cent, usage or several items.
    pub elaborate: u8,
    /// Subscriptions that get a setup fee on the first invoice.
    pub setup_fee: u8,
    /// Customers that pay sales tax.
    pub tax: u8,
    /// Customers that pay by invoice, not by card.
    pub send_invoice: u8,
    /// Renewals whose first payment fails.
    pub late_payment: u8,
    /// First payments that fail.
    pub first_payment_fails: u8,
    /// Subscriptions with a change waiting in a schedule.
    pub scheduled_change: u8,
    /// Paid invoices that are refunded or credited in part.
    pub refund: u8,
    /// Renewals that bring a price rise.
    pub price_rise: u8,
    /// Customers that come back after they left.
    pub comeback: u8,
    /// Customers that are deleted after they left for good.
    pub deleted: u8,
}

impl Mix {
    const ORDINARY: Self = Self {
        plain: 45,
        trial: 25,
        trial_lost: 30,
        discount: 30,
        customer_discount: 5,
        elaborate: 45,
        setup_fee: 6,
        tax: 25,
        send_invoice: 6,
        late_payment: 5,
        first_payment_fails: 3,
        scheduled_change: 3,
        refund: 2,
        price_rise: 1,
        comeback: 35,
        deleted: 8,
    };
}

impl Shape {
    /// The sample business: some 400 customers, with the awkward ones among them.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            customers: 400,
            months: 30,
            currencies: vec![
                (Currency::Usd, 60),
                (Currency::Eur, 28),
                (Currency::Jpy, 8),
                (Currency::Kwd, 4),
            ],
            mix: Mix::ORDINARY,
            specials: true,
            connected_accounts: 0,
            event_days: Some(35),
        }
    }

    /// Some 20 customers in two years, for tests over many seeds.
    #[must_use]
    pub fn small() -> Self {
        Self {
            customers: 20,
            months: 24,
            specials: false,
            ..Self::sample()
        }
    }

    /// As many customers as asked for, for benchmarks.
    #[must_use]
    pub fn large(customers: u32) -> Self {
        Self {
            customers,
            specials: false,
            ..Self::sample()
        }
    }

    /// The same business with every event since its first day in the log.
    #[must_use]
    pub fn with_all_events(self) -> Self {
        Self {
            event_days: None,
            ..self
        }
    }
}
