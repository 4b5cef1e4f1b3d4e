//! Real time in the terminal.

use clap::Args;
use clearsync_sync::view::RealtimeView;
use serde_json::json;

use super::{CliError, DONE, Keys, accounts::At, take_keys};
use crate::{
    terminal::{Terminal, problem_text},
    words::{code, words},
};

#[derive(Args)]
pub(super) struct RealtimeArgs {
    /// Make ClearSync's own webhook endpoint in Stripe, for a public address that begins with https:// and reaches this
    /// computer.
    #[arg(long, value_name = "URL", conflicts_with = "off")]
    on: Option<String>,
    /// The port of this computer that the address reaches; 4843 unless another account has it.
    #[arg(long, requires = "on")]
    port: Option<u16>,
    /// Take the endpoint away.
    #[arg(long)]
    off: bool,
    #[command(flatten)]
    keys: Keys,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Sets real time up, ends it, or says how it stands. Deliveries are heard while ClearSync runs in the tray.
pub(super) async fn realtime(
    at: &At<'_>,
    terminal: &Terminal,
    arguments: RealtimeArgs,
) -> Result<u8, CliError> {
    let engine = &at.engine;
    take_keys(engine, arguments.keys, at.sample.is_some()).await?;
    let view = match arguments.on {
        Some(url) => {
            let for_this_run = at.sample.is_some();
            let port = match arguments.port {
                Some(port) => port,
                None => engine.realtime().await?.port,
            };
            engine.start_realtime(&url, port, for_this_run).await?
        }
        None if arguments.off => engine.stop_realtime().await?,
        None => engine.realtime().await?,
    };
    if arguments.json {
        terminal.json(&json!({ "realtime": view }))?;
    } else {
        show(terminal, &view)?;
    }
    Ok(DONE)
}

fn show(terminal: &Terminal, view: &RealtimeView) -> Result<(), CliError> {
    terminal.say(&words(&format!("realtime.{}", code(&view.state)), &[]))?;
    if let Some(url) = &view.url {
        let port = view.port.to_string();
        terminal.say(&words("realtime.way", &[("url", url), ("port", &port)]))?;
    }
    if let Some(endpoint) = &view.endpoint {
        terminal.say(&words("realtime.endpoint", &[("endpoint", endpoint)]))?;
    }
    if let Some(problem) = &view.problem {
        terminal.say(&problem_text(problem))?;
    }
    Ok(())
}
