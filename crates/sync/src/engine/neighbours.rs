//! What one engine of this computer must know of the others: no two bring the same Stripe account.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use clearsync_store::{Account, Reader, StoreError};

use super::{Engine, profile::Profile};
use crate::view::{Problem, ProblemCode};

/// The engines of this computer.
#[derive(Default)]
pub(crate) struct Neighbours {
    engines: Mutex<Vec<Weak<Engine>>>,
    /// Held from the question whether an account is free until it is taken.
    taking: tokio::sync::Mutex<()>,
}

/// The word that an account is free. It holds until this is dropped.
pub(super) struct Free<'a> {
    _taking: Option<tokio::sync::MutexGuard<'a, ()>>,
}

impl Neighbours {
    fn engines(&self) -> MutexGuard<'_, Vec<Weak<Engine>>> {
        self.engines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Lets the engine know of the others, and them of it. Its first neighbours stay its own.
    pub(crate) fn live_beside(self: &Arc<Self>, neighbours: &Arc<Neighbours>) {
        if self.neighbours.set(Arc::clone(neighbours)).is_ok() {
            neighbours.engines().push(Arc::downgrade(self));
        }
    }

    /// Is nobody's neighbour any more: what it had is free.
    pub(super) fn move_out(&self) {
        if let Some(neighbours) = self.neighbours.get() {
            let is_other = |engine: &Weak<Self>| !std::ptr::eq(engine.as_ptr(), self);
            neighbours.engines().retain(is_other);
        }
    }

    /// The other engines of this computer.
    pub(super) fn others(&self) -> Vec<Arc<Self>> {
        let Some(neighbours) = self.neighbours.get() else {
            return Vec::new();
        };
        let engines = neighbours.engines();
        let all = engines.iter().filter_map(Weak::upgrade);
        all.filter(|engine| !std::ptr::eq(Arc::as_ptr(engine), self))
            .collect()
    }

    /// Sees that no other engine of this computer has the account, and lets none take it meanwhile.
    ///
    /// # Errors
    /// [`ProblemCode::StripeAccountElsewhere`], naming the account.
    pub(super) async fn free(
        &self,
        stripe_account: Option<&str>,
        mode: clearsync_store::Mode,
    ) -> Result<Free<'_>, Problem> {
        let (Some(neighbours), Some(wanted)) = (self.neighbours.get(), stripe_account) else {
            return Ok(Free { _taking: None });
        };
        let taking = neighbours.taking.lock().await;
        for other in self.others() {
            let held = other.with_store(|store| store.read(held)).await?;
            let held = held.filter(|account| {
                account.mode == mode && account.stripe_account.as_deref() == Some(wanted)
            });
            if let Some(account) = held {
                return Err(elsewhere(&account, wanted));
            }
        }
        Ok(Free {
            _taking: Some(taking),
        })
    }
}

/// The account whose data stands in a store, with or without a key.
pub(super) fn held(reader: &Reader) -> Result<Option<Account>, StoreError> {
    Profile::read(reader)?.account(reader)
}

fn elsewhere(account: &Account, id: &str) -> Problem {
    let mode = match account.mode {
        clearsync_store::Mode::Live => "live",
        clearsync_store::Mode::Test => "test",
    };
    let name = account.profile.name.as_deref().unwrap_or(id);
    Problem::new(ProblemCode::StripeAccountElsewhere)
        .with("account", name)
        .with("mode", mode)
}
