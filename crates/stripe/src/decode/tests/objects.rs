//! Realistic objects in both API shapes.

use serde_json::{Value, json};

/// 2026-01-01T00:00:00Z.
pub(super) const JANUARY: i64 = 1_767_225_600;
/// 2026-02-01T00:00:00Z.
pub(super) const FEBRUARY: i64 = 1_769_904_000;

pub(super) fn seat_price() -> Value {
    json!({
        "id": "price_seat", "object": "price", "active": true, "billing_scheme": "per_unit", "created": JANUARY,
        "currency": "usd", "custom_unit_amount": null, "livemode": false, "lookup_key": null, "metadata": {},
        "nickname": "Seat", "product": "prod_app",
        "recurring": {"interval": "month", "interval_count": 1, "meter": null, "trial_period_days": null,
                      "usage_type": "licensed"},
        "tax_behavior": "exclusive", "tiers_mode": null, "transform_quantity": null, "type": "recurring",
        "unit_amount": 1250, "unit_amount_decimal": "1250"
    })
}

pub(super) fn tiered_price() -> Value {
    json!({
        "id": "price_tiers", "object": "price", "billing_scheme": "tiered", "currency": "eur", "product": "prod_api",
        "recurring": {"interval": "year", "interval_count": 1, "usage_type": "licensed"}, "tiers_mode": "graduated",
        "tiers": [
            {"flat_amount": 500, "flat_amount_decimal": "500", "unit_amount": null, "unit_amount_decimal": "0.5",
             "up_to": 10},
            {"flat_amount": null, "flat_amount_decimal": null, "unit_amount": 0, "unit_amount_decimal": "0.25",
             "up_to": null}
        ],
        "currency_options": {
            "eur": {"tiers": [{"flat_amount": 500, "unit_amount_decimal": "0.5", "up_to": null}]},
            "jpy": {"tiers": [{"unit_amount": 70, "unit_amount_decimal": "70", "up_to": null}]}
        },
        "transform_quantity": {"divide_by": 5, "round": "up"}, "tax_behavior": "inclusive",
        "unit_amount": null, "unit_amount_decimal": null
    })
}

pub(super) fn coupon() -> Value {
    json!({
        "id": "SPRING", "object": "coupon", "amount_off": null, "created": JANUARY, "currency": null,
        "duration": "repeating", "duration_in_months": 3, "livemode": false, "metadata": {}, "name": "Spring",
        "percent_off": 12.5, "times_redeemed": 1, "valid": true, "applies_to": {"products": ["prod_app"]}
    })
}

/// The shape since clover: period on the item, coupon under the discount's source.
pub(super) fn subscription() -> Value {
    json!({
        "id": "sub_1", "object": "subscription", "billing_cycle_anchor": JANUARY, "cancel_at": null,
        "cancel_at_period_end": false, "canceled_at": null, "collection_method": "charge_automatically",
        "created": JANUARY, "currency": "usd", "customer": "cus_1",
        "default_tax_rates": [{"id": "txr_1", "object": "tax_rate", "inclusive": true, "percentage": 19.0}],
        "discounts": [{"id": "di_1", "object": "discount", "start": JANUARY, "end": null,
                       "source": {"type": "coupon", "coupon": coupon()}}, "di_2"],
        "ended_at": null, "latest_invoice": "in_1", "livemode": false, "metadata": {},
        "items": {"object": "list", "has_more": false, "url": "/v1/subscription_items?subscription=sub_1", "data": [{
            "id": "si_1", "object": "subscription_item", "created": JANUARY, "current_period_start": JANUARY,
            "current_period_end": FEBRUARY, "discounts": [], "metadata": {}, "price": seat_price(), "quantity": 3,
            "subscription": "sub_1", "tax_rates": []
        }]},
        "pause_collection": {"behavior": "void", "resumes_at": FEBRUARY}, "schedule": null, "start_date": JANUARY,
        "status": "past_due", "trial_end": null, "trial_start": null
    })
}

/// The shape before basil: period on the subscription, a plan on the item, one discount with its coupon.
pub(super) fn old_subscription() -> Value {
    json!({
        "id": "sub_1", "object": "subscription", "cancel_at_period_end": true, "canceled_at": JANUARY,
        "created": JANUARY, "currency": "usd", "current_period_start": JANUARY, "current_period_end": FEBRUARY,
        "customer": {"id": "cus_1", "object": "customer"},
        "discount": {"id": "di_1", "object": "discount", "coupon": coupon(), "start": JANUARY, "end": FEBRUARY},
        "items": {"object": "list", "has_more": false, "data": [{
            "id": "si_1", "object": "subscription_item", "quantity": 3,
            "plan": {"id": "plan_seat", "object": "plan", "amount": 1250, "amount_decimal": "1250.5",
                     "billing_scheme": "per_unit", "currency": "usd", "interval": "month", "interval_count": 3,
                     "product": "prod_app", "usage_type": "metered",
                     "transform_usage": {"divide_by": 10, "round": "down"}}
        }]},
        "start_date": JANUARY, "status": "active", "trial_start": JANUARY, "trial_end": FEBRUARY
    })
}

fn line() -> Value {
    json!({
        "id": "il_1", "object": "line_item", "amount": 3750, "currency": "usd", "description": "3 × Seat",
        "discount_amounts": [{"amount": 469, "discount": "di_1"}], "discountable": true, "discounts": [],
        "invoice": "in_1", "livemode": false, "metadata": {},
        "parent": {"type": "subscription_item_details", "invoice_item_details": null,
                   "subscription_item_details": {"invoice_item": null, "proration": false,
                       "proration_details": {"credited_items": null}, "subscription": "sub_1",
                       "subscription_item": "si_1"}},
        "period": {"start": JANUARY, "end": FEBRUARY},
        "pricing": {"type": "price_details", "unit_amount_decimal": "1250",
                    "price_details": {"price": "price_seat", "product": "prod_app"}},
        "quantity": 3, "subscription": "sub_1", "subtotal": 3750,
        "taxes": [{"amount": 524, "tax_behavior": "inclusive", "taxable_amount": 2757, "type": "tax_rate_details",
                   "taxability_reason": "standard_rated", "tax_rate_details": {"tax_rate": "txr_1"}},
                  {"amount": 99, "tax_behavior": "exclusive", "taxable_amount": 2757, "type": "tax_rate_details"}]
    })
}

pub(super) fn invoice() -> Value {
    json!({
        "id": "in_1", "object": "invoice", "billing_reason": "subscription_cycle", "created": JANUARY,
        "currency": "usd", "customer": "cus_1", "status": "paid",
        "status_transitions": {"finalized_at": JANUARY, "paid_at": FEBRUARY, "voided_at": null,
                               "marked_uncollectible_at": null},
        "parent": {"type": "subscription_details", "quote_details": null,
                   "subscription_details": {"subscription": "sub_1", "metadata": {}}},
        "lines": {"object": "list", "has_more": false, "url": "/v1/invoices/in_1/lines", "data": [line()]}
    })
}

pub(super) fn old_invoice() -> Value {
    json!({
        "id": "in_1", "object": "invoice", "created": JANUARY, "currency": "usd", "customer": "cus_1",
        "status": "paid", "paid": true, "subscription": "sub_1",
        "status_transitions": {"finalized_at": JANUARY, "paid_at": FEBRUARY},
        "lines": {"object": "list", "has_more": false, "data": [{
            "id": "il_1", "object": "line_item", "amount": 3750, "currency": "usd", "type": "subscription",
            "discount_amounts": [{"amount": 469, "discount": "di_1"}], "period": {"start": JANUARY, "end": FEBRUARY},
            "price": seat_price(), "plan": {"id": "price_seat", "object": "plan", "amount": 1250}, "proration": false,
            "quantity": 3, "subscription": "sub_1", "subscription_item": "si_1",
            "tax_amounts": [{"amount": 524, "inclusive": true, "tax_rate": "txr_1"},
                            {"amount": 99, "inclusive": false, "tax_rate": "txr_2"}]
        }]}
    })
}

pub(super) fn updated_event() -> Value {
    json!({
        "id": "evt_1", "object": "event", "api_version": "2026-05-27.dahlia", "created": FEBRUARY,
        "type": "customer.subscription.updated", "livemode": false,
        "data": {
            "object": subscription(),
            "previous_attributes": {
                "status": "active",
                "pause_collection": null,
                "items": {"object": "list", "has_more": false, "data": [{
                    "id": "si_1", "object": "subscription_item", "price": seat_price(), "quantity": 1
                }]}
            }
        }
    })
}
