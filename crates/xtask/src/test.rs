use crate::{
    packages,
    steps::{Step, StepError, say},
    supply, ui,
};

/// Every test: UI, crates, the real window.
pub(crate) fn run() -> Result<(), StepError> {
    if let Some(text) = packages::by_hand() {
        say(text);
    }
    packages::ensure(&[packages::BUILD, packages::TESTS])?;
    ui::build()?;
    ui::install_clients()?;
    lint()?;
    ui::npm("UI unit tests", &["run", "--silent", "test"])?;
    ui::npm("UI screens", &["run", "--silent", "e2e"])?;
    cargo("Rust tests", &["test", "--workspace"])
}

/// Formatting, lints, types and dependencies of both languages.
pub(crate) fn check() -> Result<(), StepError> {
    packages::ensure(&[packages::BUILD])?;
    ui::build()?;
    lint()?;
    supply::check()
}

fn lint() -> Result<(), StepError> {
    ui::npm("UI types and lints", &["run", "--silent", "check"])?;
    cargo("Rust format", &["fmt", "--all", "--check"])?;
    cargo(
        "Rust lints",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ],
    )
}

fn cargo(name: &str, arguments: &[&str]) -> Result<(), StepError> {
    Step::new(name, "cargo").args(arguments).run()
}
