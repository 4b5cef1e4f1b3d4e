use std::{fmt, time::Duration};

use clearsync_transport::TransportError;
use jiff::Timestamp;

use crate::RecordId;

/// Why HubSpot did not do what was asked, and the id under which HubSpot's support finds the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct HubSpotError {
    /// What happened.
    pub reason: Reason,
    /// HubSpot's id of the request, where one came.
    pub correlation_id: Option<CorrelationId>,
}

/// What happened. Holds names, ids and codes, never HubSpot's own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The token is unknown, revoked or out of date. Nothing works until another is given.
    #[error("HubSpot does not accept the token")]
    TokenRefused {
        /// Whether HubSpot calls it expired rather than unknown.
        expired: bool,
    },
    /// The token lacks scopes; any one of those named is enough. HubSpot does not always name them.
    #[error("the token lacks a scope, one of {any_of:?}")]
    MissingScopes {
        /// The scopes of which one is needed.
        any_of: Vec<String>,
    },
    /// The scope exists but is not offered to this kind of token.
    #[error("the scope is not offered to this kind of token")]
    ScopeNotOffered,
    /// The token holds the scope, so the HubSpot plan lacks the feature.
    #[error("the HubSpot plan does not include this")]
    PlanLacksFeature {
        /// The scopes that would open the feature.
        any_of: Vec<String>,
    },
    /// Too many requests for now.
    #[error("too many requests ({policy:?})")]
    RateLimited {
        /// Which limit was reached.
        policy: Policy,
    },
    /// The account's requests for this day are used up.
    #[error("the requests of this day are used up")]
    DailyLimit {
        /// The next midnight of the account's time zone, when both that zone and HubSpot's clock are known.
        resets_at: Option<Timestamp>,
    },
    /// Only the share of the day's requests is left that ClearSync leaves to others. Nothing was sent.
    #[error("the rest of the requests of this day is left to others")]
    ShareKept {
        /// The next midnight of the account's time zone, when both that zone and HubSpot's clock are known.
        resets_at: Option<Timestamp>,
    },
    /// Another request holds the record. HubSpot documents that such a lock lasts two seconds.
    #[error("the record is locked by another request")]
    Locked,
    /// A record with this key stands already.
    #[error("a record with this key exists")]
    Conflict {
        /// That record.
        existing_id: Option<RecordId>,
    },
    /// Another record holds a value that only one may hold.
    #[error("another record holds the unique value of {property:?}")]
    UniqueValueHeld {
        /// The record that holds it.
        existing_id: Option<RecordId>,
        /// The property.
        property: Option<String>,
    },
    /// A property, group or other definition of this name exists.
    #[error("a definition of this name exists")]
    AlreadyExists,
    /// Another property of the object carries this label.
    #[error("another property carries this label")]
    LabelTaken,
    /// The property is used elsewhere in HubSpot and cannot be removed.
    #[error("the property is in use")]
    PropertyInUse,
    /// HubSpot does not know the property.
    #[error("HubSpot does not know the property {property:?}")]
    UnknownProperty {
        /// Its name.
        property: Option<String>,
    },
    /// The property does not hold unique values, so that it cannot be a key.
    #[error("the property {property:?} is not unique")]
    NotUnique {
        /// Its name.
        property: Option<String>,
    },
    /// HubSpot does not accept a value.
    #[error("the value of {property:?} was refused ({code})")]
    ValueRefused {
        /// The property.
        property: Option<String>,
        /// HubSpot's reason.
        code: ValueCode,
    },
    /// One batch named a record twice.
    #[error("a batch named a record twice")]
    DuplicateInputs,
    /// The record, or the address, does not exist.
    #[error("not found")]
    NotFound,
    /// HubSpot is moving the account between data centres.
    #[error("HubSpot is moving the account")]
    PortalMoving {
        /// How long HubSpot asks to wait, at most a day.
        retry_after: Option<Duration>,
    },
    /// HubSpot failed or is overloaded. The request may have been carried out.
    #[error("HubSpot is not available (status {status})")]
    Unavailable {
        /// The HTTP status.
        status: u16,
    },
    /// No whole answer came.
    #[error("HubSpot was not reached: {0}")]
    Unreachable(TransportError),
    /// Something else answered, such as a captive portal or a proxy.
    #[error("the answer is not HubSpot's (status {status})")]
    NotHubSpot {
        /// The HTTP status.
        status: u16,
    },
    /// HubSpot refused for a reason ClearSync does not know.
    #[error("HubSpot refused the request (status {status}, {category:?})")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// HubSpot's category, such as `VALIDATION_ERROR`.
        category: Option<String>,
    },
}

impl Reason {
    /// Whether the request may have been carried out although no good answer came.
    #[must_use]
    pub fn may_have_been_applied(&self) -> bool {
        match self {
            Self::Unreachable(error) => error.may_have_been_applied(),
            Self::Unavailable { status } => *status != 503,
            Self::NotHubSpot { status } => (200..300).contains(status),
            _ => false,
        }
    }

    /// Whether the refusal is about one record, so that the others of its batch may be sent without it.
    #[must_use]
    pub fn concerns_one_record(&self) -> bool {
        matches!(
            self,
            Self::Conflict { .. }
                | Self::UniqueValueHeld { .. }
                | Self::ValueRefused { .. }
                | Self::NotFound
                | Self::Rejected { status: 400, .. }
        )
    }
}

impl From<TransportError> for HubSpotError {
    fn from(error: TransportError) -> Self {
        Reason::Unreachable(error).into()
    }
}

impl From<Reason> for HubSpotError {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            correlation_id: None,
        }
    }
}

/// Which of HubSpot's limits was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Requests in any ten seconds.
    TenSeconds,
    /// Requests in one second, as searches have.
    Second,
    /// The requests of the day.
    Day,
    /// Not named.
    Unnamed,
}

/// Why a value was refused. HubSpot publishes no full list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueCode {
    /// The text is no e-mail address HubSpot accepts.
    Email,
    /// The value is none of the property's options.
    Option,
    /// The text is no number.
    Number,
    /// The text is no date, or no midnight.
    Date,
    /// A property the account's administrator requires is empty.
    Required,
    /// Any other code, as HubSpot writes it.
    Other(String),
}

impl ValueCode {
    pub(crate) fn named(code: &str) -> Self {
        match code {
            "INVALID_EMAIL" => Self::Email,
            "INVALID_OPTION" => Self::Option,
            "INVALID_INTEGER" | "INVALID_LONG" | "INVALID_NUMBER" => Self::Number,
            "INVALID_DATE" => Self::Date,
            "MISSING_REQUIRED_PROPERTY" | "MISSING_CONDITIONAL_REQUIRED_PROPERTY" => Self::Required,
            _ => Self::Other(name_of(code).unwrap_or_default()),
        }
    }
}

impl fmt::Display for ValueCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Email => "INVALID_EMAIL",
            Self::Option => "INVALID_OPTION",
            Self::Number => "INVALID_NUMBER",
            Self::Date => "INVALID_DATE",
            Self::Required => "MISSING_REQUIRED_PROPERTY",
            Self::Other(code) => code,
        })
    }
}

/// HubSpot's id of one request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CorrelationId(String);

impl CorrelationId {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let plain = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        plain.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CorrelationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// `text` if it is a plain name, as those of properties, scopes, codes and categories are: such a text can carry no
/// message and no personal data.
pub(crate) fn name_of(text: &str) -> Option<String> {
    let plain = (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    plain.then(|| text.to_owned())
}
