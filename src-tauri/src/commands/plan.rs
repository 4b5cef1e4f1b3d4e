//! The plan: making it, showing it, the user's word on it, carrying it out.

use clearsync_sync::view::{
    Candidate, PlanPage, PlanQuery, PlanSummary, ReviewDecision, ReviewItem, RowSelection,
};
use tauri::AppHandle;

use super::{
    Answer,
    export::{ExportedFile, export},
};
use crate::workspaces::Workspace;

/// Matches and plans anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_plan(workspace: Workspace) -> Answer<PlanSummary> {
    workspace.make_plan().await
}

/// The plan as it stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_summary(workspace: Workspace) -> Answer<Option<PlanSummary>> {
    workspace.plan_summary().await
}

/// Rows of the plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_rows(workspace: Workspace, query: PlanQuery) -> Answer<PlanPage> {
    workspace.plan_rows(query).await
}

/// Carries out exactly this plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn push(workspace: Workspace, plan: u32) -> Answer<()> {
    workspace.push(plan).await
}

/// Gives the word for rows of the plan, or takes it back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn approve(
    workspace: Workspace,
    selection: RowSelection,
    approved: bool,
) -> Answer<Option<PlanSummary>> {
    workspace.approve(selection, approved).await
}

/// Writes the plan as a table into the folder for downloads.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_plan(app: AppHandle, workspace: Workspace) -> Answer<ExportedFile> {
    let csv = workspace.plan_csv().await?;
    export(&app, "clearsync-plan", "csv", csv.as_bytes())
}

/// Customers and companies without a certain match, and what was decided.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review(workspace: Workspace) -> Answer<Vec<ReviewItem>> {
    workspace.review().await
}

/// The records that may stand for one of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review_candidates(
    workspace: Workspace,
    object: String,
    key: String,
) -> Answer<Vec<Candidate>> {
    workspace.review_candidates(object, key).await
}

/// Keeps a decision.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decide(
    workspace: Workspace,
    object: String,
    key: String,
    decision: ReviewDecision,
) -> Answer<Vec<ReviewItem>> {
    workspace.decide(object, key, decision).await
}

/// Takes a decision back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_decision_back(
    workspace: Workspace,
    object: String,
    key: String,
) -> Answer<Vec<ReviewItem>> {
    workspace.take_decision_back(object, key).await
}
