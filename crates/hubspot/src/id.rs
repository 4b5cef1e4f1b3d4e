use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The id of a record, unique within its object type. HubSpot writes it as text in most answers, as a number in some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

/// The id of a HubSpot account ("portal", "hub id").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortalId(pub u64);

/// A text that is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id of HubSpot consists of digits")]
pub struct NotAnId;

macro_rules! numeric_id {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.parse().map(Self).map_err(|_| NotAnId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(untagged)]
                enum Form {
                    Number(u64),
                    Text(String),
                }
                match Form::deserialize(deserializer)? {
                    Form::Number(number) => Ok(Self(number)),
                    Form::Text(text) => text.parse().map_err(de::Error::custom),
                }
            }
        }
    };
}

numeric_id!(RecordId);
numeric_id!(PortalId);

/// A kind of record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectType {
    /// `0-1`
    Contacts,
    /// `0-2`
    Companies,
    /// `0-3`
    Deals,
    /// `0-8`
    LineItems,
    /// A custom object by its type id, such as `2-7282133`.
    Custom(String),
}

impl ObjectType {
    /// The id HubSpot gives the type, used in links to records and in limits.
    #[must_use]
    pub fn type_id(&self) -> &str {
        match self {
            Self::Contacts => "0-1",
            Self::Companies => "0-2",
            Self::Deals => "0-3",
            Self::LineItems => "0-8",
            Self::Custom(type_id) => type_id,
        }
    }

    /// The name used in request paths.
    #[must_use]
    pub fn path_name(&self) -> &str {
        match self {
            Self::Contacts => "contacts",
            Self::Companies => "companies",
            Self::Deals => "deals",
            Self::LineItems => "line_items",
            Self::Custom(type_id) => type_id,
        }
    }
}

impl fmt::Display for ObjectType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.path_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_text_and_as_numbers() {
        let ids: Vec<RecordId> =
            serde_json::from_str(r#"["512", 512, "18446744073709551615"]"#).unwrap();
        assert_eq!(ids, [RecordId(512), RecordId(512), RecordId(u64::MAX)]);
        assert_eq!(serde_json::to_string(&ids[0]).unwrap(), r#""512""#);
        assert!(serde_json::from_str::<RecordId>(r#""p1""#).is_err());
    }
}
