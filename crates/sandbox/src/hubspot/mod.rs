//! A simulated HubSpot portal behind HubSpot's own paths and bodies.
//!
//! [`HubSpotSandbox::router`] answers requests; the other methods are for whoever runs the simulation: they seed
//! records, act as a person in the portal would, plan disturbances and look at what came of it all. Time comes from a
//! [`Clock`](crate::Clock) alone and chance from a seed, so a run can be repeated.

mod account;
mod answer;
mod association;
mod association_calls;
mod batch;
mod call;
mod company;
mod disturbance;
pub mod faults;
mod object_type;
mod pipeline;
mod pipeline_calls;
mod portal;
mod property;
mod property_calls;
mod published;
mod rate;
mod record;
mod reply;
mod sandbox;
mod schema;
mod schema_calls;
mod scope;
mod search;
mod shape;
mod single;
mod snapshot;
mod standard;
mod value;
mod write;

use jiff::Timestamp;

pub use company::OwnWork;
pub use disturbance::{Disturbance, RatePolicy};
pub use sandbox::{ActError, HubSpotSandbox, Received};
pub use shape::{ExchangeRate, Lags, PortalShape, Tier};

/// An instant as HubSpot writes it, with three digits after the second.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
