//! Keys and their checklists.

use clearsync_sync::view::{
    Checklist, FormerKey, GuidePreset, HubSpotConnection, KeyFinding, KeyGuide, KeyInput, Mode,
    NewKey, Problem, ProblemCode, Service, Setup, StripeConnection,
};
use clearsync_vault::Secret;
use tauri::State;

use super::Answer;
use crate::{sample::SampleKeys, workspaces::Current};

/// How to make the Stripe key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn key_guide(
    engine: Current,
    preset: GuidePreset,
    mode: Mode,
) -> Answer<KeyGuide> {
    Ok(engine.key_guide(preset, mode))
}

/// What a text in a key field is, told without any request.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_at_key(
    engine: Current,
    service: Service,
    text: String,
) -> Answer<KeyFinding> {
    Ok(engine.look_at_key(service, &Secret::new(text)))
}

/// Takes a Stripe key, checks that Stripe accepts it and keeps it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_stripe(
    engine: Current,
    sample: State<'_, Option<SampleKeys>>,
    input: KeyInput,
    keep_for_this_run: bool,
    replace_account: bool,
) -> Answer<StripeConnection> {
    let key = key_from(input, sample.as_ref().map(|keys| keys.stripe))?;
    let connection = engine
        .connect_stripe(key, keep_for_this_run, replace_account)
        .await?;
    engine.check_in_background(Service::Stripe);
    Ok(connection)
}

/// Takes a HubSpot key, checks that HubSpot accepts it and keeps it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_hubspot(
    engine: Current,
    sample: State<'_, Option<SampleKeys>>,
    input: KeyInput,
    keep_for_this_run: bool,
    replace_portal: bool,
) -> Answer<HubSpotConnection> {
    let key = key_from(input, sample.as_ref().map(|keys| keys.hubspot))?;
    let connection = engine
        .connect_hubspot(key, keep_for_this_run, replace_portal)
        .await?;
    engine.check_in_background(Service::HubSpot);
    Ok(connection)
}

/// Deletes a key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn disconnect(engine: Current, service: Service) -> Answer<Setup> {
    engine.disconnect(service).await
}

/// Holds a new key against the one in use, which stays in use.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_new_key(
    engine: Current,
    sample: State<'_, Option<SampleKeys>>,
    service: Service,
    input: KeyInput,
) -> Answer<NewKey> {
    let sample = sample.as_ref().map(|keys| match service {
        Service::Stripe => keys.stripe,
        Service::HubSpot => keys.hubspot,
    });
    engine
        .check_new_key(service, key_from(input, sample)?)
        .await
}

/// Forgets a new key that was checked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_new_key(engine: Current, service: Service) -> Answer<()> {
    engine.leave_new_key(service);
    Ok(())
}

/// Puts the new key that was checked in the place of the one in use.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_new_key(
    engine: Current,
    service: Service,
    keep_for_this_run: bool,
) -> Answer<FormerKey> {
    let former = engine.take_new_key(service, keep_for_this_run).await?;
    engine.check_in_background(service);
    Ok(former)
}

/// Asks once whether the old key still works.
#[tauri::command]
#[specta::specta]
pub(crate) async fn former_key_works(engine: Current, service: Service) -> Answer<bool> {
    engine.former_key_works(service).await
}

/// The user has deleted the old key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_former_key(engine: Current, service: Service) -> Answer<()> {
    engine.forget_former_key(service).await
}

/// The checklist as it is known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn checklist(engine: Current, service: Service) -> Answer<Checklist> {
    Ok(engine.checklist(service))
}

/// Chooses which permissions the Stripe key is to have.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_preset(engine: Current, preset: GuidePreset) -> Answer<Checklist> {
    engine.choose_preset(preset).await
}

/// Checks every row; results come as events.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_all(engine: Current, service: Service) -> Answer<()> {
    engine.check_all(service).await
}

/// Checks one row.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_row(engine: Current, service: Service, row: String) -> Answer<()> {
    engine.check_row(service, row).await
}

/// Looks for what the Stripe key can do beyond the checklist.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_excess(engine: Current) -> Answer<()> {
    engine.check_excess().await
}

/// Checks open rows by itself for two minutes, while the key is edited in the browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_checklist(
    engine: Current,
    service: Service,
    watching: bool,
) -> Answer<()> {
    engine.watch_checklist(service, watching).await
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
