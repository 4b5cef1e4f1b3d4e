//! Figures of the whole company, bridges, exchange and reconciliation.

use clearsync_billing::{
    Amount, Cause, Difference, DiscountRule, Duration, ExchangeRates, ExchangeRule, Money, Month,
    MonthlyMrr, NotATable, Policy, Status, Subscription, Timeline, bridges,
    metrics::{ahead, cohorts, renewals, retention, waterfall},
    monthly_mrr, movements, reconcile, reported_change,
};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";
const MAR: &str = "2026-03-01";

fn usd(minor: &str) -> Amount {
    Amount::new(fraction(minor), currency("usd"))
}

fn lived(id: &str, code: &str, quantities: &[(&str, u64)], end: Option<&str>) -> Timeline {
    use clearsync_billing::ChangeKind::{Created, Deleted, Updated};
    let sold = |quantity| {
        changed(plain("1000", MONTHLY, quantity), |subscription| {
            subscription.id = format!("sub_{id}").as_str().into();
            subscription.customer = format!("cus_{id}").as_str().into();
            subscription.start_date = day(quantities[0].0);
            subscription.currency = currency(code);
            subscription.items[0].price.currency = currency(code);
        })
    };
    let mut changes: Vec<_> = quantities
        .iter()
        .enumerate()
        .map(|(number, (at, quantity))| {
            let kind = if number == 0 { Created } else { Updated };
            event(&format!("evt_{id}{number}"), at, kind, &sold(*quantity))
        })
        .collect();
    let mut present = sold(quantities[quantities.len() - 1].1);
    if let Some(end) = end {
        present.status = Status::Canceled;
        present.ended_at = Some(day(end));
        present.canceled_at = Some(day(end));
        changes.push(event(&format!("evt_{id}end"), end, Deleted, &present));
    }
    Life::told_by(present, changes).timeline(&Policy::clearsync())
}

/// Three customers from January: one grows 1 → 3, one shrinks 4 → 3, one of 2 leaves; one of 5 comes in February.
fn february() -> Vec<Timeline> {
    vec![
        lived("grows", "usd", &[(JAN, 1), ("2026-02-10", 3)], None),
        lived("shrinks", "usd", &[(JAN, 4), ("2026-02-11", 3)], None),
        lived("leaves", "usd", &[(JAN, 2)], Some("2026-02-12")),
        lived("comes", "usd", &[("2026-02-13", 5)], None),
    ]
}

#[test]
fn a_months_waterfall() {
    let told = movements(&february(), &Policy::clearsync(), |_| None);
    let month = waterfall(&told, currency("usd"), span(FEB, MAR));
    // Opening 1000 + 4000 + 2000.
    assert_eq!(month.opening, fraction("7000"));
    assert_eq!(month.new, fraction("5000"));
    assert_eq!(month.expansion, fraction("2000"));
    assert_eq!(month.contraction, fraction("-1000"));
    assert_eq!(month.churn, fraction("-2000"));
    assert_eq!(month.reactivation, fraction("0"));
    // 7000 + 5000 + 2000 − 1000 − 2000.
    assert_eq!(month.closing, fraction("11000"));
    assert_eq!(month.arr(), fraction("132000"));
    // (5000 + 2000) / (1000 + 2000).
    assert_eq!(month.quick_ratio(), Some(fraction("7/3")));
    assert_eq!(month.churn_rate(), Some(fraction("2/7")));
    // (5000 + 1000 + 2000) / (1000 + 2000).
    let with_return = clearsync_billing::metrics::Waterfall {
        reactivation: fraction("1000"),
        ..month.clone()
    };
    assert_eq!(with_return.quick_ratio(), Some(fraction("8/3")));
    let empty = waterfall(&told, currency("eur"), span(FEB, MAR));
    assert_eq!((empty.quick_ratio(), empty.churn_rate()), (None, None));
}

#[test]
fn retention_looks_at_those_who_paid_at_the_begin() {
    let month = retention(&february(), currency("usd"), span(FEB, MAR));
    assert_eq!(month.opening, fraction("7000"));
    // 3000 + 3000 + 0; the newcomer does not count.
    assert_eq!(month.closing, fraction("6000"));
    // min(1000, 3000) + min(4000, 3000) + 0.
    assert_eq!(month.kept, fraction("4000"));
    assert_eq!(month.net(), Some(fraction("6/7")));
    assert_eq!(month.gross(), Some(fraction("4/7")));
    assert_eq!((month.customers, month.customers_lost), (3, 1));
    assert_eq!(month.customer_churn(), Some(fraction("1/3")));
    let before = retention(&february(), currency("usd"), span("2025-01-01", JAN));
    assert_eq!(
        (before.net(), before.gross(), before.customer_churn()),
        (None, None, None)
    );
}

#[test]
fn cohorts_by_the_month_of_the_first_mrr() {
    let ends = [day(FEB), day(MAR)];
    let cohorts = cohorts(&february(), currency("usd"), &ends);
    let told: Vec<_> = cohorts
        .iter()
        .map(|cohort| (cohort.month, cohort.customers, cohort.mrr.clone()))
        .collect();
    assert_eq!(
        told,
        [
            // 7000 at the end of January; 3000 + 3000 of them at the end of February.
            (0, 3, vec![fraction("7000"), fraction("6000")]),
            (1, 1, vec![fraction("5000")]),
        ]
    );
}

#[test]
fn what_is_agreed_ahead() {
    let ending = changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.cancel_at_period_end = true;
        subscription.canceled_at = Some(day("2026-01-10"));
    });
    let promoted = changed(plain("1000", MONTHLY, 1), |subscription| {
        let mut half = percent("HALF", "50", Duration::Repeating { months: Some(2) });
        half.end = Some(day("2026-02-15"));
        subscription.discounts = vec![half];
    });
    let overdue = changed(plain("700", MONTHLY, 1), |subscription| {
        subscription.status = Status::PastDue;
    });
    let trial = changed(plain("300", MONTHLY, 1), |subscription| {
        subscription.status = Status::Trialing;
        subscription.trial = Some(span(JAN, FEB));
    });
    let subscriptions = [ending, promoted, overdue, trial];
    let [now, horizon] = [day("2026-01-15"), day("2026-06-01")];
    let policy = Policy::clearsync();
    let told = ahead(
        &subscriptions,
        currency("usd"),
        now,
        horizon,
        &policy,
        |_| false,
    );
    // 1000 + 500 + 700 + 0.
    assert_eq!(told.mrr, fraction("2200"));
    // 0 + 1000 + 700 + 300.
    assert_eq!(told.committed, fraction("2000"));
    assert_eq!(told.at_risk, fraction("700"));
    let cards = ahead(
        &subscriptions,
        currency("usd"),
        now,
        horizon,
        &policy,
        |one| !one.discounts.is_empty(),
    );
    assert_eq!(cards.at_risk, fraction("1200"));
    let due = renewals(&subscriptions, span(JAN, MAR), &policy);
    let mrr: Vec<_> = due
        .iter()
        .map(|renewal| renewal.mrr.minor.clone())
        .collect();
    assert_eq!(mrr, [fraction("500"), fraction("700"), fraction("300")]);
    assert!(due.iter().all(|renewal| renewal.at == day(FEB)));
    assert_eq!(
        renewals(&subscriptions, span(MAR, "2027-01-01"), &policy),
        []
    );
}

fn bridged() -> Vec<Subscription> {
    let promoted = changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.discounts = vec![percent(
            "HALF",
            "50",
            Duration::Repeating { months: Some(3) },
        )];
    });
    let ending = changed(plain("700", MONTHLY, 1), |subscription| {
        subscription.id = "sub_2".into();
        subscription.cancel_at_period_end = true;
        subscription.canceled_at = Some(day("2026-01-10"));
    });
    let unpaid = changed(plain("300", MONTHLY, 1), |subscription| {
        subscription.id = "sub_3".into();
        subscription.status = Status::Unpaid;
    });
    let yearly = changed(plain("1000", YEARLY, 1), |subscription| {
        subscription.id = "sub_4".into();
    });
    vec![promoted, ending, unpaid, yearly]
}

#[test]
fn from_our_mrr_to_stripes() {
    let bridges = bridges(
        &bridged(),
        day("2026-01-15"),
        &Policy::clearsync(),
        &Policy::stripe(),
    );
    let [bridge] = &bridges[..] else {
        panic!("one currency")
    };
    // 500 + 700 + 300 + 83.33….
    assert_eq!(bridge.ours, usd("4750/3"));
    let spans: Vec<_> = bridge
        .spans
        .iter()
        .map(|span| {
            (
                span.cause,
                span.change.clone(),
                span.subscriptions[0].0.to_string(),
            )
        })
        .collect();
    assert_eq!(
        spans,
        [
            (Cause::Discounts, usd("500"), "sub_1".to_owned()),
            (Cause::CancellationTiming, usd("-700"), "sub_2".to_owned()),
            (Cause::PastDue, usd("-300"), "sub_3".to_owned()),
            (Cause::Rounding, usd("-1/3"), "sub_4".to_owned()),
        ]
    );
    // 1000 + 0 + 0 + 83.
    assert_eq!(bridge.theirs, usd("1083"));
}

#[test]
fn spans_add_up_between_any_two_policies() {
    for ours in Policy::presets() {
        for theirs in Policy::presets() {
            for bridge in bridges(&bridged(), day("2026-01-15"), &ours, &theirs) {
                let spans: clearsync_billing::Fraction =
                    bridge.spans.iter().map(|span| &span.change.minor).sum();
                assert_eq!(
                    &bridge.ours.minor + &spans,
                    bridge.theirs.minor,
                    "{} → {}",
                    ours.name,
                    theirs.name
                );
            }
        }
    }
    let none = Policy {
        discounts: DiscountRule::None,
        ..Policy::clearsync()
    };
    let same = bridges(&bridged()[..1], day("2026-01-15"), &none, &none);
    assert_eq!(same[0].spans, []);
}

#[test]
fn amounts_in_the_reporting_currency() {
    let mut rates = ExchangeRates::new(currency("usd"));
    rates.set(currency("jpy"), day(JAN), fraction("1/150"));
    rates.set(currency("jpy"), day(MAR), fraction("1/100"));
    rates.set(currency("kwd"), day(JAN), fraction("13/4"));
    let amount = |minor: &str, code: &str| Amount::new(fraction(minor), currency(code));
    // 15000 yen / 150 = 100 dollars = 10000 cents.
    assert_eq!(
        rates.convert(&amount("15000", "jpy"), day(FEB)),
        Some(usd("10000"))
    );
    assert_eq!(
        rates.convert(&amount("15000", "jpy"), day(MAR)),
        Some(usd("15000"))
    );
    // Before the first known rate the first is taken.
    assert_eq!(
        rates.convert(&amount("15000", "jpy"), day("2025-01-01")),
        Some(usd("10000"))
    );
    // 2000 fils = 2 dinars × 3.25 = 6.50 dollars.
    assert_eq!(
        rates.convert(&amount("2000", "kwd"), day(FEB)),
        Some(usd("650"))
    );
    assert_eq!(rates.convert(&usd("7"), day(FEB)), Some(usd("7")));
    assert_eq!(rates.convert(&amount("1", "gbp"), day(FEB)), None);
}

#[test]
fn exchange_is_told_apart_from_movements() {
    let timelines = [lived("yen", "jpy", &[(JAN, 15), ("2026-02-10", 30)], None)];
    let told = movements(&timelines, &Policy::clearsync(), |_| None);
    let mut rates = ExchangeRates::new(currency("usd"));
    rates.set(currency("jpy"), day(JAN), fraction("1/150"));
    rates.set(currency("jpy"), day("2026-02-20"), fraction("1/100"));
    let yen = |minor: &str| [Amount::new(fraction(minor), currency("jpy"))];
    let change = |rule| {
        let (opening, closing) = (yen("15000"), yen("30000"));
        reported_change(span(FEB, MAR), &opening, &closing, &told, &rates, rule).unwrap()
    };
    // 100 dollars, + 15000 yen at 1/150 = 100, closing 300: exchange 100.
    let at_movement = change(ExchangeRule::AtMovement);
    assert_eq!(at_movement.opening, usd("10000"));
    assert_eq!(at_movement.movements, usd("10000"));
    assert_eq!(at_movement.exchange, usd("10000"));
    assert_eq!(at_movement.closing, usd("30000"));
    // The movement at the month's last rate: 150; exchange 50.
    let month_end = change(ExchangeRule::MonthEnd);
    assert_eq!(
        (month_end.movements, month_end.exchange),
        (usd("15000"), usd("5000"))
    );
    // One table for all: closing 200, no exchange.
    let fixed = change(ExchangeRule::Fixed);
    assert_eq!((fixed.exchange, fixed.closing), (usd("0"), usd("20000")));
    let none = ExchangeRates::new(currency("usd"));
    let opening = yen("1");
    assert_eq!(
        reported_change(
            span(FEB, MAR),
            &opening,
            &[],
            &told,
            &none,
            ExchangeRule::Fixed
        ),
        None
    );
}

const JANUARY: Month = Month {
    year: 2026,
    month: 1,
};
const FEBRUARY: Month = Month {
    year: 2026,
    month: 2,
};

fn by_month() -> MonthlyMrr {
    monthly_mrr(&february(), &[(JANUARY, day(FEB)), (FEBRUARY, day(MAR))])
}

#[test]
fn the_monthly_table_is_written_and_read_back() {
    let table = by_month();
    let text = "Customer ID,Currency,2026-01,2026-02\n\
                cus_comes,usd,0.00,50.00\n\
                cus_grows,usd,10.00,30.00\n\
                cus_leaves,usd,20.00,0.00\n\
                cus_shrinks,usd,40.00,30.00\n";
    assert_eq!(table.to_csv(), text);
    assert_eq!(MonthlyMrr::from_csv(text, currency("usd")), Ok(table));
}

#[test]
fn other_layouts_are_read() {
    let text =
        "\u{feff}email,customer_id,2026-01-31 00:00:00,2026-02-28\na@b.test,cus_1,\"1,250.50\",\n";
    let table = MonthlyMrr::from_csv(text, currency("usd")).unwrap();
    assert_eq!(table.months, [JANUARY, FEBRUARY]);
    let mrr: Vec<_> = table.rows[0]
        .mrr
        .iter()
        .map(|money| money.amount_minor)
        .collect();
    assert_eq!(mrr, [125_050, 0]);
}

#[test]
fn what_is_no_table_is_said() {
    let read = |text: &str| MonthlyMrr::from_csv(text, currency("usd"));
    assert_eq!(read(""), Err(NotATable::NoMonths));
    assert_eq!(read("customer,total\n"), Err(NotATable::NoMonths));
    assert_eq!(read("name,2026-01\n"), Err(NotATable::NoCustomers));
    let text = "abc".to_owned();
    assert_eq!(
        read("customer,2026-01\ncus_1,abc\n"),
        Err(NotATable::NotAnAmount { line: 2, text })
    );
}

#[test]
fn reconciliation_tells_every_difference() {
    let theirs = "customer,2026-01,2026-02\ncus_grows,10.00,29.00\ncus_leaves,20.00,\ncus_other,5.00,\ncus_shrinks,40,30\n";
    let theirs = MonthlyMrr::from_csv(theirs, currency("usd")).unwrap();
    let findings = reconcile(&by_month(), &theirs, |_, _| vec![Cause::Discounts]);
    let money = |amount_minor| Money {
        amount_minor,
        currency: currency("usd"),
    };
    let told: Vec<_> = findings
        .into_iter()
        .map(|finding| {
            (
                finding.customer.to_string(),
                finding.month.month,
                finding.difference,
            )
        })
        .collect();
    let matched = |mrr| Difference::Matched { mrr: money(mrr) };
    let expected = [
        (
            "cus_comes",
            2,
            Difference::MissingThere { ours: money(5000) },
        ),
        ("cus_grows", 1, matched(1000)),
        (
            "cus_grows",
            2,
            Difference::Off {
                ours: money(3000),
                theirs: money(2900),
                why: vec![Cause::Discounts],
            },
        ),
        ("cus_leaves", 1, matched(2000)),
        (
            "cus_other",
            1,
            Difference::MissingHere { theirs: money(500) },
        ),
        ("cus_shrinks", 1, matched(4000)),
        ("cus_shrinks", 2, matched(3000)),
    ];
    assert_eq!(
        told,
        expected.map(|(customer, month, difference)| (customer.to_owned(), month, difference))
    );
}
