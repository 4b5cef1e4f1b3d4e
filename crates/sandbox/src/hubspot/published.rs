//! The request bodies HubSpot publishes for 2026-09: which fields there are, which of them must be there, and of what kind.
//!
//! Source: the machine-readable specification of `crm/objects`, `crm/properties`, `crm/pipelines`, `crm/associations` and
//! `crm-object-schemas` in that version. The live service takes less than it asks for, and so does the simulation; a client that
//! keeps to these shapes does not lean on that.
#![expect(
    dead_code,
    reason = "the fields are there to be read from a body, not to be used"
)]

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};

use super::call::{AssociationCall, Call, ObjectCall, PipelineCall, PropertyCall, SchemaCall};

/// How a body differs from what is published for the call; nothing when it does not, or when the call takes no body.
pub(super) fn difference(call: &Call, body: &[u8]) -> Option<String> {
    match call {
        Call::Objects(_, call) => object(call, body),
        Call::Properties(_, call) => property(call, body),
        Call::Schemas(call) => schema(call, body),
        Call::Pipelines(_, call) => pipeline(call, body),
        Call::Associations(_, _, call) => association(call, body),
        Call::Introspect
        | Call::AccountDetails
        | Call::ApiUsage
        | Call::ExchangeRates
        | Call::Owners
        | Call::Limits(_) => None,
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Option<String> {
    let error = serde_json::from_slice::<T>(body).err()?;
    Some(error.to_string())
}

fn object(call: &ObjectCall, body: &[u8]) -> Option<String> {
    match call {
        ObjectCall::Create => read::<NewRecord>(body),
        ObjectCall::Update(_) => read::<Changes>(body),
        ObjectCall::BatchCreate => read::<Inputs<NewRecord>>(body),
        ObjectCall::BatchRead => read::<Reading>(body),
        ObjectCall::BatchUpdate | ObjectCall::BatchUpsert => read::<Inputs<ChangedRecord>>(body),
        ObjectCall::BatchArchive => read::<Inputs<Id>>(body),
        ObjectCall::Search => read::<Search>(body),
        ObjectCall::List
        | ObjectCall::Get(_)
        | ObjectCall::Archive(_)
        | ObjectCall::Merge
        | ObjectCall::GdprDelete => None,
    }
}

fn property(call: &PropertyCall, body: &[u8]) -> Option<String> {
    match call {
        PropertyCall::Create => read::<NewProperty>(body),
        PropertyCall::Update(_) => read::<ChangedProperty>(body),
        PropertyCall::BatchCreate => read::<Inputs<NewProperty>>(body),
        PropertyCall::BatchArchive => read::<Inputs<Name>>(body),
        PropertyCall::CreateGroup => read::<NewGroup>(body),
        PropertyCall::List
        | PropertyCall::Get(_)
        | PropertyCall::Archive(_)
        | PropertyCall::BatchRead
        | PropertyCall::ListGroups
        | PropertyCall::GetGroup(_)
        | PropertyCall::UpdateGroup(_)
        | PropertyCall::ArchiveGroup(_) => None,
    }
}

fn schema(call: &SchemaCall, body: &[u8]) -> Option<String> {
    match call {
        SchemaCall::Create => read::<NewSchema>(body),
        SchemaCall::Update(_) => read::<ChangedSchema>(body),
        SchemaCall::Associate(_) => read::<NewAssociation>(body),
        SchemaCall::List | SchemaCall::Get(_) | SchemaCall::Archive(_) => None,
    }
}

fn pipeline(call: &PipelineCall, body: &[u8]) -> Option<String> {
    match call {
        PipelineCall::Create | PipelineCall::Replace(_) => read::<NewPipeline>(body),
        PipelineCall::Update(_) => read::<ChangedPipeline>(body),
        PipelineCall::CreateStage(_) => read::<NewStage>(body),
        PipelineCall::UpdateStage(..) => read::<ChangedStage>(body),
        PipelineCall::List
        | PipelineCall::Get(_)
        | PipelineCall::Archive(_)
        | PipelineCall::ListStages(_)
        | PipelineCall::GetStage(..)
        | PipelineCall::ArchiveStage(..) => None,
    }
}

fn association(call: &AssociationCall, body: &[u8]) -> Option<String> {
    match call {
        AssociationCall::Label { .. } => read::<Vec<Spec>>(body),
        AssociationCall::BatchDefault => read::<Inputs<DefaultPair>>(body),
        AssociationCall::BatchRead => read::<Inputs<AssociationsOf>>(body),
        AssociationCall::BatchArchive => read::<Inputs<Parted>>(body),
        AssociationCall::BatchCreate | AssociationCall::BatchArchiveLabels => {
            read::<Inputs<LabelledPair>>(body)
        }
        AssociationCall::CreateLabel => read::<NewLabel>(body),
        AssociationCall::UpdateLabel => read::<ChangedLabel>(body),
        AssociationCall::AssociateDefault { .. }
        | AssociationCall::List { .. }
        | AssociationCall::Remove { .. }
        | AssociationCall::ListLabels
        | AssociationCall::ArchiveLabel(_) => None,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inputs<T> {
    inputs: Vec<T>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

type Properties = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewRecord {
    associations: Vec<Associated>,
    properties: Properties,
    object_write_trace_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Associated {
    to: Id,
    types: Vec<Spec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ChangedRecord {
    id: String,
    properties: Properties,
    id_property: Option<String>,
    object_write_trace_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Reading {
    inputs: Vec<Id>,
    properties: Vec<String>,
    properties_with_history: Vec<String>,
    id_property: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Search {
    after: String,
    filter_groups: Vec<FilterGroup>,
    limit: i32,
    properties: Vec<String>,
    sorts: Vec<Sort>,
    query: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilterGroup {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Filter {
    operator: Operator,
    property_name: String,
    value: Option<String>,
    values: Option<Vec<String>>,
    high_value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Operator {
    Between,
    ContainsToken,
    Eq,
    Gt,
    Gte,
    HasProperty,
    In,
    Lt,
    Lte,
    Neq,
    NotContainsToken,
    NotHasProperty,
    NotIn,
}

/// The specification says a text, HubSpot's guide an object.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sort {
    Text(String),
    Guide(GuideSort),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct GuideSort {
    property_name: String,
    direction: Direction,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Direction {
    Ascending,
    Descending,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewProperty {
    field_type: FieldType,
    /// Must be there, save in a new schema.
    group_name: Option<String>,
    label: String,
    name: String,
    r#type: PropertyType,
    calculation_formula: Option<String>,
    currency_property_name: Option<String>,
    data_sensitivity: Option<String>,
    description: Option<String>,
    display_order: Option<i32>,
    external_options: Option<bool>,
    form_field: Option<bool>,
    has_unique_value: Option<bool>,
    hidden: Option<bool>,
    number_display_hint: Option<NumberHint>,
    options: Option<Vec<NewOption>>,
    referenced_object_type: Option<String>,
    show_currency_symbol: Option<bool>,
    text_display_hint: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ChangedProperty {
    field_type: Option<FieldType>,
    group_name: Option<String>,
    label: Option<String>,
    r#type: Option<PropertyType>,
    calculation_formula: Option<String>,
    description: Option<String>,
    display_order: Option<i32>,
    form_field: Option<bool>,
    hidden: Option<bool>,
    options: Option<Vec<NewOption>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum FieldType {
    Booleancheckbox,
    #[serde(rename = "calculation_equation")]
    CalculationEquation,
    Checkbox,
    Date,
    File,
    Html,
    Number,
    Phonenumber,
    Radio,
    Select,
    Text,
    Textarea,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PropertyType {
    Bool,
    Date,
    Datetime,
    Enumeration,
    Number,
    PhoneNumber,
    String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum NumberHint {
    Currency,
    Duration,
    Formatted,
    Percentage,
    Probability,
    Unformatted,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewOption {
    display_order: i32,
    hidden: bool,
    label: String,
    value: String,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewGroup {
    label: String,
    name: String,
    display_order: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewSchema {
    allows_sensitive_properties: bool,
    associated_objects: Vec<String>,
    labels: Labels,
    name: String,
    properties: Vec<NewProperty>,
    required_properties: Vec<String>,
    searchable_properties: Vec<String>,
    secondary_display_properties: Vec<String>,
    description: Option<String>,
    primary_display_property: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    plural: Option<String>,
    singular: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ChangedSchema {
    clear_description: bool,
    allows_sensitive_properties: Option<bool>,
    description: Option<String>,
    labels: Option<Labels>,
    primary_display_property: Option<String>,
    required_properties: Option<Vec<String>>,
    restorable: Option<bool>,
    searchable_properties: Option<Vec<String>>,
    secondary_display_properties: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewAssociation {
    from_object_type_id: String,
    to_object_type_id: String,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewPipeline {
    display_order: i32,
    label: String,
    stages: Vec<NewStage>,
    pipeline_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ChangedPipeline {
    archived: Option<bool>,
    display_order: Option<i32>,
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewStage {
    display_order: i32,
    label: String,
    metadata: BTreeMap<String, String>,
    stage_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ChangedStage {
    archived: Option<bool>,
    display_order: Option<i32>,
    label: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Spec {
    association_category: Category,
    association_type_id: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Category {
    HubspotDefined,
    IntegratorDefined,
    UserDefined,
    Work,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultPair {
    from: Id,
    to: Id,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelledPair {
    from: Id,
    to: Id,
    types: Vec<Spec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parted {
    from: Id,
    to: Vec<Id>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssociationsOf {
    id: String,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewLabel {
    label: String,
    name: String,
    inverse_label: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ChangedLabel {
    association_type_id: i32,
    label: String,
    inverse_label: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_object(call: ObjectCall, body: &str) -> Option<String> {
        difference(&Call::Objects("contacts".to_owned(), call), body.as_bytes())
    }

    #[test]
    fn a_body_as_published_differs_in_nothing() {
        let create = r#"{"inputs":[{"associations":[],"properties":{"email":"ada@acme.com"}}]}"#;
        assert_eq!(of_object(ObjectCall::BatchCreate, create), None);
        assert_eq!(of_object(ObjectCall::List, ""), None);
    }

    #[test]
    fn what_is_missing_foreign_or_of_another_kind_is_told() {
        for (call, body, told) in [
            (
                ObjectCall::BatchCreate,
                r#"{"inputs":[{"properties":{}}]}"#,
                "missing field `associations`",
            ),
            (
                ObjectCall::BatchArchive,
                r#"{"inputs":[{"id":"1","x":1}]}"#,
                "unknown field `x`",
            ),
            (
                ObjectCall::BatchArchive,
                r#"{"inputs":[{"id":1}]}"#,
                "invalid type: integer `1`",
            ),
            (
                ObjectCall::BatchUpdate,
                r#"{"inputs":[{"id":"1","properties":{"clearsync_mrr":49}}]}"#,
                "invalid type: integer `49`",
            ),
        ] {
            let difference = of_object(call, body).unwrap();
            assert!(difference.starts_with(told), "{difference}");
        }
    }
}
