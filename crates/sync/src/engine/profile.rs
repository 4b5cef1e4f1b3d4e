use clearsync_store::{Account, AccountId, Reader, Scope, StoreError, Writer};
use serde::{Deserialize, Serialize};

use crate::{
    plan::Rules,
    view::{
        Choices, FormerKey, GuidePreset, HubSpotConnection, Mode, SetupStep, StripeConnection,
        Writing,
    },
};

const NAME: &str = "profile";

/// What the setup has made so far. One record in the store, so that no two parts of it can disagree.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    pub(super) step: SetupStep,
    pub(super) reached: SetupStep,
    pub(super) finished: bool,
    pub(super) preset: GuidePreset,
    pub(super) account: Option<AccountId>,
    pub(super) stripe: Option<StripeConnection>,
    pub(super) hubspot: Option<HubSpotConnection>,
    pub(super) choices: Choices,
    pub(super) writing: Writing,
    pub(super) interval_minutes: Option<u32>,
    pub(super) notify: bool,
    /// Keys that others took the place of, until the user has deleted them.
    pub(super) former_keys: Vec<FormerKey>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            step: SetupStep::Welcome,
            reached: SetupStep::Welcome,
            finished: false,
            preset: GuidePreset::Standard,
            account: None,
            stripe: None,
            hubspot: None,
            choices: Choices {
                create_contacts: true,
                create_companies: true,
            },
            writing: Writing::default(),
            interval_minutes: None,
            notify: true,
            former_keys: Vec::new(),
        }
    }
}

impl Profile {
    pub(super) fn read(reader: &Reader) -> Result<Self, StoreError> {
        Ok(reader.setting(Scope::App, NAME)?.unwrap_or_default())
    }

    pub(super) fn write(&self, writer: &Writer) -> Result<(), StoreError> {
        writer.set_setting(Scope::App, NAME, self)
    }

    /// What the user decided about what is written.
    pub(super) fn rules(&self) -> Rules {
        Rules {
            choices: self.choices,
            writing: self.writing.clone(),
        }
    }

    /// Changes the profile in one transaction and gives it as it then is.
    pub(super) fn change(
        writer: &Writer,
        change: impl FnOnce(&mut Self),
    ) -> Result<Self, StoreError> {
        let mut profile = Self::read(writer)?;
        change(&mut profile);
        profile.write(writer)?;
        Ok(profile)
    }

    /// The account that is in use, as stored.
    pub(super) fn account(&self, reader: &Reader) -> Result<Option<Account>, StoreError> {
        self.account.map(|id| reader.account(id)).transpose()
    }

    /// Opens the step after `step`, if it was the furthest.
    pub(super) fn pass(&mut self, step: SetupStep) {
        let next = step.following();
        self.reached = self.reached.max(next);
        self.step = next;
    }
}

impl SetupStep {
    /// The step after this one.
    pub(super) fn following(self) -> Self {
        match self {
            Self::Welcome => Self::StripeKey,
            Self::StripeKey => Self::Permissions,
            Self::Permissions => Self::HubSpot,
            Self::HubSpot => Self::WhatToCreate,
            Self::WhatToCreate => Self::Import,
            Self::Import => Self::Review,
            Self::Review => Self::Preview,
            Self::Preview => Self::FirstSync,
            Self::FirstSync | Self::KeepInSync => Self::KeepInSync,
        }
    }
}

impl From<clearsync_stripe::key::Mode> for Mode {
    fn from(mode: clearsync_stripe::key::Mode) -> Self {
        match mode {
            clearsync_stripe::key::Mode::Live => Self::Live,
            clearsync_stripe::key::Mode::Test => Self::Test,
        }
    }
}

impl From<Mode> for clearsync_stripe::key::Mode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Live => Self::Live,
            Mode::Test => Self::Test,
        }
    }
}

impl From<clearsync_stripe::key::Mode> for ModeInStore {
    fn from(mode: clearsync_stripe::key::Mode) -> Self {
        Self(match mode {
            clearsync_stripe::key::Mode::Live => clearsync_store::Mode::Live,
            clearsync_stripe::key::Mode::Test => clearsync_store::Mode::Test,
        })
    }
}

/// The store's own word for a mode.
pub(super) struct ModeInStore(pub(super) clearsync_store::Mode);
