//! The one catalogue of permissions. The dashboard link, the written steps and the audit are all made from it.

mod rows;

use std::collections::BTreeSet;

use serde::Serialize;

pub use rows::ROWS;

/// One row of the dashboard's permission form.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// A name that never changes, for storing and for looking texts up: the sentence that says why `ClearSync` asks for
    /// the row has the key `why.<id>`.
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
