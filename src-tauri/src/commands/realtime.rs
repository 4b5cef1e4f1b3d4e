//! Whether Stripe tells this computer at once that something happened.

use clearsync_sync::view::RealtimeView;

use super::Answer;
use crate::workspaces::Current;

/// How real time stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn realtime(engine: Current) -> Answer<RealtimeView> {
    engine.realtime().await
}

/// Lets Stripe deliver to a public address that reaches a port of this computer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_realtime(
    engine: Current,
    url: String,
    port: u16,
    keep_for_this_run: bool,
) -> Answer<RealtimeView> {
    engine.start_realtime(&url, port, keep_for_this_run).await
}

/// Takes ClearSync's own endpoint away and listens no more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_realtime(engine: Current) -> Answer<RealtimeView> {
    engine.stop_realtime().await
}
