use std::collections::BTreeMap;

use clearsync_hubspot::{CUSTOMER_ID, ReadBy, Record, RecordId};
use clearsync_store::{Attention, Decision, Link, Purpose, Reader, StoreError, Target, Verdict};
use serde::Deserialize;
use serde_json::Value;

use super::{Engine, preview, profile::Profile, undo::record_url};
use crate::{
    plan::{CUSTOMER_UNMATCHED, MATCH_AMBIGUOUS, OTHER_ACCOUNT},
    push::RECORD_REFUSED,
    undo::object_type,
    view::{
        Candidate, DataKind, OtherAccount, Problem, ProblemCode, ReviewChoice, ReviewDecision,
        ReviewItem, SkipReason,
    },
};

impl Engine {
    /// Customers and companies without a certain match, and what was decided about others. Open ones come first.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn review(&self) -> Result<Vec<ReviewItem>, Problem> {
        self.with_store(|store| {
            store.read(|reader| {
                let profile = Profile::read(reader)?;
                match preview::target(&profile) {
                    Some(target) => items(reader, &profile, target),
                    None => Ok(Vec::new()),
                }
            })
        })
        .await
    }

    /// The records that may stand for one of them, as HubSpot holds them now.
    ///
    /// # Errors
    /// A [`Problem`] when HubSpot cannot be asked.
    pub async fn review_candidates(
        &self,
        object: String,
        key: String,
    ) -> Result<Vec<Candidate>, Problem> {
        let kind = object_type(&object).ok_or(Problem::new(ProblemCode::Unexpected))?;
        let open = self.with_store(|store| {
            store.read(|reader| match Profile::read(reader)?.account {
                Some(account) => reader.attention(account),
                None => Ok(Vec::new()),
            })
        });
        let ids: Vec<String> = open
            .await?
            .iter()
            .filter(|open| about(open) == Some((object.as_str(), key.as_str())))
            .flat_map(candidates)
            .collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let hubspot = self.connected_hubspot().await?;
        let names = [
            "firstname",
            "lastname",
            "email",
            "name",
            "domain",
            CUSTOMER_ID,
        ];
        let found = hubspot.read(&kind, ReadBy::Id, &ids, &names).await?;
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        let records = found.records.into_values();
        Ok(records
            .map(|record| candidate(&profile, &object, &record))
            .collect())
    }

    /// Keeps a decision. A plan made before is dropped; the next one follows it.
    ///
    /// # Errors
    /// [`ProblemCode::HubSpotRecordNotFound`] when a record to link does not exist, and any [`Problem`] that keeps
    /// HubSpot from being asked.
    pub async fn decide(
        &self,
        object: String,
        key: String,
        decision: ReviewDecision,
    ) -> Result<Vec<ReviewItem>, Problem> {
        let record = match &decision {
            ReviewDecision::Link { record } => Some(self.existing(&object, record).await?),
            ReviewDecision::Create | ReviewDecision::LeaveOut => None,
        };
        let (target, now) = (self.target().await?, self.now());
        self.with_store(move |store| {
            store.write(|writer| {
                let open = writer.attention(target.account)?;
                let label = open
                    .iter()
                    .find(|open| about(open) == Some((object.as_str(), key.as_str())))
                    .map_or_else(|| key.clone(), |open| open.subject.clone());
                if let Some(record) = record {
                    let link = Link {
                        object: object.clone(),
                        subject: key.clone(),
                        record: record.to_string(),
                        decided_by: BY_USER.to_owned(),
                        decided_at: now,
                    };
                    writer.put_link(target, &link)?;
                    writer.remove_written(target, &object, &key)?;
                }
                let decision = Decision {
                    object,
                    subject: key,
                    verdict: verdict(&decision),
                    record: record.map(|record| record.to_string()),
                    label,
                    decided_at: now,
                };
                writer.put_decision(target, &decision)?;
                writer.drop_plans(target, Purpose::Sync)
            })
        })
        .await?;
        self.data_changed(&[DataKind::Attention, DataKind::Plan]);
        self.review().await
    }

    /// Takes a decision back. A plan made before is dropped; the next one matches anew.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written.
    pub async fn take_decision_back(
        &self,
        object: String,
        key: String,
    ) -> Result<Vec<ReviewItem>, Problem> {
        let target = self.target().await?;
        self.with_store(move |store| {
            store.write(|writer| {
                writer.remove_decision(target, &object, &key)?;
                let link = writer.link(target, &object, &key)?;
                if link.is_some_and(|link| link.decided_by == BY_USER) {
                    writer.remove_link(target, &object, &key)?;
                    writer.remove_written(target, &object, &key)?;
                }
                writer.drop_plans(target, Purpose::Sync)
            })
        })
        .await?;
        self.data_changed(&[DataKind::Attention, DataKind::Plan]);
        self.review().await
    }

    /// The record a text names, by id or by the address of its page, when it exists.
    async fn existing(&self, object: &str, text: &str) -> Result<RecordId, Problem> {
        let missing = || Problem::new(ProblemCode::HubSpotRecordNotFound);
        let last = text.trim().trim_end_matches('/').rsplit('/').next();
        let id = last.and_then(|id| id.parse().ok()).ok_or_else(missing)?;
        let kind = object_type(object).ok_or_else(missing)?;
        let hubspot = self.connected_hubspot().await?;
        let record = hubspot.get(&kind, id, &[]).await?;
        let record = record.filter(|record| !record.archived);
        record.map(|record| record.id).ok_or_else(missing)
    }
}

/// How a link is said to have been found that the user chose.
const BY_USER: &str = "user";

fn items(
    reader: &Reader,
    profile: &Profile,
    target: Target,
) -> Result<Vec<ReviewItem>, StoreError> {
    let decisions = reader.decisions(target)?;
    let mut decided: BTreeMap<(String, String), Decision> = decisions
        .into_iter()
        .map(|decision| {
            (
                (decision.object.clone(), decision.subject.clone()),
                decision,
            )
        })
        .collect();
    let mut items = Vec::new();
    for open in reader.attention(target.account)? {
        let Some((object, key)) = about(&open) else {
            continue;
        };
        let decision = decided.remove(&(object.to_owned(), key.to_owned()));
        let link = reader.link(target, object, key)?;
        let record = link.and_then(|link| link.record.parse().ok());
        let url = record.and_then(|record| record_url(profile, object, record));
        items.extend(item(&open, object, key, decision, url));
    }
    for ((object, key), decision) in decided {
        let record = decision
            .record
            .as_ref()
            .and_then(|record| record.parse().ok());
        items.push(ReviewItem {
            url: record.and_then(|record| record_url(profile, &object, record)),
            choices: choices(&object, None),
            name: decision.label.clone(),
            since: decision.decided_at.to_string(),
            decision: Some(shown(decision)),
            object,
            key,
            reason: None,
            other_account: None,
            refusal: None,
            property: None,
            candidates: 0,
        });
    }
    Ok(items)
}

fn item(
    open: &Attention,
    object: &str,
    key: &str,
    decision: Option<Decision>,
    url: Option<String>,
) -> Option<ReviewItem> {
    let text = |name: &str| {
        open.params
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let (reason, refusal) = match open.code.as_str() {
        RECORD_REFUSED => (SkipReason::Refused, text("reason")),
        MATCH_AMBIGUOUS => (SkipReason::Ambiguous, None),
        OTHER_ACCOUNT => (SkipReason::OtherAccount, None),
        CUSTOMER_UNMATCHED => {
            let reason = open.params.get("reason")?.clone();
            (serde_json::from_value(reason).ok()?, None)
        }
        _ => return None,
    };
    let account = open.params.get("account");
    Some(ReviewItem {
        other_account: account.and_then(|account| OtherAccount::deserialize(account).ok()),
        object: object.to_owned(),
        key: key.to_owned(),
        name: open.subject.clone(),
        reason: Some(reason),
        refusal,
        property: text("property"),
        since: open.since.to_string(),
        candidates: u32::try_from(candidates(open).len()).unwrap_or(u32::MAX),
        url,
        choices: choices(object, Some(reason)),
        decision: decision.map(shown),
    })
}

/// What an open item is about: the kind of record and the key.
fn about(open: &Attention) -> Option<(&str, &str)> {
    Some((
        open.params.get("object")?.as_str()?,
        open.params.get("key")?.as_str()?,
    ))
}

fn candidates(open: &Attention) -> Vec<String> {
    let ids = open.params.get("candidates").and_then(Value::as_str);
    let ids = ids.unwrap_or_default().split(", ");
    ids.filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// What can be decided. HubSpot takes no second contact with an e-mail, so that one is made only where there is none that
/// could be written.
fn choices(object: &str, reason: Option<SkipReason>) -> Vec<ReviewChoice> {
    let may_create = object == "companies"
        || matches!(reason, Some(SkipReason::NoEmail | SkipReason::EmailRefused));
    let all = [
        ReviewChoice::Link,
        ReviewChoice::Create,
        ReviewChoice::LeaveOut,
    ];
    all.into_iter()
        .filter(|choice| *choice != ReviewChoice::Create || may_create)
        .collect()
}

fn verdict(decision: &ReviewDecision) -> Verdict {
    match decision {
        ReviewDecision::Link { .. } => Verdict::Link,
        ReviewDecision::Create => Verdict::Create,
        ReviewDecision::LeaveOut => Verdict::LeaveOut,
    }
}

fn shown(decision: Decision) -> ReviewDecision {
    match (decision.verdict, decision.record) {
        (Verdict::Link, Some(record)) => ReviewDecision::Link { record },
        (Verdict::Create, _) => ReviewDecision::Create,
        (Verdict::LeaveOut, _) | (Verdict::Link, None) => ReviewDecision::LeaveOut,
    }
}

fn candidate(profile: &Profile, object: &str, record: &Record) -> Candidate {
    let value = |name: &str| record.value(name).map(str::to_owned);
    let full = [value("firstname"), value("lastname")];
    let full: Vec<String> = full.into_iter().flatten().collect();
    let full = Some(full.join(" ")).filter(|name| !name.is_empty());
    Candidate {
        hubspot_id: record.id.to_string(),
        name: value("name").or(full),
        address: value("email").or_else(|| value("domain")),
        customer_id: value(CUSTOMER_ID),
        created_at: record.created_at.map(|at| at.to_string()),
        updated_at: record.updated_at.map(|at| at.to_string()),
        url: record_url(profile, object, record.id),
    }
}
