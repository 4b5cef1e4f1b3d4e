//! Carries a plan out: properties first, then companies, contacts, and the links between them.
//!
//! Each write is first a row in the journal, then a request, then a receipt. A push that was cut off is carried out again
//! from the journal: what has a receipt is left alone, and what has none is sent again by its key, which makes nothing
//! twice.

mod journal;
mod links;
mod records;
mod settle;

use std::collections::BTreeMap;

use clearsync_hubspot::{Client, HubSpotError, ObjectType, SchemaError};
use clearsync_store::{Plan, PlanId, PlanState, Store, StoreError, Target, WriteState};
use tokio::sync::watch;

pub(crate) use settle::{settle_former, was_pushed};

use self::journal::Journal;
use crate::{
    Clock,
    blocking::blocking,
    import::Wish,
    plan::{Deed, Portal, Row},
};

/// The code of an open item about a record that HubSpot refused; `params` hold `object`, `key` and `reason`.
pub const RECORD_REFUSED: &str = "record_refused";

/// How far a push has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PushProgress {
    /// Records and links that are settled.
    pub done: u32,
    /// All of them.
    pub total: u32,
}

/// What a push did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Records that were made.
    pub created: u32,
    /// Records that were changed.
    pub updated: u32,
    /// Contacts that were linked to companies.
    pub associated: u32,
    /// Records and links that were refused.
    pub failed: u32,
}

/// Why a push ended early. What has a receipt stands; pushing again goes on with the rest.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The plan is not the current one of this portal any more.
    #[error("the plan is out of date")]
    Outdated,
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
    /// ClearSync's own properties cannot be used as they are.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// HubSpot could not be asked.
    #[error(transparent)]
    HubSpot(#[from] HubSpotError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Carries out exactly this plan.
///
/// # Errors
/// [`PushError`].
pub async fn push(
    store: &Store,
    hubspot: &Client,
    target: Target,
    plan: PlanId,
    clock: &Clock,
    wish: watch::Receiver<Wish>,
    progress: &watch::Sender<PushProgress>,
) -> Result<Pushed, PushError> {
    let work = Work::load(store, target, plan, clock).await?;
    let mut push = Push {
        store,
        hubspot,
        target,
        clock,
        wish,
        progress,
        journal: Journal::new(target, plan, work.settled),
        stamps: Vec::new(),
        pushed: Pushed::default(),
    };
    progress.send_replace(PushProgress {
        done: 0,
        total: u32::try_from(work.rows.len()).unwrap_or(u32::MAX),
    });
    if !work.rows.is_empty() {
        push.ensure_properties(work.portal, &work.rows).await?;
        for object in [ObjectType::Companies, ObjectType::Contacts] {
            push.write_records(&object, &work.rows).await?;
        }
        push.link(&work.rows).await?;
    }
    push.finish(plan).await?;
    Ok(push.pushed)
}

/// A row of the plan and its place in it.
#[derive(Debug, Clone)]
struct Numbered {
    number: i64,
    row: Row,
}

/// What is to be done, as stored.
struct Work {
    rows: Vec<Numbered>,
    portal: Portal,
    /// Places of rows that have a receipt from a push that was cut off.
    settled: BTreeMap<i64, WriteState>,
}

impl Work {
    async fn load(
        store: &Store,
        target: Target,
        plan: PlanId,
        clock: &Clock,
    ) -> Result<Self, PushError> {
        let (store, now) = (store.clone(), clock.now());
        blocking(move || {
            store.write(|writer| {
                let current: Option<Plan> = writer.current_plan(target)?;
                if current.is_none_or(|current| current.id != plan) {
                    return Err(PushError::Outdated);
                }
                let stored = writer.plan_rows(plan, None, 0, u32::MAX)?;
                let read = |row: &clearsync_store::PlanRow| {
                    let number = row.number;
                    Some(Numbered {
                        number,
                        row: Row::read(row)?,
                    })
                };
                let rows: Option<Vec<Numbered>> = stored.iter().map(read).collect();
                let mut rows = rows.ok_or(PushError::Outdated)?;
                rows.retain(|numbered| {
                    !matches!(numbered.row.deed, Deed::Keep { .. } | Deed::Skip { .. })
                });
                let portal = Portal::remembered(writer, target, now)?.ok_or(PushError::Outdated)?;
                writer.set_plan_state(plan, PlanState::Approved)?;
                let entries = writer.journal_of_plan(plan)?;
                let settled = entries
                    .into_iter()
                    .filter(|entry| matches!(entry.state, WriteState::Done | WriteState::Failed))
                    .filter_map(|entry| Some((entry.entry.plan_row?.1, entry.state)))
                    .collect();
                Ok(Self {
                    rows,
                    portal,
                    settled,
                })
            })
        })
        .await
    }
}

/// A push under way.
struct Push<'a> {
    store: &'a Store,
    hubspot: &'a Client,
    target: Target,
    clock: &'a Clock,
    wish: watch::Receiver<Wish>,
    progress: &'a watch::Sender<PushProgress>,
    journal: Journal,
    /// Kinds of record that have the property for when they were written.
    stamps: Vec<ObjectType>,
    pushed: Pushed,
}

impl Push<'_> {
    /// Makes the properties that are missing, and sees to it that those that stand can be used.
    async fn ensure_properties(
        &mut self,
        mut portal: Portal,
        rows: &[Numbered],
    ) -> Result<(), PushError> {
        for object in [ObjectType::Companies, ObjectType::Contacts] {
            let chosen = portal.chosen(&object);
            if chosen
                .iter()
                .any(|own| own.name == crate::plan::LAST_SYNCED)
            {
                self.stamps.push(object.clone());
            }
            let name = object.path_name();
            if portal.ensured || !rows.iter().any(|numbered| numbered.row.object == name) {
                continue;
            }
            let target = self.target;
            if let Err(error) = self.hubspot.ensure_properties(&object, &chosen).await {
                // The portal is not as it was looked at: the next plan looks anew.
                let store = self.store.clone();
                blocking(move || store.write(|writer| Portal::forget(writer, target))).await?;
                return Err(error.into());
            }
        }
        if !portal.ensured {
            portal.all_made();
            let (store, target) = (self.store.clone(), self.target);
            blocking(move || store.write(|writer| portal.remember(writer, target))).await?;
        }
        Ok(())
    }

    /// Waits while the user holds the push; fails when they stop it.
    async fn go_on(&mut self) -> Result<(), PushError> {
        let wish = self.wish.wait_for(|wish| *wish != Wish::Hold).await;
        match wish.as_deref() {
            Ok(Wish::Stop) => Err(PushError::Stopped),
            // Whoever could hold it is gone, so nothing holds it.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn advance(&self, settled: usize) {
        let settled = u32::try_from(settled).unwrap_or(u32::MAX);
        self.progress
            .send_modify(|progress| progress.done = progress.done.saturating_add(settled));
    }

    async fn finish(&self, plan: PlanId) -> Result<(), PushError> {
        let (store, target) = (self.store.clone(), self.target);
        blocking(move || {
            store.write(|writer| {
                writer.set_plan_state(plan, PlanState::Done)?;
                settle::note_pushed(writer, target)
            })
        })
        .await
        .map_err(PushError::Store)
    }
}
