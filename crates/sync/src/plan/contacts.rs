use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{CUSTOMER_ID, HubSpotError, OwnProperty};
use clearsync_store::Verdict;

use super::{
    Gathering,
    kind::Kind,
    known::Known,
    portal::Portal,
    row::{Links, Record, Standing, Values},
    standing_of, values,
};
use crate::{
    derive::Summary,
    matching::{Person, could_be_address, find_contacts, people, unite},
    view::SkipReason,
};

/// The contacts as they should be, each with what is known of it, and the domains of each one's companies.
pub(super) struct Contacts {
    pub(super) records: Vec<(Record, Standing)>,
    pub(super) companies_of: Links,
    /// The subject of each customer's contact.
    pub(super) of_customer: BTreeMap<String, String>,
    /// The subject of each customer's company.
    pub(super) company_of_customer: BTreeMap<String, String>,
}

/// People, each with what is known of their contact, and customers that get none.
pub(super) struct Seen {
    people: Vec<(Person, Standing)>,
    left_out: Vec<(String, SkipReason)>,
}

/// Looks at the contacts. HubSpot is asked only about those nothing was written of.
pub(super) async fn look(gathering: &Gathering<'_>) -> Result<Seen, HubSpotError> {
    let known = gathering.known;
    let verdict = |id: &str| known.verdict(Kind::Contacts, id);
    let (people, left_out) = people(
        &known.customers,
        known.links(Kind::Contacts),
        &known.filtered,
        verdict,
    );
    let mut seen: Vec<(Person, Standing)> = Vec::new();
    let mut unknown: Vec<Person> = Vec::new();
    for person in people {
        let known = (person.is_new.then_some(Standing::New))
            .or_else(|| written(known, &person))
            .or_else(|| gathering.recall(Kind::Contacts, &person.key, &sought_by(&person)));
        match known {
            Some(known) => seen.push((person, known)),
            None => unknown.push(person),
        }
    }
    for (mut person, found) in seek(gathering, unknown).await? {
        person.record = match &found {
            Standing::Stands { record, .. } => Some(*record),
            _ => None,
        };
        seen.push((person, found));
    }
    Ok(Seen {
        people: seen,
        left_out,
    })
}

/// Gathers the contacts from what was seen of them.
pub(super) fn gather(
    gathering: &mut Gathering<'_>,
    seen: Seen,
    aliases: &BTreeMap<String, String>,
) -> Contacts {
    let (known, portal) = (gathering.known, gathering.portal);
    for (person, found) in &seen.people {
        gathering.note(Kind::Contacts, &person.key, sought_by(person), found);
    }
    let chosen = portal.chosen(Kind::Contacts);
    let mut contacts = Contacts {
        records: Vec::new(),
        companies_of: Links::new(),
        of_customer: BTreeMap::new(),
        company_of_customer: BTreeMap::new(),
    };
    let people = unite(seen.people, |first, later| {
        // What was read just now tells more than what was written once.
        if later.is_read() {
            *first = later;
        }
    });
    for (person, standing) in people {
        let customers = person.customers.clone();
        let record = record(
            known,
            portal,
            &chosen,
            person,
            &standing,
            aliases,
            &mut contacts.companies_of,
        );
        for customer in customers {
            contacts
                .of_customer
                .insert(customer, record.subject.clone());
        }
        contacts.records.push((record, standing));
    }
    contacts.company_of_customer = known
        .customers
        .iter()
        .filter_map(|(id, summary)| {
            let domain = summary.domain.as_ref()?;
            Some((id.clone(), aliases.get(domain).unwrap_or(domain).clone()))
        })
        .collect();
    let left_out = seen.left_out.into_iter().filter_map(|(id, reason)| {
        let summary = known.customers.get(&id)?;
        Some(left_out_record(&id, summary, reason))
    });
    contacts.records.extend(left_out);
    contacts
}

async fn seek(
    gathering: &Gathering<'_>,
    people: Vec<Person>,
) -> Result<Vec<(Person, Standing)>, HubSpotError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let properties = gathering.portal.present(Kind::Contacts);
    let has_key = gathering.portal.has_key(Kind::Contacts);
    let ours = gathering.known.ours(Kind::Contacts);
    let sought = find_contacts(gathering.hubspot, &people, &properties, has_key, &ours).await?;
    let found = people.into_iter().zip(sought).map(|(person, sought)| {
        let found = standing_of(sought, &properties);
        let left_out = left_out(gathering.known, &person).filter(|_| found == Standing::Absent);
        (person, left_out.map_or(found, Standing::LeftOut))
    });
    Ok(found.collect())
}

/// Why no contact is made in the place of one that is gone, where none is.
fn left_out(known: &Known, person: &Person) -> Option<SkipReason> {
    if known.verdict(Kind::Contacts, &person.key) == Some(Verdict::Create) {
        return None;
    }
    let customers = person.customers.iter();
    let mut customers = customers.filter_map(|id| known.customers.get(id));
    if customers.all(|customer| customer.deleted) {
        return Some(SkipReason::CustomerDeleted);
    }
    match &person.email {
        None => Some(SkipReason::NoEmail),
        Some(email) if !could_be_address(email) => Some(SkipReason::EmailRefused),
        Some(_) => None,
    }
}

/// What a person's contact is looked for by.
fn sought_by(person: &Person) -> Vec<String> {
    let record = person.record.map(|record| record.to_string());
    let customers = person.customers.iter().cloned();
    customers
        .chain(person.email.clone())
        .chain(record)
        .collect()
}

/// The contact as ClearSync wrote it last, when that is certain: with several customers that each had one, what stands in
/// HubSpot now is to be read.
fn written(known: &Known, person: &Person) -> Option<Standing> {
    let record = person.record?;
    let mut written = person
        .customers
        .iter()
        .filter_map(|id| known.written(Kind::Contacts).get(id));
    let values = written.next().filter(|_| written.next().is_none())?.clone();
    Some(Standing::Stands {
        record,
        values,
        found_by: None,
    })
}

fn record(
    known: &Known,
    portal: &Portal,
    chosen: &[OwnProperty],
    person: Person,
    standing: &Standing,
    aliases: &BTreeMap<String, String>,
    companies_of: &mut Links,
) -> Record {
    let held = match standing {
        Standing::Stands { values, .. } => values.get(CUSTOMER_ID),
        _ => None,
    };
    let key = held
        .filter(|key| person.customers.contains(key))
        .unwrap_or(&person.key)
        .clone();
    let summaries: Vec<&Summary> = person
        .customers
        .iter()
        .filter_map(|id| known.customers.get(id))
        .collect();
    let companies: BTreeSet<String> = summaries
        .iter()
        .filter_map(|summary| summary.domain.as_ref())
        .map(|domain| aliases.get(domain).unwrap_or(domain).clone())
        .collect();
    companies_of.insert(key.clone(), companies);
    let name = summaries.iter().find_map(|summary| summary.name.clone());
    let summary = match summaries.as_slice() {
        [only] => (*only).clone(),
        several => Summary::joined(several.iter().map(|summary| (*summary).clone())),
    };
    let mut linked = person.linked;
    if !linked.contains(&key) {
        linked.push(key.clone());
    }
    Record {
        kind: Kind::Contacts,
        label: person
            .email
            .clone()
            .or_else(|| name.clone())
            .unwrap_or_else(|| key.clone()),
        linked,
        values: values::values(&summary, &key, portal, chosen, &known.metadata),
        at_birth: at_birth(person.email, name.as_deref()),
        subject: key,
    }
}

/// What a new contact gets beside ClearSync's own properties: the e-mail and the name, the last word of which is taken for
/// the family name.
fn at_birth(email: Option<String>, name: Option<&str>) -> Values {
    let mut values = Values::new();
    values.extend(email.map(|email| ("email".to_owned(), email)));
    let words: Vec<&str> = name.unwrap_or_default().split_whitespace().collect();
    if let Some((last, first)) = words.split_last() {
        if !first.is_empty() {
            values.insert("firstname".to_owned(), first.join(" "));
        }
        values.insert("lastname".to_owned(), (*last).to_owned());
    }
    values
}

fn left_out_record(id: &str, summary: &Summary, reason: SkipReason) -> (Record, Standing) {
    let label = summary.email.clone().or_else(|| summary.name.clone());
    let record = Record {
        kind: Kind::Contacts,
        subject: id.to_owned(),
        label: label.unwrap_or_else(|| id.to_owned()),
        linked: Vec::new(),
        values: Values::new(),
        at_birth: Values::new(),
    };
    (record, Standing::LeftOut(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_before_its_last_word() {
        let birth = |name| at_birth(Some("a@b.co".to_owned()), Some(name));
        let named = |name| {
            let values = birth(name);
            let get = |property: &str| values.get(property).cloned().unwrap_or_default();
            (get("firstname"), get("lastname"))
        };
        assert_eq!(
            named("Jenny Rosen"),
            ("Jenny".to_owned(), "Rosen".to_owned())
        );
        assert_eq!(
            named(" Ana  María Souza "),
            ("Ana María".to_owned(), "Souza".to_owned())
        );
        assert_eq!(named("Cher"), (String::new(), "Cher".to_owned()));
        assert_eq!(birth("").len(), 1, "only the e-mail");
    }
}
