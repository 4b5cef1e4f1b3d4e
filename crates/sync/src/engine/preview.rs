use clearsync_hubspot::{OwnProperty, PropertyKind};
use clearsync_store::{Plan, PlanFilter, PlanState, Purpose, Reader, StoreError, Target};

use super::{Engine, plan_csv::AllRows, profile::Profile};
use crate::{
    plan::{
        self, ASSOCIATE, CREATE, Counts, Deed, Kind, Portal, REMOVE, Row, SKIP, UNCHANGED, UPDATE,
    },
    view::{
        DataKind, FieldChange, ObjectType, PlanAction, PlanPage, PlanQuery, PlanRow, PlanSummary,
        Problem, PropertyChangeCount, PropertyPlan, RowFilter, RowSelection, ValueKind, Writing,
    },
};

/// The most rows of a table that are given at once.
pub(super) const MOST_ROWS: u32 = 500;

impl Engine {
    /// Every property of ClearSync's own, picked or not, and whether the portal has it, or room for it.
    ///
    /// # Errors
    /// A [`Problem`] when HubSpot cannot be asked.
    pub async fn property_plan(&self) -> Result<Vec<PropertyPlan>, Problem> {
        let hubspot = self.connected_hubspot().await?;
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        let former = self.kept_portal().await?;
        let writing = Writing {
            picked: None,
            ..profile.writing
        };
        let properties = plan::look_at_properties(&hubspot, &writing, former.as_ref()).await?;
        Ok(properties
            .into_iter()
            .map(|(kind, own, state)| PropertyPlan {
                object: kind.shown(),
                label: own.label.into_owned(),
                name: own.name.into_owned(),
                state,
            })
            .collect())
    }

    /// The connected portal as it was last looked at.
    pub(super) async fn kept_portal(&self) -> Result<Option<Portal>, Problem> {
        self.with_store(|store| {
            store.read(|reader| match target(&Profile::read(reader)?) {
                Some(target) => Portal::kept(reader, target),
                None => Ok(None),
            })
        })
        .await
    }

    /// What the plan that is shown would do; `None` before there is one.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn plan_summary(&self) -> Result<Option<PlanSummary>, Problem> {
        self.with_store(|store| {
            store.read(|reader| match newest(reader)? {
                Some(plan) => summary(reader, &plan),
                None => Ok(None),
            })
        })
        .await
    }

    /// Gives the word for rows of that plan, or takes it back: rows without it stay as they are, in later plans too.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written.
    pub async fn approve(
        &self,
        selection: RowSelection,
        approved: bool,
    ) -> Result<Option<PlanSummary>, Problem> {
        let now = self.now();
        self.with_store(move |store| {
            store.write(|writer| {
                let Some(plan) = newest(writer)? else {
                    return Ok(());
                };
                let filter = selected(&selection, &[UNCHANGED, SKIP, ASSOCIATE]);
                if approved {
                    writer.release_rows(plan.id, &filter)
                } else {
                    writer.hold_rows(plan.id, &filter, now)
                }
            })
        })
        .await?;
        self.data_changed(&[DataKind::Plan]);
        self.plan_summary().await
    }

    /// Some rows of that plan.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn plan_rows(&self, query: PlanQuery) -> Result<PlanPage, Problem> {
        self.with_store(move |store| store.read(|reader| page(reader, &query)))
            .await
    }
}

/// How many records and links the next push would write.
pub(super) fn waiting_changes(reader: &Reader, profile: &Profile) -> Result<u32, StoreError> {
    let Some(target) = target(profile) else {
        return Ok(0);
    };
    let current = reader.current_plan(target, Purpose::Sync)?;
    Ok(current.map_or(0, |current| Counts::read(&current.counts).changes()))
}

/// The account and the portal that are connected.
pub(super) fn target(profile: &Profile) -> Option<Target> {
    Some(Target {
        account: profile.account?,
        portal: profile.hubspot.as_ref()?.portal_id.parse().ok()?,
    })
}

/// The plan that is shown, or that a push has begun to carry out.
fn newest(reader: &Reader) -> Result<Option<Plan>, StoreError> {
    let profile = Profile::read(reader)?;
    let current = target(&profile).map(|target| reader.current_plan(target, Purpose::Sync));
    let current = current.transpose()?.flatten();
    Ok(current.filter(|plan| matches!(plan.state, PlanState::Shown | PlanState::Approved)))
}

fn summary(reader: &Reader, plan: &Plan) -> Result<Option<PlanSummary>, StoreError> {
    let waiting = waiting(reader, plan)?;
    let counts = Counts::read(&plan.counts);
    let by_property = counts
        .by_property
        .into_iter()
        .filter_map(|(object, property, records)| {
            let kind = Kind::named(&object)?;
            Some(PropertyChangeCount {
                object: kind.shown(),
                label: label(&property),
                property,
                records,
            })
        })
        .collect();
    Ok(Some(PlanSummary {
        id: u32::try_from(plan.id.0).unwrap_or_default(),
        made_at: plan.made_at.to_string(),
        creates: counts.creates,
        updates: counts.updates,
        unchanged: counts.unchanged,
        skipped: counts.skipped,
        failing: counts.failing,
        associations: counts.associations,
        removals: counts.removals,
        properties: counts.properties,
        requests: counts.requests,
        daily_limit: counts.daily_limit,
        daily_left: counts.daily_left,
        by_property,
        needs_approval: counts.needs_approval,
        waiting,
    }))
}

/// How many rows of a plan are not carried out without the user's word: those it is wanted for, and links of their records.
fn waiting(reader: &Reader, plan: &Plan) -> Result<u32, StoreError> {
    let waiting = PlanFilter {
        held: Some(true),
        without: [UNCHANGED, SKIP, ASSOCIATE].map(str::to_owned).to_vec(),
        ..PlanFilter::default()
    };
    let records = reader.count_plan_rows(plan.id, &waiting)?;
    if records == 0 {
        return Ok(0);
    }
    let holds = reader.holds(plan.target, Purpose::Sync)?;
    let waits = |row: &Row| row.concerns().iter().any(|key| holds.contains(key));
    let links = reader.plan_rows(plan.id, Some(ASSOCIATE), 0, u32::MAX)?;
    let links = links.iter().filter_map(Row::read).filter(waits).count();
    Ok(records.saturating_add(u32::try_from(links).unwrap_or(u32::MAX)))
}

fn page(reader: &Reader, query: &PlanQuery) -> Result<PlanPage, StoreError> {
    let Some(plan) = newest(reader)? else {
        return Ok(PlanPage {
            rows: Vec::new(),
            total: 0,
        });
    };
    let filter = matching(&RowFilter {
        action: query.action,
        object: query.object,
        property: query.property.clone(),
        search: query.search.clone(),
    });
    let limit = query.limit.min(MOST_ROWS);
    let (rows, total) = reader.find_plan_rows(plan.id, &filter, query.offset, limit)?;
    let holds = reader.holds(plan.target, Purpose::Sync)?;
    let row = |stored: &clearsync_store::PlanRow| {
        let key = (stored.object.clone(), stored.subject.clone());
        row(stored, holds.contains(&key))
    };
    Ok(PlanPage {
        rows: rows.iter().filter_map(row).collect(),
        total,
    })
}

/// Every row of the plan that is shown.
pub(super) fn all_rows(reader: &Reader) -> AllRows {
    let Some(plan) = newest(reader)? else {
        return Ok(None);
    };
    let holds = reader.holds(plan.target, Purpose::Sync)?;
    let stored = reader.plan_rows(plan.id, None, 0, u32::MAX)?;
    let row = |stored: &clearsync_store::PlanRow| {
        let key = (stored.object.clone(), stored.subject.clone());
        row(stored, holds.contains(&key))
    };
    Ok(Some(stored.iter().filter_map(row).collect()))
}

/// The records a filter of the window means.
fn matching(filter: &RowFilter) -> PlanFilter {
    let kinds = match filter.object {
        Some(object) => vec![object],
        None => Kind::ALL.map(Kind::shown).to_vec(),
    };
    PlanFilter {
        objects: kinds
            .into_iter()
            .map(|kind| name(kind).to_owned())
            .collect(),
        actions: filter
            .action
            .map(|action| word(action).to_owned())
            .into_iter()
            .collect(),
        property: filter.property.clone(),
        text: filter.search.trim().to_owned(),
        ..PlanFilter::default()
    }
}

/// The rows that a selection means; those with the actions named write nothing and are left out.
pub(super) fn selected(selection: &RowSelection, idle: &[&str]) -> PlanFilter {
    let filter = match selection {
        RowSelection::All => PlanFilter::default(),
        RowSelection::Matching { filter } => matching(filter),
        RowSelection::Rows { ids } => PlanFilter {
            numbers: Some(ids.iter().copied().map(i64::from).collect()),
            ..PlanFilter::default()
        },
    };
    PlanFilter {
        without: idle.iter().map(|action| (*action).to_owned()).collect(),
        ..filter
    }
}

fn row(stored: &clearsync_store::PlanRow, waits: bool) -> Option<PlanRow> {
    let row = Row::read(stored)?;
    let action = match &row.deed {
        Deed::Create { .. } => PlanAction::Create,
        Deed::Update { .. } => PlanAction::Update,
        Deed::Keep { .. } => PlanAction::Unchanged,
        Deed::Skip { .. } => PlanAction::Skip,
        Deed::Remove { .. } => PlanAction::Remove,
        Deed::Associate { .. } => return None,
    };
    let (skip, other_account, foreign) = match &row.deed {
        Deed::Skip {
            reason,
            candidates,
            account,
        } => {
            let foreign = candidates.first().filter(|_| account.is_some()).copied();
            (Some(*reason), account.clone(), foreign)
        }
        _ => (None, None, None),
    };
    let record = row.deed.record().or(foreign);
    Some(PlanRow {
        id: u32::try_from(stored.number).ok()?,
        object: Kind::named(&row.object)?.shown(),
        hubspot_id: record.map(|record| record.to_string()),
        changes: field_changes(row.deed.changes()),
        name: row.label,
        action,
        skip,
        other_account,
        waits,
    })
}

/// Changes as they are shown.
pub(super) fn field_changes(changes: Vec<plan::Change>) -> Vec<FieldChange> {
    let mut changes: Vec<FieldChange> = changes
        .into_iter()
        .filter(|change| change.before.as_deref().unwrap_or_default() != change.after)
        .map(|change| FieldChange {
            label: label(&change.property),
            kind: kind(&change.property),
            property: change.property,
            before: change.before,
            after: change.after,
        })
        .collect();
    changes.sort_by_key(|change| place(&change.property));
    changes
}

/// A property of ClearSync's own, on whichever kind of record.
fn own(property: &str) -> Option<&'static OwnProperty> {
    let mut all = Kind::ALL.iter().flat_map(|kind| kind.catalogue());
    all.find(|own| own.name == property)
}

/// In the order of the catalogues, after what a new record gets of HubSpot's own.
fn place(property: &str) -> Option<usize> {
    let mut all = Kind::ALL.iter().flat_map(|kind| kind.catalogue());
    all.position(|own| own.name == property)
}

/// A property's name as HubSpot shows it.
pub(super) fn label(property: &str) -> String {
    let hubspots = match property {
        "email" => "Email",
        "firstname" => "First name",
        "lastname" => "Last name",
        "domain" => "Company domain name",
        "dealname" => "Deal name",
        "pipeline" => "Pipeline",
        "dealstage" => "Deal stage",
        "amount" => "Amount",
        "closedate" => "Close date",
        "deal_currency_code" => "Currency",
        "name" => "Name",
        "price" => "Unit price",
        "quantity" => "Quantity",
        "label" => "Label",
        other => other,
    };
    own(property).map_or(hubspots, |own| &own.label).to_owned()
}

fn kind(property: &str) -> ValueKind {
    let standard = || {
        let mut all = Kind::ALL.iter().flat_map(|kind| kind.standard());
        all.find(|(name, _)| *name == property)
    };
    let holds = own(property)
        .map(|own| own.kind)
        .or_else(|| Some(standard()?.1));
    match holds {
        Some(PropertyKind::Number) => ValueKind::Number,
        Some(PropertyKind::Date) => ValueKind::Date,
        Some(PropertyKind::DateTime) => ValueKind::Moment,
        _ => ValueKind::Text,
    }
}

fn name(object: ObjectType) -> &'static str {
    let kind = Kind::ALL.into_iter().find(|kind| kind.shown() == object);
    kind.map_or("", Kind::name)
}

fn word(action: PlanAction) -> &'static str {
    match action {
        PlanAction::Create => CREATE,
        PlanAction::Update => UPDATE,
        PlanAction::Unchanged => UNCHANGED,
        PlanAction::Skip => SKIP,
        PlanAction::Remove => REMOVE,
    }
}
