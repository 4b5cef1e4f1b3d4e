//! Other currencies.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Amount, Currency, ExchangeRule, Fraction, Movement, Period};

/// Exchange rates into one reporting currency, as the user or the CRM gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRates {
    /// The currency everything is reported in.
    pub reporting: Currency,
    rates: BTreeMap<Currency, BTreeMap<Timestamp, Fraction>>,
}

impl ExchangeRates {
    /// No rates yet; only amounts of `reporting` itself can be told.
    #[must_use]
    pub fn new(reporting: Currency) -> Self {
        Self {
            reporting,
            rates: BTreeMap::new(),
        }
    }

    /// One unit of `currency` is worth `rate` units of the reporting currency from `since` on. Units are whole dollars,
    /// yen, dinars.
    pub fn set(&mut self, currency: Currency, since: Timestamp, rate: Fraction) {
        self.rates.entry(currency).or_default().insert(since, rate);
    }

    /// The rate of `currency` at `at`; before the first known rate, the first.
    #[must_use]
    pub fn rate(&self, currency: Currency, at: Timestamp) -> Option<Fraction> {
        if currency == self.reporting {
            return Some(Fraction::one());
        }
        let rates = self.rates.get(&currency)?;
        let known = rates
            .range(..=at)
            .next_back()
            .or_else(|| rates.iter().next());
        known.map(|(_, rate)| rate.clone())
    }

    /// `amount` in the reporting currency by the rate of `at`, exact; `None` without a rate.
    #[must_use]
    pub fn convert(&self, amount: &Amount, at: Timestamp) -> Option<Amount> {
        let rate = self.rate(amount.currency, at)?;
        let scale = |currency: Currency| Fraction::from(10_i64.pow(currency.exponent()));
        let major = amount.minor.checked_div(&scale(amount.currency))?;
        Some(Amount::new(
            &(&major * &rate) * &scale(self.reporting),
            self.reporting,
        ))
    }
}

/// How reported MRR came from its opening to its closing figure, with exchange apart from movements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedChange {
    /// MRR just before the begin, by the rates then.
    pub opening: Amount,
    /// What movements changed.
    pub movements: Amount,
    /// What exchange rates changed.
    pub exchange: Amount,
    /// MRR just before the end, by the rates then.
    pub closing: Amount,
}

/// The change of MRR over `period` in the reporting currency.
///
/// `opening` and `closing` hold the MRR of each currency just before the period's begin and end; of `movements` those
/// within the period count. `None` when a rate is missing.
#[must_use]
pub fn reported_change(
    period: Period,
    opening: &[Amount],
    closing: &[Amount],
    movements: &[Movement],
    rates: &ExchangeRates,
    rule: ExchangeRule,
) -> Option<ReportedChange> {
    let [begin, end] = [period.start, period.end].map(just_before);
    let at = |moment: Timestamp| match rule {
        ExchangeRule::AtMovement => moment,
        ExchangeRule::MonthEnd => end,
        ExchangeRule::Fixed => begin,
    };
    let total = |amounts: &[Amount], moment: Timestamp| -> Option<Fraction> {
        amounts
            .iter()
            .map(|amount| Some(rates.convert(amount, moment)?.minor))
            .sum_all()
    };
    let closing_at = if rule == ExchangeRule::Fixed {
        begin
    } else {
        end
    };
    let (opening, closing) = (total(opening, begin)?, total(closing, closing_at)?);
    let moved = movements
        .iter()
        .filter(|movement| period.contains(movement.at))
        .map(|movement| Some(rates.convert(&movement.change, at(movement.at))?.minor))
        .sum_all()?;
    let exchange = &(&closing - &opening) - &moved;
    let amount = |minor| Amount::new(minor, rates.reporting);
    Some(ReportedChange {
        opening: amount(opening),
        movements: amount(moved),
        exchange: amount(exchange),
        closing: amount(closing),
    })
}

fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_nanos(1))
        .unwrap_or(Timestamp::MIN)
}

trait SumAll: Iterator<Item = Option<Fraction>> + Sized {
    /// The sum, unless one is missing.
    fn sum_all(mut self) -> Option<Fraction> {
        self.try_fold(Fraction::zero(), |sum, one| Some(sum + one?))
    }
}

impl<I: Iterator<Item = Option<Fraction>>> SumAll for I {}
