use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    BatchResult, Client, HubSpotError, LabelType, ObjectType, Reason, RecordId,
    budget::Meter,
    client::{Call, Lane},
    path::Api,
    refusal,
};

/// Two records that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// The one.
    pub from: RecordId,
    /// The other.
    pub to: RecordId,
}

/// What became of one association.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssociationOutcome {
    /// It stands, whether from before or from now.
    Stands,
    /// HubSpot does not make it.
    Refused {
        /// Why.
        reason: Reason,
    },
    /// HubSpot said nothing of it. Asking for it again does no harm.
    Unconfirmed,
}

/// HubSpot documents these as the most of one request.
const MOST_WRITTEN: usize = 2_000;
const MOST_READ: usize = 1_000;

impl Client {
    /// Associates records by HubSpot's plain, unlabelled kind, 2,000 a request. Associations that stand stay;
    /// none is ever taken away.
    pub async fn associate(
        &self,
        from: &ObjectType,
        to: &ObjectType,
        pairs: &BTreeSet<Pair>,
    ) -> BatchResult<Pair, AssociationOutcome> {
        self.associate_all(from, to, pairs, None).await
    }

    /// As [`Client::associate`], with a label beside. It takes the place of other labels between the two records, so that
    /// one of the two must be ClearSync's own.
    pub async fn associate_labelled(
        &self,
        from: &ObjectType,
        to: &ObjectType,
        pairs: &BTreeSet<Pair>,
        label: &LabelType,
    ) -> BatchResult<Pair, AssociationOutcome> {
        self.associate_all(from, to, pairs, Some(label)).await
    }

    async fn associate_all(
        &self,
        from: &ObjectType,
        to: &ObjectType,
        pairs: &BTreeSet<Pair>,
        label: Option<&LabelType>,
    ) -> BatchResult<Pair, AssociationOutcome> {
        let pairs: Vec<Pair> = pairs.iter().copied().collect();
        let mut outcomes = BTreeMap::new();
        let mut waiting: Vec<&[Pair]> = pairs.chunks(MOST_WRITTEN).rev().collect();
        while let Some(part) = waiting.pop() {
            match (self.associate_once(from, to, part, label).await, part) {
                (Ok(answer), _) => outcomes.extend(answer.settle(part)),
                (Err(error), [pair]) if error.reason.concerns_one_record() => {
                    let reason = error.reason;
                    outcomes.insert(*pair, AssociationOutcome::Refused { reason });
                }
                (Err(error), _) if error.reason.concerns_one_record() => {
                    let (first, second) = part.split_at(part.len() / 2);
                    waiting.extend([second, first]);
                }
                (Err(error), _) => {
                    return BatchResult {
                        outcomes,
                        stopped_by: Some(error),
                    };
                }
            }
        }
        BatchResult {
            outcomes,
            stopped_by: None,
        }
    }

    /// The records of type `to` that each of `ids` is associated with; those with none are left out.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn associated(
        &self,
        from: &ObjectType,
        to: &ObjectType,
        ids: &BTreeSet<RecordId>,
    ) -> Result<BTreeMap<RecordId, BTreeSet<RecordId>>, HubSpotError> {
        let mut found: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
        let mut waiting: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        while !waiting.is_empty() {
            let inputs = waiting.split_off(waiting.len().saturating_sub(MOST_READ));
            let call = Call::ask(
                Api::Associations(from, to),
                ["batch", "read"],
                &json!({ "inputs": inputs }),
            );
            let answer: ReadAnswer = self.call(call.meter(Meter::Associations)).await?;
            for group in answer.results {
                let ids = found.entry(group.from.id).or_default();
                let known = ids.len();
                ids.extend(group.to.iter().map(|other| other.to_object_id));
                // A page that brings nothing new ends the reading, so that a cursor in a circle cannot go on for ever.
                if let Some(after) = group.paging.pointer("/next/after")
                    && ids.len() > known
                {
                    waiting.push(json!({ "id": group.from.id, "after": after }));
                }
            }
        }
        found.retain(|_, others| !others.is_empty());
        Ok(found)
    }

    /// Takes associations away, all kinds between the two records. Those that do not stand are passed over.
    ///
    /// # Errors
    /// Any [`HubSpotError`]; the pairs before the failing request are taken away then.
    pub async fn dissociate(
        &self,
        from: &ObjectType,
        to: &ObjectType,
        pairs: &BTreeSet<Pair>,
    ) -> Result<(), HubSpotError> {
        let pairs: Vec<Pair> = pairs.iter().copied().collect();
        for part in pairs.chunks(MOST_WRITTEN) {
            let inputs: Vec<Value> = part
                .iter()
                .map(|pair| json!({ "from": { "id": pair.from }, "to": [{ "id": pair.to }] }))
                .collect();
            let call = Call::write(
                Method::POST,
                Api::Associations(from, to),
                ["batch", "archive"],
                &json!({ "inputs": inputs }),
                Lane::Associations,
            );
            self.call_silent(call.meter(Meter::Associations)).await?;
        }
        Ok(())
    }

    async fn associate_once(
        &self,
        from: &ObjectType,
        to: &ObjectType,
        pairs: &[Pair],
        label: Option<&LabelType>,
    ) -> Result<Answer, HubSpotError> {
        let inputs: Vec<Value> = pairs
            .iter()
            .map(|pair| {
                let mut input = json!({ "from": { "id": pair.from }, "to": { "id": pair.to } });
                if let Some(label) = label {
                    input["types"] = json!([label]);
                }
                input
            })
            .collect();
        let tail: &[&str] = match label {
            Some(_) => &["batch", "create"],
            None => &["batch", "associate", "default"],
        };
        let call = Call::write(
            Method::POST,
            Api::Associations(from, to),
            tail.iter().copied(),
            &json!({ "inputs": inputs }),
            Lane::Associations,
        );
        self.call(call.meter(Meter::Associations)).await
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    results: Vec<Associated>,
    #[serde(default)]
    errors: Vec<Value>,
}

/// HubSpot answers plain and labelled associations in two shapes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Associated {
    Plain {
        from: Named,
        to: Named,
    },
    #[serde(rename_all = "camelCase")]
    Labelled {
        from_object_id: RecordId,
        to_object_id: RecordId,
    },
}

#[derive(Deserialize)]
struct Named {
    id: RecordId,
}

#[derive(Deserialize)]
struct ReadAnswer {
    #[serde(default)]
    results: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    from: Named,
    #[serde(default)]
    to: Vec<Other>,
    #[serde(default)]
    paging: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Other {
    to_object_id: RecordId,
}

impl Answer {
    fn settle(self, pairs: &[Pair]) -> BTreeMap<Pair, AssociationOutcome> {
        let mut outcomes: BTreeMap<Pair, AssociationOutcome> = pairs
            .iter()
            .map(|pair| (*pair, AssociationOutcome::Unconfirmed))
            .collect();
        for associated in self.results {
            let (from, to) = match associated {
                Associated::Plain { from, to } => (from.id, to.id),
                Associated::Labelled {
                    from_object_id,
                    to_object_id,
                } => (from_object_id, to_object_id),
            };
            let pair = Pair { from, to };
            if let Some(outcome) = outcomes.get_mut(&pair) {
                *outcome = AssociationOutcome::Stands;
            }
        }
        for error in &self.errors {
            let (from, to) = (id_in(error, "fromObjectId"), id_in(error, "toObjectId"));
            let reason = refusal::read_entry(error);
            for (pair, outcome) in &mut outcomes {
                let meant =
                    from.is_some_and(|from| from == pair.from) && to.is_none_or(|to| to == pair.to);
                if meant {
                    let reason = reason.clone();
                    *outcome = AssociationOutcome::Refused { reason };
                }
            }
        }
        outcomes
    }
}

fn id_in(error: &Value, key: &str) -> Option<RecordId> {
    let value = error.get("context")?.get(key)?;
    let value = value.get(0).unwrap_or(value);
    serde_json::from_value(value.clone()).ok()
}
