use std::collections::BTreeMap;

use clearsync_sandbox::{
    business::Shape,
    hubspot::{Lags, PortalShape, Tier},
};
use clearsync_sync::push::{PushError, Pushed};

use crate::{
    push_world::{ALL, Bridge, Records, customer, held, paying, promised},
    world::World,
};

fn counts(pairs: &[(&str, usize)]) -> BTreeMap<String, usize> {
    pairs
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_first_push_makes_everything_and_a_second_nothing() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[
        paying("cus_1", "ada@acme.com", "usd", 4_900),
        paying("cus_2", "bob@acme.com", "usd", 1_000),
        paying("cus_3", "cat@gmail.com", "usd", 500),
    ]);
    let plan = bridge.plan().await;
    assert_eq!(
        bridge.actions(plan),
        counts(&[("associate", 2), ("create", 4), ("skip", 1)])
    );
    let pushed = bridge.push(plan).await.unwrap();
    assert_eq!(
        (
            pushed.created,
            pushed.updated,
            pushed.associated,
            pushed.failed
        ),
        (4, 0, 2, 0)
    );
    assert_eq!(bridge.portal.associations().as_array().unwrap().len(), 2);

    bridge.portal.forget_requests();
    let plan = bridge.plan().await;
    assert_eq!(
        bridge.actions(plan),
        counts(&[("skip", 1), ("unchanged", 4)])
    );
    assert_eq!(bridge.push(plan).await.unwrap(), Pushed::default());
    assert_eq!(bridge.portal.requests(), []);
}

/// A contact with the customer's address as a further one is found by the plan; one that comes later is met by the push.
#[tokio::test(start_paused = true)]
async fn a_further_address_is_the_contacts_too() {
    for comes_later in [false, true] {
        let bridge = Bridge::new(PortalShape::default());
        bridge.customers(&[paying("cus_1", "Second@gmail.com", "eur", 300)]);
        let seed = || {
            let values = [
                ("email", "first@gmail.com"),
                ("hs_additional_emails", "other@gmail.com;second@gmail.com"),
            ];
            bridge.portal.seed("contacts", &values).unwrap();
        };
        let plan = if comes_later {
            let plan = bridge.plan().await;
            seed();
            plan
        } else {
            seed();
            bridge.plan().await
        };
        let shown = if comes_later { "create" } else { "update" };
        assert_eq!(bridge.actions(plan).get(shown), Some(&1));
        bridge.push(plan).await.unwrap();
        let contacts: Vec<_> = bridge.contacts().into_values().collect();
        assert_eq!(contacts.len(), 1, "{contacts:?}");
        assert_eq!(contacts[0]["email"], "first@gmail.com");
        assert_eq!(contacts[0]["clearsync_stripe_customer_id"], "cus_1");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_shown_is_what_comes_of_it() {
    for seed in 0..8 {
        let world = World::new(seed, &Shape::small());
        let shape = PortalShape {
            tier: [Tier::Free, Tier::Starter, Tier::Pro][usize::try_from(seed % 3).unwrap()],
            auto_create_companies: seed % 2 == 0,
            lags: if seed % 4 < 2 {
                Lags::NONE
            } else {
                Lags::OBSERVED
            },
            ..PortalShape::default()
        };
        let bridge = Bridge::of_business(&world, shape).await;
        seed_portal(&bridge, seed);
        // HubSpot makes its own companies, and a while later its search knows them.
        bridge.clock.jump(jiff::SignedDuration::from_mins(1));
        let contacts = bridge.contacts();
        bridge.clock.jump(jiff::SignedDuration::from_mins(1));
        let companies = bridge.companies();

        let plan = bridge.plan_with(ALL).await;
        let rows = bridge.rows(plan);
        let pushed = bridge.push(plan).await.unwrap();
        assert_eq!(pushed.failed, 0, "seed {seed}: {:?}", bridge.open_items());
        assert!(pushed.created + pushed.updated > 10);
        for (object, before, after) in [
            ("contacts", &contacts, bridge.contacts()),
            ("companies", &companies, bridge.companies()),
        ] {
            compare(&held(after, before), &promised(&rows, object, before), seed);
        }

        let requests = bridge.portal.requests().len();
        let again = bridge.plan().await;
        assert_eq!(
            bridge.portal.requests().len(),
            requests,
            "seed {seed}: a request was sent"
        );
        let actions = bridge.actions(again);
        assert!(
            actions
                .keys()
                .all(|action| action == "unchanged" || action == "skip"),
            "seed {seed}: {actions:?}"
        );
        bridge.push(again).await.unwrap();
        assert_eq!(
            bridge.portal.requests().len(),
            requests,
            "seed {seed}: a request was sent"
        );

        // HubSpot's own companies come later, and find ClearSync's.
        bridge.clock.jump(jiff::SignedDuration::from_mins(2));
        let mut domains = BTreeMap::new();
        for company in bridge.companies().values() {
            *domains.entry(company["domain"].clone()).or_insert(0) += 1;
        }
        let known: Vec<&String> = companies
            .values()
            .map(|company| &company["domain"])
            .collect();
        for (domain, count) in domains {
            let before = known.iter().filter(|held| ***held == domain).count();
            assert_eq!(count, before.max(1), "seed {seed}: {domain}");
        }
    }
}

fn compare(held: &Records, promised: &Records, seed: u64) {
    for (id, values) in promised {
        assert_eq!(held.get(id), Some(values), "seed {seed}: {id}");
    }
    assert_eq!(
        held.len(),
        promised.len(),
        "seed {seed}: something else was made"
    );
}

/// Some of the customers have contacts and companies already; some domains have two companies.
fn seed_portal(bridge: &Bridge, seed: u64) {
    let customers =
        bridge.read(|view| view.rollups(bridge.target.account, clearsync_store::Grain::Customer));
    for (rollup, number) in customers.iter().zip(seed..) {
        let summary = clearsync_sync::derive::Summary::of(rollup).unwrap();
        let Some(email) = summary.email else { continue };
        // Another customer may have the address.
        match number % 5 {
            0 => {
                let own = [
                    ("email", email.as_str()),
                    ("lifecyclestage", "lead"),
                    ("firstname", "Kept"),
                ];
                _ = bridge.portal.seed("contacts", &own);
            }
            1 => {
                if let Some(domain) = &summary.domain {
                    let own = [("domain", domain.as_str()), ("name", "Kept")];
                    bridge.portal.seed("companies", &own).unwrap();
                    if number % 2 == 0 {
                        bridge.portal.seed("companies", &own).unwrap();
                    }
                }
            }
            _ => {}
        }
    }
    bridge
        .portal
        .seed("contacts", &[("email", "nobody@elsewhere.com")])
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn only_the_plan_that_is_shown_is_pushed() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[customer("cus_1", "ada@acme.com")]);
    let former = bridge.plan().await;
    bridge.customers(&[customer("cus_2", "bob@acme.com")]);
    let current = bridge.plan().await;
    assert_ne!(former, current);
    assert!(matches!(
        bridge.push(former).await,
        Err(PushError::Outdated)
    ));
    assert_eq!(bridge.contacts().len(), 0);
    bridge.push(current).await.unwrap();
    assert!(matches!(
        bridge.push(current).await,
        Err(PushError::Outdated)
    ));
    assert_eq!(bridge.contacts().len(), 2);
}
