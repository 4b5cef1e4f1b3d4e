use clearsync_hubspot::{GROUP, ObjectType};
use clearsync_store::{JournalId, NewJournalEntry, Settled, StoreError, Writer};
use serde_json::json;

use super::{Order, PushError, Work, journal::is_open};
use crate::plan::CREATE;

/// How properties are named where kinds of record are.
pub(super) const PROPERTY: &str = "properties";
/// How their groups are.
pub(super) const GROUPS: &str = "groups";

impl Work<'_> {
    /// Sees to it that the properties the plan writes exist and fit. Looks once for a portal.
    pub(super) async fn make_properties(&mut self) -> Result<(), PushError> {
        if self.portal.ensured {
            return Ok(());
        }
        for object in [ObjectType::Companies, ObjectType::Contacts] {
            self.telling.may_go_on().await?;
            let missing = self.portal.to_create(&object);
            let on = object.clone();
            let mut names: Vec<_> = missing.iter().map(|own| (PROPERTY, own.name)).collect();
            if !names.is_empty() && !self.hubspot.has_group(&object, GROUP).await? {
                names.push((GROUPS, GROUP));
            }
            let noted = self
                .journal
                .write(move |writer, order, now| note(writer, order, &on, names, now))
                .await?;
            let wanted = self.portal.chosen(&object);
            let ensured = self.hubspot.ensure_properties(&object, &wanted).await?;
            self.pushed.properties_created +=
                u32::try_from(ensured.created.len()).unwrap_or(u32::MAX);
            self.journal
                .write(move |writer, _, now| {
                    let receipt =
                        json!({ "created": ensured.created, "group": ensured.group_created });
                    noted.into_iter().try_for_each(|entry| {
                        writer.settle_write(entry, Settled::Done, &receipt, now)
                    })
                })
                .await?;
        }
        self.portal.all_made();
        let portal = self.portal.clone();
        self.journal
            .write(move |writer, order, _| portal.remember(writer, order.target))
            .await?;
        Ok(())
    }
}

fn note(
    writer: &Writer,
    order: Order,
    object: &ObjectType,
    names: Vec<(&'static str, &'static str)>,
    now: jiff::Timestamp,
) -> Result<Vec<JournalId>, StoreError> {
    let mut noted = Vec::new();
    for (kind, name) in names {
        let subject = format!("{}.{name}", object.path_name());
        let write = NewJournalEntry {
            run: order.run,
            plan_row: None,
            action: CREATE.to_owned(),
            object: kind.to_owned(),
            before: json!({}),
            after: json!({ "name": name }),
            write_key: format!("{}:{kind}:{subject}", order.plan.0),
            subject,
        };
        let former = writer.journal_by_key(&write.write_key)?;
        if former.is_some_and(|former| !is_open(&former)) {
            continue;
        }
        let entry = writer.note_write(order.target, &write, now)?;
        writer.mark_sent(entry)?;
        noted.push(entry);
    }
    Ok(noted)
}
