//! MRR at the end of each month, subscription by subscription, against what the business's own ledger says it was.

use std::{collections::BTreeMap, sync::PoisonError};

use clearsync_sandbox::{
    Sample,
    business::{Business, Currency, Reason, Traces},
};
use clearsync_sync::{
    Engine,
    view::{CompanyQuery, TimelinePoint},
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::{held, truth::Mrr};
use crate::{cli::CliError, figures, terminal::Terminal};

/// How many months are printed; all of them are compared.
const MONTHS_SHOWN: usize = 12;
/// Stripe shows events of so many days.
const EVENT_DAYS: i64 = 30;

/// What moved MRR in the last months.
pub(super) async fn show(engine: &Engine, terminal: &Terminal) -> Result<(), CliError> {
    let query = CompanyQuery {
        currency: None,
        months: 6,
    };
    let figures = engine.company_figures(query).await?;
    terminal.say(&format!("\n  What moved MRR, in {}", figures.currency))?;
    figures::months(terminal, &figures)?;
    Ok(())
}

/// One subscription as the ledger knows it.
struct Life {
    subscription: String,
    /// What it was at the end of each month.
    truth: Vec<Mrr>,
    currency: Currency,
    /// From when on Stripe no longer tells everything; `None` when it tells the whole life.
    untold_since: Option<Timestamp>,
}

/// How a month came out.
#[derive(Default)]
struct Month {
    /// By currency, what all lives come to.
    sums: BTreeMap<Currency, Mrr>,
    agree: usize,
    /// Lives that differ, after something of which Stripe keeps no trace.
    untold: usize,
}

/// Compares every month end of every subscription. An error names the first that differs although Stripe tells enough.
pub(super) async fn hold_against_ledger(
    engine: &Engine,
    sample: &Sample,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let ends = sample.with_business(|business| month_ends(business, Timestamp::now()));
    let lives = sample.with_business(|business| lives(business, &ends));
    let mut months: Vec<Month> = ends.iter().map(|_| Month::default()).collect();
    for life in &lives {
        let ours = engine.subscription(life.subscription.clone()).await?;
        for ((end, truth), month) in ends.iter().zip(&life.truth).zip(&mut months) {
            let (ours, truth) = (mrr_at(&ours.timeline, *end), *truth);
            let expected = truth.decimal();
            if ours
                .as_ref()
                .map_or(truth.is_none(), |ours| *ours == expected)
            {
                month.agree += 1;
            } else {
                let told = life.untold_since.is_none_or(|since| *end < since);
                held(
                    !told,
                    &format!(
                        "at {end} the MRR of {} was {expected}, and ClearSync says {}",
                        life.subscription,
                        ours.as_deref().unwrap_or("nothing")
                    ),
                )?;
                month.untold += 1;
            }
            let sum = month.sums.entry(life.currency);
            let sum = sum.or_insert_with(|| Mrr::none(life.currency));
            *sum = sum.and(truth);
        }
    }
    held(!months.is_empty(), "there are month ends to compare")?;
    tell(terminal, &ends, &months)
}

fn tell(terminal: &Terminal, ends: &[Timestamp], months: &[Month]) -> Result<(), CliError> {
    let (agree, untold) = months.iter().fold((0, 0), |(agree, untold), month| {
        (agree + month.agree, untold + month.untold)
    });
    terminal.say("\n  MRR at month ends, held against the business's own ledger")?;
    terminal.say("Month      agree  not told   by the ledger")?;
    let shown = ends.iter().zip(months).rev().take(MONTHS_SHOWN);
    for (end, month) in shown.collect::<Vec<_>>().into_iter().rev() {
        let sums: Vec<_> = month
            .sums
            .iter()
            .map(|(currency, sum)| format!("{} {}", sum.decimal(), currency.code().to_uppercase()))
            .collect();
        terminal.say(&format!(
            "{}  {:>7}  {:>8}   {}",
            end.strftime("%Y-%m"),
            month.agree,
            month.untold,
            sums.join(", ")
        ))?;
    }
    terminal.say_wrapped(
        "  ",
        &format!(
            "{agree} month ends of subscriptions agree in {} months. {untold} differ after something of which Stripe \
             keeps no trace; the rest would end the demo.",
            months.len()
        ),
    )?;
    Ok(())
}

/// The last second of every whole month since the first fact.
fn month_ends(business: &Business, now: Timestamp) -> Vec<Timestamp> {
    let begins = business
        .ledger()
        .lives()
        .filter_map(|(_, life)| Some(life.entries.first()?.at));
    let Some(first) = begins.min() else {
        return Vec::new();
    };
    let first = first
        .to_zoned_datetime(TimeZone::UTC)
        .date()
        .first_of_month();
    let begin = |date: Date| Some(date.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp());
    (1..)
        .map_while(|months: i32| begin(first.checked_add(months.months()).ok()?))
        .take_while(|begin| *begin <= now)
        .filter_map(|begin| begin.checked_sub(1.second()).ok())
        .collect()
}

fn lives(business: &Business, ends: &[Timestamp]) -> Vec<Life> {
    let data = business.data();
    let data = data.read().unwrap_or_else(PoisonError::into_inner);
    let ledger = business.ledger();
    let log_begins = Timestamp::now()
        .checked_sub((EVENT_DAYS * 24).hours())
        .unwrap_or(Timestamp::MIN);
    ledger
        .lives()
        .filter_map(|(subscription, life)| {
            let traces = Traces::of(subscription, &data)?;
            // Events name discounts by their ids alone, so that they count as traces of everything else.
            let untold = traces.missing(life, Timestamp::MAX).into_iter();
            let untold = untold.filter(|(at, reason)| {
                *at < log_begins
                    || matches!(
                        reason,
                        Reason::DiscountNeverInvoiced | Reason::DiscountEndNotInvoiced
                    )
            });
            let truth = ends
                .iter()
                .map(|end| Some(ledger.mrr_at(subscription, *end)?.into()));
            Some(Life {
                subscription: subscription.to_owned(),
                truth: truth.collect::<Option<_>>()?,
                currency: life.currency,
                untold_since: untold.map(|(at, _)| at).min(),
            })
        })
        .collect()
}

/// What a timeline says MRR was at `at`; `None` before it begins.
fn mrr_at(timeline: &[TimelinePoint], at: Timestamp) -> Option<String> {
    let begun = |point: &&TimelinePoint| {
        let from: Option<Timestamp> = point.from.parse().ok();
        from.is_some_and(|from| from <= at)
    };
    let last = timeline.iter().rev().find(begun)?;
    Some(last.mrr.decimal.clone())
}
