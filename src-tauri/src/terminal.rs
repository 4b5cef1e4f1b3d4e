//! What the terminal shows: tables, progress bars and sentences, from the same words as the window.

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use clearsync_sync::{
    Engine,
    view::{
        CheckState, Checklist, Level, NeedsApproval, Overview, PlanSummary, Problem, RunKind,
        RunProgress, RunRow,
    },
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::words::{code, words};

/// How many characters a line of the terminal has room for.
pub(crate) const WIDTH: usize = 80;

/// Writes to standard output, and complains on standard error.
pub(crate) struct Terminal {
    output: io::Stdout,
    errors: io::Stderr,
    /// Whether a person is looking, so that bars may move.
    lively: bool,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self {
            output: io::stdout(),
            errors: io::stderr(),
            lively: io::stderr().is_terminal(),
        }
    }

    pub(crate) fn say(&self, text: &str) -> io::Result<()> {
        writeln!(&self.output, "{text}")
    }

    /// Says `text` in lines of at most [`WIDTH`] characters, each begun with `indent`.
    pub(crate) fn say_wrapped(&self, indent: &str, text: &str) -> io::Result<()> {
        for line in wrapped(text, WIDTH - indent.len()) {
            self.say(&format!("{indent}{line}"))?;
        }
        Ok(())
    }

    pub(crate) fn complain(&self, text: &str) -> io::Result<()> {
        writeln!(&self.errors, "{text}")
    }

    pub(crate) fn json(&self, value: &impl Serialize) -> io::Result<()> {
        self.say(&serde_json::to_string_pretty(value)?)
    }

    /// One line a row: tick, name, level, state.
    pub(crate) fn checklist(&self, checklist: &Checklist) -> io::Result<()> {
        let name = words(&format!("service.{}", code(&checklist.service)), &[]);
        self.say(&format!(
            "{name}: {} of {} held",
            checklist.held, checklist.needed
        ))?;
        let width = checklist
            .rows
            .iter()
            .map(|row| row.name.len())
            .max()
            .unwrap_or_default();
        for row in &checklist.rows {
            let (tick, state) = tick(&row.state);
            let level = match row.level {
                Level::None => "None",
                Level::Read => "Read",
                Level::Write => "Write",
            };
            self.say(&format!("  {tick} {:width$}  {level:5}  {state}", row.name))?;
        }
        if let Some(problem) = &checklist.problem {
            self.say(&format!("  {}", problem_text(problem)))?;
        }
        Ok(())
    }

    /// MRR by currency.
    pub(crate) fn overview(&self, overview: &Overview) -> io::Result<()> {
        for totals in &overview.totals {
            self.say(&format!(
                "  MRR {:>14} {}   ARR {:>15}   at risk {:>13}   {} subscriptions of {} customers",
                totals.mrr.decimal,
                totals.mrr.currency,
                totals.arr.decimal,
                totals.at_risk.decimal,
                totals.subscriptions,
                totals.customers
            ))?;
        }
        Ok(())
    }

    /// What a push would do, in one line.
    pub(crate) fn plan(&self, plan: &PlanSummary) -> io::Result<()> {
        self.say(&format!(
            "  Plan: {} new, {} updated, {} unchanged, {} skipped, {} associations, {} properties to make; {} requests",
            plan.creates, plan.updates, plan.unchanged, plan.skipped, plan.associations, plan.properties, plan.requests
        ))?;
        match plan.needs_approval {
            Some(reason) => {
                let reason = words(&format!("preview.needsApproval.{}", code(&reason)), &[]);
                self.say(&format!("  {reason}"))
            }
            None => Ok(()),
        }
    }

    /// How a run ended.
    pub(crate) fn run(&self, run: &RunRow, plan: Option<&PlanSummary>) -> io::Result<()> {
        let outcome = run
            .outcome
            .map_or_else(|| "running".to_owned(), |outcome| code(&outcome));
        self.say(&format!(
            "{}: {}{} created, {} updated, {} refused in HubSpot.",
            words(&format!("outcome.{outcome}"), &[]),
            read_text(run).map_or_else(String::new, |read| format!("{read}; ")),
            run.created,
            run.updated,
            run.failed
        ))?;
        match plan {
            Some(plan)
                if plan.needs_approval.is_some()
                    && plan.creates + plan.updates + plan.removals + plan.associations > 0 =>
            {
                self.plan(plan)?;
                let how = match plan.needs_approval {
                    Some(NeedsApproval::OtherInstallation) => "Run clearsync push --take-over",
                    _ => "Run the same with --approve",
                };
                self.say(&format!("{how} to push it, or look at it in the window."))
            }
            _ => Ok(()),
        }
    }

    /// Follows a run to its end, with a bar for each list while a person looks on.
    pub(crate) async fn show_run(&self, engine: &Engine, quiet: bool) -> io::Result<()> {
        let mut statuses = engine.watch_status();
        let bar = if quiet || !self.lively {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(0)
        };
        if let Ok(style) = ProgressStyle::with_template("{msg:26} {wide_bar} {pos}/{len}") {
            bar.set_style(style);
        }
        let follow = async {
            let mut told = None;
            loop {
                let progress = statuses.borrow_and_update().progress.clone();
                if let Some(progress) = progress {
                    bar.set_message(step_text(&progress));
                    bar.set_length(u64::from(progress.total.unwrap_or(progress.done)));
                    bar.set_position(u64::from(progress.done));
                    if !quiet && !self.lively && told != Some(progress.step) {
                        self.say(&format!("  {}", step_text(&progress)))?;
                        told = Some(progress.step);
                    }
                }
                if statuses.changed().await.is_err() {
                    return Ok::<(), io::Error>(());
                }
            }
        };
        tokio::select! {
            outcome = follow => outcome?,
            () = engine.run_ended() => {}
        }
        bar.finish_and_clear();
        // The status settles right after the run; what is read next is complete.
        tokio::time::sleep(Duration::ZERO).await;
        Ok(())
    }
}

/// What a run read of Stripe, if that is what it does.
pub(crate) fn read_text(run: &RunRow) -> Option<String> {
    match run.kind {
        RunKind::Import | RunKind::Sync => Some(format!(
            "{} objects new or changed in Stripe",
            run.objects_read
        )),
        RunKind::Push | RunKind::Undo => None,
    }
}

/// A problem in the window's own words.
pub(crate) fn problem_text(problem: &Problem) -> String {
    let params: Vec<(&str, &str)> = problem
        .params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let part = |part: &str| words(&format!("problem.{}.{part}", code(&problem.code)), &params);
    let request = problem
        .request_id
        .as_ref()
        .map(|id| format!(" ({id})"))
        .unwrap_or_default();
    format!("{}. {}{request}", part("title"), part("text"))
}

/// Cuts a text between words. A word that is longer than a line has a line of its own.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn step_text(progress: &RunProgress) -> String {
    words(&format!("step.{}", code(&progress.step)), &[])
}

/// What is known of a row, in a word.
pub(crate) fn state_text(state: &CheckState) -> String {
    tick(state).1
}

fn tick(state: &CheckState) -> (char, String) {
    let (tick, key) = match state {
        CheckState::Held => ('✓', "check.held"),
        CheckState::Missing => ('✕', "check.missing"),
        CheckState::Excess => ('!', "check.excess"),
        CheckState::Unverified { .. } => ('?', "check.unverified"),
        CheckState::NotChecked => ('·', "check.notChecked"),
        CheckState::Checking => ('◌', "check.checking"),
        CheckState::Waiting => ('·', "check.waiting"),
    };
    (tick, words(key, &[]))
}
