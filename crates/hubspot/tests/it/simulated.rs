//! A client of the simulated portal, in virtual time.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use clearsync_hubspot::{Client, Mode, ObjectType, SUMMARY, scopes_for};
use clearsync_sandbox::{
    VirtualClock,
    hubspot::{HubSpotSandbox, PortalShape, Tier},
};
use clearsync_transport::{InProcess, Request, Response, Transport, TransportError};

use crate::scripted::{TOKEN, client};

pub(crate) fn portal(shape: PortalShape) -> HubSpotSandbox {
    let start = "2026-11-23T10:00:00Z".parse().unwrap();
    let clock = Arc::new(VirtualClock::starting_at(start));
    let portal = HubSpotSandbox::new(shape, clock, 7);
    portal.add_token(TOKEN, summary_scopes());
    portal
}

pub(crate) fn summary_scopes() -> impl Iterator<Item = &'static str> {
    scopes_for(Mode::Summary).map(|scope| scope.name)
}

pub(crate) fn on(tier: Tier) -> PortalShape {
    PortalShape {
        tier,
        ..PortalShape::default()
    }
}

pub(crate) fn connect(portal: &HubSpotSandbox) -> (Client, Arc<Observed>) {
    let observed = Arc::new(Observed {
        inner: Box::new(InProcess::new(portal.router())),
        in_flight: Mutex::default(),
        most_writes: Mutex::default(),
    });
    (client(observed.clone()), observed)
}

/// A client of a portal that has the summary's properties.
pub(crate) async fn set_up(shape: PortalShape) -> (HubSpotSandbox, Client, Arc<Observed>) {
    let portal = portal(shape);
    let (client, observed) = connect(&portal);
    let wanted: Vec<_> = SUMMARY.iter().collect();
    for object in [ObjectType::Companies, ObjectType::Contacts] {
        client.ensure_properties(&object, &wanted).await.unwrap();
    }
    portal.forget_requests();
    (portal, client, observed)
}

/// Adds the time a request takes, and counts the writes in flight.
pub(crate) struct Observed {
    inner: Box<dyn Transport>,
    in_flight: Mutex<BTreeMap<String, usize>>,
    most_writes: Mutex<BTreeMap<String, usize>>,
}

pub(crate) const ONE_WAY: Duration = Duration::from_millis(40);

impl Observed {
    /// The most writes that were in flight at once, by object type.
    pub(crate) fn most_writes(&self) -> BTreeMap<String, usize> {
        self.most_writes.lock().unwrap().clone()
    }
}

fn written_type(request: &Request) -> Option<String> {
    let path = request.uri().path();
    let writes = ["create", "update", "upsert", "archive"]
        .iter()
        .any(|verb| path.ends_with(&format!("/batch/{verb}")));
    let object = path
        .strip_prefix("/crm/objects/2026-09/")?
        .split('/')
        .next()?;
    writes.then(|| object.to_owned())
}

#[async_trait]
impl Transport for Observed {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let written = written_type(&request);
        if let Some(object) = &written {
            let mut in_flight = self.in_flight.lock().unwrap();
            let now = in_flight.entry(object.clone()).or_default();
            *now += 1;
            let mut most = self.most_writes.lock().unwrap();
            let most = most.entry(object.clone()).or_default();
            *most = (*most).max(*now);
        }
        tokio::time::sleep(ONE_WAY).await;
        let answer = self.inner.send(request).await;
        tokio::time::sleep(ONE_WAY).await;
        if let Some(object) = written {
            *self.in_flight.lock().unwrap().get_mut(&object).unwrap() -= 1;
        }
        answer
    }
}
