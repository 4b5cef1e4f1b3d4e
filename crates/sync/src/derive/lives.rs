//! A customer's subscriptions over time.

use std::collections::HashMap;

use clearsync_billing::{
    Amount, Change, Currency, Derivation, Figure, Fraction, History, Note, Origin, Policy, Segment,
    Sighting, Standing, Status, Subscription, Timeline,
};
use clearsync_store::{AccountId, Life, Reader, Sighting as Stored, StoreError, StoredObject};
use clearsync_stripe::decode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    known::{Customer, Known, essence},
    not_understood,
};

/// One subscription of a customer, and all that is known of its past.
pub(crate) struct Lived {
    pub(crate) id: String,
    /// Stripe's word for its status.
    pub(crate) status: String,
    /// Whether Stripe no longer has it.
    pub(crate) is_deleted: bool,
    pub(crate) history: History,
    /// How it was found, where only that tells what it shows.
    pub(crate) sighting: Option<Stored>,
}

impl Lived {
    /// How it stands now.
    pub(crate) fn present(&self) -> Option<&Subscription> {
        Some(&self.history.states.last()?.subscription)
    }
}

/// What is open about an object: its id, and what cannot be understood of it.
pub(super) type Open = (String, Vec<(&'static str, Value)>);

/// Every subscription of `customer` that can be understood, and what is open about the rest.
pub(crate) fn of_customer(
    view: &Reader,
    account: AccountId,
    known: &mut Known,
    customer: &Customer,
) -> Result<(Vec<Lived>, Vec<Open>), StoreError> {
    known.learn(customer);
    let mut open = Vec::new();
    let mut changes = changes(view, account, known, &customer.id, &mut open)?;
    let mut lives = Vec::new();
    let kind = "subscription";
    let mut objects = view.objects_of_customer(account, &customer.id, kind)?;
    objects.extend(view.deleted_objects_of_customer(account, &customer.id, kind)?);
    let mut decoded = Vec::new();
    for object in objects {
        let value = essence(&object.json);
        known.learn_discounts(&value);
        match decode::subscription(&value) {
            Ok(subscription) => decoded.push((object, value, subscription)),
            Err(error) => open.push((object.id, vec![not_understood(kind, &error)])),
        }
    }
    let mut earlier = sightings(view, account, known, &customer.id)?;
    for (object, value, mut subscription) in decoded {
        let status = value.get("status").and_then(Value::as_str);
        let status = status.unwrap_or_default().to_owned();
        end_deleted(&object, &mut subscription);
        let history = History::rebuild_with(
            &subscription,
            object.deleted_at.unwrap_or(object.changed_at),
            &earlier.remove(&object.id).unwrap_or_default(),
            customer
                .invoices
                .get(&subscription.id)
                .map_or(&[], Vec::as_slice),
            &changes.remove(&object.id).unwrap_or_default(),
            &known.catalog,
        );
        let is_deleted = object.deleted_at.is_some();
        let is_worth_keeping = !is_deleted && history.rests_on_sight(object.changed_at);
        lives.push(Lived {
            sighting: is_worth_keeping.then(|| Stored {
                subscription: object.id.clone(),
                customer: customer.id.clone(),
                seen_at: object.changed_at,
                json: object.json,
            }),
            history,
            is_deleted,
            id: object.id,
            status,
        });
    }
    Ok((lives, open))
}

/// How the customer's subscriptions were found before, by subscription.
fn sightings(
    view: &Reader,
    account: AccountId,
    known: &mut Known,
    customer: &str,
) -> Result<HashMap<String, Vec<Sighting>>, StoreError> {
    let mut sightings: HashMap<String, Vec<Sighting>> = HashMap::new();
    for found in view.sightings(account, customer)? {
        let value = essence(&found.json);
        known.learn_discounts(&value);
        if let Ok(subscription) = decode::subscription(&value) {
            let of_one = sightings.entry(found.subscription).or_default();
            of_one.push(Sighting {
                at: found.seen_at,
                subscription,
            });
        }
    }
    Ok(sightings)
}

/// What events told, by subscription. Those that cannot be understood are named in `open`.
fn changes(
    view: &Reader,
    account: AccountId,
    known: &mut Known,
    customer: &str,
    open: &mut Vec<Open>,
) -> Result<HashMap<String, Vec<Change>>, StoreError> {
    let mut changes: HashMap<String, Vec<Change>> = HashMap::new();
    for event in view.subscription_events(account, customer)? {
        let value = essence(&event.json);
        match decode::change(&value) {
            Ok(Some(change)) => changes.entry(event.subscription).or_default().push(change),
            Ok(None) => known.learn_discount(value.pointer("/data/object")),
            Err(error) => open.push((event.id, vec![not_understood("event", &error)])),
        }
    }
    Ok(changes)
}

/// A subscription that Stripe no longer has is over, at the latest since that was found.
fn end_deleted(object: &StoredObject, subscription: &mut Subscription) {
    if let Some(found) = object.deleted_at
        && !subscription.status.is_final()
    {
        subscription.status = Status::Canceled;
        subscription.ended_at = Some(found);
        subscription.notes.push(Note::Contradiction {
            what: format!(
                "Stripe no longer has subscription {}; it counts as ended on {}, when that was found.",
                object.id,
                found.strftime("%-d %B %Y")
            ),
        });
    }
}

/// One step of a stored life: an MRR and why it counts, from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) from: Timestamp,
    /// Exact minor units.
    pub(crate) mrr: Fraction,
    pub(crate) standing: Standing,
    /// Where the knowledge of date and amount comes from.
    pub(crate) origin: Origin,
}

/// A timeline and the subscription at its end, as they are kept.
pub(super) fn stored(timeline: &Timeline, present: &Subscription) -> Life {
    let mut steps: Vec<Step> = Vec::new();
    for segment in &timeline.segments {
        let step = Step {
            from: segment.from,
            mrr: segment.figure.amount.minor.clone(),
            standing: segment.figure.derivation.standing.clone(),
            origin: match &segment.origin {
                Origin::Dates if !segment.amount_origin.is_exact() => &segment.amount_origin,
                origin => origin,
            }
            .clone(),
        };
        let is_new = steps
            .last()
            .is_none_or(|last| (&last.mrr, &last.standing) != (&step.mrr, &step.standing));
        if is_new {
            steps.push(step);
        }
    }
    Life {
        subscription: timeline.subscription.to_string(),
        customer: timeline.customer.to_string(),
        currency: timeline.currency.code(),
        steps: text(&steps),
        present: text(present),
    }
}

/// The steps of a stored life; none when they are of a form that is not known.
pub(crate) fn steps(life: &Life) -> Vec<Step> {
    serde_json::from_str(&life.steps).unwrap_or_default()
}

/// The subscription at the end of a stored life.
pub(crate) fn present(life: &Life) -> Option<Subscription> {
    serde_json::from_str(&life.present).ok()
}

/// A stored life as a timeline again, for sums over time; its figures have no derivation.
pub(crate) fn timeline(life: &Life, policy: &Policy) -> Option<Timeline> {
    let currency: Currency = life.currency.parse().ok()?;
    let segments = steps(life).into_iter().map(|step| {
        let amount = Amount::new(step.mrr, currency);
        Segment {
            from: step.from,
            figure: Figure {
                rounded: amount.round(),
                list: Amount::zero(currency),
                amount,
                derivation: Derivation {
                    subscription: life.subscription.as_str().into(),
                    at: step.from,
                    policy: (policy.name.clone(), policy.version),
                    standing: step.standing,
                    items: Vec::new(),
                },
                notes: Vec::new(),
            },
            amount_origin: step.origin.clone(),
            origin: step.origin,
        }
    });
    Some(Timeline {
        subscription: life.subscription.as_str().into(),
        customer: life.customer.as_str().into(),
        currency,
        segments: segments.collect(),
        announcements: Vec::new(),
    })
}

/// Facts hold text, numbers and lists only, so this cannot fail; if it did, they would read as unknown.
fn text(facts: &impl Serialize) -> String {
    serde_json::to_string(facts).unwrap_or_default()
}
