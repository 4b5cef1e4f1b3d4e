//! Settings, links and the data on this computer.

use std::sync::Arc;

use clearsync_sync::{
    Workspaces,
    view::{BackupRow, Forgotten, Problem, ProblemCode, Settings, SettingsChange, WorkspaceId},
};
use tauri::{AppHandle, State};
use tauri_plugin_autostart::ManagerExt;

use super::{
    Answer,
    export::{ExportedFile, free_path},
};
use crate::{
    links::{Link, LinkNotAllowed},
    sample::SampleKeys,
    traces,
    workspaces::Workspace,
};

/// What can be set.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(app: AppHandle, workspace: Workspace) -> Answer<Settings> {
    Ok(with_autostart(&app, workspace.settings().await?))
}

/// Changes one setting.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_setting(
    app: AppHandle,
    workspace: Workspace,
    change: SettingsChange,
) -> Answer<Settings> {
    if let SettingsChange::Autostart(autostart) = change {
        set_autostart(&app, autostart)?;
        return Ok(with_autostart(&app, workspace.settings().await?));
    }
    Ok(with_autostart(
        &app,
        workspace.change_setting(change).await?,
    ))
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

/// Shows the folder with the data of a workspace.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_data_folder(
    workspaces: State<'_, Arc<Workspaces>>,
    workspace: WorkspaceId,
) -> Answer<()> {
    let folder = workspaces.folder(&workspace)?;
    open::that_detached(folder).map_err(|_| Problem::new(ProblemCode::Unexpected))
}

/// Forgets every workspace: its endpoint in Stripe, its keys and its data; and what is left on the desktop.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget(
    workspaces: State<'_, Arc<Workspaces>>,
    sample: State<'_, Option<SampleKeys>>,
) -> Answer<Forgotten> {
    let mut forgotten = workspaces.forget().await?;
    // The sample accounts leave the desktop as it is.
    if sample.is_none() {
        traces::forget(&mut forgotten);
    }
    Ok(forgotten)
}

/// The backups in the data folder, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backups(workspace: Workspace) -> Answer<Vec<BackupRow>> {
    workspace.backups().await
}

/// Makes a backup in the data folder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn back_up(workspace: Workspace) -> Answer<BackupRow> {
    workspace.back_up().await
}

/// Writes everything into the folder for downloads as a file that is not encrypted, for another computer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_readable_copy(
    app: AppHandle,
    workspace: Workspace,
) -> Answer<ExportedFile> {
    let path = free_path(&app, "clearsync-data", "sqlite")?;
    workspace.back_up_readable_to(path.clone()).await?;
    Ok(ExportedFile {
        path: path.display().to_string(),
    })
}

/// Puts a backup of the data folder in the place of everything, which is backed up first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(workspace: Workspace, name: String) -> Answer<()> {
    workspace.restore(&name).await
}

pub(super) fn set_autostart(app: &AppHandle, autostart: bool) -> Answer<()> {
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
