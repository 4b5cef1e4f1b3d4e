//! Movements as they are kept.

use std::collections::BTreeMap;

use clearsync_billing::{
    Amount, ChangeType, CouponId, Currency, Movement, MovementKind, Origin, PriceId, ProductId,
    Side,
};
use clearsync_store::Movement as Stored;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::to_json;

/// The last movement of a customer or company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMovement {
    /// What kind it was.
    pub kind: MovementKind,
    /// What caused it.
    pub change_type: ChangeType,
    /// When it took effect; for announcements, when they were made.
    pub at: Timestamp,
    /// What it changed, in minor units, rounded once; nothing for announcements.
    pub change_minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl LastMovement {
    /// The last of `movements`, which stand in order of time.
    pub(super) fn of(movements: &[Movement]) -> Option<Self> {
        movements.last().map(Self::from)
    }

    /// Billing's word for its kind.
    pub(crate) fn kind_in_words(&self) -> Option<String> {
        to_json(&self.kind).as_str().map(str::to_owned)
    }
}

impl From<&Movement> for LastMovement {
    fn from(movement: &Movement) -> Self {
        Self {
            kind: movement.kind,
            change_type: movement.change_type,
            at: movement.at,
            change_minor: movement.change.round().amount_minor,
            currency: movement.change.currency,
        }
    }
}

/// An owner's movements as they are kept.
pub(super) fn stored(owner: &str, movements: &[Movement]) -> Vec<Stored> {
    let numbered = movements.iter().zip(0..);
    numbered
        .map(|(movement, number)| {
            let (origin, origin_id) = origin(&movement.origin);
            Stored {
                owner: owner.to_owned(),
                number,
                subscription: movement.subscription.to_string(),
                customer: movement.customer.to_string(),
                at: movement.at,
                kind: word(movement.kind),
                change_type: word(movement.change_type),
                currency: movement.change.currency.code(),
                before: movement.before.mrr.minor.to_string(),
                after: movement.after.mrr.minor.to_string(),
                change: movement.change.minor.to_string(),
                effective: movement.effective,
                origin: origin.to_owned(),
                origin_id,
                exact: movement.origin.is_exact(),
                sides: json!({ "before": sold(&movement.before), "after": sold(&movement.after) }),
            }
        })
        .collect()
}

/// Names movements by what they are: the subscription, the kind and the day, and a number where a day has several. Working
/// them out again comes to the same names. `movements` are all of their subscriptions, oldest first.
pub(crate) fn ids(movements: &[Stored]) -> Vec<String> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let id = |movement: &Stored| -> String {
        let day = movement.at.to_zoned_datetime(TimeZone::UTC).date();
        let name = format!("{}:{}:{day}", movement.subscription, movement.kind);
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        match *count {
            1 => name,
            number => format!("{name}:{number}"),
        }
    };
    movements.iter().map(id).collect()
}

/// A stored movement as billing's; `None` when it is of a form that is not known.
pub(crate) fn movement(stored: &Stored) -> Option<Movement> {
    let currency: Currency = stored.currency.parse().ok()?;
    let amount = |exact: &str| Some(Amount::new(exact.parse().ok()?, currency));
    let side = |name: &str, exact: &str| {
        let sold = Sold::deserialize(stored.sides.get(name)?).ok()?;
        Some(Side {
            mrr: amount(exact)?,
            list: amount(sold.list.as_deref().unwrap_or(exact))?,
            quantity: sold.quantity,
            products: sold.products,
            prices: sold.prices,
            coupons: sold.coupons,
        })
    };
    let id = || stored.origin_id.clone().unwrap_or_default();
    Some(Movement {
        subscription: stored.subscription.as_str().into(),
        customer: stored.customer.as_str().into(),
        company: (stored.owner != stored.customer).then(|| stored.owner.clone()),
        at: stored.at,
        kind: read(&stored.kind)?,
        change_type: read(&stored.change_type)?,
        before: side("before", &stored.before)?,
        after: side("after", &stored.after)?,
        change: amount(&stored.change)?,
        effective: stored.effective,
        origin: match stored.origin.as_str() {
            "event" => Origin::Event {
                event: id().as_str().into(),
            },
            "invoice" => Origin::Invoice {
                invoice: id().as_str().into(),
            },
            "dates" => Origin::Dates,
            _ => Origin::Present,
        },
    })
}

/// What was sold on one side of a movement.
#[derive(Serialize, Deserialize)]
struct Sold {
    quantity: u64,
    products: Vec<ProductId>,
    prices: Vec<PriceId>,
    #[serde(default)]
    coupons: Vec<CouponId>,
    /// MRR without discounts, as an exact fraction of minor units.
    #[serde(default)]
    list: Option<String>,
}

fn sold(side: &Side) -> Sold {
    Sold {
        quantity: side.quantity,
        products: side.products.clone(),
        prices: side.prices.clone(),
        coupons: side.coupons.clone(),
        list: Some(side.list.minor.to_string()),
    }
}

fn origin(origin: &Origin) -> (&'static str, Option<String>) {
    match origin {
        Origin::Event { event } => ("event", Some(event.to_string())),
        Origin::Invoice { invoice } => ("invoice", Some(invoice.to_string())),
        Origin::Dates => ("dates", None),
        Origin::Present => ("present", None),
    }
}

/// The word billing gives a value.
fn word(value: impl Serialize) -> String {
    let word = to_json(&value);
    word.as_str().map(str::to_owned).unwrap_or_default()
}

fn read<T: for<'a> Deserialize<'a>>(word: &str) -> Option<T> {
    serde_json::from_value(Value::from(word)).ok()
}
