//! Brings the store to what Stripe holds: by events, by reading everything where events are not enough, and by comparing
//! what matters most, once a day and where the key may not read events.

use tokio::sync::watch;

use super::{
    Engine,
    runs::{Counts, number},
};
use crate::{
    import::{self, Followed, ImportNeeded, ImportProgress, Often, Source, Wish},
    view::{Compared, Problem, RunKind, RunStep, Service, WholeReadReason},
};

impl Engine {
    /// Follows Stripe's events. Where they are not enough everything is read, and noted why; where the key may not read
    /// them, lists are compared.
    pub(super) async fn follow_stripe(
        &self,
        kind: RunKind,
        source: &Source,
        wish: watch::Receiver<Wish>,
        counts: &mut Counts,
    ) -> Result<(), Problem> {
        match import::follow(source, &self.store, &self.clock, &wish).await? {
            Followed::Current {
                changed, deleted, ..
            } => {
                counts.objects_read += number(changed + deleted);
                self.compare(source, &wish, Often::Daily, counts).await
            }
            Followed::EventsRefused => self.compare(source, &wish, Often::Hourly, counts).await,
            Followed::ImportNeeded(needed) => {
                tracing::info!(?needed, "reading everything");
                counts.whole_read = Some(needed.into());
                if !matches!(needed, ImportNeeded::Unfinished) {
                    import::start_over(source, &self.store).await?;
                }
                if matches!(needed, ImportNeeded::PermissionBack) {
                    // What is read, and with what in it, goes by the checklist.
                    self.check_all(Service::Stripe).await?;
                    let source = self.source().await?;
                    return self.read_everything(kind, &source, wish, counts).await;
                }
                self.read_everything(kind, source, wish, counts).await
            }
        }
    }

    async fn compare(
        &self,
        source: &Source,
        wish: &watch::Receiver<Wish>,
        often: Often,
        counts: &mut Counts,
    ) -> Result<(), Problem> {
        let compared =
            import::compare_if_due(source, &self.store, &self.clock, wish, often).await?;
        counts.compared = compared.map(|compared| Compared {
            objects: number(compared.objects),
            differing: number(compared.differing),
        });
        Ok(())
    }

    /// Reads every list, and then what happened while it was being read.
    pub(super) async fn read_everything(
        &self,
        kind: RunKind,
        source: &Source,
        wish: watch::Receiver<Wish>,
        counts: &mut Counts,
    ) -> Result<(), Problem> {
        self.begin_step(kind, RunStep::Reading, wish.clone())
            .await?;
        let (progress, moving) = watch::channel(ImportProgress::default());
        let reading = import::import(source, &self.store, &self.clock, wish.clone(), &progress);
        let imported = self
            .while_telling(reading, moving, |progress, shown| {
                shown.done = progress.lists.iter().map(|list| list.done).sum();
                shown.total = progress.lists.iter().map(|list| list.total).sum();
                shown.per_second = progress.per_second;
                shown.minutes_left = progress.minutes_left;
                shown.lists.clone_from(&progress.lists);
                shown.held = progress.held;
            })
            .await?;
        counts.objects_read += number(imported.changed + imported.deleted);
        // An import that was stopped goes on with lists that are weeks old.
        match import::follow(source, &self.store, &self.clock, &wish).await {
            Ok(Followed::Current {
                changed, deleted, ..
            }) => counts.objects_read += number(changed + deleted),
            // Nothing is gained by reading everything twice in one run; and a key without events can read, not follow.
            Ok(Followed::ImportNeeded(_) | Followed::EventsRefused) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

impl From<ImportNeeded> for WholeReadReason {
    fn from(needed: ImportNeeded) -> Self {
        match needed {
            ImportNeeded::Never => Self::Never,
            ImportNeeded::Unfinished => Self::Unfinished,
            ImportNeeded::GapTooLong => Self::GapTooLong,
            ImportNeeded::ClockSetBack => Self::ClockSetBack,
            ImportNeeded::PermissionBack => Self::PermissionBack,
            ImportNeeded::EventsRefused => Self::EventsRefused,
        }
    }
}
