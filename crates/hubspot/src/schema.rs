use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    Client, GROUP, HubSpotError, NewProperty, ObjectType, OwnProperty, Property, PropertyOption,
    PropertyType, Reason, own::GROUP_LABEL,
};

/// What setting properties up came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ensured {
    /// Whether the group was made.
    pub group_created: bool,
    /// Properties that were made, or brought back from the removed ones.
    pub created: Vec<String>,
    /// Properties that were there already.
    pub existed: Vec<String>,
    /// Properties that were there and now offer more to choose.
    pub widened: Vec<String>,
}

/// Why properties cannot be used as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Properties of these names exist and cannot hold what ClearSync writes. HubSpot cannot change either trait, so
    /// that people must rename or remove them.
    #[error("{} properties exist with another shape", .0.len())]
    Misfits(Vec<Misfit>),
    /// HubSpot does not make a property.
    #[error("the property {name} could not be made: {source}")]
    NotCreated {
        /// The property.
        name: String,
        /// Why not.
        source: HubSpotError,
    },
    /// HubSpot says it made these properties and does not show them. Trying again later does no harm.
    #[error("{} new properties cannot be seen yet", .0.len())]
    NotSeen(Vec<String>),
    /// HubSpot did not answer as hoped for another reason.
    #[error(transparent)]
    HubSpot(#[from] HubSpotError),
}

/// A property that exists with another shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// It holds something else.
    Type {
        /// The property.
        name: String,
        /// What it should hold.
        wanted: PropertyType,
        /// What it holds.
        found: PropertyType,
    },
    /// Two records may hold one value, so that it cannot be a key.
    NotUnique {
        /// The property.
        name: String,
    },
}

const MOST_LABEL_TRIES: u8 = 9;
/// New properties have been seen to appear within a second.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
const MOST_LOOKS: u8 = 20;

impl Misfit {
    /// The property.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Type { name, .. } | Self::NotUnique { name } => name,
        }
    }
}

impl Client {
    /// Sees to it that `object` has these properties, in ClearSync's group. What exists is checked and left as it is, but
    /// for missing choices, which are added. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`SchemaError`]; what was made before stays.
    pub async fn ensure_properties(
        &self,
        object: &ObjectType,
        wanted: &[&OwnProperty],
    ) -> Result<Ensured, SchemaError> {
        let mut standing = by_name(self.properties(object).await?);
        refuse_misfits(wanted, &standing)?;
        let mut ensured = Ensured::default();
        let (existing, missing): (Vec<&OwnProperty>, Vec<&OwnProperty>) = wanted
            .iter()
            .copied()
            .partition(|own| standing.contains_key(&*own.name));
        if !missing.is_empty() {
            ensured.group_created = self.ensure_group(object).await?;
            self.create_missing(object, &missing, &standing).await?;
            ensured.created = missing.iter().map(|own| own.name.to_string()).collect();
            standing = self.read_back(object, &missing).await?;
            // A removed property that came back, or one made meanwhile by others, may have another shape.
            refuse_misfits(&missing, &standing)?;
        }
        ensured.existed = existing.iter().map(|own| own.name.to_string()).collect();
        ensured.widened = self.widen(object, wanted, &standing).await?;
        Ok(ensured)
    }

    /// Adds missing choices, and names the properties that got some.
    async fn widen(
        &self,
        object: &ObjectType,
        wanted: &[&OwnProperty],
        standing: &BTreeMap<String, Property>,
    ) -> Result<Vec<String>, HubSpotError> {
        let mut names = Vec::new();
        for own in wanted {
            if let Some(property) = standing.get(&*own.name)
                && let Some(options) = widened(own, property)
            {
                self.set_options(object, &own.name, &options).await?;
                names.push(own.name.to_string());
            }
        }
        Ok(names)
    }

    /// As [`Client::ensure_properties`], where a look at the account just told which of the properties are missing, and that
    /// nothing stands in their group: what was seen then is not looked at again. Whatever turns out otherwise is done thoroughly.
    ///
    /// # Errors
    /// [`SchemaError`]; what was made before stays.
    pub async fn make_properties(
        &self,
        object: &ObjectType,
        wanted: &[&OwnProperty],
        missing: &[&OwnProperty],
        group_missing: bool,
    ) -> Result<Ensured, SchemaError> {
        if missing.is_empty() {
            return self.ensure_properties(object, wanted).await;
        }
        let group_created = group_missing
            && self
                .create_property_group(object, GROUP, GROUP_LABEL)
                .await?;
        let new = missing
            .iter()
            .map(|own| own.new_property(own.label.to_string()));
        let created = match self
            .create_properties(object, &new.collect::<Vec<_>>())
            .await
        {
            Ok(created) => created,
            Err(error) if one_by_one(&error.reason) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let is_created = |own: &&OwnProperty| created.iter().any(|made| made.name == own.name);
        let mut ensured = Ensured::default();
        if missing.iter().all(is_created) {
            let standing = self.read_back(object, missing).await?;
            refuse_misfits(wanted, &standing)?;
            ensured.widened = self.widen(object, wanted, &standing).await?;
        } else {
            ensured = self.ensure_properties(object, wanted).await?;
        }
        let names = |owns: &[&OwnProperty]| owns.iter().map(|own| own.name.to_string()).collect();
        ensured.created = names(missing);
        ensured.group_created |= group_created;
        ensured.existed = names(wanted);
        ensured
            .existed
            .retain(|name| !ensured.created.contains(name));
        Ok(ensured)
    }

    async fn ensure_group(&self, object: &ObjectType) -> Result<bool, HubSpotError> {
        if self.has_group(object, GROUP).await? {
            return Ok(false);
        }
        self.create_property_group(object, GROUP, GROUP_LABEL).await
    }

    /// Makes all in one request. Whatever HubSpot does not confirm is made one by one, so that a refusal names its property.
    async fn create_missing(
        &self,
        object: &ObjectType,
        missing: &[&OwnProperty],
        standing: &BTreeMap<String, Property>,
    ) -> Result<(), SchemaError> {
        let mut labels: BTreeSet<String> = standing
            .values()
            .map(|property| property.label.to_lowercase())
            .collect();
        let new: Vec<NewProperty> = missing
            .iter()
            .map(|own| own.new_property(free_label(&own.label, &mut labels)))
            .collect();
        let created = match self.create_properties(object, &new).await {
            Ok(created) => created,
            Err(error) if one_by_one(&error.reason) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        for property in new {
            if created.iter().all(|made| made.name != property.name) {
                let name = property.name.clone();
                self.create_one(object, property)
                    .await
                    .map_err(|source| SchemaError::NotCreated { name, source })?;
            }
        }
        Ok(())
    }

    /// Reads until everything made can be seen: before that, HubSpot would not know the properties in records either.
    async fn read_back(
        &self,
        object: &ObjectType,
        made: &[&OwnProperty],
    ) -> Result<BTreeMap<String, Property>, SchemaError> {
        let mut standing = by_name(self.properties(object).await?);
        for _ in 0..MOST_LOOKS {
            if made.iter().all(|own| standing.contains_key(&*own.name)) {
                return Ok(standing);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
            standing = by_name(self.properties(object).await?);
        }
        let unseen = made
            .iter()
            .filter(|own| !standing.contains_key(&*own.name))
            .map(|own| own.name.to_string());
        Err(SchemaError::NotSeen(unseen.collect()))
    }

    async fn create_one(
        &self,
        object: &ObjectType,
        mut property: NewProperty,
    ) -> Result<(), HubSpotError> {
        let label = property.label.clone();
        for attempt in 2..=MOST_LABEL_TRIES {
            match self.create_property(object, &property).await {
                Err(error) if error.reason == Reason::LabelTaken => {
                    property.label = format!("{label} {attempt}");
                }
                // Made by a request whose answer was lost, or by someone else: reading back tells whether it fits.
                Err(error) if error.reason == Reason::AlreadyExists => return Ok(()),
                result => return result.map(drop),
            }
        }
        Err(Reason::LabelTaken.into())
    }
}

/// Whether a refusal of many may be about one of them.
fn one_by_one(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::AlreadyExists | Reason::LabelTaken | Reason::Conflict { .. }
    ) || reason.concerns_one_record()
}

fn by_name(properties: Vec<Property>) -> BTreeMap<String, Property> {
    properties
        .into_iter()
        .map(|property| (property.name.clone(), property))
        .collect()
}

fn refuse_misfits(
    wanted: &[&OwnProperty],
    standing: &BTreeMap<String, Property>,
) -> Result<(), SchemaError> {
    let misfits: Vec<Misfit> = wanted
        .iter()
        .filter_map(|own| own.misfit(standing.get(&*own.name)?))
        .collect();
    if misfits.is_empty() {
        return Ok(());
    }
    Err(SchemaError::Misfits(misfits))
}

impl OwnProperty {
    /// Why a property of this name that exists cannot be used; `None` when it can.
    #[must_use]
    pub fn misfit(&self, found: &Property) -> Option<Misfit> {
        let name = self.name.to_string();
        if found.property_type != self.property_type() {
            return Some(Misfit::Type {
                name,
                wanted: self.property_type(),
                found: found.property_type,
            });
        }
        (self.is_unique() && !found.has_unique_value).then_some(Misfit::NotUnique { name })
    }
}

/// What can be chosen with the missing choices added; `None` when none is missing. HubSpot replaces the whole list, so
/// that those people added are sent along.
fn widened(own: &OwnProperty, found: &Property) -> Option<Vec<PropertyOption>> {
    let missing: Vec<PropertyOption> = own
        .options()
        .into_iter()
        .filter(|option| {
            found
                .options
                .iter()
                .all(|known| known.value != option.value)
        })
        .collect();
    if missing.is_empty() {
        return None;
    }
    Some(found.options.iter().cloned().chain(missing).collect())
}

/// HubSpot wants labels unique within an object.
fn free_label(label: &str, taken: &mut BTreeSet<String>) -> String {
    let mut free = label.to_owned();
    let mut number = 2;
    while !taken.insert(free.to_lowercase()) {
        free = format!("{label} {number}");
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_labels_get_a_number() {
        let mut taken = BTreeSet::from(["mrr".to_owned(), "mrr 2".to_owned()]);
        assert_eq!(free_label("MRR", &mut taken), "MRR 3");
        assert_eq!(free_label("MRR", &mut taken), "MRR 4");
        assert_eq!(free_label("ARR", &mut taken), "ARR");
    }
}
