//! Forgetting everything: what ClearSync made in Stripe, the keys, and every file of its own. What others put into the
//! same folder is not touched, and neither is HubSpot.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clearsync_store::{DataKey, Emptied, Lease, Store};
use clearsync_vault::{KeyName, Vault};

use super::{Engine, backup, profile::Profile, run_slot::Taken};
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
        let (mut forgotten, alone) = self.forget_what_is_elsewhere().await?;
        let next = self.forget_data_key(next, &mut forgotten).await;
        let emptied = self.with_store(move |store| store.begin_anew(next)).await?;
        self.note_files(emptied, &mut forgotten).await;
        forget_logs(self.data_folder.clone(), &mut forgotten).await;
        self.begin_anew();
        drop(alone);
        self.data_changed(&Self::ALL_DATA);
        Ok(forgotten)
    }

    /// As [`Engine::forget`], but the engine is at its end: its store is closed, and its files are gone. Logs are of the
    /// whole computer and stay.
    ///
    /// # Errors
    /// As [`Engine::forget`].
    pub(crate) async fn end(&self) -> Result<Forgotten, Problem> {
        let (mut forgotten, alone) = self.forget_what_is_elsewhere().await?;
        // From then on nobody reads what is left of the data, wherever it is left.
        forget_key(
            &self.vault,
            KeyName::Data,
            TraceKind::DataKey,
            false,
            &mut forgotten,
        )
        .await;
        let emptied = self.with_store(Store::close_for_good).await?;
        self.note_files(emptied, &mut forgotten).await;
        self.move_out();
        self.begin_anew();
        drop(alone);
        let folder = self.data_folder.clone();
        blocking(move || leave_nothing(&folder)).await;
        Ok(forgotten)
    }

    /// Stops what runs, and forgets what stands in Stripe and in the keychain. Nothing runs until the second value is
    /// dropped.
    async fn forget_what_is_elsewhere(&self) -> Result<(Forgotten, (Taken, Lease)), Problem> {
        self.stop_run().await;
        let taken = self.run.take()?;
        let lease = self.with_store(Store::lease).await?;
        let mut forgotten = Forgotten::default();
        self.forget_endpoint(&mut forgotten).await;
        self.forget_keys(&mut forgotten).await;
        Ok((forgotten, (taken, lease)))
    }

    async fn note_files(&self, emptied: Emptied, forgotten: &mut Forgotten) {
        note_database(forgotten, emptied);
        forget_backups(self.data_folder.clone(), forgotten).await;
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
            forget_key(&self.vault, name, kind, known, forgotten).await;
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

/// Forgets what stands in a folder whose store cannot be opened: its keys and its files. What ClearSync made in Stripe is not
/// known then.
pub(crate) async fn forget_unopened(data_folder: &Path, profile: &str) -> Forgotten {
    let mut forgotten = Forgotten::default();
    let vault = Vault::new(profile);
    for (name, kind) in [
        (KeyName::Stripe, TraceKind::StripeKey),
        (KeyName::HubSpot, TraceKind::HubSpotKey),
        (KeyName::StripeWebhook, TraceKind::WebhookSecret),
        (KeyName::Data, TraceKind::DataKey),
    ] {
        forget_key(&vault, name, kind, false, &mut forgotten).await;
    }
    let database = data_folder.join(super::DATABASE);
    let emptied = blocking(move || Store::remove_for_good(&database)).await;
    note_database(&mut forgotten, emptied);
    forget_backups(data_folder.to_owned(), &mut forgotten).await;
    // Fails where somebody else's files are in it, which stay.
    let _ = fs::remove_dir(data_folder);
    forgotten
}

async fn forget_key(
    vault: &Vault,
    name: KeyName,
    kind: TraceKind,
    known: bool,
    forgotten: &mut Forgotten,
) {
    // A keychain that holds nothing needs not be there.
    let held = vault.get(name).await;
    let there = known || matches!(held, Ok(Some(_)));
    match vault.delete(name).await {
        Ok(()) if there => forgotten.removed(kind, None),
        Err(error) if there && name == KeyName::Data => {
            forgotten.left(kind, None, keychain_problem(error));
        }
        Err(error) if there => forgotten.left(kind, None, error.into()),
        Ok(()) | Err(_) => {}
    }
}

fn note_database(forgotten: &mut Forgotten, emptied: Emptied) {
    let files = emptied.removed.into_iter().map(|path| (path, Ok(())));
    let refused = |(path, error): (PathBuf, io::Error)| (path, Err(error));
    for (path, outcome) in files.chain(emptied.left.into_iter().map(refused)) {
        let kind = if is_beside(&path, ".damaged") || is_beside(&path, ".other-key") {
            TraceKind::SetAside
        } else {
            TraceKind::Database
        };
        note(forgotten, kind, &path, outcome);
    }
}

async fn forget_backups(data_folder: PathBuf, forgotten: &mut Forgotten) {
    let removed = blocking(move || remove_files(&data_folder.join(backup::FOLDER), backup::is_own));
    for (path, outcome) in removed.await {
        note(forgotten, TraceKind::Backup, &path, outcome);
    }
}

/// Removes the logs that stand in a data folder.
pub(crate) async fn forget_logs(data_folder: PathBuf, forgotten: &mut Forgotten) {
    let removed = blocking(move || remove_files(&data_folder.join(LOG_FOLDER), is_log));
    for (path, outcome) in removed.await {
        note(forgotten, TraceKind::Log, &path, outcome);
    }
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
