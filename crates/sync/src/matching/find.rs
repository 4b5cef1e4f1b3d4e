use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{
    CUSTOMER_ID, Client, Found, HubSpotError, MARK, ObjectType, ReadBy, Record, RecordId,
};

use super::{
    Person,
    domain::{Spelled, is_spelling_of},
};
use crate::{
    plan::{Mark, Whose},
    view::OtherAccount,
};

/// What was found in HubSpot for something ClearSync writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sought {
    /// One record, and by what it was found.
    Found {
        /// As HubSpot holds it.
        record: Record,
        /// What found it: `link`, `customer_id`, `email` or `domain`.
        by: &'static str,
    },
    /// None.
    Absent,
    /// Several, or one that carries a customer this account does not know.
    Ambiguous(Vec<RecordId>),
    /// One on which another Stripe account's figures stand.
    OtherAccount(RecordId, OtherAccount),
    /// HubSpot does not take the address.
    Refused,
}

/// Whose records may be written.
#[derive(Debug, Clone)]
pub(crate) struct Ours {
    /// What records carry that are written from here.
    pub(crate) mark: Mark,
    /// Every customer of the account.
    pub(crate) customers: BTreeSet<String>,
    /// Records that the user chose, whatever customer they carry.
    pub(crate) chosen: BTreeSet<RecordId>,
    /// Records the store links.
    pub(crate) linked: BTreeSet<RecordId>,
}

impl Ours {
    fn may_write(&self, record: RecordId, carried: &str) -> bool {
        self.customers.contains(carried) || self.chosen.contains(&record)
    }
}

/// Finds the contacts of people of whom nothing was written yet, in the order given. `has_key` says whether contacts have ClearSync's own property already.
pub(crate) async fn find_contacts(
    hubspot: &Client,
    people: &[Person],
    properties: &[String],
    has_key: bool,
    ours: &Ours,
) -> Result<Vec<Sought>, HubSpotError> {
    let object = ObjectType::Contacts;
    let properties = with_key(properties, has_key);
    let ids = people.iter().filter_map(|person| person.record).collect();
    let by_id = read_linked(hubspot, &object, ids, &properties).await?;
    let standing = |person: &Person| by_id.get(&person.record?);
    let unlinked = || people.iter().filter(|person| standing(person).is_none());
    let keys: Vec<String> = unlinked()
        .flat_map(|person| person.customers.clone())
        .collect();
    let by_key = read_by_key(hubspot, &object, keys, &properties, has_key).await?;
    let emails: Vec<String> = unlinked()
        .filter(|person| person.customers.iter().all(|id| !by_key.contains_key(id)))
        .filter_map(|person| person.email.clone())
        .collect();
    let by_email = read_by_email(hubspot, &emails, &properties).await?;
    let seek = |person: &Person| {
        if let Some(record) = standing(person) {
            return found(Some(record), "link", ours);
        }
        let keyed: Vec<&Record> = person
            .customers
            .iter()
            .filter_map(|id| by_key.get(id))
            .collect();
        if let Some(sought) = single(&keyed, "customer_id", ours) {
            return sought;
        }
        let Some(email) = &person.email else {
            return Sought::Absent;
        };
        if by_email.refused.contains_key(email) {
            return Sought::Refused;
        }
        found(by_email.records.get(email), "email", ours)
    };
    Ok(people.iter().map(seek).collect())
}

/// Contacts by any of their addresses.
async fn read_by_email(
    hubspot: &Client,
    emails: &[String],
    properties: &[&str],
) -> Result<Found, HubSpotError> {
    let object = ObjectType::Contacts;
    if emails.is_empty() {
        return Ok(Found::default());
    }
    let mut found = hubspot
        .read(&object, ReadBy::Email, emails, properties)
        .await?;
    let known =
        |email: &&String| found.records.contains_key(*email) || found.refused.contains_key(*email);
    let further = emails.iter().filter(|email| !known(email)).cloned();
    let further: BTreeSet<String> = further.collect();
    if further.is_empty() {
        return Ok(found);
    }
    let further = hubspot.contacts_by_further_email(&further).await?;
    let ids = further.values().copied().collect();
    let records = read_linked(hubspot, &object, ids, properties).await?;
    for (email, id) in further {
        if let Some(record) = records.get(&id) {
            found.records.insert(email, record.clone());
        }
    }
    Ok(found)
}

/// A company to be found.
#[derive(Debug, Clone)]
pub(crate) struct Wanted<'a> {
    /// Its domain.
    pub(crate) domain: &'a str,
    /// Its customers' ids.
    pub(crate) customers: &'a [String],
    /// The company, where the store knows it.
    pub(crate) record: Option<RecordId>,
}

/// As [`find_contacts`], for companies.
pub(crate) async fn find_companies(
    hubspot: &Client,
    companies: &[Wanted<'_>],
    properties: &[String],
    has_key: bool,
    ours: &Ours,
) -> Result<Vec<Sought>, HubSpotError> {
    let object = ObjectType::Companies;
    let mut properties = with_key(properties, has_key);
    properties.push(clearsync_hubspot::DOMAIN);
    let ids = companies
        .iter()
        .filter_map(|company| company.record)
        .collect();
    let by_id = read_linked(hubspot, &object, ids, &properties).await?;
    let standing = |company: &Wanted<'_>| by_id.get(&company.record?);
    let unlinked = || {
        companies
            .iter()
            .filter(|company| standing(company).is_none())
    };
    let keys: Vec<String> = unlinked()
        .flat_map(|company| company.customers.to_vec())
        .collect();
    let by_key = read_by_key(hubspot, &object, keys, &properties, has_key).await?;
    let of_domain = |record: &&Record, domain: &str| {
        let held = record.value(clearsync_hubspot::DOMAIN);
        held.is_none_or(|held| is_spelling_of(held, domain))
    };
    let keyed = |company: &Wanted<'_>| -> Vec<&Record> {
        let records = company.customers.iter().filter_map(|id| by_key.get(id));
        records
            .filter(|record| of_domain(record, company.domain))
            .collect()
    };
    let elsewhere = |company: &Wanted<'_>| -> BTreeSet<RecordId> {
        let records = company.customers.iter().filter_map(|id| by_key.get(id));
        let unknown = records.filter(|record| {
            !of_domain(record, company.domain) && !ours.linked.contains(&record.id)
        });
        unknown.map(|record| record.id).collect()
    };
    let domains: BTreeSet<String> = unlinked()
        .filter(|company| keyed(company).is_empty())
        .map(|company| company.domain.to_owned())
        .collect();
    let by_domain = if domains.is_empty() {
        BTreeMap::new()
    } else {
        let spelled = Spelled::of(&domains);
        let all = spelled.all();
        spelled.united(hubspot.companies_by_domain(&all, &properties).await?)
    };
    let seek = |company: &Wanted<'_>| {
        if let Some(record) = standing(company) {
            return found(Some(record), "link", ours);
        }
        if let Some(sought) = single(&keyed(company), "customer_id", ours) {
            return sought;
        }
        let same: Vec<&Record> = by_domain
            .get(company.domain)
            .into_iter()
            .flatten()
            .collect();
        let mut candidates = elsewhere(company);
        if !candidates.is_empty() {
            candidates.extend(same.iter().map(|record| record.id));
            return Sought::Ambiguous(candidates.into_iter().collect());
        }
        single(&same, "domain", ours).unwrap_or(Sought::Absent)
    };
    Ok(companies.iter().map(seek).collect())
}

fn with_key(properties: &[String], has_key: bool) -> Vec<&str> {
    let key = has_key.then_some(CUSTOMER_ID);
    properties.iter().map(String::as_str).chain(key).collect()
}

/// Records by the ids the store links, each under the id it was asked by; those that are gone are left out. A batch does not find those that were merged
/// into another; they are asked for one by one.
async fn read_linked(
    hubspot: &Client,
    object: &ObjectType,
    ids: BTreeSet<RecordId>,
    properties: &[&str],
) -> Result<BTreeMap<RecordId, Record>, HubSpotError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let texts: Vec<String> = ids.iter().map(RecordId::to_string).collect();
    let mut read = hubspot
        .read(object, ReadBy::Id, &texts, properties)
        .await?
        .records;
    let mut records = BTreeMap::new();
    for (id, text) in ids.into_iter().zip(texts) {
        let record = match read.remove(&text) {
            Some(record) => Some(record),
            None => hubspot.get(object, id, properties).await?,
        };
        records.extend(record.map(|record| (id, record)));
    }
    Ok(records)
}

async fn read_by_key(
    hubspot: &Client,
    object: &ObjectType,
    keys: Vec<String>,
    properties: &[&str],
    has_key: bool,
) -> Result<BTreeMap<String, Record>, HubSpotError> {
    if keys.is_empty() || !has_key {
        return Ok(BTreeMap::new());
    }
    let by = ReadBy::Property(CUSTOMER_ID);
    Ok(hubspot.read(object, by, &keys, properties).await?.records)
}

/// The only one of some records; `None` when there are none.
fn single(records: &[&Record], by: &'static str, ours: &Ours) -> Option<Sought> {
    let ids: BTreeSet<RecordId> = records.iter().map(|record| record.id).collect();
    match (ids.len(), records.first()) {
        (0, _) | (_, None) => None,
        (1, Some(record)) => Some(found(Some(record), by, ours)),
        _ => Some(Sought::Ambiguous(ids.into_iter().collect())),
    }
}

fn found(record: Option<&Record>, by: &'static str, ours: &Ours) -> Sought {
    let Some(record) = record.filter(|record| !record.archived) else {
        return Sought::Absent;
    };
    if let Whose::OtherAccount(account) = ours.mark.whose(record.value(MARK))
        && !ours.chosen.contains(&record.id)
    {
        return Sought::OtherAccount(record.id, account);
    }
    match record.value(CUSTOMER_ID) {
        Some(customer) if !ours.may_write(record.id, customer) => {
            Sought::Ambiguous(vec![record.id])
        }
        _ => Sought::Found {
            record: record.clone(),
            by,
        },
    }
}
