use std::collections::BTreeMap;

use clearsync_billing::{Currency, Month, Movement, Policy, mrr};
use clearsync_store::{AccountId, Figure, Movement as Stored, Reader, StoreError};
use jiff::Timestamp;

use super::{Engine, book::names, calendar::Calendar, company::currency, policies};
use crate::{
    derive::{self, SubscriptionFacts},
    explanation::explained,
    view::{
        Explanation, Money, MovementPage, MovementQuery, MovementRow, Problem, ProblemCode,
        TimelinePoint,
    },
};

const PAGE_LIMIT: u32 = 500;

impl Engine {
    /// Movements of MRR, newest first.
    ///
    /// # Errors
    /// A [`Problem`] when the store cannot be read, or the currency or a month is none.
    pub async fn movements(&self, query: MovementQuery) -> Result<MovementPage, Problem> {
        let wanted = Wanted::read(&query)?;
        let account = self.account().await?;
        self.with_store(move |store| {
            store.read(|reader| {
                let calendar = Calendar::of(reader, account)?;
                let words = Words::read(reader, account)?;
                let stored = reader.movements(account)?;
                let found: Vec<_> = stored
                    .iter()
                    .zip(derive::ids(&stored))
                    .rev()
                    .filter(|(movement, _)| wanted.fits(movement, &calendar))
                    .filter_map(|(movement, id)| words.row(movement, id))
                    .filter(|row| wanted.names(row))
                    .collect();
                Ok(MovementPage {
                    total: u32::try_from(found.len()).unwrap_or(u32::MAX),
                    rows: found
                        .into_iter()
                        .skip(query.offset as usize)
                        .take(query.limit.min(PAGE_LIMIT) as usize)
                        .collect(),
                })
            })
        })
        .await
    }

    /// How the MRR of a subscription came about at any moment, past or present.
    ///
    /// # Errors
    /// A [`Problem`] when there is no such subscription, or it had not begun.
    pub async fn explain(&self, subscription: String, at: String) -> Result<Explanation, Problem> {
        let account = self.account().await?;
        let unknown = Problem::new(ProblemCode::SubscriptionUnknown).with("id", &*subscription);
        let explanation = self
            .with_store(move |store| {
                store.read(|reader| {
                    let calendar = Calendar::of(reader, account)?;
                    let Some(at) = moment(&at, &calendar) else {
                        return Ok(Err(
                            Problem::new(ProblemCode::MomentUnreadable).with("value", at)
                        ));
                    };
                    let policy = policies::active(reader, account)?;
                    Ok(Ok(explain(reader, account, &subscription, at, &policy)?))
                })
            })
            .await??;
        explanation.ok_or(unknown)
    }
}

/// A moment, or the end of a day in the account's time zone.
fn moment(text: &str, calendar: &Calendar) -> Option<Timestamp> {
    let day_end = || {
        let day: jiff::civil::Date = text.trim().parse().ok()?;
        let next = calendar.day(day.tomorrow().ok()?)?;
        next.checked_sub(jiff::SignedDuration::from_nanos(1)).ok()
    };
    text.trim().parse().ok().or_else(day_end)
}

fn explain(
    reader: &Reader,
    account: AccountId,
    subscription: &str,
    at: Timestamp,
    policy: &Policy,
) -> Result<Option<Explanation>, StoreError> {
    let Some(life) = reader.life(account, subscription)? else {
        return Ok(None);
    };
    let mut figure = None;
    derive::each_past(reader, account, [life.customer], |lives| {
        let lived = lives.into_iter().find(|lived| lived.id == subscription);
        figure = lived.and_then(|lived| {
            let states = &lived.history.states;
            let begun = states.partition_point(|state| state.from <= at);
            // Before its first state it had not begun, which its first state says.
            let state = states.get(begun.saturating_sub(1))?;
            Some(mrr(&state.subscription, at, policy))
        });
    })?;
    let explanation = figure.map(|figure| explained(reader, account, &figure));
    explanation.transpose()
}

/// One subscription's MRR over time.
pub(super) fn timeline(
    reader: &Reader,
    account: AccountId,
    subscription: &str,
) -> Result<Vec<TimelinePoint>, StoreError> {
    let Some(life) = reader.life(account, subscription)? else {
        return Ok(Vec::new());
    };
    let Ok(currency) = life.currency.parse::<Currency>() else {
        return Ok(Vec::new());
    };
    let points = derive::steps(&life).into_iter().map(|step| TimelinePoint {
        from: step.from.to_string(),
        mrr: money(step.mrr, currency),
        standing: (&step.standing).into(),
        origin: (&step.origin).into(),
    });
    Ok(points.collect())
}

/// One subscription's movements, newest first.
pub(super) fn of_subscription(
    reader: &Reader,
    account: AccountId,
    figure: &Figure,
) -> Result<Vec<MovementRow>, StoreError> {
    let stored = reader.movements_of_subscription(account, &figure.subscription)?;
    let words = Words::of(figure);
    Ok(stored
        .iter()
        .zip(derive::ids(&stored))
        .rev()
        .filter_map(|(one, id)| words.row(one, id))
        .collect())
}

/// What a query asks for, understood.
struct Wanted {
    search: String,
    kind: Option<String>,
    currency: Option<Currency>,
    from: Option<Month>,
    to: Option<Month>,
}

impl Wanted {
    fn read(query: &MovementQuery) -> Result<Self, Problem> {
        let month = |text: &Option<String>| {
            let text = text.as_deref().filter(|text| !text.is_empty());
            let unreadable = |_| {
                Problem::new(ProblemCode::MomentUnreadable).with("value", text.unwrap_or_default())
            };
            text.map(str::parse).transpose().map_err(unreadable)
        };
        Ok(Self {
            search: query.search.trim().to_lowercase(),
            kind: query.kind.map(|kind| {
                let kind = clearsync_billing::MovementKind::from(kind);
                serde_json::to_value(kind)
                    .ok()
                    .and_then(|word| word.as_str().map(str::to_owned))
                    .unwrap_or_default()
            }),
            currency: query.currency.as_deref().map(currency).transpose()?,
            from: month(&query.from)?,
            to: month(&query.to)?,
        })
    }

    fn fits(&self, movement: &Stored, calendar: &Calendar) -> bool {
        let month = || calendar.month(movement.at);
        self.kind.as_ref().is_none_or(|kind| *kind == movement.kind)
            && self
                .currency
                .is_none_or(|one| one.code() == movement.currency)
            && self.from.is_none_or(|from| month() >= from)
            && self.to.is_none_or(|to| month() <= to)
    }

    fn names(&self, row: &MovementRow) -> bool {
        let texts = [
            &row.customer,
            &row.plans,
            &row.subscription,
            &row.customer_id,
        ];
        self.search.is_empty()
            || texts
                .iter()
                .any(|text| text.to_lowercase().contains(&self.search))
    }
}

/// What customers and their subscriptions are called.
struct Words {
    names: BTreeMap<String, String>,
    plans: BTreeMap<String, String>,
}

impl Words {
    fn read(reader: &Reader, account: AccountId) -> Result<Self, StoreError> {
        let figures = reader.figures(account)?;
        let plans = figures.into_iter().filter_map(|figure| {
            let facts = SubscriptionFacts::of(&figure)?;
            Some((figure.subscription, facts.plans.join(", ")))
        });
        Ok(Self {
            names: names(reader, account)?,
            plans: plans.collect(),
        })
    }

    fn of(figure: &Figure) -> Self {
        let facts = SubscriptionFacts::of(figure);
        let name = facts
            .as_ref()
            .and_then(|facts| facts.customer_name.clone().or_else(|| facts.email.clone()));
        let plans = facts.map(|facts| facts.plans.join(", "));
        Self {
            names: name
                .map(|name| (figure.customer.clone(), name))
                .into_iter()
                .collect(),
            plans: plans
                .map(|plans| (figure.subscription.clone(), plans))
                .into_iter()
                .collect(),
        }
    }

    fn row(&self, stored: &Stored, id: String) -> Option<MovementRow> {
        let movement: Movement = derive::movement(stored)?;
        let customer = stored.customer.clone();
        Some(MovementRow {
            id,
            subscription: stored.subscription.clone(),
            customer: self.names.get(&customer).unwrap_or(&customer).clone(),
            plans: self
                .plans
                .get(&stored.subscription)
                .cloned()
                .unwrap_or_default(),
            customer_id: customer,
            at: movement.at.to_string(),
            kind: movement.kind.into(),
            change_type: movement.change_type.into(),
            before: movement.before.mrr.round().into(),
            after: movement.after.mrr.round().into(),
            change: movement.change.round().into(),
            effective: movement.effective.map(|end| end.to_string()),
            origin: (&movement.origin).into(),
        })
    }
}

fn money(minor: clearsync_billing::Fraction, currency: Currency) -> Money {
    clearsync_billing::Amount::new(minor, currency)
        .round()
        .into()
}
