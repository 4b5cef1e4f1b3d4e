//! Whether Stripe tells this computer at once that something happened.

use clearsync_sync::view::RealtimeView;

use super::Answer;
use crate::workspaces::Workspace;

/// How real time stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn realtime(workspace: Workspace) -> Answer<RealtimeView> {
    workspace.realtime().await
}

/// Lets Stripe deliver to a public address that reaches a port of this computer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_realtime(
    workspace: Workspace,
    url: String,
    port: u16,
    keep_for_this_run: bool,
) -> Answer<RealtimeView> {
    workspace
        .start_realtime(&url, port, keep_for_this_run)
        .await
}

/// Takes ClearSync's own endpoint away and listens no more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_realtime(workspace: Workspace) -> Answer<RealtimeView> {
    workspace.stop_realtime().await
}
