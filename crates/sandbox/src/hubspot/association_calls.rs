//! Calls on associations and their labels.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    association::{Category, Spec},
    batch::{Id, check_size},
    call::AssociationCall,
    portal::{Portal, Sent},
    reply::{Answer, Refusal, Reply},
};

const MAX_WRITES: usize = 2_000;
const MAX_READS: usize = 1_000;
const MAX_LABELS: usize = 50;

#[derive(Deserialize)]
struct Inputs<T> {
    inputs: Vec<T>,
}

#[derive(Deserialize)]
struct Pair {
    from: Id,
    to: Id,
    #[serde(default)]
    types: Vec<Spec>,
}

#[derive(Deserialize)]
struct Fan {
    from: Id,
    to: Vec<Id>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewLabel {
    label: String,
    name: String,
    inverse_label: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LabelChange {
    association_type_id: u64,
    label: String,
    inverse_label: Option<String>,
}

type End = (String, u64);

impl Portal {
    pub(super) fn associate(
        &mut self,
        from: &str,
        to: &str,
        call: &AssociationCall,
        sent: &Sent,
    ) -> Answer {
        let from_type = self.object_type(from)?.id.clone();
        let to_type = self.object_type(to)?.id.clone();
        let types = (from_type.as_str(), to_type.as_str());
        match call {
            AssociationCall::AssociateDefault { from, to } => {
                let result = self.default_pair(types, from, to)?;
                Ok(self.batch_reply(200, vec![result], Vec::new()))
            }
            AssociationCall::Label { from, to } => {
                let specs: Vec<Spec> = sent.read()?;
                let result = self.labelled_pair(types, from, to, &specs)?;
                Ok(Reply::created(result))
            }
            AssociationCall::List { from } => self.list_associated(types, from),
            AssociationCall::Remove { from, to } => {
                let (from, to) = self.ends(types, from, to)?;
                self.associations.remove(&from, &to, None);
                Ok(Reply::no_content())
            }
            AssociationCall::BatchDefault => self.batch_pairs(200, sent, |portal, pair| {
                portal.default_pair(types, &pair.from.id, &pair.to.id)
            }),
            AssociationCall::BatchCreate => self.batch_pairs(201, sent, |portal, pair| {
                portal.labelled_pair(types, &pair.from.id, &pair.to.id, &pair.types)
            }),
            AssociationCall::BatchRead => self.read_associated(types, sent),
            AssociationCall::BatchArchive => self.cut(types, sent),
            AssociationCall::BatchArchiveLabels => self.cut_labels(types, sent),
            AssociationCall::ListLabels => Ok(Reply::ok(self.labels_json(types))),
            AssociationCall::CreateLabel => self.create_label(types, sent),
            AssociationCall::UpdateLabel => self.update_label(types, sent),
            AssociationCall::ArchiveLabel(type_id) => self.archive_label(types, type_id),
        }
    }

    fn batch_pairs(
        &mut self,
        status: u16,
        sent: &Sent,
        mut write: impl FnMut(&mut Self, &Pair) -> Result<Value, Refusal>,
    ) -> Answer {
        let body: Inputs<Pair> = sent.read()?;
        check_size(body.inputs.len(), MAX_WRITES)?;
        let mut results = Vec::new();
        let mut errors = Vec::new();
        for pair in &body.inputs {
            match write(self, pair) {
                Ok(result) => results.push(result),
                Err(refusal) => errors.push(refusal.entry(None)),
            }
        }
        self.shuffle(&mut results);
        Ok(self.batch_reply(status, results, errors))
    }

    /// Both records of an association, when they exist and differ.
    fn ends(&self, types: (&str, &str), from: &str, to: &str) -> Result<(End, End), Refusal> {
        let find = |type_id: &str, id: &str| {
            self.find(type_id, id, None)
                .map(|id| (type_id.to_owned(), id))
                .ok_or_else(|| {
                    Refusal::validation(format!("{id} is not a valid {type_id} object identifier"))
                        .with_sub_category("crm.associations.INVALID_IDENTIFIER")
                        .with_context("id", json!([id]))
                })
        };
        let (from, to) = (find(types.0, from)?, find(types.1, to)?);
        if from == to {
            return Err(Refusal::validation(format!(
                "Object {} cannot be associated to itself",
                from.1
            )));
        }
        Ok((from, to))
    }

    fn default_pair(
        &mut self,
        types: (&str, &str),
        from: &str,
        to: &str,
    ) -> Result<Value, Refusal> {
        let (from, to) = self.ends(types, from, to)?;
        let spec = self
            .associate_default(types.0, from.1, types.1, to.1)
            .ok_or_else(|| {
                Refusal::validation(format!(
                    "No association type is defined from {} to {}",
                    types.0, types.1
                ))
            })?;
        Ok(json!({
            "from": {"id": from.1.to_string()},
            "to": {"id": to.1.to_string()},
            "associationSpec": spec,
        }))
    }

    fn labelled_pair(
        &mut self,
        types: (&str, &str),
        from: &str,
        to: &str,
        specs: &[Spec],
    ) -> Result<Value, Refusal> {
        let (from, to) = self.ends(types, from, to)?;
        self.label(&from, &to, specs)?;
        let labels: Vec<String> = self
            .associations
            .types(types.0, types.1)
            .into_iter()
            .filter(|(spec, _)| specs.contains(spec))
            .filter_map(|(_, label)| label)
            .collect();
        Ok(json!({
            "fromObjectTypeId": types.0,
            "fromObjectId": from.1.to_string(),
            "toObjectTypeId": types.1,
            "toObjectId": to.1.to_string(),
            "labels": labels,
        }))
    }

    fn associated(&self, types: (&str, &str), id: u64) -> Vec<Value> {
        let known = self.associations.types(types.0, types.1);
        let label = |spec: &Spec| {
            known
                .iter()
                .find(|(own, _)| own == spec)
                .and_then(|(_, label)| label.clone())
        };
        self.associations
            .of(types.0, id, types.1)
            .map(|(to, specs)| {
                let types: Vec<Value> = specs
                    .iter()
                    .map(|spec| spec_json(spec, label(spec).as_deref()))
                    .collect();
                json!({"toObjectId": to.to_string(), "associationTypes": types})
            })
            .collect()
    }

    fn list_associated(&self, types: (&str, &str), from: &str) -> Answer {
        let from = self
            .find(types.0, from, None)
            .ok_or_else(Refusal::not_found)?;
        Ok(Reply::ok(json!({"results": self.associated(types, from)})))
    }

    fn read_associated(&mut self, types: (&str, &str), sent: &Sent) -> Answer {
        let body: Inputs<Id> = sent.read()?;
        check_size(body.inputs.len(), MAX_READS)?;
        let mut results = Vec::new();
        let mut errors = Vec::new();
        for Id { id } in &body.inputs {
            let to = self
                .find(types.0, id, None)
                .map(|from| self.associated(types, from))
                .unwrap_or_default();
            if to.is_empty() {
                errors.push(self.nothing_associated(types, id)?);
            } else {
                results.push(json!({"from": {"id": id}, "to": to}));
            }
        }
        self.shuffle(&mut results);
        Ok(self.batch_reply(200, results, errors))
    }

    fn nothing_associated(&self, types: (&str, &str), id: &str) -> Result<Value, Refusal> {
        let name = |type_id| -> Result<String, Refusal> {
            Ok(self.object_type(type_id)?.message_name.to_lowercase())
        };
        let (from, to) = (name(types.0)?, name(types.1)?);
        Ok(json!({
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
            "message": format!("No {to} is associated with {from} {id}."),
            "context": {"fromObjectId": [id], "fromObjectType": [from], "toObjectType": [to]},
        }))
    }

    fn cut(&mut self, types: (&str, &str), sent: &Sent) -> Answer {
        let body: Inputs<Fan> = sent.read()?;
        let all = body.inputs.iter().map(|fan| fan.to.len()).sum();
        check_size(all, MAX_WRITES)?;
        for fan in &body.inputs {
            for to in &fan.to {
                if let Ok((from, to)) = self.ends(types, &fan.from.id, &to.id) {
                    self.associations.remove(&from, &to, None);
                }
            }
        }
        Ok(Reply::no_content())
    }

    fn cut_labels(&mut self, types: (&str, &str), sent: &Sent) -> Answer {
        let body: Inputs<Pair> = sent.read()?;
        check_size(body.inputs.len(), MAX_WRITES)?;
        let plain = self.associations.plain(types.0, types.1);
        for pair in &body.inputs {
            if let Ok((from, to)) = self.ends(types, &pair.from.id, &pair.to.id) {
                let labels: Vec<Spec> = pair
                    .types
                    .iter()
                    .copied()
                    .filter(|spec| Some(*spec) != plain)
                    .collect();
                self.associations.remove(&from, &to, Some(&labels));
            }
        }
        Ok(Reply::no_content())
    }

    fn labels_json(&self, types: (&str, &str)) -> Value {
        let results: Vec<Value> = self
            .associations
            .types(types.0, types.1)
            .into_iter()
            .map(|(spec, label)| spec_json(&spec, label.as_deref()))
            .collect();
        json!({"results": results})
    }

    fn create_label(&mut self, types: (&str, &str), sent: &Sent) -> Answer {
        if !self.shape.tier.has_association_labels() {
            return Err(Refusal::missing_scopes(&[]));
        }
        let new: NewLabel = sent.read()?;
        let known = self.associations.types(types.0, types.1);
        if known.iter().filter(|(_, label)| label.is_some()).count() >= MAX_LABELS {
            return Err(Refusal::new(
                437,
                "VALIDATION_ERROR",
                format!("At most {MAX_LABELS} labels are allowed between two object types"),
            ));
        }
        if known
            .iter()
            .any(|(_, label)| label.as_ref() == Some(&new.label))
        {
            return Err(Refusal::validation(format!(
                "A label named {} already exists",
                new.label
            )));
        }
        let definition =
            self.associations
                .define(types, Some(new.name), Some(new.label), new.inverse_label);
        Ok(Reply::ok(json!({"results": [
            spec_json(&definition.spec, definition.label.as_deref()),
            spec_json(&definition.inverse, definition.inverse_label.as_deref()),
        ]})))
    }

    fn update_label(&mut self, types: (&str, &str), sent: &Sent) -> Answer {
        let change: LabelChange = sent.read()?;
        let wanted = Spec::user(change.association_type_id);
        let definition = self
            .associations
            .definitions
            .iter_mut()
            .find(|own| own.spec == wanted && (own.from.as_str(), own.to.as_str()) == types)
            .ok_or_else(Refusal::not_found)?;
        definition.inverse_label = change.inverse_label.or(Some(change.label.clone()));
        definition.label = Some(change.label);
        Ok(Reply::no_content())
    }

    fn archive_label(&mut self, types: (&str, &str), type_id: &str) -> Answer {
        let spec = Spec::user(type_id.parse().map_err(|_| Refusal::not_found())?);
        let definitions = &self.associations.definitions;
        let at = definitions
            .iter()
            .position(|own| {
                own.label.is_some()
                    && ((own.spec == spec && (own.from.as_str(), own.to.as_str()) == types)
                        || (own.inverse == spec && (own.to.as_str(), own.from.as_str()) == types))
            })
            .ok_or_else(Refusal::not_found)?;
        let ends: Vec<(End, End)> = self
            .associations
            .all()
            .filter(|(from, to, specs)| {
                (from.0.as_str(), to.0.as_str()) == types && specs.contains(&spec)
            })
            .map(|(from, to, _)| (from.clone(), to.clone()))
            .collect();
        for (from, to) in ends {
            self.associations.remove(&from, &to, Some(&[spec]));
        }
        self.associations.definitions.remove(at);
        Ok(Reply::no_content())
    }
}

fn spec_json(spec: &Spec, label: Option<&str>) -> Value {
    let category: Category = spec.association_category;
    json!({"category": category, "typeId": spec.association_type_id, "label": label})
}
