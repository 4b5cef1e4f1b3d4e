//! What was written, taking it back, and whether it still stands.

use clearsync_sync::view::{
    DriftView, RowSelection, RunChangesPage, RunChangesQuery, UndoPage, UndoQuery, UndoSummary,
    UndoTarget,
};

use super::Answer;
use crate::workspaces::Workspace;

/// What a run wrote.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_changes(
    workspace: Workspace,
    query: RunChangesQuery,
) -> Answer<RunChangesPage> {
    workspace.run_changes(query).await
}

/// Plans to take something back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_undo(workspace: Workspace, target: UndoTarget) -> Answer<UndoSummary> {
    workspace.plan_undo(target).await
}

/// What would be taken back, as it stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_summary(workspace: Workspace) -> Answer<Option<UndoSummary>> {
    workspace.undo_summary().await
}

/// Rows of what would be taken back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_rows(workspace: Workspace, query: UndoQuery) -> Answer<UndoPage> {
    workspace.undo_rows(query).await
}

/// Lets rows of what would be taken back stay as they are, or not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn hold_undo(
    workspace: Workspace,
    selection: RowSelection,
    waits: bool,
) -> Answer<Option<UndoSummary>> {
    workspace.hold_undo(selection, waits).await
}

/// Takes back exactly what was shown.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(workspace: Workspace, plan: u32) -> Answer<()> {
    workspace.undo(plan).await
}

/// What was seen to differ from what was last written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift(workspace: Workspace) -> Answer<DriftView> {
    workspace.drift().await
}

/// Looks at every record that was written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_drift(workspace: Workspace) -> Answer<DriftView> {
    workspace.check_drift().await
}
