use clearsync_hubspot::{OwnProperty, PropertyKind, SUMMARY};
use clearsync_store::{Plan, PlanFilter, PlanState, Purpose, Reader, StoreError, Target};

use super::{Engine, profile::Profile};
use crate::{
    plan::{self, CREATE, Counts, Deed, Row, SKIP, UNCHANGED, UPDATE},
    view::{
        FieldChange, ObjectType, PlanAction, PlanPage, PlanQuery, PlanRow, PlanSummary, Problem,
        PropertyChangeCount, PropertyPlan, ValueKind,
    },
};

const MOST_ROWS: u32 = 500;

impl Engine {
    /// Every property of ClearSync's own, and whether the portal has it, or room for it.
    ///
    /// # Errors
    /// A [`Problem`] when HubSpot cannot be asked.
    pub async fn property_plan(&self) -> Result<Vec<PropertyPlan>, Problem> {
        let hubspot = self.connected_hubspot().await?;
        let properties = plan::look_at_properties(&hubspot).await?;
        Ok(properties
            .into_iter()
            .filter_map(|(object, name, state)| {
                Some(PropertyPlan {
                    object: object_type(&object)?,
                    label: label(&name),
                    name,
                    state,
                })
            })
            .collect())
    }

    /// What the plan that is shown would do; `None` before there is one.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn plan_summary(&self) -> Result<Option<PlanSummary>, Problem> {
        self.with_store(|store| store.read(|reader| Ok(newest(reader)?.as_ref().and_then(summary))))
            .await
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

fn target(profile: &Profile) -> Option<Target> {
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

fn summary(plan: &Plan) -> Option<PlanSummary> {
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
        })
        .collect();
    Some(PlanSummary {
        id: u32::try_from(plan.id.0).ok()?,
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
        by_property,
        needs_approval: counts.needs_approval,
    })
}

fn page(reader: &Reader, query: &PlanQuery) -> Result<PlanPage, StoreError> {
    let Some(plan) = newest(reader)? else {
        return Ok(PlanPage {
            rows: Vec::new(),
            total: 0,
        });
    };
    let objects = match query.object {
        Some(object) => vec![name(object).to_owned()],
        None => [ObjectType::Contact, ObjectType::Company]
            .map(|object| name(object).to_owned())
            .to_vec(),
    };
    let filter = PlanFilter {
        objects,
        actions: query
            .action
            .map(|action| word(action).to_owned())
            .into_iter()
            .collect(),
        property: query.property.clone(),
        text: query.search.trim().to_owned(),
        ..PlanFilter::default()
    };
    let limit = query.limit.min(MOST_ROWS);
    let (rows, total) = reader.find_plan_rows(plan.id, &filter, query.offset, limit)?;
    Ok(PlanPage {
        rows: rows.iter().filter_map(row).collect(),
        total,
    })
}

fn row(stored: &clearsync_store::PlanRow) -> Option<PlanRow> {
    let row = Row::read(stored)?;
    let action = match &row.deed {
        Deed::Create { .. } => PlanAction::Create,
        Deed::Update { .. } => PlanAction::Update,
        Deed::Keep { .. } => PlanAction::Unchanged,
        Deed::Skip { .. } => PlanAction::Skip,
        Deed::Associate { .. } => return None,
    };
    let skip = match &row.deed {
        Deed::Skip { reason, .. } => Some(*reason),
        _ => None,
    };
    let mut changes: Vec<FieldChange> = row
        .deed
        .changes()
        .into_iter()
        .map(|change| FieldChange {
            label: label(&change.property),
            kind: kind(&change.property),
            property: change.property,
            before: change.before,
            after: change.after,
        })
        .collect();
    changes.sort_by_key(|change| place(&change.property));
    Some(PlanRow {
        id: u32::try_from(stored.number).ok()?,
        object: object_type(&row.object)?,
        name: row.label,
        hubspot_id: row.deed.record().map(|record| record.to_string()),
        action,
        skip,
        changes,
    })
}

fn own(property: &str) -> Option<&'static OwnProperty> {
    SUMMARY.iter().find(|own| own.name == property)
}

/// In the order of the catalogue, after what a new record gets of HubSpot's own.
fn place(property: &str) -> Option<usize> {
    SUMMARY.iter().position(|own| own.name == property)
}

fn label(property: &str) -> String {
    let hubspots = match property {
        "email" => "Email",
        "firstname" => "First name",
        "lastname" => "Last name",
        "domain" => "Company domain name",
        other => other,
    };
    own(property).map_or(hubspots, |own| own.label).to_owned()
}

fn kind(property: &str) -> ValueKind {
    match own(property).map(|own| own.kind) {
        Some(PropertyKind::Number) => ValueKind::Number,
        Some(PropertyKind::Date) => ValueKind::Date,
        Some(PropertyKind::DateTime) => ValueKind::Moment,
        _ => ValueKind::Text,
    }
}

fn object_type(name: &str) -> Option<ObjectType> {
    match name {
        "contacts" => Some(ObjectType::Contact),
        "companies" => Some(ObjectType::Company),
        _ => None,
    }
}

fn name(object: ObjectType) -> &'static str {
    match object {
        ObjectType::Contact => "contacts",
        ObjectType::Company => "companies",
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
