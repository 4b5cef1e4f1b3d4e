//! How and about whom ClearSync writes to HubSpot.

use clearsync_sync::view::{
    FilterChoices, FilterEffect, Filters, GuardChange, GuardSettings, MailDomainChanges,
    MailDomains, MetadataKey, Playbook, PropertyPlan, QuotaView, WriteModes, Writing,
};

use super::Answer;
use crate::workspaces::Current;

/// The properties ClearSync would make.
#[tauri::command]
#[specta::specta]
pub(crate) async fn property_plan(engine: Current) -> Answer<Vec<PropertyPlan>> {
    engine.property_plan().await
}

/// What the portal can do, before anything is made.
#[tauri::command]
#[specta::specta]
pub(crate) async fn write_modes(engine: Current) -> Answer<WriteModes> {
    engine.write_modes().await
}

/// How and about whom ClearSync writes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn writing(engine: Current) -> Answer<Writing> {
    engine.writing().await
}

/// Keeps how and about whom ClearSync writes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_writing(engine: Current, writing: Writing) -> Answer<Writing> {
    engine.save_writing(writing).await
}

/// The metadata keys that stand in Stripe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn metadata_keys(engine: Current) -> Answer<Vec<MetadataKey>> {
    engine.metadata_keys().await
}

/// What the filters can name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn filter_choices(engine: Current) -> Answer<FilterChoices> {
    engine.filter_choices().await
}

/// How many subscriptions filters would leave out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn filter_effect(engine: Current, filters: Filters) -> Answer<FilterEffect> {
    engine.filter_effect(filters).await
}

/// What ClearSync may do without asking.
#[tauri::command]
#[specta::specta]
pub(crate) async fn guard(engine: Current) -> Answer<GuardSettings> {
    engine.guard().await
}

/// Changes one rule of the guard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_guard(engine: Current, change: GuardChange) -> Answer<GuardSettings> {
    engine.change_guard(change).await
}

/// What is left of the portal's requests of this day.
#[tauri::command]
#[specta::specta]
pub(crate) async fn quota(engine: Current) -> Answer<QuotaView> {
    engine.quota().await
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
pub(crate) async fn mail_domains(engine: Current) -> Answer<MailDomains> {
    engine.mail_domains().await
}

/// Changes the list of mail domains, and finds companies anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_mail_domains(
    engine: Current,
    changes: MailDomainChanges,
) -> Answer<MailDomains> {
    engine.save_mail_domains(changes).await
}
