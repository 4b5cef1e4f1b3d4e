//! Metered usage, and the presets against one another.

use clearsync_billing::{MeteredRule, Note, Policy, Subscription, UsageCharge};

use crate::build::*;

fn metered(charges: &[i64]) -> Subscription {
    let mut sold = item("si_1", price("2", MONTHLY).metered(), 0);
    sold.usage = charges
        .iter()
        .map(|amount| UsageCharge {
            period: span("2025-12-01", "2026-01-01"),
            amount: (*amount).into(),
            invoice: "in_1".into(),
        })
        .collect();
    selling(vec![sold, item("si_2", price("1000", MONTHLY), 1)])
}

#[test]
fn measured_usage_under_each_rule() {
    let rules = [
        (MeteredRule::Off, ["1000", "1000", "1000"]),
        // 1000 + 600.
        (MeteredRule::LastPeriod, ["1600", "1600", "1000"]),
        // 1000 + (600 + 300 + 100) / 3; with one period that period's 600.
        (MeteredRule::MeanOfLastThree, ["4000/3", "1600", "1000"]),
    ];
    for (metered_rule, [four, one, none]) in rules {
        let policy = Policy {
            metered: metered_rule,
            ..Policy::clearsync()
        };
        check(
            &format!("usage_{metered_rule:?}"),
            vec![
                case(
                    "four periods known",
                    "newest first",
                    metered(&[600, 300, 100, 9000]),
                    four,
                ),
                case("one period known", "600", metered(&[600]), one),
                case("none known", "0 and a note", metered(&[]), none),
            ],
            &policy,
        );
    }
}

#[test]
fn what_is_left_out_is_said() {
    let off = figure(&metered(&[600]), &Policy::clearsync());
    assert_eq!(
        off.notes,
        [Note::MeteredLeftOut {
            item: "si_1".into()
        }]
    );
    assert!(!off.notes[0].needs_attention());
    let policy = Policy {
        metered: MeteredRule::LastPeriod,
        ..Policy::clearsync()
    };
    let unknown = figure(&metered(&[]), &policy);
    assert_eq!(
        unknown.notes,
        [Note::UsageUnknown {
            item: "si_1".into()
        }]
    );
    assert!(unknown.notes[0].needs_attention());
}

#[test]
fn presets_are_told_apart_by_name_and_survive_storage() {
    let presets = Policy::presets();
    for policy in &presets {
        let same: Vec<_> = presets
            .iter()
            .filter(|other| other.name == policy.name)
            .collect();
        assert_eq!(same.len(), 1, "{}", policy.name);
        let text = serde_json::to_string(policy).unwrap();
        assert_eq!(&serde_json::from_str::<Policy>(&text).unwrap(), policy);
    }
}

#[test]
fn every_preset_is_what_the_documentation_says() {
    use clearsync_billing::{
        CancellationRule::{AtRequest, AtStatusChange},
        DiscountRule::{All, Forever},
        FirstInvoiceRule::{WhenOpened, WhenPaid},
        Grain,
        PauseRule::{Counts, Zero},
        Status::{Active, PastDue, Unpaid},
        ToZeroRule::{Churn, Downgrade},
    };
    let told = Policy::presets().map(|policy| {
        (
            policy.counted.into_iter().collect::<Vec<_>>(),
            policy.discounts,
            policy.cancellation,
            policy.pause,
            policy.first_invoice,
            (policy.grain, policy.grouping_window_min),
            policy.to_zero,
        )
    });
    let one = (Grain::Subscription, 0);
    let customer = (Grain::Customer, 0);
    let hour = (Grain::Customer, 60);
    let (all, both) = (vec![Active, PastDue, Unpaid], vec![Active, PastDue]);
    let expected = [
        (all, All, AtStatusChange, Counts, WhenOpened, one, Downgrade),
        (
            both.clone(),
            Forever,
            AtRequest,
            Counts,
            WhenOpened,
            customer,
            Churn,
        ),
        (
            both.clone(),
            All,
            AtRequest,
            Counts,
            WhenOpened,
            customer,
            Churn,
        ),
        (both, All, AtStatusChange, Counts, WhenPaid, hour, Downgrade),
        (vec![Active], All, AtRequest, Zero, WhenPaid, one, Churn),
    ];
    assert_eq!(told, expected);
    for policy in Policy::presets() {
        assert_eq!(policy.version, 1);
        assert_eq!(policy.metered, MeteredRule::Off);
        assert_eq!(policy.migration_window_days, None);
    }
}
