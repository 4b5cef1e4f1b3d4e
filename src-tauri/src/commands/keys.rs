//! Keys and their checklists.

use std::sync::Arc;

use clearsync_sync::{
    Workspaces,
    view::{
        Checklist, FormerKey, GuidePreset, HubSpotConnection, KeyFinding, KeyGuide, KeyInput, Mode,
        NewKey, Problem, ProblemCode, Service, Setup, Status, StripeConnection,
    },
};
use clearsync_vault::Secret;
use tauri::{AppHandle, Manager};

use super::Answer;
use crate::{sample::SampleKeys, workspaces::Workspace};

/// How to make the Stripe key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn key_guide(
    workspace: Workspace,
    preset: GuidePreset,
    mode: Mode,
) -> Answer<KeyGuide> {
    Ok(workspace.key_guide(preset, mode))
}

/// What a text in a key field is, told without any request.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_at_key(
    workspace: Workspace,
    service: Service,
    text: String,
) -> Answer<KeyFinding> {
    Ok(workspace.look_at_key(service, &Secret::new(text)))
}

/// Takes a Stripe key, checks that Stripe accepts it and keeps it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_stripe(
    workspace: Workspace,
    app: AppHandle,
    input: KeyInput,
    keep_for_this_run: bool,
    replace_account: bool,
) -> Answer<StripeConnection> {
    let key = key_from(input, sample_key(&app, &workspace, Service::Stripe))?;
    let connection = workspace
        .connect_stripe(key, keep_for_this_run, replace_account)
        .await?;
    workspace.check_in_background(Service::Stripe);
    Ok(connection)
}

/// Takes a HubSpot key, checks that HubSpot accepts it and keeps it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_hubspot(
    workspace: Workspace,
    app: AppHandle,
    input: KeyInput,
    keep_for_this_run: bool,
    replace_portal: bool,
) -> Answer<HubSpotConnection> {
    let key = key_from(input, sample_key(&app, &workspace, Service::HubSpot))?;
    let connection = workspace
        .connect_hubspot(key, keep_for_this_run, replace_portal)
        .await?;
    workspace.check_in_background(Service::HubSpot);
    Ok(connection)
}

/// Deletes a key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn disconnect(workspace: Workspace, service: Service) -> Answer<Setup> {
    workspace.disconnect(service).await
}

/// Holds a new key against the one in use, which stays in use.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_new_key(
    workspace: Workspace,
    app: AppHandle,
    service: Service,
    input: KeyInput,
) -> Answer<NewKey> {
    let key = key_from(input, sample_key(&app, &workspace, service))?;
    workspace.check_new_key(service, key).await
}

/// Forgets a new key that was checked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_new_key(workspace: Workspace, service: Service) -> Answer<()> {
    workspace.leave_new_key(service);
    Ok(())
}

/// Puts the new key that was checked in the place of the one in use.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_new_key(
    workspace: Workspace,
    service: Service,
    keep_for_this_run: bool,
) -> Answer<FormerKey> {
    let former = workspace.take_new_key(service, keep_for_this_run).await?;
    workspace.check_in_background(service);
    Ok(former)
}

/// Asks once whether the old key still works.
#[tauri::command]
#[specta::specta]
pub(crate) async fn former_key_works(workspace: Workspace, service: Service) -> Answer<bool> {
    workspace.former_key_works(service).await
}

/// The user has deleted the old key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_former_key(workspace: Workspace, service: Service) -> Answer<()> {
    workspace.forget_former_key(service).await
}

/// The checklist as it is known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn checklist(workspace: Workspace, service: Service) -> Answer<Checklist> {
    Ok(workspace.checklist(service))
}

/// Chooses which permissions the Stripe key is to have.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_preset(workspace: Workspace, preset: GuidePreset) -> Answer<Checklist> {
    workspace.choose_preset(preset).await
}

/// Checks every row; results come as events.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_all(workspace: Workspace, service: Service) -> Answer<()> {
    workspace.check_all(service).await
}

/// Checks one row.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_row(workspace: Workspace, service: Service, row: String) -> Answer<()> {
    workspace.check_row(service, row).await
}

/// Looks for what the Stripe key can do beyond the checklist.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_excess(workspace: Workspace) -> Answer<()> {
    workspace.check_excess().await
}

/// Checks open rows by itself for two minutes, while the key is edited in the browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_checklist(
    workspace: Workspace,
    service: Service,
    watching: bool,
) -> Answer<()> {
    workspace.watch_checklist(service, watching).await
}

/// The key of the sample account that belongs to a workspace, with `--sample`.
fn sample_key(app: &AppHandle, workspace: &Workspace, service: Service) -> Option<&'static str> {
    app.state::<Option<SampleKeys>>().as_ref()?;
    let engines = app.state::<Arc<Workspaces>>().engines();
    let all: Vec<Status> = engines.iter().map(|(_, engine)| engine.status()).collect();
    let keys = SampleKeys::of(&workspace.status(), &all);
    Some(match service {
        Service::Stripe => keys.stripe,
        Service::HubSpot => keys.hubspot,
    })
}

/// The key as a secret, wherever it comes from.
fn key_from(input: KeyInput, sample: Option<&'static str>) -> Answer<Secret> {
    let empty = || Problem::new(ProblemCode::ClipboardEmpty);
    match input {
        KeyInput::Typed { text } => Ok(Secret::new(text)),
        KeyInput::Sample => sample
            .map(|key| Secret::new(key.to_owned()))
            .ok_or_else(empty),
        KeyInput::Clipboard => take_from_clipboard().ok_or_else(empty),
    }
}

/// Reads a key from the clipboard and empties the clipboard, so that the key does not stay there.
fn take_from_clipboard() -> Option<Secret> {
    let mut clipboard = arboard::Clipboard::new().ok()?;
    let secret = Secret::new(clipboard.get_text().ok()?);
    if secret.expose().is_empty() {
        return None;
    }
    if clipboard.clear().is_err() {
        tracing::warn!("the clipboard could not be emptied");
    }
    Some(secret)
}
