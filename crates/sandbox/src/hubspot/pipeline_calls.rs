//! Calls on pipelines and their stages.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    call::PipelineCall,
    pipeline::{Pipeline, Stage, StageInput, check_length, check_probability},
    portal::{Portal, Sent},
    reply::{Answer, Refusal, Reply},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PipelineInput {
    label: String,
    display_order: i64,
    pipeline_id: Option<String>,
    stages: Vec<StageInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    label: Option<String>,
    display_order: Option<i64>,
    metadata: Option<Map<String, Value>>,
}

impl Portal {
    pub(super) fn pipelines(&mut self, name: &str, call: &PipelineCall, sent: &Sent) -> Answer {
        let type_id = self.object_type(name)?.id.clone();
        let now = self.now();
        match call {
            PipelineCall::List => {
                let pipelines = &self.object_type(&type_id)?.pipelines;
                let results: Vec<Value> = pipelines.values().map(Pipeline::to_json).collect();
                Ok(Reply::ok(json!({"results": results})))
            }
            PipelineCall::Get(id) => Ok(Reply::ok(self.pipeline(&type_id, id)?.to_json())),
            PipelineCall::ListStages(id) => {
                let stages = &self.pipeline(&type_id, id)?.stages;
                let results: Vec<Value> = stages.iter().map(Stage::to_json).collect();
                Ok(Reply::ok(json!({"results": results})))
            }
            PipelineCall::GetStage(id, stage_id) => {
                let stage = self.pipeline(&type_id, id)?.stage(stage_id);
                Ok(Reply::ok(stage.ok_or_else(Refusal::not_found)?.to_json()))
            }
            PipelineCall::Create => self.create_pipeline(&type_id, sent),
            PipelineCall::Update(id) => {
                let change: Change = sent.read()?;
                let pipeline = self.pipeline_mut(&type_id, id)?;
                pipeline.label = change.label.unwrap_or(pipeline.label.clone());
                pipeline.display_order = change.display_order.unwrap_or(pipeline.display_order);
                pipeline.updated_at = now;
                Ok(Reply::ok(pipeline.echo()))
            }
            PipelineCall::Replace(id) => self.replace_pipeline(&type_id, id, sent),
            PipelineCall::Archive(id) => self.archive_pipeline(&type_id, id, sent),
            PipelineCall::CreateStage(id) => {
                let input: StageInput = sent.read()?;
                let stage = self.new_stage(input)?;
                let pipeline = self.pipeline_mut(&type_id, id)?;
                if pipeline.stage(&stage.id).is_some() {
                    return Err(Refusal::conflict("A stage with this id already exists"));
                }
                let echo = stage.echo();
                pipeline.stages.push(stage);
                Ok(Reply::created(echo))
            }
            PipelineCall::UpdateStage(id, stage_id) => {
                self.update_stage(&type_id, id, stage_id, sent)
            }
            PipelineCall::ArchiveStage(id, stage_id) => {
                self.pipeline(&type_id, id)?
                    .stage(stage_id)
                    .ok_or_else(Refusal::not_found)?;
                self.check_stage_unused(&type_id, id, stage_id)?;
                let pipeline = self.pipeline_mut(&type_id, id)?;
                pipeline.stages.retain(|stage| stage.id != *stage_id);
                Ok(Reply::no_content())
            }
        }
    }

    fn pipeline(&self, type_id: &str, id: &str) -> Result<&Pipeline, Refusal> {
        let pipelines = &self.object_type(type_id)?.pipelines;
        pipelines.get(id).ok_or_else(Refusal::not_found)
    }

    fn pipeline_mut(&mut self, type_id: &str, id: &str) -> Result<&mut Pipeline, Refusal> {
        let pipelines = &mut self.object_type_mut(type_id)?.pipelines;
        pipelines.get_mut(id).ok_or_else(Refusal::not_found)
    }

    fn new_stage(&mut self, input: StageInput) -> Result<Stage, Refusal> {
        let id = match &input.stage_id {
            Some(id) => id.clone(),
            None => self.allocate_id().to_string(),
        };
        Stage::from_input(input, id, self.now())
    }

    fn pipeline_from(
        &mut self,
        input: PipelineInput,
        id: Option<String>,
    ) -> Result<Pipeline, Refusal> {
        let id = match id.or(input.pipeline_id) {
            Some(id) => id,
            None => self.allocate_id().to_string(),
        };
        check_length(&id, 36)?;
        if input.stages.is_empty() {
            return Err(Refusal::validation("A pipeline needs at least one stage"));
        }
        let stages = input
            .stages
            .into_iter()
            .map(|stage| self.new_stage(stage))
            .collect::<Result<_, _>>()?;
        let now = self.now();
        Ok(Pipeline::new(
            &id,
            &input.label,
            input.display_order,
            stages,
            now,
        ))
    }

    fn create_pipeline(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let pipeline = self.pipeline_from(sent.read()?, None)?;
        let max = self.shape.tier.pipelines();
        let pipelines = &mut self.object_type_mut(type_id)?.pipelines;
        if pipelines.contains_key(&pipeline.id) {
            return Err(Refusal::conflict("A pipeline with this id already exists"));
        }
        if pipelines.len() >= max {
            return Err(Refusal::validation(format!(
                "The account has reached its limit of {max} pipelines"
            ))
            .with_code("PIPELINE_LIMIT_REACHED"));
        }
        let echo = pipeline.echo();
        pipelines.insert(pipeline.id.clone(), pipeline);
        Ok(Reply::created(echo))
    }

    /// Stages that are left out are gone for good, deals in them or not.
    fn replace_pipeline(&mut self, type_id: &str, id: &str, sent: &Sent) -> Answer {
        self.pipeline(type_id, id)?;
        let pipeline = self.pipeline_from(sent.read()?, Some(id.to_owned()))?;
        let echo = pipeline.echo();
        let pipelines = &mut self.object_type_mut(type_id)?.pipelines;
        pipelines.insert(id.to_owned(), pipeline);
        Ok(Reply::ok(echo))
    }

    fn archive_pipeline(&mut self, type_id: &str, id: &str, sent: &Sent) -> Answer {
        let stages: Vec<String> = self
            .pipeline(type_id, id)?
            .stages
            .iter()
            .map(|stage| stage.id.clone())
            .collect();
        if sent.flag("validateReferencesBeforeDelete")
            || sent.flag("validateDealStageUsagesBeforeDelete")
        {
            for stage_id in &stages {
                self.check_stage_unused(type_id, id, stage_id)?;
            }
        }
        self.object_type_mut(type_id)?.pipelines.remove(id);
        Ok(Reply::no_content())
    }

    fn update_stage(&mut self, type_id: &str, id: &str, stage_id: &str, sent: &Sent) -> Answer {
        let change: Change = sent.read()?;
        if let Some(metadata) = &change.metadata {
            check_probability(metadata)?;
        }
        let now = self.now();
        let pipeline = self.pipeline_mut(type_id, id)?;
        let stage = pipeline
            .stages
            .iter_mut()
            .find(|stage| stage.id == stage_id)
            .ok_or_else(Refusal::not_found)?;
        stage.label = change.label.unwrap_or(stage.label.clone());
        stage.display_order = change.display_order.unwrap_or(stage.display_order);
        stage.metadata = change.metadata.unwrap_or(stage.metadata.clone());
        stage.updated_at = now;
        Ok(Reply::ok(stage.echo()))
    }

    fn check_stage_unused(
        &self,
        type_id: &str,
        pipeline_id: &str,
        stage_id: &str,
    ) -> Result<(), Refusal> {
        let users: Vec<String> = self
            .object_type(type_id)?
            .records()
            .filter(|record| {
                record.get("pipeline") == Some(pipeline_id)
                    && record.get("dealstage") == Some(stage_id)
            })
            .map(|record| record.id.to_string())
            .collect();
        if users.is_empty() {
            return Ok(());
        }
        Err(Refusal::validation(format!(
            "Stage {stage_id} is used by records and cannot be deleted"
        ))
        .with_code("STAGE_ID_IN_USE")
        .with_context("objectIds", json!(users)))
    }
}
