use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Mode, Moment};

/// What a push would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanSummary {
    /// Names the plan; a push carries out exactly this one.
    pub id: u32,
    /// When it was made.
    pub made_at: Moment,
    /// Records to make.
    pub creates: u32,
    /// Records to change.
    pub updates: u32,
    /// Records that are right already.
    pub unchanged: u32,
    /// Records left out, with their reason.
    pub skipped: u32,
    /// Those of the skipped that HubSpot refused before and would again.
    pub failing: u32,
    /// Links between records to make.
    pub associations: u32,
    /// Records of another mode to remove.
    pub removals: u32,
    /// Own properties to make first.
    pub properties: u32,
    /// Requests the push needs.
    pub requests: u32,
    /// Requests a day the portal allows, where known.
    pub daily_limit: Option<u32>,
    /// Requests the portal has left today, where known.
    pub daily_left: Option<u32>,
    /// Which properties change on how many records, since workflows may start on them.
    pub by_property: Vec<PropertyChangeCount>,
    /// Why the push waits for the user's word, where it does.
    pub needs_approval: Option<NeedsApproval>,
    /// Rows that stay as they are until the user gives the word, whatever else is pushed.
    pub waiting: u32,
}

/// Why a push waits for the user's word; the words are under `preview.needsApproval.<reason>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum NeedsApproval {
    /// Records carry the mark of another installation of ClearSync; to push is to take them over.
    OtherInstallation,
    /// It is the first to this portal.
    FirstPush,
    /// It touches more records, and a larger share of them, than the user lets it without asking.
    ManyRecords,
}

/// How many records a property changes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PropertyChangeCount {
    /// On which records.
    pub object: ObjectType,
    /// Internal name.
    pub property: String,
    /// As HubSpot shows it.
    pub label: String,
    /// How many.
    pub records: u32,
}

/// HubSpot's kinds of record that ClearSync writes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "camelCase")]
pub enum ObjectType {
    /// A person.
    Contact,
    /// An organisation.
    Company,
    /// A deal that stands for a subscription.
    Deal,
    /// A part of such a deal.
    LineItem,
    /// A record of ClearSync's own that stands for a subscription.
    Subscription,
    /// A record of ClearSync's own that stands for an MRR movement.
    Event,
}

/// Which rows of the plan to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanQuery {
    /// Only what is done so.
    pub action: Option<PlanAction>,
    /// Only these records.
    pub object: Option<ObjectType>,
    /// Only rows that change this property.
    pub property: Option<String>,
    /// Part of a name, e-mail, domain or id.
    pub search: String,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to give, at most 500.
    pub limit: u32,
}

/// Some rows of all that match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanPage {
    /// The rows asked for.
    pub rows: Vec<PlanRow>,
    /// How many match.
    pub total: u32,
}

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PlanAction {
    /// Made.
    Create,
    /// Changed.
    Update,
    /// Right already.
    Unchanged,
    /// Left out.
    Skip,
    /// Made by ClearSync in another mode, and removed.
    Remove,
}

/// One record of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanRow {
    /// Names the row within the plan.
    pub id: u32,
    /// Kind of record.
    pub object: ObjectType,
    /// E-mail or domain.
    pub name: String,
    /// The record in HubSpot, where there is one.
    pub hubspot_id: Option<String>,
    /// What is done.
    pub action: PlanAction,
    /// Why it is left out.
    pub skip: Option<SkipReason>,
    /// With [`SkipReason::OtherAccount`], whose figures stand there.
    pub other_account: Option<OtherAccount>,
    /// Field by field.
    pub changes: Vec<FieldChange>,
    /// Whether it stays as it is until the user gives the word.
    pub waits: bool,
}

/// What narrows the rows of a plan, as in [`PlanQuery`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RowFilter {
    /// Only what is done so.
    pub action: Option<PlanAction>,
    /// Only these records.
    pub object: Option<ObjectType>,
    /// Only rows that change this property.
    pub property: Option<String>,
    /// Part of a name, e-mail, domain or id.
    pub search: String,
}

/// Rows of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum RowSelection {
    /// All that write something.
    All,
    /// Those that match.
    Matching {
        /// What they match.
        filter: RowFilter,
    },
    /// Those with these ids.
    Rows {
        /// [`PlanRow::id`].
        ids: Vec<u32>,
    },
}

/// Why a record is left out; the words are under `skip.<reason>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SkipReason {
    /// The customer has no e-mail.
    NoEmail,
    /// HubSpot does not take this address.
    EmailRefused,
    /// A free-mail or disposable domain is nobody's company.
    FreeMail,
    /// No record, and making contacts is off.
    ContactsNotCreated,
    /// No record, and making companies is off.
    CompaniesNotCreated,
    /// More than one record fits.
    Ambiguous,
    /// The figures of another Stripe account stand on the record.
    OtherAccount,
    /// The customer was deleted in Stripe and never written.
    CustomerDeleted,
    /// HubSpot refused the last write of this record.
    Refused,
    /// The HubSpot key lacks a scope for records of this kind.
    ScopeMissing,
    /// The user left it out for good.
    LeftOut,
    /// The filters leave it out: it is on trial.
    FilteredTrial,
    /// The filters leave it out: it brings nothing.
    FilteredFree,
    /// The filters leave it out: another status.
    FilteredStatus,
    /// The filters leave it out: other products.
    FilteredProduct,
    /// The filters leave it out: other prices.
    FilteredPrice,
    /// The filters leave it out: another currency.
    FilteredCurrency,
    /// The filters leave it out: too little MRR.
    FilteredMrr,
    /// The filters leave it out: its metadata says something else.
    FilteredMetadata,
}

/// A Stripe account whose figures stand on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OtherAccount {
    /// Stripe's id of it; `None` when its key did not tell.
    pub id: Option<String>,
    /// Test or live data.
    pub mode: Mode,
}

/// One property before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// Internal name.
    pub property: String,
    /// As HubSpot shows it.
    pub label: String,
    /// What stands there, as ClearSync last wrote or read it.
    pub before: Option<String>,
    /// What will stand there.
    pub after: String,
    /// How to show the values.
    pub kind: ValueKind,
}

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ValueKind {
    /// As it is.
    Text,
    /// A plain number.
    Number,
    /// `YYYY-MM-DD`.
    Date,
    /// RFC 3339.
    Moment,
}
