use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{StripeSandbox, filter::event_matches, lock, webhook::sign};

const SANDBOX_TRIES: u32 = 3;
/// The seventh try comes after 1 + 2 + 4 + 8 + 16 + 32 = 63 hours; an eighth would be past the three days Stripe tries.
const LIVE_TRIES: u32 = 7;

/// Carries a delivery to a webhook endpoint.
pub trait Deliver: Send + Sync {
    /// Sends the request and says how it was answered; `None` when no answer came.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Option<StatusCode>>;
}

/// Which events still wait for which endpoints.
#[derive(Debug)]
pub(super) struct Deliveries {
    /// How many events of the log have been looked at.
    seen: usize,
    waiting: Vec<Waiting>,
    failed: HashSet<String>,
}

#[derive(Debug, Clone)]
struct Waiting {
    endpoint: String,
    event: String,
    tries: u32,
    due: Timestamp,
}

impl Deliveries {
    /// Nothing waits; the first `seen` events are history.
    pub(super) fn after(seen: usize) -> Self {
        Self {
            seen,
            waiting: Vec::new(),
            failed: HashSet::new(),
        }
    }
}

impl StripeSandbox {
    /// Sends every event that is due to the endpoints that want it, signed, and says how many were taken with a 2xx.
    /// What fails is due again with growing delays: three tries in test mode, three days in live mode. Without
    /// [`StripeSandbox::set_delivery`] everything waits.
    pub async fn deliver_due(&self) -> usize {
        self.look_for_events();
        let Some(delivery) = self.control().delivery.clone() else {
            return 0;
        };
        let now = self.now();
        let due: Vec<Waiting> = {
            let mut deliveries = lock(&self.0.deliveries);
            let (due, later) = deliveries
                .waiting
                .drain(..)
                .partition(|waiting| waiting.due <= now);
            deliveries.waiting = later;
            due
        };
        let mut taken = 0;
        for waiting in due {
            if self.deliver(&waiting, &delivery).await {
                taken += 1;
            } else {
                self.try_later(waiting);
            }
        }
        taken
    }

    /// The events that some endpoint has not taken.
    pub(super) fn undelivered(&self) -> HashSet<String> {
        self.look_for_events();
        let deliveries = lock(&self.0.deliveries);
        let waiting = deliveries.waiting.iter();
        let waiting = waiting.map(|waiting| waiting.event.clone());
        waiting.chain(deliveries.failed.iter().cloned()).collect()
    }

    /// Writes into events how many endpoints have yet to take them.
    pub(super) fn count_pending(&self, events: &mut [Value]) {
        let deliveries = lock(&self.0.deliveries);
        for event in events {
            let waiting = deliveries.waiting.iter();
            let count = waiting
                .filter(|waiting| event["id"] == waiting.event)
                .count();
            event["pending_webhooks"] = count.into();
        }
    }

    /// Queues what the log has gained, for the endpoints that stand now.
    fn look_for_events(&self) {
        let now = self.now();
        let data = self.data();
        let mut deliveries = lock(&self.0.deliveries);
        let events = data.events();
        for event in events.get(deliveries.seen..).unwrap_or_default() {
            let endpoints = data.all("webhook_endpoint").filter(|it| wants(it, event));
            let waiting: Vec<Waiting> = endpoints
                .filter_map(|endpoint| {
                    Some(Waiting {
                        endpoint: endpoint["id"].as_str()?.to_owned(),
                        event: event["id"].as_str()?.to_owned(),
                        tries: 0,
                        due: now,
                    })
                })
                .collect();
            deliveries.waiting.extend(waiting);
        }
        deliveries.seen = events.len();
    }

    /// Whether the endpoint took the event. A deleted endpoint takes everything: nothing is left to do.
    async fn deliver(&self, waiting: &Waiting, delivery: &Arc<dyn Deliver>) -> bool {
        let Some(request) = self.delivery_request(waiting) else {
            return true;
        };
        let status = delivery.send(request).await;
        status.is_some_and(|status| status.is_success())
    }

    fn delivery_request(&self, waiting: &Waiting) -> Option<Request<Bytes>> {
        let secret = self
            .control()
            .endpoint_secrets
            .get(&waiting.endpoint)
            .cloned()?;
        let data = self.data();
        let endpoint = data.get("webhook_endpoint", &waiting.endpoint)?;
        let (_, event) = data.ranked("event", &waiting.event)?;
        // Pretty-printed like Stripe's, so that only the raw bytes verify.
        let body = serde_json::to_vec_pretty(event).ok()?;
        Request::post(endpoint["url"].as_str()?)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .header("stripe-signature", sign(&body, &secret, self.now()))
            .body(Bytes::from(body))
            .ok()
    }

    fn try_later(&self, mut waiting: Waiting) {
        let live = {
            let data = self.data();
            data.get("webhook_endpoint", &waiting.endpoint)
                .is_some_and(|endpoint| endpoint["livemode"] == true)
        };
        waiting.tries += 1;
        let most = if live { LIVE_TRIES } else { SANDBOX_TRIES };
        let delay = SignedDuration::from_hours(1 << (waiting.tries - 1));
        let mut deliveries = lock(&self.0.deliveries);
        match self.now().checked_add(delay) {
            Ok(due) if waiting.tries < most => {
                deliveries.waiting.push(Waiting { due, ..waiting });
            }
            _ => {
                deliveries.failed.insert(waiting.event);
            }
        }
    }
}

/// Whether an endpoint asked for events of this type and mode.
fn wants(endpoint: &Value, event: &Value) -> bool {
    let event_type = event["type"].as_str().unwrap_or_default();
    let mut types = endpoint["enabled_events"].as_array().into_iter().flatten();
    endpoint["status"] == "enabled"
        && endpoint["livemode"] == event["livemode"]
        && types.any(|wanted| {
            wanted
                .as_str()
                .is_some_and(|it| event_matches(it, event_type))
        })
}
