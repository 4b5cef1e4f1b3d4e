use crate::steps::{Step, StepError, say};

/// System libraries the app is compiled and run with.
pub(crate) const BUILD: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "libayatana-appindicator3-dev",
    "build-essential",
    // OpenSSL, of which SQLCipher takes its ciphers, is configured by it.
    "perl",
    "pkg-config",
];

/// What the tests of the real window need beyond that.
pub(crate) const TESTS: &[&str] = &[
    "xvfb",
    "webkit2gtk-driver",
    "gnome-keyring",
    "dbus",
    "chromium",
    "fonts-dejavu-core",
];

/// Installs what is missing with apt, asking for sudo only when not root. Elsewhere names what to install by hand.
pub(crate) fn ensure(groups: &[&[&str]]) -> Result<(), StepError> {
    if cfg!(target_os = "macos") || cfg!(windows) {
        return Ok(());
    }
    if !Step::new("apt", "dpkg").args(["--version"]).succeeds() {
        say(&format!(
            "This system has no apt. ClearSync needs these packages, under the names your system gives them: {}.",
            groups.concat().join(", ")
        ));
        return Ok(());
    }
    let missing: Vec<&str> = groups
        .concat()
        .into_iter()
        .filter(|package| !installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    say(&format!("Missing system packages: {}.", missing.join(", ")));
    apt(&["update", "-qq"])?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(missing);
    apt(&install)
}

/// Names what macOS and Windows need by hand, where no package manager is driven.
pub(crate) fn by_hand() -> Option<&'static str> {
    if cfg!(target_os = "macos") {
        Some(
            "On macOS, install the Xcode command line tools (xcode-select --install), which bring the perl and make that OpenSSL is built with. The tests of the real window run on Linux only.",
        )
    } else if cfg!(windows) {
        Some(
            "On Windows, install the Microsoft C++ build tools, WebView2, and, for building OpenSSL, Strawberry Perl and NASM. The tests of the real window run on Linux only.",
        )
    } else {
        None
    }
}

fn installed(package: &str) -> bool {
    // Chromium comes under two names on Debian and Ubuntu.
    if package == "chromium"
        && Step::new("chromium", "chromium-browser")
            .args(["--version"])
            .succeeds()
    {
        return true;
    }
    Step::new("dpkg", "dpkg").args(["-s", package]).succeeds()
}

fn apt(arguments: &[&str]) -> Result<(), StepError> {
    let name = format!("apt-get {}", arguments[0]);
    let root = Step::new("id", "sh")
        .args(["-c", "test \"$(id -u)\" = 0"])
        .succeeds();
    let step = if root {
        Step::new(&name, "apt-get").args(arguments)
    } else {
        Step::new(&name, "sudo").args([&["apt-get"], arguments].concat())
    };
    step.env("DEBIAN_FRONTEND", "noninteractive").run()
}
