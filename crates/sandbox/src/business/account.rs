//! The business's records as they stand: who its customers are, what they subscribe to, what they were invoiced.
//!
//! Records point at each other by [`No`], their place in their own list, which never shrinks.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    calendar::{Cadence, Period},
    catalog::Plan,
    money::{Currency, Exact},
    names::Person,
    terms::{Coupon, DiscountTerms, ItemTerms, Level, Price, Tax, Terms},
};

/// The place of a record in its list.
pub(super) type No = usize;

#[derive(Debug)]
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) person: Person,
    pub(super) country: &'static str,
    pub(super) currency: Currency,
    pub(super) card: Card,
    /// Stripe's sign: below zero is credit for the customer.
    pub(super) balance_minor: i64,
    pub(super) discount: Option<Discount>,
    pub(super) tax: Option<Arc<Tax>>,
    pub(super) collection: Collection,
    pub(super) prefix: String,
    pub(super) invoices_numbered: u32,
    pub(super) delinquent: bool,
    /// Stripe keeps a tombstone of it.
    pub(super) deleted: bool,
    pub(super) subscriptions: Vec<No>,
}

#[derive(Debug)]
pub(super) struct Card {
    pub(super) id: String,
    pub(super) brand: &'static str,
    pub(super) last4: String,
    pub(super) fingerprint: String,
    pub(super) expires_month: i64,
    pub(super) expires_year: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    ChargeCard,
    SendInvoice { days_until_due: i32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Trialing,
    Active,
    PastDue,
    Unpaid,
    Incomplete,
    IncompleteExpired,
    Paused,
    Canceled,
}

impl Status {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Paused => "paused",
            Self::Canceled => "canceled",
        }
    }

    /// Whether the agreement brings in money, by intent to pay.
    pub(super) const fn counts(self) -> bool {
        matches!(self, Self::Active | Self::PastDue | Self::Unpaid)
    }

    pub(super) const fn has_ended(self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) plan: Plan,
    pub(super) price: Arc<Price>,
    pub(super) quantity: u64,
    pub(super) created: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) struct Discount {
    pub(super) id: String,
    pub(super) coupon: Arc<Coupon>,
    pub(super) level: Level,
    pub(super) start: Timestamp,
    pub(super) end: Option<Timestamp>,
    /// Stripe still lists it on its owner.
    pub(super) listed: bool,
    /// It is still part of the recurring amount.
    pub(super) counts: bool,
    /// An invoice was made with it.
    pub(super) used: bool,
}

impl Discount {
    pub(super) fn terms(&self) -> DiscountTerms {
        DiscountTerms {
            id: self.id.clone(),
            coupon: Arc::clone(&self.coupon),
            level: self.level.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PauseBehavior {
    KeepAsDraft,
    MarkUncollectible,
    Void,
}

impl PauseBehavior {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::KeepAsDraft => "keep_as_draft",
            Self::MarkUncollectible => "mark_uncollectible",
            Self::Void => "void",
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Pause {
    pub(super) behavior: PauseBehavior,
    pub(super) resumes_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Trial {
    pub(super) period: Period,
    /// What happens when nobody gave a card: `None` when the customer will pay.
    pub(super) without_card: Option<TrialEnd>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TrialEnd {
    Cancel,
    Pause,
}

#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) customer: No,
    pub(super) created: Timestamp,
    pub(super) status: Status,
    pub(super) currency: Currency,
    pub(super) cadence: Cadence,
    pub(super) items: Vec<Item>,
    pub(super) discounts: Vec<Discount>,
    pub(super) tax: Option<Arc<Tax>>,
    pub(super) collection: Collection,
    pub(super) anchor: Timestamp,
    /// Which cycle after the anchor is running.
    pub(super) cycle: u32,
    pub(super) period: Period,
    pub(super) trial: Option<Trial>,
    /// When the end at the period's end was asked for.
    pub(super) cancel_requested: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    pub(super) end_reason: Option<&'static str>,
    pub(super) pause: Option<Pause>,
    pub(super) schedule: Option<No>,
    pub(super) latest_invoice: Option<No>,
    /// Invoice items that wait for the next invoice.
    pub(super) pending: Vec<No>,
    /// Invoices whose payment failed and is still to come.
    pub(super) overdue: Vec<No>,
    /// On simple prices, with no other feature, for life.
    pub(super) plain: bool,
}

impl Subscription {
    /// Its status while it is paid for and its first cycle runs: the trial comes first, if there is one.
    pub(super) fn begins_as(&self) -> Status {
        self.trial.map_or(Status::Active, |_| Status::Trialing)
    }

    /// What it comes to, with every discount that counts.
    pub(super) fn terms(&self) -> Terms {
        self.terms_with(|discount| discount.counts)
    }

    /// What an invoice made now would come to.
    pub(super) fn invoiced_terms(&self) -> Terms {
        self.terms_with(|discount| discount.listed)
    }

    fn terms_with(&self, holds: fn(&Discount) -> bool) -> Terms {
        Terms {
            currency: self.currency,
            cadence: self.cadence,
            items: self
                .items
                .iter()
                .map(|item| ItemTerms {
                    id: item.id.clone(),
                    price: Arc::clone(&item.price),
                    quantity: item.quantity,
                })
                .collect(),
            discounts: self
                .discounts
                .iter()
                .filter(|discount| holds(discount))
                .map(Discount::terms)
                .collect(),
            tax: self.tax.clone(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Schedule {
    pub(super) id: String,
    pub(super) subscription: No,
    pub(super) created: Timestamp,
    pub(super) first: Period,
    pub(super) second: Period,
    pub(super) first_plan: (Arc<Price>, u64),
    pub(super) second_plan: Plan,
    pub(super) second_price: Arc<Price>,
    /// The second phase has begun.
    pub(super) turned: bool,
    pub(super) released: Option<Timestamp>,
}

/// Something to be invoiced that is not a cycle: a proration or a single charge.
#[derive(Debug)]
pub(super) struct InvoiceItem {
    pub(super) id: String,
    pub(super) customer: No,
    pub(super) subscription: Option<No>,
    pub(super) created: Timestamp,
    pub(super) amount_minor: i64,
    pub(super) quantity: u64,
    pub(super) unit: Exact,
    pub(super) period: Period,
    pub(super) description: String,
    pub(super) price_id: String,
    pub(super) product_id: String,
    /// The subscription item it prorates.
    pub(super) prorates: Option<String>,
    pub(super) invoice: Option<No>,
}

#[derive(Debug, Clone)]
pub(super) enum Origin {
    Cycle { item: String },
    Proration { item: String, invoice_item: String },
    Single { invoice_item: String },
}

#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) origin: Origin,
    pub(super) amount_minor: i64,
    pub(super) quantity: u64,
    pub(super) unit: Exact,
    pub(super) period: Period,
    pub(super) description: String,
    pub(super) price_id: String,
    pub(super) product_id: String,
    /// Discount id, whether it hangs on the line's item, and what it takes off.
    pub(super) discounts: Vec<LineDiscount>,
    pub(super) tax_minor: i64,
}

#[derive(Debug, Clone)]
pub(super) struct LineDiscount {
    pub(super) id: String,
    pub(super) on_item: bool,
    pub(super) amount_minor: i64,
}

impl Line {
    pub(super) fn net_minor(&self) -> i64 {
        self.amount_minor
            - self
                .discounts
                .iter()
                .map(|off| off.amount_minor)
                .sum::<i64>()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InvoiceStatus {
    Draft,
    Open,
    Paid,
    Uncollectible,
    Void,
}

impl InvoiceStatus {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Uncollectible => "uncollectible",
            Self::Void => "void",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) charge_id: String,
    pub(super) at: Timestamp,
    pub(super) paid: bool,
}

/// The payment of one invoice.
#[derive(Debug)]
pub(super) struct Payment {
    pub(super) intent_id: String,
    pub(super) invoice_payment_id: String,
    pub(super) created: Timestamp,
    pub(super) amount_minor: i64,
    pub(super) attempts: Vec<Attempt>,
}

impl Payment {
    pub(super) fn paid_at(&self) -> Option<Timestamp> {
        self.attempts
            .last()
            .filter(|last| last.paid)
            .map(|last| last.at)
    }
}

#[derive(Debug)]
pub(super) struct Invoice {
    pub(super) id: String,
    pub(super) customer: No,
    pub(super) subscription: No,
    pub(super) reason: &'static str,
    pub(super) created: Timestamp,
    pub(super) period: Period,
    pub(super) currency: Currency,
    pub(super) collection: Collection,
    pub(super) lines: Vec<Line>,
    pub(super) tax: Option<Arc<Tax>>,
    /// Ids of the discounts of the whole invoice.
    pub(super) discounts: Vec<String>,
    pub(super) status: InvoiceStatus,
    pub(super) number: Option<String>,
    pub(super) finalized: Option<Timestamp>,
    pub(super) due: Option<Timestamp>,
    pub(super) paid: Option<Timestamp>,
    pub(super) given_up: Option<Timestamp>,
    pub(super) voided: Option<Timestamp>,
    pub(super) auto_advance: bool,
    pub(super) next_attempt: Option<Timestamp>,
    pub(super) starting_balance_minor: i64,
    pub(super) ending_balance_minor: Option<i64>,
    pub(super) amount_paid_minor: i64,
    pub(super) credited_before_payment_minor: i64,
    pub(super) credited_after_payment_minor: i64,
    pub(super) payment: Option<Payment>,
    pub(super) refunds: Vec<No>,
    pub(super) credit_notes: u32,
}

impl Invoice {
    pub(super) fn subtotal_minor(&self) -> i64 {
        self.lines.iter().map(|line| line.amount_minor).sum()
    }

    pub(super) fn tax_minor(&self) -> i64 {
        self.lines.iter().map(|line| line.tax_minor).sum()
    }

    pub(super) fn total_minor(&self) -> i64 {
        let net: i64 = self.lines.iter().map(Line::net_minor).sum();
        match &self.tax {
            Some(tax) if !tax.inclusive => net + self.tax_minor(),
            _ => net,
        }
    }

    pub(super) fn total_excluding_tax_minor(&self) -> i64 {
        self.total_minor() - self.tax_minor()
    }

    /// The customer's credit that this invoice uses up.
    pub(super) fn credit_used_minor(&self) -> i64 {
        self.total_minor()
            .clamp(0, (-self.starting_balance_minor).max(0))
    }

    pub(super) fn amount_due_minor(&self) -> i64 {
        let due = self.total_minor() - self.credit_used_minor();
        (due - self.credited_before_payment_minor).max(0)
    }

    pub(super) fn amount_remaining_minor(&self) -> i64 {
        (self.amount_due_minor() - self.amount_paid_minor).max(0)
    }
}

#[derive(Debug)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) invoice: No,
    pub(super) created: Timestamp,
    pub(super) amount_minor: i64,
}

#[derive(Debug)]
pub(super) struct CreditNote {
    pub(super) id: String,
    pub(super) line_id: String,
    pub(super) number: String,
    pub(super) invoice: No,
    pub(super) created: Timestamp,
    /// With tax.
    pub(super) amount_minor: i64,
    pub(super) tax_minor: i64,
    /// The money given back, when the invoice had been paid.
    pub(super) refund: Option<No>,
}
