use std::hash::{BuildHasher, Hasher, RandomState};

use super::Engine;
use crate::{plan::Installation, view::Problem};

/// Enough that no two are the same, and short where people read it.
const NAME_LENGTH: usize = 10;

impl Engine {
    /// Sees to it that what is written from this data folder can be told apart.
    pub(super) async fn ensure_installation(&self) -> Result<(), Problem> {
        let named = self.with_store(|store| store.read(Installation::load));
        if named.await?.is_some() {
            return Ok(());
        }
        let name = self.name_of_installation();
        self.with_store(move |store| store.write(|writer| Installation::ensure(writer, &name)))
            .await
    }

    /// A name for an installation that has none.
    pub(super) fn name_of_installation(&self) -> String {
        let mut name = (self.random_name)();
        name.truncate(NAME_LENGTH);
        name
    }
}

/// A name from the operating system's randomness.
#[must_use]
pub fn random_name() -> String {
    // Each is keyed by it.
    let part = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", part(), part())
}
