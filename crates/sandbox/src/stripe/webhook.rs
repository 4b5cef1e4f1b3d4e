use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use super::{params::Params, refusal::Refusal};
use crate::stripe_data::StripeData;

const MOST_ENDPOINTS: usize = 16;

/// The value of the `Stripe-Signature` header for `payload`, sent at `at` to an endpoint with `secret` (the whole text
/// with its `whsec_`). Stripe documents it: HMAC-SHA256 over the seconds, a point and the body.
#[must_use]
pub fn sign(payload: &[u8], secret: &str, at: Timestamp) -> String {
    let seconds = at.as_second();
    let digest = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(payload);
        hex::encode(mac.finalize().into_bytes())
    });
    // HMAC takes keys of any length.
    format!("t={seconds},v1={}", digest.unwrap_or_default())
}

/// Makes the object of a new endpoint, or says what is wrong with the request.
pub(super) fn create(
    data: &StripeData,
    params: &Params,
    livemode: bool,
    id: &str,
    now: Timestamp,
) -> Result<Value, Refusal> {
    params.only(&[
        "api_version",
        "connect",
        "description",
        "enabled_events",
        "expand",
        "metadata",
        "url",
    ])?;
    let url = params
        .text("url")
        .ok_or_else(|| Refusal::parameter_missing("url"))?;
    reachable(url, livemode)?;
    let enabled_events = enabled_events(params)?;
    let standing = data.all("webhook_endpoint");
    let standing = standing.filter(|endpoint| endpoint["livemode"] == livemode);
    if standing.count() >= MOST_ENDPOINTS {
        let mode = if livemode { "live" } else { "test" };
        let message =
            format!("You have reached the maximum of {MOST_ENDPOINTS} {mode} webhook endpoints.");
        return Err(Refusal::bad(message, "url"));
    }
    Ok(json!({
        "id": id,
        "object": "webhook_endpoint",
        "api_version": params.text("api_version"),
        "application": null,
        "created": now.as_second(),
        "description": params.text("description"),
        "enabled_events": enabled_events,
        "livemode": livemode,
        "metadata": metadata(params),
        "status": "enabled",
        "url": url,
    }))
}

/// Changes an endpoint as the request says.
pub(super) fn update(endpoint: &Value, params: &Params, livemode: bool) -> Result<Value, Refusal> {
    params.only(&[
        "description",
        "disabled",
        "enabled_events",
        "expand",
        "metadata",
        "url",
    ])?;
    let mut endpoint = endpoint.clone();
    if let Some(url) = params.text("url") {
        reachable(url, livemode)?;
        endpoint["url"] = url.into();
    }
    if params.has("enabled_events") {
        endpoint["enabled_events"] = enabled_events(params)?;
    }
    if let Some(description) = params.text("description") {
        endpoint["description"] = description.into();
    }
    match params.text("disabled") {
        Some("true") => endpoint["status"] = "disabled".into(),
        Some(_) => endpoint["status"] = "enabled".into(),
        None => {}
    }
    if let (Some(old), Value::Object(new)) =
        (endpoint["metadata"].as_object_mut(), metadata(params))
    {
        old.extend(new);
    }
    Ok(endpoint)
}

fn enabled_events(params: &Params) -> Result<Value, Refusal> {
    let types = params.texts("enabled_events");
    if types.is_empty() {
        return Err(Refusal::parameter_missing("enabled_events"));
    }
    match types
        .iter()
        .find(|name| **name != "*" && !name.contains('.'))
    {
        Some(name) => Err(Refusal::bad(
            format!("Invalid enabled_events: {name} is not a type of event"),
            "enabled_events",
        )),
        None => Ok(types.into()),
    }
}

fn metadata(params: &Params) -> Value {
    let pairs = params
        .keyed("metadata")
        .map(|(key, value)| (key.to_owned(), Value::from(value)));
    Value::Object(pairs.collect())
}

fn reachable(url: &str, livemode: bool) -> Result<(), Refusal> {
    let Ok(url) = Url::parse(url) else {
        return Err(Refusal::url_invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
        ));
    };
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    match url.scheme() {
        "https" if !loopback => Ok(()),
        "http" if !livemode && !loopback => Ok(()),
        "http" if livemode && !loopback => {
            Err(Refusal::url_invalid("Invalid URL: URL must be HTTPS."))
        }
        "http" | "https" => Err(Refusal::url_invalid(
            "Invalid URL: URL must be publicly accessible.",
        )),
        _ => Err(Refusal::url_invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected digest was made with Stripe's own Node library.
    #[test]
    fn signs_as_stripe_does() {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let body = br#"{"id":"evt_test_webhook","object":"event"}"#;
        assert_eq!(
            sign(body, "whsec_test_secret", at),
            "t=1700000000,v1=d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990"
        );
    }
}
