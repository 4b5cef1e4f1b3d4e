//! Which account a key belongs to.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{call::Call, client::Client, error::StripeError, refusal::AccountId};

/// The account of a key, as far as the key may know. A key without the permission still learns the id from the refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The account's id.
    pub id: Option<AccountId>,
    /// The name that its owner gave it.
    pub name: Option<String>,
    /// When it was opened: no object is older.
    pub opened_at: Option<Timestamp>,
    /// The currency that it settles in, in Stripe's small letters.
    pub default_currency: Option<String>,
    /// The time zone of its dashboard, as an IANA name.
    pub time_zone: Option<String>,
}

impl Client {
    /// Asks which account the key belongs to.
    ///
    /// # Errors
    /// Any [`StripeError`] but [`StripeError::PermissionMissing`], which is an answer here.
    pub async fn account(&self) -> Result<Account, StripeError> {
        match self.ask::<AccountObject>(&account_call()).await {
            Ok(object) => Ok(object.into()),
            Err(StripeError::PermissionMissing { refusal, .. }) => Ok(Account {
                id: refusal.account,
                ..Account::default()
            }),
            Err(error) => Err(error),
        }
    }
}

pub(crate) fn account_call() -> Call {
    Call::Get {
        template: "/v1/account",
        id: None,
        query: Vec::new(),
    }
}

#[derive(Deserialize)]
struct AccountObject {
    id: String,
    created: Option<i64>,
    default_currency: Option<String>,
    business_profile: Option<BusinessProfile>,
    settings: Option<Settings>,
}

#[derive(Deserialize)]
struct BusinessProfile {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Settings {
    dashboard: Option<Dashboard>,
}

#[derive(Deserialize)]
struct Dashboard {
    display_name: Option<String>,
    timezone: Option<String>,
}

impl From<AccountObject> for Account {
    fn from(object: AccountObject) -> Self {
        let (display_name, time_zone) = object
            .settings
            .and_then(|settings| settings.dashboard)
            .map(|dashboard| (dashboard.display_name, dashboard.timezone))
            .unwrap_or_default();
        let business_name = object.business_profile.and_then(|profile| profile.name);
        let named = |name: Option<String>| name.filter(|name| !name.trim().is_empty());
        Self {
            id: AccountId::new(&object.id),
            name: named(display_name).or_else(|| named(business_name)),
            opened_at: object
                .created
                .and_then(|second| Timestamp::from_second(second).ok()),
            default_currency: object.default_currency,
            time_zone,
        }
    }
}
