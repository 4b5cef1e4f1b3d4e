use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Number, Value};

use crate::{Client, HubSpotError, client::Call, path::Api};

/// The scope that lets a token read the account's exchange rates. Nothing else needs it.
pub const EXCHANGE_RATES_SCOPE: &str = "settings.currencies.read";

const PAGE: &str = "100";

/// What one unit of a currency is worth in the account's own, as somebody entered it in HubSpot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRate {
    /// The currency that is converted, as an ISO 4217 code in capitals.
    pub from: String,
    /// The account's own currency.
    pub to: String,
    /// The rate as a decimal; HubSpot keeps six places.
    pub rate: String,
    /// Since when it holds.
    pub effective_at: Timestamp,
}

impl Client {
    /// Every exchange rate of the account, past ones too. Accounts with one currency have none.
    ///
    /// # Errors
    /// Any [`HubSpotError`]; without [`EXCHANGE_RATES_SCOPE`] its reason is [`Reason::MissingScopes`].
    ///
    /// [`Reason::MissingScopes`]: crate::Reason::MissingScopes
    pub async fn exchange_rates(&self) -> Result<Vec<ExchangeRate>, HubSpotError> {
        let mut rates = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut call = Call::get(Api::ExchangeRates, []).query("limit", PAGE);
            if let Some(after) = &after {
                call = call.query("after", after);
            }
            let page: Page = self.call(call).await?;
            rates.extend(page.results.into_iter().map(ExchangeRate::from));
            let next = page.paging.pointer("/next/after").and_then(Value::as_str);
            if next.is_none() || next == after.as_deref() {
                return Ok(rates);
            }
            after = next.map(str::to_owned);
        }
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    results: Vec<Wire>,
    #[serde(default)]
    paging: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    from_currency_code: String,
    to_currency_code: String,
    conversion_rate: Number,
    effective_at: Timestamp,
}

impl From<Wire> for ExchangeRate {
    fn from(wire: Wire) -> Self {
        Self {
            from: wire.from_currency_code,
            to: wire.to_currency_code,
            rate: wire.conversion_rate.to_string(),
            effective_at: wire.effective_at,
        }
    }
}
