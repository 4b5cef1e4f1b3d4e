//! The plan: making it, showing it, the user's word on it, carrying it out.

use clearsync_sync::view::{
    Candidate, PlanPage, PlanQuery, PlanSummary, ReviewDecision, ReviewItem, RowSelection,
};
use tauri::AppHandle;

use super::{
    Answer,
    export::{ExportedFile, export},
};
use crate::workspaces::Current;

/// Matches and plans anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_plan(engine: Current) -> Answer<PlanSummary> {
    engine.make_plan().await
}

/// The plan as it stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_summary(engine: Current) -> Answer<Option<PlanSummary>> {
    engine.plan_summary().await
}

/// Rows of the plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_rows(engine: Current, query: PlanQuery) -> Answer<PlanPage> {
    engine.plan_rows(query).await
}

/// Carries out exactly this plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn push(engine: Current, plan: u32) -> Answer<()> {
    engine.push(plan).await
}

/// Gives the word for rows of the plan, or takes it back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn approve(
    engine: Current,
    selection: RowSelection,
    approved: bool,
) -> Answer<Option<PlanSummary>> {
    engine.approve(selection, approved).await
}

/// Writes the plan as a table into the folder for downloads.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_plan(app: AppHandle, engine: Current) -> Answer<ExportedFile> {
    let csv = engine.plan_csv().await?;
    export(&app, "clearsync-plan", "csv", csv.as_bytes())
}

/// Customers and companies without a certain match, and what was decided.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review(engine: Current) -> Answer<Vec<ReviewItem>> {
    engine.review().await
}

/// The records that may stand for one of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review_candidates(
    engine: Current,
    object: String,
    key: String,
) -> Answer<Vec<Candidate>> {
    engine.review_candidates(object, key).await
}

/// Keeps a decision.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decide(
    engine: Current,
    object: String,
    key: String,
    decision: ReviewDecision,
) -> Answer<Vec<ReviewItem>> {
    engine.decide(object, key, decision).await
}

/// Takes a decision back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_decision_back(
    engine: Current,
    object: String,
    key: String,
) -> Answer<Vec<ReviewItem>> {
    engine.take_decision_back(object, key).await
}
