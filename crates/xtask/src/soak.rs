//! More of what the ordinary tests do a minute of.

use crate::steps::{Step, StepError};

/// Lives so many simulated lives, ends a process at each of its effects, kills the real program so many times, and watches
/// for so long what its window takes of the computer.
pub(crate) fn run(lives: u32, kills: u32, minutes: u32) -> Result<(), StepError> {
    // As shipped, but quick to build.
    Step::new("Lives under faults, and crashes everywhere", "cargo")
        .args(["test", "--profile", "bench", "--package", "clearsync-sync"])
        .args(["--test", "it", "lives::", "--", "--nocapture"])
        .env("CLEARSYNC_SEEDS", lives.to_string())
        .run()?;
    Step::new("The real program, killed", "cargo")
        .args(["test", "--package", "clearsync", "--test", "kill"])
        .args(["--", "--nocapture"])
        .env("CLEARSYNC_KILLS", kills.to_string())
        .run()?;
    Step::new("Days in the tray", "cargo")
        .args(["test", "--package", "clearsync", "--test", "e2e", "soak::"])
        .args(["--", "--ignored", "--nocapture"])
        .env("CLEARSYNC_SOAK_MIN", minutes.to_string())
        .run()
}
