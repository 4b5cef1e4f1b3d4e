use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    Store, StoreError,
    lease::beside,
    open::{checked_alone, make_private},
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
    /// Removes the file, what SQLite keeps beside it and every copy that was set aside, and goes on with an empty file.
    ///
    /// # Errors
    /// What keeps the new file from being made.
    pub fn begin_anew(&self) -> Result<Emptied, StoreError> {
        self.replace_connections(|path| {
            let emptied = remove_all(path);
            make_private(path)?;
            Ok((checked_alone(path)?, emptied))
        })
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
    for suffix in ["-wal", "-shm", ""] {
        remove(beside(path, suffix), &mut emptied);
        remove(beside(&beside(path, ".restoring"), suffix), &mut emptied);
    }
    let set_aside = beside(path, ".damaged");
    let name = set_aside
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let entries = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    for entry in entries.into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&name) {
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
