//! From one policy's MRR to another's: each cause by itself.

use clearsync_billing::{
    CancellationRule, Cause, Duration, Factors, FirstInvoiceRule, FirstPayment, IntervalUnit,
    MeteredRule, PauseCollection, PauseRule, Policy, Status, Subscription, UsageCharge, bridges,
};

use crate::build::*;

/// The only span of the bridge between two policies, and both its ends.
fn only_span(subscription: &Subscription, ours: &Policy, theirs: &Policy) -> (Cause, [String; 3]) {
    let bridges = bridges(
        std::slice::from_ref(subscription),
        day("2026-01-15"),
        ours,
        theirs,
    );
    let [bridge] = &bridges[..] else {
        panic!("one currency")
    };
    let [span] = &bridge.spans[..] else {
        panic!("one cause: {:?}", bridge.spans)
    };
    assert_eq!(span.subscriptions, [("sub_1".into(), span.change.clone())]);
    let amounts = [&bridge.ours, &span.change, &bridge.theirs];
    (span.cause, amounts.map(|amount| amount.minor.to_string()))
}

/// Ours is ClearSync's, theirs is it with one switch turned.
fn turned(subscription: &Subscription, turn: impl FnOnce(&mut Policy)) -> (Cause, [String; 3]) {
    let mut theirs = Policy::clearsync();
    turn(&mut theirs);
    only_span(subscription, &Policy::clearsync(), &theirs)
}

fn sold(change: impl FnOnce(&mut Subscription)) -> Subscription {
    changed(plain("1000", MONTHLY, 1), change)
}

fn amounts(ours: &str, change: &str, theirs: &str) -> [String; 3] {
    [ours, change, theirs].map(ToOwned::to_owned)
}

#[test]
fn each_cause_by_itself() {
    let half = sold(|one| one.discounts = vec![percent("P", "50", Duration::Forever)]);
    // 500 + 500.
    assert_eq!(
        turned(&half, |policy| {
            policy.discounts = clearsync_billing::DiscountRule::None;
        }),
        (Cause::Discounts, amounts("500", "500", "1000"))
    );
    let leaving = sold(|one| one.cancel_at_period_end = true);
    assert_eq!(
        turned(&leaving, |policy| policy.cancellation =
            CancellationRule::AtRequest),
        (Cause::CancellationTiming, amounts("1000", "-1000", "0"))
    );
    for status in [Status::PastDue, Status::Unpaid] {
        let overdue = sold(|one| one.status = status);
        assert_eq!(
            turned(&overdue, |policy| policy.counted = [Status::Active].into()),
            (Cause::PastDue, amounts("1000", "-1000", "0"))
        );
    }
    let trial = sold(|one| one.status = Status::Trialing);
    assert_eq!(
        turned(&trial, |policy| {
            policy.counted.insert(Status::Trialing);
        }),
        (Cause::Statuses, amounts("0", "1000", "1000"))
    );
    let paused = sold(|one| {
        one.pause_collection = Some(PauseCollection {
            behavior: "void".to_owned(),
            resumes_at: None,
        });
    });
    assert_eq!(
        turned(&paused, |policy| policy.pause = PauseRule::Zero),
        (Cause::Pauses, amounts("1000", "-1000", "0"))
    );
    let unpaid = sold(|one| one.first_payment = FirstPayment::Open);
    assert_eq!(
        turned(&unpaid, |policy| policy.first_invoice =
            FirstInvoiceRule::WhenPaid),
        (Cause::FirstPayment, amounts("1000", "-1000", "0"))
    );
}

#[test]
fn usage_factors_and_rounding() {
    let mut used = item("si_1", price("2", MONTHLY).metered(), 0);
    used.usage = vec![UsageCharge {
        period: span("2025-12-01", "2026-01-01"),
        amount: fraction("600"),
        invoice: "in_1".into(),
    }];
    assert_eq!(
        turned(&selling(vec![used]), |policy| policy.metered =
            MeteredRule::LastPeriod),
        (Cause::Metered, amounts("0", "600", "600"))
    );
    // 300 × 52 / 12 = 1300; 300 × 4 = 1200.
    let weekly = plain("300", every(1, IntervalUnit::Week), 1);
    assert_eq!(
        turned(&weekly, |policy| policy.factors = Factors::commercial()),
        (Cause::Factors, amounts("1300", "-100", "1200"))
    );
    // 1000 / 12 = 83.33…, rounded 83.
    let yearly = plain("1000", YEARLY, 1);
    assert_eq!(
        turned(&yearly, |_| {}),
        (Cause::Rounding, amounts("250/3", "-1/3", "83"))
    );
}

#[test]
fn what_is_equal_needs_no_span() {
    let bridges = bridges(
        &[plain("1000", MONTHLY, 1)],
        day("2026-01-15"),
        &Policy::clearsync(),
        &Policy::chartmogul_like(),
    );
    assert_eq!(bridges[0].spans, []);
    assert_eq!(bridges[0].ours, bridges[0].theirs);
}

#[test]
fn currencies_have_bridges_of_their_own() {
    let euro = changed(plain("700", MONTHLY, 1), |one| {
        one.currency = currency("eur");
        one.items[0].price.currency = currency("eur");
    });
    let both = [plain("1000", MONTHLY, 1), euro];
    let told = bridges(
        &both,
        day("2026-01-15"),
        &Policy::clearsync(),
        &Policy::stripe(),
    );
    let ours: Vec<_> = told
        .iter()
        .map(|bridge| bridge.ours.round().to_string())
        .collect();
    assert_eq!(ours, ["7.00 EUR", "10.00 USD"]);
}
