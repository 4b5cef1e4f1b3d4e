//! A figure in words: one sentence, or a table to check by hand.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Amount, Base, Currency, DiscountLevel, DiscountStep, Figure, Fraction, ItemStep, Reduction,
    Standing, TierStep,
};

/// One row of the table that derives a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedRow {
    /// The Stripe id it is about: a price, a coupon, an item or the subscription.
    pub about: String,
    /// What is done, such as `3 × 12.50 USD`.
    pub what: String,
    /// What it comes to.
    pub result: String,
}

impl Figure {
    /// The figure in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.sentence_naming(|_| None)
    }

    /// The figure in one sentence, which calls each item by the name that `name_of` gives it.
    #[must_use]
    pub fn sentence_naming(&self, name_of: impl Fn(&ItemStep) -> Option<String>) -> String {
        let why = self.derivation.standing.sentence();
        let (policy, version) = &self.derivation.policy;
        if !self.derivation.standing.counts() {
            return format!(
                "MRR is {}. {why} Rules: {policy}, version {version}.",
                self.rounded
            );
        }
        let items: Vec<_> = self
            .derivation
            .items
            .iter()
            .map(|item| {
                let phrase = item_phrase(item, self.amount.currency);
                name_of(item).map_or_else(|| phrase.clone(), |name| format!("{name}, {phrase}"))
            })
            .collect();
        let parts = if items.is_empty() {
            "nothing sold".to_owned()
        } else {
            items.join("; plus ")
        };
        format!(
            "MRR is {}: {parts}. {why} Rules: {policy}, version {version}.",
            self.rounded
        )
    }

    /// The figure step by step.
    #[must_use]
    pub fn table(&self) -> Vec<ExplainedRow> {
        let currency = self.amount.currency;
        let mut rows: Vec<_> = self
            .derivation
            .items
            .iter()
            .flat_map(|item| item_rows(item, currency))
            .collect();
        rows.push(ExplainedRow {
            about: self.derivation.subscription.to_string(),
            what: self.derivation.standing.sentence(),
            result: self.rounded.to_string(),
        });
        rows
    }
}

impl Standing {
    /// Why the subscription counts or counts 0, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Counts { status } => format!("Its status “{}” counts.", spaced(status)),
            Self::PaidUntil { until } => format!("It ended, and is paid until {}.", date(*until)),
            Self::NotStarted { starts } => format!("It begins on {}.", date(*starts)),
            Self::InTrial { until: Some(until) } => {
                format!("It is in its trial until {}.", date(*until))
            }
            Self::InTrial { until: None } => "It is in its trial.".to_owned(),
            Self::Ended { since: Some(since) } => format!("It ended on {}.", date(*since)),
            Self::Ended { since: None } => "It has ended.".to_owned(),
            Self::CancellationAsked { at: Some(at) } => {
                format!(
                    "Its cancellation was asked for on {}, which counts as its end.",
                    date(*at)
                )
            }
            Self::CancellationAsked { at: None } => {
                "Its cancellation was asked for, which counts as its end.".to_owned()
            }
            Self::CollectionPaused => "Its invoices are held back, so it counts 0.".to_owned(),
            Self::NotPaidYet => "Nothing was paid yet, so it counts 0.".to_owned(),
            Self::StatusLeftOut { status } => {
                format!("Its status “{}” does not count.", spaced(status))
            }
        }
    }
}

fn item_phrase(item: &ItemStep, currency: Currency) -> String {
    let mut phrase = base_phrase(&item.base, currency);
    for discount in &item.discounts {
        phrase = format!(
            "{phrase} less {} ({})",
            reduction(discount, currency),
            coupon(discount)
        );
    }
    if !item.tax.is_zero() {
        phrase = format!(
            "{phrase} less {} of tax within the price",
            money(&item.tax, currency)
        );
    }
    match item.interval {
        Some(interval) => format!("{phrase} every {interval}{}", factor(&item.factor)),
        None => phrase,
    }
}

fn item_rows(item: &ItemStep, currency: Currency) -> Vec<ExplainedRow> {
    let row = |about: &str, what: String, result: &Fraction| ExplainedRow {
        about: about.to_owned(),
        what,
        result: money(result, currency),
    };
    let mut rows = vec![row(
        item.price.as_str(),
        base_phrase(&item.base, currency),
        &item.base.amount(),
    )];
    for step in &item.discounts {
        let what = format!(
            "less {} ({}), {}",
            reduction(step, currency),
            coupon(step),
            level(step.level)
        );
        rows.push(row(step.coupon.as_str(), what, &-step.amount.clone()));
    }
    if !item.tax.is_zero() {
        rows.push(row(
            item.item.as_str(),
            "less tax within the price".to_owned(),
            &-item.tax.clone(),
        ));
    }
    if let Some(interval) = item.interval {
        rows.push(row(
            item.item.as_str(),
            format!("every {interval}{}", factor(&item.factor)),
            &item.mrr,
        ));
    }
    rows
}

fn base_phrase(base: &Base, currency: Currency) -> String {
    match base {
        Base::PerUnit { unit, units } => format!("{units} × {}", unit_price(unit, currency)),
        Base::Graduated { steps } => {
            let steps: Vec<_> = steps.iter().map(|step| tier(step, currency)).collect();
            steps.join(" + ")
        }
        Base::Volume { step } => tier(step, currency),
        Base::Usage { periods } if periods.len() == 1 => {
            "usage of the last closed period".to_owned()
        }
        Base::Usage { periods } => {
            format!("mean usage of the last {} closed periods", periods.len())
        }
        Base::Nothing => "0, see the notes".to_owned(),
    }
}

fn tier(step: &TierStep, currency: Currency) -> String {
    let units = format!("{} × {}", step.units, unit_price(&step.unit, currency));
    if step.flat.is_zero() {
        units
    } else {
        format!("{units} + {} flat", unit_price(&step.flat, currency))
    }
}

fn reduction(step: &DiscountStep, currency: Currency) -> String {
    match &step.reduction {
        Reduction::Percent(percent) => format!("{} %", trimmed(percent)),
        Reduction::Amount(_) | Reduction::Unknown => money(&step.amount, currency),
    }
}

fn coupon(step: &DiscountStep) -> String {
    step.name.clone().unwrap_or_else(|| step.coupon.to_string())
}

fn level(level: DiscountLevel) -> &'static str {
    match level {
        DiscountLevel::Item => "on the item",
        DiscountLevel::Subscription => "on the subscription",
        DiscountLevel::Customer => "on the customer",
        DiscountLevel::Invoice => "as invoiced for this period",
    }
}

fn factor(factor: &Fraction) -> String {
    if *factor == Fraction::one() {
        String::new()
    } else {
        format!(", × {factor} a month")
    }
}

fn money(minor: &Fraction, currency: Currency) -> String {
    Amount::new(minor.clone(), currency).round().to_string()
}

/// A unit price with all its decimals, which may be finer than the currency's own.
fn unit_price(minor: &Fraction, currency: Currency) -> String {
    if minor.is_whole() {
        return money(minor, currency);
    }
    let scale = Fraction::from(10_i64.pow(currency.exponent()));
    let major = minor.checked_div(&scale).unwrap_or_default();
    format!("{} {currency}", trimmed(&major))
}

/// A number with at most twelve decimals and no zeros at the end.
fn trimmed(number: &Fraction) -> String {
    let text = number.to_decimal(12);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn spaced(status: &str) -> String {
    status.replace('_', " ")
}

fn date(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}
