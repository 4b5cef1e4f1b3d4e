//! Statuses, trials, pauses and ends under each rule.

use clearsync_billing::{
    CancellationRule, FirstInvoiceRule, FirstPayment, Note, PauseCollection, PauseRule, Policy,
    Standing, Status, Subscription,
};

use crate::build::*;

fn in_status(status: Status) -> Subscription {
    changed(plain("1000", MONTHLY, 1), |subscription| {
        subscription.status = status;
    })
}

fn ending(change: impl FnOnce(&mut Subscription)) -> Subscription {
    changed(plain("1000", MONTHLY, 1), change)
}

#[test]
fn statuses_under_each_preset() {
    let statuses = [
        (Status::Active, [1, 1, 1, 1, 1]),
        (Status::PastDue, [1, 1, 1, 1, 0]),
        (Status::Unpaid, [1, 0, 0, 0, 0]),
        (Status::Trialing, [0, 0, 0, 0, 0]),
        (Status::Incomplete, [0, 0, 0, 0, 0]),
        (Status::IncompleteExpired, [0, 0, 0, 0, 0]),
        (Status::Paused, [0, 0, 0, 0, 0]),
        (Status::Canceled, [0, 0, 0, 0, 0]),
        (Status::Unknown("new".to_owned()), [0, 0, 0, 0, 0]),
    ];
    for (status, counts) in statuses {
        for (policy, counts) in Policy::presets().iter().zip(counts) {
            let figure = figure(&in_status(status.clone()), policy);
            let expected = if counts == 1 { "1000" } else { "0" };
            assert_eq!(
                figure.amount.minor,
                fraction(expected),
                "{status:?} under {}",
                policy.name
            );
        }
    }
}

#[test]
fn an_unknown_status_is_said() {
    let figure = figure(
        &in_status(Status::Unknown("new".to_owned())),
        &Policy::clearsync(),
    );
    let (field, word) = ("status".to_owned(), "new".to_owned());
    assert_eq!(figure.notes, [Note::UnknownWord { field, word }]);
}

#[test]
fn begin_and_trial() {
    let trial = |start: &str, end: &str| {
        let trial = Some(span(start, end));
        changed(in_status(Status::Trialing), |subscription| {
            subscription.trial = trial;
        })
    };
    check(
        "begin_and_trial",
        vec![
            case(
                "begins later",
                "from 1 February",
                ending(|subscription| subscription.start_date = day("2026-02-01")),
                "0",
            ),
            case(
                "begins now",
                "from 15 January",
                ending(|subscription| subscription.start_date = day("2026-01-15")),
                "1000",
            ),
            case(
                "backdated",
                "made on 20 January, begun on 10 January",
                ending(|subscription| {
                    subscription.created = day("2026-01-20");
                    subscription.start_date = day("2026-01-10");
                }),
                "1000",
            ),
            case(
                "in the trial",
                "until 20 January",
                trial("2026-01-01", "2026-01-20"),
                "0",
            ),
            case(
                "the trial ends now",
                "until 15 January",
                trial("2026-01-01", "2026-01-15"),
                "1000",
            ),
            case(
                "the trial is over",
                "the dates tell before the status",
                trial("2026-01-01", "2026-01-10"),
                "1000",
            ),
        ],
        &Policy::clearsync(),
    );
    let with_trials = Policy {
        counted: [Status::Active, Status::Trialing].into(),
        ..Policy::clearsync()
    };
    check(
        "trials_that_count",
        vec![case(
            "trials count by policy",
            "1000",
            trial("2026-01-01", "2026-01-20"),
            "1000",
        )],
        &with_trials,
    );
}

#[test]
fn ends() {
    let ended = |at: &str| {
        let at = Some(day(at));
        ending(|subscription| {
            subscription.status = Status::Canceled;
            subscription.canceled_at = at;
            subscription.ended_at = at;
        })
    };
    check(
        "ends",
        vec![
            case("ended before", "on 10 January", ended("2026-01-10"), "0"),
            case("ends now", "on 15 January", ended("2026-01-15"), "0"),
            case(
                "ended later",
                "on 20 January: it still counted",
                ended("2026-01-20"),
                "1000",
            ),
        ],
        &Policy::clearsync(),
    );
    let at_period_end = Policy {
        cancellation: CancellationRule::AtPeriodEnd,
        ..Policy::clearsync()
    };
    check(
        "ends_paid_until",
        vec![case(
            "paid until 1 February",
            "ended on 10 January",
            ended("2026-01-10"),
            "1000",
        )],
        &at_period_end,
    );
    let paid = figure(&ended("2026-01-10"), &at_period_end);
    let until = day("2026-02-01");
    assert_eq!(paid.derivation.standing, Standing::PaidUntil { until });
}

#[test]
fn scheduled_ends_under_each_rule() {
    let at_period_end = || {
        ending(|subscription| {
            subscription.cancel_at_period_end = true;
            subscription.canceled_at = Some(day("2026-01-10"));
        })
    };
    let asked_later = || {
        changed(at_period_end(), |subscription| {
            subscription.canceled_at = Some(day("2026-01-20"));
        })
    };
    let at_date = |at: &str| {
        let at = Some(day(at));
        ending(|subscription| subscription.cancel_at = at)
    };
    let rules = [
        (
            CancellationRule::AtStatusChange,
            ["1000", "1000", "1000", "1000"],
        ),
        (CancellationRule::AtRequest, ["0", "1000", "0", "0"]),
        (CancellationRule::AtPeriodEnd, ["1000", "1000", "1000", "0"]),
    ];
    for (cancellation, expected) in rules {
        let policy = Policy {
            cancellation,
            ..Policy::clearsync()
        };
        let [asked, later, future, past] = expected;
        check(
            &format!("scheduled_ends_{cancellation:?}"),
            vec![
                case(
                    "asked on 10 January",
                    "ends on 1 February",
                    at_period_end(),
                    asked,
                ),
                case(
                    "asked on 20 January",
                    "not asked yet on the 15th",
                    asked_later(),
                    later,
                ),
                case(
                    "ends on a date",
                    "on 20 January",
                    at_date("2026-01-20"),
                    future,
                ),
                case(
                    "the date has passed",
                    "on 10 January",
                    at_date("2026-01-10"),
                    past,
                ),
            ],
            &policy,
        );
    }
}

#[test]
fn paused_collection_under_each_rule() {
    let paused = |resumes: Option<&str>| {
        let resumes_at = resumes.map(day);
        ending(|subscription| {
            subscription.pause_collection = Some(PauseCollection {
                behavior: "void".to_owned(),
                resumes_at,
            });
        })
    };
    let zero = Policy {
        pause: PauseRule::Zero,
        ..Policy::clearsync()
    };
    let cases = |open: &'static str| {
        vec![
            case("without end", "paused", paused(None), open),
            case(
                "until 20 January",
                "paused",
                paused(Some("2026-01-20")),
                open,
            ),
            case(
                "until 10 January",
                "resumed",
                paused(Some("2026-01-10")),
                "1000",
            ),
        ]
    };
    check(
        "paused_collection_counts",
        cases("1000"),
        &Policy::clearsync(),
    );
    check("paused_collection_zero", cases("0"), &zero);
}

#[test]
fn the_first_payment_under_each_rule() {
    let paid = |first_payment| ending(|subscription| subscription.first_payment = first_payment);
    let when_paid = Policy {
        first_invoice: FirstInvoiceRule::WhenPaid,
        ..Policy::clearsync()
    };
    let cases = |open: &'static str| {
        vec![
            case(
                "no invoice read",
                "unknown counts",
                paid(FirstPayment::Unknown),
                "1000",
            ),
            case("open", "intent to pay", paid(FirstPayment::Open), open),
            case(
                "paid on 20 January",
                "not yet",
                paid(FirstPayment::PaidAt(day("2026-01-20"))),
                open,
            ),
            case(
                "paid on 10 January",
                "paid",
                paid(FirstPayment::PaidAt(day("2026-01-10"))),
                "1000",
            ),
        ]
    };
    check(
        "first_payment_when_opened",
        cases("1000"),
        &Policy::clearsync(),
    );
    check("first_payment_when_paid", cases("0"), &when_paid);
}
