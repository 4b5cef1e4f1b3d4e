//! Whom a whole life speaks to, on real sockets: every name that is looked up is noted.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use clearsync_sandbox::{
    Sample, SystemClock,
    business::{Business, Shape},
    stripe::SandboxKey,
};
use clearsync_sync::{
    Clock, Engine, EngineConfig, Former, Services, random_name,
    view::{ProblemCode, RunOutcome, Service},
};
use clearsync_transport::{
    Network, Request, Response, Secret, Transport, TransportError,
    dns::{Addrs, Name, Resolve, Resolving},
};
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use jiff::Timestamp;
use tempfile::TempDir;
use url::Url;

use crate::world::data_key;

const KEY: &str = "rk_test_51SimulatedKeyOfTheBusiness";
const TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";
const HOSTS: [&str; 2] = ["api.stripe.com", "api.hubapi.com"];

/// Every name is this computer, and every name is noted.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<BTreeSet<String>>>);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        self.0.lock().unwrap().insert(name.as_str().to_owned());
        let here: Addrs = Box::new(std::iter::once(SocketAddr::from(([127, 0, 0, 1], 0))));
        Box::pin(std::future::ready(Ok(here)))
    }
}

/// The network as the app has it, but for the port and TLS: the simulated services have neither 443 nor a certificate.
struct ToPort {
    network: Network,
    port: u16,
}

#[async_trait]
impl Transport for ToPort {
    async fn send(&self, mut request: Request) -> Result<Response, TransportError> {
        let uri = request.uri();
        assert_eq!(uri.scheme(), Some(&Scheme::HTTPS));
        let authority = format!("{}:{}", uri.host().unwrap(), self.port);
        let path = uri.path_and_query().cloned();
        *request.uri_mut() = Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(authority.parse::<Authority>().unwrap())
            .path_and_query(path.unwrap_or(PathAndQuery::from_static("/")))
            .build()
            .unwrap();
        self.network.send(request).await
    }
}

fn engine(folder: &TempDir, names: &Names, ports: [u16; 2]) -> Arc<Engine> {
    let network = Network::resolving(HOSTS, Arc::new(names.clone())).unwrap();
    let to = |port| -> Arc<dyn Transport> {
        Arc::new(ToPort {
            network: network.clone(),
            port,
        })
    };
    let url = |host| Url::parse(&format!("https://{host}")).unwrap();
    let config = EngineConfig {
        data_folder: folder.path().to_owned(),
        profile: "egress".to_owned(),
        sample_data: false,
        services: Services {
            stripe: to(ports[0]),
            stripe_url: url(HOSTS[0]),
            hubspot: to(ports[1]),
            hubspot_url: url(HOSTS[1]),
        },
        clock: Clock::system(),
        random_name,
    };
    Engine::open(config, data_key(), Former::Kept).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life_speaks_to_stripe_and_hubspot_alone() {
    let business = Business::play(3, &Shape::small(), Timestamp::now());
    let sample = Sample::of(business, Arc::new(SystemClock));
    let key = SandboxKey::new(KEY, Sample::PERMISSIONS);
    sample.stripe.add_key(key);
    sample.hubspot.add_token(TOKEN, Sample::SCOPES);
    let served = sample.serve(Duration::ZERO).await.unwrap();
    let ports = [&served.stripe, &served.hubspot].map(|served| served.address().port());
    let (folder, names) = (tempfile::tempdir().unwrap(), Names::default());
    let engine = engine(&folder, &names, ports);

    let secret = |text: &str| Secret::new(text.to_owned());
    engine
        .connect_stripe(secret(KEY), true, false)
        .await
        .unwrap();
    engine
        .connect_hubspot(secret(TOKEN), true, false)
        .await
        .unwrap();
    engine.check_all(Service::Stripe).await.unwrap();
    engine.check_excess().await.unwrap();
    engine.check_all(Service::HubSpot).await.unwrap();
    engine.start_import().await.unwrap();
    engine.run_ended().await;
    let plan = engine.make_plan().await.unwrap();
    engine.push(plan.id).await.unwrap();
    engine.run_ended().await;
    engine.finish_setup().await.unwrap();
    // The public address is Stripe's to reach, not ours.
    let hook = "https://hooks.acme.example/stripe";
    engine.start_realtime(hook, 0, true).await.unwrap();
    engine.sync_now().await.unwrap();
    engine.run_ended().await;
    engine.check_drift().await.unwrap();
    engine.run_ended().await;
    engine.stop_realtime().await.unwrap();

    let runs = engine.runs().await.unwrap();
    assert!(runs.len() >= 3, "{runs:?}");
    for run in runs {
        assert_eq!(run.outcome, Some(RunOutcome::Done));
    }
    let asked = names.0.lock().unwrap().clone();
    assert_eq!(asked, HOSTS.map(str::to_owned).into());
}

/// Whoever answers with a redirect is not Stripe or HubSpot, wherever it leads.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_redirects_is_told_from_the_service() {
    let away = axum::Router::new().fallback(|| async {
        let location = "https://elsewhere.example/v1/customers";
        (
            http::StatusCode::FOUND,
            [(http::header::LOCATION, location)],
        )
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, away).await });
    let (folder, names) = (tempfile::tempdir().unwrap(), Names::default());
    let engine = engine(&folder, &names, [port, port]);
    let key = Secret::new(KEY.to_owned());
    let refused = engine.connect_stripe(key, true, false).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotTheService);
    let token = Secret::new(TOKEN.to_owned());
    let refused = engine
        .connect_hubspot(token, true, false)
        .await
        .unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotTheService);
    let asked = names.0.lock().unwrap().clone();
    assert_eq!(asked, HOSTS.map(str::to_owned).into());
}
