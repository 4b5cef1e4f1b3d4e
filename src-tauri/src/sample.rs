use std::{sync::Arc, time::Duration};

use clearsync_sandbox::{Sample, ServedSample, SystemClock};
use clearsync_sync::{DataKeyPlace, view::Status};
use tempfile::TempDir;
use url::Url;

use crate::{config::Config, start::StartError};

/// How long the sample accounts take for an answer, so that progress can be seen.
const LATENCY: Duration = Duration::from_millis(40);
/// How often the sample business lives on.
const LIFE_INTERVAL: Duration = Duration::from_secs(30);

/// The keys of the sample accounts. They open nothing but the sandbox, so they are no secrets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SampleKeys {
    /// Stands in for a Stripe restricted key.
    pub(crate) stripe: &'static str,
    /// Stands in for a HubSpot service key.
    pub(crate) hubspot: &'static str,
}

/// Sample accounts on ports of this computer, with a data folder that goes when they go.
pub(crate) struct RunningSample {
    /// The accounts that ClearSync begins with.
    pub(crate) accounts: Arc<Sample>,
    /// Those of a second workspace.
    second: Arc<Sample>,
    _served: ServedSample,
    _data_folder: TempDir,
}

impl SampleKeys {
    /// The keys of the accounts that ClearSync begins with.
    pub(crate) const OWN: Self = Self {
        stripe: Sample::STRIPE_KEY,
        hubspot: Sample::HUBSPOT_TOKEN,
    };
    /// Those of the accounts of a second workspace.
    const SECOND: Self = Self {
        stripe: Sample::SECOND_STRIPE_KEY,
        hubspot: Sample::SECOND_HUBSPOT_TOKEN,
    };

    /// The keys that belong to a workspace: those of the account it has, or else of the first that none has.
    pub(crate) fn of(workspace: &Status, all: &[Status]) -> Self {
        let has = |status: &Status, keys: &Self| {
            let stripe = status.stripe.as_ref();
            stripe.is_some_and(|stripe| keys.stripe.ends_with(&stripe.last_four))
        };
        let is_taken = workspace.stripe.is_none() && all.iter().any(|one| has(one, &Self::OWN));
        if is_taken || has(workspace, &Self::SECOND) {
            Self::SECOND
        } else {
            Self::OWN
        }
    }
}

impl RunningSample {
    /// Starts the accounts, and says how to reach them.
    pub(crate) async fn start() -> Result<(Self, Config), StartError> {
        let data_folder = tempfile::Builder::new()
            .prefix("clearsync-sample.")
            .tempdir()
            .map_err(StartError::Sample)?;
        let played = tokio::task::spawn_blocking(|| {
            let first = Sample::open(Arc::new(SystemClock));
            [first, Sample::second(Arc::new(SystemClock))].map(Arc::new)
        });
        let [accounts, second] = played
            .await
            .map_err(|error| StartError::Sample(error.into()))?;
        let served = Sample::serve_two([&accounts, &second], LATENCY)
            .await
            .map_err(StartError::Sample)?;
        let config = Config {
            data_folder: data_folder.path().to_owned(),
            data_key: DataKeyPlace::Nowhere,
            stripe_url: address(&served.stripe)?,
            hubspot_url: address(&served.hubspot)?,
        };
        Ok((
            Self {
                accounts,
                second,
                _served: served,
                _data_folder: data_folder,
            },
            config,
        ))
    }

    /// Lets the businesses live on while the window is open.
    pub(crate) fn let_live(&self) {
        let businesses = [&self.accounts, &self.second].map(Arc::clone);
        tauri::async_runtime::spawn(async move {
            loop {
                tokio::time::sleep(LIFE_INTERVAL).await;
                for business in &businesses {
                    business.live_on();
                }
            }
        });
    }
}

fn address(served: &clearsync_sandbox::Served) -> Result<Url, StartError> {
    Url::parse(&format!("http://{}/", served.address()))
        .map_err(|error| StartError::Sample(std::io::Error::other(error)))
}
