//! Property and group definitions.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{instant, reply::Refusal};

/// The type of a property's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PropertyType {
    String,
    Number,
    Bool,
    Enumeration,
    Date,
    Datetime,
    PhoneNumber,
}

impl PropertyType {
    fn accepts(self, field_type: &str) -> bool {
        let fields: &[&str] = match self {
            Self::String => &[
                "text",
                "textarea",
                "file",
                "html",
                "phonenumber",
                "calculation_equation",
            ],
            Self::Number => &["number", "calculation_equation"],
            Self::Bool => &["booleancheckbox", "calculation_equation"],
            Self::Enumeration => &[
                "select",
                "radio",
                "checkbox",
                "booleancheckbox",
                "calculation_equation",
            ],
            Self::Date | Self::Datetime => &["date"],
            Self::PhoneNumber => &["phonenumber"],
        };
        fields.contains(&field_type)
    }
}

/// One choice of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Choice {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) display_order: i64,
    pub(super) hidden: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Choice {
    pub(super) fn new(label: &str, value: &str, display_order: i64) -> Self {
        Self {
            label: label.to_owned(),
            value: value.to_owned(),
            display_order,
            hidden: false,
            description: None,
        }
    }
}

/// A property's definition.
#[derive(Debug, Clone)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) description: String,
    pub(super) group_name: String,
    pub(super) kind: PropertyType,
    pub(super) field_type: String,
    pub(super) options: Vec<Choice>,
    pub(super) unique: bool,
    pub(super) hubspot_defined: bool,
    pub(super) read_only: bool,
    pub(super) visible_at: Timestamp,
    pub(super) archived_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// What was sent and has no meaning here: `formField`, `displayOrder`, `showCurrencySymbol` and their like.
    shown: Map<String, Value>,
}

/// The body that creates a property.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewProperty {
    pub(super) name: String,
    pub(super) label: String,
    #[serde(default)]
    pub(super) group_name: String,
    #[serde(rename = "type")]
    kind: PropertyType,
    field_type: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    options: Vec<Choice>,
    #[serde(default)]
    pub(super) has_unique_value: bool,
    #[serde(flatten)]
    shown: Map<String, Value>,
}

/// The body that changes a property. `hasUniqueValue` is accepted and ignored, as HubSpot does.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PropertyChange {
    pub(super) label: Option<String>,
    pub(super) group_name: Option<String>,
    description: Option<String>,
    field_type: Option<String>,
    options: Option<Vec<Choice>>,
    #[serde(flatten)]
    shown: Map<String, Value>,
}

impl Property {
    /// A definition HubSpot ships.
    pub(super) fn standard(
        name: &str,
        label: &str,
        group_name: &str,
        kind: PropertyType,
        now: Timestamp,
    ) -> Self {
        let field_type = match kind {
            PropertyType::String => "text",
            PropertyType::Number => "number",
            PropertyType::Bool => "booleancheckbox",
            PropertyType::Enumeration => "select",
            PropertyType::Date | PropertyType::Datetime => "date",
            PropertyType::PhoneNumber => "phonenumber",
        };
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            description: String::new(),
            group_name: group_name.to_owned(),
            kind,
            field_type: field_type.to_owned(),
            options: Vec::new(),
            unique: false,
            hubspot_defined: true,
            read_only: false,
            visible_at: now,
            archived_at: None,
            created_at: now,
            updated_at: now,
            shown: Map::new(),
        }
    }

    /// The definition a body asks for, if HubSpot accepts it.
    pub(super) fn from_new(
        new: NewProperty,
        now: Timestamp,
        lag: SignedDuration,
    ) -> Result<Self, Refusal> {
        check_name(&new.name)?;
        check_shape(&new)?;
        Ok(Self {
            name: new.name,
            label: new.label,
            description: new.description,
            group_name: new.group_name,
            kind: new.kind,
            field_type: new.field_type,
            options: new.options,
            unique: new.has_unique_value,
            hubspot_defined: false,
            read_only: false,
            visible_at: now.saturating_add(lag).unwrap_or(now),
            archived_at: None,
            created_at: now,
            updated_at: now,
            shown: new.shown,
        })
    }

    /// Takes over the look of a new definition of the same name; type and uniqueness stay.
    pub(super) fn restore(&mut self, new: Self) {
        self.label = new.label;
        self.description = new.description;
        self.group_name = new.group_name;
        self.field_type = new.field_type;
        self.options = new.options;
        self.shown = new.shown;
        self.visible_at = new.visible_at;
        self.updated_at = new.updated_at;
        self.archived_at = None;
    }

    pub(super) fn change(&mut self, change: PropertyChange, now: Timestamp) -> Result<(), Refusal> {
        if let Some(field_type) = change.field_type {
            if !self.kind.accepts(&field_type) {
                return Err(wrong_field_type(&field_type));
            }
            self.field_type = field_type;
        }
        if let Some(label) = change.label {
            self.label = label;
        }
        if let Some(group_name) = change.group_name {
            self.group_name = group_name;
        }
        if let Some(description) = change.description {
            self.description = description;
        }
        if let Some(options) = change.options {
            self.options = options;
        }
        let mut shown = change.shown;
        for fixed in ["hasUniqueValue", "name", "type"] {
            shown.remove(fixed);
        }
        self.shown.extend(shown);
        self.updated_at = now;
        Ok(())
    }

    /// Whether the property can be used now.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.archived_at.is_none() && self.visible_at <= now
    }

    /// As HubSpot answers it.
    pub(super) fn to_json(&self) -> Value {
        let mut body = self.definition();
        body.insert("createdAt".to_owned(), json!(instant(self.created_at)));
        body.insert("updatedAt".to_owned(), json!(instant(self.updated_at)));
        body.insert("archived".to_owned(), json!(self.archived_at.is_some()));
        if let Some(archived_at) = self.archived_at {
            body.insert("archivedAt".to_owned(), json!(instant(archived_at)));
        }
        Value::Object(body)
    }

    /// The definition without the times of its making.
    pub(super) fn definition(&self) -> Map<String, Value> {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("name", json!(self.name));
        put("label", json!(self.label));
        put("type", json!(self.kind));
        put("fieldType", json!(self.field_type));
        put("description", json!(self.description));
        put("groupName", json!(self.group_name));
        put("options", json!(self.options));
        put("hasUniqueValue", json!(self.unique));
        put("hubspotDefined", json!(self.hubspot_defined));
        put(
            "calculated",
            json!(self.field_type == "calculation_equation"),
        );
        put("externalOptions", json!(false));
        put("displayOrder", json!(-1));
        put("hidden", json!(false));
        put("formField", json!(false));
        put(
            "modificationMetadata",
            json!({
                "archivable": !self.hubspot_defined,
                "readOnlyDefinition": self.hubspot_defined,
                "readOnlyOptions": self.hubspot_defined,
                "readOnlyValue": self.read_only,
            }),
        );
        body.extend(self.shown.clone());
        body
    }
}

/// Lower-case letters, digits and underscores, a letter first, at most a hundred.
fn check_name(name: &str) -> Result<(), Refusal> {
    let first_is_letter = name.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if first_is_letter && plain && name.len() <= 100 {
        return Ok(());
    }
    Err(Refusal::validation(format!(
        "Property name '{name}' must start with a letter and hold only lower-case letters, digits and underscores"
    ))
    .with_code("INVALID_PROPERTY_NAME"))
}

fn check_shape(new: &NewProperty) -> Result<(), Refusal> {
    if !new.kind.accepts(&new.field_type) {
        return Err(wrong_field_type(&new.field_type));
    }
    if new.kind == PropertyType::Bool {
        let values: Vec<&str> = new.options.iter().map(|o| o.value.as_str()).collect();
        if values.len() != 2 || !values.contains(&"true") || !values.contains(&"false") {
            return Err(Refusal::validation(
                "Boolean properties must have exactly two options, true and false",
            )
            .with_code("INVALID_BOOLEAN_OPTION"));
        }
    }
    if new.has_unique_value && !matches!(new.kind, PropertyType::String | PropertyType::Number) {
        return Err(Refusal::validation(
            "Only text and number properties can require unique values",
        )
        .with_code("INVALID_UNIQUE_PROPERTY"));
    }
    let shows_currency = new.shown.get("showCurrencySymbol") == Some(&json!(true));
    if new.shown.contains_key("currencyPropertyName") && !shows_currency {
        return Err(Refusal::validation(
            "Only currency properties can specify a currency property",
        )
        .with_code("ONLY_CURRENCY_PROPERTIES_CAN_SPECIFY_CURRENCY"));
    }
    Ok(())
}

fn wrong_field_type(field_type: &str) -> Refusal {
    Refusal::validation(format!(
        "Field type {field_type} does not go with the type of the property"
    ))
    .with_code("INVALID_FIELD_TYPE")
}

/// A group of properties.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) label: String,
    #[serde(default = "last")]
    pub(super) display_order: i64,
    #[serde(default)]
    archived: bool,
}

fn last() -> i64 {
    -1
}

impl Group {
    pub(super) fn new(name: &str, label: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            display_order: -1,
            archived: false,
        }
    }
}
