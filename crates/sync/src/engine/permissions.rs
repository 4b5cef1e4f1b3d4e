//! Permissions that come and go while ClearSync runs: the checklist shows what reading was refused, and reading hears of
//! what the checklist found again.

use std::collections::BTreeSet;

use clearsync_store::{AccountId, Reader, StoreError};
use clearsync_stripe::{
    audit::{Audit, Verdict},
    catalog::{self, Row},
};

use super::{Engine, profile::Profile};
use crate::{
    import,
    plan::SCOPE_MISSING,
    view::{CheckState, Checklist, DataKind, Problem, ProblemCode, Service},
};

impl Engine {
    /// Checks the rows of which the checklist says something else than Stripe did while it was read.
    pub(super) async fn check_refused_rows(&self, account: AccountId, read: &Result<(), Problem>) {
        let refused = self
            .with_store(move |store| store.read(|reader| import::refused_rows(reader, account)))
            .await;
        let core = read
            .as_ref()
            .err()
            .filter(|problem| problem.code == ProblemCode::StripeCoreMissing)
            .and_then(|problem| problem.params.get("row"));
        let mut rows = match &refused {
            Ok(refused) => said_otherwise(&self.checklist(Service::Stripe), refused),
            Err(_) => Vec::new(),
        };
        rows.extend(
            catalog::ROWS
                .iter()
                .filter(|row| core.is_some_and(|core| core == row.name)),
        );
        if rows.is_empty() {
            return;
        }
        if let Err(problem) = self.check_stripe(&rows, |_| ()).await {
            tracing::info!(code = ?problem.code, "the rows that were refused could not be checked");
        }
    }

    /// Checks the scopes once writing was refused for want of one that the checklist does not show as missing.
    pub(super) async fn check_refused_scopes<T>(
        &self,
        account: AccountId,
        written: &Result<T, Problem>,
    ) {
        let refused = move |reader: &Reader| {
            let open = reader.attention(account)?;
            Ok::<_, StoreError>(open.iter().any(|item| item.code == SCOPE_MISSING))
        };
        let refused = self.with_store(move |store| store.read(refused)).await;
        let checklist = self.checklist(Service::HubSpot);
        let shown = checklist
            .rows
            .iter()
            .any(|row| row.state == CheckState::Missing);
        let code = written.as_ref().err().map(|problem| problem.code);
        let refused = refused.unwrap_or_default() || code == Some(ProblemCode::HubSpotScopeMissing);
        if refused
            && !shown
            && let Err(problem) = self.check_hubspot().await
        {
            tracing::info!(code = ?problem.code, "the scopes could not be checked");
        }
    }

    /// The key holds every scope: a sync that waits for one goes on.
    pub(super) fn go_on_with_scopes(&self) {
        let missing = |problem: &Problem| problem.code == ProblemCode::HubSpotScopeMissing;
        if self.live().problem.as_ref().is_some_and(missing) {
            self.live().problem = None;
            self.schedule_changed.notify_one();
            self.data_changed(&[DataKind::Attention]);
        }
    }

    /// Notes what a check found of rows that reading was refused: the next sync looks at once for what it may read again,
    /// and one that waits for a core row goes on.
    pub(super) async fn note_held_rows(&self, audit: &Audit) -> Result<(), Problem> {
        let held: BTreeSet<&str> = audit
            .checks
            .iter()
            .filter(|check| check.verdict == Verdict::Held)
            .map(|check| check.row.id)
            .collect();
        let names: BTreeSet<&str> = held
            .iter()
            .filter_map(|id| Some(catalog::row(id)?.name))
            .collect();
        let held: BTreeSet<String> = held.into_iter().map(str::to_owned).collect();
        self.with_store(move |store| {
            store.write(|writer| {
                let Some(account) = Profile::read(writer)?.account else {
                    return Ok::<_, StoreError>(());
                };
                if import::refused_rows(writer, account)?.is_disjoint(&held) {
                    return Ok(());
                }
                import::look_again(writer, account)
            })
        })
        .await?;
        let waits = self.live().problem.as_ref().is_some_and(|problem| {
            problem.code == ProblemCode::StripeCoreMissing
                && problem
                    .params
                    .get("row")
                    .is_some_and(|row| names.contains(row.as_str()))
        });
        if waits {
            self.live().problem = None;
            self.schedule_changed.notify_one();
            self.data_changed(&[DataKind::Attention]);
        }
        Ok(())
    }
}

/// The rows that reading was refused and the checklist does not show as missing, as far as it was ever checked.
fn said_otherwise(checklist: &Checklist, refused: &BTreeSet<String>) -> Vec<&'static Row> {
    let shown = |id: &str| {
        let row = checklist.rows.iter().find(|row| row.id == id);
        row.is_none_or(|row| row.state == CheckState::Missing)
    };
    let otherwise = refused.iter().filter(|id| !shown(id));
    otherwise.filter_map(|id| catalog::row(id)).collect()
}
