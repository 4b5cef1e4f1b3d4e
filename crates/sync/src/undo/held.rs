use std::collections::{BTreeMap, BTreeSet};

use clearsync_hubspot::{
    Client, GROUP, HubSpotError, MARK, ObjectType, Pair, Property, PropertyType, ReadBy, Record,
    RecordId,
};

use super::{
    Types,
    history::History,
    row::{GROUPS, OBJECT_TYPES, PIPELINES, PROPERTIES},
};
use crate::plan::{Kind, PIPELINE, Values, link_ends};

/// What HubSpot holds of what ClearSync wrote.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) records: BTreeMap<(String, RecordId), Found>,
    pub(super) kinds: BTreeMap<String, Definitions>,
    pub(super) links: BTreeSet<(String, Pair)>,
    /// Values of records that ClearSync made which HubSpot filled in by itself.
    pub(super) automatic: BTreeSet<(String, RecordId, String)>,
    /// The object types that stand.
    pub(super) types: Types,
    /// The ids of pipelines of deals that stand, where any was made.
    pub(super) pipelines: BTreeSet<String>,
    /// The kinds of which records stand that another account or installation wrote. They need the definitions.
    pub(super) of_others: BTreeSet<String>,
}

/// HubSpot's names for its own processes, which enrich records and keep books about them. Whoever is not named here counts
/// as somebody else.
const AUTOMATIC: [&str; 9] = [
    "ANALYTICS",
    "BIDEN",
    "BIDEN_ENRICHMENT",
    "CALCULATED",
    "COMPANY_INSIGHTS",
    "DATA_ENRICHMENT",
    "INTERNAL_PROCESSING",
    "MIGRATION",
    "WATERFALL",
];

/// How a record was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// With these values; those that are empty are left out.
    Stands(Values),
    /// Merged into another.
    Merged,
    /// Deleted.
    Gone,
}

/// The definitions of one kind of record.
#[derive(Debug, Clone, Default)]
pub(super) struct Definitions {
    pub(super) properties: BTreeMap<String, Property>,
    pub(super) groups: BTreeSet<String>,
}

impl Held {
    /// Reads what a history names: the definitions, the records, 100 a request, and the links.
    pub(super) async fn look(
        hubspot: &Client,
        history: &History,
        types: Types,
    ) -> Result<Self, HubSpotError> {
        let mut held = Self {
            types: types.standing(hubspot).await?,
            ..Self::default()
        };
        let sought = history.sought();
        let defined = history.definitions.keys().filter_map(|(_, subject)| {
            let (on, _) = subject.split_once('.')?;
            Some(on)
        });
        let written = history.records.keys().map(|(kind, _)| kind.as_str());
        let kinds: BTreeSet<&str> = written.chain(defined).collect();
        for kind in kinds {
            let Some(object) = held.types.of(kind) else {
                continue;
            };
            let definitions = Definitions::look(hubspot, &object).await?;
            held.kinds.insert(kind.to_owned(), definitions);
        }
        for (kind, ids) in sought {
            let Some(object) = held.types.of(kind) else {
                // Its records went with an own object type.
                let gone = ids.iter().filter(|_| Kind::named(kind).is_some());
                let gone = gone.map(|id| ((kind.to_owned(), *id), Found::Gone));
                held.records.extend(gone);
                continue;
            };
            let properties = held.kinds.get(kind).map(Definitions::readable);
            let properties = properties.unwrap_or_default();
            let found = find(hubspot, &object, &ids, &properties).await?;
            let found = found
                .into_iter()
                .map(|(id, found)| ((kind.to_owned(), id), found));
            held.records.extend(found);
            held.look_at_sources(hubspot, history, (kind, &object))
                .await?;
        }
        held.look_at_links(hubspot, history).await?;
        if held.kinds.contains_key(Kind::Deals.name()) {
            let standing = hubspot.pipelines(&ObjectType::Deals).await?;
            held.pipelines = standing.into_iter().map(|pipeline| pipeline.id).collect();
        }
        Ok(held)
    }

    /// Looks for what others wrote, one search a kind of record. The index shows it after a few moments.
    pub(super) async fn look_for_others(
        &mut self,
        hubspot: &Client,
        history: &History,
    ) -> Result<(), HubSpotError> {
        let marks = history.marks();
        for (name, definitions) in &self.kinds {
            let kind = Kind::named(name).filter(|kind| definitions.has(kind.key()));
            let Some((kind, object)) = kind.zip(self.types.of(name)) else {
                continue;
            };
            let own = definitions.has(MARK).then_some(&marks);
            let found = hubspot.records_of_others(&object, kind.key(), own).await?;
            let is_own = |record: &Record| {
                let was_written = history.records.contains_key(&(name.clone(), record.id));
                was_written && record.value(MARK).is_none()
            };
            if !found.iter().all(is_own) {
                self.of_others.insert(name.clone());
            }
        }
        Ok(())
    }

    /// ClearSync's own definitions that stand in kinds of record which nobody else writes: each with its kind and subject.
    pub(super) fn own_definitions(&self) -> Vec<(&'static str, String)> {
        let mut own = Vec::new();
        for (name, definitions) in &self.kinds {
            let Some(kind) = Kind::named(name).filter(|_| !self.of_others.contains(name)) else {
                continue;
            };
            if let Some(object) = kind.own_object() {
                own.push((OBJECT_TYPES, object.name.to_owned()));
            }
            if kind == Kind::Deals {
                own.push((PIPELINES, PIPELINE.id.to_owned()));
            }
            let properties = definitions.properties.values();
            let named = properties.filter(|property| {
                property.group_name == GROUP && property.name.starts_with("clearsync_")
            });
            own.extend(named.map(|property| (PROPERTIES, format!("{name}.{}", property.name))));
            own.push((GROUPS, format!("{name}.{GROUP}")));
        }
        own
    }

    /// Whether a definition stands: of a kind of definition, on a kind of record, with a name.
    pub(super) fn defines(&self, kind: &str, on: &str, name: &str) -> bool {
        match kind {
            OBJECT_TYPES => self.types.of(on).is_some(),
            PIPELINES => self.pipelines.contains(name),
            PROPERTIES => self
                .kinds
                .get(on)
                .is_some_and(|kinds| kinds.properties.contains_key(name)),
            _ => self
                .kinds
                .get(on)
                .is_some_and(|kinds| kinds.groups.contains(name)),
        }
    }

    /// Somebody filled something into records that ClearSync made: it matters whether that was HubSpot itself.
    async fn look_at_sources(
        &mut self,
        hubspot: &Client,
        history: &History,
        (kind, object): (&str, &ObjectType),
    ) -> Result<(), HubSpotError> {
        let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
        for ((of, id), found) in &self.records {
            let lived = history.records.get(&(of.clone(), *id));
            let made = lived.filter(|lived| lived.was_there == Some(false) && of == kind);
            let (Some(lived), Found::Stands(values)) = (made, found) else {
                continue;
            };
            let added: Vec<&String> = values
                .keys()
                .filter(|name| !lived.values.contains_key(*name))
                .collect();
            if !added.is_empty() {
                ids.insert(*id);
                names.extend(added.into_iter().cloned());
            }
        }
        if ids.is_empty() {
            return Ok(());
        }
        for (id, sources) in hubspot.value_sources(object, &ids, &names).await? {
            let automatic = sources
                .into_iter()
                .filter(|(_, source)| AUTOMATIC.contains(&source.as_str()))
                .map(|(name, _)| (kind.to_owned(), id, name));
            self.automatic.extend(automatic);
        }
        Ok(())
    }

    async fn look_at_links(
        &mut self,
        hubspot: &Client,
        history: &History,
    ) -> Result<(), HubSpotError> {
        let mut by_kind: BTreeMap<&str, BTreeSet<RecordId>> = BTreeMap::new();
        for ((kind, pair), stood) in &history.links {
            if stood.before.is_some() && stood.now {
                by_kind.entry(kind).or_default().insert(pair.from);
            }
        }
        for (kind, ids) in by_kind {
            let ends = link_ends(kind);
            let types = ends.and_then(|(from, to)| self.types.of(from).zip(self.types.of(to)));
            let Some((from, to)) = types else { continue };
            for (from, others) in hubspot.associated(&from, &to, &ids).await? {
                let pairs = others.into_iter().map(|to| Pair { from, to });
                self.links.extend(pairs.map(|pair| (kind.to_owned(), pair)));
            }
        }
        Ok(())
    }
}

/// Records by id, with the properties named.
pub(crate) async fn find(
    hubspot: &Client,
    object: &ObjectType,
    ids: &BTreeSet<RecordId>,
    properties: &[&str],
) -> Result<BTreeMap<RecordId, Found>, HubSpotError> {
    let texts: Vec<String> = ids.iter().map(RecordId::to_string).collect();
    let mut read = hubspot
        .read(object, ReadBy::Id, &texts, properties)
        .await?
        .records;
    let mut found = BTreeMap::new();
    for (id, text) in ids.iter().zip(texts) {
        // A batch does not find those that were merged into another; they are asked for one by one.
        let record = match read.remove(&text) {
            Some(record) => Some(record),
            None => hubspot.get(object, *id, &[]).await?,
        };
        let state = match record {
            Some(record) if record.id != *id => Found::Merged,
            Some(record) if !record.archived => Found::Stands(values(record, properties)),
            Some(_) | None => Found::Gone,
        };
        found.insert(*id, state);
    }
    Ok(found)
}

/// The values that were asked for: HubSpot gives some of its own along.
fn values(record: Record, asked: &[&str]) -> Values {
    record
        .properties
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .filter(|(name, value)| !value.is_empty() && asked.contains(&name.as_str()))
        .collect()
}

impl Definitions {
    pub(super) async fn look(hubspot: &Client, object: &ObjectType) -> Result<Self, HubSpotError> {
        let properties = hubspot.properties(object).await?;
        let groups = hubspot.property_groups(object).await?;
        Ok(Self {
            properties: properties
                .into_iter()
                .map(|property| (property.name.clone(), property))
                .collect(),
            groups: groups.into_iter().collect(),
        })
    }

    /// Whether a property stands.
    pub(super) fn has(&self, property: &str) -> bool {
        self.properties.contains_key(property)
    }

    /// The properties people and programs can write.
    pub(super) fn readable(&self) -> Vec<&str> {
        let writable = self
            .properties
            .values()
            .filter(|property| property.is_writable());
        writable.map(|property| property.name.as_str()).collect()
    }

    /// Whether a value that was written is the one that is held. HubSpot may give it back in another form.
    pub(super) fn same(&self, property: &str, written: &str, held: &str) -> bool {
        let kind = self
            .properties
            .get(property)
            .map(|found| found.property_type);
        written == held
            || match kind {
                Some(PropertyType::Number) => {
                    let number = |text| clearsync_billing::Fraction::from_decimal(text).ok();
                    number(written).is_some_and(|written| number(held) == Some(written))
                }
                Some(PropertyType::Datetime) => {
                    // HubSpot keeps milliseconds.
                    let moment = |text: &str| {
                        let moment = text.parse::<jiff::Timestamp>().ok()?;
                        Some(moment.as_millisecond())
                    };
                    moment(written).is_some_and(|written| moment(held) == Some(written))
                }
                _ => matches!(property, "email" | "domain") && written.eq_ignore_ascii_case(held),
            }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_hubspot_gives_back_in_another_form_is_the_same() {
        let mut definitions = Definitions::default();
        for (name, kind) in [
            ("mrr", "number"),
            ("synced", "datetime"),
            ("email", "string"),
        ] {
            let property = json!({ "name": name, "type": kind });
            let property = serde_json::from_value(property).unwrap();
            definitions.properties.insert(name.to_owned(), property);
        }
        let same = |name, written, held| definitions.same(name, written, held);
        assert!(same("mrr", "49.00", "49"));
        assert!(!same("mrr", "49.00", "49.01"));
        let (written, held) = ("2026-06-01T12:00:00.123456789Z", "2026-06-01T12:00:00.123Z");
        assert!(same("synced", written, held));
        assert!(!same("synced", written, "2026-06-01T12:00:00.124Z"));
        assert!(same("email", "Ada@Acme.com", "ada@acme.com"));
        assert!(!same("other", "A", "a"));
    }
}
