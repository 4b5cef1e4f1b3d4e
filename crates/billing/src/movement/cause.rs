//! What one step of one subscription changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{ChangeType, Side};
use crate::{
    Amount, CouponId, Fraction, Interval, ItemStep, Note, Origin, PriceId, ProductId, Segment,
    Standing, Timeline,
};

/// One change of MRR of one subscription.
pub(super) struct Step<'a> {
    pub(super) at: Timestamp,
    pub(super) timeline: &'a Timeline,
    pub(super) origin: &'a Origin,
    pub(super) before: Option<&'a Segment>,
    pub(super) after: &'a Segment,
}

impl<'a> Step<'a> {
    /// Every change of a timeline, in order of time.
    pub(super) fn all(timeline: &'a Timeline) -> impl Iterator<Item = Self> {
        let segments = &timeline.segments;
        (0..segments.len())
            .map(move |index| {
                let after = &segments[index];
                Self {
                    at: after.from,
                    timeline,
                    origin: origin(index.checked_sub(1).map(|before| &segments[before]), after),
                    before: index.checked_sub(1).map(|before| &segments[before]),
                    after,
                }
            })
            .filter(|step| !step.change().is_zero())
    }

    pub(super) fn change(&self) -> Fraction {
        let before = self.before.map(|before| &before.figure.amount.minor);
        before.map_or_else(
            || self.after.figure.amount.minor.clone(),
            |before| &self.after.figure.amount.minor - before,
        )
    }

    /// Whether the subscription ended, was given up as unpaid, or is counted as ended.
    pub(super) fn is_end(&self) -> bool {
        match &self.after.figure.derivation.standing {
            Standing::Ended { .. } | Standing::CancellationAsked { .. } => true,
            Standing::StatusLeftOut { status } => {
                ["unpaid", "canceled", "incomplete_expired"].contains(&status.as_str())
            }
            _ => false,
        }
    }

    /// Cancellation before plan before price before quantity.
    pub(super) fn change_type(&self) -> ChangeType {
        let (before, after) = (items(self.before), items(Some(self.after)));
        if self.is_end() {
            ChangeType::Cancellation
        } else if mix(before) != mix(after) || !counts(self.before) {
            ChangeType::Plan
        } else if terms(before) != terms(after) {
            ChangeType::Price
        } else if quantity(before) != quantity(after) {
            ChangeType::Quantity
        } else {
            ChangeType::Price
        }
    }
}

/// Where the knowledge of a whole change comes from. A date, and an event that tells of an end, say nothing of the amount
/// there was before; and an amount that rests on a coupon nobody knows any more is told by nobody.
fn origin<'a>(before: Option<&'a Segment>, after: &'a Segment) -> &'a Origin {
    if is_incomplete(after) || before.is_some_and(is_incomplete) {
        return match &after.amount_origin {
            invoice @ Origin::Invoice { .. } => invoice,
            _ => &Origin::Present,
        };
    }
    let tells_no_amount = after.origin == Origin::Dates || after.figure.amount.minor.is_zero();
    match before {
        Some(before)
            if tells_no_amount
                && !before.figure.amount.minor.is_zero()
                && !before.amount_origin.is_exact() =>
        {
            &before.amount_origin
        }
        _ => &after.origin,
    }
}

/// Whether its amount rests on a coupon that nothing tells of any more.
pub(super) fn is_incomplete(segment: &Segment) -> bool {
    let mut notes = segment.figure.notes.iter();
    notes.any(|note| matches!(note, Note::CouponUnknown { .. }))
}

/// How things stood for all that moved, before the first step of each.
pub(super) fn side_before(group: &[Step<'_>], mrr: Amount) -> Side {
    let mut first = BTreeMap::new();
    for step in group {
        first
            .entry(&step.timeline.subscription)
            .or_insert(step.before);
    }
    let segments: Vec<_> = first.into_values().flatten().collect();
    described(&segments, mrr)
}

/// How things stood for all that moved, after the last step of each.
pub(super) fn side_after(group: &[Step<'_>], mrr: Amount) -> Side {
    let steps = group.iter();
    let last: BTreeMap<_, _> = steps
        .map(|step| (&step.timeline.subscription, step.after))
        .collect();
    let segments: Vec<_> = last.into_values().collect();
    described(&segments, mrr)
}

/// How things stand in `segment`.
pub(super) fn standing_side(segment: &Segment, mrr: Amount) -> Side {
    described(&[segment], mrr)
}

fn described(segments: &[&Segment], mrr: Amount) -> Side {
    let counted = || {
        segments
            .iter()
            .filter(|segment| segment.figure.derivation.standing.counts())
            .flat_map(|segment| &segment.figure.derivation.items)
    };
    let products: BTreeSet<&ProductId> =
        counted().filter_map(|step| step.product.as_ref()).collect();
    let prices: BTreeSet<&PriceId> = counted().map(|step| &step.price).collect();
    let coupons: BTreeSet<&CouponId> = counted()
        .flat_map(|step| &step.discounts)
        // A coupon nobody knows any more goes by its discount's id.
        .filter(|discount| discount.coupon.as_str() != discount.discount.as_str())
        .map(|discount| &discount.coupon)
        .collect();
    let figures = segments.iter().map(|segment| &segment.figure);
    let off: Fraction = figures
        .map(|figure| &figure.list.minor - &figure.amount.minor)
        .sum();
    Side {
        list: Amount::new(&mrr.minor + &off, mrr.currency),
        mrr,
        quantity: counted()
            .filter_map(|step| step.quantity)
            .fold(0, u64::saturating_add),
        products: products.into_iter().cloned().collect(),
        prices: prices.into_iter().cloned().collect(),
        coupons: coupons.into_iter().cloned().collect(),
    }
}

fn items(segment: Option<&Segment>) -> &[ItemStep] {
    segment.map_or(&[], |segment| &segment.figure.derivation.items)
}

fn counts(segment: Option<&Segment>) -> bool {
    segment.is_some_and(|segment| segment.figure.derivation.standing.counts())
}

/// The products sold and how often each is billed.
fn mix(items: &[ItemStep]) -> BTreeSet<(&str, Option<Interval>)> {
    items
        .iter()
        .map(|step| {
            let product = step.product.as_ref().map(ProductId::as_str);
            (
                product.unwrap_or_else(|| step.price.as_str()),
                step.interval,
            )
        })
        .collect()
}

/// Prices and discounts without quantities.
fn terms(items: &[ItemStep]) -> BTreeSet<(&PriceId, Vec<&str>)> {
    items
        .iter()
        .map(|step| {
            let coupons = step
                .discounts
                .iter()
                .map(|discount| discount.coupon.as_str());
            (&step.price, coupons.collect())
        })
        .collect()
}

fn quantity(items: &[ItemStep]) -> u64 {
    items
        .iter()
        .filter_map(|step| step.quantity)
        .fold(0, u64::saturating_add)
}
