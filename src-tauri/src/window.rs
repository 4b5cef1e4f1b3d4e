use tauri::{AppHandle, Manager, Runtime, WebviewWindowBuilder, WindowEvent};

/// The one window's label, as in `tauri.conf.json` and in the capability.
pub(crate) const MAIN: &str = "main";

/// Shows the window, making it first if there is none yet: started hidden, no web view exists.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    let outcome = match app.get_webview_window(MAIN) {
        Some(window) => window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus()),
        None => make(app),
    };
    if let Err(error) = outcome {
        tracing::error!(%error, "the window could not be shown");
    }
}

fn make<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    let Some(config) = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == MAIN)
    else {
        return Err(tauri::Error::WindowNotFound);
    };
    let window = WebviewWindowBuilder::from_config(app, config)?.build()?;
    let kept = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            // ClearSync goes on in the tray; quitting is said there, or by a signal.
            api.prevent_close();
            if let Err(error) = kept.hide() {
                tracing::error!(%error, "the window could not be hidden");
            }
        }
    });
    Ok(())
}
