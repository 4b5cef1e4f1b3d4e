//! Runs: starting and stopping them, and what came of them.

use std::sync::Arc;

use clearsync_sync::{
    Engine,
    view::{AttentionItem, RunRow, Status},
};
use tauri::State;

use super::Answer;

/// Starts or goes on reading Stripe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_import(engine: State<'_, Arc<Engine>>) -> Answer<()> {
    engine.start_import().await
}

/// Starts a sync at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(engine: State<'_, Arc<Engine>>) -> Answer<()> {
    engine.sync_now().await
}

/// Pauses syncing, holding a run under way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pause(engine: State<'_, Arc<Engine>>, minutes: Option<u32>) -> Answer<Status> {
    engine.pause(minutes).await
}

/// Goes on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume(engine: State<'_, Arc<Engine>>) -> Answer<Status> {
    engine.resume().await
}

/// Ends the run under way; the next goes on where it stopped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop(engine: State<'_, Arc<Engine>>) -> Answer<Status> {
    engine.stop().await
}

/// The last runs, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn runs(engine: State<'_, Arc<Engine>>) -> Answer<Vec<RunRow>> {
    engine.runs().await
}

/// What needs the user.
#[tauri::command]
#[specta::specta]
pub(crate) async fn attention(engine: State<'_, Arc<Engine>>) -> Answer<Vec<AttentionItem>> {
    engine.attention().await
}
