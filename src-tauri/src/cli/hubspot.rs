//! What is about to be written to HubSpot, writing it, taking it back, and whether it still stands.

use std::{fs, path::PathBuf};

use clap::{ArgGroup, Args, ValueEnum};
use clearsync_sync::{
    Engine,
    view::{
        DriftView, FieldChange, NeedsApproval, ObjectType, OtherAccount, PlanAction, PlanPage,
        PlanQuery, PlanSummary, RowFilter, RowSelection, RunOutcome, UndoAction, UndoPage,
        UndoQuery, UndoSummary, UndoTarget,
    },
};
use serde_json::json;

use super::{CliError, DONE, FAILED, Keys, REFUSALS, WAITS, accounts::At, last_run, take_keys};
use crate::{
    terminal::Terminal,
    words::{code, words},
};

/// Rows of a table that are printed; the window, `--json` and `--csv` show them all.
const ROWS_SHOWN: u32 = 20;
const MOST_ROWS: u32 = 500;

/// Which rows of the plan are meant.
#[derive(Args)]
pub(super) struct Rows {
    /// Only these records.
    #[arg(long, value_enum)]
    object: Option<Object>,
    /// Only what is done so.
    #[arg(long, value_enum)]
    action: Option<Action>,
    /// Only rows that change this property, such as `clearsync_mrr`.
    #[arg(long, value_name = "NAME")]
    property: Option<String>,
    /// Only rows whose name or key holds this text.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Object {
    Contacts,
    Companies,
    Deals,
    LineItems,
    Subscriptions,
    Events,
}

#[derive(Clone, Copy, ValueEnum)]
enum Action {
    Create,
    Update,
    Unchanged,
    Skip,
    Remove,
}

/// What `clearsync plan` is told.
#[derive(Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    rows: Rows,
    /// Write every row into this file, which must not exist yet.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    keys: Keys,
    /// Print one JSON object instead of tables.
    #[arg(long)]
    json: bool,
}

/// What `clearsync push` is told.
#[derive(Args)]
pub(super) struct PushArgs {
    #[command(flatten)]
    rows: Rows,
    /// Give your word for the plan as `clearsync plan` showed it.
    #[arg(long)]
    approve: bool,
    /// Take over the records that another installation of ClearSync writes.
    #[arg(long)]
    take_over: bool,
    #[command(flatten)]
    keys: Keys,
    /// Print one JSON object instead of progress bars.
    #[arg(long)]
    json: bool,
}

/// What `clearsync undo` is told.
#[derive(Args)]
#[command(group = ArgGroup::new("what").required(true))]
pub(super) struct UndoArgs {
    /// Everything written to one record, such as `contacts:cus_123` or `companies:acme.com`.
    #[arg(long, group = "what", value_name = "OBJECT:KEY")]
    record: Option<String>,
    /// Everything one run wrote, by its number.
    #[arg(long, group = "what", value_name = "NUMBER")]
    run: Option<u32>,
    /// Everything ClearSync ever wrote to the portal, properties included.
    #[arg(long, group = "what")]
    all: bool,
    /// Give your word: take it back.
    #[arg(long)]
    approve: bool,
    #[command(flatten)]
    keys: Keys,
    /// Print one JSON object instead of tables.
    #[arg(long)]
    json: bool,
}

/// What `clearsync drift` is told.
#[derive(Args)]
pub(super) struct DriftArgs {
    #[command(flatten)]
    keys: Keys,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

impl Rows {
    fn narrows(&self) -> bool {
        self.object.is_some()
            || self.action.is_some()
            || self.property.is_some()
            || self.search.is_some()
    }

    fn filter(&self) -> RowFilter {
        RowFilter {
            object: self.object.map(|object| match object {
                Object::Contacts => ObjectType::Contact,
                Object::Companies => ObjectType::Company,
                Object::Deals => ObjectType::Deal,
                Object::LineItems => ObjectType::LineItem,
                Object::Subscriptions => ObjectType::Subscription,
                Object::Events => ObjectType::Event,
            }),
            action: self.action.map(|action| match action {
                Action::Create => PlanAction::Create,
                Action::Update => PlanAction::Update,
                Action::Unchanged => PlanAction::Unchanged,
                Action::Skip => PlanAction::Skip,
                Action::Remove => PlanAction::Remove,
            }),
            property: self.property.clone(),
            search: self.search.clone().unwrap_or_default(),
        }
    }

    fn query(&self, offset: u32, limit: u32) -> PlanQuery {
        let filter = self.filter();
        PlanQuery {
            action: filter.action,
            object: filter.object,
            property: filter.property,
            search: filter.search,
            offset,
            limit,
        }
    }
}

/// Matches and plans anew, and shows what a push would do.
pub(super) async fn plan(
    at: &At<'_>,
    terminal: &Terminal,
    arguments: PlanArgs,
) -> Result<u8, CliError> {
    let engine = &at.engine;
    take_keys(engine, arguments.keys, at.sample.is_some()).await?;
    if engine.runs().await?.is_empty() {
        engine.start_import().await?;
        terminal.show_run(engine, arguments.json).await?;
    }
    let summary = engine.make_plan().await?;
    if let Some(path) = &arguments.csv {
        let csv = engine.plan_csv().await?;
        let file = fs::File::create_new(path);
        let written =
            file.and_then(|mut file| std::io::Write::write_all(&mut file, csv.as_bytes()));
        let path = path.clone();
        written.map_err(|source| CliError::NotWritten { path, source })?;
    }
    if arguments.json {
        let rows = all_rows(engine, &arguments.rows).await?;
        terminal.json(&json!({ "plan": summary, "rows": rows }))?;
    } else {
        terminal.plan(&summary)?;
        for changed in &summary.by_property {
            let object = code(&changed.object);
            terminal.say(&format!(
                "    {:>7}  {object} {} ({})",
                changed.records, changed.label, changed.property
            ))?;
        }
        let page = engine
            .plan_rows(arguments.rows.query(0, ROWS_SHOWN))
            .await?;
        plan_table(terminal, &page)?;
    }
    Ok(match summary.needs_approval {
        Some(_) => WAITS,
        None => DONE,
    })
}

async fn all_rows(
    engine: &Engine,
    rows: &Rows,
) -> Result<Vec<clearsync_sync::view::PlanRow>, CliError> {
    let mut all = Vec::new();
    loop {
        let offset = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let page = engine.plan_rows(rows.query(offset, MOST_ROWS)).await?;
        let last = page.rows.is_empty();
        all.extend(page.rows);
        if last {
            return Ok(all);
        }
    }
}

fn plan_table(terminal: &Terminal, page: &PlanPage) -> Result<(), CliError> {
    for row in &page.rows {
        let reason = row.skip.map(|skip| {
            let reason = words(&format!("skip.{}", code(&skip)), &[]);
            let account = row.other_account.as_ref().map(account);
            format!("{reason}{}", account.unwrap_or_default())
        });
        let waits = if row.waits {
            "  waits for your word"
        } else {
            ""
        };
        terminal.say(&format!(
            "  {:9}  {:7}  {}  {}{waits}",
            code(&row.action),
            code(&row.object),
            row.name,
            reason.unwrap_or_default()
        ))?;
        fields(terminal, &row.changes)?;
    }
    more(terminal, page.rows.len(), page.total)
}

fn account(account: &OtherAccount) -> String {
    let mode = words(&format!("mode.{}", code(&account.mode)), &[]);
    format!(" ({}, {mode})", account.id.as_deref().unwrap_or("–"))
}

fn fields(terminal: &Terminal, changes: &[FieldChange]) -> Result<(), CliError> {
    for change in changes {
        let before = change.before.as_deref().unwrap_or("–");
        let after = if change.after.is_empty() {
            "–"
        } else {
            &change.after
        };
        terminal.say(&format!("      {}: {before} → {after}", change.label))?;
    }
    Ok(())
}

fn more(terminal: &Terminal, shown: usize, total: u32) -> Result<(), CliError> {
    let shown = u32::try_from(shown).unwrap_or(u32::MAX);
    if shown < total {
        terminal.say(&format!("  … and {} more", total - shown))?;
    }
    Ok(())
}

/// Carries out the plan that was shown, or some of its rows.
pub(super) async fn push(
    at: &At<'_>,
    terminal: &Terminal,
    arguments: PushArgs,
) -> Result<u8, CliError> {
    let engine = &at.engine;
    take_keys(engine, arguments.keys, at.sample.is_some()).await?;
    let mut plan = match engine.plan_summary().await? {
        Some(plan) => plan,
        None => engine.make_plan().await?,
    };
    if arguments.rows.narrows() {
        engine.approve(RowSelection::All, false).await?;
        let filter = arguments.rows.filter();
        let narrowed = engine
            .approve(RowSelection::Matching { filter }, true)
            .await?;
        plan = narrowed.unwrap_or(plan);
    } else if arguments.approve || arguments.take_over {
        plan = engine
            .approve(RowSelection::All, true)
            .await?
            .unwrap_or(plan);
    }
    let word = match plan.needs_approval {
        Some(NeedsApproval::OtherInstallation) if !arguments.take_over => Some("--take-over"),
        Some(_) if !arguments.approve && !arguments.take_over => Some("--approve"),
        _ => None,
    };
    if let Some(word) = word {
        show_waiting(terminal, &plan, word, arguments.json)?;
        return Ok(WAITS);
    }
    engine.push(plan.id).await?;
    finish(engine, terminal, arguments.json, &json!({ "plan": plan })).await
}

fn show_waiting(
    terminal: &Terminal,
    plan: &PlanSummary,
    word: &str,
    json: bool,
) -> Result<(), CliError> {
    if json {
        return Ok(terminal.json(&json!({ "run": null, "plan": plan }))?);
    }
    terminal.plan(plan)?;
    terminal.say(&format!("Run the same with {word} to push it."))?;
    Ok(())
}

/// Follows a run to its end and says how it ended.
async fn finish(
    engine: &std::sync::Arc<Engine>,
    terminal: &Terminal,
    json: bool,
    beside: &serde_json::Value,
) -> Result<u8, CliError> {
    terminal.show_run(engine, json).await?;
    let run = last_run(engine).await?;
    if json {
        let mut told = beside.clone();
        told["run"] = json!(run);
        terminal.json(&told)?;
    } else {
        terminal.run(&run, None)?;
    }
    match run.outcome {
        Some(RunOutcome::Done) => Ok(DONE),
        Some(RunOutcome::DoneWithRefusals) => Ok(REFUSALS),
        Some(RunOutcome::WaitsForApproval) => Ok(WAITS),
        Some(RunOutcome::Stopped | RunOutcome::Failed) | None => match run.problem {
            Some(problem) if !json => Err(problem.into()),
            _ => Ok(FAILED),
        },
    }
}

/// Shows what would be taken back, and does it once it has the user's word.
pub(super) async fn undo(
    at: &At<'_>,
    terminal: &Terminal,
    arguments: UndoArgs,
) -> Result<u8, CliError> {
    let engine = &at.engine;
    take_keys(engine, arguments.keys, at.sample.is_some()).await?;
    let target = match (arguments.record, arguments.run) {
        (Some(record), _) => {
            let (object, key) = record
                .split_once(':')
                .ok_or_else(|| CliError::NotARecord(record.clone()))?;
            UndoTarget::Record {
                object: object.to_owned(),
                key: key.to_owned(),
            }
        }
        (None, Some(run)) => UndoTarget::Run { run },
        (None, None) => UndoTarget::Everything,
    };
    let summary = engine.plan_undo(target).await?;
    let something = changes(&summary) > 0;
    if arguments.approve && something {
        engine.undo(summary.id).await?;
        return finish(
            engine,
            terminal,
            arguments.json,
            &json!({ "undo": summary }),
        )
        .await;
    }
    let limit = if arguments.json {
        MOST_ROWS
    } else {
        ROWS_SHOWN
    };
    let query = UndoQuery {
        action: None,
        object: None,
        search: String::new(),
        offset: 0,
        limit,
    };
    let page = engine.undo_rows(query).await?;
    if arguments.json {
        terminal.json(&json!({ "run": null, "undo": summary, "rows": page.rows }))?;
    } else {
        undo_table(terminal, &summary, &page)?;
        if something {
            terminal
                .say("Nothing was changed yet. To take it back, run the same with --approve.")?;
        }
    }
    Ok(if something { WAITS } else { DONE })
}

fn changes(summary: &UndoSummary) -> u32 {
    summary.put_back + summary.archived + summary.made_again + summary.links + summary.definitions
}

fn undo_table(terminal: &Terminal, summary: &UndoSummary, page: &UndoPage) -> Result<(), CliError> {
    terminal.say(&format!(
        "  Undo: {} put back, {} to the recycle bin, {} made again, {} links, {} properties and groups, {} left; {} requests",
        summary.put_back,
        summary.archived,
        summary.made_again,
        summary.links,
        summary.definitions,
        summary.left,
        summary.requests
    ))?;
    for row in &page.rows {
        let action = words(&format!("undo.action.{}", code(&row.action)), &[]);
        let reason = row
            .reason
            .map(|why| words(&format!("undo.leave.{}", code(&why)), &[]));
        let because = row.because_of.join(", ");
        terminal.say(&format!(
            "  {action:19}  {:18}  {}  {}{because}",
            row.object,
            row.name,
            reason
                .map(|reason| format!("{reason} "))
                .unwrap_or_default()
        ))?;
        if row.action == UndoAction::PutBack {
            fields(terminal, &row.changes)?;
        }
    }
    more(terminal, page.rows.len(), page.total)
}

/// Looks whether HubSpot holds what was last written.
pub(super) async fn drift(
    at: &At<'_>,
    terminal: &Terminal,
    arguments: DriftArgs,
) -> Result<u8, CliError> {
    let engine = &at.engine;
    take_keys(engine, arguments.keys, at.sample.is_some()).await?;
    let drift = engine.check_drift().await?;
    if arguments.json {
        terminal.json(&json!({ "drift": drift }))?;
    } else {
        drift_table(terminal, &drift)?;
    }
    Ok(DONE)
}

fn drift_table(terminal: &Terminal, drift: &DriftView) -> Result<(), CliError> {
    terminal.say(&format!(
        "{} of {} records differ from what was last written.",
        drift.differing, drift.total
    ))?;
    for row in drift.rows.iter().take(ROWS_SHOWN as usize) {
        let finding = words(&format!("drift.{}", code(&row.finding)), &[]);
        terminal.say(&format!("  {:10}  {}  {finding}", row.object, row.name))?;
        for one in &row.differences {
            let text = |text: &str| {
                if text.is_empty() {
                    "–".to_owned()
                } else {
                    text.to_owned()
                }
            };
            let then = if one.repaired {
                "the next sync puts it right"
            } else {
                "it stays"
            };
            terminal.say(&format!(
                "      {}: written {}, held {}; {then}",
                one.label,
                text(&one.written),
                text(&one.held)
            ))?;
        }
    }
    more(
        terminal,
        drift.rows.len().min(ROWS_SHOWN as usize),
        drift.differing,
    )
}
