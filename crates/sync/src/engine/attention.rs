use std::collections::{BTreeMap, BTreeSet};

use clearsync_billing::Note;
use clearsync_store::{AccountId, Attention, Reader, StoreError};
use clearsync_stripe::catalog;
use serde::Deserialize;
use serde_json::Value;

use super::{Engine, profile::Profile};
use crate::{
    derive, plan,
    view::{Action, AttentionItem, AttentionKind, OtherAccount, Problem},
};

const DATABASE_SET_ASIDE: &str = "database_set_aside";

impl Engine {
    /// What needs the user, oldest first.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn attention(&self) -> Result<Vec<AttentionItem>, Problem> {
        let set_aside = self.live().database_set_aside.clone();
        let now = self.now();
        let open = self
            .with_store(|store| {
                store.read(|reader| match Profile::read(reader)?.account {
                    Some(account) => reader.attention(account),
                    None => Ok(Vec::new()),
                })
            })
            .await?;
        let set_aside = set_aside.map(|copy| Attention {
            area: "store".to_owned(),
            subject: copy.display().to_string(),
            code: DATABASE_SET_ASIDE.to_owned(),
            params: Value::Null,
            since: now,
        });
        let items = set_aside.into_iter().chain(once_each(open));
        Ok(items
            .filter_map(item)
            .zip(1..)
            .map(|(item, id)| AttentionItem { id, ..item })
            .collect())
    }
}

/// How many items need the user. Assumptions are told, but nobody has to act on them.
pub(super) fn count(reader: &Reader, account: AccountId) -> Result<u32, StoreError> {
    let open = reader.attention(account)?;
    let pressing = once_each(open)
        .filter_map(item)
        .filter(|item| item.kind != AttentionKind::FigureAssumed);
    Ok(u32::try_from(pressing.count()).unwrap_or(u32::MAX))
}

/// Without what another part of the work says too.
fn once_each(open: Vec<Attention>) -> impl Iterator<Item = Attention> {
    let mut said = BTreeSet::new();
    open.into_iter()
        .filter(move |item| said.insert((item.code.clone(), item.subject.clone())))
}

/// How many customers have no record in HubSpot and cannot get one.
pub(super) fn unmatched_customers(reader: &Reader, account: AccountId) -> Result<u32, StoreError> {
    let open = reader.attention(account)?;
    let unmatched = |kind: &AttentionKind| {
        matches!(
            kind,
            AttentionKind::CustomerUnmatched
                | AttentionKind::MatchAmbiguous
                | AttentionKind::OtherAccount
        )
    };
    let count = open
        .into_iter()
        .filter_map(item)
        .filter(|item| unmatched(&item.kind))
        .count();
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn item(open: Attention) -> Option<AttentionItem> {
    let kind = kind(&open.code).or_else(|| {
        tracing::error!(code = open.code, "an open item has a code without words");
        None
    })?;
    let action = match kind {
        AttentionKind::DatabaseSetAside => Some(Action::ShowDataFolder),
        AttentionKind::PermissionMissing => Some(Action::ReplaceStripeKey),
        AttentionKind::ScopeMissing => Some(Action::ReplaceHubSpotKey),
        AttentionKind::RecordRefused
        | AttentionKind::CustomerUnmatched
        | AttentionKind::MatchAmbiguous
        | AttentionKind::OtherAccount
        | AttentionKind::OtherInstallation => Some(Action::ReviewPlan),
        AttentionKind::FigureAssumed | AttentionKind::ObjectNotUnderstood => None,
    };
    Some(AttentionItem {
        id: 0,
        kind,
        details: details(kind, &open.params),
        params: texts(&open.params),
        subject: subject(kind, open.subject, &open.params),
        since: open.since.to_string(),
        action,
    })
}

fn kind(code: &str) -> Option<AttentionKind> {
    Some(match code {
        "permission_missing" => AttentionKind::PermissionMissing,
        "scope_missing" => AttentionKind::ScopeMissing,
        "customer_unmatched" => AttentionKind::CustomerUnmatched,
        "match_ambiguous" => AttentionKind::MatchAmbiguous,
        plan::OTHER_ACCOUNT => AttentionKind::OtherAccount,
        plan::OTHER_INSTALLATION => AttentionKind::OtherInstallation,
        "record_refused" => AttentionKind::RecordRefused,
        derive::FIGURE_ASSUMED => AttentionKind::FigureAssumed,
        derive::OBJECT_NOT_UNDERSTOOD => AttentionKind::ObjectNotUnderstood,
        DATABASE_SET_ASIDE => AttentionKind::DatabaseSetAside,
        _ => return None,
    })
}

/// A row of the checklist is called as it is in the dashboard.
fn subject(kind: AttentionKind, subject: String, params: &Value) -> String {
    let row = params["row"].as_str().and_then(catalog::row);
    match row.filter(|_| kind == AttentionKind::PermissionMissing) {
        Some(row) => row.name.to_owned(),
        None => subject,
    }
}

/// What is wrong with an object of Stripe's, and what was assumed instead; or what is named beside a record.
fn details(kind: AttentionKind, params: &Value) -> Vec<String> {
    let listed = |name: &str| params[name].as_array().into_iter().flatten();
    match kind {
        AttentionKind::FigureAssumed => listed("notes")
            .filter_map(|note| Some(Note::deserialize(note).ok()?.to_string()))
            .collect(),
        AttentionKind::ObjectNotUnderstood => {
            let object = params["kind"]
                .as_str()
                .unwrap_or("object")
                .replace('_', " ");
            let missing = params["field"].as_str().map(|field| {
                format!("The {object} says no “{field}”, so it is left out of all figures.")
            });
            let unread = listed("ids").filter_map(Value::as_str);
            let unread =
                unread.map(|id| format!("The {object} {id} could not be read and is left out."));
            missing.into_iter().chain(unread).collect()
        }
        AttentionKind::ScopeMissing => {
            let scopes = params["scopes"].as_str().unwrap_or_default();
            scopes.split(", ").map(str::to_owned).collect()
        }
        AttentionKind::OtherAccount => {
            let account = OtherAccount::deserialize(&params["account"]).ok();
            let id = account.and_then(|account| account.id);
            id.into_iter().collect()
        }
        AttentionKind::PermissionMissing
        | AttentionKind::CustomerUnmatched
        | AttentionKind::MatchAmbiguous
        | AttentionKind::OtherInstallation
        | AttentionKind::RecordRefused
        | AttentionKind::DatabaseSetAside => Vec::new(),
    }
}

fn texts(params: &Value) -> BTreeMap<String, String> {
    let Value::Object(params) = params else {
        return BTreeMap::new();
    };
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    params
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}
