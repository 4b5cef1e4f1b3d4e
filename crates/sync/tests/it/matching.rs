//! Which record stands for a customer or a company, case by case: what people and HubSpot did before, what the plan says of
//! it, and what stands afterwards. Whatever the case, a push touches nothing foreign, makes no second company of a domain and
//! leaves nothing for the next plan.

mod companies;
mod contacts;

use std::collections::BTreeMap;

use clearsync_sandbox::{Clock as _, hubspot::PortalShape};
use clearsync_store::{AccountProfile, Decision, Link, Mode, PlanId, StoreError, Verdict};
use clearsync_sync::plan::Installation;

use self::{companies::COMPANIES, contacts::CONTACTS};
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
        self.beside("acct_1", "there")
    }

    /// The same portal, as another installation that knows nothing of it sees it.
    pub(crate) fn beside(&self, account: &str, installation: &str) -> Self {
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
                Installation::ensure(writer, installation)?;
                writer.add_account(Some(account), Mode::Live, &profile, now)
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
