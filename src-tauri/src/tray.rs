//! What the tray shows for a status: plain data, so that every state can be tested without a desktop.

use clearsync_sync::view::{Phase, Status};
use jiff::{Timestamp, tz::TimeZone};

use crate::words::{code, words};

/// The menu and the icon for one status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tray {
    /// Chooses the icon; each phase has its own shape.
    pub(crate) icon: Phase,
    /// The line on top of the menu, and the tooltip where the desktop shows one.
    pub(crate) sentence: String,
    /// The menu below the sentence, always of the same length and order.
    pub(crate) items: [Item; 4],
}

/// One entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// What it does.
    pub(crate) does: ItemAction,
    /// Its words.
    pub(crate) label: String,
    /// Whether it can be chosen.
    pub(crate) enabled: bool,
}

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemAction {
    SyncNow,
    /// Resumes while paused, pauses otherwise.
    PauseOrResume,
    Open,
    Quit,
}

impl ItemAction {
    pub(crate) const ALL: [Self; 4] = [Self::SyncNow, Self::PauseOrResume, Self::Open, Self::Quit];

    /// Names the entry towards the menu.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::SyncNow => "sync-now",
            Self::PauseOrResume => "pause-or-resume",
            Self::Open => "open",
            Self::Quit => "quit",
        }
    }
}

/// What the tray shows for `status`. Clock times are given in `time_zone`.
pub(crate) fn tray(status: &Status, time_zone: &TimeZone) -> Tray {
    let set_up = status.phase != Phase::NotSetUp;
    let paused = status.phase == Phase::Paused;
    let item = |does: ItemAction, key: &str, enabled: bool| Item {
        does,
        label: words(key, &[]),
        enabled,
    };
    Tray {
        icon: status.phase,
        sentence: sentence(status, time_zone),
        items: [
            item(
                ItemAction::SyncNow,
                "tray.syncNow",
                set_up && !paused && status.progress.is_none(),
            ),
            item(
                ItemAction::PauseOrResume,
                if paused { "tray.resume" } else { "tray.pause" },
                set_up,
            ),
            item(ItemAction::Open, "tray.open", true),
            item(ItemAction::Quit, "tray.quit", true),
        ],
    }
}

fn sentence(status: &Status, time_zone: &TimeZone) -> String {
    let clock = |moment: &Option<String>| -> Option<String> {
        let moment: Timestamp = moment.as_ref()?.parse().ok()?;
        Some(time_zone.to_datetime(moment).strftime("%H:%M").to_string())
    };
    let key = format!("tray.status.{}", code(&status.phase));
    let progress = status.progress.as_ref();
    match status.phase {
        Phase::Idle => match clock(&status.last_sync_at) {
            Some(time) => words(&key, &[("time", &time)]),
            None => words("tray.status.idleNever", &[]),
        },
        Phase::Syncing => {
            match progress.and_then(|progress| Some((progress.done, progress.total?))) {
                Some((done, total)) => words(
                    &key,
                    &[("done", &done.to_string()), ("total", &total.to_string())],
                ),
                None => words("tray.status.syncingUncounted", &[]),
            }
        }
        Phase::Paused => match clock(&status.paused_until) {
            Some(time) => words(&key, &[("time", &time)]),
            None => words("tray.status.pausedUntilResumed", &[]),
        },
        Phase::Attention => words(&key, &[("count", &status.attention.max(1).to_string())]),
        Phase::NotSetUp | Phase::Offline => words(&key, &[]),
    }
}

#[cfg(test)]
mod tests {
    use clearsync_sync::view::{RunKind, RunProgress, RunStep};

    use super::*;

    fn status(phase: Phase) -> Status {
        Status {
            phase,
            ..Status::not_set_up(false)
        }
    }

    fn shown(status: &Status) -> Tray {
        tray(status, &TimeZone::fixed(jiff::tz::offset(2)))
    }

    /// A run that has done so much.
    fn progress(done: u32, total: Option<u32>) -> RunProgress {
        RunProgress {
            run: RunKind::Sync,
            step: RunStep::Writing,
            done,
            total,
            per_second: 0,
            minutes_left: None,
            lists: Vec::new(),
            held: false,
        }
    }

    #[test]
    fn each_state_has_its_sentence() {
        let at = |moment: &str| Some(moment.to_owned());
        let idle = |last_sync_at| Status {
            last_sync_at,
            ..status(Phase::Idle)
        };
        let syncing = |done, total| Status {
            progress: Some(progress(done, total)),
            ..status(Phase::Syncing)
        };
        let paused = |paused_until| Status {
            paused_until,
            ..status(Phase::Paused)
        };
        let attention = |attention| Status {
            attention,
            ..status(Phase::Attention)
        };
        for (status, sentence) in [
            (status(Phase::NotSetUp), "Not set up"),
            (idle(at("2026-05-12T10:05:00Z")), "In sync since 12:05"),
            (idle(None), "Ready, nothing synced yet"),
            (syncing(112, Some(212)), "Syncing 112 of 212"),
            (syncing(112, None), "Syncing"),
            (paused(at("2026-05-12T21:30:00Z")), "Paused until 23:30"),
            (paused(None), "Paused"),
            (status(Phase::Offline), "Offline, trying again"),
            (attention(3), "Needs you: 3"),
        ] {
            let tray = shown(&status);
            assert_eq!(tray.sentence, sentence);
            assert_eq!(tray.icon, status.phase);
        }
    }

    #[test]
    fn only_what_would_do_something_can_be_chosen() {
        let enabled = |status: &Status| shown(status).items.map(|item| item.enabled);
        assert_eq!(
            enabled(&status(Phase::NotSetUp)),
            [false, false, true, true]
        );
        for phase in [Phase::Idle, Phase::Offline, Phase::Attention] {
            assert_eq!(enabled(&status(phase)), [true; 4], "{phase:?}");
        }
        assert_eq!(enabled(&status(Phase::Paused)), [false, true, true, true]);
        let syncing = Status {
            progress: Some(progress(1, None)),
            ..status(Phase::Syncing)
        };
        assert_eq!(enabled(&syncing), [false, true, true, true]);
    }

    #[test]
    fn pausing_and_resuming_share_an_entry() {
        let label = |phase| shown(&status(phase)).items[1].label.clone();
        assert_eq!(label(Phase::Idle), words("tray.pause", &[]));
        assert_eq!(label(Phase::Paused), words("tray.resume", &[]));
        assert_ne!(label(Phase::Idle), label(Phase::Paused));
    }
}
