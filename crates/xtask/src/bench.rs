use crate::steps::{Step, StepError};

/// Prints each figure as a ratio against a floor measured or computed in the same run.
pub(crate) fn run() -> Result<(), StepError> {
    Step::new("Benchmarks", "cargo")
        .args(["bench", "--workspace"])
        .run()
}
