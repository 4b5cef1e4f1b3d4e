//! A sync without a window, of one workspace or of all in turn.

use clearsync_sync::view::{NeedsApproval, PlanSummary, RunOutcome, RunRow, WorkspaceRow};
use serde_json::{Value, json};

use super::{
    CliError, DONE, FAILED, Keys, REFUSALS, WAITS,
    accounts::{self, At},
    last_run, take_keys,
};
use crate::{
    start::Started,
    terminal::{Terminal, read_text},
    words::workspace_name,
};

/// What a sync is told.
pub(super) struct Wanted {
    pub(super) keys: Keys,
    pub(super) approve: bool,
    pub(super) json: bool,
}

/// How a sync ended.
struct Synced {
    run: RunRow,
    plan: Option<PlanSummary>,
}

/// Syncs the workspaces that are meant, each in its turn. What one ends with keeps no other from its turn; the worst of it is
/// the end of all.
pub(super) async fn sync(
    started: &Started,
    terminal: &Terminal,
    account: Option<&str>,
    wanted: Wanted,
) -> Result<u8, CliError> {
    let rows = accounts::chosen(started, account)?;
    if let [row] = &rows[..] {
        let at = accounts::at(started, row)?;
        return sync_one(&at, terminal, wanted).await;
    }
    if wanted.keys.given() {
        return Err(accounts::which(&rows));
    }
    let mut ended = Vec::new();
    let mut told = Vec::new();
    // Where nothing was connected yet there is nothing to be synced.
    for row in rows.iter().filter(|row| !accounts::is_blank(row)) {
        if !wanted.json {
            terminal.say(&workspace_name(row))?;
        }
        let outcome = match accounts::at(started, row) {
            Ok(at) => synced(&at, terminal, &wanted).await,
            Err(error) => Err(error),
        };
        ended.push(outcome.as_ref().map_or(FAILED, |synced| code(&synced.run)));
        if wanted.json {
            told.push(json_of(row, outcome)?);
        } else {
            say(terminal, outcome)?;
        }
    }
    if wanted.json {
        terminal.json(&json!({ "accounts": told }))?;
    }
    Ok(worst(&ended))
}

async fn sync_one(at: &At<'_>, terminal: &Terminal, wanted: Wanted) -> Result<u8, CliError> {
    let Synced { run, plan } = synced(at, terminal, &wanted).await?;
    if wanted.json {
        terminal.json(&json!({ "run": run, "plan": plan }))?;
        return Ok(code(&run));
    }
    terminal.run(&run, plan.as_ref())?;
    match &run.problem {
        Some(problem) if code(&run) == FAILED => Err(problem.clone().into()),
        _ => Ok(code(&run)),
    }
}

async fn synced(at: &At<'_>, terminal: &Terminal, wanted: &Wanted) -> Result<Synced, CliError> {
    let engine = &at.engine;
    take_keys(engine, wanted.keys.clone(), at.sample.is_some()).await?;
    engine.sync_now().await?;
    terminal.show_run(engine, wanted.json).await?;
    let mut run = last_run(engine).await?;
    let asked = |plan: &PlanSummary| plan.needs_approval != Some(NeedsApproval::OtherInstallation);
    if wanted.approve
        && run.outcome == Some(RunOutcome::WaitsForApproval)
        && let Some(plan) = engine.plan_summary().await?.filter(asked)
    {
        if let Some(read) = read_text(&run).filter(|_| !wanted.json) {
            terminal.say(&format!("  {read}"))?;
        }
        engine.push(plan.id).await?;
        terminal.show_run(engine, wanted.json).await?;
        run = last_run(engine).await?;
    }
    let plan = engine.plan_summary().await?;
    Ok(Synced { run, plan })
}

fn json_of(row: &WorkspaceRow, outcome: Result<Synced, CliError>) -> Result<Value, CliError> {
    match outcome {
        Ok(Synced { run, plan }) => Ok(json!({ "account": row, "run": run, "plan": plan })),
        Err(CliError::Problem(problem)) => Ok(json!({ "account": row, "problem": problem })),
        Err(error) => Err(error),
    }
}

fn say(terminal: &Terminal, outcome: Result<Synced, CliError>) -> Result<(), CliError> {
    match outcome {
        Ok(Synced { run, plan }) => {
            terminal.run(&run, plan.as_ref())?;
            if let Some(problem) = run.problem {
                terminal.complain(&CliError::Problem(problem).to_string())?;
            }
        }
        Err(error) => terminal.complain(&error.to_string())?,
    }
    Ok(())
}

fn code(run: &RunRow) -> u8 {
    match run.outcome {
        Some(RunOutcome::Done) => DONE,
        Some(RunOutcome::DoneWithRefusals) => REFUSALS,
        Some(RunOutcome::WaitsForApproval) => WAITS,
        Some(RunOutcome::Stopped | RunOutcome::Failed) | None => FAILED,
    }
}

fn worst(codes: &[u8]) -> u8 {
    let from_the_worst = [FAILED, WAITS, REFUSALS];
    let found = from_the_worst.into_iter().find(|code| codes.contains(code));
    found.unwrap_or(DONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_end_is_the_end_of_all() {
        assert_eq!(worst(&[]), DONE);
        assert_eq!(worst(&[DONE, DONE]), DONE);
        assert_eq!(worst(&[DONE, REFUSALS, DONE]), REFUSALS);
        assert_eq!(worst(&[WAITS, REFUSALS]), WAITS);
        assert_eq!(worst(&[WAITS, FAILED, DONE]), FAILED);
    }
}
