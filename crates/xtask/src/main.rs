//! The project's own commands. They install what is missing, so that a fresh machine needs git, Rust and Node only.

mod bench;
mod demo;
mod packages;
mod proofs;
mod soak;
mod steps;
mod supply;
mod test;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::steps::{Step, StepError};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "ClearSync's own commands")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build, and open the app on sample accounts.
    Demo {
        /// Do the same job in the terminal, without a window.
        #[arg(long)]
        headless: bool,
    },
    /// Install what is missing and pass every test, the real window included.
    Test,
    /// Formatting, lints, types and dependencies, without running tests.
    Check,
    /// Many more lives, crashes and kills than the ordinary tests have time for.
    Soak {
        /// How many.
        #[arg(long, default_value_t = 100_000)]
        lives: u32,
        /// How often the real program is killed.
        #[arg(long, default_value_t = 2_000)]
        kills: u32,
        /// For how long the real window is watched, in minutes.
        #[arg(long, default_value_t = 20)]
        minutes: u32,
    },
    /// Measure speed, as ratios against a floor of the same run.
    Bench,
    /// Change the billing maths in one place at a time and show what no test notices.
    Mutants {
        /// Only this part of the changes, such as 3/12.
        #[arg(long)]
        shard: Option<String>,
        /// Only those in this file, such as `crates/billing/src/note.rs`.
        #[arg(long)]
        file: Option<String>,
    },
    /// Show the lines of the billing maths that no test reaches.
    Coverage,
    /// Build the release and its packages.
    Dist,
}

fn main() -> ExitCode {
    let outcome = match Xtask::parse().command {
        Command::Demo { headless } => demo::run(headless),
        Command::Test => test::run(),
        Command::Check => test::check(),
        Command::Soak {
            lives,
            kills,
            minutes,
        } => soak::run(lives, kills, minutes),
        Command::Bench => bench::run(),
        Command::Mutants { shard, file } => proofs::mutants(shard.as_deref(), file.as_deref()),
        Command::Coverage => proofs::coverage(),
        Command::Dist => dist(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            steps::say(&format!("{error}"));
            ExitCode::FAILURE
        }
    }
}

fn dist() -> Result<(), StepError> {
    packages::ensure(&[packages::BUILD])?;
    ui::build()?;
    Step::new("Release and packages", "npx")
        .args(["tauri", "build"])
        .in_folder("ui")
        .run()
}
