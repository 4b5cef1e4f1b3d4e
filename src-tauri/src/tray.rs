//! What the tray shows for the workspaces: plain data, so that every state can be tested without a desktop.

use clearsync_sync::view::{Phase, Status, WorkspaceRow};
use jiff::{Timestamp, tz::TimeZone};

use crate::words::{code, words, workspace_name};

/// A workspace with its status; one that could not be opened has none.
pub(crate) type State = (WorkspaceRow, Option<Status>);

/// The menu and the icon for the workspaces as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tray {
    /// Chooses the icon, by the most pressing phase of all; each has its own shape.
    pub(crate) icon: Phase,
    /// The lines on top of the menu, one a workspace, and the tooltip where the desktop shows one.
    pub(crate) sentences: Vec<String>,
    /// The menu below the sentences, always of the same length and order.
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

/// What an entry does, to every workspace that is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemAction {
    SyncNow,
    /// Resumes while all are paused, pauses otherwise.
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

/// What the tray shows for these workspaces. Clock times are given in `time_zone`.
pub(crate) fn tray(states: &[State], time_zone: &TimeZone) -> Tray {
    let set_up = states.iter().any(|(row, _)| is_set_up(row.phase));
    let paused = all_paused(states.iter().map(|(row, _)| row.phase));
    let item = |does: ItemAction, key: &str, enabled: bool| Item {
        does,
        label: words(key, &[]),
        enabled,
    };
    Tray {
        icon: most_pressing(states.iter().map(|(row, _)| row.phase)),
        sentences: sentences(states, time_zone),
        items: [
            item(
                ItemAction::SyncNow,
                "tray.syncNow",
                states.iter().any(|(row, _)| can_sync(row.phase)),
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

/// Whether there is anything to sync there.
pub(crate) fn is_set_up(phase: Phase) -> bool {
    phase != Phase::NotSetUp
}

/// Whether a sync may be started there.
pub(crate) fn can_sync(phase: Phase) -> bool {
    !matches!(phase, Phase::NotSetUp | Phase::Paused | Phase::Syncing)
}

/// Whether everything that is set up is paused.
pub(crate) fn all_paused(phases: impl Iterator<Item = Phase>) -> bool {
    let mut set_up = phases.filter(|phase| is_set_up(*phase)).peekable();
    set_up.peek().is_some() && set_up.all(|phase| phase == Phase::Paused)
}

fn most_pressing(phases: impl Iterator<Item = Phase>) -> Phase {
    let rank = |phase: &Phase| match phase {
        Phase::NotSetUp => 0,
        Phase::Idle => 1,
        Phase::Paused => 2,
        Phase::Syncing => 3,
        Phase::Offline => 4,
        Phase::Attention => 5,
    };
    phases.max_by_key(rank).unwrap_or(Phase::NotSetUp)
}

/// A line for each, with its name where there are several.
fn sentences(states: &[State], time_zone: &TimeZone) -> Vec<String> {
    let line = |(row, status): &State| {
        let sentence = status.as_ref().map_or_else(
            || {
                let closed = Status {
                    phase: row.phase,
                    attention: row.attention,
                    ..Status::not_set_up(false)
                };
                sentence(&closed, time_zone)
            },
            |open| sentence(open, time_zone),
        );
        if states.len() == 1 {
            return sentence;
        }
        let params = [("name", workspace_name(row)), ("sentence", sentence)];
        let params = params.each_ref().map(|(name, text)| (*name, text.as_str()));
        words("tray.status.of", &params)
    };
    states.iter().map(line).collect()
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
    use clearsync_sync::view::{
        Mode, Problem, ProblemCode, RunKind, RunProgress, RunStep, WorkspaceId,
    };

    use super::*;

    fn status(phase: Phase) -> Status {
        Status {
            phase,
            ..Status::not_set_up(false)
        }
    }

    /// What is shown of a workspace of that name.
    fn named(account: &str, status: &Status) -> State {
        let row = WorkspaceRow {
            id: WorkspaceId::first(),
            account: Some(account.to_owned()),
            mode: Some(Mode::Live),
            portal: None,
            phase: status.phase,
            attention: status.attention,
            problem: None,
            open: true,
        };
        (row, Some(status.clone()))
    }

    fn shown(status: &Status) -> Tray {
        shown_of(&[named("Acme", status)])
    }

    fn shown_of(states: &[State]) -> Tray {
        tray(states, &TimeZone::fixed(jiff::tz::offset(2)))
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
            assert_eq!(tray.sentences, [sentence]);
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

    #[test]
    fn of_several_each_is_named_and_the_icon_is_that_of_the_most_pressing() {
        let idle = Status {
            last_sync_at: Some("2026-05-12T10:05:00Z".to_owned()),
            ..status(Phase::Idle)
        };
        let needy = Status {
            attention: 2,
            ..status(Phase::Attention)
        };
        let unopened = WorkspaceRow {
            account: None,
            mode: None,
            problem: Some(Problem::new(ProblemCode::DatabaseNewer)),
            phase: Phase::Attention,
            attention: 1,
            open: false,
            ..named("", &idle).0
        };
        let states = [
            named("Acme", &idle),
            named("Globex", &needy),
            (unopened, None),
        ];
        let tray = shown_of(&states);
        assert_eq!(
            tray.sentences,
            [
                "Acme (Live): In sync since 12:05",
                "Globex (Live): Needs you: 2",
                "Account first: Needs you: 1"
            ]
        );
        assert_eq!(tray.icon, Phase::Attention);
        assert_eq!(shown_of(&states[..1]).sentences, ["In sync since 12:05"]);
        for (one, other, icon) in [
            (Phase::Idle, Phase::NotSetUp, Phase::Idle),
            (Phase::Idle, Phase::Paused, Phase::Paused),
            (Phase::Paused, Phase::Syncing, Phase::Syncing),
            (Phase::Syncing, Phase::Offline, Phase::Offline),
            (Phase::Offline, Phase::Attention, Phase::Attention),
        ] {
            let states = [one, other].map(|phase| named("x", &status(phase)));
            assert_eq!(shown_of(&states).icon, icon);
        }
    }

    #[test]
    fn of_several_an_entry_is_for_all_that_it_would_change() {
        use Phase::{Idle, NotSetUp, Paused};

        let entries = |phases: &[Phase]| {
            let states: Vec<State> = phases
                .iter()
                .map(|phase| named("x", &status(*phase)))
                .collect();
            let items = shown_of(&states).items;
            (items[0].enabled, items[1].label.clone(), items[1].enabled)
        };
        let (pause, resume) = (words("tray.pause", &[]), words("tray.resume", &[]));
        assert_eq!(entries(&[Idle, Paused]), (true, pause.clone(), true));
        assert_eq!(entries(&[Paused, Paused]), (false, resume.clone(), true));
        assert_eq!(entries(&[Paused, NotSetUp]), (false, resume, true));
        assert_eq!(entries(&[NotSetUp, NotSetUp]), (false, pause, false));
    }
}
