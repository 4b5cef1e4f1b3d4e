//! The archive for whoever helps.

use std::{io::Cursor, sync::Arc};

use clearsync_sync::{
    Workspaces,
    view::{Problem, ProblemCode},
};
use tauri::{AppHandle, State};

use super::{
    Answer,
    export::{ExportedFile, export},
};
use crate::{
    config::Config,
    diagnostics::{self, DiagnosticsFile},
};

/// Everything that would be saved, to be read before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn diagnostics(
    workspaces: State<'_, Arc<Workspaces>>,
    config: State<'_, Config>,
) -> Answer<Vec<DiagnosticsFile>> {
    diagnostics::gather(&workspaces, &workspaces.list().rows, &config).await
}

/// Writes it as one archive into the folder for downloads, and says where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_diagnostics(
    app: AppHandle,
    workspaces: State<'_, Arc<Workspaces>>,
    config: State<'_, Config>,
) -> Answer<ExportedFile> {
    let files = diagnostics::gather(&workspaces, &workspaces.list().rows, &config).await?;
    let mut archive = Cursor::new(Vec::new());
    diagnostics::write(&files, &mut archive).map_err(|_| Problem::new(ProblemCode::Unexpected))?;
    export(&app, "clearsync-diagnostics", "zip", archive.get_ref())
}
