//! The vault against a real keyring, which locks, ends and comes back.

#![cfg(all(unix, not(target_os = "macos")))]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::{
    env, fs,
    io::Write,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clearsync_vault::{KeyName, Secret, Vault, VaultError};

/// Tells the process that lives in a session of its own.
const SESSION: &str = "CLEARSYNC_TEST_SESSION";
const KEY: &str = "rk_test_abcdefghijkl";

/// A bus that starts nothing by name: a keyring is there when the test starts one, and only then.
const BUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/e2e/bus.conf");

/// Runs the named test once more, on a session bus and in a home folder of its own.
fn in_a_session(test: &str) {
    let home = tempfile::tempdir().unwrap();
    let folder = |name: &str| {
        let path = home.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    let run = Command::new("dbus-run-session")
        .args(["--config-file", BUS, "--"])
        .arg(env::current_exe().unwrap())
        .args(["--exact", test])
        .env(SESSION, "1")
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", folder("config"))
        .env("XDG_CACHE_HOME", folder("cache"))
        .env("XDG_RUNTIME_DIR", folder("run"))
        .env("XDG_DATA_HOME", folder("data"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("D-Bus is installed by `cargo xtask test`");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

/// The session's keyring, from its start to its end.
struct Keyring(Child);

impl Keyring {
    fn unlocked() -> Self {
        let mut keyring = Self::start(&["--unlock"]);
        let mut stdin = keyring.0.stdin.take().unwrap();
        stdin.write_all(b"test keyring").unwrap();
        keyring
    }

    fn locked() -> Self {
        Self::start(&[])
    }

    fn start(further: &[&str]) -> Self {
        let daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--components=secrets"])
            .args(further)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(daemon.expect("gnome-keyring is installed by `cargo xtask test`"))
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the vault says once the keyring is there.
async fn kept(vault: &Vault) -> Result<Option<String>, VaultError> {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        match vault.get(KeyName::Stripe).await {
            Err(VaultError::Missing) if Instant::now() < end => {
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
            answer => return answer.map(|key| key.map(|key| key.expose().to_owned())),
        }
    }
}

#[tokio::test]
async fn a_keyring_that_ends_and_comes_back_is_used_again() {
    if env::var_os(SESSION).is_none() {
        return in_a_session("a_keyring_that_ends_and_comes_back_is_used_again");
    }
    let vault = Vault::new("test");
    let key = Secret::new(KEY.to_owned());
    let none = vault.set(KeyName::Stripe, &key).await;
    assert_eq!(none, Err(VaultError::Missing), "there is no keyring yet");

    let keyring = Keyring::unlocked();
    assert_eq!(kept(&vault).await, Ok(None));
    vault.set(KeyName::Stripe, &key).await.unwrap();
    drop(keyring);
    let gone = vault.get(KeyName::Stripe).await;
    assert_eq!(gone.map(|_| ()), Err(VaultError::Missing));

    let _keyring = Keyring::unlocked();
    assert_eq!(kept(&vault).await, Ok(Some(KEY.to_owned())));
    vault.delete(KeyName::Stripe).await.unwrap();
    assert_eq!(kept(&vault).await, Ok(None));
}

#[tokio::test]
async fn a_locked_keyring_is_told_apart_and_keeps_its_key() {
    if env::var_os(SESSION).is_none() {
        return in_a_session("a_locked_keyring_is_told_apart_and_keeps_its_key");
    }
    let vault = Vault::new("test");
    let keyring = Keyring::unlocked();
    assert_eq!(kept(&vault).await, Ok(None));
    let key = Secret::new(KEY.to_owned());
    vault.set(KeyName::Stripe, &key).await.unwrap();
    drop(keyring);

    let keyring = Keyring::locked();
    assert_eq!(kept(&vault).await, Err(VaultError::Locked));
    let other = Secret::new("rk_test_mnopqrstuvwx".to_owned());
    let refused = vault.set(KeyName::Stripe, &other).await;
    assert_eq!(refused, Err(VaultError::Locked));
    drop(keyring);

    let _keyring = Keyring::unlocked();
    assert_eq!(kept(&vault).await, Ok(Some(KEY.to_owned())));
}
