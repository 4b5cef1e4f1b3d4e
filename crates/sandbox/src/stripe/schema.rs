/// How Stripe shows a field of an object: what may be expanded, what is cut, what shows only when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The id of an object of a kind, or a list of such ids; the objects themselves when expanded.
    Reference(&'static str),
    /// Always a whole object of a kind.
    Object(&'static str),
    /// A list inside the object, cut at ten entries.
    List(&'static str),
    /// A plain field that shows only when expanded.
    OnDemand,
    /// A list that shows only when expanded: the objects of a kind whose field, named second, holds this object's id.
    Owned(&'static str, &'static str),
}

/// A field by its dotted path.
pub(super) type Field = (&'static str, Shape);

use Shape::{List, Object, OnDemand, Owned, Reference};

/// The fields of a kind of object that are not simply shown as they are. Read from the object reference of version
/// 2026-05-27.dahlia: an expandable field is one that is either an id or an object.
pub(super) fn fields(kind: &str) -> &'static [Field] {
    SCHEMA
        .iter()
        .find(|(of, _)| *of == kind)
        .map_or(&[], |(_, fields)| *fields)
}

const SCHEMA: &[(&str, &[Field])] = &[
    ("account", &[("external_accounts", OnDemand)]),
    (
        "application_fee",
        &[
            ("account", Reference("account")),
            ("balance_transaction", Reference("balance_transaction")),
            ("charge", Reference("charge")),
            ("originating_transaction", Reference("charge")),
        ],
    ),
    (
        "charge",
        &[
            ("application_fee", Reference("application_fee")),
            ("balance_transaction", Reference("balance_transaction")),
            ("customer", Reference("customer")),
            ("on_behalf_of", Reference("account")),
            ("payment_intent", Reference("payment_intent")),
            ("refunds", Owned("refund", "charge")),
            ("review", Reference("review")),
            ("source_transfer", Reference("transfer")),
            ("transfer", Reference("transfer")),
        ],
    ),
    (
        "coupon",
        &[("applies_to", OnDemand), ("currency_options", OnDemand)],
    ),
    (
        "credit_note",
        &[
            ("customer", Reference("customer")),
            ("discount_amounts.discount", Reference("discount")),
            ("invoice", Reference("invoice")),
            ("lines", List("credit_note_line_item")),
        ],
    ),
    ("customer", CUSTOMER),
    (
        "discount",
        &[
            ("customer", Reference("customer")),
            ("promotion_code", Reference("promotion_code")),
            ("source.coupon", Reference("coupon")),
        ],
    ),
    (
        "dispute",
        &[
            ("charge", Reference("charge")),
            ("payment_intent", Reference("payment_intent")),
        ],
    ),
    ("invoice", INVOICE),
    (
        "invoice_payment",
        &[
            ("invoice", Reference("invoice")),
            ("payment.charge", Reference("charge")),
            ("payment.payment_intent", Reference("payment_intent")),
        ],
    ),
    (
        "invoiceitem",
        &[
            ("customer", Reference("customer")),
            ("discounts", Reference("discount")),
            ("invoice", Reference("invoice")),
            ("pricing.price_details.price", Reference("price")),
            ("test_clock", Reference("test_helpers.test_clock")),
        ],
    ),
    (
        "line_item",
        &[
            ("discount_amounts.discount", Reference("discount")),
            ("discounts", Reference("discount")),
            ("pricing.price_details.price", Reference("price")),
            ("subscription", Reference("subscription")),
        ],
    ),
    (
        "payment_intent",
        &[
            ("customer", Reference("customer")),
            ("latest_charge", Reference("charge")),
            ("on_behalf_of", Reference("account")),
            ("payment_method", Reference("payment_method")),
            ("review", Reference("review")),
        ],
    ),
    ("payment_method", &[("customer", Reference("customer"))]),
    (
        "plan",
        &[("product", Reference("product")), ("tiers", OnDemand)],
    ),
    (
        "price",
        &[
            ("currency_options", OnDemand),
            ("product", Reference("product")),
            ("tiers", OnDemand),
        ],
    ),
    ("product", &[("default_price", Reference("price"))]),
    (
        "promotion_code",
        &[
            ("customer", Reference("customer")),
            ("promotion.coupon", Reference("coupon")),
        ],
    ),
    (
        "refund",
        &[
            ("balance_transaction", Reference("balance_transaction")),
            ("charge", Reference("charge")),
            ("payment_intent", Reference("payment_intent")),
        ],
    ),
    ("subscription", SUBSCRIPTION),
    (
        "subscription_item",
        &[
            ("discounts", Reference("discount")),
            ("plan", Object("plan")),
            ("price", Object("price")),
        ],
    ),
    (
        "subscription_schedule",
        &[
            ("customer", Reference("customer")),
            ("subscription", Reference("subscription")),
            ("test_clock", Reference("test_helpers.test_clock")),
        ],
    ),
    (
        "topup",
        &[("balance_transaction", Reference("balance_transaction"))],
    ),
    (
        "transfer",
        &[
            ("balance_transaction", Reference("balance_transaction")),
            ("destination", Reference("account")),
            ("destination_payment", Reference("charge")),
            ("source_transaction", Reference("charge")),
        ],
    ),
];

const CUSTOMER: &[Field] = &[
    ("cash_balance", OnDemand),
    ("default_source", Reference("source")),
    ("discount", Object("discount")),
    ("invoice_credit_balance", OnDemand),
    (
        "invoice_settings.default_payment_method",
        Reference("payment_method"),
    ),
    ("sources", OnDemand),
    ("subscriptions", Owned("subscription", "customer")),
    ("tax", OnDemand),
    ("tax_ids", OnDemand),
    ("test_clock", Reference("test_helpers.test_clock")),
];

const INVOICE: &[Field] = &[
    ("confirmation_secret", OnDemand),
    ("customer", Reference("customer")),
    ("default_payment_method", Reference("payment_method")),
    ("default_source", Reference("source")),
    ("discounts", Reference("discount")),
    ("from_invoice.invoice", Reference("invoice")),
    ("latest_revision", Reference("invoice")),
    ("lines", List("line_item")),
    ("on_behalf_of", Reference("account")),
    (
        "parent.subscription_details.subscription",
        Reference("subscription"),
    ),
    ("payments", Owned("invoice_payment", "invoice")),
    ("test_clock", Reference("test_helpers.test_clock")),
    ("total_discount_amounts.discount", Reference("discount")),
];

const SUBSCRIPTION: &[Field] = &[
    ("customer", Reference("customer")),
    ("default_payment_method", Reference("payment_method")),
    ("default_source", Reference("source")),
    ("discounts", Reference("discount")),
    ("items", List("subscription_item")),
    ("latest_invoice", Reference("invoice")),
    ("on_behalf_of", Reference("account")),
    ("pending_setup_intent", Reference("setup_intent")),
    ("schedule", Reference("subscription_schedule")),
    ("test_clock", Reference("test_helpers.test_clock")),
];
