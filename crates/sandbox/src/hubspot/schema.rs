//! Custom objects.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{property::NewProperty, reply::Refusal};

const MAX_NAME: usize = 50;
const MAX_SECONDARY: usize = 2;

/// What makes an object type a custom one.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) fully_qualified_name: String,
    pub(super) labels: Labels,
    pub(super) description: Option<String>,
    pub(super) primary_display_property: String,
    pub(super) secondary_display_properties: Vec<String>,
    pub(super) searchable_properties: Vec<String>,
    pub(super) required_properties: Vec<String>,
    pub(super) listed_at: Timestamp,
    pub(super) readable_at: Timestamp,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) archived_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Labels {
    pub(super) singular: String,
    pub(super) plural: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewSchema {
    pub(super) name: String,
    pub(super) labels: Labels,
    pub(super) description: Option<String>,
    pub(super) primary_display_property: Option<String>,
    #[serde(default)]
    pub(super) secondary_display_properties: Vec<String>,
    #[serde(default)]
    pub(super) searchable_properties: Vec<String>,
    #[serde(default)]
    pub(super) required_properties: Vec<String>,
    #[serde(default)]
    pub(super) properties: Vec<NewProperty>,
    #[serde(default)]
    pub(super) associated_objects: Vec<String>,
}

impl Schema {
    /// Whether the schema names a property.
    pub(super) fn uses(&self, property: &str) -> bool {
        self.primary_display_property == property
            || self
                .secondary_display_properties
                .iter()
                .chain(&self.searchable_properties)
                .chain(&self.required_properties)
                .any(|name| name == property)
    }

    /// The definition without ids and times.
    pub(super) fn definition(&self) -> Value {
        json!({
            "name": self.name,
            "labels": self.labels,
            "description": self.description,
            "primaryDisplayProperty": self.primary_display_property,
            "secondaryDisplayProperties": self.secondary_display_properties,
            "searchableProperties": self.searchable_properties,
            "requiredProperties": self.required_properties,
        })
    }
}

impl NewSchema {
    /// Checks the parts against each other and gives back the primary display property.
    pub(super) fn check(&self) -> Result<String, Refusal> {
        let well_named = self.name.starts_with(|c: char| c.is_ascii_alphabetic())
            && self.name.len() <= MAX_NAME
            && self
                .name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !well_named {
            return Err(Refusal::validation(
                "Schema names start with a letter, hold letters, digits and underscores, and are at most 50 long",
            )
            .with_code("INVALID_SCHEMA_NAME"));
        }
        let longest = self.labels.singular.len().max(self.labels.plural.len());
        if longest > MAX_NAME || longest == 0 {
            return Err(Refusal::validation("Schema labels hold 1 to 50 characters"));
        }
        if self.secondary_display_properties.len() > MAX_SECONDARY {
            return Err(Refusal::validation(
                "At most two secondary display properties are allowed",
            ));
        }
        let Some(primary) = self.primary_display_property.clone() else {
            return Err(
                Refusal::validation("A schema needs a primary display property")
                    .with_code("PRIMARY_DISPLAY_PROPERTY_REQUIRED"),
            );
        };
        let named = std::iter::once(&primary)
            .chain(&self.secondary_display_properties)
            .chain(&self.searchable_properties)
            .chain(&self.required_properties);
        for name in named {
            if !self.properties.iter().any(|p| p.name == *name) {
                return Err(Refusal::validation(format!(
                    "Property {name} is not among the properties of the schema"
                )));
            }
        }
        Ok(primary)
    }
}
