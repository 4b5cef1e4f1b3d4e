//! The table itself.

use super::{Data, Level, Probe, Row, Section};

/// Every row. First what the checklist asks for, in its order; then what must stay None and can be asked about.
///
/// Rows that other permissions bring along by Stripe's own rules (credit notes with invoices, payouts with transfers,
/// test clocks with customers, sources with payment methods, refunds with charges) are not listed, so that a correct key is never
/// told that it can do too much.
pub static ROWS: &[Row] = &[
    Row {
        renamed: Some("Charges and Refunds"),
        write: Some(no_object("/v1/charges", "ch_")),
        ..reads(
            "charges",
            "Charges",
            Section::Core,
            "rak_charge_read",
            &["charge_read"],
            list("/v1/charges"),
            &[Data::Payments],
        )
    },
    Row {
        write: Some(no_object("/v1/customers", "cus_")),
        ..reads(
            "customers",
            "Customers",
            Section::Core,
            "rak_customer_read",
            &["customer_read"],
            list("/v1/customers"),
            &[Data::Customers],
        )
    },
    reads(
        "events",
        "Events",
        Section::Core,
        "rak_event_read",
        &["event_read"],
        list("/v1/events"),
        &[Data::Changes],
    ),
    Row {
        write: Some(no_object("/v1/payment_intents", "pi_")),
        ..reads(
            "payment_intents",
            "Payment Intents",
            Section::Core,
            "rak_payment_intent_read",
            &["payment_intent_read"],
            list("/v1/payment_intents"),
            &[Data::Payments],
        )
    },
    Row {
        write: Some(no_object("/v1/payment_methods", "pm_")),
        ..reads(
            "payment_methods",
            "Payment Methods",
            Section::Core,
            "rak_payment_method_read",
            &["payment_method_read"],
            list("/v1/payment_methods"),
            &[Data::Payments],
        )
    },
    Row {
        write: Some(no_object("/v1/products", "prod_")),
        ..reads(
            "products",
            "Products",
            Section::Core,
            "rak_product_read",
            &["product_read"],
            list("/v1/products"),
            &[Data::Products],
        )
    },
    Row {
        write: Some(no_object("/v1/coupons", "")),
        ..reads(
            "coupons",
            "Coupons",
            Section::Billing,
            "rak_coupon_read",
            &["coupon_read"],
            list("/v1/coupons"),
            &[Data::Mrr],
        )
    },
    Row {
        write: Some(no_object("/v1/invoices", "in_")),
        ..reads(
            "invoices",
            "Invoices",
            Section::Billing,
            "rak_invoice_read",
            &["invoice_read", "credit_note_read"],
            list("/v1/invoices"),
            &[Data::Movements, Data::Payments],
        )
    },
    Row {
        write: Some(no_object("/v1/prices", "price_")),
        ..reads(
            "prices",
            "Prices",
            Section::Billing,
            "rak_plan_read",
            &["plan_read"],
            list("/v1/prices"),
            &[Data::Mrr],
        )
    },
    Row {
        write: Some(no_object("/v1/subscriptions", "sub_")),
        ..reads(
            "subscriptions",
            "Subscriptions",
            Section::Billing,
            "rak_subscription_read",
            &["subscription_read"],
            ALL_SUBSCRIPTIONS,
            &[Data::Subscriptions, Data::Mrr, Data::Movements],
        )
    },
    reads(
        "accounts",
        "Accounts",
        Section::Connect,
        "rak_connected_account_read",
        &[
            "connected_account_read",
            "accounts_kyc_basic_read",
            "accounts_kyc_id_numbers_read",
        ],
        list("/v1/accounts"),
        &[Data::ConnectedAccounts],
    ),
    reads(
        "application_fees",
        "Application Fees",
        Section::Connect,
        "rak_application_fee_read",
        &["application_fee_read"],
        list("/v1/application_fees"),
        &[Data::ConnectedAccounts],
    ),
    Row {
        write: Some(no_object("/v1/topups", "tu_")),
        ..reads(
            "top_ups",
            "Top-ups",
            Section::Connect,
            "rak_top_up_read",
            &["top_up_read", "topup_read"],
            list("/v1/topups"),
            &[Data::ConnectedAccounts],
        )
    },
    Row {
        write: Some(no_object("/v1/transfers", "tr_")),
        ..reads(
            "transfers",
            "Transfers",
            Section::Connect,
            "rak_transfer_read",
            &["transfer_read"],
            list("/v1/transfers"),
            &[Data::ConnectedAccounts],
        )
    },
    Row {
        level: Level::Write,
        write: Some(no_object("/v1/webhook_endpoints", "we_")),
        ..reads(
            "webhook",
            "All webhook",
            Section::Webhook,
            "rak_webhook_write",
            &["webhook_write", "webhook_read"],
            list("/v1/webhook_endpoints"),
            &[Data::Changes],
        )
    },
    stays_none(
        "balance",
        "Balance",
        Section::Core,
        &["balance_read"],
        Probe::Get {
            path: "/v1/balance",
            query: &[],
        },
    ),
    stays_none(
        "disputes",
        "Disputes",
        Section::Core,
        &["dispute_read"],
        list("/v1/disputes"),
    ),
    stays_none(
        "files",
        "Files",
        Section::Core,
        &["file_read"],
        list("/v1/files"),
    ),
    stays_none(
        "setup_intents",
        "SetupIntents",
        Section::Core,
        &["setup_intent_read"],
        list("/v1/setup_intents"),
    ),
    stays_none(
        "shipping_rates",
        "Shipping Rates",
        Section::Core,
        &["shipping_rate_read"],
        list("/v1/shipping_rates"),
    ),
    stays_none(
        "checkout_sessions",
        "Checkout Sessions",
        Section::Checkout,
        &["checkout_session_read"],
        list("/v1/checkout/sessions"),
    ),
    stays_none(
        "promotion_codes",
        "Promotion Codes",
        Section::Billing,
        &["promotion_code_read"],
        list("/v1/promotion_codes"),
    ),
    stays_none(
        "quotes",
        "Quotes",
        Section::Billing,
        &["quote_read"],
        list("/v1/quotes"),
    ),
    stays_none(
        "tax_rates",
        "Tax Rates",
        Section::Billing,
        &["tax_rate_read"],
        list("/v1/tax_rates"),
    ),
    stays_none(
        "issuing_cards",
        "Cards",
        Section::Issuing,
        &["issuing_card_read"],
        Probe::Get {
            path: "/v1/issuing/cards/ic_ClearSyncPermissionCheck",
            query: &[],
        },
    ),
    stays_none(
        "report_runs",
        "Report Runs and Report Types",
        Section::Reporting,
        &["financial_statement_read"],
        list("/v1/reporting/report_runs"),
    ),
    stays_none(
        "sigma",
        "Sigma",
        Section::Sigma,
        &["sigma_read"],
        list("/v1/sigma/scheduled_query_runs"),
    ),
    stays_none(
        "financial_connections",
        "Accounts",
        Section::FinancialConnections,
        &["financial_connections_account_read"],
        list("/v1/financial_connections/accounts"),
    ),
    stays_none(
        "payment_links",
        "Payment Links",
        Section::Other,
        &["payment_links_read"],
        list("/v1/payment_links"),
    ),
    stays_none(
        "reviews",
        "Reviews",
        Section::Other,
        &["review_read"],
        list("/v1/reviews"),
    ),
    stays_none(
        "identity",
        "Verification Sessions and Reports",
        Section::Other,
        &["identity_product_read"],
        list("/v1/identity/verification_sessions"),
    ),
    stays_none(
        "terminal",
        "Locations",
        Section::Other,
        &["terminal_location_read"],
        list("/v1/terminal/locations"),
    ),
    stays_none(
        "tax_settings",
        "Tax Settings",
        Section::Other,
        &["tax_settings_read"],
        Probe::Get {
            path: "/v1/tax/settings",
            query: &[],
        },
    ),
    stays_none(
        "climate",
        "Climate Orders",
        Section::Other,
        &["climate_order_read"],
        list("/v1/climate/orders"),
    ),
];

const ONE: &[(&str, &str)] = &[("limit", "1")];

const ALL_SUBSCRIPTIONS: Probe = Probe::Get {
    path: "/v1/subscriptions",
    query: &[("limit", "1"), ("status", "all")],
};

const fn list(path: &'static str) -> Probe {
    Probe::Get { path, query: ONE }
}

const fn no_object(collection: &'static str, id_prefix: &'static str) -> Probe {
    Probe::PostToNoObject {
        collection,
        id_prefix,
    }
}

const fn reads(
    id: &'static str,
    name: &'static str,
    section: Section,
    link_token: &'static str,
    permissions: &'static [&'static str],
    read: Probe,
    serves: &'static [Data],
) -> Row {
    Row {
        id,
        name,
        renamed: None,
        section,
        level: Level::Read,
        link_token: Some(link_token),
        permissions,
        read: Some(read),
        write: None,
        serves,
    }
}

const fn stays_none(
    id: &'static str,
    name: &'static str,
    section: Section,
    permissions: &'static [&'static str],
    read: Probe,
) -> Row {
    Row {
        id,
        name,
        renamed: None,
        section,
        level: Level::None,
        link_token: None,
        permissions,
        read: Some(read),
        write: None,
        serves: &[],
    }
}
