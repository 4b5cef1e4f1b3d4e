//! A first load of 10,000 customers and 12,000 subscriptions into the simulated HubSpot, which keeps the published limits,
//! in virtual time.

use std::{sync::Arc, time::Duration};

use clearsync_hubspot::{API_VERSION, BaseUrl, Client, HubSpotToken, Mode as Scopes, scopes_for};
use clearsync_sandbox::{
    Clock as _, VirtualClock,
    hubspot::{HubSpotSandbox, PortalShape, Received, Tier},
};
use clearsync_store::{
    AccountProfile, Figure, Grain, Mode, Rollup, Store, StoreError, Target, Writer,
};
use clearsync_sync::{
    Clock,
    import::Wish,
    plan::{self, Looking, Rules},
    push::{self, Order, PushProgress},
    view::{Choices, WriteMode, Writing},
};
use clearsync_transport::{InProcess, Request, Response, Secret, Transport, TransportError};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{sync::watch, time::Instant};

use crate::{
    Outcome,
    report::{Ratio, Rounds, ratio, say},
    virtual_time,
};

const CUSTOMERS: usize = 10_000;
const SUBSCRIPTIONS: usize = 12_000;
/// Customers with an address at a company of their own.
const COMPANIES: usize = 4_000;
const TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";
const REQUESTS_GOAL: Ratio = Ratio::hundredths(105);
/// The burst limit used to 95 %.
const BURST_GOAL: Ratio = Ratio::hundredths(106);

pub(crate) fn run() -> Outcome {
    say(
        "First load of 10,000 customers and 12,000 subscriptions, over the least HubSpot's limits allow",
    );
    for mode in [
        WriteMode::Summary,
        WriteMode::Deals,
        WriteMode::CustomObjects,
    ] {
        for burst in [190, 100] {
            for round_trip in [Duration::ZERO, Duration::from_millis(80)] {
                measure(mode, burst, round_trip)?;
            }
        }
    }
    Ok(())
}

fn measure(mode: WriteMode, burst: usize, round_trip: Duration) -> Outcome {
    let runtime = virtual_time()?;
    let load = runtime.block_on(load(mode, burst, round_trip))?;
    say(&format!(
        "    {mode:?}, {burst} per 10 s, round trip {} ms: {load}",
        round_trip.as_millis()
    ));
    let requests = Ratio::of(seconds(load.requests), seconds(load.least));
    ratio("requests sent", &Rounds::new([requests]), REQUESTS_GOAL);
    let at_full_burst = seconds(load.requests) * 10 / u32::try_from(burst)?;
    let time = Ratio::of(load.took, at_full_burst);
    ratio("time at full burst", &Rounds::new([time]), BURST_GOAL);
    Ok(())
}

fn seconds(count: usize) -> Duration {
    Duration::from_secs(count as u64)
}

/// One first load.
struct Load {
    requests: usize,
    least: usize,
    refused: usize,
    took: Duration,
}

async fn load(mode: WriteMode, burst: usize, round_trip: Duration) -> Outcome<Load> {
    let start: Timestamp = "2026-06-01T12:00:00Z".parse()?;
    let clock = Arc::new(VirtualClock::starting_at(start));
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("clearsync.db"), start)?.store;
    let shape = PortalShape {
        tier: Tier::Enterprise,
        ..PortalShape::default()
    };
    let portal_id = i64::try_from(shape.portal_id)?;
    let target = store.write(|writer| fill(writer, portal_id, start))?;
    let portal = HubSpotSandbox::new(shape, clock.clone(), 7);
    let scopes = scopes_for(Scopes::Summary)
        .chain(scopes_for(Scopes::Deals))
        .chain(scopes_for(Scopes::CustomObjects));
    portal.add_token(TOKEN, scopes.map(|scope| scope.name));
    portal.set_burst_max(burst);
    let client = client(Distant {
        inner: Arc::new(InProcess::new(portal.router())),
        round_trip,
    })?;
    let rules = Rules {
        choices: Choices {
            create_contacts: true,
            create_companies: true,
        },
        writing: Writing {
            mode,
            ..Writing::default()
        },
    };
    let now = clock.clone();
    let clock = Clock::new(move || now.now());
    let started = Instant::now();
    let looking = Looking::AsNeeded;
    let plan = plan::make(&store, &client, target, &rules, looking, clock.now()).await?;
    let order = Order {
        target,
        plan,
        run: None,
    };
    let wish = watch::Sender::new(Wish::Go);
    let progress = watch::Sender::new(PushProgress::default());
    push::push(&store, &client, order, &clock, wish.subscribe(), &progress).await?;
    let received = portal.requests();
    Ok(Load {
        requests: received.len(),
        least: least(&received),
        refused: received
            .iter()
            .filter(|one| one.status == Some(429))
            .count(),
        took: started.elapsed(),
    })
}

/// The least requests that load the same: full batches of everything that was read, searched, written and linked, each
/// thing once. Looking at the portal and making its definitions is not counted in.
fn least(received: &[Received]) -> usize {
    let inputs = |path: &str| -> usize {
        let ours = received.iter().filter(|one| one.path.ends_with(path));
        ours.filter_map(|one| one.inputs).sum()
    };
    let mut least = 0;
    let mut paths: Vec<&str> = received.iter().map(|one| one.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        let most = if path.contains("/crm/associations/") && path.ends_with("/batch/read") {
            1_000
        } else if path.contains("/crm/associations/") {
            2_000
        } else if path.contains("/crm/objects/") && path.contains("/batch/") {
            100
        } else {
            continue;
        };
        least += inputs(path).div_ceil(most);
    }
    least + COMPANIES.div_ceil(100)
}

fn fill(writer: &Writer, portal: i64, now: Timestamp) -> Result<Target, StoreError> {
    let profile = AccountProfile::default();
    let account = writer.add_account(Some("acct_1"), Mode::Live, &profile, now)?;
    for number in 0..CUSTOMERS {
        let domain = (number < COMPANIES).then(|| format!("company-{number}.com"));
        let host = domain.clone().unwrap_or_else(|| "gmail.com".to_owned());
        let facts = summary(number, &format!("person{number}@{host}"), domain.as_deref());
        let put = |grain, id: String, company, facts: Value| {
            let rollup = Rollup {
                grain,
                id,
                company,
                facts,
                revision: 1,
            };
            writer.put_rollup(account, &rollup)
        };
        if let Some(domain) = &domain {
            put(Grain::Company, domain.clone(), None, facts.clone())?;
        }
        put(Grain::Customer, customer(number), domain, facts)?;
    }
    for number in 0..SUBSCRIPTIONS {
        writer.put_figure(account, &figure(number, now))?;
    }
    Ok(Target { account, portal })
}

fn customer(number: usize) -> String {
    format!("cus_{number:06}")
}

fn summary(number: usize, email: &str, domain: Option<&str>) -> Value {
    json!({
        "name": "Jenny Rosen", "email": email, "domain": domain, "deleted": false,
        "customers": [customer(number)], "subscriptions": [], "status": "active", "past_due": false,
        "plans": ["Professional"], "quantity": 3, "coupons": [], "started_at": null, "renews_at": null,
        "trial_ends_at": null, "cancels_at": null, "payment_method": null,
        "sums": [{
            "currency": "usd", "mrr": "4900", "mrr_minor": 4900, "paid_minor": 58_800, "paid_invoices": 12,
            "open_minor": 0,
        }],
    })
}

fn figure(number: usize, now: Timestamp) -> Figure {
    Figure {
        subscription: format!("sub_{number:06}"),
        customer: customer(number % CUSTOMERS),
        currency: "usd".to_owned(),
        exact: "4900".to_owned(),
        rounded_minor: 4_900,
        status: "active".to_owned(),
        explanation: Value::Null,
        notes: json!([]),
        facts: json!({
            "customer_name": "Jenny Rosen", "email": "jenny@example.com", "plans": ["Professional"],
            "prices": ["price_1"], "products": ["prod_1"], "coupons": [], "coupon_names": [], "quantity": 3,
            "interval": null, "list_mrr": { "amount_minor": 4_900, "currency": "usd" }, "started_at": now,
            "trial_ends_at": null, "renews_at": null, "cancels_at": null, "payment_method": null,
        }),
        revision: 1,
        due_at: None,
    }
}

fn client(transport: Distant) -> Outcome<Client> {
    let token = HubSpotToken::new(&Secret::new(TOKEN.to_owned()))
        .map_err(|refused| format!("{refused:?}"))?;
    let base = BaseUrl::parse(BaseUrl::DEFAULT)?;
    Ok(Client::new(Arc::new(transport), base, API_VERSION, token))
}

/// A line with a round trip.
struct Distant {
    inner: Arc<dyn Transport>,
    round_trip: Duration,
}

#[async_trait::async_trait]
impl Transport for Distant {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        tokio::time::sleep(self.round_trip / 2).await;
        let response = self.inner.send(request).await;
        tokio::time::sleep(self.round_trip / 2).await;
        response
    }
}

impl std::fmt::Display for Load {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{} requests of {} at least, {} refused with 429, {} s",
            self.requests,
            self.least,
            self.refused,
            self.took.as_secs()
        )
    }
}
