//! A private desktop for one test: its own display, session bus, home folder and unlocked keyring. Everything ends with
//! the test.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// The password the keyring is made with.
const KEYRING_PASSWORD: &str = "test keyring";
/// How the session bus is set up: it starts nothing by name.
const BUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/bus.conf");

pub struct Desktop {
    home: TempDir,
    display: String,
    bus_address: String,
    // Ended in this order: the keyring before its bus, the bus before the display.
    keyring: Option<Owned>,
    _bus: Owned,
    _xvfb: Owned,
}

/// A child that does not outlive its owner, however the test ends.
pub struct Owned(pub Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Desktop {
    pub async fn start() -> Self {
        let mut desktop = Self::start_without_keyring();
        let keyring = desktop.start_keyring(true);
        desktop.keyring = Some(keyring.await);
        desktop
    }

    /// Nobody has unlocked the keyring, and nobody is there to be asked for its password.
    pub async fn start_with_locked_keyring() -> Self {
        let mut desktop = Self::start_without_keyring();
        let keyring = desktop.start_keyring(false);
        desktop.keyring = Some(keyring.await);
        desktop
    }

    /// The user starts a keyring, and unlocks it.
    pub async fn unlock_keyring(&mut self) {
        self.keyring = Some(self.start_keyring(true).await);
    }

    pub fn start_without_keyring() -> Self {
        let home = tempfile::Builder::new()
            .prefix("clearsync-desktop.")
            .tempdir()
            .unwrap();
        for folder in [".config", "data", "cache", "run", "tmp"] {
            std::fs::create_dir(home.path().join(folder)).unwrap();
        }
        private(&home.path().join("run"));
        let mut xvfb = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map(Owned)
            .expect("Xvfb is installed by `cargo xtask test`");
        let display = format!(":{}", first_line(xvfb.0.stdout.take().unwrap()));
        let mut bus = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address=1", "--config-file", BUS])
            .env("XDG_RUNTIME_DIR", home.path().join("run"))
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map(Owned)
            .expect("dbus-daemon is installed by `cargo xtask test`");
        let bus_address = first_line(bus.0.stdout.take().unwrap());
        Self {
            home,
            display,
            bus_address,
            keyring: None,
            _bus: bus,
            _xvfb: xvfb,
        }
    }

    /// A command that sees this desktop and nothing of the real one.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let home = self.home.path();
        let mut command = Command::new(program);
        command
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("TMPDIR", home.join("tmp"))
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.bus_address)
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_A11Y", "none")
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("TZ", "UTC")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// A file of the home folder that keeps what programs say.
    pub fn kept(&self, name: &str) -> std::fs::File {
        let options = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .clone();
        options.open(self.home.path().join(name)).unwrap()
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where ClearSync keeps its data on this desktop.
    pub fn data_folder(&self) -> PathBuf {
        self.home.path().join("data/ai.clearsync.desktop")
    }

    pub async fn bus(&self) -> zbus::Connection {
        zbus::connection::Builder::address(self.bus_address.as_str())
            .unwrap()
            .build()
            .await
            .unwrap()
    }

    async fn start_keyring(&self, unlock: bool) -> Owned {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if unlock {
            command.arg("--unlock");
        }
        let mut daemon = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Owned)
            .expect("gnome-keyring is installed by `cargo xtask test`");
        let mut stdin = daemon.0.stdin.take().unwrap();
        if unlock {
            stdin.write_all(KEYRING_PASSWORD.as_bytes()).unwrap();
        }
        drop(stdin);
        let bus = self.bus().await;
        wait_for("the keyring", async || {
            let names = zbus::fdo::DBusProxy::new(&bus).await.ok()?;
            let name = zbus::names::BusName::try_from("org.freedesktop.secrets").ok()?;
            names.name_has_owner(name).await.ok()?.then_some(())
        })
        .await;
        daemon
    }
}

/// Asks until there is an answer, for half a minute.
pub async fn wait_for<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

fn first_line(stdout: ChildStdout) -> String {
    let mut line = String::new();
    let mut reader = BufReader::new(stdout);
    reader.read_line(&mut line).unwrap();
    // The pipe is kept open, or the child would meet a broken one when it writes again.
    std::mem::forget(reader);
    line.trim().to_owned()
}

fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}
