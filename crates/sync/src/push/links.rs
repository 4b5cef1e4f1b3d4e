use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{AssociationOutcome, Pair, Reason, RecordId};
use clearsync_store::{JournalId, NewJournalEntry, Reader, Settled, StoreError, Writer, Written};
use serde_json::json;

use super::{Numbered, Order, PushError, Work, awaited::Awaited, journal::write_key};
use crate::plan::{ASSOCIATE, Deed, Kind, LinkKind, pair_values};

/// HubSpot documents this as the most links one request makes.
const LARGEST_BATCH: usize = 2_000;

impl Work<'_> {
    /// Links records as soon as both are written, in full batches; what is left goes once nothing more is written.
    pub(super) async fn link_all(&self, awaited: &Awaited) -> Result<(), PushError> {
        loop {
            let is_over = awaited.is_over();
            for link in self.portal.links() {
                while let Some(rows) = awaited.take(link, LARGEST_BATCH) {
                    self.telling.may_go_on().await?;
                    let count = rows.len();
                    let linked = self.link(link, rows).await;
                    self.wait_if_link_barred(link, linked).await?;
                    self.telling.settled(count);
                }
            }
            if is_over {
                return Ok(());
            }
            awaited.changed().await;
        }
    }

    /// Links records of two kinds. A link one of whose records could not be written waits for the next plan.
    async fn link(&self, link: &'static LinkKind, rows: Vec<Numbered>) -> Result<(), PushError> {
        if self.is_link_barred(link) {
            return Ok(());
        }
        let (from, to) = (self.object_type(link.from)?, self.object_type(link.to)?);
        let noted = self
            .journal
            .write(move |writer, order, now| note(writer, order, link, rows, now))
            .await?;
        let pairs: BTreeSet<Pair> = noted.keys().copied().collect();
        if pairs.is_empty() {
            return Ok(());
        }
        let result = match self.portal.label(link) {
            Some(label) => {
                let labelled = self.hubspot.associate_labelled(&from, &to, &pairs, label);
                labelled.await
            }
            None => self.hubspot.associate(&from, &to, &pairs).await,
        };
        let ends: Vec<_> = result
            .outcomes
            .into_iter()
            .filter_map(|(pair, outcome)| Some((noted.get(&pair)?.clone(), pair, outcome)))
            .collect();
        self.count_links(&ends);
        self.journal
            .write(move |writer, order, now| settle(writer, order, link, ends, now))
            .await?;
        result.stopped_by.map_or(Ok(()), |error| Err(error.into()))
    }

    fn count_links(&self, ends: &[End]) {
        for (noted, _, outcome) in ends {
            let count = u32::try_from(noted.len()).unwrap_or(u32::MAX);
            self.count(|pushed| match outcome {
                AssociationOutcome::Stands => pushed.associated += count,
                AssociationOutcome::Refused { .. } | AssociationOutcome::Unconfirmed => {
                    pushed.failed += count;
                }
            });
        }
    }
}

/// The journal's entries that ask for one pair, each with its subject.
type Noted = Vec<(JournalId, String)>;
type End = (Noted, Pair, AssociationOutcome);

fn note(
    writer: &Writer,
    order: Order,
    link: &LinkKind,
    rows: Vec<Numbered>,
    now: jiff::Timestamp,
) -> Result<BTreeMap<Pair, Noted>, StoreError> {
    let mut noted: BTreeMap<Pair, Noted> = BTreeMap::new();
    for (number, row) in rows {
        let Deed::Associate { from, to } = &row.deed else {
            continue;
        };
        let from = record(writer, order, link.from, from)?;
        let to = record(writer, order, link.to, to)?;
        let Some((from, to)) = from.zip(to) else {
            continue;
        };
        let pair = Pair { from, to };
        let write = NewJournalEntry {
            run: order.run,
            plan_row: Some((order.plan, number)),
            action: ASSOCIATE.to_owned(),
            object: link.name.to_owned(),
            subject: row.subject.clone(),
            before: json!({}),
            after: json!(pair_values(pair)),
            write_key: write_key(order, number),
        };
        let entry = writer.note_write(order.target, &write, now)?;
        writer.mark_sent(entry)?;
        noted.entry(pair).or_default().push((entry, row.subject));
    }
    Ok(noted)
}

fn record(
    view: &Reader,
    order: Order,
    kind: Kind,
    subject: &str,
) -> Result<Option<RecordId>, StoreError> {
    let link = view.link(order.target, kind.name(), subject)?;
    Ok(link.and_then(|link| link.record.parse().ok()))
}

fn settle(
    writer: &Writer,
    order: Order,
    link: &LinkKind,
    ends: Vec<End>,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    for (noted, pair, outcome) in ends {
        for (entry, subject) in noted {
            match &outcome {
                AssociationOutcome::Stands => {
                    writer.settle_write(entry, Settled::Done, &json!({}), now)?;
                    let written = Written {
                        object: link.name.to_owned(),
                        subject,
                        properties: pair_values(pair),
                        written_at: now,
                    };
                    writer.put_written(order.target, &written)?;
                }
                AssociationOutcome::Refused { reason } => {
                    let gone = *reason == Reason::NotFound;
                    writer.settle_write(entry, Settled::Failed, &json!({ "gone": gone }), now)?;
                }
                AssociationOutcome::Unconfirmed => {}
            }
        }
    }
    Ok(())
}
