use clearsync_sandbox::hubspot::Tier;
use serde_json::{Value, json};

use crate::portal::{Portal, pass};

const SEARCH: &str = "/crm/objects/2026-09/companies/search";

fn filter(property: &str, operator: &str, further: impl Into<Value>) -> Value {
    let mut filter = json!({"propertyName": property, "operator": operator});
    for (key, value) in further.into().as_object().unwrap() {
        filter[key] = value.clone();
    }
    json!({"filterGroups": [{"filters": [filter]}], "limit": 200})
}

#[tokio::test(start_paused = true)]
async fn operators_compare_by_type() {
    let portal = Portal::new();
    portal.sandbox.enforce_limits(false);
    for (name, domain, staff) in [("Acme", "acme.com", "9"), ("Beta", "beta.io", "10")] {
        portal
            .sandbox
            .seed(
                "companies",
                &[
                    ("name", name),
                    ("domain", domain),
                    ("numberofemployees", staff),
                ],
            )
            .unwrap();
    }
    portal
        .sandbox
        .seed("companies", &[("name", "Gamma")])
        .unwrap();
    let cases = [
        (
            "domain",
            "IN",
            json!({"values": ["acme.com", "beta.io"]}),
            vec!["Acme", "Beta"],
        ),
        ("name", "IN", json!({"values": ["acme"]}), vec!["Acme"]),
        // Listed text must be in lower case.
        ("name", "IN", json!({"values": ["Acme"]}), vec![]),
        (
            "domain",
            "NOT_IN",
            json!({"values": ["acme.com"]}),
            vec!["Beta", "Gamma"],
        ),
        ("name", "EQ", json!({"value": "ACME"}), vec!["Acme"]),
        (
            "name",
            "NEQ",
            json!({"value": "Acme"}),
            vec!["Beta", "Gamma"],
        ),
        ("domain", "HAS_PROPERTY", json!({}), vec!["Acme", "Beta"]),
        ("domain", "NOT_HAS_PROPERTY", json!({}), vec!["Gamma"]),
        (
            "numberofemployees",
            "GT",
            json!({"value": "9.5"}),
            vec!["Beta"],
        ),
        (
            "numberofemployees",
            "LTE",
            json!({"value": "9"}),
            vec!["Acme"],
        ),
        (
            "numberofemployees",
            "BETWEEN",
            json!({"value": "9", "highValue": "10"}),
            vec!["Acme", "Beta"],
        ),
        (
            "domain",
            "CONTAINS_TOKEN",
            json!({"value": "*.io"}),
            vec!["Beta"],
        ),
        (
            "createdate",
            "GTE",
            json!({"value": "2026-11-23T10:00:00Z"}),
            vec!["Acme", "Beta", "Gamma"],
        ),
        (
            "createdate",
            "GT",
            json!({"value": "1795428000000"}),
            vec![],
        ),
    ];
    for (property, operator, further, expected) in cases {
        let got = portal
            .post(SEARCH, filter(property, operator, further))
            .await;
        assert_eq!(got.status, 200, "{property} {operator}: {}", got.text);
        let names: Vec<&str> = got
            .results()
            .iter()
            .map(|result| result["properties"]["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{property} {operator}");
        assert_eq!(got.body["total"], expected.len());
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_just_written_is_not_found_yet() {
    let portal = Portal::lagging(Tier::Pro);
    let acme = || filter("name", "EQ", json!({"value": "Acme"}));
    let id = portal
        .sandbox
        .seed("companies", &[("name", "Acme")])
        .unwrap();
    assert_eq!(portal.post(SEARCH, acme()).await.body["total"], 0);
    pass(5).await;
    assert_eq!(portal.post(SEARCH, acme()).await.body["total"], 1);
    portal
        .sandbox
        .edit("companies", &id, &[("name", "Beta")])
        .unwrap();
    let stale = portal.post(SEARCH, acme()).await;
    assert_eq!(stale.results()[0]["properties"]["name"], "Acme");
    pass(5).await;
    assert_eq!(portal.post(SEARCH, acme()).await.body["total"], 0);
    portal.sandbox.delete("companies", &id).unwrap();
    let beta = filter("name", "EQ", json!({"value": "Beta"}));
    assert_eq!(portal.post(SEARCH, beta).await.body["total"], 0);
}

#[tokio::test(start_paused = true)]
async fn pages_are_limited_in_size_and_reach() {
    let portal = Portal::new();
    portal.sandbox.enforce_limits(false);
    for n in 0..7 {
        portal
            .sandbox
            .seed("companies", &[("name", &format!("c{n}"))])
            .unwrap();
    }
    let sorted = json!([{"propertyName": "name", "direction": "DESCENDING"}]);
    let first = portal
        .post(SEARCH, json!({"limit": 4, "sorts": sorted}))
        .await;
    assert_eq!(first.results()[0]["properties"]["name"], "c6");
    assert_eq!(first.body["paging"]["next"]["after"], "4");
    let second = portal
        .post(SEARCH, json!({"limit": 4, "sorts": sorted, "after": "4"}))
        .await;
    assert_eq!(second.results().len(), 3);
    assert!(second.body.get("paging").is_none());
    let one = json!({"propertyName": "name", "operator": "HAS_PROPERTY"});
    let long: Vec<String> = (0..400).map(|n| format!("domain{n}.com")).collect();
    let refused = [
        json!({"limit": 201}),
        json!({"limit": 200, "after": "9801"}),
        json!({"filterGroups": vec![json!({"filters": [one]}); 6]}),
        json!({"filterGroups": [{"filters": vec![one.clone(); 7]}]}),
        json!({"filterGroups": vec![json!({"filters": vec![one.clone(); 5]}); 4]}),
        filter("domain", "IN", json!({"values": long})),
        filter("nothing", "EQ", json!({"value": "x"})),
        filter("domain", "IN", json!({})),
    ];
    for body in refused {
        let got = portal.post(SEARCH, body.clone()).await;
        assert_eq!(got.status, 400, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn five_searches_a_second_and_no_rate_headers() {
    let portal = Portal::new();
    for _ in 0..5 {
        let got = portal.post(SEARCH, json!({})).await;
        assert_eq!(got.status, 200);
        assert!(got.header("x-hubspot-ratelimit-max").is_none());
    }
    let got = portal.post(SEARCH, json!({})).await;
    assert_eq!(got.status, 429);
    assert_eq!(got.body["policyName"], "SECONDLY");
    assert_eq!(got.message(), "You have reached your secondly limit.");
    pass(1).await;
    assert_eq!(portal.post(SEARCH, json!({})).await.status, 200);
}
