//! What was missing or assumed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Currency, DiscountId, ItemId, PriceId};

/// Something a figure could not know, and what was assumed instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// A word of Stripe's in `field` that ClearSync does not know.
    UnknownWord {
        /// Where it stood.
        field: String,
        /// The word.
        word: String,
    },
    /// A field that should be there is not; what follows from it counts as nothing.
    Missing {
        /// Which.
        field: String,
    },
    /// A field holds something that cannot be read; it was left out.
    Unreadable {
        /// Which.
        field: String,
    },
    /// The price's amount or tiers are not in the data; the item counts 0.
    AmountUnknown {
        /// Which price.
        price: PriceId,
    },
    /// The price is not sold in the subscription's currency; the item counts 0.
    NotSoldIn {
        /// Which price.
        price: PriceId,
        /// The subscription's currency.
        currency: Currency,
    },
    /// The price has no interval: a one-time price counts 0.
    OneTime {
        /// Which price.
        price: PriceId,
    },
    /// The item has no quantity; 1 was assumed.
    QuantityAssumed {
        /// Which item.
        item: ItemId,
    },
    /// Usage is measured, and the policy leaves it out.
    MeteredLeftOut {
        /// Which item.
        item: ItemId,
    },
    /// Usage is measured and no closed period is known; it counts 0.
    UsageUnknown {
        /// Which item.
        item: ItemId,
    },
    /// The coupon of a discount is not in the data; nothing was taken off.
    CouponUnknown {
        /// Which discount.
        discount: DiscountId,
    },
    /// The coupon takes off an amount in other currencies only; nothing was taken off.
    CouponNotIn {
        /// Which discount.
        discount: DiscountId,
        /// The subscription's currency.
        currency: Currency,
    },
    /// A fixed amount off a subscription whose items are billed in different rhythms: it was taken off the items
    /// billed most often.
    MixedIntervals {
        /// Which discount.
        discount: DiscountId,
    },
    /// The price includes tax and no rate is known; the whole amount was counted.
    TaxUnknown {
        /// Which item.
        item: ItemId,
    },
    /// The price is not in the data; its interval was read from the length of the billed period.
    IntervalAssumed {
        /// Which item.
        item: ItemId,
    },
    /// Two fields contradict each other; what was assumed is said.
    Contradiction {
        /// What was found and what was assumed.
        what: String,
    },
}

impl Note {
    /// Whether a person should look at it, because the figure may be wrong.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        !matches!(
            self,
            Self::MeteredLeftOut { .. } | Self::OneTime { .. } | Self::MixedIntervals { .. }
        )
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownWord { field, word } => {
                write!(
                    f,
                    "Stripe says “{word}” in {field}, which ClearSync does not know."
                )
            }
            Self::Missing { field } => write!(f, "{field} is missing in Stripe's data."),
            Self::Unreadable { field } => write!(f, "{field} could not be read and was left out."),
            Self::AmountUnknown { price } => {
                write!(
                    f,
                    "The amount of price {price} is not known, so it counts 0."
                )
            }
            Self::NotSoldIn { price, currency } => {
                write!(
                    f,
                    "Price {price} has no amount in {currency}, so it counts 0."
                )
            }
            Self::OneTime { price } => write!(f, "Price {price} is charged once, so it counts 0."),
            Self::QuantityAssumed { item } => {
                write!(f, "Item {item} has no quantity; 1 was assumed.")
            }
            Self::MeteredLeftOut { item } => {
                write!(
                    f,
                    "Item {item} is billed by usage, which the policy leaves out."
                )
            }
            Self::UsageUnknown { item } => {
                write!(
                    f,
                    "Item {item} is billed by usage and no closed period is known, so it counts 0."
                )
            }
            Self::CouponUnknown { discount } => {
                write!(
                    f,
                    "The coupon of discount {discount} is not known, so nothing was taken off."
                )
            }
            Self::CouponNotIn { discount, currency } => {
                write!(
                    f,
                    "Discount {discount} has no amount in {currency}, so nothing was taken off."
                )
            }
            Self::MixedIntervals { discount } => write!(
                f,
                "Discount {discount} was taken off the items billed most often, because the items have different intervals."
            ),
            Self::TaxUnknown { item } => write!(
                f,
                "The price of item {item} includes tax and the rate is not known, so the whole amount was counted."
            ),
            Self::IntervalAssumed { item } => write!(
                f,
                "The price of item {item} is not known; its interval was read from the length of the billed period."
            ),
            Self::Contradiction { what } => f.write_str(what),
        }
    }
}
