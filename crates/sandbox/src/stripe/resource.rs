/// A kind of object with its endpoints under `/v1/{path}`.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) path: &'static str,
    pub(super) kind: &'static str,
    /// The permission that guards it, without its level.
    pub(super) permission: &'static str,
    /// What the list can be narrowed by, beside the paging parameters.
    pub(super) filters: &'static [Filter],
    /// What creating one needs. `None`: an empty POST creates one, as real Stripe does for these.
    pub(super) required: Option<&'static str>,
}

impl Resource {
    /// How "No such …" calls it.
    pub(super) fn noun(&self) -> &'static str {
        match self.kind {
            "payment_method" => "PaymentMethod",
            "webhook_endpoint" => "webhook endpoint",
            kind => kind,
        }
    }
}

/// One narrowing parameter of a list.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) name: &'static str,
    pub(super) test: Test,
}

/// What a narrowing parameter asks of an object. Field paths are dotted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Test {
    /// The field equals the text, or is an object with that id.
    Is(&'static str),
    /// As [`Test::Is`], one of a fixed set of words.
    OneOf(&'static str, &'static [&'static str]),
    /// The field is the boolean.
    Flag(&'static str),
    /// The field, in seconds, lies in `name[gt|gte|lt|lte]` or equals `name`.
    Span(&'static str),
    /// The id is among the list.
    Ids,
    /// The text is among the list.
    Among(&'static str),
    /// `name[key]` equals the field `name.key`.
    Keyed(&'static str),
    /// A subscription's status, with Stripe's words `all` and `ended`; without it canceled ones are left out.
    SubscriptionStatus,
    /// One of the subscription's items has the price.
    ItemPrice,
    /// The type of an event, `*` standing for the rest.
    EventType,
    /// As [`Test::EventType`], a list of up to 20.
    EventTypes,
    /// Whether all deliveries of the event succeeded.
    Delivered,
    /// `active` of a price: only active ones unless asked otherwise.
    ActivePrice,
}

const CREATED: Filter = span("created");
const CUSTOMER: Filter = is("customer");

const fn is(name: &'static str) -> Filter {
    Filter {
        name,
        test: Test::Is(name),
    }
}

const fn flag(name: &'static str) -> Filter {
    Filter {
        name,
        test: Test::Flag(name),
    }
}

const fn span(name: &'static str) -> Filter {
    Filter {
        name,
        test: Test::Span(name),
    }
}

const fn filter(name: &'static str, test: Test) -> Filter {
    Filter { name, test }
}

const fn one_of(name: &'static str, words: &'static [&'static str]) -> Filter {
    filter(name, Test::OneOf(name, words))
}

const COLLECTION_METHOD: Filter = one_of(
    "collection_method",
    &["charge_automatically", "send_invoice"],
);

const fn resource(
    path: &'static str,
    kind: &'static str,
    permission: &'static str,
    filters: &'static [Filter],
    required: Option<&'static str>,
) -> Resource {
    Resource {
        path,
        kind,
        permission,
        filters,
        required,
    }
}

/// Every kind of object the simulated Stripe knows, one a line.
#[rustfmt::skip]
pub(super) const RESOURCES: &[Resource] = &[
    // What ClearSync reads.
    resource("charges", "charge", "charge", &[CREATED, CUSTOMER, is("payment_intent"), is("transfer_group")], Some("amount")),
    resource("customers", "customer", "customer", &[CREATED, is("email"), is("test_clock")], None),
    resource("events", "event", "event", EVENT_FILTERS, Some("type")),
    resource("payment_intents", "payment_intent", "payment_intent", &[CREATED, CUSTOMER, is("customer_account")], Some("amount")),
    resource("payment_methods", "payment_method", "payment_method", &[CUSTOMER, is("customer_account"), is("type"), is("allow_redisplay")], Some("type")),
    resource("products", "product", "product", &[CREATED, flag("active"), flag("shippable"), is("url"), filter("ids", Test::Ids)], Some("name")),
    resource("coupons", "coupon", "coupon", &[CREATED], Some("duration")),
    resource("invoices", "invoice", "invoice", INVOICE_FILTERS, Some("customer")),
    resource("prices", "price", "plan", PRICE_FILTERS, Some("currency")),
    resource("plans", "plan", "plan", &[CREATED, flag("active"), is("product")], Some("currency")),
    resource("subscriptions", "subscription", "subscription", SUBSCRIPTION_FILTERS, Some("customer")),
    resource("subscription_schedules", "subscription_schedule", "subscription", &[CREATED, CUSTOMER, span("canceled_at"), span("completed_at"), span("released_at"), flag("scheduled")], Some("customer")),
    resource("accounts", "account", "connected_account", &[CREATED], Some("type")),
    resource("application_fees", "application_fee", "application_fee", &[CREATED, is("charge")], Some("charge")),
    resource("transfers", "transfer", "transfer", &[CREATED, is("destination"), is("transfer_group")], Some("currency")),
    resource("topups", "topup", "top_up", &[CREATED, span("amount"), one_of("status", &["canceled", "failed", "pending", "succeeded"])], Some("amount")),
    resource("webhook_endpoints", "webhook_endpoint", "webhook", &[], Some("url")),
    resource("invoice_payments", "invoice_payment", "invoice", &[CREATED, is("invoice"), one_of("status", &["canceled", "open", "paid"]), filter("payment", Test::Keyed("payment"))], Some("invoice")),
    resource("credit_notes", "credit_note", "credit_note", &[CREATED, CUSTOMER, is("customer_account"), is("invoice")], Some("invoice")),
    resource("refunds", "refund", "charge", &[CREATED, is("charge"), is("payment_intent")], Some("charge")),
    resource("invoiceitems", "invoiceitem", "invoice_item", &[CREATED, CUSTOMER, is("invoice"), flag("pending")], Some("customer")),
    // What a key for ClearSync has no business with.
    resource("balance_transactions", "balance_transaction", "balance_transaction_source", &[CREATED], Some("amount")),
    resource("checkout/sessions", "checkout.session", "checkout_session", &[CREATED, CUSTOMER, is("subscription"), is("status")], Some("line_items")),
    resource("climate/orders", "climate.order", "climate_order", &[], Some("product")),
    resource("disputes", "dispute", "dispute", &[CREATED, is("charge"), is("payment_intent")], Some("charge")),
    resource("files", "file", "file", &[CREATED, is("purpose")], Some("file")),
    resource("financial_connections/accounts", "financial_connections.account", "financial_connections_account", &[], Some("account_holder")),
    resource("identity/verification_sessions", "identity.verification_session", "identity_product", &[CREATED, is("status")], Some("type")),
    resource("issuing/cards", "issuing.card", "issuing_card", &[CREATED, is("status")], Some("currency")),
    resource("payment_links", "payment_link", "payment_links", &[flag("active")], Some("line_items")),
    resource("payouts", "payout", "payout", &[CREATED, is("status"), is("destination")], Some("amount")),
    resource("promotion_codes", "promotion_code", "promotion_code", &[CREATED, flag("active"), is("code"), CUSTOMER], Some("promotion")),
    resource("quotes", "quote", "quote", &[CUSTOMER, is("status")], Some("customer")),
    resource("reporting/report_runs", "reporting.report_run", "financial_statement", &[CREATED], Some("report_type")),
    resource("reviews", "review", "review", &[CREATED], Some("charge")),
    resource("setup_intents", "setup_intent", "setup_intent", &[CREATED, CUSTOMER], None),
    resource("shipping_rates", "shipping_rate", "shipping_rate", &[CREATED, flag("active")], Some("display_name")),
    resource("sigma/scheduled_query_runs", "scheduled_query_run", "sigma_scheduled_query_run", &[], Some("sql")),
    resource("sources", "source", "source", &[], Some("type")),
    resource("tax_rates", "tax_rate", "tax_rate", &[CREATED, flag("active"), flag("inclusive")], Some("display_name")),
    resource("terminal/locations", "terminal.location", "terminal_location", &[], Some("address")),
    resource("test_helpers/test_clocks", "test_helpers.test_clock", "billing_clock", &[], Some("frozen_time")),
];

const EVENT_FILTERS: &[Filter] = &[
    CREATED,
    filter("type", Test::EventType),
    filter("types", Test::EventTypes),
    filter("delivery_success", Test::Delivered),
];

const INVOICE_FILTERS: &[Filter] = &[
    CREATED,
    CUSTOMER,
    is("customer_account"),
    COLLECTION_METHOD,
    span("due_date"),
    one_of(
        "status",
        &["draft", "open", "paid", "uncollectible", "void"],
    ),
    filter(
        "subscription",
        Test::Is("parent.subscription_details.subscription"),
    ),
];

const PRICE_FILTERS: &[Filter] = &[
    CREATED,
    filter("active", Test::ActivePrice),
    is("currency"),
    is("product"),
    filter("lookup_keys", Test::Among("lookup_key")),
    one_of("type", &["one_time", "recurring"]),
    filter("recurring", Test::Keyed("recurring")),
];

const SUBSCRIPTION_FILTERS: &[Filter] = &[
    CREATED,
    CUSTOMER,
    is("customer_account"),
    COLLECTION_METHOD,
    filter("status", Test::SubscriptionStatus),
    filter("price", Test::ItemPrice),
    filter(
        "current_period_start",
        Test::Span("items.data.current_period_start"),
    ),
    filter(
        "current_period_end",
        Test::Span("items.data.current_period_end"),
    ),
    filter("automatic_tax", Test::Keyed("automatic_tax")),
    is("test_clock"),
];

/// The resource that holds a kind of object.
pub(super) fn of_kind(kind: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.kind == kind)
}
