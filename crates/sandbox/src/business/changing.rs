//! What subscribers change while they stay.

use std::sync::Arc;

use super::{
    account::{Item, No, Pause, PauseBehavior, Status},
    arriving::{Offer, is_by_seat},
    catalog::Plan,
    company::{Company, Step},
    journal::Subject,
    ledger::Fact,
    subscribing::same_cycle_alternative,
    terms::{Coupon, Duration, Level, Off},
};

/// Things a subscriber may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Nothing,
    Quantity,
    Plan,
    Cycle,
    Discount,
    Pause,
    SingleCharge,
    SecondSubscription,
    AddOn,
    CancelAtPeriodEnd,
    CancelNow,
}

const PLAIN_CHANGES: [(Change, u32); 6] = [
    (Change::Nothing, 20),
    (Change::Quantity, 40),
    (Change::Plan, 12),
    (Change::Cycle, 6),
    (Change::CancelAtPeriodEnd, 12),
    (Change::CancelNow, 6),
];

const CHANGES: [(Change, u32); 11] = [
    (Change::Nothing, 10),
    (Change::Quantity, 30),
    (Change::Plan, 12),
    (Change::Cycle, 6),
    (Change::Discount, 10),
    (Change::Pause, 5),
    (Change::SingleCharge, 6),
    (Change::SecondSubscription, 3),
    (Change::AddOn, 4),
    (Change::CancelAtPeriodEnd, 10),
    (Change::CancelNow, 5),
];

impl Company {
    /// A subscriber does something, and will do something again.
    pub(super) fn change_something(&mut self, no: No) {
        let record = &self.subscriptions[no];
        if record.status.has_ended() {
            return;
        }
        let settled = record.status == Status::Active
            && record.cancel_requested.is_none()
            && record.pause.is_none()
            && record.schedule.is_none();
        if settled {
            let changes: &[(Change, u32)] = if is_daily(&record.items) {
                &[(Change::CancelNow, 1)]
            } else if record.plain {
                &PLAIN_CHANGES
            } else {
                &CHANGES
            };
            let change = self.dice.weighted(changes, Change::Nothing);
            self.by_request();
            self.carry_out(no, change);
        }
        let next = self.in_days(20, 130);
        self.later(next, Step::Change(no));
    }

    fn carry_out(&mut self, no: No, change: Change) {
        match change {
            Change::Nothing => {}
            Change::Quantity => self.change_quantity(no),
            Change::Plan => self.change_plan(no),
            Change::Cycle => self.change_cycle(no),
            Change::Discount => self.attach_discount(no),
            Change::Pause => self.pause(no),
            Change::SingleCharge => {
                let amount = self.dice.between(10, 90);
                let currency = self.subscriptions[no].currency;
                self.add_single_charge(no, currency.listed(amount * 100), "Consulting".to_owned());
            }
            Change::SecondSubscription => {
                let customer = self.subscriptions[no].customer;
                let offer = Offer::plainly(Plan::Insights, 1);
                self.subscribe(customer, offer);
            }
            Change::AddOn => self.add_item(no),
            Change::CancelAtPeriodEnd => self.cancel_at_period_end(no),
            Change::CancelNow => self.end_subscription(no, "cancellation_requested"),
        }
    }

    fn change_quantity(&mut self, no: No) {
        let seat_items = &self.subscriptions[no].items;
        let Some(place) = seat_items.iter().position(|item| {
            is_by_seat(item.plan) || matches!(item.plan, Plan::Messages | Plan::Storage)
        }) else {
            return;
        };
        let from = seat_items[place].quantity;
        let step = i64::try_from(from / 4).unwrap_or(0).max(2);
        let change = self.dice.between(-step, step * 2);
        let to = from.saturating_add_signed(change).max(1);
        if to == from {
            return;
        }
        let before = self.subscriptions[no].terms();
        self.subscriptions[no].items[place].quantity = to;
        self.note(no, Fact::QuantityChanged { from, to });
        // Some businesses let a change wait for the next cycle's invoice.
        if self.dice.percent(90) {
            let after = self.subscriptions[no].terms();
            self.prorate(no, place, &before, Some(&after));
        }
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
    }

    fn change_plan(&mut self, no: No) {
        let [item] = self.subscriptions[no].items.as_slice() else {
            return;
        };
        let Some(plan) = same_cycle_alternative(item.plan) else {
            return;
        };
        let before = self.subscriptions[no].terms();
        self.swap_plan(no, plan);
        let after = self.subscriptions[no].terms();
        self.prorate(no, 0, &before, Some(&after));
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
    }

    /// From monthly to yearly or back: the rest of the old cycle is credited and a new row of cycles begins at once.
    fn change_cycle(&mut self, no: No) {
        let [item] = self.subscriptions[no].items.as_slice() else {
            return;
        };
        let plan = match item.plan {
            Plan::Starter | Plan::StarterRaised => Plan::StarterYearly,
            Plan::StarterYearly => Plan::Starter,
            Plan::Team | Plan::TeamRaised | Plan::TeamQuarterly => Plan::TeamYearly,
            Plan::TeamYearly => Plan::Team,
            Plan::Scale => Plan::ScaleYearly,
            _ => return,
        };
        let before = self.subscriptions[no].terms();
        self.prorate(no, 0, &before, None);
        let ended = self.subscriptions[no].period;
        self.swap_plan(no, plan);
        self.restart_cycles(no);
        let invoice = self.draft_invoice(no, "subscription_update", ended);
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
        self.tell(Subject::Invoice(invoice), "invoice.created");
        self.after_invoicing(no);
        self.finalize(invoice);
    }

    fn attach_discount(&mut self, no: No) {
        let record = &self.subscriptions[no];
        let metered = record.items.iter().any(|item| item.price.is_metered());
        if record.discounts.iter().any(|discount| discount.counts) || metered {
            return;
        }
        let currency = record.currency;
        let lasting = |coupon: &Coupon| {
            coupon.duration != Duration::Once && matches!(coupon.off, Off::PerMille(_))
        };
        let Some(coupon) = self.coupon(currency, lasting) else {
            return;
        };
        let discount = self.new_discount(&coupon, Level::Subscription);
        let place = self.subscriptions[no].discounts.len();
        if let Some(end) = discount.end {
            self.later(end, Step::EndDiscount(no, place));
        }
        self.subscriptions[no].discounts.push(discount);
        self.put_discounts(no);
        let level = Level::Subscription;
        self.note(no, Fact::DiscountStarted { coupon, level });
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
    }

    fn pause(&mut self, no: No) {
        let behavior = self.dice.pick(
            &[
                PauseBehavior::Void,
                PauseBehavior::MarkUncollectible,
                PauseBehavior::KeepAsDraft,
            ],
            PauseBehavior::Void,
        );
        let ends = self.in_days(20, 100);
        let announced = self.dice.percent(50);
        self.subscriptions[no].pause = Some(Pause {
            behavior,
            resumes_at: announced.then_some(ends),
        });
        self.later(ends, Step::Resume(no));
        self.note(no, Fact::Paused { counts: true });
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
    }

    pub(super) fn resume(&mut self, no: No) {
        let record = &mut self.subscriptions[no];
        if record.status.has_ended() || record.pause.take().is_none() {
            return;
        }
        self.note(no, Fact::Resumed);
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
    }

    /// A further product on the same subscription, from now on.
    fn add_item(&mut self, no: No) {
        let record = &self.subscriptions[no];
        let Some(first) = record.items.first() else {
            return;
        };
        let plan = match first.plan {
            Plan::Team | Plan::Starter | Plan::Scale => Plan::Insights,
            Plan::TeamYearly | Plan::StarterYearly | Plan::ScaleYearly => Plan::InsightsYearly,
            _ => return,
        };
        if record.items.iter().any(|item| item.plan == plan) {
            return;
        }
        let Some(price) = self.catalog.price(plan, record.currency) else {
            return;
        };
        let before = record.terms();
        let item = Item {
            id: self.ids.short("si_"),
            plan,
            price: Arc::clone(&price),
            quantity: 1,
            created: self.now,
        };
        let record = &mut self.subscriptions[no];
        let place = record.items.len();
        record.items.push(item);
        self.note(no, Fact::ItemAdded { price, quantity: 1 });
        let after = self.subscriptions[no].terms();
        self.prorate(no, place, &before, Some(&after));
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
    }
}

fn is_daily(items: &[Item]) -> bool {
    items.iter().any(|item| item.plan == Plan::Pulse)
}
