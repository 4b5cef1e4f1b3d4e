use std::collections::BTreeSet;

use clearsync_hubspot::{
    BatchResult, HubSpotError, LARGEST_BATCH, MARK, ObjectType, Outcome, ReadBy, Reason, RecordId,
    Update, Upsert, pack,
};

use super::{
    Numbered, PushError, Work,
    awaited::Awaited,
    companies::Look,
    journal::{self, End, Step},
};
use crate::plan::{Deed, Kind, LAST_SYNCED, MATCH_AMBIGUOUS, Row};

impl Work<'_> {
    /// Writes records of one kind, a full batch at a time.
    pub(super) async fn write(
        &self,
        kind: Kind,
        object: &ObjectType,
        rows: Vec<Numbered>,
        awaited: &Awaited,
    ) -> Result<(), PushError> {
        let mut look = Look::default();
        let mut left = rows.as_slice();
        while let Some(part) = left
            .get(..left.len().min(LARGEST_BATCH))
            .filter(|p| !p.is_empty())
        {
            self.telling.may_go_on().await?;
            if kind == Kind::Companies {
                self.look_once_more(&mut look, left).await?;
            }
            self.write_part(kind, object, part.to_vec(), &look).await?;
            self.telling.settled(part.len());
            awaited.settled(part);
            left = &left[part.len()..];
        }
        Ok(())
    }

    async fn write_part(
        &self,
        kind: Kind,
        object: &ObjectType,
        rows: Vec<Numbered>,
        look: &Look,
    ) -> Result<(), PushError> {
        let (rows, mut conflicts) = self.split_conflicts(rows).await?;
        let rows = self.leave_taken(kind, object, rows).await?;
        let (rows, adopted) = self.adopt_seen(look, rows).await?;
        let steps = self.journal.note(rows, adopted, self.stamps(kind)).await?;
        let unsure = self.send(kind, object, steps, &mut conflicts).await?;
        // HubSpot took the batch and said nothing of these. Every write may be sent again.
        let lost = self.send(kind, object, unsure, &mut conflicts).await?;
        self.count(|pushed| pushed.failed += count(lost.len()));
        self.write_to_existing(kind, object, conflicts).await
    }

    /// Rows that ended at a record that stood in the way, when the push was stopped there.
    async fn split_conflicts(
        &self,
        rows: Vec<Numbered>,
    ) -> Result<(Vec<Numbered>, Vec<(Numbered, RecordId)>), PushError> {
        let split = self.journal.write(move |writer, order, _| {
            let (mut fresh, mut conflicts) = (Vec::new(), Vec::new());
            for (number, row) in rows {
                match journal::conflict(writer, order, number)? {
                    Some(existing) => conflicts.push(((number, row), existing)),
                    None => fresh.push((number, row)),
                }
            }
            Ok((fresh, conflicts))
        });
        Ok(split.await?)
    }

    /// Leaves out records that the plan found and that became somebody else's since: a plan may have waited for the user's
    /// word for hours.
    async fn leave_taken(
        &self,
        kind: Kind,
        object: &ObjectType,
        rows: Vec<Numbered>,
    ) -> Result<Vec<Numbered>, PushError> {
        let found = |row: &Row| match &row.deed {
            Deed::Update {
                record,
                found_by: Some(_),
                ..
            } => Some(*record),
            _ => None,
        };
        let ids = rows.iter().filter_map(|(_, row)| found(row));
        let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
        if ids.is_empty() || !self.looks_at_found {
            return Ok(rows);
        }
        let names = [kind.key(), MARK];
        let names = names.iter().copied().filter(|name| {
            let chosen = self.portal.chosen(kind);
            chosen.iter().any(|own| own.name == *name)
        });
        let names: Vec<&str> = names.collect();
        let held = self.hubspot.read(object, ReadBy::Id, &ids, &names).await?;
        let found = |row: &Row| held.records.get(&found(row)?.to_string()).cloned();
        let rows = rows.into_iter().map(|(number, row)| {
            let found = found(&row);
            ((number, row), found)
        });
        let (rows, taken) = self.journal.leave_taken(rows.collect()).await?;
        self.count(|pushed| pushed.failed += count(taken));
        Ok(rows)
    }

    /// Sends noted writes and settles those whose end is known. Gives those back of which HubSpot said nothing.
    async fn send(
        &self,
        kind: Kind,
        object: &ObjectType,
        steps: Vec<Step>,
        conflicts: &mut Vec<(Numbered, RecordId)>,
    ) -> Result<Vec<Step>, PushError> {
        let (updates, upserts): (Vec<Step>, Vec<Step>) =
            steps.into_iter().partition(|step| step.record.is_some());
        let mut unsure = self.send_updates(object, updates).await?;
        unsure.extend(self.send_upserts(kind, object, upserts, conflicts).await?);
        Ok(unsure)
    }

    async fn send_updates(
        &self,
        object: &ObjectType,
        steps: Vec<Step>,
    ) -> Result<Vec<Step>, PushError> {
        let inputs = steps.iter().filter_map(|step| {
            let properties = step.body.clone();
            Some(Update {
                id: step.record?,
                properties,
            })
        });
        let mut unsure = Vec::new();
        let packed = pack(inputs);
        let batches = packed
            .batches
            .into_iter()
            .chain(pack(packed.repeated).batches);
        let mut waiting = steps;
        for batch in batches {
            let sent: BTreeSet<RecordId> = batch.inputs().iter().map(|input| input.id).collect();
            let mut seen = BTreeSet::new();
            let (these, later) = waiting.into_iter().partition(|step| {
                step.record
                    .is_some_and(|id| sent.contains(&id) && seen.insert(id))
            });
            waiting = later;
            let result = self.hubspot.update(object, &batch).await;
            let mut none = Vec::new();
            let settled = self.settle(object, these, result, |step| step.record, &mut none);
            unsure.extend(settled.await?);
        }
        Ok(unsure)
    }

    async fn send_upserts(
        &self,
        kind: Kind,
        object: &ObjectType,
        steps: Vec<Step>,
        conflicts: &mut Vec<(Numbered, RecordId)>,
    ) -> Result<Vec<Step>, PushError> {
        let key = kind.key();
        let key_of = |step: &Step| step.body.get(key).cloned();
        let inputs = steps.iter().filter_map(|step| {
            let properties = step.body.clone();
            Some(Upsert {
                key: key_of(step)?,
                properties,
            })
        });
        let Some(batch) = pack(inputs).batches.into_iter().next() else {
            return Ok(Vec::new());
        };
        let result = self.hubspot.upsert(object, key, &batch).await;
        self.settle(object, steps, result, key_of, conflicts).await
    }

    /// Settles what is known, then reports what stopped the rest.
    async fn settle<K: Ord + Clone>(
        &self,
        object: &ObjectType,
        steps: Vec<Step>,
        mut result: BatchResult<K>,
        key_of: impl Fn(&Step) -> Option<K>,
        conflicts: &mut Vec<(Numbered, RecordId)>,
    ) -> Result<Vec<Step>, PushError> {
        let mut stopped_by = result.stopped_by.take();
        let (mut ends, mut unsure, mut missing, mut unsent) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for step in steps {
            let outcome = key_of(&step).and_then(|key| result.outcomes.remove(&key));
            match outcome {
                Some(Outcome::Written { id, created }) => {
                    ends.push((
                        step,
                        End::Written {
                            record: id,
                            created,
                        },
                    ));
                }
                Some(Outcome::Conflict { existing_id }) if step.record.is_none() => {
                    conflicts.push(((step.number, step.row.clone()), existing_id));
                    ends.push((
                        step,
                        End::Conflict {
                            existing: existing_id,
                        },
                    ));
                }
                Some(Outcome::Conflict { existing_id }) => {
                    let existing_id = Some(existing_id);
                    let reason = Reason::UniqueValueHeld {
                        existing_id,
                        property: None,
                    };
                    ends.push((step, End::Refused(reason)));
                }
                Some(Outcome::Refused {
                    reason: Reason::NotFound,
                }) if step.record.is_some() => {
                    missing.push(step);
                }
                Some(Outcome::Refused { reason }) if concerns_all(&reason) => {
                    stopped_by = stopped_by.or(Some(HubSpotError::from(reason)));
                    unsent.push(step);
                }
                Some(Outcome::Refused { reason }) => ends.push((step, End::Refused(reason))),
                Some(Outcome::Unconfirmed) => unsure.push(step),
                None => unsent.push(step),
            }
        }
        // Without contacts the push stops, and goes on where it was.
        let lacks_scope =
            |error: &HubSpotError| matches!(error.reason, Reason::MissingScopes { .. });
        if *object != ObjectType::Contacts && stopped_by.as_ref().is_some_and(lacks_scope) {
            ends.extend(unsent.into_iter().map(|step| (step, End::Barred)));
        }
        self.finish(ends).await?;
        if let Some(error) = stopped_by {
            return Err(error.into());
        }
        for step in missing {
            self.follow_merge(object, step).await?;
        }
        Ok(unsure)
    }

    /// HubSpot documents that a batch does not find the ids of merged records, and that a single change does.
    async fn follow_merge(&self, object: &ObjectType, step: Step) -> Result<(), PushError> {
        let Some(id) = step.record else { return Ok(()) };
        let end = match self.hubspot.patch(object, id, &step.body).await {
            Ok(record) => End::Written {
                record: record.id,
                created: false,
            },
            Err(error) if error.reason == Reason::NotFound => End::Gone,
            Err(error) if error.reason.concerns_one_record() => End::Refused(error.reason),
            Err(error) => return Err(error.into()),
        };
        self.finish(vec![(step, end)]).await
    }

    /// Writes to records that stood in the way of those that were to be made.
    async fn write_to_existing(
        &self,
        kind: Kind,
        object: &ObjectType,
        conflicts: Vec<(Numbered, RecordId)>,
    ) -> Result<(), PushError> {
        if conflicts.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = conflicts.iter().map(|(_, id)| id.to_string()).collect();
        let properties = self.portal.present(kind);
        let properties: Vec<&str> = properties.iter().map(String::as_str).collect();
        let records = self
            .hubspot
            .read(object, ReadBy::Id, &ids, &properties)
            .await?
            .records;
        let (mut found, mut gone) = (Vec::new(), Vec::new());
        for (row, id) in conflicts {
            match records.get(&id.to_string()) {
                Some(record) => found.push((row, record.clone())),
                // A record in the recycle bin may hold the value: people must restore or delete it there.
                None => gone.push(row),
            }
        }
        self.count(|pushed| pushed.failed += count(gone.len()));
        let params = serde_json::json!({ "object": kind.name(), "reason": "HELD_BY_DELETED" });
        self.journal
            .leave_open(gone, MATCH_AMBIGUOUS, params)
            .await?;
        let adoptions = self.journal.adopt(found, "conflict", true).await?;
        self.count(|pushed| pushed.failed += count(adoptions.taken));
        let stamps = self.stamps(kind);
        let steps = self
            .journal
            .note(adoptions.rows, adoptions.adopted, stamps)
            .await?;
        let unsure = self.send_updates(object, steps).await?;
        let lost = self.send_updates(object, unsure).await?;
        self.count(|pushed| pushed.failed += count(lost.len()));
        Ok(())
    }

    async fn finish(&self, ends: Vec<(Step, End)>) -> Result<(), PushError> {
        for (_, end) in &ends {
            self.count(|pushed| match end {
                End::Written { created: true, .. } => pushed.created += 1,
                End::Written { created: false, .. } => pushed.updated += 1,
                End::Refused(_) | End::Gone => pushed.failed += 1,
                End::Conflict { .. } | End::Barred => {}
            });
        }
        if ends.is_empty() {
            return Ok(());
        }
        Ok(self.journal.settle(ends).await?)
    }

    fn stamps(&self, kind: Kind) -> bool {
        self.portal
            .chosen(kind)
            .iter()
            .any(|own| own.name == LAST_SYNCED)
    }
}

/// Whether a refusal of one record is a refusal of all: the portal is not as it was when the plan was made.
fn concerns_all(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::UnknownProperty { .. } | Reason::NotUnique { .. } | Reason::MissingScopes { .. }
    )
}

pub(super) fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
