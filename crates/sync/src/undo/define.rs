//! Properties, groups, pipelines and object types that are removed or made again.

use std::collections::BTreeMap;

use clearsync_hubspot::{GROUP, GROUP_LABEL, HubSpotError, ObjectType, Reason, SchemaError};

use super::{
    carry_out::Work,
    note::{Numbered, Step},
    row::{Deed, GROUPS, OBJECT_TYPES, PIPELINES, PROPERTIES, Row},
    settle::End,
};
use crate::{
    plan::{Kind, PIPELINE},
    push::PushError,
};

impl Work<'_> {
    /// What stands in another goes before it, and comes after it.
    pub(super) async fn definitions(&mut self, rows: Vec<Numbered>) -> Result<(), PushError> {
        let again = |row: &Row| matches!(row.deed, Deed::DefineAgain { .. });
        let mut parts: BTreeMap<(bool, usize, String), Vec<Numbered>> = BTreeMap::new();
        for (number, row) in rows {
            let (Deed::Remove { on, .. } | Deed::DefineAgain { on, .. }) = &row.deed else {
                continue;
            };
            let order = [PROPERTIES, PIPELINES, GROUPS, OBJECT_TYPES];
            let place = order.iter().position(|kind| *kind == row.object);
            let place = place.unwrap_or(order.len());
            let place = if again(&row) {
                order.len() - place
            } else {
                place
            };
            let key = (!again(&row), place, on.clone());
            parts.entry(key).or_default().push((number, row));
        }
        for ((_, _, on), part) in parts {
            self.telling.may_go_on().await?;
            let object = self.types.of(&on).ok_or(PushError::Outdated)?;
            let total = part.len();
            let steps = self.note_rows(part).await?;
            if self.define_together(&object, &steps).await? {
                let done = |step: Step| (step, End::Done(None));
                self.end(steps.into_iter().map(done).collect()).await?;
            } else {
                self.define_one_by_one(&object, steps).await?;
            }
            self.telling.settled(total);
        }
        Ok(())
    }

    /// Removes or makes properties in one request; says whether that was so.
    async fn define_together(
        &self,
        object: &ObjectType,
        steps: &[Step],
    ) -> Result<bool, PushError> {
        if steps
            .first()
            .is_none_or(|step| step.row.object != PROPERTIES)
        {
            return Ok(false);
        }
        let names: Vec<&str> = steps.iter().map(|step| step.row.label.as_str()).collect();
        let removes = steps
            .iter()
            .any(|step| matches!(step.row.deed, Deed::Remove { .. }));
        let outcome = if removes {
            self.hubspot.archive_properties(object, &names).await
        } else {
            self.make_properties(object, &names).await
        };
        match outcome {
            Ok(()) => Ok(true),
            Err(error) if is_about_it(&error.reason) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn define_one_by_one(
        &mut self,
        object: &ObjectType,
        steps: Vec<Step>,
    ) -> Result<(), PushError> {
        let mut ends = Vec::with_capacity(steps.len());
        for step in steps {
            let end = match self.define(object, &step.row).await {
                Ok(()) => End::Done(None),
                Err(error) if is_about_it(&error.reason) => End::Refused(error.reason),
                Err(error) => {
                    self.end(ends).await?;
                    return Err(error.into());
                }
            };
            ends.push((step, end));
        }
        self.end(ends).await
    }

    async fn define(&self, object: &ObjectType, row: &Row) -> Result<(), HubSpotError> {
        let name = row.label.as_str();
        let again = matches!(row.deed, Deed::DefineAgain { .. });
        match (row.object.as_str(), again) {
            (PROPERTIES, false) => self.hubspot.archive_property(object, name).await,
            (PROPERTIES, true) => self.make_properties(object, &[name]).await,
            (PIPELINES, false) => self.hubspot.archive_pipeline(object, name).await,
            (PIPELINES, true) => self
                .hubspot
                .ensure_pipeline(object, &PIPELINE, false)
                .await
                .map(drop),
            (OBJECT_TYPES, false) => self.hubspot.archive_custom_object(object.type_id()).await,
            (_, false) => self.hubspot.archive_property_group(object, name).await,
            (_, true) => self
                .hubspot
                .create_property_group(object, GROUP, GROUP_LABEL)
                .await
                .map(drop),
        }
    }

    async fn make_properties(
        &self,
        object: &ObjectType,
        names: &[&str],
    ) -> Result<(), HubSpotError> {
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| self.types.of(kind.name()).as_ref() == Some(object));
        let own: Vec<_> = kind
            .map_or(&[][..], Kind::catalogue)
            .iter()
            .filter(|own| names.contains(&&*own.name))
            .collect();
        match self.hubspot.ensure_properties(object, &own).await {
            Ok(_) => Ok(()),
            Err(SchemaError::HubSpot(error) | SchemaError::NotCreated { source: error, .. }) => {
                Err(error)
            }
            Err(SchemaError::Misfits(_) | SchemaError::NotSeen(_)) => {
                Err(Reason::AlreadyExists.into())
            }
        }
    }
}

/// Whether a refusal is about the one definition.
fn is_about_it(reason: &Reason) -> bool {
    reason.concerns_one_record()
        || matches!(
            reason,
            Reason::PropertyInUse | Reason::AlreadyExists | Reason::LabelTaken
        )
}
