//! A client of `WebDriver` small enough to own: it uses what the app links anyway, so the tests add no second build of it.

use std::{
    net::TcpListener,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use base64::Engine;
use serde_json::{Value, json};

use crate::desktop::{Desktop, Owned};

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE: Duration = Duration::from_secs(30);

/// The app's own window, driven by `WebKitWebDriver`.
pub struct Window {
    base: String,
    session: String,
    http: reqwest::Client,
    _driver: Owned,
}

impl Window {
    /// Starts `WebKitWebDriver`, which starts the app and attaches to its web view.
    pub async fn open(desktop: &Desktop, environment: &[(&str, &str)], arguments: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let driver = desktop
            .command("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(desktop.kept("output"))
            .stderr(desktop.kept("errors"))
            .spawn()
            .map(Owned)
            .expect("WebKitWebDriver is installed by `cargo xtask test`");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap();
        let base = format!("http://127.0.0.1:{port}");
        let end = Instant::now() + PATIENCE;
        while http.get(format!("{base}/status")).send().await.is_err() {
            assert!(Instant::now() < end, "WebKitWebDriver did not come up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut window = Self {
            base,
            session: String::new(),
            http,
            _driver: driver,
        };
        let options = json!({ "binary": env!("CARGO_BIN_EXE_clearsync"), "args": arguments });
        let wanted =
            json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session = window.post("/session", wanted).await;
        session["sessionId"]
            .as_str()
            .expect("a session")
            .clone_into(&mut window.session);
        window
    }

    /// Runs a script in the page and gives what it returns.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.in_session(
            "/execute/sync",
            json!({ "script": script, "args": arguments }),
        )
        .await
    }

    /// Runs a script that calls its last argument with the result.
    pub async fn run_async(&self, script: &str) -> Value {
        self.in_session("/execute/async", json!({ "script": script, "args": [] }))
            .await
    }

    /// The text of the page.
    pub async fn text(&self) -> String {
        self.run("return document.body.innerText", &[])
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until the page shows a text.
    pub async fn sees(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let shown = self.text().await;
            if shown.contains(text) {
                return;
            }
            assert!(
                Instant::now() < end,
                "the window does not say {text:?} but:\n{shown}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for a button or link that can be used and stands still, found by the beginning of its accessible text, and
    /// clicks it as a person would.
    pub async fn press(&self, label: &str) {
        self.click("button, a, [role=button], [role=tab]", label)
            .await;
    }

    /// Presses a button of the dialog that is open.
    pub async fn press_in_dialog(&self, label: &str) {
        self.click("[role=dialog] button", label).await;
    }

    /// Switches what has this label on or off, or chooses it of several.
    pub async fn switch(&self, label: &str) {
        self.click("label", label).await;
    }

    /// Picks an option of the list with this label.
    pub async fn pick(&self, list: &str, option: &str) {
        self.click("input", list).await;
        self.click("[role=option]", option).await;
    }

    async fn click(&self, among: &str, label: &str) {
        const FIND: &str = "const [among, label] = arguments; \
            const named = [...document.querySelectorAll(among)] \
              .filter((e) => (e.getAttribute('aria-label') ?? e.innerText).trim().startsWith(label)); \
            const found = named.find((e) => e.offsetParent !== null && !e.disabled && e.dataset.disabled !== 'true'); \
            const { x, y, width, height } = found?.getBoundingClientRect() ?? {}; \
            const place = [among, label, x, y, width, height].join(' '); \
            const moving = (e) => e && (e.getAnimations().some((a) => a.playState === 'running') || moving(e.parentElement)); \
            const still = window.placeOfLast === place && !moving(found); \
            window.placeOfLast = place; \
            return found && still ? found : null;";
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.run(FIND, &[json!(among), json!(label)]).await;
            if let Some(element) = found[ELEMENT].as_str()
                && self
                    .try_in_session(&format!("/element/{element}/click"), json!({}))
                    .await
            {
                return;
            }
            assert!(
                Instant::now() < end,
                "there is no {label:?} to press in:\n{}",
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into the field with this label.
    pub async fn type_into(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        self.in_session(&format!("/element/{field}/value"), json!({ "text": text }))
            .await;
    }

    /// Empties the field with this label.
    pub async fn clear(&self, label: &str) {
        let field = self.field(label).await;
        self.in_session(&format!("/element/{field}/clear"), json!({}))
            .await;
    }

    async fn field(&self, label: &str) -> String {
        const FIND: &str = "const [label] = arguments; \
            const named = [...document.querySelectorAll('label')].find((e) => e.innerText.trim().startsWith(label)); \
            return (named && document.getElementById(named.htmlFor)) ?? document.querySelector(`[aria-label=\"${label}\"]`);";
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.run(FIND, &[json!(label)]).await;
            if let Some(element) = found[ELEMENT].as_str() {
                return element.to_owned();
            }
            assert!(
                Instant::now() < end,
                "there is no field {label:?} in:\n{}",
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Keeps a picture of the painted page beside the build, to look at. Straight after loading a page is still blank.
    pub async fn picture(&self, name: &str) {
        let painted = "const done = arguments[0]; \
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 200)));";
        self.run_async(painted).await;
        let address = format!("{}/session/{}/screenshot", self.base, self.session);
        let answer: Value = self
            .http
            .get(address)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let png = base64::engine::general_purpose::STANDARD
            .decode(answer["value"].as_str().unwrap())
            .unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name).with_extension("png"), png).unwrap();
    }

    /// How many windows there are.
    pub async fn handles(&self) -> usize {
        let address = format!("{}/session/{}/window/handles", self.base, self.session);
        let answer: Value = self
            .http
            .get(address)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        answer["value"].as_array().unwrap().len()
    }

    /// Whether it went through: an element may have moved or gone since it was found.
    async fn try_in_session(&self, path: &str, body: Value) -> bool {
        let address = format!("{}/session/{}{path}", self.base, self.session);
        let answer = self.http.post(address).json(&body).send().await.unwrap();
        answer.status().is_success()
    }

    async fn in_session(&self, path: &str, body: Value) -> Value {
        self.post(&format!("/session/{}{path}", self.session), body)
            .await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let address = format!("{}{path}", self.base);
            let answer = self.http.post(address).json(&body).send().await.unwrap();
            let status = answer.status();
            let mut answer: Value = answer.json().await.unwrap();
            // What a script found was drawn anew before it could be told.
            let stale = answer["value"]["error"] == "stale element reference";
            if stale && Instant::now() < end {
                continue;
            }
            assert!(status.is_success(), "POST {path}: {answer}");
            return answer["value"].take();
        }
    }
}
