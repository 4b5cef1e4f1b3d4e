//! Putting a new key in the place of the one in use, and forgetting everything.

use std::{io, path::PathBuf};

use clap::{Args, ValueEnum};
use clearsync_sync::view::{
    Forgotten, FormerKey, KeyDifference, KeyKind, Mode, NewKey, Service, Trace, WorkspaceRow,
};
use clearsync_vault::Secret;
use serde_json::json;

use super::{
    CliError, DONE, FAILED, WAITS,
    accounts::{self, At},
    key_file, standard_input,
};
use crate::{
    start::Started,
    terminal::{Terminal, problem_text, state_text},
    traces,
    words::{code, words, workspace_name},
};

#[derive(Args)]
pub(super) struct RotateArgs {
    /// Whose key.
    #[arg(value_enum)]
    service: ServiceName,
    /// A file with the new key that only its owner can read.
    #[arg(long, value_name = "FILE", required_unless_present = "from_stdin")]
    key_file: Option<PathBuf>,
    /// Read the new key from standard input.
    #[arg(long = "key-from-stdin", conflicts_with = "key_file")]
    from_stdin: bool,
    /// Only hold the new key against the one in use.
    #[arg(long)]
    check: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// The services by the names they have in the terminal.
#[derive(Clone, Copy, ValueEnum)]
enum ServiceName {
    Stripe,
    Hubspot,
}

impl From<ServiceName> for Service {
    fn from(name: ServiceName) -> Self {
        match name {
            ServiceName::Stripe => Self::Stripe,
            ServiceName::Hubspot => Self::HubSpot,
        }
    }
}

#[derive(Args)]
pub(super) struct ForgetArgs {
    /// Do it. Without this word it is only said what would go and what stays.
    #[arg(long)]
    yes: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Holds the new key against the one in use and, where it can do as much, puts it in its place.
pub(super) async fn rotate(
    at: &At<'_>,
    terminal: &Terminal,
    arguments: RotateArgs,
) -> Result<u8, CliError> {
    let (engine, service) = (&at.engine, arguments.service.into());
    let key = match &arguments.key_file {
        Some(path) => key_file(path)?,
        None => Secret::new(standard_input()?),
    };
    let new = engine.check_new_key(service, key).await?;
    let takes = new.fits && !arguments.check;
    let former = if takes {
        Some(engine.take_new_key(service, false).await?)
    } else {
        None
    };
    // The old key is kept in memory alone, so that it can be asked now or never.
    let works = match &former {
        Some(former) if former.can_be_asked => engine.former_key_works(service).await.ok(),
        _ => None,
    };
    if arguments.json {
        let answer = json!({ "newKey": new, "formerKey": former, "formerKeyWorks": works });
        terminal.json(&answer)?;
    } else {
        say_compared(terminal, &new)?;
        match &former {
            Some(former) => say_former(terminal, &new, former, works)?,
            None if new.fits => terminal.say(&words("rotate.terminal.checked", &[]))?,
            None => terminal.say(&words("rotate.lost", &[]))?,
        }
    }
    Ok(if new.fits { DONE } else { FAILED })
}

/// The rows in which the keys differ.
fn say_compared(terminal: &Terminal, new: &NewKey) -> io::Result<()> {
    let differs = |row: &&KeyDifference| row.old != row.new;
    let rows: Vec<&KeyDifference> = new.rows.iter().filter(differs).collect();
    if rows.is_empty() {
        return terminal.say(&words("rotate.same", &[]));
    }
    let width = rows
        .iter()
        .map(|row| row.name.len())
        .max()
        .unwrap_or_default();
    let (name, old, held) = ("rotate.row", "rotate.old", "rotate.new");
    let heads = [name, old, held].map(|key| words(key, &[]));
    terminal.say(&format!(
        "  {:width$}  {:12}  {}",
        heads[0], heads[1], heads[2]
    ))?;
    for row in rows {
        let (old, new) = (state_text(&row.old), state_text(&row.new));
        terminal.say(&format!("  {:width$}  {old:12}  {new}", row.name))?;
    }
    Ok(())
}

fn say_former(
    terminal: &Terminal,
    new: &NewKey,
    former: &FormerKey,
    works: Option<bool>,
) -> io::Result<()> {
    terminal.say(&words("rotate.taken", &[("lastFour", &new.last_four)]))?;
    let service = words(&format!("service.{}", code(&former.service)), &[]);
    let name = former_name(former);
    let params = [("key", name.as_str()), ("service", service.as_str())];
    terminal.say(&words("rotate.delete", &params))?;
    terminal.say(&format!("  {}", former.url))?;
    match works {
        Some(true) => terminal.say(&words("rotate.works", &[("service", &service)])),
        Some(false) => terminal.say(&words("rotate.refused", &[("service", &service)])),
        None => Ok(()),
    }
}

/// What the old key is called: its kind, mode and last four.
fn former_name(former: &FormerKey) -> String {
    let kind = match former.kind {
        KeyKind::Restricted => "key.kind.restricted",
        KeyKind::Secret => "key.kind.secret",
        KeyKind::HubSpot => "key.kind.hubSpot",
    };
    let masked = words("key.masked", &[("lastFour", &former.last_four)]);
    let mode = match former.mode {
        Some(Mode::Test) => format!(" ({})", words("key.mode.test", &[])),
        Some(Mode::Live) => format!(" ({})", words("key.mode.live", &[])),
        None => String::new(),
    };
    format!("{} {masked}{mode}", words(kind, &[]))
}

/// Forgets everything, or one account, and says what was removed and what is still there.
pub(super) async fn forget(
    started: &Started,
    terminal: &Terminal,
    account: Option<&str>,
    arguments: &ForgetArgs,
) -> Result<u8, CliError> {
    let rows = accounts::chosen(started, account)?;
    if !arguments.yes {
        return say_what_goes(started, terminal, account.is_some(), &rows);
    }
    let forgotten = if account.is_some() {
        let [row] = &rows[..] else {
            return Err(accounts::which(&rows));
        };
        started.workspaces.remove(&row.id).await?
    } else {
        let mut forgotten = started.workspaces.forget().await?;
        if started.sample.is_none() {
            traces::forget(&mut forgotten);
        }
        forgotten
    };
    if arguments.json {
        terminal.json(&json!({ "forgotten": forgotten }))?;
    } else {
        say_forgotten(terminal, &forgotten)?;
    }
    Ok(if forgotten.left.is_empty() {
        DONE
    } else {
        FAILED
    })
}

fn say_what_goes(
    started: &Started,
    terminal: &Terminal,
    one: bool,
    rows: &[WorkspaceRow],
) -> Result<u8, CliError> {
    if started.workspaces.list().rows.len() > 1 {
        for row in rows {
            terminal.say(&format!("{}  {}", row.id, workspace_name(row)))?;
        }
    }
    let goes = if one {
        "workspace.remove.goes"
    } else {
        "forget.goes"
    };
    for key in [goes, "forget.stays", "forget.terminal.yes"] {
        terminal.say_wrapped("", &words(key, &[]))?;
    }
    Ok(WAITS)
}

fn say_forgotten(terminal: &Terminal, forgotten: &Forgotten) -> io::Result<()> {
    if forgotten.removed.is_empty() && forgotten.left.is_empty() {
        return terminal.say(&words("forget.nothing", &[]));
    }
    terminal.say(&words("forget.removed", &[]))?;
    for trace in &forgotten.removed {
        terminal.say(&format!("  {}", trace_text(trace)))?;
    }
    if !forgotten.left.is_empty() {
        terminal.say(&words("forget.left", &[]))?;
    }
    for left in &forgotten.left {
        terminal.say(&format!("  {}", trace_text(&left.trace)))?;
        match &left.url {
            Some(url) => {
                let text = words("forget.leftInStripe", &[]);
                terminal.say(&format!("    {text} {url}"))?;
            }
            None => terminal.say_wrapped("    ", &problem_text(&left.problem))?,
        }
    }
    terminal.say(&words("forget.stays", &[]))
}

fn trace_text(trace: &Trace) -> String {
    let kind = words(&format!("trace.{}", code(&trace.kind)), &[]);
    match &trace.name {
        Some(name) => format!("{kind}: {name}"),
        None => kind,
    }
}
