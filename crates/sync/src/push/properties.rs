use clearsync_hubspot::{GROUP, LabelType, ObjectType, OwnProperty};
use clearsync_store::{JournalId, NewJournalEntry, Settled, StoreError, Writer};
use futures::future::try_join_all;
use serde_json::{Value, json};

use super::{Order, PushError, Work, journal::is_open};
use crate::plan::{CREATE, Kind, LinkKind, PIPELINE};

/// How properties are named where kinds of record are.
pub(super) const PROPERTY: &str = "properties";
/// How own object types are named there.
pub(crate) const OBJECT_TYPE: &str = "object_types";
/// How pipelines are named there.
pub(crate) const PIPELINES: &str = "pipelines";
/// How association labels are named there.
pub(super) const LABEL: &str = "labels";
/// How their groups are.
pub(super) const GROUPS: &str = "groups";

impl Work<'_> {
    /// Sees to it that everything the plan writes into exists and fits. Looks once for a portal.
    pub(super) async fn make_definitions(&mut self) -> Result<(), PushError> {
        if self.portal.ensured {
            return Ok(());
        }
        let kinds = self.portal.kinds().to_vec();
        let mut made = Vec::new();
        for kind in &kinds {
            self.telling.may_go_on().await?;
            if self.make_object_type(*kind).await? {
                made.push(*kind);
            }
        }
        let work = &*self;
        try_join_all(kinds.iter().map(|kind| work.make_properties(*kind, &made))).await?;
        if kinds.contains(&Kind::Deals) {
            self.make_pipeline().await?;
        }
        let work = &*self;
        let labels = self.portal.links().map(|link| work.make_label(link));
        for (link, label) in try_join_all(labels).await?.into_iter().flatten() {
            self.portal.made_label(link, label);
        }
        self.portal.all_made();
        self.remember_portal().await
    }

    async fn remember_portal(&self) -> Result<(), PushError> {
        let portal = self.portal.clone();
        self.journal
            .write(move |writer, order, _| portal.remember(writer, order.target))
            .await?;
        Ok(())
    }

    /// Makes an own object type where it is missing, all of its properties with it. Says whether it was.
    async fn make_object_type(&mut self, kind: Kind) -> Result<bool, PushError> {
        let Some(own) = kind.own_object() else {
            return Ok(false);
        };
        if self.portal.object_type(kind).is_some() {
            return Ok(false);
        }
        let noted = self
            .note(OBJECT_TYPE, vec![(own.name.to_owned(), own.name)])
            .await?;
        let properties = self.portal.chosen(kind);
        let associated: Vec<ObjectType> = [Kind::Contacts, Kind::Companies, Kind::Subscriptions]
            .into_iter()
            .filter(|other| *other != kind)
            .filter_map(|other| self.portal.object_type(other))
            .collect();
        let associated: Vec<&ObjectType> = associated.iter().collect();
        let made = self
            .hubspot
            .ensure_custom_object(own, &properties, &associated)
            .await?;
        self.settle_noted(noted, json!({ "object_type_id": made.object_type_id }))
            .await?;
        self.portal.made_type(kind, made.object_type_id);
        self.remember_portal().await?;
        Ok(true)
    }

    /// Makes the properties of a kind that are missing. An own object type `made` just now has them.
    async fn make_properties(&self, kind: Kind, made: &[Kind]) -> Result<(), PushError> {
        let object = self.object_type(kind)?;
        let missing = self.portal.to_create(kind);
        let is_made = made.contains(&kind);
        let subject = |name: &str| format!("{}.{name}", kind.name());
        let subjects = missing.iter().map(|own| (subject(&own.name), &*own.name));
        let mut noted = self.note(PROPERTY, subjects.collect()).await?;
        let looks_for_group = !missing.is_empty() && !is_made;
        let no_group = looks_for_group && !self.hubspot.has_group(&object, GROUP).await?;
        if no_group {
            noted.extend(self.note(GROUPS, vec![(subject(GROUP), GROUP)]).await?);
        }
        let wanted = self.portal.chosen(kind);
        let wanted: Vec<&OwnProperty> = wanted.iter().collect();
        let ensured = if kind.own_object().is_some() {
            self.hubspot.ensure_properties(&object, &wanted).await?
        } else {
            let missing: Vec<&OwnProperty> = missing.iter().collect();
            let made = self
                .hubspot
                .make_properties(&object, &wanted, &missing, no_group);
            made.await?
        };
        let created = match kind.own_object() {
            // They came with the object type.
            Some(_) => missing.len(),
            None => ensured.created.len(),
        };
        self.count(|pushed| {
            pushed.properties_created += u32::try_from(created).unwrap_or(u32::MAX);
        });
        let receipt = json!({ "created": ensured.created, "group": ensured.group_created });
        self.settle_noted(noted, receipt).await
    }

    async fn make_pipeline(&self) -> Result<(), PushError> {
        let noted = self
            .note(PIPELINES, vec![(PIPELINE.id.to_owned(), PIPELINE.id)])
            .await?;
        let ensured = self
            .hubspot
            .ensure_pipeline(&ObjectType::Deals, &PIPELINE)
            .await?;
        let receipt = json!({ "created": ensured.created, "stages": ensured.stages_added });
        self.settle_noted(noted, receipt).await
    }

    async fn make_label(
        &self,
        link: &'static LinkKind,
    ) -> Result<Option<(&'static LinkKind, LabelType)>, PushError> {
        let Some(own) = link.label else {
            return Ok(None);
        };
        let noted = self
            .note(LABEL, vec![(link.name.to_owned(), own.name)])
            .await?;
        let (from, to) = (self.object_type(link.from)?, self.object_type(link.to)?);
        let label = self.hubspot.ensure_label(&from, &to, &own).await?;
        self.settle_noted(noted, json!({ "label": label })).await?;
        Ok(label.map(|label| (link, label)))
    }

    /// Notes definitions that are about to be made, each by its subject and name.
    async fn note(
        &self,
        object: &'static str,
        subjects: Vec<(String, &str)>,
    ) -> Result<Vec<JournalId>, StoreError> {
        let subjects: Vec<(String, String)> = subjects
            .into_iter()
            .map(|(subject, name)| (subject, name.to_owned()))
            .collect();
        self.journal
            .write(move |writer, order, now| note(writer, order, object, subjects, now))
            .await
    }

    async fn settle_noted(&self, noted: Vec<JournalId>, receipt: Value) -> Result<(), PushError> {
        let settle = move |writer: &Writer, _, now| {
            let settled = |entry| writer.settle_write(entry, Settled::Done, &receipt, now);
            noted.into_iter().try_for_each(settled)
        };
        Ok(self.journal.write(settle).await?)
    }
}

fn note(
    writer: &Writer,
    order: Order,
    object: &str,
    subjects: Vec<(String, String)>,
    now: jiff::Timestamp,
) -> Result<Vec<JournalId>, StoreError> {
    let mut noted = Vec::new();
    for (subject, name) in subjects {
        let write = NewJournalEntry {
            run: order.run,
            plan_row: None,
            action: CREATE.to_owned(),
            object: object.to_owned(),
            before: json!({}),
            after: json!({ "name": name }),
            write_key: format!("{}:{object}:{subject}", order.plan.0),
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
