use std::collections::BTreeMap;

use clearsync_store::{JournalId, NewJournalEntry, PlanId, StoreError, Target, WriteState, Writer};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Numbered;
use crate::plan::{Deed, Values};

/// The journal of one plan.
pub(super) struct Journal {
    target: Target,
    plan: PlanId,
    settled: BTreeMap<i64, WriteState>,
}

impl Journal {
    pub(super) fn new(target: Target, plan: PlanId, settled: BTreeMap<i64, WriteState>) -> Self {
        Self {
            target,
            plan,
            settled,
        }
    }

    /// Whether a row has a receipt already.
    pub(super) fn has_receipt(&self, numbered: &Numbered) -> bool {
        self.settled.contains_key(&numbered.number)
    }

    /// The entry of a row that is about to be sent with this body.
    pub(super) fn entry(&self, numbered: &Numbered, body: &Values) -> NewJournalEntry {
        let row = &numbered.row;
        NewJournalEntry {
            run: None,
            plan_row: Some((self.plan, numbered.number)),
            action: row.deed.word().to_owned(),
            object: row.object.clone(),
            subject: row.subject.clone(),
            before: before(&row.deed),
            after: json!(body),
            write_key: self.write_key(numbered),
        }
    }

    /// Names one write for good.
    fn write_key(&self, numbered: &Numbered) -> String {
        let Target { account, portal } = self.target;
        format!(
            "{}-{portal}-{}-{}",
            account.number(),
            self.plan.0,
            numbered.number
        )
    }
}

/// Notes writes that are about to be sent, and marks them sent: from here on HubSpot may hold them.
pub(super) fn note(
    writer: &Writer,
    target: Target,
    entries: &[NewJournalEntry],
    now: Timestamp,
) -> Result<Vec<JournalId>, StoreError> {
    let note = |entry: &NewJournalEntry| {
        let id = writer.note_write(target, entry, now)?;
        writer.mark_sent(id)?;
        Ok(id)
    };
    entries.iter().map(note).collect()
}

/// What stood in the changed properties, so that it can be put back; nothing for a record that is made.
fn before(deed: &Deed) -> Value {
    match deed {
        Deed::Update {
            changes, record, ..
        } => {
            let values: Values = changes
                .iter()
                .map(|change| {
                    (
                        change.property.clone(),
                        change.before.clone().unwrap_or_default(),
                    )
                })
                .collect();
            json!({ "record": record.to_string(), "values": values })
        }
        Deed::Create { .. } | Deed::Keep { .. } | Deed::Skip { .. } | Deed::Associate { .. } => {
            Value::Null
        }
    }
}
