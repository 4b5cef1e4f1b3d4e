//! Which record stands for a customer or a company, case by case: what people and HubSpot did before, what the plan says of
//! it, and what stands afterwards. Whatever the case, a push touches nothing foreign, makes no second company of a domain and
//! leaves nothing for the next plan.

use std::collections::BTreeMap;

use clearsync_sandbox::{Clock as _, hubspot::PortalShape};
use clearsync_store::{AccountProfile, Decision, Link, Mode, PlanId, StoreError, Verdict};

use crate::{
    push_world::{Bridge, Records, paying},
    world::Home,
};

/// Ids and e-mails.
type Customers = &'static [(&'static str, &'static str)];

struct Case {
    name: &'static str,
    /// Who was synced before, each paying 10.00 a month.
    before: Customers,
    /// What happened in HubSpot since.
    people: fn(&Bridge),
    /// Whether the store was lost since, so that only HubSpot knows what was written.
    store_lost: bool,
    /// Who is a customer now, each paying 20.00 a month.
    now: Customers,
    /// What the plan says of them and their companies.
    planned: &'static [(&'static str, &'static str)],
    /// The MRR of records afterwards, by kind and name.
    held: &'static [(&'static str, &'static str)],
}

const CASE: Case = Case {
    name: "",
    before: &[],
    people: |_| {},
    store_lost: false,
    now: &[],
    planned: &[],
    held: &[],
};

impl Bridge {
    fn seed_contact(&self, email: &str, name: &str) -> String {
        let values = [("email", email), ("firstname", name)];
        self.portal.seed("contacts", &values).unwrap()
    }

    fn seed_company(&self, domain: &str, name: &str) -> String {
        let values = [("domain", domain), ("name", name)];
        self.portal.seed("companies", &values).unwrap()
    }

    /// The record with a value.
    fn id(&self, object: &str, property: &str, value: &str) -> String {
        let records = self.portal.records(object).unwrap();
        let mut found = records
            .into_iter()
            .filter(|(_, values)| values.get(property).is_some_and(|held| held == value));
        let (id, _) = found.next().unwrap();
        id
    }

    fn edit(&self, object: &str, id: &str, property: &str, value: &str) {
        self.portal.edit(object, id, &[(property, value)]).unwrap();
    }

    /// The user says which record it is, as the review does.
    fn choose(&self, object: &str, subject: &str, record: &str) {
        let now = self.clock.now();
        let link = Link {
            object: object.to_owned(),
            subject: subject.to_owned(),
            record: record.to_owned(),
            decided_by: "user".to_owned(),
            decided_at: now,
        };
        let decision = Decision {
            object: object.to_owned(),
            subject: subject.to_owned(),
            verdict: Verdict::Link,
            record: Some(record.to_owned()),
            label: subject.to_owned(),
            decided_at: now,
        };
        self.store()
            .write::<_, StoreError>(|writer| {
                writer.put_link(self.target, &link)?;
                writer.put_decision(self.target, &decision)
            })
            .unwrap();
    }

    /// The same portal, seen from a store that knows nothing of it.
    pub(crate) fn with_lost_store(&self) -> Self {
        let fresh = Self {
            home: Home::new(),
            portal: self.portal.clone(),
            clock: self.clock.clone(),
            target: self.target,
            writing: self.writing.clone(),
        };
        let (profile, now) = (AccountProfile::default(), fresh.clock.now());
        fresh
            .store()
            .write::<_, StoreError>(|writer| {
                writer.add_account(Some("acct_1"), Mode::Live, &profile, now)
            })
            .unwrap();
        fresh
    }

    fn pay(&self, customers: Customers, mrr_minor: i64) {
        let paying = |(id, email): &(&str, &str)| paying(id, email, "usd", mrr_minor);
        let customers: Vec<_> = customers.iter().map(paying).collect();
        self.customers(&customers);
    }

    /// What a plan says of each contact and company, but for the one by which the portal got its properties.
    fn said(&self, plan: PlanId) -> BTreeMap<String, String> {
        let standing = [
            ("contacts", self.contacts()),
            ("companies", self.companies()),
        ];
        let standing: BTreeMap<&str, Records> = standing.into();
        let word = |object: &str, id: &str| match standing[object].get(id) {
            Some(values) => name(values),
            None => "another".to_owned(),
        };
        let mut said = BTreeMap::new();
        for row in self.rows(plan) {
            let Some(object) = standing.keys().find(|object| **object == row.object) else {
                continue;
            };
            let text = |name: &str| row.details[name].as_str().map(str::to_owned);
            let mut words = vec![row.action.clone()];
            words.extend(text("record").map(|id| word(object, &id)));
            words.extend(text("found_by").map(|by| format!("by {by}")));
            words.extend(text("reason"));
            let candidates = row.details["candidates"].as_array();
            let mut candidates: Vec<String> = candidates
                .into_iter()
                .flatten()
                .map(|id| word(object, id.as_str().unwrap()))
                .collect();
            candidates.sort();
            words.extend(candidates);
            if row.subject != FIRST.0 && row.subject != "first.example" {
                said.insert(format!("{object} {}", row.subject), words.join(" "));
            }
        }
        said
    }
}

/// Its first sync makes the properties.
const FIRST: (&str, &str) = ("cus_first", "first@first.example");

fn name(values: &BTreeMap<String, String>) -> String {
    let named = ["firstname", "name", "domain"];
    let found = named.into_iter().find_map(|property| values.get(property));
    found.cloned().unwrap_or_default()
}

/// Everything that is not ClearSync's own, and not HubSpot's own account of it.
fn foreign(records: Records) -> Records {
    let kept = [
        "email",
        "firstname",
        "lastname",
        "jobtitle",
        "name",
        "domain",
    ];
    let records = records.into_iter().map(|(id, mut values)| {
        values.retain(|name, _| kept.contains(&name.as_str()));
        (id, values)
    });
    records.collect()
}

async fn check(case: &Case) {
    let (name_of_case, planned) = (case.name, case.planned);
    let bridge = Bridge::new(PortalShape::default());
    bridge.pay(&[FIRST], 1_000);
    bridge.pay(case.before, 1_000);
    bridge.sync().await;
    (case.people)(&bridge);
    let bridge = if case.store_lost {
        bridge.with_lost_store()
    } else {
        bridge
    };
    bridge.pay(&[FIRST], 1_000);
    bridge.pay(case.now, 2_000);

    let plan = bridge.plan_anew().await;
    let wanted: BTreeMap<String, String> = planned
        .iter()
        .map(|(subject, said)| ((*subject).to_owned(), (*said).to_owned()))
        .collect();
    assert_eq!(bridge.said(plan), wanted, "{name_of_case}");

    let before = [bridge.contacts(), bridge.companies()].map(foreign);
    let pushed = bridge.push(plan).await.unwrap();
    assert_eq!(
        pushed.failed,
        0,
        "{name_of_case}: {:?}",
        bridge.open_items()
    );
    let after = [bridge.contacts(), bridge.companies()].map(foreign);
    for (before, after) in before.iter().zip(&after) {
        for (id, values) in before {
            assert_eq!(
                after.get(id),
                Some(values),
                "{name_of_case}: foreign values"
            );
        }
    }
    let (before, after) = (domains(&before[1]), domains(&after[1]));
    for (domain, count) in after {
        let stood = before.get(&domain).copied().unwrap_or_default();
        assert!(
            count <= stood.max(1),
            "{name_of_case}: {domain} is there {count} times"
        );
    }
    for (record, mrr) in case.held {
        let (object, wanted) = record.split_once(' ').unwrap();
        let records = bridge.portal.records(object).unwrap();
        let first =
            |one: &BTreeMap<String, String>| one.get("email").is_some_and(|it| it == FIRST.1);
        let found = records
            .values()
            .filter(|one| name(one) == wanted && !first(one));
        let held: Vec<&str> = found
            .map(|values| values.get("clearsync_mrr").map_or("", String::as_str))
            .collect();
        assert_eq!(held, [*mrr], "{name_of_case}: {record}");
    }
    let again = bridge.actions(bridge.plan().await);
    let idle = |action: &String| action == "unchanged" || action == "skip";
    assert!(again.keys().all(idle), "{name_of_case}: {again:?}");
}

fn domains(companies: &Records) -> BTreeMap<String, usize> {
    let mut domains = BTreeMap::new();
    for domain in companies.values().filter_map(|values| values.get("domain")) {
        *domains.entry(domain.clone()).or_default() += 1;
    }
    domains
}

const ADA: Customers = &[("cus_1", "ada@acme.com")];
const BOTH: Customers = &[("cus_1", "ada@acme.com"), ("cus_2", "bob@acme.com")];

const CONTACTS: &[Case] = &[
    Case {
        name: "the id comes before the e-mail",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            hubspot.edit("contacts", &made, "email", "former@acme.com");
            hubspot.seed_contact("ada@acme.com", "Same e-mail");
        },
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny by customer_id"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        held: &[("contacts Jenny", "20.00"), ("contacts Same e-mail", "")],
    },
    Case {
        name: "the link of the store comes before the id",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            let chosen = hubspot.seed_contact("chosen@acme.com", "Chosen");
            hubspot.edit("contacts", &made, "clearsync_stripe_customer_id", "");
            hubspot.choose("contacts", "cus_1", &chosen);
            let (target, store) = (hubspot.target, hubspot.store());
            let forget = store.write(|writer| writer.remove_written(target, "contacts", "cus_1"));
            forget.unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Chosen by link"),
            ("companies acme.com", "update acme.com"),
        ],
        held: &[("contacts Chosen", "20.00")],
        ..CASE
    },
    Case {
        name: "the id stands in a record that another was merged into",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            let kept = hubspot.seed_contact("kept@acme.com", "Kept");
            hubspot.portal.merge("contacts", &kept, &made).unwrap();
        },
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Kept by customer_id"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        held: &[("contacts Kept", "20.00")],
    },
    Case {
        name: "the store links a record that was merged into another",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            let kept = hubspot.seed_contact("kept@acme.com", "Kept");
            hubspot.portal.merge("contacts", &kept, &made).unwrap();
        },
        now: ADA,
        planned: &[
            // A batch does not find the former id; the push follows it one by one.
            ("contacts cus_1", "update another"),
            ("companies acme.com", "update acme.com"),
        ],
        held: &[("contacts Kept", "20.00")],
        ..CASE
    },
    Case {
        name: "the ids of one person stand in two records",
        before: &[("cus_1", "ada@acme.com"), ("cus_2", "second@acme.com")],
        store_lost: true,
        now: &[("cus_1", "ada@acme.com"), ("cus_2", "ada@acme.com")],
        planned: &[
            ("contacts cus_1", "skip ambiguous Jenny Jenny"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        ..CASE
    },
    Case {
        name: "exactly the e-mail, whatever its case",
        people: |hubspot| drop(hubspot.seed_contact("ada@acme.com", "Ada")),
        now: &[("cus_1", "Ada@ACME.com")],
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "20.00")],
        ..CASE
    },
    Case {
        name: "a further e-mail",
        people: |hubspot| {
            let values = [
                ("email", "ada@home.example"),
                ("hs_additional_emails", "ada@acme.com"),
                ("firstname", "Ada"),
            ];
            hubspot.portal.seed("contacts", &values).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "20.00")],
        ..CASE
    },
    Case {
        name: "two customers with one e-mail",
        people: |hubspot| drop(hubspot.seed_contact("ada@acme.com", "Ada")),
        now: &[("cus_1", "ada@acme.com"), ("cus_2", "ADA@acme.com")],
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "40.00")],
        ..CASE
    },
    Case {
        name: "two customers with two e-mails of one contact",
        people: |hubspot| {
            let values = [
                ("email", "ada@acme.com"),
                ("hs_additional_emails", "bob@acme.com"),
                ("firstname", "Ada"),
            ];
            hubspot.portal.seed("contacts", &values).unwrap();
        },
        now: BOTH,
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "40.00")],
        ..CASE
    },
    Case {
        name: "the e-mail changed in Stripe",
        before: ADA,
        now: &[("cus_1", "ada@acme.org")],
        planned: &[
            ("contacts cus_1", "update Jenny"),
            ("companies acme.com", "update acme.com"),
            ("companies acme.org", "create"),
        ],
        held: &[
            ("contacts Jenny", "20.00"),
            ("companies acme.com", ""),
            ("companies acme.org", "20.00"),
        ],
        ..CASE
    },
    Case {
        name: "the e-mail changed in HubSpot, and another customer has the former",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            hubspot.edit("contacts", &made, "email", "ada@married.example");
            hubspot.edit("contacts", &made, "firstname", "Ada");
        },
        now: &[("cus_1", "ada@acme.com"), ("cus_2", "bob@acme.com")],
        planned: &[
            ("contacts cus_1", "update Ada"),
            ("contacts cus_2", "create"),
            ("companies acme.com", "update acme.com"),
        ],
        held: &[("contacts Ada", "20.00"), ("contacts Jenny", "20.00")],
        ..CASE
    },
    Case {
        name: "the contact was deleted, and the e-mail stands in another",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("contacts", "email", "ada@acme.com");
            hubspot.portal.delete("contacts", &made).unwrap();
            hubspot.seed_contact("ada@acme.com", "Ada again");
        },
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Ada again by email"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        held: &[("contacts Ada again", "20.00")],
    },
    Case {
        name: "the id of a customer of another Stripe account",
        people: |hubspot| {
            let values = [
                ("email", "ada@acme.com"),
                ("firstname", "Ada"),
                ("clearsync_stripe_customer_id", "cus_of_another_account"),
            ];
            hubspot.portal.seed("contacts", &values).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "skip ambiguous Ada"),
            ("companies acme.com", "create"),
        ],
        ..CASE
    },
    Case {
        name: "the user chose a contact that is gone, and the e-mail stands in another",
        people: |hubspot| {
            let chosen = hubspot.seed_contact("chosen@acme.com", "Chosen");
            hubspot.choose("contacts", "cus_1", &chosen);
            hubspot.portal.delete("contacts", &chosen).unwrap();
            hubspot.seed_contact("ada@acme.com", "Ada");
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Ada by email"),
            ("companies acme.com", "create"),
        ],
        held: &[("contacts Ada", "20.00")],
        ..CASE
    },
    Case {
        name: "the user chose a contact that is gone, for a customer without an e-mail",
        people: |hubspot| {
            let chosen = hubspot.seed_contact("chosen@acme.com", "Chosen");
            hubspot.choose("contacts", "cus_1", &chosen);
            hubspot.portal.delete("contacts", &chosen).unwrap();
        },
        now: &[("cus_1", "")],
        planned: &[("contacts cus_1", "skip noEmail")],
        ..CASE
    },
    Case {
        name: "names are never compared",
        people: |hubspot| {
            let values = [
                ("email", "jenny@elsewhere.example"),
                ("firstname", "Jenny"),
                ("lastname", "Rosen"),
                ("jobtitle", "Somebody else"),
            ];
            hubspot.portal.seed("contacts", &values).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "create"),
        ],
        ..CASE
    },
];

const COMPANIES: &[Case] = &[
    Case {
        name: "the only company of the domain, whose name stays",
        people: |hubspot| drop(hubspot.seed_company("acme.com", "Acme, as people call it")),
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            (
                "companies acme.com",
                "update Acme, as people call it by domain",
            ),
        ],
        held: &[("companies Acme, as people call it", "20.00")],
        ..CASE
    },
    Case {
        name: "several companies of the domain",
        people: |hubspot| {
            hubspot.seed_company("acme.com", "One");
            hubspot.seed_company("acme.com", "Other");
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "skip ambiguous One Other"),
        ],
        held: &[("companies One", ""), ("companies Other", "")],
        ..CASE
    },
    Case {
        name: "several companies of the domain, of which one carries the id",
        before: ADA,
        people: |hubspot| drop(hubspot.seed_company("acme.com", "Other")),
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny by customer_id"),
            ("companies acme.com", "update acme.com by customer_id"),
        ],
        held: &[("companies acme.com", "20.00"), ("companies Other", "")],
    },
    Case {
        name: "several companies of the domain, of which the user chose one",
        people: |hubspot| {
            let one = hubspot.seed_company("acme.com", "One");
            hubspot.seed_company("acme.com", "Other");
            hubspot.choose("companies", "acme.com", &one);
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "update One by link"),
        ],
        held: &[("companies One", "20.00"), ("companies Other", "")],
        ..CASE
    },
    Case {
        name: "the user chose a company that is gone",
        people: |hubspot| {
            let chosen = hubspot.seed_company("acme.com", "Chosen");
            for name in ["One", "Other"] {
                hubspot.seed_company("acme.com", name);
            }
            hubspot.choose("companies", "acme.com", &chosen);
            hubspot.portal.delete("companies", &chosen).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "skip ambiguous One Other"),
        ],
        ..CASE
    },
    Case {
        name: "free mail, disposable mail, and a domain under one",
        now: &[
            ("cus_1", "ada@gmail.com"),
            ("cus_2", "bob@mailinator.com"),
            ("cus_3", "cat@team.mailinator.com"),
        ],
        planned: &[
            ("contacts cus_1", "create"),
            ("contacts cus_2", "create"),
            ("contacts cus_3", "create"),
            ("companies gmail.com", "skip freeMail"),
            ("companies mailinator.com", "skip freeMail"),
        ],
        ..CASE
    },
    Case {
        name: "what is registered under a public suffix of two parts",
        people: |hubspot| {
            hubspot.seed_company("co.uk", "No company");
            hubspot.seed_company("acme.co.uk", "Acme UK");
        },
        now: &[
            ("cus_1", "ada@mail.acme.co.uk"),
            ("cus_2", "bob@acme.co.uk"),
        ],
        planned: &[
            ("contacts cus_1", "create"),
            ("contacts cus_2", "create"),
            ("companies acme.co.uk", "update Acme UK by domain"),
        ],
        held: &[("companies Acme UK", "40.00"), ("companies No company", "")],
        ..CASE
    },
    Case {
        name: "an international domain, held in Punycode",
        people: |hubspot| drop(hubspot.seed_company("xn--bcher-kva.de", "Bücher")),
        now: &[("cus_1", "kasse@bücher.de")],
        planned: &[
            ("contacts cus_1", "create"),
            ("companies xn--bcher-kva.de", "update Bücher by domain"),
        ],
        held: &[("companies Bücher", "20.00")],
        ..CASE
    },
    Case {
        name: "an international domain, held as people write it",
        people: |hubspot| drop(hubspot.seed_company("bücher.de", "Bücher")),
        now: &[("cus_1", "kasse@bücher.de")],
        planned: &[
            ("contacts cus_1", "create"),
            ("companies xn--bcher-kva.de", "update Bücher by domain"),
        ],
        held: &[("companies Bücher", "20.00")],
        ..CASE
    },
    Case {
        name: "a company that HubSpot made of a contact by itself",
        people: |hubspot| {
            hubspot
                .portal
                .reshape(|shape| shape.auto_create_companies = true);
            hubspot.seed_contact("eve@acme.com", "Eve");
            assert_eq!(hubspot.portal.own_work().companies.len(), 1);
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "create"),
            ("companies acme.com", "update acme by domain"),
        ],
        held: &[("companies acme", "20.00")],
        ..CASE
    },
    Case {
        name: "people gave the company another domain, and only HubSpot knows of it",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("companies", "domain", "acme.com");
            hubspot.edit("companies", &made, "domain", "acme.org");
        },
        store_lost: true,
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny by customer_id"),
            ("companies acme.com", "skip ambiguous acme.org"),
        ],
        held: &[("companies acme.org", "10.00")],
    },
    Case {
        name: "people gave the company another domain",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("companies", "domain", "acme.com");
            hubspot.edit("companies", &made, "domain", "acme.org");
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny"),
            ("companies acme.com", "update acme.org"),
        ],
        held: &[("companies acme.org", "20.00")],
        ..CASE
    },
    Case {
        name: "the company was merged into another",
        before: ADA,
        people: |hubspot| {
            let made = hubspot.id("companies", "domain", "acme.com");
            let kept = hubspot.seed_company("acme.org", "Kept");
            hubspot.portal.merge("companies", &kept, &made).unwrap();
        },
        now: ADA,
        planned: &[
            ("contacts cus_1", "update Jenny"),
            ("companies acme.com", "update another"),
        ],
        held: &[("companies Kept", "20.00")],
        ..CASE
    },
];

#[tokio::test(start_paused = true)]
async fn contacts_case_by_case() {
    for case in CONTACTS {
        check(case).await;
    }
}

#[tokio::test(start_paused = true)]
async fn companies_case_by_case() {
    for case in COMPANIES {
        check(case).await;
    }
}

/// HubSpot does not say whether the recycle bin keeps unique values; both are met.
#[tokio::test(start_paused = true)]
async fn a_deleted_contact_is_made_again_unless_the_bin_keeps_its_values() {
    for bin_keeps in [false, true] {
        let bridge = Bridge::new(PortalShape {
            binned_records_hold_unique_values: bin_keeps,
            ..PortalShape::default()
        });
        bridge.pay(ADA, 1_000);
        bridge.sync().await;
        let made = bridge.id("contacts", "email", "ada@acme.com");
        bridge.portal.delete("contacts", &made).unwrap();
        bridge.pay(ADA, 2_000);
        // The first finds it gone, the second makes it again.
        bridge.sync().await;
        bridge.sync().await;
        let standing = bridge.contacts().len();
        let open: Vec<String> = bridge
            .open_items()
            .into_iter()
            .map(|(code, _)| code)
            .collect();
        if bin_keeps {
            assert_eq!((standing, &*open), (0, &["match_ambiguous".to_owned()][..]));
        } else {
            assert_eq!((standing, open.len()), (1, 0));
        }
    }
}
