use std::path::PathBuf;

use jiff::Timestamp;

use super::{Engine, profile::Profile, realtime::Hearing};
use crate::view::{Phase, Problem, RunProgress, RunRow, Status, TrayPresence};

/// What is going on right now and need not outlive the process.
#[derive(Default)]
pub(super) struct Live {
    /// The run under way.
    pub(super) progress: Option<RunProgress>,
    /// What stopped the last run, until one succeeds or the cause is mended.
    pub(super) problem: Option<Problem>,
    /// Whether and how long the user paused.
    pub(super) pause: Option<Pause>,
    /// When the schedule starts the next run.
    pub(super) next_sync_at: Option<Timestamp>,
    /// Whether the tray icon can be seen.
    pub(super) tray: TrayPresence,
    /// Whether the connection is paid for by volume.
    pub(super) metered: bool,
    /// Whether deliveries of Stripe are heard.
    pub(super) hearing: Option<Hearing>,
    /// What keeps them from being heard.
    pub(super) realtime_problem: Option<Problem>,
    /// Where a damaged database was put.
    pub(super) database_set_aside: Option<PathBuf>,
}

/// A pause the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pause {
    /// Until this moment.
    Until {
        moment: Timestamp,
        /// The same by the clock that nobody sets.
        at_latest: tokio::time::Instant,
    },
    /// Until the user resumes.
    UntilResumed,
}

impl Engine {
    /// Works the status out anew and tells it when it differs.
    pub(super) fn refresh_status(&self) {
        let stored = self.store.read(|reader| {
            let profile = Profile::read(reader)?;
            let Some(account) = profile.account else {
                return Ok(Stored {
                    profile,
                    ..Stored::default()
                });
            };
            let runs = reader.runs(account, RUNS_LOOKED_AT)?;
            let rows: Vec<RunRow> = runs.iter().filter_map(super::runs::row).collect();
            Ok::<_, clearsync_store::StoreError>(Stored {
                last_run: rows.iter().find(|row| row.outcome.is_some()).cloned(),
                last_sync_at: rows
                    .iter()
                    .find(|row| super::runs::brought_in_sync(row))
                    .and_then(|row| row.ended_at.clone()),
                attention: super::attention::count(reader, account)?,
                waiting_changes: super::preview::waiting_changes(reader, &profile)?,
                profile,
            })
        });
        match stored {
            Ok(stored) => {
                let status = self.status_from(stored);
                self.status.send_if_modified(|current| {
                    let changed = *current != status;
                    *current = status;
                    changed
                });
            }
            Err(error) => tracing::error!(%error, "the status could not be read"),
        }
    }

    fn status_from(&self, stored: Stored) -> Status {
        let live = self.live();
        let profile = stored.profile;
        let attention = stored.attention + u32::from(live.database_set_aside.is_some());
        Status {
            phase: phase(&live, &profile, attention),
            progress: live.progress.clone(),
            last_run: stored.last_run,
            last_sync_at: stored.last_sync_at,
            next_sync_at: live.next_sync_at.map(|moment| moment.to_string()),
            paused_until: match live.pause {
                Some(Pause::Until { moment, .. }) => Some(moment.to_string()),
                Some(Pause::UntilResumed) | None => None,
            },
            attention,
            waiting_changes: stored.waiting_changes,
            problem: live.problem.clone(),
            sample_data: self.sample_data,
            tray: live.tray,
            stripe: profile.stripe,
            hubspot: profile.hubspot,
        }
    }
}

const RUNS_LOOKED_AT: u32 = 50;

#[derive(Default)]
struct Stored {
    profile: Profile,
    last_run: Option<RunRow>,
    last_sync_at: Option<String>,
    attention: u32,
    waiting_changes: u32,
}

/// The one state that is shown, the most pressing first.
fn phase(live: &Live, profile: &Profile, attention: u32) -> Phase {
    if live.progress.is_some() {
        Phase::Syncing
    } else if !profile.finished {
        Phase::NotSetUp
    } else if live.pause.is_some() {
        Phase::Paused
    } else if live
        .problem
        .as_ref()
        .is_some_and(|problem| problem.code.passes_by_itself())
    {
        Phase::Offline
    } else if live.problem.is_some() || attention > 0 {
        Phase::Attention
    } else {
        Phase::Idle
    }
}

impl Status {
    /// The status before anything is known.
    #[must_use]
    pub fn not_set_up(sample_data: bool) -> Self {
        Self {
            phase: Phase::NotSetUp,
            progress: None,
            last_run: None,
            last_sync_at: None,
            next_sync_at: None,
            paused_until: None,
            attention: 0,
            waiting_changes: 0,
            problem: None,
            sample_data,
            tray: TrayPresence::Unknown,
            stripe: None,
            hubspot: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::ProblemCode;

    #[test]
    fn what_is_going_on_shows_before_what_is_open() {
        let finished = Profile {
            finished: true,
            ..Profile::default()
        };
        let live = |problem: Option<ProblemCode>, pause| Live {
            problem: problem.map(Problem::new),
            pause,
            ..Live::default()
        };
        assert_eq!(
            phase(&live(None, None), &Profile::default(), 0),
            Phase::NotSetUp
        );
        assert_eq!(phase(&live(None, None), &finished, 0), Phase::Idle);
        assert_eq!(phase(&live(None, None), &finished, 2), Phase::Attention);
        assert_eq!(
            phase(&live(Some(ProblemCode::HostNotFound), None), &finished, 0),
            Phase::Offline
        );
        assert_eq!(
            phase(
                &live(Some(ProblemCode::StripeKeyRefused), None),
                &finished,
                0
            ),
            Phase::Attention
        );
        let paused = live(Some(ProblemCode::HostNotFound), Some(Pause::UntilResumed));
        assert_eq!(phase(&paused, &finished, 2), Phase::Paused);
    }
}
