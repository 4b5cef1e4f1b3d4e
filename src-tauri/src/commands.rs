//! Every command the window may call. Each hands on to the engine; only what belongs to the desktop is done here.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use clearsync_sync::{
    Engine,
    view::{
        AttentionItem, BackupRow, BridgeView, Candidate, Checklist, Choices, CompanyFigures,
        CompanyQuery, DriftView, ExchangeRatesInput, ExchangeRatesView, Explanation, GuardChange,
        GuardSettings, GuidePreset, HubSpotConnection, KeyFinding, KeyGuide, KeyInput,
        MailDomainChanges, MailDomains, MetadataKey, Mode, MovementPage, MovementQuery, Overview,
        PlanPage, PlanQuery, PlanSummary, Playbook, PolicyChoices, PolicyId, PolicyPreview,
        PolicySwitches, Problem, ProblemCode, PropertyPlan, QuotaView, ReconcileReport,
        ReviewDecision, ReviewItem, RowSelection, RunChangesPage, RunChangesQuery, RunRow, Service,
        Settings, SettingsChange, Setup, SetupStep, Status, StripeConnection, SubscriptionDetail,
        SubscriptionPage, SubscriptionQuery, UndoPage, UndoQuery, UndoSummary, UndoTarget,
        WriteModes, Writing,
    },
};
use clearsync_vault::Secret;
use tauri::{AppHandle, Manager, State};
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
    engine: State<'_, Arc<Engine>>,
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

/// What the portal can do, before anything is made.
#[tauri::command]
#[specta::specta]
pub(crate) async fn write_modes(engine: State<'_, Arc<Engine>>) -> Answer<WriteModes> {
    engine.write_modes().await
}

/// How and about whom ClearSync writes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn writing(engine: State<'_, Arc<Engine>>) -> Answer<Writing> {
    engine.writing().await
}

/// Keeps how and about whom ClearSync writes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_writing(
    engine: State<'_, Arc<Engine>>,
    writing: Writing,
) -> Answer<Writing> {
    engine.save_writing(writing).await
}

/// The metadata keys that stand in Stripe.
#[tauri::command]
#[specta::specta]
pub(crate) async fn metadata_keys(engine: State<'_, Arc<Engine>>) -> Answer<Vec<MetadataKey>> {
    engine.metadata_keys().await
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

/// Gives the word for rows of the plan, or takes it back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn approve(
    engine: State<'_, Arc<Engine>>,
    selection: RowSelection,
    approved: bool,
) -> Answer<Option<PlanSummary>> {
    engine.approve(selection, approved).await
}

/// Writes the plan as a table into the folder for downloads.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_plan(
    app: AppHandle,
    engine: State<'_, Arc<Engine>>,
) -> Answer<ExportedFile> {
    let csv = engine.plan_csv().await?;
    export(&app, "clearsync-plan", &csv)
}

/// What ClearSync may do without asking.
#[tauri::command]
#[specta::specta]
pub(crate) async fn guard(engine: State<'_, Arc<Engine>>) -> Answer<GuardSettings> {
    engine.guard().await
}

/// Changes one rule of the guard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_guard(
    engine: State<'_, Arc<Engine>>,
    change: GuardChange,
) -> Answer<GuardSettings> {
    engine.change_guard(change).await
}

/// What is left of the portal's requests of this day.
#[tauri::command]
#[specta::specta]
pub(crate) async fn quota(engine: State<'_, Arc<Engine>>) -> Answer<QuotaView> {
    engine.quota().await
}

/// Customers and companies without a certain match, and what was decided.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review(engine: State<'_, Arc<Engine>>) -> Answer<Vec<ReviewItem>> {
    engine.review().await
}

/// The records that may stand for one of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review_candidates(
    engine: State<'_, Arc<Engine>>,
    object: String,
    key: String,
) -> Answer<Vec<Candidate>> {
    engine.review_candidates(object, key).await
}

/// Keeps a decision.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decide(
    engine: State<'_, Arc<Engine>>,
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
    engine: State<'_, Arc<Engine>>,
    object: String,
    key: String,
) -> Answer<Vec<ReviewItem>> {
    engine.take_decision_back(object, key).await
}

/// What a run wrote.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_changes(
    engine: State<'_, Arc<Engine>>,
    query: RunChangesQuery,
) -> Answer<RunChangesPage> {
    engine.run_changes(query).await
}

/// Plans to take something back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_undo(
    engine: State<'_, Arc<Engine>>,
    target: UndoTarget,
) -> Answer<UndoSummary> {
    engine.plan_undo(target).await
}

/// What would be taken back, as it stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_summary(engine: State<'_, Arc<Engine>>) -> Answer<Option<UndoSummary>> {
    engine.undo_summary().await
}

/// Rows of what would be taken back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_rows(
    engine: State<'_, Arc<Engine>>,
    query: UndoQuery,
) -> Answer<UndoPage> {
    engine.undo_rows(query).await
}

/// Lets rows of what would be taken back stay as they are, or not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn hold_undo(
    engine: State<'_, Arc<Engine>>,
    selection: RowSelection,
    waits: bool,
) -> Answer<Option<UndoSummary>> {
    engine.hold_undo(selection, waits).await
}

/// Takes back exactly what was shown.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(engine: State<'_, Arc<Engine>>, plan: u32) -> Answer<()> {
    engine.undo(plan).await
}

/// What was seen to differ from what was last written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift(engine: State<'_, Arc<Engine>>) -> Answer<DriftView> {
    engine.drift().await
}

/// Looks at every record that was written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_drift(engine: State<'_, Arc<Engine>>) -> Answer<DriftView> {
    engine.check_drift().await
}

/// What can be built in HubSpot on ClearSync's properties, step by step.
#[tauri::command]
#[specta::specta]
pub(crate) async fn playbooks() -> Answer<Vec<Playbook>> {
    Ok(clearsync_sync::playbooks())
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

/// MRR of the whole company and what moved it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn company_figures(
    engine: State<'_, Arc<Engine>>,
    query: CompanyQuery,
) -> Answer<CompanyFigures> {
    engine.company_figures(query).await
}

/// Movements of MRR, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn movements(
    engine: State<'_, Arc<Engine>>,
    query: MovementQuery,
) -> Answer<MovementPage> {
    engine.movements(query).await
}

/// How the MRR of a subscription came about at any moment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn explain(
    engine: State<'_, Arc<Engine>>,
    subscription: String,
    at: String,
) -> Answer<Explanation> {
    engine.explain(subscription, at).await
}

/// The way from our MRR to another set of rules', for the whole company or one subscription.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bridge(
    engine: State<'_, Arc<Engine>>,
    subscription: Option<String>,
    against: PolicyId,
) -> Answer<Vec<BridgeView>> {
    engine.bridge(subscription, against).await
}

/// The policies there are, and the one that counts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn policies(engine: State<'_, Arc<Engine>>) -> Answer<PolicyChoices> {
    engine.policies().await
}

/// What other rules would change now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn policy_preview(
    engine: State<'_, Arc<Engine>>,
    switches: PolicySwitches,
) -> Answer<PolicyPreview> {
    engine.policy_preview(switches).await
}

/// Chooses the rules by which everything is counted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_policy(
    engine: State<'_, Arc<Engine>>,
    id: PolicyId,
    switches: PolicySwitches,
) -> Answer<PolicyChoices> {
    engine.choose_policy(id, switches).await
}

/// The exchange rates that are known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn exchange_rates(engine: State<'_, Arc<Engine>>) -> Answer<ExchangeRatesView> {
    engine.exchange_rates().await
}

/// Keeps the user's own exchange rates.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_exchange_rates(
    engine: State<'_, Arc<Engine>>,
    input: ExchangeRatesInput,
) -> Answer<ExchangeRatesView> {
    engine.set_exchange_rates(input).await
}

/// Holds our MRR per customer and month against a table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile(
    engine: State<'_, Arc<Engine>>,
    csv: String,
    against: Option<PolicyId>,
) -> Answer<ReconcileReport> {
    engine.reconcile(csv, against).await
}

/// Writes MRR per customer and month into the folder for downloads, and says where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_mrr(
    app: AppHandle,
    engine: State<'_, Arc<Engine>>,
) -> Answer<ExportedFile> {
    let csv = engine.mrr_csv(None).await?;
    export(&app, "clearsync-mrr", &csv)
}

/// Writes a table into the folder for downloads.
fn export(app: &AppHandle, name: &str, csv: &str) -> Answer<ExportedFile> {
    let folder = app
        .path()
        .download_dir()
        .or_else(|_| app.path().home_dir())
        .map_err(|_| Problem::new(ProblemCode::Unexpected))?;
    let path = write_anew(&folder, name, "csv", csv).map_err(|_| {
        Problem::new(ProblemCode::FileNotWritten).with("path", folder.display().to_string())
    })?;
    Ok(ExportedFile {
        path: path.display().to_string(),
    })
}

/// Where a file was written.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedFile {
    /// Its whole path.
    pub(crate) path: String,
}

/// Writes a file of its own: one that is there already is left, and the new one gets a number.
fn write_anew(folder: &Path, name: &str, ending: &str, text: &str) -> io::Result<PathBuf> {
    let mut number = 1_u32;
    loop {
        let path = match number {
            1 => folder.join(format!("{name}.{ending}")),
            _ => folder.join(format!("{name}-{number}.{ending}")),
        };
        match File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
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
    Ok(with_autostart(&app, engine.settings().await?))
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
        return Ok(with_autostart(&app, engine.settings().await?));
    }
    Ok(with_autostart(&app, engine.change_setting(change).await?))
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

/// The backups in the data folder, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backups(engine: State<'_, Arc<Engine>>) -> Answer<Vec<BackupRow>> {
    engine.backups().await
}

/// Makes a backup in the data folder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn back_up(engine: State<'_, Arc<Engine>>) -> Answer<BackupRow> {
    engine.back_up().await
}

/// Puts a backup of the data folder in the place of everything, which is backed up first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(engine: State<'_, Arc<Engine>>, name: String) -> Answer<()> {
    engine.restore(&name).await
}

/// The mail domains that are nobody's company.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mail_domains(engine: State<'_, Arc<Engine>>) -> Answer<MailDomains> {
    engine.mail_domains().await
}

/// Changes the list of mail domains, and finds companies anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_mail_domains(
    engine: State<'_, Arc<Engine>>,
    changes: MailDomainChanges,
) -> Answer<MailDomains> {
    engine.save_mail_domains(changes).await
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

fn with_autostart(app: &AppHandle, settings: Settings) -> Settings {
    let autostart = app.autolaunch().is_enabled().unwrap_or(false);
    Settings {
        autostart,
        ..settings
    }
}
