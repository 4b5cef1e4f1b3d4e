use crate::steps::{Step, StepError};

/// Prints each figure as a ratio against a floor measured or computed in the same run; `docs/speed.md` explains them.
pub(crate) fn run() -> Result<(), StepError> {
    // Named, so that nothing of the window is built for it.
    Step::new("Benchmarks", "cargo")
        .args(["bench", "--package", "clearsync-sync", "--bench", "speed"])
        .run()
}
