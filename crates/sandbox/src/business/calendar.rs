//! Billing cycles on the calendar, in UTC as Stripe counts them.

use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};

use super::money::{Exact, ratio};

/// The unit a price recurs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// Every so many days.
    Day,
    /// Every so many weeks.
    Week,
    /// Every so many calendar months.
    Month,
    /// Every so many years.
    Year,
}

impl Interval {
    /// Stripe's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// How often a price recurs: every `count` intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    /// The unit.
    pub interval: Interval,
    /// How many of them make one cycle.
    pub count: u32,
}

impl Cadence {
    /// Every `count` intervals.
    #[must_use]
    pub const fn every(count: u32, interval: Interval) -> Self {
        Self { interval, count }
    }

    /// The start of cycle `n` after `anchor`. A month too short for the anchor's day ends the cycle on its last day.
    pub(super) fn cycle_start(self, anchor: Timestamp, n: u32) -> Timestamp {
        let steps = i32::try_from(self.count.saturating_mul(n)).unwrap_or(i32::MAX);
        match self.interval {
            Interval::Day => days_after(anchor, steps),
            Interval::Week => days_after(anchor, steps.saturating_mul(7)),
            Interval::Month => months_after(anchor, steps),
            Interval::Year => months_after(anchor, steps.saturating_mul(12)),
        }
    }

    /// How much of one cycle's amount falls on one month: a year has 12 months, 52 weeks and 365 days.
    #[must_use]
    pub fn monthly_share(self) -> Exact {
        let n = i64::from(self.count);
        match self.interval {
            Interval::Day => ratio(365, 12 * n),
            Interval::Week => ratio(52, 12 * n),
            Interval::Month => ratio(1, n),
            Interval::Year => ratio(1, 12 * n),
        }
    }
}

/// A stretch of time, end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first moment.
    pub start: Timestamp,
    /// The first moment after it.
    pub end: Timestamp,
}

impl Period {
    /// How much of the period is still ahead at `at`.
    pub(super) fn remaining(self, at: Timestamp) -> Exact {
        let whole = self.end.as_second() - self.start.as_second();
        let ahead = self.end.as_second() - at.as_second();
        if whole <= 0 {
            return ratio(0, 1);
        }
        ratio(ahead.clamp(0, whole), whole)
    }
}

pub(super) fn months_after(at: Timestamp, months: i32) -> Timestamp {
    Span::new()
        .try_months(months)
        .and_then(|span| at.to_zoned_datetime(TimeZone::UTC).checked_add(span))
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

pub(super) fn days_after(at: Timestamp, days: i32) -> Timestamp {
    seconds_after(at, i64::from(days) * 86_400)
}

pub(super) fn seconds_after(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}
