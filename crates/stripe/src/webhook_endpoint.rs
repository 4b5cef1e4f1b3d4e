//! The one thing that ClearSync makes in Stripe: a webhook endpoint of its own, and takes away again.

use std::fmt;

use clearsync_transport::Secret;
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use crate::{
    call::Call,
    client::{API_VERSION, Client},
    error::{StripeError, is_id},
};

/// The id of a webhook endpoint (`we_…`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EndpointId(String);

impl EndpointId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not the id of a webhook endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a webhook endpoint")]
pub struct NotAnEndpointId;

impl TryFrom<String> for EndpointId {
    type Error = NotAnEndpointId;

    fn try_from(text: String) -> Result<Self, NotAnEndpointId> {
        if is_id(&text, "we_") {
            Ok(Self(text))
        } else {
            Err(NotAnEndpointId)
        }
    }
}

impl From<EndpointId> for String {
    fn from(EndpointId(text): EndpointId) -> Self {
        text
    }
}

/// An endpoint that was just made.
pub struct WebhookEndpoint {
    /// Its id, needed to delete it.
    pub id: EndpointId,
    /// What its deliveries are signed with. Stripe tells it this once only.
    pub signing_secret: Secret,
}

impl fmt::Debug for WebhookEndpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WebhookEndpoint")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes an endpoint that sends `events` to `url`. `install` is a random name of this installation and marks the
    /// endpoint as its own. `idempotency_key` is a random name of this one intention: repeating the request with the same
    /// makes no second endpoint, and a new endpoint after a deletion needs a new one.
    ///
    /// # Errors
    /// Any [`StripeError`]. Stripe documents that a live account takes https addresses only, and 16 endpoints at most.
    pub async fn create_webhook_endpoint(
        &self,
        url: &Url,
        events: &[&str],
        install: &str,
        idempotency_key: &str,
    ) -> Result<WebhookEndpoint, StripeError> {
        let made: Made = self
            .ask(&Call::CreateWebhookEndpoint {
                form: form(url, events, install),
                idempotency_key: idempotency_key.to_owned(),
            })
            .await?;
        Ok(WebhookEndpoint {
            id: made.id,
            signing_secret: Secret::new(made.secret),
        })
    }

    /// Deletes an endpoint that ClearSync made. One that is gone already counts as deleted.
    ///
    /// # Errors
    /// Any [`StripeError`] but [`StripeError::NotFound`].
    pub async fn delete_webhook_endpoint(&self, id: &EndpointId) -> Result<(), StripeError> {
        let call = Call::DeleteWebhookEndpoint { id: id.0.clone() };
        match self.ask::<serde::de::IgnoredAny>(&call).await {
            Ok(_) | Err(StripeError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn form(url: &Url, events: &[&str], install: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("url", url.as_str())
        .append_pair("api_version", API_VERSION)
        .append_pair("description", "ClearSync")
        .append_pair("metadata[clearsync_install]", install);
    for event in events {
        form.append_pair("enabled_events[]", event);
    }
    form.finish()
}

#[derive(Deserialize)]
struct Made {
    id: EndpointId,
    secret: String,
}
