use std::borrow::Cow;

use crate::{MARK, NewProperty, ObjectType, PropertyOption, PropertyType};

/// The name of the group ClearSync's properties stand in.
pub const GROUP: &str = "clearsync";
/// What people read of the group.
pub const GROUP_LABEL: &str = "ClearSync";

/// A property ClearSync owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnProperty {
    /// Its name in HubSpot.
    pub name: Cow<'static, str>,
    /// What people read. The ending keeps it apart from properties people made.
    pub label: Cow<'static, str>,
    /// A sentence for people.
    pub description: Cow<'static, str>,
    /// What it holds.
    pub kind: PropertyKind,
    /// How soon it is wanted on contacts where only few properties may be made; lower is sooner, zero is needed always.
    pub contact_rank: u8,
    /// The same on companies, on one scale with the contacts.
    pub company_rank: u8,
}

/// What an own property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropertyKind {
    /// A line of text.
    Text,
    /// A line of text that no two records share.
    UniqueText,
    /// Several lines.
    LongText,
    /// A number. Sums are plain numbers beside their currency code: HubSpot would show a symbol of its own currency.
    Number,
    /// `YYYY-MM-DD`.
    Date,
    /// A moment in UTC.
    DateTime,
    /// `true` or `false`.
    Bool,
    /// One of these values, each with what people read.
    Choice(&'static [(&'static str, &'static str)]),
}

/// An own property with its ranks on contacts and companies.
pub(crate) const fn ranked(
    name: &'static str,
    label: &'static str,
    description: &'static str,
    kind: PropertyKind,
    contact_rank: u8,
    company_rank: u8,
) -> OwnProperty {
    OwnProperty {
        name: Cow::Borrowed(name),
        label: Cow::Borrowed(label),
        description: Cow::Borrowed(description),
        kind,
        contact_rank,
        company_rank,
    }
}

/// A property of a kind of record that has room for all of its properties.
pub(crate) const fn own(
    name: &'static str,
    label: &'static str,
    description: &'static str,
    kind: PropertyKind,
) -> OwnProperty {
    let rank = match kind {
        PropertyKind::UniqueText => 0,
        _ => 100,
    };
    ranked(name, label, description, kind, rank, rank)
}

/// The property that says who writes a record.
pub(crate) const fn mark(contact_rank: u8, company_rank: u8) -> OwnProperty {
    ranked(
        MARK,
        "Written by (ClearSync)",
        "Which Stripe account and installation of ClearSync write this record. Set by ClearSync. Do not edit.",
        PropertyKind::Text,
        contact_rank,
        company_rank,
    )
}

impl OwnProperty {
    /// What HubSpot calls the kind of its value.
    #[must_use]
    pub fn property_type(&self) -> PropertyType {
        match self.kind {
            PropertyKind::Text | PropertyKind::UniqueText | PropertyKind::LongText => {
                PropertyType::String
            }
            PropertyKind::Number => PropertyType::Number,
            PropertyKind::Date => PropertyType::Date,
            PropertyKind::DateTime => PropertyType::Datetime,
            PropertyKind::Bool => PropertyType::Bool,
            PropertyKind::Choice(_) => PropertyType::Enumeration,
        }
    }

    /// Whether no two records may hold one value.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.kind == PropertyKind::UniqueText
    }

    /// What can be chosen. HubSpot wants yes and no spelled out, too.
    #[must_use]
    pub fn options(&self) -> Vec<PropertyOption> {
        let values = match self.kind {
            PropertyKind::Choice(values) => values,
            PropertyKind::Bool => &[("true", "Yes"), ("false", "No")],
            _ => &[],
        };
        (0..)
            .zip(values)
            .map(|(display_order, (value, label))| PropertyOption {
                label: (*label).to_owned(),
                value: (*value).to_owned(),
                display_order,
                hidden: false,
            })
            .collect()
    }

    pub(crate) fn new_property(&self, label: String) -> NewProperty {
        NewProperty {
            group_name: GROUP.to_owned(),
            name: self.name.clone().into_owned(),
            label,
            description: self.description.clone().into_owned(),
            property_type: self.property_type(),
            field_type: match self.kind {
                PropertyKind::Text | PropertyKind::UniqueText => "text",
                PropertyKind::LongText => "textarea",
                PropertyKind::Number => "number",
                PropertyKind::Date | PropertyKind::DateTime => "date",
                PropertyKind::Bool => "booleancheckbox",
                PropertyKind::Choice(_) => "select",
            },
            has_unique_value: self.is_unique(),
            form_field: false,
            options: self.options(),
        }
    }

    /// How soon it is wanted on `object` where only few properties may be made; lower is sooner.
    #[must_use]
    pub fn rank(&self, object: &ObjectType) -> u8 {
        match object {
            ObjectType::Companies => self.company_rank,
            _ => self.contact_rank,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::{EVENT, LINE_ITEM, OwnProperty, SUBSCRIPTION, SUMMARY};

    #[test]
    fn definitions_keep_hubspots_rules() {
        for catalogue in [SUMMARY, LINE_ITEM, SUBSCRIPTION, EVENT] {
            let distinct = |field: fn(&OwnProperty) -> &str| {
                catalogue.iter().map(field).collect::<BTreeSet<_>>().len()
            };
            assert_eq!(distinct(|property| &property.name), catalogue.len());
            assert_eq!(distinct(|property| &property.label), catalogue.len());
            for property in catalogue {
                let (name, label) = (&property.name, &property.label);
                assert!(name.starts_with("clearsync_") && name.len() <= 50, "{name}");
                assert!(
                    name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                    "{name}"
                );
                assert!(label.ends_with(" (ClearSync)"), "{label}");
            }
            let keys = catalogue.iter().filter(|property| property.is_unique());
            assert_eq!(keys.count(), 1, "each kind is found again by one key");
        }
    }
}
