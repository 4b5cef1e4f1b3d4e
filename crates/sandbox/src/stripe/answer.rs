use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::Value;

use super::{
    API_VERSION, ReceivedRequest, StripeSandbox, account,
    expand::Asker,
    key::{KeyState, SandboxKey, last_four},
    lock,
    params::Params,
    refusal::Refusal,
    route::Route,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
const STRIPE_ACCOUNT: &str = "stripe-account";

/// Answers any request, and remembers that it came.
pub(super) async fn answer(
    State(sandbox): State<StripeSandbox>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let presented = presented_key(&headers);
    let call = Call {
        sandbox: &sandbox,
        method: &method,
        path: uri.path(),
        headers: &headers,
        params: Params::parse(uri.query().unwrap_or_default(), &body),
    };
    let mut response = match call.respond(presented.as_deref()).await {
        Ok(body) => indented(StatusCode::OK, &body),
        Err(refusal) => refusal.into_response(),
    };
    let version = headers.get(STRIPE_VERSION).cloned();
    let version = version.unwrap_or(HeaderValue::from_static(API_VERSION));
    response.headers_mut().insert(STRIPE_VERSION, version);
    let request_id = format!("req_{:014}", sandbox.next_number());
    if let Ok(request_id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, request_id);
    }
    lock(&sandbox.0.requests).push(ReceivedRequest {
        at: sandbox.now(),
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        key_last_four: presented.map(|key| last_four(&key).to_owned()),
        status: response.status(),
    });
    response
}

/// An answer as Stripe writes it: each field on a line of its own, indented by two spaces for each level, so that the text of
/// an object in a list is another than that of the object alone.
pub(super) fn indented(status: StatusCode, body: &Value) -> Response {
    let headers = [(CONTENT_TYPE, "application/json")];
    (status, headers, format!("{body:#}")).into_response()
}

/// The key of the `Authorization` header, Bearer or the user name of Basic.
fn presented_key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    let key = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => credentials.trim().to_owned(),
        "basic" => {
            let decoded = BASE64_STANDARD.decode(credentials.trim()).ok()?;
            let decoded = String::from_utf8(decoded).ok()?;
            decoded.split(':').next().unwrap_or_default().to_owned()
        }
        _ => return None,
    };
    (!key.is_empty()).then_some(key)
}

/// One request on its way through: key, limits, permission, parameters, object, in this order.
pub(super) struct Call<'r> {
    pub(super) sandbox: &'r StripeSandbox,
    pub(super) method: &'r Method,
    pub(super) path: &'r str,
    headers: &'r HeaderMap,
    pub(super) params: Params,
}

impl Call<'_> {
    async fn respond(&self, presented: Option<&str>) -> Result<Value, Refusal> {
        self.check_version()?;
        let key = self.authenticate(presented)?;
        let route = Route::of(self.method, self.path)
            .ok_or_else(|| Refusal::unrecognized_url(self.method, self.path))?;
        let (limits, failure) = {
            let mut control = self.sandbox.control();
            (control.limits, control.failures.pop_front())
        };
        if let Some(failure) = failure {
            return Err(failure.into());
        }
        let endpoint = format!("{} {}", self.method, route.endpoint());
        let meter = &self.sandbox.0.meter;
        let _work = meter.enter(limits, &endpoint, key.is_live())?;
        if !limits.work.is_zero() {
            tokio::time::sleep(limits.work).await;
        }
        self.check_account(&key)?;
        let (account, shape) = {
            let control = self.sandbox.control();
            (control.account.clone(), control.refusal_shape)
        };
        let asker = Asker {
            key: &key,
            account: &account::id(&account),
            shape,
        };
        self.act(&route, &asker, &account)
    }

    /// Stripe documents that a request that is repeated with the same key has the first one's answer.
    pub(super) fn idempotency_key(&self) -> Option<&str> {
        self.headers.get("idempotency-key")?.to_str().ok()
    }

    fn check_version(&self) -> Result<(), Refusal> {
        let Some(version) = self.headers.get(STRIPE_VERSION) else {
            return Ok(());
        };
        let version = version.to_str().unwrap_or_default();
        let date = version.split('.').next().unwrap_or_default();
        if date.parse::<jiff::civil::Date>().is_ok() {
            return Ok(());
        }
        Err(Refusal::unknown_version(version))
    }

    fn authenticate(&self, presented: Option<&str>) -> Result<SandboxKey, Refusal> {
        let text = presented.ok_or_else(Refusal::no_key)?;
        if text.starts_with("pk_") {
            return Err(Refusal::publishable_key());
        }
        let control = self.sandbox.control();
        let key = control.keys.iter().find(|key| key.text() == text);
        let key = key.ok_or_else(|| Refusal::wrong_key(text))?;
        match key.state() {
            KeyState::Active => Ok(key.clone()),
            KeyState::Expired => Err(Refusal::expired_key(text)),
            KeyState::IpRestricted => Err(Refusal::address_not_allowed()),
        }
    }

    /// `Stripe-Account` asks to act for a connected account. No key of the sandbox may.
    fn check_account(&self, key: &SandboxKey) -> Result<(), Refusal> {
        let Some(account) = self.headers.get(STRIPE_ACCOUNT) else {
            return Ok(());
        };
        if key.is_restricted() {
            return Err(Refusal::no_connect_permissions());
        }
        let account = account.to_str().unwrap_or_default();
        if account == self.sandbox.account_id() {
            return Ok(());
        }
        Err(Refusal::other_account(key, account))
    }
}
