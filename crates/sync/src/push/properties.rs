use clearsync_hubspot::{GROUP, LabelType, ObjectType, OwnProperty};
use clearsync_store::{JournalId, NewJournalEntry, Settled, StoreError, Writer};
use futures::future::try_join_all;
use serde_json::{Value, json};

use super::{
    Order, PushError, Work,
    barred::lacks_scope,
    journal::{MISSING_SCOPES, is_open},
};
use crate::plan::{CREATE, Kind, LinkKind, PIPELINE};

/// How properties are named where kinds of record are.
pub(crate) const PROPERTY: &str = "properties";
/// How own object types are named there.
pub(crate) const OBJECT_TYPE: &str = "object_types";
/// How pipelines are named there.
pub(crate) const PIPELINES: &str = "pipelines";
/// How association labels are named there.
pub(crate) const LABEL: &str = "labels";
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
            let making = self.make_object_type(*kind).await;
            if self.wait_if_barred(*kind, making).await? {
                made.push(*kind);
            }
        }
        let work = &*self;
        try_join_all(kinds.iter().map(|kind| work.make_properties(*kind, &made))).await?;
        if kinds.contains(&Kind::Deals) {
            let made = self.make_pipeline().await;
            self.wait_if_barred(Kind::Deals, made).await?;
            self.portal.lacks_pipeline &= self.is_barred(Kind::Deals);
        }
        let work = &*self;
        let labels = self.portal.links().map(|link| work.make_label(link));
        for (link, label) in try_join_all(labels).await?.into_iter().flatten() {
            self.portal.made_label(link, label);
        }
        for kind in kinds {
            if !self.is_barred(kind) {
                self.portal.made_properties(kind);
            }
        }
        self.portal.ensured = self.may_all();
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
            .await;
        let made = self.or_failed(&noted, made).await?;
        self.settle_noted(noted, json!({ "object_type_id": made.object_type_id }))
            .await?;
        self.portal.made_type(kind, made.object_type_id);
        self.remember_portal().await?;
        Ok(true)
    }

    /// Makes the properties of a kind that are missing. An own object type `made` just now has them.
    async fn make_properties(&self, kind: Kind, made: &[Kind]) -> Result<(), PushError> {
        if self.is_barred(kind) {
            return Ok(());
        }
        let outcome = self.make_missing_properties(kind, made).await;
        self.wait_if_barred(kind, outcome).await
    }

    async fn make_missing_properties(&self, kind: Kind, made: &[Kind]) -> Result<(), PushError> {
        let object = self.object_type(kind)?;
        let missing = self.portal.to_create(kind);
        let is_made = made.contains(&kind);
        let subject = |name: &str| format!("{}.{name}", kind.name());
        let subjects = missing.iter().map(|own| (subject(&own.name), &*own.name));
        let noted = self.note(PROPERTY, subjects.collect()).await?;
        // What stands in the group shows that it is there.
        let no_group = !missing.is_empty() && !is_made && self.portal.made(kind).is_empty();
        let (mut group, mut was_tried) = (Vec::new(), false);
        if no_group {
            (group, was_tried) = self.note_group(subject(GROUP)).await?;
        }
        let wanted = self.portal.chosen(kind);
        let wanted: Vec<&OwnProperty> = wanted.iter().collect();
        let ensured = if kind.own_object().is_some() {
            self.hubspot.ensure_properties(&object, &wanted).await
        } else {
            let missing: Vec<&OwnProperty> = missing.iter().collect();
            let made = self
                .hubspot
                .make_properties(&object, &wanted, &missing, no_group);
            made.await
        };
        let all = [&noted[..], &group].concat();
        let ensured = self.or_failed(&all, ensured).await?;
        let created = match kind.own_object() {
            // They came with the object type.
            Some(_) => missing.len(),
            None => ensured.created.len(),
        };
        self.count(|pushed| {
            pushed.properties_created += u32::try_from(created).unwrap_or(u32::MAX);
        });
        self.settle_noted(noted, json!({ "created": ensured.created }))
            .await?;
        // One that stands because of an earlier try is ClearSync's too.
        let created = ensured.group_created || was_tried;
        self.settle_noted(group, json!({ "created": created }))
            .await
    }

    async fn make_pipeline(&self) -> Result<(), PushError> {
        let noted = self
            .note(PIPELINES, vec![(PIPELINE.id.to_owned(), PIPELINE.id)])
            .await?;
        let ensured = self
            .hubspot
            .ensure_pipeline(&ObjectType::Deals, &PIPELINE, self.portal.lacks_pipeline)
            .await;
        let ensured = self.or_failed(&noted, ensured).await?;
        let receipt = json!({ "created": ensured.created, "stages": ensured.stages_added });
        self.settle_noted(noted, receipt).await
    }

    async fn make_label(
        &self,
        link: &'static LinkKind,
    ) -> Result<Option<(&'static LinkKind, LabelType)>, PushError> {
        if self.is_link_barred(link) {
            return Ok(None);
        }
        let outcome = self.make_missing_label(link).await;
        self.wait_if_link_barred(link, outcome).await
    }

    async fn make_missing_label(
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
        let known = self.portal.label(link);
        let label = self.hubspot.ensure_label(&from, &to, &own, known).await;
        let label = self.or_failed(&noted, label).await?;
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

    /// Notes a group that is about to be made, and says whether that was tried before.
    async fn note_group(&self, subject: String) -> Result<(Vec<JournalId>, bool), StoreError> {
        self.journal
            .write(move |writer, order, now| {
                let was_tried = writer.journal_by_key(&write_key(order, GROUPS, &subject))?;
                let noted = vec![(subject, GROUP.to_owned())];
                let noted = note(writer, order, GROUPS, noted, now)?;
                Ok((noted, was_tried.is_some()))
            })
            .await
    }

    /// What was made; where the key lacks the scope to make it, it is noted that it was not.
    async fn or_failed<T, E: Into<PushError>>(
        &self,
        noted: &[JournalId],
        made: Result<T, E>,
    ) -> Result<T, PushError> {
        let made = made.map_err(Into::into);
        if made.as_ref().is_err_and(lacks_scope) {
            let noted = noted.to_vec();
            let fail = move |writer: &Writer, _, now| {
                let receipt = json!({ "reason": MISSING_SCOPES });
                let failed = |entry| writer.settle_write(entry, Settled::Failed, &receipt, now);
                noted.into_iter().try_for_each(failed)
            };
            self.journal.write(fail).await?;
        }
        made
    }

    async fn settle_noted(&self, noted: Vec<JournalId>, receipt: Value) -> Result<(), PushError> {
        let settle = move |writer: &Writer, _, now| {
            let settled = |entry| writer.settle_write(entry, Settled::Done, &receipt, now);
            noted.into_iter().try_for_each(settled)
        };
        Ok(self.journal.write(settle).await?)
    }
}

fn write_key(order: Order, object: &str, subject: &str) -> String {
    format!("{}:{object}:{subject}", order.plan.0)
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
            write_key: write_key(order, object, &subject),
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
