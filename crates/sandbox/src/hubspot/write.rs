//! Creating, changing and archiving one record, with every rule HubSpot applies to it.

use serde_json::{Value, json};

use super::{
    association::NewAssociation,
    object_type::ObjectType,
    portal::Portal,
    record::{Record, Source, Values},
    reply::Refusal,
    value::{self, ValueRefusal},
};

/// On whose behalf a record is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer {
    pub(super) source: Source,
    /// Whether the administrator's validation rules apply.
    pub(super) keeps_rules: bool,
    /// How a new contact is refused whose address somebody else has.
    pub(super) held_address: HeldAddress,
}

impl Writer {
    pub(super) fn person() -> Self {
        Self {
            source: Source::Person,
            keeps_rules: false,
            held_address: HeldAddress::Conflict,
        }
    }
}

/// HubSpot refuses an address that another contact has in two ways: a create says that the contact exists, an upsert
/// that the value cannot be set on the contact it half made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeldAddress {
    Conflict,
    HalfMade,
}

/// A rule the portal's administrator set, enforced from version 2026-09 on.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) object_type: String,
    pub(super) property: String,
    /// When the rule applies: always, or when another property has a value.
    pub(super) when: Option<(String, String)>,
}

impl Portal {
    /// Makes a record and gives back its id.
    pub(super) fn create_record(
        &mut self,
        type_id: &str,
        wanted: &Values,
        writer: Writer,
    ) -> Result<u64, Refusal> {
        let id = self.allocate_id();
        let now = self.now();
        let lag = self.shape.lags.search;
        let kept = self.checked(type_id, id, wanted, writer)?;
        let object_type = self.object_type_mut(type_id)?;
        let mut record = Record::new(id, now, lag);
        record.write(&kept, writer.source, now, lag);
        stamp(object_type, &mut record, writer.source);
        object_type.put(id, Some(record));
        self.expect_company(type_id, id, &kept);
        Ok(id)
    }

    /// Makes a record together with its associations, or neither.
    pub(super) fn create_associated(
        &mut self,
        type_id: &str,
        wanted: &Values,
        associations: &[NewAssociation],
        writer: Writer,
    ) -> Result<u64, Refusal> {
        let id = self.create_record(type_id, wanted, writer)?;
        if let Err(refusal) = self.associate_new(type_id, id, associations) {
            self.associations.remove_record(type_id, id);
            self.object_type_mut(type_id)?.put(id, None);
            return Err(refusal);
        }
        Ok(id)
    }

    /// Changes a record and gives back its before-image.
    pub(super) fn update_record(
        &mut self,
        type_id: &str,
        id: u64,
        wanted: &Values,
        writer: Writer,
    ) -> Result<Option<Record>, Refusal> {
        let now = self.now();
        let lag = self.shape.lags.search;
        let kept = self.checked(type_id, id, wanted, writer)?;
        let object_type = self.object_type_mut(type_id)?;
        let mut record = object_type
            .record(id)
            .cloned()
            .ok_or_else(Refusal::not_found)?;
        record.write(&kept, writer.source, now, lag);
        stamp(object_type, &mut record, writer.source);
        let before = object_type.put(id, Some(record));
        self.expect_company(type_id, id, &kept);
        Ok(before)
    }

    /// Puts a record in the recycle bin, with its associations cut.
    pub(super) fn archive_record(&mut self, type_id: &str, id: u64) -> Result<(), Refusal> {
        let now = self.now();
        let object_type = self.object_type_mut(type_id)?;
        let Some(mut record) = object_type.record(id).cloned() else {
            return match object_type.record_or_binned(id) {
                Some(_) => Ok(()),
                None => Err(Refusal::not_found()),
            };
        };
        record.archived_at = Some(now);
        object_type.put(id, Some(record));
        self.associations.remove_record(type_id, id);
        Ok(())
    }

    /// The values to keep, with what HubSpot adds of itself, when nothing speaks against writing them.
    fn checked(
        &self,
        type_id: &str,
        id: u64,
        wanted: &Values,
        writer: Writer,
    ) -> Result<Values, Refusal> {
        let object_type = self.object_type(type_id)?;
        let held = object_type.record(id);
        let mut kept = self.kept_values(object_type, held, wanted, writer)?;
        if held.is_none() {
            check_required(object_type, &kept)?;
        }
        check_unique(self, object_type, id, &kept, writer)?;
        keep_lifecycle_forward(object_type, held, &mut kept);
        close_deal(object_type, held, &mut kept, self.now_text());
        Ok(kept)
    }

    fn kept_values(
        &self,
        object_type: &ObjectType,
        held: Option<&Record>,
        wanted: &Values,
        writer: Writer,
    ) -> Result<Values, Refusal> {
        let now = self.now();
        let mut kept = Values::new();
        let mut refusals = Vec::new();
        for (name, wanted) in wanted {
            let checked = match object_type.live_property(name, now) {
                None => Err(ValueRefusal::unknown_property(name)),
                Some(property) if property.read_only && writer.source == Source::Integration => {
                    Err(ValueRefusal::read_only(name))
                }
                Some(_) if wanted.is_empty() => Ok(String::new()),
                Some(property) => {
                    value::kept(property, wanted, held.and_then(|record| record.get(name)))
                }
            };
            match checked {
                Ok(value) => {
                    kept.insert(name.clone(), value);
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        refusals.extend(stage_refusal(object_type, held, &kept));
        if writer.keeps_rules {
            refusals.extend(self.broken_rules(object_type, held, &kept));
        }
        if refusals.is_empty() {
            Ok(kept)
        } else {
            Err(values_refused(self.shape.portal_id, &refusals))
        }
    }

    fn broken_rules(
        &self,
        object_type: &ObjectType,
        held: Option<&Record>,
        kept: &Values,
    ) -> Vec<ValueRefusal> {
        let after = |name: &str| value_after(held, kept, name).unwrap_or_default();
        let touched = |name: &str| held.is_none() || kept.contains_key(name);
        self.rules
            .iter()
            .filter(|rule| rule.object_type == object_type.id && after(&rule.property).is_empty())
            .filter_map(|rule| match &rule.when {
                None => touched(&rule.property).then_some((rule, "MISSING_REQUIRED_PROPERTY")),
                Some((property, value)) => {
                    let speaks = touched(property) || touched(&rule.property);
                    (speaks && after(property) == *value)
                        .then_some((rule, "MISSING_CONDITIONAL_REQUIRED_PROPERTY"))
                }
            })
            .map(|(rule, code)| {
                let message = format!("Property \"{}\" is required", rule.property);
                ValueRefusal::new(&rule.property, code, message)
            })
            .collect()
    }
}

/// The value a property has once `kept` is written.
fn value_after<'a>(held: Option<&'a Record>, kept: &'a Values, name: &str) -> Option<&'a str> {
    match kept.get(name) {
        Some(value) => Some(value.as_str()),
        None => held.and_then(|record| record.get(name)),
    }
}

/// All refused values of one record, in HubSpot's frame.
fn values_refused(portal_id: u64, refusals: &[ValueRefusal]) -> Refusal {
    let listed: Vec<Value> = refusals
        .iter()
        .map(|refusal| {
            json!({
                "isValid": false,
                "message": refusal.message,
                "error": refusal.code,
                "name": refusal.property,
                "localizedErrorMessage": refusal.message,
                "portalId": portal_id,
            })
        })
        .collect();
    let errors = refusals
        .iter()
        .map(|refusal| {
            json!({
                "message": refusal.message,
                "code": refusal.code,
                "context": {"propertyName": [refusal.property]},
            })
        })
        .collect();
    Refusal::validation(format!(
        "Property values were not valid: {}",
        Value::Array(listed)
    ))
    .with_errors(errors)
}

fn check_required(object_type: &ObjectType, kept: &Values) -> Result<(), Refusal> {
    let missing: Vec<&String> = object_type
        .required
        .iter()
        .filter(|any_of| {
            !any_of
                .iter()
                .any(|name| kept.get(name).is_some_and(|value| !value.is_empty()))
        })
        .flatten()
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::validation(format!(
        "Error creating {}. Some required properties were not set.",
        object_type.message_name
    ))
    .with_context("properties", json!(missing)))
}

/// The pipeline must exist and hold the stage.
fn stage_refusal(
    object_type: &ObjectType,
    held: Option<&Record>,
    kept: &Values,
) -> Option<ValueRefusal> {
    if object_type.pipelines.is_empty()
        || !(kept.contains_key("pipeline") || kept.contains_key("dealstage"))
    {
        return None;
    }
    let pipeline_id = value_after(held, kept, "pipeline")?;
    let Some(pipeline) = object_type.pipelines.get(pipeline_id) else {
        let known: Vec<String> = object_type.pipelines.keys().cloned().collect();
        return Some(ValueRefusal::not_an_option("pipeline", pipeline_id, &known));
    };
    let stage_id = value_after(held, kept, "dealstage")?;
    if pipeline.stage(stage_id).is_some() {
        return None;
    }
    let known: Vec<String> = pipeline.stages.iter().map(|s| s.id.clone()).collect();
    Some(ValueRefusal::not_an_option("dealstage", stage_id, &known))
}

fn check_unique(
    portal: &Portal,
    object_type: &ObjectType,
    id: u64,
    kept: &Values,
    writer: Writer,
) -> Result<(), Refusal> {
    let is_new = object_type.record(id).is_none();
    for (name, value) in kept.iter().filter(|(_, value)| !value.is_empty()) {
        let is_address =
            object_type.is_contacts() && matches!(name.as_str(), "email" | "hs_additional_emails");
        let (looked_up, parts): (&str, Vec<&str>) = if is_address {
            ("email", value.split(';').collect())
        } else if object_type.properties.get(name).is_some_and(|p| p.unique) {
            (name, vec![value])
        } else {
            continue;
        };
        let taken = parts
            .iter()
            .find_map(|part| Some((*part, object_type.holder(looked_up, part)?)))
            .filter(|(_, holder)| *holder != id);
        let Some((part, holder)) = taken else {
            continue;
        };
        if is_address && is_new && writer.held_address == HeldAddress::Conflict {
            return Err(Refusal::conflict(format!(
                "Contact already exists. Existing ID: {holder}"
            ))
            .with_batch_context("existingId", json!([holder.to_string()])));
        }
        return Err(Refusal::validation(format!(
            "Cannot set PropertyValueCoordinates{{portalId={}, objectTypeId=ObjectTypeId{{{}}}, propertyName={name}, \
             value={part}}} on {id}. {holder} already has that value.",
            portal.shape.portal_id,
            type_in_words(object_type),
        )));
    }
    Ok(())
}

fn type_in_words(object_type: &ObjectType) -> String {
    match object_type.id.strip_prefix("2-") {
        Some(number) => format!("metaTypeId=PORTAL_SPECIFIC, innerId={number}"),
        None => format!("legacyObjectType={}", object_type.message_name),
    }
}

/// HubSpot ignores a lifecycle stage that lies before the one held.
fn keep_lifecycle_forward(object_type: &ObjectType, held: Option<&Record>, kept: &mut Values) {
    let Some(property) = object_type.properties.get("lifecyclestage") else {
        return;
    };
    let rank = |stage: &str| property.options.iter().position(|o| o.value == stage);
    let held_rank = held
        .and_then(|record| record.get("lifecyclestage"))
        .and_then(rank);
    let wanted_rank = kept.get("lifecyclestage").and_then(|stage| rank(stage));
    if wanted_rank.is_some() && wanted_rank < held_rank {
        kept.remove("lifecyclestage");
    }
}

/// Moving a deal into a closed stage sets its close date to now, unless the same write sets one.
fn close_deal(
    object_type: &ObjectType,
    held: Option<&Record>,
    kept: &mut Values,
    now_text: String,
) {
    let is_closed = |record: Option<&Record>, kept: &Values| {
        let pipeline = object_type
            .pipelines
            .get(value_after(record, kept, "pipeline")?)?;
        Some(
            pipeline
                .stage(value_after(record, kept, "dealstage")?)?
                .is_closed(),
        )
    };
    let before = is_closed(held, &Values::new()).unwrap_or(false);
    let Some(after) = is_closed(held, kept) else {
        return;
    };
    if after && !before && !kept.contains_key("closedate") {
        kept.insert("closedate".to_owned(), now_text);
    }
    if after != before || held.is_none() {
        kept.insert("hs_is_closed".to_owned(), after.to_string());
    }
}

/// Keeps the properties HubSpot itself maintains.
fn stamp(object_type: &ObjectType, record: &mut Record, source: Source) {
    let created = super::instant(record.created_at);
    let updated = super::instant(record.updated_at);
    let id = record.id.to_string();
    let values = &mut record.values;
    values.insert("hs_object_id".to_owned(), id);
    values.insert(object_type.created_property().to_owned(), created);
    values.insert(object_type.modified_property().to_owned(), updated);
    if source != Source::Person && !values.contains_key("hs_object_source") {
        values.insert("hs_object_source".to_owned(), "INTEGRATION".to_owned());
    }
    if object_type.is_contacts() && !values.contains_key("hs_marketable_status") {
        values.insert("hs_marketable_status".to_owned(), "false".to_owned());
    }
}
