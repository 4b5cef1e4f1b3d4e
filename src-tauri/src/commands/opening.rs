//! Opening the data. What else is about a workspace can be called only once it is open.

use std::sync::Arc;

use clearsync_sync::{Former, Workspaces, view::WorkspaceId};
use tauri::State;

use super::Answer;
use crate::opening::Opening;

/// How far the data is open.
#[tauri::command]
#[specta::specta]
pub(crate) async fn opening(
    workspaces: State<'_, Arc<Workspaces>>,
    workspace: WorkspaceId,
) -> Answer<Opening> {
    Ok(workspaces.state(&workspace)?.into())
}

/// Tries once more to open the data. What no key opens is set aside only where that is said.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_again(
    workspaces: State<'_, Arc<Workspaces>>,
    workspace: WorkspaceId,
    set_aside: bool,
) -> Answer<()> {
    let former = if set_aside {
        Former::SetAside
    } else {
        Former::Kept
    };
    workspaces.open_one(&workspace, former).await
}
