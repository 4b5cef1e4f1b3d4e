//! When the user is notified: when something begins to need them, and when nothing does any more. Never of a success.

use clearsync_sync::view::{Phase, Status};

/// Something to tell, by the name of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notification {
    /// Something began to need the user.
    Attention,
    /// Nothing needs the user any more.
    Recovered,
}

impl Notification {
    /// The name of its words.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Recovered => "recovered",
        }
    }
}

/// Whether something needs the user, as far as they were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    needed: bool,
}

impl Told {
    /// At the start nothing is news.
    pub(crate) fn at_start(status: &Status) -> Self {
        Self {
            needed: status.phase == Phase::Attention,
        }
    }

    /// Takes a status in; gives what to tell of it.
    pub(crate) fn hear(&mut self, status: &Status) -> Option<Notification> {
        let before = self.needed;
        match status.phase {
            Phase::Attention => self.needed = true,
            Phase::Idle | Phase::NotSetUp => self.needed = false,
            // What goes on or passes says nothing about what is open.
            Phase::Syncing | Phase::Paused | Phase::Offline => {}
        }
        match (before, self.needed) {
            (false, true) => Some(Notification::Attention),
            // Whoever takes the setup up again is at the window.
            (true, false) if status.phase == Phase::Idle => Some(Notification::Recovered),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of phases that follow each other.
    fn told<const N: usize>(phases: [Phase; N]) -> [Option<Notification>; N] {
        let status = |phase| Status {
            phase,
            ..Status::not_set_up(false)
        };
        let mut told = Told::at_start(&status(Phase::Idle));
        phases.map(|phase| told.hear(&status(phase)))
    }

    #[test]
    fn a_success_is_never_told() {
        use Phase::{Idle, Offline, Paused, Syncing};
        let day = [Syncing, Idle, Syncing, Offline, Syncing, Idle, Paused, Idle];
        assert_eq!(told(day), [None; 8]);
    }

    #[test]
    fn the_need_is_told_once_and_so_is_its_end() {
        use Notification::{Attention as Needs, Recovered};
        use Phase::{Attention, Idle, Syncing};
        assert_eq!(
            told([Attention, Attention, Idle, Idle]),
            [Some(Needs), None, Some(Recovered), None]
        );
        // Syncs come and go while the same need is open.
        assert_eq!(
            told([Syncing, Attention, Syncing, Attention, Syncing, Idle]),
            [None, Some(Needs), None, None, None, Some(Recovered)]
        );
    }

    #[test]
    fn what_was_open_at_the_start_is_no_news_and_its_end_is() {
        let status = |phase| Status {
            phase,
            ..Status::not_set_up(false)
        };
        let mut told = Told::at_start(&status(Phase::Attention));
        assert_eq!(told.hear(&status(Phase::Attention)), None);
        assert_eq!(
            told.hear(&status(Phase::Idle)),
            Some(Notification::Recovered)
        );
    }

    #[test]
    fn taking_the_setup_up_again_is_not_told() {
        use Phase::{Attention, Idle, NotSetUp};
        assert_eq!(
            told([Attention, NotSetUp, Idle]),
            [Some(Notification::Attention), None, None]
        );
    }
}
