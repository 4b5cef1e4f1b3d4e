//! The business held against itself: one seed one life, objects whole, figures that add up, books that agree.

mod arithmetic;
mod books;
mod life;
mod shapes;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{Business, Shape};

/// The moment the businesses of the tests are played to.
pub(super) fn noon() -> Timestamp {
    "2026-06-15T12:00:00Z".parse().unwrap()
}

pub(super) fn played(seed: u64) -> Business {
    Business::play(seed, &Shape::small(), noon())
}

/// Every object, by kind.
pub(super) fn objects(business: &Business) -> BTreeMap<&'static str, Vec<Value>> {
    let data = business.data();
    let data = data.read().unwrap();
    shapes::KINDS
        .iter()
        .map(|&kind| (kind, data.all(kind).cloned().collect()))
        .collect()
}

pub(super) fn integer(object: &Value, field: &str) -> i64 {
    object[field]
        .as_i64()
        .unwrap_or_else(|| panic!("{field} is no integer in {object}"))
}

pub(super) fn rows(list: &Value) -> &[Value] {
    list["data"].as_array().unwrap()
}
