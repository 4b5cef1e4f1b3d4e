//! Every command the window may call: one line each, handed on to the app.

#![expect(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    reason = "commands own what the window sends"
)]

use clearsync_sync::view::*;

type Answer<T> = Result<T, Problem>;

/// The state, for the rail and the start of the window.
#[tauri::command]
#[specta::specta]
pub async fn status() -> Answer<Status> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Where the guided setup stands.
#[tauri::command]
#[specta::specta]
pub async fn setup() -> Answer<Setup> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Opens a step that may be opened.
#[tauri::command]
#[specta::specta]
pub async fn go_to_step(step: SetupStep) -> Answer<Setup> {
    let _ = (step,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// How to make the Stripe key.
#[tauri::command]
#[specta::specta]
pub async fn key_guide(preset: GuidePreset, mode: Mode) -> Answer<KeyGuide> {
    let _ = (preset, mode);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// What a text in a key field is, told without any request.
#[tauri::command]
#[specta::specta]
pub async fn look_at_key(service: Service, text: String) -> Answer<KeyFinding> {
    let _ = (service, text);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Takes a Stripe key, checks that Stripe accepts it and keeps it.
#[tauri::command]
#[specta::specta]
pub async fn connect_stripe(
    input: KeyInput,
    keep_for_this_run: bool,
    replace_account: bool,
) -> Answer<StripeConnection> {
    let _ = (input, keep_for_this_run, replace_account);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Takes a HubSpot key, checks that HubSpot accepts it and keeps it.
#[tauri::command]
#[specta::specta]
pub async fn connect_hubspot(
    input: KeyInput,
    keep_for_this_run: bool,
    replace_portal: bool,
) -> Answer<HubSpotConnection> {
    let _ = (input, keep_for_this_run, replace_portal);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Deletes a key.
#[tauri::command]
#[specta::specta]
pub async fn disconnect(service: Service) -> Answer<Setup> {
    let _ = (service,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// The checklist as it is known.
#[tauri::command]
#[specta::specta]
pub async fn checklist(service: Service) -> Answer<Checklist> {
    let _ = (service,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Checks every row; results come as events.
#[tauri::command]
#[specta::specta]
pub async fn check_all(service: Service) -> Answer<()> {
    let _ = (service,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Checks one row.
#[tauri::command]
#[specta::specta]
pub async fn check_row(service: Service, row: String) -> Answer<()> {
    let _ = (service, row);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Looks for what the Stripe key can do beyond the checklist.
#[tauri::command]
#[specta::specta]
pub async fn check_excess() -> Answer<()> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Checks open rows by itself for two minutes, while the key is edited in the browser.
#[tauri::command]
#[specta::specta]
pub async fn watch_checklist(service: Service, watching: bool) -> Answer<()> {
    let _ = (service, watching);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// The properties ClearSync would make.
#[tauri::command]
#[specta::specta]
pub async fn property_plan() -> Answer<Vec<PropertyPlan>> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Keeps what may be created.
#[tauri::command]
#[specta::specta]
pub async fn save_choices(choices: Choices) -> Answer<Setup> {
    let _ = (choices,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Starts or goes on reading Stripe.
#[tauri::command]
#[specta::specta]
pub async fn start_import() -> Answer<()> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Matches and plans anew.
#[tauri::command]
#[specta::specta]
pub async fn make_plan() -> Answer<PlanSummary> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// The plan as it stands.
#[tauri::command]
#[specta::specta]
pub async fn plan_summary() -> Answer<Option<PlanSummary>> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Rows of the plan.
#[tauri::command]
#[specta::specta]
pub async fn plan_rows(query: PlanQuery) -> Answer<PlanPage> {
    let _ = (query,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Carries out exactly this plan.
#[tauri::command]
#[specta::specta]
pub async fn push(plan: u32) -> Answer<()> {
    let _ = (plan,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Ends setup and starts the background schedule.
#[tauri::command]
#[specta::specta]
pub async fn finish_setup(autostart: bool) -> Answer<Status> {
    let _ = (autostart,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Starts a sync at once.
#[tauri::command]
#[specta::specta]
pub async fn sync_now() -> Answer<()> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Pauses syncing, holding a run under way.
#[tauri::command]
#[specta::specta]
pub async fn pause(minutes: Option<u32>) -> Answer<Status> {
    let _ = (minutes,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Goes on.
#[tauri::command]
#[specta::specta]
pub async fn resume() -> Answer<Status> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Ends the run under way; the next goes on where it stopped.
#[tauri::command]
#[specta::specta]
pub async fn stop() -> Answer<Status> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// The figures of the first screen.
#[tauri::command]
#[specta::specta]
pub async fn overview() -> Answer<Overview> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Rows of the subscriptions table.
#[tauri::command]
#[specta::specta]
pub async fn subscriptions(query: SubscriptionQuery) -> Answer<SubscriptionPage> {
    let _ = (query,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// One subscription and the derivation of its MRR.
#[tauri::command]
#[specta::specta]
pub async fn subscription(id: String) -> Answer<SubscriptionDetail> {
    let _ = (id,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// The last runs, newest first.
#[tauri::command]
#[specta::specta]
pub async fn runs() -> Answer<Vec<RunRow>> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// What needs the user.
#[tauri::command]
#[specta::specta]
pub async fn attention() -> Answer<Vec<AttentionItem>> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// What can be set.
#[tauri::command]
#[specta::specta]
pub async fn settings() -> Answer<Settings> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Changes one setting.
#[tauri::command]
#[specta::specta]
pub async fn change_setting(change: SettingsChange) -> Answer<Settings> {
    let _ = (change,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Opens a page of an allowed host in the browser.
#[tauri::command]
#[specta::specta]
pub async fn open_link(url: String) -> Answer<()> {
    let _ = (url,);
    Err(Problem::new(ProblemCode::Unexpected))
}

/// Shows the folder with ClearSync's data.
#[tauri::command]
#[specta::specta]
pub async fn show_data_folder() -> Answer<()> {
    let _ = ();
    Err(Problem::new(ProblemCode::Unexpected))
}
