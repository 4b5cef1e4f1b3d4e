//! Objects have the fields Stripe always sends, and name only objects that exist.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{objects, played};

/// Every kind of object the business writes.
pub(super) const KINDS: [&str; 17] = [
    "account",
    "charge",
    "coupon",
    "credit_note",
    "customer",
    "discount",
    "invoice",
    "invoice_payment",
    "invoiceitem",
    "payment_intent",
    "payment_method",
    "price",
    "product",
    "refund",
    "subscription",
    "subscription_schedule",
    "tax_rate",
];

/// The fields that Stripe's published description of 2026-05-27.dahlia calls required.
const REQUIRED: [(&str, &str); 19] = [
    (
        "charge",
        "amount amount_captured amount_refunded billing_details captured created currency disputed id livemode metadata object paid refunded status",
    ),
    (
        "coupon",
        "created duration id livemode object times_redeemed valid",
    ),
    (
        "credit_note",
        "amount amount_shipping created currency customer discount_amount discount_amounts id invoice lines livemode number object pdf post_payment_amount pre_payment_amount pretax_credit_amounts refunds status subtotal total type",
    ),
    ("customer", "created id livemode object"),
    ("discount", "id object source start"),
    (
        "event",
        "created data id livemode object pending_webhooks type",
    ),
    (
        "invoice",
        "amount_due amount_overpaid amount_paid amount_paid_off_stripe amount_remaining amount_shipping attempt_count attempted auto_advance automatic_tax collection_method created currency customer default_tax_rates discounts id issuer lines livemode object payment_settings period_end period_start post_payment_credit_notes_amount pre_payment_credit_notes_amount starting_balance status_transitions subtotal total",
    ),
    (
        "invoice_payment",
        "amount_requested created currency id invoice is_default livemode object payment status status_transitions",
    ),
    (
        "invoiceitem",
        "amount currency customer date discountable id livemode object period proration quantity quantity_decimal",
    ),
    (
        "line_item",
        "amount currency discountable discounts id livemode metadata object period subtotal",
    ),
    ("payment_intent", "created id livemode object status"),
    (
        "payment_method",
        "billing_details created id livemode object type",
    ),
    (
        "price",
        "active billing_scheme created currency id livemode metadata object product type",
    ),
    (
        "product",
        "active created id images livemode marketing_features metadata name object updated",
    ),
    ("refund", "amount created currency id object"),
    (
        "subscription",
        "automatic_tax billing_cycle_anchor billing_mode billing_schedules cancel_at_period_end collection_method created currency customer discounts id invoice_settings items livemode metadata object start_date status",
    ),
    (
        "subscription_item",
        "created current_period_end current_period_start discounts id metadata object price subscription",
    ),
    (
        "subscription_schedule",
        "billing_mode created customer default_settings end_behavior id livemode object phases status",
    ),
    (
        "tax_rate",
        "active created display_name id inclusive livemode metadata object percentage",
    ),
];

/// Fields that Stripe sends as null rather than leave out, and that readers of these objects look at.
const NULLABLE: [(&str, &str); 6] = [
    (
        "charge",
        "customer description failure_code failure_message payment_intent payment_method payment_method_details refunds",
    ),
    (
        "customer",
        "address currency default_source delinquent description discount email name phone shipping test_clock",
    ),
    (
        "invoice",
        "account_country billing_reason due_date effective_at ending_balance next_payment_attempt number parent status subtotal_excluding_tax total_discount_amounts total_excluding_tax total_taxes",
    ),
    (
        "line_item",
        "description discount_amounts invoice parent pretax_credit_amounts pricing quantity subscription taxes",
    ),
    (
        "price",
        "custom_unit_amount lookup_key nickname recurring tax_behavior tiers_mode transform_quantity unit_amount unit_amount_decimal",
    ),
    (
        "subscription",
        "application cancel_at canceled_at cancellation_details days_until_due default_payment_method default_tax_rates ended_at latest_invoice pause_collection pending_update schedule test_clock trial_end trial_start",
    ),
];

#[test]
fn required_fields_are_there() {
    for seed in 0..4 {
        let business = played(seed);
        let data = business.data();
        let data = data.read().unwrap();
        for event in data.events() {
            check(event);
            check(&event["data"]["object"]);
        }
        for all in objects(&business).values() {
            all.iter().for_each(check);
        }
    }
}

/// Checks an object and every object within it.
fn check(value: &Value) {
    match value {
        Value::Object(fields) if fields.contains_key("deleted") => {}
        Value::Object(fields) => {
            let kind = fields.get("object").and_then(Value::as_str).unwrap_or("");
            let wanted = REQUIRED
                .iter()
                .chain(&NULLABLE)
                .filter(|(of, _)| *of == kind);
            for field in wanted.flat_map(|(_, names)| names.split(' ')) {
                assert!(fields.contains_key(field), "{kind} without {field}");
            }
            for field in required_of(kind) {
                assert!(!fields[field].is_null(), "{kind} with {field} null");
            }
            fields.values().for_each(check);
        }
        Value::Array(rows) => rows.iter().for_each(check),
        _ => {}
    }
}

fn required_of(kind: &str) -> impl Iterator<Item = &'static str> {
    let of = REQUIRED.iter().filter(move |(of, _)| *of == kind);
    of.flat_map(|(_, names)| names.split(' '))
}

/// Beginnings of ids whose objects are in the account. Subscription items, lines and events live inside others.
const PREFIXES: [&str; 17] = [
    "cus_",
    "sub_1",
    "sub_sched_",
    "in_1",
    "inpay_",
    "pi_1",
    "ch_1",
    "re_1",
    "cn_1",
    "pm_1",
    "price_1",
    "prod_",
    "di_1",
    "ii_1",
    "txr_1",
    "si_",
    "il_1",
];

#[test]
fn every_id_names_something() {
    for seed in 0..4 {
        let objects = objects(&played(seed));
        let mut known = BTreeSet::new();
        let mut named = BTreeSet::new();
        for one in objects.values().flatten() {
            collect(one, "", &mut known, &mut named);
        }
        let coupons: BTreeSet<&str> = objects["coupon"]
            .iter()
            .filter_map(|one| one["id"].as_str())
            .collect();
        for discount in &objects["discount"] {
            assert!(coupons.contains(discount["source"]["coupon"].as_str().unwrap()));
        }
        let unknown: Vec<&String> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "seed {seed}: {unknown:?}");
        assert!(named.len() > 100);
    }
}

fn collect(value: &Value, field: &str, known: &mut BTreeSet<String>, named: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if PREFIXES.iter().any(|prefix| text.starts_with(prefix)) => {
            let is_id = text
                .chars()
                .all(|one| one.is_ascii_alphanumeric() || one == '_');
            if field == "id" {
                known.insert(text.clone());
            } else if is_id && field != "client_secret" {
                named.insert(text.clone());
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                collect(value, field, known, named);
            }
        }
        Value::Array(rows) => rows
            .iter()
            .for_each(|row| collect(row, field, known, named)),
        _ => {}
    }
}
