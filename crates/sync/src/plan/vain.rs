//! What was looked for in vain, so that it is not looked for again with every plan.

use std::collections::BTreeMap;

use clearsync_hubspot::RecordId;
use clearsync_store::{Reader, Scope, StoreError, Target, Writer};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{kind::Kind, row::Standing};
use crate::view::{Choices, OtherAccount};

const SETTING: &str = "sought_in_vain";
/// After this time it is looked for again, since people may have made or merged records.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Records that are left out because none or several fit, or one that another Stripe account writes, as long as what they are looked for by stays the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Vain {
    portal: i64,
    /// When companies were looked for, by HubSpot's clock, where they were and HubSpot told.
    #[serde(default)]
    pub(super) companies_sought_at: Option<Timestamp>,
    /// By kind and subject.
    items: BTreeMap<String, BTreeMap<String, Item>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Item {
    by: Vec<String>,
    outcome: Outcome,
    at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Absent,
    Ambiguous(Vec<RecordId>),
    Refused,
    OtherAccount(RecordId, OtherAccount),
}

impl Vain {
    pub(super) fn empty(target: Target) -> Self {
        Self {
            portal: target.portal,
            companies_sought_at: None,
            items: BTreeMap::new(),
        }
    }

    pub(super) fn load(view: &Reader, target: Target) -> Result<Self, StoreError> {
        let kept: Option<Self> = view.setting(Scope::Account(target.account), SETTING)?;
        let same = kept.filter(|kept| kept.portal == target.portal);
        Ok(same.unwrap_or_else(|| Self::empty(target)))
    }

    pub(super) fn keep(&self, writer: &Writer, target: Target) -> Result<(), StoreError> {
        writer.set_setting(Scope::Account(target.account), SETTING, self)
    }

    /// What is remembered of a search `by` these texts; `None` when it is to be made.
    pub(super) fn recall(
        &self,
        kind: Kind,
        subject: &str,
        by: &[String],
        choices: Choices,
        now: Timestamp,
    ) -> Option<Standing> {
        let item = self.items.get(kind.name())?.get(subject)?;
        if item.by != by || now.duration_since(item.at).abs() >= LOOK_AGAIN {
            return None;
        }
        match &item.outcome {
            Outcome::Absent if may_create(kind, choices) => None,
            Outcome::Absent => Some(Standing::Absent),
            Outcome::Ambiguous(candidates) => Some(Standing::Ambiguous(candidates.clone())),
            Outcome::Refused => Some(Standing::Refused),
            Outcome::OtherAccount(record, account) => {
                Some(Standing::OtherAccount(*record, account.clone()))
            }
        }
    }

    /// Remembers a search that found nothing to write to. `former` says since when.
    pub(super) fn note(
        &mut self,
        kind: Kind,
        subject: &str,
        by: Vec<String>,
        standing: &Standing,
        choices: Choices,
        (former, now): (&Self, Timestamp),
    ) {
        let outcome = match standing {
            Standing::Absent if !may_create(kind, choices) => Outcome::Absent,
            Standing::Ambiguous(candidates) => Outcome::Ambiguous(candidates.clone()),
            Standing::Refused => Outcome::Refused,
            Standing::OtherAccount(record, account) => {
                Outcome::OtherAccount(*record, account.clone())
            }
            Standing::Absent | Standing::New | Standing::Stands { .. } | Standing::LeftOut(_) => {
                return;
            }
        };
        let recalled = former.recall(kind, subject, &by, choices, now).is_some();
        let since = former
            .items
            .get(kind.name())
            .and_then(|items| items.get(subject));
        let at = since.filter(|_| recalled).map_or(now, |item| item.at);
        let items = self.items.entry(kind.name().to_owned()).or_default();
        items.insert(subject.to_owned(), Item { by, outcome, at });
    }
}

/// When the plan that is shown looked for companies, by HubSpot's clock; `None` when HubSpot did not tell.
pub(crate) fn companies_sought_at(
    view: &Reader,
    target: Target,
) -> Result<Option<Timestamp>, StoreError> {
    Ok(Vain::load(view, target)?.companies_sought_at)
}

pub(super) fn may_create(kind: Kind, choices: Choices) -> bool {
    match kind {
        Kind::Companies => choices.create_companies,
        Kind::Contacts => choices.create_contacts,
        Kind::Deals | Kind::LineItems | Kind::Subscriptions | Kind::Events => true,
    }
}
