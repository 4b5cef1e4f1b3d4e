use std::fmt;

use url::{Host, Url};

use crate::ObjectType;

/// The version ClearSync speaks unless the settings say otherwise.
pub const API_VERSION: ApiVersion = ApiVersion::V2026_09;

/// A dated version of HubSpot's API. HubSpot documents a new one every March and September, each supported 18 months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApiVersion {
    /// `2026-03`
    V2026_03,
    /// `2026-09`
    V2026_09,
}

impl ApiVersion {
    /// Every version that can be chosen, oldest first.
    pub const ALL: [Self; 2] = [Self::V2026_03, Self::V2026_09];

    /// The version as it stands in paths and settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2026_03 => "2026-03",
            Self::V2026_09 => "2026-09",
        }
    }

    /// The version a setting names.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str() == text)
    }

    /// The day HubSpot stops supporting the version: 18 months after it came out.
    #[must_use]
    pub fn supported_until(self) -> jiff::civil::Date {
        match self {
            Self::V2026_03 => jiff::civil::date(2027, 9, 30),
            Self::V2026_09 => jiff::civil::date(2028, 3, 31),
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A part of HubSpot's API, without the version.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Api<'a> {
    TokenInfo,
    AccountDetails,
    DailyUsage,
    Limits,
    Objects(&'a ObjectType),
    Properties(&'a ObjectType),
    Associations(&'a ObjectType, &'a ObjectType),
    Pipelines(&'a ObjectType),
    Schemas,
    ExchangeRates,
}

/// The path of a part of the API in one version, as segments. Every request path of this crate begins here.
pub(crate) fn path(api: Api<'_>, version: ApiVersion) -> Vec<&str> {
    let version = version.as_str();
    match api {
        // The introspection of static tokens never got a dated path.
        Api::TokenInfo => vec!["oauth", "v2", "private-apps", "get", "access-token-info"],
        Api::AccountDetails => vec!["account-info", version, "details"],
        Api::DailyUsage => {
            vec![
                "account-info",
                version,
                "api-usage",
                "daily",
                "private-apps",
            ]
        }
        Api::Limits => vec!["crm", "limits", version],
        Api::Objects(object) => vec!["crm", "objects", version, object.path_name()],
        Api::Properties(object) => vec!["crm", "properties", version, object.path_name()],
        Api::Associations(from, to) => vec![
            "crm",
            "associations",
            version,
            from.path_name(),
            to.path_name(),
        ],
        Api::Pipelines(object) => vec!["crm", "pipelines", version, object.path_name()],
        Api::ExchangeRates => vec!["settings", "currencies", version, "exchange-rates"],
        Api::Schemas => vec!["crm-object-schemas", version, "schemas"],
    }
}

/// Where HubSpot answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why an address cannot stand in for HubSpot's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// The text is no address.
    #[error("this is not an address of the form https://host")]
    NotAnAddress,
    /// Plain http, and not to this computer.
    #[error("plain http is only allowed to this computer")]
    NotEncrypted,
    /// The address carries a user name, a query or a fragment.
    #[error("the address must be a host and, at most, a path")]
    TooMuch,
}

impl BaseUrl {
    /// HubSpot's documented host, the same for every region.
    pub const DEFAULT: &'static str = "https://api.hubapi.com";

    /// Reads an address: https anywhere, plain http only to this computer.
    ///
    /// # Errors
    /// [`BaseUrlError`] says what is wrong with the address.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| BaseUrlError::NotAnAddress)?;
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(BaseUrlError::NotAnAddress),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(BaseUrlError::NotEncrypted),
            _ => return Err(BaseUrlError::NotAnAddress),
        }
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !plain {
            return Err(BaseUrlError::TooMuch);
        }
        Ok(Self(url))
    }

    /// The address of `segments` below this one, each percent-encoded.
    pub(crate) fn join<'a>(
        &self,
        segments: impl IntoIterator<Item = &'a str>,
        query: &[(&str, &str)],
    ) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_carry_the_version() {
        let base = BaseUrl::parse(BaseUrl::DEFAULT).unwrap();
        let contacts = ObjectType::Contacts;
        let url = |api, version| base.join(path(api, version), &[]).path().to_owned();
        assert_eq!(
            url(Api::Objects(&contacts), API_VERSION),
            "/crm/objects/2026-09/contacts"
        );
        assert_eq!(
            url(Api::Properties(&contacts), ApiVersion::V2026_03),
            "/crm/properties/2026-03/contacts"
        );
        assert_eq!(
            url(
                Api::Associations(&contacts, &ObjectType::Companies),
                API_VERSION
            ),
            "/crm/associations/2026-09/contacts/companies"
        );
        assert_eq!(
            url(Api::AccountDetails, API_VERSION),
            "/account-info/2026-09/details"
        );
        assert_eq!(
            url(Api::DailyUsage, API_VERSION),
            "/account-info/2026-09/api-usage/daily/private-apps"
        );
        assert_eq!(
            url(Api::ExchangeRates, API_VERSION),
            "/settings/currencies/2026-09/exchange-rates"
        );
        assert_eq!(
            url(Api::TokenInfo, API_VERSION),
            "/oauth/v2/private-apps/get/access-token-info"
        );
    }

    #[test]
    fn segments_cannot_leave_their_place() {
        let base = BaseUrl::parse("http://127.0.0.1:4000/hubspot/").unwrap();
        let url = base.join(["crm", "a/../b?c#d"], &[("idProperty", "a&b")]);
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:4000/hubspot/crm/a%2F..%2Fb%3Fc%23d?idProperty=a%26b"
        );
    }

    #[test]
    fn only_https_or_this_computer() {
        let refused = |text| BaseUrl::parse(text).unwrap_err();
        assert_eq!(refused("http://api.hubapi.com"), BaseUrlError::NotEncrypted);
        assert_eq!(
            refused("http://localhost.evil.com"),
            BaseUrlError::NotEncrypted
        );
        assert_eq!(
            refused("https://me:pw@api.hubapi.com"),
            BaseUrlError::TooMuch
        );
        assert_eq!(refused("ftp://localhost"), BaseUrlError::NotAnAddress);
        assert_eq!(refused("api.hubapi.com"), BaseUrlError::NotAnAddress);
        for good in [
            "https://api-eu1.hubapi.com",
            "http://localhost:1",
            "http://[::1]:1",
        ] {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
    }
}
