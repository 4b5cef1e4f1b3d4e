//! How well the billing maths is tested: which changes of the code its tests notice, and which lines they reach.

use crate::steps::{Step, StepError};

/// Changes the billing maths in one place at a time, and shows which changes no test notices. `shard`, such as `3/12`,
/// takes that part of them, and `file` those in one file.
pub(crate) fn mutants(shard: Option<&str>, file: Option<&str>) -> Result<(), StepError> {
    ensure("cargo-mutants")?;
    let shard = shard.map(|shard| {
        [
            "--sharding=round-robin".to_owned(),
            format!("--shard={shard}"),
        ]
    });
    Step::new("Mutants of the billing maths", "cargo")
        .args(["mutants", "--package", "clearsync-billing"])
        .args(["--profile", "mutants", "--minimum-test-timeout", "60"])
        .args(shard.into_iter().flatten())
        .args(file.map(|file| format!("--file={file}")))
        .args(["--output", "target", "--", "--lib", "--test", "it"])
        // A mutant is built a thousand times and needs few made-up lives to be noticed.
        .env("PROPTEST_CASES", "20")
        .env("INSTA_UPDATE", "no")
        .run()
}

/// Shows the lines of the billing maths that no test reaches.
pub(crate) fn coverage() -> Result<(), StepError> {
    ensure("cargo-tarpaulin")?;
    Step::new("Coverage of the billing maths", "cargo")
        .args(["tarpaulin", "--package", "clearsync-billing"])
        // The toolchain has no llvm-tools.
        .args(["--engine", "ptrace", "--profile", "coverage"])
        .args(["--lib", "--test", "it"])
        .args(["--include-files", "crates/billing/src/*"])
        .args(["--out", "stdout", "--target-dir", "target/tarpaulin"])
        .env("PROPTEST_CASES", "100")
        .env("INSTA_UPDATE", "no")
        .run()
}

/// Installs a tool that is missing.
pub(crate) fn ensure(tool: &str) -> Result<(), StepError> {
    let command = tool.trim_start_matches("cargo-");
    if Step::new(tool, "cargo")
        .args([command, "--version"])
        .succeeds()
    {
        return Ok(());
    }
    Step::new(tool, "cargo")
        .args(["install", "--locked", tool])
        .run()
}
