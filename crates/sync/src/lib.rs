//! The way from Stripe to HubSpot: setup, import, derive, match, plan, push, undo; and what the screens show of it.
//!
//! The only place that knows the whole way. Each step is one module named after its verb.

mod blocking;
mod clock;
mod data_key;
pub mod derive;
pub mod drift;
mod engine;
mod explanation;
mod guide_text;
pub mod import;
pub mod matching;
pub mod plan;
mod playbook;
mod problem;
pub mod push;
pub mod realtime;
pub mod undo;
pub mod view;
mod workspaces;

/// What the data on this computer is encrypted with.
pub use clearsync_store::DataKey;
pub use clock::Clock;
pub use data_key::{DataKeyPlace, Former, data_key, forget_data_key};
pub use engine::{
    Change, Engine, EngineConfig, LOG_FOLDER, LOG_PREFIX, LOG_SUFFIX, Services, leave_nothing,
    random_name,
};
pub use playbook::playbooks;
pub use workspaces::{WorkspaceState, Workspaces, WorkspacesConfig};
