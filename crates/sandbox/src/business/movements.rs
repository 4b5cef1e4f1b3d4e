//! The movements of MRR that the facts of a life amount to.

use jiff::Timestamp;

use super::{
    ledger::{Entry, ExactMinor, Fact, Life, monthly},
    money::{Exact, whole},
};

/// The kinds of movement ClearSync tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementKind {
    /// The first MRR of the subscription.
    New,
    /// More than before.
    Upgrade,
    /// Less than before, but still counting.
    Downgrade,
    /// The end.
    Churn,
    /// MRR again after there was none.
    Reactivation,
    /// An end was announced; no change yet.
    PlannedCancellation,
    /// The announced end was taken back; no change.
    PlannedCancellationWithdrawn,
}

/// What a movement came from; where several apply, the first of this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeType {
    /// The subscription ended or will end.
    Cancellation,
    /// Something else is paid for, also a new sale.
    Plan,
    /// The same costs more or less.
    Price,
    /// More or fewer of the same.
    Quantity,
}

/// A dated change of a subscription's MRR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// When it happened.
    pub at: Timestamp,
    /// What kind of movement it is.
    pub kind: MovementKind,
    /// What it came from.
    pub change_type: ChangeType,
    /// MRR before.
    pub before: ExactMinor,
    /// MRR after.
    pub after: ExactMinor,
    /// After less before.
    pub change: ExactMinor,
}

impl Life {
    pub(super) fn movements(&self) -> Vec<Movement> {
        let mut movements = Vec::new();
        let mut before = whole(0);
        let mut has_counted = false;
        for moment in self.entries.chunk_by(|one, next| one.at == next.at) {
            let after = monthly(moment.last());
            let Some(kind) = kind_of(moment, before, after, has_counted) else {
                continue;
            };
            has_counted |= after > whole(0);
            movements.push(Movement {
                at: moment.first().map_or(Timestamp::MIN, |entry| entry.at),
                kind,
                change_type: change_type_of(moment, before),
                before: ExactMinor::new(before, self.currency),
                after: ExactMinor::new(after, self.currency),
                change: ExactMinor::new(after - before, self.currency),
            });
            before = after;
        }
        movements
    }
}

fn kind_of(
    moment: &[Entry],
    before: Exact,
    after: Exact,
    has_counted: bool,
) -> Option<MovementKind> {
    let any = |wanted: fn(&Fact) -> bool| moment.iter().any(|entry| wanted(&entry.fact));
    let nothing = whole(0);
    if before == after {
        return if any(|fact| matches!(fact, Fact::CancellationScheduled { .. })) {
            Some(MovementKind::PlannedCancellation)
        } else if any(|fact| matches!(fact, Fact::CancellationUnscheduled { .. })) {
            Some(MovementKind::PlannedCancellationWithdrawn)
        } else {
            None
        };
    }
    Some(if before == nothing && has_counted {
        MovementKind::Reactivation
    } else if before == nothing {
        MovementKind::New
    } else if any(|fact| matches!(fact, Fact::Canceled)) {
        MovementKind::Churn
    } else if after > before {
        MovementKind::Upgrade
    } else {
        MovementKind::Downgrade
    })
}

fn change_type_of(moment: &[Entry], before: Exact) -> ChangeType {
    let new_sale = (before == whole(0)).then_some(ChangeType::Plan);
    moment
        .iter()
        .map(|entry| match entry.fact {
            Fact::CancellationScheduled { .. }
            | Fact::CancellationUnscheduled { .. }
            | Fact::Canceled
            | Fact::Expired => ChangeType::Cancellation,
            Fact::Started { .. } | Fact::PlanChanged { .. } | Fact::ItemAdded { .. } => {
                ChangeType::Plan
            }
            Fact::QuantityChanged { .. } => ChangeType::Quantity,
            _ => ChangeType::Price,
        })
        .chain(new_sale)
        .min()
        .unwrap_or(ChangeType::Price)
}
