use clearsync_hubspot::{Mode, Reason, Scope, Unverified, Verdict, scopes_for};

use super::{
    Engine,
    checks::{put_row, set_state},
};
use crate::view::{
    CheckRow, CheckState, Checklist, Level, Problem, Service, SetupStep, UnverifiedCause,
};

impl Engine {
    pub(super) async fn check_hubspot(&self) -> Result<(), Problem> {
        let client = self.connected_hubspot().await?;
        self.change_checklist(Service::HubSpot, |checklist| {
            checklist.checking = true;
            checklist.problem = None;
            for row in &mut checklist.rows {
                row.state = CheckState::Checking;
            }
        });
        let outcome = client
            .audit(Mode::Summary, |scope, verdict| {
                self.change_checklist(Service::HubSpot, |checklist| {
                    set_state(checklist, scope.name, state(verdict), None);
                });
            })
            .await;
        let now = self.now().to_string();
        self.change_checklist(Service::HubSpot, |checklist| {
            checklist.checking = false;
            checklist.checked_at = Some(now);
            match outcome {
                Ok(audit) => {
                    checklist.excess_checked = true;
                    for name in audit.excess {
                        put_row(checklist, excess_row(name));
                    }
                }
                Err(error) => {
                    checklist.problem = Some(error.into());
                    for row in checklist
                        .rows
                        .iter_mut()
                        .filter(|row| row.state == CheckState::Checking)
                    {
                        row.state = CheckState::Waiting;
                    }
                }
            }
        });
        self.pass_when_complete(Service::HubSpot, SetupStep::HubSpot)
            .await
    }
}

pub(super) fn blank() -> Checklist {
    let rows: Vec<CheckRow> = scopes_for(Mode::Summary).map(row).collect();
    Checklist {
        service: Service::HubSpot,
        preset: None,
        held: 0,
        needed: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        rows,
        complete: false,
        checking: false,
        checked_at: None,
        problem: None,
        excess_checked: false,
    }
}

fn row(scope: &Scope) -> CheckRow {
    let level = if scope.name.ends_with(".write") {
        Level::Write
    } else {
        Level::Read
    };
    CheckRow {
        id: scope.name.to_owned(),
        section: section(scope.name).to_owned(),
        name: scope.name.to_owned(),
        level,
        state: CheckState::NotChecked,
        fix_url: None,
    }
}

fn excess_row(name: String) -> CheckRow {
    CheckRow {
        id: name.clone(),
        section: "notNeeded".to_owned(),
        name,
        level: Level::None,
        state: CheckState::Excess,
        fix_url: None,
    }
}

fn section(scope: &str) -> &'static str {
    if scope.contains("contacts") {
        "contacts"
    } else {
        "companies"
    }
}

fn state(verdict: &Verdict) -> CheckState {
    match verdict {
        Verdict::Held => CheckState::Held,
        Verdict::Missing => CheckState::Missing,
        Verdict::Unverified(why) => CheckState::Unverified {
            cause: match why {
                Unverified::NoAnswer(Reason::RateLimited { .. } | Reason::Locked) => {
                    UnverifiedCause::Busy
                }
                Unverified::NoAnswer(Reason::Unreachable(_)) => UnverifiedCause::Unreachable,
                Unverified::NoAnswer(Reason::NotHubSpot { .. }) => UnverifiedCause::NotTheService,
                Unverified::NoAnswer(_) | Unverified::NoProbe => UnverifiedCause::Fault,
            },
            retry_in_seconds: None,
        },
    }
}
