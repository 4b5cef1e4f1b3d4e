//! Speaks HubSpot: account, limits, schema, records and associations.
//!
//! [`Client`] is the only thing that sends. What it may be asked is spread over one module per subject; each adds its
//! calls to the client. Errors are [`HubSpotError`]: a [`Reason`] that can be matched and HubSpot's correlation id, never
//! HubSpot's own words.

mod account;
mod association;
mod batch;
mod budget;
mod catalogue;
mod client;
mod custom_object;
mod error;
mod exchange;
mod id;
mod label;
mod limits;
mod outcome;
mod own;
mod path;
mod pipeline;
mod property;
mod record;
mod refusal;
mod resend;
mod schema;
mod scope;
mod scope_audit;
mod search;
mod summary;
mod token;
mod write;

pub use account::{AccountDetails, AccountType, Currencies, UiDomain};
pub use association::{AssociationOutcome, Pair};
pub use batch::{Batch, BatchError, Keyed, LARGEST_BATCH, Packed, pack};
pub use budget::Quota;
pub use catalogue::{EVENT, EVENT_ID, LINE_ITEM, LINE_ITEM_ID, SUBSCRIPTION, SUBSCRIPTION_ID};
pub use client::Client;
pub use custom_object::{CustomObject, CustomObjectLimit, ObjectLabels, OwnObject};
pub use error::{CorrelationId, HubSpotError, Policy, Reason, ValueCode};
pub use exchange::{EXCHANGE_RATES_SCOPE, ExchangeRate};
pub use id::{NotAnId, ObjectType, PortalId, RecordId};
pub use label::{LabelType, OwnLabel};
pub use limits::{CustomPropertyLimits, DailyUsage, ObjectLimit};
pub use outcome::{BatchResult, Outcome};
pub use own::{GROUP, GROUP_LABEL, OwnProperty, PropertyKind};
pub use path::{API_VERSION, ApiVersion, BaseUrl, BaseUrlError};
pub use pipeline::{EnsuredPipeline, OwnPipeline, OwnStage, Pipeline, PipelineLimit, Stage};
pub use property::{NewProperty, Property, PropertyOption, PropertyType};
pub use record::{Found, ReadBy, Record};
pub use schema::{Ensured, Misfit, SchemaError};
pub use scope::{Introspection, Mode, SCOPES, Scope, scopes_for};
pub use scope_audit::{ScopeAudit, Source, Unverified, Verdict};
pub use search::DOMAIN;
pub use summary::{CUSTOMER_ID, MARK, Proposal, Room, SUMMARY, propose, summary_by_rank};
pub use token::{HubSpotToken, StripeText, TokenKind, TokenRejected};
pub use write::{Create, Update, Upsert};
