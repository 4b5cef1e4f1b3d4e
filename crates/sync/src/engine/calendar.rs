use clearsync_billing::{Month, Period};
use clearsync_store::{AccountId, Reader, Scope, StoreError};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::import::TIME_ZONE;

/// Months as the account's own clock tells them; UTC where Stripe does not say which that is.
pub(super) struct Calendar(TimeZone);

impl Calendar {
    pub(super) fn of(reader: &Reader, account: AccountId) -> Result<Self, StoreError> {
        let name: Option<String> = reader.setting(Scope::Account(account), TIME_ZONE)?;
        let zone = name.and_then(|name| TimeZone::get(&name).ok());
        Ok(Self(zone.unwrap_or(TimeZone::UTC)))
    }

    /// The month that `at` lies in.
    pub(super) fn month(&self, at: Timestamp) -> Month {
        let date = at.to_zoned_datetime(self.0.clone()).date();
        Month {
            year: date.year(),
            month: date.month(),
        }
    }

    /// From the month's first moment to the next one's.
    pub(super) fn period(&self, month: Month) -> Period {
        Period {
            start: self.begin(month),
            end: self.begin(following(month)),
        }
    }

    /// The first moment after the month, or after `now` while the month is not over.
    pub(super) fn end(&self, month: Month, now: Timestamp) -> Timestamp {
        self.begin(following(month)).min(just_after(now))
    }

    /// The month's last moment, or `now` while it is not over.
    pub(super) fn last_moment(&self, month: Month, now: Timestamp) -> Timestamp {
        let end = self.end(month, now);
        end.checked_sub(1.nanosecond()).unwrap_or(end)
    }

    /// The month of `now` and those before it, oldest first.
    pub(super) fn months_up_to(&self, now: Timestamp, count: u32) -> Vec<Month> {
        let back = std::iter::successors(Some(self.month(now)), |month| Some(preceding(*month)));
        let mut months: Vec<_> = back.take(count as usize).collect();
        months.reverse();
        months
    }

    /// Every month from `first` to that of `now`, oldest first.
    pub(super) fn months_since(&self, first: Month, now: Timestamp) -> Vec<Month> {
        let last = self.month(now);
        let months = std::iter::successors(Some(first), |month| Some(following(*month)));
        months.take_while(|month| *month <= last).collect()
    }

    /// The first moment of the day `date`.
    pub(super) fn day(&self, date: Date) -> Option<Timestamp> {
        Some(date.to_zoned_datetime(self.0.clone()).ok()?.timestamp())
    }

    fn begin(&self, month: Month) -> Timestamp {
        Date::new(month.year, month.month, 1)
            .ok()
            .and_then(|first| self.day(first))
            .unwrap_or(Timestamp::MAX)
    }
}

/// What holds at `at` holds just before this.
pub(super) fn just_after(at: Timestamp) -> Timestamp {
    at.checked_add(1.nanosecond()).unwrap_or(at)
}

fn following(month: Month) -> Month {
    match month.month {
        12 => Month {
            year: month.year.saturating_add(1),
            month: 1,
        },
        _ => Month {
            month: month.month + 1,
            ..month
        },
    }
}

fn preceding(month: Month) -> Month {
    match month.month {
        1 => Month {
            year: month.year.saturating_sub(1),
            month: 12,
        },
        _ => Month {
            month: month.month - 1,
            ..month
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_ends_where_the_accounts_clock_says() {
        let calendar = Calendar(TimeZone::fixed(jiff::tz::offset(-5)));
        let moment = at("2026-03-01T04:59:59Z");
        let february = calendar.month(moment);
        assert_eq!(february.to_string(), "2026-02");
        assert_eq!(calendar.period(february).end, at("2026-03-01T05:00:00Z"));
        let now = at("2026-06-01T00:00:00Z");
        assert_eq!(calendar.end(february, now), at("2026-03-01T05:00:00Z"));
        let last = calendar.last_moment(february, now);
        assert_eq!(last, at("2026-03-01T04:59:59.999999999Z"));
        assert_eq!(calendar.last_moment(calendar.month(now), now), now);
    }

    #[test]
    fn months_go_back_over_the_year() {
        let calendar = Calendar(TimeZone::UTC);
        let months = calendar.months_up_to(at("2026-02-10T00:00:00Z"), 4);
        let told: Vec<_> = months.iter().map(Month::to_string).collect();
        assert_eq!(told, ["2025-11", "2025-12", "2026-01", "2026-02"]);
    }
}
