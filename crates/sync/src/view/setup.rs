use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Level, Moment, ObjectType, ProblemCode};

/// Where the guided setup stands. It can be left at any step and is found there again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Setup {
    /// The step to show.
    pub step: SetupStep,
    /// The furthest step that may be opened.
    pub reached: SetupStep,
    /// Whether setup has been finished once.
    pub finished: bool,
    /// The Stripe key that is connected.
    pub stripe: Option<StripeConnection>,
    /// The HubSpot key that is connected.
    pub hubspot: Option<HubSpotConnection>,
    /// What ClearSync may create.
    pub choices: Choices,
    /// Whether the sample accounts stand in for Stripe and HubSpot, whose keys can be filled in by a button.
    pub sample_data: bool,
}

/// The steps in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each step is named as its screen is")]
pub enum SetupStep {
    Welcome,
    StripeKey,
    Permissions,
    HubSpot,
    WhatToCreate,
    Import,
    Review,
    Preview,
    FirstSync,
    KeepInSync,
}

/// Test or live data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Test mode or a sandbox.
    Test,
    /// Live mode.
    Live,
}

/// Where a key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyStorage {
    /// In the operating system's keychain.
    Keychain,
    /// In memory until ClearSync quits, on the user's word.
    ThisRun,
}

/// What may be shown of a connected Stripe key and its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StripeConnection {
    /// `false` for a plain secret key, which can do everything.
    pub restricted: bool,
    /// Test or live.
    pub mode: Mode,
    /// The last four characters.
    pub last_four: String,
    /// `acct_…`, where the key or a refusal told it.
    pub account_id: Option<String>,
    /// The account's name, where the key may read it.
    pub account_name: Option<String>,
    /// When it was connected.
    pub connected_at: Moment,
    /// Where it is kept.
    pub storage: KeyStorage,
}

/// What may be shown of a connected HubSpot key and its portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HubSpotConnection {
    /// The portal's number.
    pub portal_id: String,
    /// The portal's currency.
    pub currency: String,
    /// IANA name of the portal's time zone.
    pub time_zone: String,
    /// The last four characters.
    pub last_four: String,
    /// When it was connected.
    pub connected_at: Moment,
    /// Where it is kept.
    pub storage: KeyStorage,
}

/// A key on its way in.
#[derive(Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum KeyInput {
    /// Typed or pasted into the field.
    Typed {
        /// The text as it stands in the field.
        text: String,
    },
    /// Read from the clipboard by Rust, so that it never enters the window.
    Clipboard,
    /// The sample account's key; only with sample data.
    Sample,
}

/// What a text in the key field is, told without any request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum KeyFinding {
    /// Nothing typed yet.
    Empty,
    /// A restricted key, which is right.
    #[serde(rename_all = "camelCase")]
    Restricted {
        /// Test or live.
        mode: Mode,
    },
    /// A plain secret key: works, and can do everything.
    #[serde(rename_all = "camelCase")]
    Secret {
        /// Test or live.
        mode: Mode,
    },
    /// A HubSpot key in the HubSpot field.
    HubSpotKey,
    /// Something else, which will not be sent anywhere.
    #[serde(rename_all = "camelCase")]
    Wrong {
        /// What it is.
        problem: ProblemCode,
    },
}

/// Which permissions the guide asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum GuidePreset {
    /// The whole checklist, with Write for ClearSync's own webhook.
    Standard,
    /// Without any Write.
    StrictlyReadOnly,
}

/// How to make the key, all from one catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyGuide {
    /// Opens Stripe's form with every row set.
    pub link: String,
    /// What to type as the key's name.
    pub key_name: String,
    /// What to type as the other website's address.
    pub website: String,
    /// The written steps. The words are under `guide.<id>`.
    pub steps: Vec<GuideStep>,
    /// Every row with the level to choose.
    pub rows: Vec<GuideRow>,
    /// The same as text for a teammate. Contains no secret.
    pub for_teammate: String,
}

/// One written step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GuideStep {
    /// Names its words.
    pub id: String,
    /// What the step asks to copy.
    pub copy: Option<String>,
}

/// One row of Stripe's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GuideRow {
    /// As in [`super::CheckRow::id`].
    pub id: String,
    /// Heading.
    pub section: String,
    /// Exactly as in the dashboard.
    pub name: String,
    /// What to choose.
    pub level: Level,
}

/// What ClearSync may create in HubSpot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    /// Make a contact for a customer whose e-mail has none.
    pub create_contacts: bool,
    /// Make a company for a business domain that has none.
    pub create_companies: bool,
}

/// A property ClearSync would make or has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PropertyPlan {
    /// On which records.
    pub object: ObjectType,
    /// Internal name, `clearsync_…`.
    pub name: String,
    /// As HubSpot shows it.
    pub label: String,
    /// Whether it is there.
    pub state: PropertyState,
}

/// Whether an own property can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PropertyState {
    /// It is there and right.
    Present,
    /// It will be made.
    ToCreate,
    /// The portal's limit leaves no room for it.
    NoRoom,
    /// One of that name is there and cannot be used.
    Unusable,
}
