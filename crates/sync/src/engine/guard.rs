use clearsync_hubspot::SUMMARY;
use clearsync_store::StoreError;

use super::{Engine, preview, profile::Profile};
use crate::{
    plan::{self, Guard},
    view::{DataKind, GuardChange, GuardSettings, Problem, ProblemCode, PropertyGuard},
};

const MOST_FREE_PERCENT: u32 = 90;
/// What a new record gets of HubSpot's own properties, by kind.
const AT_BIRTH: [(&str, &str); 4] = [
    ("contacts", "email"),
    ("contacts", "firstname"),
    ("contacts", "lastname"),
    ("companies", "domain"),
];

impl Engine {
    /// What ClearSync may do without asking.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read or nothing is connected.
    pub async fn guard(&self) -> Result<GuardSettings, Problem> {
        let guard = self.with_store(|store| {
            store.read(|reader| match Profile::read(reader)?.account {
                Some(account) => Guard::load(reader, account),
                None => Ok(Guard::default()),
            })
        });
        Ok(settings(&guard.await?))
    }

    /// Changes one rule. The next plan follows it.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be written or nothing is connected.
    pub async fn change_guard(&self, change: GuardChange) -> Result<GuardSettings, Problem> {
        let now = self.now();
        let guard = self.with_store(move |store| {
            store.write(|writer| {
                let Some(account) = Profile::read(writer)?.account else {
                    return Ok(None);
                };
                let mut guard = Guard::load(writer, account)?;
                apply(&mut guard, change);
                guard.keep(writer, account)?;
                plan::settings_changed(writer, account, now)?;
                Ok::<_, StoreError>(Some(guard))
            })
        });
        let guard = guard.await?;
        self.data_changed(&[DataKind::Settings, DataKind::Plan]);
        match guard {
            Some(guard) => Ok(settings(&guard)),
            None => Err(Problem::new(ProblemCode::StripeNotConnected)),
        }
    }
}

impl Engine {
    /// Lets the next plan try again what HubSpot refused.
    pub(super) async fn plan_settings_changed(&self) -> Result<(), Problem> {
        let now = self.now();
        self.with_store(move |store| {
            store.write(|writer| match Profile::read(writer)?.account {
                Some(account) => plan::settings_changed(writer, account, now),
                None => Ok(()),
            })
        })
        .await
    }
}

fn apply(guard: &mut Guard, change: GuardChange) {
    match change {
        GuardChange::UnaskedSharePercent(percent) => {
            guard.unasked_share_percent = percent.min(100);
        }
        GuardChange::UnaskedRecords(records) => guard.unasked_records = records,
        GuardChange::FreeRequestsPercent(percent) => {
            guard.free_requests_percent = percent.min(MOST_FREE_PERCENT);
        }
        GuardChange::Property {
            object,
            property,
            ownership,
        } => guard.set(&object, &property, ownership),
    }
}

fn settings(guard: &Guard) -> GuardSettings {
    let own = ["contacts", "companies"]
        .into_iter()
        .flat_map(|object| SUMMARY.iter().map(move |own| (object, &*own.name)));
    let properties = own.chain(AT_BIRTH).map(|(object, property)| PropertyGuard {
        object: object.to_owned(),
        property: property.to_owned(),
        label: preview::label(property),
        ownership: guard.ownership(object, property),
        fixed: Guard::is_fixed(property),
    });
    GuardSettings {
        unasked_share_percent: guard.unasked_share_percent,
        unasked_records: guard.unasked_records,
        free_requests_percent: guard.free_requests_percent,
        properties: properties.collect(),
    }
}
