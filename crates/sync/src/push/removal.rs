use std::collections::BTreeSet;

use clearsync_hubspot::{LARGEST_BATCH, ObjectType, RecordId};
use clearsync_store::{JournalId, NewJournalEntry, Settled, StoreError, Writer};
use serde_json::json;

use super::{
    Numbered, Order, PushError, Work,
    journal::{Before, write_key},
};
use crate::plan::{Deed, Kind, REMOVE, Row};

impl Work<'_> {
    /// Moves records to the recycle bin. One that is there already stays, so that it may be asked for again.
    pub(super) async fn remove(&self, kind: Kind, rows: Vec<Numbered>) -> Result<(), PushError> {
        let may = !rows.is_empty() && !self.is_barred(kind);
        let Some(object) = self.removed_type(kind).filter(|_| may) else {
            return Ok(());
        };
        for part in rows.chunks(LARGEST_BATCH) {
            self.telling.may_go_on().await?;
            let rows = part.to_vec();
            let noted = self
                .journal
                .write(move |writer, order, now| note(writer, order, rows, now))
                .await?;
            let ids: BTreeSet<RecordId> = noted.iter().map(|(_, _, record)| *record).collect();
            self.hubspot.archive(&object, &ids).await?;
            let count = u32::try_from(noted.len()).unwrap_or(u32::MAX);
            self.count(|pushed| pushed.removed += count);
            self.journal
                .write(move |writer, order, now| settle(writer, order, noted, now))
                .await?;
            self.telling.settled(part.len());
        }
        Ok(())
    }

    /// How HubSpot knows the kind, also when the present mode does not write it.
    fn removed_type(&self, kind: Kind) -> Option<ObjectType> {
        self.portal.object_type(kind)
    }
}

type Noted = (JournalId, Row, RecordId);

fn note(
    writer: &Writer,
    order: Order,
    rows: Vec<Numbered>,
    now: jiff::Timestamp,
) -> Result<Vec<Noted>, StoreError> {
    let mut noted = Vec::new();
    for (number, row) in rows {
        let Deed::Remove { record, values } = &row.deed else {
            continue;
        };
        let record = *record;
        let before = Before {
            record: Some(record),
            properties: values.clone(),
        };
        let write = NewJournalEntry {
            run: order.run,
            plan_row: Some((order.plan, number)),
            action: REMOVE.to_owned(),
            object: row.object.clone(),
            subject: row.subject.clone(),
            before: json!(before),
            after: json!({}),
            write_key: write_key(order, number),
        };
        let entry = writer.note_write(order.target, &write, now)?;
        writer.mark_sent(entry)?;
        noted.push((entry, row, record));
    }
    Ok(noted)
}

fn settle(
    writer: &Writer,
    order: Order,
    noted: Vec<Noted>,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    for (entry, row, record) in noted {
        let receipt = json!({ "record": record, "removed": true });
        writer.settle_write(entry, Settled::Done, &receipt, now)?;
        writer.remove_link(order.target, &row.object, &row.subject)?;
        writer.remove_written(order.target, &row.object, &row.subject)?;
    }
    Ok(())
}
