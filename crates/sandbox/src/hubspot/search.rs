//! Search over what has been indexed.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    object_type::ObjectType,
    portal::{Portal, Sent},
    property::PropertyType,
    record::{Record, Values},
    reply::{Answer, Refusal, Reply},
    value::Decimal,
};

const MAX_PAGE: usize = 200;
const MAX_RESULTS: usize = 10_000;
const MAX_CHARACTERS: usize = 3_000;
const MAX_GROUPS: usize = 5;
const MAX_FILTERS_PER_GROUP: usize = 6;
const MAX_FILTERS: usize = 18;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Search {
    #[serde(default)]
    filter_groups: Vec<FilterGroup>,
    #[serde(default)]
    filters: Vec<Filter>,
    #[serde(default)]
    sorts: Vec<Sort>,
    #[serde(default)]
    properties: Vec<String>,
    query: Option<String>,
    limit: Option<usize>,
    after: Option<After>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum After {
    Text(String),
    Number(usize),
}

#[derive(Deserialize)]
struct FilterGroup {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    property_name: String,
    operator: Operator,
    value: Option<String>,
    high_value: Option<String>,
    #[serde(default)]
    values: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Operator {
    Eq,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    Between,
    In,
    NotIn,
    HasProperty,
    NotHasProperty,
    ContainsToken,
    NotContainsToken,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Sort {
    Property(String),
    #[serde(rename_all = "camelCase")]
    Directed {
        property_name: String,
        #[serde(default)]
        direction: Direction,
    },
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Direction {
    #[default]
    Ascending,
    Descending,
}

impl Portal {
    pub(super) fn search(&self, type_id: &str, sent: &Sent) -> Answer {
        let search: Search = sent.read()?;
        if sent.body.len() > MAX_CHARACTERS {
            return Err(Refusal::validation(format!(
                "The query is longer than {MAX_CHARACTERS} characters"
            )));
        }
        let object_type = self.object_type(type_id)?;
        let groups = self.checked_groups(object_type, search.filter_groups, search.filters)?;
        let (from, limit) = page(search.limit, search.after.as_ref())?;
        let now = self.now();
        let mut found: Vec<(&Record, &Values)> = object_type
            .records()
            .filter_map(|record| Some((record, record.searchable(now)?)))
            .filter(|(_, values)| {
                groups.is_empty()
                    || groups.iter().any(|group| {
                        group
                            .filters
                            .iter()
                            .all(|filter| filter.matches(object_type, values))
                    })
            })
            .filter(|(_, values)| mentions(object_type, values, search.query.as_deref()))
            .collect();
        sort(object_type, &search.sorts, &mut found);
        let total = found.len();
        let results: Vec<Value> = found
            .into_iter()
            .skip(from)
            .take(limit)
            .map(|(record, values)| {
                let mut indexed = record.clone();
                indexed.values.clone_from(values);
                self.show(type_id, &indexed, &search.properties, &[])
            })
            .collect();
        let mut body = json!({"total": total, "results": results});
        if from + limit < total {
            body["paging"] = json!({"next": {"after": (from + limit).to_string()}});
        }
        Ok(Reply::ok(body))
    }

    fn checked_groups(
        &self,
        object_type: &ObjectType,
        mut groups: Vec<FilterGroup>,
        filters: Vec<Filter>,
    ) -> Result<Vec<FilterGroup>, Refusal> {
        if !filters.is_empty() {
            groups.push(FilterGroup { filters });
        }
        let all: usize = groups.iter().map(|group| group.filters.len()).sum();
        let too_many = groups.len() > MAX_GROUPS
            || all > MAX_FILTERS
            || groups
                .iter()
                .any(|group| group.filters.len() > MAX_FILTERS_PER_GROUP);
        if too_many {
            return Err(Refusal::validation(format!(
                "At most {MAX_GROUPS} filter groups with {MAX_FILTERS_PER_GROUP} filters each and {MAX_FILTERS} in \
                 all are allowed"
            )));
        }
        let now = self.now();
        for filter in groups.iter().flat_map(|group| &group.filters) {
            let name = &filter.property_name;
            if object_type.live_property(name, now).is_none() {
                return Err(Refusal::validation(format!(
                    "There was a problem with the request: unknown property {name}"
                )));
            }
            filter.check()?;
        }
        Ok(groups)
    }
}

fn page(limit: Option<usize>, after: Option<&After>) -> Result<(usize, usize), Refusal> {
    let limit = limit.unwrap_or(10);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Refusal::validation(format!(
            "limit must be between 1 and {MAX_PAGE}"
        )));
    }
    let from = match after {
        None => 0,
        Some(After::Number(from)) => *from,
        Some(After::Text(text)) if text.is_empty() => 0,
        Some(After::Text(text)) => text
            .parse()
            .map_err(|_| Refusal::validation("after must be a number"))?,
    };
    if from + limit > MAX_RESULTS {
        return Err(Refusal::validation(format!(
            "Only the first {MAX_RESULTS} results of a query can be read"
        )));
    }
    Ok((from, limit))
}

impl Filter {
    fn check(&self) -> Result<(), Refusal> {
        let holds = match self.operator {
            Operator::HasProperty | Operator::NotHasProperty => true,
            Operator::In | Operator::NotIn => !self.values.is_empty(),
            Operator::Between => self.value.is_some() && self.high_value.is_some(),
            _ => self.value.is_some(),
        };
        if holds {
            return Ok(());
        }
        Err(Refusal::validation(format!(
            "The filter on {} lacks a value",
            self.property_name
        )))
    }

    fn matches(&self, object_type: &ObjectType, values: &Values) -> bool {
        let kind = object_type
            .properties
            .get(&self.property_name)
            .map_or(PropertyType::String, |property| property.kind);
        let key = |text: &str| Comparable::new(kind, text);
        let held = values.get(&self.property_name);
        let Some(held) = held else {
            return matches!(
                self.operator,
                Operator::NotHasProperty
                    | Operator::Neq
                    | Operator::NotIn
                    | Operator::NotContainsToken
            );
        };
        let own = key(held);
        let value = self.value.as_deref().unwrap_or_default();
        match self.operator {
            Operator::HasProperty => true,
            Operator::NotHasProperty => false,
            Operator::Eq => own == key(value),
            Operator::Neq => own != key(value),
            Operator::Lt => own < key(value),
            Operator::Lte => own <= key(value),
            Operator::Gt => own > key(value),
            Operator::Gte => own >= key(value),
            Operator::Between => {
                own >= key(value) && own <= key(self.high_value.as_deref().unwrap_or_default())
            }
            Operator::In => self.lists(kind, held),
            Operator::NotIn => !self.lists(kind, held),
            Operator::ContainsToken => has_token(held, value),
            Operator::NotContainsToken => !has_token(held, value),
        }
    }

    /// HubSpot documents that values listed for a text property must be in lower case.
    fn lists(&self, kind: PropertyType, held: &str) -> bool {
        if kind == PropertyType::String {
            let lower = held.to_lowercase();
            return self.values.contains(&lower);
        }
        let own = Comparable::new(kind, held);
        self.values
            .iter()
            .any(|value| Comparable::new(kind, value) == own)
    }
}

/// A value in the order of its type.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Comparable {
    Number(Decimal),
    At(i64),
    Text(String),
}

impl Comparable {
    fn new(kind: PropertyType, text: &str) -> Self {
        match kind {
            PropertyType::Number => Decimal::parse(text).map(Self::Number),
            PropertyType::Date | PropertyType::Datetime => milliseconds(text).map(Self::At),
            _ => None,
        }
        .unwrap_or_else(|| Self::Text(text.to_lowercase()))
    }
}

fn milliseconds(text: &str) -> Option<i64> {
    if let Ok(at_ms) = text.parse() {
        return Some(at_ms);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_millisecond());
    }
    let date: Date = text.parse().ok()?;
    let midnight = date.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(midnight.timestamp().as_millisecond())
}

/// Whether one of the words of `held` fits `pattern`, in which `*` stands for anything.
fn has_token(held: &str, pattern: &str) -> bool {
    let pattern = pattern.to_lowercase();
    held.to_lowercase()
        .split(|c: char| c.is_whitespace() || matches!(c, ';' | ','))
        .any(|token| fits(token, &pattern) || token.split(['@', '.']).any(|part| part == pattern))
}

fn fits(token: &str, pattern: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return token == pattern;
    };
    let Some(mut left) = token.strip_prefix(head) else {
        return false;
    };
    let parts: Vec<&str> = rest.split('*').collect();
    let Some((tail, middle)) = parts.split_last() else {
        return true;
    };
    for part in middle {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(tail)
}

fn mentions(object_type: &ObjectType, values: &Values, query: Option<&str>) -> bool {
    let Some(query) = query.filter(|query| !query.is_empty()) else {
        return true;
    };
    let query = query.to_lowercase();
    object_type
        .searched
        .iter()
        .filter_map(|name| values.get(name))
        .any(|value| value.to_lowercase().contains(&query))
}

/// The first sort decides; without one, records come in the order they were made.
fn sort(object_type: &ObjectType, sorts: &[Sort], found: &mut [(&Record, &Values)]) {
    let Some(first) = sorts.first() else {
        return;
    };
    let (name, direction) = match first {
        Sort::Property(name) => match name.strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            None => (name.as_str(), Direction::Ascending),
        },
        Sort::Directed {
            property_name,
            direction,
        } => (property_name.as_str(), *direction),
    };
    let kind = object_type
        .properties
        .get(name)
        .map_or(PropertyType::String, |property| property.kind);
    found.sort_by_cached_key(|(_, values)| {
        values.get(name).map(|value| Comparable::new(kind, value))
    });
    if direction == Direction::Descending {
        found.reverse();
    }
}
