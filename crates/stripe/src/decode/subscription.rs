//! Subscriptions.

use clearsync_billing::{
    FirstPayment, Fraction, InclusiveTax, Note, PauseCollection, Period, Status, Subscription,
    SubscriptionItem,
};
use serde_json::Value;

use super::{DecodeError, discount::discounts_of, price, reader::Reader};

/// A `subscription`. What was missing, unknown or contradictory stands in its notes.
///
/// # Errors
/// [`DecodeError`] when it has no id, customer, currency or begin.
pub fn subscription(value: &Value) -> Result<Subscription, DecodeError> {
    let fields = Reader::new(value, "subscription")?;
    let mut notes = Vec::new();
    let id = fields.required("id", fields.text("id"))?;
    let customer = fields.required("customer", fields.id("customer"))?;
    let items = items(fields, &mut notes);
    let currency = fields
        .currency("currency", &mut notes)
        .or_else(|| Some(items.first()?.price.currency));
    let created = fields.time("created", &mut notes);
    let start_date = fields.time("start_date", &mut notes);
    let begin = fields.required("created", created.or(start_date))?;
    let trial_start = fields.time("trial_start", &mut notes);
    let trial = fields.time("trial_end", &mut notes).map(|end| Period {
        start: trial_start.or(start_date).unwrap_or(begin).min(end),
        end,
    });
    let subscription = Subscription {
        id: id.into(),
        customer: customer.into(),
        status: status(fields, &mut notes),
        currency: fields.required("currency", currency)?,
        items,
        discounts: discounts_of(fields, &mut notes),
        customer_discount: None,
        created: begin,
        start_date: start_date.unwrap_or(begin),
        trial,
        cancel_at: fields.time("cancel_at", &mut notes),
        cancel_at_period_end: fields.flag("cancel_at_period_end").unwrap_or(false),
        canceled_at: fields.time("canceled_at", &mut notes),
        ended_at: fields.time("ended_at", &mut notes),
        pause_collection: fields
            .child("pause_collection")
            .map(|pause| PauseCollection {
                behavior: pause.text("behavior").unwrap_or_default().to_owned(),
                resumes_at: pause.time("resumes_at", &mut notes),
            }),
        first_payment: FirstPayment::Unknown,
        notes: Vec::new(),
    };
    notes.extend(contradictions(&subscription));
    Ok(Subscription {
        notes,
        ..subscription
    })
}

fn status(fields: Reader<'_>, notes: &mut Vec<Note>) -> Status {
    fields.text("status").map_or_else(
        || {
            notes.push(Note::Missing {
                field: "status".to_owned(),
            });
            Status::Unknown(String::new())
        },
        Status::from,
    )
}

fn contradictions(subscription: &Subscription) -> Option<Note> {
    let what = match (&subscription.status, subscription.ended_at) {
        (Status::Canceled | Status::IncompleteExpired, None)
            if subscription.canceled_at.is_none() =>
        {
            "It is over but has no end date; it counts 0 for all time."
        }
        (status, Some(_)) if !status.is_final() && !matches!(status, Status::Unknown(_)) => {
            "It has an end date but its status says it goes on; the end date was believed."
        }
        _ => return None,
    };
    Some(Note::Contradiction {
        what: what.to_owned(),
    })
}

fn items(fields: Reader<'_>, notes: &mut Vec<Note>) -> Vec<SubscriptionItem> {
    if fields.is_cut("items") {
        notes.push(Note::Missing {
            field: "items beyond the first page".to_owned(),
        });
    }
    let whole = Whole {
        // Until basil the period stood on the subscription.
        period: fields.period("current_period_start", "current_period_end", notes),
        tax: inclusive_tax(fields.list("default_tax_rates"), notes),
    };
    let listed = fields.list("items");
    let items: Vec<_> = listed
        .iter()
        .filter_map(|value| {
            let item = item(value, &whole, notes);
            if item.is_none() {
                notes.push(Note::Unreadable {
                    field: "items".to_owned(),
                });
            }
            item
        })
        .collect();
    if listed.is_empty() {
        notes.push(Note::Missing {
            field: "items".to_owned(),
        });
    }
    items
}

/// What the items share.
struct Whole {
    period: Option<Period>,
    tax: Option<InclusiveTax>,
}

fn item(value: &Value, whole: &Whole, notes: &mut Vec<Note>) -> Option<SubscriptionItem> {
    let fields = Reader::new(value, "subscription_item").ok()?;
    let price = fields.get("price").or_else(|| fields.get("plan"))?;
    let own_rates = fields.list("tax_rates");
    Some(SubscriptionItem {
        id: fields.text("id")?.into(),
        price: price::with_notes(price, notes).ok()?,
        quantity: fields.count("quantity", notes),
        discounts: discounts_of(fields, notes),
        current_period: fields
            .period("current_period_start", "current_period_end", notes)
            .or(whole.period),
        // Stripe documents that an item's own rates override the subscription's.
        inclusive_tax: if own_rates.is_empty() {
            whole.tax.clone()
        } else {
            inclusive_tax(own_rates, notes)
        },
        usage: Vec::new(),
    })
}

fn inclusive_tax(rates: &[Value], notes: &mut Vec<Note>) -> Option<InclusiveTax> {
    let rates: Vec<Fraction> = rates
        .iter()
        .filter_map(|rate| Reader::new(rate, "tax_rate").ok())
        .filter(|rate| rate.flag("inclusive") == Some(true))
        .filter_map(|rate| rate.first_number(["effective_percentage", "percentage"], notes))
        .filter(|percent| !percent.is_negative())
        .collect();
    (!rates.is_empty()).then(|| InclusiveTax::Percent(rates.iter().sum()))
}
