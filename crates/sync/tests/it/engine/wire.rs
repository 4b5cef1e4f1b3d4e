use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::Router;
use clearsync_sandbox::{Fault, FaultPlan, Faults, Until};
use clearsync_transport::{InProcess, Request, Response, Transport, TransportError};
use tower::Layer;

/// The way to a service, on which the weather can change.
pub(super) struct Wire {
    state: Mutex<State>,
}

struct State {
    service: Arc<dyn Transport>,
    round_trip: Duration,
    sent: usize,
    /// From the request of this number on, what happens instead.
    turn: Option<(usize, Arc<dyn Transport>)>,
}

impl Wire {
    pub(super) fn to(service: Arc<dyn Transport>) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                service,
                round_trip: Duration::ZERO,
                sent: 0,
                turn: None,
            }),
        })
    }

    /// Every request goes to `service` from now on.
    pub(super) fn lead_to(&self, service: Arc<dyn Transport>) {
        self.state.lock().unwrap().service = service;
    }

    /// Every answer takes this long.
    pub(super) fn set_round_trip(&self, round_trip: Duration) {
        self.state.lock().unwrap().round_trip = round_trip;
    }

    /// After `requests` more requests the weather turns.
    pub(super) fn turn_after(&self, requests: usize, weather: Arc<dyn Transport>) {
        let mut state = self.state.lock().unwrap();
        state.turn = Some((state.sent + requests, weather));
    }

    /// The weather turns now.
    pub(super) fn turn(&self, weather: Arc<dyn Transport>) {
        self.turn_after(0, weather);
    }

    pub(super) fn calm(&self) {
        self.state.lock().unwrap().turn = None;
    }

    /// How many requests were sent so far.
    pub(super) fn sent(&self) -> usize {
        self.state.lock().unwrap().sent
    }

    fn next(&self) -> (Arc<dyn Transport>, Duration) {
        let mut state = self.state.lock().unwrap();
        let number = state.sent;
        state.sent += 1;
        let way = match &state.turn {
            Some((from, weather)) if number >= *from => weather.clone(),
            _ => state.service.clone(),
        };
        (way, state.round_trip)
    }
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (way, round_trip) = self.next();
        tokio::time::sleep(round_trip / 2).await;
        let answer = way.send(request).await;
        tokio::time::sleep(round_trip / 2).await;
        answer
    }
}

/// Every request to `router` meets `fault`.
pub(super) fn faulty(fault: Fault, router: Router) -> Arc<dyn Transport> {
    let plan = FaultPlan {
        seed: 1,
        per_mille: 1_000,
        faults: vec![fault],
        until: Until::Forever,
    };
    Arc::new(InProcess::new(Faults::new(plan).layer(router)))
}

/// No request gets an answer.
pub(super) struct Dead(pub(super) TransportError);

#[async_trait]
impl Transport for Dead {
    async fn send(&self, _: Request) -> Result<Response, TransportError> {
        Err(self.0)
    }
}
