//! Discounts, in Stripe's order.
//!
//! Stripe documents that discounts of an item come off before those of the subscription, and takes stacked discounts
//! off one after the other, each from what the one before it left. Nothing falls below zero.

use std::slice;

use jiff::Timestamp;

use crate::{
    Coupon, Currency, Discount, DiscountLevel, DiscountRule, DiscountStep, Duration, Fraction,
    Note, Policy, Reduction, Subscription, SubscriptionItem,
};

/// For each item the discounts that come off its `amounts`, in order.
pub(super) fn of(
    subscription: &Subscription,
    amounts: &[Fraction],
    at: Timestamp,
    policy: &Policy,
    notes: &mut Vec<Note>,
) -> Vec<Vec<DiscountStep>> {
    let mut state = Reducing {
        currency: subscription.currency,
        items: &subscription.items,
        left: amounts.to_vec(),
        steps: vec![Vec::new(); amounts.len()],
        notes,
    };
    for (index, item) in subscription.items.iter().enumerate() {
        for discount in &item.discounts {
            if discount.holds(at, item.current_period) && counts(discount, policy) {
                state.take(discount, DiscountLevel::Item, &[index]);
            }
        }
    }
    let (level, discounts) = of_the_whole(subscription, at);
    for discount in discounts {
        let indexes: Vec<_> = (0..amounts.len())
            .filter(|index| discount.holds(at, subscription.items[*index].current_period))
            .collect();
        if counts(discount, policy) {
            state.take(discount, level, &indexes);
        }
    }
    state.steps
}

fn of_the_whole(subscription: &Subscription, at: Timestamp) -> (DiscountLevel, &[Discount]) {
    let period = subscription.current_period();
    let own_holds = subscription
        .discounts
        .iter()
        .any(|discount| discount.holds(at, period));
    match &subscription.customer_discount {
        Some(inherited) if !own_holds => (DiscountLevel::Customer, slice::from_ref(inherited)),
        _ => (DiscountLevel::Subscription, &subscription.discounts),
    }
}

fn counts(discount: &Discount, policy: &Policy) -> bool {
    let duration = discount.coupon.as_ref().map(|coupon| &coupon.duration);
    match policy.discounts {
        DiscountRule::None => false,
        DiscountRule::All => true,
        DiscountRule::Forever => duration.is_none_or(|duration| *duration == Duration::Forever),
        DiscountRule::Recurring => duration.is_none_or(|duration| *duration != Duration::Once),
    }
}

struct Reducing<'a> {
    currency: Currency,
    items: &'a [SubscriptionItem],
    /// What is left of each item's amount.
    left: Vec<Fraction>,
    steps: Vec<Vec<DiscountStep>>,
    notes: &'a mut Vec<Note>,
}

impl Reducing<'_> {
    /// Takes `discount` off those of the items at `indexes` that it applies to.
    fn take(&mut self, discount: &Discount, level: DiscountLevel, indexes: &[usize]) {
        let Some(coupon) = &discount.coupon else {
            self.notes.push(Note::CouponUnknown {
                discount: discount.id.clone(),
            });
            return;
        };
        let level = discount.only_in.map_or(level, |_| DiscountLevel::Invoice);
        let eligible: Vec<_> = indexes
            .iter()
            .copied()
            .filter(|index| applies(coupon, &self.items[*index]))
            .collect();
        match &coupon.reduction {
            Reduction::Percent(percent) => {
                let share = percent
                    .checked_div(&Fraction::from(100))
                    .unwrap_or_default()
                    .clamp(Fraction::zero(), Fraction::one());
                for index in eligible {
                    let amount = &self.left[index] * &share;
                    self.record(index, discount, coupon, level, amount);
                }
            }
            Reduction::Amount(by_currency) => match by_currency.get(&self.currency) {
                Some(amount) => self.spread(discount, coupon, level, &eligible, amount),
                None => self.notes.push(Note::CouponNotIn {
                    discount: discount.id.clone(),
                    currency: self.currency,
                }),
            },
            Reduction::Unknown => self.notes.push(Note::CouponUnknown {
                discount: discount.id.clone(),
            }),
        }
    }

    /// A fixed amount comes off each invoice, shared out by what the items on it cost.
    fn spread(
        &mut self,
        discount: &Discount,
        coupon: &Coupon,
        level: DiscountLevel,
        eligible: &[usize],
        amount: &Fraction,
    ) {
        let together = self.billed_together(discount, eligible);
        let total: Fraction = together.iter().map(|index| &self.left[*index]).sum();
        let off = amount.clone().clamp(Fraction::zero(), total.clone());
        let Some(share) = off.checked_div(&total) else {
            return;
        };
        for index in together {
            let part = &self.left[index] * &share;
            self.record(index, discount, coupon, level, part);
        }
    }

    /// The items billed most often, which stand on every invoice.
    fn billed_together(&mut self, discount: &Discount, eligible: &[usize]) -> Vec<usize> {
        let paid: Vec<_> = eligible
            .iter()
            .copied()
            .filter(|index| self.left[*index].is_positive())
            .collect();
        let length = |index: &usize| {
            let recurring = self.items[*index].price.recurring;
            recurring.map_or(u64::MAX, |recurring| recurring.interval.mean_seconds())
        };
        let shortest = paid.iter().map(length).min();
        let together: Vec<_> = paid
            .iter()
            .copied()
            .filter(|index| Some(length(index)) == shortest)
            .collect();
        if together.len() < paid.len() {
            self.notes.push(Note::MixedIntervals {
                discount: discount.id.clone(),
            });
        }
        together
    }

    fn record(
        &mut self,
        index: usize,
        discount: &Discount,
        coupon: &Coupon,
        level: DiscountLevel,
        amount: Fraction,
    ) {
        if amount.is_zero() {
            return;
        }
        self.left[index] -= &amount;
        self.steps[index].push(DiscountStep {
            discount: discount.id.clone(),
            coupon: coupon.id.clone(),
            name: coupon.name.clone(),
            level,
            reduction: coupon.reduction.clone(),
            amount,
        });
    }
}

fn applies(coupon: &Coupon, item: &SubscriptionItem) -> bool {
    let product = item.product();
    coupon.applies_to.is_empty()
        || product.is_some_and(|product| coupon.applies_to.contains(product))
}
