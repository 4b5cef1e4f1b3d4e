//! A simulated Stripe and HubSpot with a simulated business behind them.
//!
//! It stands in for both services in the sample mode and in tests. It shares no code with the clients and the billing
//! maths, so that agreeing with it means something.

pub mod business;
mod by_key;
mod clock;
mod faults;
pub mod hubspot;
mod sample;
mod serve;
pub mod stripe;
mod stripe_data;

pub use by_key::by_key;
pub use clock::{Clock, SystemClock, VirtualClock};
pub use faults::{Fault, FaultPlan, Faults, Faulty, Reset, Until};
pub use sample::{Sample, ServedSample};
pub use serve::{Served, serve};
pub use stripe_data::StripeData;
