use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::PushError;
use crate::import::{Meter, Wish, minutes};

/// How far a push has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PushProgress {
    /// Rows settled.
    pub done: u32,
    /// Rows of the plan that were not settled when the push began.
    pub total: u32,
    /// Rows a second over the last two minutes.
    pub per_second: u32,
    /// Minutes left, rounded as an import's; `None` while it cannot be told.
    pub minutes_left: Option<u32>,
    /// Whether it waits for the user to resume it.
    pub held: bool,
}

/// Tells the progress, and hears what the user wants.
pub(crate) struct Telling<'a> {
    progress: &'a watch::Sender<PushProgress>,
    wish: watch::Receiver<Wish>,
    total: usize,
    done: Mutex<Done>,
}

#[derive(Default)]
struct Done {
    rows: usize,
    meter: Meter,
}

impl<'a> Telling<'a> {
    pub(crate) fn new(
        progress: &'a watch::Sender<PushProgress>,
        wish: watch::Receiver<Wish>,
        total: usize,
    ) -> Self {
        let telling = Self {
            progress,
            wish,
            total,
            done: Mutex::default(),
        };
        telling.settled(0);
        telling
    }

    pub(crate) fn settled(&self, rows: usize) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.rows += rows;
        let rows = done.rows as u64;
        done.meter.note(rows);
        drop(done);
        self.tell(false);
    }

    /// Waits while the user holds the push.
    pub(crate) async fn may_go_on(&self) -> Result<(), PushError> {
        let mut wishes = self.wish.clone();
        loop {
            let wish = *wishes.borrow_and_update();
            match wish {
                Wish::Go => return Ok(()),
                Wish::Stop => return Err(PushError::Stopped),
                Wish::Hold => self.tell(true),
            }
            if wishes.changed().await.is_err() {
                return Err(PushError::Stopped);
            }
            self.tell(false);
        }
    }

    fn tell(&self, held: bool) {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let per_second = done.meter.per_second();
        let left = self.total.saturating_sub(done.rows);
        self.progress.send_replace(PushProgress {
            done: number(done.rows),
            total: number(self.total),
            per_second,
            minutes_left: minutes(left as u64, per_second),
            held,
        });
    }
}
