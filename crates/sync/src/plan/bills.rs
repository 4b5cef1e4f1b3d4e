//! What a subscription's invoices come to.

use std::collections::BTreeMap;

use clearsync_store::{AccountId, Reader, StoreError, StoredObject};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::subscription::{id_of, seconds};

/// What a subscription's invoices come to, in its currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bills {
    pub(crate) paid_minor: i64,
    pub(crate) open_minor: i64,
    /// Paid with more than nothing.
    pub(crate) paid: u32,
    pub(crate) first_paid_at: Option<Timestamp>,
    pub(crate) last: Option<LastBill>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LastBill {
    created: i64,
    pub(crate) id: String,
    pub(crate) status: Option<String>,
    pub(crate) total_minor: i64,
    pub(crate) url: Option<String>,
}

/// What is needed of an invoice.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Bill {
    id: String,
    created: i64,
    status: Option<String>,
    amount_paid: i64,
    amount_remaining: i64,
    total: i64,
    hosted_invoice_url: Option<String>,
    status_transitions: Option<Transitions>,
    subscription: Option<Value>,
    parent: Option<Parent>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Transitions {
    #[serde(deserialize_with = "seconds")]
    paid_at: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Parent {
    subscription_details: Option<SubscriptionDetails>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SubscriptionDetails {
    subscription: Option<Value>,
}

/// The bills of every subscription, by id.
pub(super) fn bills(
    view: &Reader,
    account: AccountId,
) -> Result<BTreeMap<String, Bills>, StoreError> {
    let mut all: BTreeMap<String, Bills> = BTreeMap::new();
    view.each_object(account, "invoice", |object: StoredObject| {
        let Ok(bill) = serde_json::from_str::<Bill>(&object.json) else {
            return Ok(());
        };
        let parent = || {
            let details = bill.parent.as_ref()?.subscription_details.as_ref()?;
            id_of(details.subscription.as_ref())
        };
        if let Some(subscription) = id_of(bill.subscription.as_ref()).or_else(parent) {
            let subscription = subscription.to_owned();
            all.entry(subscription).or_default().add(bill);
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(all)
}

impl Bills {
    fn add(&mut self, bill: Bill) {
        self.paid_minor = self.paid_minor.saturating_add(bill.amount_paid);
        if bill.status.as_deref() == Some("paid") && bill.amount_paid > 0 {
            self.paid += 1;
            let paid_at = bill.status_transitions.and_then(|dates| dates.paid_at);
            self.first_paid_at = self.first_paid_at.into_iter().chain(paid_at).min();
        }
        if bill.status.as_deref() == Some("open") {
            self.open_minor = self.open_minor.saturating_add(bill.amount_remaining);
        }
        let last = LastBill {
            created: bill.created,
            id: bill.id,
            status: bill.status,
            total_minor: bill.total,
            url: bill.hosted_invoice_url,
        };
        let newer = |held: &LastBill| (held.created, &held.id) < (last.created, &last.id);
        if self.last.as_ref().is_none_or(newer) {
            self.last = Some(last);
        }
    }
}
