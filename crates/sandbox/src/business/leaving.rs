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
        if self.dice.percent(self.shape.mix.comeback) {
            let customer = self.subscriptions[no].customer;
            let one_day = self.in_days(10, 240);
            self.later(one_day, Step::Return(customer));
        }
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
