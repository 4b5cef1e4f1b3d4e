//! How a subscription begins.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    account::{Collection, Customer, Discount, Item, No, Schedule, Status, Subscription, Trial},
    arriving::Offer,
    calendar::{Period, days_after, seconds_after},
    catalog::Plan,
    company::{Company, Step},
    journal::Subject,
    ledger::Fact,
    terms::{Duration, Level},
};

/// Stripe documents that a subscription whose first invoice stays unpaid for 23 hours expires.
const FIRST_INVOICE_SECONDS: i64 = 23 * 3600;

/// Stripe documents that it tells of a trial's end three days before.
const REMINDER_DAYS: i32 = 3;

impl Company {
    /// A customer takes an offer; its first invoice is made and, if it can be, paid.
    pub(super) fn subscribe(&mut self, customer: No, offer: Offer) -> Option<No> {
        let continues = offer
            .continues
            .map(|old| self.subscriptions[old].id.clone());
        let (fee, charges) = (offer.setup_fee, offer.charges);
        let is_daily = offer.items.iter().any(|(plan, _)| *plan == Plan::Pulse);
        let no = self.open_subscription(customer, offer)?;
        if fee {
            self.add_setup_fee(no);
        }
        for hour in 1..=charges {
            let amount = self.subscriptions[no].currency.listed(1500);
            self.add_single_charge(no, amount, format!("Migration, hour {hour}"));
        }
        let now = Period {
            start: self.now,
            end: self.now,
        };
        let invoice = self.draft_invoice(no, "subscription_create", now);
        let must_pay = self.invoices[invoice].amount_due_minor() > 0;
        let by_card = self.subscriptions[no].collection == Collection::ChargeCard;
        let fails = self.dice.percent(self.shape.mix.first_payment_fails);
        if must_pay && by_card && fails {
            self.subscriptions[no].status = Status::Incomplete;
            let last_hour = seconds_after(self.now, FIRST_INVOICE_SECONDS);
            self.later(last_hour, Step::Expire(no));
        }
        self.announce(no, continues);
        self.tell(Subject::Invoice(invoice), "invoice.created");
        self.finalize(invoice);
        self.after_invoicing(no);

        self.later(self.subscriptions[no].period.end, Step::Renew(no));
        if let Some(trial) = self.subscriptions[no].trial {
            let soon = days_after(trial.period.end, -REMINDER_DAYS);
            self.later(soon.max(self.now), Step::Remind(no));
        }
        let first_change = if is_daily {
            self.in_days(20, 50)
        } else {
            self.in_days(25, 120)
        };
        self.later(first_change, Step::Change(no));
        if self.dice.percent(self.shape.mix.scheduled_change) {
            self.schedule_change(no);
        }
        Some(no)
    }

    pub(super) fn remind(&mut self, subscription: No) {
        if self.subscriptions[subscription].status == Status::Trialing {
            self.tell(
                Subject::Subscription(subscription),
                "customer.subscription.trial_will_end",
            );
        }
    }

    pub(super) fn expire(&mut self, subscription: No) {
        if self.subscriptions[subscription].status != Status::Incomplete {
            return;
        }
        let record = &mut self.subscriptions[subscription];
        record.ended = Some(self.now);
        if let Some(invoice) = record.latest_invoice {
            self.void(invoice);
        }
        self.set_status(subscription, Status::IncompleteExpired, Fact::Expired);
    }

    fn open_subscription(&mut self, customer: No, offer: Offer) -> Option<No> {
        let currency = self.customers[customer].currency;
        let mut items = Vec::new();
        for (plan, quantity) in offer.items {
            items.push(Item {
                id: self.ids.short("si_"),
                plan,
                price: self.catalog.price(plan, currency)?,
                quantity,
                created: self.now,
            });
        }
        let cadence = items.first()?.price.cadence;
        let mut discounts: Vec<Discount> = Vec::new();
        for (coupon, item) in offer.coupons {
            let level = item
                .and_then(|place| items.get(place))
                .map_or(Level::Subscription, |item| Level::Item(item.id.clone()));
            discounts.push(self.new_discount(&coupon, level));
        }
        let owner = &self.customers[customer];
        if discounts.is_empty() {
            discounts.extend(owner.discount.clone().filter(|one| one.listed));
        }
        let trial = offer.trial.map(|(days, without_card)| Trial {
            period: Period {
                start: self.now,
                end: days_after(self.now, days),
            },
            without_card,
        });
        let anchor = trial.map_or(self.now, |trial| trial.period.end);
        let first_cycle = Period {
            start: self.now,
            end: cadence.cycle_start(self.now, 1),
        };
        let no = self.subscriptions.len();
        self.subscriptions.push(Subscription {
            id: self.ids.long("sub_"),
            customer,
            created: self.now,
            status: trial.map_or(Status::Active, |_| Status::Trialing),
            currency,
            cadence,
            items,
            discounts,
            tax: owner.tax.clone(),
            collection: owner.collection,
            anchor,
            cycle: 0,
            period: trial.map_or(first_cycle, |trial| trial.period),
            trial,
            cancel_requested: None,
            ended: None,
            end_reason: None,
            pause: None,
            schedule: None,
            latest_invoice: None,
            pending: Vec::new(),
            overdue: Vec::new(),
            plain: offer.plain,
        });
        self.customers[customer].subscriptions.push(no);
        Some(no)
    }

    /// Tells Stripe and the ledger that a subscription has begun.
    fn announce(&mut self, no: No, continues: Option<String>) {
        self.put_discounts(no);
        let ends: Vec<(usize, Timestamp)> = self.subscriptions[no]
            .discounts
            .iter()
            .enumerate()
            .filter_map(|(place, discount)| discount.end.map(|end| (place, end)))
            .collect();
        for (place, end) in ends {
            self.later(end, Step::EndDiscount(no, place));
        }
        self.tell(Subject::Subscription(no), "customer.subscription.created");

        let record = &self.subscriptions[no];
        let owner = &self.customers[record.customer];
        let trial_end = record.trial.map(|trial| trial.period.end);
        let returning = continues.is_none() && has_paid_before(&self.subscriptions, owner, no);
        let id = record.id.clone();
        self.ledger.open(&id, &owner.id, record.currency);
        let started = Fact::Started {
            returning,
            continues,
            trial_end,
        };
        let discounts: Vec<Fact> = record
            .discounts
            .iter()
            .map(|discount| Fact::DiscountStarted {
                coupon: Arc::clone(&discount.coupon),
                level: discount.level.clone(),
            })
            .collect();
        self.note(no, started);
        for fact in discounts {
            self.note(no, fact);
        }
    }

    /// After an invoice: coupons for one invoice are used up, and leave the subscription.
    pub(super) fn after_invoicing(&mut self, no: No) {
        let mut used_up = false;
        for discount in &mut self.subscriptions[no].discounts {
            if discount.coupon.duration == Duration::Once && discount.used && discount.listed {
                discount.listed = false;
                used_up = true;
            }
        }
        if used_up {
            self.tell(Subject::Subscription(no), "customer.subscription.updated");
        }
    }

    fn schedule_change(&mut self, no: No) {
        let record = &self.subscriptions[no];
        let [item] = record.items.as_slice() else {
            return;
        };
        let Some(second_plan) = same_cycle_alternative(item.plan) else {
            return;
        };
        if record.status != Status::Active {
            return;
        }
        let Some(second_price) = self.catalog.price(second_plan, record.currency) else {
            return;
        };
        let turn = record.cadence.cycle_start(record.anchor, 2);
        let schedule = Schedule {
            id: self.ids.long("sub_sched_"),
            subscription: no,
            created: self.now,
            first: Period {
                start: record.created,
                end: turn,
            },
            second: Period {
                start: turn,
                end: record.cadence.cycle_start(record.anchor, 4),
            },
            first_plan: (Arc::clone(&item.price), item.quantity),
            second_plan,
            second_price,
            turned: false,
            released: None,
        };
        let place = self.schedules.len();
        self.schedules.push(schedule);
        self.subscriptions[no].schedule = Some(place);
        self.tell(Subject::Schedule(place), "subscription_schedule.created");
        self.tell(Subject::Subscription(no), "customer.subscription.updated");
    }
}

/// Another plan that is paid as often.
pub(super) const fn same_cycle_alternative(plan: Plan) -> Option<Plan> {
    match plan {
        Plan::Starter | Plan::StarterRaised | Plan::Scale | Plan::LegacyTeam => Some(Plan::Team),
        Plan::Team | Plan::TeamRaised => Some(Plan::Starter),
        Plan::StarterYearly | Plan::ScaleYearly => Some(Plan::TeamYearly),
        Plan::TeamYearly => Some(Plan::StarterYearly),
        _ => None,
    }
}

fn has_paid_before(all: &[Subscription], customer: &Customer, but: No) -> bool {
    customer
        .subscriptions
        .iter()
        .any(|&one| one != but && all[one].status == Status::Canceled)
}
