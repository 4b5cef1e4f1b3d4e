use std::fs;

use crate::steps::{Step, StepError, root};

/// Where the UI stands.
const UI: &str = "ui";
/// Where the official clients stand that the simulated services are tested with.
const CLIENTS: &str = "crates/sandbox/clients";

/// Installs the packages of a folder exactly as locked, unless they are there already.
fn install(name: &str, place: &str) -> Result<(), StepError> {
    let folder = root().join(place);
    let wanted = fs::read(folder.join("package-lock.json")).unwrap_or_default();
    let mark = folder.join("node_modules/.installed-lock");
    if !wanted.is_empty() && fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    Step::new(name, "npm")
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .in_folder(place)
        .run()?;
    // Only a mark to skip the step next time; without it the step is done again.
    let _ = fs::write(mark, wanted);
    Ok(())
}

/// Installs the clients of Stripe and HubSpot that the simulated services are tested with.
pub(crate) fn install_clients() -> Result<(), StepError> {
    install("Official clients", CLIENTS)
}

/// Builds the UI into `ui/dist`, which the app carries inside.
pub(crate) fn build() -> Result<(), StepError> {
    install("UI packages", UI)?;
    npm("UI build", &["run", "--silent", "build"])
}

/// Runs one npm command in `ui`.
pub(crate) fn npm(name: &str, arguments: &[&str]) -> Result<(), StepError> {
    Step::new(name, "npm").args(arguments).in_folder(UI).run()
}
