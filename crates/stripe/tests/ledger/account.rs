//! A simulated Stripe account, read as ClearSync reads a real one.

use std::collections::HashMap;

use clearsync_billing::{Catalog, Change, History, Invoice, Policy, Subscription, Timeline};
use clearsync_sandbox::business::Business;
use clearsync_stripe::decode;
use jiff::Timestamp;

/// Everything decoded, by subscription.
pub(crate) struct Account {
    catalog: Catalog,
    subscriptions: HashMap<String, Subscription>,
    invoices: HashMap<String, Vec<Invoice>>,
    changes: HashMap<String, Vec<Change>>,
}

impl Account {
    pub(crate) fn read(business: &Business) -> Self {
        let data = business.data();
        let data = data.read().unwrap();
        let mut catalog = Catalog::default();
        for value in data.all("price") {
            catalog.add_price(decode::price(value).unwrap().0);
        }
        for value in data.all("coupon") {
            catalog.add_coupon(decode::coupon(value).unwrap());
        }
        for value in data.all("discount") {
            catalog.add_discount(decode::discount(value).unwrap());
        }
        for value in data.all("customer") {
            if let Some((customer, discount)) = decode::customer_discount(value).unwrap() {
                catalog.add_customer_discount(customer, discount);
            }
        }
        let subscriptions = data
            .all("subscription")
            .map(|value| decode::subscription(value).unwrap())
            .map(|subscription| (subscription.id.to_string(), subscription))
            .collect();
        let mut invoices: HashMap<String, Vec<Invoice>> = HashMap::new();
        for invoice in data
            .all("invoice")
            .map(|value| decode::invoice(value).unwrap())
        {
            if let Some(subscription) = &invoice.subscription {
                let of_subscription = invoices.entry(subscription.to_string()).or_default();
                of_subscription.push(invoice);
            }
        }
        let mut changes: HashMap<String, Vec<Change>> = HashMap::new();
        for change in data
            .events()
            .iter()
            .filter_map(|value| decode::change(value).unwrap())
        {
            let of_subscription = changes.entry(change.after.id.to_string()).or_default();
            of_subscription.push(change);
        }
        Self {
            catalog,
            subscriptions,
            invoices,
            changes,
        }
    }

    pub(crate) fn timeline(&self, id: &str, policy: &Policy, now: Timestamp) -> Timeline {
        let invoices = self.invoices.get(id).map_or(&[][..], Vec::as_slice);
        let changes = self.changes.get(id).map_or(&[][..], Vec::as_slice);
        History::rebuild(
            &self.subscriptions[id],
            now,
            invoices,
            changes,
            &self.catalog,
        )
        .timeline(policy, now)
        .unwrap()
    }
}
