use std::{
    fmt, io,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::{
    DataKey, Lease, StoreError,
    columns::Millis,
    copy::copy_into,
    open::{connect, connect_reader, make_private, while_reading_pages},
};

/// The store. Clones share one file; reads go on beside a write.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    key: Mutex<Arc<DataKey>>,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Reader>>,
    /// Grows when the file is another, so that readers of the one before are not used again.
    file: AtomicU64,
    fetch_clock_ms: AtomicI64,
    guard: OnceLock<Guard>,
}

type Guard = Box<dyn Fn(CommitStep) -> Result<(), StoreError> + Send + Sync>;

/// Where a commit is: the effect boundaries of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitStep {
    /// Everything of a transaction is written and nothing is kept yet.
    Before,
    /// All of it is kept, and whoever wrote it does not know so yet.
    After,
}

/// A consistent view of the store: what one moment's commit left.
pub struct Reader(pub(crate) Connection);

/// One transaction. It sees what it wrote, and all of it is committed or nothing.
pub struct Writer(Reader);

/// When a fetch from Stripe was begun, in the store's own order: later fetches have greater times even when the
/// computer's clock is set back. Of two fetches of one object the later one is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FetchTime(pub(crate) Timestamp);

impl Store {
    pub(crate) fn new(path: &Path, key: DataKey, writer: Connection) -> Result<Self, StoreError> {
        let fetch_clock_ms = writer.query_row(
            "SELECT coalesce(max(fetch_clock_ms), 0) FROM account",
            [],
            |row| row.get::<_, i64>(0),
        )?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            key: Mutex::new(Arc::new(key)),
            writer: Mutex::new(Writer(Reader(writer))),
            readers: Mutex::default(),
            file: AtomicU64::new(0),
            fetch_clock_ms: AtomicI64::new(fetch_clock_ms),
            guard: OnceLock::new(),
        })))
    }

    /// Lets `guard` see both steps of every commit from now on. What it refuses before a commit is not kept, as on a disk
    /// that fails; what it refuses after one is kept, and its writer is told otherwise, as when a process dies. The first
    /// guard stays.
    pub fn guard_commits(
        &self,
        guard: impl Fn(CommitStep) -> Result<(), StoreError> + Send + Sync + 'static,
    ) {
        // A second guard has nothing to say.
        let _ = self.0.guard.set(Box::new(guard));
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Takes the right to sync: no other process can hold it at the same time.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while it is held.
    pub fn lease(&self) -> Result<Lease, StoreError> {
        Lease::take(&self.0.path)
    }

    /// Notes that a fetch begins at `now`.
    #[must_use]
    pub fn begin_fetch(&self, now: Timestamp) -> FetchTime {
        let now_ms = now.as_millisecond();
        let next = |last: i64| Some(now_ms.max(last.saturating_add(1)));
        let last = self
            .0
            .fetch_clock_ms
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, next)
            .unwrap_or(now_ms);
        let at_ms = now_ms.max(last.saturating_add(1));
        FetchTime(Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::MAX))
    }

    /// Reads one consistent view, beside any write.
    ///
    /// # Errors
    /// Whatever `look` reports, or what keeps the file from being read.
    pub fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&Reader) -> Result<T, E>,
    ) -> Result<T, E> {
        let file = self.0.file.load(Ordering::SeqCst);
        let free = lock(&self.0.readers).pop();
        let reader = match free {
            Some(reader) => reader,
            None => Reader(connect_reader(&self.0.path, &self.key())?),
        };
        let outcome = in_view(&reader, look);
        let mut readers = lock(&self.0.readers);
        if self.0.file.load(Ordering::SeqCst) == file {
            readers.push(reader);
        }
        outcome
    }

    /// Runs one transaction and commits it. When `change` reports an error nothing is kept.
    ///
    /// # Errors
    /// Whatever `change` reports, or what keeps the file from being written.
    pub fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&Writer) -> Result<T, E>,
    ) -> Result<T, E> {
        let writer = lock(&self.0.writer);
        let transaction = Transaction::new_unchecked(writer.sql(), TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let value = change(&writer)?;
        self.at(CommitStep::Before)?;
        transaction.commit().map_err(StoreError::from)?;
        self.at(CommitStep::After)?;
        Ok(value)
    }

    fn at(&self, step: CommitStep) -> Result<(), StoreError> {
        self.0.guard.get().map_or(Ok(()), |guard| guard(step))
    }

    /// Writes a whole copy of the store to `path`, which must not exist yet, while others go on reading and writing. It is
    /// encrypted with the same key.
    ///
    /// # Errors
    /// What keeps the copy from being written.
    pub fn back_up(&self, path: &Path) -> Result<(), StoreError> {
        self.copy_to(path, Some(&self.key()))
    }

    /// As [`Store::back_up`], but not encrypted: whoever gets the file can read it, on any computer.
    ///
    /// # Errors
    /// As [`Store::back_up`].
    pub fn back_up_readable(&self, path: &Path) -> Result<(), StoreError> {
        self.copy_to(path, None)
    }

    fn copy_to(&self, path: &Path, key: Option<&DataKey>) -> Result<(), StoreError> {
        if path.exists() {
            return Err(StoreError::at(path)(io::ErrorKind::AlreadyExists.into()));
        }
        // SQLite fills an empty file as it would make one, and this one only its owner can read.
        make_private(path)?;
        let copied =
            connect(&self.0.path, &self.key()).and_then(|from| copy_into(&from, path, key));
        if copied.is_err() {
            // What is left of it is no copy, and that it could not be made is said already.
            let _ = std::fs::remove_file(path);
        }
        copied
    }

    pub(crate) fn key(&self) -> Arc<DataKey> {
        Arc::clone(&lock(&self.0.key))
    }

    pub(crate) fn change_key(&self, key: DataKey) {
        *lock(&self.0.key) = Arc::new(key);
    }

    /// Works with the connection that writes, outside of any transaction.
    pub(crate) fn with_connection<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(&mut lock(&self.0.writer).0.0)
    }

    /// Closes every connection, lets `renew` make the file another, and goes on with the connection that gives. Nobody
    /// writes meanwhile.
    pub(crate) fn replace_connections<T>(
        &self,
        renew: impl FnOnce(&Path) -> Result<(Connection, T), StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = lock(&self.0.writer);
        *writer = Writer(Reader(Connection::open_in_memory()?));
        let mut readers = lock(&self.0.readers);
        self.0.file.fetch_add(1, Ordering::SeqCst);
        readers.clear();
        let (connection, value) = renew(&self.0.path)?;
        *writer = Writer(Reader(connection));
        Ok(value)
    }

    /// Checks every page and index of the file.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when anything is wrong.
    pub fn check(&self) -> Result<(), StoreError> {
        self.read(|view| {
            let verdict: String = view
                .0
                .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
                .map_err(while_reading_pages)?;
            let dangling = view.0.prepare("PRAGMA foreign_key_check")?.exists([])?;
            match verdict.as_str() {
                "ok" if !dangling => Ok(()),
                _ => Err(StoreError::Corrupt),
            }
        })
    }
}

fn in_view<T, E: From<StoreError>>(
    reader: &Reader,
    look: impl FnOnce(&Reader) -> Result<T, E>,
) -> Result<T, E> {
    let _view = Transaction::new_unchecked(&reader.0, TransactionBehavior::Deferred)
        .map_err(StoreError::from)?;
    look(reader)
}

/// A panic while the lock was held has rolled its transaction back, so what is behind the lock is sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Deref for Writer {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.0
    }
}

impl Writer {
    /// The connection, for the tables' own modules.
    pub(crate) fn sql(&self) -> &Connection {
        &self.0.0
    }
}

impl FetchTime {
    /// The time it stands for.
    #[must_use]
    pub fn at(self) -> Timestamp {
        self.0
    }

    pub(crate) fn column(self) -> Millis {
        Millis(self.0)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Store").field(&self.0.path).finish()
    }
}
