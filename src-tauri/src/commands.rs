//! Every command the window may call. Each hands on to the engine; only what belongs to the desktop is done here.

use std::sync::Arc;

use clearsync_sync::{
    Engine,
    view::{
        AttentionItem, Checklist, Choices, GuidePreset, HubSpotConnection, KeyFinding, KeyGuide,
        KeyInput, Mode, Overview, PlanPage, PlanQuery, PlanSummary, Problem, ProblemCode,
        PropertyPlan, RunRow, Service, Settings, SettingsChange, Setup, SetupStep, Status,
        StripeConnection, SubscriptionDetail, SubscriptionPage, SubscriptionQuery,
    },
};
use clearsync_vault::Secret;
use tauri::{AppHandle, State};
use tauri_plugin_autostart::ManagerExt;

use crate::{
    config::Config,
    links::{Link, LinkNotAllowed},
    sample::SampleKeys,
};

type Answer<T> = Result<T, Problem>;

/// The state, for the rail and the start of the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn status(engine: State<'_, Arc<Engine>>) -> Answer<Status> {
    Ok(engine.status())
}

/// Where the guided setup stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn setup(engine: State<'_, Arc<Engine>>) -> Answer<Setup> {
    engine.setup().await
}

/// Opens a step that may be opened.
#[tauri::command]
#[specta::specta]
pub(crate) async fn go_to_step(engine: State<'_, Arc<Engine>>, step: SetupStep) -> Answer<Setup> {
    engine.go_to_step(step).await
}

/// How to make the Stripe key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn key_guide(
    engine: State<'_, Arc<Engine>>,
    preset: GuidePreset,
    mode: Mode,
) -> Answer<KeyGuide> {
    Ok(engine.key_guide(preset, mode))
}

/// What a text in a key field is, told without any request.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_at_key(
    engine: State<'_, Arc<Engine>>,
    service: Service,
    text: String,
) -> Answer<KeyFinding> {
    Ok(engine.look_at_key(service, &Secret::new(text)))
}

/// Takes a Stripe key, checks that Stripe accepts it and keeps it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_stripe(
    engine: State<'_, Arc<Engine>>,
    sample: State<'_, Option<SampleKeys>>,
    input: KeyInput,
    keep_for_this_run: bool,
    replace_account: bool,
) -> Answer<StripeConnection> {
    let key = key_from(input, sample.as_ref().map(|keys| keys.stripe))?;
    engine
        .connect_stripe(key, keep_for_this_run, replace_account)
        .await
}

/// Takes a HubSpot key, checks that HubSpot accepts it and keeps it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_hubspot(
    engine: State<'_, Arc<Engine>>,
    sample: State<'_, Option<SampleKeys>>,
    input: KeyInput,
    keep_for_this_run: bool,
    replace_portal: bool,
) -> Answer<HubSpotConnection> {
    let key = key_from(input, sample.as_ref().map(|keys| keys.hubspot))?;
    engine
        .connect_hubspot(key, keep_for_this_run, replace_portal)
        .await
}

/// Deletes a key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn disconnect(engine: State<'_, Arc<Engine>>, service: Service) -> Answer<Setup> {
    engine.disconnect(service).await
}

/// The checklist as it is known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn checklist(
    engine: State<'_, Arc<Engine>>,
    service: Service,
) -> Answer<Checklist> {
    Ok(engine.checklist(service))
}

/// Chooses which permissions the Stripe key is to have.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_preset(
    engine: State<'_, Arc<Engine>>,
    preset: GuidePreset,
) -> Answer<Checklist> {
    engine.choose_preset(preset).await
}

/// Checks every row; results come as events.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_all(engine: State<'_, Arc<Engine>>, service: Service) -> Answer<()> {
    engine.check_all(service).await
}

/// Checks one row.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_row(
    engine: State<'_, Arc<Engine>>,
    service: Service,
    row: String,
) -> Answer<()> {
    engine.check_row(service, row).await
}

/// Looks for what the Stripe key can do beyond the checklist.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_excess(engine: State<'_, Arc<Engine>>) -> Answer<()> {
    engine.check_excess().await
}

/// Checks open rows by itself for two minutes, while the key is edited in the browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_checklist(
    engine: State<'_, Arc<Engine>>,
    service: Service,
    watching: bool,
) -> Answer<()> {
    engine.watch_checklist(service, watching).await
}

/// The properties ClearSync would make.
#[tauri::command]
#[specta::specta]
pub(crate) async fn property_plan(engine: State<'_, Arc<Engine>>) -> Answer<Vec<PropertyPlan>> {
    engine.property_plan().await
}

/// Keeps what may be created.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_choices(
    engine: State<'_, Arc<Engine>>,
    choices: Choices,
) -> Answer<Setup> {
    engine.save_choices(choices).await
}

/// Starts or goes on reading Stripe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_import(engine: State<'_, Arc<Engine>>) -> Answer<()> {
    engine.start_import().await
}

/// Matches and plans anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_plan(engine: State<'_, Arc<Engine>>) -> Answer<PlanSummary> {
    engine.make_plan().await
}

/// The plan as it stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_summary(engine: State<'_, Arc<Engine>>) -> Answer<Option<PlanSummary>> {
    engine.plan_summary().await
}

/// Rows of the plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_rows(
    engine: State<'_, Arc<Engine>>,
    query: PlanQuery,
) -> Answer<PlanPage> {
    engine.plan_rows(query).await
}

/// Carries out exactly this plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn push(engine: State<'_, Arc<Engine>>, plan: u32) -> Answer<()> {
    engine.push(plan).await
}

/// Ends setup and starts the background schedule.
#[tauri::command]
#[specta::specta]
pub(crate) async fn finish_setup(
    app: AppHandle,
    engine: State<'_, Arc<Engine>>,
    autostart: bool,
) -> Answer<Status> {
    set_autostart(&app, autostart)?;
    engine.finish_setup().await
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

/// The figures of the first screen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(engine: State<'_, Arc<Engine>>) -> Answer<Overview> {
    engine.overview().await
}

/// Rows of the subscriptions table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscriptions(
    engine: State<'_, Arc<Engine>>,
    query: SubscriptionQuery,
) -> Answer<SubscriptionPage> {
    engine.subscriptions(query).await
}

/// One subscription and the derivation of its MRR.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscription(
    engine: State<'_, Arc<Engine>>,
    id: String,
) -> Answer<SubscriptionDetail> {
    engine.subscription(id).await
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

/// What can be set.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(app: AppHandle, engine: State<'_, Arc<Engine>>) -> Answer<Settings> {
    with_autostart(&app, engine.settings().await?)
}

/// Changes one setting.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_setting(
    app: AppHandle,
    engine: State<'_, Arc<Engine>>,
    change: SettingsChange,
) -> Answer<Settings> {
    if let SettingsChange::Autostart(autostart) = change {
        set_autostart(&app, autostart)?;
        return with_autostart(&app, engine.settings().await?);
    }
    with_autostart(&app, engine.change_setting(change).await?)
}

/// Opens a page of an allowed host in the browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_link(url: String) -> Answer<()> {
    let link =
        Link::parse(&url).map_err(|LinkNotAllowed| Problem::new(ProblemCode::LinkNotAllowed))?;
    link.open()
        .map_err(|_| Problem::new(ProblemCode::Unexpected))
}

/// Shows the folder with ClearSync's data.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_data_folder(config: State<'_, Config>) -> Answer<()> {
    open::that_detached(&config.data_folder).map_err(|_| Problem::new(ProblemCode::Unexpected))
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

fn set_autostart(app: &AppHandle, autostart: bool) -> Answer<()> {
    let launcher = app.autolaunch();
    let outcome = match (autostart, launcher.is_enabled()) {
        (true, _) => launcher.enable(),
        (false, Ok(false)) => Ok(()),
        (false, _) => launcher.disable(),
    };
    outcome.map_err(|_| Problem::new(ProblemCode::Unexpected))
}

fn with_autostart(app: &AppHandle, settings: Settings) -> Answer<Settings> {
    let autostart = app.autolaunch().is_enabled().unwrap_or(false);
    Ok(Settings {
        autostart,
        ..settings
    })
}
