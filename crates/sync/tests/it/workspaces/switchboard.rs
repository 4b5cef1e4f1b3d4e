use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use clearsync_transport::{Request, Response, Transport, TransportError};
use http::header::AUTHORIZATION;

use super::ROUND_TRIP;

/// One address behind which every party has its own service, told apart by the key. It notes all that is sent.
pub(super) struct Switchboard {
    services: BTreeMap<&'static str, Arc<dyn Transport>>,
    sent: Mutex<Vec<Sent>>,
}

/// A request.
#[derive(Clone)]
pub(super) struct Sent {
    /// The key it carried.
    pub(super) key: &'static str,
    /// Its path, query and body.
    pub(super) text: String,
}

impl Switchboard {
    pub(super) fn to(
        services: impl Iterator<Item = (&'static str, Arc<dyn Transport>)>,
    ) -> Arc<Self> {
        Arc::new(Self {
            services: services.collect(),
            sent: Mutex::default(),
        })
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    pub(super) fn sent_with(&self, key: &str) -> usize {
        self.sent().iter().filter(|one| one.key == key).count()
    }
}

#[async_trait]
impl Transport for Switchboard {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let given = request.headers()[AUTHORIZATION].to_str().unwrap();
        let key = given.strip_prefix("Bearer ").unwrap();
        let (key, service) = self.services.get_key_value(key).unwrap();
        let body = String::from_utf8_lossy(request.body());
        let text = format!("{} {body}", request.uri());
        self.sent.lock().unwrap().push(Sent { key, text });
        tokio::time::sleep(ROUND_TRIP).await;
        service.send(request).await
    }
}
