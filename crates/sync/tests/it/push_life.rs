//! Customers and a portal that both live on, with syncs in between: many lives, each from its seed.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_sandbox::hubspot::{Lags, PortalShape};
use clearsync_sync::matching::SharedDomains;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::push_world::{Bridge, Records, held, paying, promised};

const LIVES: u64 = 60;
const ROUNDS: usize = 6;
const HOSTS: [&str; 6] = [
    "acme.com",
    "mail.acme.com",
    "beta.io",
    "gmail.com",
    "delta.co.uk",
    "epsilon.de",
];

/// Chance from a seed (`SplitMix64`).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn up_to(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).unwrap()
    }

    pub(crate) fn one_in(&mut self, chances: usize) -> bool {
        self.up_to(chances) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, items: &[T]) -> Option<T> {
        if items.is_empty() {
            return None;
        }
        let place = self.up_to(items.len());
        items.get(place).cloned()
    }

    fn email(&mut self) -> String {
        let host = HOSTS[self.up_to(HOSTS.len())];
        format!("p{}@{host}", self.up_to(7))
    }
}

/// One customer of the account.
#[derive(Clone)]
pub(crate) struct Someone {
    email: String,
    mrr_minor: i64,
    deleted: bool,
}

pub(crate) struct Life {
    pub(crate) dice: Dice,
    pub(crate) bridge: Bridge,
    customers: BTreeMap<String, Someone>,
    next: usize,
}

impl Life {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let shape = PortalShape {
            auto_create_companies: dice.one_in(2),
            lags: if dice.one_in(2) {
                Lags::OBSERVED
            } else {
                Lags::NONE
            },
            merge_makes_new_id: dice.one_in(2),
            ..PortalShape::default()
        };
        Self {
            dice,
            bridge: Bridge::new(shape),
            customers: BTreeMap::new(),
            next: 0,
        }
    }

    /// Customers come, change and go.
    pub(crate) fn business_goes_on(&mut self) {
        for _ in 0..self.dice.up_to(6) {
            let ids: Vec<String> = self.customers.keys().cloned().collect();
            match (self.dice.up_to(5), self.dice.pick(&ids)) {
                (0 | 1, _) | (_, None) => {
                    // Stripe's ids have no order.
                    let id = format!("cus_{:02}", (self.next * 37) % 100);
                    self.next += 1;
                    let someone = Someone {
                        email: self.dice.email(),
                        mrr_minor: 1_000,
                        deleted: false,
                    };
                    self.customers.insert(id, someone);
                }
                (2, Some(id)) => self.customers.get_mut(&id).unwrap().mrr_minor += 700,
                (3, Some(id)) => self.customers.get_mut(&id).unwrap().email = self.dice.email(),
                (_, Some(id)) => {
                    if self.dice.one_in(3) {
                        let someone = self.customers.get_mut(&id).unwrap();
                        someone.deleted = true;
                        someone.mrr_minor = 0;
                    }
                }
            }
        }
        // What people did to a record is met when the record is next written.
        for someone in self.customers.values_mut() {
            someone.mrr_minor = if someone.deleted {
                0
            } else {
                someone.mrr_minor + 1
            };
        }
        let customers: Vec<Value> = self
            .customers
            .iter()
            .map(|(id, someone)| {
                let mut customer = paying(id, &someone.email, "usd", someone.mrr_minor);
                customer["deleted"] = json!(someone.deleted);
                customer
            })
            .collect();
        self.bridge.customers(&customers);
    }

    /// People work in the portal.
    pub(crate) fn people_work(&mut self) {
        for _ in 0..self.dice.up_to(5) {
            let contacts: Vec<String> = self.bridge.contacts().into_keys().collect();
            let companies: Vec<String> = self.bridge.companies().into_keys().collect();
            let portal = &self.bridge.portal;
            let (email, kind) = (self.dice.email(), self.dice.up_to(8));
            // What HubSpot would refuse does not happen.
            _ = match kind {
                0 => portal
                    .seed("contacts", &[("email", &email), ("firstname", "Kept")])
                    .is_ok(),
                1 => {
                    let further = format!("other{}@elsewhere.com", self.dice.up_to(1_000));
                    let values = [
                        ("email", further.as_str()),
                        ("hs_additional_emails", &email),
                    ];
                    portal.seed("contacts", &values).is_ok()
                }
                2 | 3 => {
                    let domain = SharedDomains::default()
                        .company_of(&email)
                        .unwrap_or("nobody.org".to_owned());
                    let doubled = self.dice.one_in(6);
                    let known = self
                        .bridge
                        .companies()
                        .values()
                        .any(|one| one["domain"] == domain);
                    let wanted = doubled || !known;
                    wanted
                        && portal
                            .seed("companies", &[("domain", &domain), ("name", "Kept")])
                            .is_ok()
                }
                4 => match (self.dice.pick(&contacts), self.dice.pick(&contacts)) {
                    (Some(one), Some(other)) if one != other => {
                        portal.merge("contacts", &one, &other).is_ok()
                    }
                    _ => false,
                },
                5 => match (self.dice.pick(&companies), self.dice.pick(&companies)) {
                    (Some(one), Some(other)) if one != other => {
                        portal.merge("companies", &one, &other).is_ok()
                    }
                    _ => false,
                },
                6 => match self.dice.pick(&contacts) {
                    Some(id) => portal
                        .edit(
                            "contacts",
                            &id,
                            &[("firstname", "Edited"), ("lifecyclestage", "customer")],
                        )
                        .is_ok(),
                    None => false,
                },
                _ => match self.dice.pick(&contacts) {
                    Some(id) if self.dice.one_in(3) => portal.delete("contacts", &id).is_ok(),
                    _ => false,
                },
            };
        }
    }

    pub(crate) fn time_passes(&self) {
        self.bridge.clock.jump(SignedDuration::from_mins(1));
        self.bridge.contacts();
        self.bridge.clock.jump(SignedDuration::from_mins(1));
    }
}

/// Everything that is not ClearSync's, by record.
fn foreign(records: Records) -> Records {
    let mut records = records;
    for values in records.values_mut() {
        values.retain(|name, _| {
            !name.starts_with("clearsync_")
                && ![
                    "lastmodifieddate",
                    "hs_lastmodifieddate",
                    "hs_object_source",
                    "associatedcompanyid",
                ]
                .contains(&name.as_str())
        });
    }
    records
}

fn minor(values: &BTreeMap<String, String>) -> i64 {
    let mrr = values.get("clearsync_mrr").map_or("0.00", String::as_str);
    mrr.replace('.', "").parse().unwrap()
}

fn domains(companies: &Records) -> BTreeMap<String, usize> {
    let mut domains = BTreeMap::new();
    for company in companies.values() {
        if let Some(domain) = company.get("domain") {
            *domains.entry(domain.clone()).or_default() += 1;
        }
    }
    domains
}

#[tokio::test(start_paused = true)]
async fn the_portal_follows_whatever_happens() {
    let mut written = 0;
    for seed in 0..LIVES {
        let mut life = Life::new(seed);
        for round in 0..ROUNDS {
            let case = format!("seed {seed}, round {round}");
            life.people_work();
            life.business_goes_on();
            life.time_passes();
            written += settle(&life, &case).await;
            check(&life, &case);
        }
    }
    assert!(written > 2_000, "{written}");
}

/// Syncs until nothing changes.
async fn settle(life: &Life, case: &str) -> u32 {
    let bridge = &life.bridge;
    let mut written = 0;
    for pass in 0..5 {
        let (contacts, companies) = (bridge.contacts(), bridge.companies());
        let plan = bridge.plan().await;
        let rows = bridge.rows(plan);
        let pushed = bridge.push(plan).await.unwrap();
        let (contacts_after, companies_after) = (bridge.contacts(), bridge.companies());
        for (before, after) in [(&contacts, &contacts_after), (&companies, &companies_after)] {
            let kept: BTreeSet<&String> = before.keys().collect();
            let same: Records = after
                .iter()
                .filter(|(id, _)| kept.contains(id))
                .map(|(id, values)| (id.clone(), values.clone()))
                .collect();
            assert_eq!(
                foreign(same),
                foreign(before.clone()),
                "{case}: a foreign value was touched"
            );
        }
        for (domain, count) in domains(&companies_after) {
            let before = domains(&companies).get(&domain).copied().unwrap_or(0);
            assert!(
                count <= before.max(1),
                "{case}: {domain} has {count}, had {before}"
            );
        }
        let changed = pushed.created + pushed.updated + pushed.associated + pushed.failed;
        if changed == 0 {
            assert_eq!(contacts_after, contacts);
            assert_eq!(companies_after, companies);
            return written;
        }
        written += changed;
        // From the second pass on, nobody else has changed anything since the last.
        if pass > 1 {
            for (object, before, after) in [
                ("contacts", &contacts, contacts_after),
                ("companies", &companies, companies_after),
            ] {
                assert_eq!(
                    held(after, before),
                    promised(&rows, object, before),
                    "{case}, pass {pass}"
                );
            }
        }
        life.time_passes();
    }
    panic!("{case}: still changing: {:#?}", {
        let plan = bridge.plan().await;
        bridge
            .rows(plan)
            .into_iter()
            .filter(|row| row.action != "unchanged" && row.action != "skip")
            .collect::<Vec<_>>()
    });
}

/// Every customer's MRR stands in its contact and its company, once.
fn check(life: &Life, case: &str) {
    let bridge = &life.bridge;
    let unmatched: BTreeSet<String> = bridge
        .open_items()
        .into_iter()
        .map(|(_, subject)| subject)
        .collect();
    let paying = || life.customers.values().filter(|someone| !someone.deleted);

    if unmatched.iter().all(|subject| !subject.contains('@')) {
        let wanted: i64 = paying().map(|someone| someone.mrr_minor).sum();
        let stands: i64 = bridge.contacts().values().map(minor).sum();
        assert_eq!(
            stands,
            wanted,
            "{case}: the contacts' MRR, {:#?}",
            bridge.contacts()
        );
    }
    let left_out = |someone: &&Someone| {
        SharedDomains::default()
            .company_of(&someone.email)
            .is_some_and(|domain| !unmatched.contains(&domain))
    };
    let wanted: i64 = paying()
        .filter(left_out)
        .map(|someone| someone.mrr_minor)
        .sum();
    let stands: i64 = bridge
        .companies()
        .values()
        .filter(|company| {
            !company
                .get("domain")
                .is_some_and(|domain| unmatched.contains(domain))
        })
        .map(minor)
        .sum();
    assert_eq!(
        stands,
        wanted,
        "{case}: the companies' MRR, {:#?}",
        bridge.companies()
    );
}
