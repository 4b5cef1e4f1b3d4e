use std::collections::{BTreeMap, HashMap};

use clearsync_billing::{Catalog, Discount, Invoice, SubscriptionId};
use clearsync_store::{AccountId, Reader, StoreError, StoredObject};
use clearsync_stripe::decode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{OBJECT_NOT_UNDERSTOOD, facts::PaymentMethod, not_understood};

/// What many subscriptions share: prices, coupons and the names of products.
pub(super) struct Known {
    pub(super) catalog: Catalog,
    pub(super) product_names: BTreeMap<String, String>,
}

impl Known {
    /// Loads all of it. A price or coupon that cannot be understood is left out; figures that need it say so.
    pub(super) fn load(view: &Reader, account: AccountId) -> Result<Self, StoreError> {
        let mut catalog = Catalog::default();
        let mut product_names = BTreeMap::new();
        view.each_object(account, "price", |object| {
            if let Ok((price, _)) = decode::price(&json_of(&object)) {
                catalog.add_price(price);
            }
            Ok::<_, StoreError>(())
        })?;
        view.each_object(account, "coupon", |object| {
            if let Ok(coupon) = decode::coupon(&json_of(&object)) {
                catalog.add_coupon(coupon);
            }
            Ok::<_, StoreError>(())
        })?;
        view.each_object(account, "product", |object| {
            if let Some(name) = text(&json_of(&object), "name") {
                product_names.insert(object.id, name);
            }
            Ok::<_, StoreError>(())
        })?;
        Ok(Self {
            catalog,
            product_names,
        })
    }

    /// Takes in the discounts that a customer and its invoices name. Ids are Stripe's, so that none is ever another's.
    pub(super) fn learn(&mut self, customer: &Customer) {
        for discount in &customer.billed_discounts {
            self.catalog.add_discount(discount.clone());
        }
        if let Some(discount) = &customer.discount {
            let id = customer.id.as_str().into();
            self.catalog.add_customer_discount(id, discount.clone());
        }
    }

    /// Takes in a discount that an event told of.
    pub(super) fn learn_discount(&mut self, told: Option<&Value>) {
        let discount = told.filter(|told| told["object"] == "discount");
        if let Some(Ok(discount)) = discount.map(decode::discount) {
            self.catalog.add_discount(discount);
        }
    }

    /// Takes in the discounts written out in a subscription and its items.
    pub(super) fn learn_discounts(&mut self, subscription: &Value) {
        let items = subscription
            .pointer("/items/data")
            .and_then(Value::as_array);
        for owner in items.into_iter().flatten().chain([subscription]) {
            for discount in discounts_of(owner) {
                self.catalog.add_discount(discount);
            }
        }
    }
}

/// The discounts written out in an object. Those of which only the id is said are passed over.
fn discounts_of(owner: &Value) -> impl Iterator<Item = Discount> {
    let listed = owner.get("discounts").and_then(Value::as_array);
    let all = listed.into_iter().flatten().chain(owner.get("discount"));
    all.filter(|discount| discount.is_object())
        .filter_map(|discount| decode::discount(discount).ok())
}

/// A customer and what was billed to it.
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) deleted: bool,
    pub(super) discount: Option<Discount>,
    pub(super) default_payment_method: Option<String>,
    pub(super) payment_methods: BTreeMap<String, PaymentMethod>,
    pub(super) bills: Vec<Bill>,
    /// By subscription, oldest first; those of no subscription are left out.
    pub(super) invoices: HashMap<SubscriptionId, Vec<Invoice>>,
    /// Discounts written out in the invoices.
    pub(super) billed_discounts: Vec<Discount>,
    pub(super) problems: Vec<(&'static str, Value)>,
}

/// What the sums need of an invoice. Everything may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Bill {
    pub(super) status: Option<String>,
    pub(super) currency: Option<String>,
    pub(super) amount_paid: Option<i64>,
    pub(super) amount_remaining: Option<i64>,
}

impl Bill {
    pub(super) fn is(&self, status: &str) -> bool {
        self.status.as_deref() == Some(status)
    }
}

impl Customer {
    /// Loads the customer; one that the key may not read has only its id.
    pub(super) fn load(view: &Reader, account: AccountId, id: &str) -> Result<Self, StoreError> {
        let object = view.object(account, "customer", id)?;
        let value = object.as_ref().map_or(Value::Null, json_of);
        let mut problems = Vec::new();
        let (mut bills, mut billed_discounts) = (Vec::new(), Vec::new());
        let mut invoices: HashMap<SubscriptionId, Vec<Invoice>> = HashMap::new();
        let mut unread = Vec::new();
        for object in view.objects_of_customer(account, id, "invoice")? {
            let value = essence(&object.json);
            match (Bill::deserialize(&value), decode::invoice(&value)) {
                (Ok(bill), Ok(invoice)) => {
                    bills.push(bill);
                    if let Some(subscription) = invoice.subscription.clone() {
                        invoices.entry(subscription).or_default().push(invoice);
                    }
                    billed_discounts.extend(discounts_of(&value));
                }
                _ => unread.push(object.id),
            }
        }
        if !unread.is_empty() {
            let params = json!({ "kind": "invoice", "ids": unread });
            problems.push((OBJECT_NOT_UNDERSTOOD, params));
        }
        let discount = match value.get("discount").filter(|discount| !discount.is_null()) {
            None => None,
            Some(_) => decode::customer_discount(&value).unwrap_or_else(|error| {
                problems.push(not_understood("customer", &error));
                None
            }),
        };
        let payment_methods = view
            .objects_of_customer(account, id, "payment_method")?
            .into_iter()
            .filter_map(|object| {
                let method = PaymentMethod::of(&json_of(&object))?;
                Some((object.id, method))
            })
            .collect();
        let default = value.pointer("/invoice_settings/default_payment_method");
        Ok(Self {
            id: id.to_owned(),
            name: text(&value, "name"),
            email: text(&value, "email"),
            deleted: object.is_some_and(|object| object.deleted_at.is_some()),
            discount: discount.map(|(_, discount)| discount),
            default_payment_method: default.and_then(Value::as_str).map(ToOwned::to_owned),
            payment_methods,
            bills,
            invoices,
            billed_discounts,
            problems,
        })
    }

    /// How it pays: by its default, or else by the only method it has.
    pub(super) fn pays_by(&self) -> Option<&PaymentMethod> {
        let default = self.default_payment_method.as_ref();
        let only = || {
            let mut methods = self.payment_methods.values();
            methods.next().filter(|_| methods.next().is_none())
        };
        default
            .and_then(|id| self.payment_methods.get(id))
            .or_else(only)
    }
}

/// Text in a field; empty text is none.
fn text(value: &Value, field: &str) -> Option<String> {
    let text = value.get(field)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// An invoice, a subscription or an event as far as it is read.
pub(super) fn essence(json: &str) -> Value {
    decode::essence(json).unwrap_or(Value::Null)
}

fn json_of(object: &StoredObject) -> Value {
    serde_json::from_str(&object.json).unwrap_or(Value::Null)
}
