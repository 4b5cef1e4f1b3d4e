//! Chance, from one seed: the same seed throws the same dice.

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

/// Everything random about the business.
#[derive(Debug, Clone)]
pub(super) struct Dice(StdRng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// True in `percent` of 100 throws.
    pub(super) fn percent(&mut self, percent: u8) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    /// One of `choices`, each as likely; `fallback` when there are none.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T], fallback: T) -> T {
        choices.choose(&mut self.0).copied().unwrap_or(fallback)
    }

    /// One of `choices`, as likely as its weight; `fallback` when no weight is above zero.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, u32)], fallback: T) -> T {
        choices
            .choose_weighted(&mut self.0, |&(_, weight)| weight)
            .map_or(fallback, |&(choice, _)| choice)
    }
}

/// Makes ids that look like Stripe's. Their own dice keep them apart from the decisions.
#[derive(Debug, Clone)]
pub(super) struct Ids(StdRng);

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed ^ 0x01D5_0F57_1213_E559))
    }

    /// A short id, such as `cus_` and 14 letters and digits.
    pub(super) fn short(&mut self, prefix: &str) -> String {
        self.with_tail(prefix, 14)
    }

    /// A long id, such as `sub_1` and 23 letters and digits.
    pub(super) fn long(&mut self, prefix: &str) -> String {
        let mut id = String::with_capacity(prefix.len() + 24);
        id.push_str(prefix);
        id.push('1');
        self.with_tail(&id, 23)
    }

    /// An account id, such as `acct_1` and 15 letters and digits.
    pub(super) fn account(&mut self) -> String {
        self.with_tail("acct_1", 15)
    }

    /// Letters and digits in upper case, such as an invoice prefix.
    pub(super) fn upper(&mut self, length: usize) -> String {
        self.with_tail("", length).to_ascii_uppercase()
    }

    fn with_tail(&mut self, start: &str, length: usize) -> String {
        const ALPHABET: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut id = String::with_capacity(start.len() + length);
        id.push_str(start);
        for _ in 0..length {
            id.push(char::from(ALPHABET[self.0.random_range(0..ALPHABET.len())]));
        }
        id
    }
}
