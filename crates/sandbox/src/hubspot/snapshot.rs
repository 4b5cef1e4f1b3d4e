//! The portal as one value, to compare before with after.

use serde_json::{Map, Value, json};

use super::{object_type::ObjectType, portal::Portal};

/// Properties HubSpot keeps by itself.
const SYSTEM: [&str; 6] = [
    "hs_object_id",
    "createdate",
    "hs_createdate",
    "lastmodifieddate",
    "hs_lastmodifieddate",
    "hs_object_source",
];

impl Portal {
    pub(super) fn snapshot(&self) -> Value {
        let live = |object_type: &&ObjectType| {
            object_type
                .schema
                .as_ref()
                .is_none_or(|schema| schema.archived_at.is_none())
        };
        let objects: Map<String, Value> = self
            .types
            .values()
            .filter(live)
            .map(|object_type| (object_type.id.clone(), object_snapshot(object_type)))
            .collect();
        json!({"objects": objects, "associations": self.associations_json()})
    }

    /// Every association once, from the side that comes first.
    pub(super) fn associations_json(&self) -> Value {
        let links: Vec<Value> = self
            .associations
            .all()
            .filter(|(from, to, _)| from <= to)
            .map(|(from, to, specs)| {
                json!({
                    "from": {"objectTypeId": from.0, "id": from.1.to_string()},
                    "to": {"objectTypeId": to.0, "id": to.1.to_string()},
                    "types": specs,
                })
            })
            .collect();
        json!(links)
    }
}

fn object_snapshot(object_type: &ObjectType) -> Value {
    let records: Map<String, Value> = object_type
        .records()
        .map(|record| {
            let own: Map<String, Value> = record
                .values
                .iter()
                .filter(|(name, _)| !SYSTEM.contains(&name.as_str()))
                .filter(|(name, _)| {
                    object_type
                        .properties
                        .get(*name)
                        .is_some_and(|property| property.archived_at.is_none())
                })
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect();
            (record.id.to_string(), json!(own))
        })
        .collect();
    let properties: Map<String, Value> = object_type
        .properties
        .values()
        .filter(|property| property.archived_at.is_none())
        .map(|property| (property.name.clone(), Value::Object(property.definition())))
        .collect();
    let pipelines: Vec<Value> = object_type
        .pipelines
        .values()
        .map(super::pipeline::Pipeline::definition)
        .collect();
    json!({
        "records": records,
        "properties": properties,
        "groups": object_type.groups,
        "pipelines": pipelines,
        "schema": object_type.schema.as_ref().map(super::schema::Schema::definition),
    })
}
