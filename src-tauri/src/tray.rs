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
