//! Looks at a portal: what it has of ClearSync's own, and what fits.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::Currency;
use clearsync_hubspot::{Client, HubSpotError, ObjectType, OwnProperty, Property, Room, propose};
use clearsync_store::Target;
use jiff::Timestamp;

use super::{
    PlanError, found_or_blind,
    kind::{Kind, PIPELINE},
    portal::{Portal, wanted},
};
use crate::view::{PropertyState, WriteMode, Writing};

impl Portal {
    /// Looks at the portal: four requests for the summary, a few more for the other modes. What other modes made is known
    /// from the `former` look.
    pub(crate) async fn look(
        hubspot: &Client,
        target: Target,
        writing: &Writing,
        former: Option<&Self>,
        now: Timestamp,
    ) -> Result<Self, PlanError> {
        let account = hubspot.account().await?;
        if i64::try_from(account.portal_id.0) != Ok(target.portal) {
            return Err(PlanError::OtherPortal {
                before: target.portal,
                after: account.portal_id.0,
            });
        }
        let further = account.currencies.additional.iter();
        let removed = removed(former);
        let mut types = own_types(hubspot, writing.mode, &removed).await?;
        let (kinds, lacks_pipeline) = kinds(hubspot, writing.mode).await?;
        let properties = properties(hubspot, &kinds, &types, writing, former).await?;
        for (kind, type_id) in former.into_iter().flat_map(|former| &former.types) {
            types.entry(*kind).or_insert_with(|| type_id.clone());
        }
        Ok(Self {
            id: target.portal,
            currency: account.currencies.company.parse().ok(),
            currencies: further
                .filter_map(|code| code.parse::<Currency>().ok())
                .collect(),
            looked_at: now,
            writing: writing.clone(),
            properties: properties
                .into_iter()
                .map(|(kind, own, state)| (kind, own.name.into_owned(), state))
                .collect(),
            kinds,
            types,
            removed,
            labels: former
                .map(|former| former.labels.clone())
                .unwrap_or_default(),
            lacks_pipeline,
            ensured: false,
        })
    }
}

/// Every property that is wanted, with its state, the most wanted first.
pub(crate) async fn look_at_properties(
    hubspot: &Client,
    writing: &Writing,
    former: Option<&Portal>,
) -> Result<Vec<(Kind, OwnProperty, PropertyState)>, PlanError> {
    let types = own_types(hubspot, writing.mode, &removed(former)).await?;
    let (kinds, _) = kinds(hubspot, writing.mode).await?;
    Ok(properties(hubspot, &kinds, &types, writing, former).await?)
}

/// Refuses a mode the portal has no room for. Changes nothing.
pub(crate) async fn check_room(
    hubspot: &Client,
    mode: WriteMode,
    former: Option<&Portal>,
) -> Result<(), PlanError> {
    if mode == WriteMode::Deals {
        has_pipeline(hubspot).await?;
    }
    own_types(hubspot, mode, &removed(former)).await.map(drop)
}

fn removed(former: Option<&Portal>) -> BTreeSet<Kind> {
    former
        .map(|former| former.removed.clone())
        .unwrap_or_default()
}

/// The kinds a mode writes in this portal, line items only where the token may; and whether the pipeline of the deals is
/// still to be made.
async fn kinds(hubspot: &Client, mode: WriteMode) -> Result<(Vec<Kind>, bool), PlanError> {
    let kinds = Kind::of_mode(mode);
    if mode != WriteMode::Deals {
        return Ok((kinds.to_vec(), false));
    }
    let stands = has_pipeline(hubspot).await?;
    let may = may_write_line_items(hubspot).await?;
    let written = kinds.iter().filter(|kind| may || **kind != Kind::LineItems);
    Ok((written.copied().collect(), !stands))
}

/// Whether the pipeline of ClearSync's own stands. Refuses a portal that has no room for it.
async fn has_pipeline(hubspot: &Client) -> Result<bool, PlanError> {
    let pipelines = hubspot.pipelines(&ObjectType::Deals).await?;
    if pipelines.iter().any(|pipeline| pipeline.id == PIPELINE.id) {
        return Ok(true);
    }
    match hubspot.pipeline_limit(&ObjectType::Deals).await? {
        Some(limit) if limit.usage >= limit.limit => {
            Err(PlanError::NoRoomForPipeline { limit: limit.limit })
        }
        _ => Ok(false),
    }
}

/// The scopes without which deals get no line items.
pub(crate) const LINE_ITEM_SCOPES: [&str; 3] = [
    "crm.objects.line_items.read",
    "crm.objects.line_items.write",
    "crm.schemas.line_items.write",
];

async fn may_write_line_items(hubspot: &Client) -> Result<bool, HubSpotError> {
    let held = hubspot.introspect().await?.scopes;
    let holds = |scope: &&str| held.iter().any(|own| own == scope);
    Ok(LINE_ITEM_SCOPES.iter().all(holds))
}

/// The own object types that stand. Refuses a portal without room for those that do not, or where one was removed by
/// somebody else: making it again would delete its records for good.
async fn own_types(
    hubspot: &Client,
    mode: WriteMode,
    removed_by_us: &BTreeSet<Kind>,
) -> Result<BTreeMap<Kind, String>, PlanError> {
    let own: Vec<_> = Kind::of_mode(mode)
        .iter()
        .filter_map(|kind| Some((*kind, kind.own_object()?)))
        .collect();
    if own.is_empty() {
        return Ok(BTreeMap::new());
    }
    let standing = hubspot.custom_objects(false).await?;
    let type_of = |name: &str| {
        let same = standing.iter().find(|object| object.name == name);
        same.map(|object| object.object_type_id.clone())
    };
    let types: BTreeMap<Kind, String> = own
        .iter()
        .filter_map(|(kind, object)| Some((*kind, type_of(object.name)?)))
        .collect();
    let missing: Vec<_> = own
        .iter()
        .filter(|(kind, _)| !types.contains_key(kind))
        .collect();
    if !missing.is_empty() {
        let removed = hubspot.custom_objects(true).await?;
        let by_others = missing.iter().find(|(kind, own)| {
            let is_removed = removed.iter().any(|object| object.name == own.name);
            is_removed && !removed_by_us.contains(kind)
        });
        if let Some((_, own)) = by_others {
            return Err(PlanError::ObjectRemoved {
                name: own.name.to_owned(),
            });
        }
        let limit = hubspot.custom_object_limit().await?;
        if limit.usage + missing.len() as u64 > limit.limit {
            return Err(PlanError::NoRoomForObjects { limit: limit.limit });
        }
    }
    Ok(types)
}

async fn properties(
    hubspot: &Client,
    kinds: &[Kind],
    types: &BTreeMap<Kind, String>,
    writing: &Writing,
    former: Option<&Portal>,
) -> Result<Vec<(Kind, OwnProperty, PropertyState)>, HubSpotError> {
    let limits = hubspot.custom_property_limits().await?;
    let mut standing: BTreeMap<(Kind, String), Property> = BTreeMap::new();
    let (mut here, mut blind) = (BTreeMap::new(), BTreeSet::new());
    for kind in kinds {
        let own = || types.get(kind).cloned().map(ObjectType::Custom);
        let Some(object) = kind.hubspots().or_else(own) else {
            here.insert(*kind, limits.free());
            continue;
        };
        here.insert(*kind, limits.free_for(&object));
        // What cannot be looked at is as it was.
        let Some(held) = found_or_blind(*kind, hubspot.properties(&object).await)? else {
            blind.insert(*kind);
            continue;
        };
        for property in held {
            standing.insert((*kind, property.name.clone()), property);
        }
    }
    let exist: BTreeSet<(Kind, String)> = standing.keys().cloned().collect();
    let room = Room {
        in_all: limits.free(),
        here,
    };
    let proposal = propose(wanted(kinds, writing), &exist, room);
    let state_before = |kind: Kind, own: &OwnProperty| {
        let before = &former.filter(|_| blind.contains(&kind))?.properties;
        let same =
            |(on, name, _): &&(Kind, String, PropertyState)| *on == kind && *name == own.name;
        before.iter().find(same).map(|(_, _, state)| *state)
    };
    let state_now = |kind: Kind, own: &OwnProperty, fits: bool| match standing
        .get(&(kind, own.name.to_string()))
    {
        Some(found) if own.misfit(found).is_some() => PropertyState::Unusable,
        Some(_) => PropertyState::Present,
        None if fits => PropertyState::ToCreate,
        None => PropertyState::NoRoom,
    };
    let chosen = proposal.chosen.into_iter().map(|(on, own)| (on, own, true));
    let left_out = proposal
        .left_out
        .into_iter()
        .map(|(on, own)| (on, own, false));
    Ok(chosen
        .chain(left_out)
        .map(|(on, own, fits)| {
            let state = state_before(on, &own).unwrap_or_else(|| state_now(on, &own, fits));
            (on, own, state)
        })
        .collect())
}
