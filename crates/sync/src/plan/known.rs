use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{ObjectType, RecordId};
use clearsync_store::{
    Attention, Grain, JournalEntry, Link, Reader, Rollup, StoreError, Target, WriteState,
};
use serde::Deserialize;

use super::{
    portal::Portal,
    row::{ASSOCIATION, Values},
    vain::Vain,
    values::LAST_SYNCED,
};
use crate::{derive::Summary, push};

/// Everything the store knows that a plan is made from.
pub(super) struct Known {
    pub(super) revision: i64,
    pub(super) customers: BTreeMap<String, Summary>,
    pub(super) companies: BTreeMap<String, Summary>,
    pub(super) contact_links: BTreeMap<String, Link>,
    pub(super) company_links: BTreeMap<String, Link>,
    pub(super) contacts_written: BTreeMap<String, Values>,
    pub(super) companies_written: BTreeMap<String, Values>,
    /// The ids of contact and company that were linked, by the name of the pair.
    pub(super) associated: BTreeMap<String, Values>,
    /// Writes of an earlier push whose end is not known.
    pub(super) open: Vec<JournalEntry>,
    /// What HubSpot refused last, by kind and subject.
    pub(super) refused: BTreeMap<(String, String), Values>,
    pub(super) attention: Vec<Attention>,
    pub(super) portal: Option<Portal>,
    pub(super) vain: Vain,
    /// Whether this portal was ever written to.
    pub(super) pushed: bool,
}

impl Known {
    pub(super) fn load(
        view: &Reader,
        target: Target,
        now: jiff::Timestamp,
    ) -> Result<Self, StoreError> {
        let account = target.account;
        let summaries = |grain| -> Result<BTreeMap<String, Summary>, StoreError> {
            let rollups = view.rollups(account, grain)?;
            let known = |rollup: Rollup| Some((Summary::of(&rollup)?, rollup.id));
            let known = rollups.into_iter().filter_map(known);
            Ok(known.map(|(summary, id)| (id, summary)).collect())
        };
        let attention = view.attention(account)?;
        let open = view.open_journal(target)?;
        let unsure: BTreeSet<(&str, &str)> = open
            .iter()
            .map(|entry| (entry.entry.object.as_str(), entry.entry.subject.as_str()))
            .collect();
        let written = |object: &str| -> Result<BTreeMap<String, Values>, StoreError> {
            let written = view.all_written(target, object)?;
            Ok(written
                .into_iter()
                .filter(|written| !unsure.contains(&(object, written.subject.as_str())))
                .map(|written| (written.subject, written.properties))
                .collect())
        };
        let links = |object: &str| -> Result<BTreeMap<String, Link>, StoreError> {
            let links = view.links(target, object)?;
            Ok(links
                .into_iter()
                .map(|link| (link.subject.clone(), link))
                .collect())
        };
        let (contacts, companies) = (ObjectType::Contacts, ObjectType::Companies);
        Ok(Self {
            revision: view.account(account)?.derived_revision,
            customers: summaries(Grain::Customer)?,
            companies: summaries(Grain::Company)?,
            contact_links: links(contacts.path_name())?,
            company_links: links(companies.path_name())?,
            contacts_written: written(contacts.path_name())?,
            companies_written: written(companies.path_name())?,
            associated: written(ASSOCIATION)?,
            refused: refused(view, target, &attention)?,
            portal: Portal::remembered(view, target, now)?,
            vain: Vain::load(view, target)?,
            pushed: push::was_pushed(view, target)?,
            attention,
            open,
        })
    }

    /// The company the store links a domain to.
    pub(super) fn company_record(&self, domain: &str) -> Option<RecordId> {
        self.company_links.get(domain)?.record.parse().ok()
    }
}

/// What the last write of each refused record held.
fn refused(
    view: &Reader,
    target: Target,
    attention: &[Attention],
) -> Result<BTreeMap<(String, String), Values>, StoreError> {
    let mut refused = BTreeMap::new();
    for open in attention
        .iter()
        .filter(|open| open.code == push::RECORD_REFUSED)
    {
        let text = |name| open.params.get(name)?.as_str().map(str::to_owned);
        let (Some(object), Some(subject)) = (text("object"), text("key")) else {
            continue;
        };
        let last = view.journal_of_subject(target, &object, &subject)?.pop();
        let last = last.filter(|last| last.state == WriteState::Failed);
        let body = last.and_then(|last| Values::deserialize(&last.entry.after).ok());
        if let Some(mut body) = body {
            body.remove(LAST_SYNCED);
            refused.insert((object, subject), body);
        }
    }
    Ok(refused)
}
