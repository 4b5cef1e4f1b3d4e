//! Companies that come into being between the plan's look and the push, and how few requests it takes to see them.

use std::{collections::BTreeMap, time::Duration};

use clearsync_hubspot::Client;
use clearsync_sandbox::hubspot::{Lags, PortalShape};
use clearsync_store::PlanId;
use serde_json::Value;

use crate::push_world::{Bridge, paying};

const MANY: usize = 350;

/// A portal in which search shows changes after a while, and many customers, each with a company.
fn many() -> Bridge {
    let bridge = Bridge::new(PortalShape {
        lags: Lags {
            search: jiff::SignedDuration::from_secs(20),
            ..Lags::NONE
        },
        ..PortalShape::default()
    });
    let customers: Vec<Value> = (0..MANY)
        .map(|number| {
            let (id, email) = (
                format!("cus_{number:03}"),
                format!("a@company-{number}.com"),
            );
            paying(&id, &email, "usd", 4_900)
        })
        .collect();
    bridge.customers(&customers);
    bridge
}

/// Pushes, and gives how often companies were searched for.
async fn searches(bridge: &Bridge, client: &Client, plan: PlanId) -> usize {
    bridge.portal.forget_requests();
    bridge.push_over(client, plan).await.unwrap();
    let requests = bridge.portal.requests();
    let searches = requests
        .iter()
        .filter(|one| one.path.ends_with("/companies/search"));
    searches.count()
}

fn of_domain(bridge: &Bridge) -> BTreeMap<String, usize> {
    let mut domains = BTreeMap::new();
    for company in bridge.companies().into_values() {
        *domains.entry(company["domain"].clone()).or_default() += 1;
    }
    domains
}

#[tokio::test(start_paused = true)]
async fn a_company_made_while_the_plan_is_looked_at_is_not_made_twice() {
    // Made right before the plan, so that it is not in the search yet, and while a person looks at the plan.
    for (before_s, after_s) in [(5, 0), (0, 5), (0, 3 * 3_600)] {
        let bridge = many();
        let make = || {
            for domain in ["company-7.com", "company-340.com"] {
                let values = [("domain", domain), ("name", "Somebody's")];
                bridge.portal.seed("companies", &values).unwrap();
            }
        };
        if before_s > 0 {
            make();
            tokio::time::sleep(Duration::from_secs(before_s)).await;
        }
        let plan = bridge.plan().await;
        assert_eq!(bridge.actions(plan)["create"], 2 * MANY);
        if after_s > 0 {
            tokio::time::sleep(Duration::from_secs(after_s)).await;
            make();
        }
        tokio::time::sleep(Duration::from_mins(1)).await;
        let searches = searches(&bridge, &bridge.client(), plan).await;
        let doubles: Vec<_> = of_domain(&bridge)
            .into_iter()
            .filter(|(_, n)| *n > 1)
            .collect();
        assert_eq!(doubles, [], "{before_s} s before, {after_s} s after");
        assert_eq!(bridge.companies().len(), MANY);
        assert_eq!(searches, 1, "everything that changed is on one page");
    }
}

/// HubSpot may hold a domain as people write it, whichever way it is asked.
#[tokio::test(start_paused = true)]
async fn a_company_made_meanwhile_is_found_in_either_spelling_of_its_domain() {
    for (number, customers) in [(1, 1), (2, MANY)] {
        let bridge = if customers == 1 {
            Bridge::new(PortalShape::default())
        } else {
            many()
        };
        let id = format!("cus_books_{number}");
        bridge.customers(&[paying(&id, "kasse@bücher.de", "usd", 4_900)]);
        let plan = bridge.plan().await;
        let values = [("domain", "bücher.de"), ("name", "Bücher")];
        bridge.portal.seed("companies", &values).unwrap();
        tokio::time::sleep(Duration::from_mins(1)).await;
        bridge.push(plan).await.unwrap();
        let companies = bridge.companies();
        let books = companies.values().filter(|company| {
            ["bücher.de", "xn--bcher-kva.de"].contains(&company["domain"].as_str())
        });
        let names: Vec<&String> = books.map(|company| &company["name"]).collect();
        assert_eq!(names, ["Bücher"], "{customers} customers");
    }
}

/// Where more companies changed than are to be made, they are asked for by domain.
#[tokio::test(start_paused = true)]
async fn a_busy_portal_is_asked_by_domain() {
    let bridge = many();
    let plan = bridge.plan().await;
    for number in 0..1_500 {
        let domain = format!("other-{number}.com");
        bridge
            .portal
            .seed("companies", &[("domain", &domain)])
            .unwrap();
    }
    bridge
        .portal
        .seed("companies", &[("domain", "company-7.com")])
        .unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    let searches = searches(&bridge, &bridge.client(), plan).await;
    assert_eq!(of_domain(&bridge)["company-7.com"], 1);
    assert_eq!(
        searches,
        1 + MANY.div_ceil(100),
        "a page of what changed, then by domain"
    );
}

/// HubSpot makes companies by itself for contacts without one. Contacts of which it could do so for a company that ClearSync
/// is about to make wait for it; all others go beside.
#[tokio::test(start_paused = true)]
async fn contacts_wait_only_for_companies_that_hubspot_could_make_for_them() {
    let bridge = Bridge::new(PortalShape {
        auto_create_companies: true,
        lags: Lags::OBSERVED,
        ..PortalShape::default()
    });
    let customers: Vec<Value> = (0..500)
        .map(|number| {
            let id = format!("cus_{number:03}");
            let host = match number % 2 {
                0 => format!("company-{number}.com"),
                _ => "gmail.com".to_owned(),
            };
            paying(&id, &format!("a{number}@{host}"), "usd", 4_900)
        })
        .collect();
    bridge.customers(&customers);
    let plan = bridge.plan().await;
    bridge.portal.forget_requests();
    bridge.push(plan).await.unwrap();
    let requests = bridge.portal.requests();
    let places = |path: &str| -> Vec<usize> {
        let written = requests.iter().enumerate();
        let written = written.filter(|(_, one)| one.path.ends_with(path));
        written.map(|(place, _)| place).collect()
    };
    let companies = places("/companies/batch/upsert");
    let contacts = places("/contacts/batch/upsert");
    assert_eq!(
        (companies.len(), contacts.len()),
        (3, 6),
        "batches are full"
    );
    assert!(contacts[0] < companies[2], "beside each other");
    tokio::time::sleep(Duration::from_mins(5)).await;
    bridge.sync().await;
    let doubles: Vec<_> = of_domain(&bridge)
        .into_iter()
        .filter(|(_, n)| *n > 1)
        .collect();
    assert_eq!(doubles, []);
    assert_eq!(bridge.companies().len(), 250);
}
