//! The guided setup, and the state.

use clearsync_sync::view::{Choices, Setup, SetupStep, Status};
use tauri::AppHandle;

use super::{Answer, settings::set_autostart};
use crate::workspaces::Current;

/// The state, for the rail and the start of the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn status(engine: Current) -> Answer<Status> {
    Ok(engine.status())
}

/// Where the guided setup stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn setup(engine: Current) -> Answer<Setup> {
    engine.setup().await
}

/// Opens a step that may be opened.
#[tauri::command]
#[specta::specta]
pub(crate) async fn go_to_step(engine: Current, step: SetupStep) -> Answer<Setup> {
    engine.go_to_step(step).await
}

/// Keeps what may be created.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_choices(engine: Current, choices: Choices) -> Answer<Setup> {
    engine.save_choices(choices).await
}

/// Ends setup and starts the background schedule.
#[tauri::command]
#[specta::specta]
pub(crate) async fn finish_setup(
    app: AppHandle,
    engine: Current,
    autostart: bool,
) -> Answer<Status> {
    set_autostart(&app, autostart)?;
    engine.finish_setup().await
}
