//! Runs: starting and stopping them, and what came of them.

use clearsync_sync::view::{AttentionItem, RunRow, Status};

use super::Answer;
use crate::workspaces::Current;

/// Starts or goes on reading Stripe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_import(engine: Current) -> Answer<()> {
    engine.start_import().await
}

/// Starts a sync at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(engine: Current) -> Answer<()> {
    engine.sync_now().await
}

/// Pauses syncing, holding a run under way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pause(engine: Current, minutes: Option<u32>) -> Answer<Status> {
    engine.pause(minutes).await
}

/// Goes on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume(engine: Current) -> Answer<Status> {
    engine.resume().await
}

/// Ends the run under way; the next goes on where it stopped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop(engine: Current) -> Answer<Status> {
    engine.stop().await
}

/// The last runs, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn runs(engine: Current) -> Answer<Vec<RunRow>> {
    engine.runs().await
}

/// What needs the user.
#[tauri::command]
#[specta::specta]
pub(crate) async fn attention(engine: Current) -> Answer<Vec<AttentionItem>> {
    engine.attention().await
}
