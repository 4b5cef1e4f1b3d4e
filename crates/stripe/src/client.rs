//! The one way to Stripe. It can GET, and it can make and delete its own webhook endpoint; the `Call` enum is the whole
//! of what it can say.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use clearsync_transport::{Request, Response, Retried, Transport, TransportError};
use http::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde::de::DeserializeOwned;
use url::{Host, Url};

use crate::{
    call::Call,
    error::{NotStripe, RequestId, StripeError, not_stripe},
    key::StripeKey,
    limits::Limited,
    retry::StripeRetry,
};

/// The version of Stripe's API that every request and every webhook endpoint asks for.
pub const API_VERSION: &str = "2026-05-27.dahlia";

/// Where Stripe's API is.
pub const STRIPE_URL: &str = "https://api.stripe.com";

/// Reads one Stripe account. Clones share the key and keep the account's limits together.
///
/// There is no way to say anything else to Stripe: no general request, and none that writes.
/// ```compile_fail
/// # async fn no_post(client: clearsync_stripe::client::Client) {
/// client.post("/v1/customers", "").await;
/// # }
/// ```
/// ```compile_fail
/// # async fn no_delete(client: clearsync_stripe::client::Client) {
/// client.delete("/v1/customers/cus_1").await;
/// # }
/// ```
/// ```compile_fail
/// # use clearsync_stripe::call::Call;
/// # async fn no_call(client: clearsync_stripe::client::Client, call: Call) {
/// client.ask::<serde_json::Value>(&call).await;
/// # }
/// ```
/// What does compile, so that the above fails for its own reason:
/// ```
/// # async fn reads(client: clearsync_stripe::client::Client) {
/// _ = client.account().await;
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    base: Url,
    key: StripeKey,
    limited: Arc<Limited<Arc<dyn Transport>>>,
    patient: Retried<Arc<Limited<Arc<dyn Transport>>>, StripeRetry>,
}

impl Client {
    /// A client that speaks through `transport` to the server at `base`.
    ///
    /// # Errors
    /// [`BaseUrlRefused`] when the key would travel in the clear or the address is not one of a server.
    pub fn new(
        transport: Arc<dyn Transport>,
        base: Url,
        key: StripeKey,
    ) -> Result<Self, BaseUrlRefused> {
        check_base(&base)?;
        let limited = Arc::new(Limited::new(transport, key.mode()));
        Ok(Self(Arc::new(Inner {
            base,
            patient: Retried::new(Arc::clone(&limited), StripeRetry),
            limited,
            key,
        })))
    }

    /// The key in use.
    #[must_use]
    pub fn key(&self) -> &StripeKey {
        &self.0.key
    }

    /// Sends `call`, again where that may help, and reads the answer.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, StripeError> {
        let body = self.ask_bytes(call).await?;
        serde_json::from_slice(&body).map_err(|_| StripeError::NotStripe(not_stripe(&body)))
    }

    /// Like [`Client::ask`], for answers that are kept as they came.
    pub(crate) async fn ask_bytes(&self, call: &Call) -> Result<Bytes, StripeError> {
        self.send(&self.0.patient, call).await
    }

    /// Sends `call` once and says only whether it went through.
    pub(crate) async fn try_once(&self, call: &Call) -> Result<(), StripeError> {
        let body = self.send(&*self.0.limited, call).await?;
        match serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&body) {
            Ok(_) => Ok(()),
            Err(_) => Err(StripeError::NotStripe(not_stripe(&body))),
        }
    }

    async fn send(&self, through: &dyn Transport, call: &Call) -> Result<Bytes, StripeError> {
        let request = self.request(call)?;
        let started = tokio::time::Instant::now();
        let response = through.send(request).await?;
        tracing::debug!(
            endpoint = call.endpoint().template,
            status = response.status().as_u16(),
            request_id = RequestId::from_headers(response.headers())
                .as_ref()
                .map(RequestId::as_str),
            took_ms = started.elapsed().as_millis(),
            "Stripe answered"
        );
        body_of(response)
    }

    fn request(&self, call: &Call) -> Result<Request, StripeError> {
        let unsendable = StripeError::Unreachable(TransportError::Unsendable);
        let url = call.url(&self.0.base).ok_or(unsendable.clone())?;
        let (method, form) = call.method_and_form();
        let mut request = http::Request::builder()
            .method(method)
            .uri(url.as_str())
            .body(Bytes::from(form))
            .map_err(|_| unsendable.clone())?;
        let bearer = self.0.key.secret().bearer().ok_or(unsendable.clone())?;
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(STRIPE_VERSION, HeaderValue::from_static(API_VERSION));
        if request.method() == Method::POST {
            let headers = request.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
        }
        if let Call::CreateWebhookEndpoint {
            idempotency_key, ..
        } = call
        {
            let value = HeaderValue::from_str(idempotency_key).map_err(|_| unsendable)?;
            request.headers_mut().insert(IDEMPOTENCY_KEY, value);
        }
        request.extensions_mut().insert(call.endpoint());
        Ok(request)
    }
}

const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const FORM: &str = "application/x-www-form-urlencoded";

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("base", &self.0.base.as_str())
            .field("key", &self.0.key)
            .finish_non_exhaustive()
    }
}

fn body_of(response: Response) -> Result<Bytes, StripeError> {
    if response.status().is_success() {
        Ok(response.into_body())
    } else {
        Err(StripeError::from_response(&response))
    }
}

/// Why a base URL cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlRefused {
    /// The key would travel unencrypted: plain http is for this computer's own loopback only.
    #[error("plain http is for the loopback address only")]
    NotSecure,
    /// A user name, a query or a fragment, or no host at all.
    #[error("the address is not one of a server")]
    NotAServer,
}

fn check_base(base: &Url) -> Result<(), BaseUrlRefused> {
    let plain = base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    let Some(host) = base.host().filter(|_| plain) else {
        return Err(BaseUrlRefused::NotAServer);
    };
    let loopback = match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    match base.scheme() {
        "https" => Ok(()),
        "http" if loopback => Ok(()),
        "http" => Err(BaseUrlRefused::NotSecure),
        _ => Err(BaseUrlRefused::NotAServer),
    }
}

/// An answer of a shape that the request cannot have.
pub(crate) fn other_shape() -> StripeError {
    StripeError::NotStripe(NotStripe::OtherShape)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn takes_only_safe_base_urls() {
        for (text, verdict) in [
            ("https://api.stripe.com", Ok(())),
            ("https://proxy.example/stripe/", Ok(())),
            ("http://127.0.0.1:4242", Ok(())),
            ("http://[::1]:4242", Ok(())),
            ("http://localhost:1", Ok(())),
            ("http://api.stripe.com", Err(BaseUrlRefused::NotSecure)),
            (
                "http://localhost.example.com",
                Err(BaseUrlRefused::NotSecure),
            ),
            (
                "https://user@api.stripe.com",
                Err(BaseUrlRefused::NotAServer),
            ),
            (
                "https://api.stripe.com/?a=1",
                Err(BaseUrlRefused::NotAServer),
            ),
            ("file:///etc/passwd", Err(BaseUrlRefused::NotAServer)),
            ("data:text/plain,x", Err(BaseUrlRefused::NotAServer)),
        ] {
            assert_eq!(check_base(&Url::parse(text).unwrap()), verdict, "{text}");
        }
    }
}
