//! Calls on properties and their groups.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    batch::check_size,
    call::PropertyCall,
    object_type::ObjectType,
    portal::{Portal, Sent},
    property::{Group, NewProperty, Property, PropertyChange},
    reply::{Answer, Refusal, Reply},
};

const MAX_INPUTS: usize = 100;
const MAX_UNIQUE_PER_OBJECT: usize = 10;

#[derive(Deserialize)]
struct Inputs<T> {
    inputs: Vec<T>,
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupChange {
    label: Option<String>,
    display_order: Option<i64>,
}

impl Portal {
    pub(super) fn properties(&mut self, name: &str, call: &PropertyCall, sent: &Sent) -> Answer {
        let type_id = self.object_type(name)?.id.clone();
        match call {
            PropertyCall::List => self.list_properties(&type_id, sent),
            PropertyCall::Create => {
                let new: NewProperty = sent.read()?;
                Ok(Reply::created(self.create_property(&type_id, new)?))
            }
            PropertyCall::Get(name) => {
                let property = self.live_property(&type_id, name)?;
                Ok(Reply::ok(property.to_json()))
            }
            PropertyCall::Update(name) => self.update_property(&type_id, name, sent),
            PropertyCall::Archive(name) => {
                self.archive_property(&type_id, name)?;
                Ok(Reply::no_content())
            }
            PropertyCall::BatchCreate => self.create_properties(&type_id, sent),
            PropertyCall::BatchRead => self.read_properties(&type_id, sent),
            PropertyCall::BatchArchive => {
                let body: Inputs<Name> = sent.read()?;
                check_size(body.inputs.len(), MAX_INPUTS)?;
                for input in &body.inputs {
                    self.archive_property(&type_id, &input.name)?;
                }
                Ok(Reply::no_content())
            }
            PropertyCall::ListGroups => {
                let groups: Vec<&Group> = self.object_type(&type_id)?.groups.values().collect();
                Ok(Reply::ok(json!({"results": groups})))
            }
            PropertyCall::CreateGroup => self.create_group(&type_id, sent),
            PropertyCall::GetGroup(name) => {
                let group = self.object_type(&type_id)?.groups.get(name);
                Ok(Reply::ok(json!(group.ok_or_else(Refusal::not_found)?)))
            }
            PropertyCall::UpdateGroup(name) => self.update_group(&type_id, name, sent),
            PropertyCall::ArchiveGroup(name) => self.archive_group(&type_id, name),
        }
    }

    fn live_property(&self, type_id: &str, name: &str) -> Result<&Property, Refusal> {
        let now = self.now();
        self.object_type(type_id)?
            .live_property(name, now)
            .ok_or_else(Refusal::not_found)
    }

    fn list_properties(&self, type_id: &str, sent: &Sent) -> Answer {
        let now = self.now();
        let archived = sent.flag("archived");
        let results: Vec<Value> = self
            .object_type(type_id)?
            .properties
            .values()
            .filter(|property| {
                if archived {
                    property.archived_at.is_some()
                } else {
                    property.is_live(now)
                }
            })
            .map(Property::to_json)
            .collect();
        Ok(Reply::ok(json!({"results": results})))
    }

    fn create_property(&mut self, type_id: &str, new: NewProperty) -> Result<Value, Refusal> {
        let (now, lag) = (self.now(), self.shape.lags.property);
        let property = Property::from_new(new, now, lag)?;
        self.check_room(type_id)?;
        let object_type = self.object_type_mut(type_id)?;
        check_new(object_type, &property)?;
        let name = property.name.clone();
        let created = match object_type.properties.remove(&name) {
            Some(mut archived) => {
                archived.restore(property);
                archived
            }
            None => property,
        };
        let shown = created.to_json();
        object_type.properties.insert(name, created);
        object_type.index();
        Ok(shown)
    }

    /// The plan's limit on custom properties, over all objects and for this one.
    fn check_room(&self, type_id: &str) -> Result<(), Refusal> {
        let overall: usize = self.types.values().map(ObjectType::custom_properties).sum();
        let own = self.object_type(type_id)?.custom_properties();
        let tier = self.shape.tier;
        let max = if overall >= tier.custom_properties_overall() {
            tier.custom_properties_overall()
        } else if own >= tier.custom_properties_per_object() {
            tier.custom_properties_per_object()
        } else {
            return Ok(());
        };
        Err(Refusal::validation(format!(
            "The account has reached its limit of {max} custom properties"
        ))
        .with_code("PROPERTY_LIMIT_REACHED"))
    }

    fn create_properties(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let body: Inputs<NewProperty> = sent.read()?;
        check_size(body.inputs.len(), MAX_INPUTS)?;
        let mut results = Vec::new();
        let mut errors = Vec::new();
        for new in body.inputs {
            let name = new.name.clone();
            match self.create_property(type_id, new) {
                Ok(created) => results.push(created),
                Err(refusal) => {
                    errors.push(refusal.with_context("name", json!([name])).entry(None));
                }
            }
        }
        self.shuffle(&mut results);
        Ok(self.batch_reply(201, results, errors))
    }

    fn read_properties(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let body: Inputs<Name> = sent.read()?;
        check_size(body.inputs.len(), MAX_INPUTS)?;
        let mut results = Vec::new();
        let mut errors = Vec::new();
        for Name { name } in &body.inputs {
            match self.live_property(type_id, name) {
                Ok(property) => results.push(property.to_json()),
                Err(refusal) => {
                    errors.push(refusal.with_context("name", json!([name])).entry(None));
                }
            }
        }
        self.shuffle(&mut results);
        Ok(self.batch_reply(200, results, errors))
    }

    fn update_property(&mut self, type_id: &str, name: &str, sent: &Sent) -> Answer {
        let change: PropertyChange = sent.read()?;
        let now = self.now();
        self.live_property(type_id, name)?;
        let object_type = self.object_type_mut(type_id)?;
        if let Some(group_name) = &change.group_name {
            check_group(object_type, group_name)?;
        }
        if let Some(label) = &change.label {
            check_label(object_type, name, label)?;
        }
        let property = object_type
            .properties
            .get_mut(name)
            .ok_or_else(Refusal::not_found)?;
        if property.hubspot_defined {
            return Err(Refusal::validation(format!(
                "The definition of {name} is read only"
            )));
        }
        property.change(change, now)?;
        Ok(Reply::ok(property.to_json()))
    }

    pub(super) fn archive_property(&mut self, type_id: &str, name: &str) -> Result<(), Refusal> {
        let now = self.now();
        let object_type = self.object_type_mut(type_id)?;
        let in_use = object_type
            .schema
            .as_ref()
            .is_some_and(|schema| schema.uses(name));
        let property = object_type
            .properties
            .get_mut(name)
            .filter(|property| property.archived_at.is_none())
            .ok_or_else(Refusal::not_found)?;
        if property.hubspot_defined || in_use {
            return Err(Refusal::validation(format!(
                "Property {name} is in use and cannot be deleted"
            ))
            .with_sub_category("PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"));
        }
        property.archived_at = Some(now);
        Ok(())
    }

    fn create_group(&mut self, type_id: &str, sent: &Sent) -> Answer {
        let group: Group = sent.read()?;
        let object_type = self.object_type_mut(type_id)?;
        if object_type.groups.contains_key(&group.name) {
            return Err(Refusal::new(
                409,
                "OBJECT_ALREADY_EXISTS",
                format!("A property group named '{}' already exists.", group.name),
            )
            .with_sub_category("Properties.GROUP_WITH_NAME_EXISTS"));
        }
        let shown = json!(group);
        object_type.groups.insert(group.name.clone(), group);
        Ok(Reply::created(shown))
    }

    fn update_group(&mut self, type_id: &str, name: &str, sent: &Sent) -> Answer {
        let change: GroupChange = sent.read()?;
        let object_type = self.object_type_mut(type_id)?;
        let group = object_type
            .groups
            .get_mut(name)
            .ok_or_else(Refusal::not_found)?;
        group.label = change.label.unwrap_or(group.label.clone());
        group.display_order = change.display_order.unwrap_or(group.display_order);
        Ok(Reply::ok(json!(group)))
    }

    fn archive_group(&mut self, type_id: &str, name: &str) -> Answer {
        let object_type = self.object_type_mut(type_id)?;
        if !object_type.groups.contains_key(name) {
            return Err(Refusal::not_found());
        }
        let in_use = object_type
            .properties
            .values()
            .any(|property| property.group_name == name && property.archived_at.is_none());
        if in_use {
            return Err(Refusal::validation(format!(
                "Property group {name} still holds properties"
            )));
        }
        object_type.groups.remove(name);
        Ok(Reply::no_content())
    }
}

/// What the object's other properties say about a new one.
pub(super) fn check_new(object_type: &ObjectType, property: &Property) -> Result<(), Refusal> {
    let name = &property.name;
    let taken = object_type
        .properties
        .get(name)
        .is_some_and(|held| held.archived_at.is_none());
    if taken {
        return Err(Refusal::new(
            409,
            "OBJECT_ALREADY_EXISTS",
            format!("A property named '{name}' already exists."),
        )
        .with_sub_category("Properties.PROPERTY_WITH_NAME_EXISTS"));
    }
    check_group(object_type, &property.group_name)?;
    check_label(object_type, name, &property.label)?;
    let unique = object_type
        .properties
        .values()
        .filter(|held| held.unique && held.archived_at.is_none())
        .count();
    if property.unique && unique >= MAX_UNIQUE_PER_OBJECT {
        return Err(Refusal::validation(format!(
            "At most {MAX_UNIQUE_PER_OBJECT} properties can require unique values"
        )));
    }
    Ok(())
}

fn check_group(object_type: &ObjectType, group_name: &str) -> Result<(), Refusal> {
    if object_type.groups.contains_key(group_name) {
        return Ok(());
    }
    Err(Refusal::validation(format!(
        "Property group {group_name} does not exist"
    )))
}

/// Labels are unique for each object.
fn check_label(object_type: &ObjectType, name: &str, label: &str) -> Result<(), Refusal> {
    let taken = object_type.properties.values().any(|held| {
        held.name != name && held.archived_at.is_none() && held.label.eq_ignore_ascii_case(label)
    });
    if !taken {
        return Ok(());
    }
    Err(Refusal::validation(format!(
        "A property with the label '{label}' already exists"
    ))
    .with_code("NON_UNIQUE_PROPERTY_LABEL"))
}
