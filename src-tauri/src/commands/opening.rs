//! Opening the data. The only commands that can be called before it is open.

use clearsync_sync::Former;
use tauri::State;

use super::Answer;
use crate::{opening::Opening, shell::OpenAgain, workspaces::Workspaces};

/// How far the data is open.
#[tauri::command]
#[specta::specta]
pub(crate) async fn opening(workspaces: State<'_, Workspaces>) -> Answer<Opening> {
    Ok(workspaces.how_far())
}

/// Tries once more to open the data. What no key opens is set aside only where that is said.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_again(
    workspaces: State<'_, Workspaces>,
    again: State<'_, OpenAgain>,
    set_aside: bool,
) -> Answer<()> {
    let former = if set_aside {
        Former::SetAside
    } else {
        Former::Kept
    };
    workspaces.wait();
    // One that waits to be heard is enough, and once the data is open nobody needs to hear it.
    let _ = again.0.try_send(former);
    Ok(())
}
