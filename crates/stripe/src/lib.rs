//! Reads Stripe, with a key that can do nothing but read.
//!
//! [`catalog`] is the one list of permissions; [`guide`] tells the way to a key with them, [`audit`] tells which of them a
//! key has. [`client`] asks Stripe, [`list`] reads whole lists, [`events`] what changed since. The client can GET, and make
//! and delete its own [`webhook_endpoint`]; there is nothing else that it could do.

pub mod account;
pub mod audit;
mod call;
pub mod catalog;
pub mod client;
pub mod decode;
mod embedded;
pub mod error;
pub mod events;
pub mod guide;
pub mod key;
mod limits;
pub mod list;
pub mod object;
pub mod refusal;
mod retry;
pub mod signature;
pub mod span;
pub mod webhook_endpoint;
