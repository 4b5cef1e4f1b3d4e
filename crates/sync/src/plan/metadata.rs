//! Properties for metadata keys the user chose.

use std::{borrow::Cow, collections::BTreeSet};

use clearsync_hubspot::{OwnProperty, PropertyKind};

use super::kind::Kind;
use crate::view::{MetadataField, MetadataKind, MetadataOwner};

const PREFIX: &str = "clearsync_meta_";
const LONGEST_NAME: usize = 50;

/// The fields with the properties they stand in, in the order they were chosen. Names are made of letters, digits and
/// underscores; where two keys come to one name, the later gets a number.
pub(crate) fn properties(fields: &[MetadataField]) -> Vec<(&MetadataField, OwnProperty)> {
    let mut taken = BTreeSet::new();
    let property = |field| (field, own(field, &mut taken));
    fields.iter().map(property).collect()
}

/// Whether records of a kind carry metadata.
pub(crate) fn is_carried_by(kind: Kind) -> bool {
    !matches!(kind, Kind::LineItems | Kind::Events)
}

fn own(field: &MetadataField, taken: &mut BTreeSet<String>) -> OwnProperty {
    let owner = match field.owner {
        MetadataOwner::Customer => "customer",
        MetadataOwner::Subscription => "subscription",
        MetadataOwner::Price => "price",
        MetadataOwner::Product => "product",
    };
    let plain = |c: char| {
        let lower = c.to_ascii_lowercase();
        if lower.is_ascii_alphanumeric() {
            lower
        } else {
            '_'
        }
    };
    let key: String = field.key.chars().map(plain).collect();
    let mut name: String = format!("{PREFIX}{owner}_{key}");
    name.truncate(LONGEST_NAME);
    let (stem, mut number) = (name.clone(), 2);
    while !taken.insert(name.clone()) {
        let ending = format!("_{number}");
        let mut shorter = stem.clone();
        shorter.truncate(LONGEST_NAME - ending.len());
        name = shorter + &ending;
        number += 1;
    }
    OwnProperty {
        name: Cow::Owned(name),
        label: Cow::Owned(format!("{} ({owner} metadata, ClearSync)", field.key)),
        description: Cow::Owned(format!(
            "The metadata {} of the {owner} in Stripe.",
            field.key
        )),
        kind: match field.kind {
            MetadataKind::Text => PropertyKind::LongText,
            MetadataKind::Number => PropertyKind::Number,
            MetadataKind::Date => PropertyKind::Date,
            MetadataKind::YesNo => PropertyKind::Bool,
        },
        // Chosen by the user, so that they come right after what everybody needs.
        contact_rank: 2,
        company_rank: 2,
    }
}

/// What is written of several values: text side by side, anything else only when all say the same.
pub(crate) fn joined(kind: MetadataKind, values: &[String]) -> String {
    let mut said: Vec<String> = Vec::new();
    for value in values.iter().filter_map(|value| typed(kind, value)) {
        if !said.contains(&value) {
            said.push(value);
        }
    }
    match (kind, said.as_slice()) {
        (MetadataKind::Text, said) => said.join(", "),
        (_, [only]) => only.clone(),
        _ => String::new(),
    }
}

/// The value as the property takes it; `None` when it is something else.
fn typed(kind: MetadataKind, value: &str) -> Option<String> {
    let value = value.trim();
    match kind {
        MetadataKind::Text => Some(value.to_owned()),
        MetadataKind::Number => clearsync_billing::Fraction::from_decimal(value)
            .is_ok()
            .then(|| value.to_owned()),
        MetadataKind::Date => {
            let date: jiff::civil::Date = value.get(..10)?.parse().ok()?;
            Some(date.to_string())
        }
        MetadataKind::YesNo => match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some("true".to_owned()),
            "false" | "no" | "0" => Some("false".to_owned()),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(key: &str, kind: MetadataKind) -> MetadataField {
        MetadataField {
            owner: MetadataOwner::Customer,
            key: key.to_owned(),
            kind,
        }
    }

    #[test]
    fn every_key_gets_a_name_of_its_own() {
        let keys = [
            "org_id",
            "Org ID",
            "org-id",
            &"x".repeat(60),
            &"x".repeat(70),
        ];
        let fields = keys.map(|key| field(key, MetadataKind::Text));
        let chosen = properties(&fields);
        let names: Vec<&str> = chosen.iter().map(|(_, own)| &*own.name).collect();
        assert_eq!(
            names[..3],
            [
                "clearsync_meta_customer_org_id",
                "clearsync_meta_customer_org_id_2",
                "clearsync_meta_customer_org_id_3"
            ]
        );
        assert!(names.iter().all(|name| name.len() <= LONGEST_NAME));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), keys.len());
    }

    #[test]
    fn values_that_are_something_else_are_not_written() {
        let typed = |kind, value| typed(kind, value);
        assert_eq!(
            typed(MetadataKind::Number, " 12.50 "),
            Some("12.50".to_owned())
        );
        assert_eq!(typed(MetadataKind::Number, "twelve"), None);
        assert_eq!(
            typed(MetadataKind::Date, "2026-02-28T10:00:00Z"),
            Some("2026-02-28".to_owned())
        );
        assert_eq!(typed(MetadataKind::Date, "2026-02-30"), None);
        assert_eq!(typed(MetadataKind::YesNo, "Yes"), Some("true".to_owned()));
        assert_eq!(typed(MetadataKind::YesNo, "maybe"), None);
    }
}
