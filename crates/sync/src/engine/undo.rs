use std::sync::Arc;

use clearsync_hubspot::{RecordId, UiDomain};
use clearsync_store::{Plan, PlanFilter, PlanId, Purpose, Reader, RunId, Store, StoreError};

use super::{
    Engine,
    preview::{self, MOST_ROWS},
    profile::Profile,
    runs::Job,
};
use crate::{
    plan::Looking,
    undo::{
        self, ARCHIVE, Counts, DEFINE_AGAIN, Deed, LEAVE, LINK_AGAIN, MAKE_AGAIN, PUT_BACK, REMOVE,
        Row, UNLINK, UndoError, UndoScope,
    },
    view::{
        DataKind, Problem, ProblemCode, RowSelection, RunKind, UndoAction, UndoPage, UndoQuery,
        UndoRow, UndoSummary, UndoTarget,
    },
};

impl Engine {
    /// Plans to take something back: reads what HubSpot holds of it and writes nothing.
    ///
    /// # Errors
    /// A [`Problem`] when a run is under way or HubSpot cannot be asked.
    pub async fn plan_undo(&self, target: UndoTarget) -> Result<UndoSummary, Problem> {
        let taken = self.run.take()?;
        let lease = self.with_store(Store::lease).await?;
        let hubspot = self.connected_hubspot().await?;
        let portal = self.target().await?;
        let attempt = || undo::make(&self.store, &hubspot, portal, scope(&target), self.now());
        match attempt().await {
            Err(UndoError::Unsettled) => {
                // A push that was cut off left writes behind; looking at those records tells what became of them.
                self.plan(Looking::AsNeeded).await?;
                attempt().await?
            }
            other => other?,
        };
        drop((lease, taken));
        self.data_changed(&[DataKind::Plan]);
        let summary = self.undo_summary().await?;
        summary.ok_or_else(|| Problem::new(ProblemCode::NothingToPush))
    }

    /// What the shown plan would take back; `None` before there is one.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn undo_summary(&self) -> Result<Option<UndoSummary>, Problem> {
        self.with_store(|store| {
            store.read(|reader| match newest(reader)? {
                Some(plan) => summary(reader, &plan),
                None => Ok(None),
            })
        })
        .await
    }

    /// Some rows of that plan.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn undo_rows(&self, query: UndoQuery) -> Result<UndoPage, Problem> {
        self.with_store(move |store| store.read(|reader| page(reader, &query)))
            .await
    }

    /// Lets rows of that plan wait, or not.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written.
    pub async fn hold_undo(
        &self,
        selection: RowSelection,
        waits: bool,
    ) -> Result<Option<UndoSummary>, Problem> {
        let now = self.now();
        self.with_store(move |store| {
            store.write(|writer| {
                let Some(plan) = newest(writer)? else {
                    return Ok(());
                };
                let filter = preview::selected(&selection, &[LEAVE, DEFINE_AGAIN]);
                if waits {
                    writer.hold_rows(plan.id, &filter, now)
                } else {
                    writer.release_rows(plan.id, &filter)
                }
            })
        })
        .await?;
        self.undo_summary().await
    }

    /// Takes back exactly what was shown.
    ///
    /// # Errors
    /// A [`Problem`] when a run is under way already; what happens in the run is told in the status.
    pub async fn undo(self: &Arc<Self>, plan: u32) -> Result<(), Problem> {
        let job = Job::Undo(PlanId(i64::from(plan)));
        self.start(RunKind::Undo, job).await
    }
}

fn scope(target: &UndoTarget) -> UndoScope {
    match target {
        UndoTarget::Record { object, key } => UndoScope::Record {
            object: object.clone(),
            subject: key.clone(),
        },
        UndoTarget::Run { run } => UndoScope::Run(RunId(i64::from(*run))),
        UndoTarget::Everything => UndoScope::Everything,
    }
}

fn target(scope: UndoScope) -> UndoTarget {
    match scope {
        UndoScope::Record { object, subject } => UndoTarget::Record {
            object,
            key: subject,
        },
        UndoScope::Run(run) => UndoTarget::Run {
            run: u32::try_from(run.0).unwrap_or_default(),
        },
        UndoScope::Everything => UndoTarget::Everything,
    }
}

fn newest(reader: &Reader) -> Result<Option<Plan>, StoreError> {
    let profile = Profile::read(reader)?;
    let plan = preview::target(&profile).map(|target| reader.current_plan(target, Purpose::Undo));
    Ok(plan.transpose()?.flatten())
}

fn summary(reader: &Reader, plan: &Plan) -> Result<Option<UndoSummary>, StoreError> {
    let Some(counts) = Counts::read(&plan.counts) else {
        return Ok(None);
    };
    let waiting = undo::waiting_in(reader, plan)?;
    let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Some(UndoSummary {
        id: u32::try_from(plan.id.0).unwrap_or_default(),
        made_at: plan.made_at.to_string(),
        redo: counts.redo,
        put_back: counts.put_back,
        archived: counts.archived,
        made_again: counts.made_again,
        links: counts.links,
        definitions: counts.definitions,
        left: counts.left,
        waiting: u32::try_from(waiting.len()).unwrap_or(u32::MAX),
        requests: counts.requests,
        daily_limit: counts.daily_limit.map(number),
        daily_left: counts.daily_left.map(number),
        target: target(counts.scope),
    }))
}

fn page(reader: &Reader, query: &UndoQuery) -> Result<UndoPage, StoreError> {
    let profile = Profile::read(reader)?;
    let none = UndoPage {
        rows: Vec::new(),
        total: 0,
    };
    let Some(plan) = newest(reader)? else {
        return Ok(none);
    };
    let filter = PlanFilter {
        objects: query.object.clone().into_iter().collect(),
        actions: query
            .action
            .map(|action| word(action).to_owned())
            .into_iter()
            .collect(),
        text: query.search.trim().to_owned(),
        ..PlanFilter::default()
    };
    let limit = query.limit.min(MOST_ROWS);
    let (rows, total) = reader.find_plan_rows(plan.id, &filter, query.offset, limit)?;
    let waiting = undo::waiting_in(reader, &plan)?;
    let holds = reader.holds(plan.target, Purpose::Undo)?;
    let row = |stored: &clearsync_store::PlanRow| {
        let waits = waiting.contains(&stored.number);
        let held = holds.contains(&(stored.object.clone(), stored.subject.clone()));
        row(stored, &profile, (waits, held))
    };
    Ok(UndoPage {
        rows: rows.iter().filter_map(row).collect(),
        total,
    })
}

fn row(
    stored: &clearsync_store::PlanRow,
    profile: &Profile,
    (waits, held): (bool, bool),
) -> Option<UndoRow> {
    let row = Row::read(stored)?;
    let (action, reason, because_of) = match &row.deed {
        Deed::PutBack { .. } => (UndoAction::PutBack, None, Vec::new()),
        Deed::Archive { .. } => (UndoAction::Archive, None, Vec::new()),
        Deed::MakeAgain { .. } => (UndoAction::MakeAgain, None, Vec::new()),
        Deed::Unlink { .. } => (UndoAction::Unlink, None, Vec::new()),
        Deed::LinkAgain => (UndoAction::LinkAgain, None, Vec::new()),
        Deed::Remove { .. } => (UndoAction::Remove, None, Vec::new()),
        Deed::DefineAgain { .. } => (UndoAction::DefineAgain, None, Vec::new()),
        Deed::Leave {
            reason, properties, ..
        } => (UndoAction::Leave, Some(*reason), properties.clone()),
    };
    let record = row.deed.record();
    Some(UndoRow {
        id: u32::try_from(stored.number).ok()?,
        url: record.and_then(|record| record_url(profile, &row.object, record)),
        hubspot_id: record.map(|record| record.to_string()),
        changes: preview::field_changes(row.deed.changes()),
        object: row.object,
        name: row.label,
        action,
        reason,
        because_of,
        waits,
        held,
    })
}

/// The page of a record in HubSpot's window.
pub(super) fn record_url(profile: &Profile, object: &str, record: RecordId) -> Option<String> {
    let portal = profile.hubspot.as_ref()?.portal_id.parse().ok()?;
    let object = undo::object_type(object)?;
    let domain = UiDomain::or_default("");
    Some(domain.record_link(portal, &object, record)?.to_string())
}

fn word(action: UndoAction) -> &'static str {
    match action {
        UndoAction::PutBack => PUT_BACK,
        UndoAction::Archive => ARCHIVE,
        UndoAction::MakeAgain => MAKE_AGAIN,
        UndoAction::Unlink => UNLINK,
        UndoAction::LinkAgain => LINK_AGAIN,
        UndoAction::Remove => REMOVE,
        UndoAction::DefineAgain => DEFINE_AGAIN,
        UndoAction::Leave => LEAVE,
    }
}
