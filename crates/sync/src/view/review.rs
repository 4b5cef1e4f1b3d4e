use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Moment, OtherAccount, SkipReason};

/// A customer or company without a certain match, or one the user decided about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReviewItem {
    /// The kind of record as HubSpot's paths name it, such as `contacts`.
    pub object: String,
    /// Stripe's id of the customer, or the company's domain.
    pub key: String,
    /// What a person recognises it by.
    pub name: String,
    /// Why it is here; `None` when it is here for the decision alone. The words are under `skip.<reason>`.
    pub reason: Option<SkipReason>,
    /// With [`SkipReason::OtherAccount`], whose figures stand there.
    pub other_account: Option<OtherAccount>,
    /// HubSpot's code of a refusal, such as `INVALID_EMAIL`.
    pub refusal: Option<String>,
    /// The property a refusal names.
    pub property: Option<String>,
    /// Since when.
    pub since: Moment,
    /// How many records fit; [`Candidate`]s are asked for by themselves.
    pub candidates: u32,
    /// The record's page in HubSpot, where it is known which one it is.
    pub url: Option<String>,
    /// What can be decided.
    pub choices: Vec<ReviewChoice>,
    /// What was decided.
    pub decision: Option<ReviewDecision>,
}

/// Kinds of decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ReviewChoice {
    /// A record that exists stands for it.
    Link,
    /// A new record is made.
    Create,
    /// It is left out for good.
    LeaveOut,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum ReviewDecision {
    /// This record stands for it.
    Link {
        /// HubSpot's id of the record, or the address of its page.
        record: String,
    },
    /// A new record is made.
    Create,
    /// It is left out for good.
    LeaveOut,
}

/// A record that may stand for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// HubSpot's id.
    pub hubspot_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its e-mail or domain.
    pub address: Option<String>,
    /// The Stripe customer it carries already, which may be one of another Stripe account.
    pub customer_id: Option<String>,
    /// When it was made.
    pub created_at: Option<Moment>,
    /// When it last changed.
    pub updated_at: Option<Moment>,
    /// Its page in HubSpot.
    pub url: Option<String>,
}
