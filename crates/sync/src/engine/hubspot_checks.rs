use clearsync_hubspot::{Mode, Reason, Scope, Source, Unverified, Verdict, scopes_for};

use super::{
    Engine,
    checks::{put_row, set_state, wait_instead},
};
use crate::view::{
    CheckRow, CheckState, Checklist, Level, Problem, Service, SetupStep, UnverifiedCause,
};

impl Engine {
    pub(super) async fn check_hubspot(&self) -> Result<(), Problem> {
        let key = self.checks().key(Service::HubSpot);
        let client = self.connected_hubspot().await?;
        self.begin_check(Service::HubSpot, key, |checklist| {
            *checklist = blank();
            for row in &mut checklist.rows {
                row.state = CheckState::Checking;
            }
        });
        let outcome = client
            .audit(Mode::Summary, |scope, verdict| {
                self.change_checklist(Service::HubSpot, key, |checklist| {
                    set_state(checklist, scope.name, state(verdict), None);
                });
            })
            .await;
        let now = self.now().to_string();
        self.end_check(Service::HubSpot, key, |checklist| {
            checklist.checked_at = Some(now);
            match outcome {
                Ok(audit) => {
                    // Probes find what is missing; only HubSpot's own list shows what is too much.
                    checklist.excess_checked = audit.source == Source::Introspection;
                    for name in audit.excess {
                        put_row(checklist, excess_row(name));
                    }
                }
                Err(error) => {
                    checklist.problem = Some(error.into());
                    wait_instead(checklist);
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
    let level = if scope.name.rsplit('.').next() == Some("write") {
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
