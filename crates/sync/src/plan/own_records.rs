//! Records ClearSync makes beside contacts and companies: one per subscription, and what hangs on it.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::Movement;
use clearsync_hubspot::{HubSpotError, ReadBy, Record as Held, RecordId};

use super::{
    Gathering,
    contacts::Contacts,
    event::Event,
    found_or_blind,
    kind::Kind,
    row::{CREATE, Deed, Links, Record, Row, Standing, Values},
    subscription::Subscription,
    subscription_values::{item_values, label, values},
    values::LAST_SYNCED,
};
use crate::view::SkipReason;

/// The own records as they should be, each with what is known of it, and what they are linked to by kind of link.
#[derive(Default)]
pub(super) struct OwnRecords {
    pub(super) records: Vec<(Record, Standing)>,
    pub(super) links: BTreeMap<&'static str, Links>,
    /// What removes records nothing is wanted of any more.
    pub(super) strays: Vec<Row>,
}

/// Gathers the records of the portal's kinds. HubSpot is asked only about those nothing was written of.
pub(super) async fn gather(
    gathering: &Gathering<'_>,
    contacts: &Contacts,
) -> Result<OwnRecords, HubSpotError> {
    let mut gathered = OwnRecords::default();
    for kind in gathering.portal.kinds() {
        let wanted = match kind {
            Kind::Deals | Kind::Subscriptions => subscriptions(gathering, *kind),
            Kind::LineItems => items(gathering),
            Kind::Events => events(gathering),
            Kind::Companies | Kind::Contacts => continue,
        };
        let standing = seek(gathering, *kind, wanted).await?;
        gathered.records.extend(standing);
    }
    gathered.strays = strays(gathering).await?;
    gathered.link(gathering, contacts);
    Ok(gathered)
}

fn subscriptions(gathering: &Gathering<'_>, kind: Kind) -> Vec<(Record, Option<SkipReason>)> {
    let known = gathering.known;
    let one = |(id, subscription): (&String, &Subscription)| {
        let account = known.stripe_account.as_deref();
        let values = values(subscription, kind, gathering.portal, account);
        let record = record(kind, id, label(subscription), values);
        (record, gathering.left_out(subscription))
    };
    known.subscriptions.iter().map(one).collect()
}

fn items(gathering: &Gathering<'_>) -> Vec<(Record, Option<SkipReason>)> {
    let mut items = Vec::new();
    for subscription in gathering.known.subscriptions.values() {
        for item in &subscription.items {
            let values = item_values(subscription, item, gathering.portal);
            let record = record(Kind::LineItems, &item.id, label(subscription), values);
            items.push((record, gathering.left_out(subscription)));
        }
    }
    items
}

fn events(gathering: &Gathering<'_>) -> Vec<(Record, Option<SkipReason>)> {
    let known = gathering.known;
    let chosen = gathering.portal.chosen(Kind::Events);
    let one = |(id, movement): (&String, &Movement)| {
        let subscription = known.subscriptions.get(movement.subscription.as_str());
        let event = Event {
            id,
            movement,
            subscription,
            catalogue: &known.catalogue,
            portal: gathering.portal,
        };
        let record = record(Kind::Events, id, event.label(), event.values(&chosen));
        (record, subscription.and_then(|one| gathering.left_out(one)))
    };
    known.events.iter().map(one).collect()
}

fn record(kind: Kind, subject: &str, label: String, values: Values) -> Record {
    Record {
        kind,
        subject: subject.to_owned(),
        label,
        linked: vec![subject.to_owned()],
        values,
        at_birth: Values::new(),
    }
}

/// Says of each record how it stands. One that was never written is left out for its reason, if it has one.
async fn seek(
    gathering: &Gathering<'_>,
    kind: Kind,
    wanted: Vec<(Record, Option<SkipReason>)>,
) -> Result<Vec<(Record, Standing)>, HubSpotError> {
    let (known, portal) = (gathering.known, gathering.portal);
    let (mut settled, mut unknown) = (Vec::new(), Vec::new());
    for (record, left_out) in wanted {
        let linked = known.record(kind, &record.subject);
        let written = known.written(kind).get(&record.subject);
        match (linked, written, left_out) {
            (Some(linked), Some(written), _) => {
                let standing = Standing::Stands {
                    record: linked,
                    values: written.clone(),
                    found_by: None,
                };
                settled.push((record, standing));
            }
            (None, _, Some(reason)) => settled.push((record, Standing::LeftOut(reason))),
            (linked, ..) => unknown.push((record, linked)),
        }
    }
    let Some(object) = portal.object_type(kind).filter(|_| portal.has_key(kind)) else {
        let absent = unknown
            .into_iter()
            .map(|(record, _)| (record, Standing::Absent));
        settled.extend(absent);
        return Ok(settled);
    };
    let keys: Vec<String> = unknown
        .iter()
        .map(|(record, _)| record.subject.clone())
        .collect();
    if keys.is_empty() {
        return Ok(settled);
    }
    let properties = portal.present(kind);
    let names: Vec<&str> = properties.iter().map(String::as_str).collect();
    let by = ReadBy::Property(kind.key());
    let found = gathering.hubspot.read(&object, by, &keys, &names).await;
    let Some(found) = found_or_blind(kind, found)? else {
        let blind = |(record, _)| (record, Standing::LeftOut(SkipReason::ScopeMissing));
        settled.extend(unknown.into_iter().map(blind));
        return Ok(settled);
    };
    let found = found.records;
    for (record, linked) in unknown {
        let standing = match (found.get(&record.subject), linked) {
            (Some(held), linked) => stands(held, linked, &properties),
            (None, _) => Standing::Absent,
        };
        settled.push((record, standing));
    }
    Ok(settled)
}

/// Records of movements that are none any more, whose making was cut off before HubSpot said whether it was done.
async fn strays(gathering: &Gathering<'_>) -> Result<Vec<Row>, HubSpotError> {
    let (known, portal) = (gathering.known, gathering.portal);
    let made = known.open.iter().map(|open| &open.entry).filter(|entry| {
        entry.object == Kind::Events.name()
            && entry.action == CREATE
            && !known.events.contains_key(&entry.subject)
    });
    let keys: Vec<String> = made.map(|entry| entry.subject.clone()).collect();
    let writes = portal.kinds().contains(&Kind::Events) && portal.has_key(Kind::Events);
    let object = portal.object_type(Kind::Events).filter(|_| writes);
    let Some(object) = object.filter(|_| !keys.is_empty()) else {
        return Ok(Vec::new());
    };
    let properties = portal.present(Kind::Events);
    let names: Vec<&str> = properties.iter().map(String::as_str).collect();
    let by = ReadBy::Property(Kind::Events.key());
    let found = gathering.hubspot.read(&object, by, &keys, &names).await;
    let Some(found) = found_or_blind(Kind::Events, found)? else {
        return Ok(Vec::new());
    };
    let row = |(subject, held): (String, Held)| Row {
        object: Kind::Events.name().to_owned(),
        label: held.value("clearsync_name").unwrap_or(&subject).to_owned(),
        deed: Deed::Remove {
            record: held.id,
            values: own_values(&held, &properties),
        },
        subject,
    };
    Ok(found.records.into_iter().map(row).collect())
}

fn own_values(held: &Held, properties: &[String]) -> Values {
    let own = |name: &String| Some((name.clone(), held.value(name)?.to_owned()));
    let own = properties.iter().filter_map(own);
    own.filter(|(name, _)| name != LAST_SYNCED).collect()
}

fn stands(held: &Held, linked: Option<RecordId>, properties: &[String]) -> Standing {
    let by = if linked == Some(held.id) {
        "link"
    } else {
        "key"
    };
    Standing::Stands {
        record: held.id,
        values: own_values(held, properties),
        found_by: Some(by.to_owned()),
    }
}

impl OwnRecords {
    fn link(&mut self, gathering: &Gathering<'_>, contacts: &Contacts) {
        for (id, subscription) in &gathering.known.subscriptions {
            let customer = &subscription.figure.customer;
            let contact = contacts.of_customer.get(customer);
            let company = contacts.company_of_customer.get(customer);
            self.add("deals_contacts", id, contact);
            self.add("deals_companies", id, company);
            self.add("subscriptions_contacts", id, contact);
            self.add("subscriptions_companies", id, company);
            for item in &subscription.items {
                self.add("deals_line_items", id, Some(&item.id));
            }
        }
        for (id, movement) in &gathering.known.events {
            let customer = movement.customer.as_str();
            self.add("events_contacts", id, contacts.of_customer.get(customer));
            let company = contacts.company_of_customer.get(customer);
            self.add("events_companies", id, company);
            let subscription = movement.subscription.to_string();
            self.add("events_subscriptions", id, Some(&subscription));
        }
    }

    fn add(&mut self, link: &'static str, from: &str, to: Option<&String>) {
        let links = self.links.entry(link).or_default();
        let others: &mut BTreeSet<String> = links.entry(from.to_owned()).or_default();
        others.extend(to.cloned());
    }
}
