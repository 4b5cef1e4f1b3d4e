//! What goes on beside the window for every workspace: its schedule, what the window is told of it, and what the user is.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clearsync_sync::{
    Change, Engine, Workspaces,
    view::{Status, TrayPresence, WorkspaceId, WorkspaceRow},
};
use serde::Serialize;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;
use tauri_specta::Event;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{
    ChecklistChanged, DataChanged, StatusChanged, WorkspacesChanged, metered,
    notification::{Notification, Told},
    tray_host,
    tray_icon::TrayOnDesktop,
    words::{words, workspace_name},
};

/// How long what the terminal added goes unnoticed.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Opens the workspaces, and each that the terminal adds while the window is there.
pub(crate) async fn open(workspaces: Arc<Workspaces>) {
    workspaces.open().await;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        workspaces.open_added().await;
    }
}

/// Attends to every workspace that is open, as they come and go, and keeps the tray and the window's list in step.
pub(crate) async fn attend(
    app: AppHandle,
    workspaces: Arc<Workspaces>,
    mut tray: Option<TrayOnDesktop>,
) {
    let presence = match tray {
        Some(_) => tray_host::presence().await,
        None => TrayPresence::NoHost,
    };
    let metered = metered::watch();
    let mut changed = workspaces.watch();
    let (moved, mut heard) = mpsc::channel(1);
    let mut attended: BTreeMap<WorkspaceId, JoinSet<()>> = BTreeMap::new();
    let mut told = Vec::new();
    loop {
        let open = workspaces.engines();
        // What is dropped here ends.
        attended.retain(|id, _| open.iter().any(|(other, _)| other == id));
        for (id, engine) in open {
            attended.entry(id.clone()).or_insert_with(|| {
                engine.set_tray(presence);
                let one = One {
                    app: app.clone(),
                    workspaces: Arc::clone(&workspaces),
                    id,
                    engine,
                };
                one.attend(metered.clone(), moved.clone())
            });
        }
        if let Some(tray) = &mut tray {
            tray.redraw(&states(&workspaces));
        }
        let rows = workspaces.list().rows;
        if rows != told {
            told.clone_from(&rows);
            emit(&WorkspacesChanged(rows), &app);
        }
        tokio::select! {
            _ = changed.changed() => {}
            _ = heard.recv() => {}
        }
    }
}

/// Each workspace with its status; one that could not be opened has none.
pub(crate) fn states(workspaces: &Workspaces) -> Vec<(WorkspaceRow, Option<Status>)> {
    let status = |row: &WorkspaceRow| Some(workspaces.engine(&row.id).ok()?.status());
    let rows = workspaces.list().rows.into_iter();
    rows.map(|row| {
        let status = status(&row);
        (row, status)
    })
    .collect()
}

/// One workspace that is open.
struct One {
    app: AppHandle,
    workspaces: Arc<Workspaces>,
    id: WorkspaceId,
    engine: Arc<Engine>,
}

impl One {
    /// Runs its schedule and tells what changes, until the tasks are dropped.
    fn attend(self, metered: watch::Receiver<bool>, moved: mpsc::Sender<()>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let engine = Arc::clone(&self.engine);
        tasks.spawn(async move { engine.run_schedule().await });
        tasks.spawn(spare(Arc::clone(&self.engine), metered));
        tasks.spawn(pass_changes_on(
            self.app.clone(),
            self.id.clone(),
            Arc::clone(&self.engine),
        ));
        tasks.spawn(self.show_status(moved));
        tasks
    }

    /// Shows each new status in the window, in the tray and, when it begins or ceases to need the user, as a notification.
    async fn show_status(self, moved: mpsc::Sender<()>) {
        let mut statuses = self.engine.watch_status();
        let mut told = Told::at_start(&self.engine.status());
        while statuses.changed().await.is_ok() {
            let status = statuses.borrow_and_update().clone();
            if let Some(news) = told.hear(&status)
                && self.engine.notifies()
            {
                self.notify(news, &status);
            }
            let workspace = self.id.clone();
            emit(&StatusChanged { workspace, status }, &self.app);
            // One that waits is as good.
            let _ = moved.try_send(());
        }
    }

    fn notify(&self, news: Notification, status: &Status) {
        let key = news.key();
        let count = status.attention.max(1).to_string();
        let mut title = words(&format!("notification.{key}.title"), &[("count", &count)]);
        let text = words(&format!("notification.{key}.text"), &[("count", &count)]);
        let rows = self.workspaces.list().rows;
        if let Some(row) = rows.iter().find(|row| row.id == self.id)
            && rows.len() > 1
        {
            let name = workspace_name(row);
            title = words("notification.of", &[("name", &name), ("title", &title)]);
        }
        let notification = self.app.notification().builder().title(title).body(text);
        if let Err(error) = notification.show() {
            tracing::warn!(%error, "no notification could be shown");
        }
    }
}

/// Has the engine ask less often while the connection is metered.
async fn spare(engine: Arc<Engine>, mut metered: watch::Receiver<bool>) {
    loop {
        engine.set_metered(*metered.borrow_and_update());
        if metered.changed().await.is_err() {
            return;
        }
    }
}

async fn pass_changes_on(app: AppHandle, workspace: WorkspaceId, engine: Arc<Engine>) {
    let mut changes = engine.changes();
    loop {
        let workspace = workspace.clone();
        match changes.recv().await {
            Ok(Change::Checklist(checklist)) => emit(
                &ChecklistChanged {
                    workspace,
                    checklist,
                },
                &app,
            ),
            Ok(Change::Data(kinds)) => emit(&DataChanged { workspace, kinds }, &app),
            // The window asks for everything again, so that nothing missed stays unseen.
            Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {
                let kinds = Engine::ALL_DATA.to_vec();
                emit(&DataChanged { workspace, kinds }, &app);
            }
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
        }
    }
}

fn emit(event: &(impl Event + Serialize + Clone), app: &AppHandle) {
    if let Err(error) = event.emit(app) {
        tracing::warn!(%error, "the window could not be told of a change");
    }
}
