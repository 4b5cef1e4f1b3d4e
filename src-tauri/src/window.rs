use tauri::{
    AppHandle, Manager, Runtime, WebviewWindowBuilder, WindowEvent, webview::NewWindowResponse,
};
use url::Url;

/// The one window's label, as in `tauri.conf.json` and in the capability.
pub(crate) const MAIN: &str = "main";
/// A proxy that nobody is. The built-in page needs no network, and WebKit connects ahead of its own refusals.
const NOWHERE: &str = "http://127.0.0.1:1";

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
    let served = app.config().build.dev_url.clone();
    let served = served.filter(|_| tauri::is_dev());
    let mut builder = WebviewWindowBuilder::from_config(app, config)?;
    if served.is_none()
        && let Ok(nowhere) = Url::parse(NOWHERE)
    {
        builder = builder.proxy_url(nowhere);
    }
    let window = builder
        .on_navigation(move |url| is_own(url, served.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .build()?;
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

/// Whether the window may show a page: the one that is built in, or under `tauri dev` the one that Vite serves.
fn is_own(url: &Url, served: Option<&Url>) -> bool {
    // Windows has no schemes of an app's own.
    let (scheme, host) = if cfg!(windows) {
        ("http", "tauri.localhost")
    } else {
        ("tauri", "localhost")
    };
    let built_in = url.scheme() == scheme && url.host_str() == Some(host);
    built_in || served.is_some_and(|served| served.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    use tauri::ipc::Origin;

    use super::*;
    use crate::shell;

    #[test]
    fn the_window_shows_its_own_page_alone() {
        let own = |text: &str, served: Option<&str>| {
            let parse = |text| Url::parse(text).unwrap();
            is_own(&parse(text), served.map(parse).as_ref())
        };
        let vite = "http://localhost:1420";
        if !cfg!(windows) {
            assert!(own("tauri://localhost", None));
            assert!(own("tauri://localhost/index.html#/settings", None));
        }
        assert!(own("http://localhost:1420/src/main.tsx", Some(vite)));
        for other in [
            "http://localhost:1420/",
            "https://example.com/",
            "https://tauri.localhost.example.com/",
            "tauri://example.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
            "blob:null/1",
        ] {
            assert!(!own(other, None), "{other}");
        }
        assert!(!own("http://localhost:1421/", Some(vite)));
    }

    /// What is built in of capabilities and permissions, asked as Tauri asks it for each call.
    #[test]
    fn only_the_main_windows_own_page_may_call_and_only_what_is_listed() {
        let mut context = shell::context();
        let authority = context.runtime_authority_mut();
        let remote = |text: &str| Origin::Remote {
            url: Url::parse(text).unwrap(),
        };
        let may = |command: &str, window: &str, origin: &Origin| {
            let access = authority.resolve_access(command, window, window, origin);
            access.is_some()
        };
        for command in ["status", "connect_stripe", "push", "save_diagnostics"] {
            assert!(may(command, MAIN, &Origin::Local), "{command}");
            for window in ["", "other", "main2", "Main", "*"] {
                assert!(!may(command, window, &Origin::Local), "{window}");
            }
            for origin in [
                "https://example.com",
                "http://localhost:1420",
                "http://127.0.0.1/",
                "https://dashboard.stripe.com",
                "tauri://localhost.example.com",
            ] {
                assert!(!may(command, MAIN, &remote(origin)), "{origin}");
            }
        }
        for command in [
            "plugin:autostart|enable",
            "plugin:event|emit",
            "plugin:notification|notify",
            "plugin:webview|create_webview_window",
            "plugin:window|create",
            "plugin:window-state|save_window_state",
            "no_such_command",
            "",
        ] {
            assert!(!may(command, MAIN, &Origin::Local), "{command}");
        }
    }
}
