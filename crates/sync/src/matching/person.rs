use std::collections::BTreeMap;

use clearsync_hubspot::RecordId;
use clearsync_store::{Link, Verdict};

use super::could_be_address;
use crate::{derive::Summary, view::SkipReason};

/// The customers behind one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// The customer whose id the contact carries.
    pub(crate) key: String,
    /// All of them, the one with the key first.
    pub(crate) customers: Vec<String>,
    /// Those of them whose contact this is whatever their e-mail.
    pub(crate) linked: Vec<String>,
    /// The address, in lower case; `None` when the customer has none any more.
    pub(crate) email: Option<String>,
    /// The contact, where the store knows it.
    pub(crate) record: Option<RecordId>,
    /// Whether the user said that a new contact is to be made.
    pub(crate) is_new: bool,
}

/// A customer that gets no contact.
pub(crate) type LeftOut = (String, SkipReason);

/// Puts customers together that one contact stands for. Those with a contact keep it; of those without, equal e-mails
/// make one person, and join a person that has a contact and that e-mail. Those that are `filtered` get no contact, but keep
/// the one they have.
pub(crate) fn people(
    customers: &BTreeMap<String, Summary>,
    links: &BTreeMap<String, Link>,
    filtered: &BTreeMap<String, SkipReason>,
    verdict: impl Fn(&str) -> Option<Verdict>,
) -> (Vec<Person>, Vec<LeftOut>) {
    let (customers, put_aside): (BTreeMap<String, Summary>, BTreeMap<String, Summary>) = customers
        .iter()
        .map(|(id, summary)| (id.clone(), summary.clone()))
        .partition(|(id, _)| verdict(id) != Some(Verdict::LeaveOut));
    let customers = &customers;
    let mut linked: BTreeMap<RecordId, Vec<&Link>> = BTreeMap::new();
    for link in links
        .values()
        .filter(|link| customers.contains_key(&link.subject))
    {
        if let Ok(record) = link.record.parse() {
            linked.entry(record).or_default().push(link);
        }
    }
    let mut people: Vec<Person> = linked
        .into_iter()
        .map(|(record, mut links)| {
            links.sort_by_key(|link| (link.decided_at, &link.subject));
            let ids: Vec<String> = links.iter().map(|link| link.subject.clone()).collect();
            Person::of(ids, customers, Some(record))
        })
        .collect();
    people.sort_by(|one, other| one.key.cmp(&other.key));

    let mut left_out: Vec<LeftOut> = put_aside
        .into_keys()
        .map(|id| (id, SkipReason::LeftOut))
        .collect();
    let mut new = Vec::new();
    let mut unlinked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, summary) in customers.iter().filter(|(id, _)| !links.contains_key(*id)) {
        match address(summary) {
            _ if summary.deleted => left_out.push((id.clone(), SkipReason::CustomerDeleted)),
            _ if filtered.contains_key(id) && verdict(id) != Some(Verdict::Create) => {
                left_out.push((id.clone(), filtered[id]));
            }
            None if verdict(id) == Some(Verdict::Create) => new.push(id.clone()),
            Some(email) if !could_be_address(&email) && verdict(id) == Some(Verdict::Create) => {
                new.push(id.clone());
            }
            None => left_out.push((id.clone(), SkipReason::NoEmail)),
            Some(email) if !could_be_address(&email) => {
                left_out.push((id.clone(), SkipReason::EmailRefused));
            }
            Some(email) => unlinked.entry(email).or_default().push(id.clone()),
        }
    }
    let mut by_email: BTreeMap<String, usize> = BTreeMap::new();
    for (place, person) in people.iter().enumerate() {
        if let Some(email) = &person.email {
            by_email.entry(email.clone()).or_insert(place);
        }
    }
    for (email, ids) in unlinked {
        match by_email
            .get(&email)
            .and_then(|place| people.get_mut(*place))
        {
            Some(person) => person.customers.extend(ids),
            None => people.push(Person::of(ids, customers, None)),
        }
    }
    people.extend(new.into_iter().map(|id| Person {
        email: None,
        is_new: true,
        ..Person::of(vec![id], customers, None)
    }));
    (people, left_out)
}

/// Makes one person of those whose contact is the same; `add` takes over what else is known of the later one.
pub(crate) fn unite<T>(
    people: Vec<(Person, T)>,
    mut add: impl FnMut(&mut T, T),
) -> Vec<(Person, T)> {
    let mut united: Vec<(Person, T)> = Vec::new();
    let mut places: BTreeMap<RecordId, usize> = BTreeMap::new();
    for (person, what) in people {
        let known = person.record.and_then(|record| places.get(&record));
        if let Some((first, of_first)) = known.and_then(|place| united.get_mut(*place)) {
            first.customers.extend(person.customers);
            first.linked.extend(person.linked);
            add(of_first, what);
            continue;
        }
        if let Some(record) = person.record {
            places.insert(record, united.len());
        }
        united.push((person, what));
    }
    united
}

impl Person {
    fn of(
        ids: Vec<String>,
        customers: &BTreeMap<String, Summary>,
        record: Option<RecordId>,
    ) -> Self {
        let email = ids
            .iter()
            .filter_map(|id| customers.get(id))
            .find_map(address);
        Self {
            key: ids.first().cloned().unwrap_or_default(),
            linked: match record {
                Some(_) => ids.clone(),
                None => ids.first().cloned().into_iter().collect(),
            },
            customers: ids,
            email,
            record,
            is_new: false,
        }
    }
}

fn address(summary: &Summary) -> Option<String> {
    let email = summary.email.as_deref()?.trim().to_lowercase();
    (!email.is_empty()).then_some(email)
}
