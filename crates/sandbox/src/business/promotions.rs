//! The coupons the business gives and the taxes it collects.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    dice::Ids,
    money::Currency,
    terms::{Coupon, Duration, Off, Product, Tax},
};

pub(super) fn coupons(
    currencies: &[Currency],
    products: &[Arc<Product>],
    created: Timestamp,
) -> Vec<Arc<Coupon>> {
    let insights = products.iter().find(|product| product.name == "Insights");
    let mut coupons = vec![Arc::new(Coupon {
        id: "INSIGHTS20".to_owned(),
        off: Off::PerMille(200),
        duration: Duration::Forever,
        product_id: insights.map(|product| product.id.clone()),
        name: "Insights, 20% off",
        created,
    })];
    let mut offer = |id: String, name, off, duration| {
        coupons.push(Arc::new(Coupon {
            id,
            off,
            duration,
            product_id: None,
            name,
            created,
        }));
    };
    let percents = [
        ("FRIENDS10", "Friends, 10% off", 100, Duration::Forever),
        ("PARTNER125", "Partners, 12.5% off", 125, Duration::Forever),
        ("LAUNCH25", "Launch, 25% off", 250, Duration::Months(3)),
        (
            "HALFYEAR40",
            "Half a year, 40% off",
            400,
            Duration::Months(6),
        ),
        ("WELCOME50", "Welcome, 50% off", 500, Duration::Once),
    ];
    for (id, name, per_mille, duration) in percents {
        offer(id.to_owned(), name, Off::PerMille(per_mille), duration);
    }
    for &currency in currencies {
        let code = currency.code().to_uppercase();
        let off = |cents| Off::Amount(currency.listed(cents), currency);
        offer(
            format!("THANKS5-{code}"),
            "Thank you",
            off(500),
            Duration::Forever,
        );
        offer(format!("GIFT8-{code}"), "A gift", off(800), Duration::Once);
        offer(
            format!("BRIDGE30-{code}"),
            "Bridge",
            off(3000),
            Duration::Months(2),
        );
    }
    coupons
}

pub(super) fn taxes(ids: &mut Ids, created: Timestamp) -> Vec<Arc<Tax>> {
    let mut tax = |name, country, percent, inclusive| {
        Arc::new(Tax {
            id: ids.long("txr_"),
            inclusive,
            percent,
            name,
            country,
            created,
        })
    };
    vec![
        tax("VAT", "DE", 19, false),
        tax("VAT", "FR", 20, true),
        tax("JCT", "JP", 10, true),
        tax("Sales tax", "US", 8, false),
    ]
}
