//! The company at play: its records, its diary of what is to happen, and the books it keeps.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use jiff::Timestamp;

use super::{
    account::{
        CreditNote, Customer, Invoice, InvoiceItem, No, Refund, Schedule, Status, Subscription,
    },
    calendar::days_after,
    catalog::Catalog,
    dice::{Dice, Ids},
    journal::{Journal, Subject},
    ledger::{Entry, Fact, Ledger, RecurringAmount},
    money::Currency,
    names::{self, Person},
    objects,
    shape::Shape,
    terms::Level,
};

/// Something that is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The next customer comes.
    Arrive,
    /// A former customer comes back.
    Return(No),
    /// A former customer is deleted.
    Delete(No),
    /// The legacy product is taken off the price list.
    RetireLegacy,
    /// A subscription's cycle ends.
    Renew(No),
    /// A trial is about to end.
    Remind(No),
    /// A subscriber changes something.
    Change(No),
    /// A subscriber takes a cancellation back.
    Stay(No),
    /// A pause ends.
    Resume(No),
    /// A discount of a subscription, by its place, runs out.
    EndDiscount(No, usize),
    /// The discount of a customer runs out.
    EndCustomerDiscount(No),
    /// A first invoice was never paid.
    Expire(No),
    /// An unpaid subscription is given up.
    GiveUp(No),
    /// A draft becomes an invoice.
    Finalize(No),
    /// An invoice is charged, again.
    Collect(No),
    /// A sent invoice passes its due date.
    Overdue(No),
    /// A customer asks for money back.
    Refund(No),
}

#[derive(Debug)]
pub(super) struct Company {
    pub(super) shape: Shape,
    pub(super) account_id: String,
    pub(super) opened: Timestamp,
    pub(super) now: Timestamp,
    pub(super) dice: Dice,
    pub(super) ids: Ids,
    pub(super) catalog: Catalog,
    pub(super) customers: Vec<Customer>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) schedules: Vec<Schedule>,
    pub(super) invoice_items: Vec<InvoiceItem>,
    pub(super) invoices: Vec<Invoice>,
    pub(super) refunds: Vec<Refund>,
    pub(super) credit_notes: Vec<CreditNote>,
    pub(super) specials: VecDeque<Person>,
    pub(super) ledger: Ledger,
    pub(super) journal: Journal,
    logging: bool,
    diary: BinaryHeap<Reverse<(Timestamp, u64, Step)>>,
    written: u64,
}

impl Company {
    /// A company on its first day, with its price list and no customers.
    pub(super) fn found(
        seed: u64,
        shape: &Shape,
        opened: Timestamp,
        log_begins: Timestamp,
    ) -> Self {
        let mut ids = Ids::new(seed);
        let currencies: Vec<Currency> = shape.currencies.iter().map(|&(one, _)| one).collect();
        let catalog = Catalog::new(&mut ids, &currencies, shape.specials, opened);
        let specials = if shape.specials {
            names::specials().into()
        } else {
            VecDeque::new()
        };
        let mut company = Self {
            shape: shape.clone(),
            account_id: ids.account(),
            opened,
            now: opened,
            dice: Dice::new(seed),
            ids,
            catalog,
            customers: Vec::new(),
            subscriptions: Vec::new(),
            schedules: Vec::new(),
            invoice_items: Vec::new(),
            invoices: Vec::new(),
            refunds: Vec::new(),
            credit_notes: Vec::new(),
            specials,
            ledger: Ledger::default(),
            journal: Journal::new(seed, log_begins),
            logging: false,
            diary: BinaryHeap::new(),
            written: 0,
        };
        company.publish_catalog();
        company.later(opened, Step::Arrive);
        company.later(company.migration(), Step::RetireLegacy);
        company
    }

    /// Lets everything happen up to and including a moment.
    pub(super) fn live_until(&mut self, until: Timestamp) {
        while let Some(Reverse((at, _, step))) = self.diary.peek().copied() {
            if at > until {
                break;
            }
            self.diary.pop();
            self.now = at;
            if !self.logging && self.journal.keeps(at) {
                self.write_stale();
                self.logging = true;
            }
            self.journal.no_request();
            self.take(step);
        }
        self.write_stale();
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Arrive => self.welcome_next(),
            Step::Return(customer) => self.welcome_back(customer),
            Step::Delete(customer) => self.delete_customer(customer),
            Step::RetireLegacy => self.retire_legacy(),
            Step::Renew(subscription) => self.renew(subscription),
            Step::Remind(subscription) => self.remind(subscription),
            Step::Change(subscription) => self.change_something(subscription),
            Step::Stay(subscription) => self.stay(subscription),
            Step::Resume(subscription) => self.resume(subscription),
            Step::EndDiscount(subscription, place) => self.end_discount(subscription, place),
            Step::EndCustomerDiscount(customer) => self.end_customer_discount(customer),
            Step::Expire(subscription) => self.expire(subscription),
            Step::GiveUp(subscription) => self.give_up(subscription),
            Step::Finalize(invoice) => self.finalize(invoice),
            Step::Collect(invoice) => self.collect(invoice),
            Step::Overdue(invoice) => self.mark_overdue(invoice),
            Step::Refund(invoice) => self.give_back(invoice),
        }
    }

    /// Writes into the diary what is to happen; things of one moment happen in the order they were written.
    pub(super) fn later(&mut self, at: Timestamp, step: Step) {
        self.diary.push(Reverse((at, self.written, step)));
        self.written += 1;
    }

    /// From here on, this step is something a person does with a request, not something Stripe does by itself.
    pub(super) fn by_request(&mut self) {
        self.journal.new_request();
    }

    /// A record changed, and Stripe tells of it.
    pub(super) fn tell(&mut self, subject: Subject, kind: &str) {
        if self.journal.keeps(self.now) {
            let object = objects::render(self, subject);
            self.journal.tell(self.now, kind, object);
        } else {
            self.journal.mark(subject);
        }
    }

    /// A record changed, and Stripe keeps it to itself.
    pub(super) fn tell_nobody(&mut self, subject: Subject) {
        if self.journal.keeps(self.now) {
            let object = objects::render(self, subject);
            self.journal.put(object);
        } else {
            self.journal.mark(subject);
        }
    }

    /// Puts down the discounts that hang on a subscription or its items.
    pub(super) fn put_discounts(&mut self, subscription: No) {
        let record = &self.subscriptions[subscription];
        let customer = &self.customers[record.customer];
        for discount in &record.discounts {
            if discount.level != Level::Customer {
                let object = objects::discount(discount, customer, Some(record));
                self.journal.put(object);
            }
        }
    }

    /// Writes a fact about a subscription into the ledger, with what holds from now on.
    pub(super) fn note(&mut self, subscription: No, fact: Fact) {
        let record = &self.subscriptions[subscription];
        let terms = record.terms();
        let recurring = record.status.counts().then(|| RecurringAmount {
            amount: terms.recurring(),
            cadence: terms.cadence,
        });
        let entry = Entry {
            at: self.now,
            fact,
            terms,
            recurring,
        };
        self.ledger.write(&record.id, entry);
    }

    /// Sets a subscription's status and tells of it.
    pub(super) fn set_status(&mut self, subscription: No, status: Status, fact: Fact) {
        self.subscriptions[subscription].status = status;
        self.note(subscription, fact);
        self.tell(
            Subject::Subscription(subscription),
            "customer.subscription.updated",
        );
    }

    /// The moment so many days from now, at some hour of that day.
    pub(super) fn in_days(&mut self, low: i64, high: i64) -> Timestamp {
        let days = i32::try_from(self.dice.between(low, high)).unwrap_or(0);
        let seconds = self.dice.between(0, 86_399);
        super::calendar::seconds_after(days_after(self.now, days), seconds)
    }

    fn write_stale(&mut self) {
        for subject in self.journal.take_stale() {
            let object = objects::render(self, subject);
            self.journal.put(object);
        }
    }

    fn publish_catalog(&mut self) {
        self.by_request();
        for (kind, object) in objects::catalog(&self.catalog) {
            match kind {
                Some(kind) => self.journal.tell(self.now, kind, object),
                None => self.journal.put(object),
            }
        }
        let accounts = self.shape.connected_accounts;
        for _ in 0..accounts {
            let id = self.ids.account();
            self.journal
                .put(objects::connected_account(&id, self.opened));
        }
    }
}
