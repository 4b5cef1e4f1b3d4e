//! Where one month ends and the next begins: what happens at midnight of the first belongs to the new month, in every
//! figure alike.

use clearsync_billing::{
    ChangeKind, Currency, Duration, ExchangeRates, ExchangeRule, Month, MonthlyMrr, NotATable,
    Period, Policy, Status, Timeline,
    metrics::{cohorts, retention, waterfall},
    monthly_mrr, movements, reported_change,
};

use jiff::{SignedDuration, Timestamp};

use crate::{build::*, lives::*};

const JAN: &str = "2026-01-01";
const FEB: &str = "2026-02-01";
const MAR: &str = "2026-03-01";
const APR: &str = "2026-04-01";

const FEBRUARY: Month = Month {
    year: 2026,
    month: 2,
};

/// The last moment before a day.
fn eve(date: &str) -> Timestamp {
    day(date) - SignedDuration::from_nanos(1)
}

/// From the last moment before one day to that before another.
fn between(begin: &str, end: &str) -> Period {
    Period {
        start: eve(begin),
        end: eve(end),
    }
}

/// From 1 January to midnight of 1 March at 1000.
fn leaves_at_midnight() -> Timeline {
    let begun = plain("1000", MONTHLY, 1);
    let over = ended(MAR, "2026-02-10", begun.clone());
    let told = vec![
        event("evt_1", JAN, ChangeKind::Created, &begun),
        event("evt_2", MAR, ChangeKind::Deleted, &over),
    ];
    Life::told_by(over, told).timeline(&Policy::clearsync())
}

#[test]
fn an_end_at_midnight_belongs_to_the_new_month() {
    let timelines = [leaves_at_midnight()];
    let told = movements(&timelines, &Policy::clearsync(), |_| None);
    let february = waterfall(&told, Currency::USD, span(FEB, MAR));
    assert_eq!(
        (february.churn, february.closing),
        (fraction("0"), fraction("1000"))
    );
    let march = waterfall(&told, Currency::USD, span(MAR, APR));
    assert_eq!(
        (march.opening, march.churn),
        (fraction("1000"), fraction("-1000"))
    );

    let table = monthly_mrr(&timelines, &[(FEBRUARY, eve(MAR))]);
    assert_eq!(table.rows[0].mrr[0].amount_minor, 1000);

    let february = retention(&timelines, Currency::USD, between(FEB, MAR));
    assert_eq!(
        (february.closing, february.customers_lost),
        (fraction("1000"), 0)
    );
    let march = retention(&timelines, Currency::USD, between(MAR, APR));
    assert_eq!((march.opening, march.customers_lost), (fraction("1000"), 1));
}

#[test]
fn a_begin_at_midnight_belongs_to_the_new_month() {
    let timelines = [leaves_at_midnight()];
    let december = retention(&timelines, Currency::USD, between("2025-12-01", JAN));
    assert_eq!(december.closing, fraction("0"));
    // It began as January began, so December's cohort is empty; at the end of March nothing is left.
    let ends = [JAN, FEB, MAR, APR].map(eve);
    let told: Vec<_> = cohorts(&timelines, Currency::USD, &ends)
        .into_iter()
        .map(|cohort| (cohort.month, cohort.customers, cohort.mrr))
        .collect();
    let mrr = ["1000", "1000", "0"].map(fraction).to_vec();
    assert_eq!(told, [(1, 1, mrr)]);
    assert_eq!(cohorts(&timelines, Currency::USD, &[eve(JAN)]), []);
}

#[test]
fn reported_changes_follow_the_same_months() {
    let told = movements(&[leaves_at_midnight()], &Policy::clearsync(), |_| None);
    let rates = ExchangeRates::new(Currency::USD);
    let usd = [clearsync_billing::Amount::new(
        fraction("1000"),
        Currency::USD,
    )];
    let change = |begin, end, opening: &[_], closing: &[_]| {
        let rule = ExchangeRule::AtMovement;
        let change = reported_change(span(begin, end), opening, closing, &told, &rates, rule);
        let change = change.unwrap();
        [change.movements, change.exchange].map(|amount| amount.minor.to_string())
    };
    assert_eq!(change(FEB, MAR, &usd, &usd), ["0", "0"]);
    assert_eq!(change(MAR, APR, &usd, &[]), ["-1000", "0"]);
}

#[test]
fn the_last_rate_of_a_month_closes_it_and_opens_the_next() {
    let mut rates = ExchangeRates::new(Currency::USD);
    rates.set(currency("eur"), day(JAN), fraction("1"));
    rates.set(currency("eur"), day("2026-02-28"), fraction("2"));
    rates.set(currency("eur"), day(MAR), fraction("3"));
    let eur = [clearsync_billing::Amount::new(
        fraction("1000"),
        currency("eur"),
    )];
    let change = |begin, end| {
        let rule = ExchangeRule::MonthEnd;
        reported_change(span(begin, end), &eur, &eur, &[], &rates, rule).unwrap()
    };
    // 1000 × 1 → 1000 × 2, and the next month begins there.
    let february = change(FEB, MAR);
    assert_eq!(
        (february.opening.minor, february.exchange.minor),
        (fraction("1000"), fraction("1000"))
    );
    let march = change(MAR, APR);
    assert_eq!(
        (march.opening.minor, march.closing.minor),
        (fraction("2000"), fraction("3000"))
    );
}

#[test]
fn reactivation_has_its_own_step_in_the_waterfall() {
    let begun = plain("1000", MONTHLY, 1);
    let free = changed(begun.clone(), |one| {
        one.discounts = vec![percent("P", "100", Duration::Forever)];
    });
    let again = plain("1000", MONTHLY, 3);
    let told = vec![
        event("evt_1", JAN, ChangeKind::Created, &begun),
        event("evt_2", "2026-01-20", ChangeKind::Updated, &free),
        event("evt_3", "2026-02-20", ChangeKind::Updated, &again),
    ];
    let timeline = Life::told_by(again, told).timeline(&Policy::clearsync());
    let told = movements(&[timeline], &Policy::clearsync(), |_| None);
    let february = waterfall(&told, Currency::USD, span(FEB, MAR));
    assert_eq!(february.reactivation, fraction("3000"));
    assert_eq!(
        (&february.opening, &february.closing),
        (&fraction("0"), &fraction("3000"))
    );
    // Nothing was lost, so there is no ratio; nothing was there to churn.
    assert_eq!(
        (february.quick_ratio(), february.churn_rate()),
        (None, None)
    );
}

#[test]
fn a_paid_period_counts_only_if_it_was_paid() {
    use clearsync_billing::{CancellationRule, FirstInvoiceRule, FirstPayment, Standing};
    let over = changed(
        ended("2026-01-10", "2026-01-10", plain("1000", MONTHLY, 1)),
        |one| {
            one.first_payment = FirstPayment::Open;
        },
    );
    let policy = |first_invoice| Policy {
        cancellation: CancellationRule::AtPeriodEnd,
        first_invoice,
        ..Policy::clearsync()
    };
    let until = day(FEB);
    assert_eq!(
        figure(&over, &policy(FirstInvoiceRule::WhenOpened))
            .derivation
            .standing,
        Standing::PaidUntil { until }
    );
    let since = Some(day("2026-01-10"));
    assert_eq!(
        figure(&over, &policy(FirstInvoiceRule::WhenPaid))
            .derivation
            .standing,
        Standing::Ended { since }
    );
    // A period that was nothing but trial was never paid for either.
    let trial = changed(over, |one| {
        one.first_payment = FirstPayment::Unknown;
        one.trial = Some(span(JAN, FEB));
        one.status = Status::Canceled;
    });
    assert_eq!(
        figure(&trial, &policy(FirstInvoiceRule::WhenOpened))
            .derivation
            .standing,
        Standing::Ended { since }
    );
}

#[test]
fn amounts_with_commas_are_read_where_they_can_mean_thousands_only() {
    let read = |cell: &str| {
        let text = format!("customer,2026-01\ncus_1,\"{cell}\"\n");
        MonthlyMrr::from_csv(&text, Currency::USD).map(|table| table.rows[0].mrr[0].amount_minor)
    };
    for (cell, minor) in [
        ("1,250.50", 125_050),
        ("12,345,678", 1_234_567_800),
        ("-1,000.5", -100_050),
        ("1250", 125_000),
        (" 7.005 ", 700),
        ("", 0),
    ] {
        assert_eq!(read(cell), Ok(minor), "{cell}");
    }
    for cell in [
        "12,50", "1250,50", "1,2,3", "1234,567", "1.250,50", "1,250,5", ",500", "x",
    ] {
        let (line, text) = (2, cell.to_owned());
        assert_eq!(
            read(cell),
            Err(NotATable::NotAnAmount { line, text }),
            "{cell}"
        );
    }
}
