use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Client, HubSpotError, MARK, ObjectType, Record, RecordId, budget::Meter, client::Call,
    path::Api, record::FURTHER_EMAILS,
};

/// HubSpot documents 3,000 characters a query; the properties asked for and the frame are counted in.
const LONGEST_QUERY_CHARS: usize = 3_000;
const MOST_VALUES: usize = 100;
const PAGE: usize = 200;
/// HubSpot documents that a query has at most so many groups of filters.
const MOST_GROUPS: usize = 5;
/// HubSpot documents that a query gives no more results than these.
const MOST_RESULTS: usize = 10_000;

/// HubSpot documents that search shows changes "after a few moments".
const INDEXED_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// The property of a company that holds its domain.
pub const DOMAIN: &str = "domain";
const LAST_CHANGED: &str = "hs_lastmodifieddate";

impl Client {
    /// Companies by their domain, any number of domains. A domain without a company is left out; one with several has
    /// them all, oldest first. New records appear here only after a few moments, as HubSpot documents, so that a search
    /// must not be the only guard against making a company twice.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn companies_by_domain(
        &self,
        domains: &BTreeSet<String>,
        properties: &[&str],
    ) -> Result<BTreeMap<String, Vec<Record>>, HubSpotError> {
        let domains: BTreeSet<String> = domains.iter().map(|name| name.to_lowercase()).collect();
        let records = self
            .search_in(&ObjectType::Companies, DOMAIN, domains, properties)
            .await?;
        Ok(by_domain(records))
    }

    /// As [`Client::companies_by_domain`], for domains that were looked for before: finds those whose company may have come
    /// into being or changed since `since`, a moment of HubSpot's clock. Whichever takes fewer requests, it goes through all
    /// companies that changed since then, or asks for each domain again.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn companies_changed_since(
        &self,
        since: Timestamp,
        domains: &BTreeSet<String>,
        properties: &[&str],
    ) -> Result<BTreeMap<String, Vec<Record>>, HubSpotError> {
        let requests_by_domain = domains.len().div_ceil(MOST_VALUES);
        if requests_by_domain <= 1 {
            return self.companies_by_domain(domains, properties).await;
        }
        let since = since.saturating_sub(INDEXED_WITHIN).unwrap_or(since);
        let changed = changed_since(since, properties);
        let companies = &ObjectType::Companies;
        let first = self.search_page(companies, &changed(0)).await?;
        let more_pages = first.total.div_ceil(PAGE).saturating_sub(1);
        if first.total > MOST_RESULTS || more_pages > requests_by_domain {
            return self.companies_by_domain(domains, properties).await;
        }
        let next = first.next(0);
        let mut records = first.results;
        records.extend(self.search_from(companies, next, changed).await?);
        let mut companies = by_domain(records);
        let domains: BTreeSet<String> = domains.iter().map(|name| name.to_lowercase()).collect();
        companies.retain(|domain, _| domains.contains(domain));
        Ok(companies)
    }

    /// Contacts that hold one of `emails` as a further address, by that address. The batch read finds contacts by their
    /// first address only. A few addresses are looked for by name; for many it takes fewer requests to go through the
    /// contacts that have further addresses, of which HubSpot shows no more than [`MOST_RESULTS`].
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn contacts_by_further_email(
        &self,
        emails: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, RecordId>, HubSpotError> {
        let emails: Vec<String> = emails.iter().map(|email| email.to_lowercase()).collect();
        let mut records = Vec::new();
        let mut by_name = emails.as_slice();
        if emails.len() > MOST_GROUPS {
            let having = further_emails(vec![json!({
                "filters": [{ "propertyName": FURTHER_EMAILS, "operator": "HAS_PROPERTY" }],
            })]);
            let first = self.search_page(&ObjectType::Contacts, &having(0)).await?;
            let pages = first.total.min(MOST_RESULTS).div_ceil(PAGE);
            if pages <= 1 + emails.len().div_ceil(MOST_GROUPS) {
                let next = first.next(0);
                records.extend(first.results);
                records.extend(
                    self.search_from(&ObjectType::Contacts, next, having)
                        .await?,
                );
                by_name = &[];
            }
        }
        for part in by_name.chunks(MOST_GROUPS) {
            let named = |email: &String| {
                json!({ "filters": [{
                    "propertyName": FURTHER_EMAILS, "operator": "CONTAINS_TOKEN", "value": email,
                }] })
            };
            let named = further_emails(part.iter().map(named).collect());
            records.extend(
                self.search_from(&ObjectType::Contacts, Some(0), named)
                    .await?,
            );
        }
        let wanted: BTreeSet<String> = emails.into_iter().collect();
        let mut found = BTreeMap::new();
        for record in records {
            let held = record.value(FURTHER_EMAILS).unwrap_or_default().split(';');
            let held = held.map(|email| email.trim().to_lowercase());
            found.extend(
                held.filter(|email| wanted.contains(email))
                    .map(|email| (email, record.id)),
            );
        }
        Ok(found)
    }

    /// Records that carry a mark other than those in `own`, and those that hold something in `key` and carry none: as far as
    /// the index shows them, at most [`MOST_RESULTS`]. Without `own`, where no record can carry a mark, it is all that hold
    /// something in `key`.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn records_of_others(
        &self,
        object: &ObjectType,
        key: &str,
        own: Option<&BTreeSet<String>>,
    ) -> Result<Vec<Record>, HubSpotError> {
        let has = |name: &str| json!({ "propertyName": name, "operator": "HAS_PROPERTY" });
        let groups = match own {
            None => vec![json!({ "filters": [has(key)] })],
            Some(own) => {
                let mut marked = vec![has(MARK)];
                if !own.is_empty() {
                    // HubSpot documents that values listed for a text must be in lower case.
                    let own: BTreeSet<String> = own.iter().map(|one| one.to_lowercase()).collect();
                    marked
                        .push(json!({ "propertyName": MARK, "operator": "NOT_IN", "values": own }));
                }
                let unmarked = json!({ "propertyName": MARK, "operator": "NOT_HAS_PROPERTY" });
                vec![
                    json!({ "filters": marked }),
                    json!({ "filters": [has(key), unmarked] }),
                ]
            }
        };
        let query = |after: usize| {
            json!({
                "filterGroups": groups,
                "properties": own.map_or(vec![key], |_| vec![key, MARK]),
                "sorts": [{ "propertyName": "createdate", "direction": "ASCENDING" }],
                "limit": PAGE,
                "after": after.to_string(),
            })
        };
        self.search_from(object, Some(0), query).await
    }

    /// Records whose `property` is one of `values`, which must be in lower case as HubSpot compares them so.
    async fn search_in(
        &self,
        object: &ObjectType,
        property: &str,
        values: BTreeSet<String>,
        properties: &[&str],
    ) -> Result<Vec<Record>, HubSpotError> {
        let mut names: BTreeSet<&str> = properties.iter().copied().collect();
        names.insert(property);
        let query = |values: &[String], after: usize| {
            json!({
                "filterGroups": [{ "filters": [{ "propertyName": property, "operator": "IN", "values": values }] }],
                "properties": names,
                "sorts": [{ "propertyName": "createdate", "direction": "ASCENDING" }],
                "limit": PAGE,
                "after": after.to_string(),
            })
        };
        let values: Vec<String> = values.into_iter().collect();
        let room = LONGEST_QUERY_CHARS.saturating_sub(chars(&query(&[], MOST_RESULTS)));
        let mut records = Vec::new();
        for part in parts(&values, room) {
            let of_part = |after| query(part, after);
            records.extend(self.search_from(object, Some(0), of_part).await?);
        }
        Ok(records)
    }

    /// Everything a query finds from one place on.
    async fn search_from(
        &self,
        object: &ObjectType,
        mut after: Option<usize>,
        query: impl Fn(usize) -> Value,
    ) -> Result<Vec<Record>, HubSpotError> {
        let mut records = Vec::new();
        while let Some(from) = after.filter(|from| *from < MOST_RESULTS) {
            let page = self.search_page(object, &query(from)).await?;
            after = page.next(from);
            records.extend(page.results);
        }
        Ok(records)
    }

    async fn search_page(&self, object: &ObjectType, query: &Value) -> Result<Page, HubSpotError> {
        let call = Call::ask(Api::Objects(object), ["search"], query);
        self.call(call.meter(Meter::Search)).await
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    total: usize,
    #[serde(default)]
    results: Vec<Record>,
    #[serde(default)]
    paging: Value,
}

impl Page {
    /// Where the next page begins; `None` after the last, and when HubSpot points back.
    fn next(&self, from: usize) -> Option<usize> {
        let after = self.paging.pointer("/next/after")?.as_str()?;
        after.parse().ok().filter(|next| *next > from)
    }
}

fn by_domain(records: Vec<Record>) -> BTreeMap<String, Vec<Record>> {
    let mut companies: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in records {
        let Some(domain) = record.value(DOMAIN).map(str::to_lowercase) else {
            continue;
        };
        let same = companies.entry(domain).or_default();
        if same.iter().all(|other| other.id != record.id) {
            same.push(record);
        }
    }
    companies
}

/// The query for companies that changed since a moment, from one place on.
fn changed_since(since: Timestamp, properties: &[&str]) -> impl Fn(usize) -> Value {
    let mut names: BTreeSet<&str> = properties.iter().copied().collect();
    names.insert(DOMAIN);
    let since = since.as_millisecond().to_string();
    move |after| {
        json!({
            "filterGroups": [{ "filters": [
                { "propertyName": LAST_CHANGED, "operator": "GTE", "value": since },
            ] }],
            "properties": names,
            "sorts": [{ "propertyName": "createdate", "direction": "ASCENDING" }],
            "limit": PAGE,
            "after": after.to_string(),
        })
    }
}

/// The query for contacts by their further addresses, from one place on.
fn further_emails(groups: Vec<Value>) -> impl Fn(usize) -> Value {
    move |after| {
        json!({
            "filterGroups": groups,
            "properties": [FURTHER_EMAILS],
            "sorts": [{ "propertyName": "createdate", "direction": "ASCENDING" }],
            "limit": PAGE,
            "after": after.to_string(),
        })
    }
}

/// Cuts `values` into parts of at most [`MOST_VALUES`] that take at most `room` characters as JSON; a value too long for
/// any query is left out, as no record can have it: HubSpot's domains have at most 253 characters.
fn parts(values: &[String], room: usize) -> Vec<&[String]> {
    let mut parts = Vec::new();
    let (mut start, mut taken) = (0, 0);
    for (end, value) in values.iter().enumerate() {
        let size = chars(&json!(value)) + 1;
        if end - start == MOST_VALUES || taken + size > room {
            parts.push(&values[start..end]);
            (start, taken) = (end, 0);
        }
        if size > room {
            start = end + 1;
        } else {
            taken += size;
        }
    }
    parts.push(&values[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

fn chars(value: &Value) -> usize {
    value.to_string().chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_fit_and_lose_nothing(lengths in prop::collection::vec(1usize..300, 0..400), room in 100usize..3_000) {
            let values: Vec<String> = lengths.iter().map(|&length| "d".repeat(length)).collect();
            let parts = parts(&values, room);
            for part in &parts {
                prop_assert!(!part.is_empty() && part.len() <= MOST_VALUES);
                prop_assert!(part.iter().map(|value| value.len() + 3).sum::<usize>() <= room);
            }
            let kept: Vec<String> = parts.concat();
            let fitting: Vec<String> =
                values.into_iter().filter(|value| value.len() + 3 <= room).collect();
            prop_assert_eq!(kept, fitting);
        }
    }
}
