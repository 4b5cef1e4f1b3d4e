//! The workspaces in the terminal: which there are, and which a command is about.

use std::sync::Arc;

use clap::Args;
use clearsync_sync::{
    Engine,
    view::{Phase, WorkspaceRow},
};
use serde_json::json;

use super::{CliError, DONE};
use crate::{
    sample::RunningSample,
    start::Started,
    terminal::{Terminal, problem_text},
    words::{code, words, workspace_name},
};

/// What `clearsync accounts` is told.
#[derive(Args)]
pub(super) struct AccountsArgs {
    /// Make room for another account and print its id. The next command with --account and keys connects it.
    #[arg(long)]
    add: bool,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

/// The workspace that a command is about.
pub(crate) struct At<'a> {
    pub(crate) engine: Arc<Engine>,
    /// The sample accounts, with `--sample`.
    pub(crate) sample: Option<&'a RunningSample>,
}

/// Lists the workspaces, or adds one.
pub(super) async fn accounts(
    started: &Started,
    terminal: &Terminal,
    arguments: AccountsArgs,
) -> Result<u8, CliError> {
    let workspaces = &started.workspaces;
    if arguments.add {
        let id = workspaces.add().await?.shown;
        if arguments.json {
            terminal.json(&json!({ "added": id }))?;
        } else {
            terminal.say(id.as_str())?;
        }
        return Ok(DONE);
    }
    let list = workspaces.list();
    if arguments.json {
        terminal.json(&json!({ "accounts": list.rows }))?;
        return Ok(DONE);
    }
    let names: Vec<String> = list.rows.iter().map(workspace_name).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default();
    for (row, name) in list.rows.iter().zip(names) {
        let portal = row.portal.as_deref().unwrap_or("–");
        let state = words(&format!("status.short.{}", code(&row.phase)), &[]);
        let line = format!(
            "{:7}  {name:width$}  HubSpot {portal:10}  {state}",
            row.id.as_str()
        );
        terminal.say(&line)?;
        if let Some(problem) = &row.problem {
            terminal.say_wrapped("    ", &problem_text(problem))?;
        }
    }
    Ok(DONE)
}

/// The workspaces that are meant: the one that was named, or else all.
pub(super) fn chosen(
    started: &Started,
    account: Option<&str>,
) -> Result<Vec<WorkspaceRow>, CliError> {
    let rows = started.workspaces.list().rows;
    let Some(account) = account else {
        return Ok(rows);
    };
    let is_meant = |row: &&WorkspaceRow| {
        let engine = started.workspaces.engine(&row.id);
        let stripe = engine.ok().and_then(|engine| engine.status().stripe);
        let own_id = stripe.and_then(|stripe| stripe.account_id);
        let names = [
            Some(row.id.as_str().to_owned()),
            row.account.clone(),
            own_id,
            Some(workspace_name(row)),
        ];
        let mut names = names.into_iter().flatten();
        names.any(|name| name.to_lowercase() == account.to_lowercase())
    };
    let meant: Vec<WorkspaceRow> = rows.iter().filter(is_meant).cloned().collect();
    match meant.len() {
        0 => Err(CliError::NoAccount(account.to_owned())),
        1 => Ok(meant),
        _ => Err(which(&meant)),
    }
}

/// The one workspace that is meant.
pub(super) fn one<'a>(started: &'a Started, account: Option<&str>) -> Result<At<'a>, CliError> {
    match &chosen(started, account)?[..] {
        [row] => at(started, row),
        rows => Err(which(rows)),
    }
}

/// Works at a workspace, if it is open.
pub(super) fn at<'a>(started: &'a Started, row: &WorkspaceRow) -> Result<At<'a>, CliError> {
    Ok(At {
        engine: started.workspaces.engine(&row.id)?,
        sample: started.sample.as_ref(),
    })
}

/// Whether nothing was connected there yet.
pub(super) fn is_blank(row: &WorkspaceRow) -> bool {
    row.phase == Phase::NotSetUp && row.account.is_none() && row.portal.is_none()
}

/// Says that one of these must be named.
pub(super) fn which(rows: &[WorkspaceRow]) -> CliError {
    let named = |row: &WorkspaceRow| format!("\n  {}  {}", row.id, workspace_name(row));
    CliError::WhichAccount(rows.iter().map(named).collect())
}
