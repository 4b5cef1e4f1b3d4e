use std::collections::BTreeMap;

use clearsync_hubspot::{Client, HubSpotError, ObjectType};
use clearsync_store::{Reader, StoreError, Target};

use crate::plan::{Kind, Portal};

/// How HubSpot knows the kinds of record in a portal, ClearSync's own object types included.
#[derive(Debug, Clone, Default)]
pub(crate) struct Types(BTreeMap<Kind, ObjectType>);

impl Types {
    pub(crate) fn load(view: &Reader, target: Target) -> Result<Self, StoreError> {
        let portal = Portal::kept(view, target)?;
        let own = |kind: Kind| {
            kind.own_object()?;
            Some((kind, portal.as_ref()?.object_type(kind)?))
        };
        Ok(Self(Kind::ALL.into_iter().filter_map(own).collect()))
    }

    /// The type of a kind as the journal names it; `None` when there is no such kind, or it does not stand.
    pub(crate) fn of(&self, kind: &str) -> Option<ObjectType> {
        let kind = Kind::named(kind)?;
        kind.hubspots().or_else(|| self.0.get(&kind).cloned())
    }

    /// Those that stand in HubSpot.
    pub(super) async fn standing(mut self, hubspot: &Client) -> Result<Self, HubSpotError> {
        if self.0.is_empty() {
            return Ok(self);
        }
        let standing = hubspot.custom_objects(false).await?;
        self.0.retain(|_, object| {
            let mut ids = standing.iter().map(|standing| &standing.object_type_id);
            ids.any(|id| *id == object.type_id())
        });
        Ok(self)
    }
}
