use crate::{
    OwnProperty, PropertyKind,
    own::{mark, own},
    summary::MOVEMENTS,
};

/// The unique property that ties an event record to its movement.
pub const EVENT_ID: &str = "clearsync_event_id";

const CHANGES: &[(&str, &str)] = &[
    ("cancellation", "Cancellation"),
    ("plan", "Plan change"),
    ("price", "Price change"),
    ("quantity", "Quantity change"),
    ("other", "Other"),
];

const SOURCES: &[(&str, &str)] = &[
    ("event", "Stripe event"),
    ("dates", "Dates of the subscription"),
    ("invoice", "Rebuilt from an invoice"),
    ("present", "How it stands now"),
    ("other", "Other"),
];

const CONFIDENCES: &[(&str, &str)] = &[("exact", "Exact"), ("reconstructed", "Rebuilt")];

/// The properties of one MRR movement. Days are those of UTC; sums stand in the currency beside them.
pub const EVENT: &[OwnProperty] = &[
    own(
        EVENT_ID,
        "MRR event ID (ClearSync)",
        "The movement this record stands for. Set by ClearSync. Do not edit.",
        PropertyKind::UniqueText,
    ),
    mark(100, 100),
    own(
        "clearsync_name",
        "Name (ClearSync)",
        "What happened to whom.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_customer_name",
        "Customer name (ClearSync)",
        "The name in Stripe.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_customer_email",
        "Customer e-mail (ClearSync)",
        "The billing e-mail in Stripe.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_event_date",
        "Event date (ClearSync)",
        "When the change took effect.",
        PropertyKind::Date,
    ),
    own(
        "clearsync_event_type",
        "Event MRR type (ClearSync)",
        "What kind of movement it is.",
        PropertyKind::Choice(MOVEMENTS),
    ),
    own(
        "clearsync_change_type",
        "Change type (ClearSync)",
        "What caused it.",
        PropertyKind::Choice(CHANGES),
    ),
    own(
        "clearsync_effective_date",
        "Effective date (ClearSync)",
        "For a planned cancellation, when the end comes.",
        PropertyKind::Date,
    ),
    own(
        "clearsync_previous_quantity",
        "Previous quantity (ClearSync)",
        "Before.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_updated_quantity",
        "Updated quantity (ClearSync)",
        "After.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_previous_mrr",
        "Previous MRR (ClearSync)",
        "Before.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_updated_mrr",
        "Updated MRR (ClearSync)",
        "After.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_mrr_change",
        "MRR change (ClearSync)",
        "Updated less previous.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_arr_change",
        "ARR change (ClearSync)",
        "Twelve times the MRR change.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_previous_list_mrr",
        "Previous list MRR (ClearSync)",
        "Before, without discounts.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_updated_list_mrr",
        "Updated list MRR (ClearSync)",
        "After, without discounts.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_discount_change",
        "Discount part of the change (ClearSync)",
        "What of the change comes from discounts.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_currency",
        "Currency (ClearSync)",
        "The ISO code of the currency of all sums.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_company_previous_mrr",
        "Previous MRR in company currency (ClearSync)",
        "Before, in the portal's currency.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_company_updated_mrr",
        "Updated MRR in company currency (ClearSync)",
        "After, in the portal's currency.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_company_mrr_change",
        "MRR change in company currency (ClearSync)",
        "In the portal's currency.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_exchange_change",
        "Exchange part of the change (ClearSync)",
        "What of the change comes from exchange rates.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_product_name",
        "Product name (ClearSync)",
        "What is subscribed to after it.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_previous_product_name",
        "Previous product name (ClearSync)",
        "Before.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_updated_product_name",
        "Updated product name (ClearSync)",
        "After.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_previous_interval",
        "Previous billing interval (ClearSync)",
        "Before.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_updated_interval",
        "Updated billing interval (ClearSync)",
        "After.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_interval_days",
        "Billing interval days (ClearSync)",
        "How many days the period has.",
        PropertyKind::Number,
    ),
    own(
        "clearsync_previous_coupon",
        "Previous coupon (ClearSync)",
        "Before.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_updated_coupon",
        "Updated coupon (ClearSync)",
        "After.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_customer_id",
        "Stripe customer ID (ClearSync)",
        "Who pays.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_related_subscription_id",
        "Related Stripe subscription ID (ClearSync)",
        "The subscription that moved.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_stripe_event_id",
        "Stripe event ID (ClearSync)",
        "The event it was told by, where one was.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_invoice_id",
        "Stripe invoice ID (ClearSync)",
        "The invoice it was rebuilt from, where one was.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_payment_method",
        "Stripe payment method (ClearSync)",
        "How it is paid.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_reason_code",
        "Reason (ClearSync)",
        "Why the subscription ended, where it is known.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_source",
        "Source (ClearSync)",
        "Where the knowledge comes from.",
        PropertyKind::Choice(SOURCES),
    ),
    own(
        "clearsync_confidence",
        "Confidence (ClearSync)",
        "Whether it is exact or rebuilt.",
        PropertyKind::Choice(CONFIDENCES),
    ),
    own(
        "clearsync_mrr_policy",
        "MRR policy (ClearSync)",
        "The rules the MRR was counted by, and their version.",
        PropertyKind::Text,
    ),
    own(
        "clearsync_last_synced",
        "Last synced (ClearSync)",
        "When ClearSync last changed this record.",
        PropertyKind::DateTime,
    ),
];
