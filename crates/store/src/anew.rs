use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use crate::{
    DataKey, Store, StoreError,
    lease::beside,
    open::{SET_ASIDE, checked_alone, make_private},
    seal,
};

/// What became of the files of a store that began anew.
#[derive(Debug, Default)]
pub struct Emptied {
    /// Files that are gone.
    pub removed: Vec<PathBuf>,
    /// Files that could not be removed, and why not.
    pub left: Vec<(PathBuf, io::Error)>,
}

impl Store {
    /// Removes the file, what SQLite keeps beside it and every copy that was set aside, and goes on with an empty file that
    /// is encrypted with `key`, or with the same key as before.
    ///
    /// # Errors
    /// What keeps the new file from being made.
    pub fn begin_anew(&self, key: Option<DataKey>) -> Result<Emptied, StoreError> {
        self.replace_connections(|path| {
            let emptied = remove_all(path);
            if let Some(key) = key {
                self.change_key(key);
            }
            make_private(path)?;
            Ok((checked_alone(path, &self.key())?, emptied))
        })
    }

    /// Closes the store and removes all of [`Store::begin_anew`]; nothing can be read or written from now on.
    ///
    /// # Errors
    /// What keeps the connections from being closed.
    pub fn close_for_good(&self) -> Result<Emptied, StoreError> {
        self.replace_connections(|path| Ok((Connection::open_in_memory()?, remove_all(path))))
    }

    /// Removes what is left of the store, the file that tells who works with it too. Only for a process that ends now.
    #[must_use]
    pub fn remove_for_good(path: &Path) -> Emptied {
        let mut emptied = remove_all(path);
        remove(beside(path, ".lock"), &mut emptied);
        emptied
    }
}

fn remove_all(path: &Path) -> Emptied {
    let mut emptied = Emptied::default();
    for suffix in ["-wal", "-shm", "-journal", ""] {
        remove(beside(path, suffix), &mut emptied);
        remove(beside(&beside(path, ".restoring"), suffix), &mut emptied);
        remove(beside(&seal::working(path), suffix), &mut emptied);
    }
    let set_aside = SET_ASIDE.map(|suffix| {
        let name = beside(path, suffix);
        name.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    });
    let entries = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if set_aside.iter().any(|begin| name.starts_with(begin)) {
            remove(entry.path(), &mut emptied);
        }
    }
    emptied
}

fn remove(path: PathBuf, emptied: &mut Emptied) {
    match fs::remove_file(&path) {
        Ok(()) => emptied.removed.push(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => emptied.left.push((path, error)),
    }
}
