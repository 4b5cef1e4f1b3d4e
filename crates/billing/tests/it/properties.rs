//! What holds for every life, however it is told.

use clearsync_billing::{
    Change, ChangeKind, Duration, Fraction, Grain, History, Invoice, InvoiceStatus, Policy, Status,
    Subscription, movements,
};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use proptest::prelude::*;

use crate::{build::*, lives::*};

/// Months after 2026-01-01.
fn month(count: i64) -> Timestamp {
    let begin = day("2026-01-01").to_zoned_datetime(TimeZone::UTC);
    begin.checked_add(count.months()).unwrap().timestamp()
}

#[derive(Debug, Clone)]
struct Month {
    quantity: u64,
    unit: i64,
    off: i64,
    billed: bool,
    changed_on: Option<(i64, u64)>,
    told: bool,
}

fn a_month() -> impl Strategy<Value = Month> {
    let change = prop::option::weighted(0.3, (2_i64..27, 0_u64..9));
    (
        0_u64..9,
        1_i64..5000,
        0_i64..6000,
        prop::bool::weighted(0.85),
        change,
        any::<bool>(),
    )
        .prop_map(|(quantity, unit, off, billed, changed_on, told)| Month {
            quantity,
            unit,
            off: if off > 3000 { 0 } else { off },
            billed,
            changed_on,
            told,
        })
}

/// A life of some months: invoices with discounts and prorations, gaps, events for some months, perhaps an end.
#[derive(Debug, Clone)]
struct Lived {
    present: Subscription,
    invoices: Vec<Invoice>,
    changes: Vec<Change>,
}

fn a_life() -> impl Strategy<Value = Lived> {
    (
        prop::collection::vec(a_month(), 1..10),
        any::<bool>(),
        0..4_u8,
    )
        .prop_map(|(months, ends, status)| {
            let mut invoices = Vec::new();
            let mut changes = Vec::new();
            for (number, month) in (0_i64..).zip(&months) {
                invoices.push(billed(number, month));
                if month.told {
                    let after = sold(month);
                    let at = self::month(number).checked_add(36.hours()).unwrap();
                    changes.push(Change {
                        at,
                        ..event(
                            &format!("evt_{number}"),
                            "2026-01-01",
                            ChangeKind::Updated,
                            &after,
                        )
                    });
                }
            }
            let mut present = months.last().map(sold).unwrap();
            present.status = [
                Status::Active,
                Status::PastDue,
                Status::Unpaid,
                Status::Trialing,
            ][usize::from(status)]
            .clone();
            if ends {
                let end = Some(month(i64::try_from(months.len()).unwrap()));
                present.status = Status::Canceled;
                present.canceled_at = end;
                present.ended_at = end;
            }
            Lived {
                present,
                invoices,
                changes,
            }
        })
}

fn sold(month: &Month) -> Subscription {
    changed(
        plain(&month.unit.to_string(), MONTHLY, month.quantity),
        |subscription| {
            if month.off > 0 {
                subscription.discounts =
                    vec![amount_off("A", &[("usd", month.off)], Duration::Forever)];
            }
        },
    )
}

fn billed(number: i64, month: &Month) -> Invoice {
    let [start, end] = [self::month(number), self::month(number + 1)];
    let dates = [start, end].map(|at| at.strftime("%Y-%m-%d").to_string());
    let amount = month.unit * i64::try_from(month.quantity).unwrap();
    let mut lines = vec![line("si_1", month.quantity, amount, &dates[0], &dates[1])];
    if month.off > 0 {
        let off = month.off.min(amount);
        lines[0] = lines[0].clone().less("di_A", off);
    }
    if let Some((date, quantity)) = month.changed_on {
        let mut pair = [
            line("si_1", month.quantity, -amount, &dates[0], &dates[1]),
            lines[0].clone(),
        ];
        for line in &mut pair {
            line.proration = true;
            line.period.start = start.checked_add((24 * date).hours()).unwrap();
        }
        pair[1].quantity = Some(quantity);
        lines.extend(pair);
    }
    let mut invoice = invoice(&format!("in_{number}"), &dates[0], lines);
    if !month.billed {
        invoice.status = InvoiceStatus::Void;
    }
    invoice
}

fn rebuilt(lived: &Lived) -> History {
    let Lived {
        present,
        invoices,
        changes,
    } = lived;
    History::rebuild(present, day(SEEN), invoices, changes, &catalog(&[]))
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let grain = prop_oneof![
        Just(Grain::Subscription),
        Just(Grain::Customer),
        Just(Grain::Company)
    ];
    let window = prop_oneof![Just(0_u32), Just(60), Just(60 * 24 * 40)];
    (0..5_usize, grain, window).prop_map(|(preset, grain, grouping_window_min)| Policy {
        grain,
        grouping_window_min,
        ..Policy::presets()[preset].clone()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn changes_add_up_to_mrr_at_every_moment(lived in a_life(), policy in any_policy()) {
        let timeline = rebuilt(&lived).timeline(&policy, day(SEEN)).unwrap();
        let told = movements(std::slice::from_ref(&timeline), &policy, |_| None);
        let window = i64::from(policy.grouping_window_min) * 60;
        let mut sum = Fraction::zero();
        for (index, movement) in told.iter().enumerate() {
            prop_assert_eq!(&movement.before.mrr.minor, &sum);
            sum += &movement.change.minor;
            prop_assert_eq!(&movement.after.mrr.minor, &sum);
            let next = told[index + 1..].iter().find(|next| !next.change.minor.is_zero());
            let settled = Timestamp::from_second(movement.at.as_second() + window).unwrap();
            if next.is_none_or(|next| next.at > settled) {
                prop_assert_eq!(timeline.mrr_at(settled), sum.clone());
            }
        }
        prop_assert_eq!(timeline.mrr_at(day(SEEN)), sum);
    }

    #[test]
    fn order_of_arrival_and_duplicates_change_nothing(lived in a_life(), seed: u64) {
        let told = rebuilt(&lived);
        let mut shuffled = lived.clone();
        shuffled.invoices.extend(lived.invoices.clone());
        shuffled.changes.extend(lived.changes.clone());
        shuffle(&mut shuffled.invoices, seed);
        shuffle(&mut shuffled.changes, seed.rotate_left(17));
        prop_assert_eq!(rebuilt(&shuffled), told);
    }

    #[test]
    fn nothing_before_the_start_and_nothing_after_the_end(lived in a_life(), policy in any_policy()) {
        let timeline = rebuilt(&lived).timeline(&policy, day("2028-01-01")).unwrap();
        let start = lived.present.start_date;
        prop_assert!(timeline.mrr_at(Timestamp::from_second(start.as_second() - 1).unwrap()).is_zero());
        if let Some(end) = lived.present.ended_at {
            prop_assert!(timeline.mrr_at(end).is_zero() || timeline.mrr_at(day("2028-01-01")).is_zero());
            prop_assert!(timeline.mrr_at(day("2028-01-01")).is_zero());
        }
    }

    #[test]
    fn mrr_is_never_negative(lived in a_life(), policy in any_policy()) {
        let timeline = rebuilt(&lived).timeline(&policy, day(SEEN)).unwrap();
        for segment in &timeline.segments {
            prop_assert!(!segment.figure.amount.minor.is_negative());
            prop_assert!(segment.figure.amount.minor <= segment.figure.list.minor);
        }
    }

    #[test]
    fn what_is_stored_is_read_back(lived in a_life()) {
        let history = rebuilt(&lived);
        let text = serde_json::to_string(&history).unwrap();
        prop_assert_eq!(serde_json::from_str::<History>(&text).unwrap(), history);
    }
}

/// Ordinary runs take 500 lives for each property; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(500)
}

fn shuffle<T>(values: &mut [T], mut seed: u64) {
    for index in (1..values.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).unwrap() % (index + 1);
        values.swap(index, other);
    }
}
