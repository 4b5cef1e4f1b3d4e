use std::{fs, path::Path};

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};

use crate::{
    DataKey, Reader, Store, StoreError,
    copy::{connect_untouched, copy_into},
    lease::beside,
    open::{checked_alone, is_a_store, make_private, sound},
    seal::Form,
};

impl Store {
    /// Puts what the copy at `from` holds in the place of everything, in one transaction. The copy itself is left as it is, and
    /// may be of an older version, and encrypted with the same key or not at all. Plans in it that were not carried out are given up: HubSpot has gone on since.
    ///
    /// What stood here is first copied to `former`, which must not exist yet.
    ///
    /// # Errors
    /// [`StoreError::NotACopy`] for a file that holds no sound store or is encrypted with another key, [`StoreError::Newer`] for one of a newer program, and what
    /// keeps a file from being read or written. Nothing has changed then.
    pub fn restore(&self, from: &Path, former: &Path) -> Result<(), StoreError> {
        let working = beside(self.path(), ".restoring");
        remove(&working);
        let outcome = working_copy(from, &working, &self.key()).and_then(|copy| {
            self.back_up(former)?;
            self.replace_by(&copy)
        });
        remove(&working);
        outcome
    }

    /// Reads what the copy at `from` holds. The copy itself is left as it is, and may be of an older version.
    ///
    /// # Errors
    /// As [`Store::restore`].
    pub fn read_copy<T>(
        &self,
        from: &Path,
        look: impl FnOnce(&Reader) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let working = beside(self.path(), ".restoring");
        remove(&working);
        let copy = working_copy(from, &working, &self.key());
        let outcome = copy.and_then(|copy| look(&Reader(copy)));
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

/// A copy of the copy in the newest version, encrypted, with nothing left in it to be carried out.
fn working_copy(from: &Path, working: &Path, key: &DataKey) -> Result<Connection, StoreError> {
    fs::metadata(from).map_err(StoreError::at(from))?;
    make_private(working)?;
    let no_copy = || StoreError::NotACopy {
        path: from.to_owned(),
    };
    let source = match Form::of(from, Some(key))? {
        Form::Plain => connect_untouched(from, None)?,
        Form::Sealed => connect_untouched(from, Some(key))?,
        Form::Empty | Form::Foreign | Form::Damaged => return Err(no_copy()),
    };
    match sound(&source).and_then(|()| is_a_store(&source)) {
        Ok(true) => copy_into(&source, working, Some(key))?,
        Ok(false) | Err(StoreError::Corrupt) => return Err(no_copy()),
        Err(error) => return Err(error),
    }
    let copy = checked_alone(working, key)?;
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
