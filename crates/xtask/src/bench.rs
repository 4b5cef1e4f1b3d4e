use crate::steps::{Step, StepError};

/// Prints each figure as a ratio against a floor measured or computed in the same run; `docs/speed.md` explains them.
pub(crate) fn run() -> Result<(), StepError> {
    // Named, so that nothing of the window is built for it.
    for (name, package, target) in [
        ("Growth of the billing maths", "clearsync-billing", "growth"),
        ("Speed", "clearsync-sync", "speed"),
    ] {
        Step::new(name, "cargo")
            .args(["bench", "--package", package, "--bench", target])
            .run()?;
    }
    Ok(())
}
