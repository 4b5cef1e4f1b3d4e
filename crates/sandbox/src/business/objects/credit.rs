//! Refunds and credit notes.

use serde_json::{Value, json};

use super::{invoice::taxes, list, payment::successful_charge};
use crate::business::{
    account::{CreditNote, Refund},
    company::Company,
};

pub(super) fn refund(company: &Company, refund: &Refund) -> Value {
    let invoice = &company.invoices[refund.invoice];
    let customer = &company.customers[invoice.customer];
    let payment = invoice.payment.as_ref();
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount_minor,
        "balance_transaction": null,
        "charge": successful_charge(invoice),
        "created": refund.created.as_second(),
        "currency": invoice.currency.code(),
        "customer": customer.id,
        "customer_account": null,
        "destination_details": { "card": { "type": "refund" }, "type": "card" },
        "metadata": {},
        "payment_intent": payment.map(|payment| &payment.intent_id),
        "payment_method": customer.card.id,
        "reason": "requested_by_customer",
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": "succeeded",
        "transfer_reversal": null,
    })
}

pub(super) fn credit_note(company: &Company, note: &CreditNote) -> Value {
    let invoice = &company.invoices[note.invoice];
    let customer = &company.customers[invoice.customer];
    let refund = note.refund.map(|no| &company.refunds[no]);
    let (before, after) = match refund {
        Some(_) => (0, note.amount_minor),
        None => (note.amount_minor, 0),
    };
    let without_tax = note.amount_minor - note.tax_minor;
    let is_inclusive = invoice.tax.as_ref().is_some_and(|tax| tax.inclusive);
    let subtotal = if is_inclusive {
        note.amount_minor
    } else {
        without_tax
    };
    let tax = taxes(invoice.tax.as_deref(), note.tax_minor, without_tax);
    let refunds: Vec<Value> = refund
        .iter()
        .map(|refund| {
            json!({
                "amount_refunded": refund.amount_minor,
                "payment_record_refund": null,
                "refund": refund.id,
                "type": "refund",
            })
        })
        .collect();
    let line = json!({
        "id": note.line_id,
        "object": "credit_note_line_item",
        "amount": subtotal,
        "description": "Goodwill",
        "discount_amount": 0,
        "discount_amounts": [],
        "livemode": false,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "tax_rates": [],
        "taxes": tax,
        "type": "custom_line_item",
        "unit_amount": subtotal,
        "unit_amount_decimal": subtotal.to_string(),
    });
    json!({
        "id": note.id,
        "object": "credit_note",
        "amount": note.amount_minor,
        "amount_shipping": 0,
        "created": note.created.as_second(),
        "currency": invoice.currency.code(),
        "customer": customer.id,
        "customer_account": null,
        "customer_balance_transaction": null,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": note.created.as_second(),
        "invoice": invoice.id,
        "lines": list(&format!("/v1/credit_notes/{}/lines", note.id), vec![line]),
        "livemode": false,
        "memo": null,
        "metadata": {},
        "number": note.number,
        "out_of_band_amount": null,
        "pdf": format!("https://pay.stripe.com/credit_notes/{}/{}/pdf", company.account_id, note.id),
        "post_payment_amount": after,
        "pre_payment_amount": before,
        "pretax_credit_amounts": [],
        "reason": "order_change",
        "refunds": refunds,
        "shipping_cost": null,
        "status": "issued",
        "subtotal": subtotal,
        "subtotal_excluding_tax": without_tax,
        "total": note.amount_minor,
        "total_excluding_tax": without_tax,
        "total_taxes": tax,
        "type": if refund.is_some() { "post_payment" } else { "pre_payment" },
        "voided_at": null,
    })
}
