//! The simulated Stripe, asked through its router.

mod events;
mod expansion;
mod keys;
mod limits;
mod lists;
mod paging;
mod permissions;
mod webhooks;

use std::sync::{Arc, RwLock};

use axum::body::Body;
use bytes::Bytes;
use clearsync_sandbox::{
    StripeData, VirtualClock,
    stripe::{SandboxKey, StripeSandbox},
};
use http::{HeaderMap, Method, Request, StatusCode, header::AUTHORIZATION};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const NOW: &str = "2026-11-01T12:00:00Z";
pub(crate) const SECRET: &str = "sk_test_Sample51everything";
pub(crate) const RESTRICTED: &str = "rk_test_Sample51restricted8f2K";

/// A sandbox with the clock at [`NOW`], a secret key and a restricted key that may do nothing.
pub(crate) struct Stage {
    pub(crate) sandbox: StripeSandbox,
    pub(crate) data: Arc<RwLock<StripeData>>,
    pub(crate) clock: Arc<VirtualClock>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Stage {
    pub(crate) fn with(objects: impl IntoIterator<Item = Value>) -> Self {
        let mut data = StripeData::default();
        for object in objects {
            data.upsert(object);
        }
        Self::holding(Arc::new(RwLock::new(data)))
    }

    pub(crate) fn holding(data: Arc<RwLock<StripeData>>) -> Self {
        let clock = Arc::new(VirtualClock::starting_at(now()));
        let sandbox = StripeSandbox::new(Arc::clone(&data), Arc::clone(&clock) as _);
        sandbox.add_key(SandboxKey::new(SECRET, []));
        sandbox.add_key(SandboxKey::new(RESTRICTED, []));
        Self {
            sandbox,
            data,
            clock,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(SECRET, Method::GET, path, "").await
    }

    pub(crate) async fn get_with(&self, key: &str, path: &str) -> Answer {
        self.send(key, Method::GET, path, "").await
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.send(SECRET, Method::POST, path, form).await
    }

    pub(crate) async fn send(&self, key: &str, method: Method, path: &str, form: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {key}"))
            .body(Body::from(form.to_owned()))
            .unwrap();
        self.raw(request).await
    }

    pub(crate) async fn raw(&self, request: Request<Body>) -> Answer {
        let response = self.sandbox.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body: Bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        }
    }
}

impl Answer {
    pub(crate) fn ids(&self) -> Vec<&str> {
        let data = self.body["data"].as_array().expect("a list");
        data.iter()
            .map(|object| object["id"].as_str().unwrap())
            .collect()
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.body["error"]["code"].as_str()
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }
}

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Seconds of [`NOW`], less `ago`.
pub(crate) fn seconds_ago(ago: i64) -> i64 {
    now().as_second() - ago
}

pub(crate) fn customer(id: &str, created: i64) -> Value {
    json!({
        "id": id, "object": "customer", "created": created, "email": format!("{id}@example.com"),
        "discount": null, "livemode": false, "metadata": {}, "test_clock": null,
        "tax_ids": { "object": "list", "data": [], "has_more": false, "url": "" },
    })
}

pub(crate) fn subscription(id: &str, customer: &str, status: &str, created: i64) -> Value {
    json!({
        "id": id, "object": "subscription", "created": created, "customer": customer,
        "status": status, "discounts": [], "livemode": false, "metadata": {}, "test_clock": null,
        "latest_invoice": null, "collection_method": "charge_automatically",
        "items": { "object": "list", "data": [], "has_more": false, "url": "" },
    })
}

pub(crate) fn event(id: &str, kind: &str, created: i64) -> Value {
    json!({
        "id": id, "object": "event", "created": created, "type": kind, "livemode": false,
        "api_version": "2026-05-27.dahlia", "pending_webhooks": 0,
        "data": { "object": { "id": "obj", "object": "customer" } },
        "request": { "id": null, "idempotency_key": null },
    })
}
