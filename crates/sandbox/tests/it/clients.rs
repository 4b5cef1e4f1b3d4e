//! The simulated services, driven by the services' own clients, which write the requests and read the answers: truth that
//! comes from outside this repository. `cargo xtask test` installs the clients.

use std::{process::Command, sync::Arc, time::Duration};

use clearsync_sandbox::{
    Served, StripeData, VirtualClock,
    hubspot::{Disturbance, HubSpotSandbox, PortalShape, RatePolicy, Tier},
    serve,
    stripe::{Failure, SandboxKey, StripeSandbox, sign},
};
use jiff::Timestamp;
use serde_json::json;

const NOW: &str = "2026-11-23T10:00:00Z";

/// The version of the API that ClearSync reads, which is also the one of the client in `package.json`.
const STRIPE_VERSION: &str = "2026-05-27.dahlia";

#[tokio::test(flavor = "multi_thread")]
async fn hubspots_client_agrees_in_its_own_version() {
    with_hubspots_client("").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hubspots_client_agrees_in_the_version_clearsync_uses() {
    with_hubspots_client("2026-09").await;
}

/// `version` is put into the paths where it is given: the client's own are of `v3` and `v4`.
async fn with_hubspots_client(version: &str) {
    let shape = PortalShape {
        tier: Tier::Enterprise,
        ..PortalShape::default()
    };
    let sandbox = HubSpotSandbox::new(shape, clock(), 7);
    let objects = ["contacts", "companies", "deals", "custom", "products"];
    let scopes = objects.iter().flat_map(|object| {
        ["objects", "schemas"].into_iter().flat_map(move |area| {
            ["read", "write"].map(|action| format!("crm.{area}.{object}.{action}"))
        })
    });
    let owners = "crm.objects.owners.read".to_owned();
    sandbox.add_token("pat-na1-everything", scopes.chain([owners]));
    sandbox.add_token("pat-na1-contacts", ["crm.objects.contacts.read"]);
    let busy = Disturbance::RateLimited(RatePolicy::TenSecondly);
    sandbox.disturb(busy, "/products", 1);
    sandbox.disturb(Disturbance::Locked, "/products", 1);
    let served = served(sandbox.router()).await;
    run(
        "hubspot.test.js",
        &served,
        &[
            ("SANDBOX_VERSION", version),
            ("TOKEN", "pat-na1-everything"),
            ("TOKEN_FOR_CONTACTS", "pat-na1-contacts"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stripes_client_agrees() {
    let mut data = StripeData::default();
    for number in 0..10 {
        data.upsert(json!({
            "id": format!("cus_{number}"), "object": "customer", "created": 1_700_000_000 + number,
            "email": format!("{number}@example.com"), "livemode": false, "metadata": {},
        }));
    }
    data.upsert(json!({
        "id": "sub_1", "object": "subscription", "created": 1_700_000_100, "customer": "cus_3",
        "status": "active", "livemode": false, "metadata": {},
        "items": { "object": "list", "data": [], "has_more": false, "url": "" },
    }));
    let sandbox = StripeSandbox::new(Arc::new(std::sync::RwLock::new(data)), clock());
    sandbox.add_key(SandboxKey::new("sk_test_Sample51everything", []));
    sandbox.add_key(SandboxKey::new("rk_test_Sample51restricted", []));
    sandbox.fail_next([Failure::GlobalRate, Failure::ServerError]);
    let served = served(sandbox.router()).await;
    let payload =
        json!({ "id": "evt_1", "object": "event", "type": "customer.created" }).to_string();
    let secret = "whsec_Sandbox00000000000000000000000001";
    let signature = sign(payload.as_bytes(), secret, now());
    let signed_at = now().as_millisecond().to_string();
    run(
        "stripe.test.js",
        &served,
        &[
            ("KEY", "sk_test_Sample51everything"),
            ("RESTRICTED_KEY", "rk_test_Sample51restricted"),
            ("API_VERSION", STRIPE_VERSION),
            ("PAYLOAD", &payload),
            ("SIGNATURE", &signature),
            ("SIGNING_SECRET", secret),
            ("SIGNED_AT", &signed_at),
        ],
    )
    .await;
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn clock() -> Arc<VirtualClock> {
    Arc::new(VirtualClock::starting_at(now()))
}

async fn served(router: axum::Router) -> Served {
    serve(router, 0, Duration::ZERO).await.unwrap()
}

/// Runs the tests of one client against a served sandbox.
async fn run(script: &'static str, served: &Served, variables: &[(&str, &str)]) {
    let mut node = Command::new("node");
    node.args(["--test-reporter=spec", script])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/clients"))
        .env("SANDBOX_URL", format!("http://{}", served.address()))
        .envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || node.output())
        .await
        .unwrap()
        .expect("node runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
