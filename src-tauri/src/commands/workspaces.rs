//! The workspaces: which there are, and which the window shows.

use std::sync::Arc;

use clearsync_sync::{
    Workspaces,
    view::{Forgotten, WorkspaceId, WorkspaceList},
};
use tauri::State;

use super::Answer;

/// All of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn workspaces(workspaces: State<'_, Arc<Workspaces>>) -> Answer<WorkspaceList> {
    Ok(workspaces.list())
}

/// Shows one of them. One that could not be opened is tried again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_workspace(
    workspaces: State<'_, Arc<Workspaces>>,
    id: WorkspaceId,
) -> Answer<WorkspaceList> {
    workspaces.show(&id).await
}

/// Adds one for another account and shows it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_workspace(workspaces: State<'_, Arc<Workspaces>>) -> Answer<WorkspaceList> {
    workspaces.add().await
}

/// Forgets one of them: its endpoint in Stripe, its keys and its data.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_workspace(
    workspaces: State<'_, Arc<Workspaces>>,
    id: WorkspaceId,
) -> Answer<Forgotten> {
    workspaces.remove(&id).await
}
