//! Calls on custom objects.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    association::Definition,
    call::SchemaCall,
    instant,
    object_type::ObjectType,
    portal::{Portal, Sent},
    property::{Group, Property},
    property_calls::check_new,
    reply::{Answer, Refusal, Reply},
    schema::{Labels, NewSchema, Schema},
    standard,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SchemaChange {
    labels: Option<Labels>,
    description: Option<String>,
    primary_display_property: Option<String>,
    secondary_display_properties: Option<Vec<String>>,
    searchable_properties: Option<Vec<String>>,
    required_properties: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewAssociationType {
    from_object_type_id: String,
    to_object_type_id: String,
    name: Option<String>,
}

impl Portal {
    pub(super) fn schemas(&mut self, call: &SchemaCall, sent: &Sent) -> Answer {
        if !self.shape.tier.has_custom_objects() {
            // HubSpot names the scopes even when the token has them and the plan lacks the feature.
            return Err(Refusal::missing_scopes(&[
                "crm.schemas.custom.read".to_owned(),
                "crm.schemas.custom.write".to_owned(),
            ]));
        }
        match call {
            SchemaCall::List => Ok(self.list_schemas(sent)),
            SchemaCall::Create => self.create_schema(sent),
            SchemaCall::Get(name) => {
                let now = self.now();
                let object_type = self.custom_type(name)?;
                let readable = object_type
                    .schema
                    .as_ref()
                    .is_some_and(|schema| schema.readable_at <= now);
                if !readable {
                    return Err(Refusal::not_found());
                }
                Ok(Reply::ok(self.schema_json(object_type)))
            }
            SchemaCall::Update(name) => self.update_schema(name, sent),
            SchemaCall::Archive(name) => self.archive_schema(name, sent),
            SchemaCall::Associate(_) => {
                let new: NewAssociationType = sent.read()?;
                let from = self.object_type(&new.from_object_type_id)?.id.clone();
                let to = self.object_type(&new.to_object_type_id)?.id.clone();
                let definition = self.associations.define((&from, &to), new.name, None, None);
                Ok(Reply::created(definition_json(&definition)))
            }
        }
    }

    fn custom_type(&self, name: &str) -> Result<&ObjectType, Refusal> {
        self.types
            .values()
            .find(|object_type| {
                let is_live = object_type
                    .schema
                    .as_ref()
                    .is_some_and(|schema| schema.archived_at.is_none());
                is_live && object_type.goes_by(name)
            })
            .ok_or_else(Refusal::not_found)
    }

    fn list_schemas(&self, sent: &Sent) -> Reply {
        let now = self.now();
        let archived = sent.flag("archived");
        let results: Vec<Value> = self
            .types
            .values()
            .filter(|object_type| {
                object_type.schema.as_ref().is_some_and(|schema| {
                    schema.listed_at <= now && schema.archived_at.is_some() == archived
                })
            })
            .map(|object_type| self.schema_json(object_type))
            .collect();
        Reply::ok(json!({"results": results}))
    }

    fn create_schema(&mut self, sent: &Sent) -> Answer {
        let new: NewSchema = sent.read()?;
        let primary = new.check()?;
        self.check_schema_room(&new.name)?;
        let id = format!("2-{}", self.allocate_type_number());
        let object_type = self.build_custom_type(&id, &new, primary)?;
        let associated: Vec<String> = new
            .associated_objects
            .iter()
            .map(|name| Ok(self.object_type(name)?.id.clone()))
            .collect::<Result<_, Refusal>>()?;
        self.types.retain(|_, held| {
            held.schema
                .as_ref()
                .is_none_or(|schema| schema.name != new.name)
        });
        self.types.insert(id.clone(), object_type);
        for to in associated {
            let name = format!("{}_to_{to}", new.name);
            self.associations.define((&id, &to), Some(name), None, None);
        }
        let shown = self.schema_json(self.object_type(&id)?);
        Ok(Reply::created(shown))
    }

    fn check_schema_room(&self, name: &str) -> Result<(), Refusal> {
        let live: Vec<&Schema> = self
            .types
            .values()
            .filter_map(|object_type| object_type.schema.as_ref())
            .filter(|schema| schema.archived_at.is_none())
            .collect();
        if live.iter().any(|schema| schema.name == name) {
            return Err(Refusal::new(
                409,
                "OBJECT_ALREADY_EXISTS",
                format!("An object type named '{name}' already exists."),
            ));
        }
        let max = self.shape.tier.custom_object_types();
        if live.len() >= max {
            return Err(Refusal::validation(format!(
                "The account has reached its limit of {max} custom objects"
            ))
            .with_code("OBJECT_TYPE_LIMIT_REACHED"));
        }
        Ok(())
    }

    fn build_custom_type(
        &self,
        id: &str,
        new: &NewSchema,
        primary: String,
    ) -> Result<ObjectType, Refusal> {
        let now = self.now();
        let later = |lag| now.saturating_add(lag).unwrap_or(now);
        let full_name = format!("p{}_{}", self.shape.portal_id, new.name);
        let labels = (new.labels.singular.as_str(), new.labels.plural.as_str());
        let mut object_type = ObjectType::new(id, &[&full_name], labels);
        id.clone_into(&mut object_type.message_name);
        "custom".clone_into(&mut object_type.scope_name);
        object_type.names.push(new.name.clone());
        let group = format!("{}_information", new.name);
        let group_label = format!("{} information", new.labels.singular);
        object_type
            .groups
            .insert(group.clone(), Group::new(&group, &group_label));
        object_type.schema = Some(Schema {
            name: new.name.clone(),
            fully_qualified_name: full_name,
            labels: new.labels.clone(),
            description: new.description.clone(),
            primary_display_property: primary,
            secondary_display_properties: new.secondary_display_properties.clone(),
            searchable_properties: new.searchable_properties.clone(),
            required_properties: new.required_properties.clone(),
            listed_at: later(self.shape.lags.schema),
            readable_at: later(self.shape.lags.schema * 14),
            created_at: now,
            updated_at: now,
            archived_at: None,
        });
        standard::add_system_properties(&mut object_type, now);
        for property in &new.properties {
            let mut property = property.clone();
            if property.group_name.is_empty() {
                property.group_name.clone_from(&group);
            }
            let property = Property::from_new(property, now, self.shape.lags.property)?;
            check_new(&object_type, &property)?;
            object_type
                .properties
                .insert(property.name.clone(), property);
        }
        object_type.required = new
            .required_properties
            .iter()
            .map(|name| vec![name.clone()])
            .collect();
        object_type.searched.clone_from(&new.searchable_properties);
        object_type.binned_records_hold_unique_values =
            self.shape.binned_records_hold_unique_values;
        Ok(object_type)
    }

    fn update_schema(&mut self, name: &str, sent: &Sent) -> Answer {
        let change: SchemaChange = sent.read()?;
        let now = self.now();
        let id = self.custom_type(name)?.id.clone();
        let object_type = self.object_type_mut(&id)?;
        if let Some(required) = &change.required_properties {
            object_type.required = required.iter().map(|name| vec![name.clone()]).collect();
        }
        if let Some(searched) = &change.searchable_properties {
            object_type.searched.clone_from(searched);
        }
        let schema = object_type.schema.as_mut().ok_or_else(Refusal::not_found)?;
        schema.labels = change.labels.unwrap_or(schema.labels.clone());
        schema.description = change.description.or(schema.description.take());
        if let Some(primary) = change.primary_display_property {
            schema.primary_display_property = primary;
        }
        if let Some(secondary) = change.secondary_display_properties {
            schema.secondary_display_properties = secondary;
        }
        if let Some(searchable) = change.searchable_properties {
            schema.searchable_properties = searchable;
        }
        if let Some(required) = change.required_properties {
            schema.required_properties = required;
        }
        schema.updated_at = now;
        Ok(Reply::ok(definition_of_type(self.object_type(&id)?)))
    }

    fn archive_schema(&mut self, name: &str, sent: &Sent) -> Answer {
        let now = self.now();
        let id = self.custom_type(name)?.id.clone();
        let object_type = self.object_type_mut(&id)?;
        if object_type.records().next().is_some() {
            return Err(Refusal::validation(
                "The object type still has records and cannot be deleted",
            )
            .with_code("EXISTING_OBJECT_RECORDS"));
        }
        if let Some(schema) = &mut object_type.schema {
            schema.archived_at = Some(now);
        }
        self.associations
            .definitions
            .retain(|definition| definition.from != id && definition.to != id);
        if sent.flag("archived") {
            self.types.remove(&id);
        }
        Ok(Reply::no_content())
    }

    fn schema_json(&self, object_type: &ObjectType) -> Value {
        let properties: Vec<Value> = object_type
            .properties
            .values()
            .filter(|property| property.archived_at.is_none())
            .map(Property::to_json)
            .collect();
        let associations: Vec<Value> = self
            .associations
            .definitions
            .iter()
            .filter(|d| d.from == object_type.id || d.to == object_type.id)
            .map(definition_json)
            .collect();
        let mut body = definition_of_type(object_type);
        body["properties"] = json!(properties);
        body["associations"] = json!(associations);
        body["allowsSensitiveProperties"] = json!(false);
        body
    }
}

/// A type without what stands in it, as a change of it is answered.
fn definition_of_type(object_type: &ObjectType) -> Value {
    let Some(schema) = &object_type.schema else {
        return Value::Null;
    };
    let mut body = schema.definition();
    body["id"] = json!(object_type.id);
    body["objectTypeId"] = json!(object_type.id);
    body["fullyQualifiedName"] = json!(schema.fully_qualified_name);
    body["archived"] = json!(schema.archived_at.is_some());
    body["createdAt"] = json!(instant(schema.created_at));
    body["updatedAt"] = json!(instant(schema.updated_at));
    body
}

fn definition_json(definition: &Definition) -> Value {
    json!({
        "id": definition.spec.association_type_id.to_string(),
        "fromObjectTypeId": definition.from,
        "toObjectTypeId": definition.to,
        "name": definition.name,
    })
}
