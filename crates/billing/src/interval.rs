//! Billing intervals and spans of time.

use std::{fmt, num::NonZeroU32};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How often a price is billed: every `count` days, weeks, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// The unit.
    pub unit: IntervalUnit,
    /// How many units make one billing period.
    pub count: NonZeroU32,
}

/// The unit of an [`Interval`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalUnit {
    /// A day.
    Day,
    /// A week.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

impl Interval {
    /// Every `count` units.
    #[must_use]
    pub fn every(count: NonZeroU32, unit: IntervalUnit) -> Self {
        Self { unit, count }
    }

    /// Every single unit.
    #[must_use]
    pub fn each(unit: IntervalUnit) -> Self {
        Self::every(NonZeroU32::MIN, unit)
    }

    /// The mean length in seconds, for putting intervals in order.
    #[must_use]
    pub fn mean_seconds(&self) -> u64 {
        let unit_seconds = match self.unit {
            IntervalUnit::Day => 86_400,
            IntervalUnit::Week => 604_800,
            IntervalUnit::Month => 2_628_000,
            IntervalUnit::Year => 31_536_000,
        };
        u64::from(self.count.get()) * unit_seconds
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            IntervalUnit::Day => "day",
            IntervalUnit::Week => "week",
            IntervalUnit::Month => "month",
            IntervalUnit::Year => "year",
        };
        match self.count.get() {
            1 => f.write_str(unit),
            count => write!(f, "{count} {unit}s"),
        }
    }
}

/// A span of time from `start` up to but without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// The first moment.
    pub start: Timestamp,
    /// The first moment after it.
    pub end: Timestamp,
}

impl Period {
    /// Whether `at` lies in it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// Its length, negative when `end` lies before `start`.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.end.as_second() - self.start.as_second()
    }
}
