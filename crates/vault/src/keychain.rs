use clearsync_transport::Secret;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

const SERVICE: &str = "ai.clearsync.desktop";

/// Why the keychain did not do as asked. Carries no text of the keychain, which may hold what was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// This computer offers no keychain.
    #[error("this computer offers no keychain")]
    Missing,
    /// The keychain is locked, and was not unlocked.
    #[error("the keychain is locked")]
    Locked,
    /// The keychain refused, or gave back something else than was stored.
    #[error("the keychain refused")]
    Refused,
}

/// The operating system's keychain, for the keys of one profile.
#[derive(Clone)]
pub(crate) struct Keychain {
    profile: String,
}

impl Keychain {
    pub(crate) fn new(profile: &str) -> Self {
        Self {
            profile: profile.to_owned(),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Result<Option<Secret>, VaultError> {
        match self.on_entry(name, Entry::get_password) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(reason(&error)),
        }
    }

    pub(crate) fn set(&self, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.on_entry(name, |entry| entry.set_password(secret.expose()))
            .map_err(|error| reason(&error))?;
        let kept = self
            .on_entry(name, Entry::get_password)
            .map(Zeroizing::new)
            .map_err(|error| reason(&error))?;
        if *kept == secret.expose() {
            Ok(())
        } else {
            Err(VaultError::Refused)
        }
    }

    pub(crate) fn delete(&self, name: &str) -> Result<(), VaultError> {
        match self.on_entry(name, Entry::delete_credential) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(reason(&error)),
        }
    }

    /// Runs a call on the entry. The Secret Service loses its session when its daemon restarts, and may come up after
    /// ClearSync; both show as the failures below and are cured by making the store again.
    fn on_entry<T>(
        &self,
        name: &str,
        call: impl Fn(&Entry) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let user = format!("{}/{name}", self.profile);
        let attempt = || Entry::new(SERVICE, &user).and_then(|entry| call(&entry));
        // The first use lets `keyring` choose and make this platform's store.
        let first = match keyring::Entry::store_status() {
            Ok(()) => attempt(),
            Err(_) => Err(Error::NoDefaultStore),
        };
        match first {
            Err(Error::PlatformFailure(_) | Error::NoDefaultStore) => {
                renew_store()?;
                attempt()
            }
            outcome => outcome,
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn renew_store() -> Result<(), Error> {
    keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new()?);
    Ok(())
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn renew_store() -> Result<(), Error> {
    Err(Error::NoDefaultStore)
}

fn reason(error: &Error) -> VaultError {
    match error {
        Error::NoDefaultStore | Error::PlatformFailure(_) => VaultError::Missing,
        Error::NoStorageAccess(_) => VaultError::Locked,
        _ => VaultError::Refused,
    }
}
