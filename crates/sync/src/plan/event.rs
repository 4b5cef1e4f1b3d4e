//! One record for each movement of MRR.

use std::collections::BTreeMap;

use clearsync_billing::{
    Amount, CouponId, Fraction, Movement, MovementKind, Origin, PriceId, ProductId, Side,
};
use clearsync_hubspot::{EVENT_ID, OwnProperty};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{
    portal::Portal,
    row::Values,
    subscription::{Catalogue, Subscription},
    values::{day, fitted, is_of_the_write},
};

/// Movements by the id their record is found again by: the subscription, the kind and the day, with a number for further
/// ones of the same day. Working them out again comes to the same ids. `movements` stand in order of time.
pub(super) fn by_id(movements: Vec<Movement>) -> BTreeMap<String, Movement> {
    let mut all = BTreeMap::new();
    for movement in movements {
        let date = movement.at.to_zoned_datetime(TimeZone::UTC).date();
        let stem = format!("{}:{}:{date}", movement.subscription, word(&movement.kind));
        let (mut id, mut number) = (stem.clone(), 2);
        while all.contains_key(&id) {
            id = format!("{stem}:{number}");
            number += 1;
        }
        all.insert(id, movement);
    }
    all
}

/// A movement with what is known around it.
pub(super) struct Event<'a> {
    pub(super) id: &'a str,
    pub(super) movement: &'a Movement,
    /// `None` when Stripe has it no more.
    pub(super) subscription: Option<&'a Subscription>,
    pub(super) catalogue: &'a Catalogue,
    pub(super) portal: &'a Portal,
}

impl Event<'_> {
    /// What people recognise it by.
    pub(super) fn label(&self) -> String {
        let facts = self.subscription.map(|subscription| &subscription.facts);
        let who = facts.and_then(|facts| facts.customer_name.as_ref().or(facts.email.as_ref()));
        let who = who.map_or_else(|| self.movement.customer.to_string(), Clone::clone);
        let kind = match self.movement.kind {
            MovementKind::New => "New",
            MovementKind::Upgrade => "Upgrade",
            MovementKind::Downgrade => "Downgrade",
            MovementKind::Churn => "Churn",
            MovementKind::Reactivation => "Reactivation",
            MovementKind::PlannedCancellation => "Planned cancellation",
            MovementKind::PlannedCancellationWithdrawn => "Planned cancellation withdrawn",
        };
        format!("{kind} – {who}")
    }

    /// What is to stand in the `chosen` properties of its record.
    pub(super) fn values(&self, chosen: &[OwnProperty]) -> Values {
        let value = |name: &str| {
            let what = self.what(name).or_else(|| self.sums(name));
            what.or_else(|| self.whence(name)).unwrap_or_default()
        };
        chosen
            .iter()
            .filter(|own| !is_of_the_write(&own.name))
            .map(|own| (own.name.to_string(), fitted(own, value(&own.name))))
            .collect()
    }

    fn what(&self, name: &str) -> Option<String> {
        let movement = self.movement;
        let facts = || self.subscription.map(|subscription| &subscription.facts);
        match name {
            EVENT_ID => Some(self.id.to_owned()),
            "clearsync_name" => Some(self.label()),
            "clearsync_customer_name" => facts()?.customer_name.clone(),
            "clearsync_customer_email" => facts()?.email.clone(),
            "clearsync_event_date" => Some(day(movement.at)),
            "clearsync_event_type" => Some(word(&movement.kind)),
            "clearsync_change_type" => Some(word(&movement.change_type)),
            "clearsync_effective_date" => movement.effective.map(day),
            "clearsync_previous_quantity" => Some(movement.before.quantity.to_string()),
            "clearsync_updated_quantity" => Some(movement.after.quantity.to_string()),
            "clearsync_product_name" => {
                let sold = Some(&movement.after).filter(|after| !after.products.is_empty());
                Some(self.products(&sold.unwrap_or(&movement.before).products))
            }
            "clearsync_previous_product_name" => Some(self.products(&movement.before.products)),
            "clearsync_updated_product_name" => Some(self.products(&movement.after.products)),
            "clearsync_previous_coupon" => Some(self.coupons(&movement.before.coupons)),
            "clearsync_updated_coupon" => Some(self.coupons(&movement.after.coupons)),
            "clearsync_previous_interval" => self.interval(&movement.before),
            "clearsync_updated_interval" => self.interval(&movement.after),
            "clearsync_interval_days" => {
                let (start, end) = self.subscription?.period();
                let hours = end?.duration_since(start?).as_hours();
                Some((hours / 24).to_string())
            }
            "clearsync_payment_method" => Some(facts()?.payment_method.as_ref()?.kind.clone()),
            _ => None,
        }
    }

    /// Sums in the portal's currency stand only where it is the movement's own; nothing is converted.
    fn sums(&self, name: &str) -> Option<String> {
        let movement = self.movement;
        let money = |amount: &Amount| Some(amount.round().to_decimal());
        let is_portals = self.portal.currency() == Some(movement.change.currency);
        match name {
            "clearsync_previous_mrr" => money(&movement.before.mrr),
            "clearsync_updated_mrr" => money(&movement.after.mrr),
            "clearsync_mrr_change" => money(&movement.change),
            "clearsync_arr_change" => {
                let minor = &movement.change.minor * &Fraction::from(12_u32);
                money(&Amount::new(minor, movement.change.currency))
            }
            "clearsync_previous_list_mrr" => money(&movement.before.list),
            "clearsync_updated_list_mrr" => money(&movement.after.list),
            "clearsync_discount_change" => {
                let discounts = |side: &Side| &side.mrr.minor - &side.list.minor;
                let change = &discounts(&movement.after) - &discounts(&movement.before);
                money(&Amount::new(change, movement.change.currency))
            }
            "clearsync_currency" => Some(movement.change.currency.to_string()),
            "clearsync_company_previous_mrr" if is_portals => money(&movement.before.mrr),
            "clearsync_company_updated_mrr" if is_portals => money(&movement.after.mrr),
            "clearsync_company_mrr_change" if is_portals => money(&movement.change),
            "clearsync_exchange_change" if is_portals => Some("0".to_owned()),
            _ => None,
        }
    }

    fn whence(&self, name: &str) -> Option<String> {
        let movement = self.movement;
        match (name, &movement.origin) {
            ("clearsync_customer_id", _) => Some(movement.customer.to_string()),
            ("clearsync_related_subscription_id", _) => Some(movement.subscription.to_string()),
            ("clearsync_stripe_event_id", Origin::Event { event }) => Some(event.to_string()),
            ("clearsync_invoice_id", Origin::Invoice { invoice }) => Some(invoice.to_string()),
            ("clearsync_reason_code", _) => self.reason(),
            ("clearsync_source", origin) => Some(source(origin).to_owned()),
            ("clearsync_confidence", origin) => {
                let word = if origin.is_exact() {
                    "exact"
                } else {
                    "reconstructed"
                };
                Some(word.to_owned())
            }
            ("clearsync_mrr_policy", _) => self.subscription?.policy(),
            _ => None,
        }
    }

    /// Why the subscription ended or will.
    fn reason(&self) -> Option<String> {
        let ends = matches!(
            self.movement.kind,
            MovementKind::Churn | MovementKind::PlannedCancellation
        );
        let details = &self.subscription.filter(|_| ends)?.details;
        let why = details.cancellation.as_ref()?;
        why.feedback.clone().or(why.reason.clone())
    }

    fn products(&self, ids: &[ProductId]) -> String {
        named(
            ids.iter().map(ProductId::as_str),
            &self.catalogue.product_names,
        )
    }

    fn coupons(&self, ids: &[CouponId]) -> String {
        named(
            ids.iter().map(CouponId::as_str),
            &self.catalogue.coupon_names,
        )
    }

    fn interval(&self, side: &Side) -> Option<String> {
        let interval = |price: &PriceId| self.catalogue.intervals.get(price.as_str()).cloned();
        side.prices.iter().find_map(interval)
    }
}

/// Each by its name, or by its id where it has none.
fn named<'a>(ids: impl Iterator<Item = &'a str>, names: &BTreeMap<String, String>) -> String {
    let names: Vec<&str> = ids
        .map(|id| names.get(id).map_or(id, String::as_str))
        .collect();
    names.join(", ")
}

fn source(origin: &Origin) -> &'static str {
    match origin {
        Origin::Event { .. } => "event",
        Origin::Invoice { .. } => "invoice",
        Origin::Dates => "dates",
        Origin::Present => "present",
    }
}

/// The word billing gives a value.
fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}
