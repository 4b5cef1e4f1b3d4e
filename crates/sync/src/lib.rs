//! The way from Stripe to HubSpot: setup, import, derive, match, plan, push; and what the screens show of it.
//!
//! The only place that knows the whole way. Each step is one module named after its verb.

mod blocking;
mod clock;
pub mod derive;
pub mod import;
pub mod view;

pub use clock::Clock;
