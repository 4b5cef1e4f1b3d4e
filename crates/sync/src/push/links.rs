use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{AssociationOutcome, ObjectType, Pair, RecordId};
use clearsync_store::{Settled, StoreError, Target, Writer, Written};
use serde_json::json;

use super::{Numbered, Push, PushError, journal};
use crate::{
    blocking::blocking,
    plan::{ASSOCIATION, Deed, pair_values},
};

/// As many links as HubSpot documents for one request.
const AT_ONCE: usize = 2_000;

impl Push<'_> {
    /// Links contacts to their companies. Links that stand stay, and none is ever taken away.
    pub(super) async fn link(&mut self, rows: &[Numbered]) -> Result<(), PushError> {
        let wanted: Vec<&Numbered> = rows
            .iter()
            .filter(|numbered| matches!(numbered.row.deed, Deed::Associate { .. }))
            .collect();
        let open: Vec<&Numbered> = wanted
            .iter()
            .filter(|numbered| !self.journal.has_receipt(numbered))
            .copied()
            .collect();
        self.advance(wanted.len() - open.len());
        for some in open.chunks(AT_ONCE) {
            self.go_on().await?;
            self.link_some(some).await?;
        }
        Ok(())
    }

    async fn link_some(&mut self, rows: &[&Numbered]) -> Result<(), PushError> {
        let pairs = self.pairs(rows).await?;
        // A link to a record that was refused cannot be made; the next plan asks for it again.
        let ready: Vec<(&Numbered, Pair)> = rows
            .iter()
            .filter_map(|numbered| Some((*numbered, *pairs.get(&numbered.number)?)))
            .collect();
        let without = rows.len() - ready.len();
        if ready.is_empty() {
            self.advance(without);
            return Ok(());
        }
        let now = self.clock.now();
        let entries: Vec<_> = ready
            .iter()
            .map(|(numbered, pair)| self.journal.entry(numbered, &pair_values(*pair)))
            .collect();
        let (store, target) = (self.store.clone(), self.target);
        let ids =
            blocking(move || store.write(|writer| journal::note(writer, target, &entries, now)))
                .await?;
        let unique: BTreeSet<Pair> = ready.iter().map(|(_, pair)| *pair).collect();
        let result = self
            .hubspot
            .associate(&ObjectType::Contacts, &ObjectType::Companies, &unique)
            .await;
        let mut settled = Vec::new();
        for ((numbered, pair), id) in ready.iter().zip(ids) {
            let stands = match result.outcomes.get(pair) {
                Some(AssociationOutcome::Stands) => true,
                Some(AssociationOutcome::Refused { .. }) => false,
                Some(AssociationOutcome::Unconfirmed) | None => continue,
            };
            settled.push((numbered.row.subject.clone(), pair_values(*pair), id, stands));
        }
        let made = settled.iter().filter(|(.., stands)| *stands).count();
        self.pushed.associated += u32::try_from(made).unwrap_or(u32::MAX);
        self.pushed.failed += u32::try_from(settled.len() - made).unwrap_or(u32::MAX);
        self.advance(settled.len() + without);
        let (store, now) = (self.store.clone(), self.clock.now());
        blocking(move || {
            store.write(|writer| {
                for (subject, pair, id, stands) in settled {
                    if stands {
                        writer.settle_write(id, Settled::Done, &json!({}), now)?;
                        let written = Written {
                            object: ASSOCIATION.to_owned(),
                            subject,
                            properties: pair,
                            written_at: now,
                        };
                        writer.put_written(target, &written)?;
                    } else {
                        writer.settle_write(
                            id,
                            Settled::Failed,
                            &json!({ "reason": "rejected" }),
                            now,
                        )?;
                    }
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
        match result.stopped_by {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// The records behind each row, as the store links them by now.
    async fn pairs(&self, rows: &[&Numbered]) -> Result<BTreeMap<i64, Pair>, StoreError> {
        let wanted: Vec<(i64, String, String)> = rows
            .iter()
            .filter_map(|numbered| match &numbered.row.deed {
                Deed::Associate { contact, company } => {
                    Some((numbered.number, contact.clone(), company.clone()))
                }
                _ => None,
            })
            .collect();
        let (store, target) = (self.store.clone(), self.target);
        blocking(move || {
            store.write(|writer| {
                let mut pairs = BTreeMap::new();
                for (number, contact, company) in wanted {
                    let from = record(writer, target, &ObjectType::Contacts, &contact)?;
                    let to = record(writer, target, &ObjectType::Companies, &company)?;
                    if let (Some(from), Some(to)) = (from, to) {
                        pairs.insert(number, Pair { from, to });
                    }
                }
                Ok(pairs)
            })
        })
        .await
    }
}

fn record(
    writer: &Writer,
    target: Target,
    object: &ObjectType,
    subject: &str,
) -> Result<Option<RecordId>, StoreError> {
    let link = writer.link(target, object.path_name(), subject)?;
    Ok(link.and_then(|link| link.record.parse().ok()))
}
