//! Pipelines and their stages.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{instant, reply::Refusal, value::Decimal};

/// A pipeline of deals.
#[derive(Debug, Clone)]
pub(super) struct Pipeline {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) display_order: i64,
    pub(super) stages: Vec<Stage>,
    pub(super) updated_at: Timestamp,
    created_at: Timestamp,
}

/// A stage of a pipeline.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) display_order: i64,
    pub(super) metadata: Map<String, Value>,
    pub(super) updated_at: Timestamp,
    created_at: Timestamp,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StageInput {
    pub(super) stage_id: Option<String>,
    label: String,
    display_order: i64,
    metadata: Map<String, Value>,
}

impl Stage {
    pub(super) fn new(
        id: &str,
        label: &str,
        display_order: i64,
        probability: &str,
        now: Timestamp,
    ) -> Self {
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            display_order,
            metadata: Map::from_iter([("probability".to_owned(), json!(probability))]),
            created_at: now,
            updated_at: now,
        }
    }

    pub(super) fn from_input(
        input: StageInput,
        id: String,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        check_length(&id, 100)?;
        check_probability(&input.metadata)?;
        Ok(Self {
            id,
            label: input.label,
            display_order: input.display_order,
            metadata: input.metadata,
            created_at: now,
            updated_at: now,
        })
    }

    /// A stage whose deals are surely won or surely lost.
    pub(super) fn is_closed(&self) -> bool {
        let probability = self
            .metadata
            .get("probability")
            .and_then(Value::as_str)
            .and_then(Decimal::parse);
        [Decimal::parse("0"), Decimal::parse("1")].contains(&probability)
    }

    /// As a read answers it.
    pub(super) fn to_json(&self) -> Value {
        let mut metadata = self.metadata.clone();
        metadata.insert("isClosed".to_owned(), json!(self.is_closed().to_string()));
        self.with_metadata(&metadata)
    }

    /// As a write answers it: what was sent, without what HubSpot derives.
    pub(super) fn echo(&self) -> Value {
        self.with_metadata(&self.metadata)
    }

    fn with_metadata(&self, metadata: &Map<String, Value>) -> Value {
        json!({
            "id": self.id,
            "label": self.label,
            "displayOrder": self.display_order,
            "metadata": metadata,
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
            "createdAt": instant(self.created_at),
            "updatedAt": instant(self.updated_at),
            "archived": false,
        })
    }
}

impl Pipeline {
    pub(super) fn new(
        id: &str,
        label: &str,
        display_order: i64,
        stages: Vec<Stage>,
        now: Timestamp,
    ) -> Self {
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            display_order,
            stages,
            created_at: now,
            updated_at: now,
        }
    }

    pub(super) fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    fn with_stages(&self, stages: &[Value]) -> Value {
        json!({
            "id": self.id,
            "label": self.label,
            "displayOrder": self.display_order,
            "stages": stages,
            "createdAt": instant(self.created_at),
            "updatedAt": instant(self.updated_at),
            "archived": false,
        })
    }

    pub(super) fn to_json(&self) -> Value {
        let stages: Vec<Value> = self.stages.iter().map(Stage::to_json).collect();
        self.with_stages(&stages)
    }

    pub(super) fn echo(&self) -> Value {
        let stages: Vec<Value> = self.stages.iter().map(Stage::echo).collect();
        self.with_stages(&stages)
    }

    /// The definition without the times of its making.
    pub(super) fn definition(&self) -> Value {
        let stages: Vec<Value> = self
            .stages
            .iter()
            .map(|stage| {
                json!({
                    "id": stage.id,
                    "label": stage.label,
                    "displayOrder": stage.display_order,
                    "metadata": stage.metadata,
                })
            })
            .collect();
        json!({"id": self.id, "label": self.label, "displayOrder": self.display_order, "stages": stages})
    }
}

/// HubSpot has been seen to answer ids that are too long with 500.
pub(super) fn check_length(id: &str, max: usize) -> Result<(), Refusal> {
    if id.chars().count() > max {
        return Err(Refusal::broken(500));
    }
    Ok(())
}

pub(super) fn check_probability(metadata: &Map<String, Value>) -> Result<(), Refusal> {
    let probability = metadata
        .get("probability")
        .and_then(Value::as_str)
        .and_then(Decimal::parse);
    let range = (Decimal::parse("0"), Decimal::parse("1"));
    if probability.is_some() && range.0 <= probability && probability <= range.1 {
        return Ok(());
    }
    Err(
        Refusal::validation("Deal stages need a probability between 0.0 and 1.0")
            .with_code("INVALID_PROBABILITY"),
    )
}
