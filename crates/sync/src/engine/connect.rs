use clearsync_hubspot::{API_VERSION, AccountDetails, BaseUrl, HubSpotToken, TokenKind};
use clearsync_store::{AccountId, AccountProfile, StoreError, Target, Writer};
use clearsync_stripe::{
    account::Account,
    client::Client as StripeClient,
    key::{ApiKeyKind, KeyKind, KeyRefused, StripeKey, describe},
};
use clearsync_transport::Secret;
use clearsync_vault::{KeyName, VaultError};
use jiff::Timestamp;

use super::{
    Engine,
    profile::{ModeInStore, Profile},
};
use crate::view::{
    Action, DataKind, HubSpotConnection, KeyFinding, KeyStorage, Problem, ProblemCode, Service,
    Setup, SetupStep, StripeConnection,
};

impl Engine {
    /// What a text in a key field is, told without any request.
    #[must_use]
    pub fn look_at_key(&self, service: Service, text: &Secret) -> KeyFinding {
        match service {
            Service::Stripe => look_at_stripe_key(text),
            Service::HubSpot => look_at_hubspot_key(text),
        }
    }

    /// Takes a Stripe key: told apart locally, tried on Stripe, kept in the keychain, and noted with its account.
    /// Nothing is kept when any of it fails.
    ///
    /// # Errors
    /// A [`Problem`]; [`ProblemCode::StripeKeyOtherAccount`] asks whether another account shall take the place of the
    /// one before, whose data stays apart. [`ProblemCode::StripeAccountElsewhere`] says that another workspace has it.
    pub async fn connect_stripe(
        &self,
        secret: Secret,
        keep_for_this_run: bool,
        replace_account: bool,
    ) -> Result<StripeConnection, Problem> {
        let key = StripeKey::new(secret.duplicate())
            .map_err(|refused| Problem::new(refused_code(refused)))?;
        let connection = StripeConnection {
            restricted: key.kind() == ApiKeyKind::Restricted,
            mode: key.mode().into(),
            last_four: key.last_four(),
            account_id: None,
            account_name: None,
            connected_at: self.now().to_string(),
            storage: if keep_for_this_run {
                KeyStorage::ThisRun
            } else {
                KeyStorage::Keychain
            },
        };
        let ModeInStore(mode) = key.mode().into();
        let account = self.stripe_client(key)?.account().await?;
        let id = account
            .id
            .as_ref()
            .map(clearsync_stripe::refusal::AccountId::as_str);
        let _free = self.free(id, mode).await?;
        let known = self.known_account(&account, mode).await?;
        if let Known::Other { before } = &known
            && !replace_account
        {
            let named = |id: Option<&str>| id.unwrap_or("?").to_owned();
            return Err(Problem::new(ProblemCode::StripeKeyOtherAccount)
                .with("before", named(before.as_deref()))
                .with("after", named(id)));
        }
        if matches!(known, Known::Other { .. }) {
            // Only the key that goes now can take away what it made.
            self.leave_no_endpoint().await?;
            self.stop_run().await;
        }
        self.keep_key(KeyName::Stripe, &secret, keep_for_this_run)
            .await?;
        let connection = StripeConnection {
            account_id: id.map(str::to_owned),
            account_name: account.name.clone(),
            ..connection
        };
        let (now, noted) = (self.now(), connection.clone());
        self.with_store(move |store| {
            store.write(|writer| note_stripe(writer, &known, &account, mode, noted, now))
        })
        .await?;
        self.checks().forget(Service::Stripe);
        self.live().problem = None;
        self.schedule_changed.notify_one();
        self.data_changed(&Self::ALL_DATA);
        Ok(connection)
    }

    /// Takes a HubSpot key: told apart locally, tried on HubSpot, kept in the keychain, and noted with its portal.
    /// Nothing is kept when any of it fails.
    ///
    /// # Errors
    /// A [`Problem`]; [`ProblemCode::HubSpotOtherPortal`] asks whether another portal shall take the place of the one
    /// before.
    pub async fn connect_hubspot(
        &self,
        secret: Secret,
        keep_for_this_run: bool,
        replace_portal: bool,
    ) -> Result<HubSpotConnection, Problem> {
        let token = HubSpotToken::new(&secret)
            .map_err(|rejected| Problem::new(rejected_code(rejected.kind)))?;
        let last_four = token.last_four();
        let details = self.hubspot_client(token)?.account().await?;
        let portal_id = details.portal_id.to_string();
        let before = self
            .with_store(|store| store.read(Profile::read))
            .await?
            .hubspot;
        if let Some(before) = before.filter(|before| before.portal_id != portal_id) {
            if !replace_portal {
                return Err(Problem::new(ProblemCode::HubSpotOtherPortal)
                    .with("before", before.portal_id)
                    .with("after", portal_id));
            }
            self.stop_run().await;
        }
        self.keep_key(KeyName::HubSpot, &secret, keep_for_this_run)
            .await?;
        let connection = hubspot_connection(&details, last_four, keep_for_this_run, self.now());
        let noted = connection.clone();
        self.with_store(move |store| {
            store.write(|writer| {
                let profile = Profile::change(writer, |profile| profile.hubspot = Some(noted))?;
                bring_to_portal(writer, &profile)
            })
        })
        .await?;
        self.checks().forget(Service::HubSpot);
        self.live().problem = None;
        self.schedule_changed.notify_one();
        self.data_changed(&Self::ALL_DATA);
        Ok(connection)
    }

    /// Deletes a key from the keychain and goes back to the step that asks for it.
    ///
    /// # Errors
    /// A [`Problem`] when the keychain or the store refuses.
    pub async fn disconnect(&self, service: Service) -> Result<Setup, Problem> {
        if service == Service::Stripe {
            self.leave_no_endpoint().await?;
        }
        self.stop_run().await;
        self.vault.delete(key_name(service)).await?;
        self.leave(service).await
    }

    /// Goes back to the step that asks for a key, and deletes the key where there is a keychain that could hold one.
    pub(super) async fn leave_and_delete_key(&self, service: Service) -> Result<(), Problem> {
        self.leave(service).await?;
        match self.vault.delete(key_name(service)).await {
            Err(VaultError::Missing) => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    async fn leave(&self, service: Service) -> Result<Setup, Problem> {
        let step = match service {
            Service::Stripe => SetupStep::StripeKey,
            Service::HubSpot => SetupStep::HubSpot,
        };
        self.checks().forget(service);
        self.forget_rotation(service);
        self.live().problem = None;
        let setup = self
            .change_profile(move |profile| {
                match service {
                    Service::Stripe => profile.stripe = None,
                    Service::HubSpot => profile.hubspot = None,
                }
                profile.former_keys.retain(|key| key.service != service);
                profile.finished = false;
                profile.step = profile.step.min(step);
                profile.reached = profile.reached.min(step);
            })
            .await?;
        self.data_changed(&[DataKind::Plan, DataKind::Figures]);
        Ok(setup)
    }

    /// The connected Stripe account, ready to be asked.
    pub(super) async fn connected_stripe(&self) -> Result<StripeClient, Problem> {
        let secret = self.key(Service::Stripe).await?;
        let key = StripeKey::new(secret).map_err(|refused| Problem::new(refused_code(refused)))?;
        self.stripe_client(key)
    }

    /// The connected HubSpot portal, ready to be asked.
    pub(super) async fn connected_hubspot(&self) -> Result<clearsync_hubspot::Client, Problem> {
        let secret = self.key(Service::HubSpot).await?;
        let token = HubSpotToken::new(&secret)
            .map_err(|rejected| Problem::new(rejected_code(rejected.kind)))?;
        let client = self.hubspot_client(token)?;
        let (free_percent, time_zone) = self.with_store(super::quota::rules).await?;
        client.keep_free(free_percent);
        if let Some(time_zone) = time_zone {
            client.assume_time_zone(&time_zone);
        }
        Ok(client)
    }

    /// The key of a service.
    pub(super) async fn key(&self, service: Service) -> Result<Secret, Problem> {
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        let (name, kept_in, missing) = match service {
            Service::Stripe => (
                KeyName::Stripe,
                profile.stripe.map(|stripe| stripe.storage),
                Problem::new(ProblemCode::StripeNotConnected).act(Action::ReplaceStripeKey),
            ),
            Service::HubSpot => (
                KeyName::HubSpot,
                profile.hubspot.map(|hubspot| hubspot.storage),
                Problem::new(ProblemCode::HubSpotNotConnected).act(Action::ReplaceHubSpotKey),
            ),
        };
        match self.vault.get(name).await {
            Ok(Some(secret)) => Ok(secret),
            Ok(None) => Err(missing),
            // The keychain holds nothing that could be missed.
            Err(_) if kept_in != Some(KeyStorage::Keychain) => Err(missing),
            Err(error) => Err(error.into()),
        }
    }

    /// The account and the portal a run is for.
    pub(super) async fn target(&self) -> Result<Target, Problem> {
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        let account = profile
            .account
            .ok_or_else(|| Problem::new(ProblemCode::StripeNotConnected))?;
        let portal = profile
            .hubspot
            .and_then(|hubspot| hubspot.portal_id.parse().ok());
        let portal = portal.ok_or_else(|| Problem::new(ProblemCode::HubSpotNotConnected))?;
        Ok(Target { account, portal })
    }

    /// The account a run reads.
    pub(super) async fn account(&self) -> Result<AccountId, Problem> {
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        profile
            .account
            .ok_or_else(|| Problem::new(ProblemCode::StripeNotConnected))
    }

    pub(super) fn stripe_client(&self, key: StripeKey) -> Result<StripeClient, Problem> {
        StripeClient::new(
            self.services.stripe.clone(),
            self.services.stripe_url.clone(),
            key,
        )
        .map_err(|_| Problem::new(ProblemCode::NotSecure))
    }

    pub(super) fn hubspot_client(
        &self,
        token: HubSpotToken,
    ) -> Result<clearsync_hubspot::Client, Problem> {
        let base = BaseUrl::parse(self.services.hubspot_url.as_str())
            .map_err(|_| Problem::new(ProblemCode::NotSecure))?;
        Ok(clearsync_hubspot::Client::new(
            self.services.hubspot.clone(),
            base,
            API_VERSION,
            token,
        ))
    }

    pub(super) async fn keep_key(
        &self,
        name: KeyName,
        secret: &Secret,
        for_this_run: bool,
    ) -> Result<(), Problem> {
        if for_this_run {
            self.vault.keep_for_this_run(name, secret.duplicate());
            return Ok(());
        }
        Ok(self.vault.set(name, secret).await?)
    }

    async fn known_account(
        &self,
        account: &Account,
        mode: clearsync_store::Mode,
    ) -> Result<Known, Problem> {
        let id = account.id.as_ref().map(|id| id.as_str().to_owned());
        self.with_store(move |store| {
            store.read(|reader| {
                let same = |stored: &clearsync_store::Account| {
                    stored.mode == mode && stored.stripe_account == id
                };
                let found = reader
                    .accounts()?
                    .into_iter()
                    .find(same)
                    .map(|stored| stored.id);
                Ok(match Profile::read(reader)?.account(reader)? {
                    Some(current)
                        if same(&current)
                            || (current.mode == mode && current.stripe_account.is_none()) =>
                    {
                        Known::Same(current.id)
                    }
                    Some(current) => Known::Other {
                        before: current.stripe_account,
                    },
                    None => found.map_or(Known::Nobody, Known::Same),
                })
            })
        })
        .await
    }
}

/// What the store knows of the account a key belongs to.
enum Known {
    /// It is the account in use, or was known before.
    Same(AccountId),
    /// Another account is in use.
    Other { before: Option<String> },
    /// No account is in use.
    Nobody,
}

fn key_name(service: Service) -> KeyName {
    match service {
        Service::Stripe => KeyName::Stripe,
        Service::HubSpot => KeyName::HubSpot,
    }
}

fn note_stripe(
    writer: &Writer,
    known: &Known,
    account: &Account,
    mode: clearsync_store::Mode,
    connection: StripeConnection,
    now: Timestamp,
) -> Result<(), StoreError> {
    let said = AccountProfile {
        name: account.name.clone(),
        country: None,
        currency: account.default_currency.clone(),
    };
    let stripe_account = account
        .id
        .as_ref()
        .map(clearsync_stripe::refusal::AccountId::as_str);
    let found = match known {
        Known::Same(id) => Some(*id),
        Known::Other { .. } | Known::Nobody => {
            let of_key = |stored: &clearsync_store::Account| {
                stored.mode == mode
                    && stripe_account.is_some()
                    && stored.stripe_account.as_deref() == stripe_account
            };
            writer
                .accounts()?
                .into_iter()
                .find(of_key)
                .map(|stored| stored.id)
        }
    };
    let id = match found {
        Some(id) => {
            writer.update_account(id, stripe_account, &said)?;
            id
        }
        None => writer.add_account(stripe_account, mode, &said, now)?,
    };
    let profile = Profile::change(writer, |profile| {
        profile.account = Some(id);
        profile.stripe = Some(connection);
        if profile.step <= SetupStep::StripeKey {
            profile.pass(SetupStep::StripeKey);
        }
    })?;
    bring_to_portal(writer, &profile)
}

fn bring_to_portal(writer: &Writer, profile: &Profile) -> Result<(), StoreError> {
    let portal = profile
        .hubspot
        .as_ref()
        .and_then(|hubspot| hubspot.portal_id.parse().ok());
    match profile.account {
        Some(account) => writer.set_portal(account, portal),
        None => Ok(()),
    }
}

fn hubspot_connection(
    details: &AccountDetails,
    last_four: String,
    for_this_run: bool,
    now: Timestamp,
) -> HubSpotConnection {
    HubSpotConnection {
        portal_id: details.portal_id.to_string(),
        currency: details.currencies.company.clone(),
        time_zone: details.time_zone.clone(),
        last_four,
        connected_at: now.to_string(),
        storage: if for_this_run {
            KeyStorage::ThisRun
        } else {
            KeyStorage::Keychain
        },
    }
}

fn look_at_stripe_key(text: &Secret) -> KeyFinding {
    match describe(text.expose()) {
        KeyKind::Empty => KeyFinding::Empty,
        KeyKind::Restricted { mode } => match StripeKey::new(text.duplicate()) {
            Ok(_) => KeyFinding::Restricted { mode: mode.into() },
            Err(refused) => KeyFinding::Wrong {
                problem: refused_code(refused),
            },
        },
        KeyKind::Secret { mode } => match StripeKey::new(text.duplicate()) {
            Ok(_) => KeyFinding::Secret { mode: mode.into() },
            Err(refused) => KeyFinding::Wrong {
                problem: refused_code(refused),
            },
        },
        other => KeyFinding::Wrong {
            problem: refused_code(KeyRefused::WrongKind(other)),
        },
    }
}

fn look_at_hubspot_key(text: &Secret) -> KeyFinding {
    if text.expose().is_empty() {
        return KeyFinding::Empty;
    }
    match HubSpotToken::new(text) {
        Ok(_) => KeyFinding::HubSpotKey,
        Err(rejected) => KeyFinding::Wrong {
            problem: rejected_code(rejected.kind),
        },
    }
}

pub(super) fn refused_code(refused: KeyRefused) -> ProblemCode {
    match refused {
        KeyRefused::Masked => ProblemCode::StripeKeyMasked,
        KeyRefused::Incomplete => ProblemCode::StripeKeyIncomplete,
        KeyRefused::StrayCharacters => ProblemCode::StripeKeyStrayCharacters,
        KeyRefused::WrongKind(kind) => match kind {
            KeyKind::Publishable { .. } => ProblemCode::StripeKeyPublishable,
            KeyKind::Organisation => ProblemCode::StripeKeyOrganisation,
            KeyKind::WebhookSecret => ProblemCode::StripeKeyWebhookSecret,
            KeyKind::AccountId => ProblemCode::StripeKeyAccountId,
            KeyKind::ClientId => ProblemCode::StripeKeyClientId,
            KeyKind::HubSpotToken => ProblemCode::StripeKeyIsHubSpotToken,
            KeyKind::KeyId
            | KeyKind::Empty
            | KeyKind::Unknown
            | KeyKind::Restricted { .. }
            | KeyKind::Secret { .. } => ProblemCode::StripeKeyUnknown,
        },
    }
}

pub(super) fn rejected_code(kind: TokenKind) -> ProblemCode {
    match kind {
        TokenKind::Stripe(_) => ProblemCode::HubSpotTokenIsStripeKey,
        _ => ProblemCode::HubSpotTokenUnknown,
    }
}
