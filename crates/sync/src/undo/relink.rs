//! Links that are taken away or made again.

use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{AssociationOutcome, ObjectType, Pair, Reason};

use super::{
    carry_out::{Work, by_kind},
    counts::LARGEST_LINK_BATCH,
    note::{Numbered, Step},
    row::Deed,
    settle::End,
};
use crate::{
    plan::{LinkKind, link_ends},
    push::PushError,
};

impl Work<'_> {
    pub(super) async fn links(&mut self, rows: Vec<Numbered>) -> Result<(), PushError> {
        for (kind, rows) in by_kind(rows) {
            let ends = link_ends(&kind);
            let types = ends.and_then(|(from, to)| self.types.of(from).zip(self.types.of(to)));
            let (from, to) = types.ok_or(PushError::Outdated)?;
            for part in rows.chunks(LARGEST_LINK_BATCH) {
                self.telling.may_go_on().await?;
                let steps = self.note_rows(part.to_vec()).await?;
                let pairs: BTreeSet<Pair> = steps.iter().filter_map(|step| step.pair).collect();
                if pairs.is_empty() {
                    continue;
                }
                let taken = steps
                    .iter()
                    .any(|step| matches!(step.row.deed, Deed::Unlink { .. }));
                let failed = if taken {
                    self.hubspot.dissociate(&from, &to, &pairs).await?;
                    BTreeMap::new()
                } else {
                    self.link_again(&kind, (&from, &to), &pairs).await?
                };
                let end = |step: Step| {
                    let refused = step.pair.and_then(|pair| failed.get(&pair).cloned());
                    (step, refused.map_or(End::Done(None), End::Refused))
                };
                self.end(steps.into_iter().map(end).collect()).await?;
            }
            self.telling.settled(rows.len());
        }
        Ok(())
    }

    async fn link_again(
        &self,
        kind: &str,
        (from, to): (&ObjectType, &ObjectType),
        pairs: &BTreeSet<Pair>,
    ) -> Result<BTreeMap<Pair, Reason>, PushError> {
        let label = || self.portal.as_ref()?.label(LinkKind::named(kind)?);
        let result = match label() {
            Some(label) => {
                let labelled = self.hubspot.associate_labelled(from, to, pairs, label);
                labelled.await
            }
            None => self.hubspot.associate(from, to, pairs).await,
        };
        if let Some(error) = result.stopped_by {
            return Err(error.into());
        }
        let refused = result
            .outcomes
            .into_iter()
            .filter_map(|(pair, outcome)| match outcome {
                AssociationOutcome::Refused { reason } => Some((pair, reason)),
                _ => None,
            });
        Ok(refused.collect())
    }
}
