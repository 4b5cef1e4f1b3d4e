//! Invoices.

use clearsync_billing::{
    Fraction, Invoice, InvoiceLine, InvoiceStatus, LineDiscount, Note, Period,
};
use serde_json::Value;

use super::{DecodeError, reader::Reader, reader::id_of};

/// An `invoice` with its lines.
///
/// # Errors
/// [`DecodeError`] when it has no id, currency or creation time.
pub fn invoice(value: &Value) -> Result<Invoice, DecodeError> {
    let fields = Reader::new(value, "invoice")?;
    let mut notes = Vec::new();
    let id = fields.required("id", fields.text("id"))?;
    let currency = fields.currency("currency", &mut notes);
    let created = fields.time("created", &mut notes);
    if fields.is_cut("lines") {
        notes.push(Note::Missing {
            field: "lines beyond the first page".to_owned(),
        });
    }
    let transitions = fields.child("status_transitions");
    let mut transition = |field| transitions.and_then(|fields| fields.time(field, &mut notes));
    let (finalized_at, paid_at) = (transition("finalized_at"), transition("paid_at"));
    // Since basil the subscription stands under `parent`.
    let subscription = fields.id("subscription").or_else(|| {
        fields
            .child("parent")?
            .child("subscription_details")?
            .id("subscription")
    });
    let lines = fields
        .list("lines")
        .iter()
        .filter_map(|value| {
            let line = line(value, &mut notes);
            if line.is_none() {
                notes.push(Note::Unreadable {
                    field: "lines".to_owned(),
                });
            }
            line
        })
        .collect();
    Ok(Invoice {
        id: id.into(),
        customer: fields.id("customer").map(Into::into),
        subscription: subscription.map(Into::into),
        status: fields.text("status").map_or_else(
            || InvoiceStatus::Unknown(String::new()),
            InvoiceStatus::from,
        ),
        is_first_charge: fields.text("billing_reason") == Some("subscription_create")
            && fields.text("collection_method") == Some("charge_automatically"),
        currency: fields.required("currency", currency)?,
        created: fields.required("created", created)?,
        finalized_at,
        paid_at,
        lines,
        notes,
    })
}

fn line(value: &Value, notes: &mut Vec<Note>) -> Option<InvoiceLine> {
    let fields = Reader::new(value, "line_item").ok()?;
    let parent = fields.child("parent");
    let origin = parent.and_then(|parent| {
        parent
            .child("subscription_item_details")
            .filter(|_| parent.text("type") != Some("invoice_item_details"))
            .or_else(|| parent.child("invoice_item_details"))
    });
    let subscription = origin
        .and_then(|origin| origin.id("subscription"))
        .or_else(|| fields.id("subscription"));
    let item = origin
        .and_then(|origin| origin.id("subscription_item"))
        .or_else(|| fields.id("subscription_item"));
    let proration = origin
        .and_then(|origin| origin.flag("proration"))
        .or_else(|| fields.flag("proration"));
    let period = fields.child("period")?;
    let sold = Sold::of(fields, notes);
    Some(InvoiceLine {
        id: fields.text("id")?.into(),
        subscription: subscription.map(Into::into),
        item: item.map(Into::into),
        price: sold.price.map(Into::into),
        product: sold.product.map(Into::into),
        quantity: fields.count("quantity", notes),
        amount: fields.number("amount", notes)?,
        unit_amount: sold.unit_amount,
        discounts: line_discounts(fields, notes),
        inclusive_tax: inclusive_tax(fields, notes),
        period: Period {
            start: period.time("start", notes)?,
            end: period.time("end", notes)?,
        },
        proration: proration.unwrap_or(false),
    })
}

/// What a line sells: in `pricing` since basil, in `price` or `plan` before.
struct Sold<'a> {
    price: Option<&'a str>,
    product: Option<&'a str>,
    unit_amount: Option<Fraction>,
}

impl<'a> Sold<'a> {
    fn of(line: Reader<'a>, notes: &mut Vec<Note>) -> Self {
        if let Some(pricing) = line.child("pricing") {
            let details = pricing.child("price_details");
            return Self {
                price: details.and_then(|details| details.id("price")),
                product: details.and_then(|details| details.id("product")),
                unit_amount: pricing.number("unit_amount_decimal", notes),
            };
        }
        let names = if line.get("price").is_some() {
            ["unit_amount_decimal", "unit_amount"]
        } else {
            ["amount_decimal", "amount"]
        };
        let old = line.child("price").or_else(|| line.child("plan"));
        Self {
            price: line.id("price").or_else(|| line.id("plan")),
            product: old.and_then(|old| old.id("product")),
            unit_amount: old.and_then(|old| old.first_number(names, notes)),
        }
    }
}

fn line_discounts(line: Reader<'_>, notes: &mut Vec<Note>) -> Vec<LineDiscount> {
    line.list("discount_amounts")
        .iter()
        .filter_map(|value| {
            let fields = Reader::new(value, "discount_amount").ok()?;
            Some(LineDiscount {
                discount: id_of(fields.get("discount")?)?.into(),
                amount: fields.number("amount", notes)?,
            })
        })
        .collect()
}

/// Tax within the line's amount: `taxes` since basil, `tax_amounts` before.
fn inclusive_tax(line: Reader<'_>, notes: &mut Vec<Note>) -> Fraction {
    let taxes = line.list("taxes").iter();
    let old = line.list("tax_amounts").iter();
    taxes
        .chain(old)
        .filter_map(|value| Reader::new(value, "tax_amount").ok())
        .filter(|tax| {
            tax.text("tax_behavior") == Some("inclusive") || tax.flag("inclusive") == Some(true)
        })
        .filter_map(|tax| tax.number("amount", notes))
        .sum()
}
