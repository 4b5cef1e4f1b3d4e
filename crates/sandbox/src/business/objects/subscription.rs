//! Subscriptions, their items and schedules.

use serde_json::{Map, Value, json};

use super::{
    catalog::{price, tax_rate},
    joined, list, put, seconds,
};
use crate::business::{
    account::{Collection, Discount, Item, Schedule, Status, Subscription, TrialEnd},
    calendar::Period,
    company::Company,
    terms::Level,
};

pub(super) fn subscription(company: &Company, subscription: &Subscription) -> Value {
    joined([
        head(company, subscription),
        billing(subscription),
        course(subscription),
        items(subscription),
    ])
}

fn head(company: &Company, subscription: &Subscription) -> Value {
    let customer = &company.customers[subscription.customer];
    json!({
        "id": subscription.id,
        "object": "subscription",
        "application": null,
        "application_fee_percent": null,
        "created": subscription.created.as_second(),
        "currency": subscription.currency.code(),
        "customer": customer.id,
        "customer_account": null,
        "default_payment_method": null,
        "default_source": null,
        "description": null,
        "discounts": discount_ids(subscription, &Level::Subscription),
        "latest_invoice": subscription.latest_invoice.map(|no| &company.invoices[no].id),
        "livemode": false,
        "managed_payments": null,
        "metadata": {},
        "on_behalf_of": null,
        "schedule": subscription.schedule.map(|no| &company.schedules[no].id),
        "start_date": subscription.created.as_second(),
        "test_clock": null,
        "transfer_data": null,
    })
}

fn billing(subscription: &Subscription) -> Value {
    let days_until_due = match subscription.collection {
        Collection::SendInvoice { days_until_due } => Some(days_until_due),
        Collection::ChargeCard => None,
    };
    let rates: Vec<Value> = subscription.tax.iter().map(|tax| tax_rate(tax)).collect();
    json!({
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
        "billing_cycle_anchor": subscription.anchor.as_second(),
        "billing_cycle_anchor_config": null,
        "billing_mode": { "flexible": null, "type": "classic" },
        "billing_schedules": [],
        "billing_thresholds": null,
        "collection_method": collection_method(subscription.collection),
        "days_until_due": days_until_due,
        "default_tax_rates": rates,
        "invoice_settings": { "account_tax_ids": null, "issuer": { "type": "self" } },
        "next_pending_invoice_item_invoice": null,
        "payment_settings": {
            "payment_method_options": null,
            "payment_method_types": null,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": null,
        "pending_setup_intent": null,
        "pending_update": null,
    })
}

/// How far the subscription has come, and when it ends.
fn course(subscription: &Subscription) -> Value {
    let pause = subscription.pause.map(|pause| {
        json!({
            "behavior": pause.behavior.as_str(),
            "resumes_at": seconds(pause.resumes_at),
        })
    });
    let requested = subscription.cancel_requested;
    // Both stay as they were after the end has come.
    let scheduled_end = requested.map(|_| subscription.period.end);
    let ended_at_once = subscription
        .ended
        .filter(|_| subscription.status == Status::Canceled);
    let trial = subscription.trial.map(|trial| trial.period);
    let without_card = subscription.trial.and_then(|trial| trial.without_card);
    let missing_card = match without_card {
        Some(TrialEnd::Cancel) => "cancel",
        Some(TrialEnd::Pause) => "pause",
        None => "create_invoice",
    };
    json!({
        "cancel_at": seconds(scheduled_end),
        "cancel_at_period_end": scheduled_end.is_some(),
        "canceled_at": seconds(requested.or(ended_at_once)),
        "cancellation_details": {
            "comment": null,
            "feedback": null,
            "reason": end_reason(subscription),
        },
        "ended_at": seconds(subscription.ended),
        "pause_collection": pause,
        "status": subscription.status.as_str(),
        "trial_end": seconds(trial.map(|trial| trial.end)),
        "trial_settings": { "end_behavior": { "missing_payment_method": missing_card } },
        "trial_start": seconds(trial.map(|trial| trial.start)),
    })
}

pub(super) const fn collection_method(collection: Collection) -> &'static str {
    match collection {
        Collection::ChargeCard => "charge_automatically",
        Collection::SendInvoice { .. } => "send_invoice",
    }
}

fn end_reason(subscription: &Subscription) -> Option<&'static str> {
    let asked_for = subscription
        .cancel_requested
        .map(|_| "cancellation_requested");
    subscription.end_reason.or(asked_for)
}

fn items(subscription: &Subscription) -> Value {
    let url = format!("/v1/subscription_items?subscription={}", subscription.id);
    let rows = subscription
        .items
        .iter()
        .map(|item| subscription_item(subscription, item))
        .collect();
    let mut written = Map::new();
    written.insert("items".to_owned(), list(&url, rows));
    Value::Object(written)
}

fn subscription_item(subscription: &Subscription, item: &Item) -> Value {
    let mut written = json!({
        "id": item.id,
        "object": "subscription_item",
        "billed_until": subscription.period.end.as_second(),
        "billing_thresholds": null,
        "created": item.created.as_second(),
        "current_period_end": subscription.period.end.as_second(),
        "current_period_start": subscription.period.start.as_second(),
        "discounts": discount_ids(subscription, &Level::Item(item.id.clone())),
        "metadata": {},
        "subscription": subscription.id,
        "tax_rates": [],
    });
    put(&mut written, "price", price(&item.price));
    // Stripe leaves the quantity of metered items out.
    if !item.price.is_metered() {
        put(&mut written, "quantity", item.quantity.into());
    }
    written
}

fn discount_ids(subscription: &Subscription, level: &Level) -> Vec<String> {
    let hangs_here = |discount: &&Discount| discount.listed && discount.level == *level;
    subscription
        .discounts
        .iter()
        .filter(hangs_here)
        .map(|discount| discount.id.clone())
        .collect()
}

pub(super) fn schedule(company: &Company, schedule: &Schedule) -> Value {
    let subscription = &company.subscriptions[schedule.subscription];
    let customer = &company.customers[subscription.customer];
    let running = if schedule.turned {
        schedule.second
    } else {
        schedule.first
    };
    let is_released = schedule.released.is_some();
    let current = (!is_released).then(|| {
        json!({
            "end_date": running.end.as_second(),
            "start_date": running.start.as_second(),
        })
    });
    let (first_price, quantity) = &schedule.first_plan;
    let phase = |period: Period, price_id: &str| {
        json!({
            "add_invoice_items": [],
            "application_fee_percent": null,
            "billing_cycle_anchor": null,
            "billing_thresholds": null,
            "collection_method": null,
            "currency": subscription.currency.code(),
            "default_payment_method": null,
            "default_tax_rates": [],
            "description": null,
            "discounts": [],
            "end_date": period.end.as_second(),
            "invoice_settings": null,
            "items": [{
                "billing_thresholds": null,
                "discounts": [],
                "metadata": {},
                "price": price_id,
                "quantity": quantity,
                "tax_rates": [],
            }],
            "metadata": {},
            "on_behalf_of": null,
            "proration_behavior": "none",
            "start_date": period.start.as_second(),
            "transfer_data": null,
            "trial_end": null,
        })
    };
    json!({
        "id": schedule.id,
        "object": "subscription_schedule",
        "application": null,
        "billing_mode": { "flexible": null, "type": "classic" },
        "canceled_at": null,
        "completed_at": null,
        "created": schedule.created.as_second(),
        "current_phase": current,
        "customer": customer.id,
        "customer_account": null,
        "default_settings": {
            "application_fee_percent": null,
            "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
            "billing_cycle_anchor": "automatic",
            "billing_thresholds": null,
            "collection_method": "charge_automatically",
            "default_payment_method": null,
            "description": null,
            "invoice_settings": {
                "account_tax_ids": null,
                "days_until_due": null,
                "issuer": { "type": "self" },
            },
            "on_behalf_of": null,
            "transfer_data": null,
        },
        "end_behavior": "release",
        "livemode": false,
        "metadata": {},
        "phases": [
            phase(schedule.first, &first_price.id),
            phase(schedule.second, &schedule.second_price.id),
        ],
        "released_at": seconds(schedule.released),
        "released_subscription": is_released.then_some(&subscription.id),
        "status": if is_released { "released" } else { "active" },
        "subscription": (!is_released).then_some(&subscription.id),
        "test_clock": null,
    })
}
