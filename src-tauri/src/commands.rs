//! Every command the window may call. Each hands on to the engine; only what belongs to the desktop is done here.

pub(crate) mod diagnostics;
mod export;
pub(crate) mod figures;
pub(crate) mod keys;
pub(crate) mod opening;
pub(crate) mod plan;
pub(crate) mod realtime;
pub(crate) mod runs;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod undo;
pub(crate) mod workspaces;
pub(crate) mod writing;

use clearsync_sync::view::Problem;

type Answer<T> = Result<T, Problem>;
