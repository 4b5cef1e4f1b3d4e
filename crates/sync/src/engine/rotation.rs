//! One key in the place of another, without a gap: the new key is held against the one in use, takes its place in one
//! step, and what is left to do is to delete the old one where it was made.
//!
//! A new key waits in memory until it is taken or left, and an old one until the user has deleted it; neither is written
//! anywhere.

use std::sync::PoisonError;

use clearsync_hubspot::{Client as HubSpotClient, HubSpotToken, Reason};
use clearsync_stripe::{
    audit,
    catalog::{self, Row},
    client::Client as StripeClient,
    error::StripeError,
    key::{ApiKeyKind, StripeKey},
};
use clearsync_transport::Secret;

use super::{Engine, checks, hubspot_checks, profile::Profile};
use crate::view::{
    CheckState, DataKind, FormerKey, KeyDifference, KeyKind, Level, Mode, NewKey, Problem,
    ProblemCode, Service, StripeConnection,
};

const STRIPE_KEYS_LIVE: &str = "https://dashboard.stripe.com/apikeys";
const STRIPE_KEYS_TEST: &str = "https://dashboard.stripe.com/test/apikeys";
const HUBSPOT: &str = "https://app.hubspot.com/";

/// The keys on their way in and out.
#[derive(Default)]
pub(super) struct Rotations {
    stripe: Rotation,
    hubspot: Rotation,
}

#[derive(Default)]
struct Rotation {
    /// A key that may take the place of the one in use.
    new: Option<Secret>,
    /// A key that another took the place of.
    former: Option<Secret>,
}

impl Rotations {
    fn of(&mut self, service: Service) -> &mut Rotation {
        match service {
            Service::Stripe => &mut self.stripe,
            Service::HubSpot => &mut self.hubspot,
        }
    }
}

/// One row of a checklist, as it is known of one key.
struct Held {
    id: &'static str,
    name: &'static str,
    level: Level,
    state: CheckState,
}

impl Engine {
    /// Holds a new key against the one in use, which stays in use. The new one waits in memory for
    /// [`Engine::take_new_key`].
    ///
    /// # Errors
    /// A [`Problem`]: it is the key in use, belongs to somebody else, or is not accepted.
    pub async fn check_new_key(&self, service: Service, secret: Secret) -> Result<NewKey, Problem> {
        self.leave_new_key(service);
        let old = match self.key(service).await {
            Ok(old) => old,
            // What cannot be read cannot be compared with.
            Err(problem) if problem.code.is_about_the_keychain() => Secret::new(String::new()),
            Err(problem) => return Err(problem),
        };
        if old.expose() == secret.expose() {
            return Err(Problem::new(ProblemCode::KeyIsInUse));
        }
        let compared = match service {
            Service::Stripe => self.compare_stripe(&old, &secret).await?,
            Service::HubSpot => self.compare_hubspot(&old, &secret).await?,
        };
        if compared.fits {
            self.rotations().of(service).new = Some(secret);
        }
        Ok(compared)
    }

    /// Forgets the new key that waits.
    pub fn leave_new_key(&self, service: Service) {
        self.rotations().of(service).new = None;
    }

    /// Puts the new key in the place of the one in use: in the keychain and at once for everything that begins from now
    /// on. A run under way ends with the key it began with. The old key is left to the user to delete.
    ///
    /// # Errors
    /// A [`Problem`] when no new key waits or it cannot be kept; the old key is in use then as before.
    pub async fn take_new_key(
        &self,
        service: Service,
        keep_for_this_run: bool,
    ) -> Result<FormerKey, Problem> {
        let new = self
            .rotations()
            .of(service)
            .new
            .as_ref()
            .map(Secret::duplicate);
        let new = new.ok_or_else(|| Problem::new(ProblemCode::NewKeyMissing))?;
        let old = self.key(service).await.ok();
        let before = self.with_store(|store| store.read(Profile::read)).await?;
        match service {
            Service::Stripe => drop(self.connect_stripe(new, keep_for_this_run, false).await?),
            Service::HubSpot => drop(self.connect_hubspot(new, keep_for_this_run, false).await?),
        }
        let former = former(service, &before, self.now().to_string(), old.is_some())?;
        {
            let mut rotations = self.rotations();
            let rotation = rotations.of(service);
            rotation.new = None;
            rotation.former = old;
        }
        let noted = former.clone();
        self.change_profile(move |profile| {
            profile.former_keys.retain(|key| key.service != service);
            profile.former_keys.push(noted);
        })
        .await?;
        Ok(former)
    }

    /// Asks the service once whether the old key still works.
    ///
    /// # Errors
    /// A [`Problem`] when the old key is not kept any more or the service cannot be asked.
    pub async fn former_key_works(&self, service: Service) -> Result<bool, Problem> {
        let old = self
            .rotations()
            .of(service)
            .former
            .as_ref()
            .map(Secret::duplicate);
        let old = old.ok_or_else(|| Problem::new(ProblemCode::FormerKeyGone))?;
        let works = match service {
            Service::Stripe => match self.stripe_of(old)?.account().await {
                Ok(_) => true,
                Err(StripeError::Unauthorized { .. }) => false,
                Err(error) => return Err(error.into()),
            },
            Service::HubSpot => match self.hubspot_of(&old)?.account().await {
                Ok(_) => true,
                Err(error) if matches!(error.reason, Reason::TokenRefused { .. }) => false,
                Err(error) => return Err(error.into()),
            },
        };
        Ok(works)
    }

    /// The user has deleted the old key: there is nothing to be reminded of.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written.
    pub async fn forget_former_key(&self, service: Service) -> Result<(), Problem> {
        self.rotations().of(service).former = None;
        self.change_profile(move |profile| {
            profile.former_keys.retain(|key| key.service != service);
        })
        .await?;
        self.data_changed(&[DataKind::Settings]);
        Ok(())
    }

    /// The keys that are still to be deleted where they were made.
    pub(super) fn former_keys(&self, profile: &Profile) -> Vec<FormerKey> {
        let mut rotations = self.rotations();
        let noted = profile.former_keys.iter().cloned();
        noted
            .map(|key| FormerKey {
                can_be_asked: rotations.of(key.service).former.is_some(),
                ..key
            })
            .collect()
    }

    /// Nothing waits any more, in neither direction.
    pub(super) fn forget_rotation(&self, service: Service) {
        *self.rotations().of(service) = Rotation::default();
    }

    fn rotations(&self) -> std::sync::MutexGuard<'_, Rotations> {
        self.rotations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn compare_stripe(&self, old: &Secret, new: &Secret) -> Result<NewKey, Problem> {
        let new = self.stripe_of(new.duplicate())?;
        let (kind, last_four) = (stripe_kind(new.key()), new.key().last_four());
        self.check_owner(&new).await?;
        let rows: Vec<&'static Row> = catalog::wanted(self.preset()).collect();
        let preset = self.preset();
        let held = |client: StripeClient| {
            let rows = rows.clone();
            async move {
                let audit = audit::audit(&client, preset, &rows, |_| ()).await;
                let row = |check: &audit::Check| Held {
                    id: check.row.id,
                    name: check.row.name,
                    level: check.row.level_in(preset).into(),
                    state: checks::state(check),
                };
                match audit.stopped {
                    Some(stopped) => Err(Problem::from(stopped)),
                    None => Ok(audit.checks.iter().map(row).collect::<Vec<_>>()),
                }
            }
        };
        let old = self.stripe_of(old.duplicate());
        let old = async {
            match old {
                Ok(client) => held(client).await,
                Err(problem) => Err(problem),
            }
        };
        let (old, new) = futures::join!(old, held(new));
        Ok(compared(
            Service::Stripe,
            (kind, last_four),
            works(old)?,
            new?,
        ))
    }

    async fn compare_hubspot(&self, old: &Secret, new: &Secret) -> Result<NewKey, Problem> {
        let token = HubSpotToken::new(new);
        let last_four = token.map(|token| token.last_four()).unwrap_or_default();
        let new = self.hubspot_of(new)?;
        let portal = new.account().await?.portal_id.to_string();
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        if let Some(before) = profile.hubspot.filter(|before| before.portal_id != portal) {
            return Err(Problem::new(ProblemCode::NewKeyOtherAccount)
                .with("before", before.portal_id)
                .with("after", portal));
        }
        let mode = self.written_mode();
        let held = |client: HubSpotClient| async move {
            let audit = client.audit(mode, |_, _| ()).await.map_err(Problem::from)?;
            let row = |(scope, verdict): &(&'static clearsync_hubspot::Scope, _)| Held {
                id: scope.name,
                name: scope.name,
                level: hubspot_checks::level(scope),
                state: hubspot_checks::state(verdict),
            };
            Ok::<_, Problem>(audit.verdicts.iter().map(row).collect::<Vec<_>>())
        };
        let old = self.hubspot_of(old);
        let old = async {
            match old {
                Ok(client) => held(client).await,
                Err(problem) => Err(problem),
            }
        };
        let (old, new) = futures::join!(old, held(new));
        let facts = (KeyKind::HubSpot, last_four);
        Ok(compared(Service::HubSpot, facts, works(old)?, new?))
    }

    /// Refuses a key of another account or of the other mode.
    async fn check_owner(&self, client: &StripeClient) -> Result<(), Problem> {
        let told = client.account().await?;
        let mode: Mode = client.key().mode().into();
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        let Some(before) = profile.stripe else {
            return Ok(());
        };
        let after = told.id.as_ref().map(|id| id.as_str().to_owned());
        let same = |StripeConnection { account_id, .. }: &StripeConnection| {
            account_id.is_none() || after.is_none() || *account_id == after
        };
        if before.mode == mode && same(&before) {
            return Ok(());
        }
        let named = |id: Option<String>, mode: Mode| match mode {
            Mode::Test => format!("{} (test)", id.unwrap_or_default()),
            Mode::Live => id.unwrap_or_default(),
        };
        Err(Problem::new(ProblemCode::NewKeyOtherAccount)
            .with("before", named(before.account_id, before.mode))
            .with("after", named(after, mode)))
    }

    fn stripe_of(&self, secret: Secret) -> Result<StripeClient, Problem> {
        let key = StripeKey::new(secret)
            .map_err(|refused| Problem::new(super::connect::refused_code(refused)))?;
        self.stripe_client(key)
    }

    fn hubspot_of(&self, secret: &Secret) -> Result<HubSpotClient, Problem> {
        let token = HubSpotToken::new(secret)
            .map_err(|rejected| Problem::new(super::connect::rejected_code(rejected.kind)))?;
        self.hubspot_client(token)
    }
}

/// What the old key holds; `None` where it does not work any more. Whatever else keeps it from being asked keeps the keys
/// from being compared.
fn works(old: Result<Vec<Held>, Problem>) -> Result<Option<Vec<Held>>, Problem> {
    match old {
        Ok(held) => Ok(Some(held)),
        Err(problem) if problem.code.is_tried_again() => Err(problem),
        Err(_) => Ok(None),
    }
}

fn compared(
    service: Service,
    (kind, last_four): (KeyKind, String),
    old: Option<Vec<Held>>,
    new: Vec<Held>,
) -> NewKey {
    let old_works = old.is_some();
    let old = old.unwrap_or_default();
    let of_old = |id: &str| {
        let row = old.iter().find(|row| row.id == id);
        row.map_or(CheckState::Waiting, |row| row.state.clone())
    };
    let rows: Vec<KeyDifference> = new
        .into_iter()
        .map(|row| KeyDifference {
            id: row.id.to_owned(),
            name: row.name.to_owned(),
            level: row.level,
            old: of_old(row.id),
            new: row.state,
        })
        .collect();
    let lost = |row: &KeyDifference| row.old == CheckState::Held && row.new != CheckState::Held;
    NewKey {
        service,
        kind,
        last_four,
        old_works,
        fits: !rows.iter().any(lost),
        rows,
    }
}

fn former(
    service: Service,
    before: &Profile,
    replaced_at: String,
    can_be_asked: bool,
) -> Result<FormerKey, Problem> {
    let missing = || Problem::new(ProblemCode::Unexpected);
    Ok(match service {
        Service::Stripe => {
            let stripe = before.stripe.as_ref().ok_or_else(missing)?;
            FormerKey {
                service,
                kind: if stripe.restricted {
                    KeyKind::Restricted
                } else {
                    KeyKind::Secret
                },
                mode: Some(stripe.mode),
                last_four: stripe.last_four.clone(),
                replaced_at,
                url: match stripe.mode {
                    Mode::Live => STRIPE_KEYS_LIVE.to_owned(),
                    Mode::Test => STRIPE_KEYS_TEST.to_owned(),
                },
                can_be_asked,
            }
        }
        Service::HubSpot => FormerKey {
            service,
            kind: KeyKind::HubSpot,
            mode: None,
            last_four: before
                .hubspot
                .as_ref()
                .ok_or_else(missing)?
                .last_four
                .clone(),
            replaced_at,
            url: HUBSPOT.to_owned(),
            can_be_asked,
        },
    })
}

fn stripe_kind(key: &StripeKey) -> KeyKind {
    match key.kind() {
        ApiKeyKind::Restricted => KeyKind::Restricted,
        ApiKeyKind::Secret => KeyKind::Secret,
    }
}
