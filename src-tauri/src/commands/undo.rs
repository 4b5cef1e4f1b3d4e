//! What was written, taking it back, and whether it still stands.

use clearsync_sync::view::{
    DriftView, RowSelection, RunChangesPage, RunChangesQuery, UndoPage, UndoQuery, UndoSummary,
    UndoTarget,
};

use super::Answer;
use crate::workspaces::Current;

/// What a run wrote.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_changes(engine: Current, query: RunChangesQuery) -> Answer<RunChangesPage> {
    engine.run_changes(query).await
}

/// Plans to take something back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_undo(engine: Current, target: UndoTarget) -> Answer<UndoSummary> {
    engine.plan_undo(target).await
}

/// What would be taken back, as it stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_summary(engine: Current) -> Answer<Option<UndoSummary>> {
    engine.undo_summary().await
}

/// Rows of what would be taken back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_rows(engine: Current, query: UndoQuery) -> Answer<UndoPage> {
    engine.undo_rows(query).await
}

/// Lets rows of what would be taken back stay as they are, or not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn hold_undo(
    engine: Current,
    selection: RowSelection,
    waits: bool,
) -> Answer<Option<UndoSummary>> {
    engine.hold_undo(selection, waits).await
}

/// Takes back exactly what was shown.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(engine: Current, plan: u32) -> Answer<()> {
    engine.undo(plan).await
}

/// What was seen to differ from what was last written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift(engine: Current) -> Answer<DriftView> {
    engine.drift().await
}

/// Looks at every record that was written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_drift(engine: Current) -> Answer<DriftView> {
    engine.check_drift().await
}
