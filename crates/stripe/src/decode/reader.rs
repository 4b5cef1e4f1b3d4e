//! Reads fields of a JSON object and notes what it cannot read.

use clearsync_billing::{Currency, Fraction, Note, Period};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{DecodeError, essence};

/// One JSON object being read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    kind: &'static str,
    fields: &'a Map<String, Value>,
}

impl<'a> Reader<'a> {
    /// `value` as an object of `kind`. Its `object` field, when there is one, must agree.
    pub(super) fn new(value: &'a Value, kind: &'static str) -> Result<Self, DecodeError> {
        let fields = value
            .as_object()
            .ok_or(DecodeError::NotAnObject { expected: kind })?;
        match fields.get("object").and_then(Value::as_str) {
            Some(found) if found != kind => Err(DecodeError::OtherKind {
                expected: kind,
                found: found.to_owned(),
            }),
            _ => Ok(Self { kind, fields }),
        }
    }

    /// The field, unless it is missing or null.
    pub(super) fn get(self, field: &str) -> Option<&'a Value> {
        debug_assert!(essence::keeps(field), "{field} is not kept of an object");
        self.fields.get(field).filter(|value| !value.is_null())
    }

    /// The object in a field.
    pub(super) fn child(self, field: &str) -> Option<Self> {
        let fields = self.get(field)?.as_object()?;
        Some(Self {
            kind: self.kind,
            fields,
        })
    }

    pub(super) fn text(self, field: &str) -> Option<&'a str> {
        self.get(field)?.as_str()
    }

    pub(super) fn flag(self, field: &str) -> Option<bool> {
        self.get(field)?.as_bool()
    }

    /// The id in a field that holds an id or the whole object.
    pub(super) fn id(self, field: &str) -> Option<&'a str> {
        id_of(self.get(field)?)
    }

    /// What an array, or a list object, in a field holds.
    pub(super) fn list(self, field: &str) -> &'a [Value] {
        let value = self.get(field);
        value
            .and_then(Value::as_array)
            .or_else(|| value?.get("data")?.as_array())
            .map_or(&[], Vec::as_slice)
    }

    /// Whether the list object in a field was cut.
    pub(super) fn is_cut(self, field: &str) -> bool {
        self.get(field)
            .and_then(|list| list.get("has_more"))
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    /// The moment in a field of Unix seconds.
    pub(super) fn time(self, field: &str, notes: &mut Vec<Note>) -> Option<Timestamp> {
        let value = self.get(field)?;
        let time = value
            .as_i64()
            .and_then(|second| Timestamp::from_second(second).ok());
        self.noted(time, field, notes)
    }

    /// The exact number in a field that holds a number or a decimal text.
    pub(super) fn number(self, field: &str, notes: &mut Vec<Note>) -> Option<Fraction> {
        let value = self.get(field)?;
        self.noted(number(value), field, notes)
    }

    /// The first of `fields` that holds a number: decimals come before their rounded twins.
    pub(super) fn first_number(self, fields: [&str; 2], notes: &mut Vec<Note>) -> Option<Fraction> {
        fields
            .into_iter()
            .find_map(|field| self.number(field, notes))
    }

    pub(super) fn count(self, field: &str, notes: &mut Vec<Note>) -> Option<u64> {
        let value = self.get(field)?;
        self.noted(value.as_u64(), field, notes)
    }

    pub(super) fn currency(self, field: &str, notes: &mut Vec<Note>) -> Option<Currency> {
        let value = self.get(field)?;
        let currency = value.as_str().and_then(|code| code.parse().ok());
        self.noted(currency, field, notes)
    }

    /// The period between two fields of Unix seconds.
    pub(super) fn period(self, start: &str, end: &str, notes: &mut Vec<Note>) -> Option<Period> {
        Some(Period {
            start: self.time(start, notes)?,
            end: self.time(end, notes)?,
        })
    }

    /// Refuses the object when a field it cannot do without is missing.
    pub(super) fn required<T>(
        self,
        field: &'static str,
        value: Option<T>,
    ) -> Result<T, DecodeError> {
        value.ok_or(DecodeError::Missing {
            object: self.kind,
            field,
        })
    }

    fn noted<T>(self, value: Option<T>, field: &str, notes: &mut Vec<Note>) -> Option<T> {
        if value.is_none() {
            notes.push(Note::Unreadable {
                field: format!("{}.{field}", self.kind),
            });
        }
        value
    }
}

/// The id of something that is an id or a whole object.
pub(super) fn id_of(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("id")?.as_str())
}

fn number(value: &Value) -> Option<Fraction> {
    match value {
        Value::String(text) => Fraction::from_decimal(text).ok(),
        Value::Number(number) => Fraction::from_decimal(&number.to_string()).ok(),
        _ => None,
    }
}
