use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{CUSTOMER_ID, Client, HubSpotError, ObjectType, RecordId};

use super::{
    known::Known,
    portal::Portal,
    row::{Record, Standing, Values},
    standing_of, values,
};
use crate::{
    derive::Summary,
    matching::{WantedCompany, find_companies, shared_domain_of},
    view::SkipReason,
};

/// Gathers the companies as they should be, each with what is known of it. HubSpot is asked only about those nothing was
/// written of.
pub(super) async fn gather(
    hubspot: &Client,
    known: &Known,
    portal: &Portal,
) -> Result<Vec<(Record, Standing)>, HubSpotError> {
    let object = ObjectType::Companies;
    let mut companies: Vec<Company<'_>> = known
        .companies
        .iter()
        .map(|(domain, summary)| Company::of(known, domain, Some(summary)))
        .collect();
    let gone = known
        .companies_written
        .keys()
        .filter(|domain| !known.companies.contains_key(*domain));
    companies.extend(gone.map(|domain| Company::of(known, domain, None)));
    let unknown: Vec<usize> = (0..)
        .zip(&companies)
        .filter(|(_, company)| company.standing.is_none())
        .map(|(place, _)| place)
        .collect();
    if !unknown.is_empty() {
        let ours: BTreeSet<String> = known.customers.keys().cloned().collect();
        let wanted: Vec<WantedCompany<'_>> = unknown
            .iter()
            .filter_map(|place| companies.get(*place))
            .map(Company::wanted)
            .collect();
        let properties = portal.present(&object);
        let has_key = portal.has_key(&object);
        let sought = find_companies(hubspot, &wanted, &properties, has_key, &ours).await?;
        for (place, sought) in unknown.into_iter().zip(sought) {
            if let Some(company) = companies.get_mut(place) {
                company.standing = Some(standing_of(sought, &properties));
            }
        }
    }
    let keys = keys(&companies);
    let chosen = portal.chosen(&object);
    let record = |company: Company<'_>| {
        let key = keys.get(company.domain).map_or("", String::as_str);
        let values = match company.summary {
            Some(summary) => values::values(summary, key, portal.currency(), &chosen),
            None => values::values(&Summary::default(), "", None, &chosen),
        };
        let record = Record {
            object: ObjectType::Companies,
            subject: company.domain.to_owned(),
            label: company.domain.to_owned(),
            linked: vec![company.domain.to_owned()],
            values,
            at_birth: Values::from([(
                clearsync_hubspot::DOMAIN.to_owned(),
                company.domain.to_owned(),
            )]),
        };
        (record, company.standing.unwrap_or(Standing::Absent))
    };
    let mut records: Vec<(Record, Standing)> = companies.into_iter().map(record).collect();
    records.extend(shared_domains(known));
    Ok(records)
}

struct Company<'a> {
    domain: &'a str,
    /// `None` when no customer is left: ClearSync's values are taken away then.
    summary: Option<&'a Summary>,
    record: Option<RecordId>,
    standing: Option<Standing>,
}

impl<'a> Company<'a> {
    fn of(known: &'a Known, domain: &'a str, summary: Option<&'a Summary>) -> Self {
        let record = known.company_record(domain);
        let written = record.zip(known.companies_written.get(domain));
        let standing = match (written, summary) {
            (Some((record, values)), _) => Some(Standing::Stands {
                record,
                values: values.clone(),
                found_by: None,
            }),
            (None, Some(summary)) if summary.deleted && record.is_none() => {
                Some(Standing::LeftOut(SkipReason::CustomerDeleted))
            }
            _ => None,
        };
        Self {
            domain,
            summary,
            record,
            standing,
        }
    }

    fn customers(&self) -> &'a [String] {
        self.summary.map_or(&[], |summary| &summary.customers)
    }

    fn wanted(&self) -> WantedCompany<'a> {
        WantedCompany {
            domain: self.domain,
            customers: self.customers(),
            record: self.record,
        }
    }

    fn held_key(&self) -> Option<&str> {
        match &self.standing {
            Some(Standing::Stands { values, .. }) => values.get(CUSTOMER_ID).map(String::as_str),
            _ => None,
        }
    }
}

/// The customer whose id each company carries. One that it carries already stays as long as the customer does. A company
/// that stands takes an id no company carries; one that is to be made may take an id that another company gives up, since
/// ids are given up before companies are made.
fn keys(companies: &[Company<'_>]) -> BTreeMap<String, String> {
    let held: BTreeSet<&str> = companies.iter().filter_map(Company::held_key).collect();
    let key = |company: &Company<'_>| {
        let customers = company.customers();
        let own = company
            .held_key()
            .filter(|held| customers.iter().any(|id| id == held));
        if own.is_some() {
            return own.map(str::to_owned);
        }
        let stands = matches!(company.standing, Some(Standing::Stands { .. }));
        let free = |id: &&String| !stands || !held.contains(id.as_str());
        customers.iter().find(free).cloned()
    };
    companies
        .iter()
        .filter_map(|company| Some((company.domain.to_owned(), key(company)?)))
        .collect()
}

/// The mail domains of customers that are nobody's company, so that it can be seen why they have none.
fn shared_domains(known: &Known) -> impl Iterator<Item = (Record, Standing)> {
    let emails = known
        .customers
        .values()
        .filter(|customer| !customer.deleted)
        .filter_map(|customer| customer.email.as_deref());
    let domains: BTreeSet<String> = emails.filter_map(shared_domain_of).collect();
    domains.into_iter().map(|domain| {
        let record = Record {
            object: ObjectType::Companies,
            subject: domain.clone(),
            label: domain,
            linked: Vec::new(),
            values: Values::new(),
            at_birth: Values::new(),
        };
        (record, Standing::LeftOut(SkipReason::FreeMail))
    })
}
