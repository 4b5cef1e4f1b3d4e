use std::io;

use crate::config::Config;

/// The keys of the sample accounts. They open nothing but the sandbox, so they are no secrets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SampleKeys {
    /// Stands in for a Stripe restricted key.
    pub(crate) stripe: &'static str,
    /// Stands in for a HubSpot service key.
    pub(crate) hubspot: &'static str,
}
