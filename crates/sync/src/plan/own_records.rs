//! Records ClearSync makes beside contacts and companies: one per subscription, and what hangs on it.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{HubSpotError, ReadBy, Record as Held, RecordId};

use super::{
    Gathering,
    contacts::Contacts,
    kind::Kind,
    row::{Links, Record, Standing, Values},
    subscription::Subscription,
    subscription_values::{item_values, label, values},
};
use crate::view::SkipReason;

/// The own records as they should be, each with what is known of it, and what they are linked to by kind of link.
#[derive(Default)]
pub(super) struct OwnRecords {
    pub(super) records: Vec<(Record, Standing)>,
    pub(super) links: BTreeMap<&'static str, Links>,
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
            Kind::Companies | Kind::Contacts | Kind::Events => continue,
        };
        let standing = seek(gathering, *kind, wanted).await?;
        gathered.records.extend(standing);
    }
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
    let found = gathering
        .hubspot
        .read(&object, by, &keys, &names)
        .await?
        .records;
    for (record, linked) in unknown {
        let standing = match (found.get(&record.subject), linked) {
            (Some(held), linked) => stands(held, linked, &properties),
            (None, _) => Standing::Absent,
        };
        settled.push((record, standing));
    }
    Ok(settled)
}

fn stands(held: &Held, linked: Option<RecordId>, properties: &[String]) -> Standing {
    let by = if linked == Some(held.id) {
        "link"
    } else {
        "key"
    };
    let own = |name: &String| Some((name.clone(), held.value(name)?.to_owned()));
    Standing::Stands {
        record: held.id,
        values: properties
            .iter()
            .filter_map(own)
            .filter(|(name, _)| name != super::LAST_SYNCED)
            .collect(),
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
    }

    fn add(&mut self, link: &'static str, from: &str, to: Option<&String>) {
        let links = self.links.entry(link).or_default();
        let others: &mut BTreeSet<String> = links.entry(from.to_owned()).or_default();
        others.extend(to.cloned());
    }
}
