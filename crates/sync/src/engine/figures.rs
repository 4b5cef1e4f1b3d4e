use std::{cmp::Ordering, collections::BTreeMap};

use clearsync_billing::{Amount, Currency, Fraction, Money as BillingMoney};
use clearsync_store::{AccountId, Figure, Grain, Reader, StoreError};

use super::{Engine, movements, profile::Profile};
use crate::{
    derive::{SubscriptionFacts, Summary},
    explanation::explanation,
    view::{
        Mode, Money, Overview, Problem, ProblemCode, SubscriptionDetail, SubscriptionOrder,
        SubscriptionPage, SubscriptionQuery, SubscriptionRow, Totals,
    },
};

const LARGEST_SHOWN: usize = 8;
const PAGE_LIMIT: u32 = 500;

impl Engine {
    /// The figures of the first screen.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn overview(&self) -> Result<Overview, Problem> {
        self.with_store(|store| {
            store.read(|reader| match Profile::read(reader)?.account {
                Some(account) => overview(reader, account),
                None => Ok(Overview {
                    totals: Vec::new(),
                    largest: Vec::new(),
                    unmatched_customers: 0,
                }),
            })
        })
        .await
    }

    /// Rows of the subscriptions table.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read.
    pub async fn subscriptions(
        &self,
        query: SubscriptionQuery,
    ) -> Result<SubscriptionPage, Problem> {
        self.with_store(move |store| {
            store.read(|reader| {
                let figures = match Profile::read(reader)?.account {
                    Some(account) => reader.figures(account)?,
                    None => Vec::new(),
                };
                Ok(page(figures, &query))
            })
        })
        .await
    }

    /// One subscription and the derivation of its MRR.
    ///
    /// # Errors
    /// A [`Problem`] when there is no such subscription.
    pub async fn subscription(&self, id: String) -> Result<SubscriptionDetail, Problem> {
        let unknown = Problem::new(ProblemCode::SubscriptionUnknown).with("id", &*id);
        let detail = self
            .with_store(move |store| store.read(|reader| detail(reader, &id)))
            .await?;
        detail.ok_or(unknown)
    }
}

fn detail(reader: &Reader, id: &str) -> Result<Option<SubscriptionDetail>, StoreError> {
    let profile = Profile::read(reader)?;
    let Some(account) = profile.account else {
        return Ok(None);
    };
    let Some(figure) = reader.figure(account, id)? else {
        return Ok(None);
    };
    let is_test = profile
        .stripe
        .is_some_and(|stripe| stripe.mode == Mode::Test);
    let Some(row) = row(&figure) else {
        return Ok(None);
    };
    Ok(Some(SubscriptionDetail {
        row,
        customer_id: figure.customer.clone(),
        explanation: explanation(reader, account, &figure)?,
        stripe_url: format!(
            "https://dashboard.stripe.com/{}subscriptions/{}",
            if is_test { "test/" } else { "" },
            figure.subscription
        ),
        timeline: movements::timeline(reader, account, id)?,
        movements: movements::of_subscription(reader, account, &figure)?,
    }))
}

fn overview(reader: &Reader, account: AccountId) -> Result<Overview, StoreError> {
    let figures = reader.figures(account)?;
    let customers = reader.rollups(account, Grain::Customer)?;
    let mut largest: Vec<&Figure> = figures
        .iter()
        .filter(|figure| figure.rounded_minor > 0)
        .collect();
    let ranks = currency_ranks(&figures);
    largest.sort_by(|one, other| by_amount(&ranks, one, other));
    Ok(Overview {
        totals: totals(&figures, customers.iter().filter_map(Summary::of)),
        largest: largest
            .into_iter()
            .take(LARGEST_SHOWN)
            .filter_map(row)
            .collect(),
        unmatched_customers: super::attention::unmatched_customers(reader, account)?,
    })
}

/// Sums by currency, exact until the end, the largest first.
fn totals(figures: &[Figure], customers: impl Iterator<Item = Summary>) -> Vec<Totals> {
    let mut sums: BTreeMap<Currency, Sum> = BTreeMap::new();
    for figure in figures {
        let (Ok(currency), Ok(mrr)) = (
            figure.currency.parse::<Currency>(),
            figure.exact.parse::<Fraction>(),
        ) else {
            continue;
        };
        if mrr == Fraction::default() {
            continue;
        }
        let sum = sums.entry(currency).or_default();
        if at_risk(figure) {
            sum.at_risk = &sum.at_risk + &mrr;
        }
        sum.mrr = &sum.mrr + &mrr;
        sum.subscriptions += 1;
    }
    for customer in customers {
        for paid in customer
            .sums
            .iter()
            .filter(|sum| sum.mrr != Fraction::default())
        {
            sums.entry(paid.currency).or_default().customers += 1;
        }
    }
    let mut totals: Vec<(Sum, Totals)> = sums
        .into_iter()
        .map(|(currency, sum)| (sum.clone(), sum.totals(currency)))
        .collect();
    totals.sort_by_key(|(sum, _)| std::cmp::Reverse(sum.subscriptions));
    totals.into_iter().map(|(_, totals)| totals).collect()
}

#[derive(Clone, Default)]
struct Sum {
    mrr: Fraction,
    at_risk: Fraction,
    subscriptions: u32,
    customers: u32,
}

impl Sum {
    fn totals(self, currency: Currency) -> Totals {
        let money = |minor: Fraction| Money::from(Amount::new(minor, currency).round());
        Totals {
            arr: money(&self.mrr * &Fraction::from(12_u64)),
            mrr: money(self.mrr),
            at_risk: money(self.at_risk),
            subscriptions: self.subscriptions,
            customers: self.customers,
        }
    }
}

/// Whether the MRR may soon be gone: past due, or set to end.
fn at_risk(figure: &Figure) -> bool {
    let ends = SubscriptionFacts::of(figure).is_some_and(|facts| facts.cancels_at.is_some());
    ends || matches!(figure.status.as_str(), "past_due" | "unpaid")
}

fn page(figures: Vec<Figure>, query: &SubscriptionQuery) -> SubscriptionPage {
    let wanted = query.search.trim().to_lowercase();
    let ranks = currency_ranks(&figures);
    let mut found: Vec<(Figure, SubscriptionRow)> = figures
        .into_iter()
        .filter(|figure| {
            query
                .status
                .as_ref()
                .is_none_or(|status| *status == figure.status)
        })
        .filter_map(|figure| row(&figure).map(|row| (figure, row)))
        .filter(|(figure, row)| wanted.is_empty() || matches(figure, row, &wanted))
        .collect();
    found.sort_by(
        |(one_figure, one), (other_figure, other)| match query.order {
            SubscriptionOrder::MrrDown => by_amount(&ranks, one_figure, other_figure),
            SubscriptionOrder::MrrUp => by_amount(&ranks, other_figure, one_figure),
            SubscriptionOrder::Customer => one
                .customer
                .to_lowercase()
                .cmp(&other.customer.to_lowercase()),
            SubscriptionOrder::StartedDown => other.started_at.cmp(&one.started_at),
        },
    );
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let rows = found
        .into_iter()
        .map(|(_, row)| row)
        .skip(query.offset as usize)
        .take(query.limit.min(PAGE_LIMIT) as usize);
    SubscriptionPage {
        rows: rows.collect(),
        total,
    }
}

fn matches(figure: &Figure, row: &SubscriptionRow, wanted: &str) -> bool {
    let texts = [
        Some(&row.customer),
        row.email.as_ref(),
        Some(&row.plans),
        Some(&row.id),
        Some(&figure.customer),
    ];
    texts
        .into_iter()
        .flatten()
        .any(|text| text.to_lowercase().contains(wanted))
}

/// How many subscriptions each currency has. Amounts of two currencies cannot be compared, so the currency that is used
/// most stands first, and amounts are put in order within each.
fn currency_ranks(figures: &[Figure]) -> BTreeMap<String, usize> {
    let mut ranks = BTreeMap::new();
    for figure in figures {
        *ranks.entry(figure.currency.clone()).or_default() += 1;
    }
    ranks
}

/// The largest first.
fn by_amount(ranks: &BTreeMap<String, usize>, one: &Figure, other: &Figure) -> Ordering {
    let rank = |figure: &Figure| {
        (
            ranks.get(&figure.currency).copied(),
            figure.currency.clone(),
        )
    };
    rank(other)
        .cmp(&rank(one))
        .then(other.rounded_minor.cmp(&one.rounded_minor))
}

fn row(figure: &Figure) -> Option<SubscriptionRow> {
    let facts = SubscriptionFacts::of(figure)?;
    Some(SubscriptionRow {
        id: figure.subscription.clone(),
        customer: facts
            .customer_name
            .or_else(|| facts.email.clone())
            .unwrap_or_else(|| figure.customer.clone()),
        email: facts.email,
        plans: facts.plans.join(", "),
        status: figure.status.clone(),
        quantity: facts
            .quantity
            .map(|quantity| quantity.to_string())
            .unwrap_or_default(),
        mrr: money(figure)?,
        started_at: Some(facts.started_at.to_string()),
        renews_at: facts.renews_at.map(|moment| moment.to_string()),
        cancels_at: facts.cancels_at.map(|moment| moment.to_string()),
        noted: figure
            .notes
            .as_array()
            .is_some_and(|notes| !notes.is_empty()),
    })
}

fn money(figure: &Figure) -> Option<Money> {
    let currency = figure.currency.parse().ok()?;
    Some(
        BillingMoney {
            amount_minor: figure.rounded_minor,
            currency,
        }
        .into(),
    )
}

impl From<BillingMoney> for Money {
    fn from(money: BillingMoney) -> Self {
        Self {
            decimal: money.to_decimal(),
            currency: money.currency.code().to_uppercase(),
        }
    }
}
