use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::{
    Client, HubSpotError, NewProperty, ObjectType, OwnProperty, Reason,
    client::{Call, Lane},
    path::Api,
};

/// A kind of record ClearSync defines in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnObject {
    /// Its name: letters and underscores, at most 50.
    pub name: &'static str,
    /// What people read of one.
    pub singular: &'static str,
    /// What people read of several.
    pub plural: &'static str,
    /// A sentence for people.
    pub description: &'static str,
    /// The property records are called by.
    pub primary: &'static str,
    /// At most two more that are shown beside it.
    pub secondary: &'static [&'static str],
    /// What search looks at.
    pub searchable: &'static [&'static str],
    /// The unique property no record is without.
    pub key: &'static str,
}

/// An object type of the account's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomObject {
    /// Such as `2-7282133`.
    pub object_type_id: String,
    /// The name it was made with.
    pub name: String,
    /// What people call its records.
    #[serde(default)]
    pub labels: ObjectLabels,
}

/// What people call the records of an object type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ObjectLabels {
    /// One of them.
    pub singular: Option<String>,
    /// Several.
    pub plural: Option<String>,
}

/// How many object types of its own an account may have, and has. Without the feature it may have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct CustomObjectLimit {
    /// Allowed.
    pub limit: u64,
    /// Used.
    pub usage: u64,
}

/// The list of schemas has been seen to settle after five seconds; single reads take over a minute, and flip.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
const MOST_LOOKS: u8 = 60;

impl Client {
    /// The account's own object types: those that stand, or those that were removed.
    ///
    /// # Errors
    /// Any [`HubSpotError`]; [`Reason::PlanLacksFeature`] without an Enterprise plan, once the scopes are known.
    pub async fn custom_objects(&self, archived: bool) -> Result<Vec<CustomObject>, HubSpotError> {
        #[derive(Deserialize)]
        struct List {
            #[serde(default)]
            results: Vec<CustomObject>,
        }
        let archived = if archived { "true" } else { "false" };
        let call = Call::get(Api::Schemas, []).query("archived", archived);
        let list: List = self.call(call).await?;
        Ok(list.results)
    }

    /// How many object types the account may have.
    ///
    /// # Errors
    /// Any [`HubSpotError`].
    pub async fn custom_object_limit(&self) -> Result<CustomObjectLimit, HubSpotError> {
        self.call(Call::get(Api::Limits, ["custom-object-types"]))
            .await
    }

    /// Makes an object type with these properties, associable with `associated`, and waits until the list shows it. One of
    /// this name that stands is taken as it is: HubSpot answers 409, or 201 with the type that stood there.
    ///
    /// HubSpot deletes a removed type of the same name for good, with its records: look for one first.
    ///
    /// # Errors
    /// Any [`HubSpotError`]; [`Reason::NotFound`] when HubSpot made it and never shows it.
    pub async fn ensure_custom_object(
        &self,
        own: &OwnObject,
        properties: &[OwnProperty],
        associated: &[&ObjectType],
    ) -> Result<CustomObject, HubSpotError> {
        if let Some(standing) = self.listed(own).await? {
            return Ok(standing);
        }
        match self.create_custom_object(own, properties, associated).await {
            Err(error)
                if !matches!(
                    error.reason,
                    Reason::AlreadyExists | Reason::Conflict { .. }
                ) =>
            {
                return Err(error);
            }
            _ => {}
        }
        for _ in 0..MOST_LOOKS {
            if let Some(standing) = self.listed(own).await? {
                return Ok(standing);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(Reason::NotFound.into())
    }

    /// Removes an object type that has no records left.
    ///
    /// # Errors
    /// Any [`HubSpotError`]. One that is gone already is passed over.
    pub async fn archive_custom_object(&self, type_id: &str) -> Result<(), HubSpotError> {
        let lane = Lane::Records(ObjectType::Custom(type_id.to_owned()));
        match self
            .call_silent(Call::delete(Api::Schemas, [type_id], lane))
            .await
        {
            Err(error) if error.reason != Reason::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn listed(&self, own: &OwnObject) -> Result<Option<CustomObject>, HubSpotError> {
        let standing = self.custom_objects(false).await?;
        Ok(standing.into_iter().find(|object| object.name == own.name))
    }

    async fn create_custom_object(
        &self,
        own: &OwnObject,
        properties: &[OwnProperty],
        associated: &[&ObjectType],
    ) -> Result<(), HubSpotError> {
        let properties: Vec<NewProperty> = properties
            .iter()
            .map(|property| NewProperty {
                // The object's only group, which HubSpot names after it.
                group_name: format!("{}_information", own.name),
                ..property.new_property(property.label.to_string())
            })
            .collect();
        let associated: Vec<&str> = associated.iter().map(|object| object.type_id()).collect();
        let body = json!({
            "name": own.name,
            "labels": { "singular": own.singular, "plural": own.plural },
            "description": own.description,
            "primaryDisplayProperty": own.primary,
            "secondaryDisplayProperties": own.secondary,
            "searchableProperties": own.searchable,
            "requiredProperties": [own.key],
            "allowsSensitiveProperties": false,
            "properties": properties,
            "associatedObjects": associated,
        });
        let lane = Lane::Records(ObjectType::Custom(own.name.to_owned()));
        let call = Call::write(Method::POST, Api::Schemas, [], &body, lane);
        self.call_silent(call).await
    }
}
