use std::fs;

use crate::steps::{Step, StepError, root};

/// Installs the UI's packages exactly as locked, unless they are there already.
pub(crate) fn install() -> Result<(), StepError> {
    let folder = root().join("ui");
    let wanted = fs::read(folder.join("package-lock.json")).unwrap_or_default();
    let mark = folder.join("node_modules/.installed-lock");
    if !wanted.is_empty() && fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    npm(
        "UI packages",
        &["ci", "--no-audit", "--no-fund", "--loglevel=error"],
    )?;
    // Only a mark to skip the step next time; without it the step is done again.
    let _ = fs::write(mark, wanted);
    Ok(())
}

/// Builds the UI into `ui/dist`, which the app carries inside.
pub(crate) fn build() -> Result<(), StepError> {
    install()?;
    npm("UI build", &["run", "--silent", "build"])
}

/// Runs one npm command in `ui`.
pub(crate) fn npm(name: &str, arguments: &[&str]) -> Result<(), StepError> {
    Step::new(name, "npm").args(arguments).in_folder("ui").run()
}
