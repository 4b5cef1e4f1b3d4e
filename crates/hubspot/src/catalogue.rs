//! The properties of the records ClearSync makes beside contacts and companies.

mod event;
mod line_item;
mod subscription;

pub use event::{EVENT, EVENT_ID};
pub use line_item::{LINE_ITEM, LINE_ITEM_ID};
pub use subscription::{SUBSCRIPTION, SUBSCRIPTION_ID};
