use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use clearsync_hubspot::{Batch, Client, ObjectType, Pair, RecordId, Upsert, pack};
use clearsync_sandbox::hubspot::{Disturbance, HubSpotSandbox, PortalShape, Tier};
use futures::future::{join, join_all};

use crate::simulated::{connect, on, portal, set_up};

const KEY: &str = "clearsync_stripe_customer_id";

/// Lets `clients` read as fast as they can for two minutes; the good answers in any ten seconds after the first ten, and
/// how many were refused for each thousand sent, rounded up.
async fn rush(portal: &HubSpotSandbox, clients: &[Arc<Client>]) -> (usize, usize) {
    let started = tokio::time::Instant::now();
    let end = started + Duration::from_mins(2);
    let readers = clients.iter().flat_map(|client| {
        (0..30).map(move |_| async move {
            while tokio::time::Instant::now() < end {
                client.account().await.unwrap();
            }
        })
    });
    join_all(readers).await;
    let requests = portal.requests();
    let first = requests[0].at;
    let good = requests
        .iter()
        .filter(|request| request.status == Some(200))
        .filter(|request| (10..110).contains(&(request.at - first).as_secs()))
        .count();
    let refused = requests
        .iter()
        .filter(|request| request.status == Some(429))
        .count();
    (good / 10, (refused * 1_000).div_ceil(requests.len()))
}

#[tokio::test(start_paused = true)]
async fn the_burst_limit_is_used_and_not_overrun() {
    for (tier, max) in [(Tier::Free, 100), (Tier::Pro, 190)] {
        let portal = portal(on(tier));
        let (client, _) = connect(&portal);
        let (per_ten_seconds, refused) = rush(&portal, &[Arc::new(client)]).await;
        assert!(
            per_ten_seconds * 100 >= max * 95,
            "{per_ten_seconds} of {max}"
        );
        assert_eq!(refused, 0, "alone, nothing is refused");
    }
}

/// One write of a type is under way at a time. Where its type goes first, each goes as soon as the one before is answered,
/// however many other requests wait.
#[tokio::test(start_paused = true)]
async fn what_goes_first_does_not_wait_for_the_rest() {
    let mut counts = Vec::new();
    for first in [None, Some(ObjectType::Contacts)] {
        let (portal, client, _) = set_up(on(Tier::Pro)).await;
        let contact = portal.seed("contacts", &[("email", "a@example.com")]);
        let contact: RecordId = contact.unwrap().parse().unwrap();
        client.write_first(first);
        let end = tokio::time::Instant::now() + Duration::from_mins(1);
        let goes_on = || tokio::time::Instant::now() < end;
        let readers = (0..30).map(|_| async {
            while goes_on() {
                client.account().await.unwrap();
            }
        });
        let writer = async {
            let mut count = 0;
            while goes_on() {
                let values = BTreeMap::from([("firstname".to_owned(), format!("{count}"))]);
                let contacts = ObjectType::Contacts;
                client.patch(&contacts, contact, &values).await.unwrap();
                count += 1;
            }
            count
        };
        counts.push(join(writer, join_all(readers)).await.0);
    }
    // A round trip takes 80 ms, and the limit allows 19 a second.
    assert!(counts[0] < 100 && counts[1] > 500, "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn the_headers_set_the_limit() {
    let portal = portal(on(Tier::Enterprise));
    portal.use_up(600_000);
    let (client, _) = connect(&portal);
    assert_eq!(client.quota().burst_limit, 8);
    client.account().await.unwrap();
    let quota = client.quota();
    assert_eq!(quota.burst_limit, 190);
    assert_eq!(quota.daily_limit, Some(1_000_000));
    assert_eq!(quota.daily_remaining, Some(399_999));
}

#[tokio::test(start_paused = true)]
async fn two_computers_with_one_token_share_the_limit() {
    let portal = portal(on(Tier::Pro));
    let clients = [(); 2].map(|()| Arc::new(connect(&portal).0));
    let (per_ten_seconds, refused) = rush(&portal, &clients).await;
    assert!(per_ten_seconds >= 150, "{per_ten_seconds} of 190");
    assert!(refused <= 50, "{refused} of 1000 were refused");
}

#[tokio::test(start_paused = true)]
async fn searches_and_associations_keep_their_own_limits() {
    let (portal, client, _) = set_up(PortalShape::default()).await;
    let contact = portal
        .seed("contacts", &[("email", "a@example.com")])
        .unwrap();
    let company = portal
        .seed("companies", &[("domain", "example.com")])
        .unwrap();
    let started = tokio::time::Instant::now();
    let searches = (0..25).map(|number| {
        let domains = BTreeSet::from([format!("{number}.example.com")]);
        let client = &client;
        async move { client.companies_by_domain(&domains, &[]).await.unwrap() }
    });
    join_all(searches).await;
    let seconds = started.elapsed().as_secs();
    assert!((4..=6).contains(&seconds), "25 searches took {seconds} s");

    let pair = Pair {
        from: contact.parse::<RecordId>().unwrap(),
        to: company.parse::<RecordId>().unwrap(),
    };
    let (from, to) = (ObjectType::Contacts, ObjectType::Companies);
    let ids = BTreeSet::from([pair.from]);
    client.associate(&from, &to, &BTreeSet::from([pair])).await;
    let reads = (0..300).map(|_| client.associated(&from, &to, &ids));
    for read in join_all(reads).await {
        assert_eq!(read.unwrap()[&pair.from], BTreeSet::from([pair.to]));
    }
    let refused = portal
        .requests()
        .iter()
        .filter(|request| request.status == Some(429))
        .count();
    assert_eq!(refused, 0);
}

fn batch(number: usize) -> Batch<Upsert> {
    let inputs = (0..100).map(|row| Upsert {
        key: format!("cus_{number}_{row}"),
        properties: BTreeMap::from([("email".to_owned(), format!("p{row}@b{number}.io"))]),
    });
    pack(inputs).batches.remove(0)
}

#[tokio::test(start_paused = true)]
async fn one_write_per_object_type_is_in_flight() {
    let (portal, client, observed) = set_up(PortalShape::default()).await;
    let contacts: Vec<_> = (0..8).map(batch).collect();
    let writes = contacts
        .iter()
        .map(|batch| client.upsert(&ObjectType::Contacts, KEY, batch));
    for result in join_all(writes).await {
        assert_eq!((result.outcomes.len(), result.stopped_by), (100, None));
    }
    assert_eq!(observed.most_writes()["contacts"], 1);
    assert_eq!(portal.records("contacts").unwrap().len(), 800);
    assert_eq!(portal.requests().len(), 8, "full batches");
}

#[tokio::test(start_paused = true)]
async fn upserts_survive_every_fault_without_a_double() {
    let faults = [
        Disturbance::BrokenAfter,
        Disturbance::BrokenBefore,
        Disturbance::CutShort,
        Disturbance::Locked,
        Disturbance::Status(500),
        Disturbance::Slow { delay_ms: 3_000 },
        Disturbance::Moving { retry_after_s: 20 },
        Disturbance::RateLimited(clearsync_sandbox::hubspot::RatePolicy::TenSecondly),
    ];
    for fault in faults {
        let (portal, client, _) = set_up(PortalShape::default()).await;
        portal.disturb(fault, "/batch/upsert", 3);
        let result = client.upsert(&ObjectType::Contacts, KEY, &batch(1)).await;
        assert_eq!(result.stopped_by, None, "{fault:?}");
        assert_eq!(result.outcomes.len(), 100);
        let records = portal.records("contacts").unwrap();
        assert_eq!(records.len(), 100, "{fault:?}");
        for (key, outcome) in result.outcomes {
            let clearsync_hubspot::Outcome::Written { id, .. } = outcome else {
                panic!("{fault:?}: {key} {outcome:?}");
            };
            assert_eq!(
                records[&id.to_string()][KEY],
                key,
                "matched to its own record"
            );
        }
    }
}
