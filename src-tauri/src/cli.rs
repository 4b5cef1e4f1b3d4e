//! The command line: the window by default, and the same job without one.

mod accounts;
mod diagnostics;
mod hubspot;
mod keys;
mod modes;
mod realtime;
mod sync;

use std::{
    fs, io,
    io::Read,
    path::{Path, PathBuf},
    pin::pin,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clearsync_sync::{
    Engine, Workspaces,
    view::{CompanyQuery, PolicyId, Problem, Service, WorkspaceRow},
};
use clearsync_vault::Secret;
use serde_json::json;
use tokio::time::timeout;

pub(crate) use self::accounts::At;
use self::sync::Wanted;
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
    /// Which account is meant, where there are several: its name or its id, as `clearsync accounts` shows them.
    #[arg(long, global = true, value_name = "ACCOUNT")]
    account: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// List the Stripe accounts that ClearSync brings into HubSpot, or make room for another.
    Accounts(accounts::AccountsArgs),
    /// Sync without a window, for a machine that is always on: every account in turn, or the one that is named.
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
    /// Copy ClearSync's data into a file for each account, which only this computer can restore. Keys are not in it.
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
    /// Forget everything: the keys, the data, and what ClearSync made in Stripe and on the desktop; with --account only what is
    /// of that account. Quit the window first.
    Forget(keys::ForgetArgs),
    /// Do the whole job on sample accounts and check its result.
    #[command(hide = true)]
    Demo,
}

/// Where keys come from; the keychain if nothing is said. Never the command line, which others can read.
#[derive(Args, Clone, Default)]
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

impl Keys {
    fn given(&self) -> bool {
        self.stripe_key_file.is_some() || self.hubspot_key_file.is_some() || self.from_stdin
    }
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
    #[error("No account is called {0}. `clearsync accounts` lists them.")]
    NoAccount(String),
    #[error("Say which account is meant with --account:{0}")]
    WhichAccount(String),
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
    let account = cli.account.as_deref();
    let Some(command) = cli.command else {
        return open_window(prepared, cli.hidden);
    };
    let terminal = Terminal::new();
    let started = match tauri::async_runtime::block_on(open(prepared, &terminal)) {
        Ok(started) => started,
        Err(problem) => {
            complain(&CliError::Problem(problem));
            return ExitCode::from(CLOSED);
        }
    };
    let forgets = matches!(command, Command::Forget(_)) && account.is_none();
    let outcome = tauri::async_runtime::block_on(carry_out(command, &started, &terminal, account));
    if forgets && matches!(outcome, Ok(DONE | FAILED)) {
        let Started {
            workspaces,
            prepared,
        } = started;
        drop(workspaces);
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
    account: Option<&str>,
) -> Result<u8, CliError> {
    let one = || accounts::one(started, account);
    match command {
        Command::Accounts(arguments) => accounts::accounts(started, terminal, arguments).await,
        Command::Sync {
            approve,
            keys,
            json,
            ..
        } => {
            let wanted = Wanted {
                keys,
                approve,
                json,
            };
            sync::sync(started, terminal, account, wanted).await
        }
        Command::Backup { file, readable } => {
            backup(started, terminal, account, file, readable).await
        }
        Command::Diagnostics(arguments) => {
            diagnostics::diagnostics(started, terminal, account, arguments).await
        }
        Command::Forget(arguments) => keys::forget(started, terminal, account, &arguments).await,
        Command::Audit { excess, keys, json } => audit(&one()?, terminal, keys, excess, json).await,
        Command::Mrr {
            currency,
            months,
            policy,
            csv,
            json,
        } => {
            let query = CompanyQuery { currency, months };
            let at = one()?;
            let figures = figures::Figures::new(&at, terminal).await?;
            match csv {
                Some(path) => figures.export(policy, &path).await,
                None => figures.mrr(query, policy, json).await,
            }
        }
        Command::Explain {
            subscription,
            at: day,
            json,
        } => {
            let at = one()?;
            let figures = figures::Figures::new(&at, terminal).await?;
            figures.explain(subscription, day, json).await
        }
        Command::Reconcile { file, policy, json } => {
            let at = one()?;
            let figures = figures::Figures::new(&at, terminal).await?;
            figures.reconcile(&file, policy, json).await
        }
        Command::Modes(arguments) => modes::modes(&one()?, terminal, arguments).await,
        Command::Plan(arguments) => hubspot::plan(&one()?, terminal, arguments).await,
        Command::Push(arguments) => hubspot::push(&one()?, terminal, arguments).await,
        Command::Undo(arguments) => hubspot::undo(&one()?, terminal, arguments).await,
        Command::Drift(arguments) => hubspot::drift(&one()?, terminal, arguments).await,
        Command::Restore { file } => restore(&one()?, terminal, file).await,
        Command::Realtime(arguments) => realtime::realtime(&one()?, terminal, arguments).await,
        Command::Rotate(arguments) => keys::rotate(&one()?, terminal, arguments).await,
        Command::Demo => demo::run(&one()?, terminal).await.map(|()| DONE),
    }
}

/// How long opening the data may take before it is said.
const SILENCE: Duration = Duration::from_secs(3);

/// Opens the data of every workspace that can be opened.
async fn open(prepared: Prepared, terminal: &Terminal) -> Result<Started, Problem> {
    let workspaces = prepared.workspaces().await;
    open_aloud(&workspaces, terminal).await;
    if workspaces.engines().is_empty()
        && let Some(problem) = workspaces.list().rows.swap_remove(0).problem
    {
        return Err(problem);
    }
    Ok(prepared.with(workspaces))
}

/// Says what is waited for, where that takes long.
async fn open_aloud(workspaces: &Workspaces, terminal: &Terminal) {
    let mut opening = pin!(workspaces.open());
    if timeout(SILENCE, &mut opening).await.is_err() {
        // Where nobody can be told it is opened all the same.
        let _ = terminal.complain(&words("opening.terminal", &[]));
        opening.await;
    }
}

fn open_window(prepared: Prepared, hidden: bool) -> ExitCode {
    if let Some(running) = &prepared.sample {
        running.let_live();
    }
    let workspaces = tauri::async_runtime::block_on(prepared.workspaces());
    shell::run(prepared.with(workspaces), hidden)
}

async fn backup(
    started: &Started,
    terminal: &Terminal,
    account: Option<&str>,
    file: Option<PathBuf>,
    readable: bool,
) -> Result<u8, CliError> {
    let rows = accounts::chosen(started, account)?;
    if let Some(path) = file {
        let [row] = &rows[..] else {
            return Err(accounts::which(&rows));
        };
        if path.exists() {
            let source = io::ErrorKind::AlreadyExists.into();
            return Err(CliError::NotWritten { path, source });
        }
        let engine = accounts::at(started, row)?.engine;
        if readable {
            engine.back_up_readable_to(path.clone()).await?;
        } else {
            engine.back_up_to(path.clone()).await?;
        }
        terminal.say(&path.display().to_string())?;
        return Ok(DONE);
    }
    let mut code = DONE;
    for row in &rows {
        match back_up(started, row).await {
            Ok(path) => terminal.say(&path.display().to_string())?,
            Err(error) => {
                code = FAILED;
                terminal.complain(&error.to_string())?;
            }
        }
    }
    Ok(code)
}

async fn back_up(started: &Started, row: &WorkspaceRow) -> Result<PathBuf, CliError> {
    let engine = accounts::at(started, row)?.engine;
    let name = engine.back_up().await?.name;
    Ok(engine.backup_folder().join(name))
}

async fn restore(at: &At<'_>, terminal: &Terminal, file: PathBuf) -> Result<u8, CliError> {
    at.engine.restore_from(file).await?;
    terminal.say(&words("restore.done", &[]))?;
    Ok(DONE)
}

async fn audit(
    at: &At<'_>,
    terminal: &Terminal,
    keys: Keys,
    excess: bool,
    json: bool,
) -> Result<u8, CliError> {
    let engine = &at.engine;
    take_keys(engine, keys, at.sample.is_some()).await?;
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
