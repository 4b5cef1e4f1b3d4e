//! What is known of each subscription: its figure, and what its objects say beside it.

use std::collections::BTreeMap;

use clearsync_billing::Figure as Explained;
use clearsync_store::{AccountId, Figure, Reader, StoreError, StoredObject};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

use super::bills::{Bills, bills};
use crate::{
    derive::{LastMovement, SubscriptionFacts},
    view::{MetadataKey, MetadataOwner},
};

/// A subscription with everything that is written of it.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) figure: Figure,
    /// The figure with its derivation; `None` when another version worked it out.
    pub(crate) explained: Option<Explained>,
    /// The last movement of its MRR, where movements are asked for.
    pub(crate) last_movement: Option<LastMovement>,
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
    pub(crate) name: Option<String>,
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

/// What is sold, also at times past.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalogue {
    /// By product.
    pub(crate) product_names: BTreeMap<String, String>,
    /// By coupon.
    pub(crate) coupon_names: BTreeMap<String, String>,
    /// How often a price is charged, such as `month` or `3 months`.
    pub(crate) intervals: BTreeMap<String, String>,
}

/// Subscriptions, and what they are and were for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subscriptions {
    /// Every one that has a figure, by id.
    pub(crate) by_id: BTreeMap<String, Subscription>,
    pub(crate) catalogue: Catalogue,
}

/// Loads every subscription that has a figure. `with_bills` looks through the invoices too.
pub(crate) fn load(
    view: &Reader,
    account: AccountId,
    with_bills: bool,
) -> Result<Subscriptions, StoreError> {
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
            explained: Explained::deserialize(&figure.explanation).ok(),
            last_movement: None,
            details,
            items,
            facts,
            figure,
        };
        subscriptions.insert(subscription.figure.subscription.clone(), subscription);
    }
    Ok(Subscriptions {
        by_id: subscriptions,
        catalogue: Catalogue::of(products, coupons, &prices),
    })
}

impl Catalogue {
    fn of(
        products: BTreeMap<String, Product>,
        coupons: BTreeMap<String, Coupon>,
        prices: &BTreeMap<String, Price>,
    ) -> Self {
        let name = |(id, product): (String, Product)| Some((id, product.name?));
        let coupon_name = |(id, coupon): (String, Coupon)| Some((id, coupon.name?));
        let interval = |(id, price): (&String, &Price)| {
            let interval = price.recurring.as_ref()?.in_words()?;
            Some((id.clone(), interval))
        };
        Self {
            product_names: products.into_iter().filter_map(name).collect(),
            coupon_names: coupons.into_iter().filter_map(coupon_name).collect(),
            intervals: prices.iter().filter_map(interval).collect(),
        }
    }
}

impl Recurring {
    /// Such as `month` or `3 months`.
    fn in_words(&self) -> Option<String> {
        let unit = self.interval.as_ref()?;
        Some(match self.interval_count.unwrap_or(1) {
            1 => unit.clone(),
            count => format!("{count} {unit}s"),
        })
    }
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
    /// The rules its figure was worked out by, with their version.
    pub(crate) fn policy(&self) -> Option<String> {
        let (policy, version) = &self.explained.as_ref()?.derivation.policy;
        Some(format!("{policy}, version {version}"))
    }

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

/// The id in a field that holds either the id or the whole object.
pub(super) fn id_of(value: Option<&Value>) -> Option<&str> {
    let value = value?;
    value.as_str().or_else(|| value.get("id")?.as_str())
}

/// A moment as Stripe writes it.
pub(super) fn seconds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let seconds = Option::<i64>::deserialize(deserializer)?;
    Ok(seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()))
}
