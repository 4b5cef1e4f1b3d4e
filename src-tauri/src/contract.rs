use clearsync_sync::view::{Checklist, DataKind, Status};
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::commands;

/// The state has changed.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type, tauri_specta::Event)]
pub struct StatusChanged(pub Status);

/// A checklist has changed.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type, tauri_specta::Event)]
pub struct ChecklistChanged(pub Checklist);

/// Something else that is shown has changed.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type, tauri_specta::Event)]
pub struct DataChanged(pub Vec<DataKind>);

/// The commands and events, from which the window's types are generated.
#[must_use]
pub fn contract() -> Builder<tauri::Wry> {
    Builder::new()
        .disable_serde_phases()
        .error_handling(ErrorHandlingMode::Throw)
        .commands(collect_commands![
            commands::status,
            commands::setup,
            commands::go_to_step,
            commands::key_guide,
            commands::look_at_key,
            commands::connect_stripe,
            commands::connect_hubspot,
            commands::disconnect,
            commands::checklist,
            commands::choose_preset,
            commands::check_all,
            commands::check_row,
            commands::check_excess,
            commands::watch_checklist,
            commands::property_plan,
            commands::save_choices,
            commands::write_modes,
            commands::writing,
            commands::save_writing,
            commands::metadata_keys,
            commands::start_import,
            commands::make_plan,
            commands::plan_summary,
            commands::plan_rows,
            commands::push,
            commands::approve,
            commands::export_plan,
            commands::guard,
            commands::change_guard,
            commands::quota,
            commands::review,
            commands::review_candidates,
            commands::decide,
            commands::take_decision_back,
            commands::run_changes,
            commands::plan_undo,
            commands::undo_summary,
            commands::undo_rows,
            commands::hold_undo,
            commands::undo,
            commands::drift,
            commands::check_drift,
            commands::playbooks,
            commands::finish_setup,
            commands::sync_now,
            commands::pause,
            commands::resume,
            commands::stop,
            commands::overview,
            commands::subscriptions,
            commands::subscription,
            commands::company_figures,
            commands::movements,
            commands::explain,
            commands::bridge,
            commands::policies,
            commands::policy_preview,
            commands::choose_policy,
            commands::exchange_rates,
            commands::set_exchange_rates,
            commands::reconcile,
            commands::export_mrr,
            commands::runs,
            commands::attention,
            commands::settings,
            commands::change_setting,
            commands::open_link,
            commands::show_data_folder,
            commands::mail_domains,
            commands::save_mail_domains,
            commands::backups,
            commands::back_up,
            commands::restore_backup,
        ])
        .events(collect_events![
            StatusChanged,
            ChecklistChanged,
            DataChanged
        ])
}
