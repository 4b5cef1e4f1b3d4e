use std::collections::BTreeMap;

use clearsync_billing::{Amount, Currency, Fraction, Movement};
use clearsync_store::{Figure, Rollup};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    facts::{PaymentMethod, SubscriptionFacts, add_once},
    known::Customer,
    movements::LastMovement,
};

/// The sums of one customer or company, and what else is written to its record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The customer's name; a company has none in Stripe.
    pub name: Option<String>,
    /// The customer's billing e-mail.
    pub email: Option<String>,
    /// The company's domain.
    pub domain: Option<String>,
    /// Whether the customer, or every customer of the company, was deleted in Stripe.
    pub deleted: bool,
    /// Stripe's ids of the customers.
    pub customers: Vec<String>,
    /// Stripe's ids of the subscriptions.
    pub subscriptions: Vec<String>,
    /// What is and was paid, one entry a currency, in order of currency. Currencies are never added up.
    pub sums: Vec<CurrencySum>,
    /// Stripe's word for the liveliest subscription's status.
    pub status: Option<String>,
    /// Whether a payment of any subscription is late.
    #[serde(default)]
    pub past_due: bool,
    /// Names of what is sold in subscriptions that are not over.
    pub plans: Vec<String>,
    /// Quantity over all subscriptions that are not over.
    pub quantity: Option<u64>,
    /// Names of the coupons on subscriptions that are not over.
    pub coupons: Vec<String>,
    /// When the first subscription began.
    pub started_at: Option<Timestamp>,
    /// The next renewal.
    pub renews_at: Option<Timestamp>,
    /// When the trial ends, where one runs.
    pub trial_ends_at: Option<Timestamp>,
    /// When the last subscription ends or ended; `None` while one goes on.
    pub cancels_at: Option<Timestamp>,
    /// How the customer pays.
    pub payment_method: Option<PaymentMethod>,
    /// The last movement of MRR.
    #[serde(default)]
    pub last_movement: Option<LastMovement>,
    /// How many movements changed MRR.
    #[serde(default)]
    pub mrr_changes: u32,
}

/// Sums in one currency, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencySum {
    /// Which.
    pub currency: Currency,
    /// MRR, exact.
    pub mrr: Fraction,
    /// MRR, rounded once after summing up.
    pub mrr_minor: i64,
    /// What all invoices together were paid.
    pub paid_minor: i64,
    /// How many invoices were paid with more than nothing.
    pub paid_invoices: u32,
    /// What is left to pay on open invoices.
    pub open_minor: i64,
}

/// From the liveliest on.
const STATUSES: [&str; 8] = [
    "active",
    "past_due",
    "trialing",
    "unpaid",
    "paused",
    "incomplete",
    "canceled",
    "incomplete_expired",
];

impl Summary {
    /// The summary kept in a roll-up.
    #[must_use]
    pub fn of(rollup: &Rollup) -> Option<Self> {
        Self::deserialize(&rollup.facts).ok()
    }

    pub(super) fn of_customer(
        customer: &Customer,
        company: Option<&str>,
        figures: &[Figure],
        movements: &[Movement],
    ) -> Self {
        let mut summary = Self {
            name: customer.name.clone(),
            email: customer.email.clone(),
            domain: company.map(ToOwned::to_owned),
            deleted: customer.deleted,
            customers: vec![customer.id.clone()],
            payment_method: customer.pays_by().cloned(),
            last_movement: LastMovement::of(movements),
            mrr_changes: changes(movements),
            ..Self::default()
        };
        let mut sums = Sums::default();
        for bill in &customer.bills {
            sums.add_bill(bill);
        }
        let mut lives = Vec::new();
        for figure in figures {
            summary.subscriptions.push(figure.subscription.clone());
            sums.add_figure(figure);
            if let Some(facts) = SubscriptionFacts::of(figure) {
                lives.push((figure.status.as_str(), facts));
            }
        }
        summary.add_lives(&lives);
        summary.sums = sums.into_list();
        summary
    }

    pub(super) fn of_company(domain: &str, customers: impl Iterator<Item = Self>) -> Self {
        Self {
            domain: Some(domain.to_owned()),
            payment_method: None,
            ..Self::joined(customers)
        }
    }

    /// Several customers as one, without name, e-mail and domain.
    pub(crate) fn joined(customers: impl Iterator<Item = Self>) -> Self {
        let mut summary = Self {
            deleted: true,
            ..Self::default()
        };
        let mut sums = Sums::default();
        let mut goes_on = false;
        for customer in customers {
            goes_on |= !customer.subscriptions.is_empty() && customer.cancels_at.is_none();
            summary.deleted &= customer.deleted;
            summary.customers.extend(customer.customers);
            summary.subscriptions.extend(customer.subscriptions);
            customer.sums.iter().for_each(|sum| sums.add(sum));
            summary.status = livelier(summary.status.take(), customer.status);
            summary.past_due |= customer.past_due;
            customer
                .plans
                .into_iter()
                .for_each(|plan| add_once(&mut summary.plans, Some(plan)));
            customer
                .coupons
                .into_iter()
                .for_each(|name| add_once(&mut summary.coupons, Some(name)));
            summary.quantity = plus(summary.quantity, customer.quantity);
            summary.started_at = earlier(summary.started_at, customer.started_at);
            summary.renews_at = earlier(summary.renews_at, customer.renews_at);
            summary.trial_ends_at = earlier(summary.trial_ends_at, customer.trial_ends_at);
            summary.cancels_at = summary.cancels_at.max(customer.cancels_at);
            summary.payment_method = summary.payment_method.or(customer.payment_method);
            summary.mrr_changes = summary.mrr_changes.saturating_add(customer.mrr_changes);
            summary.last_movement = summary
                .last_movement
                .into_iter()
                .chain(customer.last_movement)
                .max_by_key(|movement| movement.at);
        }
        summary.cancels_at = summary.cancels_at.filter(|_| !goes_on);
        summary.sums = sums.into_list();
        summary
    }

    fn add_lives(&mut self, lives: &[(&str, SubscriptionFacts)]) {
        for (status, facts) in lives {
            self.status = livelier(self.status.take(), Some((*status).to_owned()));
            self.started_at = earlier(self.started_at, Some(facts.started_at));
            if over(status) {
                continue;
            }
            self.past_due |= matches!(*status, "past_due" | "unpaid");
            facts
                .plans
                .iter()
                .for_each(|plan| add_once(&mut self.plans, Some(plan.clone())));
            facts
                .coupon_names
                .iter()
                .for_each(|name| add_once(&mut self.coupons, Some(name.clone())));
            self.quantity = plus(self.quantity, facts.quantity);
            self.renews_at = earlier(self.renews_at, facts.renews_at);
            let trial = facts.trial_ends_at.filter(|_| *status == "trialing");
            self.trial_ends_at = earlier(self.trial_ends_at, trial);
        }
        let all_end = lives.iter().all(|(_, facts)| facts.cancels_at.is_some());
        let ends = lives.iter().filter_map(|(_, facts)| facts.cancels_at);
        self.cancels_at = ends.max().filter(|_| all_end);
    }
}

#[derive(Default)]
struct Sums(BTreeMap<Currency, CurrencySum>);

impl Sums {
    fn of(&mut self, currency: Currency) -> &mut CurrencySum {
        self.0.entry(currency).or_insert_with(|| CurrencySum {
            currency,
            mrr: Fraction::zero(),
            mrr_minor: 0,
            paid_minor: 0,
            paid_invoices: 0,
            open_minor: 0,
        })
    }

    fn add_figure(&mut self, figure: &Figure) {
        if let (Ok(currency), Ok(exact)) = (figure.currency.parse(), figure.exact.parse()) {
            self.of(currency).mrr += &exact;
        }
    }

    fn add_bill(&mut self, bill: &super::known::Bill) {
        let Some(Ok(currency)) = bill.currency.as_ref().map(|code| code.parse()) else {
            return;
        };
        let sum = self.of(currency);
        let paid_minor = bill.amount_paid.unwrap_or(0);
        sum.paid_minor = sum.paid_minor.saturating_add(paid_minor);
        sum.paid_invoices += u32::from(bill.is("paid") && paid_minor > 0);
        if bill.is("open") {
            let open_minor = bill.amount_remaining.unwrap_or(0);
            sum.open_minor = sum.open_minor.saturating_add(open_minor);
        }
    }

    fn add(&mut self, other: &CurrencySum) {
        let sum = self.of(other.currency);
        sum.mrr += &other.mrr;
        sum.paid_minor = sum.paid_minor.saturating_add(other.paid_minor);
        sum.paid_invoices = sum.paid_invoices.saturating_add(other.paid_invoices);
        sum.open_minor = sum.open_minor.saturating_add(other.open_minor);
    }

    fn into_list(self) -> Vec<CurrencySum> {
        let rounded = |sum: CurrencySum| CurrencySum {
            mrr_minor: Amount::new(sum.mrr.clone(), sum.currency)
                .round()
                .amount_minor,
            ..sum
        };
        self.0.into_values().map(rounded).collect()
    }
}

fn changes(movements: &[Movement]) -> u32 {
    let changing = movements
        .iter()
        .filter(|movement| !movement.change.minor.is_zero());
    u32::try_from(changing.count()).unwrap_or(u32::MAX)
}

fn over(status: &str) -> bool {
    matches!(status, "canceled" | "incomplete_expired")
}

fn livelier(one: Option<String>, other: Option<String>) -> Option<String> {
    let rank = |status: &String| {
        let place = STATUSES.iter().position(|known| known == status);
        place.unwrap_or(STATUSES.len())
    };
    one.into_iter().chain(other).min_by_key(rank)
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

fn plus(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}
