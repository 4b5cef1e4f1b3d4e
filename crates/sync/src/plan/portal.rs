//! What a portal has of ClearSync's own, and has room for.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::Currency;
use clearsync_hubspot::{LabelType, MARK, ObjectType, OwnProperty, PropertyKind};
use clearsync_store::{Reader, Scope, StoreError, Target, Writer};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    PlanError,
    kind::{Kind, LinkKind},
    metadata, settings_changed,
};
use crate::view::{MetadataField, PropertyPick, PropertyState, Writing};

const SETTING: &str = "portal_properties";
/// After this time a portal is looked at again, since people may have made room or changed its currency.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// What a portal has of ClearSync's own, as it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Portal {
    pub(super) id: i64,
    pub(super) currency: Option<Currency>,
    /// Further currencies a deal may have.
    #[serde(default)]
    pub(super) currencies: Vec<Currency>,
    pub(super) looked_at: Timestamp,
    /// What it was looked at for.
    #[serde(default)]
    pub(super) writing: Writing,
    /// Every property that is wanted, by kind and name.
    pub(super) properties: Vec<(Kind, String, PropertyState)>,
    /// The kinds that are written.
    #[serde(default)]
    pub(super) kinds: Vec<Kind>,
    /// The ids of own object types that stand.
    #[serde(default)]
    pub(super) types: BTreeMap<Kind, String>,
    /// Own object types that ClearSync removed itself when it took everything back. Whatever their records held is
    /// ClearSync's, so that they may be made again.
    #[serde(default)]
    pub(super) removed: BTreeSet<Kind>,
    /// The numbers of labels that stand, by kind of link.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, LabelType>,
    /// Whether deals are written and their pipeline was not there.
    #[serde(default)]
    pub(crate) lacks_pipeline: bool,
    /// Whether a push has made everything that can be used, and seen to it that it fits.
    pub(crate) ensured: bool,
}

impl Portal {
    /// What the store remembers, unless it is out of date or was looked at for something else.
    pub(crate) fn remembered(
        view: &Reader,
        target: Target,
        writing: &Writing,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let kept = Self::kept(view, target)?;
        Ok(kept.filter(|kept| kept.fits(writing) && kept.is_current(now)))
    }

    /// What the store remembers, however old.
    pub(crate) fn kept(view: &Reader, target: Target) -> Result<Option<Self>, StoreError> {
        let kept: Option<Option<Self>> = view.setting(Scope::Account(target.account), SETTING)?;
        Ok(kept.flatten().filter(|kept| kept.id == target.portal))
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

    /// Lets the next plan or push look at the portal anew.
    pub(crate) fn forget(writer: &Writer, target: Target) -> Result<(), StoreError> {
        let Some(mut kept) = Self::kept(writer, target)? else {
            return Ok(());
        };
        kept.looked_at = Timestamp::UNIX_EPOCH;
        kept.ensured = false;
        kept.remember(writer, target)
    }

    /// Notes that an own object type was removed, its labels with it.
    pub(crate) fn forget_type(
        writer: &Writer,
        target: Target,
        kind: Kind,
    ) -> Result<(), StoreError> {
        if let Some(mut kept) = Self::kept(writer, target)? {
            kept.types.remove(&kind);
            kept.removed.insert(kind);
            kept.labels.retain(|name, _| {
                LinkKind::named(name).is_some_and(|link| link.from != kind && link.to != kind)
            });
            kept.remember(writer, target)?;
        }
        Self::forget(writer, target)
    }

    /// Notes that the label of a kind of link is gone.
    pub(crate) fn forget_label(
        writer: &Writer,
        target: Target,
        link: &LinkKind,
    ) -> Result<(), StoreError> {
        if let Some(mut kept) = Self::kept(writer, target)? {
            kept.labels.remove(link.name);
            kept.remember(writer, target)?;
        }
        Ok(())
    }

    /// What it was looked at for.
    pub(crate) fn writing(&self) -> &Writing {
        &self.writing
    }

    /// The kinds of record that are written, in order.
    pub(crate) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The links between them, in order.
    pub(crate) fn links(&self) -> impl Iterator<Item = &'static LinkKind> {
        LinkKind::of_mode(self.writing.mode)
            .filter(|link| self.kinds.contains(&link.from) && self.kinds.contains(&link.to))
    }

    /// How HubSpot knows a kind; `None` while it is to be made.
    pub(crate) fn object_type(&self, kind: Kind) -> Option<ObjectType> {
        let own = || self.types.get(&kind).cloned().map(ObjectType::Custom);
        kind.hubspots().or_else(own)
    }

    /// The label of a kind of link, once it stands.
    pub(crate) fn label(&self, link: &LinkKind) -> Option<&LabelType> {
        self.labels.get(link.name)
    }

    /// The properties that can be written, on one kind of record.
    pub(crate) fn chosen(&self, kind: Kind) -> Vec<OwnProperty> {
        self.in_states(kind, &[PropertyState::Present, PropertyState::ToCreate])
    }

    /// The properties of ClearSync's own that a push saw to, on one kind of record.
    pub(crate) fn made(&self, kind: Kind) -> Vec<OwnProperty> {
        self.in_states(kind, &[PropertyState::Present])
    }

    /// Those of the chosen that are to be made first.
    pub(crate) fn to_create(&self, kind: Kind) -> Vec<OwnProperty> {
        self.in_states(kind, &[PropertyState::ToCreate])
    }

    /// Names of those that can be read, with HubSpot's own that are written.
    pub(crate) fn present(&self, kind: Kind) -> Vec<String> {
        let own = self.in_states(kind, &[PropertyState::Present]);
        let standard = kind.standard().iter().map(|(name, _)| *name);
        let standard = standard.filter(|name| self.has_standard(name));
        own.into_iter()
            .map(|own| own.name.into_owned())
            .chain(standard.map(str::to_owned))
            .collect()
    }

    pub(crate) fn has_key(&self, kind: Kind) -> bool {
        self.object_type(kind).is_some()
            && self
                .in_states(kind, &[PropertyState::Present])
                .iter()
                .any(|own| own.name == kind.key())
    }

    /// Whether records of a kind can say who writes them.
    pub(crate) fn has_mark(&self, kind: Kind) -> bool {
        self.chosen(kind).iter().any(|own| own.name == MARK)
    }

    /// What a property of a kind of record holds; `None` when ClearSync does not write it there.
    pub(crate) fn holds(&self, kind: Kind, property: &str) -> Option<PropertyKind> {
        let own = kind.catalogue().iter().find(|own| own.name == property);
        let standard = || kind.standard().iter().find(|(name, _)| *name == property);
        own.map(|own| own.kind)
            .or_else(|| standard().map(|(_, kind)| *kind))
            .or_else(|| {
                let own = metadata::properties(&self.writing.metadata);
                let own = own.iter().find(|(_, own)| own.name == property)?;
                Some(own.1.kind)
            })
    }

    pub(crate) fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// Whether deals can be in this currency.
    pub(crate) fn has_currency(&self, currency: Currency) -> bool {
        self.currency == Some(currency) || self.currencies.contains(&currency)
    }

    /// Whether deals say which currency they are in.
    pub(crate) fn has_several_currencies(&self) -> bool {
        !self.currencies.is_empty()
    }

    /// Refuses a portal in which no record could be found again.
    pub(crate) fn check_keys(&self) -> Result<(), PlanError> {
        for (kind, name, state) in &self.properties {
            if name != kind.key() {
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

    /// Notes an object type that was made.
    pub(crate) fn made_type(&mut self, kind: Kind, type_id: String) {
        self.types.insert(kind, type_id);
        self.removed.remove(&kind);
    }

    /// Notes a label that stands.
    pub(crate) fn made_label(&mut self, link: &LinkKind, label: LabelType) {
        self.labels.insert(link.name.to_owned(), label);
    }

    /// Notes that all chosen properties of a kind exist now.
    pub(crate) fn made_properties(&mut self, kind: Kind) {
        for (on, _, state) in &mut self.properties {
            if *on == kind && *state == PropertyState::ToCreate {
                *state = PropertyState::Present;
            }
        }
    }

    fn has_standard(&self, name: &str) -> bool {
        name != "deal_currency_code" || self.has_several_currencies()
    }

    fn in_states(&self, kind: Kind, states: &[PropertyState]) -> Vec<OwnProperty> {
        let states: BTreeMap<&str, bool> = self
            .properties
            .iter()
            .filter(|(on, ..)| *on == kind)
            .map(|(_, property, state)| (property.as_str(), states.contains(state)))
            .collect();
        catalogue(kind, &self.writing.metadata)
            .into_iter()
            .filter(|own| states.get(&*own.name) == Some(&true))
            .collect()
    }

    fn fits(&self, writing: &Writing) -> bool {
        let same = |one: &Writing, other: &Writing| {
            (one.mode, &one.picked, &one.metadata) == (other.mode, &other.picked, &other.metadata)
        };
        same(&self.writing, writing) && !self.kinds.is_empty()
    }

    pub(crate) fn is_current(&self, now: Timestamp) -> bool {
        let knows = |(kind, own): (Kind, OwnProperty)| {
            let same =
                |(on, name, _): &(Kind, String, PropertyState)| *on == kind && *name == own.name;
            self.properties.iter().any(same)
        };
        let complete = wanted(&self.kinds, &self.writing).into_iter().all(knows);
        let settled = self.ensured
            && self
                .properties
                .iter()
                .all(|(_, _, state)| *state == PropertyState::Present);
        complete && (settled || now.duration_since(self.looked_at).abs() < LOOK_AGAIN)
    }
}

/// The properties of ClearSync's own on a kind of record, those for metadata last.
fn catalogue(kind: Kind, fields: &[MetadataField]) -> Vec<OwnProperty> {
    let mut catalogue = kind.catalogue().to_vec();
    if metadata::is_carried_by(kind) {
        let own = metadata::properties(fields).into_iter();
        catalogue.extend(own.map(|(_, own)| own));
    }
    catalogue
}

/// The properties that are wanted on these kinds of record, the most wanted first. Keys and marks are always among them.
pub(super) fn wanted(kinds: &[Kind], writing: &Writing) -> Vec<(Kind, OwnProperty)> {
    let mut wanted: Vec<(Kind, OwnProperty)> = kinds
        .iter()
        .flat_map(|kind| {
            let own = catalogue(*kind, &writing.metadata);
            own.into_iter().map(|own| (*kind, own))
        })
        .filter(|(kind, own)| is_picked(*kind, own, writing))
        .collect();
    let rank = |(kind, own): &(Kind, OwnProperty)| match kind.hubspots() {
        Some(object) => own.rank(&object),
        None => u8::MAX,
    };
    wanted.sort_by_key(|wanted| (!wanted.1.is_unique(), rank(wanted)));
    wanted
}

fn is_picked(kind: Kind, own: &OwnProperty, writing: &Writing) -> bool {
    let Some(picked) = writing.picked.as_ref().filter(|_| kind.is_shared()) else {
        return true;
    };
    let is_metadata = !kind.catalogue().iter().any(|known| known.name == own.name);
    let same = |pick: &PropertyPick| kind.shown() == pick.object && pick.name == own.name;
    own.is_unique() || own.name == MARK || is_metadata || picked.iter().any(same)
}
