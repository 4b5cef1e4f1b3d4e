use clearsync_store::{AccountId, Purpose, Store, StoreError, Target};
use jiff::Timestamp;

use super::{Engine, policies};
use crate::{
    blocking::blocking,
    derive::derive,
    matching::SharedDomains,
    view::{MailDomainChanges, MailDomains, Problem, ProblemCode, RunKind, RunStep},
};

impl Engine {
    /// The mail domains that are nobody's company.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn mail_domains(&self) -> Result<MailDomains, Problem> {
        let account = self.account().await?;
        let shared = self
            .with_store(move |store| store.read(|reader| SharedDomains::read(reader, account)))
            .await?;
        Ok(view(&shared))
    }

    /// Changes the list, and finds the companies of all customers anew. A plan made before is dropped.
    ///
    /// # Errors
    /// [`ProblemCode::MailDomainUnreadable`] names what is no domain. Otherwise a run is under way, or the store cannot be written.
    pub async fn save_mail_domains(
        &self,
        changes: MailDomainChanges,
    ) -> Result<MailDomains, Problem> {
        let shared = SharedDomains::new(&changes.added, &changes.removed)
            .map_err(|text| Problem::new(ProblemCode::MailDomainUnreadable).with("value", text))?;
        let account = self.account().await?;
        let taken = self.run.take()?;
        let lease = self.with_store(Store::lease).await?;
        self.show_step(RunKind::Sync, RunStep::Computing);
        let shown = view(&shared);
        let (store, now) = (self.store.clone(), self.now());
        let kept = blocking(move || keep(&store, account, &shared, now)).await;
        drop(lease);
        self.live().progress = None;
        drop(taken);
        self.data_changed(&Self::ALL_DATA);
        kept?;
        Ok(shown)
    }
}

fn keep(
    store: &Store,
    account: AccountId,
    shared: &SharedDomains,
    now: Timestamp,
) -> Result<(), StoreError> {
    let policy = store.write(|writer| {
        shared.write(writer, account)?;
        if let Some(portal) = writer.account(account)?.portal {
            writer.drop_plans(Target { account, portal }, Purpose::Sync)?;
        }
        policies::active(writer, account)
    })?;
    derive(store, account, &policy, shared, now)?;
    Ok(())
}

fn view(shared: &SharedDomains) -> MailDomains {
    MailDomains {
        built_in: SharedDomains::built_in().map(str::to_owned).collect(),
        changes: MailDomainChanges {
            added: shared.added().map(str::to_owned).collect(),
            removed: shared.removed().map(str::to_owned).collect(),
        },
    }
}
