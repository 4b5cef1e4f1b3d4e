//! Stripe's objects as billing's nouns, from either API shape.
//!
//! Payloads of events keep the shape of the API version they were made under, so both the shape before
//! 2025-03-31.basil and the one since are read. Reading is tolerant: an unknown word is kept as such, a missing or
//! unreadable field is noted, and only an object without identity is refused.

mod discount;
mod essence;
mod event;
mod invoice;
mod price;
mod reader;
mod subscription;
#[cfg(test)]
mod tests;

pub use discount::{coupon, customer_discount, discount};
pub use essence::essence;
pub use event::change;
pub use invoice::invoice;
pub use price::price;
pub use subscription::subscription;

/// Why an object cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It is not a JSON object.
    #[error("a {expected} should be an object")]
    NotAnObject {
        /// What was expected.
        expected: &'static str,
    },
    /// It is an object of another kind.
    #[error("a {expected} was expected and a {found} found")]
    OtherKind {
        /// What was expected.
        expected: &'static str,
        /// What its `object` field says.
        found: String,
    },
    /// A field without which it means nothing is missing or unreadable.
    #[error("a {object} has no usable {field}")]
    Missing {
        /// Which kind of object.
        object: &'static str,
        /// Which field.
        field: &'static str,
    },
}
