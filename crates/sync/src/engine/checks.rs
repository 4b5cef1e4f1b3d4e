use std::{sync::Arc, time::Duration};

use clearsync_stripe::{
    audit::{self, Check, Finding, Reach, Verdict},
    catalog::{self, Preset, Row},
    error::StripeError,
};

use super::{Change, Engine, profile::Profile, setup::code};
use crate::view::{
    CheckRow, CheckState, Checklist, DataKind, GuidePreset, Problem, ProblemCode, Service, Setup,
    SetupStep, UnverifiedCause,
};

const WATCH_INTERVAL: Duration = Duration::from_secs(5);
const WATCH_LONGEST: Duration = Duration::from_mins(2);

/// Both checklists as they are known, and who watches them.
#[derive(Default)]
pub(super) struct Checks {
    stripe: Known,
    hubspot: Known,
    /// Grows with each watch that begins or ends, so that a former one notices.
    watch: u64,
}

/// What is known of one key.
#[derive(Default)]
struct Known {
    checklist: Option<Checklist>,
    /// How many checks are under way.
    under_way: u32,
    key: KeyTurn,
}

/// Grows with each key that takes the place of another, so that a check of the former one is not heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct KeyTurn(u64);

impl Checks {
    /// The key changed, so that nothing is known of it.
    pub(super) fn forget(&mut self, service: Service) {
        let known = self.of(service);
        *known = Known {
            key: KeyTurn(known.key.0 + 1),
            ..Known::default()
        };
    }

    /// The key in use. Whoever checks it asks for this before the key itself.
    pub(super) fn key(&mut self, service: Service) -> KeyTurn {
        self.of(service).key
    }

    fn of(&mut self, service: Service) -> &mut Known {
        match service {
            Service::Stripe => &mut self.stripe,
            Service::HubSpot => &mut self.hubspot,
        }
    }
}

impl Engine {
    /// The checklist as it is known.
    #[must_use]
    pub fn checklist(&self, service: Service) -> Checklist {
        let known = self.checks().of(service).checklist.clone();
        known.unwrap_or_else(|| self.blank(service))
    }

    /// Chooses which permissions the key is to have, and starts the checklist anew.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written.
    pub async fn choose_preset(&self, preset: GuidePreset) -> Result<Checklist, Problem> {
        self.change_profile(move |profile| profile.preset = preset)
            .await?;
        self.checks().forget(Service::Stripe);
        Ok(self.checklist(Service::Stripe))
    }

    /// Checks every row and tells each verdict as it comes.
    ///
    /// # Errors
    /// A [`Problem`] when there is no key to check; what the services say is told in the checklist.
    pub async fn check_all(&self, service: Service) -> Result<(), Problem> {
        match service {
            Service::Stripe => {
                let rows: Vec<&'static Row> = catalog::wanted(self.preset()).collect();
                let blank = self.blank(Service::Stripe);
                self.check_stripe(&rows, |checklist| *checklist = blank)
                    .await
            }
            Service::HubSpot => self.check_hubspot().await,
        }
    }

    /// Starts checking every row and goes on at once; the verdicts come as they arrive.
    pub fn check_in_background(self: &Arc<Self>, service: Service) {
        let engine = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(problem) = engine.check_all(service).await {
                tracing::info!(code = ?problem.code, "the key could not be checked");
            }
        });
    }

    /// Checks one row. HubSpot lists all scopes in one answer, so there it is the whole list; and one row where a key can
    /// do too much is asked about with all others.
    ///
    /// # Errors
    /// As [`Engine::check_all`].
    pub async fn check_row(&self, service: Service, row: String) -> Result<(), Problem> {
        let exceeds = |known: &CheckRow| known.id == row && known.state == CheckState::Excess;
        match (service, catalog::row(&row)) {
            (Service::Stripe, Some(_)) if self.checklist(service).rows.iter().any(exceeds) => {
                self.check_excess().await
            }
            (Service::Stripe, Some(row)) => self.check_stripe(&[row], |_| ()).await,
            (Service::Stripe, None) => Err(Problem::new(ProblemCode::Unexpected)),
            (Service::HubSpot, _) => self.check_hubspot().await,
        }
    }

    /// Looks for what the key can do beyond the checklist. On the user's word only: each refused question stands in
    /// Stripe's own log of requests.
    ///
    /// # Errors
    /// A [`Problem`] when there is no key to check, Stripe does not take it, or some of it could not be asked.
    pub async fn check_excess(&self) -> Result<(), Problem> {
        let key = self.checks().key(Service::Stripe);
        let client = self.connected_stripe().await?;
        let preset = self.preset();
        let change = |change: &dyn Fn(&mut Checklist)| {
            self.change_checklist(Service::Stripe, key, change);
        };
        change(&|checklist| checklist.excess_checked = false);
        let findings = audit::excess(&client, preset, |finding| {
            change(&|checklist| note_reach(checklist, finding, preset));
        })
        .await?;
        for finding in findings {
            if let Reach::Unverified { cause } = finding.reach {
                return Err(cause.into());
            }
        }
        change(&|checklist| checklist.excess_checked = true);
        Ok(())
    }

    /// While the key is edited in the browser, checks what is open every few seconds, for two minutes at most.
    ///
    /// # Errors
    /// None; it answers at once.
    #[expect(
        clippy::unused_async,
        reason = "every command of the window is asynchronous"
    )]
    pub async fn watch_checklist(
        self: &Arc<Self>,
        service: Service,
        watching: bool,
    ) -> Result<(), Problem> {
        let turn = {
            let mut checks = self.checks();
            checks.watch += 1;
            checks.watch
        };
        if watching {
            let engine = Arc::clone(self);
            tokio::spawn(async move { engine.keep_checking(service, turn).await });
        }
        Ok(())
    }

    async fn keep_checking(&self, service: Service, turn: u64) {
        let end = tokio::time::Instant::now() + WATCH_LONGEST;
        while tokio::time::Instant::now() < end {
            tokio::time::sleep(WATCH_INTERVAL).await;
            if self.checks().watch != turn {
                return;
            }
            let checklist = self.checklist(service);
            if checklist.complete {
                return;
            }
            if checklist.checking || checklist.checked_at.is_none() {
                continue;
            }
            let outcome = match service {
                Service::HubSpot => self.check_hubspot().await,
                Service::Stripe => {
                    let open: Vec<_> = open_rows(&checklist).collect();
                    self.check_stripe(&open, |_| ()).await
                }
            };
            if let Err(problem) = outcome {
                tracing::debug!(code = ?problem.code, "the open rows could not be checked");
            }
        }
    }

    pub(super) async fn check_stripe(
        &self,
        rows: &[&'static Row],
        prepare: impl FnOnce(&mut Checklist),
    ) -> Result<(), Problem> {
        let key = self.checks().key(Service::Stripe);
        let client = self.connected_stripe().await?;
        self.begin_check(Service::Stripe, key, |checklist| {
            prepare(checklist);
            checklist.problem = None;
            for row in rows {
                set_state(checklist, row.id, CheckState::Checking, None);
            }
        });
        let audit = audit::audit(&client, self.preset(), rows, |check| {
            self.change_checklist(Service::Stripe, key, |checklist| {
                set_state(checklist, check.row.id, state(check), fix_url(check));
            });
        })
        .await;
        let found = self.note_held_rows(&audit).await;
        let now = self.now().to_string();
        self.end_check(Service::Stripe, key, |checklist| {
            checklist.checked_at = Some(now);
            if let Some(stopped) = audit.stopped {
                checklist.problem = Some(stopped.into());
                wait_instead(checklist);
            }
        });
        found?;
        self.pass_when_complete(Service::Stripe, SetupStep::Permissions)
            .await
    }

    /// Opens the next step of setup once all needed rows are held.
    pub(super) async fn pass_when_complete(
        &self,
        service: Service,
        step: SetupStep,
    ) -> Result<(), Problem> {
        if !self.checklist(service).complete {
            return Ok(());
        }
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        if profile.reached > step {
            return Ok(());
        }
        let _: Setup = self
            .change_profile(move |profile| {
                // The step is opened, not entered: the person sees the ticks and goes on by themselves.
                profile.reached = profile.reached.max(step.following());
            })
            .await?;
        self.data_changed(&[DataKind::Setup]);
        Ok(())
    }

    /// Notes that a check begins.
    pub(super) fn begin_check(
        &self,
        service: Service,
        key: KeyTurn,
        change: impl FnOnce(&mut Checklist),
    ) {
        self.change_known(
            service,
            key,
            |under_way| under_way.saturating_add(1),
            change,
        );
    }

    /// Notes that a check has ended.
    pub(super) fn end_check(
        &self,
        service: Service,
        key: KeyTurn,
        change: impl FnOnce(&mut Checklist),
    ) {
        self.change_known(
            service,
            key,
            |under_way| under_way.saturating_sub(1),
            change,
        );
    }

    /// Changes the checklist of a key, counts it and tells it. Nothing happens when another key has taken its place.
    pub(super) fn change_checklist(
        &self,
        service: Service,
        key: KeyTurn,
        change: impl FnOnce(&mut Checklist),
    ) {
        self.change_known(service, key, |under_way| under_way, change);
    }

    fn change_known(
        &self,
        service: Service,
        key: KeyTurn,
        under_way: impl FnOnce(u32) -> u32,
        change: impl FnOnce(&mut Checklist),
    ) {
        let blank = self.blank(service);
        let mut checks = self.checks();
        let known = checks.of(service);
        if known.key != key {
            return;
        }
        known.under_way = under_way(known.under_way);
        let checklist = known.checklist.get_or_insert(blank);
        change(checklist);
        checklist.checking = known.under_way > 0;
        count(checklist);
        // Told before the lock goes, so that listeners hear the changes in their order.
        self.tell(Change::Checklist(checklist.clone()));
    }

    fn blank(&self, service: Service) -> Checklist {
        match service {
            Service::Stripe => blank_stripe(self.preset()),
            Service::HubSpot => super::hubspot_checks::blank(self.written_mode()),
        }
    }

    pub(super) fn preset(&self) -> Preset {
        self.store
            .read(Profile::read)
            .map_or_else(|_| Preset::default(), |profile| profile.preset.into())
    }
}

/// Puts a row in place of its former self, or at the end.
pub(super) fn put_row(checklist: &mut Checklist, row: CheckRow) {
    match checklist.rows.iter_mut().find(|known| known.id == row.id) {
        Some(known) => *known = row,
        None => checklist.rows.push(row),
    }
}

pub(super) fn set_state(
    checklist: &mut Checklist,
    id: &str,
    state: CheckState,
    fix_url: Option<String>,
) {
    if let Some(row) = checklist.rows.iter_mut().find(|row| row.id == id) {
        row.state = state;
        row.fix_url = fix_url;
    }
}

/// Counts what is held and needed. A row that holds more than needed holds what is needed.
fn count(checklist: &mut Checklist) {
    let needed = || {
        checklist
            .rows
            .iter()
            .filter(|row| row.level != crate::view::Level::None)
    };
    let held = needed()
        .filter(|row| matches!(row.state, CheckState::Held | CheckState::Excess))
        .count();
    let needed = needed().count();
    checklist.held = u32::try_from(held).unwrap_or(u32::MAX);
    checklist.needed = u32::try_from(needed).unwrap_or(u32::MAX);
    checklist.complete = held == needed;
}

fn blank_stripe(preset: Preset) -> Checklist {
    let rows = catalog::wanted(preset)
        .map(|row| check_row(row, preset, CheckState::NotChecked))
        .collect();
    let mut checklist = Checklist {
        service: Service::Stripe,
        preset: Some(match preset {
            Preset::Standard => GuidePreset::Standard,
            Preset::StrictlyReadOnly => GuidePreset::StrictlyReadOnly,
        }),
        rows,
        held: 0,
        needed: 0,
        complete: false,
        checking: false,
        checked_at: None,
        problem: None,
        excess_checked: false,
    };
    count(&mut checklist);
    checklist
}

fn check_row(row: &Row, preset: Preset, state: CheckState) -> CheckRow {
    CheckRow {
        id: row.id.to_owned(),
        section: code(row.section),
        name: row.name.to_owned(),
        level: row.level_in(preset).into(),
        state,
        fix_url: None,
    }
}

/// What was to be checked waits until the key is accepted.
pub(super) fn wait_instead(checklist: &mut Checklist) {
    for row in &mut checklist.rows {
        if row.state == CheckState::Checking {
            row.state = CheckState::Waiting;
        }
    }
}

fn open_rows(checklist: &Checklist) -> impl Iterator<Item = &'static Row> {
    checklist
        .rows
        .iter()
        .filter(|row| !matches!(row.state, CheckState::Held | CheckState::Excess))
        .filter_map(|row| catalog::row(&row.id))
}

pub(super) fn state(check: &Check) -> CheckState {
    match &check.verdict {
        Verdict::NotChecked => CheckState::NotChecked,
        Verdict::Held => CheckState::Held,
        Verdict::Missing { .. } => CheckState::Missing,
        Verdict::Unverified { cause, .. } => CheckState::Unverified {
            cause: unverified(cause),
            retry_in_seconds: None,
        },
    }
}

fn fix_url(check: &Check) -> Option<String> {
    match &check.verdict {
        Verdict::Missing { refusal, .. } => refusal
            .edit_link
            .as_ref()
            .map(|link| link.as_str().to_owned()),
        _ => None,
    }
}

fn unverified(cause: &StripeError) -> UnverifiedCause {
    match cause {
        StripeError::RateLimited { .. } | StripeError::Locked { .. } => UnverifiedCause::Busy,
        StripeError::Unreachable(_) => UnverifiedCause::Unreachable,
        StripeError::NotStripe(_) => UnverifiedCause::NotTheService,
        _ => UnverifiedCause::Fault,
    }
}

/// Notes whether a key can do more in one row than it should. What could not be asked stays as it was.
fn note_reach(checklist: &mut Checklist, finding: &Finding, preset: Preset) {
    let row = |state| check_row(finding.row, preset, state);
    let noted = |known: &CheckRow| known.id == finding.row.id && known.state == CheckState::Excess;
    match finding.reach {
        Reach::Exceeds => put_row(checklist, row(CheckState::Excess)),
        Reach::WithinNeed if !checklist.rows.iter().any(noted) => {}
        Reach::WithinNeed if finding.row.level_in(preset) == catalog::Level::None => {
            checklist.rows.retain(|known| !noted(known));
        }
        // It held more than what is needed, and now holds just that.
        Reach::WithinNeed => put_row(checklist, row(CheckState::Held)),
        Reach::Unverified { .. } => {}
    }
}
