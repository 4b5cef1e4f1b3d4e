//! Coupons and discounts.

use std::collections::BTreeMap;

use clearsync_billing::{Coupon, CustomerId, Discount, Duration, Note, Reduction};
use serde_json::Value;

use super::{DecodeError, reader::Reader, reader::id_of};

/// A `coupon`.
///
/// # Errors
/// [`DecodeError`] when it has no id.
pub fn coupon(value: &Value) -> Result<Coupon, DecodeError> {
    coupon_with_notes(value, &mut Vec::new())
}

/// A `discount`, with its coupon when that is expanded: in `coupon` until 2025-09-30.clover, in `source.coupon` since.
///
/// # Errors
/// [`DecodeError`] when it has no id.
pub fn discount(value: &Value) -> Result<Discount, DecodeError> {
    discount_with_notes(value, &mut Vec::new())
}

/// The discount of a `customer`, if there is one.
///
/// # Errors
/// [`DecodeError`] when the customer or its discount has no id.
pub fn customer_discount(customer: &Value) -> Result<Option<(CustomerId, Discount)>, DecodeError> {
    let fields = Reader::new(customer, "customer")?;
    let id = fields.required("id", fields.text("id"))?;
    fields
        .get("discount")
        .map(|value| Ok((id.into(), discount(value)?)))
        .transpose()
}

/// Everything in a `discounts` array, of ids or whole objects, or in the single `discount` of the older API.
pub(super) fn discounts_of(owner: Reader<'_>, notes: &mut Vec<Note>) -> Vec<Discount> {
    let single = owner.get("discount").into_iter();
    let listed = owner.list("discounts");
    // Until both were sent side by side `discount` repeated the first of `discounts`.
    let values: Vec<_> = if listed.is_empty() {
        single.collect()
    } else {
        listed.iter().collect()
    };
    values
        .into_iter()
        .filter_map(|value| {
            let decoded = match value.as_str() {
                Some(id) => Some(Discount::by_id(id.into())),
                None => discount_with_notes(value, notes).ok(),
            };
            if decoded.is_none() {
                notes.push(Note::Unreadable {
                    field: "discounts".to_owned(),
                });
            }
            decoded
        })
        .collect()
}

fn discount_with_notes(value: &Value, notes: &mut Vec<Note>) -> Result<Discount, DecodeError> {
    let fields = Reader::new(value, "discount")?;
    let id = fields.required("id", fields.text("id"))?;
    let source = fields.child("source");
    let coupon = fields
        .get("coupon")
        .or_else(|| source.and_then(|source| source.get("coupon")));
    Ok(Discount {
        id: id.into(),
        coupon_id: coupon.and_then(id_of).map(Into::into),
        coupon: coupon
            .filter(|coupon| coupon.is_object())
            .and_then(|coupon| coupon_with_notes(coupon, notes).ok()),
        start: fields.time("start", notes),
        end: fields.time("end", notes),
        on_item: fields.id("subscription_item").map(Into::into),
        only_in: None,
    })
}

fn coupon_with_notes(value: &Value, notes: &mut Vec<Note>) -> Result<Coupon, DecodeError> {
    let fields = Reader::new(value, "coupon")?;
    let id = fields.required("id", fields.text("id"))?;
    let duration = match fields.text("duration") {
        Some("once") => Duration::Once,
        Some("forever") => Duration::Forever,
        Some("repeating") => Duration::Repeating {
            months: fields
                .count("duration_in_months", notes)
                .and_then(|months| u32::try_from(months).ok()),
        },
        word => Duration::Unknown(word.unwrap_or_default().to_owned()),
    };
    let products = fields
        .child("applies_to")
        .map_or(&[][..], |scope| scope.list("products"));
    Ok(Coupon {
        id: id.into(),
        name: fields.text("name").map(ToOwned::to_owned),
        reduction: reduction(fields, notes),
        duration,
        applies_to: products.iter().filter_map(id_of).map(Into::into).collect(),
    })
}

fn reduction(fields: Reader<'_>, notes: &mut Vec<Note>) -> Reduction {
    if let Some(percent) = fields.number("percent_off", notes) {
        return Reduction::Percent(percent);
    }
    let mut by_currency = BTreeMap::new();
    let options = fields.get("currency_options").and_then(Value::as_object);
    for (code, option) in options.into_iter().flatten() {
        let amount = Reader::new(option, "currency_option")
            .ok()
            .and_then(|option| option.number("amount_off", notes));
        if let (Ok(currency), Some(amount)) = (code.parse(), amount) {
            by_currency.insert(currency, amount);
        }
    }
    let main = fields.currency("currency", notes);
    if let (Some(currency), Some(amount)) = (main, fields.number("amount_off", notes)) {
        by_currency.insert(currency, amount);
    }
    if by_currency.is_empty() {
        Reduction::Unknown
    } else {
        Reduction::Amount(by_currency)
    }
}
