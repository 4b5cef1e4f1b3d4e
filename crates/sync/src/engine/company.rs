use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use clearsync_billing::{
    Amount, Currency, ExchangeRates, ExchangeRule, Fraction, Month, Movement, MovementKind, Period,
    Subscription, Timeline,
    metrics::{self, Ahead, Waterfall},
};
use jiff::{Timestamp, ToSpan};

use super::{Engine, book::Book, calendar::just_after, exchange::Exchange};
use crate::{
    derive::SubscriptionFacts,
    view::{
        CohortRow, CompanyFigures, CompanyQuery, Money, MonthFigures, PolicyId, Problem,
        ProblemCode, Renewal,
    },
};

const LONGEST_MONTHS: u32 = 120;
const RATIO_MONTHS: usize = 12;
const RATIO_DECIMALS: u32 = 3;
const COHORTS: usize = 24;
const RENEWALS: usize = 200;
const RENEWAL_DAYS: i64 = 30;
const COMMITTED_DAYS: i64 = 365;

impl Engine {
    /// MRR of the whole company and what moved it, under the active policy.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read, or the currency is none.
    pub async fn company_figures(&self, query: CompanyQuery) -> Result<CompanyFigures, Problem> {
        self.company_figures_under(query, None).await
    }

    /// The same under any policy, which is not chosen thereby.
    ///
    /// # Errors
    /// As [`Engine::company_figures`]; also when there is no such policy.
    pub async fn company_figures_under(
        &self,
        query: CompanyQuery,
        policy: Option<PolicyId>,
    ) -> Result<CompanyFigures, Problem> {
        let wanted = query.currency.as_deref().map(currency).transpose()?;
        let (account, now) = (self.account().await?, self.now());
        let months = query.months.clamp(1, LONGEST_MONTHS);
        self.with_store(move |store| {
            Ok(store.read(|reader| {
                let mut book = Book::read(reader, account, now, policy)?;
                let exchange = Exchange::read(reader, account)?;
                let expiring = expiring(&reader.figures(account)?);
                let currencies = currencies(&book);
                let shown = wanted
                    .or(exchange.reporting)
                    .or(currencies.first().copied())
                    .or(reader
                        .account(account)?
                        .profile
                        .currency
                        .and_then(|code| code.parse().ok()))
                    .unwrap_or(Currency::USD);
                let rates = exchange
                    .rates()
                    .filter(|_| exchange.reporting == Some(shown));
                let company = Company {
                    months: months_shown(&book, months),
                    without_rate: rates.as_ref().map_or_else(Vec::new, |rates| {
                        let unknown = |one: &&Currency| rates.rate(**one, now).is_none();
                        currencies.iter().filter(unknown).copied().collect()
                    }),
                    movements: converted_movements(&mut book, rates.as_ref(), shown),
                    timelines: converted_timelines(&book, rates.as_ref(), shown),
                    book,
                    rates,
                    shown,
                };
                Ok::<_, Problem>(company.figures(&exchange, &currencies, &expiring))
            }))
        })
        .await?
    }
}

/// The last months, but none from before the first movement.
fn months_shown(book: &Book, count: u32) -> Vec<Month> {
    let present = book.calendar.month(book.now);
    let first = book.movements.first();
    let first = first.map_or(present, |movement| book.calendar.month(movement.at));
    let mut months = book.calendar.months_up_to(book.now, count);
    months.retain(|month| *month >= first.min(present));
    months
}

/// The currency a code names.
pub(super) fn currency(code: &str) -> Result<Currency, Problem> {
    let unknown = |_| Problem::new(ProblemCode::CurrencyUnknown).with("currency", code);
    code.trim().parse().map_err(unknown)
}

/// Every currency with MRR ever, the one with the most subscriptions first.
fn currencies(book: &Book) -> Vec<Currency> {
    let mut used: BTreeMap<Currency, usize> = BTreeMap::new();
    for timeline in &book.timelines {
        if timeline.first_mrr_at().is_some() {
            *used.entry(timeline.currency).or_default() += 1;
        }
    }
    let mut used: Vec<_> = used.into_iter().collect();
    used.sort_by_key(|(_, count)| Reverse(*count));
    used.into_iter().map(|(currency, _)| currency).collect()
}

/// Subscriptions whose card is no longer good at their next renewal.
fn expiring(figures: &[clearsync_store::Figure]) -> Vec<String> {
    let expires = |figure: &&clearsync_store::Figure| {
        SubscriptionFacts::of(figure).is_some_and(|facts| {
            let expires_at = facts.payment_method.and_then(|method| method.expires_at);
            expires_at
                .zip(facts.renews_at)
                .is_some_and(|(expires, renews)| expires <= renews)
        })
    };
    let expiring = figures.iter().filter(expires);
    expiring.map(|figure| figure.subscription.clone()).collect()
}

/// Movements of the shown currency; with rates those of all currencies, each by the rate its policy names.
fn converted_movements(
    book: &mut Book,
    rates: Option<&ExchangeRates>,
    shown: Currency,
) -> Vec<Movement> {
    let movements = std::mem::take(&mut book.movements);
    let Some(rates) = rates else {
        let mut movements = movements;
        movements.retain(|movement| movement.change.currency == shown);
        return movements;
    };
    let convert = |movement: Movement| {
        let at = match book.policy.exchange {
            ExchangeRule::AtMovement => movement.at,
            ExchangeRule::MonthEnd => {
                let month = book.calendar.month(movement.at);
                book.calendar.last_moment(month, book.now)
            }
            ExchangeRule::Fixed => Timestamp::MAX,
        };
        Some(Movement {
            change: rates.convert(&movement.change, at)?,
            ..movement
        })
    };
    movements.into_iter().filter_map(convert).collect()
}

/// MRR over time in the shown currency; with rates that of all currencies, all by the rate of now, so that a rate's
/// change is nobody's loss or gain.
fn converted_timelines(
    book: &Book,
    rates: Option<&ExchangeRates>,
    shown: Currency,
) -> Vec<Timeline> {
    let convert = |timeline: &Timeline| {
        if timeline.currency == shown {
            return Some(timeline.clone());
        }
        let mut converted = timeline.clone();
        converted.currency = shown;
        for segment in &mut converted.segments {
            segment.figure.amount = rates?.convert(&segment.figure.amount, book.now)?;
        }
        Some(converted)
    };
    book.timelines.iter().filter_map(convert).collect()
}

struct Company {
    book: Book,
    months: Vec<Month>,
    /// In the shown currency.
    movements: Vec<Movement>,
    /// In the shown currency.
    timelines: Vec<Timeline>,
    rates: Option<ExchangeRates>,
    without_rate: Vec<Currency>,
    shown: Currency,
}

impl Company {
    fn figures(
        self,
        exchange: &Exchange,
        currencies: &[Currency],
        expiring: &[String],
    ) -> CompanyFigures {
        let waterfalls = self.waterfalls();
        let last = waterfalls.last();
        let mrr = last.map_or_else(Fraction::zero, |(last, _)| last.closing.clone());
        let opening = last.map_or_else(Fraction::zero, |(last, _)| last.opening.clone());
        let ahead = self.ahead(expiring);
        let recent = waterfalls.len().saturating_sub(RATIO_MONTHS);
        let retention = self.retention(recent);
        let whole_month = waterfalls.len().checked_sub(2);
        let churn_rate = whole_month.and_then(|index| waterfalls[index].0.churn_rate());
        CompanyFigures {
            currency: self.shown.to_string(),
            currencies: currencies.iter().map(ToString::to_string).collect(),
            reporting: exchange.reporting.map(|currency| currency.to_string()),
            converted: self.rates.is_some(),
            without_rate: self.without_rate.iter().map(ToString::to_string).collect(),
            arr: self.money(&mrr * &Fraction::from(12)),
            change_this_month: self.money(&mrr - &opening),
            mrr: self.money(mrr),
            committed: self.money(ahead.committed),
            at_risk: self.money(ahead.at_risk),
            net_retention: retention.net().as_ref().map(ratio),
            gross_retention: retention.gross().as_ref().map(ratio),
            churn_rate: churn_rate.as_ref().map(ratio),
            quick_ratio: quick_ratio(&waterfalls[recent..]).as_ref().map(ratio),
            months: self
                .months
                .iter()
                .zip(&waterfalls)
                .map(|(month, (waterfall, exchange))| self.month(*month, waterfall, exchange))
                .collect(),
            exact_share: self.exact_share(),
            renewals: self.renewals(),
            cohorts: self.cohorts(),
        }
    }

    /// What moved MRR month by month, with what exchange rates moved.
    fn waterfalls(&self) -> Vec<(Waterfall, Fraction)> {
        let mut opening: Option<Fraction> = None;
        let mut waterfalls = Vec::new();
        for month in &self.months {
            let period = self.book.calendar.period(*month);
            let mut waterfall = metrics::waterfall(&self.movements, self.shown, period);
            let mut exchange = Fraction::zero();
            if self.rates.is_some() {
                let before = period.start.checked_sub(1.nanosecond());
                let begin = || self.total_at(before.unwrap_or(period.start));
                let moved = &waterfall.closing - &waterfall.opening;
                waterfall.opening = opening.take().unwrap_or_else(begin);
                waterfall.closing =
                    self.total_at(self.book.calendar.last_moment(*month, self.book.now));
                exchange = &(&waterfall.closing - &waterfall.opening) - &moved;
                opening = Some(waterfall.closing.clone());
            }
            waterfalls.push((waterfall, exchange));
        }
        waterfalls
    }

    /// MRR of all currencies at `at`, by the rates then.
    fn total_at(&self, at: Timestamp) -> Fraction {
        let rate_at = match self.book.policy.exchange {
            ExchangeRule::Fixed => Timestamp::MAX,
            ExchangeRule::AtMovement | ExchangeRule::MonthEnd => at,
        };
        let converted = |timeline: &Timeline| {
            let amount = Amount::new(timeline.mrr_at(at), timeline.currency);
            Some(self.rates.as_ref()?.convert(&amount, rate_at)?.minor)
        };
        self.book.timelines.iter().filter_map(converted).sum()
    }

    fn retention(&self, first: usize) -> metrics::Retention {
        let Some(month) = self.months.get(first) else {
            return metrics::Retention::default();
        };
        let period = Period {
            start: self.book.calendar.period(*month).start,
            end: just_after(self.book.now),
        };
        metrics::retention(&self.timelines, self.shown, period)
    }

    /// What is sure to stay and what is not, over all currencies that can be told.
    fn ahead(&self, expiring: &[String]) -> Ahead {
        let book = &self.book;
        let horizon = book.now.checked_add((COMMITTED_DAYS * 24).hours());
        let horizon = horizon.unwrap_or(Timestamp::MAX);
        let is_at_risk = |one: &Subscription| {
            let id = one.id.as_str();
            expiring
                .binary_search_by(|other| other.as_str().cmp(id))
                .is_ok()
        };
        let mut sum = Ahead::default();
        for currency in self.told_currencies() {
            let ahead = metrics::ahead(
                &book.presents,
                currency,
                book.now,
                horizon,
                &book.policy,
                is_at_risk,
            );
            let convert = |minor: Fraction| match &self.rates {
                None => Some(minor),
                Some(rates) => {
                    let amount = Amount::new(minor, currency);
                    Some(rates.convert(&amount, book.now)?.minor)
                }
            };
            for (sum, minor) in [
                (&mut sum.committed, ahead.committed),
                (&mut sum.at_risk, ahead.at_risk),
            ] {
                *sum += &convert(minor).unwrap_or_default();
            }
        }
        sum
    }

    fn told_currencies(&self) -> Vec<Currency> {
        if self.rates.is_none() {
            return vec![self.shown];
        }
        let all = self.book.presents.iter().map(|one| one.currency);
        let all: BTreeSet<_> = all.collect();
        all.into_iter().collect()
    }

    fn month(&self, month: Month, waterfall: &Waterfall, exchange: &Fraction) -> MonthFigures {
        let money = |minor: &Fraction| self.money(minor.clone());
        MonthFigures {
            month: month.to_string(),
            opening: money(&waterfall.opening),
            new: money(&waterfall.new),
            reactivation: money(&waterfall.reactivation),
            expansion: money(&waterfall.expansion),
            contraction: money(&waterfall.contraction),
            churn: money(&waterfall.churn),
            exchange: money(exchange),
            closing: money(&waterfall.closing),
        }
    }

    /// The share of movements that change something and are told exactly.
    fn exact_share(&self) -> Option<String> {
        let is_change = |movement: &&Movement| {
            !matches!(
                movement.kind,
                MovementKind::PlannedCancellation | MovementKind::PlannedCancellationWithdrawn
            )
        };
        let changes = || self.movements.iter().filter(is_change);
        let exact = changes()
            .filter(|movement| movement.origin.is_exact())
            .count();
        let share =
            Fraction::from(exact as u64).checked_div(&Fraction::from(changes().count() as u64));
        share.as_ref().map(ratio)
    }

    fn renewals(&self) -> Vec<Renewal> {
        let book = &self.book;
        let end = book.now.checked_add((RENEWAL_DAYS * 24).hours());
        let within = Period {
            start: book.now,
            end: end.unwrap_or(Timestamp::MAX),
        };
        let owners: BTreeMap<_, _> = book
            .presents
            .iter()
            .map(|one| (&one.id, one.customer.as_str()))
            .collect();
        metrics::renewals(&book.presents, within, &book.policy)
            .into_iter()
            .filter(|renewal| self.rates.is_some() || renewal.mrr.currency == self.shown)
            .take(RENEWALS)
            .map(|renewal| Renewal {
                at: renewal.at.to_string(),
                customer: book.name(
                    owners
                        .get(&renewal.subscription)
                        .copied()
                        .unwrap_or_default(),
                ),
                subscription: renewal.subscription.to_string(),
                mrr: renewal.mrr.round().into(),
            })
            .collect()
    }

    fn cohorts(&self) -> Vec<CohortRow> {
        let calendar = &self.book.calendar;
        let first = self.timelines.iter().filter_map(Timeline::first_mrr_at);
        let Some(first) = first.min() else {
            return Vec::new();
        };
        // A customer belongs to its first month ever, so all months are looked at and the newest shown.
        let months = calendar.months_since(calendar.month(first), self.book.now);
        let ends: Vec<_> = months
            .iter()
            .map(|month| calendar.end(*month, self.book.now))
            .collect();
        let cohorts = metrics::cohorts(&self.timelines, self.shown, &ends);
        let newest = cohorts.len().saturating_sub(COHORTS);
        let row = |cohort: &metrics::Cohort| {
            let opening = cohort.mrr.first().cloned().unwrap_or_default();
            let kept = cohort
                .mrr
                .iter()
                .filter_map(|mrr| mrr.checked_div(&opening));
            CohortRow {
                month: months
                    .get(cohort.month)
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                customers: u32::try_from(cohort.customers).unwrap_or(u32::MAX),
                mrr: cohort
                    .mrr
                    .iter()
                    .map(|mrr| self.money(mrr.clone()))
                    .collect(),
                kept: kept.map(|share| ratio(&share)).collect(),
            }
        };
        cohorts[newest..].iter().map(row).collect()
    }

    fn money(&self, minor: Fraction) -> Money {
        Amount::new(minor, self.shown).round().into()
    }
}

/// Gained over lost in all of these months together.
fn quick_ratio(waterfalls: &[(Waterfall, Fraction)]) -> Option<Fraction> {
    let sum = |of: fn(&Waterfall) -> &Fraction| -> Fraction {
        waterfalls.iter().map(|(waterfall, _)| of(waterfall)).sum()
    };
    Waterfall {
        new: sum(|one| &one.new),
        reactivation: sum(|one| &one.reactivation),
        expansion: sum(|one| &one.expansion),
        contraction: sum(|one| &one.contraction),
        churn: sum(|one| &one.churn),
        ..Waterfall::default()
    }
    .quick_ratio()
}

fn ratio(ratio: &Fraction) -> String {
    ratio.to_decimal(RATIO_DECIMALS)
}
