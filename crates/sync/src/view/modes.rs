use serde::{Deserialize, Serialize};
use specta::Type;

use super::ObjectType;

/// How ClearSync writes into a portal.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "camelCase")]
pub enum WriteMode {
    /// Own properties on contacts and companies. Works on every plan, and is part of the other modes.
    #[default]
    Summary,
    /// One deal per subscription in a pipeline of its own, beside the summary.
    Deals,
    /// Records of own kinds for subscriptions and MRR movements, beside the summary. Needs an Enterprise plan.
    CustomObjects,
}

/// What the user decided about how and about whom ClearSync writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Writing {
    /// How.
    pub mode: WriteMode,
    /// The properties of contacts and companies that are wanted beside the keys; `None` wants all that fit.
    pub picked: Option<Vec<PropertyPick>>,
    /// About whom.
    pub filters: Filters,
    /// Metadata that gets properties of its own.
    pub metadata: Vec<MetadataField>,
    /// Whether what another mode made is removed.
    pub remove_former: bool,
}

/// A property that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PropertyPick {
    /// On which records.
    pub object: ObjectType,
    /// Internal name, `clearsync_…`.
    pub name: String,
}

/// Which subscriptions, and with them which customers, get records. A list that is empty does not narrow. What was
/// written before a filter was set stays up to date.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// Leave out subscriptions on trial.
    pub exclude_trials: bool,
    /// Leave out subscriptions that go on and have no MRR.
    pub exclude_free: bool,
    /// Stripe's words for the statuses that are wanted.
    pub statuses: Vec<String>,
    /// Ids of products, one of which is to be subscribed to.
    pub products: Vec<String>,
    /// Ids of prices, one of which is to be subscribed to.
    pub prices: Vec<String>,
    /// ISO codes in lower case.
    pub currencies: Vec<String>,
    /// The least MRR, as a decimal number in each subscription's own currency.
    pub minimum_mrr: Option<String>,
    /// What metadata must say; each of these.
    pub metadata: Vec<MetadataCondition>,
}

/// What the filters can name: what is subscribed to, the most used first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterChoices {
    /// Products.
    pub products: Vec<FilterChoice>,
    /// Prices, named after their product and themselves.
    pub prices: Vec<FilterChoice>,
    /// ISO codes in lower case.
    pub currencies: Vec<FilterChoice>,
}

/// One thing a filter can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterChoice {
    /// What the filter names it by.
    pub id: String,
    /// What the user calls it, where it has a name.
    pub name: Option<String>,
    /// How often it is subscribed to.
    pub uses: u32,
}

/// What filters would leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterEffect {
    /// All subscriptions that have a figure.
    pub subscriptions: u32,
    /// Those of them that the filters leave out.
    pub left_out: u32,
}

/// What metadata must say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetadataCondition {
    /// Whose.
    pub owner: MetadataOwner,
    /// The key.
    pub key: String,
    /// The value; `None` is content with any.
    pub value: Option<String>,
}

/// A metadata key that gets a property of its own, `clearsync_meta_…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetadataField {
    /// Whose.
    pub owner: MetadataOwner,
    /// The key.
    pub key: String,
    /// What its values are. Those that are something else are not written.
    pub kind: MetadataKind,
}

/// Stripe's objects whose metadata can be read.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in Stripe")]
pub enum MetadataOwner {
    Customer,
    Subscription,
    Price,
    Product,
}

/// What a metadata value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum MetadataKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// `YYYY-MM-DD`.
    Date,
    /// `true` or `false`.
    YesNo,
}

/// What a portal can do, before anything is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WriteModes {
    /// The one in use.
    pub current: WriteMode,
    /// Every way of writing.
    pub modes: Vec<ModeChoice>,
    /// Whether deals would get line items.
    pub line_items: bool,
    /// Records that stand in the portal and that ClearSync made in another mode than the one in use.
    pub former_records: u32,
}

/// One way of writing, and whether it can be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModeChoice {
    /// Which.
    pub mode: WriteMode,
    /// Whether it can be had.
    pub state: ModeState,
    /// The scopes the key lacks for it.
    pub missing_scopes: Vec<String>,
    /// How many pipelines, or custom objects, the portal's plan allows, where that is what stands in the way.
    pub limit: Option<u32>,
    /// The kinds of record it writes.
    pub objects: Vec<ObjectType>,
}

/// Whether a way of writing can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ModeState {
    /// It can.
    Available,
    /// The key lacks scopes.
    ScopesMissing,
    /// The portal's plan has it, but everything it allows is in use.
    NoRoom,
    /// The portal's plan does not have it.
    NotInPlan,
    /// A kind of record it needs was removed in the portal; making it again would delete its records for good.
    ObjectRemoved,
}

/// A metadata key that stands in Stripe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetadataKey {
    /// Whose.
    pub owner: MetadataOwner,
    /// The key.
    pub key: String,
    /// On how many objects it stands.
    pub objects: u32,
    /// One of its values.
    pub example: String,
}
