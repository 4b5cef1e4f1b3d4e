use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{
    Batch, BatchResult, CUSTOMER_ID, HubSpotError, LARGEST_BATCH, ObjectType, Outcome, Reason,
    RecordId, Update, Upsert,
};
use clearsync_store::{JournalId, Settled, StoreError, Target, Writer};
use jiff::Timestamp;
use serde_json::json;

use super::{Numbered, Push, PushError, RECORD_REFUSED, journal};
use crate::{
    blocking::blocking,
    plan::{Confirmed, Deed, LAST_SYNCED, Row, Values, confirm},
};

const AREA: &str = "push";

/// What is known of one row after its request.
enum Fate {
    /// HubSpot holds it.
    Written(RecordId),
    /// HubSpot does not take it.
    Refused(&'static str),
    /// The record is gone: the next plan looks for another.
    Gone,
    /// It may or may not be there; the next plan looks.
    Open,
}

impl Push<'_> {
    /// Writes one kind of record: changes first, of those the ones that free a key others get, then new ones.
    pub(super) async fn write_records(
        &mut self,
        object: &ObjectType,
        rows: &[Numbered],
    ) -> Result<(), PushError> {
        let name = object.path_name();
        let open: Vec<&Numbered> = rows
            .iter()
            .filter(|numbered| numbered.row.object == name)
            .filter(|numbered| !self.journal.has_receipt(numbered))
            .collect();
        let done = rows
            .iter()
            .filter(|numbered| numbered.row.object == name)
            .count()
            - open.len();
        self.advance(done);
        let is_update = |numbered: &&&Numbered| matches!(numbered.row.deed, Deed::Update { .. });
        let (freeing, others): (Vec<&Numbered>, Vec<&Numbered>) = open
            .iter()
            .filter(is_update)
            .copied()
            .partition(|numbered| numbered.row.deed.frees_key());
        let new: Vec<&Numbered> = open
            .iter()
            .filter(|numbered| matches!(numbered.row.deed, Deed::Create { .. }))
            .copied()
            .collect();
        for (rows, make) in [(freeing, false), (others, false), (new, true)] {
            for some in rows.chunks(LARGEST_BATCH) {
                self.go_on().await?;
                self.write_batch(object, some, make).await?;
            }
        }
        Ok(())
    }

    async fn write_batch(
        &mut self,
        object: &ObjectType,
        rows: &[&Numbered],
        make: bool,
    ) -> Result<(), PushError> {
        let now = self.clock.now();
        let bodies: Vec<Values> = rows
            .iter()
            .map(|numbered| self.body(object, &numbered.row, now))
            .collect();
        let entries: Vec<_> = rows
            .iter()
            .zip(&bodies)
            .map(|(numbered, body)| self.journal.entry(numbered, body))
            .collect();
        let (store, target) = (self.store.clone(), self.target);
        let ids =
            blocking(move || store.write(|writer| journal::note(writer, target, &entries, now)))
                .await?;
        let (fates, stopped_by) = if make {
            self.make(object, rows, &bodies).await?
        } else {
            self.change(object, rows, &bodies).await?
        };
        self.settle(rows, &ids, &fates, make).await?;
        match stopped_by {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// What is sent for a row: its changes, and when they were made.
    fn body(&self, object: &ObjectType, row: &Row, now: Timestamp) -> Values {
        let mut body = row.deed.body();
        if self.stamps.contains(object) {
            let second = Timestamp::from_second(now.as_second()).unwrap_or(now);
            body.insert(LAST_SYNCED.to_owned(), second.to_string());
        }
        body
    }

    async fn change(
        &self,
        object: &ObjectType,
        rows: &[&Numbered],
        bodies: &[Values],
    ) -> Result<(Vec<Fate>, Option<HubSpotError>), PushError> {
        let record = |numbered: &Numbered| numbered.row.deed.record();
        let inputs = rows.iter().zip(bodies).filter_map(|(numbered, body)| {
            Some(Update {
                id: record(numbered)?,
                properties: body.clone(),
            })
        });
        let Ok(batch) = Batch::new(inputs.collect()) else {
            return Err(PushError::Outdated);
        };
        let BatchResult {
            outcomes,
            mut stopped_by,
        } = self.hubspot.update(object, &batch).await;
        let mut fates = Vec::with_capacity(rows.len());
        for (numbered, body) in rows.iter().zip(bodies) {
            let id = record(numbered);
            let fate = match (id, id.and_then(|id| outcomes.get(&id))) {
                (Some(_), Some(Outcome::Written { id, .. })) => Fate::Written(*id),
                (
                    Some(id),
                    Some(Outcome::Refused {
                        reason: Reason::NotFound,
                    }),
                ) => {
                    // Merged records are found one by one only.
                    match self.hubspot.patch(object, id, body).await {
                        Ok(record) => Fate::Written(record.id),
                        Err(error) if error.reason == Reason::NotFound => Fate::Gone,
                        Err(error) => {
                            stopped_by = stopped_by.or(Some(error));
                            Fate::Open
                        }
                    }
                }
                (_, Some(Outcome::Refused { reason })) => Fate::Refused(word(reason)),
                (_, Some(Outcome::Conflict { .. })) => Fate::Refused("value_taken"),
                (_, Some(Outcome::Unconfirmed | Outcome::Written { .. }) | None) => Fate::Open,
            };
            fates.push(fate);
        }
        Ok((fates, stopped_by))
    }

    async fn make(
        &self,
        object: &ObjectType,
        rows: &[&Numbered],
        bodies: &[Values],
    ) -> Result<(Vec<Fate>, Option<HubSpotError>), PushError> {
        let standing = self.made_meanwhile(object, rows).await?;
        let mut inputs = Vec::new();
        for (numbered, body) in rows.iter().zip(bodies) {
            if let Deed::Create { key, .. } = &numbered.row.deed
                && !standing.contains_key(&numbered.row.subject)
            {
                inputs.push(Upsert {
                    key: key.clone(),
                    properties: body.clone(),
                });
            }
        }
        let BatchResult {
            outcomes,
            mut stopped_by,
        } = match Batch::new(inputs) {
            Ok(batch) => self.hubspot.upsert(object, CUSTOMER_ID, &batch).await,
            Err(_) => BatchResult {
                outcomes: BTreeMap::new(),
                stopped_by: None,
            },
        };
        let mut fates = Vec::with_capacity(rows.len());
        for (numbered, body) in rows.iter().zip(bodies) {
            let Deed::Create { key, at_birth, .. } = &numbered.row.deed else {
                fates.push(Fate::Open);
                continue;
            };
            let own: Values = body
                .iter()
                .filter(|(name, _)| !at_birth.contains_key(*name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            let adopted = standing.get(&numbered.row.subject).copied();
            let fate = match (adopted, outcomes.get(key)) {
                (Some(Some(record)), _) => self.adopt(object, record, key, own).await,
                (Some(None), _) => Ok(Fate::Refused("ambiguous")),
                (None, Some(Outcome::Written { id, .. })) => Ok(Fate::Written(*id)),
                (None, Some(Outcome::Conflict { existing_id })) => {
                    self.adopt(object, *existing_id, key, own).await
                }
                (None, Some(Outcome::Refused { reason })) => Ok(Fate::Refused(word(reason))),
                (None, Some(Outcome::Unconfirmed) | None) => Ok(Fate::Open),
            };
            fates.push(fate.unwrap_or_else(|error| {
                stopped_by.get_or_insert(error);
                Fate::Open
            }));
        }
        Ok((fates, stopped_by))
    }

    /// Companies of the rows' domains that came to be since the plan was made, such as HubSpot's own for new contacts: the
    /// record, or nothing where there are several.
    async fn made_meanwhile(
        &self,
        object: &ObjectType,
        rows: &[&Numbered],
    ) -> Result<BTreeMap<String, Option<RecordId>>, HubSpotError> {
        if *object != ObjectType::Companies {
            return Ok(BTreeMap::new());
        }
        let domains: BTreeSet<String> = rows
            .iter()
            .map(|numbered| numbered.row.subject.clone())
            .collect();
        let found = self
            .hubspot
            .companies_by_domain(&domains, &[CUSTOMER_ID])
            .await?;
        let keys: BTreeMap<&str, &str> = rows
            .iter()
            .filter_map(|numbered| match &numbered.row.deed {
                Deed::Create { key, .. } => Some((numbered.row.subject.as_str(), key.as_str())),
                _ => None,
            })
            .collect();
        let adoptable = found.into_iter().filter_map(|(domain, records)| {
            // One with our own key is the one a former try made; the upsert finds it by itself.
            let own = keys.get(domain.as_str()).copied();
            if records.iter().any(|record| {
                record.value(CUSTOMER_ID).is_some() && record.value(CUSTOMER_ID) == own
            }) {
                return None;
            }
            match records.as_slice() {
                [] => None,
                [only] => Some((domain, Some(only.id))),
                _ => Some((domain, None)),
            }
        });
        Ok(adoptable.collect())
    }

    /// Writes to a record that stands already instead of making one, unless it belongs to another customer.
    async fn adopt(
        &self,
        object: &ObjectType,
        record: RecordId,
        key: &str,
        mut own: Values,
    ) -> Result<Fate, HubSpotError> {
        let held = self.hubspot.get(object, record, &[CUSTOMER_ID]).await?;
        let holder = held.as_ref().and_then(|held| held.value(CUSTOMER_ID));
        if holder.is_some_and(|holder| holder != key) {
            return Ok(Fate::Refused("other_customer"));
        }
        own.insert(CUSTOMER_ID.to_owned(), key.to_owned());
        match self.hubspot.patch(object, record, &own).await {
            Ok(written) => Ok(Fate::Written(written.id)),
            Err(error) if error.reason.concerns_one_record() => {
                Ok(Fate::Refused(word(&error.reason)))
            }
            Err(error) => Err(error),
        }
    }

    /// Writes the receipts, and what they say of the records, in one transaction.
    async fn settle(
        &mut self,
        rows: &[&Numbered],
        ids: &[JournalId],
        fates: &[Fate],
        made: bool,
    ) -> Result<(), PushError> {
        let mut settled = Vec::new();
        for ((numbered, id), fate) in rows.iter().zip(ids).zip(fates) {
            match fate {
                Fate::Open => continue,
                Fate::Written(_) if made => self.pushed.created += 1,
                Fate::Written(_) => self.pushed.updated += 1,
                Fate::Refused(_) | Fate::Gone => self.pushed.failed += 1,
            }
            let receipt = match fate {
                Fate::Written(record) => Receipt::Written(*record),
                Fate::Refused(reason) => Receipt::Refused(reason),
                Fate::Gone | Fate::Open => Receipt::Gone,
            };
            settled.push((numbered.row.clone(), *id, receipt));
        }
        let count = settled.len();
        let (store, target, now) = (self.store.clone(), self.target, self.clock.now());
        blocking(move || {
            store.write(|writer| {
                for (row, id, receipt) in &settled {
                    receipt.keep(writer, target, row, *id, now)?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
        self.advance(count);
        Ok(())
    }
}

/// How a write ended, as it is kept.
enum Receipt {
    Written(RecordId),
    Refused(&'static str),
    Gone,
}

impl Receipt {
    fn keep(
        &self,
        writer: &Writer,
        target: Target,
        row: &Row,
        id: JournalId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let account = target.account;
        match self {
            Self::Written(record) => {
                writer.settle_write(
                    id,
                    Settled::Done,
                    &json!({ "record": record.to_string() }),
                    now,
                )?;
                writer.set_attention(account, AREA, &row.label, &[], now)?;
                confirm_row(writer, target, row, *record, now)
            }
            Self::Refused(reason) => {
                writer.settle_write(id, Settled::Failed, &json!({ "reason": reason }), now)?;
                let params = json!({ "object": row.object, "key": row.subject, "reason": reason });
                writer.set_attention(account, AREA, &row.label, &[(RECORD_REFUSED, params)], now)
            }
            Self::Gone => {
                writer.settle_write(id, Settled::Failed, &json!({ "reason": "gone" }), now)?;
                writer.remove_written(target, &row.object, &row.subject)?;
                for subject in linked(&row.deed) {
                    writer.remove_link(target, &row.object, subject)?;
                }
                Ok(())
            }
        }
    }
}

fn confirm_row(
    writer: &Writer,
    target: Target,
    row: &Row,
    record: RecordId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (found_by, values) = match &row.deed {
        Deed::Create { values, .. } => (Some("created"), values),
        Deed::Update {
            found_by, values, ..
        } => (found_by.as_deref(), values),
        Deed::Keep { .. } | Deed::Skip { .. } | Deed::Associate { .. } => return Ok(()),
    };
    let confirmed = Confirmed {
        object: &row.object,
        subject: &row.subject,
        record,
        linked: linked(&row.deed),
        found_by,
        values,
    };
    confirm(writer, target, &confirmed, now)
}

fn linked(deed: &Deed) -> &[String] {
    match deed {
        Deed::Create { linked, .. } | Deed::Update { linked, .. } | Deed::Keep { linked, .. } => {
            linked
        }
        Deed::Skip { .. } | Deed::Associate { .. } => &[],
    }
}

/// The reason of a refusal, as it is kept and worded.
fn word(reason: &Reason) -> &'static str {
    match reason {
        Reason::ValueRefused { .. } => "value_refused",
        Reason::UniqueValueHeld { .. } | Reason::Conflict { .. } => "value_taken",
        Reason::UnknownProperty { .. } => "property_missing",
        Reason::NotFound => "gone",
        Reason::PlanLacksFeature { .. } => "plan_lacks_feature",
        _ => "rejected",
    }
}
