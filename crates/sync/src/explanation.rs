//! The derivation of a figure, as a sentence and step by step.

use clearsync_billing::{
    Amount, Base, Currency, Fraction, Interval, ItemStep, Reduction, Standing,
};
use clearsync_store::Figure as StoredFigure;
use serde::Deserialize;

use crate::view::{Explanation, ExplanationLine};

/// Explains a stored figure. A derivation of an older form is told as missing, and comes anew with the next change.
pub(crate) fn explanation(stored: &StoredFigure) -> Explanation {
    let Ok(figure) = clearsync_billing::Figure::deserialize(&stored.explanation) else {
        let sentence = "The derivation comes with the next sync.".to_owned();
        return Explanation {
            sentence,
            lines: Vec::new(),
            notes: Vec::new(),
        };
    };
    let currency = figure.amount.currency;
    let mut lines: Vec<ExplanationLine> = figure
        .derivation
        .items
        .iter()
        .flat_map(|item| item_lines(item, currency))
        .collect();
    lines.push(ExplanationLine {
        label: "MRR".to_owned(),
        detail: standing(&figure.derivation.standing),
        result: figure.rounded.to_string(),
    });
    Explanation {
        sentence: sentence(&figure),
        lines,
        notes: figure.notes.iter().map(ToString::to_string).collect(),
    }
}

fn sentence(figure: &clearsync_billing::Figure) -> String {
    let (policy, version) = &figure.derivation.policy;
    let why = standing(&figure.derivation.standing);
    match figure.derivation.items.len() {
        _ if !figure.derivation.standing.counts() => format!("MRR is {}: {why}", figure.rounded),
        1 => format!(
            "MRR is {} from one item. Rules: {policy}, version {version}.",
            figure.rounded
        ),
        count => format!(
            "MRR is {} from {count} items. Rules: {policy}, version {version}.",
            figure.rounded
        ),
    }
}

fn item_lines(item: &ItemStep, currency: Currency) -> Vec<ExplanationLine> {
    let money = |minor: &Fraction| Amount::new(minor.clone(), currency).round().to_string();
    let mut lines = vec![ExplanationLine {
        label: format!("Price {}", item.price),
        detail: base(&item.base, &money),
        result: money(&item.base.amount()),
    }];
    for discount in &item.discounts {
        let name = discount
            .name
            .clone()
            .unwrap_or_else(|| discount.coupon.to_string());
        let off = match &discount.reduction {
            Reduction::Percent(percent) => format!("{percent} % off"),
            Reduction::Amount(_) => "fixed amount off".to_owned(),
            Reduction::Unknown => "of an unknown amount".to_owned(),
        };
        lines.push(ExplanationLine {
            label: format!("Discount {name}"),
            detail: off,
            result: format!("-{}", money(&discount.amount)),
        });
    }
    if item.tax != Fraction::default() {
        lines.push(ExplanationLine {
            label: "Tax in the price".to_owned(),
            detail: "left out".to_owned(),
            result: format!("-{}", money(&item.tax)),
        });
    }
    lines.push(ExplanationLine {
        label: "A month of it".to_owned(),
        detail: item.interval.map_or_else(
            || "not recurring".to_owned(),
            |interval| format!("billed {}, so × {}", rhythm(interval), item.factor),
        ),
        result: money(&item.mrr),
    });
    lines
}

fn base(base: &Base, money: &impl Fn(&Fraction) -> String) -> String {
    match base {
        Base::PerUnit { unit, units } => format!("{} × {units}", money(unit)),
        Base::Graduated { steps } => {
            let tiers = steps.iter().map(|step| {
                format!(
                    "{} × {} + {}",
                    step.units,
                    money(&step.unit),
                    money(&step.flat)
                )
            });
            tiers.collect::<Vec<_>>().join("; ")
        }
        Base::Volume { step } => {
            format!(
                "whole quantity in one tier: {} × {} + {}",
                step.units,
                money(&step.unit),
                money(&step.flat)
            )
        }
        Base::Usage { periods } => format!("measured usage of {} past periods", periods.len()),
        Base::Nothing => "counts nothing; see the notes".to_owned(),
    }
}

fn rhythm(interval: Interval) -> String {
    interval.to_string()
}

fn standing(standing: &Standing) -> String {
    let day = |moment: &jiff::Timestamp| moment.strftime("%-d %B %Y").to_string();
    match standing {
        Standing::Counts { status } => format!(
            "The subscription is {}, which counts.",
            status.replace('_', " ")
        ),
        Standing::PaidUntil { until } => format!("It is paid until {}.", day(until)),
        Standing::NotStarted { starts } => format!("It begins on {}.", day(starts)),
        Standing::InTrial { until: Some(until) } => {
            format!("It is in its trial until {}.", day(until))
        }
        Standing::InTrial { until: None } => "It is in its trial.".to_owned(),
        Standing::Ended { since: Some(since) } => format!("It ended on {}.", day(since)),
        Standing::Ended { since: None } => "It has ended.".to_owned(),
        Standing::CancellationAsked { at: Some(at) } => {
            format!("Its cancellation was asked for on {}.", day(at))
        }
        Standing::CancellationAsked { at: None } => "Its cancellation was asked for.".to_owned(),
        Standing::CollectionPaused => "Its invoices are held back.".to_owned(),
        Standing::NotPaidYet => "Nothing was paid yet.".to_owned(),
        Standing::StatusLeftOut { status } => format!(
            "Its status is {}, which does not count.",
            status.replace('_', " ")
        ),
    }
}
