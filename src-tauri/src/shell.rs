//! The desktop side: one process, one window made on demand, the tray, and events to the window.

use std::{process::ExitCode, sync::Arc};

use clearsync_sync::{Engine, Workspaces, view::Phase};
use tauri::{AppHandle, Manager, RunEvent};

use crate::{
    attendance, contract,
    sample::SampleKeys,
    start::Started,
    traces::AUTOSTART_NAME,
    tray::{self, ItemAction},
    tray_icon::TrayOnDesktop,
    window,
};

/// The argument the autostart entry starts ClearSync with.
pub(crate) const HIDDEN: &str = "--hidden";

/// Runs until the user quits. The data is opened while the window is there.
pub(crate) fn run(started: Started, hidden: bool) -> ExitCode {
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
            start(app.handle(), started, hidden);
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

fn start(app: &AppHandle, started: Started, hidden: bool) {
    let Started {
        workspaces,
        prepared,
    } = started;
    app.manage(Arc::clone(&workspaces));
    app.manage(prepared.config.clone());
    app.manage(prepared.sample.as_ref().map(|_| SampleKeys::OWN));
    // What goes on beside ends with the app.
    app.manage(prepared);
    if !hidden {
        window::show(app);
    }
    let tray = TrayOnDesktop::put(app, &attendance::states(&workspaces));
    tauri::async_runtime::spawn(attendance::open(Arc::clone(&workspaces)));
    tauri::async_runtime::spawn(attendance::attend(app.clone(), workspaces, tray));
    tauri::async_runtime::spawn(quit_on_signal(app.clone()));
}

/// Does what a tray entry says, to every workspace that is set up.
pub(crate) fn act(app: &AppHandle, action: ItemAction) {
    match action {
        ItemAction::Open => window::show(app),
        ItemAction::Quit => app.exit(0),
        // While nothing can be synced, the window says why.
        _ if app.state::<Arc<Workspaces>>().engines().is_empty() => window::show(app),
        ItemAction::SyncNow => {
            for engine in engines(app, tray::can_sync) {
                tauri::async_runtime::spawn(async move {
                    if let Err(problem) = engine.sync_now().await {
                        tracing::info!(code = ?problem.code, "the sync was not started");
                    }
                });
            }
        }
        ItemAction::PauseOrResume => {
            let all = engines(app, tray::is_set_up);
            let resumes = tray::all_paused(all.iter().map(|engine| engine.status().phase));
            for engine in all {
                tauri::async_runtime::spawn(async move {
                    let outcome = if resumes {
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
}

/// The engines in such a phase.
fn engines(app: &AppHandle, is_meant: fn(Phase) -> bool) -> Vec<Arc<Engine>> {
    let all = app.state::<Arc<Workspaces>>().engines().into_iter();
    let engines = all.map(|(_, engine)| engine);
    engines
        .filter(|engine| is_meant(engine.status().phase))
        .collect()
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
