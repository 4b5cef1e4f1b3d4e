//! How and about whom ClearSync writes to HubSpot.

use clearsync_sync::view::{
    FilterChoices, FilterEffect, Filters, GuardChange, GuardSettings, MailDomainChanges,
    MailDomains, MetadataKey, Playbook, PropertyPlan, QuotaView, WriteModes, Writing,
};

use super::Answer;
use crate::workspaces::Workspace;

/// The properties ClearSync would make.
#[tauri::command]
#[specta::specta]
pub(crate) async fn property_plan(workspace: Workspace) -> Answer<Vec<PropertyPlan>> {
    workspace.property_plan().await
}

/// What the portal can do, before anything is made.
#[tauri::command]
#[specta::specta]
pub(crate) async fn write_modes(workspace: Workspace) -> Answer<WriteModes> {
    workspace.write_modes().await
}

/// How and about whom ClearSync writes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn writing(workspace: Workspace) -> Answer<Writing> {
    workspace.writing().await
}

/// Keeps how and about whom ClearSync writes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_writing(workspace: Workspace, writing: Writing) -> Answer<Writing> {
    workspace.save_writing(writing).await
}

/// The metadata keys that stand in Stripe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn metadata_keys(workspace: Workspace) -> Answer<Vec<MetadataKey>> {
    workspace.metadata_keys().await
}

/// What the filters can name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn filter_choices(workspace: Workspace) -> Answer<FilterChoices> {
    workspace.filter_choices().await
}

/// How many subscriptions filters would leave out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn filter_effect(workspace: Workspace, filters: Filters) -> Answer<FilterEffect> {
    workspace.filter_effect(filters).await
}

/// What ClearSync may do without asking.
#[tauri::command]
#[specta::specta]
pub(crate) async fn guard(workspace: Workspace) -> Answer<GuardSettings> {
    workspace.guard().await
}

/// Changes one rule of the guard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_guard(
    workspace: Workspace,
    change: GuardChange,
) -> Answer<GuardSettings> {
    workspace.change_guard(change).await
}

/// What is left of the portal's requests of this day.
#[tauri::command]
#[specta::specta]
pub(crate) async fn quota(workspace: Workspace) -> Answer<QuotaView> {
    workspace.quota().await
}

/// What can be built in HubSpot on ClearSync's properties, step by step.
#[tauri::command]
#[specta::specta]
pub(crate) async fn playbooks() -> Answer<Vec<Playbook>> {
    Ok(clearsync_sync::playbooks())
}

/// The mail domains that are nobody's company.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mail_domains(workspace: Workspace) -> Answer<MailDomains> {
    workspace.mail_domains().await
}

/// Changes the list of mail domains, and finds companies anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_mail_domains(
    workspace: Workspace,
    changes: MailDomainChanges,
) -> Answer<MailDomains> {
    workspace.save_mail_domains(changes).await
}
