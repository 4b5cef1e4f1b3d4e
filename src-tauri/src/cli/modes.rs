//! The ways of writing into HubSpot in the terminal.

use clap::{Args, ValueEnum};
use clearsync_sync::view::{ModeChoice, ModeState, WriteMode, WriteModes, Writing};
use serde_json::json;

use super::{CliError, DONE, Keys, accounts::At, take_keys};
use crate::{
    terminal::Terminal,
    words::{code, words},
};

/// What `clearsync modes` is told.
#[derive(Args)]
pub(super) struct ModesArgs {
    /// Write in this way from the next plan on. Nothing is written before you see the plan.
    #[arg(long, value_enum, value_name = "MODE")]
    choose: Option<Mode>,
    /// Have the next plan remove what another way of writing made.
    #[arg(long, requires = "choose")]
    remove_former: bool,
    #[command(flatten)]
    keys: Keys,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    /// Properties on contacts and companies.
    Summary,
    /// A deal for each subscription too.
    Deals,
    /// Records of own kinds for subscriptions and movements too.
    CustomObjects,
}

/// Says in which ways ClearSync can write into the portal, or chooses one.
pub(super) async fn modes(
    at: &At<'_>,
    terminal: &Terminal,
    arguments: ModesArgs,
) -> Result<u8, CliError> {
    let engine = &at.engine;
    take_keys(engine, arguments.keys, at.sample.is_some()).await?;
    if let Some(mode) = arguments.choose {
        let writing = Writing {
            mode: match mode {
                Mode::Summary => WriteMode::Summary,
                Mode::Deals => WriteMode::Deals,
                Mode::CustomObjects => WriteMode::CustomObjects,
            },
            remove_former: arguments.remove_former,
            ..engine.writing().await?
        };
        engine.save_writing(writing).await?;
    }
    let view = engine.write_modes().await?;
    if arguments.json {
        terminal.json(&json!({ "modes": view }))?;
    } else {
        show(terminal, &view)?;
    }
    Ok(DONE)
}

fn show(terminal: &Terminal, view: &WriteModes) -> Result<(), CliError> {
    for choice in &view.modes {
        let key = format!("writeMode.{}", code(&choice.mode));
        let mark = if choice.mode == view.current {
            "●"
        } else {
            " "
        };
        terminal.say(&format!("{mark} {}", words(&key, &[])))?;
        terminal.say_wrapped("    ", &words(&format!("{key}.text"), &[]))?;
        if let Some(text) = stands_in_the_way(choice) {
            terminal.say_wrapped("    ", &text)?;
        }
        if choice.mode == WriteMode::Deals && choice.state == ModeState::Available {
            let key = if view.line_items {
                "writing.lineItems"
            } else {
                "writing.noLineItems"
            };
            terminal.say_wrapped("    ", &words(key, &[]))?;
        }
    }
    match view.former_records {
        0 => {}
        1 => terminal.say("1 record of another way of writing stands in HubSpot.")?,
        many => terminal.say(&format!(
            "{many} records of another way of writing stand in HubSpot."
        ))?,
    }
    Ok(())
}

fn stands_in_the_way(choice: &ModeChoice) -> Option<String> {
    if choice.state == ModeState::Available {
        return None;
    }
    let limit = choice.limit.unwrap_or_default().to_string();
    let params = [
        ("scopes", choice.missing_scopes.join(", ")),
        ("limit", limit),
    ];
    let params = params.each_ref().map(|(name, text)| (*name, text.as_str()));
    Some(words(
        &format!("modeState.{}", code(&choice.state)),
        &params,
    ))
}
