//! Records written down the way Stripe writes them, API version 2026-05-27.dahlia.

mod catalog;
mod credit;
mod customer;
mod invoice;
mod payment;
mod subscription;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{company::Company, journal::Subject, money::Exact};

pub(super) use catalog::{catalog, connected_account};
pub(super) use customer::discount;

/// The API version the objects are written in.
pub(super) const API_VERSION: &str = "2026-05-27.dahlia";

/// Stripe cuts a list inside another object after so many.
const EMBEDDED: usize = 10;

/// A record as Stripe shows it now.
pub(super) fn render(company: &Company, subject: Subject) -> Value {
    match subject {
        Subject::Customer(no) => customer::customer(&company.customers[no]),
        Subject::Card(no) => customer::card(&company.customers[no]),
        Subject::CustomerDiscount(no) => {
            let owner = &company.customers[no];
            let discount = owner.discount.as_ref();
            discount.map_or(Value::Null, |one| customer::discount(one, owner, None))
        }
        Subject::Subscription(no) => {
            subscription::subscription(company, &company.subscriptions[no])
        }
        Subject::Schedule(no) => subscription::schedule(company, &company.schedules[no]),
        Subject::InvoiceItem(no) => invoice::invoice_item(company, &company.invoice_items[no]),
        Subject::Invoice(no) => invoice::invoice(company, &company.invoices[no]),
        Subject::Intent(no) => payment::intent(company, &company.invoices[no]),
        Subject::InvoicePayment(no) => payment::invoice_payment(&company.invoices[no]),
        Subject::Charge(no, attempt) => payment::charge(company, &company.invoices[no], attempt),
        Subject::Refund(no) => credit::refund(company, &company.refunds[no]),
        Subject::CreditNote(no) => credit::credit_note(company, &company.credit_notes[no]),
    }
}

/// An event that tells of an object as it was then.
pub(super) fn event(
    id: &str,
    at: Timestamp,
    kind: &str,
    object: &Value,
    previous: Option<Map<String, Value>>,
    request: Option<&str>,
) -> Value {
    let mut data = Map::new();
    data.insert("object".to_owned(), as_in_events(object));
    if let Some(mut previous) = previous {
        for value in previous.values_mut() {
            shorten(value);
        }
        data.insert("previous_attributes".to_owned(), Value::Object(previous));
    }
    let mut event = json!({
        "id": id,
        "object": "event",
        "api_version": API_VERSION,
        "created": at.as_second(),
        "livemode": false,
        "pending_webhooks": 0,
        "request": { "id": request, "idempotency_key": null },
        "type": kind,
    });
    put(&mut event, "data", Value::Object(data));
    event
}

/// An object as an event carries it: nothing expanded, and lists inside it cut.
pub(super) fn as_in_events(object: &Value) -> Value {
    let mut object = object.clone();
    shorten(&mut object);
    object
}

fn shorten(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("object").is_some_and(|kind| kind == "price") {
                fields.shift_remove("tiers");
                fields.shift_remove("currency_options");
            }
            if fields.get("object").is_some_and(|kind| kind == "coupon") {
                fields.shift_remove("applies_to");
            }
            let is_long = match fields.get_mut("data") {
                Some(Value::Array(rows)) if rows.len() > EMBEDDED => {
                    rows.truncate(EMBEDDED);
                    true
                }
                _ => false,
            };
            if is_long {
                fields.insert("has_more".to_owned(), Value::Bool(true));
            }
            fields.values_mut().for_each(shorten);
        }
        Value::Array(rows) => rows.iter_mut().for_each(shorten),
        _ => {}
    }
}

/// One object of several parts; Stripe's order of fields says nothing.
fn joined<const PARTS: usize>(parts: [Value; PARTS]) -> Value {
    let fields = parts
        .iter()
        .filter_map(Value::as_object)
        .map(Map::len)
        .sum();
    let mut whole = Map::with_capacity(fields);
    for part in parts {
        if let Value::Object(fields) = part {
            whole.extend(fields);
        }
    }
    Value::Object(whole)
}

fn seconds(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| at.as_second().into())
}

/// A list inside another object.
fn list(url: &str, data: Vec<Value>) -> Value {
    let mut written = json!({ "object": "list", "has_more": false, "url": url });
    put(&mut written, "data", Value::Array(data));
    written
}

/// Sets a field of an object, without the copy that writing it within `json!` would make.
fn put(object: &mut Value, field: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
}

/// A whole number of minor units, or null where there is a fraction.
fn whole_minor(amount: Exact) -> Value {
    if !amount.is_integer() {
        return Value::Null;
    }
    i64::try_from(amount.to_integer()).map_or(Value::Null, Value::from)
}

/// An amount as a decimal string with at most 12 places, as Stripe documents.
fn decimal(amount: Exact) -> String {
    const PLACES: usize = 12;
    if amount.is_integer() {
        return amount.to_integer().to_string();
    }
    let scaled = (amount * Exact::from_integer(10_i128.pow(12)))
        .round()
        .to_integer();
    let sign = if scaled < 0 { "-" } else { "" };
    let digits = format!("{:0>13}", scaled.unsigned_abs());
    let (units, fraction) = digits.split_at(digits.len() - PLACES);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        format!("{sign}{units}")
    } else {
        format!("{sign}{units}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::{super::money::Exact, decimal};

    #[test]
    fn decimals_are_written_without_spare_zeros() {
        let cases = [
            ((25, 2), "12.5"),
            ((1900, 1), "1900"),
            ((-1, 3), "-0.333333333333"),
        ];
        for ((upper, lower), written) in cases {
            assert_eq!(decimal(Exact::new(upper, lower)), written);
        }
    }
}
