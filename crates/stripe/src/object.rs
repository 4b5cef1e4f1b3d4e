//! The kinds of object that are read, and one object of them as it came.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::catalog::Held;

/// A kind of Stripe object that `ClearSync` reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `customer`
    Customer,
    /// `subscription`
    Subscription,
    /// `invoice`
    Invoice,
    /// `invoice_payment`: what paid an invoice.
    InvoicePayment,
    /// `credit_note`
    CreditNote,
    /// `price`
    Price,
    /// `product`
    Product,
    /// `coupon`
    Coupon,
    /// `charge`
    Charge,
    /// `payment_intent`
    PaymentIntent,
    /// `payment_method`
    PaymentMethod,
    /// `account`: a connected account.
    Account,
    /// `application_fee`
    ApplicationFee,
    /// `transfer`
    Transfer,
    /// `topup`
    TopUp,
}

/// Something that a list can hold whole instead of by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expand {
    /// The path within the object. Stripe documents four levels at most, of which a list's `data` is one; that is why
    /// tiers can be had with prices but not with subscriptions.
    pub(crate) path: &'static str,
    /// The row of the catalogue whose permission it needs beside the list's own.
    pub(crate) needs: Option<&'static str>,
}

const COUPONS: Option<&str> = Some("coupons");

impl Kind {
    /// Every kind, in the order in which an import wants them.
    pub const ALL: [Self; 15] = [
        Self::Product,
        Self::Price,
        Self::Coupon,
        Self::Customer,
        Self::Subscription,
        Self::Invoice,
        Self::InvoicePayment,
        Self::CreditNote,
        Self::Charge,
        Self::PaymentIntent,
        Self::PaymentMethod,
        Self::Account,
        Self::ApplicationFee,
        Self::Transfer,
        Self::TopUp,
    ];

    /// The kind that Stripe calls `object` in its JSON.
    #[must_use]
    pub fn from_object(object: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.object() == object)
    }

    /// What Stripe calls the kind in its JSON.
    #[must_use]
    pub fn object(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Subscription => "subscription",
            Self::Invoice => "invoice",
            Self::InvoicePayment => "invoice_payment",
            Self::CreditNote => "credit_note",
            Self::Price => "price",
            Self::Product => "product",
            Self::Coupon => "coupon",
            Self::Charge => "charge",
            Self::PaymentIntent => "payment_intent",
            Self::PaymentMethod => "payment_method",
            Self::Account => "account",
            Self::ApplicationFee => "application_fee",
            Self::Transfer => "transfer",
            Self::TopUp => "topup",
        }
    }

    /// The row of the catalogue whose permission the kind needs.
    #[must_use]
    pub fn row_id(self) -> &'static str {
        match self {
            Self::Customer => "customers",
            Self::Subscription => "subscriptions",
            // Stripe documents that reading invoices brings credit notes along; payments of invoices belong to them.
            Self::Invoice | Self::InvoicePayment | Self::CreditNote => "invoices",
            Self::Price => "prices",
            Self::Product => "products",
            Self::Coupon => "coupons",
            Self::Charge => "charges",
            Self::PaymentIntent => "payment_intents",
            Self::PaymentMethod => "payment_methods",
            Self::Account => "accounts",
            Self::ApplicationFee => "application_fees",
            Self::Transfer => "transfers",
            Self::TopUp => "top_ups",
        }
    }

    /// Whether Stripe can filter the list by `created`.
    #[must_use]
    pub fn is_filtered_by_time(self) -> bool {
        self != Self::PaymentMethod
    }

    pub(crate) fn list_path(self) -> &'static str {
        self.object_path().trim_end_matches("/{id}")
    }

    pub(crate) fn object_path(self) -> &'static str {
        match self {
            Self::Customer => "/v1/customers/{id}",
            Self::Subscription => "/v1/subscriptions/{id}",
            Self::Invoice => "/v1/invoices/{id}",
            Self::InvoicePayment => "/v1/invoice_payments/{id}",
            Self::CreditNote => "/v1/credit_notes/{id}",
            Self::Price => "/v1/prices/{id}",
            Self::Product => "/v1/products/{id}",
            Self::Coupon => "/v1/coupons/{id}",
            Self::Charge => "/v1/charges/{id}",
            Self::PaymentIntent => "/v1/payment_intents/{id}",
            Self::PaymentMethod => "/v1/payment_methods/{id}",
            Self::Account => "/v1/accounts/{id}",
            Self::ApplicationFee => "/v1/application_fees/{id}",
            Self::Transfer => "/v1/transfers/{id}",
            Self::TopUp => "/v1/topups/{id}",
        }
    }

    /// Whether a key that holds this is given everything that objects of this kind should hold.
    #[must_use]
    pub fn is_whole_with(self, held: &Held) -> bool {
        let given = |expand: &Expand| expand.needs.is_none_or(|row| held.has(row));
        self.expands().iter().all(given)
    }

    pub(crate) fn expands(self) -> &'static [Expand] {
        match self {
            Self::Customer => &[Expand {
                path: "discount.source.coupon",
                needs: COUPONS,
            }],
            Self::Subscription => &[
                Expand {
                    path: "discounts.source.coupon",
                    needs: COUPONS,
                },
                Expand {
                    path: "items.data.discounts",
                    needs: COUPONS,
                },
            ],
            Self::Invoice => &[Expand {
                path: "discounts.source.coupon",
                needs: COUPONS,
            }],
            // Stripe leaves these out unless they are asked for.
            Self::Price => &[
                Expand {
                    path: "tiers",
                    needs: None,
                },
                Expand {
                    path: "currency_options",
                    needs: None,
                },
            ],
            Self::Coupon => &[
                Expand {
                    path: "applies_to",
                    needs: None,
                },
                Expand {
                    path: "currency_options",
                    needs: None,
                },
            ],
            _ => &[],
        }
    }
}

/// One object as it came, with what is needed to place it.
#[derive(Debug, Clone)]
pub struct Item {
    /// The object's id.
    pub id: String,
    /// When it was created, to the second.
    pub created_at: Option<Timestamp>,
    /// The customer it belongs to.
    pub customer: Option<String>,
    /// The subscription it belongs to.
    pub subscription: Option<String>,
    /// Whether a list inside it was cut.
    pub(crate) is_cut: bool,
    /// The whole object.
    pub json: Box<RawValue>,
}

impl Item {
    /// Reads what it needs to be placed, and nothing else; `None` when there is no id. Its owners are read in the shapes
    /// before and since 2025-03-31.basil; where they cannot be read it belongs to nobody.
    pub(crate) fn read(json: Box<RawValue>) -> Option<Self> {
        let head: Head<'_> = match serde_json::from_str(json.get()) {
            Ok(head) => head,
            Err(_) => serde_json::from_str::<Essentials<'_>>(json.get())
                .ok()?
                .into(),
        };
        let details = head.parent.and_then(|parent| parent.subscription_details);
        let parent = details.and_then(|details| details.subscription);
        let subscription = head.subscription.and_then(Reference::id);
        Some(Self {
            id: head.id.into_owned(),
            created_at: head
                .created
                .and_then(|second| Timestamp::from_second(second).ok()),
            customer: head.customer.and_then(Reference::id),
            subscription: subscription.or_else(|| parent.and_then(Reference::id)),
            is_cut: [head.lines, head.items]
                .into_iter()
                .flatten()
                .any(|list| list.has_more),
            json,
        })
    }
}

/// What is read of an object before it is kept.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    created: Option<i64>,
    #[serde(borrow, default)]
    customer: Option<Reference<'a>>,
    #[serde(borrow, default)]
    subscription: Option<Reference<'a>>,
    #[serde(borrow, default)]
    parent: Option<Parent<'a>>,
    #[serde(default)]
    lines: Option<ListObject>,
    #[serde(default)]
    items: Option<ListObject>,
}

/// What is read of an object with something odd in it.
#[derive(Deserialize)]
struct Essentials<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    created: Option<i64>,
}

impl<'a> From<Essentials<'a>> for Head<'a> {
    fn from(essentials: Essentials<'a>) -> Self {
        Self {
            id: essentials.id,
            created: essentials.created,
            customer: None,
            subscription: None,
            parent: None,
            lines: None,
            items: None,
        }
    }
}

#[derive(Deserialize)]
struct ListObject {
    #[serde(default)]
    has_more: bool,
}

#[derive(Deserialize)]
struct Parent<'a> {
    #[serde(borrow, default)]
    subscription_details: Option<SubscriptionDetails<'a>>,
}

#[derive(Deserialize)]
struct SubscriptionDetails<'a> {
    #[serde(borrow, default)]
    subscription: Option<Reference<'a>>,
}

/// An id, or the whole object where it was expanded.
#[derive(Deserialize)]
#[serde(untagged)]
enum Reference<'a> {
    Id(#[serde(borrow)] Cow<'a, str>),
    Whole {
        #[serde(borrow)]
        id: Cow<'a, str>,
    },
    Other(serde::de::IgnoredAny),
}

impl Reference<'_> {
    fn id(self) -> Option<String> {
        match self {
            Self::Id(id) | Self::Whole { id } => Some(id.into_owned()),
            Self::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn owners_are_found_in_every_shape() {
        for (json, customer, subscription) in [
            (
                r#"{"id":"x","customer":"cus_1","subscription":"sub_1"}"#,
                Some("cus_1"),
                Some("sub_1"),
            ),
            (
                r#"{"id":"x","customer":{"id":"cus_1","name":"A"},"parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1"}}}"#,
                Some("cus_1"),
                Some("sub_1"),
            ),
            (
                r#"{"id":"x","customer":null,"parent":{"subscription_details":null,"quote_details":{}},"subscription":null}"#,
                None,
                None,
            ),
            (
                r#"{"id":"x","customer":7,"subscription":["x"]}"#,
                None,
                None,
            ),
            (r#"{"id":"x","customer":"cus_\u0031"}"#, Some("cus_1"), None),
            (
                r#"{"id":"x","customer":"cus_1","parent":"odd"}"#,
                None,
                None,
            ),
        ] {
            let item = Item::read(RawValue::from_string(json.to_owned()).unwrap()).unwrap();
            let found = (item.customer.as_deref(), item.subscription.as_deref());
            assert_eq!(found, (customer, subscription), "{json}");
        }
        let nobody = RawValue::from_string("[]".to_owned()).unwrap();
        assert!(Item::read(nobody).is_none());
    }

    #[test]
    fn every_kind_has_a_row_and_is_found_by_its_name() {
        for kind in Kind::ALL {
            assert!(catalog::row(kind.row_id()).is_some(), "{kind:?}");
            assert_eq!(Kind::from_object(kind.object()), Some(kind));
            for expand in kind.expands() {
                assert!(expand.path.split('.').count() <= 3, "`data` is the fourth");
                assert!(expand.needs.is_none_or(|row| catalog::row(row).is_some()));
            }
        }
    }
}
