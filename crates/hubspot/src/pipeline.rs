use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Client, HubSpotError, ObjectType, Reason,
    client::{Call, Lane},
    path::Api,
};

/// A pipeline of ClearSync's own. HubSpot takes the ids as they are given, so that they are the same in every account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnPipeline {
    /// At most 36 characters.
    pub id: &'static str,
    /// What people read.
    pub label: &'static str,
    /// In the order they are shown.
    pub stages: &'static [OwnStage],
}

/// A stage of an own pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnStage {
    /// At most 100 characters.
    pub id: &'static str,
    /// What people read.
    pub label: &'static str,
    /// From 0 to 1 as text. HubSpot takes both ends for closed.
    pub probability: &'static str,
}

/// A pipeline as HubSpot holds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pipeline {
    /// Its id.
    pub id: String,
    /// What people read.
    #[serde(default)]
    pub label: String,
    /// Its stages.
    #[serde(default)]
    pub stages: Vec<Stage>,
    /// Whether it was removed.
    #[serde(default)]
    pub archived: bool,
}

/// A stage as HubSpot holds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Stage {
    /// Its id.
    pub id: String,
    /// What people read.
    #[serde(default)]
    pub label: String,
    /// Whether it was removed.
    #[serde(default)]
    pub archived: bool,
}

/// What was made of an own pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnsuredPipeline {
    /// Whether the pipeline itself was made.
    pub created: bool,
    /// Stages that were added to one that stood there.
    pub stages_added: Vec<String>,
}

/// How many pipelines an object type may have, and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct PipelineLimit {
    /// Allowed.
    pub limit: u64,
    /// Used.
    pub usage: u64,
}

const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
const MOST_LOOKS: u8 = 20;

impl OwnPipeline {
    /// The stages `standing` lacks.
    #[must_use]
    pub fn missing(&self, standing: &Pipeline) -> Vec<OwnStage> {
        let stands = |stage: &OwnStage| {
            let same = |held: &Stage| held.id == stage.id && !held.archived;
            standing.stages.iter().any(same)
        };
        let missing = self.stages.iter().filter(|stage| !stands(stage));
        missing.copied().collect()
    }
}

impl Client {
    /// The pipelines of `object` that are not removed.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn pipelines(&self, object: &ObjectType) -> Result<Vec<Pipeline>, HubSpotError> {
        #[derive(Deserialize)]
        struct List {
            #[serde(default)]
            results: Vec<Pipeline>,
        }
        let list: List = self.call(Call::get(Api::Pipelines(object), [])).await?;
        let mut pipelines = list.results;
        pipelines.retain(|pipeline| !pipeline.archived);
        Ok(pipelines)
    }

    /// How many pipelines `object` may have; `None` when HubSpot does not say. Needs one scope `crm.objects.….read`.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn pipeline_limit(
        &self,
        object: &ObjectType,
    ) -> Result<Option<PipelineLimit>, HubSpotError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Limits {
            #[serde(default)]
            hubspot_defined_object_types: Vec<Of>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Of {
            object_type_id: String,
            #[serde(flatten)]
            limit: PipelineLimit,
        }
        let limits: Limits = self.call(Call::get(Api::Limits, ["pipelines"])).await?;
        let types = limits.hubspot_defined_object_types;
        let own = types
            .into_iter()
            .find(|of| of.object_type_id == object.type_id());
        Ok(own.map(|of| of.limit))
    }

    /// Sees to it that the own pipeline stands with all its stages. What stands is left as it is: labels people changed
    /// stay, and stages they added. Answers to writes only repeat what was sent, so that it is read back. One that was just
    /// seen to be `absent` is not looked for first.
    ///
    /// # Errors
    /// Any [`HubSpotError`]; [`Reason::NotFound`] when HubSpot made it and does not show it.
    pub async fn ensure_pipeline(
        &self,
        object: &ObjectType,
        own: &OwnPipeline,
        absent: bool,
    ) -> Result<EnsuredPipeline, HubSpotError> {
        let mut ensured = EnsuredPipeline::default();
        let mut standing = None;
        if !absent {
            standing = self.own_pipeline(object, own).await?;
        }
        if standing.is_none() {
            self.create_pipeline(object, own).await?;
            ensured.created = true;
            standing = self.own_pipeline(object, own).await?;
        }
        for _ in 0..MOST_LOOKS {
            let missing = standing.as_ref().map(|standing| own.missing(standing));
            match missing {
                Some(missing) if missing.is_empty() => return Ok(ensured),
                Some(missing) => {
                    for stage in missing {
                        self.create_stage(object, own, &stage).await?;
                        ensured.stages_added.push(stage.id.to_owned());
                    }
                }
                None => tokio::time::sleep(BETWEEN_LOOKS).await,
            }
            standing = self.own_pipeline(object, own).await?;
        }
        Err(Reason::NotFound.into())
    }

    async fn own_pipeline(
        &self,
        object: &ObjectType,
        own: &OwnPipeline,
    ) -> Result<Option<Pipeline>, HubSpotError> {
        let pipelines = self.pipelines(object).await?;
        Ok(pipelines.into_iter().find(|held| held.id == own.id))
    }

    /// Removes a pipeline none of whose stages holds a record.
    ///
    /// # Errors
    /// Any [`HubSpotError`]. One that is gone already is passed over.
    pub async fn archive_pipeline(
        &self,
        object: &ObjectType,
        id: &str,
    ) -> Result<(), HubSpotError> {
        let lane = Lane::Records(object.clone());
        let call = Call::delete(Api::Pipelines(object), [id], lane)
            .query("validateDealStageUsagesBeforeDelete", "true");
        match self.call_silent(call).await {
            Err(error) if error.reason != Reason::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn create_pipeline(
        &self,
        object: &ObjectType,
        own: &OwnPipeline,
    ) -> Result<(), HubSpotError> {
        let stages: Vec<Value> = (0..)
            .zip(own.stages)
            .map(|(order, stage)| stage.body(order))
            .collect();
        let body = json!({
            "pipelineId": own.id, "label": own.label, "displayOrder": 10, "stages": stages,
        });
        self.make(object, vec![], &body).await
    }

    async fn create_stage(
        &self,
        object: &ObjectType,
        own: &OwnPipeline,
        stage: &OwnStage,
    ) -> Result<(), HubSpotError> {
        let order = own.stages.iter().position(|other| other == stage);
        let body = stage.body(order.unwrap_or_default());
        self.make(object, vec![own.id, "stages"], &body).await
    }

    /// Makes something whose id is chosen. One that an earlier request with a lost answer made stands already.
    async fn make(
        &self,
        object: &ObjectType,
        tail: Vec<&str>,
        body: &Value,
    ) -> Result<(), HubSpotError> {
        let lane = Lane::Records(object.clone());
        let call = Call::write(Method::POST, Api::Pipelines(object), tail, body, lane);
        match self.call_silent(call).await {
            Err(error)
                if !matches!(
                    error.reason,
                    Reason::Conflict { .. } | Reason::AlreadyExists
                ) =>
            {
                Err(error)
            }
            _ => Ok(()),
        }
    }
}

impl OwnStage {
    fn body(&self, order: usize) -> Value {
        json!({
            "stageId": self.id,
            "label": self.label,
            "displayOrder": order,
            "metadata": { "probability": self.probability },
        })
    }
}
