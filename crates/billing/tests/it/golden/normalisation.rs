//! Intervals to months.

use clearsync_billing::{Factors, IntervalUnit, Policy};

use crate::build::*;

#[test]
fn every_interval_to_a_month() {
    use IntervalUnit::{Day, Month, Week, Year};
    check(
        "every_interval_to_a_month",
        vec![
            case("month", "1200 × 1", plain("1200", MONTHLY, 1), "1200"),
            case(
                "2 months",
                "1200 / 2",
                plain("1200", every(2, Month), 1),
                "600",
            ),
            case(
                "quarter",
                "1000 / 3 = 333.33…",
                plain("1000", every(3, Month), 1),
                "1000/3",
            ),
            case(
                "half year",
                "1200 / 6",
                plain("1200", every(6, Month), 1),
                "200",
            ),
            case(
                "12 months",
                "1200 / 12",
                plain("1200", every(12, Month), 1),
                "100",
            ),
            case(
                "18 months",
                "1800 / 18",
                plain("1800", every(18, Month), 1),
                "100",
            ),
            case("year", "1200 / 12", plain("1200", YEARLY, 1), "100"),
            case(
                "2 years",
                "1200 / 24",
                plain("1200", every(2, Year), 1),
                "50",
            ),
            case(
                "3 years",
                "1000 / 36",
                plain("1000", every(3, Year), 1),
                "250/9",
            ),
            case(
                "week",
                "1200 × 52 / 12 = 5200",
                plain("1200", every(1, Week), 1),
                "5200",
            ),
            case(
                "2 weeks",
                "1200 × 52 / 24 = 2600",
                plain("1200", every(2, Week), 1),
                "2600",
            ),
            case(
                "4 weeks",
                "1000 × 52 / 48 = 1083.33…",
                plain("1000", every(4, Week), 1),
                "3250/3",
            ),
            case(
                "day",
                "120 × 365 / 12 = 3650",
                plain("120", every(1, Day), 1),
                "3650",
            ),
            case(
                "10 days",
                "1200 × 365 / 120 = 3650",
                plain("1200", every(10, Day), 1),
                "3650",
            ),
            case(
                "30 days",
                "1000 × 365 / 360 = 1013.88…",
                plain("1000", every(30, Day), 1),
                "9125/9",
            ),
            case(
                "90 days",
                "900 × 365 / 1080",
                plain("900", every(90, Day), 1),
                "1825/6",
            ),
            case(
                "365 days",
                "1200 × 365 / 4380 = 100",
                plain("1200", every(365, Day), 1),
                "100",
            ),
        ],
        &Policy::clearsync(),
    );
}

#[test]
fn items_of_different_intervals_add_up() {
    use IntervalUnit::Week;
    let mixed = selling(vec![
        item("si_1", price("1000", MONTHLY), 1),
        item("si_2", price("1000", YEARLY), 1),
        item("si_3", price("300", every(1, Week)), 2),
    ]);
    // 1000 + 1000 / 12 + 600 × 52 / 12 = 1000 + 250/3 + 2600 = 11050/3.
    check(
        "items_of_different_intervals_add_up",
        vec![case(
            "month, year, week",
            "1000 + 83.33… + 2600",
            mixed,
            "11050/3",
        )],
        &Policy::clearsync(),
    );
}

#[test]
fn commercial_months_have_30_days_and_4_weeks() {
    use IntervalUnit::{Day, Week};
    let policy = Policy {
        factors: Factors::commercial(),
        ..Policy::clearsync()
    };
    check(
        "commercial_months_have_30_days_and_4_weeks",
        vec![
            case("day", "100 × 30", plain("100", every(1, Day), 1), "3000"),
            case("week", "100 × 4", plain("100", every(1, Week), 1), "400"),
            case("month", "unchanged", plain("100", MONTHLY, 1), "100"),
            case("year", "1200 / 12", plain("1200", YEARLY, 1), "100"),
        ],
        &policy,
    );
}
