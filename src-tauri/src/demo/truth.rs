//! Amounts of the business's own ledger.

use clearsync_sandbox::business::{Currency, Exact, ExactMinor};

/// MRR as the ledger knows it, exact.
#[derive(Clone, Copy)]
pub(super) struct Mrr {
    minor: Exact,
    currency: Currency,
}

impl Mrr {
    pub(super) fn none(currency: Currency) -> Self {
        Self {
            minor: Exact::from_integer(0),
            currency,
        }
    }

    pub(super) fn plus(self, mrr: ExactMinor) -> Self {
        Self {
            minor: self.minor + mrr.exact(),
            ..self
        }
    }

    /// The sum of two of one currency.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            minor: self.minor + other.minor,
            ..self
        }
    }

    pub(super) fn is_none(self) -> bool {
        self.minor == Exact::from_integer(0)
    }

    /// The sum, where all are of one currency; those without MRR do not matter.
    pub(super) fn sum(all: &[Self]) -> Option<Self> {
        let first = all.iter().find(|mrr| !mrr.is_none()).or(all.first())?;
        let same = |mrr: &Self| mrr.currency == first.currency || mrr.is_none();
        all.iter().all(same).then_some(Self {
            minor: all.iter().map(|mrr| mrr.minor).sum(),
            currency: first.currency,
        })
    }

    /// In the currency's unit, rounded once, half to even.
    pub(super) fn decimal(self) -> String {
        let minor = half_even(self.minor);
        let decimals = self.currency.decimals();
        if decimals == 0 {
            return minor.to_string();
        }
        let unit = 10_i128.pow(decimals);
        format!(
            "{}.{:0width$}",
            minor / unit,
            minor % unit,
            width = decimals as usize
        )
    }
}

impl From<ExactMinor> for Mrr {
    fn from(mrr: ExactMinor) -> Self {
        Self::none(mrr.currency).plus(mrr)
    }
}

fn half_even(exact: Exact) -> i128 {
    let (numerator, denominator) = (*exact.numer(), *exact.denom());
    let (whole, rest) = (
        numerator.div_euclid(denominator),
        numerator.rem_euclid(denominator),
    );
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + (whole & 1),
    }
}
