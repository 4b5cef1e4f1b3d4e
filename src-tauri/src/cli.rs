//! The command line: the window by default, and the same job without one.

mod diagnostics;
mod hubspot;
mod keys;
mod modes;
mod realtime;

use std::{
    fs, io,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clearsync_sync::{
    Engine, Former,
    view::{CompanyQuery, NeedsApproval, PlanSummary, PolicyId, Problem, RunOutcome, Service},
};
use clearsync_vault::Secret;
use serde_json::json;

use crate::{
    demo, figures,
    sample::SampleKeys,
    shell,
    start::{Prepared, StartError, Started, prepare},
    terminal::{self, Terminal},
    words::words,
};

/// Brings Stripe subscriptions and their MRR into HubSpot from your own computer.
#[derive(Parser)]
#[command(name = "clearsync", version)]
pub(crate) struct Cli {
    /// Use built-in sample accounts in place of Stripe and HubSpot.
    #[arg(long)]
    sample: bool,
    /// Start in the tray, without a window.
    #[arg(long)]
    hidden: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Sync without a window, for a machine that is always on.
    Sync {
        /// Sync once and end.
        #[arg(long, required = true)]
        once: bool,
        /// Carry out a plan that waits for your word, such as the first.
        #[arg(long)]
        approve: bool,
        #[command(flatten)]
        keys: Keys,
        /// Print one JSON object instead of progress bars.
        #[arg(long)]
        json: bool,
    },
    /// Check what the Stripe key and the HubSpot key can do.
    Audit {
        /// Look also for what the Stripe key can do beyond the checklist. Refused questions appear in Stripe's request log.
        #[arg(long)]
        excess: bool,
        #[command(flatten)]
        keys: Keys,
        /// Print one JSON object instead of tables.
        #[arg(long)]
        json: bool,
    },
    /// Show MRR over the months and what moved it.
    Mrr {
        /// In which currency; the reporting currency, or else the one used most, if nothing is said.
        #[arg(long)]
        currency: Option<String>,
        /// How many months back, the running one with them.
        #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=120))]
        months: u32,
        /// Count by these rules in place of the chosen ones.
        #[arg(long, value_enum)]
        policy: Option<PolicyName>,
        /// Write MRR per customer and month into this file instead.
        #[arg(long, value_name = "FILE", conflicts_with = "json")]
        csv: Option<PathBuf>,
        /// Print one JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Show how the MRR of a subscription came about.
    Explain {
        /// Its id in Stripe.
        #[arg(value_name = "SUBSCRIPTION")]
        subscription: String,
        /// At the end of this day, such as 2026-01-31; now if nothing is said.
        #[arg(long, value_name = "DATE")]
        at: Option<String>,
        /// Print one JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Hold MRR against a table of MRR per customer and month, such as Stripe exports.
    Reconcile {
        /// The table, as CSV.
        file: PathBuf,
        /// Count by these rules in place of the chosen ones.
        #[arg(long, value_enum)]
        policy: Option<PolicyName>,
        /// Print one JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Show in which ways ClearSync can write into the portal, or choose one.
    Modes(modes::ModesArgs),
    /// Match and plan anew, and show field by field what a push would do. Nothing is written.
    Plan(hubspot::PlanArgs),
    /// Carry out the plan that was shown.
    Push(hubspot::PushArgs),
    /// Show what taking something back would do, and do it with your word.
    Undo(hubspot::UndoArgs),
    /// Look whether HubSpot holds what was last written.
    Drift(hubspot::DriftArgs),
    /// Copy ClearSync's data into one file, which only this computer can restore. Keys are not in it.
    Backup {
        /// Where to, a file that does not exist yet; the folder of backups if nothing is said.
        file: Option<PathBuf>,
        /// Do not encrypt the copy, so that another computer can restore it. Whoever gets the file can read it.
        #[arg(long, requires = "file")]
        readable: bool,
    },
    /// Put a copy of ClearSync's data in the place of what is there, which is backed up first.
    Restore {
        /// The copy.
        file: PathBuf,
    },
    /// Put together what helps whoever helps you: settings, runs and the log. No keys, no customers, no amounts.
    Diagnostics(diagnostics::DiagnosticsArgs),
    /// Let Stripe tell this computer at once that something happened, at a public address of yours.
    Realtime(realtime::RealtimeArgs),
    /// Put a new key in the place of the one in use, once it is seen to do as much.
    Rotate(keys::RotateArgs),
    /// Forget everything: the keys, the data, and what ClearSync made in Stripe and on the desktop. Quit the window first.
    Forget(keys::ForgetArgs),
    /// Do the whole job on sample accounts and check its result.
    #[command(hide = true)]
    Demo,
}

/// Where keys come from; the keychain if nothing is said. Never the command line, which others can read.
#[derive(Args, Default)]
struct Keys {
    /// A file with the Stripe key that only its owner can read.
    #[arg(long, value_name = "FILE")]
    stripe_key_file: Option<PathBuf>,
    /// A file with the HubSpot key that only its owner can read.
    #[arg(long, value_name = "FILE")]
    hubspot_key_file: Option<PathBuf>,
    /// Read the Stripe key and then the HubSpot key from standard input, a line each.
    #[arg(long = "keys-from-stdin", conflicts_with_all = ["stripe_key_file", "hubspot_key_file"])]
    from_stdin: bool,
}

/// The policies by the names they have in the terminal.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PolicyName {
    /// ClearSync's own rules.
    Clearsync,
    /// Stripe's dashboard as it comes.
    Stripe,
    /// Stripe's dashboard with every discount subtracted.
    StripeAllDiscounts,
    /// Close to ChartMogul's defaults.
    Chartmogul,
    /// Only what is paid and going to stay.
    Conservative,
    /// Your own rules.
    Own,
}

impl From<PolicyName> for PolicyId {
    fn from(name: PolicyName) -> Self {
        match name {
            PolicyName::Clearsync => Self::Clearsync,
            PolicyName::Stripe => Self::Stripe,
            PolicyName::StripeAllDiscounts => Self::StripeAllDiscounts,
            PolicyName::Chartmogul => Self::ChartMogul,
            PolicyName::Conservative => Self::Conservative,
            PolicyName::Own => Self::Own,
        }
    }
}

/// Ended well.
pub(crate) const DONE: u8 = 0;
/// Something is missing, or could not be done.
pub(crate) const FAILED: u8 = 1;
/// The plan waits for the user's word; `--approve` gives it.
const WAITS: u8 = 3;
/// Done, but HubSpot refused some records.
const REFUSALS: u8 = 4;
/// The data cannot be opened, for want of its key most of all.
const CLOSED: u8 = 5;

/// Why a command of the terminal ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{}", terminal::problem_text(.0))]
    Problem(Problem),
    #[error("{} cannot be read ({source}).", .path.display())]
    KeyFile { path: PathBuf, source: io::Error },
    #[error("Others can read {}. Let only its owner read it: chmod 600.", .0.display())]
    KeyFileOpen(PathBuf),
    #[error("Standard input cannot be read ({0}).")]
    StandardInput(#[source] io::Error),
    #[error("{} could not be written ({source}).", .path.display())]
    NotWritten { path: PathBuf, source: io::Error },
    #[error("{0} names no record. Write it as contacts:cus_123 or companies:acme.com.")]
    NotARecord(String),
    #[error("{0}")]
    NotHeld(String),
    #[error("{} cannot be read ({source}).", .path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{} is not text in UTF-8.", .0.display())]
    NotText(PathBuf),
    #[error("The terminal cannot be written ({0}).")]
    Terminal(#[from] io::Error),
}

impl From<Problem> for CliError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Does what the command line says.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let sample = cli.sample || matches!(cli.command, Some(Command::Demo));
    let prepared = match tauri::async_runtime::block_on(prepare(sample)) {
        Ok(prepared) => prepared,
        Err(error) => return complain(&error.into()),
    };
    let Some(command) = cli.command else {
        return open_window(prepared, cli.hidden);
    };
    let started = match tauri::async_runtime::block_on(prepared.open(Former::Kept)) {
        Ok(engine) => prepared.with(engine),
        Err(problem) => {
            complain(&CliError::Problem(problem));
            return ExitCode::from(CLOSED);
        }
    };
    let terminal = Terminal::new();
    let forgets = matches!(command, Command::Forget(_));
    let outcome = tauri::async_runtime::block_on(carry_out(command, &started, &terminal));
    if forgets && matches!(outcome, Ok(DONE | FAILED)) {
        let Started { engine, prepared } = started;
        drop(engine);
        if let Err(problem) = prepared.leave_nothing() {
            return complain(&CliError::Problem(problem));
        }
    }
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => complain(&error),
    }
}

async fn carry_out(
    command: Command,
    started: &Started,
    terminal: &Terminal,
) -> Result<u8, CliError> {
    match command {
        Command::Sync {
            approve,
            keys,
            json,
            ..
        } => sync(started, terminal, keys, approve, json).await,
        Command::Audit { excess, keys, json } => audit(started, terminal, keys, excess, json).await,
        Command::Mrr {
            currency,
            months,
            policy,
            csv,
            json,
        } => {
            let query = CompanyQuery { currency, months };
            let figures = figures::Figures::new(started, terminal).await?;
            match csv {
                Some(path) => figures.export(policy, &path).await,
                None => figures.mrr(query, policy, json).await,
            }
        }
        Command::Explain {
            subscription,
            at,
            json,
        } => {
            let figures = figures::Figures::new(started, terminal).await?;
            figures.explain(subscription, at, json).await
        }
        Command::Reconcile { file, policy, json } => {
            let figures = figures::Figures::new(started, terminal).await?;
            figures.reconcile(&file, policy, json).await
        }
        Command::Modes(arguments) => modes::modes(started, terminal, arguments).await,
        Command::Plan(arguments) => hubspot::plan(started, terminal, arguments).await,
        Command::Push(arguments) => hubspot::push(started, terminal, arguments).await,
        Command::Undo(arguments) => hubspot::undo(started, terminal, arguments).await,
        Command::Drift(arguments) => hubspot::drift(started, terminal, arguments).await,
        Command::Backup { file, readable } => backup(started, terminal, file, readable).await,
        Command::Restore { file } => restore(started, terminal, file).await,
        Command::Diagnostics(arguments) => {
            diagnostics::diagnostics(started, terminal, arguments).await
        }
        Command::Realtime(arguments) => realtime::realtime(started, terminal, arguments).await,
        Command::Rotate(arguments) => keys::rotate(started, terminal, arguments).await,
        Command::Forget(arguments) => keys::forget(started, terminal, &arguments).await,
        Command::Demo => demo::run(started, terminal).await.map(|()| DONE),
    }
}

fn open_window(prepared: Prepared, hidden: bool) -> ExitCode {
    if let Some(running) = &prepared.sample {
        running.let_live();
    }
    shell::run(prepared, hidden)
}

async fn sync(
    started: &Started,
    terminal: &Terminal,
    keys: Keys,
    approve: bool,
    json: bool,
) -> Result<u8, CliError> {
    let engine = &started.engine;
    take_keys(engine, keys, started.sample.is_some()).await?;
    engine.sync_now().await?;
    terminal.show_run(engine, json).await?;
    let mut run = last_run(engine).await?;
    let asked = |plan: &PlanSummary| plan.needs_approval != Some(NeedsApproval::OtherInstallation);
    if approve
        && run.outcome == Some(RunOutcome::WaitsForApproval)
        && let Some(plan) = engine.plan_summary().await?.filter(asked)
    {
        engine.push(plan.id).await?;
        terminal.show_run(engine, json).await?;
        run = last_run(engine).await?;
    }
    let plan = engine.plan_summary().await?;
    if json {
        terminal.json(&json!({ "run": run, "plan": plan }))?;
    } else {
        terminal.run(&run, plan.as_ref())?;
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

async fn backup(
    started: &Started,
    terminal: &Terminal,
    file: Option<PathBuf>,
    readable: bool,
) -> Result<u8, CliError> {
    let path = match file {
        Some(path) if path.exists() => {
            let source = io::ErrorKind::AlreadyExists.into();
            return Err(CliError::NotWritten { path, source });
        }
        Some(path) if readable => {
            started.engine.back_up_readable_to(path.clone()).await?;
            path
        }
        Some(path) => {
            started.engine.back_up_to(path.clone()).await?;
            path
        }
        None => {
            let name = started.engine.back_up().await?.name;
            started.config.data_folder.join("backups").join(name)
        }
    };
    terminal.say(&path.display().to_string())?;
    Ok(DONE)
}

async fn restore(started: &Started, terminal: &Terminal, file: PathBuf) -> Result<u8, CliError> {
    started.engine.restore_from(file).await?;
    terminal.say(&words("restore.done", &[]))?;
    Ok(DONE)
}

async fn audit(
    started: &Started,
    terminal: &Terminal,
    keys: Keys,
    excess: bool,
    json: bool,
) -> Result<u8, CliError> {
    let engine = &started.engine;
    take_keys(engine, keys, started.sample.is_some()).await?;
    let status = engine.status();
    engine.check_all(Service::Stripe).await?;
    if excess {
        engine.check_excess().await?;
    }
    if status.hubspot.is_some() {
        engine.check_all(Service::HubSpot).await?;
    }
    let checklists: Vec<_> = [
        Some(Service::Stripe),
        status.hubspot.map(|_| Service::HubSpot),
    ]
    .into_iter()
    .flatten()
    .map(|service| engine.checklist(service))
    .collect();
    if json {
        terminal.json(&json!({ "checklists": checklists }))?;
    } else {
        for checklist in &checklists {
            terminal.checklist(checklist)?;
        }
    }
    let complete = checklists.iter().all(|checklist| checklist.complete);
    Ok(if complete { DONE } else { FAILED })
}

/// Connects the keys of the sample accounts.
pub(crate) async fn take_sample_keys(engine: &Arc<Engine>) -> Result<(), CliError> {
    take_keys(engine, Keys::default(), true).await
}

/// Connects the keys that were handed over. They stay in memory; the keychain is left as it is.
async fn take_keys(engine: &Arc<Engine>, keys: Keys, sample: bool) -> Result<(), CliError> {
    let (mut stripe, mut hubspot) = (None, None);
    if let Some(path) = &keys.stripe_key_file {
        stripe = Some(key_file(path)?);
    }
    if let Some(path) = &keys.hubspot_key_file {
        hubspot = Some(key_file(path)?);
    }
    if keys.from_stdin {
        let text = standard_input()?;
        let mut lines = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| Secret::new(line.to_owned()));
        (stripe, hubspot) = (lines.next(), lines.next());
    }
    if sample {
        stripe = stripe.or_else(|| Some(Secret::new(SampleKeys::OWN.stripe.to_owned())));
        hubspot = hubspot.or_else(|| Some(Secret::new(SampleKeys::OWN.hubspot.to_owned())));
    }
    if let Some(key) = stripe {
        engine.connect_stripe(key, true, false).await?;
    }
    if let Some(key) = hubspot {
        engine.connect_hubspot(key, true, false).await?;
    }
    Ok(())
}

fn standard_input() -> Result<String, CliError> {
    let mut text = String::new();
    io::stdin()
        .lock()
        .read_to_string(&mut text)
        .map_err(CliError::StandardInput)?;
    Ok(text)
}

fn key_file(path: &Path) -> Result<Secret, CliError> {
    let failed = |source| CliError::KeyFile {
        path: path.to_owned(),
        source,
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(CliError::KeyFileOpen(path.to_owned()));
        }
    }
    fs::read_to_string(path).map(Secret::new).map_err(failed)
}

async fn last_run(engine: &Engine) -> Result<clearsync_sync::view::RunRow, CliError> {
    let runs = engine.runs().await?;
    runs.into_iter()
        .next()
        .ok_or_else(|| CliError::NotHeld("Nothing was run.".to_owned()))
}

fn complain(error: &CliError) -> ExitCode {
    if let CliError::Problem(problem) = error {
        tracing::error!(code = ?problem.code, request_id = problem.request_id, "ended");
    } else {
        // What else is said may quote the command line, which may name a customer.
        tracing::error!("ended");
    }
    // The last words of a command; where they cannot be written nobody can be told.
    let _ = Terminal::new().complain(&error.to_string());
    ExitCode::from(FAILED)
}
