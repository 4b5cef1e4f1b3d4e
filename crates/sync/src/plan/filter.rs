//! Which subscriptions, and with them which customers, the user wants in HubSpot.

use std::collections::BTreeMap;

use clearsync_billing::Fraction;

use super::subscription::Subscription;
use crate::view::{Filters, MetadataCondition, SkipReason};

/// Why the filters leave a subscription out; `None` when they do not.
pub(crate) fn left_out(filters: &Filters, subscription: &Subscription) -> Option<SkipReason> {
    let figure = &subscription.figure;
    let facts = &subscription.facts;
    let status = figure.status.as_str();
    let names_none = |wanted: &[String], held: &[String]| {
        !wanted.is_empty() && !held.iter().any(|one| wanted.contains(one))
    };
    let is_over = matches!(status, "canceled" | "incomplete_expired");
    if filters.exclude_trials && status == "trialing" {
        return Some(SkipReason::FilteredTrial);
    }
    if filters.exclude_free && !is_over && figure.rounded_minor == 0 && status != "trialing" {
        return Some(SkipReason::FilteredFree);
    }
    if names_none(&filters.statuses, std::slice::from_ref(&figure.status)) {
        return Some(SkipReason::FilteredStatus);
    }
    if names_none(&filters.products, &facts.products) {
        return Some(SkipReason::FilteredProduct);
    }
    if names_none(&filters.prices, &facts.prices) {
        return Some(SkipReason::FilteredPrice);
    }
    if names_none(&filters.currencies, std::slice::from_ref(&figure.currency)) {
        return Some(SkipReason::FilteredCurrency);
    }
    if brings_too_little(filters, subscription) {
        return Some(SkipReason::FilteredMrr);
    }
    let says = |condition: &MetadataCondition| {
        let values = subscription
            .metadata
            .get(&(condition.owner, condition.key.clone()));
        values.is_some_and(|values| {
            let wanted = condition.value.as_ref();
            wanted.is_none_or(|wanted| values.contains(wanted))
        })
    };
    (!filters.metadata.iter().all(says)).then_some(SkipReason::FilteredMetadata)
}

fn brings_too_little(filters: &Filters, subscription: &Subscription) -> bool {
    let least = filters.minimum_mrr.as_deref();
    let Some(least) = least.and_then(|least| Fraction::from_decimal(least).ok()) else {
        return false;
    };
    let money = clearsync_billing::Money {
        amount_minor: subscription.figure.rounded_minor,
        currency: subscription.facts.list_mrr.currency,
    };
    Fraction::from_decimal(&money.to_decimal()).is_ok_and(|mrr| mrr < least)
}

/// Whether the filters leave nothing out.
pub(crate) fn is_empty(filters: &Filters) -> bool {
    *filters == Filters::default()
}

/// The customers none of whose subscriptions is wanted, each with the reason of the first. A customer without any brings
/// nothing; only filters that ask for something leave it out.
pub(crate) fn customers_left_out<'a>(
    filters: &Filters,
    customers: impl Iterator<Item = &'a String>,
    subscriptions: &BTreeMap<String, Subscription>,
) -> BTreeMap<String, SkipReason> {
    if is_empty(filters) {
        return BTreeMap::new();
    }
    let mut of_customer: BTreeMap<&str, Vec<Option<SkipReason>>> = BTreeMap::new();
    for subscription in subscriptions.values() {
        of_customer
            .entry(&subscription.figure.customer)
            .or_default()
            .push(left_out(filters, subscription));
    }
    let only_trials = Filters {
        exclude_trials: filters.exclude_trials,
        ..Filters::default()
    };
    let asks = *filters != only_trials;
    let reason = |id: &String| match of_customer.get(id.as_str()) {
        Some(reasons) if reasons.contains(&None) => None,
        Some(reasons) => reasons.first().copied().flatten(),
        None => asks.then_some(SkipReason::FilteredFree),
    };
    customers
        .filter_map(|id| Some((id.clone(), reason(id)?)))
        .collect()
}
