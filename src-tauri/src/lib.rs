//! The shell: window, tray, commands and terminal of ClearSync. The only crate that knows Tauri.

mod attendance;
mod cli;
mod commands;
mod config;
mod contract;
mod demo;
mod diagnostics;
mod figures;
mod links;
mod logging;
mod metered;
mod notification;
mod opening;
mod sample;
mod shell;
mod start;
mod terminal;
mod traces;
mod tray;
mod tray_host;
mod tray_icon;
mod window;
mod words;
mod workspaces;

use std::process::ExitCode;

use clap::Parser;

pub use contract::{ChecklistChanged, DataChanged, StatusChanged, WorkspacesChanged, contract};

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    leave_no_memory_behind();
    cli::run(cli::Cli::parse())
}

/// A process that crashes, or one that it started, writes no dump of its memory: keys stand there.
fn leave_no_memory_behind() {
    #[cfg(unix)]
    // A limit can always be lowered.
    let _ = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0);
}
