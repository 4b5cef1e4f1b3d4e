use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use crate::StoreError;

/// The right to change what the file is about. One process holds it at a time; the operating system takes it back when
/// the process ends in any way.
#[derive(Debug)]
pub struct Lease {
    // Held for its lock alone.
    _file: File,
}

impl Lease {
    /// # Errors
    /// [`StoreError::InUse`] while another process, or another [`Lease`] of this one, holds it.
    pub(crate) fn take(store: &Path) -> Result<Self, StoreError> {
        let path = beside(store, ".lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(StoreError::at(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
            Err(TryLockError::Error(source)) => Err(StoreError::at(&path)(source)),
        }
    }
}

/// `store` with `suffix` added to its name.
pub(crate) fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
