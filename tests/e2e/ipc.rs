//! Records what crosses between the window and Rust: every request, and every answer and event.

use serde::Deserialize;

use crate::web_driver::Window;

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    ToRust,
    ToWindow,
}

/// One thing that crossed.
#[derive(Debug, Deserialize)]
pub struct Crossing {
    pub way: Way,
    /// The command or the event; empty for an answer.
    pub name: String,
    /// All of it, as JSON.
    pub text: String,
}

/// Stands at the two doors of Tauri's own script: requests leave by `fetch`, and each answer and event looks its
/// receiver up in `callbacks`.
const STAND: &str = r#"
    const crossed = [];
    Object.defineProperty(window, "crossed", { value: crossed });
    const send = window.fetch;
    window.fetch = (address, options) => {
      const url = new URL(address);
      const text = JSON.stringify([address, options?.body ?? null, [...new Headers(options?.headers)]]);
      crossed.push({ way: "toRust", name: decodeURIComponent(url.pathname.slice(1)), text });
      return send(address, options);
    };
    const { callbacks } = window.__TAURI_INTERNALS__;
    const find = callbacks.get.bind(callbacks);
    callbacks.get = (id) => {
      const receive = find(id);
      return receive && ((data) => {
        crossed.push({ way: "toWindow", name: data?.event ?? "", text: JSON.stringify(data) ?? "" });
        return receive(data);
      });
    };
"#;

/// Records from now on.
pub async fn record(window: &Window) {
    window.run(STAND, &[]).await;
}

/// Everything that crossed since.
pub async fn crossings(window: &Window) -> Vec<Crossing> {
    let crossed = window
        .run("return JSON.stringify(window.crossed)", &[])
        .await;
    serde_json::from_str(crossed.as_str().unwrap()).unwrap()
}

/// Sends `to_rust` to a command that refuses it, and lets `to_window` come in as an event would.
pub async fn plant(window: &Window, to_rust: &str, to_window: &str) {
    const PLANT: &str = r#"
        const [toRust, toWindow] = arguments;
        const tauri = window.__TAURI_INTERNALS__;
        tauri.invoke("open_link", { url: toRust }).catch(() => undefined);
        tauri.runCallback(tauri.transformCallback(() => undefined), { event: "planted", payload: toWindow });
    "#;
    window.run(PLANT, &[to_rust.into(), to_window.into()]).await;
}
