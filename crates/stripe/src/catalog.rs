//! The one catalogue of permissions. The dashboard link, the written steps and the audit are all made from it.

use std::collections::BTreeSet;

use serde::Serialize;

/// One row of the dashboard's permission form.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// A name that never changes, for storing and for looking texts up.
    pub id: &'static str,
    /// The name as it stands in the dashboard. The dashboard's English stays, whatever the language of the app.
    pub name: &'static str,
    /// The name in newer dashboards, where Stripe changed it.
    pub renamed: Option<&'static str>,
    /// The part of the form in which the row stands.
    pub section: Section,
    /// What the checklist asks for.
    pub level: Level,
    /// The token that ticks this row in a prefilled link.
    pub link_token: Option<&'static str>,
    /// The permission names by which Stripe's refusals may call this row, without `rak_`.
    pub permissions: &'static [&'static str],
    /// A request that only goes through with Read.
    #[serde(skip)]
    pub read: Option<Probe>,
    /// A request that only goes through with Write, and that changes nothing.
    #[serde(skip)]
    pub write: Option<Probe>,
    /// The key of the sentence that says why `ClearSync` asks for it.
    pub why: &'static str,
    /// What `ClearSync` makes from it.
    pub serves: &'static [Data],
}

impl Row {
    /// What `preset` asks of this row.
    #[must_use]
    pub fn level_in(&self, preset: Preset) -> Level {
        match (preset, self.level) {
            (Preset::StrictlyReadOnly, Level::Write) => Level::None,
            (_, level) => level,
        }
    }

    /// The request that tells whether the row holds what `preset` asks for.
    #[must_use]
    pub fn proof(&self, preset: Preset) -> Option<&Probe> {
        match self.level_in(preset) {
            Level::None => None,
            Level::Read => self.read.as_ref(),
            Level::Write => self.write.as_ref(),
        }
    }

    /// The request that tells whether the row holds more than `preset` asks for.
    #[must_use]
    pub fn excess(&self, preset: Preset) -> Option<&Probe> {
        match self.level_in(preset) {
            Level::None => self.read.as_ref(),
            Level::Read => self.write.as_ref(),
            Level::Write => None,
        }
    }
}

/// What a row can be set to. Stripe documents that Write implies Read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// No access.
    None,
    /// Reading.
    Read,
    /// Reading and writing.
    Write,
}

/// Which checklist the user chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Reads, and lets `ClearSync` keep its own webhook endpoint.
    #[default]
    Standard,
    /// Reads only.
    StrictlyReadOnly,
}

/// A part of the dashboard's permission form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Core.
    Core,
    /// Checkout.
    Checkout,
    /// Billing.
    Billing,
    /// Connect, as it stands in the left column: the account's own Connect data.
    Connect,
    /// Orders.
    Orders,
    /// Issuing.
    Issuing,
    /// Reporting.
    Reporting,
    /// Sigma.
    Sigma,
    /// Financial Connections.
    FinancialConnections,
    /// All webhook.
    Webhook,
    /// Every resource that the checklist does not name.
    Other,
}

impl Section {
    /// The name as it stands in the dashboard; nothing for [`Section::Other`], which is not one section there.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Core => Some("Core"),
            Self::Checkout => Some("Checkout"),
            Self::Billing => Some("Billing"),
            Self::Connect => Some("Connect"),
            Self::Orders => Some("Orders"),
            Self::Issuing => Some("Issuing"),
            Self::Reporting => Some("Reporting"),
            Self::Sigma => Some("Sigma"),
            Self::FinancialConnections => Some("Financial Connections"),
            Self::Webhook => Some("All webhook"),
            Self::Other => None,
        }
    }
}

/// How the checklist sets a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionRule {
    /// Everything to None, then the section's rows one by one.
    NoneThenRows,
    /// Everything to one level.
    Whole(Level),
}

/// The checklist, section by section, in the order of the dashboard.
pub const CHECKLIST: [(Section, SectionRule); 11] = [
    (Section::Core, SectionRule::NoneThenRows),
    (Section::Checkout, SectionRule::Whole(Level::None)),
    (Section::Billing, SectionRule::NoneThenRows),
    (Section::Connect, SectionRule::Whole(Level::Read)),
    (Section::Orders, SectionRule::Whole(Level::None)),
    (Section::Issuing, SectionRule::Whole(Level::None)),
    (Section::Reporting, SectionRule::Whole(Level::None)),
    (Section::Sigma, SectionRule::Whole(Level::None)),
    (
        Section::FinancialConnections,
        SectionRule::Whole(Level::None),
    ),
    (Section::Webhook, SectionRule::Whole(Level::Write)),
    (Section::Other, SectionRule::Whole(Level::None)),
];

/// The token that ticks the whole Connect section. The rows' own tokens stand beside it in the link, because Stripe
/// leaves a token it does not know unticked without a word.
pub const CONNECT_LINK_TOKEN: &str = "rak_bucket_connect_read";

/// What `ClearSync` makes from what a row opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Data {
    /// Contacts and companies.
    Customers,
    /// Subscriptions and their states.
    Subscriptions,
    /// MRR.
    Mrr,
    /// New, upgrade, downgrade, churn and reactivation over time.
    Movements,
    /// Invoices and what was paid.
    Payments,
    /// Names of plans.
    Products,
    /// Connected accounts and what passes between them.
    ConnectedAccounts,
    /// Changes since the last sync.
    Changes,
}

/// A request that answers one question about a key and has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// A GET.
    Get {
        /// The path, from `/v1`.
        path: &'static str,
        /// The query.
        query: &'static [(&'static str, &'static str)],
    },
    /// An empty POST to an object that does not exist: there is nothing that it could change, and nothing that it could make.
    PostToNoObject {
        /// The path of the collection, from `/v1`.
        collection: &'static str,
        /// What ids of the collection begin with.
        id_prefix: &'static str,
    },
}

/// What stands for an id in [`Probe::PostToNoObject`]. Stripe makes ids itself and never makes this one.
const NO_OBJECT: &str = "ClearSyncPermissionCheck";

impl Probe {
    /// The path that is asked for.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Get { path, .. } => (*path).to_owned(),
            Self::PostToNoObject {
                collection,
                id_prefix,
            } => format!("{collection}/{id_prefix}{NO_OBJECT}"),
        }
    }
}

/// The rows that `preset` asks for, in the order of the dashboard.
pub fn wanted(preset: Preset) -> impl Iterator<Item = &'static Row> {
    ROWS.iter()
        .filter(move |row| row.level_in(preset) != Level::None)
}

/// The row with this id.
#[must_use]
pub fn row(id: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.id == id)
}

/// The rows a key is known to hold, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held(BTreeSet<&'static str>);

impl Held {
    /// Everything that `preset` asks for.
    #[must_use]
    pub fn all_of(preset: Preset) -> Self {
        wanted(preset).collect()
    }

    /// Whether the row with this id is held.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.contains(id)
    }
}

impl FromIterator<&'static Row> for Held {
    fn from_iter<I: IntoIterator<Item = &'static Row>>(rows: I) -> Self {
        Self(rows.into_iter().map(|row| row.id).collect())
    }
}

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
            "permission.charges.why",
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
            "permission.customers.why",
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
        "permission.events.why",
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
            "permission.payment_intents.why",
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
            "permission.payment_methods.why",
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
            "permission.products.why",
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
            "permission.coupons.why",
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
            "permission.invoices.why",
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
            "permission.prices.why",
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
            "permission.subscriptions.why",
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
        "permission.accounts.why",
        &[Data::ConnectedAccounts],
    ),
    reads(
        "application_fees",
        "Application Fees",
        Section::Connect,
        "rak_application_fee_read",
        &["application_fee_read"],
        list("/v1/application_fees"),
        "permission.application_fees.why",
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
            "permission.top_ups.why",
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
            "permission.transfers.why",
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
            "permission.webhook.why",
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
        &["report_runs_and_report_types_read"],
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

#[expect(
    clippy::too_many_arguments,
    reason = "a table row, read as a row of the table"
)]
const fn reads(
    id: &'static str,
    name: &'static str,
    section: Section,
    link_token: &'static str,
    permissions: &'static [&'static str],
    read: Probe,
    why: &'static str,
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
        why,
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
        why: "permission.none.why",
        serves: &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_for_exactly_the_checklist() {
        let names: Vec<_> = wanted(Preset::Standard)
            .map(|row| (row.section, row.name, row.level))
            .collect();
        let read = |section, name| (section, name, Level::Read);
        assert_eq!(
            names,
            [
                read(Section::Core, "Charges"),
                read(Section::Core, "Customers"),
                read(Section::Core, "Events"),
                read(Section::Core, "Payment Intents"),
                read(Section::Core, "Payment Methods"),
                read(Section::Core, "Products"),
                read(Section::Billing, "Coupons"),
                read(Section::Billing, "Invoices"),
                read(Section::Billing, "Prices"),
                read(Section::Billing, "Subscriptions"),
                read(Section::Connect, "Accounts"),
                read(Section::Connect, "Application Fees"),
                read(Section::Connect, "Top-ups"),
                read(Section::Connect, "Transfers"),
                (Section::Webhook, "All webhook", Level::Write),
            ]
        );
        assert!(
            wanted(Preset::StrictlyReadOnly).all(|row| row.level == Level::Read),
            "no write in the strict checklist"
        );
    }

    #[test]
    fn every_wanted_row_can_be_proved_and_explained() {
        for row in wanted(Preset::Standard) {
            assert!(row.proof(Preset::Standard).is_some(), "{}", row.id);
            assert!(
                row.link_token
                    .is_some_and(|token| token.starts_with("rak_"))
            );
            assert!(!row.serves.is_empty(), "{}", row.id);
            assert_eq!(row.why, format!("permission.{}.why", row.id));
        }
    }

    #[test]
    fn ids_are_unique_and_found() {
        let ids: BTreeSet<_> = ROWS.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), ROWS.len());
        assert_eq!(row("prices").unwrap().permissions, ["plan_read"]);
        assert!(row("nothing").is_none());
    }

    #[test]
    fn no_probe_posts_to_a_collection() {
        for probe in ROWS.iter().filter_map(|row| row.write.as_ref()) {
            assert!(matches!(probe, Probe::PostToNoObject { .. }));
            assert!(probe.path().ends_with(NO_OBJECT), "{}", probe.path());
        }
        for probe in ROWS.iter().filter_map(|row| row.read.as_ref()) {
            assert!(matches!(probe, Probe::Get { .. }));
        }
    }

    #[test]
    fn implied_permissions_are_never_called_too_much() {
        let implied = [
            "credit_note_read",
            "payout_read",
            "payout_write",
            "billing_clock_read",
            "source_read",
            "sku_read",
        ];
        for row in ROWS.iter().filter(|row| row.level == Level::None) {
            assert!(
                row.permissions.iter().all(|name| !implied.contains(name)),
                "{} comes with the checklist",
                row.id
            );
        }
    }
}
