//! Stripe's ids, one type for each kind of object.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as Stripe writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// A customer, `cus_…`.
    CustomerId,
    /// A subscription, `sub_…`.
    SubscriptionId,
    /// A subscription item, `si_…`.
    ItemId,
    /// A price, `price_…`, or a plan of the older API.
    PriceId,
    /// A product, `prod_…`.
    ProductId,
    /// A coupon; its id may be any text.
    CouponId,
    /// A discount: a coupon applied to something, `di_…`.
    DiscountId,
    /// An invoice, `in_…`.
    InvoiceId,
    /// A line of an invoice, `il_…`.
    LineId,
    /// An event, `evt_…`.
    EventId,
}
