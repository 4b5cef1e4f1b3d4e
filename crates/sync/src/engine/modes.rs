use clearsync_billing::Fraction;
use clearsync_hubspot::{Client, Mode as Scopes, Reason, scopes_for};
use clearsync_store::Target;

use super::{Engine, profile::Profile};
use crate::{
    plan::{self, Kind, LINE_ITEM_SCOPES, PlanError, Portal},
    view::{
        DataKind, FilterChoices, FilterEffect, Filters, MetadataKey, ModeChoice, ModeState,
        Problem, ProblemCode, Service, WriteMode, WriteModes, Writing,
    },
};

impl Engine {
    /// What the portal can do, read before anything is made: for each way of writing whether the key holds its scopes and
    /// the portal's plan has room for it.
    ///
    /// # Errors
    /// A [`Problem`] when HubSpot cannot be asked.
    pub async fn write_modes(&self) -> Result<WriteModes, Problem> {
        let hubspot = self.connected_hubspot().await?;
        let held = hubspot.introspect().await?.scopes;
        let former = self.kept_portal().await?;
        let mut modes = Vec::new();
        for mode in [
            WriteMode::Summary,
            WriteMode::Deals,
            WriteMode::CustomObjects,
        ] {
            modes.push(choice(&hubspot, mode, &held, former.as_ref()).await?);
        }
        let target: Target = self.target().await?;
        let (current, former_records) = self
            .with_store(move |store| {
                store.read(|reader| {
                    let mode = Profile::read(reader)?.writing.mode;
                    Ok((mode, plan::former_records(reader, target, mode)?))
                })
            })
            .await?;
        Ok(WriteModes {
            current,
            modes,
            line_items: LINE_ITEM_SCOPES
                .iter()
                .all(|scope| held.iter().any(|own| own == scope)),
            former_records,
        })
    }

    /// How and about whom ClearSync writes.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn writing(&self) -> Result<Writing, Problem> {
        let profile = self.with_store(|store| store.read(Profile::read)).await?;
        Ok(profile.writing)
    }

    /// Keeps how and about whom ClearSync writes. The next plan shows what changes by it; nothing is written before.
    ///
    /// # Errors
    /// [`ProblemCode::WritingRefused`] names the field that cannot be kept; otherwise the store cannot be written.
    pub async fn save_writing(&self, writing: Writing) -> Result<Writing, Problem> {
        if let Some(field) = misfit(&writing) {
            return Err(Problem::new(ProblemCode::WritingRefused).with("field", field));
        }
        let mode = writing.mode;
        let before = self.writing().await?.mode;
        let kept = writing.clone();
        self.change_profile(move |profile| profile.writing = kept)
            .await?;
        if before != mode {
            // Another way of writing needs other scopes.
            self.checks().forget(Service::HubSpot);
        }
        self.data_changed(&[DataKind::Plan]);
        Ok(writing)
    }

    /// The metadata keys that Stripe's objects carry, the most used first.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn metadata_keys(&self) -> Result<Vec<MetadataKey>, Problem> {
        let account = self.account().await?;
        self.with_store(move |store| store.read(|reader| plan::metadata_keys(reader, account)))
            .await
    }

    /// What the filters can name.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn filter_choices(&self) -> Result<FilterChoices, Problem> {
        let account = self.account().await?;
        self.with_store(move |store| store.read(|reader| plan::filter_choices(reader, account)))
            .await
    }

    /// How many subscriptions `filters` would leave out.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn filter_effect(&self, filters: Filters) -> Result<FilterEffect, Problem> {
        let account = self.account().await?;
        self.with_store(move |store| {
            store.read(|reader| plan::filter_effect(reader, account, &filters))
        })
        .await
    }
}

async fn choice(
    hubspot: &Client,
    mode: WriteMode,
    held: &[String],
    former: Option<&Portal>,
) -> Result<ModeChoice, Problem> {
    let scopes = match mode {
        WriteMode::Summary => Scopes::Summary,
        WriteMode::Deals => Scopes::Deals,
        WriteMode::CustomObjects => Scopes::CustomObjects,
    };
    let missing_scopes: Vec<String> = scopes_for(scopes)
        .map(|scope| scope.name)
        .filter(|name| !held.iter().any(|own| own == name))
        .map(str::to_owned)
        .collect();
    let (state, limit) = if missing_scopes.is_empty() {
        room(plan::check_room(hubspot, mode, former).await)?
    } else {
        (ModeState::ScopesMissing, None)
    };
    Ok(ModeChoice {
        mode,
        state,
        missing_scopes,
        limit: limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX)),
        objects: Kind::of_mode(mode)
            .iter()
            .map(|kind| kind.shown())
            .collect(),
    })
}

fn room(checked: Result<(), PlanError>) -> Result<(ModeState, Option<u64>), Problem> {
    match checked {
        Ok(()) => Ok((ModeState::Available, None)),
        Err(PlanError::NoRoomForObjects { limit: 0 }) => Ok((ModeState::NotInPlan, Some(0))),
        Err(PlanError::NoRoomForPipeline { limit } | PlanError::NoRoomForObjects { limit }) => {
            Ok((ModeState::NoRoom, Some(limit)))
        }
        Err(PlanError::ObjectRemoved { .. }) => Ok((ModeState::ObjectRemoved, None)),
        Err(PlanError::HubSpot(error))
            if matches!(error.reason, Reason::PlanLacksFeature { .. }) =>
        {
            Ok((ModeState::NotInPlan, None))
        }
        Err(error) => Err(error.into()),
    }
}

/// The name of what cannot be kept.
fn misfit(writing: &Writing) -> Option<&'static str> {
    let filters = &writing.filters;
    let is_number = |text: &String| Fraction::from_decimal(text.trim()).is_ok();
    if !filters.minimum_mrr.as_ref().is_none_or(is_number) {
        return Some("minimumMrr");
    }
    let blank = |key: &str| key.trim().is_empty();
    let conditions = filters.metadata.iter().any(|one| blank(&one.key));
    let fields = writing.metadata.iter().any(|field| blank(&field.key));
    (conditions || fields).then_some("metadata")
}
