use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::Deserialize;
use url::Url;

use crate::{Client, HubSpotError, ObjectType, PortalId, RecordId, client::Call, path::Api};

/// The HubSpot account a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDetails {
    /// Its id.
    pub portal_id: PortalId,
    /// What the account is for.
    pub account_type: AccountType,
    /// Its time zone by IANA name. HubSpot counts days in it.
    pub time_zone: String,
    /// The currencies it knows.
    pub currencies: Currencies,
    /// The host its people work on.
    pub ui_domain: UiDomain,
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountType {
    /// A customer's account.
    Standard,
    /// For a developer's tests.
    DeveloperTest,
    /// A copy to try things in.
    Sandbox,
    /// Holds apps, not customers.
    AppDeveloper,
    /// A kind this version of ClearSync does not know.
    Other,
}

/// The currencies of an account, as ISO 4217 codes in capitals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currencies {
    /// The one sums are shown in.
    pub company: String,
    /// Those it has beside.
    pub additional: Vec<String>,
}

/// A host of HubSpot's window, such as `app.hubspot.com` or `app-eu1.hubspot.com`; never any other host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UiDomain(String);

impl UiDomain {
    /// Takes `text` if it is a host directly under `hubspot.com`, and the usual host otherwise.
    #[must_use]
    pub fn or_default(text: &str) -> Self {
        let own = text.strip_suffix(".hubspot.com").is_some_and(|name| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        });
        Self(if own { text } else { "app.hubspot.com" }.to_owned())
    }

    /// The page of a record.
    #[must_use]
    pub fn record_link(&self, portal: PortalId, object: &ObjectType, id: RecordId) -> Option<Url> {
        let mut link = Url::parse(&format!("https://{}/contacts", self.0)).ok()?;
        link.path_segments_mut().ok()?.extend([
            &portal.to_string(),
            "record",
            object.type_id(),
            &id.to_string(),
        ]);
        Some(link)
    }

    /// The host.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AccountDetails {
    /// The page of a record in HubSpot's window.
    #[must_use]
    pub fn record_link(&self, object: &ObjectType, id: RecordId) -> Option<Url> {
        self.ui_domain.record_link(self.portal_id, object, id)
    }

    /// The next midnight of the account, when HubSpot sets the day's requests back.
    #[must_use]
    pub fn next_midnight(&self, now: Timestamp) -> Option<Timestamp> {
        next_midnight(now, &TimeZone::get(&self.time_zone).ok()?)
    }
}

pub(crate) fn next_midnight(now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let tomorrow = now
        .to_zoned_datetime(zone.clone())
        .date()
        .checked_add(1.day())
        .ok()?;
    Some(tomorrow.to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

impl Client {
    /// Which account the token belongs to. Needs only the scope `oauth`, which every service key has.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn account(&self) -> Result<AccountDetails, HubSpotError> {
        let wire: Wire = self.call(Call::get(Api::AccountDetails, [])).await?;
        self.learn_time_zone(TimeZone::get(&wire.time_zone).ok());
        Ok(AccountDetails {
            portal_id: wire.portal_id,
            account_type: match wire.account_type.as_str() {
                "STANDARD" => AccountType::Standard,
                "DEVELOPER_TEST" => AccountType::DeveloperTest,
                "SANDBOX" => AccountType::Sandbox,
                "APP_DEVELOPER" => AccountType::AppDeveloper,
                _ => AccountType::Other,
            },
            time_zone: wire.time_zone,
            currencies: Currencies {
                company: wire.company_currency,
                additional: wire.additional_currencies,
            },
            ui_domain: UiDomain::or_default(&wire.ui_domain),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    portal_id: PortalId,
    #[serde(default)]
    account_type: String,
    #[serde(default)]
    time_zone: String,
    company_currency: String,
    #[serde(default)]
    additional_currencies: Vec<String>,
    #[serde(default)]
    ui_domain: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hubspots_hosts_are_linked() {
        for host in ["app.hubspot.com", "app-eu1.hubspot.com"] {
            assert_eq!(UiDomain::or_default(host).as_str(), host);
        }
        for host in [
            "",
            "evil.com",
            "app.hubspot.com.evil.com",
            "a.b.hubspot.com",
            "evil.com/.hubspot.com",
            "me@app.hubspot.com",
        ] {
            assert_eq!(UiDomain::or_default(host).as_str(), "app.hubspot.com");
        }
    }

    #[test]
    fn midnight_is_the_accounts_own() {
        let new_york = TimeZone::get("America/New_York").unwrap();
        let midnight = |text: &str| {
            next_midnight(text.parse().unwrap(), &new_york)
                .unwrap()
                .to_string()
        };
        // Five hours behind in winter; on 8 March 2026 the clocks go forward, so that day has 23 hours.
        assert_eq!(midnight("2026-11-23T03:00:00Z"), "2026-11-23T05:00:00Z");
        assert_eq!(midnight("2026-11-23T05:00:00Z"), "2026-11-24T05:00:00Z");
        assert_eq!(midnight("2026-03-08T06:00:00Z"), "2026-03-09T04:00:00Z");
    }
}
