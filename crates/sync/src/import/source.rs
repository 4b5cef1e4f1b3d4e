use clearsync_store::{AccountId, AccountProfile, Mode, Scope, Store, StoreError, Writer};
use clearsync_stripe::{
    account::Account, catalog::Held, client::Client, error::StripeError, key::Mode as KeyMode,
};

use crate::{blocking::blocking, clock::Clock};

/// The setting with the IANA name of the account's time zone.
pub(crate) const TIME_ZONE: &str = "time_zone";

/// A Stripe account that is being read: a client whose key was found to be of this account of the store.
#[derive(Debug, Clone)]
pub struct Source {
    client: Client,
    account: AccountId,
    held: Held,
}

/// Why a key was not taken for an account.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The key is of another account. Data of two accounts is never mixed.
    #[error("the key is of another account")]
    OtherAccount {
        /// The account that was connected before.
        expected: String,
        /// The account of this key.
        found: String,
    },
    /// The key is of the other mode.
    #[error("the key is of the other mode")]
    OtherMode {
        /// The mode that was connected before.
        expected: Mode,
    },
    /// Stripe could not be asked.
    #[error(transparent)]
    Stripe(#[from] StripeError),
    /// The store could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ties a key to an account of the store.
///
/// With `expected`, the key has to be of that account, unless Stripe does not say whose it is. Without, the account is
/// found by its id and mode, or added.
///
/// # Errors
/// [`ConnectError`]; nothing is changed then.
pub async fn connect(
    client: Client,
    held: Held,
    expected: Option<AccountId>,
    store: &Store,
    clock: &Clock,
) -> Result<Source, ConnectError> {
    let mode = match client.key().mode() {
        KeyMode::Live => Mode::Live,
        KeyMode::Test => Mode::Test,
    };
    let told = client.account().await?;
    let (store, now) = (store.clone(), clock.now());
    let account = blocking(move || {
        store.write(|writer| {
            let profile = profile(&told);
            let found = told
                .id
                .as_ref()
                .map(clearsync_stripe::refusal::AccountId::as_str);
            if let Some(expected) = expected {
                let known = writer.account(expected)?;
                if known.mode != mode {
                    return Err(ConnectError::OtherMode {
                        expected: known.mode,
                    });
                }
                if let (Some(known), Some(found)) = (known.stripe_account, found)
                    && known != found
                {
                    return Err(ConnectError::OtherAccount {
                        expected: known,
                        found: found.to_owned(),
                    });
                }
                writer.update_account(expected, found, &profile)?;
                keep_time_zone(writer, expected, &told)?;
                return Ok(expected);
            }
            let same = |known: &clearsync_store::Account| {
                known.mode == mode && found.is_some() && known.stripe_account.as_deref() == found
            };
            let account = match writer.accounts()?.into_iter().find(same) {
                Some(known) => {
                    writer.update_account(known.id, found, &profile)?;
                    known.id
                }
                None => writer.add_account(found, mode, &profile, now)?,
            };
            keep_time_zone(writer, account, &told)?;
            Ok(account)
        })
    })
    .await?;
    Ok(Source {
        client,
        account,
        held,
    })
}

impl Source {
    /// The account in the store.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// What reads it.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The permissions the key is known to hold.
    #[must_use]
    pub fn held(&self) -> &Held {
        &self.held
    }
}

/// Months end where the account's dashboard says midnight is.
fn keep_time_zone(writer: &Writer, account: AccountId, told: &Account) -> Result<(), StoreError> {
    match &told.time_zone {
        Some(zone) => writer.set_setting(Scope::Account(account), TIME_ZONE, zone),
        None => Ok(()),
    }
}

fn profile(told: &Account) -> AccountProfile {
    AccountProfile {
        name: told.name.clone(),
        country: None,
        currency: told.default_currency.clone(),
    }
}
