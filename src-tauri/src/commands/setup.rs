//! The guided setup, and the state.

use std::sync::Arc;

use clearsync_sync::{
    Engine,
    view::{Choices, Setup, SetupStep, Status},
};
use tauri::{AppHandle, State};

use super::{Answer, settings::set_autostart};

/// The state, for the rail and the start of the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn status(engine: State<'_, Arc<Engine>>) -> Answer<Status> {
    Ok(engine.status())
}

/// Where the guided setup stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn setup(engine: State<'_, Arc<Engine>>) -> Answer<Setup> {
    engine.setup().await
}

/// Opens a step that may be opened.
#[tauri::command]
#[specta::specta]
pub(crate) async fn go_to_step(engine: State<'_, Arc<Engine>>, step: SetupStep) -> Answer<Setup> {
    engine.go_to_step(step).await
}

/// Keeps what may be created.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_choices(
    engine: State<'_, Arc<Engine>>,
    choices: Choices,
) -> Answer<Setup> {
    engine.save_choices(choices).await
}

/// Ends setup and starts the background schedule.
#[tauri::command]
#[specta::specta]
pub(crate) async fn finish_setup(
    app: AppHandle,
    engine: State<'_, Arc<Engine>>,
    autostart: bool,
) -> Answer<Status> {
    set_autostart(&app, autostart)?;
    engine.finish_setup().await
}
