//! Kinds of record that HubSpot refuses to write because the key lacks a scope. What is to be done about them waits; all
//! else goes on.

use std::collections::BTreeMap;

use clearsync_hubspot::Client;
use clearsync_store::{Reader, Scope, StoreError, Target, Writer};
use serde::{Deserialize, Serialize};

use super::kind::{Kind, LinkKind};

const SETTING: &str = "barred_kinds";

/// Which kinds may not be written, each with the scopes of which HubSpot wanted one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Barred {
    portal: i64,
    kinds: BTreeMap<Kind, Vec<String>>,
}

impl Barred {
    fn none(target: Target) -> Self {
        Self {
            portal: target.portal,
            kinds: BTreeMap::new(),
        }
    }

    pub(crate) fn load(view: &Reader, target: Target) -> Result<Self, StoreError> {
        let kept: Option<Self> = view.setting(Scope::Account(target.account), SETTING)?;
        let same = kept.filter(|kept| kept.portal == target.portal);
        Ok(same.unwrap_or_else(|| Self::none(target)))
    }

    pub(crate) fn keep(&self, writer: &Writer, target: Target) -> Result<(), StoreError> {
        writer.set_setting(Scope::Account(target.account), SETTING, self)
    }

    pub(crate) fn add(&mut self, kind: Kind, any_of: Vec<String>) {
        self.kinds.insert(kind, any_of);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Each kind with the scopes that are missing, as far as HubSpot named them.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (Kind, &[String])> {
        self.kinds.iter().map(|(kind, any_of)| (*kind, &**any_of))
    }

    pub(crate) fn bars(&self, kind: Kind) -> bool {
        // A line item without its deal is nothing.
        self.kinds.contains_key(&kind)
            || kind == Kind::LineItems && self.kinds.contains_key(&Kind::Deals)
    }

    /// Whether records of one of the kinds that a link joins may not be written.
    pub(crate) fn bars_link(&self, link: &LinkKind) -> bool {
        self.bars(link.from) || self.bars(link.to)
    }

    /// Whether a row of this object, the name of a kind or of a link, waits.
    pub(crate) fn bars_object(&self, object: &str) -> bool {
        Kind::named(object).is_some_and(|kind| self.bars(kind))
            || LinkKind::named(object).is_some_and(|link| self.bars_link(link))
    }

    /// What is left of it once the key was looked at. Where HubSpot named no scope, or does not say which scopes the key
    /// holds, writing is tried again.
    pub(super) async fn still(mut self, hubspot: &Client) -> Self {
        if self.is_empty() {
            return self;
        }
        let held = hubspot.introspect().await.map(|token| token.scopes);
        self.kinds.retain(|_, any_of| match &held {
            Ok(held) => !any_of.is_empty() && !any_of.iter().any(|scope| held.contains(scope)),
            Err(_) => false,
        });
        self
    }
}
