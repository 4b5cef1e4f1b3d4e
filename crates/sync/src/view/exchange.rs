use serde::{Deserialize, Serialize};
use specta::Type;

use super::Moment;

/// The exchange rates that are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeRatesView {
    /// The currency everything is reported in, upper case; `None` until one is chosen.
    pub reporting: Option<String>,
    /// Where the rates come from.
    pub source: RateSource,
    /// The rates, by currency and time.
    pub rates: Vec<RateRow>,
    /// Currencies with MRR and without a rate.
    pub missing: Vec<String>,
}

/// Where exchange rates come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RateSource {
    /// There are none.
    None,
    /// The user gave them.
    Yours,
    /// HubSpot's own.
    Hubspot,
}

/// What one unit of a currency is worth in the reporting currency from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RateRow {
    /// ISO 4217 code.
    pub currency: String,
    /// Since when; a date such as `2026-01-31` or a moment.
    pub since: Moment,
    /// The rate as a decimal, such as `1.0832`.
    pub rate: String,
}

/// Rates as the user gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeRatesInput {
    /// The currency to report in; `None` reports each currency by itself.
    pub reporting: Option<String>,
    /// The rates.
    pub rates: Vec<RateRow>,
}
