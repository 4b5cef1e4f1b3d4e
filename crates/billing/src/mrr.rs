//! MRR of one subscription at one moment.

pub(crate) mod base;
mod reductions;
mod standing;

use jiff::Timestamp;

use crate::{
    Amount, Derivation, DiscountStep, Figure, Fraction, ItemStep, Note, Policy, Subscription,
    SubscriptionItem, TaxBehavior,
};

/// The MRR of `subscription` at `at` under `policy`, exact, with its derivation.
///
/// The subscription is taken as it stands; dates in it (trial, discounts, cancellation) are read against `at`. Data
/// that is missing counts nothing and is noted, never guessed silently.
#[must_use]
pub fn mrr(subscription: &Subscription, at: Timestamp, policy: &Policy) -> Figure {
    let mut notes = subscription.notes.clone();
    let standing = standing::decide(subscription, at, policy, &mut notes);
    let bases: Vec<_> = subscription
        .items
        .iter()
        .map(|item| base::of(item, subscription.currency, policy.metered, &mut notes))
        .collect();
    let amounts: Vec<_> = bases.iter().map(crate::Base::amount).collect();
    let reductions = reductions::of(subscription, &amounts, at, policy, &mut notes);
    let items: Vec<_> = subscription
        .items
        .iter()
        .zip(bases)
        .zip(reductions)
        .map(|((item, base), discounts)| step(item, base, discounts, policy, &mut notes))
        .collect();
    let (mut exact, mut list) = (Fraction::zero(), Fraction::zero());
    if standing.counts() {
        exact = items.iter().map(|step| &step.mrr).sum();
        list = items.iter().map(|step| &step.list_mrr).sum();
    }
    notes.sort();
    notes.dedup();
    let amount = Amount::new(exact, subscription.currency);
    Figure {
        rounded: amount.round(),
        amount,
        list: Amount::new(list, subscription.currency),
        derivation: Derivation {
            subscription: subscription.id.clone(),
            at,
            policy: (policy.name.clone(), policy.version),
            standing,
            items,
        },
        notes,
    }
}

fn step(
    item: &SubscriptionItem,
    base: crate::Base,
    discounts: Vec<DiscountStep>,
    policy: &Policy,
    notes: &mut Vec<Note>,
) -> ItemStep {
    let gross = base.amount();
    let off: Fraction = discounts.iter().map(|step| &step.amount).sum();
    let discounted = &gross - &off;
    let tax_share = tax_share(item, &gross, notes);
    let tax = &discounted * &tax_share;
    let per_period = &discounted - &tax;
    let interval = item.price.recurring.map(|recurring| recurring.interval);
    let factor = interval
        .map(|interval| policy.factors.per_month(interval))
        .unwrap_or_default();
    let list_per_period = &gross - &(&gross * &tax_share);
    ItemStep {
        item: item.id.clone(),
        price: item.price.id.clone(),
        product: item.price.product.clone(),
        quantity: item.quantity,
        mrr: &per_period * &factor,
        list_mrr: &list_per_period * &factor,
        base,
        discounts,
        tax,
        per_period,
        interval,
        factor,
    }
}

/// Stripe takes discounts off the amount with its tax, so tax keeps its share of what is left. What past usage cost is
/// known without tax already.
fn tax_share(item: &SubscriptionItem, gross: &Fraction, notes: &mut Vec<Note>) -> Fraction {
    if gross.is_zero()
        || item.price.is_metered()
        || item.price.tax_behavior == TaxBehavior::Exclusive
    {
        return Fraction::zero();
    }
    if let Some(tax) = &item.inclusive_tax {
        return tax.share();
    }
    if item.price.tax_behavior == TaxBehavior::Inclusive {
        notes.push(Note::TaxUnknown {
            item: item.id.clone(),
        });
    }
    Fraction::zero()
}
