//! What is known of each subscription: its figure, and what its objects say beside it.

use std::collections::BTreeMap;

use clearsync_store::{AccountId, Figure, Reader, StoreError, StoredObject};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

use crate::{
    derive::SubscriptionFacts,
    view::{MetadataKey, MetadataOwner},
};

/// A subscription with everything that is written of it.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) figure: Figure,
    pub(crate) facts: SubscriptionFacts,
    pub(crate) details: Details,
    pub(crate) bills: Bills,
    pub(crate) items: Vec<Item>,
    /// By owner and key; several prices or products may say several things.
    pub(crate) metadata: BTreeMap<(MetadataOwner, String), Vec<String>>,
    pub(crate) delinquent: Option<bool>,
    pub(crate) card_expiry: Option<String>,
    /// The only coupon there is, where it is only one.
    pub(crate) coupon: Option<Coupon>,
}

/// What only the subscription's own object says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    pub(crate) livemode: Option<bool>,
    #[serde(deserialize_with = "seconds")]
    pub(crate) trial_start: Option<Timestamp>,
    #[serde(deserialize_with = "seconds")]
    pub(crate) current_period_start: Option<Timestamp>,
    #[serde(deserialize_with = "seconds")]
    pub(crate) current_period_end: Option<Timestamp>,
    #[serde(deserialize_with = "seconds")]
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) cancel_at_period_end: Option<bool>,
    #[serde(rename = "cancellation_details")]
    pub(crate) cancellation: Option<Cancellation>,
    pub(crate) pause_collection: Option<Pause>,
    pub(crate) collection_method: Option<String>,
    pub(crate) days_until_due: Option<u32>,
    pub(crate) discounts: Vec<Value>,
    default_payment_method: Option<Value>,
    metadata: Option<BTreeMap<String, String>>,
    items: Option<Items>,
}

/// What a coupon takes off.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Coupon {
    pub(crate) percent_off: Option<Number>,
    pub(crate) amount_off: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Cancellation {
    pub(crate) reason: Option<String>,
    pub(crate) feedback: Option<String>,
    pub(crate) comment: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pause {
    pub(crate) behavior: Option<String>,
    #[serde(deserialize_with = "seconds")]
    pub(crate) resumes_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Items {
    data: Vec<Item>,
}

/// One part of a subscription.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) quantity: Option<u64>,
    pub(crate) price: Price,
    #[serde(deserialize_with = "seconds")]
    current_period_start: Option<Timestamp>,
    #[serde(deserialize_with = "seconds")]
    current_period_end: Option<Timestamp>,
    /// The name of what it sells.
    #[serde(skip)]
    pub(crate) product_name: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Price {
    pub(crate) id: String,
    pub(crate) nickname: Option<String>,
    pub(crate) currency: String,
    pub(crate) unit_amount: Option<i64>,
    pub(crate) product: Option<Value>,
    pub(crate) recurring: Option<Recurring>,
    metadata: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Recurring {
    pub(crate) interval: Option<String>,
    pub(crate) interval_count: Option<u32>,
}

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

/// What is needed of a customer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Customer {
    delinquent: Option<bool>,
    metadata: Option<BTreeMap<String, String>>,
    invoice_settings: Option<InvoiceSettings>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct InvoiceSettings {
    default_payment_method: Option<Value>,
}

/// What is needed of a product.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Product {
    name: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
}

/// Loads every subscription that has a figure, by id. `with_bills` looks through the invoices too.
pub(crate) fn load(
    view: &Reader,
    account: AccountId,
    with_bills: bool,
) -> Result<BTreeMap<String, Subscription>, StoreError> {
    let customers: BTreeMap<String, Customer> = all(view, account, "customer")?;
    let products: BTreeMap<String, Product> = all(view, account, "product")?;
    let prices: BTreeMap<String, Price> = all(view, account, "price")?;
    let coupons: BTreeMap<String, Coupon> = all(view, account, "coupon")?;
    let expiries = expiries(view, account)?;
    let mut details: BTreeMap<String, Details> = all(view, account, "subscription")?;
    let mut bills = if with_bills {
        bills(view, account)?
    } else {
        BTreeMap::new()
    };
    let mut subscriptions = BTreeMap::new();
    for figure in view.figures(account)? {
        let Some(facts) = SubscriptionFacts::of(&figure) else {
            continue;
        };
        let mut details = details.remove(&figure.subscription).unwrap_or_default();
        let customer = customers.get(&figure.customer);
        let mut items = details.items.take().unwrap_or_default().data;
        for item in &mut items {
            item.product_name = item.product().and_then(|id| products.get(id)?.name.clone());
        }
        let method = id_of(details.default_payment_method.as_ref()).or_else(|| {
            id_of(
                customer?
                    .invoice_settings
                    .as_ref()?
                    .default_payment_method
                    .as_ref(),
            )
        });
        let subscription = Subscription {
            metadata: metadata(&details, customer, &items, &prices, &products),
            delinquent: customer.and_then(|customer| customer.delinquent),
            coupon: match facts.coupons.as_slice() {
                [only] => coupons.get(only).cloned(),
                _ => None,
            },
            card_expiry: method.and_then(|id| expiries.get(id).cloned()),
            bills: bills.remove(&figure.subscription).unwrap_or_default(),
            details,
            items,
            facts,
            figure,
        };
        subscriptions.insert(subscription.figure.subscription.clone(), subscription);
    }
    Ok(subscriptions)
}

/// The metadata of customers, by id.
pub(crate) fn metadata_of_customers(
    view: &Reader,
    account: AccountId,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, StoreError> {
    let customers: BTreeMap<String, Customer> = all(view, account, "customer")?;
    let own = |(id, customer): (String, Customer)| Some((id, customer.metadata?));
    Ok(customers.into_iter().filter_map(own).collect())
}

/// The metadata keys that objects carry, the most used first.
pub(crate) fn metadata_keys(
    view: &Reader,
    account: AccountId,
) -> Result<Vec<MetadataKey>, StoreError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Object {
        metadata: Option<BTreeMap<String, String>>,
    }
    let mut keys: BTreeMap<(MetadataOwner, String), (u32, String)> = BTreeMap::new();
    for (owner, kind) in [
        (MetadataOwner::Customer, "customer"),
        (MetadataOwner::Subscription, "subscription"),
        (MetadataOwner::Price, "price"),
        (MetadataOwner::Product, "product"),
    ] {
        let objects: BTreeMap<String, Object> = all(view, account, kind)?;
        let said = objects.into_values().filter_map(|object| object.metadata);
        for (key, value) in said.flatten() {
            let (objects, _) = keys.entry((owner, key)).or_insert((0, value));
            *objects += 1;
        }
    }
    let mut keys: Vec<MetadataKey> = keys
        .into_iter()
        .map(|((owner, key), (objects, example))| MetadataKey {
            owner,
            key,
            objects,
            example,
        })
        .collect();
    keys.sort_by_key(|key| std::cmp::Reverse(key.objects));
    Ok(keys)
}

impl Item {
    /// The id of its product.
    pub(crate) fn product(&self) -> Option<&str> {
        id_of(self.price.product.as_ref())
    }
}

impl Subscription {
    pub(crate) fn interval(&self) -> Option<&Recurring> {
        self.items
            .iter()
            .find_map(|item| item.price.recurring.as_ref())
    }

    /// When the first of its discounts ends.
    pub(crate) fn discount_end(&self) -> Option<Timestamp> {
        let end = |discount: &Value| {
            let seconds = discount.get("end")?.as_i64()?;
            Timestamp::from_second(seconds).ok()
        };
        self.details.discounts.iter().filter_map(end).min()
    }

    /// The period under way. Until basil it stood on the subscription, since then on its items.
    pub(crate) fn period(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let first = self.items.first();
        let start = first.and_then(|item| item.current_period_start);
        let end = first.and_then(|item| item.current_period_end);
        (
            start.or(self.details.current_period_start),
            end.or(self.details.current_period_end),
        )
    }
}

fn metadata(
    details: &Details,
    customer: Option<&Customer>,
    items: &[Item],
    prices: &BTreeMap<String, Price>,
    products: &BTreeMap<String, Product>,
) -> BTreeMap<(MetadataOwner, String), Vec<String>> {
    let mut all: BTreeMap<(MetadataOwner, String), Vec<String>> = BTreeMap::new();
    let mut add = |owner, metadata: Option<&BTreeMap<String, String>>| {
        for (key, value) in metadata.into_iter().flatten() {
            let values = all.entry((owner, key.clone())).or_default();
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
    };
    add(
        MetadataOwner::Customer,
        customer.and_then(|customer| customer.metadata.as_ref()),
    );
    add(MetadataOwner::Subscription, details.metadata.as_ref());
    for item in items {
        let price = prices.get(&item.price.id).unwrap_or(&item.price);
        add(MetadataOwner::Price, price.metadata.as_ref());
        let product = item.product().and_then(|id| products.get(id));
        add(
            MetadataOwner::Product,
            product.and_then(|product| product.metadata.as_ref()),
        );
    }
    all
}

/// Every object of a kind, as far as it is needed; one that is not understood counts as saying nothing.
fn all<T: for<'de> Deserialize<'de> + Default>(
    view: &Reader,
    account: AccountId,
    kind: &str,
) -> Result<BTreeMap<String, T>, StoreError> {
    let mut objects = BTreeMap::new();
    view.each_object(account, kind, |object: StoredObject| {
        let read = serde_json::from_str(&object.json).unwrap_or_default();
        objects.insert(object.id, read);
        Ok::<_, StoreError>(())
    })?;
    Ok(objects)
}

/// Month and year in which cards end, by payment method.
fn expiries(view: &Reader, account: AccountId) -> Result<BTreeMap<String, String>, StoreError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Method {
        card: Option<Card>,
    }
    #[derive(Deserialize)]
    struct Card {
        exp_month: u8,
        exp_year: u16,
    }
    let methods: BTreeMap<String, Method> = all(view, account, "payment_method")?;
    let expiry = |(id, method): (String, Method)| {
        let card = method.card?;
        Some((id, format!("{:02}/{}", card.exp_month, card.exp_year)))
    };
    Ok(methods.into_iter().filter_map(expiry).collect())
}

fn bills(view: &Reader, account: AccountId) -> Result<BTreeMap<String, Bills>, StoreError> {
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

/// The id in a field that holds either the id or the whole object.
fn id_of(value: Option<&Value>) -> Option<&str> {
    let value = value?;
    value.as_str().or_else(|| value.get("id")?.as_str())
}

/// A moment as Stripe writes it.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let seconds = Option::<i64>::deserialize(deserializer)?;
    Ok(seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()))
}
