//! Arbitrary customers: whatever Stripe might say of their subscriptions, sense or nonsense.

use clearsync_billing::{
    Catalog, Change, ChangeKind, CustomerId, Discount, Duration, Fraction, History, InclusiveTax,
    IntervalUnit, Invoice, InvoiceLine, InvoiceStatus, PauseCollection, Period, Policy, Price,
    Scheme, Status, Subscription, Timeline,
};
use jiff::{SignedDuration, Timestamp};
use proptest::{collection::vec, option, prelude::*};

use crate::{build::*, lives::*};

/// Everything known of one subscription, which never says anything about a time after its end.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) present: Subscription,
    pub(crate) invoices: Vec<Invoice>,
    pub(crate) changes: Vec<Change>,
}

impl Known {
    pub(crate) fn history(&self) -> History {
        let Self {
            present,
            invoices,
            changes,
        } = self;
        History::rebuild(present, day(SEEN), invoices, changes, &prices_and_coupons())
    }

    pub(crate) fn timeline(&self, policy: &Policy, until: &str) -> Timeline {
        self.history().timeline(policy, day(until)).unwrap()
    }
}

/// One subscription.
pub(crate) fn any_life() -> impl Strategy<Value = Known> {
    a_life(0)
}

/// Up to four subscriptions of two customers in two currencies.
pub(crate) fn any_world() -> impl Strategy<Value = Vec<Known>> {
    vec(any::<()>(), 1..5).prop_flat_map(|lives| {
        let lives: Vec<_> = (0..lives.len()).map(a_life).collect();
        lives
    })
}

/// The company of a customer. With one company and a customer without, both ways are taken.
pub(crate) fn company(customer: &CustomerId) -> Option<String> {
    (customer.as_str() == "cus_0").then(|| "acme.test".to_owned())
}

const PRICES: usize = 6;

fn prices() -> [Price; PRICES - 1] {
    let steps = tiers(&[(Some(3), "700", "1000"), (None, "500", "0")]);
    [
        price("1000", MONTHLY),
        price("12000", YEARLY).named("price_year", "prod_app"),
        price("333", every(1, IntervalUnit::Week)).named("price_week", "prod_b"),
        price("2", MONTHLY).metered().named("price_use", "prod_c"),
        price("0", every(3, IntervalUnit::Month))
            .with(Scheme::Graduated(steps))
            .named("price_tiers", "prod_d"),
    ]
}

fn coupons() -> [Discount; 4] {
    [
        percent("P", "33.33", Duration::Forever),
        amount_off("A", &[("usd", 450), ("eur", 400)], Duration::Forever),
        percent("O", "50", Duration::Once),
        amount_off(
            "R",
            &[("usd", 9000)],
            Duration::Repeating { months: Some(2) },
        ),
    ]
}

fn prices_and_coupons() -> Catalog {
    let mut catalog = catalog(&prices());
    for discount in coupons() {
        catalog.add_discount(discount);
    }
    catalog
}

fn begin() -> Timestamp {
    day("2026-01-01")
}

/// Half days after the begin, so that things happen together and apart.
fn moment(half_days: i64) -> Timestamp {
    begin() + SignedDuration::from_hours(12 * half_days)
}

/// The months of a year, roughly, and stretches that are none.
fn any_period() -> impl Strategy<Value = Period> {
    let length = prop_oneof![
        8 => Just(30_i64),
        2 => prop::sample::select(std::vec![1, 7, 14, 28, 31, 90, 365, 730]),
        1 => -9_i64..2,
    ];
    (0_i64..11, 0_i64..30, prop::bool::weighted(0.8), length).prop_map(
        |(month, offset, is_regular, days)| {
            let start = begin()
                + SignedDuration::from_hours(
                    24 * (30 * month + if is_regular { 0 } else { offset }),
                );
            let end = start + SignedDuration::from_hours(24 * days);
            Period { start, end }
        },
    )
}

fn any_discount() -> impl Strategy<Value = Discount> {
    let bounds = (option::of(0_i64..400), option::of(0_i64..700));
    (0..4_usize, bounds).prop_map(|(coupon, (start, end))| Discount {
        start: start.map(moment),
        end: end.map(moment),
        ..coupons()[coupon].clone()
    })
}

fn any_item(number: usize) -> impl Strategy<Value = clearsync_billing::SubscriptionItem> {
    let tax = option::weighted(0.2, Just(InclusiveTax::Percent(Fraction::from(19))));
    let discounts = vec(any_discount(), 0..2);
    let facts = (0..PRICES - 1, option::weighted(0.9, 0_u64..9));
    (facts, discounts, option::of(any_period()), tax).prop_map(
        move |((price, quantity), discounts, current_period, inclusive_tax)| {
            clearsync_billing::SubscriptionItem {
                quantity,
                discounts,
                current_period,
                inclusive_tax,
                ..item(&format!("si_{number}"), prices()[price].clone(), 1)
            }
        },
    )
}

fn any_status() -> impl Strategy<Value = Status> {
    prop::sample::select(std::vec![
        Status::Active,
        Status::Active,
        Status::Active,
        Status::Trialing,
        Status::PastDue,
        Status::Unpaid,
        Status::Incomplete,
        Status::Paused,
    ])
}

/// A subscription as it may stand at some moment while it lives.
fn alive() -> impl Strategy<Value = Subscription> {
    let items = (
        any_item(0),
        option::of(any_item(1)),
        option::weighted(0.2, any_item(2)),
    );
    let dates = (
        option::weighted(0.2, 0_i64..60),
        option::weighted(0.2, 0_i64..700),
        option::weighted(0.2, 0_i64..700),
        prop::bool::weighted(0.2),
        option::weighted(0.2, option::of(0_i64..700)),
    );
    let discounts = (
        vec(any_discount(), 0..3),
        option::weighted(0.2, any_discount()),
    );
    (items, any_status(), dates, discounts).prop_map(|(items, status, dates, discounts)| {
        let (trial, cancel_at, canceled_at, at_period_end, pause) = dates;
        let listed = [Some(items.0), items.1, items.2];
        changed(selling(listed.into_iter().flatten().collect()), |one| {
            one.status = status;
            one.trial = trial.map(|end| Period {
                start: begin(),
                end: moment(end),
            });
            one.cancel_at = cancel_at.map(moment);
            one.canceled_at = canceled_at.map(moment);
            one.cancel_at_period_end = at_period_end;
            one.pause_collection = pause.map(|resumes| PauseCollection {
                behavior: "void".to_owned(),
                resumes_at: resumes.map(moment),
            });
            (one.discounts, one.customer_discount) = discounts;
        })
    })
}

fn any_line() -> impl Strategy<Value = InvoiceLine> {
    let sold = (0..3_usize, 0..PRICES, 0_u64..9);
    let off = option::weighted(0.3, (0..4_usize, 0_i64..900));
    let tax = prop_oneof![4 => Just(0_i64), 1 => 0_i64..400];
    let amount = (prop::bool::weighted(0.7), -9000_i64..9000);
    (
        sold,
        amount,
        off,
        tax,
        any_period(),
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |((number, price, quantity), (is_listed, other), off, tax, period, proration)| {
                let mut line = line(&format!("si_{number}"), quantity, other, "2026-01-01", SEEN);
                if let Some(known) = prices().get(price) {
                    line.price = Some(known.id.clone());
                    line.product.clone_from(&known.product);
                    if let (true, Scheme::PerUnit(unit)) = (is_listed, &known.scheme) {
                        line.amount = unit * &Fraction::from(quantity);
                    }
                } else {
                    line = line.at("price_gone", "prod_gone");
                }
                if let Some((coupon, amount)) = off {
                    line = line.less(coupons()[coupon].id.as_str(), amount);
                }
                line.inclusive_tax = tax.into();
                line.period = period;
                line.proration = proration;
                line
            },
        )
}

fn any_invoice() -> impl Strategy<Value = Invoice> {
    let status = prop::sample::select(std::vec![
        InvoiceStatus::Paid,
        InvoiceStatus::Paid,
        InvoiceStatus::Open,
        InvoiceStatus::Uncollectible,
        InvoiceStatus::Void,
        InvoiceStatus::Draft,
    ]);
    (
        0_i64..700,
        status,
        vec(any_line(), 0..4),
        option::of(0_i64..700),
        any::<bool>(),
    )
        .prop_map(|(created, status, lines, paid, is_first_charge)| Invoice {
            created: moment(created),
            status,
            is_first_charge,
            paid_at: paid.map(moment),
            ..invoice("in", "2026-01-01", lines)
        })
}

fn any_change() -> impl Strategy<Value = Change> {
    let first = prop::bool::weighted(0.3);
    (0_i64..700, first, alive(), option::of(alive())).prop_map(|(at, is_first, after, before)| {
        Change {
            at: moment(if is_first { 0 } else { at }),
            before,
            kind: if is_first {
                ChangeKind::Created
            } else {
                ChangeKind::Updated
            },
            ..event("evt", "2026-01-01", ChangeKind::Updated, &after)
        }
    })
}

/// The life of subscription `number`: what was said of it, cut off at its end if it has one.
fn a_life(number: usize) -> impl Strategy<Value = Known> {
    let end = option::weighted(0.4, 1_i64..700);
    let told = (vec(any_invoice(), 0..8), vec(any_change(), 0..4));
    (alive(), told, end).prop_map(move |(mut present, (mut invoices, mut changes), end)| {
        if let Some(end) = end.map(moment) {
            present.status = Status::Canceled;
            present.canceled_at = present.canceled_at.filter(|at| *at < end).or(Some(end));
            present.ended_at = Some(end);
            changes.retain(|change| change.at < end);
        }
        own(&mut present, number);
        for (count, invoice) in invoices.iter_mut().enumerate() {
            invoice.id = format!("in_{number}_{count}").as_str().into();
            invoice.subscription = Some(present.id.clone());
            invoice.currency = present.currency;
            for line in &mut invoice.lines {
                line.subscription = Some(present.id.clone());
            }
        }
        for (count, change) in changes.iter_mut().enumerate() {
            change.event = format!("evt_{number}_{count}").as_str().into();
            own(&mut change.after, number);
            change
                .before
                .iter_mut()
                .for_each(|before| own(before, number));
        }
        Known {
            present,
            invoices,
            changes,
        }
    })
}

fn own(subscription: &mut Subscription, number: usize) {
    subscription.id = format!("sub_{number}").as_str().into();
    subscription.customer = ["cus_0", "cus_1", "cus_1", "cus_0"][number].into();
    subscription.currency = currency(if number == 3 { "eur" } else { "usd" });
}
