//! Whether Stripe tells this computer at once that something happened.

use std::sync::Arc;

use clearsync_sync::{Engine, view::RealtimeView};
use tauri::State;

use super::Answer;

/// How real time stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn realtime(engine: State<'_, Arc<Engine>>) -> Answer<RealtimeView> {
    engine.realtime().await
}

/// Lets Stripe deliver to a public address that reaches a port of this computer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_realtime(
    engine: State<'_, Arc<Engine>>,
    url: String,
    port: u16,
    keep_for_this_run: bool,
) -> Answer<RealtimeView> {
    engine.start_realtime(&url, port, keep_for_this_run).await
}

/// Takes ClearSync's own endpoint away and listens no more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_realtime(engine: State<'_, Arc<Engine>>) -> Answer<RealtimeView> {
    engine.stop_realtime().await
}
