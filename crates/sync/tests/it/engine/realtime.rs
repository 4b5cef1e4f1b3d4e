//! Real time, from the address the user gives to the sync that a delivery starts.

use bytes::Bytes;
use clearsync_sandbox::stripe::Deliver;
use clearsync_sync::view::RealtimeState;
use futures::{FutureExt, future::BoxFuture};
use http::{Request, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{wire::Dead, *};

const URL: &str = "https://hooks.acme.com/stripe";

/// The tunnel: brings what Stripe sends to a port of this computer.
struct Tunnel(u16);

impl Deliver for Tunnel {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Option<StatusCode>> {
        assert_eq!(request.uri().to_string(), URL);
        let signature = request.headers()["stripe-signature"].to_str().unwrap();
        let body = request.body().clone();
        let head = format!(
            "POST /stripe HTTP/1.1\r\nhost: hooks.acme.com\r\nstripe-signature: {signature}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        async move {
            let mut stream = TcpStream::connect(("127.0.0.1", self.0)).await.ok()?;
            stream.write_all(head.as_bytes()).await.ok()?;
            stream.write_all(&body).await.ok()?;
            let mut told = String::new();
            stream.read_to_string(&mut told).await.ok()?;
            told.split(' ').nth(1)?.parse().ok()
        }
        .boxed()
    }
}

/// Endpoints that stand in Stripe.
fn endpoints(world: &World) -> Vec<Value> {
    let data = world.sample.with_business(|business| business.data());
    let data = data.read().unwrap();
    data.all("webhook_endpoint").cloned().collect()
}

/// A port that nobody has.
async fn free_port() -> u16 {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await;
    listener.unwrap().local_addr().unwrap().port()
}

async fn started(world: &World, engine: &Arc<Engine>) -> u16 {
    let port = free_port().await;
    let view = engine.start_realtime(URL, port, true).await.unwrap();
    assert_eq!(view.state, RealtimeState::NotListening);
    assert_eq!(endpoints(world).len(), 1);
    port
}

#[tokio::test(start_paused = true)]
async fn a_delivery_starts_a_sync_at_once_and_the_endpoint_goes_with_the_wish() {
    let world = World::new();
    let foreign = json!({
        "id": "we_ofSomebodyElse", "object": "webhook_endpoint", "url": "https://elsewhere.example",
        "enabled_events": ["*"], "status": "disabled", "livemode": false, "metadata": {},
    });
    let engine = world.imported().await;
    assert_eq!(push(&engine).await.outcome, Some(RunOutcome::Done));
    engine.finish_setup().await.unwrap();
    let port = started(&world, &engine).await;
    let made = endpoints(&world).remove(0);
    assert_eq!(made["url"], URL);
    assert_eq!(made["api_version"], clearsync_stripe::client::API_VERSION);
    assert_eq!(made["description"], "ClearSync");
    assert!(
        made["metadata"]["clearsync_install"]
            .as_str()
            .unwrap()
            .len()
            == 32
    );
    let data = world.sample.with_business(|business| business.data());
    data.write().unwrap().upsert(foreign.clone());

    world.stripe.set_delivery(Arc::new(Tunnel(port)));
    let schedule = tokio::spawn({
        let engine = Arc::clone(&engine);
        async move { engine.run_schedule().await }
    });
    // The schedule's own first sync.
    tokio::time::sleep(Duration::from_mins(6)).await;
    engine.run_ended().await;
    assert_eq!(
        engine.realtime().await.unwrap().state,
        RealtimeState::Waiting
    );
    let before = engine.runs().await.unwrap()[0].id;
    let live_on = |hours| {
        world.clock.jump(SignedDuration::from_hours(hours));
        world.sample.live_on();
    };
    while world.stripe.deliver_due().await == 0 {
        live_on(24);
        // A sync that is due by the clock is none of a delivery's.
        tokio::time::sleep(Duration::from_secs(25)).await;
        engine.run_ended().await;
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    engine.run_ended().await;
    let view = engine.realtime().await.unwrap();
    assert_eq!(view.state, RealtimeState::Arriving, "{view:?}");
    assert!(view.deliveries > 0);
    assert!(engine.runs().await.unwrap()[0].id > before);

    let stopped = engine.stop_realtime().await.unwrap();
    assert_eq!(stopped.state, RealtimeState::Off);
    assert_eq!(endpoints(&world), [foreign], "somebody else's stands");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    schedule.abort();
}

/// The answer to the wish is lost, and the process ends. The same wish finds the same endpoint.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_makes_no_second_endpoint() {
    let world = World::new();
    let engine = world.connected().await;
    let port = free_port().await;
    let lost = super::wire::faulty(clearsync_sandbox::Fault::ResetAfter, world.stripe.router());
    world.to_stripe.turn(lost);
    let refused = engine.start_realtime(URL, port, true).await;
    assert!(refused.unwrap_err().code.passes_by_itself());
    assert_eq!(endpoints(&world).len(), 1, "Stripe has made it");
    world.to_stripe.calm();
    drop(engine);
    let engine = world.connected().await;
    started(&world, &engine).await;
    // Another address is another wish: the first endpoint goes.
    engine
        .start_realtime("https://hooks.acme.com/other", port, true)
        .await
        .unwrap();
    let [left] = &endpoints(&world)[..] else {
        panic!("one endpoint")
    };
    assert_eq!(left["url"], "https://hooks.acme.com/other");
    // With the key the endpoint goes too; not while Stripe cannot be reached.
    let offline = Dead(clearsync_transport::TransportError::HostNotFound);
    world.to_stripe.turn(Arc::new(offline));
    let refused = engine.disconnect(Service::Stripe).await;
    assert_eq!(code(refused), ProblemCode::HostNotFound);
    world.to_stripe.calm();
    engine.disconnect(Service::Stripe).await.unwrap();
    assert_eq!(endpoints(&world), [] as [Value; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_is_said_and_leaves_nothing() {
    let world = World::new();
    let engine = world.connected().await;
    let refused = engine.start_realtime("http://acme.com", 1, true).await;
    assert_eq!(code(refused), ProblemCode::RealtimeAddressNotPublic);
    world.stripe.deny(KEY, "webhook_write");
    let refused = engine.start_realtime(URL, free_port().await, true).await;
    assert_eq!(code(refused), ProblemCode::StripePermissionMissing);
    assert_eq!(engine.realtime().await.unwrap().state, RealtimeState::Off);
    assert_eq!(endpoints(&world), [] as [Value; 0]);
}

/// With another account in its place, the first account's endpoint goes; a key that is refused leaves it to the user.
#[tokio::test(start_paused = true)]
async fn another_account_leaves_no_endpoint_in_the_first() {
    let world = World::new();
    let engine = world.connected().await;
    started(&world, &engine).await;
    world
        .stripe
        .add_key(full_key(NEW_KEY.replace("_test_", "_live_").as_str()));
    let live = secret(&NEW_KEY.replace("_test_", "_live_"));
    engine.connect_stripe(live, true, true).await.unwrap();
    assert_eq!(endpoints(&world), [] as [Value; 0]);
    assert_eq!(engine.realtime().await.unwrap().state, RealtimeState::Off);

    let world = World::new();
    let engine = world.connected().await;
    started(&world, &engine).await;
    world.stripe.revoke(KEY);
    engine.disconnect(Service::Stripe).await.unwrap();
    assert_eq!(endpoints(&world).len(), 1, "nobody may delete it any more");
}
