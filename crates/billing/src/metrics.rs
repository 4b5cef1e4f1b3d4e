//! Figures of the whole company, from timelines, movements and subscriptions.

mod ahead;
mod cohorts;
mod retention;
mod waterfall;

pub use ahead::{Ahead, Renewal, ahead, renewals};
pub use cohorts::{Cohort, cohorts};
pub use retention::{Retention, retention};
pub use waterfall::{Waterfall, waterfall};
