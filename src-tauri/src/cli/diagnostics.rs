//! The archive for whoever helps, in the terminal.

use std::{fs::File, path::PathBuf};

use clap::Args;

use super::{CliError, DONE, accounts};
use crate::{diagnostics, start::Started, terminal::Terminal, words::words};

#[derive(Args)]
pub(super) struct DiagnosticsArgs {
    /// Where to, a file that does not exist yet, such as diagnostics.zip. All that would be in it is printed if nothing is
    /// said.
    file: Option<PathBuf>,
}

/// Saves the archive and says what is in it, or prints it.
pub(super) async fn diagnostics(
    started: &Started,
    terminal: &Terminal,
    account: Option<&str>,
    arguments: DiagnosticsArgs,
) -> Result<u8, CliError> {
    let rows = accounts::chosen(started, account)?;
    let files = diagnostics::gather(&started.workspaces, &rows, &started.config).await?;
    let Some(path) = arguments.file else {
        for file in &files {
            terminal.say(&format!("== {}\n{}", file.name, file.text))?;
        }
        return Ok(DONE);
    };
    File::create_new(&path)
        .and_then(|to| diagnostics::write(&files, to))
        .map_err(|source| CliError::NotWritten {
            path: path.clone(),
            source,
        })?;
    terminal.say_wrapped("", &words("diagnostics.text", &[]))?;
    for file in &files {
        terminal.say(&format!("  {}", file.name))?;
    }
    terminal.say(&path.display().to_string())?;
    Ok(DONE)
}
