use clearsync_stripe::{
    catalog::{self, Level as CatalogLevel, Preset, Section},
    guide::{self, KEY_NAME, THIRD_PARTY_URL},
};

use super::{Engine, profile::Profile};
use crate::view::{
    Choices, DataKind, GuidePreset, GuideRow, KeyGuide, Level, Mode, Problem, Setup, SetupStep,
    Status,
};

impl Engine {
    /// Where the guided setup stands.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn setup(&self) -> Result<Setup, Problem> {
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        Ok(self.setup_from(profile))
    }

    /// Whether nothing was connected yet, so that another account may be set up here.
    pub(crate) fn is_blank(&self) -> bool {
        self.store.read(Profile::read).is_ok_and(|profile| {
            profile.account.is_none() && profile.stripe.is_none() && profile.hubspot.is_none()
        })
    }

    /// Opens a step, as far as setup has come.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written.
    pub async fn go_to_step(&self, step: SetupStep) -> Result<Setup, Problem> {
        self.change_profile(move |profile| {
            // Welcome and the looks at what was done ask for nothing, so that leaving them opens the next.
            if step == next_open(profile) {
                profile.reached = step;
            }
            profile.step = step.min(profile.reached);
        })
        .await
    }

    /// Keeps what may be created and goes on.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written.
    pub async fn save_choices(&self, choices: Choices) -> Result<Setup, Problem> {
        self.change_profile(move |profile| {
            profile.choices = choices;
            if profile.step == SetupStep::WhatToCreate {
                profile.pass(SetupStep::WhatToCreate);
            }
        })
        .await
    }

    /// Ends setup and starts the background schedule.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written.
    pub async fn finish_setup(&self) -> Result<Status, Problem> {
        self.change_profile(|profile| {
            profile.finished = true;
            profile.reached = SetupStep::KeepInSync;
            profile.step = SetupStep::KeepInSync;
        })
        .await?;
        self.schedule_changed.notify_one();
        Ok(self.status())
    }

    /// How to make the Stripe key, all from the one catalogue of permissions.
    #[must_use]
    pub fn key_guide(&self, preset: GuidePreset, mode: Mode) -> KeyGuide {
        let preset = Preset::from(preset);
        let mode = clearsync_stripe::key::Mode::from(mode);
        let rows: Vec<GuideRow> = catalog::wanted(preset)
            .map(|row| GuideRow {
                id: row.id.to_owned(),
                section: code(row.section),
                name: row.name.to_owned(),
                level: row.level_in(preset).into(),
            })
            .collect();
        KeyGuide {
            link: guide::prefilled_link(preset, mode),
            key_name: KEY_NAME.to_owned(),
            website: THIRD_PARTY_URL.to_owned(),
            steps: crate::guide_text::steps(preset, mode),
            for_teammate: crate::guide_text::for_teammate(preset, mode),
            rows,
        }
    }

    pub(super) fn setup_from(&self, profile: Profile) -> Setup {
        Setup {
            step: profile.step,
            reached: profile.reached,
            finished: profile.finished,
            stripe: profile.stripe,
            hubspot: profile.hubspot,
            choices: profile.choices,
            sample_data: self.sample_data,
        }
    }

    /// Changes the profile, tells so, and gives the setup as it then is.
    pub(super) async fn change_profile(
        &self,
        change: impl FnOnce(&mut Profile) + Send + 'static,
    ) -> Result<Setup, Problem> {
        let profile = self
            .with_store(|store| store.write(|writer| Profile::change(writer, change)))
            .await?;
        self.data_changed(&[DataKind::Setup, DataKind::Settings]);
        Ok(self.setup_from(profile))
    }
}

/// The furthest step that may be opened by going on from where setup stands.
fn next_open(profile: &Profile) -> SetupStep {
    match profile.reached {
        SetupStep::Welcome => SetupStep::StripeKey,
        reached => reached,
    }
}

/// The heading's name towards the words.
pub(super) fn code(section: Section) -> String {
    let name = match section {
        Section::Core => "core",
        Section::Checkout => "checkout",
        Section::Billing => "billing",
        Section::Connect => "connect",
        Section::Orders => "orders",
        Section::Issuing => "issuing",
        Section::Reporting => "reporting",
        Section::Sigma => "sigma",
        Section::FinancialConnections => "financialConnections",
        Section::Webhook => "webhook",
        Section::Other => "other",
    };
    name.to_owned()
}

impl From<GuidePreset> for Preset {
    fn from(preset: GuidePreset) -> Self {
        match preset {
            GuidePreset::Standard => Self::Standard,
            GuidePreset::StrictlyReadOnly => Self::StrictlyReadOnly,
        }
    }
}

impl From<CatalogLevel> for Level {
    fn from(level: CatalogLevel) -> Self {
        match level {
            CatalogLevel::None => Self::None,
            CatalogLevel::Read => Self::Read,
            CatalogLevel::Write => Self::Write,
        }
    }
}
