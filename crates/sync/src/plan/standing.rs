use clearsync_hubspot::RecordId;
use clearsync_store::{Link, StoreError, Target, Writer, Written};
use jiff::Timestamp;

use super::row::Values;

/// A record of which it is certain how it stands in HubSpot.
pub(crate) struct Confirmed<'a> {
    pub(crate) object: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) record: RecordId,
    /// The subjects it stands for.
    pub(crate) linked: &'a [String],
    /// How it was found; `None` when it was linked before.
    pub(crate) found_by: Option<&'a str>,
    /// ClearSync's own values in it.
    pub(crate) values: &'a Values,
}

/// Remembers how a record stands, and whom it stands for.
pub(crate) fn confirm(
    writer: &Writer,
    target: Target,
    confirmed: &Confirmed<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Confirmed {
        object, subject, ..
    } = *confirmed;
    let record = confirmed.record.to_string();
    for linked in confirmed.linked {
        let former = writer.link(target, object, linked)?;
        if former.is_some_and(|former| former.record == record) {
            continue;
        }
        let link = Link {
            object: object.to_owned(),
            subject: linked.clone(),
            record: record.clone(),
            decided_by: confirmed.found_by.unwrap_or("link").to_owned(),
            decided_at: now,
        };
        writer.put_link(target, &link)?;
    }
    writer.remove_drift(target, object, subject)?;
    // What was written for customers that now share this contact stands there no more.
    for other in confirmed.linked.iter().filter(|other| *other != subject) {
        writer.remove_written(target, object, other)?;
    }
    put(
        writer,
        target,
        object,
        subject,
        confirmed.values.clone(),
        now,
    )
}

pub(crate) fn put(
    writer: &Writer,
    target: Target,
    object: &str,
    subject: &str,
    properties: Values,
    now: Timestamp,
) -> Result<(), StoreError> {
    let written = Written {
        object: object.to_owned(),
        subject: subject.to_owned(),
        properties,
        written_at: now,
    };
    writer.put_written(target, &written)
}
