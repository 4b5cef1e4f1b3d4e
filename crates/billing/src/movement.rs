//! Movements: dated changes of MRR, by subscription, customer or company.

mod cause;
mod owners;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Amount, CouponId, CustomerId, Fraction, Origin, Policy, PriceId, ProductId, ReturningRule,
    SubscriptionId, Timeline, ToZeroRule,
};

use cause::Step;
use owners::Owner;

/// A dated change of MRR, or the announcement of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The subscription that moved; with several at once, the one that moved most.
    pub subscription: SubscriptionId,
    /// Who pays for it.
    pub customer: CustomerId,
    /// The company it was counted with, when movements are told by company.
    pub company: Option<String>,
    /// When it took effect; for announcements, when they were recorded.
    pub at: Timestamp,
    /// What kind of movement it is.
    pub kind: MovementKind,
    /// What caused it.
    pub change_type: ChangeType,
    /// Before.
    pub before: Side,
    /// After.
    pub after: Side,
    /// After less before.
    pub change: Amount,
    /// For a planned cancellation, when the end will come.
    pub effective: Option<Timestamp>,
    /// Where the knowledge comes from: whether the movement is exact or rebuilt.
    pub origin: Origin,
}

/// How things stood on one side of a movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The owner's MRR.
    pub mrr: Amount,
    /// The same without what discounts take off the subscriptions that moved.
    pub list: Amount,
    /// The quantity of the subscriptions that moved.
    pub quantity: u64,
    /// What they sold.
    pub products: Vec<ProductId>,
    /// At which prices.
    pub prices: Vec<PriceId>,
    /// With which coupons.
    pub coupons: Vec<CouponId>,
}

/// What kind of movement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// The first MRR.
    New,
    /// More than before: expansion.
    Upgrade,
    /// Less than before: contraction.
    Downgrade,
    /// None any more.
    Churn,
    /// MRR again after there was none.
    Reactivation,
    /// An end was announced; nothing changes yet.
    PlannedCancellation,
    /// The announced end was taken back; nothing changes.
    PlannedCancellationWithdrawn,
}

/// What caused a movement; with several causes the first in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeType {
    /// It ended, or will.
    Cancellation,
    /// Other products or another interval, also a new sale.
    Plan,
    /// The same at another price or with other discounts.
    Price,
    /// More or fewer of the same.
    Quantity,
}

/// The movements of `timelines` under `policy`, in order of time.
///
/// For every owner (subscription, customer or company, as the policy says) the changes up to any moment add up to the
/// owner's MRR at that moment. `company_of` names the company of a customer; a customer without one stands alone.
#[must_use]
pub fn movements(
    timelines: &[Timeline],
    policy: &Policy,
    company_of: impl Fn(&CustomerId) -> Option<String>,
) -> Vec<Movement> {
    let mut movements: Vec<_> = owners::of(timelines, policy, company_of)
        .iter()
        .flat_map(|owner| Telling { owner, policy }.movements())
        .collect();
    movements.sort_by(|one, other| {
        (one.at, &one.subscription, one.kind).cmp(&(other.at, &other.subscription, other.kind))
    });
    movements
}

struct Telling<'a> {
    owner: &'a Owner<'a>,
    policy: &'a Policy,
}

impl Telling<'_> {
    fn movements(&self) -> Vec<Movement> {
        let window = SignedDuration::from_mins(i64::from(self.policy.grouping_window_min));
        let mut steps = &self.owner.steps[..];
        let mut total = Fraction::zero();
        let mut has_counted = false;
        let mut movements = Vec::new();
        while let Some(first) = steps.first() {
            let end = first.at.checked_add(window).unwrap_or(Timestamp::MAX);
            let (group, rest) = steps.split_at(steps.partition_point(|step| step.at <= end));
            let change: Fraction = group.iter().map(Step::change).sum();
            let after = &total + &change;
            if !change.is_zero()
                && let Some(movement) = self.movement(group, &total, &after, has_counted)
            {
                movements.push(movement);
            }
            has_counted |= after.is_positive();
            total = after;
            steps = rest;
        }
        movements.extend(self.announced(&movements));
        movements
    }

    fn movement(
        &self,
        group: &[Step<'_>],
        before: &Fraction,
        after: &Fraction,
        has_counted: bool,
    ) -> Option<Movement> {
        let first = group.first()?;
        let main = group.iter().max_by_key(|step| step.change().abs())?;
        let kind = self.kind(group, before, after, has_counted);
        let currency = main.timeline.currency;
        let change_type = match kind {
            MovementKind::Churn => ChangeType::Cancellation,
            MovementKind::New | MovementKind::Reactivation => ChangeType::Plan,
            _ => group
                .iter()
                .map(Step::change_type)
                .min()
                .unwrap_or(ChangeType::Price),
        };
        let rebuilt = group.iter().find(|step| !step.origin.is_exact());
        Some(Movement {
            subscription: main.timeline.subscription.clone(),
            customer: main.timeline.customer.clone(),
            company: self.owner.company.clone(),
            at: first.at,
            kind,
            change_type,
            before: cause::side_before(group, Amount::new(before.clone(), currency)),
            after: cause::side_after(group, Amount::new(after.clone(), currency)),
            change: Amount::new(after - before, currency),
            effective: None,
            origin: rebuilt.unwrap_or(main).origin.clone(),
        })
    }

    fn kind(
        &self,
        group: &[Step<'_>],
        before: &Fraction,
        after: &Fraction,
        has_counted: bool,
    ) -> MovementKind {
        let ends = || group.iter().any(Step::is_end);
        if before.is_zero() {
            let returns = has_counted || self.returns(group);
            return if returns {
                MovementKind::Reactivation
            } else {
                MovementKind::New
            };
        }
        if after.is_zero() && (ends() || self.policy.to_zero == ToZeroRule::Churn) {
            MovementKind::Churn
        } else if after > before {
            MovementKind::Upgrade
        } else {
            MovementKind::Downgrade
        }
    }

    /// Whether the customer paid for another subscription before and for none now. This one never counted yet, so
    /// whatever was paid before was paid for others.
    fn returns(&self, group: &[Step<'_>]) -> bool {
        let Some(first) = group.first() else {
            return false;
        };
        let timelines = self.owner.timelines.iter();
        let own: Fraction = timelines.map(|timeline| timeline.mrr_at(first.at)).sum();
        self.policy.returning == ReturningRule::Reactivation
            && self.owner.of_customer.began_before(first.at)
            && self.owner.of_customer.mrr_at(first.at) == own
    }

    /// Announcements that changed nothing yet. Where the policy ends a subscription at the request, that is the churn.
    fn announced(&self, movements: &[Movement]) -> Vec<Movement> {
        let mut told = Vec::new();
        for timeline in &self.owner.timelines {
            for announcement in &timeline.announcements {
                let until = movements.partition_point(|movement| movement.at <= announcement.at);
                let last = movements[..until].last();
                let mrr = last.map_or_else(Fraction::zero, |last| last.after.mrr.minor.clone());
                let is_moved = movements[..until]
                    .iter()
                    .rev()
                    .take_while(|movement| movement.at == announcement.at)
                    .any(|movement| movement.subscription == timeline.subscription);
                let Some(segment) = timeline.segment_at(announcement.at).filter(|_| !is_moved)
                else {
                    continue;
                };
                // A date tells nothing of the amount that is going to end.
                let origin = match &announcement.origin {
                    _ if cause::is_incomplete(segment) => &Origin::Present,
                    Origin::Dates => &segment.amount_origin,
                    told => told,
                };
                let side = cause::standing_side(segment, Amount::new(mrr, timeline.currency));
                told.push(Movement {
                    subscription: timeline.subscription.clone(),
                    customer: timeline.customer.clone(),
                    company: self.owner.company.clone(),
                    at: announcement.at,
                    kind: match announcement.effective {
                        Some(_) => MovementKind::PlannedCancellation,
                        None => MovementKind::PlannedCancellationWithdrawn,
                    },
                    change_type: ChangeType::Cancellation,
                    before: side.clone(),
                    after: side,
                    change: Amount::zero(timeline.currency),
                    effective: announcement.effective,
                    origin: origin.clone(),
                });
            }
        }
        told
    }
}
