//! Stretches of time by which lists are read in parallel.

use jiff::Timestamp;

/// A stretch of whole seconds, from one to just before another, by which a list is filtered on `created`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    from_s: i64,
    until_s: i64,
}

impl Span {
    /// From the second of `from` to just before the second of `until`; `None` when that is no time at all.
    #[must_use]
    pub fn new(from: Timestamp, until: Timestamp) -> Option<Self> {
        Self::of_seconds(from.as_second(), until.as_second())
    }

    /// The same in seconds since 1970, as a store keeps it.
    #[must_use]
    pub fn of_seconds(from_s: i64, until_s: i64) -> Option<Self> {
        (from_s < until_s).then_some(Self { from_s, until_s })
    }

    /// The first second of it.
    #[must_use]
    pub fn from_s(self) -> i64 {
        self.from_s
    }

    /// The first second after it.
    #[must_use]
    pub fn until_s(self) -> i64 {
        self.until_s
    }

    /// Cuts the span into `pieces` of about the same length, the newest first. Fewer when there are not as many seconds.
    #[must_use]
    pub fn split(self, pieces: u32) -> Vec<Self> {
        let length = i128::from(self.until_s) - i128::from(self.from_s);
        let pieces = i128::from(pieces.max(1)).min(length);
        let edge = |index: i128| {
            // Lies between the two ends, so that it fits.
            i64::try_from(i128::from(self.from_s) + length * index / pieces).unwrap_or(self.until_s)
        };
        (0..pieces)
            .rev()
            .filter_map(|index| Self::of_seconds(edge(index), edge(index + 1)))
            .collect()
    }

    /// What is left of the span once a full first page reached back to `oldest`, cut into pieces of about
    /// `pages_each` pages if the rest is as dense as the page was, `most` pieces at most.
    ///
    /// The second of `oldest` is read again, because more objects may share it; they are told apart by their ids.
    #[must_use]
    pub fn rest_after_page(self, oldest: Timestamp, pages_each: u32, most: u32) -> Vec<Self> {
        let edge = oldest
            .as_second()
            .saturating_add(1)
            .clamp(self.from_s, self.until_s);
        let Some(rest) = Self::of_seconds(self.from_s, edge) else {
            return Vec::new();
        };
        let read_s = (self.until_s - edge).max(1);
        let pages_left = (edge - self.from_s) / read_s;
        let pieces = u32::try_from(pages_left / i64::from(pages_each.max(1)))
            .unwrap_or(u32::MAX)
            .clamp(1, most.max(1));
        rest.split(pieces)
    }

    /// Stripe compares to the second; `gte` and `lt` leave no second out and read none twice.
    pub(crate) fn query(self) -> [(&'static str, String); 2] {
        [
            ("created[gte]", self.from_s.to_string()),
            ("created[lt]", self.until_s.to_string()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn covers(whole: Span, pieces: &[Span]) -> bool {
        pieces.first().is_some_and(|p| p.until_s == whole.until_s)
            && pieces.last().is_some_and(|p| p.from_s == whole.from_s)
            && pieces
                .windows(2)
                .all(|pair| pair[0].from_s == pair[1].until_s)
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_whole(from in -1000_i64..2_000_000_000, length in 1_i64..400_000_000, pieces in 0_u32..200) {
            let whole = Span::of_seconds(from, from + length).unwrap();
            let split = whole.split(pieces);
            prop_assert!(covers(whole, &split));
            prop_assert!(split.len() <= pieces.max(1) as usize);
        }

        #[test]
        fn the_rest_leaves_no_second_out(
            from in 0_i64..1_000_000, length in 1_i64..1_000_000, back in 0_i64..1_000_000,
            pages_each in 0_u32..9, most in 0_u32..9,
        ) {
            let whole = Span::of_seconds(from, from + length).unwrap();
            let oldest_s = (whole.until_s - 1 - back).max(from);
            let oldest = Timestamp::from_second(oldest_s).unwrap();
            let rest = whole.rest_after_page(oldest, pages_each, most);
            prop_assert!(covers(Span::of_seconds(from, oldest_s + 1).unwrap(), &rest));
            prop_assert!(rest.len() <= most.max(1) as usize);
        }
    }

    #[test]
    fn a_dense_span_is_cut_and_a_thin_one_is_not() {
        let day = Span::of_seconds(0, 86_400).unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        // The page covers a tenth of the day, so about 9 more pages are left: 4 pieces of 2.
        assert_eq!(day.rest_after_page(at(77_760), 2, 6).len(), 4);
        assert_eq!(day.rest_after_page(at(30_000), 2, 6).len(), 1);
        assert_eq!(day.rest_after_page(at(86_399), 2, 6).len(), 6);
    }
}
