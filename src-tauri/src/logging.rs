use std::{fs::DirBuilder, io, path::Path};

use clearsync_sync::{LOG_PREFIX, LOG_SUFFIX};
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{Builder, Rotation},
};
use tracing_subscriber::EnvFilter;

const DAYS_KEPT: usize = 7;

/// Writes the log to a file a day in `folder`, which is made for its owner alone. Nothing above DEBUG names a customer, and
/// no level shows a key. What is still in memory is written when the guard is dropped.
pub(crate) fn start(folder: &Path) -> io::Result<WorkerGuard> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let files = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix(LOG_PREFIX)
        .filename_suffix(LOG_SUFFIX)
        .max_log_files(DAYS_KEPT)
        .build(folder)
        .map_err(io::Error::other)?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let filter =
        EnvFilter::try_from_env("CLEARSYNC_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // Fails only when a subscriber is set already, which then stays.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(false)
        .try_init();
    Ok(guard)
}
