use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, json};

use super::{answer::indented, key::SandboxKey, permission::Permission};

/// How a missing permission is told. Two generations of texts are in use, and some keys meet texts that name nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RefusalShape {
    /// Until 2025: one `rak_` token, no code.
    Old,
    /// Until 2025: several `rak_` tokens, any of which would do.
    OldAnyOf,
    /// Since 2026: code `more_permissions_required`, the row's name in quotes, the token, a link to edit the key.
    #[default]
    New,
    /// As [`RefusalShape::New`], with the row's name not quoted.
    NewUnquoted,
    /// Names no permission at all.
    Unnamed,
    /// Says that restricted keys cannot have the permission.
    NotForRestrictedKeys,
}

/// A request that is turned down, in the words Stripe uses.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    status: StatusCode,
    code: Option<&'static str>,
    documented: bool,
    message: String,
    param: Option<String>,
    kind: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            code: None,
            documented: true,
            message: message.into(),
            param: None,
            kind: "invalid_request_error",
            headers: Vec::new(),
        }
    }

    pub(super) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    fn undocumented(mut self) -> Self {
        self.documented = false;
        self
    }

    pub(super) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    fn param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub(super) fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    pub(super) fn bad(message: impl Into<String>, param: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message).param(param)
    }

    pub(super) fn parameter_missing(param: &str) -> Self {
        Self::bad(format!("Missing required param: {param}."), param).code("parameter_missing")
    }

    pub(super) fn parameter_unknown(names: &[&str]) -> Self {
        let plural = if names.len() > 1 { "s" } else { "" };
        let first = names.first().copied().unwrap_or_default();
        Self::bad(
            format!("Received unknown parameter{plural}: {}", names.join(", ")),
            first,
        )
        .code("parameter_unknown")
    }

    pub(super) fn not_an_integer(value: &str, param: &str) -> Self {
        Self::bad(format!("Invalid integer: {value}"), param).code("parameter_invalid_integer")
    }

    pub(super) fn url_invalid(message: &str) -> Self {
        Self::bad(message, "url").code("url_invalid")
    }

    /// The object named in the path does not exist.
    pub(super) fn no_such(noun: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("No such {noun}: '{id}'"))
            .code("resource_missing")
            .param("id")
    }

    /// The object exists, but among the data of the other mode.
    pub(super) fn other_mode(noun: &str, id: &str, key_is_live: bool) -> Self {
        let (there, here) = if key_is_live {
            ("test", "live")
        } else {
            ("live", "test")
        };
        let message = format!(
            "No such {noun}: '{id}'; a similar object exists in {there} mode, but a {here} mode key was used to make this request."
        );
        Self::new(StatusCode::NOT_FOUND, message)
            .code("resource_missing")
            .param("id")
    }

    /// The object named in a parameter does not exist, or is not in the list asked for.
    pub(super) fn no_such_in(noun: &str, id: &str, param: &str) -> Self {
        Self::bad(format!("No such {noun}: '{id}'"), param).code("resource_missing")
    }

    pub(super) fn cannot_expand(segment: &str, instead: Option<&str>) -> Self {
        let advice = instead.map_or_else(String::new, |instead| {
            format!(" You may want to try expanding '{instead}' instead.")
        });
        let message = format!("This property cannot be expanded ({segment}).{advice}");
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn expanded_too_deep(path: &str) -> Self {
        let message =
            format!("You cannot expand more than 4 levels of a property. Property: {path}");
        Self::new(StatusCode::BAD_REQUEST, message)
            .code("property_expansion_max_depth")
            .undocumented()
    }

    pub(super) fn unrecognized_url(method: &http::Method, path: &str) -> Self {
        let message = format!(
            "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
        );
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(super) fn no_key() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
        )
    }

    /// Echoes what was sent, masked only when it looks like a key, as Stripe does.
    pub(super) fn wrong_key(text: &str) -> Self {
        let message = format!("Invalid API Key provided: {}", masked(text));
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    pub(super) fn expired_key(text: &str) -> Self {
        let message = format!("Expired API Key provided: {}", masked(text));
        Self::new(StatusCode::UNAUTHORIZED, message).code("api_key_expired")
    }

    pub(super) fn address_not_allowed() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "The API key provided does not allow requests from your IP address.",
        )
    }

    pub(super) fn publishable_key() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
        )
        .code("secret_key_required")
    }

    pub(super) fn no_connect_permissions() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "You passed a restricted API key with the Stripe-Account header, but the restricted API key does not have any Connect permissions.",
        )
    }

    pub(super) fn other_account(key: &SandboxKey, account: &str) -> Self {
        let message = format!(
            "The provided key '{}' does not have access to account '{account}' (or that account does not exist). Application access may have been revoked.",
            masked(key.text())
        );
        Self::new(StatusCode::FORBIDDEN, message).code("account_invalid")
    }

    pub(super) fn unknown_version(version: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            format!("Invalid Stripe API version: {version}"),
        )
    }

    /// The key lacks `permission`, told in one of the shapes that are in use.
    pub(super) fn permission_missing(
        shape: RefusalShape,
        key: &SandboxKey,
        account: &str,
        permission: Permission,
    ) -> Self {
        let stars = masked(key.text());
        let old = format!(
            "The provided key '{stars}' does not have the required permissions for this endpoint on account '{account}'."
        );
        let token = permission.old_token();
        let message = match shape {
            RefusalShape::Old => format!(
                "{old} Having the '{token}' permission would allow this request to continue."
            ),
            RefusalShape::OldAnyOf => format!(
                "{old} Having the 'rak_billing_cadence_read', '{token}' permissions would allow this request to continue."
            ),
            RefusalShape::New => linked(key, account, permission, "\""),
            RefusalShape::NewUnquoted => linked(key, account, permission, ""),
            RefusalShape::Unnamed => {
                format!("{old} Having more permissions would allow this request to continue.")
            }
            RefusalShape::NotForRestrictedKeys => "This is a restricted API key, but the required permissions are not available for use by restricted keys.".to_owned(),
        };
        let refusal = Self::new(StatusCode::FORBIDDEN, message);
        match shape {
            RefusalShape::New | RefusalShape::NewUnquoted => {
                refusal.code("more_permissions_required").undocumented()
            }
            RefusalShape::Old
            | RefusalShape::OldAnyOf
            | RefusalShape::Unnamed
            | RefusalShape::NotForRestrictedKeys => refusal,
        }
    }
}

fn linked(key: &SandboxKey, account: &str, permission: Permission, quote: &str) -> String {
    let text = key.text();
    let prefix = &text[..key_prefix_length(text)];
    let last_four = key.last_four();
    let mode = if key.is_live() { "" } else { "%2Ftest" };
    format!(
        "Permission denied. The provided key '{prefix}...{last_four}' does not have the required permissions for this endpoint on account '{account}'. Enabling {quote}{}{quote} ('{}') permissions on this key would allow this request to continue. You can edit permissions at https://dashboard.stripe.com/b/{account}?destination={mode}%2Fapikeys%2Fmk_1{last_four}%2Fedit",
        permission.row_name(),
        permission.token(),
    )
}

/// `rk_test_****abcd` for what looks like a key; anything else as it is.
fn masked(text: &str) -> String {
    let prefix = key_prefix_length(text);
    let characters = text.chars().count();
    if prefix == 0 || characters < prefix + 5 {
        return text.to_owned();
    }
    let last: String = text.chars().skip(characters - 4).collect();
    format!(
        "{}{}{last}",
        &text[..prefix],
        "*".repeat(characters - prefix - 4)
    )
}

fn key_prefix_length(text: &str) -> usize {
    [
        "rk_live_", "rk_test_", "sk_live_", "sk_test_", "pk_live_", "pk_test_",
    ]
    .into_iter()
    .find(|prefix| text.starts_with(prefix))
    .map_or(0, str::len)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = Map::new();
        if let Some(code) = self.code {
            error.insert("code".into(), code.into());
            if self.documented {
                let page = code.replace('_', "-");
                let link = format!("https://stripe.com/docs/error-codes/{page}");
                error.insert("doc_url".into(), link.into());
            }
        }
        error.insert("message".into(), self.message.into());
        if let Some(param) = self.param {
            error.insert("param".into(), param.into());
        }
        error.insert("type".into(), self.kind.into());
        let mut response = indented(self.status, &json!({ "error": error }));
        response.headers_mut().extend(self.headers);
        response
    }
}
