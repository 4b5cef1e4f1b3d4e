use clearsync_store::{Reader, Store, StoreError, Target};

use super::{Engine, preview, profile::Profile, undo::record_url};
use crate::{
    drift::{self, Share},
    plan::Guard,
    push::OBJECT_TYPE,
    undo,
    view::{DataKind, DriftDifference, DriftFinding, DriftRow, DriftView, Ownership, Problem},
};

impl Engine {
    /// What was seen to differ from what was last written.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn drift(&self) -> Result<DriftView, Problem> {
        self.with_store(|store| {
            store.read(|reader| {
                let profile = Profile::read(reader)?;
                match preview::target(&profile) {
                    Some(target) => view(reader, &profile, target),
                    None => Ok(DriftView {
                        differing: 0,
                        looked_at: 0,
                        total: 0,
                        at: None,
                        rows: Vec::new(),
                    }),
                }
            })
        })
        .await
    }

    /// Looks at every record that was written.
    ///
    /// # Errors
    /// A [`Problem`] when a run is under way or HubSpot cannot be asked.
    pub async fn check_drift(&self) -> Result<DriftView, Problem> {
        let taken = self.run.take()?;
        let lease = self.with_store(Store::lease).await?;
        self.look_for_drift(Share::All).await?;
        drop((lease, taken));
        self.drift().await
    }

    pub(super) async fn look_for_drift(&self, share: Share) -> Result<(), Problem> {
        let hubspot = self.connected_hubspot().await?;
        let target = self.target().await?;
        let looked = drift::look(&self.store, &hubspot, target, share, self.now()).await;
        self.note_quota(&hubspot).await?;
        if looked? > 0 {
            self.data_changed(&[DataKind::Attention]);
        }
        Ok(())
    }
}

fn view(reader: &Reader, profile: &Profile, target: Target) -> Result<DriftView, StoreError> {
    let guard = Guard::load(reader, target.account)?;
    let progress = drift::progress(reader, target)?;
    let mut rows = Vec::new();
    for drift in reader.drift(target)? {
        let is_definition = drift::is_definition(&drift.object);
        let gone = drift.finding == clearsync_store::DriftFinding::Gone;
        let name = if is_definition {
            let mut labels = drift.differences.values();
            labels.next().map(|(made, _)| made.clone())
        } else {
            undo::label(reader, target, &drift.subject)?
        };
        let record = drift.record.parse().ok();
        let difference = |(property, (written, held)): (String, (String, String))| {
            let ownership = guard.ownership(&drift.object, &property);
            let repaired = if is_definition {
                // What people call it is theirs, and making an object type again would delete its records for good.
                gone && drift.object != OBJECT_TYPE
            } else {
                ownership == Ownership::Owned
                    || (ownership == Ownership::FillIfEmpty && held.is_empty())
            };
            DriftDifference {
                label: preview::label(&property),
                repaired,
                property,
                written,
                held,
            }
        };
        rows.push(DriftRow {
            url: record.and_then(|record| record_url(profile, &drift.object, record)),
            name: name.unwrap_or_else(|| drift.subject.clone()),
            finding: match drift.finding {
                clearsync_store::DriftFinding::Changed => DriftFinding::Changed,
                clearsync_store::DriftFinding::Merged => DriftFinding::Merged,
                clearsync_store::DriftFinding::Gone => DriftFinding::Gone,
            },
            differences: drift.differences.into_iter().map(difference).collect(),
            object: drift.object.clone(),
            key: drift.subject,
            hubspot_id: drift.record,
            seen_at: drift.seen_at.to_string(),
        });
    }
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(DriftView {
        differing: number(rows.len()),
        looked_at: number(progress.in_round),
        total: number(progress.total),
        at: progress.looked_at.map(|at| at.to_string()),
        rows,
    })
}
