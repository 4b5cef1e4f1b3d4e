//! What can go wrong when Stripe is asked. Nothing in an error is text of the other side: names, ids and links are taken
//! out of it when they have the shape that they must have, and the rest is left behind.

use clearsync_transport::{Response, TransportError};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// Why a request to Stripe came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StripeError {
    /// Stripe does not accept the key (401).
    #[error("Stripe does not accept the key")]
    Unauthorized {
        /// Why, as far as Stripe says.
        reason: Unauthorized,
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// The key lacks a permission (403).
    #[error("the key lacks a permission")]
    PermissionMissing {
        /// What Stripe says of it.
        refusal: Box<Refusal>,
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// The key is a publishable key (403 `secret_key_required`).
    #[error("the key is a publishable key")]
    Publishable {
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// The account that the request named is not open to this key (403 `account_invalid`, `platform_account_required`).
    #[error("the account is not open to this key")]
    AccountNotOpen {
        /// Whether the request is for Connect platforms only, which the account is not.
        platform_required: bool,
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// There is no such object (404, or `resource_missing`).
    #[error("there is no such object")]
    NotFound {
        /// Whether Stripe says that it exists in the other mode.
        in_other_mode: bool,
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// Too many requests (429).
    #[error("Stripe asks for fewer requests")]
    RateLimited {
        /// Which limit was met.
        limit: Option<RateLimit>,
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// Another request holds the object (409, or 429 `lock_timeout`).
    #[error("the object is in use by another request")]
    Locked {
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// Stripe has trouble of its own (5xx).
    #[error("Stripe has trouble: status {status}")]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// Stripe refuses the request for another reason (4xx).
    #[error("Stripe refuses the request: status {status}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// Stripe's error code.
        code: Option<Token>,
        /// The parameter that Stripe names.
        param: Option<Token>,
        /// Stripe's name for the request.
        request_id: Option<RequestId>,
    },
    /// No whole answer came.
    #[error("Stripe cannot be reached")]
    Unreachable(#[from] TransportError),
    /// An answer came that is not Stripe's.
    #[error("the answer is not Stripe's")]
    NotStripe(NotStripe),
}

/// Why a key is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unauthorized {
    /// Stripe does not know the key, or not any more.
    UnknownKey,
    /// The key was rolled and its time is over.
    Expired,
    /// The key may not be used from this network address.
    IpNotAllowed,
    /// No key arrived, for example because a proxy took it out.
    NoKey,
    /// Stripe gives no reason that `ClearSync` knows.
    Other,
}

/// The limits that Stripe names in `Stripe-Rate-Limited-Reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimit {
    /// Requests a second of the account.
    GlobalRate,
    /// Requests a second of the endpoint.
    EndpointRate,
    /// Requests at once of the account.
    GlobalConcurrency,
    /// Requests at once of the endpoint.
    EndpointConcurrency,
    /// A limit of one resource.
    ResourceSpecific,
}

/// What came instead of an answer of Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotStripe {
    /// A web page, as the log-in page of a hotel network is one.
    WebPage,
    /// A redirect. Stripe's API never redirects.
    Redirect,
    /// A proxy that wants to be logged in to (407).
    ProxyLogin,
    /// JSON that breaks off.
    CutShort,
    /// Something that is not JSON.
    NotJson,
    /// JSON of another shape than the request's answer has.
    OtherShape,
}

/// The id by which Stripe's support finds a request (`req_…`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestId(String);

impl RequestId {
    /// Reads the `Request-Id` header.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get("request-id")?.to_str().ok()?;
        is_id(text, "req_").then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A short technical name in Stripe's answers, such as an error code: small letters, digits, `_`, `[`, `]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token(String);

impl Token {
    /// Takes `text` when it has the shape.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=64).contains(&text.len())
            && text
                .chars()
                .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '[' | ']'));
        fits.then(|| Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl StripeError {
    /// Stripe's name for the request that failed.
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::Unauthorized { request_id, .. }
            | Self::PermissionMissing { request_id, .. }
            | Self::Publishable { request_id }
            | Self::AccountNotOpen { request_id, .. }
            | Self::NotFound { request_id, .. }
            | Self::RateLimited { request_id, .. }
            | Self::Locked { request_id }
            | Self::Unavailable { request_id, .. }
            | Self::Rejected { request_id, .. } => request_id.as_ref(),
            Self::Unreachable(_) | Self::NotStripe(_) => None,
        }
    }

    /// Whether the same request may go through later without anyone doing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::Locked { .. }
                | Self::Unavailable { .. }
                | Self::Unreachable(_)
                | Self::NotStripe(_)
        )
    }

    /// Reads what an answer other than 2xx means.
    #[must_use]
    pub fn from_response(response: &Response) -> Self {
        let status = response.status();
        let request_id = RequestId::from_headers(response.headers());
        if status.is_redirection() {
            return Self::NotStripe(NotStripe::Redirect);
        }
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Self::NotStripe(NotStripe::ProxyLogin);
        }
        let body: Option<ErrorBody> = serde_json::from_slice(response.body()).ok();
        let code = body.as_ref().map_or("", |body| body.error.code());
        match (status.as_u16(), code) {
            (429, "lock_timeout") | (409, _) => return Self::Locked { request_id },
            (429, _) => {
                return Self::RateLimited {
                    limit: rate_limit(response.headers()),
                    request_id,
                };
            }
            (status @ 500.., _) => return Self::Unavailable { status, request_id },
            _ => {}
        }
        match body {
            Some(body) => body.error.meaning(status, request_id),
            None => Self::NotStripe(not_stripe(response.body())),
        }
    }
}

/// What a body is that is not the JSON that was hoped for.
pub(crate) fn not_stripe(body: &[u8]) -> NotStripe {
    if body.trim_ascii_start().starts_with(b"<") {
        return NotStripe::WebPage;
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
        Ok(_) => NotStripe::OtherShape,
        Err(error) if error.is_eof() => NotStripe::CutShort,
        Err(_) => NotStripe::NotJson,
    }
}

/// Whether `text` is `prefix` followed by letters and digits, as Stripe's ids are.
pub(crate) fn is_id(text: &str, prefix: &str) -> bool {
    text.len() <= 255
        && text
            .strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorObject,
}

#[derive(Deserialize)]
struct ErrorObject {
    code: Option<String>,
    message: Option<String>,
    param: Option<String>,
}

impl ErrorObject {
    fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }

    fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    fn meaning(&self, status: StatusCode, request_id: Option<RequestId>) -> StripeError {
        match (status.as_u16(), self.code()) {
            (401, code) => StripeError::Unauthorized {
                reason: self.unauthorized(code),
                request_id,
            },
            (403, "secret_key_required") => StripeError::Publishable { request_id },
            (403, "account_invalid") => StripeError::AccountNotOpen {
                platform_required: false,
                request_id,
            },
            (403, "platform_account_required") => StripeError::AccountNotOpen {
                platform_required: true,
                request_id,
            },
            (403, _) if self.names_ip_address() => StripeError::Unauthorized {
                reason: Unauthorized::IpNotAllowed,
                request_id,
            },
            (403, _) => StripeError::PermissionMissing {
                refusal: Box::new(Refusal::parse(self.message())),
                request_id,
            },
            (404, _) | (400, "resource_missing" | "livemode_mismatch") => StripeError::NotFound {
                in_other_mode: self.code() == "livemode_mismatch"
                    || self.message().contains("a similar object exists in"),
                request_id,
            },
            (status, code) => StripeError::Rejected {
                status,
                code: Token::new(code),
                param: self.param.as_deref().and_then(Token::new),
                request_id,
            },
        }
    }

    // Stripe gives a code for an expired key only; the other reasons are told apart by their sentences, and a sentence
    // that changes falls back to `Other`.
    fn unauthorized(&self, code: &str) -> Unauthorized {
        if code == "api_key_expired" || self.message().starts_with("Expired API Key") {
            Unauthorized::Expired
        } else if self.names_ip_address() {
            Unauthorized::IpNotAllowed
        } else if self.message().starts_with("Invalid API Key") {
            Unauthorized::UnknownKey
        } else if self.message().starts_with("You did not provide an API key") {
            Unauthorized::NoKey
        } else {
            Unauthorized::Other
        }
    }

    fn names_ip_address(&self) -> bool {
        self.message()
            .contains("does not allow requests from your IP address")
    }
}

fn rate_limit(headers: &HeaderMap) -> Option<RateLimit> {
    match headers.get("stripe-rate-limited-reason")?.to_str().ok()? {
        "global-rate" => Some(RateLimit::GlobalRate),
        "endpoint-rate" => Some(RateLimit::EndpointRate),
        "global-concurrency" => Some(RateLimit::GlobalConcurrency),
        "endpoint-concurrency" => Some(RateLimit::EndpointConcurrency),
        "resource-specific" => Some(RateLimit::ResourceSpecific),
        _ => None,
    }
}
