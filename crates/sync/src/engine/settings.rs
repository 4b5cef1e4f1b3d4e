use super::{Engine, profile::Profile};
use crate::view::{Problem, Settings, SettingsChange};

const LONGEST_INTERVAL_MINUTES: u32 = 24 * 60;

impl Engine {
    /// What can be set. Whether ClearSync starts with the computer is the desktop's to say.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn settings(&self) -> Result<Settings, Problem> {
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        Ok(Settings {
            former_keys: self.former_keys(&profile),
            interval_minutes: profile.interval_minutes,
            interval_now_minutes: self.interval_now_minutes(&profile).await?,
            metered: self.live().metered,
            autostart: false,
            notify: profile.notify,
            choices: profile.choices,
            stripe: profile.stripe,
            hubspot: profile.hubspot,
            data_folder: self.data_folder.display().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            stripe_api_version: clearsync_stripe::client::API_VERSION.to_owned(),
            hubspot_api_version: clearsync_hubspot::API_VERSION.as_str().to_owned(),
        })
    }

    /// Changes one setting.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written.
    pub async fn change_setting(&self, change: SettingsChange) -> Result<Settings, Problem> {
        let of_the_plan = matches!(change, SettingsChange::Choices(_));
        self.change_profile(move |profile| match change {
            SettingsChange::IntervalMinutes(minutes) => {
                profile.interval_minutes =
                    minutes.map(|minutes| minutes.clamp(1, LONGEST_INTERVAL_MINUTES));
            }
            SettingsChange::Notify(notify) => profile.notify = notify,
            SettingsChange::Choices(choices) => profile.choices = choices,
            // Kept by the desktop, not here.
            SettingsChange::Autostart(_) => {}
        })
        .await?;
        if of_the_plan {
            self.plan_settings_changed().await?;
        }
        self.schedule_changed.notify_one();
        self.settings().await
    }

    /// Whether the user wants to be told when something needs them.
    #[must_use]
    pub fn notifies(&self) -> bool {
        self.store
            .read(Profile::read)
            .is_ok_and(|profile| profile.notify)
    }
}
