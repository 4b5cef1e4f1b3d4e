use std::{sync::Arc, time::Duration};

use axum::body::Body;
use clearsync_sandbox::{
    VirtualClock,
    hubspot::{HubSpotSandbox, Lags, PortalShape, Tier},
};
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const TOKEN: &str = "pat-na1-00000000-0000-4000-8000-000000000001";

pub(crate) const SCOPES: [&str; 18] = [
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.custom.read",
    "crm.objects.custom.write",
    "crm.objects.owners.read",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.schemas.companies.read",
    "crm.schemas.companies.write",
    "crm.schemas.deals.read",
    "crm.schemas.deals.write",
    "crm.schemas.custom.read",
    "crm.schemas.custom.write",
    "e-commerce",
];

/// A portal with one token that may do everything, and a client for it.
pub(crate) struct Portal {
    pub sandbox: HubSpotSandbox,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Got {
    pub status: u16,
    pub body: Value,
    pub text: String,
    pub headers: HeaderMap,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn results(&self) -> &Vec<Value> {
        self.body["results"].as_array().unwrap()
    }

    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap()
    }
}

impl Portal {
    pub(crate) fn new() -> Self {
        Self::shaped(PortalShape::default())
    }

    pub(crate) fn on(tier: Tier) -> Self {
        Self::shaped(PortalShape {
            tier,
            ..PortalShape::default()
        })
    }

    pub(crate) fn lagging(tier: Tier) -> Self {
        Self::shaped(PortalShape {
            tier,
            lags: Lags::OBSERVED,
            ..PortalShape::default()
        })
    }

    pub(crate) fn shaped(shape: PortalShape) -> Self {
        let start = "2026-11-23T10:00:00Z".parse().unwrap();
        let clock = Arc::new(VirtualClock::starting_at(start));
        let sandbox = HubSpotSandbox::new(shape, clock, 7);
        sandbox.add_token(TOKEN, SCOPES);
        Self { sandbox }
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.send("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Got {
        self.send("POST", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Got {
        self.send("PATCH", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Got {
        self.send("DELETE", path, None).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Got {
        self.send_as(Some(TOKEN), method, path, body).await.unwrap()
    }

    /// Nothing when the connection broke.
    pub(crate) async fn send_as(
        &self,
        token: Option<&str>,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Option<Got> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).unwrap();
        let response = self.sandbox.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.ok()?.to_bytes();
        Some(Got {
            status: parts.status.as_u16(),
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            text: String::from_utf8(bytes.to_vec()).unwrap(),
            headers: parts.headers,
        })
    }

    /// Adds a text property without a group of its own.
    pub(crate) async fn add_property(&self, object_type: &str, name: &str, further: Value) {
        let group = match object_type {
            "contacts" => "contactinformation",
            "companies" => "companyinformation",
            _ => "dealinformation",
        };
        let mut body = json!({
            "groupName": group, "name": name, "label": format!("Label of {name}"),
            "type": "string", "fieldType": "text",
        });
        for (key, value) in further.as_object().unwrap() {
            body[key] = value.clone();
        }
        let got = self
            .post(&format!("/crm/properties/2026-09/{object_type}"), body)
            .await;
        assert_eq!(got.status, 201, "{}", got.text);
    }
}

pub(crate) async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

/// A request's inputs.
pub(crate) fn inputs(inputs: impl IntoIterator<Item = Value>) -> Value {
    json!({"inputs": inputs.into_iter().collect::<Vec<_>>()})
}
