//! What happens when a cycle ends.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    account::{No, Status, TrialEnd},
    arriving::Offer,
    calendar::{Period, months_after, seconds_after},
    catalog::{LEGACY_PRODUCT, Plan},
    company::{Company, Step},
    journal::Subject,
    ledger::Fact,
    terms::Price,
};

/// Stripe keeps a renewal's invoice as a draft for about an hour.
const DRAFT_SECONDS: i64 = 3600;
/// Months after its first day in which the business moves customers off the legacy plan.
const MIGRATION_MONTH: i32 = 18;

impl Company {
    /// A cycle or a trial is over: the subscription ends, moves, or goes on with the next cycle and its invoice.
    pub(super) fn renew(&mut self, no: No) {
        let record = &self.subscriptions[no];
        if record.period.end != self.now || record.status.has_ended() {
            return;
        }
        if record.cancel_requested.is_some() {
            self.end_subscription(no, "cancellation_requested");
            return;
        }
        let was_trial = record.status == Status::Trialing;
        if was_trial && !self.end_trial(no) {
            return;
        }
        if !was_trial && self.is_due_to_move(no) && self.dice.percent(50) {
            self.move_over(no);
            return;
        }
        let ended = self.subscriptions[no].period;
        self.begin_cycle(no, !was_trial);
        if !was_trial {
            self.change_at_renewal(no);
        }
        self.retire_discounts(no);
        if was_trial {
            self.subscriptions[no].status = Status::Active;
            self.note(no, Fact::TrialEnded);
        }
        let invoice = self.draft_invoice(no, "subscription_cycle", ended);
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
        self.tell(Subject::Invoice(invoice), "invoice.created");
        self.after_invoicing(no);
        self.later(
            seconds_after(self.now, DRAFT_SECONDS),
            Step::Finalize(invoice),
        );
        self.later(self.subscriptions[no].period.end, Step::Renew(no));
    }

    /// Whether the subscription goes on after its trial.
    fn end_trial(&mut self, no: No) -> bool {
        let without_card = self.subscriptions[no]
            .trial
            .and_then(|trial| trial.without_card);
        match without_card {
            None => true,
            Some(TrialEnd::Cancel) => {
                self.note(no, Fact::TrialEnded);
                self.end_subscription(no, "cancellation_requested");
                false
            }
            Some(TrialEnd::Pause) => {
                self.note(no, Fact::TrialEnded);
                self.subscriptions[no].status = Status::Paused;
                self.note(no, Fact::Paused { counts: false });
                let subject = Subject::Subscription(no);
                self.tell(subject, "customer.subscription.updated");
                self.tell(subject, "customer.subscription.paused");
                false
            }
        }
    }

    fn begin_cycle(&mut self, no: No, next: bool) {
        let record = &mut self.subscriptions[no];
        if next {
            record.cycle += 1;
        }
        record.period = Period {
            start: self.now,
            end: record.cadence.cycle_start(record.anchor, record.cycle + 1),
        };
    }

    /// Starts a new row of cycles now, at the subscription's own pace.
    pub(super) fn restart_cycles(&mut self, no: No) {
        let record = &mut self.subscriptions[no];
        record.anchor = self.now;
        record.cycle = 0;
        self.begin_cycle(no, false);
        self.retire_discounts(no);
        self.later(self.subscriptions[no].period.end, Step::Renew(no));
    }

    /// When the legacy plan is closed.
    pub(super) fn migration(&self) -> Timestamp {
        months_after(self.opened, MIGRATION_MONTH)
    }

    /// Closes the legacy plan: its product is archived, and its subscribers move at their next renewal.
    pub(super) fn retire_legacy(&mut self) {
        let products = &self.catalog.products;
        let legacy = products
            .iter()
            .find(|product| product.name == LEGACY_PRODUCT);
        let object = legacy.and_then(|legacy| self.journal.data.get("product", &legacy.id));
        let Some(mut object) = object.cloned() else {
            return;
        };
        object["active"] = false.into();
        object["updated"] = self.now.as_second().into();
        self.by_request();
        self.journal.tell(self.now, "product.updated", object);
    }

    fn is_due_to_move(&self, no: No) -> bool {
        let first = self.subscriptions[no].items.first();
        first.is_some_and(|item| item.plan == Plan::LegacyTeam) && self.now >= self.migration()
    }

    /// Changes that wait for a renewal.
    fn change_at_renewal(&mut self, no: No) {
        if self.is_due_to_move(no) {
            self.swap_plan(no, Plan::Team);
            return;
        }
        if self.subscriptions[no].schedule.is_some() {
            self.follow_schedule(no);
            return;
        }
        let first = self.subscriptions[no].items.first();
        let raised = match first.map(|item| item.plan) {
            Some(Plan::Starter) => Plan::StarterRaised,
            Some(Plan::Team) => Plan::TeamRaised,
            _ => return,
        };
        if self.dice.percent(self.shape.mix.price_rise) {
            self.raise_price(no, raised);
        }
    }

    /// The old product's subscription ends and one of the new product begins in the same moment.
    fn move_over(&mut self, no: No) {
        self.by_request();
        let record = &self.subscriptions[no];
        let (customer, plain) = (record.customer, record.plain);
        let quantity = record.items.first().map_or(1, |item| item.quantity);
        self.close_subscription(no, "cancellation_requested");
        let offer = Offer {
            plain,
            continues: Some(no),
            ..Offer::plainly(Plan::Team, quantity)
        };
        self.subscribe(customer, offer);
    }

    fn follow_schedule(&mut self, no: No) {
        let Some(place) = self.subscriptions[no].schedule else {
            return;
        };
        let schedule = &self.schedules[place];
        if self.now == schedule.first.end {
            let plan = schedule.second_plan;
            self.schedules[place].turned = true;
            self.swap_plan(no, plan);
            self.tell(Subject::Schedule(place), "subscription_schedule.updated");
        } else if self.now >= schedule.second.end {
            self.release_schedule(no);
        }
    }

    pub(super) fn release_schedule(&mut self, no: No) {
        if let Some(place) = self.subscriptions[no].schedule.take() {
            self.schedules[place].released = Some(self.now);
            self.tell(Subject::Schedule(place), "subscription_schedule.released");
        }
    }

    /// Puts another plan in the place of the first item's.
    pub(super) fn swap_plan(&mut self, no: No, plan: Plan) {
        if let Some((from, to)) = self.swap_price(no, plan) {
            self.note(no, Fact::PlanChanged { from, to });
        }
    }

    fn raise_price(&mut self, no: No, plan: Plan) {
        if let Some((from, to)) = self.swap_price(no, plan) {
            self.note(no, Fact::PriceChanged { from, to });
        }
    }

    /// The price of the first item before and after.
    fn swap_price(&mut self, no: No, plan: Plan) -> Option<(Arc<Price>, Arc<Price>)> {
        let record = &mut self.subscriptions[no];
        let to = self.catalog.price(plan, record.currency)?;
        let item = record.items.first_mut()?;
        let from = std::mem::replace(&mut item.price, Arc::clone(&to));
        item.plan = plan;
        record.cadence = to.cadence;
        Some((from, to))
    }

    /// A new cycle is invoiced without the discounts that are over: they no longer count.
    fn retire_discounts(&mut self, no: No) {
        let now = self.now;
        let mut over = Vec::new();
        for discount in &mut self.subscriptions[no].discounts {
            discount.listed &= discount.end.is_none_or(|end| end > now);
            if discount.counts && !discount.listed {
                discount.counts = false;
                over.push(Arc::clone(&discount.coupon));
            }
        }
        for coupon in over {
            self.note(no, Fact::DiscountEnded { coupon });
        }
    }

    /// A discount runs out. It goes on counting for the cycle that was invoiced with it.
    pub(super) fn end_discount(&mut self, no: No, place: usize) {
        let Some(discount) = self.subscriptions[no].discounts.get_mut(place) else {
            return;
        };
        if !discount.listed {
            return;
        }
        discount.listed = false;
        let unused = !discount.used;
        if unused {
            discount.counts = false;
        }
        let coupon = Arc::clone(&discount.coupon);
        if self.subscriptions[no].status.has_ended() {
            return;
        }
        if unused {
            self.note(no, Fact::DiscountEnded { coupon });
        }
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
    }
}
