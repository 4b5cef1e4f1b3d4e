//! Looks whether properties, pipeline, labels and object types stand as they were made.
//!
//! What people removed is listed and looked at anew by the next plan, so that the next push makes it again where ClearSync
//! may. What they named otherwise is listed, and theirs.

use std::collections::BTreeMap;

use clearsync_hubspot::{Client, HubSpotError, ObjectType, Stage};
use clearsync_store::{Drift, DriftFinding, StoreError, Target, Writer};
use jiff::Timestamp;

use crate::{
    plan::{Kind, LinkKind, PIPELINE, Portal, found_or_blind},
    push::{LABEL, OBJECT_TYPE, PIPELINES, PROPERTY},
};

/// What differs is what people read of it.
pub(crate) const LABEL_OF_DEFINITION: &str = "label";
const KINDS: [&str; 4] = [PROPERTY, PIPELINES, LABEL, OBJECT_TYPE];

/// Whether a difference is of a definition and not of a record.
pub(crate) fn is_definition(object: &str) -> bool {
    KINDS.contains(&object)
}

/// A definition that is not as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Differs {
    what: What,
    label: String,
    /// What people call it now; `None` when it is gone.
    held: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Property(Kind, String),
    Pipeline,
    Stage(&'static str),
    Label(&'static LinkKind),
    ObjectType(Kind),
}

impl Differs {
    /// Nothing where the definition stands as it was made.
    fn of(what: What, label: &str, held: Option<&str>) -> Option<Self> {
        // A label that was taken got a number.
        let same = held.is_some_and(|held| {
            let number = held.strip_prefix(label).map(str::trim_start);
            number.is_some_and(|number| number.chars().all(|digit| digit.is_ascii_digit()))
        });
        (!same).then(|| Self {
            what,
            label: label.to_owned(),
            held: held.map(str::to_owned),
        })
    }

    /// The kind whose records cannot be looked at, because their object type is gone.
    pub(super) fn gone_kind(&self) -> Option<Kind> {
        match self.what {
            What::ObjectType(kind) if self.held.is_none() => Some(kind),
            _ => None,
        }
    }

    fn drift(&self, portal: &Portal, now: Timestamp) -> Drift {
        let (object, subject) = match &self.what {
            What::Property(kind, name) => (PROPERTY, format!("{}.{name}", kind.name())),
            What::Pipeline => (PIPELINES, PIPELINE.id.to_owned()),
            What::Stage(id) => (PIPELINES, format!("{}.{id}", PIPELINE.id)),
            What::Label(link) => (LABEL, link.name.to_owned()),
            What::ObjectType(kind) => (OBJECT_TYPE, kind.name().to_owned()),
        };
        let id = match &self.what {
            What::ObjectType(kind) => portal
                .object_type(*kind)
                .map(|own| own.type_id().to_owned()),
            _ => None,
        };
        let held = self.held.clone().unwrap_or_default();
        Drift {
            object: object.to_owned(),
            subject,
            record: id.unwrap_or_default(),
            finding: match self.held {
                Some(_) => DriftFinding::Changed,
                None => DriftFinding::Gone,
            },
            differences: BTreeMap::from([(
                LABEL_OF_DEFINITION.to_owned(),
                (self.label.clone(), held),
            )]),
            seen_at: now,
        }
    }
}

/// Compares everything the portal has of ClearSync's own. What the key may not look at is left out.
pub(super) async fn look(hubspot: &Client, portal: &Portal) -> Result<Vec<Differs>, HubSpotError> {
    let mut differs = object_types(hubspot, portal).await?;
    let gone: Vec<Kind> = differs.iter().filter_map(Differs::gone_kind).collect();
    let stands = |kind: Kind| portal.object_type(kind).filter(|_| !gone.contains(&kind));
    for kind in portal.kinds() {
        if let Some(object) = stands(*kind) {
            let found = properties(hubspot, portal, *kind, &object).await;
            differs.extend(found_or_blind(*kind, found)?.unwrap_or_default());
        }
    }
    if portal.kinds().contains(&Kind::Deals) {
        let found = found_or_blind(Kind::Deals, pipeline(hubspot).await)?;
        differs.extend(found.unwrap_or_default());
    }
    for link in portal.links() {
        if let Some((from, to)) = stands(link.from).zip(stands(link.to)) {
            let found = label(hubspot, portal, link, (&from, &to)).await;
            differs.extend(found_or_blind(link.from, found)?.flatten());
        }
    }
    Ok(differs)
}

async fn object_types(hubspot: &Client, portal: &Portal) -> Result<Vec<Differs>, HubSpotError> {
    let own = portal.kinds().iter();
    let own: Vec<_> = own
        .filter_map(|kind| Some((*kind, kind.own_object()?, portal.object_type(*kind)?)))
        .collect();
    let Some((kind, ..)) = own.first() else {
        return Ok(Vec::new());
    };
    let standing = hubspot.custom_objects(false).await;
    let Some(standing) = found_or_blind(*kind, standing)? else {
        return Ok(Vec::new());
    };
    let differs = own.into_iter().filter_map(|(kind, own, object)| {
        let mut same = standing.iter();
        let same = same.find(|standing| standing.object_type_id == object.type_id());
        let label = same.map(|same| same.labels.singular.as_deref().unwrap_or(own.singular));
        Differs::of(What::ObjectType(kind), own.singular, label)
    });
    Ok(differs.collect())
}

async fn properties(
    hubspot: &Client,
    portal: &Portal,
    kind: Kind,
    object: &ObjectType,
) -> Result<Vec<Differs>, HubSpotError> {
    let standing = hubspot.properties(object).await?;
    let own = portal.made(kind).into_iter();
    let differs = own.filter_map(|own| {
        let same = standing.iter().find(|standing| standing.name == own.name);
        let label = same.map(|same| same.label.as_str());
        Differs::of(
            What::Property(kind, own.name.to_string()),
            &own.label,
            label,
        )
    });
    Ok(differs.collect())
}

async fn pipeline(hubspot: &Client) -> Result<Vec<Differs>, HubSpotError> {
    let standing = hubspot.pipelines(&ObjectType::Deals).await?;
    let own = standing.iter().find(|standing| standing.id == PIPELINE.id);
    let label = own.map(|own| own.label.as_str());
    let pipeline = Differs::of(What::Pipeline, PIPELINE.label, label);
    let stages = own.into_iter().flat_map(|own| {
        let held = |id: &str| {
            let same = |stage: &&Stage| stage.id == id && !stage.archived;
            own.stages.iter().find(same)
        };
        PIPELINE.stages.iter().filter_map(move |stage| {
            let label = held(stage.id).map(|held| held.label.as_str());
            Differs::of(What::Stage(stage.id), stage.label, label)
        })
    });
    Ok(pipeline.into_iter().chain(stages).collect())
}

async fn label(
    hubspot: &Client,
    portal: &Portal,
    link: &'static LinkKind,
    (from, to): (&ObjectType, &ObjectType),
) -> Result<Option<Differs>, HubSpotError> {
    let Some((own, made)) = link.label.zip(portal.label(link)) else {
        return Ok(None);
    };
    let standing = hubspot.labels(from, to).await?;
    let same = standing.iter().find(|(standing, _)| standing == made);
    let label = same.map(|(_, label)| label.as_deref().unwrap_or_default());
    Ok(Differs::of(What::Label(link), own.label, label))
}

/// Lists what differs, in place of what was listed before, and lets what is gone be made again. Gives how many differ.
pub(super) fn keep(
    writer: &Writer,
    target: Target,
    portal: &Portal,
    differs: &[Differs],
    now: Timestamp,
) -> Result<usize, StoreError> {
    for former in writer.drift(target)? {
        if is_definition(&former.object) {
            writer.remove_drift(target, &former.object, &former.subject)?;
        }
    }
    for one in differs {
        writer.put_drift(target, &one.drift(portal, now))?;
    }
    let gone: Vec<&Differs> = differs.iter().filter(|one| one.held.is_none()).collect();
    for one in &gone {
        match &one.what {
            What::Property(kind, name) => forget_values(writer, target, *kind, name)?,
            What::Label(link) => {
                Portal::forget_label(writer, target, link)?;
                for written in writer.all_written(target, link.name)? {
                    writer.remove_written(target, link.name, &written.subject)?;
                }
            }
            What::Pipeline | What::Stage(_) | What::ObjectType(_) => {}
        }
    }
    if !gone.is_empty() {
        Portal::forget(writer, target)?;
    }
    Ok(differs.len())
}

/// With a property its values went.
fn forget_values(
    writer: &Writer,
    target: Target,
    kind: Kind,
    property: &str,
) -> Result<(), StoreError> {
    for mut written in writer.all_written(target, kind.name())? {
        if written.properties.remove(property).is_some() {
            writer.put_written(target, &written)?;
        }
    }
    Ok(())
}
