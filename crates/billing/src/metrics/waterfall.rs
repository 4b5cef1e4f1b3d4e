//! From opening to closing MRR, kind by kind.

use serde::{Deserialize, Serialize};

use crate::{Currency, Fraction, Movement, MovementKind, Period};

/// What moved MRR in a period, in minor units of one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waterfall {
    /// MRR at the period's begin.
    pub opening: Fraction,
    /// First MRR of new owners.
    pub new: Fraction,
    /// MRR of owners that came back.
    pub reactivation: Fraction,
    /// Upgrades.
    pub expansion: Fraction,
    /// Downgrades, below zero.
    pub contraction: Fraction,
    /// Churn, below zero.
    pub churn: Fraction,
    /// MRR at the period's end.
    pub closing: Fraction,
}

impl Waterfall {
    /// (new + reactivation + expansion) / (contraction + churn); `None` when nothing was lost.
    #[must_use]
    pub fn quick_ratio(&self) -> Option<Fraction> {
        let gained = &(&self.new + &self.reactivation) + &self.expansion;
        gained.checked_div(&(&self.contraction + &self.churn).abs())
    }

    /// Churned MRR as a share of the opening; `None` without an opening.
    #[must_use]
    pub fn churn_rate(&self) -> Option<Fraction> {
        self.churn.abs().checked_div(&self.opening)
    }

    /// Twelve times the closing MRR.
    #[must_use]
    pub fn arr(&self) -> Fraction {
        &self.closing * &Fraction::from(12)
    }
}

/// What moved the MRR of `currency` in `period`, from all `movements` of all time.
#[must_use]
pub fn waterfall(movements: &[Movement], currency: Currency, period: Period) -> Waterfall {
    let mut waterfall = Waterfall::default();
    for movement in movements
        .iter()
        .filter(|movement| movement.change.currency == currency)
    {
        let change = &movement.change.minor;
        if movement.at < period.start {
            waterfall.opening += change;
        } else if period.contains(movement.at) {
            *match movement.kind {
                MovementKind::New => &mut waterfall.new,
                MovementKind::Reactivation => &mut waterfall.reactivation,
                MovementKind::Upgrade => &mut waterfall.expansion,
                MovementKind::Downgrade => &mut waterfall.contraction,
                MovementKind::Churn => &mut waterfall.churn,
                MovementKind::PlannedCancellation | MovementKind::PlannedCancellationWithdrawn => {
                    continue;
                }
            } += change;
        } else {
            continue;
        }
        waterfall.closing += change;
    }
    waterfall
}
