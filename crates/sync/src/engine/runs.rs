use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use clearsync_store::{AccountId, Lease, PlanId, Run, RunId, Store, StoreError, Target};
use clearsync_stripe::catalog::{Held, row as catalog_row};
use futures::FutureExt;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::watch;

use super::{Engine, live::Pause, policies, profile::Profile, run_slot::Taken};
use crate::{
    blocking::blocking,
    derive::derive,
    drift,
    import::{self, Source, Wish},
    matching::SharedDomains,
    plan, push, undo,
    view::{
        CheckState, Compared, DataKind, PlanSummary, Problem, ProblemCode, RunKind, RunOutcome,
        RunProgress, RunRow, RunStep, Service, SetupStep, Status, WholeReadReason,
    },
};

/// How often a moving progress is told, at most.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(200);

/// What a run did, as it is noted with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    pub(super) objects_read: u32,
    pub(super) whole_read: Option<WholeReadReason>,
    pub(super) compared: Option<Compared>,
    created: u32,
    updated: u32,
    removed: u32,
    failed: u32,
    problem: Option<Problem>,
}

impl Engine {
    /// Starts reading Stripe, or goes on where it was stopped.
    ///
    /// # Errors
    /// A [`Problem`] when a run is under way already; what happens in the run is told in the status.
    pub async fn start_import(self: &Arc<Self>) -> Result<(), Problem> {
        self.start(RunKind::Import, Job::Import).await
    }

    /// Starts a sync at once.
    ///
    /// # Errors
    /// As [`Engine::start_import`].
    pub async fn sync_now(self: &Arc<Self>) -> Result<(), Problem> {
        self.start(RunKind::Sync, Job::Sync).await?;
        self.live().pause = None;
        self.refresh_status();
        Ok(())
    }

    /// Carries out exactly the plan that was shown.
    ///
    /// # Errors
    /// As [`Engine::start_import`].
    pub async fn push(self: &Arc<Self>, plan: u32) -> Result<(), Problem> {
        self.start(RunKind::Push, Job::Push(PlanId(i64::from(plan))))
            .await?;
        self.change_profile(|profile| {
            if profile.reached == SetupStep::Preview {
                profile.reached = SetupStep::FirstSync;
            }
        })
        .await?;
        Ok(())
    }

    /// Matches and plans anew.
    ///
    /// # Errors
    /// A [`Problem`] when a run is under way or HubSpot cannot be asked.
    pub async fn make_plan(self: &Arc<Self>) -> Result<PlanSummary, Problem> {
        let taken = self.run.take()?;
        let lease = self.with_store(Store::lease).await?;
        self.plan(plan::Looking::Anew).await?;
        drop((lease, taken));
        self.data_changed(&[DataKind::Plan, DataKind::Attention]);
        self.plan_summary()
            .await?
            .ok_or_else(|| Problem::new(ProblemCode::NothingToPush))
    }

    /// Pauses syncing for some minutes, or until resumed. A run under way is held where it is.
    ///
    /// # Errors
    /// None so far; the window's commands may all refuse.
    #[expect(
        clippy::unused_async,
        reason = "every command of the window is asynchronous"
    )]
    pub async fn pause(&self, minutes: Option<u32>) -> Result<Status, Problem> {
        let until = minutes.and_then(|minutes| {
            let span = Duration::from_secs(u64::from(minutes) * 60);
            Some(Pause::Until {
                moment: self.now().checked_add(span).ok()?,
                at_latest: tokio::time::Instant::now() + span,
            })
        });
        self.live().pause = Some(until.unwrap_or(Pause::UntilResumed));
        self.run.wish(Wish::Hold);
        self.hold_progress(true);
        self.schedule_changed.notify_one();
        Ok(self.status())
    }

    /// Goes on.
    ///
    /// # Errors
    /// None so far; the window's commands may all refuse.
    #[expect(
        clippy::unused_async,
        reason = "every command of the window is asynchronous"
    )]
    pub async fn resume(&self) -> Result<Status, Problem> {
        self.end_pause();
        self.schedule_changed.notify_one();
        Ok(self.status())
    }

    /// Ends the run under way. The next goes on where it stopped.
    ///
    /// # Errors
    /// None so far; the window's commands may all refuse.
    pub async fn stop(&self) -> Result<Status, Problem> {
        self.stop_run().await;
        Ok(self.status())
    }

    /// The last runs, newest first.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn runs(&self) -> Result<Vec<RunRow>, Problem> {
        self.with_store(|store| {
            store.read(|reader| match Profile::read(reader)?.account {
                Some(account) => Ok(reader.runs(account, 200)?.iter().filter_map(row).collect()),
                None => Ok(Vec::new()),
            })
        })
        .await
    }

    /// Waits until the run under way, if there is one, has ended.
    pub async fn run_ended(&self) {
        self.run.ended().await;
    }

    pub(super) async fn stop_run(&self) {
        self.run.wish(Wish::Stop);
        self.run_ended().await;
    }

    pub(super) fn end_pause(&self) {
        self.live().pause = None;
        self.run.wish(Wish::Go);
        self.hold_progress(false);
    }

    pub(super) async fn start(self: &Arc<Self>, kind: RunKind, job: Job) -> Result<(), Problem> {
        let account = self.account().await?;
        let taken = self.run.take()?;
        let lease = self.with_store(Store::lease).await?;
        let now = self.now();
        let run = self
            .with_store(move |store| {
                store.write(|writer| {
                    // Nobody else holds the lease, so that whoever left a run open is gone.
                    writer.close_cut_off_runs(&word(RunOutcome::Stopped))?;
                    writer.begin_run(account, &word(kind), now)
                })
            })
            .await?;
        self.show_step(kind, job.first_step());
        let engine = Arc::clone(self);
        tokio::spawn(async move { engine.carry_out(kind, job, run, taken, lease).await });
        Ok(())
    }

    async fn carry_out(
        self: Arc<Self>,
        kind: RunKind,
        job: Job,
        run: RunId,
        taken: Taken,
        lease: Lease,
    ) {
        let mut counts = Counts::default();
        let wish = taken.wish.clone();
        let work = async {
            match job {
                Job::Import => self.import_all(kind, wish, &mut counts).await,
                Job::Sync => self.sync(run, wish, &mut counts).await,
                Job::Push(plan) => self.push_plan(kind, run, plan, wish, &mut counts).await,
                Job::Undo(plan) => self.take_back(run, plan, wish, &mut counts).await,
            }
        };
        // A fault of ours ends the run like any other problem.
        let outcome = AssertUnwindSafe(work).catch_unwind().await;
        let outcome = outcome.unwrap_or_else(|_| Err(Problem::new(ProblemCode::Unexpected)));
        let outcome = match outcome {
            Ok(outcome) => {
                self.live().problem = None;
                outcome
            }
            Err(problem) if problem.code == ProblemCode::Stopped => RunOutcome::Stopped,
            Err(problem) => {
                tracing::warn!(code = ?problem.code, request_id = problem.request_id, "the run ended early");
                counts.problem = Some(problem.clone());
                self.live().problem = Some(problem);
                RunOutcome::Failed
            }
        };
        let (now, counts) = (self.now(), json!(counts));
        let noted = self
            .with_store(move |store| {
                store.write(|writer| writer.end_run(run, &word(outcome), &counts, now))
            })
            .await;
        if let Err(problem) = noted {
            self.live().problem = Some(problem);
        }
        drop(lease);
        self.live().progress = None;
        self.refresh_status();
        drop(taken);
        self.schedule_changed.notify_one();
        self.data_changed(&Self::ALL_DATA);
    }

    /// Reads all of Stripe and works the figures out.
    async fn import_all(
        &self,
        kind: RunKind,
        wish: watch::Receiver<Wish>,
        counts: &mut Counts,
    ) -> Result<RunOutcome, Problem> {
        let source = self.source().await?;
        let read = self
            .read_everything(kind, &source, wish.clone(), counts)
            .await;
        self.check_refused_rows(source.account(), &read).await;
        read?;
        self.work_figures_out(kind, source.account(), wish).await?;
        self.change_profile(|profile| {
            if profile.reached == SetupStep::Import {
                // The review asks for nothing, so that the step behind it is open too.
                profile.reached = SetupStep::Preview;
            }
        })
        .await?;
        Ok(RunOutcome::Done)
    }

    /// Follows Stripe, plans, and pushes unless the plan is one the user wants to see first.
    async fn sync(
        &self,
        run: RunId,
        wish: watch::Receiver<Wish>,
        counts: &mut Counts,
    ) -> Result<RunOutcome, Problem> {
        let source = self.source().await?;
        let kind = RunKind::Sync;
        let followed = self
            .follow_stripe(kind, &source, wish.clone(), counts)
            .await;
        self.check_refused_rows(source.account(), &followed).await;
        followed?;
        self.work_figures_out(kind, source.account(), wish.clone())
            .await?;
        self.begin_step(kind, RunStep::Planning, wish.clone())
            .await?;
        // A sync has its own errand, so that it goes on when HubSpot cannot be looked at.
        if let Err(problem) = self.look_for_drift(drift::Share::NextPart).await {
            tracing::warn!(code = ?problem.code, "HubSpot was not looked at for differences");
        }
        self.plan(plan::Looking::AsNeeded).await?;
        self.tell(super::Change::Data(vec![DataKind::Figures, DataKind::Plan]));
        let Some(plan) = self.plan_summary().await? else {
            return Ok(RunOutcome::Done);
        };
        if plan.creates + plan.updates + plan.associations <= plan.waiting {
            return Ok(RunOutcome::Done);
        }
        if plan.needs_approval.is_some() {
            return Ok(RunOutcome::WaitsForApproval);
        }
        self.push_plan(kind, run, PlanId(i64::from(plan.id)), wish, counts)
            .await
    }

    async fn push_plan(
        &self,
        kind: RunKind,
        run: RunId,
        plan: PlanId,
        wish: watch::Receiver<Wish>,
        counts: &mut Counts,
    ) -> Result<RunOutcome, Problem> {
        self.begin_step(kind, RunStep::Writing, wish.clone())
            .await?;
        let hubspot = self.connected_hubspot().await?;
        let target = self.target().await?;
        let (progress, moving) = watch::channel(push::PushProgress::default());
        let waiting = self.plan_summary().await?.map_or(0, |plan| plan.waiting);
        let pushing = push::push(
            &self.store,
            &hubspot,
            push::Order {
                target,
                plan,
                run: Some(run),
            },
            &self.clock,
            wish,
            &progress,
        );
        let pushed = self.while_telling(pushing, moving, show_push).await;
        self.note_quota(&hubspot).await?;
        self.check_refused_scopes(target.account, &pushed).await;
        let pushed = pushed?;
        // What waits for the user's word can be looked at all the while, and what waits for a scope.
        if waiting > 0 || pushed.waits_for_scopes {
            self.plan(plan::Looking::AsNeeded).await?;
        }
        counts.created += pushed.created;
        counts.updated += pushed.updated;
        counts.failed += pushed.failed;
        self.change_profile(|profile| {
            if matches!(profile.reached, SetupStep::Preview | SetupStep::FirstSync) {
                profile.reached = SetupStep::KeepInSync;
            }
        })
        .await?;
        Ok(if pushed.failed == 0 {
            RunOutcome::Done
        } else {
            RunOutcome::DoneWithRefusals
        })
    }

    async fn take_back(
        &self,
        run: RunId,
        plan: PlanId,
        wish: watch::Receiver<Wish>,
        counts: &mut Counts,
    ) -> Result<RunOutcome, Problem> {
        self.begin_step(RunKind::Undo, RunStep::Writing, wish.clone())
            .await?;
        let hubspot = self.connected_hubspot().await?;
        let (target, run) = (self.target().await?, Some(run));
        let order = push::Order { target, plan, run };
        let (progress, moving) = watch::channel(push::PushProgress::default());
        let undoing = undo::carry_out(&self.store, &hubspot, order, &self.clock, wish, &progress);
        let undone = self.while_telling(undoing, moving, show_push).await;
        self.note_quota(&hubspot).await?;
        let undone = undone?;
        counts.created += undone.made_again;
        counts.updated += undone.put_back;
        counts.removed += undone.archived;
        counts.failed += undone.failed + undone.left;
        Ok(if counts.failed == 0 {
            RunOutcome::Done
        } else {
            RunOutcome::DoneWithRefusals
        })
    }

    async fn work_figures_out(
        &self,
        kind: RunKind,
        account: AccountId,
        wish: watch::Receiver<Wish>,
    ) -> Result<(), Problem> {
        self.begin_step(kind, RunStep::Computing, wish).await?;
        let (store, now) = (self.store.clone(), self.now());
        let work = move || {
            let (policy, shared) = store.read(|reader| {
                let policy = policies::active(reader, account)?;
                Ok::<_, StoreError>((policy, SharedDomains::read(reader, account)?))
            })?;
            derive(&store, account, &policy, &shared, now)
        };
        blocking(work).await?;
        Ok(())
    }

    pub(super) async fn plan(&self, looking: plan::Looking) -> Result<(), Problem> {
        self.ensure_installation().await?;
        let hubspot = self.connected_hubspot().await?;
        let target: Target = self.target().await?;
        let rules = self
            .with_store(|store| store.read(Profile::read))
            .await?
            .rules();
        let made = plan::make(&self.store, &hubspot, target, &rules, looking, self.now()).await;
        self.note_quota(&hubspot).await?;
        let made = made.map_err(Problem::from);
        self.check_refused_scopes(target.account, &made).await;
        made.map(drop)
    }

    pub(super) async fn source(&self) -> Result<Source, Problem> {
        let client = self.connected_stripe().await?;
        let account = self.account().await?;
        Ok(import::connect(client, self.held(), Some(account), &self.store, &self.clock).await?)
    }

    /// What the key may read: what was checked, else what it was made for. A list that is refused after all is left out
    /// and said so.
    fn held(&self) -> Held {
        let checklist = self.checklist(Service::Stripe);
        if checklist.checked_at.is_none() {
            return Held::all_of(self.preset());
        }
        let open = |state: &CheckState| matches!(state, CheckState::Missing);
        checklist
            .rows
            .iter()
            .filter(|row| !open(&row.state))
            .filter_map(|row| catalog_row(&row.id))
            .collect()
    }

    /// Does a piece of a run and tells its progress meanwhile, not more often than an eye can follow.
    pub(super) async fn while_telling<T, E: Into<Problem>, P: Clone>(
        &self,
        work: impl Future<Output = Result<T, E>>,
        mut moving: watch::Receiver<P>,
        show: impl Fn(&P, &mut RunProgress),
    ) -> Result<T, Problem> {
        let tell = async {
            while moving.changed().await.is_ok() {
                let progress = moving.borrow_and_update().clone();
                if let Some(shown) = self.live().progress.as_mut() {
                    show(&progress, shown);
                }
                self.refresh_status();
                tokio::time::sleep(PROGRESS_INTERVAL).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            outcome = work => outcome.map_err(Into::into),
            () = tell => Err(Problem::new(ProblemCode::Unexpected)),
        }
    }

    /// Shows the step and begins it once the user does not hold the run.
    pub(super) async fn begin_step(
        &self,
        run: RunKind,
        step: RunStep,
        mut wish: watch::Receiver<Wish>,
    ) -> Result<(), Problem> {
        self.show_step(run, step);
        if *wish.borrow() == Wish::Hold {
            self.hold_progress(true);
        }
        let stopped = wish
            .wait_for(|wish| *wish != Wish::Hold)
            .await
            .is_ok_and(|wish| *wish == Wish::Stop);
        if stopped {
            return Err(Problem::new(ProblemCode::Stopped));
        }
        Ok(())
    }

    pub(super) fn show_step(&self, run: RunKind, step: RunStep) {
        self.live().progress = Some(RunProgress {
            run,
            step,
            done: 0,
            total: None,
            per_second: 0,
            minutes_left: None,
            lists: Vec::new(),
            held: false,
        });
        self.refresh_status();
    }

    fn hold_progress(&self, held: bool) {
        if let Some(progress) = self.live().progress.as_mut() {
            progress.held = held;
        }
        self.refresh_status();
    }
}

fn show_push(progress: &push::PushProgress, shown: &mut RunProgress) {
    shown.done = progress.done;
    shown.total = Some(progress.total);
    shown.per_second = progress.per_second;
    shown.minutes_left = progress.minutes_left;
    shown.held = progress.held;
}

/// What a run is to do.
pub(super) enum Job {
    Import,
    Sync,
    Push(PlanId),
    Undo(PlanId),
}

impl Job {
    fn first_step(&self) -> RunStep {
        match self {
            Self::Import | Self::Sync => RunStep::Reading,
            Self::Push(_) | Self::Undo(_) => RunStep::Writing,
        }
    }
}

/// The row of a run; `None` for one of a kind this version does not know.
pub(super) fn row(run: &Run) -> Option<RunRow> {
    let counts = Counts::deserialize(&run.counts).unwrap_or_default();
    Some(RunRow {
        id: u32::try_from(run.id.0).ok()?,
        kind: value(&run.kind)?,
        started_at: run.started_at.to_string(),
        ended_at: run.ended_at.map(|moment| moment.to_string()),
        outcome: run.outcome.as_deref().and_then(value),
        objects_read: counts.objects_read,
        whole_read: counts.whole_read,
        compared: counts.compared,
        created: counts.created,
        updated: counts.updated,
        removed: counts.removed,
        failed: counts.failed,
        problem: counts.problem,
    })
}

/// Whether everything was in sync when the run ended.
pub(super) fn brought_in_sync(row: &RunRow) -> bool {
    matches!(row.kind, RunKind::Sync | RunKind::Push)
        && matches!(
            row.outcome,
            Some(RunOutcome::Done | RunOutcome::DoneWithRefusals)
        )
}

/// Whether the run ended early for a reason after which the next may start by itself.
pub(super) fn may_work_later(run: &Run) -> bool {
    let problem = row(run).and_then(|row| row.problem);
    problem.is_some_and(|problem| problem.code.is_tried_again())
}

/// The word a value is stored with.
fn word(value: impl Serialize) -> String {
    json!(value).as_str().map(str::to_owned).unwrap_or_default()
}

fn value<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(json!(word)).ok()
}

pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
