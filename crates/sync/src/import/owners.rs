//! Whose an object is, read from its JSON without reading the rest.

use std::borrow::Cow;

use clearsync_store::Object;
use clearsync_stripe::object::{Item, Kind};
use serde::Deserialize;

/// The customer and the subscription an object belongs to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Owners {
    pub(super) customer: Option<String>,
    pub(super) subscription: Option<String>,
}

impl Owners {
    /// Reads them in the shapes before and since 2025-03-31.basil. What cannot be read belongs to nobody.
    pub(super) fn of(json: &str) -> Self {
        let Ok(head) = serde_json::from_str::<Head<'_>>(json) else {
            return Self::default();
        };
        let details = head.parent.and_then(|parent| parent.subscription_details);
        let parent = details.and_then(|details| details.subscription);
        Self {
            customer: head.customer.and_then(Reference::id),
            subscription: head
                .subscription
                .and_then(Reference::id)
                .or_else(|| parent.and_then(Reference::id)),
        }
    }

    /// The row to keep for `item`.
    pub(super) fn row<'a>(&'a self, kind: Kind, item: &'a Item) -> Object<'a> {
        Object {
            kind: kind.object(),
            id: &item.id,
            customer: self.customer.as_deref(),
            subscription: self.subscription.as_deref(),
            created_s: item.created_at.map(jiff::Timestamp::as_second),
            json: item.json.get(),
        }
    }
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    customer: Option<Reference<'a>>,
    #[serde(borrow, default)]
    subscription: Option<Reference<'a>>,
    #[serde(borrow, default)]
    parent: Option<Parent<'a>>,
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

    fn owners(customer: Option<&str>, subscription: Option<&str>) -> Owners {
        Owners {
            customer: customer.map(ToOwned::to_owned),
            subscription: subscription.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn are_found_in_every_shape() {
        for (json, expected) in [
            (
                r#"{"customer":"cus_1","subscription":"sub_1"}"#,
                owners(Some("cus_1"), Some("sub_1")),
            ),
            (
                r#"{"customer":{"id":"cus_1","name":"A"},"parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1"}}}"#,
                owners(Some("cus_1"), Some("sub_1")),
            ),
            (
                r#"{"customer":null,"parent":{"subscription_details":null,"quote_details":{}},"subscription":null}"#,
                owners(None, None),
            ),
            (r#"{"customer":7,"subscription":["x"]}"#, owners(None, None)),
            (r#"{"customer":"cus_\u0031"}"#, owners(Some("cus_1"), None)),
            ("[]", owners(None, None)),
        ] {
            assert_eq!(Owners::of(json), expected, "{json}");
        }
    }
}
