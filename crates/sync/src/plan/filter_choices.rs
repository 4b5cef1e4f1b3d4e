//! What the user's filters can name, and how much they leave out.

use std::collections::BTreeMap;

use clearsync_store::{AccountId, Reader, StoreError};

use super::{
    filter,
    subscription::{self, Subscription},
};
use crate::{
    explanation::price_name,
    view::{FilterChoice, FilterChoices, FilterEffect, Filters},
};

/// The products, prices and currencies that are subscribed to, the most used first.
pub(crate) fn filter_choices(
    view: &Reader,
    account: AccountId,
) -> Result<FilterChoices, StoreError> {
    let (mut products, mut prices, mut currencies) =
        (Used::default(), Used::default(), Used::default());
    for subscription in subscription::load(view, account, false)?.by_id.values() {
        for item in &subscription.items {
            let product = item.product_name.as_deref();
            products.add(item.product(), product);
            let nickname = item.price.nickname.as_deref();
            let name = price_name(product, nickname);
            prices.add(Some(&item.price.id), name.as_deref());
        }
        currencies.add(Some(&subscription.figure.currency), None);
    }
    Ok(FilterChoices {
        products: products.in_order(),
        prices: prices.in_order(),
        currencies: currencies.in_order(),
    })
}

/// How many subscriptions `filters` leave out.
pub(crate) fn filter_effect(
    view: &Reader,
    account: AccountId,
    filters: &Filters,
) -> Result<FilterEffect, StoreError> {
    let subscriptions = subscription::load(view, account, false)?.by_id;
    let left_out = |subscription: &&Subscription| filter::left_out(filters, subscription).is_some();
    Ok(FilterEffect {
        subscriptions: count(subscriptions.len()),
        left_out: count(subscriptions.values().filter(left_out).count()),
    })
}

/// What is used, with its name and how often.
#[derive(Default)]
struct Used(BTreeMap<String, (Option<String>, u32)>);

impl Used {
    fn add(&mut self, id: Option<&str>, name: Option<&str>) {
        let Some(id) = id else { return };
        let (known, uses) = self.0.entry(id.to_owned()).or_default();
        *uses += 1;
        if known.is_none() {
            *known = name.map(str::to_owned);
        }
    }

    fn in_order(self) -> Vec<FilterChoice> {
        let choice = |(id, (name, uses))| FilterChoice { id, name, uses };
        let mut choices: Vec<_> = self.0.into_iter().map(choice).collect();
        choices.sort_by_key(|choice| std::cmp::Reverse(choice.uses));
        choices
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
