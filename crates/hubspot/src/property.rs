use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Client, HubSpotError, ObjectType, Reason,
    client::{Call, Lane},
    path::Api,
};

/// A property as HubSpot holds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Property {
    /// Its name, which never changes.
    pub name: String,
    /// What people read.
    #[serde(default)]
    pub label: String,
    /// The group it stands in.
    #[serde(default)]
    pub group_name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub property_type: PropertyType,
    /// How it is edited, such as `text` or `select`.
    #[serde(default)]
    pub field_type: String,
    /// Whether no two records may hold one value. Set when the property is made, and never again.
    #[serde(default)]
    pub has_unique_value: bool,
    /// What can be chosen.
    #[serde(default)]
    pub options: Vec<PropertyOption>,
    /// Whether HubSpot itself made it.
    #[serde(default)]
    pub hubspot_defined: bool,
    /// Whether it was removed.
    #[serde(default)]
    pub archived: bool,
    /// What may be changed about it.
    #[serde(default, rename = "modificationMetadata")]
    modification: Modification,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Modification {
    read_only_value: bool,
}

impl Property {
    /// Whether people and programs can write its value.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !self.modification.read_only_value
    }
}

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyType {
    /// Text.
    String,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// One or some of a list.
    Enumeration,
    /// A day.
    Date,
    /// A moment.
    Datetime,
    /// A kind this version of ClearSync does not know.
    #[serde(other)]
    Other,
}

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PropertyOption {
    /// What people read.
    pub label: String,
    /// What is stored.
    pub value: String,
    /// Its place in the list. HubSpot puts -1 last.
    #[serde(default)]
    pub display_order: i64,
    /// Whether people do not see it.
    #[serde(default)]
    pub hidden: bool,
}

/// A property to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewProperty {
    /// Its group's name.
    pub group_name: String,
    /// Its name, in lower case.
    pub name: String,
    /// What people read. Unique within the object.
    pub label: String,
    /// A sentence for people.
    pub description: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub property_type: PropertyType,
    /// How it is edited.
    pub field_type: &'static str,
    /// Whether no two records may hold one value.
    pub has_unique_value: bool,
    /// Whether it may stand in forms.
    pub form_field: bool,
    /// What can be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<PropertyOption>,
}

#[derive(Deserialize)]
struct List<T> {
    #[serde(default = "Vec::new")]
    results: Vec<T>,
}

impl Client {
    /// Every property of `object` that is not removed.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn properties(&self, object: &ObjectType) -> Result<Vec<Property>, HubSpotError> {
        let list: List<Property> = self.call(Call::get(Api::Properties(object), [])).await?;
        let mut properties = list.results;
        properties.retain(|property| !property.archived);
        Ok(properties)
    }

    /// One property; `None` when there is none of that name.
    ///
    /// # Errors
    /// Any other [`HubSpotError`].
    pub async fn property(
        &self,
        object: &ObjectType,
        name: &str,
    ) -> Result<Option<Property>, HubSpotError> {
        match self.call(Call::get(Api::Properties(object), [name])).await {
            Ok(property) => Ok(Some(property).filter(|found: &Property| !found.archived)),
            Err(error) if error.reason == Reason::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a property. One that was removed comes back with its old values.
    ///
    /// # Errors
    /// [`Reason::AlreadyExists`], [`Reason::LabelTaken`], or any other [`HubSpotError`].
    pub async fn create_property(
        &self,
        object: &ObjectType,
        property: &NewProperty,
    ) -> Result<Property, HubSpotError> {
        let call = definition(Method::POST, object, vec![], property);
        self.call(call).await
    }

    /// Makes properties in one request and gives those HubSpot says it made, which may be fewer.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn create_properties(
        &self,
        object: &ObjectType,
        properties: &[NewProperty],
    ) -> Result<Vec<Property>, HubSpotError> {
        let inputs = json!({ "inputs": properties });
        let call = definition(Method::POST, object, vec!["batch", "create"], &inputs);
        let list: List<Property> = self.call(call).await?;
        Ok(list.results)
    }

    /// Replaces the list of what can be chosen.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn set_options(
        &self,
        object: &ObjectType,
        name: &str,
        options: &[PropertyOption],
    ) -> Result<Property, HubSpotError> {
        let body = json!({ "options": options });
        self.call(definition(Method::PATCH, object, vec![name], &body))
            .await
    }

    /// Removes a property. HubSpot keeps its values 90 days. One that is gone already is passed over.
    ///
    /// # Errors
    /// [`Reason::PropertyInUse`] or any other [`HubSpotError`].
    pub async fn archive_property(
        &self,
        object: &ObjectType,
        name: &str,
    ) -> Result<(), HubSpotError> {
        self.remove(object, vec![name]).await
    }

    /// Removes properties in one request, as [`Client::archive_property`] does one.
    ///
    /// # Errors
    /// Any [`HubSpotError`], also when one of them is gone or in use: some may be removed then.
    pub async fn archive_properties(
        &self,
        object: &ObjectType,
        names: &[&str],
    ) -> Result<(), HubSpotError> {
        let inputs: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        let inputs = json!({ "inputs": inputs });
        let call = definition(Method::POST, object, vec!["batch", "archive"], &inputs);
        self.call_silent(call).await
    }

    /// The names of the groups of `object`.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn property_groups(&self, object: &ObjectType) -> Result<Vec<String>, HubSpotError> {
        #[derive(Deserialize)]
        struct Group {
            name: String,
            #[serde(default)]
            archived: bool,
        }
        let call = Call::get(Api::Properties(object), ["groups"]);
        let list: List<Group> = self.call(call).await?;
        let standing = list.results.into_iter().filter(|group| !group.archived);
        Ok(standing.map(|group| group.name).collect())
    }

    /// Whether `object` has a group.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn has_group(&self, object: &ObjectType, name: &str) -> Result<bool, HubSpotError> {
        let groups = self.property_groups(object).await?;
        Ok(groups.iter().any(|group| group == name))
    }

    /// Makes a group, and says whether it did: one that exists already is left as it is.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn create_property_group(
        &self,
        object: &ObjectType,
        name: &str,
        label: &str,
    ) -> Result<bool, HubSpotError> {
        let body = json!({ "name": name, "label": label, "displayOrder": -1 });
        let call = || definition(Method::POST, object, vec!["groups"], &body);
        match self.call::<Value>(call().once()).await {
            Ok(_) => return Ok(true),
            Err(error) if error.reason == Reason::AlreadyExists => return Ok(false),
            // Perhaps it was made: whatever stands after that was made by it.
            Err(_) => {}
        }
        match self.call::<Value>(call()).await {
            Ok(_) => Ok(true),
            Err(error) if error.reason == Reason::AlreadyExists => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Removes a group. One that is gone already is passed over.
    ///
    /// # Errors
    /// Any [`HubSpotError`], for example when properties are left in it.
    pub async fn archive_property_group(
        &self,
        object: &ObjectType,
        name: &str,
    ) -> Result<(), HubSpotError> {
        self.remove(object, vec!["groups", name]).await
    }

    async fn remove(&self, object: &ObjectType, tail: Vec<&str>) -> Result<(), HubSpotError> {
        let lane = Lane::Records(object.clone());
        match self
            .call_silent(Call::delete(Api::Properties(object), tail, lane))
            .await
        {
            Err(error) if error.reason != Reason::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Definitions share the lane of the records: HubSpot may lock both together.
fn definition<'a>(
    method: Method,
    object: &'a ObjectType,
    tail: Vec<&'a str>,
    body: &impl Serialize,
) -> Call<'a> {
    let lane = Lane::Records(object.clone());
    Call::write(method, Api::Properties(object), tail, body, lane)
}
