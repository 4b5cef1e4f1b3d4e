//! What holds for every life, however it is told.

use std::collections::BTreeMap;

use clearsync_billing::{
    CancellationRule, Currency, CustomerId, DiscountRule, FirstInvoiceRule, Fraction, Grain,
    History, MeteredRule, Movement, MovementKind, PauseRule, Policy, ReturningRule, SubscriptionId,
    Timeline, ToZeroRule, movements,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::{
    build::*,
    lives::SEEN,
    worlds::{Known, any_life, any_world, company},
};

/// How many lives an ordinary run makes up for each property; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.map_or(2000, |text| text.parse().unwrap())
}

/// A preset with some of its switches turned; changes are told one by one.
fn any_policy() -> impl Strategy<Value = Policy> {
    use prop::sample::select;
    let whose = select(vec![Grain::Subscription, Grain::Customer, Grain::Company]);
    let when = (
        select(vec![
            CancellationRule::AtRequest,
            CancellationRule::AtPeriodEnd,
            CancellationRule::AtStatusChange,
        ]),
        select(vec![
            FirstInvoiceRule::WhenOpened,
            FirstInvoiceRule::WhenPaid,
        ]),
        select(vec![PauseRule::Counts, PauseRule::Zero]),
    );
    let what = (
        select(vec![
            DiscountRule::None,
            DiscountRule::Forever,
            DiscountRule::Recurring,
            DiscountRule::All,
        ]),
        select(vec![
            MeteredRule::Off,
            MeteredRule::LastPeriod,
            MeteredRule::MeanOfLastThree,
        ]),
    );
    let how = (
        select(vec![ToZeroRule::Downgrade, ToZeroRule::Churn]),
        select(vec![ReturningRule::Reactivation, ReturningRule::New]),
    );
    (0..5_usize, whose, when, what, how).prop_map(|(preset, grain, when, what, how)| {
        let preset = Policy::presets()[preset].clone();
        Policy {
            grain,
            cancellation: when.0,
            first_invoice: when.1,
            pause: when.2,
            discounts: what.0,
            metered: what.1,
            to_zero: how.0,
            returning: how.1,
            grouping_window_min: 0,
            ..preset
        }
    })
}

fn timelines(world: &[Known], policy: &Policy) -> Vec<Timeline> {
    let lives = world.iter();
    lives.map(|life| life.timeline(policy, SEEN)).collect()
}

/// Every moment at which anything changes, those around it, and some in between.
fn moments(timelines: &[Timeline], told: &[Movement]) -> Vec<Timestamp> {
    let changes = timelines
        .iter()
        .flat_map(|timeline| timeline.segments.iter().map(|segment| segment.from))
        .chain(told.iter().map(|movement| movement.at));
    let mut moments: Vec<_> = changes
        .flat_map(|at| [-1, 0, 1].map(|second| at + SignedDuration::from_secs(second)))
        .chain((0..14).map(|month| day("2025-12-15") + SignedDuration::from_hours(24 * 30 * month)))
        .filter(|at| *at <= day(SEEN))
        .collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Whose a subscription's movements are: itself, its customer or its company, in its currency.
fn owner(
    subscription: &SubscriptionId,
    customer: &CustomerId,
    currency: Currency,
    grain: Grain,
) -> String {
    match grain {
        Grain::Subscription => subscription.to_string(),
        Grain::Customer => format!("{customer} {currency}"),
        Grain::Company => {
            let name = company(customer).unwrap_or_else(|| customer.to_string());
            format!("{name} {currency}")
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn changes_add_up_to_mrr_at_every_moment(world in any_world(), policy in any_policy()) {
        let timelines = timelines(&world, &policy);
        let told = movements(&timelines, &policy, company);
        let whose = |movement: &Movement| owner(
            &movement.subscription, &movement.customer, movement.change.currency, policy.grain,
        );
        for at in moments(&timelines, &told) {
            let mut sums: BTreeMap<String, Fraction> = BTreeMap::new();
            for movement in told.iter().filter(|movement| movement.at <= at) {
                *sums.entry(whose(movement)).or_default() += &movement.change.minor;
            }
            let mut mrr: BTreeMap<String, Fraction> = BTreeMap::new();
            for one in &timelines {
                let owner = owner(&one.subscription, &one.customer, one.currency, policy.grain);
                *mrr.entry(owner).or_default() += &one.mrr_at(at);
            }
            sums.retain(|_, sum| !sum.is_zero());
            mrr.retain(|_, sum| !sum.is_zero());
            prop_assert_eq!(sums, mrr, "at {}", at);
        }
    }

    #[test]
    fn each_movement_begins_where_the_one_before_ended(world in any_world(), policy in any_policy(), window in 0_u32..80_000) {
        let policy = Policy { grouping_window_min: window, ..policy };
        let timelines = timelines(&world, &policy);
        let told = movements(&timelines, &policy, company);
        let mut stands: BTreeMap<String, Fraction> = BTreeMap::new();
        for movement in told.iter().filter(|movement| !is_announcement(movement)) {
            let owner = owner(
                &movement.subscription, &movement.customer, movement.change.currency, policy.grain,
            );
            let mrr = stands.entry(owner).or_default();
            prop_assert_eq!(&movement.before.mrr.minor, &*mrr);
            *mrr += &movement.change.minor;
            prop_assert_eq!(&movement.after.mrr.minor, &*mrr);
            prop_assert!(!movement.change.minor.is_zero());
            let says = match movement.kind {
                MovementKind::New | MovementKind::Reactivation => movement.before.mrr.minor.is_zero(),
                MovementKind::Churn => movement.after.mrr.minor.is_zero(),
                MovementKind::Upgrade => movement.change.minor.is_positive(),
                MovementKind::Downgrade => movement.change.minor.is_negative(),
                MovementKind::PlannedCancellation | MovementKind::PlannedCancellationWithdrawn => false,
            };
            prop_assert!(says, "{:?}", movement);
        }
        let left: Fraction = stands.values().sum();
        let present: Fraction = timelines.iter().map(|timeline| timeline.mrr_at(day(SEEN))).sum();
        prop_assert_eq!(left, present);
    }

    #[test]
    fn order_of_arrival_and_duplicates_change_nothing(world in any_world(), policy in any_policy(), seed: u64) {
        let mut shuffled = world.clone();
        for life in &mut shuffled {
            life.invoices.extend(life.invoices.clone());
            life.changes.extend(life.changes.clone());
            shuffle(&mut life.invoices, seed);
            shuffle(&mut life.changes, seed.rotate_left(17));
        }
        for (one, other) in world.iter().zip(&shuffled) {
            prop_assert_eq!(one.history(), other.history());
        }
        shuffle(&mut shuffled, seed.rotate_left(31));
        let told = |world: &[Known]| movements(&timelines(world, &policy), &policy, company);
        prop_assert_eq!(told(&world), told(&shuffled));
    }

    #[test]
    fn nothing_before_the_start_and_nothing_after_the_end(life in any_life(), policy in any_policy()) {
        let timeline = life.timeline(&policy, "2030-01-01");
        let start = life.present.start_date;
        for segment in timeline.segments.iter().filter(|segment| segment.from < start) {
            prop_assert!(segment.figure.amount.minor.is_zero());
        }
        prop_assert!(timeline.mrr_at(start - SignedDuration::from_secs(1)).is_zero());
        let Some(end) = life.present.ended_at else { return Ok(()) };
        // Where the end of the paid period counts, that period was billed for a last time before the end.
        let paid_until = |segment: &clearsync_billing::Segment| matches!(
            segment.figure.derivation.standing,
            clearsync_billing::Standing::PaidUntil { until } if segment.from < until
        );
        prop_assert!(timeline.mrr_at(end).is_zero() || timeline.segment_at(end).is_some_and(paid_until));
        for segment in timeline.segments.iter().filter(|segment| segment.from > end) {
            let allowed = policy.cancellation == CancellationRule::AtPeriodEnd && paid_until(segment);
            prop_assert!(segment.figure.amount.minor.is_zero() || allowed);
        }
        prop_assert!(timeline.mrr_at(day("2030-01-01")).is_zero());
    }

    #[test]
    fn mrr_is_never_negative_and_never_above_the_list(life in any_life(), policy in any_policy()) {
        for segment in &life.timeline(&policy, SEEN).segments {
            prop_assert!(!segment.figure.amount.minor.is_negative());
            prop_assert!(segment.figure.amount.minor <= segment.figure.list.minor);
        }
    }

    #[test]
    fn what_is_stored_is_read_back(life in any_life()) {
        let history = life.history();
        let text = serde_json::to_string(&history).unwrap();
        prop_assert_eq!(serde_json::from_str::<History>(&text).unwrap(), history);
    }

    #[test]
    fn a_later_look_tells_the_same_past(life in any_life(), policy in any_policy(), cut in 1_i64..360) {
        let whole = life.timeline(&policy, SEEN);
        let until = day("2026-01-01") + SignedDuration::from_hours(24 * cut);
        let early = life.history().timeline(&policy, until).unwrap();
        let known: Vec<_> = whole.segments.iter().filter(|segment| segment.from <= until).cloned().collect();
        prop_assert_eq!(early.segments, known);
    }
}

fn is_announcement(movement: &Movement) -> bool {
    matches!(
        movement.kind,
        MovementKind::PlannedCancellation | MovementKind::PlannedCancellationWithdrawn
    )
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
