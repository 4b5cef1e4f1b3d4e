//! The desktop side: one process, one window made on demand, the tray, and events to the window.

use std::{process::ExitCode, sync::Arc};

use clearsync_sync::{
    Change, Engine, Former,
    view::{Phase, Status, TrayPresence},
};
use tauri::{AppHandle, Manager, RunEvent};
use tauri_plugin_notification::NotificationExt;
use tauri_specta::Event;
use tokio::sync::mpsc;

use crate::{
    ChecklistChanged, DataChanged, StatusChanged, contract, metered,
    notification::{Notification, Told},
    opening,
    sample::SampleKeys,
    start::Prepared,
    traces::AUTOSTART_NAME,
    tray::ItemAction,
    tray_host,
    tray_icon::TrayOnDesktop,
    window,
    words::words,
    workspaces::Workspaces,
};

/// The argument the autostart entry starts ClearSync with.
pub(crate) const HIDDEN: &str = "--hidden";

/// The way to say that the data is to be opened once more.
pub(crate) struct OpenAgain(pub(crate) mpsc::Sender<Former>);

/// Runs until the user quits. The data is opened while the window is there.
pub(crate) fn run(prepared: Prepared, hidden: bool) -> ExitCode {
    let contract = contract();
    let handler = contract.invoke_handler();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            if !arguments.iter().any(|argument| argument == HIDDEN) {
                window::show(app);
            }
        }))
        .plugin(
            tauri_plugin_autostart::Builder::new()
                .args([HIDDEN])
                .app_name(AUTOSTART_NAME)
                .build(),
        )
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(handler)
        .setup(move |app| {
            contract.mount_events(app);
            start(app.handle(), prepared, hidden);
            Ok(())
        })
        .build(context());
    match built {
        Ok(app) => {
            app.run(|_, event| {
                // Without a window ClearSync lives in the tray; only quitting carries an exit code.
                if let RunEvent::ExitRequested {
                    api, code: None, ..
                } = event
                {
                    api.prevent_exit();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the desktop could not be reached");
            ExitCode::FAILURE
        }
    }
}

/// What is built in: the page, the configuration, and who may call what.
pub(crate) fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn start(app: &AppHandle, prepared: Prepared, hidden: bool) {
    let (ask, again) = mpsc::channel(1);
    let sample = prepared.sample.as_ref().map(|_| SampleKeys::OWN);
    let status = Status::not_set_up(sample.is_some());
    app.manage(Workspaces::opening());
    app.manage(prepared.config.clone());
    app.manage(sample);
    app.manage(prepared);
    app.manage(OpenAgain(ask));
    if !hidden {
        window::show(app);
    }
    let tray = TrayOnDesktop::put(app, &status);
    tauri::async_runtime::spawn(quit_on_signal(app.clone()));
    tauri::async_runtime::spawn(open_and_live(app.clone(), again, tray));
}

/// Opens the data, and lets everything begin that works with it.
async fn open_and_live(
    app: AppHandle,
    again: mpsc::Receiver<Former>,
    mut tray: Option<TrayOnDesktop>,
) {
    let Some(engine) = opening::opened(&app, again, &mut tray).await else {
        return;
    };
    if let Some(tray) = &mut tray {
        tray.redraw(&engine.status());
    }
    tauri::async_runtime::spawn(watch_tray_host(Arc::clone(&engine), tray.is_some()));
    tauri::async_runtime::spawn(show_status(app.clone(), Arc::clone(&engine), tray));
    tauri::async_runtime::spawn(pass_changes_on(app, Arc::clone(&engine)));
    tauri::async_runtime::spawn(metered::watch(Arc::clone(&engine)));
    engine.run_schedule().await;
}

/// Does what a tray entry says.
pub(crate) fn act(app: &AppHandle, action: ItemAction) {
    match (action, app.state::<Workspaces>().current()) {
        (ItemAction::Quit, _) => app.exit(0),
        // While nothing can be synced, the window says why.
        (ItemAction::Open, _) | (_, None) => window::show(app),
        (ItemAction::SyncNow, Some(engine)) => {
            tauri::async_runtime::spawn(async move {
                if let Err(problem) = engine.sync_now().await {
                    tracing::info!(code = ?problem.code, "the sync was not started");
                }
            });
        }
        (ItemAction::PauseOrResume, Some(engine)) => {
            tauri::async_runtime::spawn(async move {
                let outcome = if engine.status().phase == Phase::Paused {
                    engine.resume().await
                } else {
                    engine.pause(None).await
                };
                if let Err(problem) = outcome {
                    tracing::info!(code = ?problem.code, "pausing was not possible");
                }
            });
        }
    }
}

/// Shows each new status in the window, in the tray and, when it begins or ceases to need the user, as a notification.
async fn show_status(app: AppHandle, engine: Arc<Engine>, mut tray: Option<TrayOnDesktop>) {
    let mut statuses = engine.watch_status();
    let mut told = Told::at_start(&engine.status());
    while statuses.changed().await.is_ok() {
        let status = statuses.borrow_and_update().clone();
        if let Some(tray) = &mut tray {
            tray.redraw(&status);
        }
        if let Some(news) = told.hear(&status)
            && engine.notifies()
        {
            notify(&app, news, &status);
        }
        if let Err(error) = StatusChanged(status).emit(&app) {
            tracing::warn!(%error, "the window could not be told the status");
        }
    }
}

fn notify(app: &AppHandle, news: Notification, status: &Status) {
    let key = news.key();
    let count = status.attention.max(1).to_string();
    let title = words(&format!("notification.{key}.title"), &[("count", &count)]);
    let text = words(&format!("notification.{key}.text"), &[("count", &count)]);
    if let Err(error) = app.notification().builder().title(title).body(text).show() {
        tracing::warn!(%error, "no notification could be shown");
    }
}

async fn pass_changes_on(app: AppHandle, engine: Arc<Engine>) {
    let mut changes = engine.changes();
    loop {
        let told = match changes.recv().await {
            Ok(Change::Checklist(checklist)) => ChecklistChanged(checklist).emit(&app),
            Ok(Change::Data(kinds)) => DataChanged(kinds).emit(&app),
            // The window asks for everything again, so that nothing missed stays unseen.
            Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {
                DataChanged(Engine::ALL_DATA.to_vec()).emit(&app)
            }
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
        };
        if let Err(error) = told {
            tracing::warn!(%error, "the window could not be told of a change");
        }
    }
}

async fn watch_tray_host(engine: Arc<Engine>, icon_put: bool) {
    let presence = if icon_put {
        tray_host::presence().await
    } else {
        TrayPresence::NoHost
    };
    engine.set_tray(presence);
}

/// Ends in order when the desktop session ends, so that the window's place is kept.
async fn quit_on_signal(app: AppHandle) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            terminate.recv().await;
            app.exit(0);
        }
    }
    #[cfg(not(unix))]
    drop(app);
}
