use std::{fs, path::Path};

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};

use crate::{
    Store, StoreError,
    lease::beside,
    open::{checked_alone, connect, is_a_store, make_private, sound},
};

impl Store {
    /// Puts what the copy at `from` holds in the place of everything, in one transaction. The copy itself is left as it is, and
    /// may be of an older version. Plans in it that were not carried out are given up: HubSpot has gone on since.
    ///
    /// What stood here is first copied to `former`, which must not exist yet.
    ///
    /// # Errors
    /// [`StoreError::NotACopy`] for a file that holds no sound store, [`StoreError::Newer`] for one of a newer program, and what
    /// keeps a file from being read or written. Nothing has changed then.
    pub fn restore(&self, from: &Path, former: &Path) -> Result<(), StoreError> {
        let working = beside(self.path(), ".restoring");
        remove(&working);
        let outcome = working_copy(from, &working).and_then(|copy| {
            self.back_up(former)?;
            self.replace_by(&copy)
        });
        remove(&working);
        outcome
    }

    fn replace_by(&self, copy: &Connection) -> Result<(), StoreError> {
        self.with_connection(|present| {
            let backup = Backup::new(copy, present)?;
            match backup.step(-1)? {
                StepResult::Done => Ok(()),
                _ => Err(StoreError::Locked),
            }
        })
    }
}

/// A copy of the copy in the newest version, with nothing left in it to be carried out.
fn working_copy(from: &Path, working: &Path) -> Result<Connection, StoreError> {
    make_private(working)?;
    let bytes = fs::read(from).map_err(StoreError::at(from))?;
    fs::write(working, bytes).map_err(StoreError::at(working))?;
    let checked = connect(working).and_then(|copy| {
        sound(&copy)?;
        is_a_store(&copy)
    });
    match checked {
        Ok(true) => {}
        Ok(false) | Err(StoreError::Corrupt) => {
            return Err(StoreError::NotACopy {
                path: from.to_owned(),
            });
        }
        Err(error) => return Err(error),
    }
    let copy = checked_alone(working)?;
    copy.execute_batch("UPDATE plan SET state = 'dropped' WHERE state IN ('shown', 'approved')")?;
    Ok(copy)
}

/// Removes the working copy and what belongs to it, also one that a crash left.
fn remove(working: &Path) {
    for suffix in ["-wal", "-shm", ""] {
        // Where it cannot be removed it cannot be made either, which is said then.
        let _ = fs::remove_file(beside(working, suffix));
    }
}
