use std::{fmt, time::Duration};

/// One of two durations over the other, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ratio {
    hundredths: u128,
}

impl Ratio {
    /// Of `measured` to `floor`, rounded up.
    pub(crate) fn of(measured: Duration, floor: Duration) -> Self {
        Self {
            hundredths: (measured.as_nanos() * 100).div_ceil(floor.as_nanos().max(1)),
        }
    }

    pub(crate) const fn hundredths(hundredths: u128) -> Self {
        Self { hundredths }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.hundredths / 100, self.hundredths % 100);
        write!(formatter, "{whole}.{rest:02}")
    }
}

/// Several measurements of one thing.
pub(crate) struct Rounds<T>(Vec<T>);

impl<T: Ord + Copy> Rounds<T> {
    pub(crate) fn new(rounds: impl IntoIterator<Item = T>) -> Self {
        let mut sorted: Vec<T> = rounds.into_iter().collect();
        sorted.sort_unstable();
        Self(sorted)
    }

    /// The median, the least and the greatest; of an even number of rounds the greater of the two in the middle.
    pub(crate) fn summary(&self) -> Option<(T, T, T)> {
        let median = *self.0.get(self.0.len() / 2)?;
        Some((median, *self.0.first()?, *self.0.last()?))
    }
}

/// Prints the median with its range, and whether it is within `goal`.
pub(crate) fn ratio(name: &str, rounds: &Rounds<Ratio>, goal: Ratio) {
    let Some((median, least, greatest)) = rounds.summary() else {
        return;
    };
    let verdict = if median <= goal { "met" } else { "missed" };
    say(&format!(
        "  {name}: {median} ({least}–{greatest}), goal {goal}: {verdict}"
    ));
}

#[expect(clippy::print_stdout, reason = "a benchmark speaks on the terminal")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}
