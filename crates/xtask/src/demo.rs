use std::env;

use crate::{
    packages,
    steps::{Step, StepError, say},
    ui,
};

/// Opens the app on the built-in sample accounts, or does the same job in the terminal.
pub(crate) fn run(headless: bool) -> Result<(), StepError> {
    if let Some(text) = packages::by_hand() {
        say(text);
    }
    packages::ensure(&[packages::BUILD])?;
    ui::build()?;
    Step::new("Build", "cargo")
        .args(["build", "--package", "clearsync", "--bin", "clearsync"])
        .run()?;
    let headless = headless || without_display();
    let app: &[&str] = if headless {
        &["--sample", "demo"]
    } else {
        &["--sample"]
    };
    Step::new("ClearSync on sample data", "cargo")
        .args(
            [
                &[
                    "run",
                    "--quiet",
                    "--package",
                    "clearsync",
                    "--bin",
                    "clearsync",
                    "--",
                ],
                app,
            ]
            .concat(),
        )
        .run()
}

fn without_display() -> bool {
    let unix = cfg!(all(unix, not(target_os = "macos")));
    let none = unix && env::var_os("DISPLAY").is_none() && env::var_os("WAYLAND_DISPLAY").is_none();
    if none {
        say("There is no display here, so the sample runs in the terminal.");
    }
    none
}
