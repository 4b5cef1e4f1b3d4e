//! What the page cannot do, whoever gets code into it: tried in the real window.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    sync::{Arc, Mutex},
};

use serde_json::Value;

use crate::{
    desktop::{Desktop, wait_for},
    web_driver::Window,
};

/// Somebody who would be glad of anything, and says yes to everybody.
struct Listener {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let keep = heard.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut said = [0; 4096];
                let length = stream.read(&mut said).unwrap_or_default();
                let said = String::from_utf8_lossy(&said[..length]);
                let line = said.lines().next().unwrap_or_default().to_owned();
                keep.lock().unwrap().push(line);
                let _ = stream.write_all(
                    b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
                );
            }
        });
        Self { url, heard }
    }

    /// The first line of everything that was said to it.
    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// Tries every way out of a page, and tells which rules stood in the way once each was met.
const WAYS_OUT: &str = r#"
    const done = arguments[arguments.length - 1];
    const url = "LISTENER";
    const met = new Set();
    const wanted = ["connect-src", "img-src", "script-src", "style-src", "frame-src", "media-src", "font-src",
      "object-src", "form-action", "base-uri"];
    const kind = (directive) => directive.replace(/-(elem|attr)$/, "");
    document.addEventListener("securitypolicyviolation", (event) => {
      met.add(kind(event.effectiveDirective || event.violatedDirective));
    });
    const attempts = {
      fetch: () => fetch(`${url}/fetch`).then(() => "through", () => "refused"),
      mode: () => fetch(`${url}/mode`, { mode: "no-cors", method: "POST", body: "x" }).then(() => "through", () => "refused"),
      xhr: () => new Promise((told) => {
        const request = new XMLHttpRequest();
        request.onload = () => told("through");
        request.onerror = () => told("refused");
        request.open("GET", `${url}/xhr`);
        request.send();
      }),
      socket: () => { new WebSocket(`${url.replace("http", "ws")}/socket`); },
      events: () => { new EventSource(`${url}/events`); },
      beacon: () => { navigator.sendBeacon(`${url}/beacon`, "x"); },
      worker: () => { new Worker(`${url}/worker.js`); },
      module: () => import(`${url}/module.js`).then(() => "through", () => "refused"),
    };
    const element = (name, set) => {
      attempts[`${name} ${Object.values(set)[0]}`] = () => {
        document.body.append(Object.assign(document.createElement(name), set));
      };
    };
    element("img", { src: `${url}/image` });
    element("script", { src: `${url}/script.js` });
    element("link", { rel: "stylesheet", href: `${url}/style.css` });
    element("link", { rel: "preload", as: "script", href: `${url}/preload.js` });
    element("link", { rel: "prefetch", href: `${url}/prefetch` });
    element("iframe", { src: `${url}/frame` });
    element("video", { src: `${url}/film` });
    element("object", { data: `${url}/object` });
    element("base", { href: `${url}/` });
    attempts.font = () => {
      new FontFace("far", `url(${url}/font)`).load().catch(() => undefined);
    };
    attempts.form = () => {
      const form = document.createElement("form");
      Object.assign(form, { action: `${url}/form`, method: "post" });
      document.body.append(form);
      form.submit();
    };
    attempts.inline = () => {
      const script = document.createElement("script");
      script.text = "window.inlineRan = true";
      document.body.append(script);
    };
    attempts.evaluated = () => { (0, eval)("window.evalRan = true"); };
    attempts["a javascript: link"] = () => {
      const link = document.createElement("a");
      link.href = "javascript:window.linkRan = true";
      document.body.append(link);
      link.click();
    };
    (async () => {
      const told = {};
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          told[name] = (await attempt()) ?? "tried";
        } catch (error) {
          told[name] = "refused";
        }
      }
      const end = Date.now() + 10_000;
      const open = () => wanted.filter((directive) => !met.has(directive));
      while (open().length > 0 && Date.now() < end) await new Promise((go) => setTimeout(go, 20));
      done(JSON.stringify({
        told, open: open(), ran: [window.inlineRan, window.evalRan, window.linkRan].filter(Boolean).length,
      }));
    })();
"#;

/// Tries to lead the window elsewhere, and to open another.
const ELSEWHERE: &str = r#"
    const done = arguments[arguments.length - 1];
    const opened = window.open("LISTENER/window");
    const link = document.createElement("a");
    Object.assign(link, { href: "LISTENER/link", target: "_blank" });
    document.body.append(link);
    link.click();
    const download = document.createElement("a");
    Object.assign(download, { href: "LISTENER/file", download: "file" });
    document.body.append(download);
    download.click();
    for (const page of ["LISTENER/page", "file:///etc/passwd", "data:text/html,x"]) {
      try { window.location.href = page; } catch { /* refused at once */ }
    }
    setTimeout(() => done(opened === null), 500);
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_reaches_nothing_but_its_commands() {
    let desktop = Desktop::start_without_keyring();
    let listener = Listener::start();
    let window = Window::open(&desktop, &[], &["--sample"]).await;
    window.sees("Start setup").await;
    let told = window
        .run_async(&WAYS_OUT.replace("LISTENER", &listener.url))
        .await;
    let told: Value = serde_json::from_str(told.as_str().unwrap()).unwrap();
    assert_eq!(
        told["open"],
        serde_json::json!([]),
        "every rule was met: {told:#}"
    );
    assert_eq!(told["ran"], 0, "no code of its own ran: {told:#}");
    for (name, outcome) in told["told"].as_object().unwrap() {
        assert_ne!(outcome, "through", "{name}");
    }
    let nothing_opened = window
        .run_async(&ELSEWHERE.replace("LISTENER", &listener.url))
        .await;
    assert_eq!(nothing_opened, true);
    let here = window.run("return window.location.href", &[]).await;
    assert!(
        here.as_str().unwrap().starts_with("tauri://localhost"),
        "{here}"
    );
    assert_eq!(window.handles().await, 1, "no other window");
    window.sees("Start setup").await;
    assert_eq!(listener.heard(), [""; 0]);
    // Who would have been heard.
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(&listener.url)
        .send();
    assert!(answer.await.unwrap().status().is_success());
    assert_eq!(listener.heard(), ["GET / HTTP/1.1"]);
}

/// Calls commands as the page's own code would, and tells how each call ended.
const CALL: &str = r#"
    const done = arguments[arguments.length - 1];
    const calls = CALLS;
    const call = ([name, input]) => window.__TAURI_INTERNALS__.invoke(name, input)
      .then((value) => ["answered", value], (error) => ["refused", typeof error === "string" ? error : error.code]);
    Promise.all(calls.map(call)).then((ends) => done(JSON.stringify(ends)));
"#;

async fn call(window: &Window, calls: &Value) -> Vec<(String, Value)> {
    let script = CALL.replace("CALLS", &calls.to_string());
    let ends = window.run_async(&script).await;
    serde_json::from_str(ends.as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_calls_only_what_is_listed_and_opens_only_known_pages() {
    let desktop = Desktop::start_without_keyring();
    let opened = a_browser(&desktop);
    let path = format!(
        "{}:{}",
        desktop.home().join("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let window = Window::open(&desktop, &[("PATH", &path)], &["--sample"]).await;
    window.sees("Start setup").await;

    let unlisted = [
        "plugin:autostart|enable",
        "plugin:event|emit",
        "plugin:notification|notify",
        "plugin:webview|create_webview_window",
        "plugin:window|create",
        "plugin:window|close",
        "plugin:window-state|save_window_state",
        "plugin:path|resolve_directory",
        "plugin:fs|read_text_file",
        "plugin:shell|execute",
        "no_such_command",
    ];
    let calls: Value = unlisted
        .iter()
        .map(|name| serde_json::json!([name, {}]))
        .collect();
    for (name, (end, why)) in unlisted.iter().zip(call(&window, &calls).await) {
        assert_eq!(end, "refused", "{name}: {why}");
        let why = why.as_str().unwrap();
        assert!(
            why.contains("not allowed") || why.contains("not found"),
            "{name}: {why}"
        );
    }
    let listed = serde_json::json!([
        ["workspaces", {}],
        ["status", { "workspace": "../elsewhere" }],
    ]);
    let listed = call(&window, &listed).await;
    assert_eq!(listed[0].0, "answered");
    assert_eq!(listed[1], ("refused".to_owned(), "workspaceGone".into()));

    let elsewhere = [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://dashboard.stripe.com/",
        "https://example.com/",
        "https://dashboard.stripe.com.example.com/",
        "https://dashboard.stripe.com@example.com/",
        "https://dashboard.stripe.com:8443/",
        "--version",
        "",
    ];
    let calls: Value = elsewhere
        .iter()
        .map(|url| serde_json::json!(["open_link", { "url": url }]))
        .collect();
    for (url, end) in elsewhere.iter().zip(call(&window, &calls).await) {
        assert_eq!(
            end,
            ("refused".to_owned(), "linkNotAllowed".into()),
            "{url}"
        );
    }
    assert!(!opened.exists(), "no browser was started");
    let known = "https://dashboard.stripe.com/apikeys";
    let calls = serde_json::json!([["open_link", { "url": known }]]);
    assert_eq!(call(&window, &calls).await[0].0, "answered");
    let told = wait_for("the browser", async || fs::read_to_string(&opened).ok()).await;
    assert_eq!(told.trim(), known);

    // Whoever knows the protocol and not this process's own key gets no answer, while others do.
    let forged = r#"
        const done = arguments[arguments.length - 1];
        const { invoke } = window.__TAURI_INTERNALS__;
        const forged = fetch("ipc://localhost/workspaces", { method: "POST", body: "{}", headers: {
          "Content-Type": "application/json", "Tauri-Callback": "1", "Tauri-Error": "2", "Tauri-Invoke-Key": "guessed",
        } }).then((answer) => answer.ok, () => false);
        const others = invoke("workspaces").then(() => invoke("workspaces")).then(() => false);
        Promise.race([forged, others]).then(done, (error) => done(String(error)));
    "#;
    assert_eq!(window.run_async(forged).await, false);
}

/// A browser that notes what it is to open.
fn a_browser(desktop: &Desktop) -> std::path::PathBuf {
    let (folder, opened) = (desktop.home().join("bin"), desktop.home().join("opened"));
    fs::create_dir(&folder).unwrap();
    for name in ["xdg-open", "gio", "gnome-open", "kde-open", "wslview"] {
        let file = folder.join(name);
        let script = format!(
            "#!/bin/sh\necho \"$@\" > {0}.new && mv {0}.new {0}\n",
            opened.display()
        );
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    opened
}
