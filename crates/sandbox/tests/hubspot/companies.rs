use clearsync_sandbox::hubspot::{Lags, PortalShape};
use serde_json::json;

use crate::portal::{Portal, pass};

fn creating() -> Portal {
    Portal::shaped(PortalShape {
        auto_create_companies: true,
        lags: Lags::OBSERVED,
        ..PortalShape::default()
    })
}

#[tokio::test(start_paused = true)]
async fn companies_are_not_deduplicated_by_domain() {
    let portal = Portal::new();
    for _ in 0..2 {
        let body = json!({"properties": {"domain": "https://ACME.com/about"}});
        let got = portal.post("/crm/objects/2026-09/companies", body).await;
        assert_eq!(got.body["properties"]["domain"], "acme.com");
    }
    assert_eq!(portal.sandbox.records("companies").unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_contact_gets_its_company_after_a_while() {
    let portal = creating();
    portal
        .sandbox
        .seed("contacts", &[("email", "a@acme.com")])
        .unwrap();
    portal
        .sandbox
        .seed("contacts", &[("email", "b@acme.com")])
        .unwrap();
    portal
        .sandbox
        .seed("contacts", &[("email", "c@gmail.com")])
        .unwrap();
    assert!(portal.sandbox.records("companies").unwrap().is_empty());
    pass(20).await;
    let companies = portal.sandbox.records("companies").unwrap();
    assert_eq!(companies.len(), 1);
    assert_eq!(companies.values().next().unwrap()["domain"], "acme.com");
    let links = portal.sandbox.associations();
    assert_eq!(links.as_array().unwrap().len(), 2);
    // Plain and primary.
    assert_eq!(links[0]["types"].as_array().unwrap().len(), 2);
    let own = portal.sandbox.own_work();
    assert_eq!((own.companies.len(), own.links.len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_contact_repeats_its_primary_company_for_as_long_as_it_is_linked() {
    let portal = creating();
    let contact = portal
        .sandbox
        .seed("contacts", &[("email", "a@acme.com")])
        .unwrap();
    pass(20).await;
    let company = portal.sandbox.own_work().companies.pop_first().unwrap();
    let shown = || {
        let contacts = portal.sandbox.records("contacts").unwrap();
        contacts[&contact].get("associatedcompanyid").cloned()
    };
    assert_eq!(shown(), Some(company.clone()));
    portal.sandbox.delete("companies", &company).unwrap();
    assert_eq!(shown(), None);
}

#[tokio::test(start_paused = true)]
async fn a_company_made_after_its_contact_is_a_duplicate() {
    let portal = creating();
    portal
        .sandbox
        .seed("contacts", &[("email", "a@acme.com")])
        .unwrap();
    pass(30).await;
    let body = json!({"properties": {"domain": "acme.com"}});
    portal.post("/crm/objects/2026-09/companies", body).await;
    assert_eq!(portal.sandbox.records("companies").unwrap().len(), 2);
}
