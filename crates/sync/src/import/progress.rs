use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use crate::view::ListProgress;

const WINDOW: Duration = Duration::from_mins(2);
const ROUND_MINUTES: [u64; 13] = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600];

/// How far an import has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// List by list, in the order they are shown.
    pub lists: Vec<ListProgress>,
    /// Objects a second over the last two minutes.
    pub per_second: u32,
    /// Minutes left, rounded up to 1, 2, 3, 5, 10, 15, 20, 30, 60 …; `None` while it cannot be told.
    pub minutes_left: Option<u32>,
    /// Whether it waits for the user to resume it.
    pub held: bool,
}

/// Counts per second over a window of two minutes that slides along.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    counts: VecDeque<(Instant, u64)>,
}

impl Meter {
    /// Notes what the count is now.
    pub(crate) fn note(&mut self, count: u64) {
        let now = Instant::now();
        self.counts.push_back((now, count));
        while let Some((second, _)) = self.counts.get(1)
            && now.duration_since(*second) >= WINDOW
        {
            self.counts.pop_front();
        }
    }

    /// How many came a second.
    pub(crate) fn per_second(&self) -> u32 {
        let (Some((first, before)), Some((last, after))) =
            (self.counts.front(), self.counts.back())
        else {
            return 0;
        };
        let elapsed_ms = last.duration_since(*first).as_millis();
        let came = u128::from(after.saturating_sub(*before));
        let rate = (came * 1_000).checked_div(elapsed_ms).unwrap_or(0);
        u32::try_from(rate).unwrap_or(u32::MAX)
    }
}

/// Minutes for `left` at `per_second`, in rounded numbers.
pub(crate) fn minutes(left: u64, per_second: u32) -> Option<u32> {
    let seconds = left.checked_div(u64::from(per_second))?;
    let exact = seconds / 60 + 1;
    let rounded = ROUND_MINUTES.into_iter().find(|round| *round >= exact);
    u32::try_from(rounded.unwrap_or(exact)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_rate_forgets_what_is_older_than_two_minutes() {
        let mut meter = Meter::default();
        assert_eq!(meter.per_second(), 0);
        meter.note(0);
        assert_eq!(meter.per_second(), 0, "one moment has no rate");
        let mut count = 0;
        for second in 0..600 {
            tokio::time::advance(Duration::from_secs(1)).await;
            count += if second < 300 { 100 } else { 10 };
            meter.note(count);
        }
        assert_eq!(meter.per_second(), 10, "the fast minutes are long over");
        assert!(meter.counts.len() <= 122);
    }

    #[test]
    fn minutes_are_rounded_up() {
        assert_eq!(minutes(100, 0), None);
        assert_eq!(minutes(0, 10), Some(1));
        assert_eq!(minutes(10 * 59, 10), Some(1));
        assert_eq!(minutes(10 * 60 * 6, 10), Some(10), "7 minutes at most");
        assert_eq!(minutes(10 * 60 * 700, 10), Some(701));
    }
}
