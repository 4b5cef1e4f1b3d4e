use std::{io, ops::Deref, sync::Arc};

use clearsync_sync::{
    Clock, DataKeyPlace, EngineConfig, LOG_FOLDER, Services, Workspaces, WorkspacesConfig,
    forget_data_key, leave_nothing, random_name,
    view::{Problem, ProblemCode},
};
use clearsync_transport::{Network, NetworkError};
use tracing_appender::non_blocking::WorkerGuard;
use zeroize::Zeroizing;

use crate::{
    config::{Config, ConfigError},
    logging,
    sample::RunningSample,
};

/// What a run of ClearSync has before its data is open. Parts end in the order they are named.
pub(crate) struct Prepared {
    /// Where its data is and whom it speaks to.
    pub(crate) config: Config,
    /// The sample accounts, with `--sample`.
    pub(crate) sample: Option<RunningSample>,
    network: Arc<Network>,
    _log: Option<WorkerGuard>,
}

/// Everything a run of ClearSync stands on. Parts end in the order they are named.
pub(crate) struct Started {
    /// The app itself: an engine for each workspace.
    pub(crate) workspaces: Arc<Workspaces>,
    pub(crate) prepared: Prepared,
}

impl Deref for Started {
    type Target = Prepared;

    fn deref(&self) -> &Prepared {
        &self.prepared
    }
}

/// Why ClearSync could not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("The sample accounts could not be started ({0}).")]
    Sample(#[source] io::Error),
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// Makes ready all but the data.
pub(crate) async fn prepare(sample: bool) -> Result<Prepared, StartError> {
    let (sample, config) = if sample {
        let (running, config) = RunningSample::start().await?;
        (Some(running), config)
    } else {
        (None, Config::load()?)
    };
    let network = Arc::new(Network::to(config.hosts())?);
    // Without a log ClearSync still does its work.
    let log = logging::start(&config.data_folder.join(LOG_FOLDER)).ok();
    tell_panics();
    Ok(Prepared {
        config,
        sample,
        network,
        _log: log,
    })
}

impl Prepared {
    /// The workspaces, none of which is open yet.
    pub(crate) async fn workspaces(&self) -> Arc<Workspaces> {
        let config = &self.config;
        Workspaces::find(WorkspacesConfig {
            first: EngineConfig {
                data_folder: config.data_folder.clone(),
                profile: self.profile(),
                sample_data: self.sample.is_some(),
                services: Services {
                    stripe: self.network.clone(),
                    stripe_url: config.stripe_url.clone(),
                    hubspot: self.network.clone(),
                    hubspot_url: config.hubspot_url.clone(),
                },
                clock: Clock::system(),
                random_name,
            },
            data_key: config.data_key.clone(),
            random,
        })
        .await
    }

    /// The same with the workspaces.
    pub(crate) fn with(self, workspaces: Arc<Workspaces>) -> Started {
        Started {
            workspaces,
            prepared: self,
        }
    }

    /// Ends what goes on, and removes the last of what everything that was forgotten began anew with.
    pub(crate) fn leave_nothing(self) -> Result<(), Problem> {
        let (profile, config) = (self.profile(), self.config.clone());
        // What is open cannot be removed everywhere.
        drop(self);
        leave_nothing(&config.data_folder);
        match config.data_key {
            DataKeyPlace::Keychain => tauri::async_runtime::block_on(forget_data_key(&profile)),
            DataKeyPlace::File(_) | DataKeyPlace::Nowhere => Ok(()),
        }
    }

    fn profile(&self) -> String {
        match &self.sample {
            Some(_) => "sample".to_owned(),
            None => self.config.data_folder.display().to_string(),
        }
    }
}

fn random() -> Result<Zeroizing<[u8; 32]>, Problem> {
    let mut bytes = Zeroizing::new([0; 32]);
    match getrandom::fill(bytes.as_mut_slice()) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(Problem::new(ProblemCode::Unexpected)),
    }
}

/// A panic is a fault of ours: its place goes to the log. Its text does not, since nobody knows what it holds.
fn tell_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "a fault in ClearSync");
        if cfg!(debug_assertions) {
            before(panic);
        }
    }));
}
