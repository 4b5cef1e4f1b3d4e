//! Amounts of money as the business knows them: exact fractions of a currency's smallest unit.

use num_rational::Ratio;

/// An exact number of minor units.
pub type Exact = Ratio<i128>;

/// The currencies the business sells in: two decimals, none, and three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Currency {
    /// US dollar, two decimals.
    Usd,
    /// Euro, two decimals.
    Eur,
    /// Japanese yen, no decimals.
    Jpy,
    /// Kuwaiti dinar, three decimals.
    Kwd,
}

impl Currency {
    /// The lower-case ISO code that Stripe writes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::Eur => "eur",
            Self::Jpy => "jpy",
            Self::Kwd => "kwd",
        }
    }

    /// How many decimals its amounts are written with.
    #[must_use]
    pub const fn decimals(self) -> u32 {
        match self {
            Self::Usd | Self::Eur => 2,
            Self::Jpy => 0,
            Self::Kwd => 3,
        }
    }

    /// What an invoice asks for an exact amount: the nearest amount Stripe can charge, halves away from zero. Stripe
    /// documents that three-decimal currencies are charged in steps of ten minor units.
    pub(super) fn chargeable(self, amount: Exact) -> i64 {
        let step = if self == Self::Kwd { 10 } else { 1 };
        let of_step = amount.denom() * step;
        let magnitude = (amount.numer().abs() * 2 + of_step) / (of_step * 2);
        let charged = magnitude * step * amount.numer().signum();
        i64::try_from(charged).unwrap_or(i64::MAX)
    }

    /// A list price of so many US cents, as the business prints it in this currency.
    pub(super) const fn listed(self, us_cents: i64) -> i64 {
        match self {
            Self::Usd => us_cents,
            Self::Eur => us_cents * 9 / 10,
            Self::Jpy => us_cents * 3 / 2,
            Self::Kwd => us_cents * 3 / 10 * 10,
        }
    }
}

/// A whole number of minor units as an exact amount.
pub(super) fn whole(amount_minor: i64) -> Exact {
    Exact::from_integer(i128::from(amount_minor))
}

/// A part of a whole, such as 12.5 percent as `ratio(125, 1000)`.
pub(super) fn ratio(part: i64, of: i64) -> Exact {
    Exact::new(i128::from(part), i128::from(of))
}

/// Shares out `total` in proportion to `weights`, in whole steps that add up to `total` exactly. What rounding leaves
/// over goes to the first shares.
pub(super) fn shared_out(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().copied().map(i128::from).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let mut shares: Vec<i64> = weights
        .iter()
        .map(|&weight| {
            let share = i128::from(total) * i128::from(weight) / sum;
            i64::try_from(share).unwrap_or(0)
        })
        .collect();
    let mut left = total - shares.iter().sum::<i64>();
    for (share, &weight) in shares.iter_mut().zip(weights) {
        if left > 0 && *share < weight {
            *share += 1;
            left -= 1;
        }
    }
    shares
}
