use std::{io, sync::Arc};

use clearsync_sync::{Clock, Engine, EngineConfig, LOG_FOLDER, Services, view::Problem};
use clearsync_transport::{Network, NetworkError};
use tracing_appender::non_blocking::WorkerGuard;

use crate::{
    config::{Config, ConfigError},
    logging,
    sample::RunningSample,
};

/// Everything a run of ClearSync stands on. Parts end in the order they are named.
pub(crate) struct Started {
    /// The app itself.
    pub(crate) engine: Arc<Engine>,
    /// Where its data is and whom it speaks to.
    pub(crate) config: Config,
    /// The sample accounts, with `--sample`.
    pub(crate) sample: Option<RunningSample>,
    _log: Option<WorkerGuard>,
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
    #[error("ClearSync's data cannot be used.")]
    Engine(Problem),
}

/// Opens the data and the ways to both services, or to the sample accounts.
pub(crate) async fn start(sample: bool) -> Result<Started, StartError> {
    let (sample, config) = if sample {
        let (running, config) = RunningSample::start().await?;
        (Some(running), config)
    } else {
        (None, Config::load()?)
    };
    let network = Arc::new(Network::to(config.hosts())?);
    let engine = Engine::open(EngineConfig {
        data_folder: config.data_folder.clone(),
        profile: match &sample {
            Some(_) => "sample".to_owned(),
            None => config.data_folder.display().to_string(),
        },
        sample_data: sample.is_some(),
        services: Services {
            stripe: network.clone(),
            stripe_url: config.stripe_url.clone(),
            hubspot: network,
            hubspot_url: config.hubspot_url.clone(),
        },
        clock: Clock::system(),
    })
    .map_err(StartError::Engine)?;
    // The store has made the folder, for its owner alone. Without a log ClearSync still does its work.
    let log = logging::start(&config.data_folder.join(LOG_FOLDER)).ok();
    tell_panics();
    Ok(Started {
        engine,
        config,
        sample,
        _log: log,
    })
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
