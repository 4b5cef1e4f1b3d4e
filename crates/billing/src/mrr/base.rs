//! The amount of one billing period before discounts.

use crate::{Base, Currency, MeteredRule, Note, Scheme, SubscriptionItem, Tier, TierStep};

/// What `item` costs in one of its periods, in `currency`. Nothing sold costs less than nothing.
pub(crate) fn of(
    item: &SubscriptionItem,
    currency: Currency,
    metered: MeteredRule,
    notes: &mut Vec<Note>,
) -> Base {
    let base = as_said(item, currency, metered, notes);
    if base.amount().is_negative() {
        return unknown(item, notes);
    }
    base
}

fn as_said(
    item: &SubscriptionItem,
    currency: Currency,
    metered: MeteredRule,
    notes: &mut Vec<Note>,
) -> Base {
    let price = &item.price;
    if price.recurring.is_none() {
        notes.push(Note::OneTime {
            price: price.id.clone(),
        });
        return Base::Nothing;
    }
    if price.is_metered() {
        return usage(item, metered, notes);
    }
    let quantity = item.quantity.unwrap_or_else(|| {
        notes.push(Note::QuantityAssumed {
            item: item.id.clone(),
        });
        1
    });
    let units = price
        .transform_quantity
        .map_or(quantity, |transform| transform.packages(quantity));
    match price.scheme_in(currency) {
        Some(Scheme::PerUnit(unit)) => Base::PerUnit {
            unit: unit.clone(),
            units,
        },
        Some(Scheme::Graduated(tiers)) => Base::Graduated {
            steps: graduated(tiers, units),
        },
        Some(Scheme::Volume(tiers)) => match volume(tiers, units) {
            Some(step) => Base::Volume { step },
            None => unknown(item, notes),
        },
        Some(Scheme::Unknown) => unknown(item, notes),
        None => {
            notes.push(Note::NotSoldIn {
                price: price.id.clone(),
                currency,
            });
            Base::Nothing
        }
    }
}

fn unknown(item: &SubscriptionItem, notes: &mut Vec<Note>) -> Base {
    notes.push(Note::AmountUnknown {
        price: item.price.id.clone(),
    });
    Base::Nothing
}

fn usage(item: &SubscriptionItem, metered: MeteredRule, notes: &mut Vec<Note>) -> Base {
    let wanted = match metered {
        MeteredRule::Off => {
            notes.push(Note::MeteredLeftOut {
                item: item.id.clone(),
            });
            return Base::Nothing;
        }
        MeteredRule::LastPeriod => 1,
        MeteredRule::MeanOfLastThree => 3,
    };
    let periods: Vec<_> = item
        .usage
        .iter()
        .take(wanted)
        .map(|charge| (charge.invoice.clone(), charge.amount.clone()))
        .collect();
    if periods.is_empty() {
        notes.push(Note::UsageUnknown {
            item: item.id.clone(),
        });
        return Base::Nothing;
    }
    Base::Usage { periods }
}

/// Each tier that the quantity reaches, with the units that fall into it. The first tier is always reached, so that
/// its flat amount is billed also for a quantity of 0.
fn graduated(tiers: &[Tier], quantity: u64) -> Vec<TierStep> {
    let mut steps = Vec::new();
    let mut below = 0;
    for tier in tiers {
        let top = tier.up_to.unwrap_or(u64::MAX).max(below);
        if steps.is_empty() || quantity > below {
            let units = quantity.min(top).saturating_sub(below);
            steps.push(tier_step(tier, below, units));
        }
        below = top;
    }
    steps
}

/// The first tier that holds the whole quantity; the last one when none does.
fn volume(tiers: &[Tier], quantity: u64) -> Option<TierStep> {
    let mut below = 0;
    let mut last = None;
    for tier in tiers {
        last = Some(tier_step(tier, below, quantity));
        match tier.up_to {
            Some(top) if quantity > top => below = top,
            _ => break,
        }
    }
    last
}

fn tier_step(tier: &Tier, below: u64, units: u64) -> TierStep {
    TierStep {
        from: below.saturating_add(1),
        up_to: tier.up_to,
        units,
        unit: tier.unit.clone(),
        flat: tier.flat.clone(),
    }
}
