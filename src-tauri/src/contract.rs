use clearsync_sync::view::{Checklist, DataKind, Status, WorkspaceId, WorkspaceRow};
use tauri_specta::{Builder, Commands, ErrorHandlingMode, collect_commands, collect_events};

use crate::commands;

/// The state of a workspace has changed.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct StatusChanged {
    /// Which workspace.
    pub workspace: WorkspaceId,
    /// Its state.
    pub status: Status,
}

/// A checklist of a workspace has changed.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct ChecklistChanged {
    /// Which workspace.
    pub workspace: WorkspaceId,
    /// The checklist.
    pub checklist: Checklist,
}

/// Something else that is shown of a workspace has changed.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct DataChanged {
    /// Which workspace.
    pub workspace: WorkspaceId,
    /// What is to be asked for again.
    pub kinds: Vec<DataKind>,
}

/// What is shown of the workspaces in their list has changed, or which there are.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type, tauri_specta::Event)]
pub struct WorkspacesChanged(pub Vec<WorkspaceRow>);

/// The commands and events, from which the window's types are generated.
#[must_use]
pub fn contract() -> Builder<tauri::Wry> {
    Builder::new()
        .disable_serde_phases()
        .error_handling(ErrorHandlingMode::Throw)
        .commands(commands())
        .events(collect_events![
            StatusChanged,
            ChecklistChanged,
            DataChanged,
            WorkspacesChanged
        ])
}

fn commands() -> Commands<tauri::Wry> {
    collect_commands![
        commands::opening::opening,
        commands::opening::open_again,
        commands::workspaces::workspaces,
        commands::workspaces::show_workspace,
        commands::workspaces::add_workspace,
        commands::workspaces::remove_workspace,
        commands::setup::status,
        commands::setup::setup,
        commands::setup::go_to_step,
        commands::keys::key_guide,
        commands::keys::look_at_key,
        commands::keys::connect_stripe,
        commands::keys::connect_hubspot,
        commands::keys::disconnect,
        commands::keys::check_new_key,
        commands::keys::leave_new_key,
        commands::keys::take_new_key,
        commands::keys::former_key_works,
        commands::keys::forget_former_key,
        commands::keys::checklist,
        commands::keys::choose_preset,
        commands::keys::check_all,
        commands::keys::check_row,
        commands::keys::check_excess,
        commands::keys::watch_checklist,
        commands::writing::property_plan,
        commands::setup::save_choices,
        commands::writing::write_modes,
        commands::writing::writing,
        commands::writing::save_writing,
        commands::writing::metadata_keys,
        commands::writing::filter_choices,
        commands::writing::filter_effect,
        commands::runs::start_import,
        commands::plan::make_plan,
        commands::plan::plan_summary,
        commands::plan::plan_rows,
        commands::plan::push,
        commands::plan::approve,
        commands::plan::export_plan,
        commands::writing::guard,
        commands::writing::change_guard,
        commands::writing::quota,
        commands::plan::review,
        commands::plan::review_candidates,
        commands::plan::decide,
        commands::plan::take_decision_back,
        commands::undo::run_changes,
        commands::undo::plan_undo,
        commands::undo::undo_summary,
        commands::undo::undo_rows,
        commands::undo::hold_undo,
        commands::undo::undo,
        commands::undo::drift,
        commands::undo::check_drift,
        commands::realtime::realtime,
        commands::realtime::start_realtime,
        commands::realtime::stop_realtime,
        commands::writing::playbooks,
        commands::setup::finish_setup,
        commands::runs::sync_now,
        commands::runs::pause,
        commands::runs::resume,
        commands::runs::stop,
        commands::figures::overview,
        commands::figures::subscriptions,
        commands::figures::subscription,
        commands::figures::company_figures,
        commands::figures::movements,
        commands::figures::explain,
        commands::figures::bridge,
        commands::figures::policies,
        commands::figures::policy_preview,
        commands::figures::choose_policy,
        commands::figures::exchange_rates,
        commands::figures::set_exchange_rates,
        commands::figures::read_hubspot_rates,
        commands::figures::reconcile,
        commands::figures::export_mrr,
        commands::runs::runs,
        commands::runs::attention,
        commands::settings::settings,
        commands::settings::change_setting,
        commands::settings::open_link,
        commands::settings::show_data_folder,
        commands::writing::mail_domains,
        commands::writing::save_mail_domains,
        commands::settings::backups,
        commands::settings::back_up,
        commands::settings::save_readable_copy,
        commands::settings::restore_backup,
        commands::settings::forget,
        commands::diagnostics::diagnostics,
        commands::diagnostics::save_diagnostics,
    ]
}
