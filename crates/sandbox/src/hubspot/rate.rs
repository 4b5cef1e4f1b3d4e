//! HubSpot's allowances: a rolling burst for each token, a burst for associations, a rate for search, and a daily
//! allowance of the account that starts again at midnight of the portal's time zone.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::{call::Call, call::ObjectCall, reply::Refusal, shape::Tier};

const BURST_WINDOW: SignedDuration = SignedDuration::from_secs(10);
const SEARCH_WINDOW: SignedDuration = SignedDuration::from_secs(1);
const SEARCH_MAX: usize = 5;
const ASSOCIATIONS_PER_DAY: u64 = 500_000;

/// What has been used of every allowance.
#[derive(Debug)]
pub(super) struct Rate {
    time_zone: TimeZone,
    enforced: bool,
    burst_max: usize,
    association_burst_max: usize,
    daily_max: u64,
    bursts: BTreeMap<String, Window>,
    associations: Window,
    searches: Window,
    day: Option<Date>,
    used_today: u64,
    associations_today: u64,
}

impl Rate {
    pub(super) fn new(tier: Tier, time_zone: TimeZone) -> Self {
        Self {
            time_zone,
            enforced: true,
            burst_max: tier.burst_max(),
            association_burst_max: tier.association_burst_max(),
            daily_max: tier.daily_max(),
            bursts: BTreeMap::new(),
            associations: Window::default(),
            searches: Window::default(),
            day: None,
            used_today: 0,
            associations_today: 0,
        }
    }

    pub(super) fn enforce(&mut self, enforced: bool) {
        self.enforced = enforced;
    }

    pub(super) fn set_burst_max(&mut self, burst_max: usize) {
        self.burst_max = burst_max;
    }

    pub(super) fn set_daily_max(&mut self, daily_max: u64) {
        self.daily_max = daily_max;
    }

    /// Counts calls somebody else made today.
    pub(super) fn use_up(&mut self, calls: u64) {
        self.used_today += calls;
    }

    pub(super) fn daily_max(&self) -> u64 {
        self.daily_max
    }

    pub(super) fn used_today(&self) -> u64 {
        self.used_today
    }

    /// Counts a call, or refuses it. A refused call is not counted.
    pub(super) fn admit(
        &mut self,
        token: &str,
        call: &Call,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.start_day(now);
        if !self.enforced {
            self.used_today += 1;
            self.bursts.entry(token.to_owned()).or_default().take(now);
            return Ok(());
        }
        let associates = matches!(call, Call::Associations(..));
        if self.used_today >= self.daily_max
            || (associates && self.associations_today >= ASSOCIATIONS_PER_DAY)
        {
            return Err(Refusal::rate_limited("daily", "DAILY"));
        }
        if is_search(call) {
            if self.searches.count(now, SEARCH_WINDOW) >= SEARCH_MAX {
                return Err(Refusal::rate_limited("secondly", "SECONDLY"));
            }
            self.searches.take(now);
            self.used_today += 1;
            return Ok(());
        }
        let rolling = || Refusal::rate_limited("ten_secondly_rolling", "TEN_SECONDLY_ROLLING");
        let burst = self.bursts.entry(token.to_owned()).or_default();
        if burst.count(now, BURST_WINDOW) >= self.burst_max {
            return Err(rolling());
        }
        if associates {
            if self.associations.count(now, BURST_WINDOW) >= self.association_burst_max {
                return Err(rolling());
            }
            self.associations.take(now);
            self.associations_today += 1;
        }
        burst.take(now);
        self.used_today += 1;
        Ok(())
    }

    /// The headers of an answer. Search answers carry none.
    pub(super) fn headers(
        &mut self,
        token: &str,
        call: &Call,
        now: Timestamp,
    ) -> Vec<(&'static str, String)> {
        if is_search(call) {
            return Vec::new();
        }
        let burst = self.bursts.entry(token.to_owned()).or_default();
        let used = burst.count(now, BURST_WINDOW);
        vec![
            ("x-hubspot-ratelimit-daily", self.daily_max.to_string()),
            (
                "x-hubspot-ratelimit-daily-remaining",
                self.daily_max.saturating_sub(self.used_today).to_string(),
            ),
            (
                "x-hubspot-ratelimit-interval-milliseconds",
                "10000".to_owned(),
            ),
            ("x-hubspot-ratelimit-max", self.burst_max.to_string()),
            (
                "x-hubspot-ratelimit-remaining",
                self.burst_max.saturating_sub(used).to_string(),
            ),
        ]
    }

    /// The next midnight of the portal's time zone.
    pub(super) fn resets_at(&self, now: Timestamp) -> Timestamp {
        now.to_zoned_datetime(self.time_zone.clone())
            .date()
            .tomorrow()
            .and_then(|tomorrow| tomorrow.to_zoned_datetime(self.time_zone.clone()))
            .map_or(now, |midnight| midnight.timestamp())
    }

    fn start_day(&mut self, now: Timestamp) {
        let today = now.to_zoned_datetime(self.time_zone.clone()).date();
        if self.day != Some(today) {
            // What a test counted beforehand belongs to the first day.
            if self.day.is_some() {
                self.used_today = 0;
                self.associations_today = 0;
            }
            self.day = Some(today);
        }
    }
}

fn is_search(call: &Call) -> bool {
    matches!(call, Call::Objects(_, ObjectCall::Search))
}

#[derive(Debug, Default)]
struct Window(VecDeque<Timestamp>);

impl Window {
    /// How many calls of the last `length` there were. Calls of the future are those before a clock was set back.
    fn count(&mut self, now: Timestamp, length: SignedDuration) -> usize {
        self.0
            .retain(|at| *at <= now && now.duration_since(*at) < length);
        self.0.len()
    }

    fn take(&mut self, now: Timestamp) {
        self.0.push_back(now);
    }
}
