//! Speaks HubSpot: account, limits, schema, records and associations.
