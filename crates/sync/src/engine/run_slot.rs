use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::{
    import::Wish,
    view::{Problem, ProblemCode},
};

/// The run under way, if there is one.
#[derive(Default)]
pub(super) struct RunSlot(Arc<Mutex<Option<Running>>>);

struct Running {
    wish: watch::Sender<Wish>,
    /// Closed when the run has ended.
    end: watch::Receiver<()>,
}

/// The slot, taken. Dropping it, in whatever way the run ends, makes room for the next.
pub(super) struct Taken {
    slot: Arc<Mutex<Option<Running>>>,
    /// What the user wants of the run.
    pub(super) wish: watch::Receiver<Wish>,
    _end: watch::Sender<()>,
}

impl RunSlot {
    /// Takes the slot for a run.
    pub(super) fn take(&self) -> Result<Taken, Problem> {
        let mut running = self.running();
        if running.is_some() {
            return Err(Problem::new(ProblemCode::AlreadyRunning));
        }
        let (wish, wishes) = watch::channel(Wish::Go);
        let (ending, end) = watch::channel(());
        *running = Some(Running { wish, end });
        Ok(Taken {
            slot: Arc::clone(&self.0),
            wish: wishes,
            _end: ending,
        })
    }

    /// Waits until the run under way, if there is one, has ended.
    pub(super) async fn ended(&self) {
        let end = self.running().as_ref().map(|run| run.end.clone());
        if let Some(mut end) = end {
            // Nothing is ever sent; the run's own end goes with it.
            let _ = end.changed().await;
        }
    }

    pub(super) fn is_taken(&self) -> bool {
        self.running().is_some()
    }

    pub(super) fn wish(&self, wish: Wish) {
        if let Some(running) = self.running().as_ref() {
            running.wish.send_replace(wish);
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
