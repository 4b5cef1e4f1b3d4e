//! The key that the data on this computer is encrypted with: where it is kept, and how it is made.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use clearsync_store::{DataKey, Store};
use clearsync_transport::Secret;
use clearsync_vault::{KeyName, Vault, VaultError};
use zeroize::Zeroizing;

use crate::{
    blocking::blocking,
    engine::DATABASE,
    view::{Action, Problem, ProblemCode},
};

/// Where the key of the data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataKeyPlace {
    /// In the keychain, under the profile of the data folder.
    Keychain,
    /// In a file that only its owner can read, for a computer without a keychain.
    File(PathBuf),
    /// Nowhere: the data goes when the process ends.
    Nowhere,
}

/// What becomes of data that no key opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Former {
    /// It is left as it is, and said so.
    #[default]
    Kept,
    /// It is set aside, on the user's word, and everything is read anew.
    SetAside,
}

/// Gives the key of the data in `data_folder`. The first time there is none yet: then `random` becomes the key, and is kept
/// before anything is encrypted with it. May wait for minutes for a keychain that asks its user for a password.
///
/// # Errors
/// A [`Problem`] when the place cannot be asked, and when it holds no key though there is data that needs one and is to be
/// kept.
pub async fn data_key(
    place: &DataKeyPlace,
    profile: &str,
    data_folder: &Path,
    former: Former,
    random: Zeroizing<[u8; 32]>,
) -> Result<DataKey, Problem> {
    let database = data_folder.join(DATABASE);
    match place {
        DataKeyPlace::Keychain => in_keychain(&Vault::new(profile), database, former, random).await,
        DataKeyPlace::File(path) => {
            let path = path.clone();
            blocking(move || in_file(&path, &database, former, random)).await
        }
        DataKeyPlace::Nowhere => Ok(DataKey::from_random(random)),
    }
}

/// Deletes the key from the keychain, once nothing is left that it opens.
///
/// # Errors
/// A [`Problem`] when the keychain cannot be asked.
pub async fn forget_data_key(profile: &str) -> Result<(), Problem> {
    let deleted = Vault::new(profile).delete(KeyName::Data).await;
    deleted.map_err(keychain_problem)
}

async fn in_keychain(
    vault: &Vault,
    database: PathBuf,
    former: Former,
    random: Zeroizing<[u8; 32]>,
) -> Result<DataKey, Problem> {
    if let Some(key) = kept(vault).await? {
        return Ok(key);
    }
    // Of two processes that start at once, one makes the key.
    let _alone = {
        let database = database.clone();
        blocking(move || Store::lease_at(&database)).await?
    };
    if let Some(key) = kept(vault).await? {
        return Ok(key);
    }
    may_be_made(&database, former)?;
    let key = DataKey::from_random(random);
    let secret = secret(&key);
    vault
        .set(KeyName::Data, &secret)
        .await
        .map_err(keychain_problem)?;
    Ok(key)
}

async fn kept(vault: &Vault) -> Result<Option<DataKey>, Problem> {
    let secret = vault.get(KeyName::Data).await.map_err(keychain_problem)?;
    secret
        .map(|secret| {
            DataKey::parse(secret.expose())
                .ok_or_else(|| Problem::new(ProblemCode::DataKeychainRefused).act(Action::TryAgain))
        })
        .transpose()
}

/// A new key opens nothing that is there already.
fn may_be_made(database: &Path, former: Former) -> Result<(), Problem> {
    if former == Former::Kept && Store::is_encrypted(database)? {
        return Err(Problem::new(ProblemCode::DataKeyMissing).act(Action::TryAgain));
    }
    Ok(())
}

fn in_file(
    path: &Path,
    database: &Path,
    former: Former,
    random: Zeroizing<[u8; 32]>,
) -> Result<DataKey, Problem> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    let _alone = Store::lease_at(database)?;
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    may_be_made(database, former)?;
    let key = DataKey::from_random(random);
    write(path, &key).map_err(|error| {
        tracing::error!(%error, "the file of the data key cannot be written");
        file_problem(ProblemCode::DataKeyFileUnusable, path)
    })?;
    Ok(key)
}

fn read(path: &Path) -> Result<Option<DataKey>, Problem> {
    let unusable = || file_problem(ProblemCode::DataKeyFileUnusable, path);
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) => return Err(unusable()),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)
            .map_err(|_| unusable())?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(file_problem(ProblemCode::DataKeyFileOpen, path));
        }
    }
    DataKey::parse(text.trim()).map(Some).ok_or_else(unusable)
}

/// The file is there whole, or not at all.
fn write(path: &Path, key: &DataKey) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(key.expose().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    #[cfg(unix)]
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn file_problem(code: ProblemCode, path: &Path) -> Problem {
    Problem::new(code)
        .with("path", path.display().to_string())
        .act(Action::TryAgain)
}

/// The text that stands for the key in the keychain.
pub(crate) fn secret(key: &DataKey) -> Secret {
    Secret::new(key.expose().as_str().to_owned())
}

pub(crate) fn keychain_problem(error: VaultError) -> Problem {
    let code = match error {
        VaultError::Missing => ProblemCode::DataKeychainMissing,
        VaultError::Locked => ProblemCode::DataKeychainLocked,
        VaultError::Refused => ProblemCode::DataKeychainRefused,
    };
    Problem::new(code).act(Action::TryAgain)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use jiff::Timestamp;

    use super::*;

    struct Computer(tempfile::TempDir);

    impl Computer {
        fn key_file(&self) -> PathBuf {
            self.0.path().join("data.key")
        }

        async fn key(&self, former: Former, random: u8) -> Result<DataKey, ProblemCode> {
            let place = DataKeyPlace::File(self.key_file());
            let data = self.0.path().join("data");
            let found = data_key(&place, "test", &data, former, [random; 32].into());
            found.await.map_err(|problem| problem.code)
        }

        fn open(&self, key: DataKey) {
            let database = self.0.path().join("data").join(DATABASE);
            drop(Store::open(&database, key, Timestamp::UNIX_EPOCH).unwrap());
        }

        async fn refused(&self) -> ProblemCode {
            self.key(Former::Kept, 9).await.map(|_| ()).unwrap_err()
        }
    }

    #[tokio::test]
    async fn the_first_start_makes_a_key_and_every_other_finds_it() {
        let computer = Computer(tempfile::tempdir().unwrap());
        let made = computer.key(Former::Kept, 1).await.unwrap();
        let file = fs::metadata(computer.key_file()).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        let found = computer.key(Former::Kept, 2).await.unwrap();
        assert_eq!(made.expose(), found.expose());
    }

    #[tokio::test]
    async fn a_key_that_is_lost_is_not_made_again_unless_the_user_gives_the_data_up() {
        let computer = Computer(tempfile::tempdir().unwrap());
        computer.open(computer.key(Former::Kept, 1).await.unwrap());
        fs::remove_file(computer.key_file()).unwrap();
        assert_eq!(computer.refused().await, ProblemCode::DataKeyMissing);
        assert!(!computer.key_file().exists());
        let made = computer.key(Former::SetAside, 2).await.unwrap();
        assert_eq!(*made.expose(), "02".repeat(32));
    }

    #[tokio::test]
    async fn a_file_that_others_can_read_or_that_holds_no_key_is_refused() {
        let computer = Computer(tempfile::tempdir().unwrap());
        computer.key(Former::Kept, 1).await.unwrap();
        for open in [0o640, 0o604, 0o620] {
            fs::set_permissions(computer.key_file(), fs::Permissions::from_mode(open)).unwrap();
            assert_eq!(computer.refused().await, ProblemCode::DataKeyFileOpen);
        }
        fs::set_permissions(computer.key_file(), fs::Permissions::from_mode(0o600)).unwrap();
        for other in ["", "password", "00", "\u{fffd}"] {
            fs::write(computer.key_file(), other).unwrap();
            assert_eq!(computer.refused().await, ProblemCode::DataKeyFileUnusable);
            assert_eq!(fs::read_to_string(computer.key_file()).unwrap(), other);
        }
    }
}
