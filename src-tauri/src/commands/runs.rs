//! Runs: starting and stopping them, and what came of them.

use clearsync_sync::view::{AttentionItem, RunRow, Status};

use super::Answer;
use crate::workspaces::Workspace;

/// Starts or goes on reading Stripe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_import(workspace: Workspace) -> Answer<()> {
    workspace.start_import().await
}

/// Starts a sync at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(workspace: Workspace) -> Answer<()> {
    workspace.sync_now().await
}

/// Pauses syncing, holding a run under way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pause(workspace: Workspace, minutes: Option<u32>) -> Answer<Status> {
    workspace.pause(minutes).await
}

/// Goes on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume(workspace: Workspace) -> Answer<Status> {
    workspace.resume().await
}

/// Ends the run under way; the next goes on where it stopped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop(workspace: Workspace) -> Answer<Status> {
    workspace.stop().await
}

/// The last runs, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn runs(workspace: Workspace) -> Answer<Vec<RunRow>> {
    workspace.runs().await
}

/// What needs the user.
#[tauri::command]
#[specta::specta]
pub(crate) async fn attention(workspace: Workspace) -> Answer<Vec<AttentionItem>> {
    workspace.attention().await
}
