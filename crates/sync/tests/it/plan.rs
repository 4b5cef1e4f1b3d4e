//! Which records a plan finds, and what it says of each.

use std::collections::BTreeMap;

use clearsync_sandbox::hubspot::PortalShape;
use clearsync_store::PlanRow;
use clearsync_sync::{push::Pushed, view::Choices};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::push_world::{ALL, Bridge, customer, paying, sum};

fn row<'a>(rows: &'a [PlanRow], object: &str, label: &str) -> &'a PlanRow {
    rows.iter()
        .find(|row| row.object == object && row.label == label)
        .unwrap_or_else(|| panic!("no row of {object} {label} in {rows:#?}"))
}

fn deeds(bridge: &Bridge, plan: clearsync_store::PlanId) -> BTreeMap<String, String> {
    bridge
        .rows(plan)
        .into_iter()
        .map(|row| {
            let reason = row.details["reason"]
                .as_str()
                .map_or(String::new(), |why| format!(" {why}"));
            (
                format!("{} {}", row.object, row.label),
                row.action + &reason,
            )
        })
        .collect()
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn everything_left_out_has_a_reason() {
    let bridge = Bridge::new(PortalShape::default());
    let mut deleted = customer("cus_4", "gone@acme.com");
    deleted["deleted"] = json!(true);
    bridge.customers(&[
        json!({ "id": "cus_1", "name": "No Mail" }),
        customer("cus_2", "bob@ggmail"),
        customer("cus_3", "cat@gmail.com"),
        deleted,
        customer("cus_5", "dan@several.com"),
    ]);
    for _ in 0..2 {
        bridge
            .portal
            .seed("companies", &[("domain", "several.com")])
            .unwrap();
    }
    let plan = bridge.plan().await;
    assert_eq!(
        deeds(&bridge, plan),
        map(&[
            ("contacts No Mail", "skip noEmail"),
            ("contacts bob@ggmail", "skip emailRefused"),
            ("contacts cat@gmail.com", "create"),
            ("companies gmail.com", "skip freeMail"),
            ("contacts gone@acme.com", "skip customerDeleted"),
            ("contacts dan@several.com", "create"),
            ("companies several.com", "skip ambiguous"),
        ])
    );
    let open: Vec<(String, String)> = bridge.open_items().into_iter().collect();
    let item = |code: &str, subject: &str| (code.to_owned(), subject.to_owned());
    assert_eq!(
        open,
        [
            item("customer_unmatched", "No Mail"),
            item("customer_unmatched", "bob@ggmail"),
            item("match_ambiguous", "several.com"),
        ]
    );
    bridge.push(plan).await.unwrap();
    assert_eq!(bridge.companies().len(), 2, "nothing was added to the two");

    // What is mended in HubSpot is seen when it is asked for, or a day later.
    let doubles: Vec<String> = bridge.companies().into_keys().collect();
    bridge
        .portal
        .merge("companies", &doubles[0], &doubles[1])
        .unwrap();
    bridge.portal.forget_requests();
    let plan = bridge.plan().await;
    assert_eq!(
        deeds(&bridge, plan)["companies several.com"],
        "skip ambiguous"
    );
    assert_eq!(bridge.portal.requests(), [], "it was looked for lately");
    let plan = bridge.plan_anew().await;
    assert_eq!(deeds(&bridge, plan)["companies several.com"], "update");
    assert!(
        !bridge
            .open_items()
            .iter()
            .any(|(code, _)| code == "match_ambiguous")
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_made_that_the_user_does_not_want() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[
        customer("cus_1", "ada@acme.com"),
        customer("cus_2", "bob@beta.io"),
    ]);
    bridge
        .portal
        .seed("contacts", &[("email", "bob@beta.io")])
        .unwrap();
    bridge
        .portal
        .seed("companies", &[("domain", "acme.com")])
        .unwrap();
    let neither = Choices {
        create_contacts: false,
        create_companies: false,
    };
    let plan = bridge.plan_with(neither).await;
    assert_eq!(
        deeds(&bridge, plan),
        map(&[
            ("contacts ada@acme.com", "skip contactsNotCreated"),
            ("companies acme.com", "update"),
            ("contacts bob@beta.io", "update"),
            ("companies beta.io", "skip companiesNotCreated"),
        ])
    );
    bridge.push(plan).await.unwrap();
    bridge.portal.forget_requests();
    bridge.plan_with(neither).await;
    assert_eq!(
        bridge.portal.requests(),
        [],
        "what is not there was looked for lately"
    );
    let plan = bridge.plan_with(ALL).await;
    assert_eq!(deeds(&bridge, plan)["contacts ada@acme.com"], "create");
}

#[tokio::test(start_paused = true)]
async fn two_customers_with_one_email_share_a_contact() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[
        paying("cus_1", "Ada@Acme.com", "usd", 4_900),
        paying("cus_2", "ada@acme.com", "usd", 100),
    ]);
    bridge.sync().await;
    let contact = |bridge: &Bridge| bridge.contacts().into_values().next().unwrap();
    assert_eq!(bridge.contacts().len(), 1);
    assert_eq!(contact(&bridge)["clearsync_mrr"], "50.00", "49.00 + 1.00");
    assert_eq!(
        contact(&bridge)["clearsync_stripe_customer_ids"],
        "cus_1, cus_2"
    );

    // The second moves on to an e-mail of its own, and takes its MRR along.
    bridge.customers(&[
        paying("cus_1", "ada@acme.com", "usd", 4_900),
        paying("cus_2", "bob@acme.com", "usd", 100),
    ]);
    bridge.sync().await;
    let mrr: BTreeMap<String, String> = bridge
        .contacts()
        .into_values()
        .map(|contact| (contact["email"].clone(), contact["clearsync_mrr"].clone()))
        .collect();
    assert_eq!(
        mrr,
        map(&[("ada@acme.com", "49.00"), ("bob@acme.com", "1.00")])
    );
    assert!(
        !bridge
            .contacts()
            .values()
            .any(|contact| contact.contains_key("clearsync_stripe_customer_ids"))
    );
    assert_eq!(bridge.sync().await, Pushed::default());
}

#[tokio::test(start_paused = true)]
async fn a_contact_stays_with_its_customer_when_the_email_changes() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[paying("cus_1", "ada@acme.com", "usd", 4_900)]);
    bridge.sync().await;
    bridge.customers(&[paying("cus_1", "ada@newname.com", "usd", 5_000)]);
    bridge.sync().await;
    let contacts: Vec<_> = bridge.contacts().into_values().collect();
    assert_eq!(contacts.len(), 1);
    assert_eq!(
        (&*contacts[0]["email"], &*contacts[0]["clearsync_mrr"]),
        ("ada@acme.com", "50.00")
    );

    // The company of the former e-mail has no customer any more; its id passes to the new one.
    let companies: BTreeMap<String, Option<String>> = bridge
        .companies()
        .into_values()
        .map(|company| {
            (
                company["domain"].clone(),
                company.get("clearsync_stripe_customer_id").cloned(),
            )
        })
        .collect();
    assert_eq!(companies["acme.com"], None);
    assert_eq!(companies["newname.com"].as_deref(), Some("cus_1"));
    assert_eq!(bridge.sync().await, Pushed::default());
}

#[tokio::test(start_paused = true)]
async fn a_lost_store_finds_its_records_again() {
    let bridge = Bridge::new(PortalShape::default());
    let customers = [
        paying("cus_1", "ada@acme.com", "usd", 4_900),
        paying("cus_2", "bob@beta.io", "usd", 100),
    ];
    bridge.customers(&customers);
    bridge.sync().await;
    // People changed the e-mail, so that only ClearSync's own property finds the contact.
    let (id, _) = bridge
        .contacts()
        .into_iter()
        .find(|(_, c)| c["email"] == "bob@beta.io")
        .unwrap();
    bridge
        .portal
        .edit("contacts", &id, &[("email", "robert@beta.io")])
        .unwrap();
    let fresh = bridge.with_lost_store();
    fresh.customers(&customers);
    let plan = fresh.plan().await;
    let rows = fresh.rows(plan);
    let changed = rows.iter().flat_map(|row| {
        let changes = row.details["changes"].as_array().unwrap().iter();
        changes.map(|change| change["property"].as_str().unwrap())
    });
    assert_eq!(changed.collect::<Vec<_>>(), ["clearsync_written_by"; 4]);
    fresh.push(plan).await.unwrap();
    fresh.portal.forget_requests();
    fresh.plan().await;
    assert_eq!(fresh.portal.requests(), [], "what was found is remembered");
}

#[tokio::test(start_paused = true)]
async fn merged_and_deleted_records_are_followed() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[
        paying("cus_1", "ada@acme.com", "usd", 4_900),
        paying("cus_2", "bob@acme.com", "usd", 100),
        paying("cus_3", "cat@acme.com", "usd", 200),
    ]);
    bridge.sync().await;
    let id = |email: &str| {
        let contacts = bridge.contacts();
        contacts
            .into_iter()
            .find(|(_, contact)| contact["email"] == email)
            .map(|(id, _)| id)
    };
    let (ada, bob, cat) = (
        id("ada@acme.com").unwrap(),
        id("bob@acme.com").unwrap(),
        id("cat@acme.com").unwrap(),
    );
    bridge.portal.merge("contacts", &ada, &bob).unwrap();
    bridge.portal.delete("contacts", &cat).unwrap();
    bridge.customers(&[
        paying("cus_1", "ada@acme.com", "usd", 5_000),
        paying("cus_2", "bob@acme.com", "usd", 300),
        paying("cus_3", "cat@acme.com", "usd", 400),
    ]);
    for _ in 0..3 {
        bridge.clock.jump(SignedDuration::from_mins(5));
        bridge.sync().await;
    }
    let contacts = bridge.contacts();
    let mut mrr: Vec<&str> = contacts
        .values()
        .map(|contact| contact["clearsync_mrr"].as_str())
        .collect();
    mrr.sort_unstable();
    assert_eq!(
        mrr,
        ["4.00", "53.00"],
        "the merged one has both, 50.00 + 3.00; the deleted one is made again"
    );
    assert_eq!(bridge.sync().await, Pushed::default());
}

#[tokio::test(start_paused = true)]
async fn another_accounts_contact_is_left_alone() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[customer("cus_1", "ada@acme.com")]);
    bridge.sync().await;
    let mut other = Bridge::new(PortalShape::default());
    other.portal = bridge.portal.clone();
    other.customers(&[customer("cus_9", "ada@acme.com")]);
    let before = bridge.portal.snapshot();
    let plan = other.plan().await;
    assert_eq!(
        other.actions(plan),
        BTreeMap::from([("skip".to_owned(), 2)])
    );
    other.push(plan).await.unwrap();
    assert_eq!(bridge.portal.snapshot(), before);
}

#[tokio::test(start_paused = true)]
async fn sums_stand_in_one_currency_and_name_the_others() {
    let bridge = Bridge::new(PortalShape::default());
    let several = |id: &str, email: &str, sums: Vec<Value>| {
        let mut customer = customer(id, email);
        customer["sums"] = json!(sums);
        customer
    };
    bridge.customers(&[
        several(
            "cus_1",
            "ada@gmail.com",
            vec![sum("eur", 1_000), sum("usd", 2_000)],
        ),
        several(
            "cus_2",
            "bob@gmail.com",
            vec![sum("eur", 1_000), sum("usd", 0)],
        ),
        several(
            "cus_3",
            "cat@gmail.com",
            vec![sum("gbp", 100), sum("jpy", 5_000)],
        ),
        several("cus_4", "dan@gmail.com", vec![sum("kwd", 12_500)]),
        several("cus_5", "eve@gmail.com", vec![]),
    ]);
    bridge.sync().await;
    let written: BTreeMap<String, [String; 3]> = bridge
        .contacts()
        .into_values()
        .map(|contact| {
            let get = |name: &str| contact.get(name).cloned().unwrap_or_default();
            (
                get("email"),
                [
                    get("clearsync_mrr"),
                    get("clearsync_currency"),
                    get("clearsync_other_mrr"),
                ],
            )
        })
        .collect();
    let of = |email: &str| written[email].each_ref().map(String::as_str);
    assert_eq!(
        of("ada@gmail.com"),
        ["20.00", "USD", "10.00 EUR"],
        "the portal's own"
    );
    assert_eq!(
        of("bob@gmail.com"),
        ["10.00", "EUR", ""],
        "there is no MRR in the portal's own"
    );
    assert_eq!(
        of("cat@gmail.com"),
        ["1.00", "GBP", "5000 JPY"],
        "the first by code"
    );
    assert_eq!(of("dan@gmail.com"), ["12.500", "KWD", ""]);
    assert_eq!(of("eve@gmail.com"), ["", "", ""]);
}

#[tokio::test(start_paused = true)]
async fn what_hubspot_refuses_is_not_tried_again_until_it_changes() {
    let bridge = Bridge::new(PortalShape::default());
    bridge.customers(&[
        paying("cus_1", "ada@acme.com", "usd", 100),
        paying("cus_2", "bob@beta.io", "usd", 100),
    ]);
    bridge.sync().await;
    bridge.portal.require("contacts", "jobtitle", None).unwrap();
    bridge.customers(&[
        paying("cus_1", "ada@acme.com", "usd", 200),
        paying("cus_3", "new@beta.io", "usd", 100),
    ]);
    let pushed = bridge.sync().await;
    assert_eq!(pushed.failed, 1, "{:?}", bridge.open_items());
    assert!(
        bridge
            .open_items()
            .contains(&("record_refused".to_owned(), "new@beta.io".to_owned()))
    );
    assert_eq!(bridge.contacts().len(), 2, "the others were written");

    bridge.portal.forget_requests();
    let plan = bridge.plan().await;
    let rows = bridge.rows(plan);
    assert_eq!(
        row(&rows, "contacts", "new@beta.io").details["reason"],
        "refused"
    );
    bridge.push(plan).await.unwrap();

    bridge.portal.require_nothing();
    bridge.customers(&[paying("cus_3", "new@beta.io", "usd", 300)]);
    assert_eq!(bridge.sync().await.created, 1);
    assert_eq!(bridge.open_items().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_small_change_needs_no_word_and_a_large_one_does() {
    let bridge = Bridge::new(PortalShape::default());
    let customers = |mrr_of: &dyn Fn(u32) -> i64| -> Vec<Value> {
        (0..200)
            .map(|number| {
                paying(
                    &format!("cus_{number}"),
                    &format!("c{number}@gmail.com"),
                    "usd",
                    mrr_of(number),
                )
            })
            .collect()
    };
    let needs = |plan| {
        let plan = bridge.read(|view| view.plan(plan)).unwrap();
        !plan.counts["needs_approval"].is_null()
    };
    bridge.customers(&customers(&|_| 100));
    let plan = bridge.plan().await;
    assert!(needs(plan), "the first");
    bridge.push(plan).await.unwrap();
    bridge.customers(&customers(&|number| if number < 50 { 200 } else { 100 }));
    let plan = bridge.plan().await;
    assert!(!needs(plan), "25 % of the records, but only 50");
    bridge.customers(&customers(&|number| if number < 51 { 200 } else { 100 }));
    let plan = bridge.plan().await;
    assert!(needs(plan));
    assert_eq!(bridge.push(plan).await.unwrap().updated, 51);
}
