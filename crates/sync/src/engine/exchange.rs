use clearsync_billing::{Currency, ExchangeRates, Fraction};
use clearsync_hubspot::{EXCHANGE_RATES_SCOPE, ExchangeRate, HubSpotError, Reason};
use clearsync_store::{AccountId, Reader, Scope, StoreError};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Engine, calendar::Calendar, company::currency};
use crate::{
    derive,
    view::{
        DataKind, ExchangeRatesInput, ExchangeRatesView, Problem, ProblemCode, RateRow, RateSource,
    },
};

const EXCHANGE: &str = "exchange_rates";
const MOST_RATES: usize = 10_000;

/// The exchange rates as they are kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Exchange {
    pub(super) reporting: Option<Currency>,
    source: Option<RateSource>,
    rates: Vec<Rate>,
}

/// One unit of `currency` is worth `rate` units of the reporting currency from `since` on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Rate {
    currency: Currency,
    since: Timestamp,
    /// As it was given, so that it is shown again as it was.
    worth: String,
}

impl Rate {
    /// A rate of HubSpot's; `None` for currencies Stripe does not know, and for what is no rate.
    fn told(rate: &ExchangeRate) -> Option<Self> {
        let worth = Fraction::from_decimal(&rate.rate).ok()?;
        worth.is_positive().then_some(Self {
            currency: rate.from.parse().ok()?,
            since: rate.effective_at,
            worth: rate.rate.clone(),
        })
    }
}

impl Exchange {
    pub(super) fn read(reader: &Reader, account: AccountId) -> Result<Self, StoreError> {
        Ok(reader
            .setting(Scope::Account(account), EXCHANGE)?
            .unwrap_or_default())
    }

    /// The rates as billing takes them; `None` without a reporting currency.
    pub(super) fn rates(&self) -> Option<ExchangeRates> {
        let mut rates = ExchangeRates::new(self.reporting?);
        for Rate {
            currency,
            since,
            worth,
        } in &self.rates
        {
            if let Ok(rate) = Fraction::from_decimal(worth) {
                rates.set(*currency, *since, rate);
            }
        }
        Some(rates)
    }

    fn view(&self, missing: Vec<String>) -> ExchangeRatesView {
        ExchangeRatesView {
            reporting: self.reporting.map(|currency| currency.to_string()),
            source: self.source.unwrap_or(RateSource::None),
            rates: self
                .rates
                .iter()
                .map(|rate| RateRow {
                    currency: rate.currency.to_string(),
                    since: rate.since.to_string(),
                    rate: rate.worth.clone(),
                })
                .collect(),
            missing,
        }
    }
}

impl Engine {
    /// The exchange rates that are known.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn exchange_rates(&self) -> Result<ExchangeRatesView, Problem> {
        let (account, now) = (self.account().await?, self.now());
        self.with_store(move |store| {
            store.read(|reader| {
                let exchange = Exchange::read(reader, account)?;
                let missing = missing(reader, account, &exchange, now)?;
                Ok(exchange.view(missing))
            })
        })
        .await
    }

    /// Reads HubSpot's own rates, and reports in the portal's currency by them in place of all others.
    ///
    /// # Errors
    /// A [`Problem`]; [`ProblemCode::HubSpotRatesScopeMissing`] names the scope the key lacks.
    pub async fn read_hubspot_rates(&self) -> Result<ExchangeRatesView, Problem> {
        let account = self.account().await?;
        let client = self.connected_hubspot().await?;
        let company = client.account().await?.currencies.company;
        let told = client.exchange_rates().await.map_err(not_readable)?;
        let mut rates: Vec<Rate> = told
            .into_iter()
            .filter(|rate| rate.to == company)
            .filter_map(|rate| Rate::told(&rate))
            .collect();
        rates.sort();
        rates.dedup();
        let exchange = Exchange {
            reporting: Some(currency(&company)?),
            source: Some(RateSource::Hubspot),
            rates,
        };
        self.keep_exchange(account, exchange).await
    }

    /// Keeps the user's own rates in place of all others.
    ///
    /// # Errors
    /// A [`Problem`] that names the row which cannot be used; nothing is changed then.
    pub async fn set_exchange_rates(
        &self,
        input: ExchangeRatesInput,
    ) -> Result<ExchangeRatesView, Problem> {
        let account = self.account().await?;
        let calendar = self
            .with_store(move |store| store.read(|reader| Calendar::of(reader, account)))
            .await?;
        let exchange = exchange(&input, &calendar)?;
        self.keep_exchange(account, exchange).await
    }

    async fn keep_exchange(
        &self,
        account: AccountId,
        exchange: Exchange,
    ) -> Result<ExchangeRatesView, Problem> {
        self.with_store(move |store| {
            store.write(|writer| writer.set_setting(Scope::Account(account), EXCHANGE, &exchange))
        })
        .await?;
        self.data_changed(&[DataKind::Figures]);
        self.exchange_rates().await
    }
}

fn not_readable(error: HubSpotError) -> Problem {
    match error.reason {
        Reason::MissingScopes { .. } => {
            Problem::new(ProblemCode::HubSpotRatesScopeMissing).with("scope", EXCHANGE_RATES_SCOPE)
        }
        _ => error.into(),
    }
}

fn exchange(input: &ExchangeRatesInput, calendar: &Calendar) -> Result<Exchange, Problem> {
    let wanted = input
        .reporting
        .as_deref()
        .filter(|code| !code.trim().is_empty());
    let reporting = wanted.map(currency).transpose()?;
    if input.rates.len() > MOST_RATES {
        return Err(Problem::new(ProblemCode::RateUnreadable)
            .with("currency", input.rates[MOST_RATES].currency.clone())
            .with("value", input.rates.len().to_string()));
    }
    if reporting.is_none() && !input.rates.is_empty() {
        return Err(Problem::new(ProblemCode::RateWithoutReporting));
    }
    let rates = input.rates.iter().map(|row| rate(row, calendar));
    let mut rates = rates.collect::<Result<Vec<_>, _>>()?;
    rates.sort();
    rates.dedup();
    Ok(Exchange {
        reporting,
        source: Some(RateSource::Yours).filter(|_| reporting.is_some()),
        rates,
    })
}

fn rate(row: &RateRow, calendar: &Calendar) -> Result<Rate, Problem> {
    let unreadable = |field: &str| {
        Problem::new(ProblemCode::RateUnreadable)
            .with("currency", row.currency.clone())
            .with("value", field)
    };
    let since = row.since.trim();
    let day = || calendar.day(since.parse::<Date>().ok()?);
    let since = since.parse::<Timestamp>().ok().or_else(day);
    let rate = row.rate.trim();
    let is_usable = Fraction::from_decimal(rate).is_ok_and(|rate| rate.is_positive());
    if !is_usable {
        return Err(unreadable(&row.rate));
    }
    Ok(Rate {
        currency: currency(&row.currency)?,
        since: since.ok_or_else(|| unreadable(&row.since))?,
        worth: rate.to_owned(),
    })
}

/// Currencies with MRR and without a rate, once everything is to be reported in one.
fn missing(
    reader: &Reader,
    account: AccountId,
    exchange: &Exchange,
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let Some(rates) = exchange.rates() else {
        return Ok(Vec::new());
    };
    let mut missing: Vec<String> = Vec::new();
    reader.each_life(account, |life| {
        let counts = derive::steps(&life)
            .iter()
            .any(|step| step.mrr.is_positive());
        if let Ok(currency) = life.currency.parse::<Currency>()
            && counts
            && rates.rate(currency, now).is_none()
        {
            missing.push(currency.to_string());
        }
        Ok::<_, StoreError>(())
    })?;
    missing.sort();
    missing.dedup();
    Ok(missing)
}
