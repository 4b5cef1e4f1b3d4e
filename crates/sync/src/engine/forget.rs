//! Forgetting everything: what ClearSync made in Stripe, the keys, and every file of its own. What others put into the
//! same folder is not touched, and neither is HubSpot.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clearsync_store::{DataKey, Store};
use clearsync_vault::KeyName;

use super::{Engine, backup, profile::Profile};
use crate::{
    blocking::blocking,
    data_key::{keychain_problem, secret},
    view::{Forgotten, KeyStorage, Mode, Problem, ProblemCode, RealtimeState, Service, TraceKind},
};

/// The folder of logs, in the data folder.
pub const LOG_FOLDER: &str = "logs";
/// How the name of each log begins.
pub const LOG_PREFIX: &str = "clearsync";
/// How the name of each log ends.
pub const LOG_SUFFIX: &str = "log";

impl Engine {
    /// Stops what runs and forgets everything; the engine stands at the beginning then, on an empty file with `next` for its
    /// key. What could not be removed is named, and keeps nothing else from being removed.
    ///
    /// # Errors
    /// A [`Problem`] when another process is at work on the same data; nothing is forgotten then.
    pub async fn forget(&self, next: DataKey) -> Result<Forgotten, Problem> {
        self.stop_run().await;
        let taken = self.run.take()?;
        let lease = self.with_store(Store::lease).await?;
        let mut forgotten = Forgotten::default();
        self.forget_endpoint(&mut forgotten).await;
        self.forget_keys(&mut forgotten).await;
        let next = self.forget_data_key(next, &mut forgotten).await;
        self.forget_files(next, &mut forgotten).await?;
        self.begin_anew();
        drop((lease, taken));
        self.data_changed(&Self::ALL_DATA);
        Ok(forgotten)
    }

    /// Before the key goes that can take it away.
    async fn forget_endpoint(&self, forgotten: &mut Forgotten) {
        let Ok(realtime) = self.realtime().await else {
            return;
        };
        if realtime.state == RealtimeState::Off {
            return;
        }
        let mode = self.status().stripe.map(|stripe| stripe.mode);
        match self.stop_realtime().await {
            Ok(_) => forgotten.removed(TraceKind::Endpoint, realtime.endpoint),
            Err(problem) => {
                let page = match mode {
                    Some(Mode::Test) => "https://dashboard.stripe.com/test/webhooks",
                    Some(Mode::Live) | None => "https://dashboard.stripe.com/webhooks",
                };
                forgotten.left_at(TraceKind::Endpoint, realtime.endpoint, problem, page);
            }
        }
    }

    async fn forget_keys(&self, forgotten: &mut Forgotten) {
        let profile = self.store.read(Profile::read).unwrap_or_default();
        let in_keychain = |storage: Option<KeyStorage>| storage == Some(KeyStorage::Keychain);
        let kept = [
            (
                KeyName::Stripe,
                TraceKind::StripeKey,
                in_keychain(profile.stripe.map(|stripe| stripe.storage)),
            ),
            (
                KeyName::HubSpot,
                TraceKind::HubSpotKey,
                in_keychain(profile.hubspot.map(|hubspot| hubspot.storage)),
            ),
            (KeyName::StripeWebhook, TraceKind::WebhookSecret, false),
        ];
        for (name, kind, known) in kept {
            // A keychain that holds nothing needs not be there.
            let held = self.vault.get(name).await;
            let there = known || matches!(held, Ok(Some(_)));
            match self.vault.delete(name).await {
                Ok(()) if there => forgotten.removed(kind, None),
                Err(error) if there => forgotten.left(kind, None, error.into()),
                Ok(()) | Err(_) => {}
            }
        }
        for service in [Service::Stripe, Service::HubSpot] {
            self.forget_rotation(service);
        }
    }

    /// Puts the next key into the place of the one in the keychain: from then on nobody reads what is left of the data, wherever
    /// it is left. A key that is kept elsewhere stays, and gives `None`.
    async fn forget_data_key(&self, next: DataKey, forgotten: &mut Forgotten) -> Option<DataKey> {
        let Ok(Some(_)) = self.vault.get(KeyName::Data).await else {
            return None;
        };
        match self.vault.set(KeyName::Data, &secret(&next)).await {
            Ok(()) => {
                forgotten.removed(TraceKind::DataKey, None);
                Some(next)
            }
            Err(error) => {
                forgotten.left(TraceKind::DataKey, None, keychain_problem(error));
                None
            }
        }
    }

    async fn forget_files(
        &self,
        next: Option<DataKey>,
        forgotten: &mut Forgotten,
    ) -> Result<(), Problem> {
        let emptied = self.with_store(move |store| store.begin_anew(next)).await?;
        let files = emptied.removed.into_iter().map(|path| (path, Ok(())));
        let refused = |(path, error): (PathBuf, io::Error)| (path, Err(error));
        let files = files.chain(emptied.left.into_iter().map(refused));
        for (path, outcome) in files.collect::<Vec<_>>() {
            let kind = if is_beside(&path, ".damaged") || is_beside(&path, ".other-key") {
                TraceKind::SetAside
            } else {
                TraceKind::Database
            };
            note(forgotten, kind, &path, outcome);
        }
        let folder = self.data_folder.clone();
        let removed = blocking(move || {
            let backups = folder.join(backup::FOLDER);
            let mut all: Vec<_> = remove_files(&backups, backup::is_own)
                .into_iter()
                .map(|(path, outcome)| (TraceKind::Backup, path, outcome))
                .collect();
            let logs = remove_files(&folder.join(LOG_FOLDER), is_log);
            all.extend(
                logs.into_iter()
                    .map(|(path, outcome)| (TraceKind::Log, path, outcome)),
            );
            all
        });
        for (kind, path, outcome) in removed.await {
            note(forgotten, kind, &path, outcome);
        }
        Ok(())
    }

    /// As a process begins that finds nothing.
    fn begin_anew(&self) {
        let mut live = self.live();
        let tray = live.tray;
        *live = super::live::Live {
            tray,
            ..super::live::Live::default()
        };
        drop(live);
        for service in [Service::Stripe, Service::HubSpot] {
            self.checks().forget(service);
        }
        self.realtime_changed.notify_one();
        self.schedule_changed.notify_one();
    }
}

/// Removes what an engine that forgot everything began anew, and the folder once nothing is left in it. Only for a
/// process that ends now, once its engine is gone.
pub fn leave_nothing(data_folder: &Path) {
    for (_, error) in Store::remove_for_good(&data_folder.join(super::DATABASE)).left {
        tracing::warn!(%error, "a file could not be removed");
    }
    // Fails where somebody else's files are in it, which stay.
    let _ = fs::remove_dir(data_folder);
}

/// Removes ClearSync's own files of a folder, and the folder once nothing is left in it.
fn remove_files(folder: &Path, is_own: impl Fn(&str) -> bool) -> Vec<(PathBuf, io::Result<()>)> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let own = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.is_file() && is_own(&name)
    };
    let paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(own)
        .collect();
    let outcomes = paths.into_iter().map(|path| {
        let outcome = fs::remove_file(&path);
        (path, outcome)
    });
    let outcomes = outcomes.collect();
    // Fails where somebody else's files are in it, which stay.
    let _ = fs::remove_dir(folder);
    outcomes
}

fn is_log(name: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    parts.len() > 1 && parts.first() == Some(&LOG_PREFIX) && parts.last() == Some(&LOG_SUFFIX)
}

fn is_beside(path: &Path, mark: &str) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().contains(mark)
}

fn note(forgotten: &mut Forgotten, kind: TraceKind, path: &Path, outcome: io::Result<()>) {
    let name = Some(path.display().to_string());
    match outcome {
        Ok(()) => forgotten.removed(kind, name),
        Err(error) => {
            tracing::warn!(%error, "a file could not be removed");
            forgotten.left(kind, name, Problem::new(ProblemCode::FileNotRemoved));
        }
    }
}
