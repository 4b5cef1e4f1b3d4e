//! A first load of 10,000 customers, 12,000 subscriptions and 60,000 movements into the simulated HubSpot, which keeps the
//! published limits, in virtual time.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clearsync_hubspot::{API_VERSION, BaseUrl, Client, HubSpotToken, Mode as Scopes, scopes_for};
use clearsync_sandbox::{
    Clock as _, VirtualClock,
    hubspot::{HubSpotSandbox, PortalShape, Received, Tier},
};
use clearsync_store::{
    AccountProfile, Figure, Grain, Mode, Movement, Rollup, Store, StoreError, Target, Writer,
};
use clearsync_sync::{
    Clock,
    import::Wish,
    plan::{self, Installation, Looking, Rules},
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
    world::data_key,
};

const CUSTOMERS: usize = 10_000;
const SUBSCRIPTIONS: usize = 12_000;
/// Of each subscription.
const MOVEMENTS: u32 = 5;
/// Customers with an address at a company of their own.
const COMPANIES: usize = 4_000;
const TOKEN: &str = "pat-na1-0b5e8f6a-1c2d-4e3f-8a9b-aabbccddeeff";
const REQUESTS_GOAL: Ratio = Ratio::hundredths(105);
/// The burst limit used to 95 %.
const BURST_GOAL: Ratio = Ratio::hundredths(106);
const REFUSED_GOAL: Ratio = Ratio::hundredths(1);

pub(crate) fn run() -> Outcome {
    say(
        "First load of 10,000 customers, 12,000 subscriptions and 60,000 movements, over the least HubSpot's limits allow",
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
    // What is sent does not depend on the limits.
    if burst == 190 && round_trip.is_zero() {
        for (purpose, sent) in &load.purposes {
            say(&format!(
                "      {purpose:<40} {:>4} of {:>4}",
                sent.requests, sent.least
            ));
        }
    }
    let requests = Ratio::of(seconds(load.requests), seconds(load.least));
    ratio("requests sent", &Rounds::new([requests]), REQUESTS_GOAL);
    let at_full_burst = seconds(load.requests) * 10 / u32::try_from(burst)?;
    let time = Ratio::of(load.took, at_full_burst);
    ratio("time at full burst", &Rounds::new([time]), BURST_GOAL);
    let refused = Ratio::of(seconds(load.refused), seconds(load.requests));
    ratio("refused with 429", &Rounds::new([refused]), REFUSED_GOAL);
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
    purposes: BTreeMap<String, Sent>,
}

/// What was sent for one purpose.
#[derive(Default)]
struct Sent {
    requests: usize,
    inputs: usize,
    /// The least requests that do the same.
    least: usize,
}

async fn load(mode: WriteMode, burst: usize, round_trip: Duration) -> Outcome<Load> {
    let start: Timestamp = "2026-06-01T12:00:00Z".parse()?;
    let clock = Arc::new(VirtualClock::starting_at(start));
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("clearsync.db"), data_key(), start)?.store;
    let shape = PortalShape {
        tier: Tier::Enterprise,
        ..PortalShape::default()
    };
    let portal_id = i64::try_from(shape.portal_id)?;
    let target = store.write(|writer| {
        Installation::ensure(writer, "bench")?;
        fill(writer, portal_id, start)
    })?;
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
    let purposes = purposes(&received);
    Ok(Load {
        requests: received.len(),
        least: purposes.values().map(|sent| sent.least).sum(),
        refused: received
            .iter()
            .filter(|one| one.status == Some(429))
            .count(),
        took: started.elapsed(),
        purposes,
    })
}

/// What was sent, by purpose, and the least requests that load the same: full batches of everything that was read, searched,
/// written and linked, each thing once. Looking at the portal, making its definitions and looking a second time have no
/// least: they are counted as sent for nothing.
fn purposes(received: &[Received]) -> BTreeMap<String, Sent> {
    let mut purposes: BTreeMap<String, Sent> = BTreeMap::new();
    for one in received {
        let (purpose, _) = purpose(one);
        let sent = purposes.entry(purpose).or_default();
        sent.requests += 1;
        sent.inputs += one.inputs.unwrap_or(0);
    }
    for one in received {
        let (purpose, most) = purpose(one);
        if let Some(sent) = purposes.get_mut(&purpose) {
            sent.least = most.map_or(0, |most| sent.inputs.div_ceil(most));
            if purpose == COMPANY_SEARCH {
                sent.least = COMPANIES.div_ceil(100);
            }
        }
    }
    purposes
}

const COMPANY_SEARCH: &str = "companies: search";

/// What a request was sent for, and the most inputs that one of its kind takes.
fn purpose(one: &Received) -> (String, Option<usize>) {
    // "/crm/objects/2026-09/contacts/batch/read"
    let parts: Vec<&str> = one.path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["crm", "objects", _, object, "batch", verb] => (format!("{object}: {verb}"), Some(100)),
        ["crm", "objects", _, object, "search"] => (format!("{object}: search"), None),
        ["crm", "associations", _, from, to, "batch", "read"] => {
            (format!("{from} to {to}: read"), Some(1_000))
        }
        ["crm", "associations", _, from, to, "batch", ..] => {
            (format!("{from} to {to}: link"), Some(2_000))
        }
        ["crm", "associations", ..] => ("definitions: labels".to_owned(), None),
        ["crm", what, ..] if one.method == "GET" => (format!("look: {what}"), None),
        ["crm", what, ..] => (format!("definitions: {what}"), None),
        [what, ..] if one.method == "GET" => (format!("look: {what}"), None),
        [what, ..] => (format!("definitions: {what}"), None),
        [] => ("nothing".to_owned(), None),
    }
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
    for number in 0..CUSTOMERS {
        let of_customer = (number..SUBSCRIPTIONS).step_by(CUSTOMERS);
        let movements = of_customer.flat_map(|number| movements(number, now));
        let movements: Vec<Movement> = (0..)
            .zip(movements)
            .map(|(number, movement)| Movement { number, ..movement })
            .collect();
        writer.put_movements(account, &customer(number), &movements)?;
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

/// What a subscription that is sold and then grows by one seat each month leaves behind.
fn movements(number: usize, now: Timestamp) -> impl Iterator<Item = Movement> {
    let customer = customer(number % CUSTOMERS);
    (0..MOVEMENTS).map(move |month| {
        let side = |seats: u32| {
            json!({ "quantity": seats, "products": ["prod_1"], "prices": ["price_1"] })
        };
        let ago = jiff::SignedDuration::from_hours(24 * 30 * i64::from(MOVEMENTS - month));
        Movement {
            owner: customer.clone(),
            number: month,
            subscription: format!("sub_{number:06}"),
            customer: customer.clone(),
            at: now.saturating_sub(ago).unwrap_or(now),
            kind: if month == 0 { "new" } else { "upgrade" }.to_owned(),
            change_type: if month == 0 { "plan" } else { "quantity" }.to_owned(),
            currency: "usd".to_owned(),
            before: (980 * month).to_string(),
            after: (980 * (month + 1)).to_string(),
            change: "980".to_owned(),
            effective: None,
            origin: "invoice".to_owned(),
            origin_id: Some(format!("in_{number:06}_{month}")),
            exact: true,
            sides: json!({ "before": side(month), "after": side(month + 1) }),
        }
    })
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
