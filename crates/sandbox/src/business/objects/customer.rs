//! Customers, their cards and discounts.

use serde_json::{Value, json};

use super::seconds;
use crate::business::{
    account::{Customer, Discount, Subscription},
    terms::Level,
};

pub(super) fn customer(customer: &Customer) -> Value {
    if customer.deleted {
        return json!({ "id": customer.id, "object": "customer", "deleted": true });
    }
    let discount = customer
        .discount
        .as_ref()
        .filter(|discount| discount.listed)
        .map(|one| discount(one, customer, None));
    let company = customer.person.company.as_deref();
    json!({
        "id": customer.id,
        "object": "customer",
        "address": address(customer),
        "balance": customer.balance_minor,
        "created": customer.created.as_second(),
        "currency": customer.currency.code(),
        "customer_account": null,
        "default_source": null,
        "delinquent": customer.delinquent,
        "description": company,
        "discount": discount,
        "email": customer.person.email,
        "invoice_prefix": customer.prefix,
        "invoice_settings": {
            "custom_fields": null,
            "default_payment_method": customer.card.id,
            "footer": null,
            "rendering_options": null,
        },
        "livemode": false,
        "metadata": {},
        "name": customer.person.name,
        "next_invoice_sequence": customer.invoices_numbered + 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    })
}

/// The customer's address; this business asks for the country alone.
pub(super) fn address(customer: &Customer) -> Value {
    json!({
        "city": null,
        "country": customer.country,
        "line1": null,
        "line2": null,
        "postal_code": null,
        "state": null,
    })
}

pub(super) fn billing_details(customer: &Customer) -> Value {
    json!({
        "address": address(customer),
        "email": customer.person.email,
        "name": customer.person.name,
        "phone": null,
        "tax_id": null,
    })
}

pub(super) fn card(customer: &Customer) -> Value {
    let card = &customer.card;
    json!({
        "id": card.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(customer),
        "card": {
            "brand": card.brand,
            "checks": {
                "address_line1_check": null,
                "address_postal_code_check": null,
                "cvc_check": "pass",
            },
            "country": customer.country,
            "display_brand": card.brand,
            "exp_month": card.expires_month,
            "exp_year": card.expires_year,
            "fingerprint": card.fingerprint,
            "funding": "credit",
            "generated_from": null,
            "last4": card.last4,
            "networks": { "available": [card.brand], "preferred": null },
            "regulated_status": "unregulated",
            "three_d_secure_usage": { "supported": true },
            "wallet": null,
        },
        "created": customer.created.as_second(),
        "customer": customer.id,
        "customer_account": null,
        "livemode": false,
        "metadata": {},
        "type": "card",
    })
}

/// A discount of a customer, or of one of its subscriptions.
pub(in crate::business) fn discount(
    discount: &Discount,
    customer: &Customer,
    subscription: Option<&Subscription>,
) -> Value {
    let item = match &discount.level {
        Level::Item(id) => Some(id),
        Level::Customer | Level::Subscription => None,
    };
    json!({
        "id": discount.id,
        "object": "discount",
        "checkout_session": null,
        "customer": customer.id,
        "customer_account": null,
        "end": seconds(discount.end),
        "invoice": null,
        "invoice_item": null,
        "promotion_code": null,
        "source": { "coupon": discount.coupon.id, "type": "coupon" },
        "start": discount.start.as_second(),
        "subscription": subscription.map(|subscription| &subscription.id),
        "subscription_item": item,
    })
}
