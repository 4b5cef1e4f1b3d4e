//! What a catalog adds to a subscription that came without it.

use clearsync_billing::{
    Catalog, Coupon, Discount, Duration, Policy, Reduction, Scheme, Subscription,
};

use crate::build::*;

fn coupon(id: &str, off: &str) -> Coupon {
    percent(id, off, Duration::Forever).coupon.unwrap()
}

/// A discount as Stripe sends it unexpanded, but for its coupon's id.
fn of_coupon(id: &str, coupon: &str) -> Discount {
    Discount {
        coupon_id: Some(coupon.into()),
        ..Discount::by_id(id.into())
    }
}

fn completed(catalog: &Catalog, change: impl FnOnce(&mut Subscription)) -> Subscription {
    let mut subscription = changed(plain("1000", MONTHLY, 1), change);
    catalog.complete(&mut subscription);
    subscription
}

fn mrr_of(subscription: &Subscription) -> String {
    let figure = figure(subscription, &Policy::clearsync());
    assert_eq!(figure.notes, []);
    figure.amount.minor.to_string()
}

#[test]
fn coupons_of_discounts_on_items_and_subscriptions() {
    let mut catalog = Catalog::default();
    catalog.add_coupon(coupon("TENTH", "10"));
    catalog.add_coupon(coupon("HALF", "50"));
    let both = completed(&catalog, |one| {
        one.items[0].discounts = vec![of_coupon("di_1", "TENTH")];
        one.discounts = vec![of_coupon("di_2", "HALF")];
    });
    // 1000 × 0.9 × 0.5.
    assert_eq!(mrr_of(&both), "450");
}

#[test]
fn discounts_known_by_id() {
    let mut catalog = Catalog::default();
    let known = Discount {
        start: Some(day("2026-01-10")),
        end: Some(day("2026-03-10")),
        ..of_coupon("di_1", "HALF")
    };
    catalog.add_discount(known);
    catalog.add_coupon(coupon("HALF", "50"));
    let by_id = completed(&catalog, |one| {
        one.discounts = vec![Discount::by_id("di_1".into())];
    });
    assert_eq!(mrr_of(&by_id), "500");
    let [discount] = &by_id.discounts[..] else {
        panic!("one discount")
    };
    assert_eq!(discount.start, Some(day("2026-01-10")));
    assert_eq!(discount.end, Some(day("2026-03-10")));
    assert_eq!(catalog.discount(&"di_1".into()).as_ref(), Some(discount));
    assert_eq!(catalog.discount(&"di_9".into()), None);
    // What the subscription says itself is kept.
    let own = completed(&catalog, |one| {
        one.discounts = vec![Discount {
            start: Some(day("2026-01-20")),
            ..Discount::by_id("di_1".into())
        }];
    });
    assert_eq!(own.discounts[0].start, Some(day("2026-01-20")));
}

#[test]
fn a_customers_discount_comes_to_its_subscriptions() {
    let mut catalog = Catalog::default();
    catalog.add_customer_discount("cus_1".into(), percent("C", "10", Duration::Forever));
    assert_eq!(mrr_of(&completed(&catalog, |_| {})), "900");
    let of_another = completed(&catalog, |one| one.customer = "cus_2".into());
    assert_eq!(mrr_of(&of_another), "1000");
    let known = completed(&catalog, |one| {
        one.customer_discount = Some(percent("K", "50", Duration::Forever));
    });
    assert_eq!(mrr_of(&known), "500");
    assert!(catalog.discount(&"di_C".into()).is_some());
}

#[test]
fn tiers_options_and_product_of_a_price() {
    let mut catalog = Catalog::default();
    let mut known = price("7777", MONTHLY);
    known.currency_options = [(currency("jpy"), Scheme::PerUnit(fraction("1500")))].into();
    catalog.add_price(known);
    let unknown = completed(&catalog, |one| {
        one.items[0].price.scheme = Scheme::Unknown;
        one.items[0].price.product = None;
    });
    assert_eq!(mrr_of(&unknown), "7777");
    assert_eq!(unknown.items[0].product(), Some(&"prod_app".into()));
    let in_yen = |options: Option<Scheme>| {
        completed(&catalog, |one| {
            one.currency = currency("jpy");
            let options = options.map(|scheme| (currency("jpy"), scheme));
            one.items[0].price.currency_options = options.into_iter().collect();
        })
    };
    assert_eq!(mrr_of(&in_yen(None)), "1500");
    assert_eq!(mrr_of(&in_yen(Some(Scheme::Unknown))), "1500");
    // What stands on the subscription is kept.
    let own = Scheme::PerUnit(fraction("900"));
    assert_eq!(mrr_of(&in_yen(Some(own))), "900");
    assert_eq!(mrr_of(&completed(&catalog, |_| {})), "1000");
}

#[test]
fn a_coupon_itself_knows_its_products_and_currencies() {
    let mut catalog = Catalog::default();
    let mut known = amount_off("A", &[("usd", 100), ("jpy", 300)], Duration::Forever);
    let whole = known.coupon.as_mut().unwrap();
    whole.applies_to = vec!["prod_app".into()];
    catalog.add_coupon(whole.clone());
    let seen = completed(&catalog, |one| {
        one.currency = currency("jpy");
        one.items[0].price.currency = currency("jpy");
        one.discounts = vec![amount_off("A", &[("usd", 100)], Duration::Forever)];
    });
    let coupon = seen.discounts[0].coupon.as_ref().unwrap();
    assert_eq!(coupon.applies_to, ["prod_app".into()]);
    assert_eq!(mrr_of(&seen), "700");
    // A catalog that knows less takes nothing away.
    let mut poorer = Catalog::default();
    poorer.add_coupon(Coupon {
        reduction: Reduction::Unknown,
        applies_to: Vec::new(),
        ..whole.clone()
    });
    let kept = completed(&poorer, |one| one.discounts = vec![known]);
    assert_eq!(mrr_of(&kept), "900");
}
