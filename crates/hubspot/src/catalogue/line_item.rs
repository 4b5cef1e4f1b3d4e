use crate::{
    OwnProperty, PropertyKind,
    own::{mark, own},
};

/// The unique property that ties a line item to its Stripe subscription item.
pub const LINE_ITEM_ID: &str = "clearsync_line_item_id";

/// The properties of one part of a subscription, on its deal's line item.
pub const LINE_ITEM: &[OwnProperty] = &[
    own(
        LINE_ITEM_ID,
        "Stripe subscription item ID (ClearSync)",
        "The part of a subscription this record stands for. Set by ClearSync. Do not edit.",
        PropertyKind::UniqueText,
    ),
    mark(100, 100),
    own(
        "clearsync_related_subscription_id",
        "Stripe subscription ID (ClearSync)",
        "The subscription it is part of.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_price_id",
        "Stripe price ID (ClearSync)",
        "Its price.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_currency",
        "Currency (ClearSync)",
        "The ISO code of the price.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_last_synced",
        "Last synced (ClearSync)",
        "When ClearSync last changed this record.",
        PropertyKind::DateTime,
    ),
];
