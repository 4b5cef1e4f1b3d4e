//! Explanations, word for word.

use std::fmt::Write;

use clearsync_billing::{
    Duration, Figure, InclusiveTax, MeteredRule, PauseCollection, PauseRule, Policy, Scheme,
    Status, TaxBehavior, UsageCharge,
};

use crate::{build::*, lives::*};

fn derived(figure: &Figure) -> String {
    let mut text = format!("{}\n", figure.sentence());
    for row in figure.table() {
        writeln!(text, "  {} | {} | {}", row.about, row.what, row.result).unwrap();
    }
    for note in &figure.notes {
        writeln!(text, "  note: {note}").unwrap();
    }
    text
}

#[test]
fn what_counts() {
    let steps = [(Some(5), "700", "1000"), (None, "500", "0")];
    let tiered = |scheme| selling(vec![item("si_1", price("0", MONTHLY).with(scheme), 7)]);
    let discounted = changed(plain("120000", YEARLY, 3), |subscription| {
        let mut launch = percent("LAUNCH", "12.5", Duration::Forever);
        launch.coupon.as_mut().unwrap().name = Some("Launch".to_owned());
        subscription.items[0].discounts = vec![launch];
        subscription.discounts = vec![amount_off("TEN", &[("usd", 1000)], Duration::Once)];
        subscription.status = Status::PastDue;
    });
    let taxed = changed(plain("11900", MONTHLY, 1), |subscription| {
        subscription.items[0].price.tax_behavior = TaxBehavior::Inclusive;
        subscription.items[0].inclusive_tax = Some(InclusiveTax::Percent(fraction("19")));
    });
    let fine = plain(
        "0.125",
        every(2, clearsync_billing::IntervalUnit::Week),
        1000,
    );
    let two = selling(vec![
        item("si_1", price("1000", MONTHLY), 1),
        item("si_2", price("500", YEARLY), 2),
    ]);
    let figures = [
        plain("1250", MONTHLY, 3),
        discounted,
        tiered(Scheme::Graduated(tiers(&steps))),
        tiered(Scheme::Volume(tiers(&steps))),
        taxed,
        fine,
        two,
        selling(Vec::new()),
    ];
    let text: Vec<_> = figures
        .iter()
        .map(|subscription| derived(&figure(subscription, &Policy::clearsync())))
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn what_does_not_count() {
    let with = |change: &dyn Fn(&mut clearsync_billing::Subscription)| {
        changed(plain("1000", MONTHLY, 1), |one| change(one))
    };
    let subscriptions = [
        with(&|one| one.start_date = day("2026-03-01")),
        with(&|one| one.trial = Some(span("2026-01-01", "2026-02-01"))),
        with(&|one| one.status = Status::Trialing),
        with(&|one| one.status = Status::Canceled),
        with(&|one| one.ended_at = Some(day("2026-01-10"))),
        with(&|one| one.status = Status::Incomplete),
        with(&|one| {
            one.cancel_at_period_end = true;
            one.canceled_at = Some(day("2026-01-10"));
        }),
        with(&|one| one.cancel_at = Some(day("2026-02-10"))),
        with(&|one| {
            one.pause_collection = Some(PauseCollection {
                behavior: "void".to_owned(),
                resumes_at: None,
            });
        }),
        with(&|one| one.first_payment = clearsync_billing::FirstPayment::Open),
    ];
    let policy = Policy {
        pause: PauseRule::Zero,
        ..Policy::conservative()
    };
    let text: Vec<_> = subscriptions
        .iter()
        .map(|subscription| figure(subscription, &policy).sentence())
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn as_invoiced() {
    // 120000 a year less 20 % once: (120000 − 24000) / 12 = 8000.
    let billed = line("si_1", 1, 120_000, "2026-01-01", "2027-01-01").less("di_ONCE", 24_000);
    let mut life = Life::of(
        plain("120000", YEARLY, 1),
        vec![invoice("in_1", "2026-01-01", vec![billed])],
    );
    let mut once = percent("ONCE", "20", Duration::Once);
    once.coupon.as_mut().unwrap().name = Some("Welcome".to_owned());
    life.catalog.add_discount(once);
    let timeline = life.timeline(&Policy::clearsync());
    insta::assert_snapshot!(derived(&timeline.segments[0].figure));
}

#[test]
fn what_is_missing_is_said() {
    use clearsync_billing::{Discount, Note};
    let with = |change: &dyn Fn(&mut clearsync_billing::Subscription)| {
        changed(plain("1000", MONTHLY, 1), |one| change(one))
    };
    let subscriptions = [
        with(&|one| one.items[0].price.scheme = Scheme::Unknown),
        with(&|one| one.items[0].price.recurring = None),
        with(&|one| one.items[0].quantity = None),
        with(&|one| one.currency = currency("eur")),
        with(&|one| one.discounts = vec![Discount::by_id("di_X".into())]),
        with(&|one| {
            one.discounts = vec![amount_off("A", &[("eur", 300)], Duration::Forever)];
        }),
        with(&|one| one.items[0].price.tax_behavior = TaxBehavior::Inclusive),
        with(&|one| one.status = Status::Unknown("new".to_owned())),
        with(&|one| one.items[0].price.scheme = Scheme::PerUnit(fraction("-1"))),
        with(&|one| {
            one.notes = vec![
                Note::Missing {
                    field: "items".to_owned(),
                },
                Note::Unreadable {
                    field: "subscription.trial_end".to_owned(),
                },
                Note::IntervalAssumed {
                    item: "si_1".into(),
                },
                Note::Contradiction {
                    what: "It has an end date but goes on.".to_owned(),
                },
            ];
        }),
    ];
    let text: Vec<_> = subscriptions
        .iter()
        .map(|subscription| derived(&figure(subscription, &Policy::clearsync())))
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn usage_and_the_end_of_a_paid_period() {
    let mut sold = item("si_1", price("2", MONTHLY).metered(), 0);
    sold.usage = [600, 300]
        .map(|amount: i64| UsageCharge {
            period: span("2025-12-01", "2026-01-01"),
            amount: amount.into(),
            invoice: "in_1".into(),
        })
        .to_vec();
    let metered = selling(vec![sold]);
    let mut policy = Policy {
        cancellation: clearsync_billing::CancellationRule::AtPeriodEnd,
        ..Policy::clearsync()
    };
    let mut text = derived(&figure(&metered, &policy));
    for rule in [MeteredRule::LastPeriod, MeteredRule::MeanOfLastThree] {
        policy.metered = rule;
        text += &derived(&figure(&metered, &policy));
    }
    let ended = changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.status = Status::Canceled;
        subscription.ended_at = Some(day("2026-01-10"));
    });
    text += &derived(&figure(&ended, &policy));
    insta::assert_snapshot!(text);
}
