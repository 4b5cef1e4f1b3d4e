//! What other objects add to a subscription: tiers, coupons, a customer's discount.

use std::collections::HashMap;

use crate::{
    Coupon, CouponId, CustomerId, Discount, DiscountId, Price, PriceId, Reduction, Scheme,
    Subscription,
};

/// Prices, coupons and discounts by id. Stripe leaves them out of a subscription when they were not, or cannot be,
/// expanded: tiers always, coupons of item discounts by the depth limit, everything in an event.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    prices: HashMap<PriceId, Price>,
    coupons: HashMap<CouponId, Coupon>,
    discounts: HashMap<DiscountId, Discount>,
    of_customers: HashMap<CustomerId, Discount>,
}

impl Catalog {
    /// Takes in a price.
    pub fn add_price(&mut self, price: Price) {
        self.prices.insert(price.id.clone(), price);
    }

    /// Takes in a coupon.
    pub fn add_coupon(&mut self, coupon: Coupon) {
        self.coupons.insert(coupon.id.clone(), coupon);
    }

    /// Takes in a discount.
    pub fn add_discount(&mut self, discount: Discount) {
        self.discounts.insert(discount.id.clone(), discount);
    }

    /// Takes in the discount of a customer.
    pub fn add_customer_discount(&mut self, customer: CustomerId, discount: Discount) {
        self.add_discount(discount.clone());
        self.of_customers.insert(customer, discount);
    }

    /// The price with this id.
    #[must_use]
    pub fn price(&self, id: &PriceId) -> Option<&Price> {
        self.prices.get(id)
    }

    /// The discount with this id, with its coupon when that is known.
    #[must_use]
    pub fn discount(&self, id: &DiscountId) -> Option<Discount> {
        let mut discount = self.discounts.get(id)?.clone();
        self.complete_discount(&mut discount);
        Some(discount)
    }

    /// Fills in what `subscription` lacks and the catalog knows. What stands on the subscription is kept.
    pub fn complete(&self, subscription: &mut Subscription) {
        for item in &mut subscription.items {
            self.complete_price(&mut item.price);
            for discount in &mut item.discounts {
                self.complete_discount(discount);
            }
        }
        for discount in &mut subscription.discounts {
            self.complete_discount(discount);
        }
        if subscription.customer_discount.is_none() {
            subscription.customer_discount = self.of_customers.get(&subscription.customer).cloned();
        }
        if let Some(discount) = &mut subscription.customer_discount {
            self.complete_discount(discount);
        }
    }

    fn complete_price(&self, price: &mut Price) {
        let Some(known) = self.prices.get(&price.id) else {
            return;
        };
        if price.scheme == Scheme::Unknown {
            price.scheme = known.scheme.clone();
        }
        for (currency, scheme) in &known.currency_options {
            let known_here = price.currency_options.get(currency);
            if known_here.is_none_or(|scheme| *scheme == Scheme::Unknown) {
                price.currency_options.insert(*currency, scheme.clone());
            }
        }
        if price.product.is_none() {
            price.product.clone_from(&known.product);
        }
    }

    fn complete_discount(&self, discount: &mut Discount) {
        if let Some(known) = self.discounts.get(&discount.id) {
            if discount.coupon_id.is_none() {
                discount.coupon_id.clone_from(&known.coupon_id);
            }
            if discount.coupon.is_none() {
                discount.coupon.clone_from(&known.coupon);
            }
            discount.start = discount.start.or(known.start);
            discount.end = discount.end.or(known.end);
        }
        let known = discount
            .coupon_id
            .as_ref()
            .and_then(|id| self.coupons.get(id));
        match (&mut discount.coupon, known) {
            (None, Some(known)) => discount.coupon = Some(known.clone()),
            // `applies_to` and further currencies come only when expanded, so the coupon itself may know more.
            (Some(coupon), Some(known)) => {
                if coupon.applies_to.is_empty() {
                    coupon.applies_to.clone_from(&known.applies_to);
                }
                if known.reduction != Reduction::Unknown {
                    coupon.reduction = known.reduction.clone();
                }
            }
            (_, None) => {}
        }
    }
}
