//! Payment intents, charges, and the link between them and invoices.

use serde_json::{Value, json};

use super::{customer::billing_details, joined, list, put, seconds};
use crate::business::{
    account::{Invoice, Payment},
    company::Company,
};

pub(super) fn intent(company: &Company, invoice: &Invoice) -> Value {
    let Some(payment) = &invoice.payment else {
        return Value::Null;
    };
    let customer = &company.customers[invoice.customer];
    let last = payment.attempts.last();
    let is_paid = payment.paid_at().is_some();
    let error = last
        .filter(|last| !last.paid)
        .map(|last| declined(&last.charge_id));
    json!({
        "id": payment.intent_id,
        "object": "payment_intent",
        "amount": payment.amount_minor,
        "amount_capturable": 0,
        "amount_details": { "tip": {} },
        "amount_received": if is_paid { payment.amount_minor } else { 0 },
        "application": null,
        "application_fee_amount": null,
        "automatic_payment_methods": null,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": "automatic",
        "client_secret": format!("{}_secret_none", payment.intent_id),
        "confirmation_method": "automatic",
        "created": payment.created.as_second(),
        "currency": invoice.currency.code(),
        "customer": customer.id,
        "customer_account": null,
        "description": description(invoice),
        "excluded_payment_method_types": null,
        "last_payment_error": error,
        "latest_charge": last.map(|last| &last.charge_id),
        "livemode": false,
        "managed_payments": null,
        "metadata": {},
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": is_paid.then_some(&customer.card.id),
        "payment_method_configuration_details": null,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": null,
        "receipt_email": null,
        "review": null,
        "setup_future_usage": null,
        "shipping": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": if is_paid { "succeeded" } else { "requires_payment_method" },
        "transfer_data": null,
        "transfer_group": null,
    })
}

fn declined(charge_id: &str) -> Value {
    json!({
        "charge": charge_id,
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "message": "Your card has insufficient funds.",
        "type": "card_error",
    })
}

fn description(invoice: &Invoice) -> &'static str {
    if invoice.reason == "subscription_create" {
        "Subscription creation"
    } else {
        "Subscription update"
    }
}

pub(super) fn invoice_payment(invoice: &Invoice) -> Value {
    let Some(payment) = &invoice.payment else {
        return Value::Null;
    };
    let paid_at = payment.paid_at();
    json!({
        "id": payment.invoice_payment_id,
        "object": "invoice_payment",
        "amount_paid": paid_at.map(|_| payment.amount_minor),
        "amount_requested": payment.amount_minor,
        "created": payment.created.as_second(),
        "currency": invoice.currency.code(),
        "invoice": invoice.id,
        "is_default": true,
        "livemode": false,
        "payment": { "payment_intent": payment.intent_id, "type": "payment_intent" },
        "status": if paid_at.is_some() { "paid" } else { "open" },
        "status_transitions": { "canceled_at": null, "paid_at": seconds(paid_at) },
    })
}

pub(super) fn charge(company: &Company, invoice: &Invoice, attempt: usize) -> Value {
    let Some((payment, attempt)) = invoice
        .payment
        .as_ref()
        .and_then(|payment| Some((payment, payment.attempts.get(attempt)?)))
    else {
        return Value::Null;
    };
    let customer = &company.customers[invoice.customer];
    let refunded: i64 = if attempt.paid {
        invoice
            .refunds
            .iter()
            .map(|&no| company.refunds[no].amount_minor)
            .sum()
    } else {
        0
    };
    let (id, paid) = (&attempt.charge_id, attempt.paid);
    let mut course = json!({
        "amount": payment.amount_minor,
        "amount_captured": if paid { payment.amount_minor } else { 0 },
        "amount_refunded": refunded,
        "captured": paid,
        "failure_balance_transaction": null,
        "failure_code": (!paid).then_some("card_declined"),
        "failure_message": (!paid).then_some("Your card has insufficient funds."),
        "paid": paid,
        "receipt_url": paid.then(|| format!("https://pay.stripe.com/receipts/{id}")),
        "refunded": paid && refunded == payment.amount_minor,
        "status": if paid { "succeeded" } else { "failed" },
    });
    put(&mut course, "outcome", outcome(paid));
    put(&mut course, "refunds", refunds(company, invoice, paid, id));
    let mut head = json!({
        "id": id,
        "object": "charge",
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": null,
        "calculated_statement_descriptor": "BRIGHTDESK",
        "created": attempt.at.as_second(),
        "currency": invoice.currency.code(),
        "customer": customer.id,
        "description": description(invoice),
        "disputed": false,
        "fraud_details": {},
        "livemode": false,
        "metadata": {},
        "on_behalf_of": null,
        "payment_intent": payment.intent_id,
        "payment_method": customer.card.id,
        "receipt_email": null,
        "receipt_number": null,
        "review": null,
        "shipping": null,
        "source_transfer": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "transfer_data": null,
        "transfer_group": null,
    });
    let method = method_details(company, invoice, payment);
    put(&mut head, "billing_details", billing_details(customer));
    put(&mut head, "payment_method_details", method);
    joined([head, course])
}

fn refunds(company: &Company, invoice: &Invoice, paid: bool, charge_id: &str) -> Value {
    let rows = invoice
        .refunds
        .iter()
        .filter(|_| paid)
        .map(|&no| super::credit::refund(company, &company.refunds[no]))
        .collect();
    list(&format!("/v1/charges/{charge_id}/refunds"), rows)
}

fn outcome(paid: bool) -> Value {
    json!({
        "advice_code": null,
        "network_advice_code": null,
        "network_decline_code": null,
        "network_status": if paid { "approved_by_network" } else { "declined_by_network" },
        "reason": (!paid).then_some("insufficient_funds"),
        "risk_level": "normal",
        "seller_message": if paid { "Payment complete." } else { "The bank returned the decline code `insufficient_funds`." },
        "type": if paid { "authorized" } else { "issuer_declined" },
    })
}

fn method_details(company: &Company, invoice: &Invoice, payment: &Payment) -> Value {
    let customer = &company.customers[invoice.customer];
    let card = &customer.card;
    json!({
        "card": {
            "amount_authorized": payment.amount_minor,
            "authorization_code": null,
            "brand": card.brand,
            "checks": {
                "address_line1_check": null,
                "address_postal_code_check": null,
                "cvc_check": null,
            },
            "country": customer.country,
            "exp_month": card.expires_month,
            "exp_year": card.expires_year,
            "fingerprint": card.fingerprint,
            "funding": "credit",
            "installments": null,
            "last4": card.last4,
            "mandate": null,
            "network": card.brand,
            "three_d_secure": null,
            "wallet": null,
        },
        "type": "card",
    })
}

/// The successful charge of an invoice.
pub(super) fn successful_charge(invoice: &Invoice) -> Option<&str> {
    let payment = invoice.payment.as_ref()?;
    let paid = payment.attempts.iter().find(|attempt| attempt.paid)?;
    Some(paid.charge_id.as_str())
}
