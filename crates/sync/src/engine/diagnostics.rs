use std::collections::BTreeMap;

use clearsync_store::{LATEST_VERSION, StoreError};

use super::Engine;
use crate::view::{
    AttentionItem, AttentionKind, Checklist, DiagnosedCheck, DiagnosedChecklist,
    DiagnosedConnection, DiagnosedProblem, DiagnosedRun, DiagnosedSettings, DiagnosedStore,
    Diagnostics, Filters, Problem, RunRow, Service, Settings,
};

const MOST_RUNS: usize = 50;

impl Engine {
    /// What ClearSync can say about itself to whoever helps. Every field is one that was chosen to be told: nothing of a
    /// customer, no amount, nothing of a key.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn diagnostics(&self) -> Result<Diagnostics, Problem> {
        let settings = self.settings().await?;
        let status = self.status();
        Ok(Diagnostics {
            made_at: self.now().to_string(),
            version: settings.version.clone(),
            stripe_api_version: settings.stripe_api_version.clone(),
            hubspot_api_version: settings.hubspot_api_version.clone(),
            sample_data: self.sample_data,
            phase: status.phase,
            last_sync_at: status.last_sync_at,
            next_sync_at: status.next_sync_at,
            connections: connections(&settings),
            settings: self.diagnosed_settings(&settings).await?,
            checklists: [Service::Stripe, Service::HubSpot]
                .map(|service| checklist(self.checklist(service)))
                .into(),
            runs: self
                .runs()
                .await?
                .into_iter()
                .take(MOST_RUNS)
                .map(run)
                .collect(),
            attention: by_kind(&self.attention().await?),
            store: self.diagnosed_store().await?,
        })
    }

    async fn diagnosed_settings(&self, settings: &Settings) -> Result<DiagnosedSettings, Problem> {
        let writing = self.writing().await?;
        Ok(DiagnosedSettings {
            interval_minutes: settings.interval_minutes,
            interval_now_minutes: settings.interval_now_minutes,
            notify: settings.notify,
            choices: settings.choices,
            write_mode: writing.mode,
            filtered: writing.filters != Filters::default(),
            // Without an account there are no rules yet.
            policy: self.policies().await.ok().map(|choices| choices.active.id),
            realtime: self.realtime().await?.state,
        })
    }

    async fn diagnosed_store(&self) -> Result<DiagnosedStore, Problem> {
        self.with_store(|store| {
            store.read(|reader| {
                Ok::<_, StoreError>(DiagnosedStore {
                    schema_version: reader.schema_version()?,
                    known_version: LATEST_VERSION,
                    rows: reader.row_counts()?,
                })
            })
        })
        .await
    }
}

fn connections(settings: &Settings) -> Vec<DiagnosedConnection> {
    let stripe = settings.stripe.as_ref().map(|key| DiagnosedConnection {
        service: Service::Stripe,
        id: key.account_id.clone(),
        mode: Some(key.mode),
        restricted: Some(key.restricted),
        connected_at: key.connected_at.clone(),
        storage: key.storage,
    });
    let hubspot = settings.hubspot.as_ref().map(|key| DiagnosedConnection {
        service: Service::HubSpot,
        id: Some(key.portal_id.clone()),
        mode: None,
        restricted: None,
        connected_at: key.connected_at.clone(),
        storage: key.storage,
    });
    stripe.into_iter().chain(hubspot).collect()
}

fn checklist(checklist: Checklist) -> DiagnosedChecklist {
    DiagnosedChecklist {
        service: checklist.service,
        checked_at: checklist.checked_at,
        problem: checklist.problem.map(problem),
        rows: checklist
            .rows
            .into_iter()
            .map(|row| DiagnosedCheck {
                id: row.id,
                level: row.level,
                state: row.state,
            })
            .collect(),
    }
}

fn run(run: RunRow) -> DiagnosedRun {
    DiagnosedRun {
        id: run.id,
        kind: run.kind,
        started_at: run.started_at,
        ended_at: run.ended_at,
        outcome: run.outcome,
        objects_read: run.objects_read,
        whole_read: run.whole_read,
        created: run.created,
        updated: run.updated,
        removed: run.removed,
        failed: run.failed,
        problem: run.problem.map(problem),
    }
}

fn problem(problem: Problem) -> DiagnosedProblem {
    DiagnosedProblem {
        code: problem.code,
        request_id: problem.request_id,
    }
}

fn by_kind(items: &[AttentionItem]) -> BTreeMap<AttentionKind, u32> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item.kind).or_default() += 1;
    }
    counts
}
