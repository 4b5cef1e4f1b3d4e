use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{CUSTOMER_ID, DOMAIN, HubSpotError, RecordId};
use clearsync_store::Verdict;
use jiff::Timestamp;

use super::{
    Gathering, found_or_blind,
    kind::Kind,
    known::Known,
    row::{Record, Standing, Values},
    standing_of, values,
};
use crate::{
    derive::Summary,
    matching::{WantedCompany, find_companies},
    view::SkipReason,
};

/// The companies as they should be, each with what is known of it.
pub(super) struct Companies {
    pub(super) records: Vec<(Record, Standing)>,
    /// Domains whose company people merged into that of another domain, which stands for both.
    pub(super) aliases: BTreeMap<String, String>,
}

/// Companies, each with what is known of it.
pub(super) struct Seen<'a> {
    companies: Vec<(Company<'a>, Standing)>,
    /// When HubSpot was asked for some, by its own clock.
    sought_at: Option<Timestamp>,
}

/// Looks at the companies. HubSpot is asked only about those nothing was written of.
pub(super) async fn look<'a>(gathering: &Gathering<'a>) -> Result<Seen<'a>, HubSpotError> {
    let known = gathering.known;
    let mut settled = Vec::new();
    let mut unknown = Vec::new();
    for company in linked(known) {
        let decided = company.decided(known);
        let standing = decided
            .or_else(|| company.written(known))
            .or_else(|| company.left_out(known));
        let standing = standing
            .or_else(|| gathering.recall(Kind::Companies, company.domain, &company.sought_by()));
        match standing {
            Some(standing) => settled.push((company, standing)),
            None => unknown.push(company),
        }
    }
    let told_at = gathering.hubspot.answered_at();
    let sought_at = told_at.filter(|_| !unknown.is_empty());
    settled.extend(seek(gathering, unknown).await?);
    Ok(Seen {
        companies: settled,
        sought_at,
    })
}

/// Gathers the companies from what was seen of them.
pub(super) fn gather(gathering: &mut Gathering<'_>, seen: Seen<'_>) -> Companies {
    let (known, portal) = (gathering.known, gathering.portal);
    gathering.vain.companies_sought_at = seen.sought_at;
    for (company, standing) in &seen.companies {
        gathering.note(
            Kind::Companies,
            company.domain,
            company.sought_by(),
            standing,
        );
    }
    let companies = unite(seen.companies);
    let keys = keys(&companies);
    let chosen = portal.chosen(Kind::Companies);
    let mut gathered = Companies {
        records: Vec::new(),
        aliases: BTreeMap::new(),
    };
    for (company, standing) in companies {
        let subject = company.domain.to_owned();
        for other in &company.others {
            gathered
                .aliases
                .insert((*other).to_owned(), subject.clone());
        }
        let key = keys.get(company.domain).map_or("", String::as_str);
        let record = Record {
            kind: Kind::Companies,
            label: subject.clone(),
            linked: company.domains().map(str::to_owned).collect(),
            values: values::values(&company.summary(), key, portal, &chosen, &known.metadata),
            at_birth: Values::from([(DOMAIN.to_owned(), subject.clone())]),
            subject,
        };
        gathered.records.push((record, standing));
    }
    gathered.records.extend(shared_domains(known));
    gathered
}

async fn seek<'a>(
    gathering: &Gathering<'a>,
    companies: Vec<Company<'a>>,
) -> Result<Vec<(Company<'a>, Standing)>, HubSpotError> {
    if companies.is_empty() {
        return Ok(Vec::new());
    }
    let properties = gathering.portal.present(Kind::Companies);
    let has_key = gathering.portal.has_key(Kind::Companies);
    let ours = gathering.known.ours(Kind::Companies);
    let wanted: Vec<WantedCompany<'_>> = companies.iter().map(Company::wanted).collect();
    let sought = find_companies(gathering.hubspot, &wanted, &properties, has_key, &ours).await;
    let Some(sought) = found_or_blind(Kind::Companies, sought)? else {
        let blind = |company| (company, Standing::LeftOut(SkipReason::ScopeMissing));
        return Ok(companies.into_iter().map(blind).collect());
    };
    let found = sought
        .into_iter()
        .map(|sought| standing_of(sought, &properties));
    Ok(companies.into_iter().zip(found).collect())
}

/// What one company record stands for.
struct Company<'a> {
    domain: &'a str,
    /// Further domains the record stands for.
    others: Vec<&'a str>,
    /// Empty when no customer is left: ClearSync's values are taken away then.
    summaries: Vec<&'a Summary>,
    customers: Vec<String>,
    record: Option<RecordId>,
}

/// The companies of all domains that have customers, or had them when they were written. Domains that share a record share
/// a company.
fn linked(known: &Known) -> Vec<Company<'_>> {
    let gone = known
        .written(Kind::Companies)
        .iter()
        .filter(|(domain, values)| !known.companies.contains_key(*domain) && !values.is_empty())
        .map(|(domain, _)| domain);
    let companies = known.companies.keys().chain(gone).map(|domain| {
        let summary = known.companies.get(domain);
        let record = known.record(Kind::Companies, domain);
        let company = Company {
            domain,
            others: Vec::new(),
            summaries: summary.into_iter().collect(),
            customers: summary.map_or_else(Vec::new, |summary| summary.customers.clone()),
            record,
        };
        let standing = match record {
            Some(record) => Standing::stands(record),
            None => Standing::Absent,
        };
        (company, standing)
    });
    let united = unite(companies.collect());
    united.into_iter().map(|(company, _)| company).collect()
}

/// Makes one company of those whose record is the same.
fn unite<'a>(companies: Vec<(Company<'a>, Standing)>) -> Vec<(Company<'a>, Standing)> {
    let mut united: Vec<(Company<'a>, Standing)> = Vec::new();
    let mut places: BTreeMap<RecordId, usize> = BTreeMap::new();
    for (company, standing) in companies {
        let record = match &standing {
            Standing::Stands { record, .. } => Some(*record),
            _ => None,
        };
        let known = record.and_then(|record| places.get(&record));
        if let Some((first, of_first)) = known.and_then(|place| united.get_mut(*place)) {
            first.others.push(company.domain);
            first.others.extend(company.others);
            first.summaries.extend(company.summaries);
            first.customers.extend(company.customers);
            // What was read just now tells more than what was written once.
            if standing.is_read() {
                *of_first = standing;
            }
            continue;
        }
        if let Some(record) = record {
            places.insert(record, united.len());
        }
        united.push((company, standing));
    }
    united
}

impl<'a> Company<'a> {
    fn domains(&self) -> impl Iterator<Item = &'a str> {
        std::iter::once(self.domain).chain(self.others.iter().copied())
    }

    /// What the user said about it.
    fn decided(&self, known: &Known) -> Option<Standing> {
        match known.verdict(Kind::Companies, self.domain)? {
            Verdict::LeaveOut => Some(Standing::LeftOut(SkipReason::LeftOut)),
            Verdict::Create if self.record.is_none() => Some(Standing::New),
            Verdict::Create | Verdict::Link => None,
        }
    }

    /// The company as ClearSync wrote it last, when that is certain.
    fn written(&self, known: &Known) -> Option<Standing> {
        let record = self.record?;
        let mut written = self
            .domains()
            .filter_map(|domain| known.written(Kind::Companies).get(domain));
        let values = written.next().filter(|_| written.next().is_none())?.clone();
        Some(Standing::Stands {
            record,
            values,
            found_by: None,
        })
    }

    /// No company is made for customers that are all deleted, or that the user's filters leave out.
    fn left_out(&self, known: &Known) -> Option<Standing> {
        if self.record.is_some() {
            return None;
        }
        if self.summaries.iter().all(|summary| summary.deleted) {
            return Some(Standing::LeftOut(SkipReason::CustomerDeleted));
        }
        let reasons = self.customers.iter().map(|id| known.filtered.get(id));
        let reasons: Option<Vec<&SkipReason>> = reasons.collect();
        let first = reasons?.first().copied().copied()?;
        Some(Standing::LeftOut(first))
    }

    fn sought_by(&self) -> Vec<String> {
        let record = self.record.map(|record| record.to_string());
        self.customers.iter().cloned().chain(record).collect()
    }

    fn wanted(&self) -> WantedCompany<'_> {
        WantedCompany {
            domain: self.domain,
            customers: &self.customers,
            record: self.record,
        }
    }

    fn summary(&self) -> Summary {
        match self.summaries.as_slice() {
            [] => Summary::default(),
            [only] => (*only).clone(),
            several => Summary::joined(several.iter().map(|summary| (*summary).clone())),
        }
    }
}

/// The customer whose id each company carries. One that it carries already stays as long as the customer does. A company
/// that stands takes an id no company carries; one that is to be made may take an id that another company gives up, since
/// ids are given up before companies are made.
fn keys(companies: &[(Company<'_>, Standing)]) -> BTreeMap<String, String> {
    let held: BTreeSet<&str> = companies
        .iter()
        .filter_map(|(_, standing)| held_key(standing))
        .collect();
    let key = |company: &Company<'_>, standing: &Standing| {
        let own = held_key(standing).filter(|held| company.customers.iter().any(|id| id == held));
        if own.is_some() {
            return own.map(str::to_owned);
        }
        let stands = matches!(standing, Standing::Stands { .. });
        let free = |id: &&String| !stands || !held.contains(id.as_str());
        company.customers.iter().find(free).cloned()
    };
    companies
        .iter()
        .filter_map(|(company, standing)| {
            Some((company.domain.to_owned(), key(company, standing)?))
        })
        .collect()
}

fn held_key(standing: &Standing) -> Option<&str> {
    match standing {
        Standing::Stands { values, .. } => values.get(CUSTOMER_ID).map(String::as_str),
        _ => None,
    }
}

/// The mail domains of customers that are nobody's company, so that it can be seen why they have none.
fn shared_domains(known: &Known) -> impl Iterator<Item = (Record, Standing)> {
    let emails = known
        .customers
        .values()
        .filter(|customer| !customer.deleted)
        .filter_map(|customer| customer.email.as_deref());
    let domains: BTreeSet<String> = emails
        .filter_map(|email| known.shared.shared_domain_of(email))
        .collect();
    domains.into_iter().map(|domain| {
        let record = Record {
            kind: Kind::Companies,
            subject: domain.clone(),
            label: domain,
            linked: Vec::new(),
            values: Values::new(),
            at_birth: Values::new(),
        };
        (record, Standing::LeftOut(SkipReason::FreeMail))
    })
}
