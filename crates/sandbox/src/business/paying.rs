//! How invoices are sent, paid, paid late, given up and given back.

use super::{
    account::{
        Attempt, Collection, CreditNote, InvoiceStatus, No, PauseBehavior, Payment, Refund, Status,
    },
    calendar::{days_after, seconds_after},
    company::{Company, Step},
    journal::Subject,
    ledger::Fact,
    money::{ratio, whole},
};

/// Days between the attempts to collect a payment; after the last one the business gives up.
const RETRY_DAYS: [i32; 3] = [3, 5, 7];

impl Company {
    /// A draft becomes final: it gets its number, uses the customer's credit, and is paid, charged or sent.
    pub(super) fn finalize(&mut self, no: No) {
        let invoice = &self.invoices[no];
        if invoice.status != InvoiceStatus::Draft {
            return;
        }
        let subscription = &self.subscriptions[invoice.subscription];
        let is_renewal = invoice.reason == "subscription_cycle";
        let pause = subscription.pause.filter(|_| is_renewal);
        let stays_draft = pause.is_some_and(|pause| pause.behavior == PauseBehavior::KeepAsDraft)
            || subscription.status == Status::Unpaid
            || (is_renewal && subscription.status.has_ended());
        if stays_draft {
            self.invoices[no].auto_advance = false;
            self.tell(Subject::Invoice(no), "invoice.updated");
            return;
        }
        self.number(no);
        match pause.map(|pause| pause.behavior) {
            Some(PauseBehavior::Void) => {
                self.tell(Subject::Invoice(no), "invoice.finalized");
                self.void(no);
            }
            Some(PauseBehavior::MarkUncollectible) => {
                self.tell(Subject::Invoice(no), "invoice.finalized");
                self.mark_uncollectible(no);
            }
            Some(PauseBehavior::KeepAsDraft) | None => self.ask_for_payment(no),
        }
    }

    fn number(&mut self, no: No) {
        let invoice = &mut self.invoices[no];
        let customer = &mut self.customers[invoice.customer];
        customer.invoices_numbered += 1;
        invoice.number = Some(format!(
            "{}-{:04}",
            customer.prefix, customer.invoices_numbered
        ));
        invoice.status = InvoiceStatus::Open;
        invoice.finalized = Some(self.now);
        invoice.starting_balance_minor = customer.balance_minor;
        let total = invoice.total_minor();
        let balance = customer.balance_minor + total.min(invoice.credit_used_minor());
        invoice.ending_balance_minor = Some(balance);
        if let Collection::SendInvoice { days_until_due } = invoice.collection {
            invoice.due = Some(days_after(self.now, days_until_due));
        }
        let owner = invoice.customer;
        if customer.balance_minor == balance {
            self.tell_nobody(Subject::Customer(owner));
        } else {
            customer.balance_minor = balance;
            self.tell(Subject::Customer(owner), "customer.updated");
        }
    }

    fn ask_for_payment(&mut self, no: No) {
        if self.invoices[no].amount_due_minor() == 0 {
            let invoice = &mut self.invoices[no];
            invoice.status = InvoiceStatus::Paid;
            invoice.paid = Some(self.now);
            for kind in [
                "invoice.finalized",
                "invoice.paid",
                "invoice.payment_succeeded",
            ] {
                self.tell(Subject::Invoice(no), kind);
            }
            return;
        }
        let by_card = self.invoices[no].collection == Collection::ChargeCard;
        if !by_card && self.dice.percent(10) {
            self.credit_before_payment(no);
        }
        let payment = Payment {
            intent_id: self.ids.long("pi_"),
            invoice_payment_id: self.ids.long("inpay_"),
            created: self.now,
            amount_minor: self.invoices[no].amount_due_minor(),
            attempts: Vec::new(),
        };
        self.invoices[no].payment = Some(payment);
        self.tell(Subject::Invoice(no), "invoice.finalized");
        self.tell(Subject::Intent(no), "payment_intent.created");
        self.tell_nobody(Subject::InvoicePayment(no));
        if by_card {
            self.collect(no);
        } else {
            self.tell(Subject::Invoice(no), "invoice.sent");
            let due = self.invoices[no].due.unwrap_or(self.now);
            let pays = self.in_days(4, 36);
            self.later(due, Step::Overdue(no));
            self.later(pays, Step::Collect(no));
        }
    }

    /// Charges an open invoice, perhaps not for the first time.
    pub(super) fn collect(&mut self, no: No) {
        let invoice = &self.invoices[no];
        if invoice.status != InvoiceStatus::Open {
            return;
        }
        let status = self.subscriptions[invoice.subscription].status;
        if status.has_ended() {
            self.mark_uncollectible(no);
            return;
        }
        let Some(payment) = &invoice.payment else {
            return;
        };
        let by_card = invoice.collection == Collection::ChargeCard;
        let attempt = payment.attempts.len();
        let late = if attempt == 0 {
            self.shape.mix.late_payment
        } else {
            45
        };
        let fails = match status {
            Status::Incomplete => attempt == 0,
            _ => by_card && self.dice.percent(late),
        };
        let charge_id = self.ids.long("ch_");
        let at = self.now;
        if let Some(payment) = &mut self.invoices[no].payment {
            payment.attempts.push(Attempt {
                charge_id,
                at,
                paid: !fails,
            });
        }
        if fails {
            self.payment_failed(no, attempt);
        } else {
            self.payment_arrived(no, attempt);
        }
    }

    fn payment_arrived(&mut self, no: No, attempt: usize) {
        let invoice = &mut self.invoices[no];
        invoice.status = InvoiceStatus::Paid;
        invoice.paid = Some(self.now);
        invoice.next_attempt = None;
        invoice.amount_paid_minor = invoice.amount_due_minor();
        self.tell(Subject::Charge(no, attempt), "charge.succeeded");
        self.tell(Subject::Intent(no), "payment_intent.succeeded");
        self.tell(Subject::InvoicePayment(no), "invoice_payment.paid");
        self.tell(Subject::Invoice(no), "invoice.paid");
        self.tell(Subject::Invoice(no), "invoice.payment_succeeded");
        self.settle(no);
        if self.dice.percent(self.shape.mix.refund) {
            let asked = self.in_days(1, 9);
            self.later(asked, Step::Refund(no));
        }
    }

    /// A late payment brings its subscription back, when nothing else of it is overdue.
    fn settle(&mut self, no: No) {
        let (subscription, customer) = (self.invoices[no].subscription, self.invoices[no].customer);
        let record = &mut self.subscriptions[subscription];
        let was_late = record.overdue.len();
        record.overdue.retain(|&late| late != no);
        if was_late == 0 || !record.overdue.is_empty() {
            return;
        }
        match record.status {
            Status::Incomplete => {
                let begun = record.begins_as();
                self.set_status(subscription, begun, Fact::Activated);
            }
            Status::PastDue => self.set_status(subscription, Status::Active, Fact::Recovered),
            _ => {}
        }
        self.set_delinquent(customer, false);
    }

    fn payment_failed(&mut self, no: No, attempt: usize) {
        let subscription = self.invoices[no].subscription;
        let first_invoice = self.subscriptions[subscription].status == Status::Incomplete;
        let retry = match RETRY_DAYS.get(attempt) {
            Some(_) if first_invoice => None,
            Some(&days) => Some(days_after(self.now, days)),
            None => None,
        };
        self.invoices[no].next_attempt = retry;
        self.tell(Subject::Charge(no, attempt), "charge.failed");
        self.tell(Subject::Intent(no), "payment_intent.payment_failed");
        self.tell(Subject::Invoice(no), "invoice.payment_failed");
        self.fall_behind(no);
        if first_invoice {
            if self.dice.percent(50) {
                let soon = seconds_after(self.now, self.dice.between(600, 20_000));
                self.later(soon, Step::Collect(no));
            }
        } else if let Some(retry) = retry {
            self.later(retry, Step::Collect(no));
        } else {
            self.stop_collecting(no);
        }
    }

    fn fall_behind(&mut self, no: No) {
        let (subscription, customer) = (self.invoices[no].subscription, self.invoices[no].customer);
        let record = &mut self.subscriptions[subscription];
        if !record.overdue.contains(&no) {
            record.overdue.push(no);
        }
        if record.status == Status::Active {
            self.set_status(subscription, Status::PastDue, Fact::PastDue);
            self.set_delinquent(customer, true);
        }
    }

    /// The last attempt failed: most businesses cancel then, some let the subscription stand unpaid.
    fn stop_collecting(&mut self, no: No) {
        let subscription = self.invoices[no].subscription;
        if self.dice.percent(60) {
            self.mark_uncollectible(no);
            self.end_subscription(subscription, "payment_failed");
        } else if self.subscriptions[subscription].status == Status::PastDue {
            self.set_status(subscription, Status::Unpaid, Fact::Unpaid);
            let patience = self.in_days(10, 60);
            self.later(patience, Step::GiveUp(subscription));
        }
    }

    pub(super) fn give_up(&mut self, subscription: No) {
        if self.subscriptions[subscription].status == Status::Unpaid {
            self.end_subscription(subscription, "payment_failed");
        }
    }

    pub(super) fn mark_overdue(&mut self, no: No) {
        if self.invoices[no].status == InvoiceStatus::Open {
            self.tell(Subject::Invoice(no), "invoice.overdue");
            self.fall_behind(no);
        }
    }

    pub(super) fn void(&mut self, no: No) {
        let invoice = &mut self.invoices[no];
        if invoice.status == InvoiceStatus::Open {
            invoice.status = InvoiceStatus::Void;
            invoice.voided = Some(self.now);
            invoice.next_attempt = None;
            self.tell(Subject::Invoice(no), "invoice.voided");
        }
    }

    fn mark_uncollectible(&mut self, no: No) {
        let invoice = &mut self.invoices[no];
        invoice.status = InvoiceStatus::Uncollectible;
        invoice.given_up = Some(self.now);
        invoice.next_attempt = None;
        self.tell(Subject::Invoice(no), "invoice.marked_uncollectible");
    }

    fn set_delinquent(&mut self, customer: No, delinquent: bool) {
        if self.customers[customer].delinquent != delinquent {
            self.customers[customer].delinquent = delinquent;
            self.tell(Subject::Customer(customer), "customer.updated");
        }
    }

    /// Money given back on a paid invoice: a bare refund, or one with a credit note.
    pub(super) fn give_back(&mut self, no: No) {
        let invoice = &self.invoices[no];
        let Some(attempt) = invoice
            .payment
            .as_ref()
            .map(|payment| payment.attempts.len())
        else {
            return;
        };
        let share = self.dice.pick(&[25, 50, 100], 50);
        let exact = whole(invoice.amount_paid_minor) * ratio(share, 100);
        let amount_minor = invoice.currency.chargeable(exact);
        if amount_minor == 0 || !invoice.refunds.is_empty() {
            return;
        }
        self.by_request();
        let refund = self.refunds.len();
        self.refunds.push(Refund {
            id: self.ids.long("re_"),
            invoice: no,
            created: self.now,
            amount_minor,
        });
        self.invoices[no].refunds.push(refund);
        self.tell(Subject::Refund(refund), "refund.created");
        self.tell(Subject::Charge(no, attempt - 1), "charge.refunded");
        if self.dice.percent(50) {
            self.invoices[no].credited_after_payment_minor += amount_minor;
            self.write_credit_note(no, amount_minor, Some(refund));
            self.tell(Subject::Invoice(no), "invoice.updated");
        }
    }

    /// A fifth off an invoice that is not paid yet.
    fn credit_before_payment(&mut self, no: No) {
        let invoice = &mut self.invoices[no];
        let exact = whole(invoice.amount_due_minor()) * ratio(1, 5);
        let amount_minor = invoice.currency.chargeable(exact);
        invoice.credited_before_payment_minor += amount_minor;
        self.write_credit_note(no, amount_minor, None);
    }

    fn write_credit_note(&mut self, no: No, amount_minor: i64, refund: Option<No>) {
        let invoice = &mut self.invoices[no];
        let tax = match invoice.total_minor() {
            0 => whole(0),
            total => whole(amount_minor) * ratio(invoice.tax_minor(), total),
        };
        invoice.credit_notes += 1;
        let number = invoice.number.as_deref().unwrap_or("DRAFT");
        let note = CreditNote {
            id: self.ids.long("cn_"),
            line_id: self.ids.long("cnli_"),
            number: format!("{number}-CN-{:02}", invoice.credit_notes),
            invoice: no,
            created: self.now,
            amount_minor,
            tax_minor: invoice.currency.chargeable(tax),
            refund,
        };
        let place = self.credit_notes.len();
        self.credit_notes.push(note);
        self.tell(Subject::CreditNote(place), "credit_note.created");
    }
}
