//! Prices, and plans of the older API.

use std::{collections::BTreeMap, num::NonZeroU32, num::NonZeroU64};

use clearsync_billing::{
    Currency, Interval, IntervalUnit, Note, PackageRounding, Price, Recurring, Scheme, TaxBehavior,
    Tier, TransformQuantity, Usage,
};
use serde_json::Value;

use super::{DecodeError, reader::Reader};

/// A `price`, or a `plan` of the older API, with notes on what could not be read.
///
/// # Errors
/// [`DecodeError`] when it has no id or no currency.
pub fn price(value: &Value) -> Result<(Price, Vec<Note>), DecodeError> {
    let mut notes = Vec::new();
    let price = with_notes(value, &mut notes)?;
    Ok((price, notes))
}

pub(super) fn with_notes(value: &Value, notes: &mut Vec<Note>) -> Result<Price, DecodeError> {
    let is_plan = value.get("object").and_then(Value::as_str) == Some("plan");
    let fields = Reader::new(value, if is_plan { "plan" } else { "price" })?;
    let id = fields.required("id", fields.text("id"))?;
    let currency = fields.required("currency", fields.currency("currency", notes))?;
    let recurring = if is_plan {
        recurring(fields, notes)
    } else {
        fields
            .child("recurring")
            .and_then(|fields| recurring(fields, notes))
    };
    let packaging = if is_plan {
        "transform_usage"
    } else {
        "transform_quantity"
    };
    Ok(Price {
        id: id.into(),
        product: fields.id("product").map(Into::into),
        nickname: fields.text("nickname").map(ToOwned::to_owned),
        currency,
        recurring,
        scheme: scheme(fields, fields, is_plan, notes),
        currency_options: currency_options(fields, notes),
        transform_quantity: fields
            .child(packaging)
            .and_then(|fields| transform_quantity(fields, notes)),
        tax_behavior: match fields.text("tax_behavior") {
            Some("exclusive") => TaxBehavior::Exclusive,
            Some("inclusive") => TaxBehavior::Inclusive,
            _ => TaxBehavior::Unspecified,
        },
    })
}

fn recurring(fields: Reader<'_>, notes: &mut Vec<Note>) -> Option<Recurring> {
    let unit = match fields.text("interval") {
        Some("day") => IntervalUnit::Day,
        Some("week") => IntervalUnit::Week,
        Some("month") => IntervalUnit::Month,
        Some("year") => IntervalUnit::Year,
        word => {
            notes.push(Note::UnknownWord {
                field: "interval".to_owned(),
                word: word.unwrap_or_default().to_owned(),
            });
            return None;
        }
    };
    let count = fields.count("interval_count", notes).unwrap_or(1);
    let count = u32::try_from(count).ok().and_then(NonZeroU32::new);
    let Some(count) = count else {
        notes.push(Note::Unreadable {
            field: "interval_count".to_owned(),
        });
        return None;
    };
    let usage = match fields.text("usage_type") {
        Some("metered") => Usage::Metered,
        _ => Usage::Licensed,
    };
    Some(Recurring {
        interval: Interval::every(count, unit),
        usage,
    })
}

/// `amounts` holds the amounts; `price` says how they are meant.
fn scheme(price: Reader<'_>, amounts: Reader<'_>, is_plan: bool, notes: &mut Vec<Note>) -> Scheme {
    if price.text("billing_scheme") == Some("tiered") {
        let tiers: Option<Vec<_>> = amounts
            .list("tiers")
            .iter()
            .map(|tier| tier_of(tier, notes))
            .collect();
        return match (tiers, price.text("tiers_mode")) {
            (Some(tiers), Some("graduated")) if !tiers.is_empty() => Scheme::Graduated(tiers),
            (Some(tiers), Some("volume")) if !tiers.is_empty() => Scheme::Volume(tiers),
            _ => Scheme::Unknown,
        };
    }
    let names = if is_plan {
        ["amount_decimal", "amount"]
    } else {
        ["unit_amount_decimal", "unit_amount"]
    };
    amounts
        .first_number(names, notes)
        .map_or(Scheme::Unknown, Scheme::PerUnit)
}

fn tier_of(value: &Value, notes: &mut Vec<Note>) -> Option<Tier> {
    let fields = Reader::new(value, "tier").ok()?;
    let up_to = fields.count("up_to", notes);
    if fields.get("up_to").is_some() && up_to.is_none() {
        return None;
    }
    let unit = fields.first_number(["unit_amount_decimal", "unit_amount"], notes);
    let flat = fields.first_number(["flat_amount_decimal", "flat_amount"], notes);
    if unit.is_none() && flat.is_none() {
        return None;
    }
    Some(Tier {
        up_to,
        unit: unit.unwrap_or_default(),
        flat: flat.unwrap_or_default(),
    })
}

fn currency_options(fields: Reader<'_>, notes: &mut Vec<Note>) -> BTreeMap<Currency, Scheme> {
    let Some(options) = fields.get("currency_options").and_then(Value::as_object) else {
        return BTreeMap::new();
    };
    let mut schemes = BTreeMap::new();
    for (code, option) in options {
        if let (Ok(currency), Ok(amounts)) = (code.parse(), Reader::new(option, "currency_option"))
        {
            schemes.insert(currency, scheme(fields, amounts, false, notes));
        }
    }
    schemes
}

fn transform_quantity(fields: Reader<'_>, notes: &mut Vec<Note>) -> Option<TransformQuantity> {
    let divide_by = fields.count("divide_by", notes).and_then(NonZeroU64::new)?;
    let round = match fields.text("round") {
        Some("down") => PackageRounding::Down,
        _ => PackageRounding::Up,
    };
    Some(TransformQuantity { divide_by, round })
}
