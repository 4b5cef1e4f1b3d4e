//! The guided setup, and the state.

use clearsync_sync::view::{Choices, Setup, SetupStep, Status};
use tauri::AppHandle;

use super::{Answer, settings::set_autostart};
use crate::workspaces::Workspace;

/// The state, for the rail and the start of the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn status(workspace: Workspace) -> Answer<Status> {
    Ok(workspace.status())
}

/// Where the guided setup stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn setup(workspace: Workspace) -> Answer<Setup> {
    workspace.setup().await
}

/// Opens a step that may be opened.
#[tauri::command]
#[specta::specta]
pub(crate) async fn go_to_step(workspace: Workspace, step: SetupStep) -> Answer<Setup> {
    workspace.go_to_step(step).await
}

/// Keeps what may be created.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_choices(workspace: Workspace, choices: Choices) -> Answer<Setup> {
    workspace.save_choices(choices).await
}

/// Ends setup and starts the background schedule.
#[tauri::command]
#[specta::specta]
pub(crate) async fn finish_setup(
    app: AppHandle,
    workspace: Workspace,
    autostart: bool,
) -> Answer<Status> {
    set_autostart(&app, autostart)?;
    workspace.finish_setup().await
}
