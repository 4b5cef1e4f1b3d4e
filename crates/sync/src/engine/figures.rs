use std::collections::BTreeMap;

use clearsync_billing::{Amount, Currency, Fraction, Money as BillingMoney};
use clearsync_store::{AccountId, Figure, Grain, Reader, StoreError};

use super::{Engine, profile::Profile};
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
        let found = self
            .with_store(move |store| {
                store.read(|reader| {
                    let profile = Profile::read(reader)?;
                    let figure = profile
                        .account
                        .map(|account| reader.figure(account, &id))
                        .transpose()?
                        .flatten();
                    Ok((profile, figure))
                })
            })
            .await?;
        let (profile, Some(figure)) = found else {
            return Err(Problem::new(ProblemCode::Unexpected));
        };
        let test = profile
            .stripe
            .is_some_and(|stripe| stripe.mode == Mode::Test);
        Ok(SubscriptionDetail {
            customer_id: figure.customer.clone(),
            explanation: explanation(&figure),
            stripe_url: format!(
                "https://dashboard.stripe.com/{}subscriptions/{}",
                if test { "test/" } else { "" },
                figure.subscription
            ),
            row: row(&figure).ok_or_else(|| Problem::new(ProblemCode::Unexpected))?,
        })
    }
}

fn overview(reader: &Reader, account: AccountId) -> Result<Overview, StoreError> {
    let figures = reader.figures(account)?;
    let customers = reader.rollups(account, Grain::Customer)?;
    let mut largest: Vec<&Figure> = figures
        .iter()
        .filter(|figure| figure.rounded_minor > 0)
        .collect();
    largest.sort_by(|one, other| major_units(other).total_cmp(&major_units(one)));
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
    totals.sort_by(|(one, _), (other, _)| other.subscriptions.cmp(&one.subscriptions));
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
            SubscriptionOrder::MrrDown => {
                major_units(other_figure).total_cmp(&major_units(one_figure))
            }
            SubscriptionOrder::MrrUp => {
                major_units(one_figure).total_cmp(&major_units(other_figure))
            }
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

/// Puts amounts of several currencies in one order, by their number of major units. Only an order: nothing is added up.
fn major_units(figure: &Figure) -> f64 {
    money(figure)
        .and_then(|money| money.decimal.parse().ok())
        .unwrap_or_default()
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
