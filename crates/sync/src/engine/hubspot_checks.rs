use clearsync_hubspot::{Mode, Reason, Scope, Source, Unverified, Verdict, scopes_for};

use super::{
    Engine,
    checks::{put_row, set_state, wait_instead},
    profile::Profile,
};
use crate::view::{
    CheckRow, CheckState, Checklist, Level, Problem, Service, SetupStep, UnverifiedCause, WriteMode,
};

impl Engine {
    pub(super) async fn check_hubspot(&self) -> Result<(), Problem> {
        let key = self.checks().key(Service::HubSpot);
        let client = self.connected_hubspot().await?;
        let mode = self.written_mode();
        self.begin_check(Service::HubSpot, key, |checklist| {
            *checklist = blank(mode);
            for row in &mut checklist.rows {
                row.state = CheckState::Checking;
            }
        });
        let outcome = client
            .audit(mode, |scope, verdict| {
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
        if self.checklist(Service::HubSpot).complete {
            self.go_on_with_scopes();
        }
        self.pass_when_complete(Service::HubSpot, SetupStep::HubSpot)
            .await
    }

    /// The way of writing, by which it goes which scopes are needed.
    pub(super) fn written_mode(&self) -> Mode {
        let written = self.store.read(Profile::read);
        written.map_or(Mode::Summary, |profile| match profile.writing.mode {
            WriteMode::Summary => Mode::Summary,
            WriteMode::Deals => Mode::Deals,
            WriteMode::CustomObjects => Mode::CustomObjects,
        })
    }
}

pub(super) fn blank(mode: Mode) -> Checklist {
    let rows: Vec<CheckRow> = scopes_for(mode).map(row).collect();
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
    CheckRow {
        id: scope.name.to_owned(),
        section: section(scope.name).to_owned(),
        name: scope.name.to_owned(),
        level: level(scope),
        state: CheckState::NotChecked,
        fix_url: None,
    }
}

pub(super) fn level(scope: &Scope) -> Level {
    match scope.name.rsplit('.').next() {
        Some("write") => Level::Write,
        _ => Level::Read,
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
    let sections = ["contacts", "companies", "deals"];
    let named = sections.into_iter().find(|name| scope.contains(name));
    named.unwrap_or("custom")
}

pub(super) fn state(verdict: &Verdict) -> CheckState {
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
