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
use crate::workspaces::Current;

/// The figures of the first screen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(engine: Current) -> Answer<Overview> {
    engine.overview().await
}

/// Rows of the subscriptions table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscriptions(
    engine: Current,
    query: SubscriptionQuery,
) -> Answer<SubscriptionPage> {
    engine.subscriptions(query).await
}

/// One subscription and the derivation of its MRR.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscription(engine: Current, id: String) -> Answer<SubscriptionDetail> {
    engine.subscription(id).await
}

/// MRR of the whole company and what moved it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn company_figures(
    engine: Current,
    query: CompanyQuery,
) -> Answer<CompanyFigures> {
    engine.company_figures(query).await
}

/// Movements of MRR, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn movements(engine: Current, query: MovementQuery) -> Answer<MovementPage> {
    engine.movements(query).await
}

/// How the MRR of a subscription came about at any moment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn explain(
    engine: Current,
    subscription: String,
    at: String,
) -> Answer<Explanation> {
    engine.explain(subscription, at).await
}

/// The way from our MRR to another set of rules', for the whole company or one subscription.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bridge(
    engine: Current,
    subscription: Option<String>,
    against: PolicyId,
) -> Answer<Vec<BridgeView>> {
    engine.bridge(subscription, against).await
}

/// The policies there are, and the one that counts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn policies(engine: Current) -> Answer<PolicyChoices> {
    engine.policies().await
}

/// What other rules would change now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn policy_preview(
    engine: Current,
    switches: PolicySwitches,
) -> Answer<PolicyPreview> {
    engine.policy_preview(switches).await
}

/// Chooses the rules by which everything is counted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_policy(
    engine: Current,
    id: PolicyId,
    switches: PolicySwitches,
) -> Answer<PolicyChoices> {
    engine.choose_policy(id, switches).await
}

/// The exchange rates that are known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn exchange_rates(engine: Current) -> Answer<ExchangeRatesView> {
    engine.exchange_rates().await
}

/// Keeps the user's own exchange rates.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_exchange_rates(
    engine: Current,
    input: ExchangeRatesInput,
) -> Answer<ExchangeRatesView> {
    engine.set_exchange_rates(input).await
}

/// Reads HubSpot's own exchange rates and reports by them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_hubspot_rates(engine: Current) -> Answer<ExchangeRatesView> {
    engine.read_hubspot_rates().await
}

/// Holds our MRR per customer and month against a table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile(
    engine: Current,
    csv: String,
    against: Option<PolicyId>,
) -> Answer<ReconcileReport> {
    engine.reconcile(csv, against).await
}

/// Writes MRR per customer and month into the folder for downloads, and says where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_mrr(app: AppHandle, engine: Current) -> Answer<ExportedFile> {
    let csv = engine.mrr_csv(None).await?;
    export(&app, "clearsync-mrr", "csv", csv.as_bytes())
}
