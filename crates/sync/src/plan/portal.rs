//! Which of ClearSync's own properties a portal has, and has room for.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::Currency;
use clearsync_hubspot::{
    CUSTOMER_ID, Client, HubSpotError, ObjectType, OwnProperty, Property, SUMMARY, propose,
};
use clearsync_store::{Reader, Scope, StoreError, Target, Writer};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{PlanError, settings_changed};
use crate::view::PropertyState;

const SETTING: &str = "portal_properties";
/// After this time a portal is looked at again, since people may have made room or changed its currency.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// What a portal has of ClearSync's own properties, as it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Portal {
    id: i64,
    currency: Option<Currency>,
    looked_at: Timestamp,
    /// Every property of the catalogue it was looked at for, as object and name.
    properties: Vec<(String, String, PropertyState)>,
    /// Whether a push has made those that can be used, and seen to it that they fit.
    pub(crate) ensured: bool,
}

impl Portal {
    /// What the store remembers, unless it is out of date.
    pub(crate) fn remembered(
        view: &Reader,
        target: Target,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let kept: Option<Option<Self>> = view.setting(Scope::Account(target.account), SETTING)?;
        Ok(kept
            .flatten()
            .filter(|kept| kept.id == target.portal && kept.is_current(now)))
    }

    pub(crate) fn remember(&self, writer: &Writer, target: Target) -> Result<(), StoreError> {
        let former: Option<Option<Self>> =
            writer.setting(Scope::Account(target.account), SETTING)?;
        let former = former.flatten().map(|former| former.properties);
        if former.is_none_or(|former| former != self.properties) {
            settings_changed(writer, target.account, self.looked_at)?;
        }
        writer.set_setting(Scope::Account(target.account), SETTING, self)
    }

    /// Lets the next plan look at the portal anew.
    pub(crate) fn forget(writer: &Writer, target: Target) -> Result<(), StoreError> {
        writer.set_setting(Scope::Account(target.account), SETTING, &None::<Self>)
    }

    /// Looks at the portal: four requests.
    pub(crate) async fn look(
        hubspot: &Client,
        target: Target,
        now: Timestamp,
    ) -> Result<Self, PlanError> {
        let account = hubspot.account().await?;
        if i64::try_from(account.portal_id.0) != Ok(target.portal) {
            return Err(PlanError::OtherPortal {
                before: target.portal,
                after: account.portal_id.0,
            });
        }
        Ok(Self {
            id: target.portal,
            currency: account.currencies.company.parse().ok(),
            looked_at: now,
            properties: look_at_properties(hubspot).await?,
            ensured: false,
        })
    }

    /// The properties that can be written, on one kind of record.
    pub(crate) fn chosen(&self, object: &ObjectType) -> Vec<&'static OwnProperty> {
        self.in_states(object, &[PropertyState::Present, PropertyState::ToCreate])
    }

    /// Those of the chosen that are to be made first.
    pub(crate) fn to_create(&self, object: &ObjectType) -> Vec<&'static OwnProperty> {
        self.in_states(object, &[PropertyState::ToCreate])
    }

    /// Those that can be read.
    pub(crate) fn present(&self, object: &ObjectType) -> Vec<&'static str> {
        let present = self.in_states(object, &[PropertyState::Present]);
        present.into_iter().map(|own| own.name).collect()
    }

    pub(crate) fn has_key(&self, object: &ObjectType) -> bool {
        self.present(object).contains(&CUSTOMER_ID)
    }

    pub(crate) fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// Refuses a portal in which no record could be found again.
    pub(crate) fn check_keys(&self) -> Result<(), PlanError> {
        for (_, name, state) in &self.properties {
            if name != CUSTOMER_ID {
                continue;
            }
            match state {
                PropertyState::Unusable => {
                    return Err(PlanError::KeyUnusable {
                        property: name.clone(),
                    });
                }
                PropertyState::NoRoom => return Err(PlanError::NoRoom),
                PropertyState::Present | PropertyState::ToCreate => {}
            }
        }
        Ok(())
    }

    /// Notes that everything chosen exists now.
    pub(crate) fn all_made(&mut self) {
        for (_, _, state) in &mut self.properties {
            if *state == PropertyState::ToCreate {
                *state = PropertyState::Present;
            }
        }
        self.ensured = true;
    }

    fn in_states(
        &self,
        object: &ObjectType,
        states: &[PropertyState],
    ) -> Vec<&'static OwnProperty> {
        let name = object.path_name();
        let states: BTreeMap<&str, bool> = self
            .properties
            .iter()
            .filter(|(on, ..)| on == name)
            .map(|(_, property, state)| (property.as_str(), states.contains(state)))
            .collect();
        SUMMARY
            .iter()
            .filter(|own| states.get(own.name) == Some(&true))
            .collect()
    }

    fn is_current(&self, now: Timestamp) -> bool {
        let all = OBJECTS.len() * SUMMARY.len();
        let knows = |own: &OwnProperty| self.properties.iter().any(|(_, name, _)| name == own.name);
        let complete = self.properties.len() == all && SUMMARY.iter().all(knows);
        let settled = self.ensured
            && self
                .properties
                .iter()
                .all(|(_, _, state)| *state == PropertyState::Present);
        complete && (settled || now.duration_since(self.looked_at).abs() < LOOK_AGAIN)
    }
}

const OBJECTS: [ObjectType; 2] = [ObjectType::Companies, ObjectType::Contacts];

/// Every property of the catalogue with its state: three requests.
pub(crate) async fn look_at_properties(
    hubspot: &Client,
) -> Result<Vec<(String, String, PropertyState)>, HubSpotError> {
    let limits = hubspot.custom_property_limits().await?;
    let mut standing: BTreeMap<(ObjectType, String), Property> = BTreeMap::new();
    for object in OBJECTS {
        for property in hubspot.properties(&object).await? {
            standing.insert((object.clone(), property.name.clone()), property);
        }
    }
    let exist: BTreeSet<(ObjectType, String)> = standing.keys().cloned().collect();
    let proposal = propose(&limits, &exist);
    let state = |object: &ObjectType, own: &OwnProperty, fits: bool| match standing
        .get(&(object.clone(), own.name.to_owned()))
    {
        Some(found) if own.misfit(found).is_some() => PropertyState::Unusable,
        Some(_) => PropertyState::Present,
        None if fits => PropertyState::ToCreate,
        None => PropertyState::NoRoom,
    };
    let chosen = proposal.chosen.iter().map(|(on, own)| (on, own, true));
    let left_out = proposal.left_out.iter().map(|(on, own)| (on, own, false));
    Ok(chosen
        .chain(left_out)
        .map(|(on, own, fits)| {
            (
                on.path_name().to_owned(),
                own.name.to_owned(),
                state(on, own, fits),
            )
        })
        .collect())
}
