//! Invoices, their lines, and the items that wait for one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    catalog::tax_rate, customer::address, decimal, joined, list, put, seconds,
    subscription::collection_method,
};
use crate::business::{
    account::{Invoice, InvoiceItem, InvoiceStatus, Line, Origin},
    calendar::{Period, seconds_after},
    company::Company,
    money::{ratio, whole},
    terms::Tax,
};

pub(super) fn invoice(company: &Company, invoice: &Invoice) -> Value {
    joined([
        head(company, invoice),
        customer_fields(company, invoice),
        amounts(invoice),
        course(company, invoice),
        lines(company, invoice),
    ])
}

fn head(company: &Company, invoice: &Invoice) -> Value {
    json!({
        "id": invoice.id,
        "object": "invoice",
        "account_country": "US",
        "account_name": "Brightdesk",
        "account_tax_ids": null,
        "application": null,
        "billing_reason": invoice.reason,
        "collection_method": collection_method(invoice.collection),
        "confirmation_secret": null,
        "created": invoice.created.as_second(),
        "currency": invoice.currency.code(),
        "custom_fields": null,
        "description": null,
        "footer": null,
        "from_invoice": null,
        "issuer": { "type": "self" },
        "latest_revision": null,
        "livemode": false,
        "metadata": {},
        "number": invoice.number,
        "on_behalf_of": null,
        "parent": {
            "quote_details": null,
            "subscription_details": {
                "metadata": {},
                "subscription": company.subscriptions[invoice.subscription].id,
            },
            "type": "subscription_details",
        },
        "period_end": invoice.period.end.as_second(),
        "period_start": invoice.period.start.as_second(),
        "receipt_number": null,
        "rendering": null,
        "shipping_cost": null,
        "shipping_details": null,
        "statement_descriptor": null,
        "test_clock": null,
    })
}

fn customer_fields(company: &Company, invoice: &Invoice) -> Value {
    let customer = &company.customers[invoice.customer];
    json!({
        "customer": customer.id,
        "customer_account": null,
        "customer_address": address(customer),
        "customer_email": customer.person.email,
        "customer_name": customer.person.name,
        "customer_phone": null,
        "customer_shipping": null,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": null,
        "default_source": null,
        "payment_settings": {
            "default_mandate": null,
            "payment_method_options": null,
            "payment_method_types": null,
        },
    })
}

fn amounts(invoice: &Invoice) -> Value {
    let before_tax = invoice.total_excluding_tax_minor();
    json!({
        "amount_due": invoice.amount_due_minor(),
        "amount_overpaid": 0,
        "amount_paid": invoice.amount_paid_minor,
        "amount_paid_off_stripe": 0,
        "amount_remaining": invoice.amount_remaining_minor(),
        "amount_shipping": 0,
        "ending_balance": invoice.ending_balance_minor,
        "post_payment_credit_notes_amount": invoice.credited_after_payment_minor,
        "pre_payment_credit_notes_amount": invoice.credited_before_payment_minor,
        "starting_balance": invoice.starting_balance_minor,
        "subtotal": invoice.subtotal_minor(),
        "subtotal_excluding_tax": subtotal_excluding_tax(invoice),
        "total": invoice.total_minor(),
        "total_discount_amounts": total_discounts(invoice),
        "total_excluding_tax": before_tax,
        "total_pretax_credit_amounts": [],
        "total_taxes": taxes(invoice.tax.as_deref(), invoice.tax_minor(), before_tax),
    })
}

/// How far the invoice has come.
fn course(company: &Company, invoice: &Invoice) -> Value {
    let payment = invoice.payment.as_ref();
    let attempts = payment.map_or(0, |payment| payment.attempts.len());
    let page = invoice.finalized.map(|_| {
        format!(
            "https://invoice.stripe.com/i/{}/{}",
            company.account_id, invoice.id
        )
    });
    let is_draft = invoice.status == InvoiceStatus::Draft;
    let finalizes =
        (is_draft && invoice.auto_advance).then(|| seconds_after(invoice.created, 3600));
    json!({
        "attempt_count": attempts,
        "attempted": attempts > 0,
        "auto_advance": invoice.auto_advance && (is_draft || invoice.status == InvoiceStatus::Open),
        "automatic_tax": {
            "disabled_reason": null,
            "enabled": false,
            "liability": null,
            "provider": null,
            "status": null,
        },
        "automatically_finalizes_at": seconds(finalizes),
        "due_date": seconds(invoice.due),
        "effective_at": seconds(invoice.finalized),
        "hosted_invoice_url": page,
        "invoice_pdf": page.as_ref().map(|page| format!("{page}/pdf")),
        "last_finalization_error": null,
        "next_payment_attempt": seconds(invoice.next_attempt),
        "status": invoice.status.as_str(),
        "status_transitions": {
            "finalized_at": seconds(invoice.finalized),
            "marked_uncollectible_at": seconds(invoice.given_up),
            "paid_at": seconds(invoice.paid),
            "voided_at": seconds(invoice.voided),
        },
        "webhooks_delivered_at": seconds(invoice.finalized),
    })
}

fn lines(company: &Company, invoice: &Invoice) -> Value {
    let subscription = &company.subscriptions[invoice.subscription];
    let url = format!("/v1/invoices/{}/lines", invoice.id);
    let rows = invoice
        .lines
        .iter()
        .map(|line| line_item(line, invoice, &subscription.id))
        .collect();
    let rates: Vec<Value> = invoice.tax.iter().map(|tax| tax_rate(tax)).collect();
    let mut written = json!({ "default_tax_rates": rates, "discounts": invoice.discounts });
    put(&mut written, "lines", list(&url, rows));
    written
}

fn line_item(line: &Line, invoice: &Invoice, subscription_id: &str) -> Value {
    let discounts: Vec<Value> = line
        .discounts
        .iter()
        .map(|off| json!({ "amount": off.amount_minor, "discount": off.id }))
        .collect();
    let own: Vec<&str> = line
        .discounts
        .iter()
        .filter(|off| off.on_item)
        .map(|off| off.id.as_str())
        .collect();
    let without_tax = match &invoice.tax {
        Some(tax) if tax.inclusive => line.net_minor() - line.tax_minor,
        _ => line.net_minor(),
    };
    let mut written = json!({
        "id": line.id,
        "object": "line_item",
        "amount": line.amount_minor,
        "currency": invoice.currency.code(),
        "description": line.description,
        "discountable": matches!(line.origin, Origin::Cycle { .. }),
        "discounts": own,
        "invoice": invoice.id,
        "livemode": false,
        "metadata": {},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": { "price": line.price_id, "product": line.product_id },
            "type": "price_details",
            "unit_amount_decimal": decimal(line.unit),
        },
        "quantity": line.quantity,
        "quantity_decimal": line.quantity.to_string(),
        "subscription": subscription_id,
        "subtotal": line.amount_minor,
    });
    let tax = taxes(invoice.tax.as_deref(), line.tax_minor, without_tax);
    put(&mut written, "discount_amounts", Value::Array(discounts));
    put(
        &mut written,
        "parent",
        line_parent(&line.origin, subscription_id),
    );
    put(&mut written, "period", period(line.period));
    put(&mut written, "taxes", tax);
    written
}

fn line_parent(origin: &Origin, subscription_id: &str) -> Value {
    let of_item = |item: &str, invoice_item: Option<&str>| {
        json!({
            "invoice_item_details": null,
            "subscription_item_details": {
                "invoice_item": invoice_item,
                "proration": invoice_item.is_some(),
                "proration_details": { "credited_items": null },
                "subscription": subscription_id,
                "subscription_item": item,
            },
            "type": "subscription_item_details",
        })
    };
    match origin {
        Origin::Cycle { item } => of_item(item, None),
        Origin::Proration { item, invoice_item } => of_item(item, Some(invoice_item)),
        Origin::Single { invoice_item } => json!({
            "invoice_item_details": {
                "invoice_item": invoice_item,
                "proration": false,
                "proration_details": { "credited_items": null },
                "subscription": subscription_id,
            },
            "subscription_item_details": null,
            "type": "invoice_item_details",
        }),
    }
}

fn period(period: Period) -> Value {
    json!({ "end": period.end.as_second(), "start": period.start.as_second() })
}

pub(super) fn taxes(tax: Option<&Tax>, amount_minor: i64, taxable_minor: i64) -> Value {
    let Some(tax) = tax else {
        return json!([]);
    };
    json!([{
        "amount": amount_minor,
        "tax_behavior": if tax.inclusive { "inclusive" } else { "exclusive" },
        "tax_rate_details": { "tax_rate": tax.id },
        "taxability_reason": "standard_rated",
        "taxable_amount": taxable_minor,
        "type": "tax_rate_details",
    }])
}

/// Stripe's figure before discounts: tax within the lines is taken out of their undiscounted amounts.
fn subtotal_excluding_tax(invoice: &Invoice) -> i64 {
    let subtotal = invoice.subtotal_minor();
    match &invoice.tax {
        Some(tax) if tax.inclusive => {
            let share = ratio(100, 100 + tax.percent);
            invoice.currency.chargeable(whole(subtotal) * share)
        }
        _ => subtotal,
    }
}

fn total_discounts(invoice: &Invoice) -> Vec<Value> {
    let mut totals: BTreeMap<&str, i64> = BTreeMap::new();
    for off in invoice.lines.iter().flat_map(|line| &line.discounts) {
        *totals.entry(&off.id).or_default() += off.amount_minor;
    }
    totals
        .into_iter()
        .map(|(discount, amount)| json!({ "amount": amount, "discount": discount }))
        .collect()
}

pub(super) fn invoice_item(company: &Company, item: &InvoiceItem) -> Value {
    let subscription = item.subscription.map(|no| &company.subscriptions[no]);
    let currency = subscription.map_or(company.customers[item.customer].currency, |one| {
        one.currency
    });
    let parent = subscription.map(|subscription| {
        json!({
            "subscription_details": {
                "subscription": subscription.id,
                "subscription_item": item.prorates,
            },
            "type": "subscription_details",
        })
    });
    json!({
        "id": item.id,
        "object": "invoiceitem",
        "amount": item.amount_minor,
        "currency": currency.code(),
        "customer": company.customers[item.customer].id,
        "customer_account": null,
        "date": item.created.as_second(),
        "description": item.description,
        "discountable": false,
        "discounts": [],
        "invoice": item.invoice.map(|no| &company.invoices[no].id),
        "livemode": false,
        "metadata": {},
        "net_amount": item.amount_minor,
        "parent": parent,
        "period": period(item.period),
        "pricing": {
            "price_details": { "price": item.price_id, "product": item.product_id },
            "type": "price_details",
            "unit_amount_decimal": decimal(item.unit),
        },
        "proration": item.prorates.is_some(),
        "proration_details": null,
        "quantity": item.quantity,
        "quantity_decimal": item.quantity.to_string(),
        "tax_rates": [],
        "test_clock": null,
    })
}
