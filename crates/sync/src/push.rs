//! Carries out a plan, row by row.
//!
//! Every write is first an entry of the store's journal with what stands there before and what shall stand there, then a
//! request, then a receipt. Records are made by an upsert under ClearSync's own unique property, and changed by id, so that
//! any request may be sent again: a push that ended at any point goes on where it was when it is started again, and a plan
//! made after it first looks at what became of its open writes.
//!
//! One write of each kind of record is under way at a time, those of several kinds beside each other. Companies come before
//! contacts, since HubSpot may make companies of its own for contacts without one; links as soon as both records stand.

mod awaited;
mod barred;
mod companies;
mod former;
mod journal;
mod links;
mod properties;
mod records;
mod removal;
mod telling;

use std::sync::{Mutex, PoisonError};

use clearsync_hubspot::{Client, HubSpotError, ObjectType, Reason, SchemaError};
use clearsync_store::{
    PlanId, PlanState, Purpose, Reader, RunId, Scope, Store, StoreError, Target, Writer,
};
use futures::{
    FutureExt,
    future::{BoxFuture, join, join_all},
};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

pub(crate) use former::{is_blind, settle_former};
pub use journal::RECORD_REFUSED;
pub(crate) use journal::{close_items_but_of, refusal_code};
pub(crate) use properties::{LABEL, OBJECT_TYPE, PIPELINES, PROPERTY};
pub use telling::PushProgress;
pub(crate) use telling::Telling;

use self::{awaited::Awaited, journal::Journal};
use crate::{
    blocking::blocking,
    clock::Clock,
    import::Wish,
    plan::{self, ASSOCIATE, Barred, CREATE, Counts, Kind, PlanError, Portal, REMOVE, Row, UPDATE},
};

/// What is to be pushed.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// The account and the portal.
    pub target: Target,
    /// The plan that was shown.
    pub plan: PlanId,
    /// The run the writes belong to.
    pub run: Option<RunId>,
}

/// What a push did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Records that were made.
    pub created: u32,
    /// Records that were changed.
    pub updated: u32,
    /// Links between records that were made.
    pub associated: u32,
    /// Records and links that could not be written; each is an open item, or is tried again by the next plan.
    pub failed: u32,
    /// Properties that were made.
    pub properties_created: u32,
    /// Records that were removed.
    pub removed: u32,
    /// Whether something waits because the key lacks a scope for it.
    pub waits_for_scopes: bool,
}

/// Why a push ended early. What was written until then is kept, and the next goes on behind it.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
    /// The plan is not the one that is shown, or was carried out already.
    #[error("the plan is out of date")]
    Outdated,
    /// HubSpot did not do as asked.
    #[error(transparent)]
    HubSpot(#[from] HubSpotError),
    /// ClearSync's own properties could not be made, or cannot be used.
    #[error(transparent)]
    Properties(#[from] SchemaError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Carries out exactly the plan that was shown, or what is left of it.
///
/// # Errors
/// [`PushError`]; the next call goes on where this one ended.
pub async fn push(
    store: &Store,
    hubspot: &Client,
    order: Order,
    clock: &Clock,
    wish: watch::Receiver<Wish>,
    progress: &watch::Sender<PushProgress>,
) -> Result<Pushed, PushError> {
    let now = clock.now();
    let begun = {
        let store = store.clone();
        blocking(move || store.write(|writer| Begun::begin(writer, order, now))).await?
    };
    let portal = if begun.portal.is_current(now) {
        begun.portal
    } else {
        let (writing, former) = (begun.portal.writing(), Some(&begun.portal));
        let look = Portal::look(hubspot, order.target, writing, former, now);
        look.await.map_err(|error| match error {
            PlanError::HubSpot(error) => PushError::HubSpot(error),
            PlanError::Store(error) => PushError::Store(error),
            _ => PushError::Outdated,
        })?
    };
    let mut work = Work {
        journal: Journal::new(store, order, clock),
        hubspot,
        portal,
        telling: Telling::new(progress, wish, begun.rows.len()),
        pushed: Mutex::default(),
        barred: Mutex::new(begun.barred),
        sought_at: begun.sought_at,
        looks_at_found: now.duration_since(begun.planned_at).abs() >= GOOD_FOR,
    };
    let outcome = work.carry_out(begun.rows).await;
    if let Err(PushError::HubSpot(error)) = &outcome
        && matches!(
            error.reason,
            Reason::UnknownProperty { .. } | Reason::NotUnique { .. }
        )
    {
        let store = store.clone();
        blocking(move || store.write(|writer| Portal::forget(writer, order.target))).await?;
    }
    outcome?;
    let waits_for_scopes = !work.may_all();
    let pushed = work
        .pushed
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let store = store.clone();
    blocking(move || store.write(|writer| writer.set_plan_state(order.plan, PlanState::Done)))
        .await?;
    Ok(Pushed {
        waits_for_scopes,
        ..pushed
    })
}

/// A row to be carried out, with its number in the plan.
type Numbered = (i64, Row);

/// What a push starts with.
struct Begun {
    /// As the plan was made for it.
    portal: Portal,
    /// The rows that are not settled yet.
    rows: Vec<Numbered>,
    /// What waits for a scope already.
    barred: Barred,
    /// When companies were looked for, by HubSpot's clock.
    sought_at: Option<Timestamp>,
    /// When the plan was made.
    planned_at: Timestamp,
}

impl Begun {
    fn begin(writer: &Writer, order: Order, now: Timestamp) -> Result<Self, PushError> {
        let current = writer.current_plan(order.target, Purpose::Sync)?;
        let current = current.filter(|current| current.id == order.plan);
        let current = current.ok_or(PushError::Outdated)?;
        writer.set_plan_state(order.plan, PlanState::Approved)?;
        note_pushed(writer, order.target)?;
        if let Some(rival) = Counts::read(&current.counts).rival {
            plan::take_over(writer, order.target, &rival, now)?;
        }
        // Rows that wait for the user's word stay, and so do links to and from their records.
        let holds = writer.holds(order.target, Purpose::Sync)?;
        let mut rows = Vec::new();
        for action in [REMOVE, UPDATE, CREATE, ASSOCIATE] {
            for stored in writer.plan_rows(order.plan, Some(action), 0, u32::MAX)? {
                let row = Row::read(&stored).ok_or(PushError::Outdated)?;
                let held = row.concerns().iter().any(|key| holds.contains(key));
                if !held && !journal::is_settled(writer, order, stored.number)? {
                    rows.push((stored.number, row));
                }
            }
        }
        Ok(Self {
            portal: Portal::kept(writer, order.target)?.ok_or(PushError::Outdated)?,
            rows,
            barred: Barred::load(writer, order.target)?,
            sought_at: plan::companies_sought_at(writer, order.target)?,
            planned_at: current.made_at,
        })
    }
}

/// A push under way.
struct Work<'a> {
    journal: Journal<'a>,
    hubspot: &'a Client,
    portal: Portal,
    telling: Telling<'a>,
    pushed: Mutex<Pushed>,
    barred: Mutex<Barred>,
    sought_at: Option<Timestamp>,
    /// Whether records that the plan found may have become somebody else's since.
    looks_at_found: bool,
}

/// HubSpot shows changes in search after a few moments, so that a look this old tells hardly less than a new one.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(1);

impl Work<'_> {
    async fn carry_out(&mut self, mut rows: Vec<Numbered>) -> Result<(), PushError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.make_definitions().await?;
        let removed = take(&mut rows, |row| row.deed.word() == REMOVE);
        let links = take(&mut rows, |row| row.deed.word() == ASSOCIATE);
        let awaited = Awaited::new(&rows, links);
        self.hubspot.write_first(self.longest(&rows));
        let (written, linked) = join(self.write_all(rows, &awaited), self.link_all(&awaited)).await;
        self.hubspot.write_first(None);
        of_all([written, linked])?;
        for kind in Kind::ALL {
            let same = |(_, row): &&Numbered| row.object == kind.name();
            let rows = removed.iter().filter(same).cloned().collect();
            let removed = self.remove(kind, rows).await;
            self.wait_if_barred(kind, removed).await?;
        }
        Ok(())
    }

    /// Writes all records, kinds that do not depend on each other at once. When one cannot be written, the others go on.
    async fn write_all(&self, mut rows: Vec<Numbered>, awaited: &Awaited) -> Result<(), PushError> {
        let mut of = |kind: Kind| take(&mut rows, |row| row.object == kind.name());
        let (companies, contacts) = (of(Kind::Companies), of(Kind::Contacts));
        let own = self.portal.kinds().iter().filter(|kind| !kind.is_shared());
        let own: Vec<_> = own.map(|kind| (*kind, of(*kind))).collect();
        let own = own
            .into_iter()
            .map(|(kind, rows)| self.write_kind(kind, rows, awaited));
        let (people, own) = join(
            self.write_people(companies, contacts, awaited),
            join_all(own.collect::<Vec<_>>()),
        )
        .await;
        awaited.nothing_more();
        of_all(own.into_iter().chain([people]))
    }

    /// Writes companies, and beside them those contacts of which HubSpot could make none of these companies by itself. The
    /// other contacts come after.
    async fn write_people(
        &self,
        companies: Vec<Numbered>,
        contacts: Vec<Numbered>,
        awaited: &Awaited,
    ) -> Result<(), PushError> {
        let (later, sooner) = companies::with_new_company(contacts, &companies);
        let (companies, sooner) = join(
            self.write_kind(Kind::Companies, companies, awaited),
            self.write_kind(Kind::Contacts, sooner, awaited),
        )
        .await;
        of_all([companies, sooner])?;
        self.write_kind(Kind::Contacts, later, awaited).await
    }

    fn write_kind<'b>(
        &'b self,
        kind: Kind,
        mut rows: Vec<Numbered>,
        awaited: &'b Awaited,
    ) -> BoxFuture<'b, Result<(), PushError>> {
        let write = async move {
            if rows.is_empty() || self.is_barred(kind) {
                return Ok(());
            }
            let object = self.object_type(kind)?;
            let freeing = take(&mut rows, |row| row.deed.frees_key(kind.key()));
            let updates = take(&mut rows, |row| row.deed.word() == UPDATE);
            for rows in [freeing, updates, rows] {
                self.write(kind, &object, rows, awaited).await?;
            }
            Ok(())
        };
        async move { self.wait_if_barred(kind, write.await).await }.boxed()
    }

    /// The object type with the most to write.
    fn longest(&self, rows: &[Numbered]) -> Option<ObjectType> {
        let of_kind = |kind: &&Kind| {
            let same = |(_, row): &&Numbered| row.object == kind.name();
            rows.iter().filter(same).count()
        };
        let kind = self.portal.kinds().iter().max_by_key(of_kind)?;
        self.portal.object_type(*kind)
    }

    fn count(&self, add: impl FnOnce(&mut Pushed)) {
        add(&mut self.pushed.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// How HubSpot knows a kind, once everything is made.
    fn object_type(&self, kind: Kind) -> Result<ObjectType, PushError> {
        self.portal.object_type(kind).ok_or(PushError::Outdated)
    }
}

/// Takes the rows of one sort out of others, in order.
fn take(rows: &mut Vec<Numbered>, sort: impl Fn(&Row) -> bool) -> Vec<Numbered> {
    rows.extract_if(.., |(_, row)| sort(row)).collect()
}

/// How several parts ended. That the user stopped them goes after everything else.
fn of_all(parts: impl IntoIterator<Item = Result<(), PushError>>) -> Result<(), PushError> {
    let mut all = Ok(());
    for part in parts {
        if part.is_err() && matches!(all, Ok(()) | Err(PushError::Stopped)) {
            all = part;
        }
    }
    all
}

const PUSHED_SETTING: &str = "pushed_portals";

/// Whether anything was ever pushed to the portal.
pub(crate) fn was_pushed(view: &Reader, target: Target) -> Result<bool, StoreError> {
    let pushed: Option<Vec<i64>> = view.setting(Scope::Account(target.account), PUSHED_SETTING)?;
    Ok(pushed.is_some_and(|pushed| pushed.contains(&target.portal)))
}

/// Makes the next push a first one.
pub(crate) fn forget_pushed(writer: &Writer, target: Target) -> Result<(), StoreError> {
    let scope = Scope::Account(target.account);
    let mut pushed: Vec<i64> = writer.setting(scope, PUSHED_SETTING)?.unwrap_or_default();
    pushed.retain(|portal| *portal != target.portal);
    writer.set_setting(scope, PUSHED_SETTING, &pushed)
}

fn note_pushed(writer: &Writer, target: Target) -> Result<(), StoreError> {
    if was_pushed(writer, target)? {
        return Ok(());
    }
    let scope = Scope::Account(target.account);
    let mut pushed: Vec<i64> = writer.setting(scope, PUSHED_SETTING)?.unwrap_or_default();
    pushed.push(target.portal);
    writer.set_setting(scope, PUSHED_SETTING, &pushed)
}
