//! What becomes of writes whose end was never heard.

use clearsync_store::{JournalEntry, Reader, Scope, Settled, StoreError, Target, Writer};
use jiff::Timestamp;
use serde_json::json;

use crate::plan::{Deed, Row};

const PUSHED: &str = "pushed_portals";

/// Settles the writes of a former push that have no receipt, by what a new look at HubSpot has found: a record that is
/// right by now was written, and one that is still to be written was not.
pub(crate) fn settle_former(
    writer: &Writer,
    open: &[JournalEntry],
    rows: &[Row],
    now: Timestamp,
) -> Result<(), StoreError> {
    for entry in open {
        let row = rows
            .iter()
            .find(|row| row.object == entry.entry.object && row.subject == entry.entry.subject);
        let (settled, receipt) = match row.map(|row| &row.deed) {
            Some(Deed::Keep { record, .. }) => {
                (Settled::Done, json!({ "record": record.to_string() }))
            }
            // A link has no row once it stands.
            None if entry.entry.action == crate::plan::ASSOCIATE => (Settled::Done, json!({})),
            _ => (Settled::Failed, json!({ "reason": "superseded" })),
        };
        writer.settle_write(entry.id, settled, &receipt, now)?;
    }
    Ok(())
}

/// Whether this portal was ever written to.
pub(crate) fn was_pushed(view: &Reader, target: Target) -> Result<bool, StoreError> {
    Ok(portals(view, target)?.contains(&target.portal))
}

/// Notes that this portal was written to.
pub(super) fn note_pushed(writer: &Writer, target: Target) -> Result<(), StoreError> {
    let mut portals = portals(writer, target)?;
    if portals.contains(&target.portal) {
        return Ok(());
    }
    portals.push(target.portal);
    writer.set_setting(Scope::Account(target.account), PUSHED, &portals)
}

fn portals(view: &Reader, target: Target) -> Result<Vec<i64>, StoreError> {
    Ok(view
        .setting(Scope::Account(target.account), PUSHED)?
        .unwrap_or_default())
}
