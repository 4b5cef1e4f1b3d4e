//! Explanations, word for word.

use std::fmt::Write;

use clearsync_billing::{
    Duration, Figure, InclusiveTax, MeteredRule, PauseCollection, PauseRule, Policy, Scheme,
    Status, TaxBehavior, UsageCharge,
};

use crate::build::*;

fn told(figure: &Figure) -> String {
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
        .map(|subscription| told(&figure(subscription, &Policy::clearsync())))
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
    let mut text = told(&figure(&metered, &policy));
    for rule in [MeteredRule::LastPeriod, MeteredRule::MeanOfLastThree] {
        policy.metered = rule;
        text += &told(&figure(&metered, &policy));
    }
    let ended = changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.status = Status::Canceled;
        subscription.ended_at = Some(day("2026-01-10"));
    });
    text += &told(&figure(&ended, &policy));
    insta::assert_snapshot!(text);
}
