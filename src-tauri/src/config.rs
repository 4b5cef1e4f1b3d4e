use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use clearsync_sync::DataKeyPlace;
use serde::Deserialize;
use url::{Host, Url};

pub(crate) const FOLDER: &str = "ai.clearsync.desktop";
const STRIPE_URL: &str = "https://api.stripe.com";
const HUBSPOT_URL: &str = "https://api.hubapi.com";

/// Where ClearSync keeps its data and which servers it speaks to. From the environment, else from `config.json` in the
/// user's configuration folder, else as built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// Database and logs.
    pub(crate) data_folder: PathBuf,
    /// Where the key of the data is kept.
    pub(crate) data_key: DataKeyPlace,
    /// Base of Stripe's API.
    pub(crate) stripe_url: Url,
    /// Base of HubSpot's API.
    pub(crate) hubspot_url: Url,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("{path} cannot be read ({source}).", path = .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path} is not the JSON ClearSync expects: {source}.", path = .path.display())]
    NotUnderstood {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{name} is not a web address: {source}.")]
    NotAnAddress {
        name: &'static str,
        source: url::ParseError,
    },
    #[error(
        "{name} must be https. Plain http is for this computer alone (127.0.0.1, localhost or [::1])."
    )]
    NotSecure { name: &'static str },
    #[error("This system names no folder for data. Set CLEARSYNC_DATA_FOLDER.")]
    NoFolder,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    data_folder: Option<PathBuf>,
    data_key_file: Option<PathBuf>,
    stripe_url: Option<String>,
    hubspot_url: Option<String>,
}

impl Config {
    /// Reads the environment and the user's `config.json`.
    pub(crate) fn load() -> Result<Self, ConfigError> {
        let file = match dirs::config_dir() {
            Some(folder) => read(&folder.join(FOLDER).join("config.json"))?,
            None => Given::default(),
        };
        let named = Given {
            data_folder: env::var_os("CLEARSYNC_DATA_FOLDER").map(PathBuf::from),
            data_key_file: env::var_os("CLEARSYNC_DATA_KEY_FILE").map(PathBuf::from),
            stripe_url: env::var("CLEARSYNC_STRIPE_URL").ok(),
            hubspot_url: env::var("CLEARSYNC_HUBSPOT_URL").ok(),
        };
        Self::from_given(named, file, dirs::data_dir())
    }

    /// The only hosts that ClearSync speaks to.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &str> {
        [&self.stripe_url, &self.hubspot_url]
            .into_iter()
            .filter_map(Url::host_str)
    }

    fn from_given(
        first: Given,
        second: Given,
        data_home: Option<PathBuf>,
    ) -> Result<Self, ConfigError> {
        let data_folder = first
            .data_folder
            .or(second.data_folder)
            .or_else(|| Some(data_home?.join(FOLDER)))
            .ok_or(ConfigError::NoFolder)?;
        let data_key = match first.data_key_file.or(second.data_key_file) {
            Some(file) => DataKeyPlace::File(file),
            None => DataKeyPlace::Keychain,
        };
        let stripe_url = first.stripe_url.or(second.stripe_url);
        let hubspot_url = first.hubspot_url.or(second.hubspot_url);
        Ok(Self {
            data_folder,
            data_key,
            stripe_url: address(
                "The Stripe address",
                stripe_url.as_deref().unwrap_or(STRIPE_URL),
            )?,
            hubspot_url: address(
                "The HubSpot address",
                hubspot_url.as_deref().unwrap_or(HUBSPOT_URL),
            )?,
        })
    }
}

fn read(path: &Path) -> Result<Given, ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map_err(|source| ConfigError::NotUnderstood {
            path: path.to_owned(),
            source,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Given::default()),
        Err(source) => Err(ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

fn address(name: &'static str, text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|source| ConfigError::NotAnAddress { name, source })?;
    let loopback = match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        _ => Err(ConfigError::NotSecure { name }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(stripe_url: Option<&str>) -> Given {
        Given {
            stripe_url: stripe_url.map(str::to_owned),
            ..Given::default()
        }
    }

    #[test]
    fn the_environment_stands_before_the_file_and_both_before_what_is_built_in() {
        let home = Some(PathBuf::from("/home/u/.local/share"));
        let config = Config::from_given(given(None), given(None), home.clone()).unwrap();
        assert_eq!(config.stripe_url.as_str(), "https://api.stripe.com/");
        assert_eq!(
            config.data_folder,
            PathBuf::from("/home/u/.local/share/ai.clearsync.desktop")
        );
        let config = Config::from_given(
            given(Some("http://127.0.0.1:1/")),
            given(Some("https://proxy.example/")),
            home,
        );
        assert_eq!(config.unwrap().stripe_url.as_str(), "http://127.0.0.1:1/");
    }

    #[test]
    fn plain_http_goes_no_further_than_this_computer() {
        for near in [
            "http://127.0.0.1:9",
            "http://localhost:9",
            "http://[::1]:9",
            "https://proxy.example",
        ] {
            assert!(address("x", near).is_ok(), "{near}");
        }
        for far in [
            "http://10.0.0.1",
            "http://api.stripe.com",
            "http://localhost.evil.example",
            "ftp://localhost",
        ] {
            assert!(
                matches!(address("x", far), Err(ConfigError::NotSecure { .. })),
                "{far}"
            );
        }
    }
}
