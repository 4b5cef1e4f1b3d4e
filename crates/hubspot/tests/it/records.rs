use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{
    AssociationOutcome, Batch, CUSTOMER_ID, ObjectType, Outcome, Pair, ReadBy, Reason, RecordId,
    Update, Upsert,
};
use clearsync_sandbox::hubspot::PortalShape;

use crate::simulated::set_up;

const CONTACTS: ObjectType = ObjectType::Contacts;
const COMPANIES: ObjectType = ObjectType::Companies;

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn id(text: &str) -> RecordId {
    text.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn contacts_are_adopted_made_or_refused_each_by_itself() {
    let (portal, client, _) = set_up(PortalShape::default()).await;
    let jenny = portal
        .seed(
            "contacts",
            &[
                ("email", "jenny@example.com"),
                ("hs_additional_emails", "old@example.com"),
            ],
        )
        .unwrap();
    let upsert = |key: &str, email: &str| Upsert {
        key: key.to_owned(),
        properties: values(&[("email", email), ("clearsync_mrr", "49.00")]),
    };
    let batch = Batch::new(vec![
        upsert("cus_new", "New@Example.com"),
        upsert("cus_old", "old@example.com"),
        upsert("cus_bad", "not an address"),
    ])
    .unwrap();
    let outcomes = client.upsert(&CONTACTS, CUSTOMER_ID, &batch).await.outcomes;
    let Outcome::Written { id: made, created } = outcomes["cus_new"] else {
        panic!("{outcomes:?}");
    };
    assert!(created);
    let existing_id = id(&jenny);
    assert_eq!(outcomes["cus_old"], Outcome::Conflict { existing_id });
    assert!(
        matches!(
            outcomes["cus_bad"],
            Outcome::Refused {
                reason: Reason::ValueRefused { .. }
            }
        ),
        "{outcomes:?}"
    );

    let adopt = Batch::new(vec![
        Update {
            id: existing_id,
            properties: values(&[(CUSTOMER_ID, "cus_old")]),
        },
        Update {
            id: RecordId(1),
            properties: values(&[(CUSTOMER_ID, "cus_x")]),
        },
    ])
    .unwrap();
    let adopted = client.update(&CONTACTS, &adopt).await.outcomes;
    let created = false;
    assert_eq!(
        adopted[&existing_id],
        Outcome::Written {
            id: existing_id,
            created
        }
    );
    let reason = Reason::NotFound;
    assert_eq!(adopted[&RecordId(1)], Outcome::Refused { reason });

    let keys = ["cus_old", "cus_new", "cus_none"].map(str::to_owned);
    let by = ReadBy::Property(CUSTOMER_ID);
    let found = client.read(&CONTACTS, by, &keys, &["email"]).await.unwrap();
    assert_eq!(found.records.len(), 2);
    assert_eq!(found.records["cus_old"].id, existing_id);
    assert_eq!(
        found.records["cus_new"].value("email"),
        Some("new@example.com")
    );
    let keys = [made.to_string(), "1".to_owned()];
    let found = client
        .read(&CONTACTS, ReadBy::Id, &keys, &[])
        .await
        .unwrap();
    assert_eq!(found.records.keys().collect::<Vec<_>>(), [&keys[0]]);
}

#[tokio::test(start_paused = true)]
async fn any_number_of_contacts_is_read_in_full_batches() {
    let (portal, client, _) = set_up(PortalShape::default()).await;
    let emails: Vec<String> = (0..250).map(|row| format!("p{row}@example.com")).collect();
    for email in emails.iter().step_by(2) {
        portal.seed("contacts", &[("email", email)]).unwrap();
    }
    let found = client
        .read(&CONTACTS, ReadBy::Email, &emails, &[])
        .await
        .unwrap();
    assert_eq!(found.records.len(), 125);
    let mut inputs: Vec<_> = portal
        .requests()
        .iter()
        .filter_map(|request| request.inputs)
        .collect();
    inputs.sort_unstable();
    assert_eq!(inputs, [50, 100, 100]);
}

#[tokio::test(start_paused = true)]
async fn companies_are_found_by_domain_with_all_their_doubles() {
    let (portal, client, _) = set_up(PortalShape::default()).await;
    let domains: Vec<String> = (0..230).map(|n| format!("company-{n}.example")).collect();
    for domain in &domains {
        portal.seed("companies", &[("domain", domain)]).unwrap();
    }
    portal
        .seed("companies", &[("domain", "company-7.example")])
        .unwrap();
    let mut asked: BTreeSet<String> = domains.iter().cloned().collect();
    asked.extend(["COMPANY-9.example".to_owned(), "nobody.example".to_owned()]);
    let found = client.companies_by_domain(&asked, &["name"]).await.unwrap();
    assert_eq!(found.len(), 230);
    assert_eq!(found["company-7.example"].len(), 2);
    assert_eq!(found["company-8.example"].len(), 1);
    let searches = portal.requests().len();
    assert!(searches <= 4, "{searches} searches for 231 domains");
}

#[tokio::test(start_paused = true)]
async fn contacts_are_found_by_any_further_address() {
    let (portal, client, _) = set_up(PortalShape::default()).await;
    let mut wanted = BTreeMap::new();
    for row in 0..230 {
        let (first, further) = (format!("p{row}@x.example"), format!("q{row}@x.example"));
        let both = format!("{further};r{row}@x.example");
        let values = [("email", first.as_str()), ("hs_additional_emails", &both)];
        wanted.insert(further, id(&portal.seed("contacts", &values).unwrap()));
    }
    for (many, requests) in [(3, 1), (230, 2)] {
        let wanted: BTreeMap<String, RecordId> = wanted.clone().into_iter().take(many).collect();
        let mut asked: BTreeSet<String> = wanted.keys().cloned().collect();
        asked.extend(["p7@x.example".to_owned(), "Nobody@x.example".to_owned()]);
        portal.forget_requests();
        let found = client.contacts_by_further_email(&asked).await.unwrap();
        assert_eq!(found, wanted);
        assert_eq!(portal.requests().len(), requests);
    }
}

/// Going through all contacts with further addresses would take more requests than asking for each by name.
#[tokio::test(start_paused = true)]
async fn a_few_addresses_among_many_contacts_are_asked_for_by_name() {
    let (portal, client, _) = set_up(PortalShape::default()).await;
    for row in 0..900 {
        let (first, further) = (format!("p{row}@x.example"), format!("q{row}@x.example"));
        let values = [
            ("email", first.as_str()),
            ("hs_additional_emails", &further),
        ];
        portal.seed("contacts", &values).unwrap();
    }
    let asked: BTreeSet<String> = (0..10).map(|row| format!("q{row}@x.example")).collect();
    portal.forget_requests();
    let found = client.contacts_by_further_email(&asked).await.unwrap();
    assert_eq!(found.into_keys().collect::<BTreeSet<_>>(), asked);
    assert_eq!(portal.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn merged_records_are_reached_by_their_old_id() {
    let (portal, client, _) = set_up(PortalShape::default()).await;
    let first = portal
        .seed("contacts", &[("email", "a@example.com")])
        .unwrap();
    let second = portal
        .seed("contacts", &[("email", "b@example.com")])
        .unwrap();
    portal.merge("contacts", &first, &second).unwrap();
    let patched = client
        .patch(&CONTACTS, id(&second), &values(&[(CUSTOMER_ID, "cus_b")]))
        .await
        .unwrap();
    assert_eq!(patched.id, id(&first));
    assert_eq!(
        portal.records("contacts").unwrap()[&first][CUSTOMER_ID],
        "cus_b"
    );
    let gone = client
        .get(&CONTACTS, RecordId(1), &["email"])
        .await
        .unwrap();
    assert_eq!(gone, None);
    let there = client.get(&CONTACTS, id(&first), &["email"]).await.unwrap();
    assert_eq!(there.unwrap().value("email"), Some("a@example.com"));
}

#[tokio::test(start_paused = true)]
async fn what_was_made_can_be_taken_away_again() {
    let (portal, client, _) = set_up(PortalShape::default()).await;
    let before = portal.snapshot();
    let upsert = |key: &str, name: &str, value: &str| {
        let key = key.to_owned();
        let properties = values(&[(name, value)]);
        Batch::new(vec![Upsert { key, properties }]).unwrap()
    };
    let written = |outcome: &Outcome| match outcome {
        Outcome::Written { id, .. } => *id,
        other => panic!("{other:?}"),
    };
    let contact = upsert("cus_1", "email", "a@acme.example");
    let contact = client.upsert(&CONTACTS, CUSTOMER_ID, &contact).await;
    let company = upsert("cus_1", "domain", "acme.example");
    let company = client.upsert(&COMPANIES, CUSTOMER_ID, &company).await;
    let pair = Pair {
        from: written(&contact.outcomes["cus_1"]),
        to: written(&company.outcomes["cus_1"]),
    };
    let pairs = BTreeSet::from([pair]);
    for _ in 0..2 {
        let result = client.associate(&CONTACTS, &COMPANIES, &pairs).await;
        assert_eq!(result.outcomes[&pair], AssociationOutcome::Stands);
    }
    let ids = BTreeSet::from([pair.from]);
    let read = || client.associated(&CONTACTS, &COMPANIES, &ids);
    assert_eq!(
        read().await.unwrap(),
        BTreeMap::from([(pair.from, BTreeSet::from([pair.to]))])
    );
    for _ in 0..2 {
        client
            .dissociate(&CONTACTS, &COMPANIES, &pairs)
            .await
            .unwrap();
        assert!(read().await.unwrap().is_empty());
    }
    for _ in 0..2 {
        client.archive(&CONTACTS, &ids).await.unwrap();
        let companies = BTreeSet::from([pair.to]);
        client.archive(&COMPANIES, &companies).await.unwrap();
    }
    assert_eq!(portal.snapshot(), before);
}

#[tokio::test(start_paused = true)]
async fn the_account_tells_where_its_records_are_shown() {
    let (_, client, _) = set_up(PortalShape {
        additional_currencies: vec!["EUR".to_owned()],
        ..PortalShape::default()
    })
    .await;
    let account = client.account().await.unwrap();
    assert_eq!(account.currencies.company, "USD");
    assert_eq!(account.currencies.additional, ["EUR"]);
    assert_eq!(account.time_zone, "America/New_York");
    let link = account.record_link(&COMPANIES, RecordId(5)).unwrap();
    assert_eq!(
        link.as_str(),
        "https://app.hubspot.com/contacts/20211234/record/0-2/5"
    );
    let usage = client.daily_usage().await.unwrap().unwrap();
    assert_eq!(usage.usage_limit, 625_000);
    assert_eq!(
        usage.resets_at,
        account.next_midnight("2026-11-23T10:00:00Z".parse().unwrap())
    );
}

#[tokio::test(start_paused = true)]
async fn who_last_wrote_a_value_is_told() {
    let (portal, client, _) = set_up(PortalShape::default()).await;
    let jenny = portal
        .seed(
            "contacts",
            &[("email", "jenny@example.com"), ("phone", "1")],
        )
        .unwrap();
    let own = values(&[("phone", "2")]);
    client.patch(&CONTACTS, id(&jenny), &own).await.unwrap();
    let names = BTreeSet::from(["email".to_owned(), "phone".to_owned()]);
    let ids = BTreeSet::from([id(&jenny), id("999")]);
    let sources = client.value_sources(&CONTACTS, &ids, &names).await.unwrap();
    let told = values(&[("email", "CRM_UI"), ("phone", "INTEGRATION")]);
    assert_eq!(sources, BTreeMap::from([(id(&jenny), told)]));
}
