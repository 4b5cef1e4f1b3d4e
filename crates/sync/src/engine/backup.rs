use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clearsync_store::{Store, StoreError};
use jiff::Timestamp;

use super::{Engine, neighbours::held, profile::Profile};
use crate::{
    blocking::blocking,
    plan::Installation,
    view::{Action, BackupRow, Mode, Problem, ProblemCode, Service},
};

/// The folder of backups, in the data folder.
pub(super) const FOLDER: &str = "backups";
const EXTENSION: &str = "sqlite";
const BACKUP: &str = "clearsync";
const BEFORE_RESTORE: &str = "before-restore";

impl Engine {
    /// The backups in the data folder, newest first. What cannot be read is left out.
    ///
    /// # Errors
    /// A [`Problem`] when the folder cannot be read.
    pub async fn backups(&self) -> Result<Vec<BackupRow>, Problem> {
        let folder = self.backup_folder();
        blocking(move || listed(&folder))
            .await
            .map_err(|error| unreadable(&error))
    }

    /// Makes a backup in the data folder, also while a run is under way.
    ///
    /// # Errors
    /// A [`Problem`] when it cannot be written.
    pub async fn back_up(&self) -> Result<BackupRow, Problem> {
        let folder = self.backup_folder();
        let path = folder.join(file_name(BACKUP, self.now()));
        self.back_up_to(path.clone()).await?;
        blocking(move || row(&path))
            .await
            .map_err(|error| unreadable(&error))
    }

    /// Makes a backup at `path`, where nothing may be yet.
    ///
    /// # Errors
    /// As [`Engine::back_up`].
    pub async fn back_up_to(&self, path: PathBuf) -> Result<(), Problem> {
        self.with_store(move |store| store.back_up(&path)).await
    }

    /// Makes a backup at `path` that is not encrypted, where nothing may be yet: any computer can restore it, and whoever gets
    /// it can read it.
    ///
    /// # Errors
    /// As [`Engine::back_up`].
    pub async fn back_up_readable_to(&self, path: PathBuf) -> Result<(), Problem> {
        self.with_store(move |store| store.back_up_readable(&path))
            .await
    }

    /// Puts a backup of the data folder in the place of everything; see [`Engine::restore_from`].
    ///
    /// # Errors
    /// As [`Engine::restore_from`].
    pub async fn restore(&self, name: &str) -> Result<(), Problem> {
        let known = self
            .backups()
            .await?
            .into_iter()
            .any(|row| row.name == name);
        if !known {
            return Err(Problem::new(ProblemCode::BackupUnusable).with("name", name));
        }
        self.restore_from(self.backup_folder().join(name)).await
    }

    /// Puts a copy of the data in the place of everything, after a backup of what stood there. A key that belongs to another
    /// account or portal than the copy is about is deleted, so that nothing of one reaches the other.
    ///
    /// # Errors
    /// A [`Problem`] when a run is under way, the file cannot be used, or another workspace has the account it is about;
    /// everything is as it was then.
    pub async fn restore_from(&self, path: PathBuf) -> Result<(), Problem> {
        let taken = self.run.take()?;
        let lease = self.with_store(Store::lease).await?;
        let (now, fresh) = (self.now(), self.name_of_installation());
        let before = self.with_store(|store| store.read(Profile::read)).await?;
        let copy = path.clone();
        let copied = self
            .with_store(move |store| store.read_copy(&copy, held))
            .await?;
        let _free = match &copied {
            Some(account) => {
                let id = account.stripe_account.as_deref();
                Some(self.free(id, account.mode).await?)
            }
            None => None,
        };
        let after = self
            .with_store(move |store| restored(store, &path, fresh, now))
            .await?;
        drop((lease, taken));
        for service in [Service::Stripe, Service::HubSpot] {
            self.checks().forget(service);
            let owners = (owner(&before, service), owner(&after, service));
            if !owners.0.is(&owners.1) {
                self.leave_and_delete_key(service).await?;
            }
        }
        self.live().problem = None;
        self.schedule_changed.notify_one();
        self.data_changed(&Self::ALL_DATA);
        Ok(())
    }

    /// Where [`Engine::back_up`] puts its files.
    #[must_use]
    pub fn backup_folder(&self) -> PathBuf {
        self.data_folder.join(FOLDER)
    }
}

/// Restores, and gives the setup that came with it. What stood there becomes a backup like any other. The installation
/// stays this one, or becomes `fresh`: the data may come from another that is still at work.
fn restored(
    store: &Store,
    path: &Path,
    fresh: String,
    now: Timestamp,
) -> Result<Profile, StoreError> {
    let installation = store.read(Installation::load)?;
    let installation = installation.unwrap_or_else(|| Installation::new(fresh));
    let folder = store.path().with_file_name(FOLDER);
    store.restore(path, &folder.join(file_name(BEFORE_RESTORE, now)))?;
    store.write(|writer| {
        installation.keep(writer)?;
        Profile::read(writer)
    })
}

fn file_name(prefix: &str, now: Timestamp) -> String {
    format!("{prefix}-{}.{EXTENSION}", now.strftime("%Y%m%dT%H%M%S%3fZ"))
}

/// Whether a file of that name was made here.
pub(super) fn is_own(name: &str) -> bool {
    let stem = name
        .strip_suffix(EXTENSION)
        .and_then(|stem| stem.strip_suffix('.'));
    stem.is_some_and(|stem| {
        [BACKUP, BEFORE_RESTORE].iter().any(|prefix| {
            let stamp = stem
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_prefix('-'));
            stamp.is_some_and(|stamp| {
                stamp.ends_with('Z') && stamp.starts_with(|first: char| first.is_ascii_digit())
            })
        })
    })
}

/// Whom the key of a service belongs to.
#[derive(PartialEq, Eq)]
enum Owner {
    /// There is no key.
    Nobody,
    /// A key that may not read whose it is.
    Untold,
    Account(String, Mode),
    Portal(String),
}

impl Owner {
    fn is(&self, other: &Self) -> bool {
        *self != Self::Untold && self == other
    }
}

fn owner(profile: &Profile, service: Service) -> Owner {
    let owner = match service {
        Service::Stripe => profile.stripe.as_ref().map(|stripe| {
            let account = stripe.account_id.clone();
            account.map_or(Owner::Untold, |id| Owner::Account(id, stripe.mode))
        }),
        Service::HubSpot => {
            let portal = profile.hubspot.as_ref();
            portal.map(|portal| Owner::Portal(portal.portal_id.clone()))
        }
    };
    owner.unwrap_or(Owner::Nobody)
}

fn listed(folder: &Path) -> io::Result<Vec<BackupRow>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut rows: Vec<BackupRow> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == EXTENSION)
        })
        .filter_map(|path| row(&path).ok())
        .collect();
    rows.sort_by(|one, other| (&other.made_at, &other.name).cmp(&(&one.made_at, &one.name)));
    Ok(rows)
}

fn row(path: &Path) -> io::Result<BackupRow> {
    let file = fs::metadata(path)?;
    let made_at = Timestamp::try_from(file.modified()?).map_err(io::Error::other)?;
    Ok(BackupRow {
        name: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        made_at: made_at.to_string(),
        size_kib: u32::try_from(file.len().div_ceil(1024)).unwrap_or(u32::MAX),
        encrypted: Store::is_encrypted(path).map_err(io::Error::other)?,
    })
}

fn unreadable(error: &io::Error) -> Problem {
    tracing::error!(%error, "the folder of backups cannot be read");
    Problem::new(ProblemCode::DatabaseReadOnly).act(Action::ShowDataFolder)
}
