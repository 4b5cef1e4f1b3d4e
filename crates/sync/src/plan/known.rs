use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{ObjectType, RecordId};
use clearsync_store::{
    AccountId, Attention, Decision, Grain, JournalEntry, Link, Purpose, Reader, Rollup, Scope,
    StoreError, Target, Verdict, WriteState, Writer,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{
    guard::Guard,
    portal::Portal,
    row::{ASSOCIATION, Values},
    vain::Vain,
    values::LAST_SYNCED,
};
use crate::{derive::Summary, matching::Ours, push};

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
    pub(super) guard: Guard,
    /// The user's word on customers and companies without a certain match, by kind and subject.
    pub(super) decisions: BTreeMap<(String, String), Decision>,
    /// What waits for the user's word, as kind and subject.
    pub(super) holds: BTreeSet<(String, String)>,
}

impl Known {
    pub(super) fn load(view: &Reader, target: Target, now: Timestamp) -> Result<Self, StoreError> {
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
            refused: refused(view, target, &attention, now)?,
            portal: Portal::remembered(view, target, now)?,
            vain: Vain::load(view, target)?,
            pushed: push::was_pushed(view, target)?,
            guard: Guard::load(view, account)?,
            decisions: view
                .decisions(target)?
                .into_iter()
                .map(|decision| {
                    (
                        (decision.object.clone(), decision.subject.clone()),
                        decision,
                    )
                })
                .collect(),
            holds: view.holds(target, Purpose::Sync)?,
            attention,
            open,
        })
    }

    /// What the user wants done about a customer or a company.
    pub(super) fn verdict(&self, object: &ObjectType, subject: &str) -> Option<Verdict> {
        let key = (object.path_name().to_owned(), subject.to_owned());
        self.decisions.get(&key).map(|decision| decision.verdict)
    }

    /// Which records of a kind may be written.
    pub(super) fn ours(&self, object: &ObjectType) -> Ours {
        let chosen = self
            .decisions
            .values()
            .filter(|decision| decision.object == object.path_name())
            .filter_map(|decision| decision.record.as_ref()?.parse().ok());
        Ours {
            customers: self.customers.keys().cloned().collect(),
            chosen: chosen.collect(),
        }
    }

    /// The company the store links a domain to.
    pub(super) fn company_record(&self, domain: &str) -> Option<RecordId> {
        self.company_links.get(domain)?.record.parse().ok()
    }
}

const SETTINGS_CHANGED: &str = "plan_settings_changed_at";
/// After this time what HubSpot refused is tried again, since people may have changed HubSpot's rules.
const TRY_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Notes that something changed which HubSpot's refusals may have been about: the settings, or the portal's properties.
pub(crate) fn settings_changed(
    writer: &Writer,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    writer.set_setting(Scope::Account(account), SETTINGS_CHANGED, &now)
}

/// What the last write of each refused record held, where it is not to be tried again: a day has not gone by, and neither
/// the settings nor the portal's properties have changed.
fn refused(
    view: &Reader,
    target: Target,
    attention: &[Attention],
    now: Timestamp,
) -> Result<BTreeMap<(String, String), Values>, StoreError> {
    let changed_at: Option<Timestamp> =
        view.setting(Scope::Account(target.account), SETTINGS_CHANGED)?;
    let lately = |last: &JournalEntry| {
        let at = last.settled_at.unwrap_or(last.noted_at);
        now.duration_since(at).abs() < TRY_AGAIN && changed_at.is_none_or(|changed| changed <= at)
    };
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
        let last = last.filter(|last| last.state == WriteState::Failed && lately(last));
        let body = last.and_then(|last| Values::deserialize(&last.entry.after).ok());
        if let Some(mut body) = body {
            body.remove(LAST_SYNCED);
            refused.insert((object, subject), body);
        }
    }
    Ok(refused)
}
