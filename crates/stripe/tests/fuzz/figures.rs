//! Everything that is worked out of an account.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use clearsync_billing::{
    Catalog, Change, Figure, Fraction, Grain, History, Invoice, MeteredRule, Month, Period, Policy,
    Subscription, Timeline, bridges,
    metrics::{ahead, cohorts, renewals, retention, waterfall},
    monthly_mrr, movements,
};
use clearsync_stripe::decode;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::accounts::rows;

/// Works out every figure. When that panics, the account is written to a file for the corpus.
pub(crate) fn work_out(account: &Value) {
    let outcome = catch_unwind(AssertUnwindSafe(|| figures(account)));
    if let Err(panic) = outcome {
        let mut hasher = DefaultHasher::new();
        account.to_string().hash(&mut hasher);
        let path = std::env::temp_dir().join(format!("account-{:x}.json", hasher.finish()));
        fs::write(&path, account.to_string()).unwrap();
        println!(
            "To be put into crates/stripe/tests/fuzz/corpus: {}",
            path.display()
        );
        resume_unwind(panic);
    }
}

fn figures(account: &Value) {
    let (subscriptions, invoices, changes) = decoded(account);
    let catalog = catalog(account);
    for policy in policies() {
        let mut timelines = Vec::new();
        for subscription in &subscriptions {
            let history = History::rebuild(subscription, now(), &invoices, &changes, &catalog);
            let timeline = history.timeline(&policy, now()).unwrap();
            hold_together(&timeline);
            timelines.push(timeline);
        }
        let told = movements(&timelines, &policy, |_| None);
        let moved: Fraction = told.iter().map(|movement| &movement.change.minor).sum();
        let stands: Fraction = timelines.iter().map(|one| one.mrr_at(now())).sum();
        assert_eq!(moved, stands);
        of_the_company(&subscriptions, &timelines, &policy);
    }
}

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

/// The presets, and one that asks for all the rest.
fn policies() -> Vec<Policy> {
    let mut policies = Policy::presets().to_vec();
    policies.push(Policy {
        metered: MeteredRule::MeanOfLastThree,
        cancellation: clearsync_billing::CancellationRule::AtPeriodEnd,
        grain: Grain::Company,
        grouping_window_min: u32::MAX,
        migration_window_days: Some(u32::MAX),
        ..Policy::clearsync()
    });
    policies
}

fn decoded(account: &Value) -> (Vec<Subscription>, Vec<Invoice>, Vec<Change>) {
    (
        rows(account, "subscription")
            .filter_map(|value| decode::subscription(value).ok())
            .collect(),
        rows(account, "invoice")
            .filter_map(|value| decode::invoice(value).ok())
            .collect(),
        rows(account, "event")
            .filter_map(|value| decode::change(value).ok().flatten())
            .collect(),
    )
}

fn catalog(account: &Value) -> Catalog {
    let mut catalog = Catalog::default();
    for (price, _) in rows(account, "price").filter_map(|value| decode::price(value).ok()) {
        catalog.add_price(price);
    }
    for coupon in rows(account, "coupon").filter_map(|value| decode::coupon(value).ok()) {
        catalog.add_coupon(coupon);
    }
    for discount in rows(account, "discount").filter_map(|value| decode::discount(value).ok()) {
        catalog.add_discount(discount);
    }
    for value in rows(account, "customer") {
        if let Ok(Some((customer, discount))) = decode::customer_discount(value) {
            catalog.add_customer_discount(customer, discount);
        }
    }
    catalog
}

/// Segments are in order of time; each can be told in words, stored and read back.
fn hold_together(timeline: &Timeline) {
    assert!(timeline.segments.is_sorted_by_key(|segment| segment.from));
    for segment in &timeline.segments {
        let figure = &segment.figure;
        assert_eq!(figure.rounded, figure.amount.round());
        assert!(!figure.sentence().is_empty() && !figure.table().is_empty());
        let text = serde_json::to_string(figure).unwrap();
        assert_eq!(serde_json::from_str::<Figure>(&text).unwrap(), *figure);
    }
}

fn of_the_company(subscriptions: &[Subscription], timelines: &[Timeline], policy: &Policy) {
    let Some(currency) = subscriptions.first().map(|one| one.currency) else {
        return;
    };
    let month = Period {
        start: now() - SignedDuration::from_hours(24 * 300),
        end: now(),
    };
    let told = movements(timelines, policy, |_| None);
    let figures = waterfall(&told, currency, month);
    let name = Month {
        year: 2026,
        month: 5,
    };
    let table = monthly_mrr(timelines, &[(name, month.end)]);
    assert!(table.to_csv().starts_with("Customer ID"));
    let kept = retention(timelines, currency, month);
    let _ = (figures.quick_ratio(), kept.net(), kept.gross());
    let cohorts = cohorts(timelines, currency, &[month.start, month.end]);
    let ahead = ahead(
        subscriptions,
        currency,
        now(),
        Timestamp::MAX,
        policy,
        |_| false,
    );
    let due = renewals(subscriptions, month, policy);
    let _ = (cohorts, ahead, due);
    for bridge in bridges(subscriptions, now(), policy, &Policy::stripe()) {
        let spans: Fraction = bridge.spans.iter().map(|span| &span.change.minor).sum();
        assert_eq!(&bridge.ours.minor + &spans, bridge.theirs.minor);
    }
}
