use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{
    Engine,
    live::Pause,
    profile::Profile,
    runs::{self, Job},
};
use crate::view::{Problem, ProblemCode, RunKind};

/// The computer may sleep meanwhile, so that the time is looked at anew this often.
const LOOK_INTERVAL: Duration = Duration::from_secs(20);
const MINUTES_A_MONTH: u64 = 30 * 24 * 60;
/// Stripe documents 500 reads for each transaction over 30 days, and 10 000 a month at least.
const READS_PER_TRANSACTION: u64 = 500;
const LEAST_READS_A_MONTH: u64 = 10_000;
const LONGEST_INTERVAL_MINUTES: u64 = 60;
const METERED_MINUTES: u32 = 60;
/// After a run that could not reach a service, the next comes sooner, then later and later.
const RETRY_MINUTES: [i64; 4] = [1, 2, 5, 10];
/// How long until it is tried again whether the user has given the key what it lacks.
const MENDED_MINUTES: i64 = 60;
const RUNS_LOOKED_AT: u32 = 4;

impl Engine {
    /// Starts a sync whenever one is due or Stripe tells that something happened, until the process ends.
    pub async fn run_schedule(self: &Arc<Self>) {
        tokio::join!(self.sync_when_due(), self.listen());
    }

    async fn sync_when_due(self: &Arc<Self>) {
        loop {
            self.end_pause_when_over();
            let due = self.next_run().await.filter(|_| !self.run.is_taken());
            self.live().next_sync_at = due;
            self.refresh_status();
            if due.is_some_and(|due| due <= self.now()) {
                self.start_sync().await;
            }
            tokio::select! {
                () = self.schedule_changed.notified() => {}
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    }

    /// Transactions of the last 30 days, by which Stripe allots reads.
    async fn activity(&self) -> Result<u64, Problem> {
        let since = self
            .now()
            .checked_sub(SignedDuration::from_hours(30 * 24))
            .unwrap_or(Timestamp::MIN);
        self.with_store(move |store| {
            store.read(|reader| match Profile::read(reader)?.account {
                Some(account) => reader.count_created_since(account, "charge", since),
                None => Ok(0),
            })
        })
        .await
    }

    /// Minutes between runs, as things are now.
    pub(super) async fn interval_now_minutes(&self, profile: &Profile) -> Result<u32, Problem> {
        let activity = self.activity().await?;
        Ok(interval_minutes(profile, activity, self.live().metered))
    }

    /// Syncs as soon as the run under way has ended, unless nothing may start by itself. The schedule goes on as it is.
    pub(super) async fn look_now(self: &Arc<Self>) {
        self.run_ended().await;
        if self.next_run().await.is_some() {
            self.start_sync().await;
        }
    }

    async fn start_sync(self: &Arc<Self>) {
        match self.start(RunKind::Sync, Job::Sync).await {
            // A run that the user started meanwhile is as good.
            Ok(()) => {}
            Err(problem) if problem.code == ProblemCode::AlreadyRunning => {}
            Err(problem) => {
                tracing::warn!(code = ?problem.code, "the sync was not started");
                self.live().problem = Some(problem);
                self.refresh_status();
            }
        }
    }

    /// When the next run is due; `None` while nothing may start by itself.
    async fn next_run(&self) -> Option<Timestamp> {
        let profile = self
            .with_store(|store| store.read(Profile::read))
            .await
            .ok()?;
        if !profile.finished || self.live().pause.is_some() {
            return None;
        }
        let problem = self.live().problem.clone();
        let code = problem.as_ref().map(|problem| problem.code);
        let mended = code.is_some_and(ProblemCode::is_mended_at_the_service);
        if code.is_some_and(|code| !mended && !code.is_tried_again()) {
            return None;
        }
        // The day's requests are used up: there is nothing to be done before the day is over.
        let until = problem.and_then(|problem| problem.params.get("until")?.parse().ok());
        if let Some(until) = until.filter(|until| *until > self.now()) {
            return Some(until);
        }
        let account = profile.account?;
        let runs = self
            .with_store(move |store| store.read(|reader| reader.runs(account, RUNS_LOOKED_AT)))
            .await
            .ok()?;
        let Some(last) = runs
            .first()
            .map(|run| run.ended_at.unwrap_or(run.started_at))
        else {
            return Some(self.now());
        };
        let failures = runs.iter().take_while(|run| runs::may_work_later(run));
        let minutes = match RETRY_MINUTES.iter().take(failures.count()).next_back() {
            Some(minutes) => *minutes,
            None if mended => MENDED_MINUTES,
            None => i64::from(self.interval_now_minutes(&profile).await.ok()?),
        };
        // A clock that was set back must not put the next run off.
        if last > self.now() {
            return Some(self.now());
        }
        last.checked_add(SignedDuration::from_mins(minutes)).ok()
    }

    fn end_pause_when_over(&self) {
        let pause = self.live().pause;
        if let Some(Pause::Until { moment, at_latest }) = pause
            && (moment <= self.now() || at_latest <= tokio::time::Instant::now())
        {
            self.end_pause();
        }
    }
}

/// Minutes between runs: the user's, else an hour where the connection is `metered`, else as few as nine tenths of Stripe's
/// read allocation allow for the event poll.
fn interval_minutes(profile: &Profile, transactions: u64, metered: bool) -> u32 {
    if let Some(minutes) = profile.interval_minutes {
        return minutes;
    }
    if metered {
        return METERED_MINUTES;
    }
    let reads = transactions
        .saturating_mul(READS_PER_TRANSACTION)
        .max(LEAST_READS_A_MONTH);
    let polls = reads / 10 * 9;
    let minutes = MINUTES_A_MONTH
        .div_ceil(polls)
        .clamp(1, LONGEST_INTERVAL_MINUTES);
    u32::try_from(minutes).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_account_is_asked_every_five_minutes_and_a_busy_one_every_minute() {
        let profile = Profile::default();
        // 43 200 minutes a month, 9 000 polls: 4.8, so 5.
        assert_eq!(interval_minutes(&profile, 0, false), 5);
        assert_eq!(interval_minutes(&profile, 20, false), 5);
        // 40 transactions: 20 000 reads, 18 000 polls: 2.4, so 3.
        assert_eq!(interval_minutes(&profile, 40, false), 3);
        assert_eq!(interval_minutes(&profile, 10_000, false), 1);
        let own = Profile {
            interval_minutes: Some(30),
            ..Profile::default()
        };
        assert_eq!(interval_minutes(&own, 10_000, false), 30);
    }

    #[test]
    fn a_metered_connection_is_used_hourly_unless_the_user_said_otherwise() {
        assert_eq!(interval_minutes(&Profile::default(), 10_000, true), 60);
        let own = Profile {
            interval_minutes: Some(5),
            ..Profile::default()
        };
        assert_eq!(interval_minutes(&own, 0, true), 5);
    }
}
