use clearsync_hubspot::{ObjectType as HubSpotObject, PropertyKind, SUMMARY};
use clearsync_store::{Plan, PlanRow as StoredRow, Reader, StoreError, Target};

use super::{Engine, profile::Profile};
use crate::{
    plan::{
        ASSOCIATION, CREATE, Change, Counts, Deed, Row, SKIP, UNCHANGED, UPDATE, look_at_properties,
    },
    view::{
        FieldChange, ObjectType, PlanAction, PlanPage, PlanQuery, PlanRow, PlanSummary, Problem,
        PropertyChangeCount, PropertyPlan, ValueKind,
    },
};

const PAGE_LIMIT: u32 = 500;

impl Engine {
    /// ClearSync's own properties, with what the portal has and has room for.
    ///
    /// # Errors
    /// A [`Problem`] when HubSpot cannot be asked.
    pub async fn property_plan(&self) -> Result<Vec<PropertyPlan>, Problem> {
        let hubspot = self.connected_hubspot().await?;
        let properties = look_at_properties(&hubspot).await?;
        let plan = |(object, name, state): (String, String, crate::view::PropertyState)| {
            Some(PropertyPlan {
                object: object_type(&object)?,
                label: label(&name),
                name,
                state,
            })
        };
        Ok(properties.into_iter().filter_map(plan).collect())
    }

    /// The plan as it stands; `None` while there is none.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn plan_summary(&self) -> Result<Option<PlanSummary>, Problem> {
        self.with_store(|store| {
            store.read(|reader| {
                Ok(current(reader, &Profile::read(reader)?)?.map(|plan| summary(&plan)))
            })
        })
        .await
    }

    /// Rows of the plan.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn plan_rows(&self, query: PlanQuery) -> Result<PlanPage, Problem> {
        self.with_store(move |store| {
            store.read(|reader| {
                let Some(plan) = current(reader, &Profile::read(reader)?)? else {
                    return Ok(PlanPage {
                        rows: Vec::new(),
                        total: 0,
                    });
                };
                let word = query.action.map(word);
                let rows = reader.plan_rows(plan.id, word, 0, u32::MAX)?;
                Ok(page(&rows, &query))
            })
        })
        .await
    }
}

/// How many changes wait for the user.
pub(super) fn waiting_changes(reader: &Reader, profile: &Profile) -> Result<u32, StoreError> {
    Ok(current(reader, profile)?.map_or(0, |plan| Counts::read(&plan.counts).changes()))
}

fn current(reader: &Reader, profile: &Profile) -> Result<Option<Plan>, StoreError> {
    let portal = profile
        .hubspot
        .as_ref()
        .and_then(|hubspot| hubspot.portal_id.parse().ok());
    match profile.account.zip(portal) {
        Some((account, portal)) => reader.current_plan(Target { account, portal }),
        None => Ok(None),
    }
}

fn summary(plan: &Plan) -> PlanSummary {
    let counts = Counts::read(&plan.counts);
    let by_property = counts
        .by_property
        .into_iter()
        .filter_map(|(object, property, records)| {
            Some(PropertyChangeCount {
                object: object_type(&object)?,
                label: label(&property),
                property,
                records,
            })
        });
    PlanSummary {
        id: u32::try_from(plan.id.0).unwrap_or(u32::MAX),
        made_at: plan.made_at.to_string(),
        creates: counts.creates,
        updates: counts.updates,
        unchanged: counts.unchanged,
        skipped: counts.skipped,
        associations: counts.associations,
        properties: counts.properties,
        requests: counts.requests,
        daily_limit: counts.daily_limit,
        daily_left: counts.daily_left,
        by_property: by_property.collect(),
        needs_approval: counts.needs_approval,
    }
}

fn page(rows: &[StoredRow], query: &PlanQuery) -> PlanPage {
    let wanted = query.search.trim().to_lowercase();
    let found: Vec<PlanRow> = rows
        .iter()
        .filter(|row| row.object != ASSOCIATION)
        .filter(|row| wanted.is_empty() || matches(row, &wanted))
        .filter_map(shown)
        .filter(|row| query.object.is_none_or(|object| object == row.object))
        .filter(|row| {
            query
                .property
                .as_ref()
                .is_none_or(|name| row.changes.iter().any(|change| change.property == *name))
        })
        .collect();
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let rows = found
        .into_iter()
        .skip(query.offset as usize)
        .take(query.limit.min(PAGE_LIMIT) as usize);
    PlanPage {
        rows: rows.collect(),
        total,
    }
}

fn matches(row: &StoredRow, wanted: &str) -> bool {
    row.label.to_lowercase().contains(wanted) || row.subject.to_lowercase().contains(wanted)
}

fn shown(stored: &StoredRow) -> Option<PlanRow> {
    let row = Row::read(stored)?;
    let (action, skip) = match &row.deed {
        Deed::Create { .. } => (PlanAction::Create, None),
        Deed::Update { .. } => (PlanAction::Update, None),
        Deed::Keep { .. } => (PlanAction::Unchanged, None),
        Deed::Skip { reason, .. } => (PlanAction::Skip, Some(*reason)),
        Deed::Associate { .. } => return None,
    };
    Some(PlanRow {
        id: u32::try_from(stored.number).unwrap_or(u32::MAX),
        object: object_type(&row.object)?,
        name: row.label.clone(),
        hubspot_id: row.deed.record().map(|record| record.to_string()),
        action,
        skip,
        changes: row.deed.changes().into_iter().map(field).collect(),
    })
}

fn field(change: Change) -> FieldChange {
    FieldChange {
        label: label(&change.property),
        kind: kind(&change.property),
        property: change.property,
        before: change.before,
        after: change.after,
    }
}

fn word(action: PlanAction) -> &'static str {
    match action {
        PlanAction::Create => CREATE,
        PlanAction::Update => UPDATE,
        PlanAction::Unchanged => UNCHANGED,
        PlanAction::Skip => SKIP,
    }
}

fn object_type(name: &str) -> Option<ObjectType> {
    if name == HubSpotObject::Contacts.path_name() {
        Some(ObjectType::Contact)
    } else if name == HubSpotObject::Companies.path_name() {
        Some(ObjectType::Company)
    } else {
        None
    }
}

/// The label without the addition that tells ClearSync's properties from others in HubSpot's lists; standard properties
/// keep their name.
fn label(name: &str) -> String {
    let own = SUMMARY.iter().find(|own| own.name == name);
    own.map_or_else(
        || name.to_owned(),
        |own| own.label.trim_end_matches(" (ClearSync)").to_owned(),
    )
}

fn kind(name: &str) -> ValueKind {
    match SUMMARY
        .iter()
        .find(|own| own.name == name)
        .map(|own| own.kind)
    {
        Some(PropertyKind::Number) => ValueKind::Number,
        Some(PropertyKind::Date) => ValueKind::Date,
        Some(PropertyKind::DateTime) => ValueKind::Moment,
        _ => ValueKind::Text,
    }
}
