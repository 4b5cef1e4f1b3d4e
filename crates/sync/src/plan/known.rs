use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::Movement;
use clearsync_hubspot::RecordId;
use clearsync_store::{
    AccountId, Attention, Decision, Grain, JournalEntry, Link, Purpose, Reader, Rollup, Scope,
    StoreError, Target, Verdict, WriteState, Writer,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{
    Rules,
    barred::Barred,
    event, filter, former,
    guard::Guard,
    kind::{Kind, LinkKind},
    mark::{Installation, Mark},
    portal::Portal,
    row::{Row, Values},
    subscription::{self, Catalogue, Subscription, Subscriptions},
    vain::Vain,
    values::{LAST_SYNCED, MetadataOf},
};
use crate::{
    derive::{self, LastMovement, Summary},
    matching::Ours,
    matching::SharedDomains,
    push,
    view::{MetadataOwner, SkipReason, WriteMode, Writing},
};

/// Everything the store knows that a plan is made from.
pub(super) struct Known {
    pub(super) revision: i64,
    pub(super) customers: BTreeMap<String, Summary>,
    /// The mail domains that are nobody's company.
    pub(super) shared: SharedDomains,
    pub(super) companies: BTreeMap<String, Summary>,
    /// Every subscription by id, where the rules need them.
    pub(super) subscriptions: BTreeMap<String, Subscription>,
    pub(super) catalogue: Catalogue,
    /// Movements by the id of their record, where records of them are written.
    pub(super) events: BTreeMap<String, Movement>,
    /// Customers the filters leave out.
    pub(super) filtered: BTreeMap<String, SkipReason>,
    pub(super) metadata: MetadataOf,
    /// Stripe's id of the account.
    pub(super) stripe_account: Option<String>,
    /// What records carry that are written from here.
    pub(super) mark: Mark,
    links: BTreeMap<Kind, BTreeMap<String, Link>>,
    written: BTreeMap<Kind, BTreeMap<String, Values>>,
    /// The ids of records that were linked, by the kind of link and the name of the pair.
    associated: BTreeMap<&'static str, BTreeMap<String, Values>>,
    /// Writes of an earlier push whose end is not known.
    pub(super) open: Vec<JournalEntry>,
    /// What HubSpot refused last, by kind and subject.
    pub(super) refused: BTreeMap<(String, String), Values>,
    pub(super) attention: Vec<Attention>,
    pub(super) portal: Option<Portal>,
    /// The portal as it was last looked at, however long ago and for whichever mode.
    pub(super) kept: Option<Portal>,
    /// What stands and is to go: records of movements that are none any more, and what another mode made where the user
    /// wants it removed.
    pub(super) former: Vec<Row>,
    pub(super) vain: Vain,
    pub(super) barred: Barred,
    /// Whether this portal was ever written to.
    pub(super) pushed: bool,
    pub(super) guard: Guard,
    /// The user's word on customers and companies without a certain match, by kind and subject.
    pub(super) decisions: BTreeMap<(String, String), Decision>,
    /// What waits for the user's word, as kind and subject.
    pub(super) holds: BTreeSet<(String, String)>,
}

impl Known {
    pub(super) fn load(
        view: &Reader,
        target: Target,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let account = target.account;
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
        let stored = view.account(account)?;
        let installation = Installation::load(view)?;
        let installation = installation.ok_or(StoreError::Missing { table: "setting" })?;
        let customers = summaries(view, account, Grain::Customer)?;
        let writing = &rules.writing;
        let own = writing.mode != WriteMode::Summary;
        let needs = own || !filter::is_empty(&writing.filters) || !writing.metadata.is_empty();
        let mut loaded = if needs {
            subscription::load(view, account, own)?
        } else {
            Subscriptions::default()
        };
        let movements = if own {
            movements(view, account, &mut loaded.by_id)?
        } else {
            Vec::new()
        };
        let Subscriptions {
            by_id: subscriptions,
            catalogue,
        } = loaded;
        let events = if Kind::of_mode(writing.mode).contains(&Kind::Events) {
            event::by_id(movements)
        } else {
            BTreeMap::new()
        };
        Ok(Self {
            revision: stored.derived_revision,
            filtered: filter::customers_left_out(
                &writing.filters,
                customers.keys(),
                &subscriptions,
            ),
            metadata: metadata(view, account, writing, &subscriptions)?,
            mark: Mark::new(&stored, installation),
            stripe_account: stored.stripe_account,
            subscriptions,
            catalogue,
            customers,
            companies: summaries(view, account, Grain::Company)?,
            links: all(Kind::ALL.into_iter(), |kind| links(view, target, kind))?,
            written: all(Kind::ALL.into_iter(), |kind| written(kind.name()))?,
            associated: all(
                LinkKind::of_mode(rules.writing.mode).map(|link| link.name),
                written,
            )?,
            refused: refused(view, target, &attention, now)?,
            kept: Portal::kept(view, target)?,
            former: former::removals(view, target, writing, &events)?,
            events,
            portal: Portal::remembered(view, target, &rules.writing, now)?,
            vain: Vain::load(view, target)?,
            barred: Barred::load(view, target)?,
            pushed: push::was_pushed(view, target)?,
            guard: Guard::load(view, account)?,
            shared: SharedDomains::read(view, account)?,
            decisions: decisions(view, target)?,
            holds: view.holds(target, Purpose::Sync)?,
            attention,
            open,
        })
    }

    /// What the user wants done about a customer or a company.
    pub(super) fn verdict(&self, kind: Kind, subject: &str) -> Option<Verdict> {
        let key = (kind.name().to_owned(), subject.to_owned());
        self.decisions.get(&key).map(|decision| decision.verdict)
    }

    /// The records of a kind that the user chose.
    fn chosen(&self, kind: Kind) -> impl Iterator<Item = RecordId> {
        self.decisions
            .values()
            .filter(move |decision| decision.object == kind.name())
            .filter_map(|decision| decision.record.as_ref()?.parse().ok())
    }

    /// Whether the user chose a record.
    pub(super) fn is_chosen(&self, kind: Kind, record: RecordId) -> bool {
        self.chosen(kind).any(|chosen| chosen == record)
    }

    /// Which records of a kind may be written.
    pub(super) fn ours(&self, kind: Kind) -> Ours {
        Ours {
            mark: self.mark.clone(),
            customers: self.customers.keys().cloned().collect(),
            chosen: self.chosen(kind).collect(),
            linked: self
                .links(kind)
                .values()
                .filter_map(|link| link.record.parse().ok())
                .collect(),
        }
    }

    /// The links of a kind of record, by subject.
    pub(super) fn links(&self, kind: Kind) -> &BTreeMap<String, Link> {
        static NONE: BTreeMap<String, Link> = BTreeMap::new();
        self.links.get(&kind).unwrap_or(&NONE)
    }

    /// What was written to a kind of record, by subject, where it is certain.
    pub(super) fn written(&self, kind: Kind) -> &BTreeMap<String, Values> {
        static NONE: BTreeMap<String, Values> = BTreeMap::new();
        self.written.get(&kind).unwrap_or(&NONE)
    }

    /// The ids of two records when they were linked.
    pub(super) fn associated(&self, link: &LinkKind, pair: &str) -> Option<&Values> {
        self.associated.get(link.name)?.get(pair)
    }

    /// The record the store links a subject to.
    pub(super) fn record(&self, kind: Kind, subject: &str) -> Option<RecordId> {
        self.links(kind).get(subject)?.record.parse().ok()
    }
}

/// What was worked out about customers or companies, by their ids.
fn summaries(
    view: &Reader,
    account: AccountId,
    grain: Grain,
) -> Result<BTreeMap<String, Summary>, StoreError> {
    let rollups = view.rollups(account, grain)?.into_iter();
    let known = |rollup: Rollup| Some((Summary::of(&rollup)?, rollup.id));
    Ok(rollups
        .filter_map(known)
        .map(|(summary, id)| (id, summary))
        .collect())
}

fn links(view: &Reader, target: Target, kind: Kind) -> Result<BTreeMap<String, Link>, StoreError> {
    let links = view.links(target, kind.name())?.into_iter();
    Ok(links.map(|link| (link.subject.clone(), link)).collect())
}

fn decisions(
    view: &Reader,
    target: Target,
) -> Result<BTreeMap<(String, String), Decision>, StoreError> {
    let about = |one: &Decision| (one.object.clone(), one.subject.clone());
    let decisions = view.decisions(target)?.into_iter();
    Ok(decisions.map(|one| (about(&one), one)).collect())
}

/// What the metadata of customers and their subscriptions says, where the rules ask for any.
fn metadata(
    view: &Reader,
    account: AccountId,
    writing: &Writing,
    subscriptions: &BTreeMap<String, Subscription>,
) -> Result<MetadataOf, StoreError> {
    let mut all = MetadataOf::new();
    if writing.metadata.is_empty() {
        return Ok(all);
    }
    for (id, own) in subscription::metadata_of_customers(view, account)? {
        let of_customer = all.entry(id).or_default();
        for (key, value) in own {
            of_customer.insert((MetadataOwner::Customer, key), vec![value]);
        }
    }
    for subscription in subscriptions.values() {
        let customer = subscription.figure.customer.clone();
        let of_customer = all.entry(customer).or_default();
        for ((owner, key), values) in &subscription.metadata {
            if *owner != MetadataOwner::Customer {
                let held = of_customer.entry((*owner, key.clone())).or_default();
                held.extend(values.iter().cloned());
            }
        }
    }
    Ok(all)
}

/// Every movement, oldest first. Subscriptions are told their last.
fn movements(
    view: &Reader,
    account: AccountId,
    subscriptions: &mut BTreeMap<String, Subscription>,
) -> Result<Vec<Movement>, StoreError> {
    let stored = view.movements(account)?;
    let movements: Vec<Movement> = stored.iter().filter_map(derive::movement).collect();
    for movement in &movements {
        if let Some(subscription) = subscriptions.get_mut(movement.subscription.as_str()) {
            subscription.last_movement = Some(LastMovement::from(movement));
        }
    }
    Ok(movements)
}

/// What is loaded for each of some kinds.
fn all<K: Ord + Copy, T>(
    kinds: impl Iterator<Item = K>,
    load: impl Fn(K) -> Result<T, StoreError>,
) -> Result<BTreeMap<K, T>, StoreError> {
    kinds.map(|kind| Ok((kind, load(kind)?))).collect()
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
