//! Products, prices, coupons and tax rates.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{decimal, whole_minor};
use crate::business::{
    catalog::{Catalog, SetupFee},
    money::whole,
    terms::{Coupon, Duration, Off, Price, Pricing, Product, Tax, Tier},
};

/// The whole catalog with the event that told of each object, where Stripe has one.
pub(in crate::business) fn catalog(catalog: &Catalog) -> Vec<(Option<&'static str>, Value)> {
    let mut objects = Vec::new();
    for one in &catalog.products {
        objects.push((Some("product.created"), product(one, catalog.opened)));
    }
    for one in catalog.prices() {
        objects.push((Some("price.created"), price(one)));
    }
    for one in &catalog.setup_fees {
        objects.push((
            Some("price.created"),
            setup_price(one, &catalog.setup_product.id),
        ));
    }
    for one in &catalog.coupons {
        objects.push((Some("coupon.created"), coupon(one)));
    }
    for one in &catalog.taxes {
        objects.push((None, tax_rate(one)));
    }
    objects
}

fn product(product: &Product, created: Timestamp) -> Value {
    json!({
        "id": product.id,
        "object": "product",
        "active": true,
        "created": created.as_second(),
        "default_price": null,
        "description": null,
        "images": [],
        "livemode": false,
        "marketing_features": [],
        "metadata": {},
        "name": product.name,
        "package_dimensions": null,
        "shippable": null,
        "statement_descriptor": null,
        "tax_code": null,
        "type": "service",
        "unit_label": product.unit_label,
        "updated": created.as_second(),
        "url": null,
    })
}

pub(super) fn price(price: &Price) -> Value {
    let (cadence, own) = (price.cadence, price.pricing(price.currency()));
    let mut written = json!({
        "id": price.id,
        "object": "price",
        "active": true,
        "billing_scheme": "per_unit",
        "created": price.created.as_second(),
        "currency": price.currency().code(),
        "custom_unit_amount": null,
        "livemode": false,
        "lookup_key": price.lookup_key,
        "metadata": {},
        "nickname": price.nickname,
        "product": price.product.id,
        "recurring": {
            "interval": cadence.interval.as_str(),
            "interval_count": cadence.count,
            "meter": price.meter,
            "trial_period_days": null,
            "usage_type": if price.is_metered() { "metered" } else { "licensed" },
        },
        "tax_behavior": "unspecified",
        "tiers_mode": null,
        "transform_quantity": null,
        "type": "recurring",
        "unit_amount": null,
        "unit_amount_decimal": null,
    });
    if let (Some(fields), Some(own)) = (written.as_object_mut(), own) {
        write_pricing(fields, own);
        if price.pricings.len() > 1 {
            let mut options = Map::new();
            for (currency, pricing) in &price.pricings {
                let mut option = Map::new();
                option.insert("custom_unit_amount".to_owned(), Value::Null);
                option.insert("tax_behavior".to_owned(), "unspecified".into());
                write_amount(&mut option, pricing);
                options.insert(currency.code().to_owned(), Value::Object(option));
            }
            fields.insert("currency_options".to_owned(), Value::Object(options));
        }
    }
    written
}

fn write_pricing(fields: &mut Map<String, Value>, pricing: &Pricing) {
    let mode = match pricing {
        Pricing::Graduated(_) => Some("graduated"),
        Pricing::Volume(_) => Some("volume"),
        _ => None,
    };
    if let Some(mode) = mode {
        fields.insert("billing_scheme".to_owned(), "tiered".into());
        fields.insert("tiers_mode".to_owned(), mode.into());
    }
    if let Pricing::Package { size, .. } = pricing {
        let packages = json!({ "divide_by": size, "round": "up" });
        fields.insert("transform_quantity".to_owned(), packages);
    }
    write_amount(fields, pricing);
}

fn write_amount(fields: &mut Map<String, Value>, pricing: &Pricing) {
    let unit = match pricing {
        Pricing::PerUnit(unit) | Pricing::Metered(unit) => *unit,
        Pricing::Package { package_minor, .. } => whole(*package_minor),
        Pricing::Graduated(tiers) | Pricing::Volume(tiers) => {
            let tiers = tiers.iter().map(tier).collect();
            fields.insert("tiers".to_owned(), tiers);
            return;
        }
    };
    fields.insert("unit_amount".to_owned(), whole_minor(unit));
    fields.insert("unit_amount_decimal".to_owned(), decimal(unit).into());
}

fn tier(tier: &Tier) -> Value {
    let flat = (tier.flat_minor != 0).then_some(tier.flat_minor);
    json!({
        "flat_amount": flat,
        "flat_amount_decimal": flat.map(|flat| flat.to_string()),
        "unit_amount": tier.unit_minor,
        "unit_amount_decimal": tier.unit_minor.to_string(),
        "up_to": tier.up_to,
    })
}

fn setup_price(fee: &SetupFee, product_id: &str) -> Value {
    json!({
        "id": fee.price_id,
        "object": "price",
        "active": true,
        "billing_scheme": "per_unit",
        "created": fee.created.as_second(),
        "currency": fee.currency.code(),
        "custom_unit_amount": null,
        "livemode": false,
        "lookup_key": null,
        "metadata": {},
        "nickname": "Onboarding",
        "product": product_id,
        "recurring": null,
        "tax_behavior": "unspecified",
        "tiers_mode": null,
        "transform_quantity": null,
        "type": "one_time",
        "unit_amount": fee.amount_minor,
        "unit_amount_decimal": fee.amount_minor.to_string(),
    })
}

fn coupon(coupon: &Coupon) -> Value {
    let (duration, months) = match coupon.duration {
        Duration::Once => ("once", None),
        Duration::Months(months) => ("repeating", Some(months)),
        Duration::Forever => ("forever", None),
    };
    let (percent, amount, currency) = match coupon.off {
        Off::PerMille(off) => (percent_off(off), None, None),
        Off::Amount(off, currency) => (Value::Null, Some(off), Some(currency.code())),
    };
    let mut written = json!({
        "id": coupon.id,
        "object": "coupon",
        "amount_off": amount,
        "created": coupon.created.as_second(),
        "currency": currency,
        "duration": duration,
        "duration_in_months": months,
        "livemode": false,
        "max_redemptions": null,
        "metadata": {},
        "name": coupon.name,
        "percent_off": percent,
        "redeem_by": null,
        "times_redeemed": 0,
        "valid": true,
    });
    if let (Some(fields), Some(product)) = (written.as_object_mut(), &coupon.product_id) {
        fields.insert("applies_to".to_owned(), json!({ "products": [product] }));
    }
    written
}

/// A percentage as a JSON number, read from its decimal text so that no arithmetic is done in floating point.
fn percent_off(per_mille: i64) -> Value {
    let text = format!("{}.{}", per_mille / 10, per_mille % 10);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

pub(super) fn tax_rate(tax: &Tax) -> Value {
    json!({
        "id": tax.id,
        "object": "tax_rate",
        "active": true,
        "country": tax.country,
        "created": tax.created.as_second(),
        "description": null,
        "display_name": tax.name,
        "effective_percentage": null,
        "flat_amount": null,
        "inclusive": tax.inclusive,
        "jurisdiction": tax.country,
        "jurisdiction_level": null,
        "livemode": false,
        "metadata": {},
        "percentage": percent_off(tax.percent * 10),
        "rate_type": "percentage",
        "state": null,
        "tax_type": null,
    })
}

/// A connected account of a platform.
pub(in crate::business) fn connected_account(id: &str, created: Timestamp) -> Value {
    json!({
        "id": id,
        "object": "account",
        "business_profile": { "mcc": null, "name": null, "url": null },
        "business_type": "company",
        "capabilities": { "card_payments": "active", "transfers": "active" },
        "charges_enabled": true,
        "controller": { "type": "account" },
        "country": "US",
        "created": created.as_second(),
        "default_currency": "usd",
        "details_submitted": true,
        "email": null,
        "metadata": {},
        "payouts_enabled": true,
        "settings": null,
        "type": "standard",
    })
}
