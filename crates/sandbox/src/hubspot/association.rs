//! Which record belongs to which, and by what label.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{portal::Portal, reply::Refusal};

/// Who defined a type of association.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Category {
    HubspotDefined,
    IntegratorDefined,
    UserDefined,
    Work,
}

/// A type of association in one direction. The same number can exist in several categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    pub(super) association_category: Category,
    pub(super) association_type_id: u64,
}

impl Spec {
    fn hubspot(type_id: u64) -> Self {
        Self {
            association_category: Category::HubspotDefined,
            association_type_id: type_id,
        }
    }

    pub(super) fn user(type_id: u64) -> Self {
        Self {
            association_category: Category::UserDefined,
            association_type_id: type_id,
        }
    }
}

/// An association that comes with a new record.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct NewAssociation {
    to: super::batch::Id,
    types: Vec<Spec>,
}

/// A type of association between two object types, both directions of it.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) spec: Spec,
    pub(super) inverse: Spec,
    pub(super) label: Option<String>,
    pub(super) inverse_label: Option<String>,
    pub(super) name: Option<String>,
}

/// The plain and primary associations HubSpot ships: from, to, number, number of the way back, label.
const SHIPPED: [(&str, &str, u64, u64, Option<&str>); 7] = [
    ("0-1", "0-2", 279, 280, None),
    ("0-1", "0-2", 1, 2, Some("Primary")),
    ("0-1", "0-3", 4, 3, None),
    ("0-2", "0-3", 342, 341, None),
    ("0-2", "0-3", 6, 5, Some("Primary")),
    ("0-3", "0-8", 19, 20, None),
    ("0-1", "0-1", 449, 449, None),
];

/// The primary company of a contact.
const PRIMARY_COMPANY: u64 = 1;

type End = (String, u64);

/// All associations, kept in both directions.
#[derive(Debug, Clone)]
pub(super) struct Associations {
    pub(super) definitions: Vec<Definition>,
    links: BTreeMap<End, BTreeMap<End, BTreeSet<Spec>>>,
    next_user_type: u64,
    /// Contacts whose primary company changed and that do not show it yet.
    primary_changed: BTreeSet<u64>,
}

impl Default for Associations {
    fn default() -> Self {
        let definitions = SHIPPED
            .into_iter()
            .map(|(from, to, there, back, label)| Definition {
                from: from.to_owned(),
                to: to.to_owned(),
                spec: Spec::hubspot(there),
                inverse: Spec::hubspot(back),
                label: label.map(str::to_owned),
                inverse_label: label.map(str::to_owned),
                name: None,
            })
            .collect();
        Self {
            definitions,
            links: BTreeMap::new(),
            next_user_type: 12,
            primary_changed: BTreeSet::new(),
        }
    }
}

impl Associations {
    /// Defines an association, with numbers of this portal's own.
    pub(super) fn define(
        &mut self,
        (from, to): (&str, &str),
        name: Option<String>,
        label: Option<String>,
        inverse_label: Option<String>,
    ) -> Definition {
        let there = self.next_user_type;
        self.next_user_type += 2;
        let definition = Definition {
            from: from.to_owned(),
            to: to.to_owned(),
            spec: Spec::user(there),
            inverse: Spec::user(there + 1),
            inverse_label: inverse_label.or_else(|| label.clone()),
            label,
            name,
        };
        self.definitions.push(definition.clone());
        definition
    }

    /// Types from one object type to another with their labels, seen in that direction.
    pub(super) fn types(&self, from: &str, to: &str) -> Vec<(Spec, Option<String>)> {
        let mut types = Vec::new();
        for definition in &self.definitions {
            if definition.from == from && definition.to == to {
                types.push((definition.spec, definition.label.clone()));
            } else if definition.from == to && definition.to == from {
                types.push((definition.inverse, definition.inverse_label.clone()));
            }
        }
        types
    }

    /// The type without a label.
    pub(super) fn plain(&self, from: &str, to: &str) -> Option<Spec> {
        self.types(from, to)
            .into_iter()
            .find(|(_, label)| label.is_none())
            .map(|(spec, _)| spec)
    }

    fn inverse(&self, from: &str, to: &str, spec: Spec) -> Option<Spec> {
        self.definitions.iter().find_map(|definition| {
            if definition.from == from && definition.to == to && definition.spec == spec {
                Some(definition.inverse)
            } else if definition.from == to && definition.to == from && definition.inverse == spec {
                Some(definition.spec)
            } else {
                None
            }
        })
    }

    /// What a record is associated with.
    pub(super) fn of<'a>(
        &'a self,
        from: &str,
        id: u64,
        to: &'a str,
    ) -> impl Iterator<Item = (u64, &'a BTreeSet<Spec>)> {
        self.links
            .get(&(from.to_owned(), id))
            .into_iter()
            .flatten()
            .filter(move |((to_type, _), _)| to_type == to)
            .map(|((_, to_id), specs)| (*to_id, specs))
    }

    pub(super) fn are_linked(&self, from: &End, to: &End) -> bool {
        self.links
            .get(from)
            .is_some_and(|ends| ends.contains_key(to))
    }

    /// Every association once from each end.
    pub(super) fn all(&self) -> impl Iterator<Item = (&End, &End, &BTreeSet<Spec>)> {
        self.links
            .iter()
            .flat_map(|(from, ends)| ends.iter().map(move |(to, specs)| (from, to, specs)))
    }

    pub(super) fn add(&mut self, from: &End, to: &End, spec: Spec) {
        let Some(inverse) = self.inverse(&from.0, &to.0, spec) else {
            return;
        };
        self.insert(from, to, spec);
        self.insert(to, from, inverse);
    }

    fn insert(&mut self, from: &End, to: &End, spec: Spec) {
        self.note_primary(from, to, spec);
        self.links
            .entry(from.clone())
            .or_default()
            .entry(to.clone())
            .or_default()
            .insert(spec);
    }

    /// Takes single types away, or everything between two records.
    pub(super) fn remove(&mut self, from: &End, to: &End, only: Option<&[Spec]>) {
        let held: Vec<Spec> = self
            .links
            .get(from)
            .and_then(|ends| ends.get(to))
            .into_iter()
            .flatten()
            .copied()
            .collect();
        for spec in held {
            if only.is_some_and(|only| !only.contains(&spec)) {
                continue;
            }
            let inverse = self.inverse(&from.0, &to.0, spec);
            self.take(from, to, spec);
            if let Some(inverse) = inverse {
                self.take(to, from, inverse);
            }
        }
    }

    /// Remembers contacts that get or lose a primary company.
    fn note_primary(&mut self, from: &End, to: &End, spec: Spec) {
        let ends = (from.0.as_str(), to.0.as_str());
        if ends == ("0-1", "0-2") && spec == Spec::hubspot(PRIMARY_COMPANY) {
            self.primary_changed.insert(from.1);
        }
    }

    /// The contacts whose primary company changed since this was last asked.
    pub(super) fn take_primary_changed(&mut self) -> BTreeSet<u64> {
        std::mem::take(&mut self.primary_changed)
    }

    fn take(&mut self, from: &End, to: &End, spec: Spec) {
        self.note_primary(from, to, spec);
        let Some(ends) = self.links.get_mut(from) else {
            return;
        };
        if let Some(specs) = ends.get_mut(to) {
            specs.remove(&spec);
            if specs.is_empty() {
                ends.remove(to);
            }
        }
        if ends.is_empty() {
            self.links.remove(from);
        }
    }

    pub(super) fn remove_record(&mut self, type_id: &str, id: u64) {
        let end = (type_id.to_owned(), id);
        let others: Vec<End> = self
            .links
            .get(&end)
            .into_iter()
            .flat_map(BTreeMap::keys)
            .cloned()
            .collect();
        for other in others {
            self.remove(&end, &other, None);
        }
    }

    /// Gives a record's associations to another.
    pub(super) fn move_record(&mut self, type_id: &str, from_id: u64, to_id: u64) {
        let old = (type_id.to_owned(), from_id);
        let new = (type_id.to_owned(), to_id);
        let held: Vec<(End, BTreeSet<Spec>)> = self
            .links
            .get(&old)
            .into_iter()
            .flatten()
            .map(|(to, specs)| (to.clone(), specs.clone()))
            .collect();
        self.remove_record(type_id, from_id);
        for (to, specs) in held {
            for spec in specs {
                self.add(&new, &to, spec);
            }
        }
    }
}

impl Portal {
    /// Associates two records without a label. A contact's first company becomes its primary one. Gives back the type,
    /// or nothing when the two object types have none.
    pub(super) fn associate_default(
        &mut self,
        from: &str,
        from_id: u64,
        to: &str,
        to_id: u64,
    ) -> Option<Spec> {
        let spec = self.associations.plain(from, to)?;
        let (from, to) = ((from.to_owned(), from_id), (to.to_owned(), to_id));
        self.associations.add(&from, &to, spec);
        let (contact, company) = match (from.0.as_str(), to.0.as_str()) {
            ("0-1", "0-2") => (&from, &to),
            ("0-2", "0-1") => (&to, &from),
            _ => return Some(spec),
        };
        if self.primary_company(contact).is_none() {
            let primary = Spec::hubspot(PRIMARY_COMPANY);
            self.associations.add(contact, company, primary);
        }
        Some(spec)
    }

    /// Puts labels on the association of two records in place of those there. The plain association always stays.
    pub(super) fn label(&mut self, from: &End, to: &End, specs: &[Spec]) -> Result<(), Refusal> {
        let known = self.associations.types(&from.0, &to.0);
        if let Some(unknown) = specs
            .iter()
            .find(|spec| !known.iter().any(|(own, _)| own == *spec))
        {
            return Err(Refusal::validation(format!(
                "One or more association types are not valid between {} and {}: {}",
                from.0, to.0, unknown.association_type_id
            )));
        }
        let plain = self.associations.plain(&from.0, &to.0);
        let labels: Vec<Spec> = known
            .iter()
            .map(|(spec, _)| *spec)
            .filter(|spec| Some(*spec) != plain)
            .collect();
        self.associations.remove(from, to, Some(&labels));
        for spec in plain.iter().chain(specs) {
            if *spec == Spec::hubspot(PRIMARY_COMPANY)
                && from.0 == "0-1"
                && let Some(held) = self.primary_company(from)
            {
                self.associations.remove(from, &held, Some(&[*spec]));
            }
            self.associations.add(from, to, *spec);
        }
        Ok(())
    }

    /// Associates a new record with what came along.
    pub(super) fn associate_new(
        &mut self,
        type_id: &str,
        id: u64,
        new: &[NewAssociation],
    ) -> Result<(), Refusal> {
        let from = (type_id.to_owned(), id);
        for association in new {
            let to_type = self
                .types
                .keys()
                .find(|to| {
                    let types = self.associations.types(type_id, to);
                    association
                        .types
                        .iter()
                        .all(|spec| types.iter().any(|(own, _)| own == spec))
                })
                .cloned()
                .ok_or_else(|| Refusal::validation("One or more associations are not valid"))?;
            let to_id = self
                .find(&to_type, &association.to.id, None)
                .ok_or_else(|| {
                    Refusal::validation(format!(
                        "Association to {} is not valid: the record does not exist",
                        association.to.id
                    ))
                })?;
            self.label(&from, &(to_type, to_id), &association.types)?;
        }
        Ok(())
    }

    pub(super) fn primary_company(&self, contact: &End) -> Option<End> {
        self.associations
            .of("0-1", contact.1, "0-2")
            .find(|(_, specs)| specs.contains(&Spec::hubspot(PRIMARY_COMPANY)))
            .map(|(id, _)| ("0-2".to_owned(), id))
    }
}
