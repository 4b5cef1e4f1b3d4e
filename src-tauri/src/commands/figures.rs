//! MRR: figures, their past, their explanation, and the rules they are counted by.

use clearsync_sync::view::{
    BridgeView, CompanyFigures, CompanyQuery, ExchangeRatesInput, ExchangeRatesView, Explanation,
    MovementPage, MovementQuery, Overview, PolicyChoices, PolicyId, PolicyPreview, PolicySwitches,
    ReconcileReport, SubscriptionDetail, SubscriptionPage, SubscriptionQuery,
};
use tauri::AppHandle;

use super::{
    Answer,
    export::{ExportedFile, export},
};
use crate::workspaces::Workspace;

/// The figures of the first screen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(workspace: Workspace) -> Answer<Overview> {
    workspace.overview().await
}

/// Rows of the subscriptions table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscriptions(
    workspace: Workspace,
    query: SubscriptionQuery,
) -> Answer<SubscriptionPage> {
    workspace.subscriptions(query).await
}

/// One subscription and the derivation of its MRR.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscription(workspace: Workspace, id: String) -> Answer<SubscriptionDetail> {
    workspace.subscription(id).await
}

/// MRR of the whole company and what moved it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn company_figures(
    workspace: Workspace,
    query: CompanyQuery,
) -> Answer<CompanyFigures> {
    workspace.company_figures(query).await
}

/// Movements of MRR, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn movements(workspace: Workspace, query: MovementQuery) -> Answer<MovementPage> {
    workspace.movements(query).await
}

/// How the MRR of a subscription came about at any moment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn explain(
    workspace: Workspace,
    subscription: String,
    at: String,
) -> Answer<Explanation> {
    workspace.explain(subscription, at).await
}

/// The way from our MRR to another set of rules', for the whole company or one subscription.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bridge(
    workspace: Workspace,
    subscription: Option<String>,
    against: PolicyId,
) -> Answer<Vec<BridgeView>> {
    workspace.bridge(subscription, against).await
}

/// The policies there are, and the one that counts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn policies(workspace: Workspace) -> Answer<PolicyChoices> {
    workspace.policies().await
}

/// What other rules would change now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn policy_preview(
    workspace: Workspace,
    switches: PolicySwitches,
) -> Answer<PolicyPreview> {
    workspace.policy_preview(switches).await
}

/// Chooses the rules by which everything is counted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_policy(
    workspace: Workspace,
    id: PolicyId,
    switches: PolicySwitches,
) -> Answer<PolicyChoices> {
    workspace.choose_policy(id, switches).await
}

/// The exchange rates that are known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn exchange_rates(workspace: Workspace) -> Answer<ExchangeRatesView> {
    workspace.exchange_rates().await
}

/// Keeps the user's own exchange rates.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_exchange_rates(
    workspace: Workspace,
    input: ExchangeRatesInput,
) -> Answer<ExchangeRatesView> {
    workspace.set_exchange_rates(input).await
}

/// Reads HubSpot's own exchange rates and reports by them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_hubspot_rates(workspace: Workspace) -> Answer<ExchangeRatesView> {
    workspace.read_hubspot_rates().await
}

/// Holds our MRR per customer and month against a table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile(
    workspace: Workspace,
    csv: String,
    against: Option<PolicyId>,
) -> Answer<ReconcileReport> {
    workspace.reconcile(csv, against).await
}

/// Writes MRR per customer and month into the folder for downloads, and says where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_mrr(app: AppHandle, workspace: Workspace) -> Answer<ExportedFile> {
    let csv = workspace.mrr_csv(None).await?;
    export(&app, "clearsync-mrr", "csv", csv.as_bytes())
}
