//! Keys in the operating system's own keychain: Secret Service, macOS Keychain, Windows Credential Manager.
//!
//! There is no plaintext fallback. Without a keychain a key can be kept in memory until the process ends, and only on
//! the user's word.

mod keychain;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use clearsync_transport::Secret;
use keychain::Keychain;
pub use keychain::VaultError;

/// A locked keychain may ask the user for its password in a window of its own; this long is waited for the answer.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(2);

/// Which key is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyName {
    /// The Stripe restricted key.
    Stripe,
    /// The HubSpot service key.
    HubSpot,
    /// What Stripe signs its deliveries with.
    StripeWebhook,
    /// What the data on this computer is encrypted with.
    Data,
}

impl KeyName {
    fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::HubSpot => "hubspot",
            Self::StripeWebhook => "stripe-webhook",
            Self::Data => "data",
        }
    }
}

/// The keys of one profile (one data folder).
pub struct Vault {
    keychain: Keychain,
    this_run: Mutex<HashMap<KeyName, Secret>>,
}

impl Vault {
    /// Opens the keys of a profile. Nothing is asked of the keychain yet.
    #[must_use]
    pub fn new(profile: &str) -> Self {
        Self {
            keychain: Keychain::new(profile),
            this_run: Mutex::default(),
        }
    }

    /// The key, from memory if it is kept for this run only, else from the keychain; `None` if there is none.
    ///
    /// # Errors
    /// [`VaultError`] when the keychain cannot be asked.
    pub async fn get(&self, name: KeyName) -> Result<Option<Secret>, VaultError> {
        if let Some(secret) = self.kept().get(&name) {
            return Ok(Some(secret.duplicate()));
        }
        self.ask(move |keychain| keychain.get(name.as_str())).await
    }

    /// Puts the key into the keychain, in place of an older one, and reads it back: only what can be read again is kept.
    ///
    /// # Errors
    /// [`VaultError`] when the keychain does not take it; then nothing has changed.
    pub async fn set(&self, name: KeyName, secret: &Secret) -> Result<(), VaultError> {
        let secret = secret.duplicate();
        self.ask(move |keychain| keychain.set(name.as_str(), &secret))
            .await?;
        self.kept().remove(&name);
        Ok(())
    }

    /// Keeps the key in memory until this process ends. Only on the user's word.
    pub fn keep_for_this_run(&self, name: KeyName, secret: Secret) {
        self.kept().insert(name, secret);
    }

    /// Whether the key is kept in memory only.
    #[must_use]
    pub fn is_for_this_run(&self, name: KeyName) -> bool {
        self.kept().contains_key(&name)
    }

    /// Deletes the key from memory and from the keychain. A key that is not there is no error.
    ///
    /// # Errors
    /// [`VaultError`] when the keychain cannot be asked; the key is gone from memory all the same.
    pub async fn delete(&self, name: KeyName) -> Result<(), VaultError> {
        let was_memory_only = self.kept().remove(&name).is_some();
        match self
            .ask(move |keychain| keychain.delete(name.as_str()))
            .await
        {
            Err(VaultError::Missing) if was_memory_only => Ok(()),
            outcome => outcome,
        }
    }

    /// Keychain calls block, for minutes if a password is asked, so none runs on the caller's thread.
    async fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Keychain) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let keychain = self.keychain.clone();
        let answer = tokio::task::spawn_blocking(move || call(&keychain));
        match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(VaultError::Refused),
            Err(_) => Err(VaultError::Locked),
        }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<KeyName, Secret>> {
        self.this_run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_for_this_run_needs_no_keychain() {
        let vault = Vault::new("test");
        let secret = Secret::new("rk_test_abcdefghijkl".to_owned());
        vault.keep_for_this_run(KeyName::Stripe, secret);
        assert!(vault.is_for_this_run(KeyName::Stripe));
        assert_eq!(
            vault
                .get(KeyName::Stripe)
                .await
                .unwrap()
                .unwrap()
                .last_four(),
            "ijkl"
        );
        assert!(!vault.is_for_this_run(KeyName::HubSpot));
    }
}
