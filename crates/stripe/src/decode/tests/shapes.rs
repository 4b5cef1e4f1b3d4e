//! The same facts are read from both shapes.

use clearsync_billing::{
    Duration, Fraction, InclusiveTax, Note, PackageRounding, Reduction, Scheme, Status,
    TaxBehavior, Usage,
};
use serde_json::json;

use super::objects;
use crate::decode;

fn fraction(text: &str) -> Fraction {
    text.parse().unwrap()
}

#[test]
fn a_subscription_of_today() {
    let subscription = decode::subscription(&objects::subscription()).unwrap();
    assert_eq!(subscription.id.as_str(), "sub_1");
    assert_eq!(subscription.status, Status::PastDue);
    let item = &subscription.items[0];
    assert_eq!(item.quantity, Some(3));
    assert_eq!(item.price.scheme, Scheme::PerUnit(fraction("1250")));
    assert_eq!(
        item.current_period.unwrap().end.as_second(),
        objects::FEBRUARY
    );
    assert_eq!(
        item.inclusive_tax,
        Some(InclusiveTax::Percent(fraction("19")))
    );
    let [known, by_id] = &subscription.discounts[..] else {
        panic!("two discounts")
    };
    let coupon = known.coupon.as_ref().unwrap();
    assert_eq!(coupon.reduction, Reduction::Percent(fraction("25/2")));
    assert_eq!(coupon.duration, Duration::Repeating { months: Some(3) });
    assert_eq!(coupon.applies_to[0].as_str(), "prod_app");
    assert_eq!((by_id.id.as_str(), &by_id.coupon), ("di_2", &None));
    let pause = subscription.pause_collection.unwrap();
    assert_eq!(pause.resumes_at.unwrap().as_second(), objects::FEBRUARY);
    assert_eq!(subscription.notes, []);
}

#[test]
fn a_subscription_from_before_basil() {
    let subscription = decode::subscription(&objects::old_subscription()).unwrap();
    assert_eq!(subscription.customer.as_str(), "cus_1");
    assert!(subscription.cancel_at_period_end);
    let item = &subscription.items[0];
    assert_eq!(
        item.current_period.unwrap().start.as_second(),
        objects::JANUARY
    );
    assert_eq!(item.price.scheme, Scheme::PerUnit(fraction("2501/2")));
    let recurring = item.price.recurring.unwrap();
    assert_eq!(recurring.interval.to_string(), "3 months");
    assert_eq!(recurring.usage, Usage::Metered);
    let packaging = item.price.transform_quantity.unwrap();
    assert_eq!(packaging.round, PackageRounding::Down);
    assert_eq!(
        subscription.scheduled_end().unwrap().as_second(),
        objects::FEBRUARY
    );
    assert_eq!(
        subscription.trial.unwrap().end.as_second(),
        objects::FEBRUARY
    );
    assert_eq!(
        subscription.discounts[0]
            .coupon_id
            .as_ref()
            .unwrap()
            .as_str(),
        "SPRING"
    );
}

#[test]
fn tiers_and_other_currencies() {
    let (price, notes) = decode::price(&objects::tiered_price()).unwrap();
    let Scheme::Graduated(tiers) = &price.scheme else {
        panic!("graduated")
    };
    assert_eq!(tiers[0].up_to, Some(10));
    assert_eq!(tiers[0].flat, fraction("500"));
    assert_eq!(tiers[0].unit, fraction("1/2"));
    assert_eq!(tiers[1].unit, fraction("1/4"));
    let yen = price.scheme_in("jpy".parse().unwrap()).unwrap();
    assert!(matches!(yen, Scheme::Graduated(tiers) if tiers[0].unit == fraction("70")));
    assert_eq!(price.tax_behavior, TaxBehavior::Inclusive);
    assert_eq!(notes, []);
}

#[test]
fn tiers_that_were_not_expanded_are_unknown() {
    let mut value = objects::tiered_price();
    value.as_object_mut().unwrap().remove("tiers");
    let (price, _) = decode::price(&value).unwrap();
    assert_eq!(price.scheme, Scheme::Unknown);
}

#[test]
fn an_invoice_reads_the_same_in_both_shapes() {
    let today = decode::invoice(&objects::invoice()).unwrap();
    let before = decode::invoice(&objects::old_invoice()).unwrap();
    assert_eq!(today, before);
    let line = &today.lines[0];
    // 3750 billed − 469 off − 524 tax within = 2757.
    assert_eq!(line.net(), fraction("2757"));
    assert_eq!(line.unit_amount, Some(fraction("1250")));
    assert!(!line.proration);
}

#[test]
fn a_one_time_line_has_no_item() {
    let mut value = objects::invoice();
    value["lines"]["data"][0]["parent"] = json!({
        "type": "invoice_item_details", "subscription_item_details": null,
        "invoice_item_details": {"invoice_item": "ii_1", "proration": false, "subscription": "sub_1"}
    });
    let invoice = decode::invoice(&value).unwrap();
    assert_eq!(invoice.lines[0].item, None);
    assert_eq!(
        invoice.lines[0].subscription.as_ref().unwrap().as_str(),
        "sub_1"
    );
}

#[test]
fn the_first_charge_of_a_subscription() {
    let is_first_charge = |reason: &str, collection: &str| {
        let mut value = objects::invoice();
        value["billing_reason"] = json!(reason);
        value["collection_method"] = json!(collection);
        decode::invoice(&value).unwrap().is_first_charge
    };
    assert!(is_first_charge(
        "subscription_create",
        "charge_automatically"
    ));
    assert!(!is_first_charge("subscription_create", "send_invoice"));
    assert!(!is_first_charge(
        "subscription_cycle",
        "charge_automatically"
    ));
}

#[test]
fn coupons_with_amounts_in_several_currencies() {
    let coupon = decode::coupon(&json!({
        "id": "TEN", "object": "coupon", "amount_off": 1000, "currency": "usd", "duration": "once",
        "currency_options": {"jpy": {"amount_off": 1500}}
    }))
    .unwrap();
    let Reduction::Amount(amounts) = coupon.reduction else {
        panic!("an amount")
    };
    assert_eq!(amounts[&"usd".parse().unwrap()], fraction("1000"));
    assert_eq!(amounts[&"jpy".parse().unwrap()], fraction("1500"));
}

#[test]
fn a_customers_discount() {
    let customer = json!({"id": "cus_1", "object": "customer", "discount": {
        "id": "di_9", "object": "discount", "start": objects::JANUARY, "end": null,
        "source": {"type": "coupon", "coupon": "SPRING"}
    }});
    let (id, discount) = decode::customer_discount(&customer).unwrap().unwrap();
    assert_eq!(id.as_str(), "cus_1");
    assert_eq!(discount.coupon_id.unwrap().as_str(), "SPRING");
    assert_eq!(discount.coupon, None);
}

#[test]
fn an_event_tells_before_and_after() {
    let change = decode::change(&objects::updated_event()).unwrap().unwrap();
    assert_eq!(change.at.as_second(), objects::FEBRUARY);
    assert_eq!(change.after.items[0].quantity, Some(3));
    let before = change.before.unwrap();
    assert_eq!(before.items[0].quantity, Some(1));
    assert_eq!(before.status, Status::Active);
    assert_eq!(before.pause_collection, None);
}

#[test]
fn an_event_about_something_else_tells_nothing() {
    let event = json!({"id": "evt_2", "object": "event", "created": 1, "type": "charge.succeeded",
        "data": {"object": {}}});
    assert_eq!(decode::change(&event), Ok(None));
}

#[test]
fn a_cut_list_is_noted() {
    let mut value = objects::subscription();
    value["items"]["has_more"] = json!(true);
    let subscription = decode::subscription(&value).unwrap();
    let missing = Note::Missing {
        field: "items beyond the first page".to_owned(),
    };
    assert!(subscription.notes.contains(&missing));
}
