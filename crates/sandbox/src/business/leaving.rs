//! How subscriptions end.

use super::{
    account::{No, Status},
    company::{Company, Step},
    journal::Subject,
    ledger::Fact,
};

impl Company {
    /// The subscriber asks for the end at the end of the cycle, and sometimes thinks better of it.
    pub(super) fn cancel_at_period_end(&mut self, no: No) {
        let now = self.now;
        let record = &mut self.subscriptions[no];
        record.cancel_requested = Some(now);
        let effective = record.period.end;
        self.note(no, Fact::CancellationScheduled { effective });
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
        if self.dice.percent(25) {
            let second_thoughts = self.in_days(1, 12);
            if second_thoughts < effective {
                self.later(second_thoughts, Step::Stay(no));
            }
        }
    }

    pub(super) fn stay(&mut self, no: No) {
        let record = &mut self.subscriptions[no];
        if record.status.has_ended() || record.cancel_requested.take().is_none() {
            return;
        }
        let effective = record.period.end;
        self.by_request();
        self.note(no, Fact::CancellationUnscheduled { effective });
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
    }

    /// The subscription is over, and the customer may come back one day.
    pub(super) fn end_subscription(&mut self, no: No, reason: &'static str) {
        self.close_subscription(no, reason);
        let customer = self.subscriptions[no].customer;
        if self.dice.percent(self.shape.mix.comeback) {
            let one_day = self.in_days(10, 240);
            self.later(one_day, Step::Return(customer));
        } else if self.dice.percent(self.shape.mix.deleted) {
            let one_day = self.in_days(5, 90);
            self.later(one_day, Step::Delete(customer));
        }
    }

    /// Whether the customer has a subscription that has not ended.
    pub(super) fn is_subscribed(&self, customer: No) -> bool {
        let owned = &self.customers[customer].subscriptions;
        owned
            .iter()
            .any(|&one| !self.subscriptions[one].status.has_ended())
    }

    /// A customer who left is deleted; a tombstone stays.
    pub(super) fn delete_customer(&mut self, customer: No) {
        if self.customers[customer].deleted || self.is_subscribed(customer) {
            return;
        }
        self.by_request();
        self.tell(Subject::Customer(customer), "customer.deleted");
        self.customers[customer].deleted = true;
        self.tell_nobody(Subject::Customer(customer));
    }

    /// The subscription is over.
    pub(super) fn close_subscription(&mut self, no: No, reason: &'static str) {
        self.release_schedule(no);
        let now = self.now;
        let record = &mut self.subscriptions[no];
        record.status = Status::Canceled;
        record.ended = Some(now);
        record.end_reason = Some(reason);
        self.note(no, Fact::Canceled);
        self.tell(Subject::Subscription(no), "customer.subscription.deleted");
    }
}
