//! How customers come, and what they take.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    account::{Card, Collection, Customer, Discount, No, TrialEnd},
    calendar::{months_after, seconds_after},
    catalog::{MODULES, Plan},
    company::{Company, Step},
    journal::Subject,
    money::Currency,
    names::{self, Person},
    terms::{Coupon, Duration, Level, Off, Tax},
};

/// What a customer signs up for.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) items: Vec<(Plan, u64)>,
    pub(super) plain: bool,
    pub(super) trial: Option<(i32, Option<TrialEnd>)>,
    /// Coupons, and the place of the item they are for, if they are not for the whole.
    pub(super) coupons: Vec<(Arc<Coupon>, Option<usize>)>,
    pub(super) setup_fee: bool,
    /// Single charges on the first invoice.
    pub(super) charges: u32,
    /// The subscription it takes over from.
    pub(super) continues: Option<No>,
}

impl Offer {
    pub(super) fn plainly(plan: Plan, quantity: u64) -> Self {
        Self {
            items: vec![(plan, quantity)],
            plain: true,
            trial: None,
            coupons: Vec::new(),
            setup_fee: false,
            charges: 0,
            continues: None,
        }
    }
}

/// The special customer that takes every module.
const WITH_MANY_ITEMS: No = 0;
/// The special customer whose first invoice is long.
const WITH_MANY_CHARGES: No = 4;

const CARDS: [&str; 4] = ["visa", "mastercard", "amex", "visa"];

impl Company {
    /// A customer comes; the next one follows at the shape's pace.
    pub(super) fn welcome_next(&mut self) {
        let span = seconds_between(
            self.opened,
            months_after(
                self.opened,
                i32::try_from(self.shape.months).unwrap_or(i32::MAX),
            ),
        );
        let pace = (span / i64::from(self.shape.customers.max(1))).max(1);
        let wait = self.dice.between(pace / 4, pace * 7 / 4);
        self.later(seconds_after(self.now, wait.max(1)), Step::Arrive);

        self.by_request();
        let special = self.specials.pop_front();
        let is_special = special.is_some();
        let customer = self.register(special);
        if !is_special && self.dice.percent(4) {
            return;
        }
        let offer = match customer {
            WITH_MANY_ITEMS if is_special => Offer {
                items: (1..=MODULES)
                    .map(|module| (Plan::Module(module), 1))
                    .collect(),
                ..Offer::plainly(Plan::Team, 1)
            },
            WITH_MANY_CHARGES if is_special => Offer {
                charges: 300,
                ..Offer::plainly(Plan::Team, 12)
            },
            _ => self.choose_offer(customer),
        };
        self.subscribe(customer, offer);
    }

    /// A customer who had left subscribes again.
    pub(super) fn welcome_back(&mut self, customer: No) {
        if self.customers[customer].deleted || self.is_subscribed(customer) {
            return;
        }
        self.by_request();
        let offer = self.choose_offer(customer);
        let offer = Offer {
            trial: None,
            ..offer
        };
        self.subscribe(customer, offer);
    }

    fn register(&mut self, special: Option<Person>) -> No {
        let is_special = special.is_some();
        let person = special.unwrap_or_else(|| names::person(&mut self.dice));
        let currencies = self.shape.currencies.clone();
        let currency = match currencies.first() {
            Some(&(home, _)) if is_special => home,
            _ => self.dice.weighted(&currencies, Currency::Usd),
        };
        let collection = if self.dice.percent(self.shape.mix.send_invoice) {
            Collection::SendInvoice { days_until_due: 30 }
        } else {
            Collection::ChargeCard
        };
        let taxed = !is_special && self.dice.percent(self.shape.mix.tax);
        let customer = Customer {
            id: self.ids.short("cus_"),
            created: self.now,
            person,
            country: country_of(currency),
            currency,
            card: self.new_card(),
            balance_minor: 0,
            discount: None,
            tax: if taxed { self.tax_in(currency) } else { None },
            collection,
            prefix: self.ids.upper(8),
            invoices_numbered: 0,
            delinquent: false,
            deleted: false,
            subscriptions: Vec::new(),
        };
        let no = self.customers.len();
        self.customers.push(customer);
        self.tell(Subject::Customer(no), "customer.created");
        self.tell(Subject::Card(no), "payment_method.attached");
        if self.dice.percent(self.shape.mix.customer_discount) {
            self.give_customer_discount(no);
        }
        no
    }

    fn new_card(&mut self) -> Card {
        let opened_year = i64::from(self.now.to_zoned_datetime(jiff::tz::TimeZone::UTC).year());
        Card {
            id: self.ids.long("pm_"),
            brand: self.dice.pick(&CARDS, "visa"),
            last4: format!("{:04}", self.dice.between(0, 9999)),
            fingerprint: self.ids.short(""),
            expires_month: self.dice.between(1, 12),
            expires_year: opened_year + self.dice.between(1, 5),
        }
    }

    fn tax_in(&mut self, currency: Currency) -> Option<Arc<Tax>> {
        let countries: &[&str] = match currency {
            Currency::Usd => &["US"],
            Currency::Eur => &["DE", "FR"],
            Currency::Jpy => &["JP"],
            Currency::Kwd => &[],
        };
        let country = self.dice.pick(countries, "");
        let taxes = &self.catalog.taxes;
        taxes.iter().find(|tax| tax.country == country).cloned()
    }

    /// A coupon for all a customer has. It is one that goes on, so that it is clear which invoices it is for.
    fn give_customer_discount(&mut self, customer: No) {
        let currency = self.customers[customer].currency;
        let coupon = self.coupon(currency, |coupon| coupon.duration != Duration::Once);
        let Some(coupon) = coupon else { return };
        let discount = self.new_discount(&coupon, Level::Customer);
        if let Some(end) = discount.end {
            self.later(end, Step::EndCustomerDiscount(customer));
        }
        self.customers[customer].discount = Some(discount);
        self.tell(
            Subject::CustomerDiscount(customer),
            "customer.discount.created",
        );
        self.tell(Subject::Customer(customer), "customer.updated");
    }

    pub(super) fn end_customer_discount(&mut self, customer: No) {
        if self.customers[customer].deleted {
            return;
        }
        self.tell(
            Subject::CustomerDiscount(customer),
            "customer.discount.deleted",
        );
        if let Some(discount) = &mut self.customers[customer].discount {
            discount.listed = false;
        }
        self.tell(Subject::Customer(customer), "customer.updated");
    }

    pub(super) fn new_discount(&mut self, coupon: &Arc<Coupon>, level: Level) -> Discount {
        let end = match coupon.duration {
            Duration::Months(months) => Some(months_after(self.now, months)),
            Duration::Once | Duration::Forever => None,
        };
        Discount {
            id: self.ids.long("di_"),
            coupon: Arc::clone(coupon),
            level,
            start: self.now,
            end,
            listed: true,
            counts: true,
            used: false,
        }
    }

    pub(super) fn coupon(
        &mut self,
        currency: Currency,
        fits: fn(&Coupon) -> bool,
    ) -> Option<Arc<Coupon>> {
        let offered = self.catalog.coupons_for(currency);
        let fitting: Vec<(usize, u32)> = offered
            .iter()
            .enumerate()
            .filter(|(_, coupon)| fits(coupon))
            .map(|(place, _)| (place, 1))
            .collect();
        let place = self.dice.weighted(&fitting, usize::MAX);
        offered.get(place).map(|coupon| Arc::clone(coupon))
    }

    fn choose_offer(&mut self, customer: No) -> Offer {
        let mix = self.shape.mix.clone();
        if self.dice.percent(mix.plain) {
            return self.plain_offer();
        }
        let mut offer = if self.dice.percent(mix.elaborate) {
            self.elaborate_offer()
        } else {
            self.plain_offer()
        };
        let discount = self.customers[customer].discount.as_ref();
        if discount.is_some_and(|one| matches!(one.coupon.off, Off::Amount(..))) {
            // Usage would take a share of the amount off, a different one in each cycle.
            offer.items.retain(|(plan, _)| *plan != Plan::ApiCalls);
        }
        offer.plain = false;
        offer.setup_fee = self.dice.percent(mix.setup_fee);
        if self.dice.percent(mix.trial) {
            let lost = self.dice.percent(mix.trial_lost);
            let without_card = lost.then(|| {
                self.dice
                    .pick(&[TrialEnd::Cancel, TrialEnd::Pause], TrialEnd::Cancel)
            });
            offer.trial = Some((self.dice.pick(&[7, 14, 30], 14), without_card));
        }
        if self.dice.percent(mix.discount) && self.customers[customer].discount.is_none() {
            offer.coupons = self.choose_coupons(customer, &offer);
        }
        offer
    }

    fn plain_offer(&mut self) -> Offer {
        let plan = self.dice.weighted(
            &[
                (Plan::Starter, 30),
                (Plan::StarterYearly, 12),
                (Plan::Team, 30),
                (Plan::TeamQuarterly, 7),
                (Plan::TeamYearly, 12),
                (Plan::LegacyTeam, 8),
                (Plan::Digest, 3),
                (Plan::Pulse, 1),
                (Plan::InsightsYearly, 3),
            ],
            Plan::Starter,
        );
        let seats = u64::try_from(self.dice.between(1, 24)).unwrap_or(1);
        Offer::plainly(plan, if is_by_seat(plan) { seats } else { 1 })
    }

    fn elaborate_offer(&mut self) -> Offer {
        let seats = u64::try_from(self.dice.between(2, 60)).unwrap_or(2);
        let choices: [&[(Plan, u64)]; 9] = [
            &[(Plan::Scale, 1)],
            &[(Plan::Scale, 1)],
            &[(Plan::ScaleYearly, 1)],
            &[(Plan::Messages, 37)],
            &[(Plan::Storage, 41)],
            &[(Plan::Team, 1), (Plan::ApiCalls, 0)],
            &[(Plan::Team, 1), (Plan::Insights, 0)],
            &[(Plan::TeamYearly, 1), (Plan::InsightsYearly, 0)],
            &[(Plan::StarterGlobal, 0)],
        ];
        let chosen = self.dice.pick(&choices, choices[0]);
        // The number beside a plan is what one seat of the customer needs of it; none means one for all.
        let items = chosen
            .iter()
            .map(|&(plan, per_seat)| (plan, (per_seat * seats).max(1)))
            .collect();
        Offer {
            items,
            plain: false,
            ..Offer::plainly(Plan::Scale, 1)
        }
    }

    /// One coupon or two that stack. Coupons for one invoice are not given with a trial, whose first invoice is for
    /// nothing, and amounts off not where usage would share them.
    fn choose_coupons(&mut self, customer: No, offer: &Offer) -> Vec<(Arc<Coupon>, Option<usize>)> {
        let currency = self.customers[customer].currency;
        let metered = offer.items.iter().any(|(plan, _)| *plan == Plan::ApiCalls);
        let fits: fn(&Coupon) -> bool = match (offer.trial.is_some(), metered) {
            (false, false) => |_| true,
            (false, true) => |coupon| matches!(coupon.off, Off::PerMille(_)),
            (true, false) => |coupon| coupon.duration != Duration::Once,
            (true, true) => {
                |coupon| coupon.duration != Duration::Once && matches!(coupon.off, Off::PerMille(_))
            }
        };
        let on_item = self.dice.percent(25).then_some(0);
        let mut coupons = Vec::new();
        if let Some(coupon) = self.coupon(currency, fits) {
            coupons.push((coupon, on_item));
        }
        if self.dice.percent(25)
            && let Some(second) = self.coupon(currency, fits)
            && coupons.iter().all(|(first, _)| first.id != second.id)
        {
            coupons.push((second, None));
        }
        coupons
    }
}

pub(super) const fn is_by_seat(plan: Plan) -> bool {
    matches!(
        plan,
        Plan::Team
            | Plan::TeamQuarterly
            | Plan::TeamYearly
            | Plan::TeamRaised
            | Plan::LegacyTeam
            | Plan::Scale
            | Plan::ScaleYearly
    )
}

const fn country_of(currency: Currency) -> &'static str {
    match currency {
        Currency::Usd => "US",
        Currency::Eur => "DE",
        Currency::Jpy => "JP",
        Currency::Kwd => "KW",
    }
}

fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second() - from.as_second()
}
