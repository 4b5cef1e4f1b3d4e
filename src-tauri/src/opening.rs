//! Opening the data while the window is there already: a locked keychain may ask its user for a password for minutes, and
//! what cannot be opened is said in the window, with what helps.

use std::sync::Arc;

use clearsync_sync::{
    Engine, Former,
    view::{Phase, Problem, ProblemCode, Status},
};
use tauri::{AppHandle, Manager};
use tokio::sync::mpsc;

use crate::{start::Prepared, tray_icon::TrayOnDesktop, workspaces::Workspaces};

/// How far the data is open.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "state"
)]
pub(crate) enum Opening {
    /// The key is asked for, or the data is being opened.
    Waiting,
    /// Something stands in the way.
    Closed {
        /// What it is.
        problem: Problem,
        /// Whether the data can be set aside, and everything be read anew.
        can_begin_anew: bool,
    },
    /// It is open.
    Open,
}

impl Opening {
    pub(crate) fn closed(problem: Problem) -> Self {
        let keyless = [ProblemCode::DataKeyMissing, ProblemCode::DataKeyOther];
        let can_begin_anew = keyless.contains(&problem.code);
        Self::Closed {
            problem,
            can_begin_anew,
        }
    }
}

/// Opens the data, and tries again whenever the user says so, until it is open.
pub(crate) async fn opened(
    app: &AppHandle,
    mut again: mpsc::Receiver<Former>,
    tray: &mut Option<TrayOnDesktop>,
) -> Option<Arc<Engine>> {
    let workspaces = app.state::<Workspaces>();
    let mut former = Former::Kept;
    loop {
        match app.state::<Prepared>().open(former).await {
            Ok(engine) => {
                workspaces.open(Arc::clone(&engine));
                return Some(engine);
            }
            Err(problem) => {
                tracing::warn!(code = ?problem.code, "the data cannot be opened");
                if let Some(tray) = tray {
                    tray.redraw(&needs_the_user());
                }
                workspaces.close(Opening::closed(problem));
            }
        }
        former = again.recv().await?;
    }
}

fn needs_the_user() -> Status {
    Status {
        phase: Phase::Attention,
        attention: 1,
        ..Status::not_set_up(false)
    }
}
